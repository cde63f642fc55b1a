#include "daemon/base/text.h"
#include "daemon/base/when.h"
#include "daemon/model/dossier_code.h"
#include "daemon/model/field.h"

#include <stdio.h>
#include <string.h>

#define VALUE_MAX_BYTES 4000

/* "2026-03-05" as it is; "5/3/2026" and "05-03-2026" as people type them. */
static char *canonical_date(const char *text)
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
    return count == 13 ? mem_printf("%.10s-%s", digits, digits + 10) : mem_strdup(digits);
}

static enum err_code invalid(enum field_name name, const char *wanted, struct err *err)
{
    return err_set(err, ERR_FIELD_INVALID, "field '%s' is not %s", field_key(name), wanted);
}

enum err_code field_check(enum field_name name, const char *text, char **out, struct err *err)
{
    if ((unsigned)name >= FIELD_COUNT)
        return err_set(err, ERR_BAD_ARGUMENT, "no such field");
    AUTO(mem) char *normal = NULL;
    enum err_code code = text_nfc(text, strlen(text), &normal, err);
    if (code)
        return invalid(name, "valid text", err);
    AUTO(mem) char *clean = text_squeeze(normal);
    if (!clean)
        return err_set(err, ERR_NO_MEMORY, "field '%s'", field_key(name));
    if (!*clean || strlen(clean) > VALUE_MAX_BYTES)
        return invalid(name, "between 1 and 4000 bytes", err);
    char *value = NULL;
    switch (name) {
    case FIELD_valid_until:
        if (strcmp(clean, "unknown") == 0) {
            value = mem_strdup(clean);
            break;
        }
        /* fallthrough */
    case FIELD_issue_date:
    case FIELD_owner_birth_date:
        value = canonical_date(clean);
        if (!value)
            return invalid(name, "a date that exists (day/month/year)", err);
        break;
    case FIELD_owner_id:
        value = canonical_owner_id(clean);
        if (!value)
            return invalid(name, "a number of 9, 10, 12 or 13 digits", err);
        break;
    case FIELD_no_expiry:
        if (strcmp(clean, "true") != 0 && strcmp(clean, "false") != 0)
            return invalid(name, "true or false", err);
        value = mem_strdup(clean);
        break;
    case FIELD_dossier_code:
        if (!dossier_code_is_valid(clean))
            return invalid(name, "a dossier code", err);
        value = mem_strdup(clean);
        break;
    case FIELD_procedure_code:
        if (!is_procedure_code(clean))
            return invalid(name, "a procedure code", err);
        value = mem_strdup(clean);
        break;
    default:
        value = mem_strdup(clean);
    }
    if (!value)
        return err_set(err, ERR_NO_MEMORY, "field '%s'", field_key(name));
    *out = value;
    return ERR_OK;
}
