#ifndef SOHOA_CONFIG_ALARM_H
#define SOHOA_CONFIG_ALARM_H

/* The section "alarm" of the configuration; included by config.c and config_alarm.c alone, which
 * know the library that reads it. */

#include "daemon/watch/limits.h"

struct cfg_t;
struct cfg_opt_t;

/* Options of the section, ended by CFG_END; static. */
struct cfg_opt_t *config_alarm_options(void);
/* Sets the checks of its values. */
void config_alarm_watch(struct cfg_t *cfg);
void config_alarm_read(struct cfg_t *cfg, struct alarm_limits *out);

#endif
