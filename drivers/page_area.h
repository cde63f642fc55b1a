#ifndef SOHOA_DRIVERS_PAGE_AREA_H
#define SOHOA_DRIVERS_PAGE_AREA_H

#include "daemon/model/geometry.h"
#include "drivers/quirks.h"
#include "drivers/setter.h"
#include "drivers/source_names.h"

/* The part of the glass or the sheet that is scanned: paper sizes, what fits, page size and area.
 */

enum paper { PAPER_UNSET, PAPER_A3, PAPER_A4, PAPER_A5, PAPER_ID1, PAPER_AUTO };

const char *paper_name(enum paper paper); /* "a4"; "" for PAPER_UNSET */
bool paper_from_name(const char *name, enum paper *out);
/* Portrait; 0 by 0 for PAPER_UNSET and PAPER_AUTO. */
struct size_mm paper_size(enum paper paper);
/* The paper of that size, either way round, within 3 mm; PAPER_UNSET when there is none. */
enum paper paper_of_size(struct size_mm size);

struct area_wish {
    enum paper paper;
    bool has_area;
    struct rect_mm area;
    enum scan_source source;
    enum size_order order;
};

/* The largest area the device takes as it stands; 0 where it does not say. */
struct size_mm page_area_max(const struct device *device, double dpi);

/* Puts the wish into the device's options and reads it back. An area of its own counts before the
 * paper. Without both: A4 from the top left, or the glass where that is smaller. A card (id1) gets
 * 5 mm around it, because it never lies exactly in the corner. PAPER_AUTO: the length the device
 * measures, else the whole glass, else (a feeder) A4. OPTION_REFUSED, naming both sizes, for a
 * paper that does not fit. */
enum err_code page_area_apply(struct setter *setter, const struct area_wish *wish, double dpi,
                              struct rect_mm *out, struct err *err);

#endif
