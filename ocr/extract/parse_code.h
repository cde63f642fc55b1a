#ifndef SOHOA_OCR_EXTRACT_PARSE_CODE_H
#define SOHOA_OCR_EXTRACT_PARSE_CODE_H

#include <stdbool.h>

/* Codes of the one-stop system (regulations 7.2, 7.3). */

#define CODE_SIZE 60

/* Mã hồ sơ: "000.23.14.H40-210326-0139", "H56.14-240823-0001". OCR repair: O and l among digits, a
 * blank around the dashes. Its six digits must be a date. */
bool parse_dossier_code(const char *text, char out[CODE_SIZE], bool *out_repaired);
/* Mã thủ tục: "1.000894", "1.010708.000.00.00.H56" anywhere in the text, standing alone. */
bool parse_procedure_code(const char *text, char out[CODE_SIZE]);

#endif
