#include "daemon/model/page_info.h"
#include "daemon/model/page_cut.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Every reason a page can be less than good; the clerk's words for them are in the web page. */
static const char *const known_reasons[] = {
    "blurred", "dark",   "low-resolution",     "cut-edge",       "empty", "glare",
    "faint",   "skewed", "orientation-unsure", "not-recognized", "fold",
};

static const char *const dpi_source_names[] = {"file", "paper", "assumed"};

const char *dpi_source_name(enum dpi_source source)
{
    return dpi_source_names[source];
}

void page_info_done(struct page_info *info)
{
    if (!info)
        return;
    for (size_t i = 0; i < info->code_count; i++)
        mem_free(info->codes[i].text);
    mem_free(info->zones);
    *info = (struct page_info){0};
}

static double rounded(double value, double steps)
{
    return round(value * steps) / steps;
}

static struct js *reasons_to_js(const struct page_info *info)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < info->reason_count; i++)
        if (!js_push(list, js_text(info->reasons[i])))
            return NULL;
    return TAKE(list);
}

static struct js *codes_to_js(const struct page_info *info)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < info->code_count; i++) {
        const struct page_code *c = &info->codes[i];
        struct js *code = js_pack("{s:s, s:s, s:o}", "kind", c->kind, "text", c->text, "box_mm",
                                  rect_to_js(c->box));
        if (!js_push(list, code))
            return NULL;
    }
    return TAKE(list);
}

static bool add_cards(const struct page_info *info, struct js *object)
{
    if (!info->card_count)
        return true;
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < info->card_count; i++)
        if (!js_push(list, rect_to_js(info->cards[i])))
            return false;
    return js_set(object, "cards", TAKE(list));
}

static bool add_papers(const struct page_info *info, struct js *object)
{
    if (!info->paper_count)
        return true;
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < info->paper_count; i++)
        if (!js_push(list, page_paper_to_js(&info->papers[i])))
            return false;
    return js_set(object, "papers", TAKE(list));
}

static bool add_cut(const struct page_info *info, struct js *object)
{
    return info->cut.w <= 0 || js_set(object, PAGE_CUT_KEY, rect_to_js(info->cut));
}

static bool add_zones(const struct page_info *info, struct js *object)
{
    return !info->zone_count ||
           js_set(object, "zones", page_zones_to_js(info->zones, info->zone_count));
}

struct js *page_info_to_js(const struct page_info *info)
{
    AUTO(js)
    struct js *object = js_pack(
        "{s:i, s:i, s:f, s:s, s:i, s:f, s:f, s:b, s:f, s:f, s:{s:s, s:o}, s:o}", "width_px",
        info->width_px, "height_px", info->height_px, "dpi", info->dpi, "dpi_source",
        dpi_source_name(info->dpi_source), "rotation_deg", info->rotation_deg, "rotation_score",
        rounded(info->rotation_score, 1000), "skew_deg", rounded(info->skew_deg, 1000), "blank",
        info->blank, "width_mm", rounded(info->size.w, 100), "height_mm",
        rounded(info->size.h, 100), "quality", "verdict", info->verdict[0] ? info->verdict : "good",
        "reasons", reasons_to_js(info), "codes", codes_to_js(info));
    bool fits = object && add_cards(info, object) && add_papers(info, object) &&
                add_cut(info, object) && add_zones(info, object);
    return fits ? TAKE(object) : NULL;
}

static void read_reasons(const struct js *value, struct page_info *out)
{
    const struct js *list = js_at(value, "quality.reasons");
    for (size_t i = 0; i < js_count(list) && out->reason_count < PAGE_REASONS_MAX; i++) {
        const char *reason = js_text_or(js_item(list, i), "", "");
        for (size_t k = 0; k < sizeof known_reasons / sizeof *known_reasons; k++)
            if (strcmp(reason, known_reasons[k]) == 0)
                out->reasons[out->reason_count++] = known_reasons[k];
    }
}

