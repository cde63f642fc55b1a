#include "daemon/catalog/file_rows.h"

#include "daemon/base/js.h"
#include "daemon/base/text.h"
#include "daemon/catalog/delimited.h"

#include <string.h>

static const char *cell_of_row(const void *row, size_t column)
{
    return delimited_cell(row, column);
}

/* ---- text ---- */

static long bad_line(const char *bytes, size_t size)
{
    const char *end = bytes + size;
    for (long line = 1; bytes < end; line++) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        stop = stop ? stop : end;
        if (!text_is_utf8(bytes, (size_t)(stop - bytes)))
            return line;
        bytes = stop + (stop < end);
    }
    return 0;
}

static bool is_utf16(const char *bytes, size_t size)
{
    return size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0);
}

static enum err_code read_rows(const struct row_sink *sink, const char *bytes, size_t size,
                               struct err *err)
{
    AUTO(delimited_row) struct delimited_row row;
    struct delimited reader;
    enum err_code code = ERR_OK;
    delimited_row_init(&row);
    delimited_begin(&reader, bytes, size);
    while (!code) {
        enum delimited_next next = delimited_next(&reader, &row);
        if (next == DELIMITED_END)
            break;
        struct catalog_cells cells = {row.line, row.count, cell_of_row, &row};
        if (next == DELIMITED_BAD)
            sink->problem(sink->payload, row.line, row.why);
        else
            code = sink->row(sink->payload, &cells, err);
    }
    return code;
}

static enum err_code read_text(const struct row_sink *sink, const char *bytes, size_t size,
                               struct err *err)
{
    if (is_utf16(bytes, size)) {
        sink->problem(sink->payload, 1, "is UTF-16: save it as CSV UTF-8");
        return ERR_OK;
    }
    if (!text_is_utf8(bytes, size)) {
        sink->problem(sink->payload, bad_line(bytes, size),
                      "is no UTF-8 text: save it as CSV UTF-8");
        return ERR_OK;
    }
    return read_rows(sink, bytes, size, err);
}

/* ---- a sheet: tabs alone part cells, no quotes ---- */

struct sheet_row {
    char *cell[DELIMITED_COLUMNS_MAX];
};

static const char *cell_of_sheet(const void *row, size_t column)
{
    return ((const struct sheet_row *)row)->cell[column];
}

static enum err_code read_sheet(const struct row_sink *sink, const char *bytes, size_t size,
                                struct err *err)
{
    AUTO(mem) char *text = mem_strndup(bytes, size);
    char *rest = text;
    enum err_code code = text ? ERR_OK : err_set(err, ERR_NO_MEMORY, "sheet");
    for (long line = 1; !code && rest; line++) {
        struct sheet_row row;
        char *one = strsep(&rest, "\n");
        struct catalog_cells cells = {line, 0, cell_of_sheet, &row};
        while (one && cells.count < DELIMITED_COLUMNS_MAX)
            row.cell[cells.count++] = strsep(&one, "\t");
        while (cells.count && !*row.cell[cells.count - 1]) /* formatted, never filled */
            cells.count--;
        code = sink->row(sink->payload, &cells, err);
    }
    return code;
}

/* ---- JSON: every key that any object has is a heading ---- */

struct json_row {
    const struct js *own, *parent; /* parent NULL: none */
    const struct js *keys;         /* of the objects, then "FullName" of the parent */
    size_t own_count;
};

/* Keys are taken as they are: for js_at a point in one would part it. */
static const char *text_of_key(const struct js *object, const char *key)
{
    for (void *it = js_iter(object); it; it = js_iter_next(object, it))
        if (strcmp(js_iter_key(it), key) == 0)
            return js_text_or(js_iter_value(it), "", "");
    return "";
}

static const char *cell_of_json(const void *payload, size_t column)
{
    const struct json_row *row = payload;
    const char *key = js_text_or(js_item(row->keys, column), "", "");
    return text_of_key(column < row->own_count ? row->own : row->parent, key);
}

static const char *heading_of_json(const void *payload, size_t column)
{
    const struct json_row *row = payload;
    const char *key = js_text_or(js_item(row->keys, column), "", "");
    return column < row->own_count ? key : "province"; /* the only lists in lists: communes */
}

