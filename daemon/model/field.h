#ifndef SOHOA_MODEL_FIELD_H
#define SOHOA_MODEL_FIELD_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/model/geometry.h"

#include <stdbool.h>
#include <stddef.h>

/* Fields a paper can carry (regulations 2.4) and the machine's proposals for them. A proposal is
 * never truth: it keeps what was read, how sure, where, and whether a person must look. */

/* FIELD(name, Vietnamese label) in the order people see them; field_names.def */
enum field_name {
#define FIELD(name, label) FIELD_##name,
#include "daemon/model/field_names.def"
#undef FIELD
    FIELD_COUNT
};

const char *field_key(enum field_name name);   /* "number_symbol" */
const char *field_label(enum field_name name); /* "Số, ký hiệu" */
/* FIELD_COUNT when there is no such name. */
enum field_name field_from_key(const char *key);

/* Where a value came from, best first. */
enum field_source {
    FIELD_FROM_QR,
    FIELD_FROM_MRZ,
    FIELD_FROM_DOSSIER,
    FIELD_FROM_ZONE,
    FIELD_FROM_WORDING,
    FIELD_FROM_REGISTER, /* of the files' register, never the page: always asks */
    FIELD_FROM_NOTHING   /* looked for and not found */
};

/* "qr" "mrz" "dossier" "zone" "wording" "register" "none" */
const char *field_source_name(enum field_source source);

struct field {
    enum field_name name;
    char *value;        /* canonical: dates ISO 8601, text NFC; NULL = looked for, not found */
    char *raw;          /* as read; NULL when nothing was */
    double confidence;  /* 0..1, calibrated as far as we can */
    int page;           /* number from 1 within the document; 0 when not from a page */
    struct rect_mm box; /* upright frame of that page; without size: no place (JSON: null) */
    enum field_source source;
    bool needs_person;
    bool handwritten; /* what was read stands there by hand: then a person is needed, too */
};

struct fields {
    struct field item[FIELD_COUNT];
    size_t count;
};

void fields_done(struct fields *fields);
/* Adds or, when the new one's source ranks better, replaces. Takes nothing over; copies strings. */
enum err_code fields_put(struct fields *fields, const struct field *field, struct err *err);
const struct field *fields_find(const struct fields *fields, enum field_name name);
/* The contract's "fields" object. A not-found field is {"value": null, "needs_person": true}. */
struct js *fields_to_js(const struct fields *fields);
enum err_code fields_from_js(const struct js *object, struct fields *out, struct err *err);

static inline void fields_auto(struct fields *place)
{
    fields_done(place);
}

/* What a clerk typed or a machine read, held to the field's own form: dates are real ISO dates and,
 * but for the end of validity, not after `today` (YYYYMMDD in Vietnam; 0: not compared), ids are
 * plausible numbers of 9, 10, 12 or 13 digits, dossier codes have their form, texts the length of
 * regulations 2.4 in characters. Characters nobody sees are taken out; control characters and those
 * that turn the direction of writing are refused. On success *out is the canonical value
 * (caller's). FIELD_INVALID names the field. */
enum err_code field_check(enum field_name name, const char *text, int today, char **out,
                          struct err *err);

#endif
