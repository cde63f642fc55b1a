#include "daemon/workers/list_file.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"
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

/* The first sheet with what it needs; the others are not the list. */
static enum err_code sheet_text(const char *bytes, size_t size, char **out, int *out_sheets,
                                struct err *err)
{
    AUTO(office_parts) struct office_parts parts = {0};
    AUTO(font_runs) struct font_runs runs;
    font_runs_init(&runs);
    enum err_code code = office_parts_read(bytes, size, &parts, err);
    AUTO(mem) struct office_part *wanted = mem_array(parts.count + 1, sizeof *wanted);
    struct office_parts first = {wanted, 0};
    if (!code && !wanted)
        code = err_set(err, ERR_NO_MEMORY, "sheet");
    for (size_t i = 0; !code && i < parts.count; i++) {
        bool sheet = text_starts(parts.item[i].name, "xl/worksheets/sheet");
        if (sheet || strcmp(parts.item[i].name, "xl/sharedStrings.xml") == 0)
            one_line_cells(&parts.item[i]);
        if (!sheet || !*out_sheets)
            wanted[first.count++] = parts.item[i];
        *out_sheets += sheet;
    }
    if (!code)
        code = sheet_text_read(&first, &runs, err);
    if (code)
        return code;
    *out = font_runs_take(&runs);
    return *out ? ERR_OK : err_set(err, ERR_TOO_LARGE, "more text than any list has");
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
    *file = (struct list_file){0};
}

enum err_code list_file_read(int fd, struct list_file *out, struct err *err)
{
    enum err_code code = file_read_fd(fd, FILE_MAX, &out->bytes, &out->size, err);
    if (code)
        return code;
    switch (file_kind_of(fd)) {
    case FILE_XLSX:
        out->format = CATALOG_SHEET;
        code = sheet_text(out->bytes, out->size, &out->text, &out->sheets, err);
        out->size = out->text ? strlen(out->text) : 0;
        return code;
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
