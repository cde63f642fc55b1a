#include "tests/unit/ocr/text/office_maker.h"

#include "daemon/base/mem.h"
#include "tests/harness/test.h"

#include <archive.h>
#include <archive_entry.h>

#define MADE_MAX (4u << 20)

char *office_make(const struct made_part *parts, size_t *out_size)
{
    char *made = mem_alloc(MADE_MAX);
    struct archive *archive = archive_write_new();
    assert_int_equal(archive_write_set_format_zip(archive), ARCHIVE_OK);
    assert_int_equal(archive_write_open_memory(archive, made, MADE_MAX, out_size), ARCHIVE_OK);
    for (; parts->name; parts++) {
        size_t size = parts->size ? parts->size : strlen(parts->bytes);
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, parts->name);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0600);
        archive_entry_set_size(entry, (la_int64_t)size);
        assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
        assert_int_equal(archive_write_data(archive, parts->bytes, size), size);
        archive_entry_free(entry);
    }
    archive_write_close(archive);
    archive_write_free(archive);
    return made;
}
