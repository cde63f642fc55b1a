#ifndef SOHOA_FOLDER_COPY_EXCEPTION_H
#define SOHOA_FOLDER_COPY_EXCEPTION_H

#include "daemon/base/js.h"
#include "daemon/image/image_rows.h"
#include "daemon/model/page_info.h"

/*
 * Old copies below what the law asks of new ones (colour, at least 200 dpi, scale 1:1; regulations
 * 5.4.1, R-10). They are taken over as they are, each with its exceptions, which make the list of
 * what to scan again; nothing is enlarged and no scale is claimed by guess.
 */

enum copy_exception {
    COPY_BILEVEL = 1,            /* one bit a pixel: seals and ink lost their colour */
    COPY_LOW_RESOLUTION = 2,     /* under 200 dpi */
    COPY_RESOLUTION_MISSING = 4, /* the file does not say, or says two different ones */
    COPY_RESOLUTION_LYING = 8    /* it says one at which the sheet is no paper there is, or larger
                                    than any scanner's glass, while another fits */
};

struct copy_judgement {
    unsigned exceptions;
    double dpi;
    enum dpi_source source; /* file; paper (a standard resolution fits one paper); assumed */
};

/* The claim is believed when the sheet then is a paper (A0 … A7, B4, B5, Letter, Legal, F4, cards,
 * envelopes; 4 %), or when no standard resolution makes it A3, A4, A5, Letter or a card within 1 %:
 * odd slips exist. 72 and 96 dpi, which programs write without knowing, never make a sheet larger
 * than A3. A halved page that claims the double resolution cannot be told from a smaller paper. */
struct copy_judgement copy_judge(const struct image_info *info);

/* ["bilevel", "low_resolution", "resolution_missing", "resolution_lying"]; NULL: no memory. */
struct js *copy_exceptions_to_js(unsigned exceptions);
/* {"width_px", "height_px", "channels", "bilevel", "stated_dpi": real | null, "dpi", "dpi_source",
 *  "exceptions"}; NULL: no memory. */
struct js *copy_facts_to_js(const struct image_info *info);

#endif
