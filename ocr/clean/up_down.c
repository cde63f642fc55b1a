#include "ocr/clean/up_down.h"
#include "daemon/base/mem.h"
#include "ocr/clean/bits.h"

#include <allheaders.h>

/* A page is looked at in upright strips: lines of two columns need not be at one height. */
#define STRIPS 6
#define LINE_MIN_MM 1.7
#define LINE_MAX_MM 8.5
#define LINE_MIN_INK_MM 3.4 /* in its fullest row: a few letters at least */
#define CORE_SHARE 0.4      /* rows as full as that belong to the small letters' band */

static void measure_line(const int *rows, int top, int bottom, int fullest, struct up_down *out,
                         long sums[2])
{
    int core_top = top, core_bottom = bottom - 1;
    while (rows[core_top] < CORE_SHARE * fullest)
        core_top++;
    while (rows[core_bottom] < CORE_SHARE * fullest)
        core_bottom--;
    for (int y = top; y < core_top; y++)
        sums[0] += rows[y];
    for (int y = core_bottom + 1; y < bottom; y++)
        sums[1] += rows[y];
    out->lines++;
}

static void measure_strip(const int *rows, int height, double px_per_mm, struct up_down *out,
                          long sums[2])
{
    for (int y = 0; y < height;) {
        while (y < height && rows[y] <= 1)
            y++;
        int top = y, fullest = 0;
        for (; y < height && rows[y] > 1; y++)
            fullest = rows[y] > fullest ? rows[y] : fullest;
        double size_mm = (y - top) / px_per_mm;
        if (size_mm >= LINE_MIN_MM && size_mm <= LINE_MAX_MM &&
            fullest >= LINE_MIN_INK_MM * px_per_mm)
            measure_line(rows, top, y, fullest, out, sums);
    }
}

static enum err_code count_rows(struct Pix *level, int left, int width, int *rows, struct err *err)
{
    BOX *box = boxCreate(left, 0, width, pixGetHeight(level));
    AUTO(bits) struct Pix *strip = box ? pixClipRectangle(level, box, NULL) : NULL;
    NUMA *counts = strip ? pixCountPixelsByRow(strip, NULL) : NULL;
    boxDestroy(&box);
    if (!counts)
        return err_set(err, ERR_NO_MEMORY, "lines of a page");
    for (int y = 0; y < numaGetCount(counts); y++)
        numaGetIValue(counts, y, &rows[y]);
    numaDestroy(&counts);
    return ERR_OK;
}

enum err_code up_down_measure(struct Pix *level, double px_per_mm, struct up_down *out,
                              struct err *err)
{
    int width = pixGetWidth(level), height = pixGetHeight(level);
    int strips = width >= 20 * STRIPS ? STRIPS : 1;
    long sums[2] = {0};
    struct up_down found = {0};
    AUTO(mem) int *rows = mem_array((size_t)height, sizeof *rows);
    if (!rows)
        return err_set(err, ERR_NO_MEMORY, "lines of a page");
    for (int i = 0; i < strips; i++) {
        int left = i * width / strips;
        enum err_code code = count_rows(level, left, (i + 1) * width / strips - left, rows, err);
        if (code)
            return code;
        measure_strip(rows, height, px_per_mm, &found, sums);
    }
    found.balance =
        sums[0] + sums[1] > 0 ? (double)(sums[0] - sums[1]) / (double)(sums[0] + sums[1]) : 0;
    *out = found;
    return ERR_OK;
}
