#include "drivers/folder/file_kind.h"

#include "daemon/base/mem.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES 4096
#define PDF_HEAD 1024        /* ISO 32000 leaves that much room before %PDF- */
#define ZIP_TAIL (128 << 10) /* the list of members lies at the end */

static const char *const names[] = {"unknown", "jpeg",  "png",       "tiff", "pnm",
                                    "pdf",     "text",  "docx",      "xlsx", "old-office",
                                    "empty",   "other", "unreadable"};

const char *file_kind_name(enum file_kind kind)
{
    return names[kind];
}

enum file_kind file_kind_from_name(const char *name)
{
    for (int kind = FILE_UNKNOWN; kind <= FILE_UNREADABLE; kind++)
        if (strcmp(name, names[kind]) == 0)
            return (enum file_kind)kind;
    return FILE_UNKNOWN;
}

static ssize_t read_at(int fd, void *bytes, size_t size, off_t offset)
{
    ssize_t got;
    do
        got = pread(fd, bytes, size, offset);
    while (got < 0 && errno == EINTR);
    return got;
}

/* By the name of the member that makes it one. */
static enum file_kind kind_of_zip(int fd)
{
    static const struct {
        const char *member;
        enum file_kind kind;
    } kinds[] = {{"word/document.xml", FILE_DOCX}, {"xl/workbook.xml", FILE_XLSX}};
    AUTO(mem) char *tail = mem_alloc(ZIP_TAIL);
    struct stat info;
    if (!tail || fstat(fd, &info) != 0)
        return FILE_OTHER;
    off_t from = info.st_size > ZIP_TAIL ? info.st_size - ZIP_TAIL : 0;
    ssize_t size = read_at(fd, tail, ZIP_TAIL, from);
    for (size_t i = 0; size > 0 && i < sizeof kinds / sizeof *kinds; i++)
        if (memmem(tail, (size_t)size, kinds[i].member, strlen(kinds[i].member)))
            return kinds[i].kind;
    return FILE_OTHER;
}

/* TCVN 5712 uses bytes from 0xA1, Windows pages all above 0x80: only control characters speak
 * against a text. */
static bool is_text(const unsigned char *head, size_t size)
{
    if (size >= 2 && ((head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff)))
        return true;
    for (size_t i = 0; i < size; i++)
        if (head[i] < 0x20 && !memchr("\t\n\r\f\x1a", head[i], 5))
            return false;
    return true;
}

enum file_kind file_kind_of(int fd)
{
    unsigned char head[HEAD_BYTES + 1] = {0};
    ssize_t got = read_at(fd, head, HEAD_BYTES, 0);
    if (got < 0)
        return FILE_UNREADABLE;
    if (got == 0)
        return FILE_EMPTY;
    size_t size = (size_t)got;
    if (!memcmp(head, "\xff\xd8\xff", 3))
        return FILE_JPEG;
    if (!memcmp(head, "\x89PNG\r\n\x1a\n", 8))
        return FILE_PNG;
    if (!memcmp(head, "II*\0", 4) || !memcmp(head, "MM\0*", 4) || !memcmp(head, "II+\0", 4) ||
        !memcmp(head, "MM\0+", 4))
        return FILE_TIFF;
    if (head[0] == 'P' && head[1] >= '1' && head[1] <= '6' && memchr(" \t\r\n#", head[2], 5))
        return FILE_PNM;
    if (memmem(head, size < PDF_HEAD ? size : PDF_HEAD, "%PDF-", 5))
        return FILE_PDF;
    if (!memcmp(head, "PK\3\4", 4))
        return kind_of_zip(fd);
    if (!memcmp(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8))
        return FILE_OLD_OFFICE;
    return is_text(head, size) ? FILE_TEXT : FILE_OTHER;
}
