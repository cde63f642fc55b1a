#include "daemon/workers/import_catalog.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/base/text.h"
#include "daemon/catalog/catalog_read.h"
#include "drivers/folder/file_kind.h"
#include "ocr/text/office_text.h"

#include <stdio.h>
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

/* The first sheet with what it needs; the others are not the catalogue. */
static enum err_code sheet_text(const char *bytes, size_t size, char **out, struct err *err)
{
    AUTO(office_parts) struct office_parts parts = {0};
    AUTO(font_runs) struct font_runs runs;
    font_runs_init(&runs);
    enum err_code code = office_parts_read(bytes, size, &parts, err);
    AUTO(mem) struct office_part *wanted = mem_array(parts.count + 1, sizeof *wanted);
    struct office_parts first = {wanted, 0};
    bool has_sheet = false;
    if (!code && !wanted)
        code = err_set(err, ERR_NO_MEMORY, "sheet");
    for (size_t i = 0; !code && i < parts.count; i++) {
        bool sheet = text_starts(parts.item[i].name, "xl/worksheets/sheet");
        if (sheet || strcmp(parts.item[i].name, "xl/sharedStrings.xml") == 0)
            one_line_cells(&parts.item[i]);
        if (!sheet || !has_sheet)
            wanted[first.count++] = parts.item[i];
        has_sheet = has_sheet || sheet;
    }
    if (!code)
        code = sheet_text_read(&first, &runs, err);
    if (code)
        return code;
    *out = font_runs_take(&runs);
    return *out ? ERR_OK : err_set(err, ERR_TOO_LARGE, "more text than any catalogue has");
}

static bool is_json(const char *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && strchr(" \t\r\n\xef\xbb\xbf", bytes[at]) && bytes[at])
        at++;
    return at < size && (bytes[at] == '[' || bytes[at] == '{');
}

static enum err_code read_file(int fd, const struct catalog_kind *kind, struct js **out,
                               struct err *err)
{
    AUTO(mem) char *bytes = NULL;
    AUTO(mem) char *text = NULL;
    size_t size;
    enum err_code code = file_read_fd(fd, FILE_MAX, &bytes, &size, err);
    if (code)
        return code;
    switch (file_kind_of(fd)) {
    case FILE_XLSX:
        code = sheet_text(bytes, size, &text, err);
        return code ? code : catalog_read(kind, CATALOG_SHEET, text, strlen(text), out, err);
    case FILE_OLD_OFFICE:
        return err_set(err, ERR_FILE_OLD_OFFICE, "an old Office file, or one with a password");
    case FILE_TEXT:
    case FILE_EMPTY:
    case FILE_OTHER: /* bytes that are no text are a problem of their line */
        return catalog_read(kind, is_json(bytes, size) ? CATALOG_JSON : CATALOG_DELIMITED, bytes,
                            size, out, err);
    default:
        return err_set(err, ERR_FORMAT_UNKNOWN, "neither CSV, TSV, JSON nor xlsx");
    }
}

/* What clerks are told of a picture or an upload that is refused does not help with a catalogue. */
static enum err_code say_unfit(enum err_code code, struct err *err)
{
    char why[sizeof err->detail];
    if (code != ERR_TOO_LARGE && code != ERR_FORMAT_UNKNOWN)
        return code;
    snprintf(why, sizeof why, "%s", err->detail);
    return err_set(err, ERR_CATALOG_BAD, "%s", why);
}

static enum err_code make_answer(struct worker_answer *answer, struct js *read, const char *sha256,
                                 struct err *err)
{
    const struct js *rows = js_at(read, "rows");
    int fd;
    enum err_code code = js_to_memfd(rows, "catalog", &fd, err);
    if (code)
        return code;
    answer->fds[answer->fd_count++] = fd;
    bool fits = js_set(read, "row_count", js_int((int64_t)js_count(rows))) &&
                js_set(read, "sha256", js_text(sha256)) && js_remove(read, "rows");
    answer->ok = fits ? js_ref(read) : NULL;
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

enum err_code import_catalog(struct worker_call *call, struct worker_answer *answer,
                             struct err *err)
{
    AUTO(fd) int fd = -1;
    AUTO(js) struct js *read = NULL;
    char sha256[HASH_HEX_SIZE];
    uint64_t size;
    const struct catalog_kind *kind = catalog_kind_find(js_text_or(call->args, "kind", ""));
    if (!kind)
        return err_set(err, ERR_NOT_FOUND, "no such catalogue; there are %s", catalog_kind_names);
    enum err_code code = ipc_take_fd(call->message, 0, &fd, err);
    if (!code)
        code = hash_fd(fd, sha256, &size, err);
    if (!code)
        code = say_unfit(read_file(fd, kind, &read, err), err);
    return code ? code : make_answer(answer, read, sha256, err);
}
