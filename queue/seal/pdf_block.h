#ifndef SOHOA_SEAL_PDF_BLOCK_H
#define SOHOA_SEAL_PDF_BLOCK_H

#include "daemon/model/geometry.h"

#include <stdbool.h>
#include <stddef.h>

struct pdf_font;
struct pdf_writer;

/*
 * The visible block of a signature: a few lines of small text in a thin frame in the top margin of
 * page 1. TT 01/2023 wants the copier's at the top left, where a system QR may stand, too; neither
 * it nor text may be covered.
 */
enum block_anchor { BLOCK_TOP_LEFT, BLOCK_TOP_RIGHT };

#define BLOCK_LINES_MAX 6u

struct block_wish {
    enum block_anchor anchor;
    const char *lines[BLOCK_LINES_MAX]; /* UTF-8 */
    size_t line_count;
    struct size_mm page;
    const struct rect_mm *avoid; /* text, codes: upright frame of page 1; may be NULL */
    size_t avoid_count;
    /* Of a page that shows a part of its image: all of it, seen from there; the same size: it
     * shows all. */
    struct rect_mm image;
    bool beside; /* wanted on the lid, for the paper has no room that is surely free */
};

struct block_place {
    struct rect_mm box;
    double font_pt;
    bool moved;  /* not at its anchor */
    bool beside; /* outside the page, on white ground: the page is to be enlarged to show it */
    double covers_mm2; /* 0 unless the page has no free spot at all */
};

/* The anchor; else the nearest free spot of the top margin band, then with smaller letters, then
 * anywhere on the page; else, where the page shows a part of its image, outside that part; else
 * where it covers least. */
struct block_place block_find_place(const struct block_wish *wish, struct pdf_font *font);

/* Appearance stream (form XObject, BBox from 0 0) and its font. */
void block_write(struct pdf_writer *writer, int number, const struct block_wish *wish,
                 const struct block_place *place, struct pdf_font *font);

#endif
