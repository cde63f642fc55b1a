#ifndef SOHOA_BASE_HASH_H
#define SOHOA_BASE_HASH_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SHA-256 (FIPS 180-4) through OpenSSL, as 64 lower-case hex digits. */

#define HASH_HEX_SIZE 65 /* with the NUL */

struct hash; /* running hash */

struct hash *hash_new(void); /* NULL when out of memory */
void hash_update(struct hash *hash, const void *bytes, size_t size);
void hash_finish(struct hash *hash, char out_hex[HASH_HEX_SIZE]); /* once */
void hash_free(struct hash *hash);

void hash_bytes(const void *bytes, size_t size, char out_hex[HASH_HEX_SIZE]);
/* HMAC-SHA-256 (RFC 2104) as raw bytes. */
#define HASH_RAW_SIZE 32
void hash_hmac(const void *key, size_t key_size, const void *bytes, size_t size,
               unsigned char out[HASH_RAW_SIZE]);
void hash_to_hex(const unsigned char raw[HASH_RAW_SIZE], char out_hex[HASH_HEX_SIZE]);
/* Whole file from offset 0; the descriptor's offset is not moved. */
enum err_code hash_fd(int fd, char out_hex[HASH_HEX_SIZE], uint64_t *out_size, struct err *err);
/* `size` bytes from `offset` on. IO when there are fewer. */
enum err_code hash_range(int fd, uint64_t offset, uint64_t size, char out_hex[HASH_HEX_SIZE],
                         struct err *err);
/* The same as MD5: a checksum some protocols ask for, no proof of anything. */
#define HASH_MD5_SIZE 16
enum err_code hash_range_md5(int fd, uint64_t offset, uint64_t size,
                             unsigned char out[HASH_MD5_SIZE], struct err *err);
bool hash_is_hex(const char *text); /* exactly 64 lower-case hex digits */

#endif
