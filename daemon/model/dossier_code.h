#ifndef SOHOA_MODEL_DOSSIER_CODE_H
#define SOHOA_MODEL_DOSSIER_CODE_H

#include <stdbool.h>

/* Mã hồ sơ: agency identifier (old 000.17.22.H56 or new H56.14), the day of reception as YYMMDD
 * that exists, four or five digits. Source: regulations 7.2 and 14.3. Whether that day lies in the
 * future is the caller's question. */
bool dossier_code_is_valid(const char *text);

/* As people type it: letters made upper case, blanks taken out; the caller's (mem_free), not yet
 * checked. NULL when out of memory. */
char *dossier_code_canonical(const char *typed);

/* The day of reception in a code, "2025-08-20", not after `today`. Offices write YYMMDD (TT
 * 01/2018) or DDMMYY (NĐ 61/2018, from mid-2018): a real past day by one of them is taken; where
 * both are, the later, as paper comes to the counter soon, and *out_to_check says that a person
 * should look. False: neither. */
bool dossier_code_day(const char *code, const char *today, char out[11], bool *out_to_check);

#endif
