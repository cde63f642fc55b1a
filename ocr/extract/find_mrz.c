#include "daemon/base/buf.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_mrz.h"

#include <string.h>

/* The machine readable zone of a card or passport on the paper. */

/* What a value is worth that its own check digit proves, and that all of them prove. */
#define CONFIDENCE_CHECKED 0.90
#define CONFIDENCE_PROVED 0.97
#define LINE_MAX_BYTES 400

struct zone {
    const struct mrz *mrz;
    const char *raw;
    size_t page; /* its number */
    struct rect_mm box;
};

static char *line_text(const struct page_text *page, const struct page_line *line)
{
    AUTO(buf)
    struct buf text;
    buf_init(&text, LINE_MAX_BYTES);
    buf_text(&text, "");
    for (size_t i = line->first; i < line->first + line->count; i++)
        buf_text(&text, page->words->item[i].text);
    return buf_take(&text);
}

static const struct field_rule *rule_for(const struct paper *paper, enum field_name name)
{
    for (size_t i = 0; i < paper->template->rule_count; i++)
        if (paper->template->rule[i].field == name)
            return &paper->template->rule[i];
    return NULL;
}

/* A zone says itself that the paper is somebody's card: its fields belong to papers of no known
 * type, too. */
static bool wants(const struct paper *paper, enum field_name name)
{
    bool unknown = !paper->kind.rule || paper->kind.rule->type == DOC_TYPE_unknown;
    return unknown || rule_for(paper, name);
}

static void ask(struct paper *paper, enum field_name name)
{
    struct field *field = (struct field *)fields_find(paper->fields, name);
    if (!field)
        return;
    field->needs_person = true;
    if (field->confidence > CONFIDENCE_DOUBTED)
        field->confidence = CONFIDENCE_DOUBTED;
}

/* A code outranks the zone; where both or print and zone differ, a person looks. */
static enum err_code propose(struct paper *paper, const struct zone *zone, enum field_name name,
                             const char *value, bool always_ask)
{
    const struct field_rule *rule = rule_for(paper, name);
    const struct field *read = fields_find(paper->fields, name);
    if (!*value || !wants(paper, name))
        return ERR_OK;
    bool conflict = read && read->value && strcmp(read->value, value) != 0;
    struct field field = {
        .name = name,
        .value = (char *)value,
        .raw = (char *)zone->raw,
        .confidence = conflict           ? CONFIDENCE_DOUBTED
                      : zone->mrz->whole ? CONFIDENCE_PROVED
                                         : CONFIDENCE_CHECKED,
        .page = (int)zone->page,
        .box = zone->box,
        .source = FIELD_FROM_MRZ,
        .needs_person = conflict || always_ask || !zone->mrz->whole || (rule && rule->always_ask),
    };
    enum err_code code = fields_put(paper->fields, &field, paper->err);
    if (!code && conflict)
        ask(paper, name);
    return code;
}

/* The zone has no marks and no check digit for the name: it can only doubt what was read in print.
 */
static enum err_code compare_name(struct paper *paper, const struct zone *zone)
{
    const struct field *read = fields_find(paper->fields, FIELD_owner_name);
    if (!*zone->mrz->name || (read && read->source == FIELD_FROM_QR))
        return ERR_OK;
    if (!read || !read->value)
        return propose(paper, zone, FIELD_owner_name, zone->mrz->name, true);
    AUTO(mem)
    char *printed = text_fold(read->value);
    AUTO(mem)
    char *coded = text_fold(zone->mrz->name);
    if (!printed || !coded)
        return err_set(paper->err, ERR_NO_MEMORY, "name");
    if (strcmp(printed, coded) != 0)
        ask(paper, FIELD_owner_name);
    return ERR_OK;
}

/* Cards without an end have the last day of 99 there. */
static bool is_endless(const struct mrz *mrz)
{
    return text_starts(mrz->expiry, "2099");
}

static enum err_code take_zone(struct paper *paper, const struct zone *zone)
{
    enum err_code code = propose(paper, zone, FIELD_owner_id, zone->mrz->personal, false);
    if (!code)
        code = propose(paper, zone, FIELD_owner_birth_date, zone->mrz->birth, false);
    if (!code)
        code = propose(paper, zone, FIELD_valid_until, zone->mrz->expiry, is_endless(zone->mrz));
    return code ? code : compare_name(paper, zone);
}

#define ZONE_LINES 3

static enum err_code try_lines(struct paper *paper, const struct page_text *page, size_t number,
                               size_t at, bool *out_found)
{
    char *line[ZONE_LINES] = {NULL};
    size_t count = 0, used = 0;
    struct mrz mrz;
    enum err_code code = ERR_OK;
    for (; count < ZONE_LINES && at + count < page->line_count; count++) {
        line[count] = line_text(page, &page->line[at + count]);
        if (!line[count])
            break;
    }
    *out_found = parse_mrz((const char *const *)line, count, &mrz, &used);
    if (*out_found) {
        struct zone zone = {&mrz, line[0], number, {0}};
        for (size_t i = 0; i < used; i++)
            zone.box = rect_union(zone.box, page->line[at + i].box);
        zone.box = rect_upright_from_deskewed(zone.box, page->words->page, page->words->skew_deg);
        code = take_zone(paper, &zone);
    }
    for (size_t i = 0; i < ZONE_LINES; i++)
        mem_free(line[i]);
    return code;
}

enum err_code find_mrz(struct paper *paper, const struct page_text *text, size_t page,
                       bool *out_found)
{
    enum err_code code = ERR_OK;
    *out_found = false;
    for (size_t at = 0; at < text->line_count && !code && !*out_found; at++)
        code = try_lines(paper, text, page, at, out_found);
    return code;
}
