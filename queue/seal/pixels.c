#include "queue/seal/pixels.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool starts(const unsigned char *bytes, ssize_t size, const char *magic, size_t magic_size)
{
    return size >= (ssize_t)magic_size && memcmp(bytes, magic, magic_size) == 0;
}

static const struct pixels_reader *reader_of(const unsigned char *bytes, ssize_t size,
                                             enum pixels_format *out_format)
{
    static const struct {
        const char *magic;
        size_t size;
        enum pixels_format format;
        const struct pixels_reader *reader;
    } kinds[] = {
        {"\xFF\xD8\xFF", 3, PIXELS_JPEG, &pixels_jpeg},
        {"II*\0", 4, PIXELS_TIFF, &pixels_tiff},
        {"MM\0*", 4, PIXELS_TIFF, &pixels_tiff},
        {"II+\0", 4, PIXELS_TIFF, &pixels_tiff},
        {"MM\0+", 4, PIXELS_TIFF, &pixels_tiff},
        {"\x89PNG\r\n\x1A\n", 8, PIXELS_PNG, &pixels_png},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (starts(bytes, size, kinds[i].magic, kinds[i].size)) {
            *out_format = kinds[i].format;
            return kinds[i].reader;
        }
    }
    if (size >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
        strchr(" \t\r\n#", bytes[2])) {
        *out_format = PIXELS_PNM;
        return &pixels_pnm;
    }
    return NULL;
}

enum err_code pixels_open(int fd, int index, struct pixels **out, struct err *err)
{
    unsigned char magic[8];
    ssize_t size = pread(fd, magic, sizeof magic, 0);
    if (size < 0)
        return err_set_errno(err, ERR_IO, errno, "page image");
    struct stat stat;
    if (fstat(fd, &stat) == 0 && stat.st_size > PIXELS_FILE_MAX)
        return err_set(err, ERR_IMAGE_TOO_LARGE, "page image of %lld bytes",
                       (long long)stat.st_size);
    if (size == 0)
        return err_set(err, ERR_IMAGE_EMPTY, "page image of 0 bytes");
    AUTO(pixels)
    struct pixels *pixels = mem_alloc(sizeof *pixels);
    if (!pixels)
        return err_set(err, ERR_NO_MEMORY, "page image");
    const struct pixels_reader *reader = reader_of(magic, size, &pixels->format);
    if (!reader)
        return err_set(err, ERR_FORMAT_UNKNOWN, "page image is no JPEG, TIFF, PNG or PNM");
    pixels->reader = reader;
    if (index != 0 && pixels->format != PIXELS_TIFF)
        return err_set(err, ERR_NOT_FOUND, "image %d of a file with one image", index);
    enum err_code code = reader->open(fd, index, pixels, err);
    if (code)
        return code;
    *out = TAKE(pixels);
    return ERR_OK;
}

void pixels_free(struct pixels *pixels)
{
    if (!pixels)
        return;
    if (pixels->reader && pixels->state)
        pixels->reader->close(pixels);
    mem_free(pixels->icc);
    mem_free(pixels);
}

size_t pixels_row_bytes(const struct pixels *pixels)
{
    if (pixels->bilevel)
        return ((size_t)pixels->width + 7) / 8;
    return (size_t)pixels->width * (size_t)pixels->channels;
}

enum err_code pixels_next_row(struct pixels *pixels, unsigned char *row, struct err *err)
{
    return pixels->reader->next_row(pixels, row, err);
}

enum err_code pixels_check_size(int64_t width, int64_t height, struct err *err)
{
    if (width <= 0 || height <= 0)
        return err_set(err, ERR_IMAGE_EMPTY, "image of %lld x %lld pixels", (long long)width,
                       (long long)height);
    if (width > 65000 || height > 65000 || width * height > PIXELS_MAX)
        return err_set(err, ERR_IMAGE_TOO_LARGE, "image of %lld x %lld pixels", (long long)width,
                       (long long)height);
    return ERR_OK;
}
