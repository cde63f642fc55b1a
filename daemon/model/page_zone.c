#include "daemon/model/page_zone.h"

#include "daemon/base/mem.h"

#include <math.h>
#include <string.h>

static const char *const names[PAGE_ZONE_KINDS] = {
    [PAGE_ZONE_BODY] = "body",
    [PAGE_ZONE_HEAD_LEFT] = "head-left",
    [PAGE_ZONE_HEAD_RIGHT] = "head-right",
    [PAGE_ZONE_TITLE] = "title",
    [PAGE_ZONE_ABSTRACT] = "abstract",
    [PAGE_ZONE_RECIPIENTS] = "recipients",
    [PAGE_ZONE_SIGNATURE] = "signature",
    [PAGE_ZONE_CELL] = "table-cell",
    [PAGE_ZONE_PAGE_NUMBER] = "page-number",
    [PAGE_ZONE_FOOT] = "foot",
};

const char *page_zone_name(enum page_zone_kind kind)
{
    return names[kind];
}

static struct js *zone_to_js(const struct page_zone *zone)
{
    AUTO(js)
    struct js *made =
        js_pack("{s:s, s:o, s:f}", "kind", names[zone->kind], "box_mm", rect_to_js(zone->box),
                "confidence", round(zone->confidence * 100) / 100);
    bool fits =
        made && (zone->kind != PAGE_ZONE_CELL || (js_set(made, "table", js_int(zone->table)) &&
                                                  js_set(made, "row", js_int(zone->row)) &&
                                                  js_set(made, "column", js_int(zone->column)) &&
                                                  js_set(made, "rows", js_int(zone->rows)) &&
                                                  js_set(made, "columns", js_int(zone->columns))));
    return fits ? TAKE(made) : NULL;
}

struct js *page_zones_to_js(const struct page_zone *zone, size_t count)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < count; i++)
        if (!js_push(list, zone_to_js(&zone[i])))
            return NULL;
    return TAKE(list);
}

static enum err_code read_zone(const struct js *item, struct page_zone *out, struct err *err)
{
    const char *name;
    enum err_code code = js_get_text(item, "kind", &name, err);
    *out = (struct page_zone){.kind = PAGE_ZONE_KINDS};
    for (int kind = 0; !code && kind < PAGE_ZONE_KINDS; kind++)
        if (strcmp(name, names[kind]) == 0)
            out->kind = (enum page_zone_kind)kind;
    if (code || out->kind == PAGE_ZONE_KINDS)
        return code;
    out->confidence = js_real_or(item, "confidence", 0);
    out->table = (int)js_int_or(item, "table", 0);
    out->row = (int)js_int_or(item, "row", 0);
    out->column = (int)js_int_or(item, "column", 0);
    out->rows = (int)js_int_or(item, "rows", 0);
    out->columns = (int)js_int_or(item, "columns", 0);
    return rect_from_js(item, "box_mm", &out->box, err);
}

enum err_code page_zones_from_js(const struct js *value, struct page_zone **out, size_t *out_count,
                                 struct err *err)
{
    size_t count = js_count(value), kept = 0;
    if (count > PAGE_ZONES_MAX)
        return err_set(err, ERR_TOO_MANY, "%zu zones on a page, at most %d", count, PAGE_ZONES_MAX);
    AUTO(mem) struct page_zone *zone = mem_array(count + 1, sizeof *zone);
    if (!zone)
        return err_set(err, ERR_NO_MEMORY, "zones of a page");
    for (size_t i = 0; i < count; i++) {
        enum err_code code = read_zone(js_item(value, i), &zone[kept], err);
        if (code)
            return err_context(err, code, "'zones[%zu]'", i);
        kept += zone[kept].kind != PAGE_ZONE_KINDS;
    }
    *out = TAKE(zone);
    *out_count = kept;
    return ERR_OK;
}
