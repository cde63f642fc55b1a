#ifndef SOHOA_STORE_PAGE_H
#define SOHOA_STORE_PAGE_H

#include "daemon/base/id.h"
#include "queue/store/store.h"

/*
 * One image of a scanned side.
 *
 *   page_begin ──▶ temp file ──worker writes and flushes──▶ page_commit ──▶ captured
 *                     └── page_abort: gone, nothing ever counted
 *
 * Order and sides: place.h. What a person does to a page afterwards: page_edit.h.
 */

struct tx;
struct subject;

#define PAGE_TEMP_SIZE 96 /* of a temp name, with the NUL */

/* A temp for one page of an open document. Its name says whose page it is, so nothing is stored yet
 * and a restart in between loses nothing. out_id: ID_SIZE bytes. DISK_FULL, STATE_CHANGED,
 * FILE_SIGNED. */
enum err_code page_begin(struct store *store, const char *dossier_id, const char *document_id,
                         char *out_id, char out_temp[PAGE_TEMP_SIZE], int *out_fd, struct err *err);

/* What such a name says; false: it is another kind of temp. */
bool page_temp_read(const char *temp, char out_page[ID_SIZE], char out_document[ID_SIZE]);

/* Before the paper moves: the page that a new one replaces or is part of (`what`: the argument's
 * name) is one of that dossier. BAD_ARGUMENT. */
enum err_code page_check_named(struct store *store, const char *dossier_id, const char *what,
                               const char *named, struct err *err);

/* That temp of a scan is given up with its daemon: where its document still takes pages, the one
 * that came last asks about the sheet behind it (again, when it did before); where none came, the
 * document is held, SCAN_INTERRUPTED. Files are taken again and ask nothing, nor does a temp whose
 * page was committed. In the caller's transaction. */
enum err_code page_interrupted(struct store *store, const char *temp, struct principal by,
                               struct err *err);

/* What device pages out of a file have, "import/FOLDER": they may be those of a signed file. */
#define IMPORT_DEVICE "import/"
enum err_code page_begin_of_file(struct store *store, const char *dossier_id,
                                 const char *document_id, char *out_id,
                                 char out_temp[PAGE_TEMP_SIZE], int *out_fd, struct err *err);

struct page_capture {
    const char *page_id, *temp;
    const char *sha256, *pixel_sha256; /* of the file; of the decoded rows */
    int64_t size_bytes, width_px, height_px, channels, bits, sheet;
    double dpi, width_mm, height_mm;
    const char *device, *side, *captured_by;
    const char *job;         /* scan job; NULL: none */
    const struct js *checks; /* array of the scanner's doubts, they become questions; NULL: none */
    bool turned;             /* turned_deg is a person's word, the machine need not find it */
    int64_t turned_deg;      /* clockwise: 0, 90, 180, 270 */
    bool turn_known;         /* known_turn_deg is what this way of scanning makes, most likely */
    int64_t known_turn_deg;
    bool on_glass; /* the image's corner lay there on it */
    double glass_x_mm, glass_y_mm;
    /* Where it goes; else behind the last page. */
    const char *replaces; /* this page steps aside, "replaced", and gives its place */
    const char *refed; /* front of a sheet that lost its back and was to be fed again: this is its
                        * front, or that of another sheet */
    const char *part_of, *part_kind; /* further image of that page's side (side.h) */
    int64_t position;                /* 1…; 0: not said */
    /* What its job does once the last page is there (resume.h); then_backs: "reversed", "same" or
     * NULL */
    bool then_finish;
    const char *then_backs;
};

/* Durable when it returns: blob linked and flushed, row committed. The same page again (its answer
 * was lost) is fine. A document finished or read meanwhile is opened again: the sheet has passed
 * the scanner. For the same reason a page whose `replaces` or `part_of` has left the document is
 * kept at the end, with the question "misplaced"; what follows the one that took over (both sides
 * of a sheet) stands behind it. `refed` steps aside for the very same picture only; else both stay,
 * one behind the other, and it asks, QUESTION_FED_AGAIN. NOT_FOUND no such temp, BLOB_DAMAGED not
 * what the scanner wrote, BAD_ARGUMENT a page of another dossier is named, ALREADY_SIGNED or
 * STATE_CHANGED once it was compared. */
enum err_code page_commit(struct store *store, const struct page_capture *capture,
                          struct principal by, struct err *err);
void page_abort(struct store *store, const char *temp);
/* Begun, neither committed nor aborted. */
enum err_code page_is_coming(struct store *store, const char *document_id, bool *out,
                             struct err *err);

/* Into a document of the same dossier, at position 1… (beyond the end: last). Further images of its
 * side go with it; one of them moved alone stays with its side, or leaves it for another document.
 * Both documents are read anew; one that loses its last page is rejected. ALREADY_SIGNED,
 * STATE_CHANGED. */
enum err_code page_move(struct store *store, const char *id, const char *document_id,
                        int64_t position, struct principal by, struct err *err);
/* Taken out by a person (rejected); the image stays, its questions are settled. With the last page
 * the document is rejected, with the last image of a side its details (side.h). */
enum err_code page_remove(struct store *store, const char *id, const char *reason,
                          struct principal by, struct err *err);

/* Inside the caller's transaction: out with the page, `heir` has taken over and its further images
 * are the heir's. */
enum err_code page_step_aside(struct store *store, const char *id, const char *heir,
                              struct principal by, struct err *err);
/* Begins a transaction about a page that counts, of a document that may still change.
 * ALREADY_SIGNED, STATE_CHANGED. */
enum err_code page_begin_change(struct store *store, struct tx *tx, const char *id,
                                struct subject *out_page, struct err *err);
enum err_code page_audit(struct store *store, const char *id, const char *event, const char *detail,
                         struct principal by, struct err *err);

/* Blob of a page: "image", "thumb", "words". The caller's descriptor; static media type.
 * NOT_FOUND while it has none. */
enum err_code page_image(struct store *store, const char *id, const char *what, int *out_fd,
                         int64_t *out_size, const char **out_type, struct err *err);

#endif
