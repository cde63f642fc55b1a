#ifndef SOHOA_CATALOG_CATALOG_READ_H
#define SOHOA_CATALOG_CATALOG_READ_H

#include "daemon/base/js.h"
#include "daemon/catalog/file_rows.h"
#include "daemon/model/catalog_kind.h"

/* A hostile file at worst gives problems. *out as catalog_table_end has it. NO_MEMORY, TOO_LARGE.
 */
enum err_code catalog_read(const struct catalog_kind *kind, enum catalog_format format,
                           const char *bytes, size_t size, struct js **out, struct err *err);

#endif
