#ifndef SOHOA_RECOGNIZE_HAND_INK_H
#define SOHOA_RECOGNIZE_HAND_INK_H

#include "daemon/image/raster.h"

#include <stdbool.h>

/*
 * What the ink in a small box looks like: how broad and even its strokes are, which way their edges
 * run, which pieces it falls into. Lengths in pixels of the image. Pure.
 */

/* Of half a turn, from edges of upright strokes on. */
#define HAND_INK_ANGLES 16

struct hand_ink {
    double dark;                     /* of the darkest strokes, 0..1 */
    double stroke_px, stroke_spread; /* breadth; its deviation, relative */
    double run_h_px, run_v_px;       /* mean way through the ink, across and down */
    double angle[HAND_INK_ANGLES];   /* share of edge length */
    double fill;                     /* share of the box that is ink */
    int pieces, specks;              /* what touches; specks are no larger than a stroke is broad */
    double height_px, height_spread; /* of pieces; the spreads are relative to the height */
    double top_spread, bottom_spread;
    double widest, heaviest; /* widest piece to the height; heaviest piece's share of the ink */
    double gap, gap_spread;  /* between pieces side by side, relative to the height */
};

/* One piece drawn into a grid of SHAPE_W by SHAPE_H, row by row. */
#define HAND_SHAPE_W 12
#define HAND_SHAPE_H 16
#define HAND_SHAPE_WORDS (HAND_SHAPE_W * HAND_SHAPE_H / 64)
struct hand_shape {
    uint64_t bits[HAND_SHAPE_WORDS];
    short w, h; /* pixels */
};

struct hand_box {
    int x, y, w, h;
};

/* Room to work in, for boxes up to HAND_INK_MAX_PX pixels; mem_free. */
#define HAND_INK_MAX_PX (1 << 18)
struct hand_room;
enum err_code hand_room_new(struct hand_room **out, struct err *err);
void hand_room_free(struct hand_room *room);
AUTO_DEFINE(hand_room, struct hand_room *, hand_room_free);

/* The pieces seen last, hand_ink.pieces of them, from left to right. */
const struct hand_shape *hand_room_shapes(const struct hand_room *room);

/* False: no ink to speak of there, or too large a box. */
bool hand_ink_look(const struct raster *grey, struct hand_box box, struct hand_room *room,
                   struct hand_ink *out);

#endif
