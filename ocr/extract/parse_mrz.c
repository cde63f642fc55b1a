#include "ocr/extract/parse_mrz.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/extract/parse_id.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_SIZE 64
#define CARD_LINE 30
#define PASSPORT_LINE 44
/* Fillers at the end of a line are often lost; what stands before them must be there. */
#define LOST_MAX 16

/* A line of the zone: exactly `size` characters of A-Z, 0-9, '<'. */
struct zone_line {
    char text[LINE_MAX_SIZE];
    int read; /* characters that were read; the rest are fillers put in */
};

/* Capitals without marks, digits and fillers; other signs of a line are fillers misread or dirt at
 * its ends. False when it cannot be a line of that size. */
static bool tidy(const char *raw, int size, struct zone_line *out)
{
    AUTO(mem)
    char *fold = text_fold(raw);
    int used = 0;
    for (const char *c = fold; c && *c; c++) {
        if (*c == ' ')
            continue;
        bool known = isascii((unsigned char)*c) && (isalnum((unsigned char)*c) || *c == '<');
        if (used == LINE_MAX_SIZE - 1)
            return false;
        out->text[used++] = known ? (char)toupper((unsigned char)*c) : '<';
    }
    out->read = used;
    if (!fold || used < size - LOST_MAX || used > size + 4)
        return false;
    for (int i = size; i < used; i++)
        if (isdigit((unsigned char)out->text[i]))
            return false;
    while (used < size)
        out->text[used++] = '<';
    out->text[size] = 0;
    return true;
}

static char to_digit(char c)
{
    static const char pairs[] = "O0Q0D0I1J1L1T1Z2S5G6B8";
    if (isdigit((unsigned char)c))
        return c;
    for (const char *pair = pairs; *pair; pair += 2)
        if (*pair == c)
            return pair[1];
    return 0;
}

static char to_letter(char c)
{
    static const char pairs[] = "0O1I5S8B6G2Z";
    for (const char *pair = pairs; *pair; pair += 2)
        if (*pair == c)
            return pair[1];
    return c;
}

static int value_of(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isalpha((unsigned char)c) ? c - 'A' + 10 : 0;
}

struct check {
    int sum, next;
};

static void check_add(struct check *check, const char *text, int size)
{
    static const int weights[3] = {7, 3, 1};
    for (int i = 0; i < size; i++)
        check->sum += value_of(text[i]) * weights[check->next++ % 3];
}

static bool check_agrees(const struct check *check, char digit)
{
    return to_digit(digit) && check->sum % 10 == to_digit(digit) - '0';
}

/* `size` digits at `at` and their check digit after them, as digits in place when they agree. */
static bool prove_digits(char *at, int size)
{
    char digits[LINE_MAX_SIZE];
    struct check check = {0};
    for (int i = 0; i <= size; i++) {
        digits[i] = to_digit(at[i]);
        if (!digits[i])
            return false;
    }
    check_add(&check, digits, size);
    if (!check_agrees(&check, digits[size]))
        return false;
    memcpy(at, digits, (size_t)size + 1);
    return true;
}

static int two(const char *digits)
{
    return (digits[0] - '0') * 10 + digits[1] - '0';
}

static void put_date(const char *yymmdd, int century, char out[DATE_ISO_SIZE])
{
    struct date date = {.year = century + two(yymmdd), two(yymmdd + 2), two(yymmdd + 4)};
    if (date_is_real(&date))
        date_iso(&date, out);
}

/* Two digits of the year of birth: the personal number tells the century. */
static void put_birth(const char *yymmdd, struct mrz *out)
{
    struct id_number id;
    if (*out->personal && parse_id(out->personal, &id) && id.kind == ID_PERSONAL &&
        id.birth_year % 100 == two(yymmdd))
        put_date(yymmdd, id.birth_year / 100 * 100, out->birth);
}

/* TRINH<<THI<HOA<<<: one filler is a space. */
static void put_name(const char *text, struct mrz *out)
{
    char name[LINE_MAX_SIZE];
    size_t used = 0;
    bool gap = false;
    for (; *text; text++) {
        char c = to_letter(*text);
        if (c == '<') {
            gap = used > 0;
            continue;
        }
        if (!isalpha((unsigned char)c))
            return;
        if (gap)
            name[used++] = ' ';
        gap = false;
        name[used++] = c;
    }
    name[used] = 0;
    if (strchr(name, ' '))
        snprintf(out->name, sizeof out->name, "%s", name);
}

