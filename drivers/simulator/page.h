#ifndef SOHOA_SIMULATOR_PAGE_H
#define SOHOA_SIMULATOR_PAGE_H

#include "drivers/simulator/acting.h"
#include "drivers/simulator/paper.h"

/*
 * One side on its way to the program: frames of bytes, with what the script makes of them.
 *
 *   new ──read…──▶ end of frame ──next pass──▶ read… ──▶ end of the last frame
 */

/* How the program wants its pages. */
struct page_wish {
    struct view_window window;
    int depth;       /* 8 or 16; lineart has 1 */
    bool three_pass; /* colour as a red, a green and a blue frame */
    bool unsized;    /* the height is not told: lines -1 */
    bool pace;       /* no faster than a desk scanner */
};

struct page;

/* What SANE is told of a frame, SANE_Parameters in plain types. */
struct page_frame {
    int format; /* SANE_Frame */
    bool last;
    int bytes_per_line, pixels_per_line, lines, depth;
};

/* Of a page that has not begun. */
struct page_frame page_frame_of(const struct page_wish *wish);

/* `paper` and `acting` are borrowed and outlive the page; the script is not read anew meanwhile.
 * NULL: no memory. */
struct page *page_new(const struct paper *paper, const struct page_wish *wish,
                      const struct acting *acting, int sheet, bool back);
void page_free(struct page *page);
struct page_frame page_frame(const struct page *page);
/* At least a byte, EOF at the end of the frame, or what the script says. */
int page_read(struct page *page, uint8_t *bytes, size_t max, size_t *out_size);
bool page_is_in_frame(const struct page *page); /* NULL is not */
bool page_has_next_frame(const struct page *page);
void page_begin_next_frame(struct page *page);

#endif
