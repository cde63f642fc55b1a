#ifndef SOHOA_STORE_VIEW_H
#define SOHOA_STORE_VIEW_H

#include "queue/store/store.h"

/* Rows as the JSON objects of the API. Results are the caller's. NOT_FOUND when there is no such
 * row. */

enum err_code view_dossier(struct store *store, const char *id, struct js **out, struct err *err);
/* Newest first; `before` (an id, may be NULL) continues a list. */
enum err_code view_dossiers(struct store *store, int64_t limit, const char *before, struct js **out,
                            struct err *err);
/* Those that have or had the code, as canonical text. */
enum err_code view_dossiers_of_code(struct store *store, const char *code, int64_t limit,
                                    struct js **out, struct err *err);
enum err_code view_document(struct store *store, const char *id, struct js **out, struct err *err);
/* Without those that never carried a page. */
enum err_code view_documents(struct store *store, const char *dossier_id, struct js **out,
                             struct err *err);
enum err_code view_page(struct store *store, const char *id, struct js **out, struct err *err);
/* Pages in the order of people: by document, by position; those taken out come last. */
enum err_code view_pages_of_dossier(struct store *store, const char *dossier_id, struct js **out,
                                    struct err *err);
enum err_code view_pages_of_document(struct store *store, const char *document_id, struct js **out,
                                     struct err *err);
enum err_code view_delivery(struct store *store, const char *id, struct js **out, struct err *err);
enum err_code view_deliveries_of_document(struct store *store, const char *document_id,
                                          struct js **out, struct err *err);
/* Trouble first, then what is not accepted yet, then the newest accepted; state NULL: every one
 * that is not done (reconciled, withdrawn). `limit` cuts the end of that order, `before` (the id
 * that came last, may be NULL) goes on behind it. */
enum err_code view_queue(struct store *store, const char *state, const char *before, int64_t limit,
                         struct js **out, struct err *err);

#endif
