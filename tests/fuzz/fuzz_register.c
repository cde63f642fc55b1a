#include "daemon/catalog/register_table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Registers of any bytes, in every format (the first byte says which): as many lines as rows, each
 * an object, in chunks that are all of them; without headings there are none. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_lines(const struct buf *lines, const struct js *told)
{
    int64_t rows = 0, end = 0;
    const struct js *chunks = js_at(told, "chunks");
    for (size_t i = 0; i < lines->size; i++)
        rows += lines->bytes[i] == '\n';
    for (size_t i = 0; i < js_count(chunks); i++)
        if (js_int_or(js_item(chunks, i), "offset", -1) == end)
            end += js_int_or(js_item(chunks, i), "size", 0);
    if (rows != js_int_or(told, "rows", -1) || end != (int64_t)lines->size)
        abort();
    if (!rows && js_is_null(js_at(told, "problem")))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    AUTO(js) struct js *told = NULL;
    AUTO(buf) struct buf lines;
    buf_init(&lines, 8u << 20);
    if (!size)
        return 0;
    struct register_reading reading = {.format = (enum catalog_format)(bytes[0] % 3), .sheets = 1};
    if (!register_read(&reading, (const char *)bytes + 1, size - 1, &lines, &told, NULL))
        check_lines(&lines, told);
    return 0;
}
