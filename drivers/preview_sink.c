#include "drivers/preview_sink.h"

#include "daemon/base/mem.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The box of the preview a pixel or row `at` of `size` falls into, when there are `boxes`. */
static int box_of(int at, int boxes, int size)
{
    return (int)((int64_t)at * boxes / size);
}

static enum err_code preview_begin(void *self, const struct page_shape *shape, struct err *err)
{
    struct preview_sink *sink = self;
    sink->shape = *shape;
    sink->width = sink->wished_width < shape->width_px ? sink->wished_width : shape->width_px;
    sink->channels = shape->channels;
    sink->rows_expected =
        shape->height_px < 0 ? -1 : box_of(shape->height_px, sink->width, shape->width_px);
    if (sink->rows_expected == 0)
        sink->rows_expected = 1;
    size_t samples = (size_t)sink->width * (size_t)sink->channels;
    sink->sums = mem_array(samples, sizeof *sink->sums);
    sink->counts = mem_array((size_t)sink->width, sizeof *sink->counts);
    sink->row = mem_alloc(samples);
    if (!sink->sums || !sink->counts || !sink->row)
        return err_set(err, ERR_NO_MEMORY, "preview");
    for (int x = 0; x < shape->width_px; x++)
        sink->counts[box_of(x, sink->width, shape->width_px)]++;
    return ERR_OK;
}

/* The sums of a box are kept in registers: a colour page at 300 dpi has 26 million samples. */
static void add_color(struct preview_sink *sink, const uint8_t *row)
{
    uint32_t *sum = sink->sums;
    for (int box = 0; box < sink->width; box++, sum += 3) {
        uint32_t red = 0, green = 0, blue = 0;
        for (uint32_t i = 0; i < sink->counts[box]; i++, row += 3) {
            red += row[0];
            green += row[1];
            blue += row[2];
        }
        sum[0] += red;
        sum[1] += green;
        sum[2] += blue;
    }
    sink->box_rows++;
}

static void add_gray(struct preview_sink *sink, const uint8_t *row)
{
    for (int box = 0; box < sink->width; box++) {
        uint32_t gray = 0;
        for (uint32_t i = 0; i < sink->counts[box]; i++)
            gray += *row++;
        sink->sums[box] += gray;
    }
    sink->box_rows++;
}

/* 1 is black. */
static void add_bits(struct preview_sink *sink, const uint8_t *row)
{
    int x = 0;
    for (int box = 0; box < sink->width; box++)
        for (uint32_t i = 0; i < sink->counts[box]; i++, x++)
            sink->sums[box] += row[x / 8] & (0x80 >> (x % 8)) ? 0 : 255;
    sink->box_rows++;
}

static void write_row(struct preview_sink *sink)
{
    size_t size = (size_t)sink->width * (size_t)sink->channels;
    for (size_t i = 0; i < size; i++) {
        uint32_t pixels = sink->counts[i / (size_t)sink->channels] * (uint32_t)sink->box_rows;
        sink->row[i] = (uint8_t)((sink->sums[i] + pixels / 2) / pixels);
    }
    off_t at = (off_t)size * sink->rows;
    ssize_t written;
    do
        written = pwrite(sink->fd, sink->row, size, at);
    while (written < 0 && errno == EINTR);
    sink->failed = written != (ssize_t)size;
    sink->rows += !sink->failed;
    sink->box_rows = 0;
    memset(sink->sums, 0, size * sizeof *sink->sums);
}

static enum err_code preview_rows(void *self, const uint8_t *rows, int count, struct err *err)
{
    (void)err;
    struct preview_sink *sink = self;
    size_t stride = row_size_bytes(&sink->shape);
    void (*add)(struct preview_sink *, const uint8_t *) = sink->shape.bits == 1 ? add_bits
                                                          : sink->channels == 3 ? add_color
                                                                                : add_gray;
    for (int i = 0; i < count && !sink->failed; i++) {
        add(sink, rows + stride * (size_t)i);
        sink->row_in++;
        if (box_of(sink->row_in, sink->width, sink->shape.width_px) > sink->rows)
            write_row(sink);
    }
    return ERR_OK;
}

/* What is left over is less than a row, unless it is all there is. */
static enum err_code preview_end(void *self, int height_px, struct err *err)
{
    (void)height_px, (void)err;
    struct preview_sink *sink = self;
    if (!sink->failed && sink->rows == 0 && sink->box_rows > 0)
        write_row(sink);
    return ERR_OK;
}

void preview_sink_init(struct preview_sink *sink, int fd, int width_px)
{
    *sink = (struct preview_sink){
        .sink = {sink, preview_begin, preview_rows, preview_end},
        .fd = fd,
        .wished_width = width_px,
        .rows_expected = -1,
    };
}

void preview_sink_done(struct preview_sink *sink)
{
    mem_free(sink->sums);
    mem_free(sink->counts);
    mem_free(sink->row);
    sink->sums = sink->counts = NULL;
    sink->row = NULL;
}
