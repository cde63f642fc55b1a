#ifndef SOHOA_DRIVERS_PAGE_CHECK_H
#define SOHOA_DRIVERS_PAGE_CHECK_H

#include "daemon/base/js.h"
#include "drivers/row_sink.h"
#include "drivers/settings.h"

/*
 * Doubts about a page that came without an error. Each is a question to the clerk, never a refusal.
 *
 * - one_color: in every channel at least 99.99 % of the samples lie within 2 of one value: lamp,
 *   sensor or cable is dead, or the glass was empty. An empty sheet of real paper has more noise
 *   and edges than that.
 * - flat_end: the page ends in rows, a twentieth of it or more, that are exactly one colour: what a
 *   decoder puts where data broke off. White and black ends are not meant; a driver's padding to
 *   the right and below is looked past.
 * - short: the page is shorter than what was asked
 * - odd_size: neither what was asked nor a paper we know
 * - resolution_differs: the device took another resolution, or its page is larger or smaller than
 *   asked by one factor both ways
 * - mode_differs: colour was asked, as a legal copy needs it, and grey or bits came
 */

struct page_check {
    struct row_sink sink; /* give this to the capture */
    struct page_shape shape;
    uint64_t counts[3][256]; /* samples of each value; bits: counts[0][0] white, [0][1] black */
    int flat_rows;           /* the last run of rows of one colour that is not paper or lid */
    int rows_since;          /* that run's end */
    uint8_t flat_color[3];
    bool one_color, flat_end; /* filled by end */
};

void page_check_init(struct page_check *check);

/* Sizes only. `asked` and `set`: the settings of the batch as wished and as taken. */
struct page_size_doubts {
    bool too_short, odd_size, resolution_differs;
    bool mode_differs; /* colour was asked, the page has one channel */
};
struct page_size_doubts page_check_size(const struct scan_settings *asked,
                                        const struct scan_settings *set, struct size_mm page);

/* Array of the names; NULL: out of memory. */
struct js *page_check_to_js(const struct page_check *check, const struct page_size_doubts *doubts);

#endif
