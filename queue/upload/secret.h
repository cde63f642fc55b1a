#ifndef SOHOA_UPLOAD_SECRET_H
#define SOHOA_UPLOAD_SECRET_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/base/mem.h"

/* What a station shows a receiving system of itself: a file of NAME=value lines that only the
 * service may read. Kept out of the configuration, messages and logs; wiped when freed. */

struct secret;

/* BAD_CONFIG: not readable, over 8 KB, or others may read it. */
enum err_code secret_read(const char *path, struct secret **out, struct err *err);
void secret_free(struct secret *secret); /* NULL is fine */
AUTO_DEFINE(secret, struct secret *, secret_free);

/* {name: value} of all lines; NULL when out of memory. */
struct js *secret_to_js(const struct secret *secret);

/* Borrowed; NULL when the file has no such line. */
const char *secret_value(const struct secret *secret, const char *name);

#endif
