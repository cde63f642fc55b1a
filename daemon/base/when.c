#include "daemon/base/when.h"

#include <stdio.h>
#include <time.h>

#define LOCAL_OFFSET_US (7LL * 3600 * 1000000)

static int64_t floor_seconds(int64_t us, int *out_rest_us)
{
    int64_t seconds = us / 1000000;
    int64_t rest = us % 1000000;
    if (rest < 0) {
        rest += 1000000;
        seconds--;
    }
    *out_rest_us = (int)rest;
    return seconds;
}

static struct tm broken_down(int64_t us, int *out_rest_us)
{
    time_t seconds = (time_t)floor_seconds(us, out_rest_us);
    struct tm parts = {0};
    gmtime_r(&seconds, &parts);
    return parts;
}

void when_iso_local(int64_t utc_us, char out[WHEN_ISO_SIZE])
{
    int rest;
    struct tm t = broken_down(utc_us + LOCAL_OFFSET_US, &rest);
    strftime(out, WHEN_ISO_SIZE, "%Y-%m-%dT%H:%M:%S+07:00", &t);
}

void when_iso_utc(int64_t utc_us, char out[WHEN_ISO_SIZE])
{
    int rest;
    struct tm t = broken_down(utc_us, &rest);
    size_t used = strftime(out, WHEN_ISO_SIZE, "%Y-%m-%dT%H:%M:%S", &t);
    snprintf(out + used, WHEN_ISO_SIZE - used, ".%06dZ", rest);
}

bool when_is_date(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

int when_today_local(int64_t utc_us)
{
    int rest;
    struct tm t = broken_down(utc_us + LOCAL_OFFSET_US, &rest);
    return (t.tm_year + 1900) * 10000 + (t.tm_mon + 1) * 100 + t.tm_mday;
}
