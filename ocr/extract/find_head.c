#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/classify/fuzzy.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_date.h"
#include "ocr/extract/parse_place.h"
#include "ocr/extract/print_check.h"
#include "ocr/extract/read_words.h"

#include <string.h>

/* What a printed value read by a sure recogniser is worth when every check agrees. */
#define CONFIDENCE_CHECKED 0.93
/* The recogniser doubts the stroke of Đ even on perfect print; where list and title settle the
 * kind, that doubt does not count, down to here. */
#define CONFIDENCE_STROKE 0.40

/* Words of one number stand closer than any space. */
#define NUMBER_GAP_EMS 0.2

/* Printed by the machine that printed "Số:", with no more than a space between. */
static bool number_is_printed(const struct page_text *page, size_t label, size_t first,
                              size_t count)
{
    struct print_scale scale = print_scale_of(page->words, label, 1, "Số:");
    const struct word *so = &page->words->item[label], *number = &page->words->item[first];
    double gap_mm = number->box.x - (so->box.x + so->box.w);
    if (!scale.known || gap_mm > 0.75 * scale.em_width_mm)
        return false;
    for (size_t i = first; i < first + count; i++) {
        const struct word *word = &page->words->item[i];
        if (!print_fits(page->words, i, &scale, &print_digits))
            return false;
        /* a form to fill in leaves room in front of its symbol: "Số:    /QĐ-UBND" */
        double before_mm = i > first ? word->box.x - (word[-1].box.x + word[-1].box.w) : 0;
        if (before_mm > NUMBER_GAP_EMS * scale.em_width_mm)
            return false;
    }
    return print_same_baseline(page->words, label, first, &scale);
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
    if (!page || !read_number_words(page, &paper->head, &first, &count))
        return ERR_OK;
    struct number_symbol number;
    struct found found = {
        .page = paper->face_index, .first = first, .count = count, .source = FIELD_FROM_ZONE};
    const char *hint = kind_hint(paper);
    if (!read_number(page, first, count, paper->templates, hint, &number)) {
        found.ask = true;
        return paper_propose(paper, rule, &found);
    }
    double confidence = paper_words_confidence(page, first, count);
    bool settled = number.has_kind && hint && strcmp(number.kind, hint) == 0;
    bool stroke = settled && strstr(number.value, "Đ") && confidence >= CONFIDENCE_STROKE;
    bool printed = first != paper->head.number->first &&
                   number_is_printed(page, paper->head.number->first, first, count);
    bool whole = strchr(number.value, '/') != NULL;
    bool good = printed && whole && !paper->head.number_in_doubt && !number.repaired &&
                (!number.kind_ambiguous || settled) && (confidence >= CONFIDENCE_SURE || stroke);
    if (good && confidence < CONFIDENCE_CHECKED)
        confidence = stroke && confidence < CONFIDENCE_SURE ? 0.86 : CONFIDENCE_CHECKED;
    else if (!good && confidence > CONFIDENCE_DOUBTED)
        confidence = CONFIDENCE_DOUBTED;
    found.value = number.value;
    found.confidence = confidence;
    found.ask = !good;
    return paper_propose(paper, rule, &found);
}

static bool same_day(const struct date_words *a, const struct date_words *b)
{
    return a->readable && b->readable && a->date.day == b->date.day &&
           a->date.month == b->date.month && a->date.year == b->date.year;
}

/* The head's date line: the topmost line above the title that names a day and a month; what stands
 * aside comes last. *out_doubt: another line names another day. */
static bool find_date_line(const struct paper *paper, struct date_words *out, bool *out_doubt)
{
    const struct page_text *page = paper->face;
    double below = paper->head.bottom_mm;
    if (paper->kind.title)
        below = paper->kind.title->baseline_mm;
    else if (paper->head.addressee)
        below = paper->head.addressee->baseline_mm;
    bool found = false, found_aside = false, doubt = false;
    for (size_t i = 0; i < page->line_count && page->line[i].baseline_mm < below; i++) {
        const struct page_line *line = &page->line[i];
        struct date_words at;
        if (line->in_stamp || !read_date_words(page, line->first, line->count, &at))
            continue;
        doubt = doubt || (found && !same_day(&at, out));
        if (found && (line->aside || !found_aside))
            continue;
        *out = at;
        found = true;
        found_aside = line->aside;
    }
    *out_doubt = doubt;
    return found;
}

static enum err_code propose_date(struct paper *paper, const struct field_rule *rule,
                                  const struct date_words *at, bool doubt)
{
    size_t page_index = paper->face_index;
    const struct page_text *page = &paper->page[page_index];
    char iso[DATE_ISO_SIZE];
    struct found found = {.page = page_index,
                          .first = at->label,
                          .count = at->end - at->label,
                          .source = FIELD_FROM_ZONE};
    bool good = at->readable && !doubt && !at->date.repaired && read_date_is_printed(page, at);
    if (at->readable) {
        date_iso(&at->date, iso);
        found.value = iso;
        found.confidence = paper_words_confidence(page, at->label, at->end - at->label);
        if (good && found.confidence >= CONFIDENCE_SURE && found.confidence < CONFIDENCE_CHECKED)
            found.confidence = CONFIDENCE_CHECKED;
        if (!good && found.confidence > CONFIDENCE_DOUBTED)
            found.confidence = CONFIDENCE_DOUBTED;
    }
    found.ask = !good;
    return paper_propose(paper, rule, &found);
}

enum err_code find_date(struct paper *paper, const struct field_rule *rule)
{
    struct date_words at;
    bool doubt;
    if (!paper->face || !find_date_line(paper, &at, &doubt))
        return ERR_OK;
    return propose_date(paper, rule, &at, doubt);
}

/* Minutes carry their date in the first sentence: "Hôm nay, hồi 16 giờ, ngày 20 tháng 11 năm 2025".
 */
enum err_code find_opening(struct paper *paper, const struct field_rule *rule)
{
    const struct page_text *page = paper->face;
    if (!page || !paper->kind.title)
        return ERR_OK;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        struct date_words at;
        if (line->baseline_mm <= paper->kind.title->baseline_mm)
            continue;
        if (line->baseline_mm > paper->head.bottom_mm + 20)
            break;
        if (read_date_words(page, line->first, line->count, &at))
            return propose_date(paper, rule, &at, line->aside);
    }
    return ERR_OK;
}

/* Words in front of "ngày" on the date line, after the number when both share the line. */
enum err_code find_place(struct paper *paper, const struct field_rule *rule)
{
    const struct page_text *page = paper->face;
    struct date_words at;
    bool doubt;
    if (!page || !find_date_line(paper, &at, &doubt))
        return ERR_OK;
    size_t number_first, number_count, first = at.line_first;
    if (read_number_words(page, &paper->head, &number_first, &number_count) &&
        number_first >= at.line_first && number_first < at.label)
        first = number_first + number_count;
    if (first >= at.label)
        return ERR_OK;
    AUTO(mem)
    char *text = page_text_join(page, first, at.label - first);
    AUTO(mem)
    char *place = text ? place_name(text) : NULL;
    struct found found = {.value = place,
                          .page = paper->face_index,
                          .first = first,
                          .count = at.label - first,
                          .confidence = paper_words_confidence(page, first, at.label - first),
                          .source = FIELD_FROM_ZONE,
                          .ask = doubt};
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
