#include "daemon/base/text.h"
#include "daemon/base/when.h"
#include "daemon/model/catalog_kind.h"
#include "daemon/model/doc_type.h"
#include "daemon/model/register_column.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- days ---- */

/* A spreadsheet's number may carry the time of day; our date does not. */
static bool day_of_sheet(const char *text, char out[11])
{
    size_t digits = strspn(text, "0123456789");
    char whole[8];
    if (!digits || digits >= sizeof whole || (text[digits] && text[digits] != '.') ||
        (text[digits] && text[digits + 1 + strspn(text + digits + 1, "0123456789")]))
        return false;
    snprintf(whole, sizeof whole, "%.*s", (int)digits, text);
    return catalog_date(whole, true, out);
}

/* "ngày 5 tháng 3 năm 2019", as papers say it. */
static bool day_in_words(const char *text, char out[11])
{
    AUTO(mem) char *folded = text_fold(text);
    int day, month, year, used = 0;
    char made[40];
    if (!folded ||
        sscanf(folded, "ngay %2d thang %2d nam %4d%n", &day, &month, &year, &used) != 3 ||
        folded[used] || year < 1900 || !when_is_date(year, month, day))
        return false;
    snprintf(made, sizeof made, "%04d-%02d-%02d", year, month, day);
    memcpy(out, made, 11);
    return true;
}

static bool is_date(int column)
{
    return column == FIELD_issue_date || column == FIELD_owner_birth_date ||
           column == FIELD_valid_until;
}

/* ---- cells ---- */

bool register_is_ditto(const char *text)
{
    static const char *const words[] = {"nt", "-nt-", "- nt -", "n.t",  "n/t",  "nhu tren",
                                        "\"", "\"\"", "''",     "-\"-", "-''-", ",,",
                                        "//", "”",    "“",      "″",    "〃"};
    AUTO(mem) char *folded = text_fold(text);
    for (size_t i = 0; folded && i < sizeof words / sizeof *words; i++)
        if (strcmp(folded, words[i]) == 0)
            return true;
    return false;
}

/* Nothing, or as above: nobody knows. */
static bool is_dash(const char *text)
{
    return !text[strspn(text, "-")];
}

static char *type_of(const char *text)
{
    AUTO(mem) char *folded = text_fold(text);
    for (int i = 0; folded && i < DOC_TYPE_COUNT; i++) {
        AUTO(mem) char *label = text_fold(doc_type_label((enum doc_type)i));
        if (i != DOC_TYPE_unknown && label && strcmp(folded, label) == 0)
            return mem_strdup(doc_type_slug((enum doc_type)i));
    }
    return NULL;
}

/* All personal numbers begin with 0 (regulations 8.1), which spreadsheets drop. */
static char *with_zero(const char *text, bool sheet)
{
    bool dropped = sheet && strlen(text) == 11 && strspn(text, "0123456789") == 11;
    return mem_printf("%s%s", dropped ? "0" : "", text);
}

static bool checked(int column, const char *text, char **out)
{
    struct err err = ERR_INIT;
    *out = NULL;
    return field_check((enum field_name)column, text, 0, out, &err) == ERR_OK ||
           err.code == ERR_NO_MEMORY;
}

bool register_value(int column, const char *text, bool sheet, char **out)
{
    char day[11];
    if (register_is_ditto(text) || is_dash(text))
        return false;
    if (column == REGISTER_TYPE)
        return (*out = type_of(text)) != NULL;
    if (column >= FIELD_COUNT) {
        *out = mem_strdup(text);
        return true;
    }
    if (is_date(column) && ((sheet && day_of_sheet(text, day)) || day_in_words(text, day)))
        return checked(column, day, out);
    AUTO(mem) char *whole = column == FIELD_owner_id ? with_zero(text, sheet) : mem_strdup(text);
    return !whole || checked(column, whole, out);
}

/* ---- comparing ---- */

