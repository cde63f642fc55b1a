#ifndef SOHOA_CLI_SHOW_H
#define SOHOA_CLI_SHOW_H

#include "daemon/base/js.h"
#include "daemon/cli/cli.h"
#include "daemon/cli/table.h"

/* Plain showing of answers on stdout. */

/* A table on stdout with these headings (NULL last); out of memory ends the program with status 1.
 */
struct table *show_table(const char *heading, ...) __attribute__((sentinel));
/* Prints and frees it. */
void show_table_end(struct table *table);

/* "key: value" lines for the scalars of an object and of the objects in it ("pages.captured");
 * lists of scalars on one line; other lists are left out. Keys ending in _us are times. */
void show_values(const struct js *object);

/* What the tabs of a workbook are called that a list was read from, where there is more than one. */
void show_sheets(const struct js *reply);

/* A number, text or truth value as text; "" for null, lists and objects. */
struct cli_text show_scalar(const struct js *value);

#endif
