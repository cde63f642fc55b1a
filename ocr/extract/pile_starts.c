#include "ocr/extract/pile_starts.h"

#include "daemon/base/text.h"
#include "daemon/model/import_papers.h"
#include "ocr/classify/classify.h"
#include "ocr/extract/parse_qr.h"

#include <stdio.h>
#include <string.h>

/* A title stands in this part of the page; what it is worth as a paper's beginning without a motto.
 */
#define TITLE_TOP 0.2
#define STARTS_BY_KNOWN_TITLE 0.75
#define STARTS_BY_PAPER_WORD 0.72
#define STARTS_BY_TITLE 0.55
#define STARTS_BY_DOSSIER 0.95
#define STARTS_BY_SEPARATOR 0.99

/* What papers are called, whatever they are about; headings inside of one begin otherwise
 * (chương, phần, mục, danh sách). As keys. */
static bool names_paper(const char *key)
{
    static const char *const words[] = {"giay",    "don",      "tokhai",    "phieu",    "bienban",
                                        "hopdong", "chungchi", "chungnhan", "bancamket"};
    if (text_starts(key, "donvi") || text_starts(key, "dongia"))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_starts(key, words[i]))
            return true;
    return false;
}

static void classify_alone(const struct templates *templates, const struct page_text *page,
                           struct head *out_head, struct classification *out_kind)
{
    size_t rule_count;
    const struct class_rule *rules = templates_class_rules(templates, &rule_count);
    head_find(page, out_head);
    *out_kind = (struct classification){0};
    classify(rules, rule_count, &(struct class_evidence){.text = page, .head = out_head}, out_kind);
}

/* A paper without a motto begins with its title: one that is known, one that begins with the word
 * for a paper, or any line of capitals in the middle above all other text, save that of an annex.
 */
static void starts_by_title(const struct templates *templates, const struct page_text *page,
                            struct paper_start *start)
{
    struct head head;
    struct classification kind;
    classify_alone(templates, page, &head, &kind);
    double top_mm = page->frame.y + page->frame.h * TITLE_TOP;
    bool known = kind.rule && kind.title && kind.title->box.y < top_mm;
    bool first = page->line_count && head.title_count && head.title[0] == &page->line[0] &&
                 !strpbrk(head.title[0]->key, "0123456789") &&
                 strncmp(head.title[0]->key, "phuluc", 6) != 0;
    if (!known && !first)
        return;
    start->value = true;
    start->confidence = known                             ? STARTS_BY_KNOWN_TITLE
                        : names_paper(head.title[0]->key) ? STARTS_BY_PAPER_WORD
                                                          : STARTS_BY_TITLE;
    start->why = "title";
}

/* Behind a separator, or on a form that bears one, a paper starts whatever else stands there. */
static void starts_by_separator(const struct sheets *sheets)
{
    bool behind = false;
    for (size_t i = 0; i < sheets->count; i++) {
        bool is_separator = sheets->separator[i] != SEPARATOR_NONE;
        bool starts =
            !is_separator && (behind || separator_is_printed_on(sheets->pile, i, &sheets->infos[i],
                                                                &sheets->words[i]));
        struct paper_start *start = &sheets->start[i];
        if (is_separator || starts)
            *start = (struct paper_start){.value = starts,
                                          .confidence = STARTS_BY_SEPARATOR,
                                          .why = starts ? "separator" : NULL,
                                          .number = start->number};
        behind = is_separator;
    }
}

static bool find_dossier_code(const struct page_info *info, struct qr_content *out)
{
    for (size_t i = 0; i < info->code_count; i++)
        if (info->codes[i].text && parse_qr(info->codes[i].text, out) && out->dossier_code[0])
            return true;
    return false;
}

/* Every paper that a case results in bears the code of that case (regulations 2.6), and people
 * bring old ones: only a receipt or a separator says whose papers come behind it. */
static bool says_whose_pile(const struct sheets *sheets, size_t at)
{
    struct head head;
    struct classification kind;
    if (sheets->separator[at] != SEPARATOR_NONE)
        return true;
    classify_alone(sheets->templates, &sheets->text[at], &head, &kind);
    return kind.rule && kind.rule->type == DOC_TYPE_receipt_slip;
}

/* The receipt of another dossier, or a paper that bears its code. */
static void starts_by_dossier(const struct sheets *sheets)
{
    char known[CODE_SIZE] = "", pile[CODE_SIZE] = "";
    for (size_t i = 0; i < sheets->count; i++) {
        struct qr_content code;
        struct paper_start *start = &sheets->start[i];
        bool has_code = find_dossier_code(&sheets->infos[i], &code);
        bool is_other = has_code && known[0] && strcmp(known, code.dossier_code) != 0;
        if (is_other && (!start->value || start->confidence < STARTS_BY_DOSSIER))
            *start = (struct paper_start){.value = true,
                                          .confidence = STARTS_BY_DOSSIER,
                                          .why = "dossier",
                                          .number = start->number};
        if (has_code)
            snprintf(known, sizeof known, "%s", code.dossier_code);
        if (has_code && says_whose_pile(sheets, i))
            snprintf(pile, sizeof pile, "%s", code.dossier_code);
        snprintf(sheets->dossier_code[i], CODE_SIZE, "%s", pile);
    }
}

void pile_find_starts(const struct sheets *sheets)
{
    struct paper_start *start = sheets->start;
    starts_find(sheets->text, sheets->count, start);
    for (size_t i = 1; i < sheets->count; i++)
        if (!start[i].value && !start[i].is_annex)
            starts_by_title(sheets->templates, &sheets->text[i], &start[i]);
    separators_find(sheets->pile, sheets->infos, sheets->words, sheets->count, sheets->separator);
    starts_by_dossier(sheets);
    starts_by_separator(sheets);
    starts_weigh_numbers(sheets->text, sheets->count, start);
}

size_t pile_first_paper(const struct sheets *sheets, size_t *out_count)
{
    size_t first = 0, end;
    while (first < sheets->count && sheets->separator[first] != SEPARATOR_NONE)
        first++;
    for (end = first; end < sheets->count && sheets->separator[end] == SEPARATOR_NONE; end++)
        if (end > first && sheets->start[end].value &&
            sheets->start[end].confidence >= PAPER_START_SURE)
            break;
    *out_count = end - first;
    return first;
}

static bool set_number(struct js *to, const char *key, int number)
{
    return !number || js_set(to, key, js_int(number));
}

static struct js *start_to_js(const struct paper_start *start, const char *dossier_code,
                              enum separator separator)
{
    AUTO(js)
    struct js *starts =
        js_pack("{s:b, s:f, s:s*, s:s*}", "value", start->value, "confidence", start->confidence,
                "why", start->why, "dossier_code", *dossier_code ? dossier_code : NULL);
    bool ok = starts && set_number(starts, "number", start->number.number) &&
              set_number(starts, "of", start->number.of) &&
              set_number(starts, "missing", start->missing);
    return ok ? js_pack("{s:O, s:s*}", "starts_document", starts, "separator",
                        separator == SEPARATOR_NONE ? NULL : separator_name(separator))
              : NULL;
}

struct js *pile_starts_to_js(const struct sheets *sheets)
{
    AUTO(js)
    struct js *pages = js_array();
    for (size_t i = 0; i < sheets->count; i++)
        if (!js_push(pages,
                     start_to_js(&sheets->start[i], sheets->dossier_code[i], sheets->separator[i])))
            return NULL;
    return TAKE(pages);
}
