#ifndef SOHOA_CONFIG_ROLE_H
#define SOHOA_CONFIG_ROLE_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stddef.h>

/* What a target is for, of every kind: whose warehouse it is (role), when the citizen may see a
 * result there (handover), what becomes of the files of a withdrawn record (withdraw), and with
 * which certificates agencies sign what the owner's warehouse takes (agency_certificates). */

struct cfg_t;

int config_role_check(struct cfg_t *cfg, struct cfg_t *target);
/* false: out of memory */
bool config_role_add(struct js *args, struct cfg_t *target);

/* false: it is only asked (look_up, code_target), nothing is sent there. */
bool config_role_takes_records(const struct js *target);

/* The store worker's arguments about the targets as config_target_read has them, from argv[*count]
 * on, below `max`; what mem_strdup could not have is NULL. */
void config_role_arguments(const struct js *targets, char **argv, size_t max, size_t *count);

#define CONFIG_ROLE_OPTIONS                                                                        \
    CFG_STR("role", "system", CFGF_NONE), CFG_STR("handover", "none", CFGF_NONE),                  \
        CFG_STR("withdraw", "keep", CFGF_NONE),                                                    \
        CFG_STR_LIST("agency_certificates", NULL, CFGF_NONE)

#endif
