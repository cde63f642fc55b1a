#ifndef SOHOA_BASE_WHEN_H
#define SOHOA_BASE_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Times are UTC microseconds; people read Vietnam time (+07:00, no summer time), ISO 8601. */

#define WHEN_ISO_SIZE 40

/* "2026-11-21T09:15:30+07:00" */
void when_iso_local(int64_t utc_us, char out[WHEN_ISO_SIZE]);
/* "2026-11-21T02:15:30.123456Z" */
void when_iso_utc(int64_t utc_us, char out[WHEN_ISO_SIZE]);
/* Proleptic Gregorian date that exists; year 1..9999. */
bool when_is_date(int year, int month, int day);
/* Today in Vietnam, YYYYMMDD as a number. */
int when_today_local(int64_t utc_us);

#endif
