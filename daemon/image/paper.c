#include "daemon/image/paper.h"

#include <math.h>
#include <stddef.h>

#define MM_PER_INCH 25.4
#define FIT_TOLERANCE 0.04

/* ISO 216, ANSI Letter, ISO/IEC 7810 ID-1; short side first */
static const struct size_mm papers[] = {
    {297, 420}, {210, 297}, {148, 210}, {215.9, 279.4}, {53.98, 85.6},
};
static const int resolutions[] = {100, 150, 200, 240, 300, 400, 600};

bool paper_dpi_is_plausible(int width_px, int height_px, double dpi)
{
    int longer = width_px > height_px ? width_px : height_px;
    return dpi >= 50 && dpi <= 2400 && longer / dpi * MM_PER_INCH <= 620;
}

double paper_guess_dpi(int width_px, int height_px, enum dpi_source *out_source)
{
    int shorter = width_px < height_px ? width_px : height_px;
    int longer = width_px < height_px ? height_px : width_px;
    double best_error = FIT_TOLERANCE, best_dpi = 300;
    *out_source = DPI_ASSUMED;
    for (size_t p = 0; p < sizeof papers / sizeof *papers; p++) {
        for (size_t r = 0; r < sizeof resolutions / sizeof *resolutions; r++) {
            double px_per_mm = resolutions[r] / MM_PER_INCH;
            double error = fmax(fabs(shorter / (papers[p].w * px_per_mm) - 1),
                                fabs(longer / (papers[p].h * px_per_mm) - 1));
            if (error < best_error) {
                best_error = error;
                best_dpi = resolutions[r];
                *out_source = DPI_PAPER;
            }
        }
    }
    return best_dpi;
}
