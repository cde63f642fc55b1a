#ifndef SOHOA_MODEL_TAX_CODE_H
#define SOHOA_MODEL_TAX_CODE_H

#include <stdbool.h>

/* Mã số thuế, mã số doanh nghiệp: do the first 10 digits carry the right check digit? A remainder
 * of 0 is not assigned. Source: regulations 8.6. */
bool tax_code_is_valid(const char *digits);

#endif
