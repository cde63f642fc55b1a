#ifndef SOHOA_PIPELINE_LEASE_H
#define SOHOA_PIPELINE_LEASE_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * One scanner, several clerks: whoever scans has the scanner until a while after the last use, and
 * may hand it over before that. Memory only: after a restart the scanner is free.
 */

#define LEASE_OWNER_SIZE 48

struct lease {
    char owner[LEASE_OWNER_SIZE]; /* principal id; "" = free */
    int64_t since_us, until_us;   /* wall clock */
};

bool lease_is_free(const struct lease *lease, int64_t now_us);
bool lease_is_of(const struct lease *lease, const char *who, int64_t now_us);
/* Taken or used by `who` for `last_ms` more. DEVICE_LEASED while somebody else has it. */
enum err_code lease_take(struct lease *lease, const char *who, int64_t now_us, int last_ms,
                         struct err *err);
/* From its owner to `to` ("" = free). `force`: whoever has it. DEVICE_LEASED unless `who` has it.
 */
enum err_code lease_hand_over(struct lease *lease, const char *who, const char *to, bool force,
                              int64_t now_us, int last_ms, struct err *err);
/* {"owner","since_us","until_us"}, JSON null when free. NULL: out of memory. */
struct js *lease_to_js(const struct lease *lease, int64_t now_us);

#endif
