#include "drivers/frame.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PLANES 3
#define PLANE_ROWS_AT_ONCE 64

struct assembly {
    struct row_sink *const *sinks;
    size_t sink_count;
    double dpi;

    struct frame_params params; /* of the frame being read */
    bool in_frame;
    uint8_t *line; /* a line that came in pieces */
    size_t line_fill;
    uint8_t *row; /* a line made into a row */
    int lines;    /* whole lines of this frame */

    struct page_shape shape; /* width 0 until the first frame */
    bool complete;
    bool three_pass;
    int plane_fd[PLANES];
    bool plane_done[PLANES];
    int plane_lines;
};

enum err_code assembly_new(struct row_sink *const *sinks, size_t sink_count, double dpi,
                           struct assembly **out, struct err *err)
{
    struct assembly *a = mem_alloc(sizeof *a);
    if (!a)
        return err_set(err, ERR_NO_MEMORY, "page assembly");
    *a = (struct assembly){
        .sinks = sinks, .sink_count = sink_count, .dpi = dpi, .plane_fd = {-1, -1, -1}};
    *out = a;
    return ERR_OK;
}

void assembly_free(struct assembly *a)
{
    if (!a)
        return;
    for (int i = 0; i < PLANES; i++)
        fd_close(a->plane_fd[i]);
    mem_free(a->line);
    mem_free(a->row);
    mem_free(a);
}

static bool is_plane(enum frame_format format)
{
    return format == FRAME_RED || format == FRAME_GREEN || format == FRAME_BLUE;
}

static int plane_index(enum frame_format format)
{
    return (int)format - (int)FRAME_RED;
}

static enum err_code check_params(const struct frame_params *p, struct err *err)
{
    bool gray = p->format == FRAME_GRAY;
    if (p->format > FRAME_BLUE)
        return err_set(err, ERR_SCANNER_UNSUPPORTED, "frame format %d", (int)p->format);
    if (p->depth != 8 && p->depth != 16 && !(p->depth == 1 && gray))
        return err_set(err, ERR_SCANNER_UNSUPPORTED, "depth %d in %s", p->depth,
                       gray ? "grey" : "colour");
    if (p->pixels_per_line < 1 || p->lines == 0 || p->lines < -1)
        return err_set(err, ERR_SCANNER_IO, "frame of %d pixels by %d lines", p->pixels_per_line,
                       p->lines);
    if (p->pixels_per_line > FRAME_MAX_SIDE_PX || p->lines > FRAME_MAX_SIDE_PX ||
        (int64_t)p->pixels_per_line * p->lines > FRAME_MAX_PIXELS)
        return err_set(err, ERR_IMAGE_TOO_LARGE, "frame of %d pixels by %d lines",
                       p->pixels_per_line, p->lines);
    int samples = p->format == FRAME_RGB ? 3 : 1;
    int64_t needed = ((int64_t)p->pixels_per_line * samples * p->depth + 7) / 8;
    if (p->bytes_per_line < needed || p->bytes_per_line > needed + FRAME_MAX_SIDE_PX)
        return err_set(err, ERR_SCANNER_IO, "%d bytes a line for %d pixels of depth %d",
                       p->bytes_per_line, p->pixels_per_line, p->depth);
    return ERR_OK;
}

