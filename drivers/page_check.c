#include "drivers/page_check.h"

#include <math.h>
#include <string.h>

#define NEAR 2
#define SHARE_PER_10000 9999
#define SIZE_MM 3
#define SIZE_SHARE 0.02
#define DPI_ROUNDING 1
#define FLAT_SHARE 20 /* of the page: one part in that many */
#define FLAT_DARKEST 16
#define FLAT_LIGHTEST 239
#define PADDING_PX 16 /* a JPEG block of halved colour: drivers round sizes up to it */

/* ---- one colour --------------------------------------------------------------------------------
 */

static enum err_code check_begin(void *self, const struct page_shape *shape, struct err *err)
{
    (void)err;
    struct page_check *check = self;
    check->shape = *shape;
    memset(check->counts, 0, sizeof check->counts);
    check->flat_rows = check->rows_since = 0;
    return ERR_OK;
}

static void count_bits(struct page_check *check, const uint8_t *row)
{
    uint64_t black = 0;
    size_t size = row_size_bytes(&check->shape);
    for (size_t i = 0; i < size; i++)
        black += (uint64_t)__builtin_popcount(row[i]); /* unused bits are 0 */
    check->counts[0][1] += black;
    check->counts[0][0] += (uint64_t)check->shape.width_px - black;
}

static void count_samples(struct page_check *check, const uint8_t *row)
{
    if (check->shape.channels == 1) {
        for (int x = 0; x < check->shape.width_px; x++)
            check->counts[0][row[x]]++;
        return;
    }
    for (int x = 0; x < check->shape.width_px; x++, row += 3) {
        check->counts[0][row[0]]++;
        check->counts[1][row[1]]++;
        check->counts[2][row[2]]++;
    }
}

/* One colour from side to side that neither paper nor lid has. */
static bool is_flat(const struct page_shape *shape, const uint8_t *row)
{
    size_t channels = (size_t)shape->channels;
    int width = shape->width_px > 2 * PADDING_PX ? shape->width_px - PADDING_PX : shape->width_px;
    bool between = false;
    for (size_t c = 0; c < channels; c++)
        between |= row[c] >= FLAT_DARKEST && row[c] <= FLAT_LIGHTEST;
    return between && memcmp(row, row + channels, channels * (size_t)(width - 1)) == 0;
}

static void follow_flat_rows(struct page_check *check, const uint8_t *row)
{
    size_t channels = (size_t)check->shape.channels;
    if (!is_flat(&check->shape, row)) {
        check->rows_since++;
        return;
    }
    bool goes_on = check->rows_since == 0 && memcmp(row, check->flat_color, channels) == 0;
    check->flat_rows = goes_on ? check->flat_rows + 1 : 1;
    check->rows_since = 0;
    memcpy(check->flat_color, row, channels);
}

static enum err_code check_rows(void *self, const uint8_t *rows, int count, struct err *err)
{
    (void)err;
    struct page_check *check = self;
    size_t stride = row_size_bytes(&check->shape);
    for (int i = 0; i < count; i++) {
        if (check->shape.bits == 1) {
            count_bits(check, rows + stride * (size_t)i);
            continue;
        }
        count_samples(check, rows + stride * (size_t)i);
        follow_flat_rows(check, rows + stride * (size_t)i);
    }
    return ERR_OK;
}

/* The most samples that lie within `near` of one value. */
static uint64_t most_together(const uint64_t counts[256], int near)
{
    uint64_t most = 0;
    for (int middle = 0; middle < 256; middle++) {
        uint64_t sum = 0;
        for (int value = middle - near; value <= middle + near; value++)
            sum += value >= 0 && value < 256 ? counts[value] : 0;
        most = sum > most ? sum : most;
    }
    return most;
}

static enum err_code check_end(void *self, int height_px, struct err *err)
{
    (void)err;
    struct page_check *check = self;
    uint64_t samples = (uint64_t)check->shape.width_px * (uint64_t)height_px;
    check->one_color = true;
    for (int c = 0; c < check->shape.channels; c++) {
        uint64_t most = most_together(check->counts[c], check->shape.bits == 1 ? 0 : NEAR);
        check->one_color = check->one_color && most * 10000 >= samples * SHARE_PER_10000;
    }
    check->flat_end = !check->one_color && check->rows_since <= PADDING_PX &&
                      check->flat_rows > 0 && check->flat_rows >= height_px / FLAT_SHARE;
    return ERR_OK;
}

void page_check_init(struct page_check *check)
{
    check->sink = (struct row_sink){check, check_begin, check_rows, check_end};
    check->one_color = check->flat_end = false;
}

/* ---- size --------------------------------------------------------------------------------------
 */

static bool same_length(double a, double b)
{
    return fabs(a - b) <= fmax(SIZE_MM, b * SIZE_SHARE);
}

/* Both sides by one factor: the pixels are of another size than the device says. */
static bool is_scaled(struct size_mm page, struct rect_mm area)
{
    double across = page.w / area.w, down = page.h / area.h;
    return fabs(across - down) <= SIZE_SHARE * across && !same_length(page.w, area.w);
}

struct page_size_doubts page_check_size(const struct scan_settings *asked,
                                        const struct scan_settings *set, struct size_mm page)
{
    struct page_size_doubts doubts = {
        .resolution_differs = fabs(asked->resolution_dpi - set->resolution_dpi) > DPI_ROUNDING,
    };
    bool known = paper_of_size(page) != PAPER_UNSET;
    if (!(set->area.w > 0 && set->area.h > 0))
        return doubts; /* a device that does not tell its area */
    if (asked->paper == PAPER_AUTO && !asked->has_area) {
        doubts.odd_size = !known;
        return doubts;
    }
    bool wide = same_length(page.w, set->area.w), high = same_length(page.h, set->area.h);
    if (wide && high)
        return doubts;
    if (is_scaled(page, set->area) && !known) {
        doubts.resolution_differs = true;
        return doubts;
    }
    doubts.too_short = !high && page.h < set->area.h;
    doubts.odd_size = !known;
    return doubts;
}

struct js *page_check_to_js(const struct page_check *check, const struct page_size_doubts *doubts)
{
    const struct {
        bool is;
        const char *name;
    } found[] = {{check->one_color, "one_color"},
                 {check->flat_end, "flat_end"},
                 {doubts->too_short, "short"},
                 {doubts->odd_size, "odd_size"},
                 {doubts->resolution_differs, "resolution_differs"},
                 {doubts->mode_differs, "mode_differs"}};
    AUTO(js) struct js *names = js_array();
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (found[i].is && !js_push(names, js_text(found[i].name)))
            return NULL;
    return TAKE(names);
}
