#ifndef SOHOA_RECONCILE_LISTED_H
#define SOHOA_RECONCILE_LISTED_H

#include "daemon/base/js.h"

#include <stdbool.h>
#include <stdint.h>

/* One line of a target's listing against what was proven to lie there. Bodies are not read: size
 * and tag of the receipt (queue/upload/transport.h) say whether that is needed. Pure. */

#define LISTED_NAME_SIZE 300

/* Parts of a record; a whole one has both. */
enum listed_part { LISTED_PDF = 1, LISTED_JSON = 2, LISTED_WHOLE = 3 };

/* false: no file of a record (a tombstone, a file of others). `out_name` is the record's remote
 * name. */
bool listed_read(const char *name, char out_name[LISTED_NAME_SIZE], enum listed_part *out_part);

/* Is it what the receipt says? Without a tag on either side nobody can tell: no. */
bool listed_is_same(const struct js *receipt, enum listed_part part, int64_t size_bytes,
                    const char *tag);

/* The folder of a remote name, with its '/'. */
void listed_folder(const char *name, char out_folder[LISTED_NAME_SIZE]);
/* The record id that an object store's name ends in; "" when it does not. Borrowed from `name`. */
const char *listed_record_id(const char *name);

/* Many at once are no accident of single records: the warehouse, or what is mounted in its place.
 */
bool listed_is_mass(int64_t missing, int64_t expected);

#endif
