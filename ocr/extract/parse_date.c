#include "ocr/extract/parse_date.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "daemon/base/when.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char repair_digit(char c)
{
    if (c == 'O' || c == 'o')
        return '0';
    return c && strchr("lIiL][|!", c) ? '1' : 0;
}

/* Digits at *cursor, at most `most`; moves on. -1 when there are none. */
static int take_digits(const char **cursor, int most, bool *out_repaired)
{
    int value = 0, count = 0;
    for (; count < most; count++, (*cursor)++) {
        char c = **cursor;
        char repaired = repair_digit(c);
        if (!is_digit(c) && !repaired)
            break;
        if (repaired)
            *out_repaired = true;
        value = value * 10 + ((repaired ? repaired : c) - '0');
    }
    return count ? value : -1;
}

static void skip_spaces(const char **cursor)
{
    while (**cursor == ' ' || **cursor == '\t' || **cursor == '\n')
        (*cursor)++;
}

bool date_is_real(const struct date *date)
{
    return date->year >= 1900 && date->year <= 2099 &&
           when_is_date(date->year, date->month, date->day);
}

bool parse_date_numeric(const char *text, struct date *out)
{
    struct date date = {0};
    const char *next = text;
    skip_spaces(&next);
    const char *day_at = next;
    date.day = take_digits(&next, 2, &date.repaired);
    bool one_digit_day = next - day_at == 1;
    skip_spaces(&next);
    char separator = *next;
    if (date.day < 0 || (separator != '/' && separator != '-' && separator != '.'))
        return false;
    next++;
    skip_spaces(&next);
    const char *month_at = next;
    date.month = take_digits(&next, 2, &date.repaired);
    bool one_digit_month = next - month_at == 1;
    skip_spaces(&next);
    if (date.month < 0 || *next != separator)
        return false;
    next++;
    skip_spaces(&next);
    const char *year_at = next;
    date.year = take_digits(&next, 4, &date.repaired);
    if (next - year_at != 4 || is_digit(*next) || *next == separator || !date_is_real(&date))
        return false;
    date.breaks_zeros = one_digit_day || (one_digit_month && date.month < 3);
    *out = date;
    return true;
}

/* After the folded word, its colon and spaces: the number. */
static bool take_part(const char **cursor, const char *word, int most, int *out, struct date *date)
{
    const char *at = strstr(*cursor, word);
    if (!at)
        return false;
    at += strlen(word);
    skip_spaces(&at);
    const char *number_at = at;
    *out = take_digits(&at, most, &date->repaired);
    if (*out < 0)
        return false;
    if (at - number_at == 1 && (strcmp(word, "ngay") == 0 || *out < 3))
        date->breaks_zeros = true;
    *cursor = at;
    return true;
}

bool parse_date_long(const char *text, struct date *out)
{
    AUTO(mem)
    char *fold = text_fold(text);
    for (const char *start = fold; start && (start = strstr(start, "ngay")); start += 4) {
        struct date date = {0};
        const char *next = start;
        if (!take_part(&next, "ngay", 2, &date.day, &date))
            return false;
        const char *after_day = next;
        skip_spaces(&after_day);
        if (strncmp(after_day, "thang", 5) != 0 ||
            !take_part(&next, "thang", 2, &date.month, &date))
            continue;
        const char *after_month = next;
        skip_spaces(&after_month);
        if (strncmp(after_month, "nam", 3) != 0 || !take_part(&next, "nam", 4, &date.year, &date))
            continue;
        if (!date_is_real(&date) || is_digit(*next))
            continue;
        *out = date;
        return true;
    }
    return false;
}

bool parse_date(const char *text, struct date *out)
{
    return parse_date_numeric(text, out) || parse_date_long(text, out);
}

int parse_date_part(const char *text, bool *out_repaired)
{
    AUTO(mem) char *plain = text_fold(text);
    for (char *c = plain; c && *c == 't' && strlen(plain) == 2; c++)
        *c = 'l'; /* neither day nor month begins with the other figure that looks like a T */
    const char *next = plain ? plain : "";
    int value = take_digits(&next, 4, out_repaired);
    while (*next == '.' || *next == ',' || *next == ';' || *next == ':')
        next++;
    return *next ? -1 : value;
}

void date_iso(const struct date *date, char out[DATE_ISO_SIZE])
{
    snprintf(out, DATE_ISO_SIZE, "%04u-%02u-%02u", (unsigned)date->year % 10000,
             (unsigned)date->month % 100, (unsigned)date->day % 100);
}

struct date date_add_months(struct date date, int months)
{
    int total = date.year * 12 + date.month - 1 + months;
    date.year = total / 12;
    date.month = total % 12 + 1;
    while (date.day > 28 && !when_is_date(date.year, date.month, date.day))
        date.day--;
    return date;
}

int date_compare(const struct date *a, const struct date *b)
{
    if (a->year != b->year)
        return a->year - b->year;
    return a->month != b->month ? a->month - b->month : a->day - b->day;
}
