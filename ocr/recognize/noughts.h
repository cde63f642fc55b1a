#ifndef SOHOA_RECOGNIZE_NOUGHTS_H
#define SOHOA_RECOGNIZE_NOUGHTS_H

#include <stdbool.h>

/* Of "O2" or "O8/O9/1956" every O is a nought: no word has that letter between digits alone. In
 * place; true when there was one, and then the word is no surer than NOUGHTS_SURE. */
#define NOUGHTS_SURE 0.85

bool noughts_from_letters(char *text);

#endif
