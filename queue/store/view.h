#ifndef SOHOA_STORE_VIEW_H
#define SOHOA_STORE_VIEW_H

#include "queue/store/store.h"

/* Rows as the JSON objects of the API. Results are the caller's. NOT_FOUND when there is no such
 * row. */

enum err_code view_dossier(struct store *store, const char *id, struct js **out, struct err *err);
/* Newest first; `before` (an id, may be NULL) continues a list. */
enum err_code view_dossiers(struct store *store, int64_t limit, const char *before, struct js **out,
                            struct err *err);
enum err_code view_document(struct store *store, const char *id, struct js **out, struct err *err);
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
 * that is not done (reconciled, withdrawn). `limit` cuts the end of that order. */
enum err_code view_queue(struct store *store, const char *state, int64_t limit, struct js **out,
                         struct err *err);

#endif
