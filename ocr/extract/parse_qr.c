#include "ocr/extract/parse_qr.h"

#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/extract/parse_code.h"
#include "ocr/extract/parse_date.h"
#include "ocr/extract/parse_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CARD_PARTS_MIN 6
#define PARTS_MAX 32

static void keep(char *place, size_t size, const char *value)
{
    if (!*place && strlen(value) < size)
        snprintf(place, size, "%s", value);
}

/* ddmmyyyy as on identity cards */
static bool card_date(const char *text, char out[DATE_ISO_SIZE])
{
    struct date date;
    if (strlen(text) != 8 || strspn(text, "0123456789") != 8)
        return false;
    if (sscanf(text, "%2d%2d%4d", &date.day, &date.month, &date.year) != 3 || !date_is_real(&date))
        return false;
    date_iso(&date, out);
    return true;
}

/* Signs that nobody sees, and those that turn what stands around them. */
static bool is_hidden(int32_t point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0xad ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

/* Letters of a name: no digits and none of the signs codes are made of. */
static bool is_name(const char *text)
{
    size_t size = strlen(text);
    if (size < 3 || size >= QR_TEXT_MAX || !strchr(text, ' ') ||
        strpbrk(text, "0123456789:;/_{}[]<>=&%@\\\"`$|"))
        return false;
    for (int32_t point; (point = text_next(&text)) != 0;)
        if (is_hidden(point))
            return false;
    return true;
}

static bool read_card(char *const *part, size_t count, struct qr_content *out)
{
    struct id_number id;
    if (count < CARD_PARTS_MIN || !parse_id(part[0], &id) || id.kind != ID_PERSONAL || id.repaired)
        return false;
    struct qr_content card = {.is_card = true};
    bool other_sex =
        (strcmp(part[4], "Nam") == 0 && !id.male) || (strcmp(part[4], "Nữ") == 0 && id.male);
    if (!card_date(part[3], card.owner_birth_date) || !is_name(part[2]) || other_sex)
        return false;
    snprintf(card.owner_id, sizeof card.owner_id, "%s", id.value);
    snprintf(card.owner_name, sizeof card.owner_name, "%s", part[2]);
    snprintf(card.sex, sizeof card.sex, "%.7s", part[4]);
    if (count > 6)
        (void)card_date(part[6], card.issue_date);
    *out = card;
    return true;
}

static void take_value(const char *value, struct qr_content *out)
{
    char code[CODE_SIZE];
    bool repaired;
    struct id_number id;
    if (parse_dossier_code(value, code, &repaired) && !repaired && strcmp(code, value) == 0)
        keep(out->dossier_code, sizeof out->dossier_code, code);
    else if (parse_procedure_code(value, code) && strcmp(code, value) == 0)
        keep(out->procedure_code, sizeof out->procedure_code, code);
    else if (strspn(value, "0123456789-") == strlen(value) && parse_id(value, &id) &&
             id.kind == ID_PERSONAL && !id.odd_prefix)
        keep(out->owner_id, sizeof out->owner_id, id.value);
}

static bool is_one_of(const char *name, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, known[i]) == 0)
            return true;
    return false;
}

/* The name's letters alone: "ngay_het_han", "Ngày hết hạn". */
static char *name_letters(const char *name)
{
    char *fold = text_fold(name), *to = fold;
    for (const char *from = fold; from && *from; from++)
        if (*from >= 'a' && *from <= 'z')
            *to++ = *from;
    if (to)
        *to = 0;
    return fold;
}

/* Values whose meaning only their name tells. "Hiệu lực" alone is where validity begins, and a
 * number of nine or ten digits may be a telephone. */
