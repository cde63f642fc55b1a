#include "ocr/recognize/page_parts.h"

#include "daemon/base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* In widths over heights, which is what a row costs to read: below that a second process costs more
 * than it saves. */
#define WORTH 60.0
/* A row as long as that has text whatever it says; dashes, dots and rims of seals are shorter. */
#define TEXT_ASPECT 6
/* How much of the work the smaller part has at least. */
#define SMALLER_PART 0.3
#define ROWS_MAX 600

void text_rows_done(struct text_rows *rows)
{
    mem_free(rows->item);
    *rows = (struct text_rows){0};
}

enum err_code text_rows_add(struct text_rows *rows, const struct text_row *row, struct err *err)
{
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? rows->capacity * 2 : 64;
        struct text_row *item = mem_array(capacity, sizeof *item);
        if (!item)
            return err_set(err, ERR_NO_MEMORY, "rows of a page");
        if (rows->count)
            memcpy(item, rows->item, rows->count * sizeof *item);
        mem_free(rows->item);
        rows->item = item;
        rows->capacity = capacity;
    }
    rows->item[rows->count++] = *row;
    return ERR_OK;
}

static int height_of(const struct text_row *row)
{
    return row->bottom - row->top;
}

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* A row of capitals or one without tails has a low box and costs as much as its neighbours. */
static double cost_of(const struct text_row *row, int usual_height)
{
    int height = height_of(row) > usual_height ? height_of(row) : usual_height;
    return height > 0 ? (double)(row->right - row->left) / height : 0;
}

static int usual_height(const struct text_rows *rows, int *heights)
{
    for (size_t i = 0; i < rows->count; i++)
        heights[i] = height_of(&rows->item[i]);
    qsort(heights, rows->count, sizeof *heights, compare_ints);
    return heights[rows->count / 2];
}

static bool share_place(const struct text_row *a, const struct text_row *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static bool has_text(const struct text_row *row)
{
    return !row->is_picture && row->right - row->left >= TEXT_ASPECT * height_of(row);
}

static bool parts_at(const struct text_rows *rows, size_t row)
{
    if (!has_text(&rows->item[row - 1]) || !has_text(&rows->item[row]))
        return false;
    for (size_t i = 0; i < row; i++)
        for (size_t k = row; k < rows->count; k++)
            if (share_place(&rows->item[i], &rows->item[k]))
                return false;
    return true;
}

bool page_parts_find(const struct text_rows *rows, size_t *out_row)
{
    size_t count = rows->count, found = 0;
    if (count < 2 || count > ROWS_MAX)
        return false;
    AUTO(mem) double *before = mem_array(count + 1, sizeof *before);
    AUTO(mem) int *heights = mem_array(count, sizeof *heights);
    if (!before || !heights)
        return false;
    int usual = usual_height(rows, heights);
    before[0] = 0;
    for (size_t i = 0; i < count; i++)
        before[i + 1] = before[i] + cost_of(&rows->item[i], usual);
    double all = before[count], best = all * (0.5 - SMALLER_PART);
    for (size_t i = 1; i < count && all >= WORTH; i++) {
        double unequal = fabs(before[i] - all / 2);
        if (unequal > best || !parts_at(rows, i))
            continue;
        best = unequal;
        found = i;
    }
    if (found)
        *out_row = found;
    return found > 0;
}

static bool holds(const struct text_row *row, double x, double y)
{
    return x >= row->left && x <= row->right && y >= row->top && y <= row->bottom;
}

size_t page_parts_row_of(const struct text_rows *rows, size_t from, const struct text_row *piece)
{
    double x = (piece->left + piece->right) / 2.0, y = (piece->top + piece->bottom) / 2.0;
    for (size_t i = from; i < rows->count; i++)
        if (holds(&rows->item[i], x, y))
            return i;
    return from;
}

static bool lies_in(const struct word *word, const struct text_row *row,
                    const struct recognition_image *image)
{
    return holds(row, (word->box.x + word->box.w / 2 - image->left_mm) * image->px_per_mm,
                 (word->box.y + word->box.h / 2 - image->top_mm) * image->px_per_mm);
}

enum err_code page_parts_join(const struct text_rows *rows, size_t second_from,
                              const struct recognition_image *image, const struct words *second,
                              struct words *words, struct err *err)
{
    const struct text_row *row = &rows->item[second_from];
    if (!words->count || !second->count ||
        !lies_in(&words->item[words->count - 1], row - 1, image) ||
        !lies_in(&second->item[0], row, image))
        return err_set(err, ERR_NOT_FOUND, "no words where a page was parted");
    const struct word *last = &words->item[words->count - 1], *first = &second->item[0];
    int block = last->block + row->begins_block - first->block;
    int line = last->line + 1 - first->line;
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < second->count && !code; i++) {
        const struct word *word = &second->item[i];
        code = words_add(words, word->text, word->confidence, word->box, word->baseline_mm,
                         word->block + block, word->line + line, err);
    }
    return code;
}
