#ifndef SOHOA_STORE_DOCUMENT_H
#define SOHOA_STORE_DOCUMENT_H

#include "queue/store/store.h"

/* One paper. Its pages may change until a person has compared it; afterwards only a new version
 * helps. */

/* Rejected without ever having had a page (the feeder was empty, the scan was cancelled): it takes
 * no ordinal and no place in a list. For statements with the document's alias. */
#define DOCUMENT_CARRIED_NOTHING(alias)                                                            \
    alias ".state = 'rejected' AND NOT EXISTS (SELECT 1 FROM page e WHERE e.document_id = " alias  \
          ".id)"

/* STATE_CHANGED when the dossier is closed. out_id: ID_SIZE bytes. */
enum err_code document_create(struct store *store, const char *dossier_id, struct principal by,
                              char *out_id, struct err *err);
/* No more pages for it: understanding may begin once every page is recognised. Again is fine. */
enum err_code document_finish_scan(struct store *store, const char *id, struct principal by,
                                   struct err *err);
/* read → open, more pages may come. FILE_SIGNED */
enum err_code document_reopen(struct store *store, const char *id, struct principal by,
                              struct err *err);
/* Refused by a person; ALREADY_SIGNED from the signature on. */
enum err_code document_reject(struct store *store, const char *id, const char *reason,
                              struct principal by, struct err *err);
/* That page and all behind it become a document of their own, directly behind; both are read anew.
 * BAD_ARGUMENT when it is the first page or another document's. */
enum err_code document_split(struct store *store, const char *id, const char *page_id,
                             struct principal by, char *out_id, struct err *err);
/* Inside the caller's transaction. The papers behind it, in all their versions, make room for that
 * many; *out_ordinal of the first of them. NOT_FOUND */
enum err_code document_make_room(struct store *store, const char *id, int64_t papers,
                                 int64_t *out_ordinal, struct err *err);
/* Inside the caller's transaction: document_split to a place that was made. */
enum err_code document_split_at(struct store *store, const char *id, const char *page_id,
                                int64_t ordinal, struct principal by, char *out_id,
                                struct err *err);
/* The pages of `other`, a paper of the same dossier, go behind this one's, which is read anew; the
 * other is rejected ("joined"). document_split parts them again. BAD_ARGUMENT the same document or
 * another dossier's, SCAN_RUNNING, FILE_SIGNED, ALREADY_SIGNED, STATE_CHANGED. */
enum err_code document_join(struct store *store, const char *id, const char *other,
                            struct principal by, struct err *err);
/* A new open version linked `replaces`; the old one stays valid until the new one is signed.
 * STATE_CHANGED before the signature, VERSION_UNDER_WAY. */
enum err_code document_replace(struct store *store, const char *id, const char *reason,
                               struct principal by, char *out_id, struct err *err);

/* Inside the caller's transaction. Its pages are about to change: allowed while open or read (a
 * read one is opened again), or when it is refused or given up and only loses pages (`losing`).
 * ALREADY_SIGNED, FILE_SIGNED, STATE_CHANGED. */
enum err_code document_touch_pages(struct store *store, const char *id, bool losing,
                                   struct principal by, struct err *err);
/* Inside the caller's transaction. It is to be understood anew, a read one is open again; its pages
 * stay. ALREADY_SIGNED, STATE_CHANGED. */
enum err_code document_read_anew(struct store *store, const char *id, struct principal by,
                                 struct err *err);
/* Behind the last paper of the dossier. */
enum err_code document_next_ordinal(struct store *store, const char *dossier_id, int64_t *out,
                                    struct err *err);
/* Open or read (held there, too): a person may still say something about its pages. ALREADY_SIGNED,
 * STATE_CHANGED. */
enum err_code document_check_changeable(struct store *store, const char *id, struct err *err);
/* Inside the caller's transaction. A page that was taken out comes back: a document rejected as
 * empty is open again, a read one, too. ALREADY_SIGNED, VERSION_UNDER_WAY, STATE_CHANGED when a
 * person rejected it or the dossier is closed. */
enum err_code document_take_page_back(struct store *store, const char *id, struct principal by,
                                      struct err *err);
/* Inside the caller's transaction. A sheet that passed the scanner belongs to it although scanning
 * was said to be finished, or it was read already: it is open again and not finished.
 * ALREADY_SIGNED, STATE_CHANGED. */
enum err_code document_take_late_page(struct store *store, const char *id, struct principal by,
                                      struct err *err);
/* Inside the caller's transaction. An open document that lost its last page is rejected ("empty"),
 * unless a page for it is being scanned. */
enum err_code document_reject_if_empty(struct store *store, const char *id, struct principal by,
                                       struct err *err);
/* The signed version takes over: the one it replaces becomes superseded, its deliveries go by
 * withdraw.h. */
enum err_code document_supersede_old(struct store *store, const char *id, struct principal by,
                                     struct err *err);

#endif
