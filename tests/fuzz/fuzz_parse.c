#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "daemon/model/dossier_code.h"
#include "ocr/extract/parse_code.h"
#include "ocr/extract/parse_id.h"
#include "ocr/extract/parse_mrz.h"
#include "ocr/extract/parse_number.h"
#include "ocr/extract/parse_place.h"
#include "ocr/extract/parse_qr.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Every parser of a value on the same text: codes on paper as they come, the rest as words are,
 * UTF-8 NFC. A number or code made of a text is taken for the same again.
 */

#define LINES_MAX 8

static const char *const kinds[] = {"QĐ", "TB", "HD", "HĐ", "BC", "CT", "CTr", "UBND"};
#define KIND_COUNT (sizeof kinds / sizeof *kinds)

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void is_day_or_empty(const char *iso)
{
    struct date date = {0};
    if (!*iso)
        return;
    date.year = atoi(iso);
    date.month = atoi(iso + 5);
    date.day = atoi(iso + 8);
    must(strlen(iso) == DATE_ISO_SIZE - 1 && date_is_real(&date));
}

static void try_qr(const char *payload)
{
    struct qr_content content;
    struct id_number id;
    char code[CODE_SIZE];
    bool repaired;
    if (!parse_qr(payload, &content))
        return;
    must(!*content.owner_id || parse_id(content.owner_id, &id));
    must(!*content.dossier_code || parse_dossier_code(content.dossier_code, code, &repaired));
    must(!*content.procedure_code || parse_procedure_code(content.procedure_code, code));
    must(text_is_utf8(content.owner_name, strlen(content.owner_name)));
    is_day_or_empty(content.owner_birth_date);
    is_day_or_empty(content.issue_date);
    is_day_or_empty(content.valid_until);
}

static void try_codes(const char *text)
{
    char first[CODE_SIZE], again[CODE_SIZE];
    bool repaired;
    if (parse_dossier_code(text, first, &repaired))
        must(parse_dossier_code(first, again, &repaired) && strcmp(first, again) == 0);
    if (parse_procedure_code(text, first))
        must(parse_procedure_code(first, again) && strcmp(first, again) == 0);
}

static void try_numbers(const char *text)
{
    struct number_symbol first, again;
    struct id_number id, id_again;
    for (size_t hint = 0; hint < 2; hint++)
        if (parse_number(text, kinds, KIND_COUNT, hint ? "QĐ" : NULL, &first))
            must(parse_number(first.value, kinds, KIND_COUNT, NULL, &again) &&
                 strcmp(first.value, again.value) == 0);
    if (parse_registration(text, &first))
        must(parse_registration(first.value, &again) && strcmp(first.value, again.value) == 0);
    if (parse_id(text, &id))
        must(parse_id(id.value, &id_again) && id.kind == id_again.kind &&
             strcmp(id.value, id_again.value) == 0);
}

static void try_dates(const char *text)
{
    struct date date;
    bool repaired;
    char iso[DATE_ISO_SIZE];
    if (parse_date(text, &date)) {
        must(date_is_real(&date));
        date_iso(&date, iso);
        is_day_or_empty(iso);
        struct date later = date_add_months(date, 11);
        must(later.year > 2099 || date_is_real(&later));
    }
    must(parse_date_part(text, &repaired) >= -1);
}

static void try_names(const char *text)
{
    char *(*const makers[])(const char *) = {agency_from_caps, person_name, place_name};
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        AUTO(mem) char *name = makers[i](text);
        must(!name || text_is_utf8(name, strlen(name)));
    }
    const char *unit = agency_unit(text);
    must(!unit || (unit >= text && unit <= text + strlen(text)));
}

static void try_zone(char *text)
{
    const char *line[LINES_MAX];
    size_t count = 0, used = 0;
    struct mrz zone;
    char *rest = NULL;
    for (char *at = strtok_r(text, "\n", &rest); at && count < LINES_MAX;
         at = strtok_r(NULL, "\n", &rest))
        line[count++] = at;
    if (!parse_mrz(line, count, &zone, &used))
        return;
    must(used > 0 && used <= count);
    is_day_or_empty(zone.birth);
    is_day_or_empty(zone.expiry);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct err err = ERR_INIT;
    AUTO(mem) char *payload = mem_strndup((const char *)bytes, size);
    AUTO(mem) char *text = NULL;
    if (!payload)
        return 0;
    try_qr(payload);
    if (size > 20000 || text_nfc((const char *)bytes, size, &text, &err))
        return 0;
    try_codes(text);
    try_numbers(text);
    try_dates(text);
    try_names(text);
    try_zone(text);
    return 0;
}
