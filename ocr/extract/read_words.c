#include "ocr/extract/read_words.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "ocr/classify/fuzzy.h"
#include "ocr/extract/print_check.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Drawn pages: of 60 days and months in print read from here to 0.88 one was wrong, half of "11",
 * whose gap shows it. */
#define DAY_CONFIDENCE 0.80
/* "11" and "01" are doubted for their strokes, which the shape settles; of 6 and 8, which look
 * alike, it says nothing. */
#define DAY_CLEAR_CONFIDENCE 0.70
/* Drawn pages: 98 in 100 printed figures look less like a hand, no written one does. */
#define HAND_NONE 0.05
/* The year alone on the line below, under the middle of the line above. */
#define YEAR_BELOW_MM 9
#define YEAR_LEFT_MM 60

/* What follows the colon of "Số:331/TB-SYT"; NULL when nothing does. */
static const char *after_label(const char *word)
{
    const char *colon = word[0] == 'S' ? strchr(word, ':') : NULL;
    return colon && colon[1] ? colon + 1 : NULL;
}

/* Words of the number line that are the number: "12/QĐ-UBND", also torn as "12 / QĐ - UBND". */
static size_t number_words(const struct page_text *page, size_t first, size_t end)
{
    size_t at = first + 1;
    for (; at < end; at++) {
        const char *before = page->words->item[at - 1].text, *word = page->words->item[at].text;
        char last = before[strlen(before) - 1];
        bool joined = last == '/' || last == '-' || word[0] == '/' || word[0] == '-';
        if (!joined)
            break;
    }
    return at - first;
}

bool read_number_words(const struct page_text *page, const struct head *head, size_t *out_first,
                       size_t *out_count)
{
    if (!head->number)
        return false;
    size_t end = head->number->first + head->number->count;
    size_t first = head->number->first;
    first += after_label(page->words->item[first].text) ? 0 : 1;
    while (first < end && !*page->key[first])
        first++;
    if (first >= end)
        return false;
    *out_first = first;
    *out_count = number_words(page, first, end);
    return true;
}

static bool join_words(const struct page_text *page, size_t first, size_t count, char *out,
                       size_t out_size)
{
    size_t used = 0;
    out[0] = 0;
    for (size_t i = first; i < first + count; i++) {
        const char *joined = i == first ? after_label(page->words->item[i].text) : NULL;
        const char *word = joined ? joined : page->words->item[i].text;
        size_t size = strlen(word);
        if (used + size >= out_size)
            return false;
        memcpy(out + used, word, size + 1);
        used += size;
    }
    return true;
}

bool read_number(const struct page_text *page, size_t first, size_t count,
                 const struct templates *templates, const char *hint, struct number_symbol *out)
{
    char text[NUMBER_SYMBOL_MAX * 2];
    size_t kind_count;
    const char *const *kinds = templates_kinds(templates, &kind_count);
    return join_words(page, first, count, text, sizeof text) &&
           (parse_number(text, kinds, kind_count, hint, out) || parse_registration(text, out));
}

bool read_symbol(const struct page_text *page, size_t first, size_t count,
                 const struct templates *templates, const char *hint, struct number_symbol *out)
{
    char text[NUMBER_SYMBOL_MAX * 2];
    size_t kind_count;
    const char *const *kinds = templates_kinds(templates, &kind_count);
    const char *slash =
        join_words(page, first, count, text, sizeof text) ? strchr(text, '/') : NULL;
    for (; slash; slash = strchr(slash + 1, '/')) { /* a hand's strokes are slashes, too */
        char with_digits[sizeof text + 1];
        snprintf(with_digits, sizeof with_digits, "1%s", slash);
        if (!parse_number(with_digits, kinds, kind_count, hint, out))
            continue;
        out->value[0] = 0;
        return true;
    }
    return false;
}

static size_t find_key(const struct page_text *page, size_t from, size_t end, const char *key)
{
    for (size_t i = from; i < end; i++)
        if (strcmp(page->key[i], key) == 0 ||
            (strlen(key) >= 5 && fuzzy_equal(page->key[i], key, NULL)))
            return i;
    return end;
}

static size_t next_written(const struct page_text *page, size_t from, size_t end)
{
    while (from < end && !*page->key[from])
        from++;
    return from;
}

