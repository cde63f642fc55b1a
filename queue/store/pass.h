#ifndef SOHOA_STORE_PASS_H
#define SOHOA_STORE_PASS_H

#include "queue/store/store.h"

/*
 * A file that others signed passes through: its bytes are the document's PDF, never composed, never
 * signed by us, and its pages are pictures of it for reading and comparing.
 *
 *   open ──▶ read ──▶ copied ──pass──▶ extracted      (compared and confirmed as any other paper)
 *     └── held: FILE_SIGNATURE_BROKEN, FILE_CHANGED_AFTER_SIGNING, until a person says so
 *
 * All inside the caller's transaction.
 */

/* FILE_SIGNED when the document's pages are those of a signed file: nobody changes them. */
enum err_code pass_check_pages_free(struct store *store, const char *document_id, struct err *err);

/* That file is the document's PDF from now on, with its signatures ({"list", "covers_file"}, as
 * daemon/workers/import_signatures.h has them); again is fine. FILE_SIGNED when the document has
 * pages of something else. */
enum err_code pass_begin(struct store *store, const char *document_id, const char *sha256,
                         const struct js *signatures, struct err *err);
/* Its pages are in: the open document is held when a signature does not hold. */
enum err_code pass_judge(struct store *store, const char *document_id, const struct js *signatures,
                         struct principal by, struct err *err);
/* copied → extracted, for a document whose PDF passes through; else *out_passed is false and
 * nothing happens. */
enum err_code pass_on(struct store *store, const char *document_id, struct principal by,
                      bool *out_passed, struct err *err);

#endif
