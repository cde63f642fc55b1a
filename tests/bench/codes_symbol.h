#ifndef SOHOA_TESTS_CODES_SYMBOL_H
#define SOHOA_TESTS_CODES_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>

/* Codes as printers make them, by the zint program. */

enum symbol_kind { SYMBOL_QR, SYMBOL_CODE128, SYMBOL_DATAMATRIX };

/* What the reader must call it. */
const char *symbol_kind_name(enum symbol_kind kind);

struct symbol {
    int width, height; /* modules; one row for Code 128 */
    bool *dark;        /* row by row */
};

/* correction: QR levels 1 (L) to 4 (H). eci: 0 = none declared. False when zint is missing or
 * refuses. */
bool symbol_make(enum symbol_kind kind, const void *bytes, size_t size, int correction, int eci,
                 struct symbol *out);
void symbol_done(struct symbol *symbol);

#endif
