#ifndef SOHOA_OCR_EXTRACT_PARSE_MRZ_H
#define SOHOA_OCR_EXTRACT_PARSE_MRZ_H

#include "ocr/extract/parse_date.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The machine readable zone (ICAO 9303): TD1 of identity cards, 3 lines of 30; TD3 of passports, 2
 * lines of 44. Check digits by weights 7, 3, 1 modulo 10. Letters taken for digits (O, I, S, B,
 * ...) are turned back only where a check digit then agrees; a part whose check digit disagrees is
 * not told at all.
 */
struct mrz {
    bool is_passport;
    char personal[13];          /* 12 digits (of a card: the last nine are its number, proved
                                   twice); "" when not proved */
    char birth[DATE_ISO_SIZE];  /* "" when not proved or the century is not told */
    char expiry[DATE_ISO_SIZE]; /* "" when not proved */
    char name[64];              /* "TRINH THI HOA", no marks; nothing proves it; "" when damaged */
    bool male, sex_known;
    bool whole; /* the check digit over all parts agrees, too */
};

/* Line `at` and those after it, as a recogniser read them: spaces, small letters and marks as they
 * come, fillers at the end lost or too many. False when they are no such zone or nothing in it is
 * proved. *out_used: lines of it. */
bool parse_mrz(const char *const *line, size_t count, struct mrz *out, size_t *out_used);

#endif
