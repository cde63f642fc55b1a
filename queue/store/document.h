#ifndef SOHOA_STORE_DOCUMENT_H
#define SOHOA_STORE_DOCUMENT_H

#include "queue/store/store.h"

/* One paper. Its pages may change until a person has compared it; afterwards only a new version
 * helps. */

/* STATE_CHANGED when the dossier is closed. out_id: ID_SIZE bytes. */
enum err_code document_create(struct store *store, const char *dossier_id, struct principal by,
                              char *out_id, struct err *err);
/* No more pages for it: understanding may begin once every page is recognised. Again is fine. */
enum err_code document_finish_scan(struct store *store, const char *id, struct principal by,
                                   struct err *err);
/* read → open, more pages may come. */
enum err_code document_reopen(struct store *store, const char *id, struct principal by,
                              struct err *err);
/* Refused by a person; ALREADY_SIGNED from the signature on. */
enum err_code document_reject(struct store *store, const char *id, const char *reason,
                              struct principal by, struct err *err);
/* That page and all behind it become a document of their own; both are read anew. BAD_ARGUMENT when
 * it is the first page or another document's. */
enum err_code document_split(struct store *store, const char *id, const char *page_id,
                             struct principal by, char *out_id, struct err *err);
/* A new open version linked `replaces`; the old one stays valid until the new one is signed.
 * STATE_CHANGED before the signature, VERSION_UNDER_WAY. */
enum err_code document_replace(struct store *store, const char *id, const char *reason,
                               struct principal by, char *out_id, struct err *err);

/* Inside the caller's transaction. Its pages are about to change: allowed while open or read (a
 * read one is opened again), or when it is refused or given up and only loses pages (`losing`).
 * ALREADY_SIGNED, STATE_CHANGED. */
enum err_code document_touch_pages(struct store *store, const char *id, bool losing,
                                   struct principal by, struct err *err);
/* Inside the caller's transaction. A sheet that passed the scanner belongs to it although scanning
 * was said to be finished, or it was read already: it is open again and not finished.
 * ALREADY_SIGNED, STATE_CHANGED. */
enum err_code document_take_late_page(struct store *store, const char *id, struct principal by,
                                      struct err *err);
/* Inside the caller's transaction. An open document that lost its last page is rejected ("empty"),
 * unless a page for it is being scanned. */
enum err_code document_reject_if_empty(struct store *store, const char *id, struct principal by,
                                       struct err *err);
/* Its pages that count get positions 1, 2, 3… in their order. */
enum err_code document_renumber(struct store *store, const char *id, struct err *err);
/* The signed version takes over: the one it replaces becomes superseded, its unsent deliveries end.
 */
enum err_code document_supersede_old(struct store *store, const char *id, struct principal by,
                                     struct err *err);
/* A delivery came back to queued: it ends when the document was superseded or withdrawn meanwhile.
 */
enum err_code document_end_unsent_if_over(struct store *store, const char *id, struct principal by,
                                          struct err *err);

#endif
