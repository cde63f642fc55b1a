#include "ocr/extract/parse_number.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define D_STROKE 0x110
#define ETH 0xd0 /* the look-alike of Đ */

/* Spaces gone, dashes one kind, trailing points off. False when it does not fit. */
static bool tidy(const char *text, char *out, size_t out_size)
{
    static const char dropped[] = " \t'\"`_|";
    size_t used = 0;
    int32_t before = 0;
    for (int32_t point; (point = text_next(&text)) != 0; before = point) {
        char bytes[4];
        if (point < 0)
            return false;
        if (point < 0x80 && strchr(dropped, point))
            continue;
        if (point == 0x2013 || point == 0x2014)
            point = '-';
        bool doubled = (point == ETH && before == D_STROKE) || (point == D_STROKE && before == ETH);
        if (doubled)
            continue;
        size_t size = text_put(point == ETH ? D_STROKE : point, bytes);
        if (used + size >= out_size)
            return false;
        memcpy(out + used, bytes, size);
        used += size;
    }
    while (used && strchr(".,;:-", out[used - 1]))
        used--;
    out[used] = 0;
    return used > 0;
}

static char digit_from_letter(char letter)
{
    switch (letter) {
    case 'O':
    case 'o':
    case 'Q':
    case 'D':
        return '0';
    case 'l':
    case 'I':
    case 'i':
        return '1';
    case 'Z':
        return '2';
    case 'S':
    case 's':
        return '5';
    case 'B':
        return '8';
    default:
        return 0;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "1421", "66.7", "12a"; letters that stand for digits become digits. */
static bool read_serial(char *serial, bool *out_repaired)
{
    size_t size = strlen(serial), digits = 0;
    if (size == 0 || size > 9)
        return false;
    for (size_t i = 0; i < size; i++) {
        bool last = i + 1 == size;
        if (is_digit(serial[i])) {
            digits++;
            continue;
        }
        if (serial[i] == '.' && i && !last)
            continue;
        char repaired = digit_from_letter(serial[i]);
        if (repaired) {
            serial[i] = repaired;
            *out_repaired = true;
            digits++;
            continue;
        }
        bool suffix =
            last && i &&
            ((serial[i] >= 'a' && serial[i] <= 'z') || (serial[i] >= 'A' && serial[i] <= 'Z'));
        if (!suffix)
            return false;
    }
    const char *point = strchr(serial, '.');
    if (point && (strchr(point + 1, '.') || strlen(point + 1) > 2))
        return false;
    return digits > 0 && digits <= 6;
}

static bool is_year(const char *text, size_t size)
{
    return size == 4 && strspn(text, "0123456789") >= 4 && atoi(text) >= 1945 && atoi(text) <= 2099;
}

/* A capital first, then letters, digits, & and points, parts joined by single dashes. */
static bool is_symbol(const char *symbol)
{
    const char *next = symbol;
    bool part_start = true, first = true;
    for (int32_t point; (point = text_next(&next)) != 0; first = false) {
        bool capital = (point >= 'A' && point <= 'Z') || point == D_STROKE || point == 0x1af ||
                       point == 0x1a0 || point == 0xc2 || point == 0xca || point == 0xd4;
        bool letter = (point >= 'a' && point <= 'z') || capital || point == 0x111 ||
                      (point >= 0xc0 && point <= 0x1b0 && point != 0xd7 && point != 0xf7) ||
                      (point >= 0x1ea0 && point <= 0x1ef9);
        if (first && !capital)
            return false;
        if (point == '-' && !part_start) {
            part_start = true;
            continue;
        }
        if (!letter && !is_digit((char)(point < 0x80 ? point : 0)) && point != '&' && point != '.')
            return false;
        part_start = false;
    }
    return !part_start;
}

/* Đ without its stroke; other letters of abbreviations are plain. */
static void strip_strokes(const char *text, char *out, size_t out_size)
{
    size_t used = 0;
    for (int32_t point; (point = text_next(&text)) > 0;) {
        char bytes[4];
        size_t size = text_put(point == D_STROKE ? 'D' : point, bytes);
        if (used + size >= out_size)
            break;
        memcpy(out + used, bytes, size);
        used += size;
    }
    out[used] = 0;
}

/* The kind as the list spells it: exact, or the one kind that is alike without strokes. */
static const char *settle_kind(const char *read, const char *const *kinds, size_t kind_count,
                               const char *hint, bool *out_ambiguous)
{
    char plain[32], other[32];
    strip_strokes(read, plain, sizeof plain);
    const char *exact = NULL, *alike = NULL;
    size_t alike_count = 0;
    for (size_t i = 0; i < kind_count; i++) {
        strip_strokes(kinds[i], other, sizeof other);
        if (strcmp(plain, other) != 0)
            continue;
        alike_count++;
        alike = kinds[i];
        if (strcmp(kinds[i], read) == 0)
            exact = kinds[i];
        if (hint && strcmp(kinds[i], hint) == 0)
            return kinds[i];
    }
    *out_ambiguous = alike_count > 1;
    return exact ? exact : alike_count == 1 ? alike : NULL;
}

static bool append_symbol(char *symbol, const char *const *kinds, size_t kind_count,
                          const char *hint, struct number_symbol *out)
{
    if (!is_symbol(symbol))
        return false;
    size_t size = strcspn(symbol, "-");
    if (size >= sizeof out->kind)
        return false;
    memcpy(out->kind, symbol, size);
    out->kind[size] = 0;
    const char *kind = settle_kind(out->kind, kinds, kind_count, hint, &out->kind_ambiguous);
    if (kind)
        snprintf(out->kind, sizeof out->kind, "%s", kind);
    out->has_kind = kind != NULL;
    size_t used = strlen(out->value);
    int made =
        snprintf(out->value + used, sizeof out->value - used, "/%s%s", out->kind, symbol + size);
    return made > 0 && (size_t)made < sizeof out->value - used;
}

bool parse_number(const char *text, const char *const *kinds, size_t kind_count, const char *hint,
                  struct number_symbol *out)
{
    char tidied[NUMBER_SYMBOL_MAX * 2];
    struct number_symbol found = {0};
    if (!tidy(text, tidied, sizeof tidied))
        return false;
    char *rest = strchr(tidied, '/');
    if (rest)
        *rest++ = 0;
    if (!read_serial(tidied, &found.repaired))
        return false;
    int made = snprintf(found.value, sizeof found.value, "%s", tidied);
    size_t year_size = rest ? strcspn(rest, "/") : 0;
    if (rest && is_year(rest, year_size)) {
        found.year = atoi(rest);
        snprintf(found.value + made, sizeof found.value - (size_t)made, "/%.4s", rest);
        rest = rest[4] ? rest + 5 : NULL;
    }
    if (rest && !append_symbol(rest, kinds, kind_count, hint, &found))
        return false;
    *out = found;
    return true;
}

bool parse_registration(const char *text, struct number_symbol *out)
{
    char tidied[NUMBER_SYMBOL_MAX];
    if (!tidy(text, tidied, sizeof tidied) || strspn(tidied, "0123456789") != 2)
        return false;
    const char *digits = tidied + 2;
    int32_t letter = text_next(&digits);
    size_t size = strlen(digits);
    if (!((letter >= 'A' && letter <= 'Z') || letter == D_STROKE) || size < 7 || size > 8 ||
        strspn(digits, "0123456789") != size)
        return false;
    *out = (struct number_symbol){0};
    snprintf(out->value, sizeof out->value, "%s", tidied);
    return true;
}
