#ifndef SOHOA_CLEAN_ZONES_H
#define SOHOA_CLEAN_ZONES_H

#include "daemon/base/js.h"
#include "daemon/model/geometry.h"
#include "ocr/clean/bits.h"

/*
 * Where the parts of a page are, in the deskewed frame: the two-column head of decree 30/2020
 * (issuer and number left, motto and date right) and the body. Priors for the reader, never hard
 * borders.
 */
enum zone_kind { ZONE_HEAD_LEFT, ZONE_HEAD_RIGHT, ZONE_BODY, ZONE_KIND_COUNT };

struct zone {
    enum zone_kind kind;
    struct rect_mm box;
};

#define ZONES_MAX 8

struct zones {
    struct zone item[ZONES_MAX];
    int count;
};

/* ink: pieces in millimetres of the deskewed frame. */
void zones_find(const struct rect_mm *ink, int count, struct size_mm page, struct zones *out);
struct js *zones_to_js(const struct zones *zones);
/* Unknown kinds are passed over; BAD_JSON for what is no zone. NULL is no zones. */
enum err_code zones_from_js(const struct js *value, struct zones *out, struct err *err);

#endif
