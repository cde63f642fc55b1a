#ifndef SOHOA_OCR_EXTRACT_PARSE_ID_H
#define SOHOA_OCR_EXTRACT_PARSE_ID_H

#include <stdbool.h>

/*
 * Identifiers of persons and businesses (regulations 8): 12 digits (số định danh, CCCD), 9 (CMND),
 * 10 or 10-3 (mã số thuế, with a check digit).
 */

enum id_kind { ID_PERSONAL, ID_OLD_CARD, ID_TAX };

struct id_number {
    enum id_kind kind;
    char value[20];  /* canonical: digits, tax branch as "0100109106-001" */
    bool repaired;   /* a digit was made out of a letter */
    bool odd_prefix; /* 12 digits whose first three are no province: a warning */
    int birth_year;  /* told by 12 digits; 0 otherwise */
    bool male;       /* told by 12 digits */
};

/* The number at the start of the text; spaces and points between digits are passed over. False for
 * other lengths, a wrong check digit, or a century no living person can have. */
bool parse_id(const char *text, struct id_number *out);

#endif
