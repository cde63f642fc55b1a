#ifndef SOHOA_TRANSFERS_H
#define SOHOA_TRANSFERS_H

#include "daemon/base/js.h"

/* Records on their way, and how fast: for whoever looks. Nothing here decides anything. */

struct transfers;

enum err_code transfers_new(struct transfers **out, struct err *err);
void transfers_free(struct transfers *transfers);

/* Bytes of that delivery have moved. True: it is time to tell, with what in *out_told (the
 * caller's):
 * {"id", "target", "sent", "total", "rate_bps"}. total_bytes 0: not known. */
bool transfers_moved(struct transfers *transfers, const char *id, const char *target,
                     int64_t moved_bytes, int64_t total_bytes, int64_t monotonic_us,
                     struct js **out_told);
void transfers_end(struct transfers *transfers, const char *id);
struct js *transfers_to_js(const struct transfers *transfers); /* NULL: out of memory */

#endif
