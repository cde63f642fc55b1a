#include "ocr/classify/layout.h"

#include "daemon/base/mem.h"
#include "ocr/classify/abstract.h"

#include <math.h>
#include <string.h>

/* What the place is worth: full where the zone of the decree holds all of it. */
#define PRIOR 0.06
#define PAGE_W 210.0
#define PAGE_H 297.0
/* Lines of a title of several. */
#define TITLE_PITCH 2.4
#define TITLE_SURE 0.85
#define ABSTRACT_SURE 0.80
#define RECIPIENTS_SURE 0.92
#define ALONE_SURE 0.72 /* a motto without another column */
#define BODY_SURE 0.90
/* Page numbers and foot lines stand apart from the text, near the edge of the page. */
#define EDGE_SHARE 0.12
#define APART_HEIGHTS 1.6
#define NUMBER_BYTES_MAX 4
#define FOOT_LINES_MAX 4

/* Regulations 5.2: x0, y0, x1, y1 on an A4 page; nothing where the place says nothing. */
static const double prior[PAGE_ZONE_KINDS][4] = {
    [PAGE_ZONE_HEAD_LEFT] = {28, 18, 100, 50},   [PAGE_ZONE_HEAD_RIGHT] = {95, 18, 197, 50},
    [PAGE_ZONE_TITLE] = {30, 42, 195, 85},       [PAGE_ZONE_ABSTRACT] = {28, 40, 195, 90},
    [PAGE_ZONE_BODY] = {30, 60, 195, 277},       [PAGE_ZONE_SIGNATURE] = {95, 60, 197, 277},
    [PAGE_ZONE_RECIPIENTS] = {28, 60, 110, 277},
};

struct work {
    const struct page_text *text;
    const struct head *head;
    struct layout *out;
    bool *taken;
};

static double prior_share(enum page_zone_kind kind, struct rect_mm box, struct size_mm page)
{
    const double *place = prior[kind];
    double x = page.w / PAGE_W, y = page.h / PAGE_H, area = box.w * box.h;
    struct rect_mm wanted = {place[0] * x, place[1] * y, (place[2] - place[0]) * x,
                             (place[3] - place[1]) * y};
    return area > 0 && wanted.w > 0 ? rect_overlap_mm2(wanted, box) / area : 0.5;
}

static void add_zone(struct work *work, enum page_zone_kind kind, struct rect_mm box,
                     double confidence)
{
    if (box.w <= 0 || work->out->count >= PAGE_ZONES_MAX / 2)
        return;
    double share = prior_share(kind, box, work->text->words->page);
    work->out->zone[work->out->count++] =
        (struct page_zone){.kind = kind,
                           .box = box,
                           .confidence = fmin(0.99, fmax(0, confidence + PRIOR * (2 * share - 1)))};
}

static void take(struct work *work, const struct page_line *line, enum page_zone_kind kind,
                 struct rect_mm *box)
{
    size_t at = (size_t)(line - work->text->line);
    work->taken[at] = true;
    work->out->of_line[at] = kind;
    *box = rect_union(*box, line->box);
}

static bool is_inside(const struct page_line *line, const struct rect_mm *box)
{
    double x = page_line_center_mm(line), y = line->box.y + line->box.h / 2;
    return x > box->x && x < box->x + box->w && y > box->y && y < box->y + box->h;
}

/* ---- tables ------------------------------------------------------------------------------------
 */

/* A head that was laid out by a table with borders is a head. */
static bool holds_head(const struct work *work, const struct page_zone *cell, size_t count,
                       int table)
{
    for (size_t i = 0; i < count; i++)
        if (cell[i].table == table && work->head->motto &&
            is_inside(work->head->motto, &cell[i].box))
            return true;
    return false;
}

static void take_cells(struct work *work, const struct page_zone *cell, size_t count)
{
    struct rect_mm all = {0};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < work->text->line_count; k++)
            if (is_inside(&work->text->line[k], &cell[i].box) &&
                !holds_head(work, cell, count, cell[i].table))
                take(work, &work->text->line[k], PAGE_ZONE_CELL, &all);
}

static void add_cells(struct work *work, const struct page_zone *cell, size_t count)
{
    for (size_t i = 0; i < count && work->out->count < PAGE_ZONES_MAX; i++)
        if (!holds_head(work, cell, count, cell[i].table))
            work->out->zone[work->out->count++] = cell[i];
}

/* ---- head --------------------------------------------------------------------------------------
 */

