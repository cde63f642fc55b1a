#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/classify/fuzzy.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_code.h"
#include "ocr/extract/parse_date.h"
#include "ocr/extract/parse_id.h"
#include "ocr/extract/parse_place.h"
#include "ocr/extract/print_check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * Values after labels: "Họ, chữ đệm, tên: ĐỖ MẠNH HÙNG". The longest label that fits wins, so that
 * "Họ, chữ đệm, tên người mẹ" is not taken for the owner's; labels of other things end a value.
 */

/* Hands write higher and lower than print: of the label's height. */
#define BLANK_MARGIN 0.5
#define VALUE_MAX_BYTES 200
#define CHECKED 0.97
#define LABEL_WORDS_MAX 12

/* A label found on a line and the words of its value. */
struct labelled {
    const struct page_text *page;
    size_t page_index;
    size_t label_first, label_end;
    size_t first, end; /* of the value */
};

/* What a parser made of the value. */
struct reading {
    char value[VALUE_MAX_BYTES];
    size_t first, count; /* the words it stands for */
    bool readable;
    bool repaired;
    bool proved; /* the paper says it twice, in figures and in words */
    bool digits; /* figures: a wrong one looks like a right one */
};

static bool ends_with(const char *text, char c)
{
    size_t size = strlen(text);
    return size && text[size - 1] == c;
}

/* Words from `at` on that are the label; 0: it is not there. */
static size_t label_words(const struct page_text *page, size_t at, size_t line_end,
                          const char *label, size_t *out_distance)
{
    char key[LINE_KEY_MAX + 1];
    size_t used = 0, size = strlen(label), limit = fuzzy_tolerance(size), words = 0;
    *out_distance = limit + 1;
    if (*page->key[at] != *label)
        return 0;
    for (size_t i = at; i < line_end && i - at < LABEL_WORDS_MAX; i++) {
        size_t more = strlen(page->key[i]);
        if (used + more > size + limit || used + more > LINE_KEY_MAX)
            break;
        memcpy(key + used, page->key[i], more);
        used += more;
        bool ends_early = ends_with(page->words->item[i].text, ':') && used + limit < size;
        if (ends_early)
            break;
        if (used + limit < size)
            continue;
        if (i > at && ends_with(page->words->item[i - 1].text, ':'))
            break;
        size_t distance = fuzzy_distance(key, used, label, size, limit);
        if (distance < *out_distance) {
            *out_distance = distance;
            words = i - at + 1;
        }
    }
    return words;
}

struct label_match {
    size_t words, size, distance;
    bool wanted; /* one of the rule's labels, not a stop */
};

static void match_list(const struct page_text *page, size_t at, size_t line_end,
                       const char *const *labels, size_t count, bool wanted,
                       struct label_match *best)
{
    for (size_t i = 0; i < count; i++) {
        size_t distance, size = strlen(labels[i]);
        size_t words = label_words(page, at, line_end, labels[i], &distance);
        bool longer = size > best->size || (size == best->size && distance < best->distance);
        if (words && (!best->words || longer))
            *best = (struct label_match){words, size, distance, wanted};
    }
}

static struct label_match match_labels(const struct paper *paper, const struct field_rule *rule,
                                       const struct page_text *page, size_t at, size_t line_end)
{
    struct label_match best = {0};
    match_list(page, at, line_end, rule->label, rule->label_count, true, &best);
    match_list(page, at, line_end, paper->template->stop, paper->template->stop_count, false,
               &best);
    return best;
}

/* A label stands at the start of a line or of a clause, or carries a colon: in running text the
 * same words are no label. */
static bool stands_as_label(const struct page_text *page, const struct page_line *line, size_t at,
                            size_t words)
{
    const struct word *item = page->words->item;
    bool at_start = true;
    for (size_t i = line->first; i < at; i++)
        at_start = at_start && !*page->key[i];
    bool colon = ends_with(item[at + words - 1].text, ':') ||
                 (at + words < line->first + line->count && item[at + words].text[0] == ':');
    bool clause =
        at > line->first && strchr(",;.(", item[at - 1].text[strlen(item[at - 1].text) - 1]);
    bool bracket = item[at].text[0] == '(';
    return colon || at_start || clause || bracket;
}

