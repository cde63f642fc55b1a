#include "daemon/model/work_days.h"

#include "daemon/base/when.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HOUR_US INT64_C(3600000000)
#define DAY_US (24 * HOUR_US)
#define LOCAL_OFFSET_US (7 * HOUR_US)
#define DAYS_BACK_MAX 1000 /* however many days off a site names */

static int64_t day_number(int64_t at_us)
{
    int64_t local_us = at_us + LOCAL_OFFSET_US;
    return local_us / DAY_US - (local_us % DAY_US < 0);
}

int64_t work_days_day_began(int64_t at_us)
{
    return day_number(at_us) * DAY_US - LOCAL_OFFSET_US;
}

static bool is_off(const struct work_days *days, int64_t day_us)
{
    int64_t weekday = (day_number(day_us) % 7 + 11) % 7; /* 0 is Sunday: 1970 began on a Thursday */
    if (weekday == 0 || weekday == 6)
        return true;
    int date = when_today_local(day_us);
    for (size_t i = 0; i < days->off_count; i++)
        if (days->off[i] == date)
            return true;
    return false;
}

int64_t work_days_before(const struct work_days *days, int64_t now_us, int64_t hours)
{
    int64_t at_us = now_us, left_us = hours * HOUR_US;
    for (int i = 0; left_us > 0 && i < DAYS_BACK_MAX; i++) {
        int64_t day_us = work_days_day_began(at_us - 1);
        int64_t worked_us = is_off(days, day_us) ? 0 : at_us - day_us;
        if (worked_us >= left_us)
            return at_us - left_us;
        left_us -= worked_us;
        at_us = day_us;
    }
    return at_us;
}

int64_t work_days_last_began(const struct work_days *days, int64_t now_us)
{
    int64_t day_us = work_days_day_began(now_us) - DAY_US;
    for (int i = 0; is_off(days, day_us) && i < DAYS_BACK_MAX; i++)
        day_us -= DAY_US;
    return day_us;
}

int64_t work_days_parse(const char *day)
{
    int year, month, date, used = 0;
    if (sscanf(day, "%4d-%2d-%2d%n", &year, &month, &date, &used) != 3 || used != 10 ||
        strlen(day) != 10 || !when_is_date(year, month, date))
        return -1;
    struct tm parts = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = date};
    return (int64_t)timegm(&parts) * 1000000 - LOCAL_OFFSET_US;
}
