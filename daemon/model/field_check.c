#include "daemon/base/text.h"
#include "daemon/base/when.h"
#include "daemon/model/dossier_code.h"
#include "daemon/model/field.h"

#include <stdio.h>
#include <string.h>

#define VALUE_MAX_BYTES 8000

/* Characters a text may have; 0: the field has a form of its own. */
static const size_t length_max[FIELD_COUNT] = {
    [FIELD_number_symbol] = 60, [FIELD_issue_place] = 200, [FIELD_issuer] = 200,
    [FIELD_abstract] = 1000,    [FIELD_signer] = 100,      [FIELD_owner_name] = 500,
    [FIELD_valid_scope] = 200,  [FIELD_doc_name] = 2000,
};

/* ---- characters ---- */

/* Soft hyphen, zero width spaces and joiners, byte order mark: pasted along, never seen. */
static bool is_unseen(int32_t c)
{
    return c == 0xad || (c >= 0x200b && c <= 0x200d) || (c >= 0x2060 && c <= 0x2064) || c == 0xfeff;
}

/* White space is left to text_squeeze. */
static bool is_control(int32_t c)
{
    bool blank = (c >= 0x09 && c <= 0x0d) || c == 0x85;
    return !blank && (c < 0x20 || (c >= 0x7f && c <= 0x9f));
}

/* Marks that turn the direction, annotations, tags: the text would not be what it looks like. */
static bool is_disguise(int32_t c)
{
    return c == 0x061c || c == 0x180e || c == 0x200e || c == 0x200f ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2065 && c <= 0x206f) ||
           (c >= 0xfff0 && c <= 0xfffc) || (c >= 0xe0000 && c <= 0xe0fff);
}

/* In place; false when it holds a character that is refused. */
static bool strip_unseen(char *text)
{
    char *end = text;
    for (const char *next = text; *next;) {
        const char *start = next;
        int32_t c = text_next(&next);
        if (is_control(c) || is_disguise(c))
            return false;
        if (is_unseen(c))
            continue;
        memmove(end, start, (size_t)(next - start));
        end += next - start;
    }
    *end = 0;
    return true;
}

