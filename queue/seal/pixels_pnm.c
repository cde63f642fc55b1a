#include "queue/seal/pixels.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Portable anymap P1 … P6. Source: netpbm's pbm(5), pgm(5), ppm(5). */

struct pnm_state {
    FILE *file;
    int kind; /* 1 … 6 */
    int max_value;
};

static void pnm_close(struct pixels *pixels)
{
    struct pnm_state *state = pixels->state;
    if (state->file)
        fclose(state->file);
    mem_free(state);
    pixels->state = NULL;
}

/* The next number of the header or of an ASCII raster; -1 when there is none. */
static int read_number(FILE *file)
{
    int byte = getc(file);
    while (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == '#') {
        while (byte == '#' && byte != EOF)
            do
                byte = getc(file);
            while (byte != '\n' && byte != EOF);
        byte = getc(file);
    }
    if (byte < '0' || byte > '9')
        return -1;
    int number = 0;
    for (; byte >= '0' && byte <= '9' && number < 100000000; byte = getc(file))
        number = number * 10 + byte - '0';
    return number;
}

static enum err_code pnm_open(int fd, int index, struct pixels *pixels, struct err *err)
{
    (void)index;
    struct pnm_state *state = mem_alloc(sizeof *state);
    if (!state)
        return err_set(err, ERR_NO_MEMORY, "PNM");
    pixels->state = state;
    AUTO(fd)
    int copy = dup(fd);
    if (copy < 0 || lseek(copy, 0, SEEK_SET) < 0 || !(state->file = fdopen(copy, "rb")))
        return err_set_errno(err, ERR_IO, errno, "PNM");
    copy = -1;
    getc(state->file);
    state->kind = getc(state->file) - '0';
    int width = read_number(state->file), height = read_number(state->file);
    bool is_bitmap = state->kind == 1 || state->kind == 4;
    state->max_value = is_bitmap ? 1 : read_number(state->file);
    if (width < 0 || height < 0 || state->max_value < 1 || state->max_value > 65535)
        return err_set(err, ERR_IMAGE_UNREADABLE, "PNM header");
    enum err_code code = pixels_check_size(width, height, err);
    if (code)
        return code;
    pixels->width = width;
    pixels->height = height;
    pixels->bilevel = is_bitmap;
    pixels->channels = state->kind == 3 || state->kind == 6 ? 3 : 1;
    return ERR_OK;
}

/* -1 at an early end */
static int read_sample(struct pnm_state *state)
{
    if (state->kind <= 3)
        return read_number(state->file);
    int high = getc(state->file);
    if (state->max_value < 256)
        return high;
    int low = getc(state->file);
    return low < 0 ? -1 : high << 8 | low;
}

static enum err_code ends_early(struct err *err)
{
    return err_set(err, ERR_IMAGE_UNREADABLE, "PNM ends early");
}

/* P1: digits that need no space between them. */
static enum err_code read_ascii_bits(struct pnm_state *state, unsigned char *row, int width,
                                     struct err *err)
{
    memset(row, 0, ((size_t)width + 7) / 8);
    for (int x = 0; x < width;) {
        int byte = getc(state->file);
        if (byte == EOF)
            return ends_early(err);
        if (byte == '1')
            row[x / 8] |= (unsigned char)(0x80 >> (x % 8));
        x += byte == '0' || byte == '1';
    }
    return ERR_OK;
}

static enum err_code pnm_next_row(struct pixels *pixels, unsigned char *row, struct err *err)
{
    struct pnm_state *state = pixels->state;
    size_t row_bytes = pixels_row_bytes(pixels);
    if (state->kind == 1)
        return read_ascii_bits(state, row, pixels->width, err);
    if (state->kind == 4 || (state->kind >= 5 && state->max_value == 255))
        return fread(row, 1, row_bytes, state->file) == row_bytes ? ERR_OK : ends_early(err);
    for (size_t i = 0; i < row_bytes; i++) {
        int sample = read_sample(state);
        if (sample < 0)
            return ends_early(err);
        if (sample > state->max_value)
            sample = state->max_value;
        row[i] = (unsigned char)((sample * 255 + state->max_value / 2) / state->max_value);
    }
    return ERR_OK;
}

const struct pixels_reader pixels_pnm = {pnm_open, pnm_next_row, pnm_close};
