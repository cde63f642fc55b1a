#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/classify/fuzzy.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_date.h"
#include "ocr/extract/parse_id.h"
#include "ocr/extract/parse_place.h"
#include "ocr/extract/parse_qr.h"

#include <stdio.h>
#include <string.h>

/* What a decoded code is worth: its own error correction has checked it. */
#define CONFIDENCE_CODE 0.99
/* Drawn pages: of 60 numbers and dates read less surely than CONFIDENCE_SURE one was wrong, in the
 * digits that the other one checks. */
#define AGREEING_MIN 0.50

static const struct field_rule *rule_for(const struct paper *paper, enum field_name name)
{
    for (size_t i = 0; i < paper->template->rule_count; i++)
        if (paper->template->rule[i].field == name)
            return &paper->template->rule[i];
    return NULL;
}

static struct field *field_of(struct paper *paper, enum field_name name)
{
    for (size_t i = 0; i < paper->fields->count; i++)
        if (paper->fields->item[i].name == name)
            return &paper->fields->item[i];
    return NULL;
}

/* Names are alike when only accents or case differ. */
static bool same_value(enum field_name name, const char *a, const char *b)
{
    if (name != FIELD_owner_name)
        return strcmp(a, b) == 0;
    AUTO(mem)
    char *x = text_fold(a);
    AUTO(mem)
    char *y = text_fold(b);
    return x && y && strcmp(x, y) == 0;
}

static void doubt(struct field *field)
{
    if (!field || !field->value)
        return;
    field->needs_person = true;
    if (field->source != FIELD_FROM_QR && field->confidence > CONFIDENCE_DOUBTED)
        field->confidence = CONFIDENCE_DOUBTED;
}

struct code_value {
    enum field_name name;
    const char *value;
};

/* Two codes that say different things, or a code of which the paper says nothing, are a question.
 */
static enum err_code take_code_value(struct paper *paper, size_t page, const struct page_code *code,
                                     const struct code_value *found, bool trusted)
{
    const struct field_rule *rule = rule_for(paper, found->name);
    if (!*found->value || !rule)
        return ERR_OK;
    struct field *read = field_of(paper, found->name);
    bool conflict = read && read->value && !same_value(found->name, read->value, found->value);
    if (read && read->source == FIELD_FROM_QR) {
        read->needs_person = read->needs_person || conflict;
        return ERR_OK;
    }
    struct field field = {
        .name = found->name,
        .value = (char *)found->value,
        .raw = code->text,
        .confidence = conflict || !trusted ? CONFIDENCE_DOUBTED : CONFIDENCE_CODE,
        .page = (int)(paper->first_page + page),
        .box = code->box,
        .source = FIELD_FROM_QR,
        .needs_person = conflict || !trusted || rule->always_ask,
    };
    return fields_put(paper->fields, &field, paper->err);
}

enum person_in_code { PERSON_UNTOLD, PERSON_SAME, PERSON_OTHER };

/* Whether the person a code names is the one the paper was read to be of. */
static enum person_in_code compare_person(const struct paper *paper, const struct code_value *value,
                                          size_t count)
{
    enum person_in_code person = PERSON_UNTOLD;
    for (size_t i = 0; i < count; i++) {
        const struct field *read = fields_find(paper->fields, value[i].name);
        if (!*value[i].value || !read || !read->value)
            continue;
        if (!same_value(value[i].name, read->value, value[i].value))
            return PERSON_OTHER;
        person = PERSON_SAME;
    }
    return person;
}

/* A card that lies on the paper is somebody's, its owner's only where the paper agrees: of another
 * person nothing is taken, and what was read is a question. */
static enum err_code take_code(struct paper *paper, size_t page, const struct page_code *code)
{
    struct qr_content content;
    if (!code->text || !parse_qr(code->text, &content))
        return ERR_OK;
    const struct code_value persons[] = {
        {FIELD_owner_id, content.owner_id},
        {FIELD_owner_name, content.owner_name},
        {FIELD_owner_birth_date, content.owner_birth_date},
    };
    const struct code_value others[] = {
        {FIELD_dossier_code, content.dossier_code},
        {FIELD_procedure_code, content.procedure_code},
        {FIELD_valid_until, content.valid_until},
    };
    const size_t count = sizeof persons / sizeof *persons;
    enum person_in_code person = compare_person(paper, persons, count);
    bool is_card = content.is_card && paper->template->type == DOC_TYPE_citizen_id;
    bool foreign = content.is_card && !is_card && person == PERSON_OTHER;
    bool trusted = person == PERSON_SAME || is_card || *content.dossier_code;
    enum err_code err = ERR_OK;
    for (size_t i = 0; i < count && !err; i++) {
        if (foreign && *persons[i].value)
            doubt(field_of(paper, persons[i].name));
        else
            err =
                take_code_value(paper, page, code, &persons[i], trusted && person != PERSON_OTHER);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others && !err; i++)
        err = take_code_value(paper, page, code, &others[i], trusted);
    return err;
}

enum err_code find_codes(struct paper *paper)
{
    for (size_t i = 0; i < paper->page_count; i++)
        for (size_t k = 0; k < paper->info[i].code_count; k++) {
            enum err_code code = take_code(paper, i, &paper->info[i].codes[k]);
            if (code)
                return code;
        }
    return ERR_OK;
}