static void take_named(const char *name, const char *value, struct qr_content *out)
{
    static const char *const ends[] = {"hethan",    "ngayhethan",  "hieulucden",
                                       "giatriden", "cogiatriden", "validuntil"};
    static const char *const owners[] = {"chuhoso", "hoten", "chugiayto"};
    static const char *const numbers[] = {"cccd",      "socccd",     "cmnd",     "socmnd",
                                          "socancuoc", "sodinhdanh", "masothue", "mst"};
    AUTO(mem)
    char *letters = name_letters(name);
    struct date date;
    struct id_number id;
    if (!letters)
        return;
    if (is_one_of(letters, ends, sizeof ends / sizeof *ends) && parse_date_numeric(value, &date)) {
        if (!date.repaired)
            date_iso(&date, out->valid_until);
    } else if (is_one_of(letters, owners, sizeof owners / sizeof *owners) && is_name(value)) {
        keep(out->owner_name, sizeof out->owner_name, value);
    } else if (is_one_of(letters, numbers, sizeof numbers / sizeof *numbers) &&
               parse_id(value, &id) && !id.repaired) {
        keep(out->owner_id, sizeof out->owner_id, id.value);
    } else {
        take_value(value, out);
    }
}

static size_t split(char *text, const char *separators, char **part)
{
    size_t count = 0;
    for (char *at = text; at && count < PARTS_MAX; count++) {
        part[count] = at;
        at = strpbrk(at, separators);
        if (at)
            *at++ = 0;
    }
    return count;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent signs and plus signs of a URL, in place. */
static void decode_url(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        int high = *from == '%' ? hex_value(from[1]) : -1;
        int low = high >= 0 ? hex_value(from[2]) : -1;
        bool decoded = low >= 0 && (high || low);
        *to++ = decoded ? (char)(high * 16 + low) : *from == '+' ? ' ' : *from;
        from += decoded ? 2 : 0;
    }
    *to = 0;
}

static bool read_url(char *query, struct qr_content *out)
{
    char *part[PARTS_MAX];
    size_t count = split(query, "&#", part);
    for (size_t i = 0; i < count; i++) {
        char *value = strchr(part[i], '=');
        if (!value)
            continue;
        *value++ = 0;
        decode_url(value);
        if (text_is_utf8(value, strlen(value)))
            take_named(part[i], value, out);
    }
    return count > 0;
}

static bool read_json(const char *payload, struct qr_content *out)
{
    AUTO(js)
    struct js *object = NULL;
    if (js_parse(payload, strlen(payload), &object, NULL) || !js_is_object(object))
        return false;
    for (void *at = js_iter(object); at; at = js_iter_next(object, at)) {
        const char *key = js_iter_key(at);
        const struct js *value = js_iter_value(at);
        const char *text = js_text_or(value, "", NULL);
        if (text)
            take_named(key, text, out);
    }
    return true;
}

static bool read_parts(char *text, struct qr_content *out)
{
    char *part[PARTS_MAX];
    const char *separators = strchr(text, '|') ? "|\n" : ";\n\r";
    size_t count = split(text, separators, part);
    if (separators[0] == '|' && read_card(part, count, out))
        return true;
    for (size_t i = 0; i < count; i++) {
        AUTO(mem)
        char *value = text_squeeze(part[i]);
        char *named = value ? strpbrk(value, ":=") : NULL;
        if (!value)
            continue;
        take_value(value, out);
        if (!named || strncmp(named, "://", 3) == 0)
            continue;
        *named++ = 0;
        take_named(value, named + strspn(named, " "), out);
    }
    return true;
}

bool parse_qr(const char *payload, struct qr_content *out)
{
    size_t size = strlen(payload);
    struct qr_content found = {0};
    if (!size || size > QR_PAYLOAD_MAX || !text_is_utf8(payload, size))
        return false;
    AUTO(mem)
    char *text = mem_strdup(payload);
    char *query = text ? strchr(text, '?') : NULL;
    if (!text)
        return false;
    if (*text == '{')
        (void)read_json(payload, &found);
    else if (query && strstr(text, "://"))
        (void)read_url(query + 1, &found);
    else
        (void)read_parts(text, &found);
    bool any = found.is_card || *found.dossier_code || *found.procedure_code || *found.owner_id;
    if (any)
        *out = found;
    return any;
}
