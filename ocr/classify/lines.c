#include "ocr/classify/lines.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "ocr/classify/aside.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A gap between words is a column border above this many times the page's usual gap … */
#define COLUMN_GAP_TIMES 2.4
/* … and this many times the usual word height. Typewriters space words by their own height. */
#define COLUMN_GAP_HEIGHTS 1.5
#define JOIN_MAX_BYTES (1u << 20)
/* Specks read as one or two letters are told by their confidence. */
#define SPECK_CONFIDENCE 0.30
/* Lines whose baselines differ by less stand side by side. */
#define ROW_MM 1.5
#define LAYERS_MAX 4
/* Neighbours in italics overlap a little. */
#define LAYER_OVERLAP 0.25

static char *make_key(const struct word *word)
{
    char *fold = text_fold(word->text);
    if (!fold)
        return NULL;
    size_t used = 0;
    for (const char *c = fold; *c; c++) {
        bool kept = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ||
                    (unsigned char)*c >= 0xc0 ||
                    ((unsigned char)*c >= 0x80 && used && (unsigned char)fold[used - 1] >= 0x80);
        if (kept)
            fold[used++] = *c;
    }
    fold[used] = 0;
    bool foreign = (unsigned char)fold[0] >= 0x80;
    if ((used <= 2 && word->confidence < SPECK_CONFIDENCE) || (foreign && used <= 3))
        fold[0] = 0;
    return fold;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, size_t count, double fallback)
{
    if (!count)
        return fallback;
    qsort(values, count, sizeof *values, compare_doubles);
    return values[count / 2];
}

static double gap_between(const struct word *left, const struct word *right)
{
    return right->box.x - (left->box.x + left->box.w);
}

static bool starts_motto(const struct page_text *text, size_t at)
{
    static const char *const motto[] = {"cong", "hoa", "xa"};
    for (size_t i = 0; i < 3; i++)
        if (at + i >= text->words->count || strcmp(text->key[at + i], motto[i]) != 0)
            return false;
    return true;
}

/* Least gap, in mm, that separates two columns on this page. */
static enum err_code column_gap(const struct words *words, double *out_mm, struct err *err)
{
    AUTO(mem) double *gaps = mem_array(words->count + 1, sizeof *gaps);
    AUTO(mem) double *heights = mem_array(words->count + 1, sizeof *heights);
    if (!gaps || !heights)
        return err_set(err, ERR_NO_MEMORY, "lines of a page");
    size_t gap_count = 0;
    for (size_t i = 0; i < words->count; i++) {
        heights[i] = words->item[i].box.h;
        if (i && words->item[i - 1].line == words->item[i].line)
            gaps[gap_count++] = gap_between(&words->item[i - 1], &words->item[i]);
    }
    double by_gap = COLUMN_GAP_TIMES * median(gaps, gap_count, 1.4);
    double by_height = COLUMN_GAP_HEIGHTS * median(heights, words->count, 3.5);
    *out_mm = by_gap > by_height ? by_gap : by_height;
    return ERR_OK;
}

static int compare_baselines(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    if (x->baseline_mm != y->baseline_mm)
        return x->baseline_mm < y->baseline_mm ? -1 : 1;
    return x->box.x < y->box.x ? -1 : x->box.x > y->box.x;
}

static int compare_columns(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    return x->box.x < y->box.x ? -1 : x->box.x > y->box.x;
}

static int compare_lines_of_words(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    return x->line != y->line ? x->line - y->line : compare_columns(a, b);
}

/* A recogniser's box may run over the short word behind it, which it then reads as the next one of
 * its own line and which ends behind it. */
static bool runs_over(const struct word *left, const struct word *right)
{
    return left->block == right->block && left->line == right->line &&
           left->box.x + left->box.w / 2 < right->box.x &&
           left->box.x + left->box.w <= right->box.x + right->box.w;
}

/* Words of one row, left to right. What is printed over other print (a stamp) lies on a layer of
 * its own, so that it does not get between the words of the text. */
static int number_layers(struct word *word, size_t count, int first_line)
{
    double end_mm[LAYERS_MAX];
    struct word last[LAYERS_MAX];
    int layers = 0;
    qsort(word, count, sizeof *word, compare_columns);
    for (size_t i = 0; i < count; i++) {
        double room_mm = word[i].box.w * LAYER_OVERLAP;
        int layer = 0;
        while (layer < layers && layer < LAYERS_MAX - 1 &&
               word[i].box.x + room_mm < end_mm[layer] && !runs_over(&last[layer], &word[i]))
            layer++;
        layers = layer < layers ? layers : layer + 1;
        end_mm[layer] = word[i].box.x + word[i].box.w;
        last[layer] = word[i];
        word[i].block = 0;
        word[i].line = first_line + layer;
    }
    qsort(word, count, sizeof *word, compare_lines_of_words);
    return layers;
}

/* The recogniser's own lines are not relied on: it tears a line where a stamp or a fold crosses it.
 */
static enum err_code order_words(const struct words *words, struct words **out, struct err *err)
{
    AUTO(mem) struct words *made = mem_alloc(sizeof *made);
    AUTO(mem) struct word *item = mem_array(words->count + 1, sizeof *item);
    if (!made || !item)
        return err_set(err, ERR_NO_MEMORY, "lines of a page");
    if (words->count)
        memcpy(item, words->item, words->count * sizeof *item);
    qsort(item, words->count, sizeof *item, compare_baselines);
    int line = 0;
    for (size_t first = 0, end; first < words->count; first = end) {
        end = first + 1;
        while (end < words->count && item[end].baseline_mm - item[first].baseline_mm < ROW_MM)
            end++;
        line += number_layers(item + first, end - first, line);
    }
    *made = *words;
    made->item = TAKE(item);
    *out = TAKE(made);
    return ERR_OK;
}

