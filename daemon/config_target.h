#ifndef SOHOA_CONFIG_TARGET_H
#define SOHOA_CONFIG_TARGET_H

/* The section "target" of the configuration; included by config.c and config_target.c alone, which
 * know the library that reads it. */

#include "daemon/base/err.h"
#include "daemon/base/js.h"

struct cfg_t;
struct cfg_opt_t;

/* Options of the section, ended by CFG_END; static. */
struct cfg_opt_t *config_target_options(void);

/* Validating callback: 0, or -1 after cfg_error with what is wrong. */
int config_target_check(struct cfg_t *cfg, struct cfg_opt_t *opt);

/* [{"name", "kind", …}] as the upload worker's configure takes it: of each target what belongs to
 * its kind and was given or has a default. */
enum err_code config_target_read(struct cfg_t *cfg, struct js **out, struct err *err);

#endif
