#ifndef SOHOA_UPLOAD_MAPPING_APPLY_H
#define SOHOA_UPLOAD_MAPPING_APPLY_H

#include "queue/upload/mapping.h"

#include <stdbool.h>

/*
 * Templates of a mapping made into what is sent, or what was answered into what we keep. Pure.
 * `roots` is an object of the names that paths may begin with: {"record": …, "file": …, …}.
 */

/* *out NULL: nothing is to be said (its $when does not hold, its value is not there). FIELD_MISSING
 * ($required), FIELD_INVALID (longer than $max), MAPPING_BAD ($map has no entry); each names the
 * wire name and never the value. */
enum err_code mapping_build(const struct mapping *mapping, const struct js *template,
                            const struct js *roots, struct js **out, struct err *err);

/* "/…/{record.record_id}" with the values in place, percent-encoded when `encoded`. *out NULL: one
 * of them is not there. */
enum err_code mapping_expand(const char *pattern, const struct js *roots, bool encoded, char **out,
                             struct err *err);

/* Does {"path": value or [values]} hold? null stands for what is not there, "*" for what is. */
bool mapping_holds(const struct js *condition, const struct js *roots);

/* What the path, or the first path of a list that is there, leads to. NULL: nothing. */
const struct js *mapping_find_value(const struct js *paths, const struct js *roots);

/* Text of a single value: "abc", 12, true. NULL for objects, lists, null and out of memory. */
char *mapping_scalar_text(const struct js *value);

/* `roots` with `item` beside, the item around it as `outer`. NULL: out of memory. */
struct js *mapping_roots_with_item(const struct js *roots, const struct js *item);

#endif
