#ifndef SOHOA_SEAL_COLOUR_H
#define SOHOA_SEAL_COLOUR_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* ICC profiles; the home of lcms2. */

/* sRGB as an ICC v4 profile, always the same bytes. Caller's (mem_free). */
enum err_code colour_make_srgb(void **out_bytes, size_t *out_size, struct err *err);

/* Whether a PDF/A-2 may describe an image of so many channels with it (ISO 19005-2, 6.2.4.2): an
 * input, display, output or colour-space profile, grey for 1, RGB for 3, at most version 4. */
bool colour_icc_fits(const void *bytes, size_t size, int channels);

#endif
