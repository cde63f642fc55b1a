#include "daemon/base/mem.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_date.h"
#include "ocr/extract/print_check.h"
#include "ocr/extract/read_value.h"
#include "ocr/extract/read_words.h"
#include "ocr/extract/several.h"
#include "ocr/extract/witness.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * Values after labels: "Họ, chữ đệm, tên: ĐỖ MẠNH HÙNG". The labels of a page are known (labels.h),
 * each has a region for its value (region.h), and the field's parser reads it (read_value.h). Here
 * it is decided which place counts and whether it may be believed.
 */

/* Hands write higher and lower than print: of the label's height. */
#define BLANK_MARGIN 0.5
#define CHECKED 0.97
/* Drawn pages: of 384 dates in this shape, 23 of them read less surely than CONFIDENCE_SURE, none
 * was wrong. */
#define DATE_WORD_SURE 0.60
#define DATE_WORD_BYTES 10
/* A number without any check of its own: letters and digits of a certificate. Where nothing of its
 * ink looks written less will do, but for 6 and 8: of 370 printed words of figures read from there
 * to here two were wrong, each in one of them. */
#define FIGURES_SURE 0.95
#define FIGURES_PRINTED_SURE 0.85
#define FIGURES_HAND 0.05

/* Filled in by the machine that printed the label, not by hand into a printed form. */
static bool words_are_printed(const struct page_text *page, const struct print_scale *scale,
                              bool digits, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        bool figures = digits && strpbrk(page->words->item[i].text, "0123456789");
        const struct print_tolerance *tolerance = figures ? &print_figures : &print_text;
        if (*page->key[i] && !print_fits(page->words, i, scale, tolerance))
            return false;
    }
    return true;
}

/* "ngày 02 tháng 9 năm 2021", by what stands between the figures. */
static bool long_date_is_printed(const struct paper *paper, const struct region *at,
                                 const struct reading *reading)
{
    struct date_words date;
    return read_date_words(at->page, reading->first, reading->count, &date) &&
           read_date_is_printed(at->page, paper->aspect[at->page_index], &date);
}

/* Cards with a number of twelve figures are filled in by machine only, in other sizes than their
 * labels have. */
static bool is_on_card(const struct paper *paper, const struct region *at,
                       const struct reading *reading)
{
    return paper->template->type == DOC_TYPE_citizen_id && reading->digits && reading->count == 1 &&
           print_is_clear_number(&at->page->words->item[reading->first]);
}

static bool value_is_printed(const struct paper *paper, const struct region *at,
                             const struct reading *reading)
{
    size_t label = at->label->first, count = at->label->end - label;
    struct print_scale scale =
        print_scale_of(at->page->words, label, count, NULL, paper->aspect[at->page_index]);
    bool agrees = !reading->digits && !reading->rest_count &&
                  print_agrees(at->page->words, reading->first, reading->count,
                               paper->aspect[at->page_index]);
    if (agrees || is_on_card(paper, at, reading) || long_date_is_printed(paper, at, reading))
        return true;
    return words_are_printed(at->page, &scale, reading->digits, reading->first, reading->count) &&
           words_are_printed(at->page, &scale, reading->digits, reading->rest_first,
                             reading->rest_count);
}

/* Handwriting that nobody could read: a person gets to see where it ought to stand, from the label
 * to the end of the line of text. */
static enum err_code propose_blank(struct paper *paper, const struct field_rule *rule,
                                   const struct region *at)
{
    const struct page_text *page = at->page;
    struct rect_mm label = page->words->item[at->label->end - 1].box, room = label;
    if (rule->presence == PRESENCE_OPTIONAL)
        return ERR_OK;
    room.x = label.x + label.w;
    room.w = page->frame.x + page->frame.w - room.x;
    room.y -= label.h * BLANK_MARGIN;
    room.h += 2 * label.h * BLANK_MARGIN;
    if (room.w <= 0)
        return ERR_OK;
    struct found found = {
        .page = at->page_index, .source = FIELD_FROM_WORDING, .ask = true, .room = room};
    return paper_propose(paper, rule, &found);
}

/* Between label and value something stands that was too unsure to be a word: part of it, maybe. */
static bool left_out_in_front(const struct region *at, const struct reading *reading)
{
    const struct page_text *page = at->page;
    for (size_t i = at->label->value; i < reading->first && !reading->below; i++) {
        const char *text = page->words->item[i].text;
        if (!*page->key[i] && text[strspn(text, " -.,;:/()\"'")])
            return true;
    }
    return false;
}

/* "06/12/1964" in one word, and a day that exists: misread figures hardly ever keep that shape. */
static bool is_date_word(const struct page_text *page, const struct reading *reading)
{
    struct date date;
    const char *text = page->words->item[reading->first].text;
    size_t size = strcspn(text, ",.;");
    return reading->count == 1 && size == DATE_WORD_BYTES && text[2] == '/' && text[5] == '/' &&
           strspn(text, "0123456789/") == size && parse_date_numeric(text, &date) && !date.repaired;
}

static bool figures_are_unsure(const struct page_text *page, const struct reading *reading)
{
    for (size_t i = reading->first; i < reading->first + reading->count; i++) {
        const struct word *word = &page->words->item[i];
        bool printed = word->hand < FIGURES_HAND && !strpbrk(word->text, "68");
        double enough = printed ? FIGURES_PRINTED_SURE : FIGURES_SURE;
        if (strpbrk(word->text, "0123456789") && word->confidence < enough)
            return true;
    }
    return false;
}

/* The first place wins, one in the rule's zone before others; a different value at a second place
 * under the same label makes it a question. */
