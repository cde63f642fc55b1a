#include "ocr/extract/parse_id.h"

#include "daemon/model/tax_code.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 15

/* First three digits of a personal number: the 63 provinces of before July 2025 (regulations 14.2).
 * They did not change with the mergers; children born abroad have a country's code instead. */
static const unsigned char provinces[] = {
    1,  2,  4,  6,  8,  10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33,
    34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66,
    67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
};

static char digit_of(char c, bool *out_repaired)
{
    if (c >= '0' && c <= '9')
        return c;
    char repaired = c == 'O' || c == 'o' ? '0' : c == 'l' || c == 'I' ? '1' : 0;
    if (repaired)
        *out_repaired = true;
    return repaired;
}

static bool is_province(int prefix)
{
    for (size_t i = 0; i < sizeof provinces; i++)
        if (provinces[i] == prefix)
            return true;
    return false;
}

/* PPP C YY RRRRRR: C is century and sex, 0 and 1 for 19xx, 2 and 3 for 20xx. */
static bool fill_personal(const char *digits, struct id_number *out)
{
    int century = digits[3] - '0';
    if (century > 3)
        return false;
    int prefix = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
    out->kind = ID_PERSONAL;
    out->odd_prefix = !is_province(prefix);
    out->male = century % 2 == 0;
    out->birth_year = (century < 2 ? 1900 : 2000) + (digits[4] - '0') * 10 + digits[5] - '0';
    return true;
}

bool parse_id(const char *text, struct id_number *out)
{
    char digits[DIGITS_MAX + 1];
    size_t count = 0;
    struct id_number found = {0};
    while (*text == ' ' || *text == ':')
        text++;
    for (; *text; text++) {
        if (count && (*text == ' ' || *text == '-') && digit_of(text[1], &(bool){false}))
            continue;
        char digit = digit_of(*text, &found.repaired);
        if (!digit)
            break;
        if (count == DIGITS_MAX)
            return false;
        digits[count++] = digit;
    }
    digits[count] = 0;
    snprintf(found.value, sizeof found.value, "%s", digits);
    if (count == 12 && !fill_personal(digits, &found))
        return false;
    if (count == 9)
        found.kind = ID_OLD_CARD;
    if (count == 10 || count == 13) {
        if (!tax_code_is_valid(digits) || (count == 13 && strcmp(digits + 10, "000") == 0))
            return false;
        found.kind = ID_TAX;
        if (count == 13)
            snprintf(found.value, sizeof found.value, "%.10s-%s", digits, digits + 10);
    }
    if (count != 9 && count != 10 && count != 12 && count != 13)
        return false;
    *out = found;
    return true;
}