static enum err_code read_codes(const struct js *value, struct page_info *out, struct err *err)
{
    const struct js *list = js_at(value, "codes");
    for (size_t i = 0; i < js_count(list) && i < PAGE_CODES_MAX; i++) {
        const struct js *item = js_item(list, i);
        struct page_code *c = &out->codes[i];
        const char *text;
        enum err_code code = js_get_text(item, "text", &text, err);
        if (!code)
            code = rect_from_js(item, "box_mm", &c->box, err);
        if (code)
            return err_context(err, code, "'codes[%zu]'", i);
        snprintf(c->kind, sizeof c->kind, "%s", js_text_or(item, "kind", ""));
        c->text = mem_strdup(text);
        if (!c->text)
            return err_set(err, ERR_NO_MEMORY, "page codes");
        out->code_count = i + 1;
    }
    return ERR_OK;
}

static enum err_code read_cards(const struct js *value, struct page_info *out, struct err *err)
{
    char path[20];
    for (size_t i = 0; i < js_count(js_at(value, "cards")) && i < PAGE_CARDS_MAX; i++) {
        snprintf(path, sizeof path, "cards[%zu]", i);
        enum err_code code = rect_from_js(value, path, &out->cards[i], err);
        if (code)
            return code;
        out->card_count = i + 1;
    }
    return ERR_OK;
}

static enum err_code read_papers(const struct js *value, struct page_info *out, struct err *err)
{
    const struct js *list = js_at(value, "papers");
    for (size_t i = 0; i < js_count(list) && i < PAGE_PAPERS_MAX; i++) {
        enum err_code code = page_paper_from_js(js_item(list, i), &out->papers[i], err);
        if (code)
            return err_context(err, code, "'papers[%zu]'", i);
        out->paper_count = i + 1;
    }
    return ERR_OK;
}

static enum err_code read_numbers(const struct js *value, struct page_info *out, struct err *err)
{
    int64_t width, height, rotation;
    enum err_code code = js_get_int(value, "width_px", &width, err);
    if (!code)
        code = js_get_int(value, "height_px", &height, err);
    if (!code)
        code = js_get_int(value, "rotation_deg", &rotation, err);
    if (!code)
        code = js_get_real(value, "dpi", &out->dpi, err);
    if (!code)
        code = js_get_real(value, "skew_deg", &out->skew_deg, err);
    if (!code)
        code = js_get_real(value, "width_mm", &out->size.w, err);
    if (!code)
        code = js_get_real(value, "height_mm", &out->size.h, err);
    if (!code)
        code = js_get_bool(value, "blank", &out->blank, err);
    if (code)
        return code;
    if (width < 1 || width > 1000000 || height < 1 || height > 1000000)
        return err_set(err, ERR_BAD_JSON, "'width_px' or 'height_px' out of range");
    if (rotation != 0 && rotation != 90 && rotation != 180 && rotation != 270)
        return err_set(err, ERR_BAD_JSON, "'rotation_deg' is no quarter turn");
    if (!(out->dpi > 0) || !(out->size.w > 0) || !(out->size.h > 0))
        return err_set(err, ERR_BAD_JSON, "'dpi', 'width_mm' or 'height_mm' is not positive");
    out->width_px = (int)width;
    out->height_px = (int)height;
    out->rotation_deg = (int)rotation;
    return ERR_OK;
}

enum err_code page_info_from_js(const struct js *value, struct page_info *out, struct err *err)
{
    *out = (struct page_info){0};
    enum err_code code = read_numbers(value, out, err);
    if (code)
        return code;
    const char *source = js_text_or(value, "dpi_source", "assumed");
    out->dpi_source = DPI_ASSUMED;
    for (int i = DPI_FILE; i < DPI_ASSUMED; i++)
        if (strcmp(source, dpi_source_names[i]) == 0)
            out->dpi_source = (enum dpi_source)i;
    out->rotation_score = js_real_or(value, "rotation_score", 0);
    snprintf(out->verdict, sizeof out->verdict, "%s", js_text_or(value, "quality.verdict", "good"));
    read_reasons(value, out);
    code = read_codes(value, out, err);
    if (!code)
        code = read_cards(value, out, err);
    if (!code)
        code = read_papers(value, out, err);
    if (!code && js_has(value, PAGE_CUT_KEY))
        code = rect_from_js(value, PAGE_CUT_KEY, &out->cut, err);
    return code ? code
                : page_zones_from_js(js_at(value, "zones"), &out->zones, &out->zone_count, err);
}
