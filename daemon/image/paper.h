#ifndef SOHOA_IMAGE_PAPER_H
#define SOHOA_IMAGE_PAPER_H

#include "daemon/model/page_info.h"

#include <stdbool.h>

/* How many dots an inch an image has, when its file does not say. */

/* A resolution a file claims is believed between 50 and 2400 dpi when the sheet is then at most
 * 620 mm long (A2): cameras write 72 without meaning it. */
bool paper_dpi_is_plausible(int width_px, int height_px, double dpi);
/* Best fit of A3, A4, A5, Letter and ID-1 in both directions at 100, 150, 200, 240, 300, 400 and
 * 600 dpi within 4 % on both sides (scanner glasses are a little wider than A4); else 300, assumed.
 */
double paper_guess_dpi(int width_px, int height_px, enum dpi_source *out_source);

#endif
