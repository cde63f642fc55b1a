#ifndef SOHOA_WORKERS_LIST_SHEETS_H
#define SOHOA_WORKERS_LIST_SHEETS_H

#include "daemon/base/js.h"
#include "ocr/text/office_parts.h"

/*
 * The sheets of a workbook as its tabs have them. Source: ECMA-376 part 1, 18.2.19 (sheet), part 2,
 * 9.3 (relationships). *out: [{"name", "part"}…] in the order of the tabs, charts left out; of a
 * workbook that does not tell, the parts themselves. NO_MEMORY; a damaged workbook tells nothing.
 */
enum err_code list_sheets(const struct office_parts *parts, struct js **out, struct err *err);

/* The part of the sheet of that name, or else of that number from 1 on; NULL wanted: the first.
 * NULL: there is none. Borrowed. */
const char *list_sheets_find(const struct js *sheets, const char *wanted);

#endif
