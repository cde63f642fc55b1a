#include "ocr/papers/invent.h"

#include "daemon/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_S 86400

void invent_begin(struct invent *invent, const struct wording *wording, uint64_t seed,
                  enum wording_part part)
{
    *invent = (struct invent){.wording = wording, .part = part, .state = seed};
}

void invent_done(struct invent *invent)
{
    for (size_t i = 0; i < invent->count; i++)
        mem_free(invent->kept[i].value);
    invent->count = 0;
}

/* splitmix64 */
static uint64_t next(struct invent *invent)
{
    uint64_t z = invent->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t invent_below(struct invent *invent, uint64_t bound)
{
    return bound ? next(invent) % bound : 0;
}

/* Units are parted by province: the last of their parts. */
static const char *what_parts(const char *item)
{
    const char *province = strrchr(item, ';');
    return province ? province + 1 : item;
}

const char *invent_choose(struct invent *invent, const struct wording_list *list)
{
    size_t allowed = 0;
    for (size_t i = 0; i < list->count; i++)
        allowed += wording_may_choose(what_parts(list->item[i]), list->count, invent->part);
    if (!allowed)
        return list->item[invent_below(invent, list->count)];
    size_t chosen = invent_below(invent, allowed);
    for (size_t i = 0;; i++)
        if (wording_may_choose(what_parts(list->item[i]), list->count, invent->part) && !chosen--)
            return list->item[i];
}

static const char *choose_from(struct invent *invent, const char *name)
{
    const struct wording_list *list = wording_list(invent->wording, name);
    return list && list->count ? invent_choose(invent, list) : NULL;
}

/* ---- kept values ---- */

const char *invent_value(const struct invent *invent, const char *name)
{
    for (size_t i = invent->count; i-- > 0;)
        if (strcmp(invent->kept[i].name, name) == 0)
            return invent->kept[i].value;
    return NULL;
}

/* Takes `value` over. */
static bool keep(struct invent *invent, const char *name, const char *part, char *value)
{
    if (!value || invent->count == INVENT_VALUES_MAX) {
        mem_free(value);
        return false;
    }
    snprintf(invent->kept[invent->count].name, sizeof invent->kept[0].name, "%s%s%s", name,
             *part ? "." : "", part);
    invent->kept[invent->count++].value = value;
    return true;
}

/* ---- dates ---- */

static time_t first_of_year(long year)
{
    return timegm(&(struct tm){.tm_year = (int)year - 1900, .tm_mday = 1});
}

/* Days and the first two months are written with a zero (NĐ 30/2020, Phụ lục I, II.4). */
static bool keep_date(struct invent *invent, const char *name, time_t when)
{
    struct tm day;
    gmtime_r(&when, &day);
    int d = day.tm_mday, m = day.tm_mon + 1, y = day.tm_year + 1900;
    const char *zero = m <= 2 ? "0" : "";
    return keep(invent, name, "", mem_printf("%02d/%02d/%04d", d, m, y)) &&
           keep(invent, name, "iso", mem_printf("%04d-%02d-%02d", y, m, d)) &&
           keep(invent, name, "d", mem_printf("%02d", d)) &&
           keep(invent, name, "m", mem_printf("%s%d", zero, m)) &&
           keep(invent, name, "y", mem_printf("%d", y)) &&
           keep(invent, name, "long", mem_printf("ngày %02d tháng %s%d năm %d", d, zero, m, y)) &&
           keep(invent, name, "ymd", mem_printf("%02d%02d%02d", y % 100, m, d)) &&
           keep(invent, name, "s", mem_printf("%lld", (long long)when));
}

static const char *let_date(struct invent *invent, const char *name, const char *rest)
{
    long from, to;
    if (sscanf(rest, "%ld %ld", &from, &to) != 2 || from < 1900 || to < from || to > 2100)
        return "two years are wanted";
    time_t first = first_of_year(from), last = first_of_year(to + 1) - 1;
    time_t when = first + (time_t)invent_below(invent, (uint64_t)(last - first));
    return keep_date(invent, name, when) ? NULL : "no room for";
}

static const char *let_later(struct invent *invent, const char *name, const char *rest)
{
    char other[40], key[48];
    long from, to;
    if (sscanf(rest, "%39s %ld %ld", other, &from, &to) != 3 || to < from)
        return "a date and two numbers of days are wanted";
    snprintf(key, sizeof key, "%s.s", other);
    const char *start = invent_value(invent, key);
    if (!start)
        return "no such date";
    long days = from + (long)invent_below(invent, (uint64_t)(to - from) + 1);
    return keep_date(invent, name, (time_t)strtoll(start, NULL, 10) + days * DAY_S) ? NULL
                                                                                    : "no room for";
}

/* ---- people ---- */

/* Twelve digits: province, sex and century, year, six digits (regulations 7). */
static char *person_number(struct invent *invent, const char *province, bool woman, int year)
{
    int century = (year / 100 - 19) * 2 + (woman ? 1 : 0);
    return mem_printf("%s%d%02d%06d", province, century, year % 100,
                      (int)invent_below(invent, 1000000));
}

static const char *let_person(struct invent *invent, const char *name, const char *rest)
{
    long from = 1945, to = 2004;
    if (*rest && (sscanf(rest, "%ld %ld", &from, &to) != 2 || from < 1900 || to < from))
        return "two years of birth are wanted";
    bool woman = invent_below(invent, 2);
    const char *family = choose_from(invent, "family");
    const char *middle = choose_from(invent, woman ? "middle.woman" : "middle.man");
    const char *given = choose_from(invent, woman ? "given.woman" : "given.man");
    const char *province = choose_from(invent, "id.province");
    if (!family || !middle || !given || !province)
        return "the lists family, middle.*, given.* and id.province are wanted for";
    AUTO(mem) char *born = mem_printf("%s.born", name);
    AUTO(mem) char *years = mem_printf("%ld %ld", from, to);
    if (!born || !years || let_date(invent, born, years))
        return "no room for";
    AUTO(mem) char *year_name = mem_printf("%s.born.y", name);
    const char *year = year_name ? invent_value(invent, year_name) : NULL;
    bool kept =
        year && keep(invent, name, "name", mem_printf("%s %s %s", family, middle, given)) &&
        keep(invent, name, "sex", mem_strdup(woman ? "Nữ" : "Nam")) &&
        keep(invent, name, "title", mem_strdup(woman ? "Bà" : "Ông")) &&
        keep(invent, name, "id", person_number(invent, province, woman, atoi(year))) &&
        keep(invent, name, "id9", mem_printf("%09d", (int)invent_below(invent, 400000000))) &&
        keep(invent, name, "phone", mem_printf("09%08d", (int)invent_below(invent, 100000000)));
    return kept ? NULL : "no room for";
}

/* ---- places ---- */

/* "Thành phố Huế" is "thành phố Huế" inside a sentence. */
static char *as_in_sentence(const char *unit)
{
    const char *rest = unit;
    text_next(&rest);
    AUTO(mem) char *first = mem_strndup(unit, (size_t)(rest - unit));
    AUTO(mem) char *lower = first ? text_lower(first) : NULL;
    return lower ? mem_printf("%s%s", lower, rest) : NULL;
}

static const char *without_kind(const char *unit)
{
    static const char *const kinds[] = {"Thành phố ", "Tỉnh ",   "Huyện ",    "Quận ",   "Thị xã ",
                                        "Xã ",        "Phường ", "Thị trấn ", "Đặc khu "};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_starts(unit, kinds[i]))
            return unit + strlen(kinds[i]);
    return unit;
}

