#include "ocr/extract/understand.h"

#include "ocr/classify/page_terms.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/pile_starts.h"
#include "ocr/extract/print_check.h"
#include "ocr/extract/read_words.h"

#include <string.h>

struct texts {
    struct page_text *item;
    size_t count;
};

static void texts_auto(struct texts *texts)
{
    for (size_t i = 0; texts->item && i < texts->count; i++)
        page_text_done(&texts->item[i]);
    mem_free(texts->item);
}

static enum err_code make_texts(const struct words *pages, size_t count, struct texts *out,
                                struct err *err)
{
    out->item = mem_array(count + 1, sizeof *out->item);
    if (!out->item)
        return err_set(err, ERR_NO_MEMORY, "pages of a document");
    for (; out->count < count; out->count++) {
        enum err_code code = page_text_make(&pages[out->count], &out->item[out->count], err);
        if (code) {
            page_text_done(&out->item[out->count]);
            return code;
        }
    }
    return ERR_OK;
}

struct layouts {
    struct layout *item;
    size_t count;
};

static void layouts_auto(struct layouts *layouts)
{
    for (size_t i = 0; i < layouts->count; i++)
        layout_done(&layouts->item[i]);
    mem_free(layouts->item);
}

/* Tables are told by rulings, which only the page's own zones know; the others by its words. */
static enum err_code lay_out(const struct paper *paper, size_t at, struct layout *out)
{
    const struct page_text *text = &paper->page[at];
    const struct page_info *info = &paper->info[at];
    AUTO(mem) struct page_zone *cell = mem_array(info->zone_count + 1, sizeof *cell);
    struct head head;
    size_t cells = 0;
    bool is_face = text == paper->face;
    if (!cell)
        return err_set(paper->err, ERR_NO_MEMORY, "zones of a page");
    for (size_t i = 0; i < info->zone_count; i++) {
        if (info->zones[i].kind != PAGE_ZONE_CELL)
            continue;
        cell[cells] = info->zones[i];
        cell[cells].box = rect_deskewed_from_upright(info->zones[i].box, text->words->page,
                                                     text->words->skew_deg);
        cells++;
    }
    head_find(text, &head);
    return layout_find(text, &head, is_face ? paper->kind.title : NULL,
                       is_face ? paper->kind.title_lines : 0, cell, cells, out, paper->err);
}

static enum err_code lay_out_pages(struct paper *paper, struct layouts *out)
{
    out->item = mem_array(paper->page_count + 1, sizeof *out->item);
    if (!out->item)
        return err_set(paper->err, ERR_NO_MEMORY, "zones of a document");
    for (; out->count < paper->page_count; out->count++) {
        enum err_code code = lay_out(paper, out->count, &out->item[out->count]);
        if (code)
            return code;
    }
    paper->layout = out->item;
    return ERR_OK;
}

struct label_lists {
    struct labels *item;
    size_t count;
};

static void label_lists_auto(struct label_lists *lists)
{
    for (size_t i = 0; i < lists->count; i++)
        labels_done(&lists->item[i]);
    mem_free(lists->item);
}

static enum err_code find_labels(struct paper *paper, struct label_lists *out)
{
    out->item = mem_array(paper->page_count + 1, sizeof *out->item);
    if (!out->item)
        return err_set(paper->err, ERR_NO_MEMORY, "labels of a document");
    for (; out->count < paper->page_count; out->count++) {
        enum err_code code = labels_find(&paper->page[out->count], paper->templates,
                                         paper->template, &out->item[out->count], paper->err);
        if (code) {
            labels_done(&out->item[out->count]);
            return code;
        }
    }
    paper->labels = out->item;
    return ERR_OK;
}

typedef enum err_code finder(struct paper *, const struct field_rule *);

static finder *const finders[] = {
    [FIND_NUMBER] = find_number,     [FIND_DATE] = find_date,
    [FIND_PLACE] = find_place,       [FIND_ISSUER] = find_issuer,
    [FIND_NAME] = find_name,         [FIND_TITLE] = find_title,
    [FIND_ABSTRACT] = find_abstract, [FIND_SUBJECT] = find_subject,
    [FIND_SIGNER] = find_signer,     [FIND_LABEL] = find_labelled,
    [FIND_OPENING] = find_opening,   [FIND_CLOSING] = find_closing,
    [FIND_VALIDITY] = find_validity, [FIND_CODE] = NULL, /* find_codes reads them all at once */
    [FIND_SIGNING] = find_signing,
};

