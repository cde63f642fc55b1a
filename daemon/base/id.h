#ifndef SOHOA_BASE_ID_H
#define SOHOA_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

/* Ids are UUIDv7 text (RFC 9562): sortable by creation time to the microsecond, made before
 * anything is stored. */

#define ID_SIZE 37 /* with the NUL */

void id_new(char out[ID_SIZE]);
bool id_is_valid(const char *text); /* shape of a lower-case UUID, any version */
/* When it was made, to the millisecond; 0 for what is no UUIDv7. */
int64_t id_time_us(const char *id);
/* Eight characters for people to read out: the reference shown on the screen and logged. */
#define REF_SIZE 9
void ref_new(char out[REF_SIZE]);
/* 32 random bytes as 64 hex digits: session and one-time tokens. */
#define TOKEN_SIZE 65
void token_new(char out[TOKEN_SIZE]);
/* Constant time; false for NULL or other lengths. */
bool token_equal(const char *a, const char *b);

#endif
