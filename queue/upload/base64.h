#ifndef SOHOA_UPLOAD_BASE64_H
#define SOHOA_UPLOAD_BASE64_H

#include <stddef.h>

/* RFC 4648 4, with padding; mem_free. NULL when out of memory. */
char *base64_encode(const void *bytes, size_t size);

#endif
