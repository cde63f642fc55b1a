#ifndef SOHOA_OCR_TEXT_LEGACY_TABLES_H
#define SOHOA_OCR_TEXT_LEGACY_TABLES_H

#include <stdint.h>

/* Between legacy_text.c and legacy_tables.c. */

/* Unicode of a TCVN3 byte; 0: none. */
int32_t tcvn3_letter(int32_t byte);

/* A VNI byte: a letter of its own (0: none), or up to two combining accents for the letter before
 * it, which has to be among `bases` (small letters; NULL: it is no accent). */
struct vni_byte {
    int32_t letter;
    int32_t accent[2];
    const char *bases;
};
struct vni_byte vni_byte(int32_t byte);

#endif
