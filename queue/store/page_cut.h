#ifndef SOHOA_STORE_PAGE_CUT_H
#define SOHOA_STORE_PAGE_CUT_H

#include "daemon/base/js.h"
#include "queue/store/store.h"

/*
 * Which part of its image a page shows (daemon/model/page_cut.h): what recognition found, unless a
 * person took it back or the file is signed by others and shows its pages as it does. Places are
 * stored as of the whole image, so that taking the cut back and bringing it again changes nothing
 * else; views and jobs move them.
 */

/* For statements with the page's table or alias: the cut does not hold. */
#define PAGE_IS_WHOLE(p)                                                                           \
    "(" p ".cut_off OR EXISTS (SELECT 1 FROM document w WHERE w.id = " p ".document_id AND "       \
    "w.passed_sha256 IS NOT NULL))"

/* By a person, while the document is open or read: ALREADY_SIGNED, STATE_CHANGED. on: the cut holds
 * again, where there is one. Audited. */
enum err_code page_cut(struct store *store, const char *id, bool on, struct principal by,
                       struct err *err);

/* A page's info as it holds: without its cut where is_whole. The caller's; NULL when out of memory
 * or for a NULL info. */
struct js *page_cut_info(const struct js *info, bool is_whole);

/* Fields of a document's proposal, their boxes as the pages are shown. */
enum err_code page_cut_fields(struct store *store, const char *document_id, const struct js *fields,
                              struct js **out, struct err *err);

#endif
