#include "daemon/model/page_cut.h"

#include <string.h>

bool page_cut_of(const struct js *page, struct rect_mm *out)
{
    *out = (struct rect_mm){0};
    return js_has(page, PAGE_CUT_KEY) && !rect_from_js(page, PAGE_CUT_KEY, out, NULL) && out->w > 0;
}

static struct js *moved(const struct js *value, struct rect_mm cut);

static struct js *moved_items(const struct js *array, struct rect_mm cut)
{
    AUTO(js) struct js *copy = js_array();
    for (size_t i = 0; i < js_count(array); i++)
        if (!js_push(copy, moved(js_item(array, i), cut)))
            return NULL;
    return TAKE(copy);
}

static struct js *moved_box(const struct js *object, struct rect_mm cut)
{
    struct rect_mm box;
    return rect_from_js(object, "box_mm", &box, NULL) ? js_ref(js_at(object, "box_mm"))
                                                      : rect_to_js(rect_in_part(box, cut));
}

static struct js *moved(const struct js *value, struct rect_mm cut)
{
    if (js_is_array(value))
        return moved_items(value, cut);
    if (!js_is_object(value))
        return js_ref(value);
    AUTO(js) struct js *copy = js_object();
    for (void *it = js_iter(value); it; it = js_iter_next(value, it)) {
        const char *key = js_iter_key(it);
        struct js *item =
            strcmp(key, "box_mm") == 0 ? moved_box(value, cut) : moved(js_iter_value(it), cut);
        if (!js_set(copy, key, item))
            return NULL;
    }
    return TAKE(copy);
}

struct js *page_cut_shown(const struct js *page)
{
    struct rect_mm cut;
    if (!page_cut_of(page, &cut))
        return js_ref(page);
    AUTO(js) struct js *shown = moved(page, cut);
    bool fits =
        js_set(shown, "width_mm", js_real(cut.w)) && js_set(shown, "height_mm", js_real(cut.h));
    return fits ? TAKE(shown) : NULL;
}

struct js *page_cut_fields_shown(const struct js *fields, const struct js *pages)
{
    AUTO(js) struct js *shown = js_object();
    for (void *it = js_iter(fields); it; it = js_iter_next(fields, it)) {
        struct rect_mm cut;
        const struct js *field = js_iter_value(it);
        int64_t page = js_int_or(field, "page", 0);
        page_cut_of(page > 0 ? js_item(pages, (size_t)page - 1) : NULL, &cut);
        if (!js_set(shown, js_iter_key(it), moved(field, cut)))
            return NULL;
    }
    return TAKE(shown);
}