/* Where the value ends: at the next label on the line. */
static size_t value_end(const struct paper *paper, const struct field_rule *rule,
                        const struct page_text *page, const struct page_line *line, size_t from)
{
    size_t end = line->first + line->count;
    for (size_t i = from; i < end; i++) {
        struct label_match match = match_labels(paper, rule, page, i, end);
        bool other = match.words &&
                     (!match.wanted || ends_with(page->words->item[i + match.words - 1].text, ':'));
        if (other)
            return i;
    }
    return end;
}

/* The value may stand in the next column, or on the line below the label. */
static const struct page_line *neighbour_line(const struct page_text *page,
                                              const struct page_line *line)
{
    const struct page_line *below = NULL;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *other = &page->line[i];
        double down_mm = other->baseline_mm - line->baseline_mm;
        double right_mm = other->box.x - (line->box.x + line->box.w);
        if (fabs(down_mm) < 2 && right_mm > 0 && right_mm < 60)
            return other;
        if (!below && down_mm > 2 && down_mm < 10 && fabs(other->box.x - line->box.x) < 15)
            below = other;
    }
    return below;
}

static bool find_value(const struct paper *paper, const struct field_rule *rule,
                       const struct page_line *line, struct labelled *at)
{
    at->first = at->label_end;
    at->end = value_end(paper, rule, at->page, line, at->label_end);
    while (at->first < at->end && !*at->page->key[at->first])
        at->first++;
    bool same_line = at->end < line->first + line->count;
    bool colon = ends_with(at->page->words->item[at->label_end - 1].text, ':');
    if (at->first < at->end || same_line || !colon)
        return at->first < at->end;
    const struct page_line *next = neighbour_line(at->page, line);
    if (!next || match_labels(paper, rule, at->page, next->first, next->first + next->count).words)
        return false;
    at->first = next->first;
    at->end = value_end(paper, rule, at->page, next, next->first);
    return at->first < at->end;
}

static bool is_form_of_address(const char *key)
{
    static const char *const words[] = {"ong", "ba", "ongba", "anh", "chi"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(key, words[i]) == 0)
            return true;
    return false;
}

/* Names end at a comma or at the first word that is not one. */
static void read_name(const struct labelled *at, struct reading *out)
{
    const struct word *item = at->page->words->item;
    size_t first = at->first;
    while (first < at->end && (!*at->page->key[first] || is_form_of_address(at->page->key[first])))
        first++;
    size_t end = first;
    while (end < at->end && *at->page->key[end] && end - first < 6) {
        AUTO(mem)
        char *lower = text_lower(item[end].text);
        bool small = lower && strcmp(lower, item[end].text) == 0;
        if (small)
            break;
        end++;
        if (strpbrk(item[end - 1].text, ",;."))
            break;
    }
    AUTO(mem)
    char *text = page_text_join(at->page, first, end - first);
    AUTO(mem)
    char *name = text ? person_name(text) : NULL;
    out->first = first;
    out->count = end - first;
    out->readable = name && strlen(name) < sizeof out->value;
    if (out->readable)
        snprintf(out->value, sizeof out->value, "%s", name);
}

static void read_date(const struct labelled *at, struct reading *out)
{
    AUTO(mem)
    char *text = page_text_join(at->page, at->first, at->end - at->first);
    struct date date, spelled;
    out->digits = true;
    if (!text || !parse_date(text, &date))
        return;
    out->readable = true;
    out->repaired = date.repaired;
    date_iso(&date, out->value);
    out->count = parse_date_numeric(text, &spelled) ? 1 : at->end - at->first;
}

