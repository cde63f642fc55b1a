#ifndef SOHOA_BENCH_HANDWRITING_HAND_H
#define SOHOA_BENCH_HANDWRITING_HAND_H

#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>

/* A writer: letters of a font or digits of strokes, and how he bends them. */

struct chance {
    uint64_t state;
};
double chance_real(struct chance *chance, double low, double high);
int chance_below(struct chance *chance, int count);
bool chance_of(struct chance *chance, double share);

struct writer {
    const char *font;
    bool strokes, accents; /* digits by strokes; the font has Vietnamese letters */
    double size, slant, lift, turn, scale, track, pen, bend, wave, width;
    double red, green, blue, alpha;
};

struct writer writer_make(struct chance *chance, bool held_out);
const char *writer_name(const struct writer *writer);
/* Writes with the baseline's left end at x, y (pixels); em in pixels. Returns the width taken and
 * the box of the ink. */
double writer_write(const struct writer *writer, struct chance *chance, cairo_t *cairo, double x,
                    double y, double em, const char *text, double out_box[4]);

#endif
