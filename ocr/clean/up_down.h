#ifndef SOHOA_CLEAN_UP_DOWN_H
#define SOHOA_CLEAN_UP_DOWN_H

#include "daemon/base/err.h"

struct Pix;

/*
 * Which side of level text is up: lower-case lines, Vietnamese ones with their accents even more,
 * have more ink above the band of their small letters than below it. Capitals, digits and writing
 * say nothing, and then few lines are counted or the balance is near 0.
 */
struct up_down {
    int lines;      /* pieces of lines that were measured */
    double balance; /* -1..1: (ink above - ink below) / both; > 0 the right way up */
};

enum err_code up_down_measure(struct Pix *level, double px_per_mm, struct up_down *out,
                              struct err *err);

#endif