/* "22/12/2021 ghi bằng chữ: ngày 22 tháng 12 năm 2021": the same date twice. */
static bool date_is_spelled_out(const struct labelled *at, const struct page_line *line,
                                const char *iso)
{
    AUTO(mem)
    char *rest = page_text_join(at->page, at->label_end, line->first + line->count - at->label_end);
    struct date figures, spelled;
    char other[DATE_ISO_SIZE];
    if (!rest || !parse_date_numeric(rest, &figures) || !parse_date_long(rest, &spelled))
        return false;
    date_iso(&spelled, other);
    return strcmp(iso, other) == 0;
}

static void read_id(const struct labelled *at, struct reading *out)
{
    out->digits = true;
    for (size_t i = at->first; i < at->end; i++) {
        const char *word = at->page->words->item[i].text;
        struct id_number id;
        if (strspn(word, "0123456789OolI") < 3)
            continue;
        AUTO(mem)
        char *text = page_text_join(at->page, i, at->end - i);
        out->first = i;
        out->count = 1;
        bool alone = strcspn(word, "0123456789") == 0 && parse_id(word, &id);
        if (!alone && (!text || !parse_id(text, &id)))
            return;
        out->readable = id.kind != ID_TAX;
        out->repaired = id.repaired || id.odd_prefix;
        out->count = alone ? 1 : at->end - i;
        snprintf(out->value, sizeof out->value, "%s", id.value);
        return;
    }
}

/* "Ủy ban nhân dân xã Hoàng Đồng, thành phố …": the agency itself ends at the comma. */
static void read_agency(const struct labelled *at, struct reading *out)
{
    AUTO(mem)
    char *text = page_text_join(at->page, at->first, at->end - at->first);
    if (!text)
        return;
    text[strcspn(text, ",;")] = 0;
    AUTO(mem)
    char *name = agency_from_caps(text);
    out->readable = name && strchr(name, ' ') && strlen(name) < sizeof out->value;
    size_t words = 1;
    for (const char *c = text; *c; c++)
        words += *c == ' ';
    out->count = words < at->end - at->first ? words : at->end - at->first;
    if (out->readable)
        snprintf(out->value, sizeof out->value, "%s", name);
}

static void read_code(const struct labelled *at, enum parser parser, struct reading *out)
{
    AUTO(mem)
    char *text = page_text_join(at->page, at->first, at->end - at->first);
    char code[CODE_SIZE];
    out->digits = true;
    if (!text)
        return;
    out->readable = parser == PARSE_DOSSIER_CODE ? parse_dossier_code(text, code, &out->repaired)
                                                 : parse_procedure_code(text, code);
    if (!out->readable)
        return;
    snprintf(out->value, sizeof out->value, "%s", code);
    for (size_t i = at->first; i < at->end; i++)
        if (strncmp(at->page->words->item[i].text, code, 5) == 0) {
            out->first = i;
            out->count = 1;
            return;
        }
}

static void read_text(const struct labelled *at, struct reading *out)
{
    AUTO(mem)
    char *text = page_text_join(at->page, at->first, at->end - at->first);
    out->readable = text && *text && strlen(text) < sizeof out->value;
    if (out->readable)
        snprintf(out->value, sizeof out->value, "%s", text);
}

static void read_value(const struct labelled *at, const struct page_line *line, enum parser parser,
                       struct reading *out)
{
    *out = (struct reading){.first = at->first, .count = at->end - at->first};
    switch (parser) {
    case PARSE_NAME:
        read_name(at, out);
        return;
    case PARSE_DATE:
        read_date(at, out);
        out->proved = out->readable && date_is_spelled_out(at, line, out->value);
        return;
    case PARSE_ID:
        read_id(at, out);
        return;
    case PARSE_AGENCY:
        read_agency(at, out);
        return;
    case PARSE_DOSSIER_CODE:
    case PARSE_PROCEDURE_CODE:
        read_code(at, parser, out);
        return;
    case PARSE_TEXT:
        read_text(at, out);
        return;
    }
}