static const char *let_unit(struct invent *invent, const char *name, const char *list)
{
    static const char *const levels[] = {"commune", "district", "province"};
    const char *item = choose_from(invent, list);
    if (!item)
        return "no such list of units:";
    AUTO(mem) char *copy = mem_strdup(item);
    AUTO(mem) char *full = mem_strdup("");
    char *rest = copy;
    for (size_t i = 0; i < 3; i++) {
        char *unit = strsep(&rest, ";");
        if (!unit || !full)
            return "three parts, each ended by ';', are wanted in";
        AUTO(mem) char *in_sentence = as_in_sentence(unit);
        AUTO(mem) char *key = mem_printf("%s.name", levels[i]);
        if (!in_sentence || !key)
            return "no room for";
        char *longer = mem_printf("%s%s%s", full, *full && *unit ? ", " : "", in_sentence);
        mem_free(full);
        full = longer;
        if (!keep(invent, name, levels[i], mem_strdup(in_sentence)) ||
            !keep(invent, name, key, mem_strdup(without_kind(unit))))
            return "no room for";
    }
    return keep(invent, name, "", TAKE(full)) ? NULL : "no room for";
}

const char *invent_let(struct invent *invent, const char *text)
{
    static const struct {
        const char *kind;
        const char *(*let)(struct invent *invent, const char *name, const char *rest);
    } kinds[] = {
        {"date", let_date}, {"later", let_later}, {"person", let_person}, {"unit", let_unit}};
    char name[24], kind[12];
    int used = 0;
    if (sscanf(text, "%23[^ =] = %11s %n", name, kind, &used) != 2)
        return "wanted 'let NAME = KIND …' and not";
    if (!used)
        used = (int)strlen(text);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kind, kinds[i].kind) == 0)
            return kinds[i].let(invent, name, text + used);
    return "no such kind of thing to invent:";
}

bool invent_keep_parts(struct invent *invent, const char *name, const char *value)
{
    AUTO(mem) char *copy = mem_strdup(value);
    char *rest = copy;
    for (int i = 1; rest; i++) {
        char number[12];
        snprintf(number, sizeof number, "%d", i);
        if (!keep(invent, name, number, mem_strdup(strsep(&rest, ";"))))
            return false;
    }
    return copy && keep(invent, name, "", mem_strdup(value));
}

bool invent_number(struct invent *invent, const char *range, struct buf *out)
{
    const char *dots = strstr(range, "..");
    size_t width = dots ? (size_t)(dots - range) : 0;
    if (!width || width > 12 || strspn(range, "0123456789") != width ||
        strspn(dots + 2, "0123456789") != strlen(dots + 2))
        return false;
    long long low = strtoll(range, NULL, 10), high = strtoll(dots + 2, NULL, 10);
    if (high < low)
        return false;
    bool padded = range[0] == '0' && width > 1;
    buf_printf(out, "%0*lld", padded ? (int)width : 1,
               low + (long long)invent_below(invent, (uint64_t)(high - low) + 1));
    return true;
}