static enum err_code finish_line(struct page_text *text, size_t first, size_t end, struct err *err)
{
    struct page_line line = {.first = first, .count = end - first};
    char key[LINE_KEY_MAX + 1];
    size_t used = 0, counted = 0;
    for (size_t i = first; i < end; i++) {
        size_t size = strlen(text->key[i]);
        if (!size)
            continue;
        const struct word *word = &text->words->item[i];
        line.box = rect_union(line.box, word->box);
        line.baseline_mm += word->baseline_mm;
        line.confidence += word->confidence;
        counted++;
        if (used + size <= LINE_KEY_MAX) {
            memcpy(key + used, text->key[i], size);
            used += size;
        }
    }
    if (!counted || text->line_count >= PAGE_LINES_MAX)
        return ERR_OK;
    key[used] = 0;
    line.baseline_mm /= (double)counted;
    line.confidence /= (double)counted;
    line.key = mem_strdup(key);
    if (!line.key)
        return err_set(err, ERR_NO_MEMORY, "lines of a page");
    text->line[text->line_count++] = line;
    return ERR_OK;
}

static int compare_places(const void *a, const void *b)
{
    const struct page_line *x = a, *y = b;
    return x->box.x < y->box.x ? -1 : x->box.x > y->box.x;
}

static int compare_lines(const void *a, const void *b)
{
    const struct page_line *x = a, *y = b;
    if (x->baseline_mm != y->baseline_mm)
        return x->baseline_mm < y->baseline_mm ? -1 : 1;
    return x->box.x < y->box.x ? -1 : x->box.x > y->box.x;
}

/* Lines of one row stand left to right whatever their baselines differ by. */
static void order_rows(struct page_line *line, size_t count)
{
    for (size_t first = 0, end; first < count; first = end) {
        end = first + 1;
        while (end < count && line[end].baseline_mm - line[first].baseline_mm < ROW_MM)
            end++;
        qsort(line + first, end - first, sizeof *line, compare_places);
    }
}

static enum err_code cut_lines(struct page_text *text, double border_mm, struct err *err)
{
    const struct words *words = text->words;
    size_t first = 0;
    for (size_t i = 1; i <= words->count; i++) {
        bool ends = i == words->count || words->item[i - 1].line != words->item[i].line ||
                    gap_between(&words->item[i - 1], &words->item[i]) > border_mm ||
                    starts_motto(text, i);
        if (!ends)
            continue;
        enum err_code code = finish_line(text, first, i, err);
        if (code)
            return code;
        first = i;
    }
    return ERR_OK;
}

enum err_code page_text_make(const struct words *words, struct page_text *out, struct err *err)
{
    *out = (struct page_text){0};
    enum err_code code = order_words(words, &out->words, err);
    if (code)
        return code;
    out->key = mem_array(words->count + 1, sizeof *out->key);
    out->line = mem_array(words->count + 1, sizeof *out->line);
    if (!out->key || !out->line)
        return err_set(err, ERR_NO_MEMORY, "lines of a page");
    for (size_t i = 0; i < words->count; i++)
        if (!(out->key[i] = make_key(&out->words->item[i])))
            return err_set(err, ERR_NO_MEMORY, "lines of a page");
    double border_mm = 0;
    code = column_gap(out->words, &border_mm, err);
    if (!code)
        code = cut_lines(out, border_mm, err);
    if (code)
        return code;
    qsort(out->line, out->line_count, sizeof *out->line, compare_lines);
    order_rows(out->line, out->line_count);
    return aside_mark(out, err);
}

void page_text_done(struct page_text *text)
{
    if (!text)
        return;
    size_t count = text->words ? text->words->count : 0;
    for (size_t i = 0; text->key && i < count; i++)
        mem_free(text->key[i]);
    for (size_t i = 0; text->line && i < text->line_count; i++)
        mem_free(text->line[i].key);
    mem_free(text->key);
    mem_free(text->line);
    if (text->words)
        mem_free(text->words->item);
    mem_free(text->words);
    *text = (struct page_text){0};
}

char *page_text_join(const struct page_text *text, size_t first, size_t count)
{
    AUTO(buf)
    struct buf joined;
    buf_init(&joined, JOIN_MAX_BYTES);
    buf_text(&joined, "");
    for (size_t i = first; i < first + count && i < text->words->count; i++) {
        static const char specks[] = "'`\"_|~^"; /* what dirt at a word's edge is read as */
        const char *word = text->words->item[i].text;
        bool dash = strcmp(word, "-") == 0 || strcmp(word, "–") == 0;
        if (!*text->key[i] && !dash)
            continue;
        if (joined.size)
            buf_text(&joined, " ");
        size_t skip = strspn(word, specks), size = strlen(word + skip);
        while (size && strchr(specks, word[skip + size - 1]))
            size--;
        buf_append(&joined, word + skip, size);
    }
    return buf_take(&joined);
}

bool page_line_is_caps(const struct page_text *text, const struct page_line *line)
{
    size_t caps = 0, letters = 0;
    for (size_t i = line->first; i < line->first + line->count; i++) {
        const char *word = text->words->item[i].text;
        AUTO(mem)
        char *lower = text_lower(word);
        if (!lower || !*text->key[i] || strlen(lower) != strlen(word))
            continue;
        const char *a = word, *b = lower;
        for (int32_t point; (point = text_next(&a)) > 0;) {
            int32_t small = text_next(&b);
            bool letter = point > 0x7f || (small >= 'a' && small <= 'z');
            letters += letter;
            caps += letter && small != point;
        }
    }
    return letters > 0 && caps * 10 >= letters * 8;
}

double page_line_center_mm(const struct page_line *line)
{
    return line->box.x + line->box.w / 2;
}
