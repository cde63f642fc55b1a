#ifndef SOHOA_OCR_EXTRACT_PARSE_DATE_H
#define SOHOA_OCR_EXTRACT_PARSE_DATE_H

#include <stdbool.h>

/* Dates on Vietnamese papers, day first. Only dates that exist, from 1900 to 2099, are dates. */

#define DATE_ISO_SIZE 11

struct date {
    int year, month, day;
    bool repaired;     /* a digit was made out of a letter */
    bool breaks_zeros; /* day under 10 or month 1, 2 without its zero (NĐ 30 asks for them) */
};

/* "22/12/2021", "5-3-2020", "05.03.2020" at the start of the text. */
bool parse_date_numeric(const char *text, struct date *out);
/* "ngày 05 tháng 3 năm 2020" anywhere in the text, accents and case as they come. */
bool parse_date_long(const char *text, struct date *out);
/* One of the two, whichever is there. */
bool parse_date(const char *text, struct date *out);
/* A day, month or year of up to four digits; letters that stand for digits are repaired. -1: none.
 */
int parse_date_part(const char *text, bool *out_repaired);
bool date_is_real(const struct date *date);
void date_iso(const struct date *date, char out[DATE_ISO_SIZE]);
/* Months later, held to the last day of that month. */
struct date date_add_months(struct date date, int months);
int date_compare(const struct date *a, const struct date *b);

#endif