/* The motto without a second column: with its second line and the day, where they follow it. */
static void take_lone_motto(struct work *work)
{
    const struct page_line *last = work->head->motto;
    double title_mm = work->head->title_count ? work->head->title[0]->baseline_mm : INFINITY;
    struct rect_mm box = {0};
    take(work, last, PAGE_ZONE_HEAD_RIGHT, &box);
    for (size_t i = 0; i < work->text->line_count; i++) {
        const struct page_line *line = &work->text->line[i];
        double step_mm = line->baseline_mm - last->baseline_mm;
        const char *day = strstr(line->key, "ngay");
        bool is_day = day && strstr(day, "thang") && line->box.w < work->head->motto->box.w &&
                      line->baseline_mm < title_mm;
        bool wanted = line == work->head->motto_rest || is_day;
        if (work->taken[i] || !wanted || step_mm < 1 || step_mm > 6 * line->box.h)
            continue;
        take(work, line, PAGE_ZONE_HEAD_RIGHT, &box);
        last = line;
    }
    add_zone(work, PAGE_ZONE_HEAD_RIGHT, box, ALONE_SURE);
}

/* Under the number stands the subject of a letter. */
static bool is_subject(const struct work *work, const struct page_line *line)
{
    const struct page_line *from = work->head->subject;
    return from && line->baseline_mm >= from->baseline_mm - 1 &&
           !page_line_is_caps(work->text, line);
}

static struct rect_mm take_columns(struct work *work)
{
    struct rect_mm left = {0}, right = {0}, subject = {0};
    const struct head_columns *columns = &work->head->columns;
    for (size_t i = 0; i < work->text->line_count; i++) {
        const struct page_line *line = &work->text->line[i];
        bool is_left = page_line_center_mm(line) < columns->gutter_mm;
        if (work->taken[i] || line->in_stamp || !columns_hold(columns, line))
            continue;
        if (is_left && is_subject(work, line))
            take(work, line, PAGE_ZONE_ABSTRACT, &subject);
        else if (is_left)
            take(work, line, PAGE_ZONE_HEAD_LEFT, &left);
        else
            take(work, line, PAGE_ZONE_HEAD_RIGHT, &right);
    }
    add_zone(work, PAGE_ZONE_HEAD_LEFT, left, columns->confidence);
    add_zone(work, PAGE_ZONE_HEAD_RIGHT, right, columns->confidence);
    add_zone(work, PAGE_ZONE_ABSTRACT, subject, columns->confidence);
    return rect_union(left, right);
}

/* ---- title and abstract ------------------------------------------------------------------------
 */

static const struct page_line *first_title(const struct work *work, double below_mm)
{
    for (size_t i = 0; i < work->head->title_count; i++) {
        const struct page_line *line = work->head->title[i];
        if (!work->taken[line - work->text->line] && line->baseline_mm > below_mm)
            return line;
    }
    return NULL;
}

static bool goes_on(const struct work *work, const struct page_line *above,
                    const struct page_line *line)
{
    double step_mm = line->baseline_mm - above->baseline_mm;
    bool listed = false;
    for (size_t i = 0; i < work->head->title_count; i++)
        listed = listed || work->head->title[i] == line;
    return listed && step_mm > 1 && step_mm < TITLE_PITCH * line->box.h;
}

static double take_title(struct work *work, const struct page_line *title, size_t lines)
{
    struct rect_mm box = {0}, abstract = {0};
    const struct page_line *last = title, *end = work->text->line + work->text->line_count;
    take(work, title, PAGE_ZONE_TITLE, &box);
    for (const struct page_line *line = title + 1; line < end; line++)
        if (!work->taken[line - work->text->line] && goes_on(work, last, line)) {
            take(work, line, PAGE_ZONE_TITLE, &box);
            last = line;
        }
    add_zone(work, PAGE_ZONE_TITLE, box, lines ? fmax(TITLE_SURE, 0.9) : TITLE_SURE);
    struct abstract under = abstract_under_title(work->text, last);
    for (size_t i = 0; i < under.count; i++)
        if (!work->taken[under.line[i] - work->text->line])
            take(work, under.line[i], PAGE_ZONE_ABSTRACT, &abstract);
    add_zone(work, PAGE_ZONE_ABSTRACT, abstract, under.torn ? ABSTRACT_SURE / 2 : ABSTRACT_SURE);
    return last->baseline_mm;
}

/* ---- edges of the page -------------------------------------------------------------------------
 */

static bool is_page_number(const struct page_line *line)
{
    const char *key = line->key;
    size_t word = strncmp(key, "trang", 5) == 0 ? 5 : 0, digits = strspn(key + word, "0123456789");
    return digits && strlen(key) <= word + NUMBER_BYTES_MAX + (word ? 2 : 0) && !key[word + digits];
}

/* White between the line and the nearest one towards the middle of the page. */
static double white_beside(const struct page_text *text, const struct page_line *line, bool top)
{
    double nearest = INFINITY;
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *other = &text->line[i];
        double gap = top ? other->box.y - line->box.y - line->box.h
                         : line->box.y - other->box.y - other->box.h;
        if (other != line && gap > -other->box.h / 2)
            nearest = fmin(nearest, gap);
    }
    return nearest;
}

