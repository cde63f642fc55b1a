#ifndef SOHOA_CONFIG_LOOK_UP_H
#define SOHOA_CONFIG_LOOK_UP_H

/* The section "look_up" of the configuration; included by config.c and config_look_up.c alone,
 * which know the library that reads it. */

#include "daemon/base/err.h"
#include "daemon/base/js.h"

struct cfg_t;
struct cfg_opt_t;

/* Options of the section, ended by CFG_END; static. */
struct cfg_opt_t *config_look_up_options(void);
/* Each value is looked at as it is read, so that an error names its line. */
void config_look_up_watch(struct cfg_t *cfg);

/* {"sources": [{"name", "label", "national"}…] in the order they are asked, "timeout_s",
 * "cache_days", "wait_days", "asker_id": "" or the officer's}. BAD_CONFIG: a name that is no
 * target, or one of a kind that answers no questions. */
enum err_code config_look_up_read(struct cfg_t *cfg, const struct js *targets, struct js **out,
                                  struct err *err);

#endif
