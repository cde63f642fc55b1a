#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_place.h"
#include "ocr/extract/print_check.h"
#include "ocr/extract/read_words.h"

#include <string.h>

/* The recogniser doubts the stroke of Đ even on perfect print; where list and title settle the
 * kind, that doubt does not count, down to here. */
#define CONFIDENCE_STROKE 0.40

/* Drawn pages: of 70 printed numbers and figures read from here to CONFIDENCE_SURE one was wrong, a
 * 6 for an 8; other doubt is mostly of letters, which a known symbol settles. */
#define CONFIDENCE_FIGURES 0.65
#define FIGURES_HAND 0.05

/* Offices do not count that far in a year. */
#define SERIAL_LONG 5

/* Words of one number stand closer than any space. */
#define NUMBER_GAP_EMS 0.2

/* Digits as high as print; of a "/", which faces draw as they like, the top has to be right. */
static bool word_is_printed(const struct page_text *page, size_t label, size_t at,
                            const struct print_scale *scale)
{
    const struct word *word = &page->words->item[at];
    if (word->hand >= WORD_HAND_DOUBT)
        return false;
    return print_fits(page->words, at, scale, &print_digits) ||
           (strchr(word->text, '/') && print_fits(page->words, at, scale, &print_figures) &&
            print_same_top(page->words, label, at, scale, "Số:"));
}

/* Printed by the machine that printed "Số:", with no more than a space between. */
static bool number_is_printed(const struct page_text *page, double aspect, size_t label,
                              size_t first, size_t count)
{
    struct print_scale scale = print_scale_of(page->words, label, 1, "Số:", aspect);
    const struct word *so = &page->words->item[label], *number = &page->words->item[first];
    double gap_mm = number->box.x - (so->box.x + so->box.w);
    if (!scale.known || gap_mm > 0.75 * scale.em_width_mm)
        return false;
    for (size_t i = first; i < first + count; i++) {
        const struct word *word = &page->words->item[i];
        if (!word_is_printed(page, label, i, &scale))
            return false;
        /* a form to fill in leaves room in front of its symbol: "Số:    /QĐ-UBND" */
        double before_mm = i > first ? word->box.x - (word[-1].box.x + word[-1].box.w) : 0;
        if (before_mm > NUMBER_GAP_EMS * scale.em_width_mm)
            return false;
    }
    return print_same_baseline(page->words, label, first, &scale) ||
           (strchr(number->text, '/') && print_same_top(page->words, label, first, &scale, "Số:"));
}

static bool is_known_part(const struct paper *paper, const char *part, size_t size)
{
    /* who signs; and the symbols printed on the forms of TT 04/2020 and NĐ 175/2024 */
    static const char *const fixed[] = {"UBND", "HĐND", "XNTTHN", "TLKS", "TLKH", "TLKT", "GPXD"};
    size_t count;
    const char *const *kinds = templates_kinds(paper->templates, &count);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strlen(fixed[i]) == size && strncmp(fixed[i], part, size) == 0)
            return true;
    for (size_t i = 0; i < count; i++)
        if (strlen(kinds[i]) == size && strncmp(kinds[i], part, size) == 0)
            return true;
    return false;
}

/* Nothing but abbreviations everybody knows: "448/UBND-XNTTHN". */
static bool symbol_is_known(const struct paper *paper, const char *value)
{
    const char *part = strchr(value, '/');
    for (; part && *part; part += strcspn(part, "/-")) {
        size_t size = strcspn(++part, "/-");
        bool year = size == 4 && strspn(part, "0123456789") >= size;
        if (!year && !is_known_part(paper, part, size))
            return false;
    }
    return strchr(value, '/') != NULL;
}

static bool nothing_by_hand(const struct page_text *page, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        if (page->words->item[i].hand >= FIGURES_HAND)
            return false;
    return true;
}

static const char *kind_hint(const struct paper *paper)
{
    const struct class_rule *rule = paper->kind.rule;
    return rule && rule->symbol_count ? rule->symbol[0] : NULL;
}

