#include "ocr/extract/parse_code.h"

#include "daemon/model/dossier_code.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_code_letter(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == 'l' || c == 'o';
}

/* Letters that stand for digits, except the capital in front of two digits (H40). */
static void repair(char *code, bool *out_repaired)
{
    for (char *c = code; *c; c++) {
        char digit = *c == 'O' || *c == 'o' ? '0' : *c == 'l' || *c == 'I' ? '1' : 0;
        if (!digit)
            continue;
        *c = digit;
        *out_repaired = true;
    }
}

bool parse_dossier_code(const char *text, char out[CODE_SIZE], bool *out_repaired)
{
    char code[CODE_SIZE];
    size_t used = 0;
    while (*text == ' ' || *text == ':')
        text++;
    for (; *text && used + 1 < sizeof code; text++) {
        bool blank_at_dash = *text == ' ' && used && (code[used - 1] == '-' || text[1] == '-');
        if (blank_at_dash)
            continue;
        if (!is_code_letter(*text))
            break;
        code[used++] = *text;
    }
    while (used && (code[used - 1] == '.' || code[used - 1] == '-'))
        used--;
    code[used] = 0;
    bool repaired = false;
    if (!dossier_code_is_valid(code)) {
        repair(code, &repaired);
        if (!dossier_code_is_valid(code))
            return false;
    }
    snprintf(out, CODE_SIZE, "%s", code);
    *out_repaired = repaired;
    return true;
}

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

bool parse_procedure_code(const char *text, char out[CODE_SIZE])
{
    for (const char *at = text; *at; at++) {
        bool alone = at == text || !(is_digit(at[-1]) || at[-1] == '.');
        if (!alone || digits_at(at) != 1 || at[1] != '.' || digits_at(at + 2) != 6)
            continue;
        static const char middle[] = ".000.00.00.";
        const char *rest = at + 8;
        bool full = strncmp(rest, middle, sizeof middle - 1) == 0 && rest[11] >= 'A' &&
                    rest[11] <= 'Z' && digits_at(rest + 12) == 2;
        snprintf(out, CODE_SIZE, "%.*s", full ? 22 : 8, at);
        return true;
    }
    return false;
}
