#ifndef SOHOA_MODEL_WORK_DAYS_H
#define SOHOA_MODEL_WORK_DAYS_H

#include <stddef.h>
#include <stdint.h>

/* Days on which nobody works take no time: Saturdays, Sundays and the days off a site names
 * (YYYYMMDD), in Vietnam's time. */

#define WORK_DAYS_OFF_MAX 60

struct work_days {
    int off[WORK_DAYS_OFF_MAX];
    size_t off_count;
};

/* The moment `hours` of working days before now_us; a working day has 24 of them. */
int64_t work_days_before(const struct work_days *days, int64_t now_us, int64_t hours);
/* When the last working day before the one of now_us began (00:00 in Vietnam): on a Monday, Friday.
 */
int64_t work_days_last_began(const struct work_days *days, int64_t now_us);
/* When that day began (00:00 in Vietnam). */
int64_t work_days_day_began(int64_t at_us);
/* "2027-02-05" of Vietnam as its first moment; -1: no day that exists. */
int64_t work_days_parse(const char *day);

#endif
