#ifndef SOHOA_MODEL_PAGE_INFO_H
#define SOHOA_MODEL_PAGE_INFO_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/model/geometry.h"
#include "daemon/model/page_paper.h"
#include "daemon/model/page_zone.h"

#include <stdbool.h>
#include <stddef.h>

/* What the *read* request found out about one page image: turn, skew, size, quality, codes.
 * Same keys in JSON as in the sohoa.document/1 contract, but of the whole image: what leaves is
 * made of it by page_cut_shown (page_cut.h). */

enum dpi_source { DPI_FILE, DPI_PAPER, DPI_ASSUMED };

struct page_code {
    char kind[16];      /* "QR", "CODE128", "DATAMATRIX", zbar's name in capitals otherwise */
    char *text;         /* UTF-8 NFC */
    struct rect_mm box; /* upright frame */
};

#define PAGE_CODES_MAX 32
#define PAGE_REASONS_MAX 8
#define PAGE_CARDS_MAX 4
#define PAGE_PAPERS_MAX 4

struct page_info {
    int width_px, height_px; /* stored frame */
    double dpi;
    enum dpi_source dpi_source;
    int rotation_deg;      /* clockwise turn that makes the page upright: 0, 90, 180, 270 */
    double rotation_score; /* 0..1, how sure */
    double skew_deg;       /* counter-clockwise positive */
    bool blank;
    struct size_mm size; /* upright frame */
    char verdict[16];    /* "good", "poor", "bad" */
    const char
        *reasons[PAGE_REASONS_MAX]; /* static words: "blurred", "dark", "low-resolution"... */
    size_t reason_count;
    struct page_code codes[PAGE_CODES_MAX];
    size_t code_count;
    struct rect_mm cards[PAGE_CARDS_MAX]; /* ID-1 cards that lie there, stored frame */
    size_t card_count;
    struct page_paper papers[PAGE_PAPERS_MAX]; /* where lid shows around them, else none */
    size_t paper_count;
    struct rect_mm cut; /* all papers where they are small (page_cut.h), upright frame; w 0: none */
    struct page_zone *zones; /* upright frame, in reading order; known once the words are */
    size_t zone_count;
};

void page_info_done(struct page_info *info);
struct js *page_info_to_js(const struct page_info *info);
/* page_info_done it also after an error. Reasons not in our list are dropped. */
enum err_code page_info_from_js(const struct js *value, struct page_info *out, struct err *err);

const char *dpi_source_name(enum dpi_source source);

static inline void page_info_auto(struct page_info *place)
{
    page_info_done(place);
}

#endif
