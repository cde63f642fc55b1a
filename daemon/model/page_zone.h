#ifndef SOHOA_MODEL_PAGE_ZONE_H
#define SOHOA_MODEL_PAGE_ZONE_H

#include "daemon/model/geometry.h"

#include <stddef.h>

/* A part of a page with a meaning of its own (decree 30/2020, zones of its annex I), found by what
 * stands there. */

enum page_zone_kind {
    PAGE_ZONE_BODY,
    PAGE_ZONE_HEAD_LEFT,  /* issuing agency, number */
    PAGE_ZONE_HEAD_RIGHT, /* motto, place and date; also where they stand alone in the middle */
    PAGE_ZONE_TITLE,
    PAGE_ZONE_ABSTRACT,
    PAGE_ZONE_RECIPIENTS, /* Nơi nhận */
    PAGE_ZONE_SIGNATURE,  /* authority, position, room for signature and seal, name */
    PAGE_ZONE_CELL,       /* of a table */
    PAGE_ZONE_PAGE_NUMBER,
    PAGE_ZONE_FOOT, /* address of the agency and the like */
    PAGE_ZONE_KINDS
};

/* A zone worth less may be something else. */
#define PAGE_ZONE_SURE 0.70
#define PAGE_ZONES_MAX 1000

struct page_zone {
    enum page_zone_kind kind;
    struct rect_mm box;
    double confidence; /* 0..1 */
    /* of a cell: which table of the page, its first row and column there, from 1, and how many it
     * spans; 0 otherwise */
    int table, row, column, rows, columns;
};

const char *page_zone_name(enum page_zone_kind kind); /* "head-left"; static */

struct js *page_zones_to_js(const struct page_zone *zone, size_t count);
/* Kinds that are not known are passed over; NULL is no zones. *out: the caller's, mem_free; set on
 * success only. BAD_JSON, TOO_MANY, NO_MEMORY. */
enum err_code page_zones_from_js(const struct js *value, struct page_zone **out, size_t *out_count,
                                 struct err *err);

#endif