static bool field_date(const struct field *field, struct date *out)
{
    *out = (struct date){0};
    return field && field->value &&
           sscanf(field->value, "%4d-%2d-%2d", &out->year, &out->month, &out->day) == 3;
}

/* The sex printed after "Giới tính"; its two short words are often read badly, so only a clear one
 * speaks. 1 male, 0 female, -1 not told. */
static int stated_sex(const struct paper *paper)
{
    for (size_t p = 0; p < paper->page_count; p++) {
        const struct page_text *page = &paper->page[p];
        for (size_t i = 0; i + 2 < page->words->count; i++) {
            const struct word *word = &page->words->item[i + 2];
            if (strcmp(page->key[i], "gioi") != 0 || strcmp(page->key[i + 1], "tinh") != 0 ||
                word->confidence < CONFIDENCE_SURE)
                continue;
            if (strcmp(page->key[i + 2], "nam") == 0)
                return 1;
            return strcmp(page->key[i + 2], "nu") == 0 ? 0 : -1;
        }
    }
    return -1;
}

/* What is read unsurely and agrees with the other in what both say is believed; everything else
 * that speaks against a value has made it worth less than this. */
static void believe(struct paper *paper, struct field *field)
{
    const struct field_rule *rule = rule_for(paper, field->name);
    bool unsure = field->needs_person && field->confidence >= AGREEING_MIN &&
                  field->confidence < CONFIDENCE_SURE && !field->handwritten;
    if (!unsure || !rule || (rule->always_ask && !(paper->chosen & 1u << field->name)))
        return;
    field->needs_person = false;
    field->confidence = CONFIDENCE_SURE;
}

/* 12 digits tell birth year and sex (regulations 8.1). */
static void check_owner(struct paper *paper)
{
    struct field *id_field = field_of(paper, FIELD_owner_id);
    struct field *birth_field = field_of(paper, FIELD_owner_birth_date);
    struct id_number id;
    struct date birth;
    if (!id_field || !id_field->value || !parse_id(id_field->value, &id) || id.kind != ID_PERSONAL)
        return;
    bool have_birth = field_date(birth_field, &birth);
    if (have_birth && birth.year != id.birth_year) {
        doubt(id_field);
        doubt(birth_field);
    }
    int sex = stated_sex(paper);
    bool other_sex = rule_for(paper, FIELD_owner_birth_date) && sex >= 0 && (sex == 1) != id.male;
    if (other_sex)
        doubt(id_field);
    else if (have_birth && birth.year == id.birth_year && !id.odd_prefix) {
        believe(paper, id_field);
        believe(paper, birth_field);
    }
}

static void check_dates(struct paper *paper)
{
    struct field *issued = field_of(paper, FIELD_issue_date);
    struct field *born = field_of(paper, FIELD_owner_birth_date);
    struct date issue, birth;
    bool have_issue = field_date(issued, &issue);
    if (have_issue && field_date(born, &birth) && date_compare(&birth, &issue) > 0) {
        doubt(issued);
        doubt(born);
    }
    struct field *number = field_of(paper, FIELD_number_symbol);
    bool other_year = paper->number.year && have_issue && paper->number.year != issue.year;
    if (number && number->value && other_year) {
        doubt(number);
        doubt(issued);
    }
}

/* A symbol of another kind than the title says: one of them is misread. */
static void check_symbol(struct paper *paper)
{
    const struct class_rule *rule = paper->kind.rule;
    struct field *number = field_of(paper, FIELD_number_symbol);
    if (!rule || !number || !rule->symbol_count || !paper->number.has_kind)
        return;
    for (size_t i = 0; i < rule->symbol_count; i++)
        if (strcmp(rule->symbol[i], paper->number.kind) == 0)
            return;
    doubt(number);
}

/* "322/QĐ-SKHCN": three letters and more of which the first is an S, for Sở. */
static bool names_department(const char *symbol)
{
    for (const char *part = strchr(symbol, '/'); part && *part; part += strcspn(part, "/-")) {
        size_t size = strcspn(++part, "/-");
        if (size >= 3 && part[0] == 'S' && part[1] >= 'A' && part[1] <= 'Z')
            return true;
    }
    return false;
}

/* "xã Quang" beside "Quang Minh, ngày …": the last line of the name was not read. */
static bool is_cut_short(const char *issuer, const char *place)
{
    const char *unit = agency_unit(issuer);
    const char *name = unit ? strchr(unit, ' ') : NULL;
    AUTO(mem) char *name_fold = name ? text_fold(name + 1) : NULL;
    AUTO(mem) char *place_fold = text_fold(place);
    size_t size = name_fold ? strlen(name_fold) : 0;
    return size && place_fold && text_starts(place_fold, name_fold) && place_fold[size] == ' ';
}

/* The department's own line was not read, its superior's was; or not the whole of the name. */
static void check_issuer(struct paper *paper)
{
    const struct field *number = field_of(paper, FIELD_number_symbol);
    const struct field *place = field_of(paper, FIELD_issue_place);
    struct field *issuer = field_of(paper, FIELD_issuer);
    if (!issuer || !issuer->value)
        return;
    bool is_superior = number && number->value && text_starts(issuer->value, "Ủy ban") &&
                       names_department(number->value);
    if (is_superior || (place && place->value && is_cut_short(issuer->value, place->value)))
        doubt(issuer);
}

enum err_code cross_check(struct paper *paper)
{
    check_owner(paper);
    check_dates(paper);
    check_symbol(paper);
    check_issuer(paper);
    return ERR_OK;
}
