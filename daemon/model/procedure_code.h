#ifndef SOHOA_MODEL_PROCEDURE_CODE_H
#define SOHOA_MODEL_PROCEDURE_CODE_H

#include <stdbool.h>

#define PROCEDURE_CODE_SIZE 9

/* Mã TTHC by its short form: "1.010708" of itself, of "1.010708.000.00.00.H56" (as a province lists
 * it) and of "1.010708.01" (an online service of it). False: it is none. Source: regulations 7.3.
 */
bool procedure_code_short(const char *text, char out[PROCEDURE_CODE_SIZE]);

#endif
