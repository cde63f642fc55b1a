#ifndef SOHOA_STORE_SIDE_H
#define SOHOA_STORE_SIDE_H

#include "queue/store/store.h"

#include <stddef.h>

/*
 * The images that show one side of a paper, by page.part_kind (what a side is: place.h):
 *
 *   (none)   the side's own image, without a note that lies on it
 *   overlap  the next part of a side larger than the glass
 *   note     the same with its note on
 *   detail   a closer look at a part of it (the card area at 600 dpi), for its codes only
 */

bool part_kind_is_valid(const char *kind);

/* An image of its side that is not this one, that counts and is of no such kind. `p` is the page.
 */
#define SIDE_HAS_OTHER_THAN(p, kinds)                                                              \
    "EXISTS (SELECT 1 FROM page other WHERE other.document_id = " p ".document_id AND other.id "   \
    "<> " p ".id AND coalesce(other.part_of, other.id) = coalesce(" p ".part_of, " p ".id) AND "   \
    "coalesce(other.part_kind, '') NOT IN (" kinds ") AND other.state NOT IN ('rejected', "        \
    "'failed'))"

/* Not a page of the copy: a closer look at a side that has a page of its own. */
#define PAGE_IS_DETAIL(p) "(" p ".part_kind IS 'detail' AND " SIDE_HAS_OTHER_THAN(p, "'detail'") ")"

/* Why a detail is taken out with the last page of its side; page_restore of that one brings it
 * back. */
#define PAGE_WENT_WITH_SIDE "went with its side"

#define SIDE_PARTS_MAX 9

/* The overlapping parts of the side that page `id` shows, in order: out is [{"dpi", "turn_deg",
 * "turn_score"}], out_fds their images, the caller's. NOT_FOUND when the side is one image,
 * TOO_MANY above SIDE_PARTS_MAX. */
enum err_code side_parts(struct store *store, const char *id, struct js **out,
                         int out_fds[SIDE_PARTS_MAX], size_t *out_count, struct err *err);

#endif
