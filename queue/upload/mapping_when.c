#include "queue/upload/mapping_when.h"

#include "daemon/base/text.h"
#include "daemon/base/when.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define VIETNAM_S (7 * 3600) /* ahead of UTC, no summer time */

enum part { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PART_COUNT };

static const struct {
    const char *name;
    int size;
} parts[PART_COUNT] = {{"yyyy", 4}, {"MM", 2}, {"dd", 2}, {"HH", 2}, {"mm", 2}, {"ss", 2}};

static int part_at(const char *pattern)
{
    for (int i = 0; i < PART_COUNT; i++)
        if (text_starts(pattern, parts[i].name))
            return i;
    return -1;
}

bool mapping_pattern_is_good(const char *pattern)
{
    bool has[PART_COUNT] = {false};
    if (strlen(pattern) >= MAPPING_WHEN_SIZE)
        return false;
    while (*pattern) {
        int part = part_at(pattern);
        if ((part >= 0 && has[part]) ||
            (part < 0 && isalpha((unsigned char)*pattern) && *pattern != 'T'))
            return false;
        if (part >= 0)
            has[part] = true;
        pattern += part >= 0 ? parts[part].size : 1;
    }
    return has[YEAR];
}

static bool read_moment(const char *iso, struct tm *out)
{
    int year, month, day, hour, minute, second, zone_hour = 0, zone_minute = 0, used = 0;
    char sign = '+';
    bool is_moment = sscanf(iso, "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute,
                            &second, &used) == 6 &&
                     used == 19;
    if (!is_moment || !when_is_date(year, month, day) || hour > 23 || minute > 59 || second > 60)
        return false;
    const char *zone = iso + used;
    if (*zone == '.')
        zone += 1 + strspn(zone + 1, "0123456789");
    if (strcmp(zone, "Z") != 0 &&
        (sscanf(zone, "%c%2d:%2d", &sign, &zone_hour, &zone_minute) != 3 || !strchr("+-", sign)))
        return false;
    int zone_s = (zone_hour * 60 + zone_minute) * 60;
    struct tm given = {.tm_year = year - 1900,
                       .tm_mon = month - 1,
                       .tm_mday = day,
                       .tm_hour = hour,
                       .tm_min = minute,
                       .tm_sec = second};
    time_t at = timegm(&given) - (sign == '-' ? -zone_s : zone_s) + VIETNAM_S;
    return gmtime_r(&at, out);
}

static bool read_iso(const char *iso, int out[PART_COUNT])
{
    int year, month, day, used = 0;
    if (sscanf(iso, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && used == 10 && !iso[10]) {
        int values[PART_COUNT] = {year, month, day, 0, 0, 0};
        memcpy(out, values, sizeof values);
        return when_is_date(year, month, day);
    }
    struct tm moment;
    if (!read_moment(iso, &moment))
        return false;
    int values[PART_COUNT] = {moment.tm_year + 1900, moment.tm_mon + 1, moment.tm_mday,
                              moment.tm_hour,        moment.tm_min,     moment.tm_sec};
    memcpy(out, values, sizeof values);
    return true;
}

bool mapping_when_write(const char *iso, const char *pattern, char out[MAPPING_WHEN_SIZE])
{
    int values[PART_COUNT];
    if (!read_iso(iso, values))
        return false;
    size_t size = 0;
    while (*pattern && size + 5 < MAPPING_WHEN_SIZE) {
        int part = part_at(pattern);
        if (part >= 0)
            size += (size_t)snprintf(out + size, MAPPING_WHEN_SIZE - size, "%0*d", parts[part].size,
                                     values[part] % 10000);
        else
            out[size++] = *pattern;
        pattern += part >= 0 ? parts[part].size : 1;
    }
    out[size] = '\0';
    return *pattern == '\0';
}

static bool read_digits(const char *text, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + text[i] - '0';
    }
    *out = value;
    return true;
}

bool mapping_when_read(const char *text, const char *pattern, char out_day[11])
{
    int values[PART_COUNT] = {0, 1, 1, 0, 0, 0};
    while (*pattern) {
        int part = part_at(pattern), size = part >= 0 ? parts[part].size : 1;
        if (part >= 0 ? !read_digits(text, size, &values[part]) : *text != *pattern)
            return false;
        pattern += size;
        text += size;
    }
    if (*text || !when_is_date(values[YEAR], values[MONTH], values[DAY]))
        return false;
    snprintf(out_day, 11, "%04u-%02u-%02u", (unsigned)values[YEAR] % 10000,
             (unsigned)values[MONTH] % 100, (unsigned)values[DAY] % 100);
    return true;
}
