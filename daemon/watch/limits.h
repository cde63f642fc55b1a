#ifndef SOHOA_WATCH_LIMITS_H
#define SOHOA_WATCH_LIMITS_H

#include "daemon/model/work_days.h"

/* What counts as standing still: the section "alarm" of the configuration. */

enum alarm_age {
#define AGE(machine, state, hours, who, happened, help, command, action)                           \
    ALARM_AGE_##machine##_##state,
#include "daemon/watch/age.def"
    ALARM_AGE_COUNT
};

struct alarm_limits {
    int age_h[ALARM_AGE_COUNT]; /* hours of working days; 0: no alarm */
    int not_accepted_days;   /* working days without a single accepted delivery though some wait */
    int not_reconciled_days; /* working days since the last comparison with a target */
    int disk_days;           /* days until the disk is full, as it fills now */
    struct work_days days;
};

#endif
