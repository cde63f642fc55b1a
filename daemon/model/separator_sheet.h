#ifndef SOHOA_MODEL_SEPARATOR_SHEET_H
#define SOHOA_MODEL_SEPARATOR_SHEET_H

#include <stdbool.h>

/* The QR code (version 2, correction Q) of our own separator sheet, which says SEPARATOR_TEXT. A
 * constant, so that no program needs an encoder. */
#define SEPARATOR_CODE_MODULES 25

bool separator_code_is_dark(int x, int y);

#endif