static void find_face(struct paper *paper)
{
    for (size_t i = 0; i < paper->page_count && !paper->face; i++)
        if (paper->page[i].line_count) {
            paper->face = &paper->page[i];
            paper->face_index = i;
        }
    if (paper->face)
        head_find(paper->face, &paper->head);
}

static void read_paper_number(struct paper *paper, const char *hint)
{
    size_t first, count;
    struct number_symbol number;
    if (!paper->face || !read_number_words(paper->face, &paper->head, &first, &count))
        return;
    if (read_number(paper->face, first, count, paper->templates, hint, &number) ||
        read_symbol(paper->face, first, count, paper->templates, hint, &number))
        paper->number = number;
}

/* How probable each type is by the words of the face. */
static enum err_code ask_model(const struct paper *paper, double out[DOC_TYPE_COUNT])
{
    AUTO(mem) struct page_terms *terms = mem_alloc(sizeof *terms);
    if (!terms || !page_terms_of(paper->face, terms))
        return err_set(paper->err, ERR_NO_MEMORY, "terms of a page");
    type_model_score(templates_model(paper->templates), terms->id, terms->count, out);
    return ERR_OK;
}

static enum err_code classify_paper(struct paper *paper)
{
    size_t rule_count;
    double probable[DOC_TYPE_COUNT];
    const struct class_rule *rules = templates_class_rules(paper->templates, &rule_count);
    if (!paper->face)
        return ERR_OK;
    enum err_code code = ask_model(paper, probable);
    if (code)
        return code;
    read_paper_number(paper, NULL);
    struct class_evidence evidence = {
        .text = paper->face,
        .head = &paper->head,
        .symbol_kind = *paper->number.kind ? paper->number.kind : NULL,
        .symbol_has_kind = paper->number.has_kind,
        .probable = probable,
    };
    classify(rules, rule_count, &evidence, &paper->kind);
    const struct class_rule *rule = paper->kind.rule;
    if (rule && rule->symbol_count)
        read_paper_number(paper, rule->symbol[0]);
    return ERR_OK;
}

/* By its rule, and where that shows nothing by the other ways it names. */
static enum err_code find_field(struct paper *paper, const struct field_rule *rule)
{
    enum err_code code = ERR_OK;
    for (; !code && rule && !fields_find(paper->fields, rule->field); rule = rule->otherwise)
        code = finders[rule->find] ? finders[rule->find](paper, rule) : ERR_OK;
    return code;
}

static enum err_code find_fields(struct paper *paper)
{
    const struct template *template = paper->template;
    for (size_t i = 0; i < template->rule_count; i++) {
        enum err_code code = find_field(paper, &template->rule[i]);
        if (code)
            return code;
    }
    return find_codes(paper);
}

/* A paper that says it never expires has no date to ask for. */
static bool answered_otherwise(const struct paper *paper, enum field_name name)
{
    const struct field *endless = fields_find(paper->fields, FIELD_no_expiry);
    return name == FIELD_valid_until && endless && endless->value;
}

static enum err_code ask_missing(struct paper *paper)
{
    for (size_t i = 0; i < paper->template->rule_count; i++) {
        const struct field_rule *rule = &paper->template->rule[i];
        if (fields_find(paper->fields, rule->field) || answered_otherwise(paper, rule->field))
            continue;
        enum err_code code = paper_propose_missing(paper, rule);
        if (code)
            return code;
    }
    return ERR_OK;
}

static struct js *answer_to_js(const struct paper *paper, struct js *pages)
{
    const struct class_rule *rule = paper->kind.rule;
    AUTO(js)
    struct js *answer = js_pack(
        "{s:s, s:f, s:o, s:o}", "type", doc_type_slug(rule ? rule->type : DOC_TYPE_unknown),
        "type_score", paper->kind.score, "fields", fields_to_js(paper->fields), "pages", pages);
    bool beyond_types = answer && rule && rule->kind_abbr;
    if (beyond_types &&
        !js_set(answer, "kind",
                js_pack("{s:s, s:s}", "abbr", rule->kind_abbr, "name", rule->kind_name)))
        return NULL;
    return TAKE(answer);
}

