#ifndef SOHOA_STORE_BLOB_H
#define SOHOA_STORE_BLOB_H

#include "daemon/base/err.h"
#include "daemon/base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Files of the store. The only place that knows their names:
 *
 *   create ──▶ blobs/tmp/<temp name> ──write, commit──▶ blobs/ab/cdef… (SHA-256), 0400 ──▶ row
 *                      └──discard──▶ gone
 *
 * Content is stored once and never changes. A row of table `blob` implies its flushed file; a file
 * without a row is the leftover of a crash and harmless.
 */

struct blobs;
struct db;

enum err_code blobs_open(const char *folder, struct blobs **out, struct err *err);
void blobs_close(struct blobs *blobs);
bool blobs_there(const char *folder);      /* were they opened in this folder before? */
bool blobs_any(const struct blobs *blobs); /* is there a committed file? */
enum err_code blobs_free_bytes(const struct blobs *blobs, uint64_t *out_bytes, struct err *err);

#define BLOB_TEMP_SIZE 129 /* of a temp's name, with the NUL */

/* A new empty temp, readable and writable. Names are [a-z0-9.-], not starting with a dot.
 * CONFLICT when that name exists. */
enum err_code blob_create(struct blobs *blobs, const char *temp, int *out_fd, struct err *err);
void blob_discard(struct blobs *blobs, const char *temp); /* a missing one is fine */

/* Makes the temp's content the blob `sha256`: hash and size (-1: not known) compared, file and
 * folder flushed, row inserted in the caller's transaction. The temp stays until blob_discard, so
 * that a failed transaction can be tried again. A damaged file of that name is replaced. NOT_FOUND
 * no such temp; BLOB_DAMAGED its content is not what was said. */
enum err_code blob_commit(struct blobs *blobs, struct db *db, const char *temp, const char *sha256,
                          int64_t size_bytes, struct err *err);

/* Copies what a descriptor holds (a worker's memory file) or a text; same promises. */
enum err_code blob_put_fd(struct blobs *blobs, struct db *db, int fd, uint64_t max_bytes,
                          char out_sha256[HASH_HEX_SIZE], struct err *err);
/* A text that becomes durable with the caller's transaction and nothing else: it lies in its row, has
 * no path, and is opened as a descriptor in memory. */
enum err_code blob_put_row(struct db *db, const char *text, char out_sha256[HASH_HEX_SIZE],
                           struct err *err);
enum err_code blob_put_text(struct blobs *blobs, struct db *db, const char *text,
                            char out_sha256[HASH_HEX_SIZE], struct err *err);

/* Read-only and seekable. BLOB_DAMAGED when the file is gone or has another size than its row. */
enum err_code blob_open(struct blobs *blobs, struct db *db, const char *sha256, int *out_fd,
                        int64_t *out_size, struct err *err);
/* Reads it all: BLOB_DAMAGED when the content is not what its name says. */
enum err_code blob_check(struct blobs *blobs, struct db *db, const char *sha256, struct err *err);
/* Absolute path, the caller's (mem_free); for people and tests, not for workers. */
enum err_code blob_path(struct blobs *blobs, const char *sha256, char **out, struct err *err);
/* For good, once its row is gone: content, name, and the folder is flushed. A missing one is fine.
 */
enum err_code blob_remove(struct blobs *blobs, const char *sha256, struct err *err);
enum err_code blob_wipe_temp(struct blobs *blobs, const char *temp, struct err *err);
/* "image/tiff", "application/pdf"… by the first bytes; static text. */
const char *blob_media_type(int fd);

/* For every temp that is there, until one is enough (false). None is made or removed meanwhile. */
enum err_code blob_each_temp(struct blobs *blobs, bool (*visit)(void *payload, const char *temp),
                             void *payload, struct err *err);

#endif