/* Filled in by the machine that printed the label, not by hand into a printed form. */
static bool value_is_printed(const struct labelled *at, const struct reading *reading)
{
    struct print_scale scale =
        print_scale_of(at->page->words, at->label_first, at->label_end - at->label_first, NULL);
    for (size_t i = reading->first; i < reading->first + reading->count; i++) {
        const struct print_tolerance *tolerance = reading->digits ? &print_digits : &print_text;
        if (*at->page->key[i] && !print_fits(at->page->words, i, &scale, tolerance))
            return false;
    }
    return true;
}

/* Handwriting that nobody could read: a person gets to see where it ought to stand, from the label
 * to the end of the line of text. */
static enum err_code propose_blank(struct paper *paper, const struct field_rule *rule,
                                   const struct labelled *at)
{
    const struct page_text *page = at->page;
    struct rect_mm label = page->words->item[at->label_end - 1].box, room = label;
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

/* What was taken for the value stands under the label, not beside it. */
static bool stands_below(const struct labelled *at)
{
    const struct rect_mm *label = &at->page->words->item[at->label_end - 1].box;
    return at->page->words->item[at->first].box.y > label->y + label->h;
}

static enum err_code propose(struct paper *paper, const struct field_rule *rule,
                             const struct labelled *at, const struct reading *reading, bool rivals)
{
    if (!reading->readable && rule->presence != PRESENCE_OPTIONAL && stands_below(at))
        return propose_blank(paper, rule, at);
    struct found found = {.value = reading->readable ? reading->value : NULL,
                          .page = at->page_index,
                          .first = reading->count ? reading->first : at->first,
                          .count = reading->count ? reading->count : at->end - at->first,
                          .source = FIELD_FROM_WORDING};
    found.confidence = paper_words_confidence(at->page, reading->first, reading->count);
    bool good = reading->readable && !reading->repaired && !rivals &&
                (reading->proved || value_is_printed(at, reading));
    if (good && reading->proved && found.confidence < CHECKED)
        found.confidence = CHECKED;
    if (!good && found.confidence > CONFIDENCE_DOUBTED)
        found.confidence = CONFIDENCE_DOUBTED;
    found.ask = !good;
    return paper_propose(paper, rule, &found);
}

static bool in_zone(const struct field_rule *rule, const struct labelled *at)
{
    if (!rule->has_zone)
        return true;
    return rect_overlap_mm2(rule->zone, at->page->words->item[at->first].box) > 0;
}

/* The first place wins, one in the rule's zone before others; a different value at a second place
 * under the same label makes it a question. */
struct search {
    struct labelled best, blank; /* blank: a label behind which nothing was read */
    struct reading reading;
    bool found, best_in_zone, rivals, has_blank;
};

static void consider(struct search *search, const struct field_rule *rule,
                     const struct labelled *at, const struct page_line *line)
{
    struct reading reading;
    read_value(at, line, rule->parser, &reading);
    bool zoned = in_zone(rule, at);
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

static void search_line(const struct paper *paper, const struct field_rule *rule, size_t page_index,
                        const struct page_line *line, struct search *search)
{
    const struct page_text *page = &paper->page[page_index];
    size_t end = line->first + line->count;
    for (size_t at = line->first; at < end; at++) {
        struct label_match match = match_labels(paper, rule, page, at, end);
        if (!match.words)
            continue;
        struct labelled place = {page, page_index, at, at + match.words, 0, 0};
        bool wanted = match.wanted && stands_as_label(page, line, at, match.words);
        if (wanted && find_value(paper, rule, line, &place)) {
            consider(search, rule, &place, line);
        } else if (wanted && !search->has_blank) {
            search->blank = place;
            search->has_blank = true;
        }
        at += match.words - 1;
    }
}

enum err_code find_labelled(struct paper *paper, const struct field_rule *rule)
{
    struct search search = {0};
    for (size_t i = 0; i < paper->page_count; i++)
        for (size_t k = 0; k < paper->page[i].line_count; k++)
            search_line(paper, rule, i, &paper->page[i].line[k], &search);
    if (!search.found)
        return search.has_blank ? propose_blank(paper, rule, &search.blank) : ERR_OK;
    return propose(paper, rule, &search.best, &search.reading, search.rivals);
}
