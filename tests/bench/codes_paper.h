#ifndef SOHOA_TESTS_CODES_PAPER_H
#define SOHOA_TESTS_CODES_PAPER_H

#include "daemon/image/raster.h"
#include "tests/bench/codes_symbol.h"

#include <stdint.h>

/* A sheet of paper that things are painted on and that is then scanned. Same seed, same pixels. */

struct dice {
    uint64_t state;
};

double dice_real(struct dice *dice, double from, double to);
int dice_int(struct dice *dice, int from, int to); /* both included */

struct paper {
    struct raster *grey;
    double px_per_mm;
};

/* Where a thing lies: its centre, its size before the turn. */
struct spot {
    double x_mm, y_mm, w_mm, h_mm, turn_deg;
};

/* Ink 0..1 at (u, v) of a thing, both 0..1 over its size; below 0: the paper stays as it is. */
typedef double ink_fn(const void *thing, double u, double v);

void paper_paint(struct paper *paper, const struct spot *spot, ink_fn *ink, const void *thing);
/* With a quiet zone around of that many modules (above and below a bar code: none). spot is the
 * symbol without it. */
void paper_paint_symbol(struct paper *paper, const struct spot *spot, const struct symbol *symbol,
                        double quiet_modules);

/* Things that look like codes and are none. */
enum lookalike {
    LOOK_TABLE,    /* small ruled squares, some filled */
    LOOK_HATCHING, /* parallel strokes of two widths */
    LOOK_HALFTONE, /* a printed photo */
    LOOK_SEAL,     /* rings with strokes between */
    LOOK_NOISE,    /* black and white grains of a code's size */
    LOOK_CORNERS,  /* squares in squares, as in the corners of a QR */
    LOOK_TYPE,     /* a block of bold bars in words */
    LOOK_COUNT
};

void paper_paint_lookalike(struct paper *paper, const struct spot *spot, enum lookalike kind,
                           struct dice *dice);

/* What printer, years and scanner do. */
struct wear {
    double blur_px; /* standard deviation */
    double faded;   /* 1: ink is black */
    double grain;   /* standard deviation of the noise, levels */
    int jpeg_quality;
};

enum err_code paper_wear(struct paper *paper, const struct wear *wear, struct dice *dice,
                         struct err *err);

#endif