static void take_edges(struct work *work)
{
    struct size_mm page = work->text->words->page;
    struct rect_mm number = {0}, foot = {0};
    size_t foot_lines = 0;
    for (size_t i = 0; i < work->text->line_count; i++) {
        const struct page_line *line = &work->text->line[i];
        bool top = line->box.y + line->box.h < page.h * EDGE_SHARE;
        bool bottom = line->box.y > page.h * (1 - EDGE_SHARE);
        if (work->taken[i] || (!top && !bottom) || !is_page_number(line) ||
            white_beside(work->text, line, top) < APART_HEIGHTS * line->box.h)
            continue;
        take(work, line, PAGE_ZONE_PAGE_NUMBER, &number);
        break;
    }
    add_zone(work, PAGE_ZONE_PAGE_NUMBER, number, 0.9);
    for (size_t i = work->text->line_count; i-- > 0 && foot_lines < FOOT_LINES_MAX;) {
        const struct page_line *line = &work->text->line[i];
        if (work->taken[i])
            continue;
        if (line->box.y < page.h * (1 - EDGE_SHARE) || !line->aside)
            break;
        take(work, line, PAGE_ZONE_FOOT, &foot);
        foot_lines++;
    }
    add_zone(work, PAGE_ZONE_FOOT, foot, 0.75);
}

/* ---- the rest ----------------------------------------------------------------------------------
 */

static void take_end(struct work *work, double top_mm)
{
    struct paper_end *end = &work->out->end;
    paper_end_find(work->text, top_mm, work->taken, end);
    struct rect_mm all = {0};
    for (size_t i = 0; i < work->text->line_count; i++) {
        const struct page_line *line = &work->text->line[i];
        if (work->taken[i])
            continue;
        if (end->recipients && is_inside(line, &end->recipients_box))
            take(work, line, PAGE_ZONE_RECIPIENTS, &all);
        for (size_t k = 0; k < end->signature_count && !work->taken[i]; k++)
            if (is_inside(line, &end->signature[k].box))
                take(work, line, PAGE_ZONE_SIGNATURE, &all);
    }
}

static void add_end(struct work *work)
{
    const struct paper_end *end = &work->out->end;
    if (end->recipients)
        add_zone(work, PAGE_ZONE_RECIPIENTS, end->recipients_box, RECIPIENTS_SURE);
    for (size_t i = 0; i < end->signature_count; i++)
        add_zone(work, PAGE_ZONE_SIGNATURE, end->signature[i].box, end->signature[i].confidence);
}

static void add_body(struct work *work)
{
    struct rect_mm box = {0};
    for (size_t i = 0; i < work->text->line_count; i++)
        if (!work->taken[i] && !work->text->line[i].aside)
            box = rect_union(box, work->text->line[i].box);
    add_zone(work, PAGE_ZONE_BODY, box, BODY_SURE);
}

enum err_code layout_find(const struct page_text *text, const struct head *head,
                          const struct page_line *title, size_t title_lines,
                          const struct page_zone *cell, size_t cell_count, struct layout *out,
                          struct err *err)
{
    AUTO(mem) bool *taken = mem_array(text->line_count + 1, sizeof *taken);
    AUTO(layout)
    struct layout made = {.zone = mem_array(PAGE_ZONES_MAX, sizeof *made.zone),
                          .of_line = mem_array(text->line_count + 1, sizeof *made.of_line)};
    if (!taken || !made.zone || !made.of_line)
        return err_set(err, ERR_NO_MEMORY, "zones of a page");
    struct work work = {text, head, &made, taken};
    double below_mm = 0;
    take_cells(&work, cell, cell_count);
    if (head->columns.found) {
        struct rect_mm box = take_columns(&work);
        below_mm = box.y + box.h;
    } else if (head->motto && !taken[head->motto - text->line]) {
        take_lone_motto(&work);
    }
    title = title ? title : first_title(&work, below_mm - 1);
    if (title && !taken[title - text->line])
        below_mm = take_title(&work, title, title_lines);
    take_end(&work, below_mm);
    take_edges(&work);
    add_body(&work);
    add_end(&work);
    add_cells(&work, cell, cell_count);
    *out = made;
    made = (struct layout){0};
    return ERR_OK;
}

void layout_done(struct layout *layout)
{
    mem_free(layout->zone);
    mem_free(layout->of_line);
    *layout = (struct layout){0};
}

bool layout_puts(const struct layout *layout, const struct page_text *text,
                 const struct page_line *line, enum page_zone_kind kind)
{
    if (!layout->of_line || layout->of_line[line - text->line] != kind)
        return false;
    for (size_t i = 0; i < layout->count; i++) {
        const struct page_zone *zone = &layout->zone[i];
        if (zone->kind == kind && zone->confidence >= PAGE_ZONE_SURE && is_inside(line, &zone->box))
            return true;
    }
    return false;
}
