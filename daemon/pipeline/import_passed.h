#ifndef SOHOA_PIPELINE_IMPORT_PASSED_H
#define SOHOA_PIPELINE_IMPORT_PASSED_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

/* What lies in an import folder and is no file to import: added up over the looks of one sweep,
 * then told to people with what they can do about it. Pure. */

#define IMPORT_PASSED_NAMES 100 /* of a sweep; the counts are of all */

/* *sum (NULL: nothing yet) and `more`, "passed_over" of a look (drivers/folder/watched_folder.h).
 * NO_MEMORY */
enum err_code import_passed_add(struct js **sum, const struct js *more, struct err *err);

/* {"special", "links", "clutter", "deep", "closed": how many,
 *  "count": those a person should look at (all but clutter), "unlisted": those of them that are not
 *  in files, "seen_us": when the folder was last seen whole,
 *  "files": [{"path", "why": "special" | "links" | "deep" | "closed",
 *             "problem": {"code", "message"}}]}
 * message is Vietnamese: what it is, and what to do now. NULL: no memory. */
struct js *import_passed_to_js(const struct js *sum, int64_t seen_us);

#endif
