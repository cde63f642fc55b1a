#include "drivers/simulator/paper.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_INCH 25.4
#define LINEART_THRESHOLD 128

struct paper {
    PIX *pix; /* 8 or 32 bits; NULL: one even grey */
    int width_px, height_px, channels;
    double dpi;
    uint8_t grey; /* of even paper */
};

/* ---- paper ------------------------------------------------------------------------------------
 */

static PIX *to_samples(PIX *pix)
{
    PIX *plain = pixRemoveColormap(pix, REMOVE_CMAP_BASED_ON_SRC);
    if (!plain)
        return NULL;
    PIX *samples = pixGetDepth(plain) == 32 ? pixClone(plain) : pixConvertTo8(plain, 0);
    pixDestroy(&plain);
    return samples;
}

struct paper *paper_open(const char *path, int default_dpi)
{
    setMsgSeverity(L_SEVERITY_NONE);
    struct paper *paper = calloc(1, sizeof *paper);
    PIX *read = pixRead(path);
    if (paper && read)
        paper->pix = to_samples(read);
    if (!paper || !paper->pix) {
        pixDestroy(&read);
        free(paper);
        return NULL;
    }
    /* A JPEG that names only an aspect ratio has a resolution of 1. */
    int dpi = pixGetXRes(read);
    paper->dpi = dpi >= 50 ? dpi : default_dpi;
    paper->width_px = pixGetWidth(paper->pix);
    paper->height_px = pixGetHeight(paper->pix);
    paper->channels = pixGetDepth(paper->pix) == 32 ? 3 : 1;
    pixDestroy(&read);
    return paper;
}

struct paper *paper_blank(const struct paper *like)
{
    struct paper *paper = calloc(1, sizeof *paper);
    if (!paper)
        return NULL;
    *paper = (struct paper){.channels = 1, .dpi = 300, .grey = 255};
    if (like) {
        paper->dpi = like->dpi;
        paper->width_px = like->width_px;
        paper->height_px = like->height_px;
    }
    return paper;
}

bool paper_turn(struct paper *paper)
{
    PIX *turned = paper->pix ? pixRotate180(NULL, paper->pix) : NULL;
    if (!turned)
        return !paper->pix;
    pixDestroy(&paper->pix);
    paper->pix = turned;
    return true;
}

void paper_free(struct paper *paper)
{
    if (!paper)
        return;
    pixDestroy(&paper->pix);
    free(paper);
}

double paper_width_mm(const struct paper *paper)
{
    return paper->width_px * MM_PER_INCH / paper->dpi;
}

double paper_height_mm(const struct paper *paper)
{
    return paper->height_px * MM_PER_INCH / paper->dpi;
}

/* ---- sampling ---------------------------------------------------------------------------------
 */

/* Which pixels of the paper make one output pixel along an axis, and how much of each. */
struct span {
    int first, count;
    float *weights;
};

struct axis {
    struct span *spans;
    float *weights;
    int first, last; /* over all spans: [first, last) */
};

struct view {
    const struct paper *paper;
    struct view_window window;
    struct axis across, down;
    int channels;    /* of the samples on the way */
    uint8_t *source; /* one row of paper, from across.first */
    float *sum;      /* one output row */
    uint8_t *mixed;
};

static void axis_done(struct axis *axis)
{
    free(axis->spans);
    free(axis->weights);
}

/* Share of pixel `index` in the stretch [from, to). */
static double overlap(double from, double to, int index)
{
    double low = fmax(from, index), high = fmin(to, index + 1);
    return high > low ? high - low : 0;
}

/* Smaller: mean over the stretch the output pixel covers. Larger: linear between pixel centres,
 * which is the mean over a stretch of one whole pixel around the output pixel's centre. */
static bool axis_init(struct axis *axis, double left_px, double step, int count)
{
    double width = step > 1 ? step : 1;
    int most = (int)ceil(width) + 1;
    axis->spans = calloc((size_t)count, sizeof *axis->spans);
    axis->weights = calloc((size_t)count * (size_t)most, sizeof *axis->weights);
    if (!axis->spans || !axis->weights)
        return false;
    if (step == 1)
        left_px = round(left_px);
    for (int i = 0; i < count; i++) {
        double centre = left_px + (i + 0.5) * step;
        double from = centre - width / 2, to = centre + width / 2;
        struct span *span = &axis->spans[i];
        span->first = (int)floor(from + 1e-6);
        span->weights = axis->weights + (size_t)i * (size_t)most;
        double sum = 0;
        while (span->count < most && span->first + span->count < to - 1e-6) {
            double part = overlap(from, to, span->first + span->count);
            span->weights[span->count++] = (float)part;
            sum += part;
        }
        for (int k = 0; k < span->count; k++)
            span->weights[k] /= (float)sum;
    }
    axis->first = axis->spans[0].first;
    axis->last = axis->spans[count - 1].first + axis->spans[count - 1].count;
    return true;
}

