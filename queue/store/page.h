#ifndef SOHOA_STORE_PAGE_H
#define SOHOA_STORE_PAGE_H

#include "queue/store/store.h"

/*
 * One scanned side.
 *
 *   page_begin ──▶ temp file ──worker writes and flushes──▶ page_commit ──▶ captured
 *                     └── page_abort: gone, nothing ever counted
 */

#define PAGE_TEMP_SIZE 96 /* of a temp name, with the NUL */

/* A temp for one page of an open document. Its name says whose page it is, so nothing is stored yet
 * and a restart in between loses nothing. out_id: ID_SIZE bytes. DISK_FULL, STATE_CHANGED. */
enum err_code page_begin(struct store *store, const char *dossier_id, const char *document_id,
                         char *out_id, char out_temp[PAGE_TEMP_SIZE], int *out_fd, struct err *err);

struct page_capture {
    const char *page_id, *temp;
    const char *sha256, *pixel_sha256; /* of the file; of the decoded rows */
    int64_t size_bytes, width_px, height_px, channels, bits, sheet;
    double dpi, width_mm, height_mm;
    const char *device, *side, *captured_by;
};

/* Durable when it returns: blob linked and flushed, row committed. The same page again (its answer
 * was lost) is fine. A document finished or read meanwhile is opened again: the sheet has passed
 * the scanner. NOT_FOUND no such temp, BLOB_DAMAGED not what the scanner wrote, ALREADY_SIGNED or
 * STATE_CHANGED once it was compared. */
enum err_code page_commit(struct store *store, const struct page_capture *capture,
                          struct principal by, struct err *err);
void page_abort(struct store *store, const char *temp);
/* Begun, neither committed nor aborted. */
enum err_code page_is_coming(struct store *store, const char *document_id, bool *out,
                             struct err *err);

/* Into a document of the same dossier, at position 1… (beyond the end: last). Both documents are
 * read anew; one that loses its last page is rejected. ALREADY_SIGNED, STATE_CHANGED. */
enum err_code page_move(struct store *store, const char *id, const char *document_id,
                        int64_t position, struct principal by, struct err *err);
/* Taken out by a person (rejected); the image stays. With the last page the document is rejected.
 */
enum err_code page_remove(struct store *store, const char *id, const char *reason,
                          struct principal by, struct err *err);

/* Blob of a page: "image", "thumb", "words". The caller's descriptor; static media type.
 * NOT_FOUND while it has none. */
enum err_code page_image(struct store *store, const char *id, const char *what, int *out_fd,
                         int64_t *out_size, const char **out_type, struct err *err);

#endif
