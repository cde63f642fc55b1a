#ifndef SOHOA_HTTP_ORIGIN_H
#define SOHOA_HTTP_ORIGIN_H

#include <stdbool.h>

/*
 * Which addresses a browser may use for us. The check of Host keeps foreign names out that were
 * made to point at 127.0.0.1 (DNS rebinding), the one of Origin keeps foreign pages out.
 */

/* "127.0.0.1" or "localhost", with our port or none. NULL is nobody's. */
bool host_is_ours(const char *host, int port);
/* "http://127.0.0.1:PORT", "http://localhost:PORT", or a paired origin. NULL and "null" are not. */
bool origin_is_ours(const char *origin, int port);

/* Origins paired with this machine (the province's one-stop software); none so far. NULL-ended. */
extern const char *const origin_paired[];

#endif
