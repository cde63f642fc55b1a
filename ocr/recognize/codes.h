#ifndef SOHOA_RECOGNIZE_CODES_H
#define SOHOA_RECOGNIZE_CODES_H

#include "daemon/image/raster.h"
#include "daemon/model/page_info.h"

/*
 * QR codes, bar codes (Code 128, Code 39, EAN), DataMatrix and patch codes of a page, anywhere and
 * at any turn (patch codes: near a quarter turn).
 * This pair is the only home of zbar and libdmtx.
 */

/* Places where each code was seen, in pixels of `grey`, beside info-like codes. */
struct code_found {
    char kind[16]; /* "QR", "CODE128", "DATAMATRIX", ... */
    char *text;    /* UTF-8 NFC; mis-declared Latin-1 repaired; relatives' data dropped */
    double left, top, right, bottom;
};

struct codes {
    struct code_found item[PAGE_CODES_MAX];
    size_t count;
};

void codes_done(struct codes *codes);

/* grey: evened page, as stored; dpi: for the size of what can be a code. Codes of the top left
 * quarter come first. No code is no error. codes_done also after an error. */
enum err_code codes_find(const struct raster *grey, double dpi, struct codes *out, struct err *err);

static inline void codes_auto(struct codes *place)
{
    codes_done(place);
}

#endif
