#include "drivers/option.h"

#include "daemon/base/mem.h"

#include <math.h>
#include <strings.h>

void option_done(struct option *option)
{
    mem_free(option->name);
    mem_free(option->title);
    mem_free(option->desc);
    mem_free(option->numbers);
    for (size_t i = 0; option->texts && i < option->limit_count; i++)
        mem_free(option->texts[i]);
    mem_free(option->texts);
    *option = (struct option){0};
}

static double nearest_of_list(const struct option *option, double wanted)
{
    double above = INFINITY, highest = -INFINITY;
    for (size_t i = 0; i < option->limit_count; i++) {
        double number = option->numbers[i];
        if (number >= wanted && number < above)
            above = number;
        if (number > highest)
            highest = number;
    }
    return isinf(above) ? highest : above;
}

double option_nearest_number(const struct option *option, double wanted)
{
    if (option->limit == LIMIT_NUMBERS && option->limit_count)
        return nearest_of_list(option, wanted);
    if (option->limit != LIMIT_RANGE)
        return wanted;
    if (option->step > 0)
        wanted = option->min + round((wanted - option->min) / option->step) * option->step;
    return fmin(fmax(wanted, option->min), option->max);
}

const char *option_find_text(const struct option *option, const char *text)
{
    if (option->limit != LIMIT_TEXTS)
        return option->type == OPTION_TEXT ? text : NULL;
    for (size_t i = 0; i < option->limit_count; i++)
        if (strcasecmp(option->texts[i], text) == 0)
            return option->texts[i];
    return NULL;
}

bool option_is_number(const struct option *option)
{
    return (option->type == OPTION_INT || option->type == OPTION_FIXED) && option->value_count == 1;
}

static const char *type_name(enum option_type type)
{
    static const char *const names[] = {"bool", "int", "fixed", "string", "button", "group"};
    return names[type];
}

static const char *unit_name(enum option_unit unit)
{
    static const char *const names[] = {"none", "pixel", "bit", "mm", "dpi", "percent", "us"};
    return names[unit];
}

static struct js *cap_to_js(const struct option *option)
{
    struct js *cap = js_array();
    bool ok = cap != NULL;
    if (option->readable)
        ok = ok && js_push(cap, js_text("read"));
    if (option->settable)
        ok = ok && js_push(cap, js_text("set"));
    if (option->hardware)
        ok = ok && js_push(cap, js_text("hardware"));
    if (option->automatic)
        ok = ok && js_push(cap, js_text("automatic"));
    if (option->advanced)
        ok = ok && js_push(cap, js_text("advanced"));
    if (ok)
        return cap;
    js_free(cap);
    return NULL;
}

static struct js *limit_to_js(const struct option *option)
{
    if (option->limit == LIMIT_NONE)
        return js_object();
    if (option->limit == LIMIT_RANGE)
        return js_pack("{s:f, s:f, s:f}", "min", option->min, "max", option->max, "step",
                       option->step);
    struct js *list = js_array();
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < option->limit_count; i++)
        ok = js_push(list, option->limit == LIMIT_TEXTS ? js_text(option->texts[i])
                                                        : js_real(option->numbers[i]));
    if (!ok) {
        js_free(list);
        return NULL;
    }
    return js_pack("{s:o}", "values", list);
}

struct js *option_to_js(const struct option *option, struct js *value)
{
    AUTO(js) struct js *o = js_object();
    AUTO(js) struct js *owned_value = value;
    bool ok = js_set(o, "name", js_text(option->name ? option->name : "")) &&
              js_set(o, "title", js_text(option->title ? option->title : "")) &&
              js_set(o, "desc", js_text(option->desc ? option->desc : "")) &&
              js_set(o, "type", js_text(type_name(option->type))) &&
              js_set(o, "unit", js_text(unit_name(option->unit))) &&
              js_set(o, "cap", cap_to_js(option)) && js_set(o, "active", js_bool(option->active)) &&
              js_set(o, "value", value ? TAKE(owned_value) : js_null()) &&
              js_set(o, "constraint", limit_to_js(option));
    return ok ? TAKE(o) : NULL;
}
