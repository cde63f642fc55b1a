#include "daemon/image/image_decode.h"

#include <ctype.h>
#include <string.h>

#define CHUNK_BYTES 65536

struct reader {
    int fd;
    char kind; /* '1'..'6' */
    unsigned max;
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

static enum err_code read_head(struct reader *reader, struct image_info *out, struct err *err)
{
    unsigned width = 0, height = 0;
    next_byte(reader);
    reader->kind = (char)next_byte(reader);
    reader->max = 1;
    out->bilevel = reader->kind == '1' || reader->kind == '4';
    out->channels = reader->kind == '3' || reader->kind == '6' ? 3 : 1;
    enum err_code code = next_number(reader, 1u << 30, &width, err);
    if (!code)
        code = next_number(reader, 1u << 30, &height, err);
    if (!code && !out->bilevel)
        code = next_number(reader, 65535, &reader->max, err);
    if (!code && reader->max == 0)
        code = err_set(err, ERR_IMAGE_UNREADABLE, "PNM without grey levels");
    return code ? code : image_take_size(width, height, out, err);
}

static enum err_code open_pnm(int fd, int index, struct image_rows *rows, struct err *err)
{
    (void)index;
    struct reader *reader = rows->state = mem_alloc(sizeof *reader);
    if (!reader)
        return err_set(err, ERR_NO_MEMORY, "PNM reader");
    reader->fd = fd;
    return read_head(reader, &rows->info, err);
}

/* Plain bitmaps may have no space between their digits. */
static int next_plain_bit(struct reader *reader)
{
    int byte = next_byte(reader);
    while (byte != -1 && byte != '0' && byte != '1')
        byte = next_byte(reader);
    return byte == -1 ? -1 : byte == '0';
}

static int next_sample(struct reader *reader)
{
    unsigned number;
    if (reader->kind == '1')
        return next_plain_bit(reader);
    if (reader->kind < '4')
        return next_number(reader, reader->max, &number, NULL) ? -1 : (int)number;
    int high = reader->max > 255 ? next_byte(reader) : 0;
    int low = next_byte(reader);
    return high < 0 || low < 0 ? -1 : high << 8 | low;
}

static bool read_bits(struct reader *reader, uint8_t *row, size_t count)
{
    int byte = 0;
    for (size_t i = 0; i < count; i++) {
        if (i % 8 == 0 && (byte = next_byte(reader)) < 0)
            return false;
        row[i] = byte >> (7 - i % 8) & 1 ? 0 : 255;
    }
    return true;
}

static bool read_values(struct reader *reader, uint8_t *row, size_t count)
{
    if (reader->kind == '4')
        return read_bits(reader, row, count);
    if (reader->kind > '4' && reader->max == 255)
        return next_bytes(reader, row, count);
    for (size_t i = 0; i < count; i++) {
        int sample = next_sample(reader);
        if (sample < 0)
            return false;
        unsigned value = (unsigned)sample > reader->max ? reader->max : (unsigned)sample;
        row[i] = (uint8_t)((value * 255 + reader->max / 2) / reader->max);
    }
    return true;
}

static enum err_code read_pnm_row(struct image_rows *rows, int y, uint8_t *row, struct err *err)
{
    size_t count = (size_t)rows->info.width * rows->info.channels;
    if (!read_values(rows->state, row, count))
        return err_set(err, ERR_IMAGE_UNREADABLE, "PNM cut short in row %d", y);
    return ERR_OK;
}

const struct image_decoder image_decoder_pnm = {open_pnm, read_pnm_row, mem_free};
