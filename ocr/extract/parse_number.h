#ifndef SOHOA_OCR_EXTRACT_PARSE_NUMBER_H
#define SOHOA_OCR_EXTRACT_PARSE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Số, ký hiệu: "12/QĐ-UBND", "33/2024/QH15", "12a/BC-SNN&PTNT"; of civil-status papers also
 * "243/2022" and "37/2025/TLKS-BS". What recognisers do to it is undone where it can be told:
 * spaces around / and -, a lost stroke of Đ by the list of kinds, O and l among digits.
 * Source: regulations 5.3, 14.1, 14.3 (so_ky_hieu).
 */

#define NUMBER_SYMBOL_MAX 64

struct number_symbol {
    char value[NUMBER_SYMBOL_MAX];
    char kind[16];       /* first part of the symbol: "QĐ", "UBND"; "" without one */
    bool has_kind;       /* it is in the list of kinds */
    int year;            /* /2024/; 0 without one */
    bool repaired;       /* digits were made out of letters: a person must look */
    bool kind_ambiguous; /* lost its accents and two kinds are left (HD, HĐ) */
};

/* `text` is what follows "Số:". `kinds` are the known abbreviations; `hint` the one the title
 * implies or NULL, it decides between kinds that differ by accents. False: not a number. */
bool parse_number(const char *text, const char *const *kinds, size_t kind_count, const char *hint,
                  struct number_symbol *out);

/* What certificates of business households carry instead: "41C8001234", two digits of the district,
 * a letter, seven or eight digits. */
bool parse_registration(const char *text, struct number_symbol *out);

#endif