static size_t characters_of(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* ---- forms ---- */

/* "2026-03-05" as it is; "5/3/2026" and "05-03-2026" as people type them. */
static char *canonical_date(const char *text, int *out_number)
{
    int year, month, day, used = 0;
    bool iso = sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && !text[used];
    if (!iso) {
        used = 0;
        if (sscanf(text, "%2d%*[/.-]%2d%*[/.-]%4d%n", &day, &month, &year, &used) != 3 ||
            text[used])
            return NULL;
    }
    if (year < 1900 || !when_is_date(year, month, day))
        return NULL;
    *out_number = year * 10000 + month * 100 + day;
    return mem_printf("%04d-%02d-%02d", year, month, day);
}

static bool is_procedure_code(const char *text)
{
    int used = 0;
    char head[2], digits[7];
    if (sscanf(text, "%1[0-9].%6[0-9]%n", head, digits, &used) != 2 || strlen(digits) != 6)
        return false;
    const char *rest = text + used;
    if (!*rest)
        return true;
    char level[4];
    used = 0;
    return sscanf(rest, ".000.00.00.%3[A-Z0-9]%n", level, &used) == 1 && !rest[used] &&
           level[0] >= 'A' && level[0] <= 'Z' && strlen(level) == 3;
}

/* A personal number says century and sex in its fourth digit: 0 to 3 for people born until 2099. */
static bool is_plausible_id(const char *digits, size_t count)
{
    bool one_digit_over_and_over = strspn(digits, (char[]){digits[0], 0}) == count;
    return !one_digit_over_and_over && (count != 12 || digits[3] <= '3');
}

/* Personal numbers of 9 or 12 digits, tax codes of 10 or 13 ("0100109106-001"). */
static char *canonical_owner_id(const char *text)
{
    char digits[16];
    size_t count = 0;
    for (const char *c = text; *c; c++) {
        bool separator = *c == ' ' || *c == '-' || *c == '.';
        if (separator)
            continue;
        if (*c < '0' || *c > '9' || count == sizeof digits - 1)
            return NULL;
        digits[count++] = *c;
    }
    digits[count] = 0;
    if (count != 9 && count != 10 && count != 12 && count != 13)
        return NULL;
    if (!is_plausible_id(digits, count))
        return NULL;
    return count == 13 ? mem_printf("%.10s-%s", digits, digits + 10) : mem_strdup(digits);
}

/* ---- the check ---- */

static enum err_code invalid(enum field_name name, const char *wanted, struct err *err)
{
    return err_set(err, ERR_FIELD_INVALID, "field '%s' is not %s", field_key(name), wanted);
}

/* NFC, without what nobody sees, blanks squeezed. */
static enum err_code clean_text(enum field_name name, const char *text, char **out, struct err *err)
{
    AUTO(mem) char *normal = NULL;
    if (strlen(text) > VALUE_MAX_BYTES || text_nfc(text, strlen(text), &normal, NULL))
        return invalid(name, "valid text", err);
    if (!strip_unseen(normal))
        return invalid(name, "free of control and direction characters", err);
    AUTO(mem) char *clean = text_squeeze(normal);
    if (!clean)
        return err_set(err, ERR_NO_MEMORY, "field '%s'", field_key(name));
    if (!*clean)
        return invalid(name, "more than blanks", err);
    if (length_max[name] && characters_of(clean) > length_max[name])
        return err_set(err, ERR_FIELD_INVALID, "field '%s' is longer than %zu characters",
                       field_key(name), length_max[name]);
    *out = TAKE(clean);
    return ERR_OK;
}

static enum err_code check_date(enum field_name name, const char *clean, int today, char **out,
                                struct err *err)
{
    int number = 0;
    char *value = canonical_date(clean, &number);
    if (!value && number)
        return err_set(err, ERR_NO_MEMORY, "field '%s'", field_key(name));
    if (!value)
        return invalid(name, "a date that exists (day/month/year)", err);
    if (today && name != FIELD_valid_until && number > today) {
        mem_free(value);
        return invalid(name, "a date up to today", err);
    }
    *out = value;
    return ERR_OK;
}

static enum err_code check_dossier_code(const char *clean, char **out, struct err *err)
{
    AUTO(mem) char *value = dossier_code_canonical(clean);
    if (!value)
        return err_set(err, ERR_NO_MEMORY, "dossier code");
    if (!dossier_code_is_valid(value))
        return invalid(FIELD_dossier_code, "a dossier code", err);
    *out = TAKE(value);
    return ERR_OK;
}

enum err_code field_check(enum field_name name, const char *text, int today, char **out,
                          struct err *err)
{
    if ((unsigned)name >= FIELD_COUNT)
        return err_set(err, ERR_BAD_ARGUMENT, "no such field");
    AUTO(mem) char *clean = NULL;
    enum err_code code = clean_text(name, text, &clean, err);
    if (code)
        return code;
    switch (name) {
    case FIELD_valid_until:
        if (strcmp(clean, "unknown") == 0)
            break;
        /* fallthrough */
    case FIELD_issue_date:
    case FIELD_owner_birth_date:
        return check_date(name, clean, today, out, err);
    case FIELD_owner_id: {
        char *value = canonical_owner_id(clean);
        if (!value)
            return invalid(name, "a plausible number of 9, 10, 12 or 13 digits", err);
        *out = value;
        return ERR_OK;
    }
    case FIELD_no_expiry:
        if (strcmp(clean, "true") != 0 && strcmp(clean, "false") != 0)
            return invalid(name, "true or false", err);
        break;
    case FIELD_dossier_code:
        return check_dossier_code(clean, out, err);
    case FIELD_procedure_code:
        if (!is_procedure_code(clean))
            return invalid(name, "a procedure code", err);
        break;
    default:
        break;
    }
    *out = TAKE(clean);
    return ERR_OK;
}
