#ifndef SOHOA_STORE_PAGE_EDIT_H
#define SOHOA_STORE_PAGE_EDIT_H

#include "queue/store/store.h"

/* What a person does to pages after the scan (moving, removing: page.h; answering: question.h).
 * Only while their document is open or read: ALREADY_SIGNED, STATE_CHANGED. */

#define TURN_BY_MACHINE (-1)

/* Clockwise quarter turn that makes the image upright: 0, 90, 180, 270, or TURN_BY_MACHINE to take
 * a person's word back. The image is not touched. A page that was recognised another way up is
 * captured again, its document read anew. */
enum err_code page_turn(struct store *store, const char *id, int64_t turned_deg,
                        struct principal by, struct err *err);

/* A page that was kept without text, since its words were not read in time, is captured again and
 * its document read anew. Any other as subject_release (hold.h). */
enum err_code page_try_again(struct store *store, const char *id, struct principal by,
                             struct err *err);

/* Undoes a removal or replacement: back to its place and to the state it was in, with its open
 * questions. The page that took its place, or whose place it had taken, steps aside. A document
 * rejected because it had become empty is open again. STATE_CHANGED when it is not taken out or its
 * document cannot have it; VERSION_UNDER_WAY. */
enum err_code page_restore(struct store *store, const char *id, struct principal by,
                           struct err *err);

/* A further image of the side that `part_of` shows (place.h), of kind "note" (the same side with
 * its note on), "overlap" (the next part of a side larger than the glass) or "detail" (side.h); it
 * comes to stand behind it. part_of NULL: a side of its own. BAD_ARGUMENT another document's page,
 * or its own. */
enum err_code page_pair(struct store *store, const char *id, const char *part_of, const char *kind,
                        struct principal by, struct err *err);

/* A person says that the side is blank and stays; false takes that back and leaves the machine's
 * word. */
enum err_code page_keep_blank(struct store *store, const char *id, bool kept, struct principal by,
                              struct err *err);

/* Before backs are scanned: FRONTS_MISSING where no page of the document waits for one. */
enum err_code pages_check_fronts(struct store *store, const char *document_id, struct err *err);

/* The second pass of a manual duplex: each page of `job` becomes the back of a front that has none,
 * of the latest scan jobs in a row that have as many, on its sheet and directly behind it; with
 * `reversed` the last front comes first, as when the pile is turned over as a whole. What came for
 * these fronts in a pass before that did not fit is taken out ("replaced"; page_restore brings it
 * back). COUNT_MISMATCH with both numbers when they differ: then nothing changes. Again is fine. */
enum err_code pages_interleave(struct store *store, const char *document_id, const char *job,
                               bool reversed, struct principal by, struct err *err);

#endif
