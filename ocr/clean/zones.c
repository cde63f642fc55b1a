#include "ocr/clean/zones.h"

#include <math.h>
#include <string.h>

static const char *const kind_names[ZONE_KIND_COUNT] = {"head-left", "head-right", "body"};

/* The gutter of a decree 30/2020 head (its table of positions: left part 80 mm, right part 100 mm
 * of an A4 sheet) lies between these shares of the page's width. */
#define GUTTER_FROM 0.28
#define GUTTER_TO 0.62
#define GUTTER_MIN_MM 3.5
#define HEAD_MIN_MM 12.0
#define HEAD_MAX_MM 56.0
#define HEAD_STEP_MM 4.0
#define HEAD_MIN_PIECES 12
#define SPECK_MM 0.7

static bool is_letter(const struct rect_mm *piece)
{
    return fmax(piece->w, piece->h) >= SPECK_MM && piece->h <= 12 && piece->w <= 60;
}

static double top_of_text(const struct rect_mm *ink, int count)
{
    double top = INFINITY;
    for (int i = 0; i < count; i++)
        if (is_letter(&ink[i]))
            top = fmin(top, ink[i].y);
    return top;
}

/* Widest stretch without ink among the pieces whose middle lies between top and bottom. */
static double find_gutter(const struct rect_mm *ink, int count, struct size_mm page, double top,
                          double bottom, double *out_middle)
{
    enum { COLUMNS = 512 };
    bool inked[COLUMNS] = {false};
    int left = 0, right = 0;
    for (int i = 0; i < count; i++) {
        double middle = ink[i].y + ink[i].h / 2;
        if (!is_letter(&ink[i]) || middle < top || middle > bottom)
            continue;
        int from = (int)(fmax(0, ink[i].x / page.w) * COLUMNS);
        int to = (int)(fmin(1, (ink[i].x + ink[i].w) / page.w) * COLUMNS);
        for (int c = from; c <= to && c < COLUMNS; c++)
            inked[c] = true;
        left += ink[i].x + ink[i].w < page.w / 2;
        right += ink[i].x > page.w / 2;
    }
    if (left < HEAD_MIN_PIECES || right < HEAD_MIN_PIECES)
        return 0;
    int best = 0;
    for (int c = (int)(GUTTER_FROM * COLUMNS), run = 0; c < (int)(GUTTER_TO * COLUMNS); c++) {
        run = inked[c] ? 0 : run + 1;
        if (run > best) {
            best = run;
            *out_middle = (c - run / 2.0) / COLUMNS * page.w;
        }
    }
    return best * page.w / COLUMNS;
}

static void add_zone(struct zones *zones, enum zone_kind kind, double left, double top,
                     double right, double bottom)
{
    zones->item[zones->count++] = (struct zone){kind, {left, top, right - left, bottom - top}};
}

void zones_find(const struct rect_mm *ink, int count, struct size_mm page, struct zones *out)
{
    *out = (struct zones){0};
    double top = top_of_text(ink, count), middle = 0;
    if (!(top < page.h))
        return;
    double body_top = top;
    for (double height = HEAD_MAX_MM; height >= HEAD_MIN_MM; height -= HEAD_STEP_MM) {
        if (top > page.h * 0.4 ||
            find_gutter(ink, count, page, top, top + height, &middle) < GUTTER_MIN_MM)
            continue;
        body_top = top + height;
        add_zone(out, ZONE_HEAD_LEFT, 0, top, middle, body_top);
        add_zone(out, ZONE_HEAD_RIGHT, middle, top, page.w, body_top);
        break;
    }
    add_zone(out, ZONE_BODY, 0, body_top, page.w, page.h);
}

struct js *zones_to_js(const struct zones *zones)
{
    AUTO(js)
    struct js *list = js_array();
    for (int i = 0; i < zones->count; i++) {
        const struct zone *zone = &zones->item[i];
        if (!js_push(list, js_pack("{s:s, s:o}", "kind", kind_names[zone->kind], "box_mm",
                                   rect_to_js(zone->box))))
            return NULL;
    }
    return TAKE(list);
}

enum err_code zones_from_js(const struct js *value, struct zones *out, struct err *err)
{
    *out = (struct zones){0};
    for (size_t i = 0; i < js_count(value) && out->count < ZONES_MAX; i++) {
        const struct js *item = js_item(value, i);
        const char *name;
        struct zone zone = {.kind = ZONE_KIND_COUNT};
        enum err_code code = js_get_text(item, "kind", &name, err);
        if (!code)
            code = rect_from_js(item, "box_mm", &zone.box, err);
        if (code)
            return code;
        for (int kind = 0; kind < ZONE_KIND_COUNT; kind++)
            if (strcmp(name, kind_names[kind]) == 0)
                zone.kind = (enum zone_kind)kind;
        if (zone.kind != ZONE_KIND_COUNT)
            out->item[out->count++] = zone;
    }
    return ERR_OK;
}
