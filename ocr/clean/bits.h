#ifndef SOHOA_CLEAN_BITS_H
#define SOHOA_CLEAN_BITS_H

#include "daemon/image/raster.h"

#include <stdbool.h>

/* Black and white images and what touches what in them: Leptonica behind plain values. */

struct Pix;

/* Leptonica prints to stderr by default; what fails is in the return values anyway. */
void bits_be_silent(void);

void bits_free(struct Pix *bits); /* NULL is fine */
AUTO_DEFINE(bits, struct Pix *, bits_free);

/* Pixels darker than `threshold` are black. */
enum err_code bits_from_grey(const struct raster *grey, int threshold, struct Pix **out,
                             struct err *err);
/* 255 where black, else 0. */
enum err_code bits_to_raster(struct Pix *bits, struct raster **out, struct err *err);

/* A connected black piece (8 neighbours). */
struct piece {
    int x, y, w, h;
    int area; /* black pixels */
};

struct pieces {
    struct piece *item;
    int count;
};

void pieces_done(struct pieces *pieces);
/* Every piece of at least `min_side` pixels in one direction. TOO_MANY above 200,000 of them. */
enum err_code bits_find_pieces(struct Pix *bits, int min_side, struct pieces *out, struct err *err);
/* Keeps the pieces with min <= larger side and both sides <= max. */
enum err_code bits_select_by_size(struct Pix *bits, int min_side, int max_side, struct Pix **out,
                                  struct err *err);
enum err_code bits_close(struct Pix *bits, int width, int height, struct Pix **out,
                         struct err *err);
/* Keeps what a brick of that size fits into. */
enum err_code bits_open(struct Pix *bits, int width, int height, struct Pix **out, struct err *err);
enum err_code bits_turn(struct Pix *bits, int turn_deg, struct Pix **out, struct err *err);
/* Areas darker than `threshold`, at least three pixels broad, that touch the edge of the image,
 * with a one-pixel rim: 255 there, else 0. */
enum err_code bits_edge_areas(const struct raster *grey, int threshold, struct raster **out,
                              struct err *err);

static inline void pieces_auto(struct pieces *place)
{
    pieces_done(place);
}

#endif