struct search {
    struct region best, blank; /* blank: a label behind which nothing was read */
    struct reading reading;
    const struct first_of_several *first; /* only what is the first one's; NULL: anybody's */
    bool found, best_in_zone, rivals, has_blank;
};

static bool in_zone(const struct field_rule *rule, const struct region *at,
                    const struct reading *reading)
{
    size_t word = reading->below ? at->next_first : at->first;
    return !rule->has_zone || rect_overlap_mm2(rule->zone, at->page->words->item[word].box) > 0;
}

static void consider(struct search *search, const struct field_rule *rule, const struct region *at)
{
    struct reading reading;
    read_value(at, rule->parser, &reading);
    bool zoned = in_zone(rule, at, &reading);
    if (search->found && reading.readable && search->reading.readable) {
        bool differs = strcmp(search->reading.value, reading.value) != 0;
        search->rivals = search->rivals || (differs && zoned == search->best_in_zone);
    }
    bool better = !search->found || (reading.readable && !search->reading.readable) ||
                  (reading.readable && zoned && !search->best_in_zone);
    if (!better)
        return;
    search->found = true;
    search->best = *at;
    search->reading = reading;
    search->best_in_zone = zoned;
}

static void search_page(const struct paper *paper, const struct field_rule *rule, size_t page,
                        struct search *search)
{
    const struct labels *labels = &paper->labels[page];
    for (size_t i = 0; i < labels->count; i++) {
        const struct label *label = &labels->item[i];
        struct region at;
        if (!label_is_of(label, rule) || !label->stands || label->other ||
            (search->first && several_is_second(search->first, paper, page, label)))
            continue;
        region_find(&paper->page[page], page, labels, label, rule, &paper->layout[page], &at);
        if (at.first < at.end || at.next_first < at.next_end) {
            consider(search, rule, &at);
        } else if (!search->has_blank) {
            search->blank = at;
            search->has_blank = true;
        }
    }
}

/* Where a name ends is certain where it stands alone elsewhere, as under a signature. */
static bool tell_end(const struct paper *paper, const struct region *at, struct reading *reading)
{
    size_t page = at->page_index;
    if (!reading->readable)
        return false;
    if (*reading->longer &&
        witness_of_name(paper, reading->longer, page, reading->first, reading->count)) {
        snprintf(reading->value, sizeof reading->value, "%s", reading->longer);
        reading->rest_first = reading->longer_first;
        reading->rest_count = reading->longer_count;
        return true;
    }
    bool whole = (*reading->longer || reading->repaired) &&
                 witness_of_name(paper, reading->value, page, reading->first, reading->count);
    reading->repaired = reading->repaired || *reading->longer;
    return whole;
}

static enum err_code propose(struct paper *paper, const struct field_rule *rule,
                             const struct search *search)
{
    const struct region *at = &search->best;
    struct reading chosen = search->reading;
    const struct reading *reading = &chosen;
    bool whole = rule->parser == PARSE_NAME && tell_end(paper, at, &chosen);
    if (!reading->readable && rule->presence != PRESENCE_OPTIONAL && reading->below &&
        at->next_is_below)
        return propose_blank(paper, rule, at);
    struct found found = {.value = reading->readable ? reading->value : NULL,
                          .page = at->page_index,
                          .first = reading->first,
                          .count = reading->count,
                          .rest_first = reading->rest_first,
                          .rest_count = reading->rest_count,
                          .chosen = search->first != NULL,
                          .source = FIELD_FROM_WORDING};
    if (!found.count) {
        found.first = reading->below ? at->next_first : at->first;
        found.count = (reading->below ? at->next_end : at->end) - found.first;
    }
    found.confidence = paper_words_confidence(at->page, reading->first, reading->count);
    if (reading->rest_count)
        found.confidence =
            fmin(found.confidence,
                 paper_words_confidence(at->page, reading->rest_first, reading->rest_count));
    bool unsure_figures = rule->parser == PARSE_TEXT && figures_are_unsure(at->page, reading);
    bool changed = rule->ask_below_count && several_written_below(paper, rule);
    bool good = reading->readable && !changed && !left_out_in_front(at, reading) &&
                (!reading->repaired || whole) && !search->rivals && !unsure_figures &&
                (reading->proved || value_is_printed(paper, at, reading));
    bool shaped = good && rule->parser == PARSE_DATE && is_date_word(at->page, reading) &&
                  found.confidence >= DATE_WORD_SURE;
    if (shaped)
        found.confidence = fmax(found.confidence, CONFIDENCE_SURE);
    if (good && reading->proved && found.confidence < CHECKED)
        found.confidence = CHECKED;
    if (!good && found.confidence > CONFIDENCE_DOUBTED)
        found.confidence = CONFIDENCE_DOUBTED;
    found.ask = !good;
    return paper_propose(paper, rule, &found);
}

static struct search search_paper(const struct paper *paper, const struct field_rule *rule,
                                  const struct first_of_several *first)
{
    struct search search = {.first = first};
    for (size_t i = 0; i < paper->page_count; i++)
        search_page(paper, rule, i, &search);
    return search;
}

enum err_code find_labelled(struct paper *paper, const struct field_rule *rule)
{
    struct first_of_several first = several_find(paper, rule);
    struct search search = search_paper(paper, rule, first.known ? &first : NULL);
    if (first.known && !search.found)
        search = search_paper(paper, rule, NULL);
    if (!search.found)
        return search.has_blank ? propose_blank(paper, rule, &search.blank) : ERR_OK;
    return propose(paper, rule, &search);
}
