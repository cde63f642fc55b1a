#ifndef SOHOA_STORE_DEVICE_H
#define SOHOA_STORE_DEVICE_H

#include "queue/store/store.h"

/* What people settled about scanners: labels and profiles, by identity (issue "Capture"). */

#define DEVICE_LABEL_MAX 60
#define PROFILE_NAME_MAX 60

/* {"devices":[{"identity","label","profile"}], "profiles":[{"name","settings","locked"}]} */
enum err_code device_settings(struct store *store, struct js **out, struct err *err);

/* NULL leaves it, "" takes it away. LABEL_TAKEN; NOT_FOUND when there is no such profile. */
enum err_code device_set(struct store *store, const char *identity, const char *label,
                         const char *profile, struct principal by, struct err *err);

/* Made or changed; `settings` were checked by the caller. PROFILE_LOCKED unless `by` is IT staff.
 */
enum err_code profile_set(struct store *store, const char *name, const struct js *settings,
                          bool locked, struct principal by, struct err *err);
/* PROFILE_IN_USE names the devices that have it; with `force` they have none from then on.
 * NOT_FOUND, PROFILE_LOCKED. */
enum err_code profile_remove(struct store *store, const char *name, bool force, struct principal by,
                             struct err *err);
/* A journal row about the device: who got it, from whom. */
enum err_code device_note(struct store *store, const char *identity, const char *event,
                          const char *from, const char *to, struct principal by, struct err *err);

#endif
