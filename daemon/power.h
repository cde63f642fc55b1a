#ifndef SOHOA_POWER_H
#define SOHOA_POWER_H

#include "daemon/base/err.h"

typedef struct sd_event sd_event;

/*
 * Switches the station off through systemd-logind, which asks polkit whether we may: nobody is
 * asked for a password. The bus is DBUS_SYSTEM_BUS_ADDRESS or the system's, opened by the first
 * question.
 */

struct power;

enum err_code power_new(sd_event *loop, struct power **out, struct err *err);
void power_free(struct power *power); /* nobody is called back any more */

/* Called once, from the event loop or at once. err NULL: yes, or it is on its way.
 * POWER_NOT_PERMITTED, POWER_UNAVAILABLE (no bus, no logind, nothing that can switch off). */
typedef void power_done_fn(void *payload, const struct err *err);

/* One question at a time; CONFLICT. */
void power_may_switch_off(struct power *power, power_done_fn *done, void *payload);
void power_switch_off(struct power *power, power_done_fn *done, void *payload);

#endif
