#ifndef SOHOA_STORE_CATALOG_COMPARE_H
#define SOHOA_STORE_CATALOG_COMPARE_H

#include "queue/store/catalog.h"

/*
 * A list beside the version that holds on its day, row by row of the same key. `data` has the rows
 * as they are stored. *out: {"added", "changed", "removed": how many, "changed_keys",
 * "removed_keys": the first of them, "doubts": [text…]}. Keys are told only of what is held: the
 * file may be another one than was meant.
 *
 * A doubt is what hardly any correction of a list does and any other file does: most of its codes
 * have another form, many communes lie in provinces that are gone or (before 2025) in no district,
 * most of what is held would go, or most codes would get another name (one
 * column was sorted alone). Lists of a few rows are not doubted for what they change.
 */
enum err_code catalog_compare(struct store *store, const struct catalog_import *import,
                              char *const *data, struct js **out, struct err *err);

#endif
