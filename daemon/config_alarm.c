#include "daemon/config_alarm.h"

#include "daemon/base/when.h"

#include <confuse.h>
#include <stdio.h>

#define HOURS_MAX 10000
#define DAYS_MAX 365

static char no_days[] = "{}"; /* libconfuse wants it writable */

static cfg_opt_t options[] = {
#define AGE(machine, state, hours, who, happened, help, command, action)                           \
    CFG_INT(#machine "_" #state "_h", hours, CFGF_NONE),
#include "daemon/watch/age.def"
    CFG_INT("not_accepted_days", 2, CFGF_NONE),
    CFG_INT("not_reconciled_days", 5, CFGF_NONE),
    CFG_INT("disk_days", 14, CFGF_NONE),
    CFG_STR_LIST("days_off", no_days, CFGF_NONE),
    CFG_END(),
};

static const char *const ages[] = {
#define AGE(machine, state, hours, who, happened, help, command, action)                           \
    [ALARM_AGE_##machine##_##state] = #machine "_" #state "_h",
#include "daemon/watch/age.def"
};

struct cfg_opt_t *config_alarm_options(void)
{
    return options;
}

static int check_number(cfg_t *cfg, cfg_opt_t *opt, long high)
{
    long value = cfg_opt_getnint(opt, 0);
    if (value >= 0 && value <= high)
        return 0;
    cfg_error(cfg, "alarm: %s %ld is not between 0 and %ld", opt->name, value, high);
    return -1;
}

static int check_hours(cfg_t *cfg, cfg_opt_t *opt)
{
    return check_number(cfg, opt, HOURS_MAX);
}

static int check_days(cfg_t *cfg, cfg_opt_t *opt)
{
    return check_number(cfg, opt, DAYS_MAX);
}

static int check_days_off(cfg_t *cfg, cfg_opt_t *opt)
{
    const char *day = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
    if (work_days_parse(day) < 0) {
        cfg_error(cfg, "alarm: days_off '%s' is no day, 2027-02-05", day);
        return -1;
    }
    if (cfg_opt_size(opt) > WORK_DAYS_OFF_MAX) {
        cfg_error(cfg, "alarm: more than %d days_off", WORK_DAYS_OFF_MAX);
        return -1;
    }
    return 0;
}

void config_alarm_watch(cfg_t *cfg)
{
    for (int i = 0; i < ALARM_AGE_COUNT; i++) {
        char path[60];
        snprintf(path, sizeof path, "alarm|%s", ages[i]);
        cfg_set_validate_func(cfg, path, check_hours);
    }
    cfg_set_validate_func(cfg, "alarm|not_accepted_days", check_days);
    cfg_set_validate_func(cfg, "alarm|not_reconciled_days", check_days);
    cfg_set_validate_func(cfg, "alarm|disk_days", check_days);
    cfg_set_validate_func(cfg, "alarm|days_off", check_days_off);
}

void config_alarm_read(cfg_t *cfg, struct alarm_limits *out)
{
    cfg_t *alarm = cfg_getsec(cfg, "alarm");
    *out = (struct alarm_limits){
        .not_accepted_days = (int)cfg_getint(alarm, "not_accepted_days"),
        .not_reconciled_days = (int)cfg_getint(alarm, "not_reconciled_days"),
        .disk_days = (int)cfg_getint(alarm, "disk_days"),
    };
    for (int i = 0; i < ALARM_AGE_COUNT; i++)
        out->age_h[i] = (int)cfg_getint(alarm, ages[i]);
    for (unsigned i = 0; i < cfg_size(alarm, "days_off") && i < WORK_DAYS_OFF_MAX; i++)
        out->days.off[out->days.off_count++] =
            when_today_local(work_days_parse(cfg_getnstr(alarm, "days_off", i)));
}
