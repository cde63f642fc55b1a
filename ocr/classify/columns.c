#include "ocr/classify/columns.h"

#include "ocr/classify/head.h"

#include <math.h>
#include <string.h>

/* Boxes of italics and of the recogniser reach a little over. */
#define OVER_MM 0.6
/* The head ends where nothing follows for as long. */
#define NOTHING_MM 26.0
/* Lines of the first row of both columns differ by less. */
#define BEGIN_MM 22.0
#define TALLEST 0.45 /* of the text; more is a page in two columns */
#define ROW_MM 3.0
#define READ 0.4 /* a line less surely read is dirt, or a stamp */

struct sides {
    size_t left, right;
    double left_end_mm, right_start_mm, left_top_mm, right_top_mm, bottom_mm;
};

/* A line that may be a title and has its row for itself. */
static bool is_title(const struct page_text *text, const struct head *head,
                     const struct page_line *line)
{
    bool listed = false;
    for (size_t i = 0; i < head->title_count; i++)
        listed = listed || head->title[i] == line;
    const struct page_line *end = text->line + text->line_count;
    bool before = line > text->line && line->baseline_mm - line[-1].baseline_mm < ROW_MM;
    bool behind = line + 1 < end && line[1].baseline_mm - line->baseline_mm < ROW_MM;
    return listed && !before && !behind;
}

static double top_of(const struct page_text *text, const struct head *head)
{
    double top_mm = text->whole.y;
    return head->motto ? fmin(top_mm, head->motto->box.y) : top_mm;
}

static bool counts(const struct page_line *line)
{
    return !line->in_stamp && line->confidence >= READ && strlen(line->key) >= 2;
}

/* What stands left and right of x, down to the first line that does not end there. */
static struct sides part_at(const struct page_text *text, const struct head *head, double x)
{
    struct sides sides = {.right_start_mm = INFINITY};
    double top_mm = top_of(text, head), bottom_mm = top_mm;
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        if (!counts(line) || line->box.y < top_mm - 1 ||
            (line->aside && line->baseline_mm < top_mm))
            continue;
        double end_mm = line->box.x + line->box.w;
        bool left = end_mm <= x + OVER_MM, right = line->box.x >= x - OVER_MM;
        bool ends = line->box.y > bottom_mm + NOTHING_MM || line == head->addressee ||
                    is_title(text, head, line) || line->box.y > top_mm + TALLEST * text->frame.h;
        if (ends || (!left && !right && !line->aside))
            break;
        if (left == right)
            continue;
        if (left) {
            sides.left_top_mm = sides.left++ ? sides.left_top_mm : line->box.y;
            sides.left_end_mm = fmax(sides.left_end_mm, end_mm);
        } else {
            sides.right_top_mm = sides.right++ ? sides.right_top_mm : line->box.y;
            sides.right_start_mm = fmin(sides.right_start_mm, line->box.x);
        }
        bottom_mm = fmax(bottom_mm, line->box.y + line->box.h);
    }
    sides.bottom_mm = bottom_mm;
    return sides;
}

static size_t lesser(const struct sides *sides)
{
    return sides->left < sides->right ? sides->left : sides->right;
}

static bool is_better(const struct sides *a, const struct sides *b)
{
    if (lesser(a) != lesser(b))
        return lesser(a) > lesser(b);
    if (a->left + a->right != b->left + b->right)
        return a->left + a->right > b->left + b->right;
    return a->right_start_mm - a->left_end_mm > b->right_start_mm - b->left_end_mm;
}

static bool names_a_day(const struct page_line *line)
{
    const char *day = strstr(line->key, "ngay");
    return day && strstr(day, "thang");
}

static double sureness(const struct page_text *text, const struct head *head,
                       const struct sides *sides)
{
    double top_mm = top_of(text, head) - 1;
    bool number = head->number && head->number->box.x < sides->left_end_mm &&
                  head->number->baseline_mm < sides->bottom_mm + 1;
    bool day = false;
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        day = day || (line->box.y >= top_mm && line->box.y < sides->bottom_mm &&
                      line->box.x >= sides->right_start_mm - OVER_MM && names_a_day(line));
    }
    bool motto = head->motto && head->motto->box.x >= sides->right_start_mm - OVER_MM;
    double sure = 0.35 + 0.35 * motto + 0.20 * number + 0.20 * day;
    return fmin(0.98, sure + 0.05 * (lesser(sides) > 1));
}

void columns_find(const struct page_text *text, const struct head *head, struct head_columns *out)
{
    struct sides best = {0};
    double top_mm = top_of(text, head);
    *out = (struct head_columns){0};
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        if (!counts(line) || line->box.y > top_mm + TALLEST * text->frame.h)
            continue;
        struct sides sides = part_at(text, head, line->box.x - OVER_MM);
        if (lesser(&sides) && is_better(&sides, &best))
            best = sides;
    }
    if (!lesser(&best) || best.left + best.right < 3 ||
        fabs(best.left_top_mm - best.right_top_mm) > BEGIN_MM)
        return;
    *out = (struct head_columns){.found = true,
                                 .gutter_mm = (best.left_end_mm + best.right_start_mm) / 2,
                                 .top_mm = top_mm - 1,
                                 .bottom_mm = best.bottom_mm,
                                 .confidence = sureness(text, head, &best)};
}

bool columns_hold(const struct head_columns *columns, const struct page_line *line)
{
    double middle = line->box.y + line->box.h / 2;
    return columns->found && middle > columns->top_mm && middle < columns->bottom_mm;
}
