#ifndef SOHOA_TESTS_TYPESET_H
#define SOHOA_TESTS_TYPESET_H

#include "daemon/model/words.h"

#include <stddef.h>

/* Sets text as a printer would, so that synthetic pages have the boxes of real ones. */

struct typeset {
    struct words words;
    int line;
    double confidence; /* of what is set next; 0.96 at first */
};

void typeset_start(struct typeset *set);
void typeset_done(struct typeset *set);
/* Words of `text` from x on. Returns the index of the first. */
size_t typeset_at(struct typeset *set, double x_mm, double baseline_mm, double points,
                  const char *text);
/* More words on the line begun last, as a recogniser joins columns. */
size_t typeset_more(struct typeset *set, double x_mm, double baseline_mm, double points,
                    const char *text);
size_t typeset_centred(struct typeset *set, double center_mm, double baseline_mm, double points,
                       const char *text);
/* Word `at` as if written by hand: taller and wider than print. */
void typeset_by_hand(struct typeset *set, size_t at);
/* Head of an official paper: issuer in one or two lines, motto, number, place and date. */
void typeset_head(struct typeset *set, const char *issuer, const char *issuer_rest,
                  const char *number, const char *place_date);

#endif