/* The document's own dossier: where the paper names another one, somebody has to look. */
static void compare_dossier(struct paper *paper, const char *dossier_code)
{
    for (size_t i = 0; dossier_code && i < paper->fields->count; i++) {
        struct field *field = &paper->fields->item[i];
        if (field->name == FIELD_dossier_code && field->value &&
            strcmp(field->value, dossier_code) != 0)
            field->needs_person = true;
    }
}

enum err_code understand_document(const struct templates *templates, const struct words *pages,
                                  const struct page_info *infos, size_t page_count,
                                  const char *dossier_code, struct js **out, struct err *err)
{
    return understand_with_details(templates, pages, infos, page_count, NULL, 0, NULL, dossier_code,
                                   out, err);
}

/* A card's zone is best read from the closer look. */
static enum err_code find_zone(struct paper *paper, const struct detail *details, size_t count,
                               size_t page_count)
{
    bool found = false;
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < count && !code && !found; i++) {
        AUTO(page_text) struct page_text text = {0};
        if (details[i].page + 1 - paper->first_page >= paper->page_count)
            continue;
        code = page_text_make(details[i].words, &text, paper->err);
        if (!code)
            code = find_mrz(paper, &text, page_count + 1 + i, &found);
    }
    for (size_t i = 0; i < paper->page_count && !code && !found; i++)
        code = find_mrz(paper, &paper->page[i], paper->first_page + i, &found);
    return code;
}

enum err_code understand_with_details(const struct templates *templates, const struct words *pages,
                                      const struct page_info *infos, size_t page_count,
                                      const struct detail *details, size_t detail_count,
                                      const struct pile *pile, const char *dossier_code,
                                      struct js **out, struct err *err)
{
    AUTO(texts)
    struct texts texts = {0};
    AUTO(layouts)
    struct layouts layouts = {0};
    AUTO(label_lists)
    struct label_lists labels = {0};
    AUTO(fields)
    struct fields fields = {0};
    AUTO(mem)
    struct paper_start *start = mem_array(page_count + 1, sizeof *start);
    AUTO(mem) enum separator *separator = mem_array(page_count + 1, sizeof *separator);
    AUTO(mem) char(*codes)[CODE_SIZE] = mem_array(page_count + 1, sizeof *codes);
    AUTO(mem) double *aspect = mem_array(page_count + 1, sizeof *aspect);
    if (!start || !separator || !codes || !aspect)
        return err_set(err, ERR_NO_MEMORY, "pages of a document");
    enum err_code code = make_texts(pages, page_count, &texts, err);
    if (code)
        return code;
    const struct sheets sheets = {.templates = templates,
                                  .pile = pile,
                                  .text = texts.item,
                                  .words = pages,
                                  .infos = infos,
                                  .count = page_count,
                                  .separator = separator,
                                  .start = start,
                                  .dossier_code = codes};
    pile_find_starts(&sheets);
    struct paper paper = {.templates = templates, .aspect = aspect, .fields = &fields, .err = err};
    size_t first = pile_first_paper(&sheets, &paper.page_count);
    paper.page = texts.item + first;
    paper.info = infos + first;
    paper.first_page = first + 1;
    for (size_t i = 0; i < paper.page_count; i++)
        aspect[i] = print_aspect(paper.page[i].words);
    find_face(&paper);
    code = classify_paper(&paper);
    if (code)
        return code;
    enum doc_type type = paper.kind.rule ? paper.kind.rule->type : DOC_TYPE_unknown;
    paper.template = templates_find(templates, type);
    code = lay_out_pages(&paper, &layouts);
    if (!code)
        code = find_labels(&paper, &labels);
    if (!code)
        code = find_fields(&paper);
    if (!code)
        code = find_zone(&paper, details, detail_count, page_count);
    if (!code)
        code = cross_check(&paper);
    if (code)
        return code;
    compare_dossier(&paper, dossier_code);
    code = ask_missing(&paper);
    if (code)
        return code;
    struct js *list = pile_starts_to_js(&sheets);
    struct js *answer = answer_to_js(&paper, list);
    if (!answer)
        return err_set(err, ERR_NO_MEMORY, "fields of a document");
    *out = answer;
    return ERR_OK;
}