static enum err_code begin_page(struct assembly *a, const struct frame_params *p, struct err *err)
{
    a->three_pass = is_plane(p->format);
    a->shape = (struct page_shape){
        .width_px = p->pixels_per_line,
        .height_px = p->lines,
        .channels = p->format == FRAME_GRAY ? 1 : 3,
        .bits = p->depth == 1 ? 1 : 8,
        .dpi = a->dpi,
    };
    for (size_t i = 0; i < a->sink_count; i++) {
        enum err_code code = a->sinks[i]->begin(a->sinks[i]->self, &a->shape, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static enum err_code begin_plane(struct assembly *a, const struct frame_params *p, struct err *err)
{
    if (!a->three_pass || !is_plane(p->format))
        return err_set(err, ERR_SCANNER_IO, "one-pass and three-pass frames in one page");
    if (p->pixels_per_line != a->shape.width_px || p->lines != a->shape.height_px)
        return err_set(err, ERR_SCANNER_IO, "passes of different size");
    int plane = plane_index(p->format);
    if (a->plane_fd[plane] >= 0)
        return err_set(err, ERR_SCANNER_IO, "the same colour twice");
    return file_memfd("plane", NULL, 0, &a->plane_fd[plane], err);
}

enum err_code assembly_begin_frame(struct assembly *a, const struct frame_params *p,
                                   struct err *err)
{
    if (a->in_frame || a->complete)
        return err_set(err, ERR_SCANNER_IO, "a frame after the last one");
    enum err_code code = check_params(p, err);
    if (code)
        return code;
    bool first = a->shape.width_px == 0;
    if (first && (code = begin_page(a, p, err)))
        return code;
    if ((!first || a->three_pass) && (code = begin_plane(a, p, err)))
        return code;

    mem_free(a->line);
    mem_free(a->row);
    a->line = mem_alloc((size_t)p->bytes_per_line);
    a->row = mem_alloc(row_size_bytes(&a->shape));
    if (!a->line || !a->row)
        return err_set(err, ERR_NO_MEMORY, "a line of %d bytes", p->bytes_per_line);
    a->params = *p;
    a->line_fill = 0;
    a->lines = 0;
    a->in_frame = true;
    return ERR_OK;
}

static enum err_code send_rows(struct assembly *a, const uint8_t *rows, int count, struct err *err)
{
    for (size_t i = 0; i < a->sink_count; i++) {
        enum err_code code = a->sinks[i]->rows(a->sinks[i]->self, rows, count, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static size_t samples_per_line(const struct assembly *a)
{
    return (size_t)a->params.pixels_per_line * (a->params.format == FRAME_RGB ? 3 : 1);
}

/* One line of the device to one row of samples, in a->row. */
static void convert_line(struct assembly *a, const uint8_t *line)
{
    size_t samples = samples_per_line(a);
    if (a->params.depth == 16) {
        for (size_t i = 0; i < samples; i++) {
            uint16_t wide;
            memcpy(&wide, line + 2 * i, sizeof wide);
            a->row[i] = (uint8_t)(((uint32_t)wide * 255 + 32767) / 65535);
        }
        return;
    }
    size_t bytes = (samples * (size_t)a->params.depth + 7) / 8;
    memcpy(a->row, line, bytes);
    if (a->params.depth == 1 && samples % 8)
        a->row[bytes - 1] &= (uint8_t)(0xff << (8 - samples % 8));
}

static enum err_code take_lines(struct assembly *a, const uint8_t *bytes, int count,
                                struct err *err)
{
    size_t stride = (size_t)a->params.bytes_per_line;
    if (a->params.lines >= 0 && count > a->params.lines - a->lines)
        return err_set(err, ERR_SCANNER_IO, "more than the %d lines announced", a->params.lines);
    if (count > FRAME_MAX_SIDE_PX - a->lines ||
        (int64_t)a->shape.width_px * (a->lines + count) > FRAME_MAX_PIXELS)
        return err_set(err, ERR_IMAGE_TOO_LARGE, "more than %d lines", a->lines);
    a->lines += count;

    bool as_is = a->params.depth == 8 && stride == samples_per_line(a);
    if (a->three_pass) {
        int fd = a->plane_fd[plane_index(a->params.format)];
        if (as_is)
            return file_write_all(fd, bytes, stride * (size_t)count, err);
        for (int i = 0; i < count; i++) {
            convert_line(a, bytes + stride * (size_t)i);
            enum err_code code = file_write_all(fd, a->row, samples_per_line(a), err);
            if (code)
                return code;
        }
        return ERR_OK;
    }
    if (as_is)
        return send_rows(a, bytes, count, err);
    for (int i = 0; i < count; i++) {
        convert_line(a, bytes + stride * (size_t)i);
        enum err_code code = send_rows(a, a->row, 1, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

enum err_code assembly_bytes(struct assembly *a, const uint8_t *bytes, size_t size, struct err *err)
{
    if (!a->in_frame)
        return err_set(err, ERR_SCANNER_IO, "bytes outside a frame");
    size_t stride = (size_t)a->params.bytes_per_line;
    if (a->line_fill) {
        size_t part = stride - a->line_fill < size ? stride - a->line_fill : size;
        memcpy(a->line + a->line_fill, bytes, part);
        a->line_fill += part;
        bytes += part;
        size -= part;
        if (a->line_fill < stride)
            return ERR_OK;
        a->line_fill = 0;
        enum err_code code = take_lines(a, a->line, 1, err);
        if (code)
            return code;
    }
    if (size / stride > FRAME_MAX_SIDE_PX)
        return err_set(err, ERR_IMAGE_TOO_LARGE, "%zu bytes at once", size);
    int whole = (int)(size / stride);
    if (whole) {
        enum err_code code = take_lines(a, bytes, whole, err);
        if (code)
            return code;
    }
    a->line_fill = size % stride;
    memcpy(a->line, bytes + stride * (size_t)whole, a->line_fill);
    return ERR_OK;
}

/* Reads the three planes in step and sends them on as one colour page. */
static enum err_code join_planes(struct assembly *a, struct err *err)
{
    size_t width = (size_t)a->shape.width_px;
    AUTO(mem) uint8_t *plane = mem_array(PLANE_ROWS_AT_ONCE, width);
    AUTO(mem) uint8_t *rows = mem_array(PLANE_ROWS_AT_ONCE, width * PLANES);
    if (!plane || !rows)
        return err_set(err, ERR_NO_MEMORY, "joining three passes");
    for (int done = 0; done < a->plane_lines;) {
        int count = a->plane_lines - done;
        if (count > PLANE_ROWS_AT_ONCE)
            count = PLANE_ROWS_AT_ONCE;
        size_t size = width * (size_t)count;
        for (int p = 0; p < PLANES; p++) {
            ssize_t got = pread(a->plane_fd[p], plane, size, (off_t)width * done);
            if (got != (ssize_t)size)
                return err_set_errno(err, ERR_IO, got < 0 ? errno : 0, "reading pass %d", p);
            for (size_t i = 0; i < size; i++)
                rows[PLANES * i + (size_t)p] = plane[i];
        }
        enum err_code code = send_rows(a, rows, count, err);
        if (code)
            return code;
        done += count;
    }
    return ERR_OK;
}

static enum err_code end_plane(struct assembly *a, struct err *err)
{
    int others = 0;
    for (int p = 0; p < PLANES; p++)
        others += a->plane_done[p];
    if (others && a->lines != a->plane_lines)
        return err_set(err, ERR_SCANNER_IO, "passes of %d and %d lines", a->plane_lines, a->lines);
    a->plane_lines = a->lines;
    a->plane_done[plane_index(a->params.format)] = true;
    a->complete = others == PLANES - 1;
    return a->complete ? join_planes(a, err) : ERR_OK;
}

enum err_code assembly_end_frame(struct assembly *a, struct err *err)
{
    if (!a->in_frame)
        return err_set(err, ERR_SCANNER_IO, "the end of a frame that never began");
    a->in_frame = false;
    if (a->line_fill || a->lines == 0 || (a->params.lines >= 0 && a->lines != a->params.lines))
        return err_set(err, ERR_PAGE_TRUNCATED, "%d lines and %zu bytes came, %d lines announced",
                       a->lines, a->line_fill, a->params.lines);
    if (a->three_pass)
        return end_plane(a, err);
    a->complete = true;
    return ERR_OK;
}

bool assembly_is_complete(const struct assembly *a)
{
    return a->complete;
}

void assembly_progress(const struct assembly *a, int *out_lines, int *out_expected)
{
    *out_expected = a->shape.width_px ? a->shape.height_px : -1;
    if (!a->three_pass) {
        *out_lines = a->lines;
        return;
    }
    int lines = a->in_frame ? a->lines : 0;
    for (int p = 0; p < PLANES; p++)
        lines += a->plane_done[p] ? a->plane_lines : 0;
    *out_lines = lines / PLANES;
}

enum err_code assembly_finish(struct assembly *a, struct page_shape *out, struct err *err)
{
    if (!a->complete)
        return err_set(err, ERR_SCANNER_IO, "the page ended before its last frame");
    int height = a->three_pass ? a->plane_lines : a->lines;
    for (size_t i = 0; i < a->sink_count; i++) {
        enum err_code code = a->sinks[i]->end(a->sinks[i]->self, height, err);
        if (code)
            return code;
    }
    *out = a->shape;
    out->height_px = height;
    return ERR_OK;
}
