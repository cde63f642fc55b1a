#ifndef SOHOA_BASE_TEXT_H
#define SOHOA_BASE_TEXT_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Vietnamese text: UTF-8, NFC from the point of entry. Results are the caller's (mem_free). */

bool text_is_utf8(const char *bytes, size_t size); /* well-formed, no NUL inside */
/* NFC (UAX 15). BAD_ARGUMENT for bad UTF-8. */
enum err_code text_nfc(const char *bytes, size_t size, char **out, struct err *err);
/* For comparing: lower case, marks stripped, đ becomes d (it is a letter of its own, no mark comes
 * off it). "QUYẾT ĐỊNH" gives "quyet dinh". NULL when out of memory or not UTF-8. */
char *text_fold(const char *text);
/* Lower and upper case by Unicode simple mapping; marks stay. */
char *text_lower(const char *text);
char *text_upper(const char *text);
/* Spaces (any Unicode white space) at the ends removed, inner runs made one space. */
char *text_squeeze(const char *text);
/* For logs and terminals: control characters and bad UTF-8 become '?', at most max_bytes. In place
 * safe; result NUL-terminated. The one function for every sink. */
void text_printable(const char *text, char *out, size_t out_size);
/* Identifier for logs: first 3 and last 4 characters stay, "036*****1234"; short ones all stars. */
void text_mask(const char *identifier, char *out, size_t out_size);
/* Next code point; *cursor moves on. -1 on bad UTF-8 (cursor moves one byte), 0 at the end. */
int32_t text_next(const char **cursor);
/* Writes the UTF-8 of one code point, returns bytes (1..4). */
size_t text_put(int32_t code_point, char out[4]);
bool text_starts(const char *text, const char *prefix);
/* Natural order: "p2" before "p10". For qsort-like use; <0, 0, >0. */
int text_natural_compare(const char *a, const char *b);
/* Edit distance in code points (Levenshtein); both at most 4096 code points, else SIZE_MAX. */
size_t text_distance(const char *a, const char *b);

#endif
