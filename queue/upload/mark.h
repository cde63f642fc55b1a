#ifndef SOHOA_UPLOAD_MARK_H
#define SOHOA_UPLOAD_MARK_H

#include "daemon/base/err.h"

/*
 * A mounted share and the empty folder it is mounted on look alike. The warehouse therefore carries
 * a mark, and the station keeps a witness of it:
 *
 *   witness  mark    means
 *   no       no      first use: the mark is made, then the witness
 *   no       yes     another station was first, or this one was set up anew: it is witnessed
 *   yes      same    the warehouse
 *   yes      no      not mounted: TARGET_UNREACHABLE, nothing is written
 *   yes      other   another warehouse under the same path: TARGET_UNREACHABLE, too
 *
 * IT staff who really replace a warehouse remove the witness.
 */

#define MARK_NAME ".sohoa-warehouse"

/* `root` is the open warehouse folder, `witness` the path of the witness file, whose folder exists.
 * TARGET_READ_ONLY, TARGET_FULL when the mark cannot be made. */
enum err_code mark_check(int root, const char *witness, struct err *err);

#endif
