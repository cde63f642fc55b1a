#include "daemon/catalog/register_headings.h"

#include "daemon/base/text.h"
#include "daemon/model/catalog_kind.h"

#include <string.h>

#define HEADING_MAX_BYTES 300 /* more is a paragraph */

static void heading_done(struct register_heading *heading)
{
    mem_free(heading->text);
    mem_free(heading->key);
}

void register_headings_done(struct register_headings *headings)
{
    for (size_t i = 0; i < headings->count; i++)
        heading_done(&headings->item[i]);
    headings->count = 0;
}

static int column_in(const struct js *map, const char *key)
{
    for (void *it = map ? js_iter(map) : NULL; it; it = js_iter_next(map, it))
        if (strcmp(js_iter_key(it), key) == 0)
            return register_column_from_key(js_text_or(js_iter_value(it), "", ""));
    return REGISTER_UNKNOWN;
}

static void tell_column(const struct register_maps *maps, struct register_heading *heading)
{
    const char *key = heading->key;
    heading->column = REGISTER_UNKNOWN;
    heading->by = "";
    if (!*key)
        return;
    heading->column = column_in(maps->said, key);
    heading->by = "map";
    if (heading->column == REGISTER_UNKNOWN) {
        heading->column = column_in(maps->kept, key);
        heading->by = "kept";
    }
    if (heading->column == REGISTER_UNKNOWN) {
        heading->column = register_column_of(key);
        heading->by = heading->column == REGISTER_UNKNOWN ? "" : "words";
    }
}

static bool take_text(const char *text, struct register_heading *out)
{
    AUTO(mem) char *whole = text_squeeze(text);
    if (!whole || strlen(whole) > HEADING_MAX_BYTES)
        return false;
    *out = (struct register_heading){.text = TAKE(whole), .key = catalog_heading(text)};
    return out->key != NULL;
}

static bool is_blank(const char *text)
{
    return !text[strspn(text, " \t\r\n")];
}

/* What a person said of one heading is not undone by the words of another. */
static int rank_of(const struct register_heading *heading)
{
    return strcmp(heading->by, "map") == 0 ? 0 : strcmp(heading->by, "kept") == 0 ? 1 : 2;
}

static void settle_places(struct register_headings *headings)
{
    for (size_t i = 0; i < REGISTER_COLUMN_COUNT; i++)
        headings->place[i] = -1;
    for (size_t i = 0; i < headings->count; i++) {
        struct register_heading *one = &headings->item[i];
        if (one->column == REGISTER_UNKNOWN || one->column == REGISTER_IGNORED)
            continue;
        int other = headings->place[one->column];
        bool wins = other < 0 || rank_of(one) < rank_of(&headings->item[other]);
        if (wins && other >= 0)
            headings->item[other].twice = true;
        one->twice = !wins;
        if (wins)
            headings->place[one->column] = (int)i;
    }
}

enum err_code register_headings_read(const struct catalog_cells *cells,
                                     const struct register_headings *above,
                                     const struct register_maps *maps,
                                     struct register_headings *out, struct err *err)
{
    size_t wide = above && above->count > cells->count ? above->count : cells->count;
    *out = (struct register_headings){0};
    for (size_t i = 0; i < wide && i < REGISTER_WIDTH_MAX; i++) {
        const char *own = i < cells->count ? cells->cell(cells->row, i) : "";
        const char *upper = above && i < above->count ? above->item[i].text : "";
        const char *text = is_blank(own) ? upper : own;
        struct register_heading *one = &out->item[out->count];
        if (!take_text(strlen(text) > HEADING_MAX_BYTES ? "" : text, one)) {
            heading_done(one);
            return err_set(err, ERR_NO_MEMORY, "register");
        }
        out->count++;
        tell_column(maps, one);
    }
    settle_places(out);
    return ERR_OK;
}

bool register_headings_fit(const struct register_headings *headings)
{
    int known = 0;
    for (int i = 0; i < REGISTER_COLUMN_COUNT; i++)
        known += headings->place[i] >= 0;
    return known >= 2 &&
           (headings->place[REGISTER_PATH] >= 0 || headings->place[FIELD_number_symbol] >= 0 ||
            headings->place[REGISTER_NUMBER] >= 0);
}

bool register_headings_go_on(const struct register_headings *headings,
                             const struct catalog_cells *cells, const struct register_maps *maps)
{
    bool names_more = false;
    for (size_t i = 0; i < cells->count && i < REGISTER_WIDTH_MAX; i++) {
        const char *cell = cells->cell(cells->row, i);
        bool known = i < headings->count && headings->item[i].column >= 0;
        struct register_heading one = {0};
        if (is_blank(cell))
            continue;
        if (known || strlen(cell) > HEADING_MAX_BYTES || !take_text(cell, &one)) {
            heading_done(&one);
            return false;
        }
        tell_column(maps, &one);
        names_more = names_more || one.column >= 0;
        heading_done(&one);
    }
    return names_more;
}

struct js *register_headings_to_js(const struct register_headings *headings)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < headings->count; i++) {
        const struct register_heading *one = &headings->item[i];
        bool known = one->column != REGISTER_UNKNOWN;
        if (!*one->key)
            continue;
        if (!js_push(list,
                     js_pack("{s:s, s:s, s:s?, s:s, s:b}", "heading", one->text, "key", one->key,
                             "field", known ? register_column_key(one->column) : NULL, "by",
                             one->by, "twice", (int)one->twice)))
            return NULL;
    }
    return TAKE(list);
}
