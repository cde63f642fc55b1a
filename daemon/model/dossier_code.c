#include "daemon/model/dossier_code.h"

#include "daemon/base/mem.h"
#include "daemon/base/when.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

/* H56 */
static size_t level_at(const char *text)
{
    bool letter = text[0] >= 'A' && text[0] <= 'Z';
    return letter && digits_at(text + 1) == 2 ? 3 : 0;
}

/* 000.17.22.H56 */
static size_t old_agency_at(const char *text)
{
    static const size_t groups[] = {3, 2, 2};
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        if (digits_at(text + at) != groups[i] || text[at + groups[i]] != '.')
            return 0;
        at += groups[i] + 1;
    }
    return level_at(text + at) ? at + 3 : 0;
}

/* H56, H56.14, H56.14.2A */
static size_t new_agency_at(const char *text)
{
    size_t at = level_at(text);
    while (at && text[at] == '.') {
        size_t group = strspn(text + at + 1, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (!group)
            return 0;
        at += 1 + group;
    }
    return at <= 35 ? at : 0;
}

bool dossier_code_is_valid(const char *text)
{
    size_t agency = old_agency_at(text);
    if (!agency)
        agency = new_agency_at(text);
    if (!agency || text[agency] != '-' || digits_at(text + agency + 1) != 6)
        return false;
    int year, month, day;
    const char *date = text + agency + 1;
    if (sscanf(date, "%2d%2d%2d", &year, &month, &day) != 3 ||
        !when_is_date(2000 + year, month, day) || date[6] != '-')
        return false;
    size_t ordinal = digits_at(date + 7);
    return (ordinal == 4 || ordinal == 5) && !date[7 + ordinal];
}

char *dossier_code_canonical(const char *typed)
{
    char *text = mem_strdup(typed);
    size_t size = 0;
    for (const char *c = text; c && *c; c++) {
        bool lower = *c >= 'a' && *c <= 'z';
        if (*c != ' ' && *c != '\t')
            text[size++] = lower ? (char)(*c - 'a' + 'A') : *c;
    }
    if (text)
        text[size] = 0;
    return text;
}

/* Two digits each; "" when there is no such day, or it lies ahead. */
static void day_of(int year, int month, int day, const char *today, char out[11])
{
    char text[40];
    out[0] = 0;
    if (!when_is_date(2000 + year, month, day))
        return;
    snprintf(text, sizeof text, "%04d-%02d-%02d", 2000 + year, month, day);
    if (strcmp(text, today) <= 0)
        memcpy(out, text, 11);
}

bool dossier_code_day(const char *code, const char *today, char out[11], bool *out_to_check)
{
    static const char first_of_other_form[] = "2018-06-21"; /* NĐ 61/2018 in force */
    int a, b, c;
    char year_first[11], day_first[11];
    const char *last = strrchr(code, '-');
    if (!last || last - code < 7 || sscanf(last - 6, "%2d%2d%2d", &a, &b, &c) != 3)
        return false;
    day_of(a, b, c, today, year_first);
    day_of(c, b, a, today, day_first);
    if (strcmp(day_first, first_of_other_form) < 0)
        day_first[0] = 0;
    bool by_year = strcmp(year_first, day_first) >= 0;
    if (!*year_first && !*day_first)
        return false;
    *out_to_check = *year_first && *day_first && strcmp(year_first, day_first) != 0;
    memcpy(out, by_year ? year_first : day_first, 11);
    return true;
}
