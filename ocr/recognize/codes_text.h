#ifndef SOHOA_RECOGNIZE_CODES_TEXT_H
#define SOHOA_RECOGNIZE_CODES_TEXT_H

#include "daemon/base/err.h"

#include <stddef.h>

/* What a code's bytes say: valid UTF-8 as it is; UTF-8 that was taken for Latin-1 and encoded again
 * is turned back; other bytes are taken as Latin-1. Of a citizen card's record (regulations 8.3)
 * only the seven standard fields stay: the 2024 card adds names and numbers of relatives, which
 * nobody asked for (8.4). Caller's; NULL with an error. */
enum err_code codes_text(const void *bytes, size_t size, char **out, struct err *err);

#endif
