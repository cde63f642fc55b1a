#include "daemon/catalog/catalog_read.h"

#include <stdint.h>
#include <stdlib.h>

/* Catalogue files of any bytes, as every kind and format (the first byte says which): rows come
 * only with all their required columns, and a file without rows has a problem. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_row(const struct catalog_kind *kind, const struct js *row, bool clean)
{
    for (size_t i = 0; i < catalog_kind_columns(kind); i++)
        if (clean && kind->columns[i].required && (kind->columns[i].in_key || !kind->lenient) &&
            !js_has(row, kind->columns[i].key))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    AUTO(js) struct js *read = NULL;
    if (!size)
        return 0;
    const struct catalog_kind *kind = &catalog_kinds[bytes[0] % catalog_kind_count];
    enum catalog_format format = (enum catalog_format)(bytes[0] / catalog_kind_count % 3);
    if (catalog_read(kind, format, (const char *)bytes + 1, size - 1, &read, NULL))
        return 0;
    bool clean = js_int_or(read, "problem_count", 0) == 0;
    if (clean && !js_count(js_at(read, "rows")))
        abort();
    for (size_t i = 0; i < js_count(js_at(read, "rows")); i++)
        check_row(kind, js_item(js_at(read, "rows"), i), clean);
    return 0;
}