static bool is_among(const struct js *keys, const char *key)
{
    for (size_t i = 0; i < js_count(keys); i++)
        if (strcmp(js_text_or(js_item(keys, i), "", ""), key) == 0)
            return true;
    return false;
}

/* Objects leave out what they have not: no single one knows all keys. */
static enum err_code add_keys(struct js *keys, const struct js *list, struct err *err)
{
    for (size_t i = 0; i < js_count(list); i++) {
        const struct js *object = js_item(list, i);
        for (void *it = js_iter(object); it; it = js_iter_next(object, it)) {
            if (!js_is_text(js_iter_value(it)) || is_among(keys, js_iter_key(it)))
                continue;
            if (js_count(keys) == DELIMITED_COLUMNS_MAX)
                return err_set(err, ERR_TOO_LARGE, "more keys than any catalogue has");
            if (!js_push(keys, js_text(js_iter_key(it))))
                return err_set(err, ERR_NO_MEMORY, "catalogue");
        }
    }
    return ERR_OK;
}

static const struct js *inner_list(const struct js *object)
{
    for (void *it = js_iter(object); it; it = js_iter_next(object, it))
        if (js_is_array(js_iter_value(it)))
            return js_iter_value(it);
    return NULL;
}

/* The objects of one list; item 0: each is a line of its own, else all are of that one. */
static enum err_code json_rows(const struct row_sink *sink, struct json_row *row,
                               const struct js *list, long item, struct err *err)
{
    enum err_code code = ERR_OK;
    struct catalog_cells cells = {item, js_count(row->keys), cell_of_json, row};
    for (size_t i = 0; !code && i < js_count(list); i++) {
        row->own = js_item(list, i);
        cells.line = item ? item : (long)i + 1;
        code = sink->row(sink->payload, &cells, err);
    }
    return code;
}

static enum err_code json_table(const struct row_sink *sink, const struct js *list, struct err *err)
{
    AUTO(js) struct js *keys = js_array();
    bool nested = inner_list(js_item(list, 0)) != NULL;
    enum err_code code = keys ? ERR_OK : err_set(err, ERR_NO_MEMORY, "catalogue");
    for (size_t i = 0; !code && nested && i < js_count(list); i++)
        code = add_keys(keys, inner_list(js_item(list, i)), err);
    if (!code && !nested)
        code = add_keys(keys, list, err);
    struct json_row row = {.keys = keys, .own_count = js_count(keys)};
    if (!code && nested && !js_push(keys, js_text("FullName")))
        code = err_set(err, ERR_NO_MEMORY, "catalogue");
    struct catalog_cells headings = {1, js_count(keys), heading_of_json, &row};
    if (!code)
        code = sink->row(sink->payload, &headings, err);
    if (!code && !nested)
        code = json_rows(sink, &row, list, 0, err);
    for (size_t i = 0; !code && nested && i < js_count(list); i++) {
        row.parent = js_item(list, i);
        code = json_rows(sink, &row, inner_list(row.parent), (long)i + 1, err);
    }
    return code;
}

static enum err_code read_json(const struct row_sink *sink, const char *bytes, size_t size,
                               struct err *err)
{
    AUTO(js) struct js *list = NULL;
    struct err why = ERR_INIT;
    size_t mark = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    enum err_code code = js_parse(bytes + mark, size - mark, &list, &why);
    if (code == ERR_NO_MEMORY || code == ERR_TOO_LARGE)
        return err_set(err, code, "catalogue");
    if (code || !js_is_array(list)) {
        sink->problem(sink->payload, 0, "is no JSON list of objects");
        return ERR_OK;
    }
    return json_table(sink, list, err);
}

enum err_code file_rows(enum catalog_format format, const char *bytes, size_t size,
                        const struct row_sink *sink, struct err *err)
{
    if (format == CATALOG_DELIMITED)
        return read_text(sink, bytes, size, err);
    return format == CATALOG_SHEET ? read_sheet(sink, bytes, size, err)
                                   : read_json(sink, bytes, size, err);
}
