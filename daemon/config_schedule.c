#include "daemon/config_schedule.h"

#include <confuse.h>
#include <stddef.h>
#include <string.h>

static cfg_opt_t options[] = {
    CFG_STR("window", "always", CFGF_NONE), CFG_STR("day", "trickle", CFGF_NONE),
    CFG_INT("day_jobs", 1, CFGF_NONE),      CFG_INT("nights", 3, CFGF_NONE),
    CFG_STR("power_off_at", "", CFGF_NONE), CFG_END(),
};

struct cfg_opt_t *config_schedule_options(void)
{
    return options;
}

static int check_window(cfg_t *cfg, cfg_opt_t *opt)
{
    struct schedule_limits limits;
    const char *text = cfg_opt_getnstr(opt, 0);
    if (schedule_window_from_text(text, &limits))
        return 0;
    cfg_error(cfg, "schedule: window '%s' is not always or HH:MM-HH:MM", text);
    return -1;
}

static int check_day(cfg_t *cfg, cfg_opt_t *opt)
{
    const char *word = cfg_opt_getnstr(opt, 0);
    if (strcmp(word, "trickle") == 0 || strcmp(word, "urgent") == 0)
        return 0;
    cfg_error(cfg, "schedule: day '%s' is not trickle or urgent", word);
    return -1;
}

static int check_power_off(cfg_t *cfg, cfg_opt_t *opt)
{
    int minute;
    const char *text = cfg_opt_getnstr(opt, 0);
    if (!*text || schedule_minute_from_text(text, &minute))
        return 0;
    cfg_error(cfg, "schedule: power_off_at '%s' is not HH:MM", text);
    return -1;
}

static int check_number(cfg_t *cfg, cfg_opt_t *opt)
{
    long value = cfg_opt_getnint(opt, 0);
    long high = strcmp(opt->name, "day_jobs") == 0 ? 16 : 365;
    if (value >= 1 && value <= high)
        return 0;
    cfg_error(cfg, "schedule: %s %ld is not between 1 and %ld", opt->name, value, high);
    return -1;
}

void config_schedule_watch(cfg_t *cfg)
{
    cfg_set_validate_func(cfg, "schedule|window", check_window);
    cfg_set_validate_func(cfg, "schedule|day", check_day);
    cfg_set_validate_func(cfg, "schedule|power_off_at", check_power_off);
    cfg_set_validate_func(cfg, "schedule|day_jobs", check_number);
    cfg_set_validate_func(cfg, "schedule|nights", check_number);
}

void config_schedule_read(cfg_t *cfg, struct schedule_limits *out)
{
    cfg_t *schedule = cfg_getsec(cfg, "schedule");
    const char *power_off = cfg_getstr(schedule, "power_off_at");
    *out = (struct schedule_limits){
        .day_trickles = strcmp(cfg_getstr(schedule, "day"), "trickle") == 0,
        .day_jobs = (int)cfg_getint(schedule, "day_jobs"),
        .nights = (int)cfg_getint(schedule, "nights"),
        .power_off_min = -1,
    };
    schedule_window_from_text(cfg_getstr(schedule, "window"), out);
    if (*power_off)
        schedule_minute_from_text(power_off, &out->power_off_min);
}