struct view *view_new(const struct paper *paper, const struct view_window *window)
{
    struct view *view = calloc(1, sizeof *view);
    if (!view)
        return NULL;
    double step = paper->dpi / window->dpi;
    double px_per_mm = paper->dpi / MM_PER_INCH;
    view->paper = paper;
    view->window = *window;
    view->channels = paper->channels;
    if (!axis_init(&view->across, window->left_mm * px_per_mm, step, window->width_px) ||
        !axis_init(&view->down, window->top_mm * px_per_mm, step, window->height_px)) {
        view_free(view);
        return NULL;
    }
    size_t source = (size_t)(view->across.last - view->across.first) * (size_t)view->channels;
    size_t samples = (size_t)window->width_px * (size_t)view->channels;
    view->source = malloc(source);
    view->sum = malloc(samples * sizeof *view->sum);
    view->mixed = malloc(samples);
    if (view->source && view->sum && view->mixed)
        return view;
    view_free(view);
    return NULL;
}

void view_free(struct view *view)
{
    if (!view)
        return;
    axis_done(&view->across);
    axis_done(&view->down);
    free(view->source);
    free(view->sum);
    free(view->mixed);
    free(view);
}

size_t view_row_bytes(const struct view_window *window)
{
    size_t width = (size_t)window->width_px;
    return window->mode == VIEW_COLOR  ? 3 * width
           : window->mode == VIEW_GRAY ? width
                                       : (width + 7) / 8;
}

static void copy_pixels(const struct paper *paper, int y, int from, int to, uint8_t *out)
{
    if (!paper->pix) {
        memset(out, paper->grey, (size_t)(to - from));
        return;
    }
    const l_uint32 *line = pixGetData(paper->pix) + (size_t)y * (size_t)pixGetWpl(paper->pix);
    for (int x = from; x < to; x++) {
        if (paper->channels == 1) {
            *out++ = (uint8_t)GET_DATA_BYTE(line, x);
            continue;
        }
        *out++ = (uint8_t)(line[x] >> L_RED_SHIFT);
        *out++ = (uint8_t)(line[x] >> L_GREEN_SHIFT);
        *out++ = (uint8_t)(line[x] >> L_BLUE_SHIFT);
    }
}

/* A row of the bed: paper where it lies, lid around it. */
static void fetch_row(struct view *view, int y)
{
    const struct paper *paper = view->paper;
    int first = view->across.first, last = view->across.last;
    size_t channels = (size_t)view->channels;
    memset(view->source, view->window.lid, (size_t)(last - first) * channels);
    int from = first > 0 ? first : 0, to = last < paper->width_px ? last : paper->width_px;
    if (y >= 0 && y < paper->height_px && from < to)
        copy_pixels(paper, y, from, to, view->source + (size_t)(from - first) * channels);
}

static void add_row(struct view *view, float weight)
{
    size_t channels = (size_t)view->channels;
    float *sum = view->sum;
    for (int x = 0; x < view->window.width_px; x++) {
        const struct span *span = &view->across.spans[x];
        const uint8_t *from = view->source + (size_t)(span->first - view->across.first) * channels;
        for (size_t c = 0; c < channels; c++) {
            float mean = 0;
            for (int k = 0; k < span->count; k++)
                mean += span->weights[k] * from[(size_t)k * channels + c];
            *sum++ += weight * mean;
        }
    }
}

/* The row in the paper's own channels: as it lies there, or mixed from its neighbours. */
static const uint8_t *mix_row(struct view *view, int row)
{
    const struct span *down = &view->down.spans[row];
    if (view->paper->dpi == view->window.dpi) {
        fetch_row(view, down->first);
        return view->source;
    }
    size_t samples = (size_t)view->window.width_px * (size_t)view->channels;
    memset(view->sum, 0, samples * sizeof *view->sum);
    for (int k = 0; k < down->count; k++) {
        fetch_row(view, down->first + k);
        add_row(view, down->weights[k]);
    }
    for (size_t i = 0; i < samples; i++)
        view->mixed[i] = (uint8_t)(view->sum[i] + 0.5f);
    return view->mixed;
}

static uint8_t grey_of(const uint8_t *sample, int channels)
{
    if (channels == 1)
        return *sample;
    return (uint8_t)((299 * sample[0] + 587 * sample[1] + 114 * sample[2] + 500) / 1000);
}

void view_row(struct view *view, int row, uint8_t *out)
{
    const uint8_t *samples = mix_row(view, row);
    int channels = view->channels, width = view->window.width_px;
    if (view->window.mode == VIEW_LINEART)
        memset(out, 0, view_row_bytes(&view->window));
    if (view->window.mode == VIEW_COLOR && channels == 3) {
        memcpy(out, samples, 3 * (size_t)width);
        return;
    }
    for (int x = 0; x < width; x++) {
        const uint8_t *sample = samples + (size_t)x * (size_t)channels;
        if (view->window.mode == VIEW_COLOR)
            memset(out + 3 * (size_t)x, *sample, 3);
        else if (view->window.mode == VIEW_GRAY)
            out[x] = grey_of(sample, channels);
        else if (grey_of(sample, channels) < LINEART_THRESHOLD)
            out[x / 8] |= (uint8_t)(0x80 >> (x % 8));
    }
}
