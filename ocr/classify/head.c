#include "ocr/classify/head.h"

#include "daemon/base/text.h"
#include "daemon/model/page_zone.h"
#include "ocr/classify/fuzzy.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* A letter's subject stands on the next lines. */
#define UNDER_NUMBER_MM 12

static const char motto_key[] = "conghoaxahoichunghiavietnam";
static const char motto_rest_key[] = "doclaptudohanhphuc";

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

/* Behind a word it is none of a number's: "Số định danh cá nhân/CMND". */
static bool has_numbers_slash(const char *word)
{
    const char *slash = strchr(word, '/');
    bool behind_word = slash && slash - word >= 2 && islower((unsigned char)slash[-1]) &&
                       (islower((unsigned char)slash[-2]) || (unsigned char)slash[-2] >= 0x80);
    return slash && !behind_word;
}

static bool line_has_slash(const struct page_text *text, const struct page_line *line)
{
    for (size_t i = line->first; i < line->first + line->count; i++)
        if (has_numbers_slash(text->words->item[i].text))
            return true;
    return false;
}

/* Begins with "Số" and goes on with a number. */
static bool is_number_line(const struct page_text *text, const struct page_line *line, bool slash)
{
    size_t at = line->first;
    const char *word = text->words->item[at].text;
    if (begins_with_number(word, text->key[at]))
        return true;
    return line->count > 1 && is_number_word(word, text->key[at]) &&
           (slash || has_digit(text->key[at + 1]));
}

/* The first number line of the head. The paper's own text goes before what stands aside; one with a
 * slash is preferred, since a form's number has none. Two with a slash leave doubt. */
static void find_number(const struct page_text *text, struct head *head)
{
    int best = -1;
    size_t slashes = 0;
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        bool slash = line_has_slash(text, line);
        if (line->box.y >= head->bottom_mm || line->in_stamp || !is_number_line(text, line, slash))
            continue;
        int rank = 2 * !line->aside + slash;
        slashes += slash;
        if (rank <= best)
            continue;
        best = rank;
        head->number = line;
    }
    head->number_in_doubt = slashes > 1 || (slashes == 1 && best == 2);
}

/* "V/v …"; written out only under the number, where nothing else begins so. */
static bool is_subject(const struct page_text *text, const struct head *head,
                       const struct page_line *line)
{
    const char *word = text->words->item[line->first].text;
    const char *key = text->key[line->first];
    bool under_number = head->number && line->baseline_mm > head->number->baseline_mm &&
                        line->baseline_mm < head->number->baseline_mm + UNDER_NUMBER_MM &&
                        page_line_center_mm(line) < head->column_mm;
    bool written_out = under_number && line->count > 1 && strcmp(key, "ve") == 0 &&
                       strcmp(text->key[line->first + 1], "viec") == 0;
    return written_out || ((strcmp(key, "vv") == 0 || strcmp(key, "vlv") == 0) &&
                           (word[0] == 'V' || word[0] == 'v'));
}

static bool is_addressee(const struct page_line *line)
{
    static const char wanted[] = "kinhgui";
    size_t size = strlen(line->key);
    return size >= 7 && fuzzy_distance(line->key, 7, wanted, 7, 1) <= 1;
}

static bool is_centred_between(const struct page_line *line, double left_mm, double right_mm)
{
    return fabs(page_line_center_mm(line) - (left_mm + right_mm) / 2) < (right_mm - left_mm) * 0.14;
}

/* What is added in the margin moves the frame of all text; in a form few lines reach its edge, and
 * a signer's name that does may stand aside. */
static bool is_centred(const struct page_text *text, const struct page_line *line)
{
    return is_centred_between(line, text->whole.x, text->whole.x + text->whole.w) ||
           is_centred_between(line, text->frame.x, text->frame.x + text->frame.w) ||
           is_centred_between(line, text->common_left_mm, text->common_right_mm);
}

static void find_titles(const struct page_text *text, struct head *head)
{
    double top_mm = head->motto ? head->motto->baseline_mm + 1 : text->whole.y - 1;
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
    find_number(text, out);
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        if (line->box.y >= out->bottom_mm)
            break;
        if (!out->subject && is_subject(text, out, line))
            out->subject = line;
        if (!out->addressee && is_addressee(line))
            out->addressee = line;
    }
    find_titles(text, out);
    columns_find(text, out, &out->columns);
    if (out->columns.found && out->columns.confidence >= PAGE_ZONE_SURE)
        out->column_mm = out->columns.gutter_mm;
}

double head_starts_paper(const struct page_text *text, const struct head *head)
{
    /* a narrow column breaks the motto's first line in two; the second is told then */
    const struct page_line *motto = head->motto ? head->motto : head->motto_rest;
    if (!motto || motto->box.y > text->frame.y + text->frame.h * 0.3)
        return 0.03;
    if (head->number && (head->title_count || head->subject))
        return 0.98;
    if (head->number || head->title_count)
        return 0.95;
    return head->motto && head->motto_rest ? 0.8 : 0.6;
}