static void put_sex(char c, struct mrz *out)
{
    out->sex_known = c == 'M' || c == 'F';
    out->male = c == 'M';
}

static bool is_issuer(const char *text)
{
    return to_letter(text[0]) == 'V' && text[1] == 'N' && text[2] == 'M';
}

static bool proves_something(const struct mrz *mrz)
{
    return *mrz->personal || *mrz->birth || *mrz->expiry;
}

/* I<VNM number(9) check personal(12): the number is the end of the personal number (8.5). */
static void read_card_number(char *line, struct mrz *out)
{
    char *number = line + 5, *personal = line + 15;
    if (!prove_digits(number, 9))
        return;
    for (int i = 0; i < 12; i++) {
        char digit = to_digit(personal[i]);
        if (!digit || (i >= 3 && digit != number[i - 3]))
            return;
    }
    for (int i = 0; i < 12; i++)
        personal[i] = to_digit(personal[i]);
    snprintf(out->personal, sizeof out->personal, "%.12s", personal);
}

static bool parse_card(const char *const *raw, size_t count, struct mrz *out)
{
    struct zone_line line[3];
    for (size_t i = 0; i < 3; i++)
        if (count < 3 || !tidy(raw[i], CARD_LINE, &line[i]))
            return false;
    char *first = line[0].text, *second = line[1].text;
    if (!is_issuer(first + 2))
        return false;
    read_card_number(first, out);
    bool birth = prove_digits(second, 6), expiry = prove_digits(second + 8, 6);
    if (birth)
        put_birth(second, out);
    if (expiry)
        put_date(second + 8, 2000, out->expiry);
    put_sex(second[7], out);
    put_name(line[2].text, out);
    struct check whole = {0};
    check_add(&whole, first + 5, 25);
    check_add(&whole, second, 7);
    check_add(&whole, second + 8, 7);
    check_add(&whole, second + 18, 11);
    out->whole = *out->personal && birth && expiry && line[1].read == CARD_LINE &&
                 check_agrees(&whole, second[29]);
    return proves_something(out);
}

/* P<VNMsurname<<given; number(9) check VNM birth check sex expiry check personal(14) check whole */
static bool parse_passport(const char *const *raw, size_t count, struct mrz *out)
{
    struct zone_line line[2];
    for (size_t i = 0; i < 2; i++)
        if (count < 2 || !tidy(raw[i], PASSPORT_LINE, &line[i]))
            return false;
    char *second = line[1].text;
    if (to_letter(line[0].text[0]) != 'P' || !is_issuer(line[0].text + 2))
        return false;
    struct mrz found = {.is_passport = true};
    struct check personal = {0}, whole = {0};
    char *number = second + 28;
    check_add(&personal, number, 14);
    if (check_agrees(&personal, second[42]) && strspn(number, "0123456789") == 12)
        snprintf(found.personal, sizeof found.personal, "%.12s", number);
    bool birth = prove_digits(second + 13, 6), expiry = prove_digits(second + 21, 6);
    if (birth)
        put_birth(second + 13, &found);
    if (expiry)
        put_date(second + 21, 2000, found.expiry);
    put_sex(second[20], &found);
    put_name(line[0].text + 5, &found);
    check_add(&whole, second, 10);
    check_add(&whole, second + 13, 7);
    check_add(&whole, second + 21, 22);
    found.whole =
        birth && expiry && line[1].read == PASSPORT_LINE && check_agrees(&whole, second[43]);
    *out = found;
    return proves_something(out);
}

bool parse_mrz(const char *const *line, size_t count, struct mrz *out, size_t *out_used)
{
    struct mrz found = {0};
    size_t used = 3;
    bool any = parse_card(line, count, &found);
    if (!any) {
        used = 2;
        any = parse_passport(line, count, &found);
    }
    if (!any)
        return false;
    *out = found;
    *out_used = used;
    return true;
}
