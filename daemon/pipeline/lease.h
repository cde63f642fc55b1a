#ifndef SOHOA_PIPELINE_LEASE_H
#define SOHOA_PIPELINE_LEASE_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * One scanner, several clerks: whoever scans has the scanner until a while after the last use, may
 * hand it over before that, and loses it to whoever asks once it has been idle long enough. Memory
 * only: after a restart the scanner is free.
 *
 *   free ──take──▶ idle ──use──▶ in use ──rest──▶ idle ──time──▶ free
 *                   └──take_idle, hand_over──▶ somebody else's
 */

#define LEASE_OWNER_SIZE 48

struct lease {
    char owner[LEASE_OWNER_SIZE]; /* principal id; "" = free */
    int64_t since_us, until_us;   /* wall clock */
    int64_t idle_since_us;        /* last used; being asked to keep it is no use */
    bool in_use;                  /* a job runs: neither idle nor over */
};

bool lease_is_free(const struct lease *lease, int64_t now_us);
bool lease_is_of(const struct lease *lease, const char *who, int64_t now_us);
/* DEVICE_LEASED while somebody else than `who` has it. */
enum err_code lease_check(const struct lease *lease, const char *who, int64_t now_us,
                          struct err *err);
/* Taken or kept by `who` for `last_ms` more. DEVICE_LEASED while somebody else has it. */
enum err_code lease_take(struct lease *lease, const char *who, int64_t now_us, int last_ms,
                         struct err *err);
/* The same from somebody who has not used it for `idle_ms`. */
enum err_code lease_take_idle(struct lease *lease, const char *who, int64_t now_us, int last_ms,
                              int idle_ms, struct err *err);
/* From its owner to `to` ("" = free). `force`: whoever has it. DEVICE_LEASED unless `who` has it.
 */
enum err_code lease_hand_over(struct lease *lease, const char *who, const char *to, bool force,
                              int64_t now_us, int last_ms, struct err *err);
void lease_use(struct lease *lease);
/* Used a moment ago; its owner has it for `last_ms` more. */
void lease_rest(struct lease *lease, int64_t now_us, int last_ms);
/* {"owner","since_us","until_us","idle_since_us" (null: in use)}, JSON null when free. NULL: out of
 * memory. */
struct js *lease_to_js(const struct lease *lease, int64_t now_us);

#endif
