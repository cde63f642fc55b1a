#include "daemon/base/mem.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/print_check.h"
#include "ocr/extract/read_value.h"

#include <math.h>
#include <string.h>

/*
 * Values after labels: "Họ, chữ đệm, tên: ĐỖ MẠNH HÙNG". The labels of a page are known (labels.h),
 * each has a region for its value (region.h), and the field's parser reads it (read_value.h). Here
 * it is decided which place counts and whether it may be believed.
 */

/* Hands write higher and lower than print: of the label's height. */
#define BLANK_MARGIN 0.5
#define CHECKED 0.97
/* A number without any check of its own: letters and digits of a certificate. */
#define FIGURES_SURE 0.95

/* Filled in by the machine that printed the label, not by hand into a printed form. */
static bool words_are_printed(const struct page_text *page, const struct print_scale *scale,
                              bool digits, size_t first, size_t count)
{
    const struct print_tolerance *tolerance = digits ? &print_figures : &print_text;
    for (size_t i = first; i < first + count; i++)
        if (*page->key[i] && !print_fits(page->words, i, scale, tolerance))
            return false;
    return true;
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
    if (agrees)
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

static bool figures_are_unsure(const struct page_text *page, const struct reading *reading)
{
    for (size_t i = reading->first; i < reading->first + reading->count; i++)
        if (strpbrk(page->words->item[i].text, "0123456789") &&
            page->words->item[i].confidence < FIGURES_SURE)
            return true;
    return false;
}

static enum err_code propose(struct paper *paper, const struct field_rule *rule,
                             const struct region *at, const struct reading *reading, bool rivals)
{
    if (!reading->readable && rule->presence != PRESENCE_OPTIONAL && reading->below &&
        at->next_is_below)
        return propose_blank(paper, rule, at);
    struct found found = {.value = reading->readable ? reading->value : NULL,
                          .page = at->page_index,
                          .first = reading->first,
                          .count = reading->count,
                          .rest_first = reading->rest_first,
                          .rest_count = reading->rest_count,
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
    bool good = reading->readable && !reading->repaired && !rivals && !unsure_figures &&
                (reading->proved || value_is_printed(paper, at, reading));
    if (good && reading->proved && found.confidence < CHECKED)
        found.confidence = CHECKED;
    if (!good && found.confidence > CONFIDENCE_DOUBTED)
        found.confidence = CONFIDENCE_DOUBTED;
    found.ask = !good;
    return paper_propose(paper, rule, &found);
}

/* The first place wins, one in the rule's zone before others; a different value at a second place
 * under the same label makes it a question. */
struct search {
    struct region best, blank; /* blank: a label behind which nothing was read */
    struct reading reading;
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
        if (!label_is_of(label, rule) || !label->stands || label->other)
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

enum err_code find_labelled(struct paper *paper, const struct field_rule *rule)
{
    struct search search = {0};
    for (size_t i = 0; i < paper->page_count; i++)
        search_page(paper, rule, i, &search);
    if (!search.found)
        return search.has_blank ? propose_blank(paper, rule, &search.blank) : ERR_OK;
    return propose(paper, rule, &search.best, &search.reading, search.rivals);
}
