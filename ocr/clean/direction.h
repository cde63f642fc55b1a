#ifndef SOHOA_CLEAN_DIRECTION_H
#define SOHOA_CLEAN_DIRECTION_H

#include "daemon/image/raster.h"

/*
 * Which way up a page is and how far its lines are off the level. Two questions: are the lines
 * horizontal or vertical (how sharply ink falls into rows), and which side is up (ascenders and
 * accents against descenders). When the letters do not decide the second one, a reader is asked:
 * the same few lines are read both ways and the surer reading wins.
 */

/* Reads a strip of evened grey text, lines level; *out_sureness is the sum over its letters of the
 * confidence (0..1) they were read with. */
struct direction_reader {
    void *self;
    enum err_code (*read)(void *self, const struct raster *strip, double *out_sureness,
                          struct err *err);
};

struct direction {
    int turn_deg;    /* clockwise, 0, 90, 180, 270 */
    double score;    /* 0..1; below DIRECTION_SURE turn_deg is `assumed_deg` */
    double skew_deg; /* after the turn, counter-clockwise positive, -7..7; 0 without lines */
};

#define DIRECTION_SURE 0.5
#define SKEW_MAX_DEG 7.5

struct Pix;

/* letters: black pieces of letter size only, about 150 dpi. grey: the same page evened at full
 * size (for the reader; reader may be NULL). assumed_deg: what to say when nothing decides. */
enum err_code direction_find(struct Pix *letters, double px_per_mm, const struct raster *grey,
                             int assumed_deg, const struct direction_reader *reader,
                             struct direction *out, struct err *err);

/* The same where the way of scanning makes expected_deg: another turn must be very sure. */
enum err_code direction_expect(struct Pix *letters, double px_per_mm, const struct raster *grey,
                               int expected_deg, const struct direction_reader *reader,
                               struct direction *out, struct err *err);

/* A person said which way up it is: only the skew is measured. */
enum err_code direction_at(struct Pix *letters, int turn_deg, struct direction *out,
                           struct err *err);

#endif
