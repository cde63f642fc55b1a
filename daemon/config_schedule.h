#ifndef SOHOA_CONFIG_SCHEDULE_H
#define SOHOA_CONFIG_SCHEDULE_H

/* The section "schedule" of the configuration; included by config.c and config_schedule.c alone,
 * which know the library that reads it. */

#include "daemon/pipeline/schedule_rules.h"

struct cfg_t;
struct cfg_opt_t;

/* Options of the section, ended by CFG_END; static. */
struct cfg_opt_t *config_schedule_options(void);
/* Each value is looked at as it is read, so that an error names its line. */
void config_schedule_watch(struct cfg_t *cfg);
void config_schedule_read(struct cfg_t *cfg, struct schedule_limits *out);

#endif
