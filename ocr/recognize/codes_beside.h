#ifndef SOHOA_RECOGNIZE_CODES_BESIDE_H
#define SOHOA_RECOGNIZE_CODES_BESIDE_H

#include "ocr/recognize/beside.h"
#include "ocr/recognize/codes.h"

/*
 * Codes of a page, looked for by a copy of this process (beside.h) while the original goes on with
 * the page. What is found is the same.
 */
struct codes_beside {
    struct beside copy; /* none: they are looked for when they are taken */
    const struct raster *grey;
    double dpi;
};

/* Like codes_find; `grey` stays as it is until they are taken. `shared` false: no copy is made. */
void codes_begin(const struct raster *grey, double dpi, bool shared, struct codes_beside *out);

/* Waits for the copy; where it failed looks for them here. CANCELLED when is_cancelled (may be
 * NULL) says so meanwhile. codes_done also after an error. */
enum err_code codes_take(struct codes_beside *beside, bool (*is_cancelled)(void), struct codes *out,
                         struct err *err);

static inline void codes_beside_auto(struct codes_beside *place)
{
    beside_drop(&place->copy);
}

#endif
