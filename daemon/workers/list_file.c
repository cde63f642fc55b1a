#include "daemon/workers/list_file.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "daemon/workers/list_sheets.h"
#include "drivers/folder/file_kind.h"
#include "ocr/text/office_text.h"

#include <string.h>

#define FILE_MAX (16u << 20)

/* In XML a line break between cells is a blank like any other, and one inside a cell would part a
 * row: bytes and character references alike become blanks. */
static void one_line_cells(struct office_part *part)
{
    static const char *const references[] = {"&#10;", "&#13;", "&#9;",  "&#xA;",
                                             "&#xD;", "&#x9;", "&#xa;", "&#xd;"};
    for (size_t i = 0; i < part->size; i++)
        if (part->bytes[i] == '\n' || part->bytes[i] == '\r' || part->bytes[i] == '\t')
            part->bytes[i] = ' ';
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        size_t size = strlen(references[i]);
        char *end = part->bytes + part->size;
        for (char *at = part->bytes; (at = memmem(at, (size_t)(end - at), references[i], size));)
            memset(at, ' ', size);
    }
}

/* The one sheet with what it needs; the others are not the list. */
static enum err_code read_sheet(struct office_parts *parts, const char *name, char **out,
                                struct err *err)
{
    AUTO(font_runs) struct font_runs runs;
    AUTO(mem) struct office_part *wanted = mem_array(parts->count + 1, sizeof *wanted);
    struct office_parts one = {wanted, 0};
    font_runs_init(&runs);
    if (!wanted)
        return err_set(err, ERR_NO_MEMORY, "sheet");
    for (size_t i = 0; i < parts->count; i++) {
        const char *part = parts->item[i].name;
        bool sheet = text_starts(part, "xl/worksheets/sheet");
        if (sheet && strcmp(part, name) != 0)
            continue;
        if (sheet || strcmp(part, "xl/sharedStrings.xml") == 0)
            one_line_cells(&parts->item[i]);
        wanted[one.count++] = parts->item[i];
    }
    enum err_code code = sheet_text_read(&one, &runs, err);
    if (code)
        return code;
    *out = font_runs_take(&runs);
    return *out ? ERR_OK : err_set(err, ERR_TOO_LARGE, "more text than any list has");
}

static bool add_names(struct js *names, const struct js *sheets)
{
    bool fits = names != NULL;
    for (size_t i = 0; fits && i < js_count(sheets); i++)
        fits = js_push(names, js_ref(js_at(js_item(sheets, i), "name")));
    return fits;
}

static enum err_code read_workbook(struct list_file *file, const char *wanted, struct err *err)
{
    AUTO(office_parts) struct office_parts parts = {0};
    AUTO(js) struct js *sheets = NULL;
    enum err_code code = office_parts_read(file->bytes, file->size, &parts, err);
    if (!code)
        code = list_sheets(&parts, &sheets, err);
    if (code)
        return code;
    const char *name = list_sheets_find(sheets, wanted);
    if (!name && wanted)
        return err_set(err, ERR_NOT_FOUND, "no such sheet; the file has %zu", js_count(sheets));
    file->sheets = js_array();
    if (!add_names(file->sheets, sheets))
        return err_set(err, ERR_NO_MEMORY, "sheets");
    code = read_sheet(&parts, name ? name : "", &file->text, err);
    file->size = file->text ? strlen(file->text) : 0;
    return code;
}

static bool is_json(const char *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && strchr(" \t\r\n\xef\xbb\xbf", bytes[at]) && bytes[at])
        at++;
    return at < size && (bytes[at] == '[' || bytes[at] == '{');
}

void list_file_done(struct list_file *file)
{
    mem_free(file->bytes);
    mem_free(file->text);
    js_free(file->sheets);
    *file = (struct list_file){0};
}

enum err_code list_file_read(int fd, const char *sheet, struct list_file *out, struct err *err)
{
    enum err_code code = file_read_fd(fd, FILE_MAX, &out->bytes, &out->size, err);
    if (code)
        return code;
    switch (file_kind_of(fd)) {
    case FILE_XLSX:
        out->format = CATALOG_SHEET;
        return read_workbook(out, sheet, err);
    case FILE_OLD_OFFICE:
        return err_set(err, ERR_FILE_OLD_OFFICE, "an old Office file, or one with a password");
    case FILE_TEXT:
    case FILE_EMPTY:
    case FILE_OTHER: /* bytes that are no text are a problem of their line */
        out->format = is_json(out->bytes, out->size) ? CATALOG_JSON : CATALOG_DELIMITED;
        out->text = TAKE(out->bytes);
        return ERR_OK;
    default:
        return err_set(err, ERR_FORMAT_UNKNOWN, "neither CSV, TSV, JSON nor xlsx");
    }
}
