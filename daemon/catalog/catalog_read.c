#include "daemon/catalog/catalog_read.h"

#include "daemon/catalog/catalog_table.h"

static enum err_code take_row(void *payload, const struct catalog_cells *cells, struct err *err)
{
    return catalog_table_row(payload, cells, err);
}

static void take_problem(void *payload, long line, const char *why)
{
    catalog_table_problem(payload, line, NULL, why);
}

enum err_code catalog_read(const struct catalog_kind *kind, enum catalog_format format,
                           const char *bytes, size_t size, struct js **out, struct err *err)
{
    AUTO(catalog_table)
    struct catalog_table *table =
        catalog_table_new(kind, format == CATALOG_SHEET ? CATALOG_ROWS_PADDED : CATALOG_ROWS_EXACT);
    if (!table)
        return err_set(err, ERR_NO_MEMORY, "catalogue");
    struct row_sink sink = {take_row, take_problem, table};
    enum err_code code = file_rows(format, bytes, size, &sink, err);
    return code ? code : catalog_table_end(table, out, err);
}
