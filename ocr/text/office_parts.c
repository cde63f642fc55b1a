#include "ocr/text/office_parts.h"

#include "daemon/base/buf.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

/* A register of 100,000 rows has 40 MB of XML; more than that is read in pieces by nobody. */
#define PART_MAX (64u << 20)
#define TOGETHER_MAX (128u << 20)
#define MEMBERS_MAX 10000
#define PARTS_MAX 1000

void office_parts_done(struct office_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        mem_free(parts->item[i].name);
        mem_free(parts->item[i].bytes);
    }
    mem_free(parts->item);
    *parts = (struct office_parts){0};
}

static bool holds_text(const char *name)
{
    static const char *const whole[] = {
        "word/document.xml", "word/styles.xml",       "word/footnotes.xml",
        "word/endnotes.xml", "word/theme/theme1.xml", "xl/sharedStrings.xml",
        "xl/styles.xml",     "xl/workbook.xml",       "xl/_rels/workbook.xml.rels"};
    static const char *const begins[] = {"word/header", "word/footer", "xl/worksheets/sheet"};
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(name, whole[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (text_starts(name, begins[i]))
            return ending && strcmp(ending, ".xml") == 0;
    return false;
}

static enum err_code damaged(struct archive *archive, struct err *err)
{
    const char *why = archive_error_string(archive);
    return err_set(err, ERR_FORMAT_UNKNOWN, "archive: %s", why ? why : "damaged");
}

/* *together: bytes of all parts so far. */
static enum err_code read_part(struct archive *archive, const char *name, size_t *together,
                               struct office_parts *out, struct err *err)
{
    AUTO(buf) struct buf bytes;
    char block[16384];
    la_ssize_t got;
    buf_init(&bytes, PART_MAX + 1);
    buf_text(&bytes, "");
    while ((got = archive_read_data(archive, block, sizeof block)) > 0) {
        *together += (size_t)got;
        if (bytes.size + (size_t)got > PART_MAX || *together > TOGETHER_MAX)
            return err_set(err, ERR_TOO_LARGE, "more text than any paper has");
        buf_append(&bytes, block, (size_t)got);
    }
    if (got < 0)
        return damaged(archive, err);
    struct office_part *item = mem_resize(out->item, (out->count + 1) * sizeof *item);
    if (!item)
        return err_set(err, ERR_NO_MEMORY, "archive");
    out->item = item;
    size_t size = bytes.size;
    struct office_part part = {mem_strdup(name), buf_take(&bytes), size};
    out->item[out->count++] = part;
    return part.name && part.bytes ? ERR_OK : err_set(err, ERR_NO_MEMORY, "archive");
}

static enum err_code read_members(struct archive *archive, struct office_parts *out,
                                  struct err *err)
{
    size_t together = 0;
    for (int members = 0; members < MEMBERS_MAX; members++) {
        struct archive_entry *entry;
        int status = archive_read_next_header(archive, &entry);
        if (status == ARCHIVE_EOF)
            return ERR_OK;
        if (status < ARCHIVE_WARN)
            return damaged(archive, err);
        const char *name = archive_entry_pathname(entry);
        if (!name || !holds_text(name) || office_parts_find(out, name))
            continue;
        if (archive_entry_is_encrypted(entry))
            return err_set(err, ERR_FORMAT_UNKNOWN, "archive: encrypted");
        enum err_code code = out->count < PARTS_MAX
                                 ? read_part(archive, name, &together, out, err)
                                 : err_set(err, ERR_TOO_LARGE, "more than %d parts", PARTS_MAX);
        if (code)
            return code;
    }
    return err_set(err, ERR_TOO_LARGE, "more than %d members", MEMBERS_MAX);
}

static int compare_parts(const void *a, const void *b)
{
    return text_natural_compare(((const struct office_part *)a)->name,
                                ((const struct office_part *)b)->name);
}

enum err_code office_parts_read(const void *bytes, size_t size, struct office_parts *out,
                                struct err *err)
{
    *out = (struct office_parts){0};
    struct archive *archive = archive_read_new();
    if (!archive)
        return err_set(err, ERR_NO_MEMORY, "archive");
    /* by the list at its end, so that members passed over are never inflated */
    archive_read_support_format_zip_seekable(archive);
    enum err_code code = archive_read_open_memory(archive, bytes, size) == ARCHIVE_OK
                             ? read_members(archive, out, err)
                             : damaged(archive, err);
    archive_read_free(archive);
    if (!code && out->count)
        qsort(out->item, out->count, sizeof *out->item, compare_parts);
    return code;
}

const struct office_part *office_parts_find(const struct office_parts *parts, const char *name)
{
    for (size_t i = 0; i < parts->count; i++)
        if (strcmp(parts->item[i].name, name) == 0)
            return &parts->item[i];
    return NULL;
}