/* "012/QĐ-UBND" and "12 / qd–ubnd" are one number. */
static char *number_key(const char *value)
{
    AUTO(mem) char *folded = text_fold(value);
    if (!folded)
        return NULL;
    char *end = folded;
    for (const char *next = folded; *next;) {
        const char *start = next;
        int32_t c = text_next(&next);
        bool dash = c >= 0x2010 && c <= 0x2015;
        if (c == ' ' || c == '.' || (c == '0' && end == folded && isdigit((unsigned char)*next)))
            continue;
        if (dash)
            *end++ = '-';
        else
            end = (char *)memmove(end, start, (size_t)(next - start)) + (next - start);
    }
    *end = 0;
    return TAKE(folded);
}

/* Words alone, one blank between them. */
static char *words_of(const char *text)
{
    AUTO(mem) char *folded = text_fold(text);
    if (!folded)
        return NULL;
    char *end = folded;
    for (const char *c = folded; *c; c++) {
        if (isalnum((unsigned char)*c) || (unsigned char)*c >= 0x80)
            *end++ = *c;
        else if (end > folded && end[-1] != ' ')
            *end++ = ' ';
    }
    while (end > folded && end[-1] == ' ')
        end--;
    *end = 0;
    return TAKE(folded);
}

static const char *long_form(const char *word)
{
    static const char *const forms[][2] = {{"ubnd", "uy ban nhan dan"},
                                           {"hdnd", "hoi dong nhan dan"},
                                           {"tp", "thanh pho"},
                                           {"tx", "thi xa"},
                                           {"tt", "thi tran"},
                                           {"p", "phuong"},
                                           {"q", "quan"},
                                           {"h", "huyen"},
                                           {"t", "tinh"},
                                           {"x", "xa"},
                                           {"stnmt", "so tai nguyen va moi truong"},
                                           {"skhdt", "so ke hoach va dau tu"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(word, forms[i][0]) == 0)
            return forms[i][1];
    return word;
}

static char *agency_key(const char *value)
{
    AUTO(mem) char *words = words_of(value);
    AUTO(mem) char *key = mem_strdup("");
    char *rest = words;
    for (char *word; words && key && (word = strsep(&rest, " "));) {
        char *longer = mem_printf("%s%s%s", key, *key ? " " : "", long_form(word));
        mem_free(key);
        key = longer;
    }
    return words ? TAKE(key) : NULL;
}

/* "V/v" is how letters begin what decisions begin with "Về việc". */
static char *abstract_key(const char *value)
{
    AUTO(mem) char *words = words_of(value);
    if (!words)
        return NULL;
    const char *own = text_starts(words, "v v ")       ? words + 4
                      : text_starts(words, "ve viec ") ? words + 8
                                                       : words;
    return mem_strdup(own);
}

char *register_key(enum field_name name, const char *value)
{
    switch (name) {
    case FIELD_number_symbol:
        return number_key(value);
    case FIELD_issuer:
        return agency_key(value);
    case FIELD_abstract:
    case FIELD_doc_name:
        return abstract_key(value);
    default: {
        AUTO(mem) char *lower = text_lower(value);
        return lower ? text_squeeze(lower) : NULL;
    }
    }
}

bool register_same(enum field_name name, const char *value, const char *other)
{
    AUTO(mem) char *key = register_key(name, value);
    AUTO(mem) char *other_key = register_key(name, other);
    return key && other_key && strcmp(key, other_key) == 0;
}

/* ---- files ---- */

char *register_path(const char *path)
{
    AUTO(mem) char *own = text_squeeze(path);
    if (!own)
        return NULL;
    for (char *c = own; *c; c++)
        if (*c == '\\')
            *c = '/';
    const char *start = text_starts(own, "./") ? own + 2 : own;
    start += strspn(start, "/");
    size_t size = strlen(start);
    while (size && start[size - 1] == '/')
        size--;
    return mem_strndup(start, size);
}

#define ENDING_MAX 5 /* "tiff" and its point */

size_t register_stem(const char *path)
{
    const char *slash = strrchr(path, '/'), *point = strrchr(path, '.');
    size_t size = strlen(path);
    bool ending = point && point > (slash ? slash + 1 : path) && strlen(point) <= ENDING_MAX &&
                  strlen(point) > 1 &&
                  strspn(point + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"
                                    "KLMNOPQRSTUVWXYZ") == strlen(point + 1);
    return ending ? (size_t)(point - path) : size;
}