enum err_code find_number(struct paper *paper, const struct field_rule *rule)
{
    const struct page_text *page = paper->face;
    size_t first, count;
    if (!page || !paper->head.number)
        return ERR_OK;
    struct number_symbol number;
    struct found found = {.page = paper->face_index, .source = FIELD_FROM_ZONE};
    const char *hint = kind_hint(paper);
    if (!read_number_words(page, &paper->head, &first, &count) ||
        !read_number(page, first, count, paper->templates, hint, &number)) {
        found.first = paper->head.number->first; /* a hand may have left no word behind "Số:" */
        found.count = paper->head.number->count;
        found.ask = true;
        return paper_propose(paper, rule, &found);
    }
    found.first = first;
    found.count = count;
    double confidence = paper_words_confidence(page, first, count);
    bool settled = number.has_kind && hint && strcmp(number.kind, hint) == 0;
    bool stroke = settled && strstr(number.value, "Đ") && confidence >= CONFIDENCE_STROKE;
    bool figures = confidence >= CONFIDENCE_FIGURES && symbol_is_known(paper, number.value) &&
                   !strpbrk(number.value, "68") && nothing_by_hand(page, first, count);
    bool printed = first != paper->head.number->first &&
                   number_is_printed(page, paper->aspect[paper->face_index],
                                     paper->head.number->first, first, count);
    struct number_symbol registered;
    bool whole = strchr(number.value, '/') || parse_registration(number.value, &registered);
    bool odd = strspn(number.value, "0123456789") >= SERIAL_LONG ||
               (*number.kind && !number.kind[1]); /* a stroke lost: "552024/HĐ", "27/2020/Đ" */
    odd = odd || (strncmp(number.kind, "Đ", 2) == 0 && !number.kind[2]);
    bool good = printed && whole && !odd && !paper->head.number_in_doubt && !number.repaired &&
                (!number.kind_ambiguous || settled) &&
                (confidence >= CONFIDENCE_SURE || stroke || figures);
    if (good && confidence < CONFIDENCE_AGREED)
        confidence = confidence < CONFIDENCE_SURE ? 0.86 : CONFIDENCE_AGREED;
    else if (!good && confidence > CONFIDENCE_DOUBTED)
        confidence = CONFIDENCE_DOUBTED;
    found.value = number.value;
    found.confidence = confidence;
    found.ask = !good;
    return paper_propose(paper, rule, &found);
}

enum err_code find_name(struct paper *paper, const struct field_rule *rule)
{
    if (!paper->face || !paper->kind.rule)
        return ERR_OK;
    const struct page_line *title = paper->kind.title;
    struct found found = {.value = paper->template->name,
                          .page = paper->face_index,
                          .first = title ? title->first : 0,
                          .count = title ? title->count : 0,
                          .confidence = paper->kind.score,
                          .source = title ? FIELD_FROM_ZONE : FIELD_FROM_WORDING};
    return paper_propose(paper, rule, &found);
}

/* A paper of no known type: what stands there as its title, for a person to judge. */
enum err_code find_title(struct paper *paper, const struct field_rule *rule)
{
    const struct page_text *page = paper->face;
    for (size_t i = 0; page && i < paper->head.title_count; i++) {
        const struct page_line *line = paper->head.title[i];
        const char *second = line->count > 1 ? page->key[line->first + 1] : "";
        if (agency_begins(page->key[line->first], second))
            continue;
        AUTO(mem)
        char *text = page_text_join(page, line->first, line->count);
        AUTO(mem)
        char *name = text ? text_sentence_case(text) : NULL;
        struct found found = {.value = name,
                              .page = paper->face_index,
                              .first = line->first,
                              .count = line->count,
                              .confidence = CONFIDENCE_DOUBTED,
                              .source = FIELD_FROM_ZONE,
                              .ask = true};
        return name ? paper_propose(paper, rule, &found) : ERR_OK;
    }
    return ERR_OK;
}
