#include "ocr/classify/aside.h"

#include "ocr/classify/fuzzy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Lines of one text are nearer than this, one above or beside the other; the two columns of a head
 * stand farther apart, but on one row. */
#define JOIN_DOWN_MM 8.0
#define JOIN_ACROSS_MM 12.0
#define JOIN_COLUMNS_MM 40.0
#define ROW_MM 1.0
/* A block with a larger share of the page's words is the page's own text. */
#define ASIDE_SHARE 0.15
#define SMALL_PRINT 0.66
#define STAMP_DOWN_MM 16
#define STAMP_ACROSS_MM 12
/* Lines that reach an edge of the text, by their length, against those an addition makes longer. */
#define EDGE_SHARE 0.20
#define SURE_WORD 0.7

static const char motto_key[] = "conghoaxahoichunghiavietnam";
static const char stamp_key[] = "congvanden";
static const char short_stamp_key[] = "den";

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double gap(double a, double a_size, double b, double b_size)
{
    return fmax(fmax(b - (a + a_size), a - (b + b_size)), 0);
}

static bool belong_together(const struct page_line *a, const struct page_line *b)
{
    double down = gap(a->box.y, a->box.h, b->box.y, b->box.h);
    double across = gap(a->box.x, a->box.w, b->box.x, b->box.w);
    bool one_row = fabs(a->baseline_mm - b->baseline_mm) < ROW_MM;
    return (down <= JOIN_DOWN_MM && across <= JOIN_ACROSS_MM) ||
           (one_row && across <= JOIN_COLUMNS_MM);
}

static size_t root_of(size_t *parent, size_t at)
{
    while (parent[at] != at)
        at = parent[at] = parent[parent[at]];
    return at;
}

struct block {
    size_t words;
    bool has_motto;
};

static enum err_code mark_lone_blocks(struct page_text *text, struct err *err)
{
    size_t count = text->line_count, words = 0;
    AUTO(mem) size_t *parent = mem_array(count + 1, sizeof *parent);
    AUTO(mem) struct block *block = mem_array(count + 1, sizeof *block);
    if (!parent || !block)
        return err_set(err, ERR_NO_MEMORY, "blocks of a page");
    for (size_t i = 0; i < count; i++) {
        parent[i] = i;
        block[i] = (struct block){0};
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (belong_together(&text->line[i], &text->line[k]))
                parent[root_of(parent, i)] = root_of(parent, k);
    for (size_t i = 0; i < count; i++) {
        struct block *own = &block[root_of(parent, i)];
        own->words += text->line[i].count;
        own->has_motto = own->has_motto || fuzzy_contains(text->line[i].key, motto_key);
        words += text->line[i].count;
    }
    for (size_t i = 0; i < count; i++) {
        const struct block *own = &block[root_of(parent, i)];
        text->line[i].aside = !own->has_motto && (double)own->words <= ASIDE_SHARE * (double)words;
    }
    return ERR_OK;
}

static enum err_code mark_small_print(struct page_text *text, struct err *err)
{
    AUTO(mem) double *heights = mem_array(text->line_count + 1, sizeof *heights);
    if (!heights)
        return err_set(err, ERR_NO_MEMORY, "lines of a page");
    for (size_t i = 0; i < text->line_count; i++)
        heights[i] = text->line[i].box.h;
    qsort(heights, text->line_count, sizeof *heights, compare_doubles);
    for (size_t i = 0; i < text->line_count; i++)
        if (text->line[i].box.h < SMALL_PRINT * heights[text->line_count / 2])
            text->line[i].aside = true;
    return ERR_OK;
}

static bool names_stamp(const struct page_line *line)
{
    return strcmp(line->key, short_stamp_key) == 0 || fuzzy_contains(line->key, stamp_key);
}

static void mark_stamps(struct page_text *text)
{
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *stamp = &text->line[i];
        if (!names_stamp(stamp))
            continue;
        for (size_t k = 0; k < text->line_count; k++) {
            struct page_line *line = &text->line[k];
            double below_mm = line->box.y - stamp->box.y;
            double across_mm = gap(line->box.x, line->box.w, stamp->box.x, stamp->box.w);
            if (line == stamp ||
                (below_mm > 0 && below_mm < STAMP_DOWN_MM && across_mm < STAMP_ACROSS_MM))
                line->in_stamp = line->aside = true;
        }
    }
}

/* Box of the words that were surely read; nothing without any. */
static struct rect_mm sure_part(const struct page_text *text, const struct page_line *line)
{
    struct rect_mm part = {0};
    for (size_t i = line->first; i < line->first + line->count; i++) {
        const struct word *word = &text->words->item[i];
        if (word->confidence >= SURE_WORD && strlen(text->key[i]) >= 2)
            part = rect_union(part, word->box);
    }
    return part;
}

struct edge {
    double at_mm, length_mm;
};

static int compare_edges(const void *a, const void *b)
{
    return compare_doubles(&((const struct edge *)a)->at_mm, &((const struct edge *)b)->at_mm);
}

/* Where lines of EDGE_SHARE of the length of all have begun. */
static double common_edge(struct edge *edge, size_t count)
{
    double all = 0, seen = 0;
    for (size_t i = 0; i < count; i++)
        all += edge[i].length_mm;
    qsort(edge, count, sizeof *edge, compare_edges);
    size_t at = 0;
    while (at + 1 < count && (seen += edge[at].length_mm) < EDGE_SHARE * all)
        at++;
    return edge[at].at_mm;
}

static enum err_code find_frame(struct page_text *text, struct err *err)
{
    AUTO(mem) struct edge *left = mem_array(text->line_count + 1, sizeof *left);
    AUTO(mem) struct edge *right = mem_array(text->line_count + 1, sizeof *right);
    if (!left || !right)
        return err_set(err, ERR_NO_MEMORY, "frame of a page");
    size_t count = 0;
    for (size_t i = 0; i < text->line_count; i++) {
        struct rect_mm part = sure_part(text, &text->line[i]);
        if (part.w <= 0)
            continue;
        text->whole = rect_union(text->whole, part);
        if (text->line[i].aside)
            continue;
        text->frame = rect_union(text->frame, part);
        left[count] = (struct edge){part.x, part.w};
        right[count++] = (struct edge){-(part.x + part.w), part.w};
    }
    if (!count) {
        text->frame = text->whole;
        return ERR_OK;
    }
    text->common_left_mm = common_edge(left, count);
    text->common_right_mm = -common_edge(right, count);
    return ERR_OK;
}

enum err_code aside_mark(struct page_text *text, struct err *err)
{
    enum err_code code = mark_lone_blocks(text, err);
    if (!code)
        code = mark_small_print(text, err);
    if (code)
        return code;
    mark_stamps(text);
    return find_frame(text, err);
}
