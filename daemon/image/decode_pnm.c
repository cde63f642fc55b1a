#include "daemon/image/image_decode.h"

#include <ctype.h>
#include <string.h>

#define CHUNK_BYTES 65536

struct reader {
    int fd;
    off_t offset;
    size_t size, place;
    uint8_t bytes[CHUNK_BYTES];
};

static int next_byte(struct reader *reader)
{
    if (reader->place == reader->size) {
        ssize_t got = image_pread(reader->fd, reader->bytes, sizeof reader->bytes, reader->offset);
        if (got <= 0)
            return -1;
        reader->offset += got;
        reader->size = (size_t)got;
        reader->place = 0;
    }
    return reader->bytes[reader->place++];
}

static bool next_bytes(struct reader *reader, uint8_t *out, size_t size)
{
    while (size > 0) {
        int byte = next_byte(reader);
        if (byte < 0)
            return false;
        reader->place--;
        size_t here = reader->size - reader->place < size ? reader->size - reader->place : size;
        memcpy(out, reader->bytes + reader->place, here);
        reader->place += here;
        out += here;
        size -= here;
    }
    return true;
}

/* White space and comments, then digits; takes the one byte behind the number, too. */
static enum err_code next_number(struct reader *reader, unsigned max, unsigned *out,
                                 struct err *err)
{
    int byte = next_byte(reader);
    while (byte == '#' || isspace(byte)) {
        if (byte == '#')
            while (byte != '\n' && byte != -1)
                byte = next_byte(reader);
        byte = next_byte(reader);
    }
    unsigned number = 0;
    bool any = false;
    for (; isdigit(byte); byte = next_byte(reader)) {
        number = number * 10 + (unsigned)(byte - '0');
        any = true;
        if (number > max)
            return err_set(err, ERR_IMAGE_TOO_LARGE, "PNM number above %u", max);
    }
    if (!any)
        return err_set(err, ERR_IMAGE_UNREADABLE, "PNM: number expected");
    *out = number;
    return ERR_OK;
}

struct layout {
    char kind; /* '1'..'6' */
    unsigned width, height, max;
    int channels;
};

static enum err_code read_head(struct reader *reader, struct layout *out, struct err *err)
{
    next_byte(reader);
    out->kind = (char)next_byte(reader);
    out->max = 1;
    out->channels = out->kind == '3' || out->kind == '6' ? 3 : 1;
    enum err_code code = next_number(reader, 1u << 30, &out->width, err);
    if (!code)
        code = next_number(reader, 1u << 30, &out->height, err);
    if (!code && out->kind != '1' && out->kind != '4')
        code = next_number(reader, 65535, &out->max, err);
    if (!code && out->max == 0)
        code = err_set(err, ERR_IMAGE_UNREADABLE, "PNM without grey levels");
    return code ? code : image_check_size(out->width, out->height, err);
}

/* Plain bitmaps may have no space between their digits. */
static int next_plain_bit(struct reader *reader)
{
    int byte = next_byte(reader);
    while (byte != -1 && byte != '0' && byte != '1')
        byte = next_byte(reader);
    return byte == -1 ? -1 : byte == '0';
}

static int next_sample(struct reader *reader, const struct layout *layout)
{
    unsigned number;
    if (layout->kind == '1')
        return next_plain_bit(reader);
    if (layout->kind < '4')
        return next_number(reader, layout->max, &number, NULL) ? -1 : (int)number;
    int high = layout->max > 255 ? next_byte(reader) : 0;
    int low = next_byte(reader);
    return high < 0 || low < 0 ? -1 : high << 8 | low;
}

static bool read_bit_row(struct reader *reader, const struct layout *layout, uint8_t *row)
{
    int byte = 0;
    for (unsigned x = 0; x < layout->width; x++) {
        if (x % 8 == 0 && (byte = next_byte(reader)) < 0)
            return false;
        row[x] = byte >> (7 - x % 8) & 1 ? 0 : 255;
    }
    return true;
}

static bool read_row(struct reader *reader, const struct layout *layout, uint8_t *row)
{
    if (layout->kind == '4')
        return read_bit_row(reader, layout, row);
    if (layout->kind > '4' && layout->max == 255)
        return next_bytes(reader, row, (size_t)layout->width * layout->channels);
    for (size_t i = 0; i < (size_t)layout->width * layout->channels; i++) {
        int sample = next_sample(reader, layout);
        if (sample < 0)
            return false;
        unsigned value = (unsigned)sample > layout->max ? layout->max : (unsigned)sample;
        row[i] = (uint8_t)((value * 255 + layout->max / 2) / layout->max);
    }
    return true;
}

enum err_code decode_pnm(int fd, struct image *out, struct err *err)
{
    AUTO(mem) struct reader *reader = mem_alloc(sizeof *reader);
    if (!reader)
        return err_set(err, ERR_NO_MEMORY, "PNM reader");
    reader->fd = fd;
    struct layout layout;
    enum err_code code = read_head(reader, &layout, err);
    if (!code)
        code =
            raster_new((int)layout.width, (int)layout.height, layout.channels, &out->raster, err);
    if (code)
        return code;
    for (unsigned y = 0; y < layout.height; y++)
        if (!read_row(reader, &layout, raster_row(out->raster, (int)y)))
            return err_set(err, ERR_IMAGE_UNREADABLE, "PNM cut short in row %u", y);
    return ERR_OK;
}