/* The number that words `first` … `end` are; a recogniser may have torn it in two. */
static int read_part(const struct page_text *page, size_t first, size_t end, bool *out_repaired)
{
    const struct word *word = &page->words->item[first];
    if (first + 1 == end)
        return parse_date_part(word->text, out_repaired);
    if (first + 2 != end)
        return -1;
    AUTO(mem) char *whole = mem_printf("%s%s", word[0].text, word[1].text);
    *out_repaired = true;
    return whole ? parse_date_part(whole, out_repaired) : -1;
}

/* Where the words of the year end: its first three figures at most may stand apart. */
static size_t year_end(const struct page_text *page, size_t year, size_t end)
{
    bool torn = year + 1 < end && strlen(page->key[year]) + strlen(page->key[year + 1]) == 4 &&
                *page->key[year] && *page->key[year + 1];
    return year + 1 + torn;
}

static void read_parts(const struct page_text *page, struct date_words *out)
{
    struct date date = {0};
    date.repaired = out->label == out->day;
    date.day = read_part(page, out->day, out->month_label, &date.repaired);
    date.month = read_part(page, out->month, out->label_is_below ? out->end : out->year_label,
                           &date.repaired);
    date.year =
        read_part(page, out->year, out->year_is_below ? out->year + 1 : out->end, &date.repaired);
    if (date.day < 0 || date.month < 0 || date.year < 0 || !date_is_real(&date))
        return;
    out->date = date;
    out->readable = true;
}

/* The line's one word that is not noise; the number of words of the page where there is none or
 * more. */
static size_t only_word(const struct page_text *page, const struct page_line *line)
{
    size_t only = line->first, count = 0;
    for (size_t i = line->first; i < line->first + line->count; i++)
        if (*page->key[i]) {
            only = i;
            count++;
        }
    return count == 1 ? only : page->words->count;
}

/* A line too narrow for it leaves the year alone on the next: its word, or `none`. */
static size_t year_below(const struct page_text *page, size_t label, size_t none)
{
    const struct rect_mm *year_label = &page->words->item[label].box;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        double down_mm = line->baseline_mm - page->words->item[label].baseline_mm;
        bool near = down_mm > 2 && down_mm < YEAR_BELOW_MM &&
                    line->box.x < year_label->x + year_label->w &&
                    line->box.x + line->box.w > year_label->x - YEAR_LEFT_MM;
        size_t only = only_word(page, line);
        if (near && only < none && strlen(page->key[only]) == 4 &&
            strspn(page->key[only], "0123456789") == 4)
            return only;
    }
    return none;
}

/* "năm 2022" alone on the next line, within the width of the words from `first` to `last`: its
 * first word, or `none`. */
static size_t year_line_below(const struct page_text *page, size_t first, size_t last, size_t none)
{
    const struct rect_mm *left = &page->words->item[first].box;
    const struct word *right = &page->words->item[last];
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        double down_mm = line->baseline_mm - right->baseline_mm;
        if (line->count == 2 && down_mm > 2 && down_mm < YEAR_BELOW_MM && line->box.x > left->x &&
            line->box.x + line->box.w < right->box.x + right->box.w &&
            strcmp(page->key[line->first], "nam") == 0 && strlen(page->key[line->first + 1]) == 4 &&
            strspn(page->key[line->first + 1], "0123456789") == 4)
            return line->first;
    }
    return none;
}

/* The year of a date whose month ends the line. */
static bool find_year_below(const struct page_text *page, size_t first, size_t end,
                            struct date_words *at)
{
    size_t month = next_written(page, at->month_label + 1, end), none = page->words->count;
    size_t below = month + 1 == end ? year_line_below(page, first, month, none) : none;
    if (below == none)
        return false;
    at->month = month;
    at->year_label = below;
    at->year = below + 1;
    at->end = end;
    at->year_is_below = at->label_is_below = true;
    return true;
}

/* Day, month and year behind the words of `at` that are known: label and, of a date without
 * "ngày", day. */
