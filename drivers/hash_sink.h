#ifndef SOHOA_DRIVERS_HASH_SINK_H
#define SOHOA_DRIVERS_HASH_SINK_H

#include "daemon/base/hash.h"
#include "drivers/row_sink.h"

/*
 * SHA-256 over the rows of a page, nothing else: two pages with the same pixels have the same
 * pixel_sha256 however they are compressed.
 */
struct hash_sink {
    struct row_sink sink; /* give this to the capture */
    size_t row_bytes;
    struct hash *hash;
    char hex[HASH_HEX_SIZE]; /* filled by end */
};

void hash_sink_init(struct hash_sink *sink);
void hash_sink_done(struct hash_sink *sink);

static inline void hash_sink_auto(struct hash_sink *place)
{
    hash_sink_done(place);
}

#endif
