#ifndef SOHOA_SIMULATOR_PAPER_H
#define SOHOA_SIMULATOR_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One side of a sheet with its physical size, and the window a scanner sees of it.
 *
 * The paper lies with its top left corner in the top left of the bed; around it is the lid. Where
 * the asked resolution is the paper's own, pixels come out as they are, the window moved to whole
 * pixels; else each sample is the mean over its area (smaller) or linear between neighbours
 * (larger).
 */

struct paper;

/* JPEG, PNG, TIFF, PNM by Leptonica; default_dpi when the file does not name a resolution. NULL:
 * cannot be read. */
struct paper *paper_open(const char *path, int default_dpi);
/* Empty white paper of the size of `like`; NULL `like`: no paper at all, the bare lid. */
struct paper *paper_blank(const struct paper *like);
/* Upside down; its top left corner stays where it lies. False: no memory. */
bool paper_turn(struct paper *paper);
void paper_free(struct paper *paper);
double paper_width_mm(const struct paper *paper);
double paper_height_mm(const struct paper *paper);

enum view_mode { VIEW_COLOR, VIEW_GRAY, VIEW_LINEART };

struct view_window {
    double left_mm, top_mm;
    int width_px, height_px;
    int dpi;
    enum view_mode mode;
    int lid; /* grey */
};

struct view;

/* `paper` is borrowed and outlives the view. NULL: no memory. */
struct view *view_new(const struct paper *paper, const struct view_window *window);
void view_free(struct view *view);
size_t view_row_bytes(const struct view_window *window);
/* Row 0 … height_px - 1: RGB, grey, or eight pixels a byte with 1 = black below grey 128. */
void view_row(struct view *view, int row, uint8_t *out);

#endif