static bool read_from_label(const struct page_text *page, size_t end, struct date_words *at)
{
    size_t near = at->label + 5 < end ? at->label + 5 : end;
    at->month_label = find_key(page, at->label + 1, near, "thang");
    if (at->month_label == near)
        return false;
    at->day = at->day ? at->day : next_written(page, at->label + 1, at->month_label);
    near = at->month_label + 5 < end ? at->month_label + 5 : end;
    at->year_label = find_key(page, at->month_label + 1, near, "nam");
    if (at->year_label == near)
        return find_year_below(page, at->line_first, end, at);
    at->year = at->year_label + 1;
    at->end = at->year < end ? year_end(page, at->year, end) : at->year;
    if (at->year >= end) {
        at->year = year_below(page, at->year_label, page->words->count);
        at->year_is_below = true;
    }
    at->month = next_written(page, at->month_label + 1, at->year_label);
    return at->year < page->words->count;
}

/* "Mỹ Trà, 20 tháng 3 năm 2015": the word "ngày" was lost behind the place. */
static bool is_day_behind_place(const struct page_text *page, size_t first, size_t at, size_t end)
{
    const char *before = at > first ? page->words->item[at - 1].text : "";
    size_t figures = strspn(page->key[at], "0123456789");
    return *before && before[strlen(before) - 1] == ',' && figures && figures <= 2 &&
           !page->key[at][figures] && at + 1 < end && strcmp(page->key[at + 1], "thang") == 0;
}

bool read_date_words(const struct page_text *page, size_t first, size_t count,
                     struct date_words *out)
{
    size_t end = first + count;
    for (size_t label = first; label < end; label++) {
        struct date_words at = {.line_first = first, .label = label};
        if (is_day_behind_place(page, first, label, end))
            at.day = label;
        else if (strcmp(page->key[label], "ngay") != 0)
            continue;
        if (!read_from_label(page, end, &at))
            continue;
        bool last = at.label_is_below ? at.month < at.end : at.month < at.year_label;
        if (at.day < at.month_label && last)
            read_parts(page, &at);
        *out = at;
        return true;
    }
    return false;
}

/* A hand needs room of its own on both sides; a gap that is too wide on one only is a printer's
 * where nothing of the ink looks like a hand. */
static bool gaps_fit(const struct words *words, size_t part, const struct date_words *at,
                     const struct print_scale *scale)
{
    bool left = print_gap_fits(words, part - 1, part, scale);
    bool right = part + 1 == at->end ? left : print_gap_fits(words, part, part + 1, scale);
    return (left && right) || ((left || right) && words->item[part].hand < HAND_NONE);
}

static bool part_is_printed(const struct page_text *page, size_t part, const struct date_words *at,
                            const struct print_scale *scale, double hand)
{
    const struct words *words = page->words;
    const struct word *word = &words->item[part];
    bool strokes = !word->text[strspn(word->text, "01")] && word->hand < HAND_NONE;
    double enough = strokes ? DAY_CLEAR_CONFIDENCE : DAY_CONFIDENCE;
    return word->confidence >= enough && word->hand < hand &&
           print_fits(words, part, scale, &print_digits) && gaps_fit(words, part, at, scale) &&
           print_same_baseline(words, part, at->year_is_below ? at->label : at->year, scale);
}

bool read_date_is_printed(const struct page_text *page, double aspect, const struct date_words *at)
{
    if (!at->readable || at->date.repaired)
        return false;
    struct print_scale scale =
        print_scale_of(page->words, at->label, at->end - at->label, NULL, aspect);
    /* nobody writes the month by hand behind a printed day: there only the shape has to fit */
    return part_is_printed(page, at->day, at, &scale, WORD_HAND_DOUBT) &&
           part_is_printed(page, at->month, at, &scale, WORD_HAND_FROM) &&
           print_fits(page->words, at->year, &scale, &print_digits);
}

char *text_sentence_case(const char *text)
{
    AUTO(mem)
    char *lower = text_lower(text);
    AUTO(mem)
    char *upper = text_upper(text);
    AUTO(buf)
    struct buf out;
    buf_init(&out, 4000);
    if (!lower || !upper)
        return NULL;
    const char *first = upper, *rest = lower;
    char bytes[4];
    int32_t point = text_next(&first);
    (void)text_next(&rest);
    if (point > 0)
        buf_append(&out, bytes, text_put(point, bytes));
    buf_text(&out, rest);
    return buf_take(&out);
}
