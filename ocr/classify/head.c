#include "ocr/classify/head.h"

#include "daemon/base/text.h"
#include "ocr/classify/fuzzy.h"

#include <string.h>

static const char motto_key[] = "conghoaxahoichunghiavietnam";
static const char motto_rest_key[] = "doclaptudohanhphuc";
/* Words of the stamp an office puts on incoming paper; its "Số:" is not the paper's. */
static const char stamp_key[] = "congvanden";

static bool has_digit(const char *key)
{
    return key[strcspn(key, "0123456789")] != 0;
}

static const struct page_line *find_line(const struct page_text *text, const char *wanted,
                                         double bottom_mm)
{
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        if (line->box.y < bottom_mm && fuzzy_contains(line->key, wanted))
            return line;
    }
    return NULL;
}

/* "Số:" as recognisers write it: Sô, SỐ, S6, 5ố; "số" in running text starts small. */
static bool is_number_word(const char *word, const char *key)
{
    static const char *const keys[] = {"so", "s6", "5o", "sb", "s0"};
    if (word[0] != 'S' && word[0] != '5')
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

/* "Số:331/TB-SYT", run together */
static bool begins_with_number(const char *word, const char *key)
{
    return word[0] == 'S' && strchr(word, ':') &&
           (text_starts(key, "so") || text_starts(key, "s6")) && strspn(key + 2, "0123456789") > 0;
}

static bool in_stamp(const struct page_text *text, const struct page_line *line)
{
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *other = &text->line[i];
        double below_mm = line->box.y - other->box.y;
        if (below_mm > 0 && below_mm < 16 && other->box.x < line->box.x + line->box.w + 12 &&
            other->box.x + other->box.w > line->box.x - 12 && fuzzy_contains(other->key, stamp_key))
            return true;
    }
    return false;
}

static bool line_has_slash(const struct page_text *text, const struct page_line *line)
{
    for (size_t i = line->first; i < line->first + line->count; i++)
        if (strchr(text->words->item[i].text, '/'))
            return true;
    return false;
}

/* The first line of the head that begins with "Số" and goes on with a number; one with a slash is
 * preferred, since a stamp's or a form's number has none. */
static const struct page_line *find_number(const struct page_text *text, double bottom_mm)
{
    const struct page_line *plain = NULL;
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        size_t at = line->first;
        const char *word = text->words->item[at].text;
        if (line->box.y >= bottom_mm)
            continue;
        bool joined = begins_with_number(word, text->key[at]);
        bool apart = line->count > 1 && is_number_word(word, text->key[at]);
        if ((!joined && !apart) || in_stamp(text, line))
            continue;
        bool slash = line_has_slash(text, line);
        if (!slash && !joined && !has_digit(text->key[at + 1]))
            continue;
        if (slash)
            return line;
        if (!plain)
            plain = line;
    }
    return plain;
}

static bool is_subject(const struct page_text *text, const struct page_line *line)
{
    const char *word = text->words->item[line->first].text;
    const char *key = text->key[line->first];
    return (strcmp(key, "vv") == 0 || strcmp(key, "vlv") == 0) &&
           (word[0] == 'V' || word[0] == 'v');
}

static bool is_addressee(const struct page_line *line)
{
    static const char wanted[] = "kinhgui";
    size_t size = strlen(line->key);
    return size >= 7 && fuzzy_distance(line->key, 7, wanted, 7, 1) <= 1;
}

static bool is_centred(const struct page_text *text, const struct page_line *line)
{
    double middle = text->frame.x + text->frame.w / 2;
    double off = page_line_center_mm(line) - middle;
    return (off < 0 ? -off : off) < text->frame.w * 0.14;
}

static void find_titles(const struct page_text *text, struct head *head)
{
    double top_mm = head->motto ? head->motto->baseline_mm + 1 : text->frame.y - 1;
    for (size_t i = 0; i < text->line_count && head->title_count < HEAD_TITLES_MAX; i++) {
        const struct page_line *line = &text->line[i];
        if (line->baseline_mm <= top_mm || line->box.y >= head->bottom_mm || line == head->number)
            continue;
        if (strlen(line->key) < 5 || fuzzy_contains(line->key, motto_rest_key))
            continue;
        if (is_centred(text, line) && page_line_is_caps(text, line))
            head->title[head->title_count++] = line;
    }
}

void head_find(const struct page_text *text, struct head *out)
{
    *out = (struct head){0};
    if (!text->line_count)
        return;
    out->bottom_mm = text->frame.y + text->frame.h * 0.55;
    out->motto = find_line(text, motto_key, out->bottom_mm);
    out->motto_rest = find_line(text, motto_rest_key, out->bottom_mm);
    out->column_mm = out->motto ? out->motto->box.x : text->frame.x + text->frame.w * 0.42;
    out->number = find_number(text, out->bottom_mm);
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        if (line->box.y >= out->bottom_mm)
            break;
        if (!out->subject && is_subject(text, line))
            out->subject = line;
        if (!out->addressee && is_addressee(line))
            out->addressee = line;
    }
    find_titles(text, out);
}

double head_starts_paper(const struct page_text *text, const struct head *head)
{
    if (!head->motto || head->motto->box.y > text->frame.y + text->frame.h * 0.3)
        return 0.03;
    if (head->number && (head->title_count || head->subject))
        return 0.98;
    if (head->number || head->title_count)
        return 0.95;
    return head->motto_rest ? 0.8 : 0.6;
}
