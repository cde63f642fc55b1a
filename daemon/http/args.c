#include "daemon/http/args.h"

#include "daemon/base/id.h"
#include "daemon/model/geometry.h"

#include <stdlib.h>
#include <string.h>

#define FIELD_NAME_MAX 40
#define FIELD_TEXT_MAX 4000

bool args_is_word(const char *words, const char *text)
{
    size_t size = strlen(text);
    for (const char *at = words; size && *at;) {
        size_t word = strcspn(at, " ");
        if (word == size && strncmp(at, text, size) == 0)
            return true;
        at += word;
        at += strspn(at, " ");
    }
    return false;
}

static enum err_code out_of_range(const struct arg_rule *rule, struct err *err)
{
    return err_set(err, ERR_BAD_ARGUMENT, "%s: must be %lld..%lld", rule->name,
                   (long long)rule->min, (long long)rule->max);
}

static enum err_code check_text(const struct js *body, const struct arg_rule *rule, struct err *err)
{
    const char *text;
    enum err_code code = js_get_text(body, rule->name, &text, err);
    if (code)
        return code;
    if (rule->kind == ARG_ID)
        return id_is_valid(text) ? ERR_OK
                                 : err_set(err, ERR_BAD_ARGUMENT, "%s: not an id", rule->name);
    if (rule->kind == ARG_WORD)
        return args_is_word(rule->words, text)
                   ? ERR_OK
                   : err_set(err, ERR_BAD_ARGUMENT, "%s: must be one of: %s", rule->name,
                             rule->words);
    int64_t size = (int64_t)strlen(text);
    if (size < rule->min || size > rule->max)
        return err_set(err, ERR_BAD_ARGUMENT, "%s: must have %lld..%lld bytes", rule->name,
                       (long long)rule->min, (long long)rule->max);
    return ERR_OK;
}

static enum err_code check_int(const struct js *body, const struct arg_rule *rule, struct err *err)
{
    int64_t number;
    enum err_code code = js_get_int(body, rule->name, &number, err);
    if (code)
        return code;
    return number < rule->min || number > rule->max ? out_of_range(rule, err) : ERR_OK;
}

static bool is_field_name(const char *name)
{
    size_t size = strlen(name);
    return size && size <= FIELD_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

static enum err_code check_fields(const struct js *body, const struct arg_rule *rule,
                                  struct err *err)
{
    const struct js *fields;
    enum err_code code = js_get_object(body, rule->name, &fields, err);
    if (code)
        return code;
    if (js_count(fields) > (size_t)rule->max)
        return err_set(err, ERR_BAD_ARGUMENT, "%s: at most %lld entries", rule->name,
                       (long long)rule->max);
    for (void *it = js_iter(fields); it; it = js_iter_next(fields, it)) {
        const char *name = js_iter_key(it), *text;
        if (!is_field_name(name))
            return err_set(err, ERR_BAD_ARGUMENT, "%s: holds a name that is none", rule->name);
        if (js_is_null(js_iter_value(it)))
            continue;
        if (!js_is_text(js_iter_value(it)))
            return err_set(err, ERR_BAD_JSON, "%s.%s: text or null expected", rule->name, name);
        code = js_get_text(js_iter_value(it), "", &text, err);
        if (code)
            return code;
        if (strlen(text) > FIELD_TEXT_MAX)
            return err_set(err, ERR_BAD_ARGUMENT, "%s.%s: at most %d bytes", rule->name, name,
                           FIELD_TEXT_MAX);
    }
    return ERR_OK;
}

#define GLASS_MAX_MM 2000.0 /* longer than any scanner */
#define AREA_MIN_MM 5.0

static enum err_code check_area(const struct js *body, const struct arg_rule *rule, struct err *err)
{
    struct rect_mm area;
    enum err_code code = rect_from_js(body, rule->name, &area, err);
    if (code)
        return code;
    bool on_glass = area.x >= 0 && area.y >= 0 && area.w >= AREA_MIN_MM && area.h >= AREA_MIN_MM &&
                    area.x + area.w <= GLASS_MAX_MM && area.y + area.h <= GLASS_MAX_MM;
    return on_glass ? ERR_OK
                    : err_set(err, ERR_BAD_ARGUMENT, "%s: not [x, y, w, h] in mm on the glass",
                              rule->name);
}

static enum err_code check(const struct js *body, const struct arg_rule *rule, struct err *err)
{
    bool flag;
    switch (rule->kind) {
    case ARG_TEXT:
    case ARG_WORD:
    case ARG_ID:
        return check_text(body, rule, err);
    case ARG_INT:
        return check_int(body, rule, err);
    case ARG_BOOL:
        return js_get_bool(body, rule->name, &flag, err);
    case ARG_AREA:
        return check_area(body, rule, err);
    case ARG_FIELDS:
        return check_fields(body, rule, err);
    }
    return err_set(err, ERR_INTERNAL, "%s: unknown kind of argument", rule->name);
}

enum err_code args_take(const struct js *body, const struct arg_rule *rules, struct js *args,
                        struct err *err)
{
    if (body && !js_is_object(body))
        return err_set(err, ERR_BAD_JSON, "body: object expected");
    for (const struct arg_rule *rule = rules; rule->name; rule++) {
        const struct js *value = body ? js_at(body, rule->name) : NULL;
        bool left_out = !value || (js_is_null(value) && !(rule->flags & ARG_NULLABLE));
        if (left_out && !(rule->flags & ARG_REQUIRED))
            continue;
        if (left_out)
            return err_set(err, ERR_BAD_JSON, "%s: missing", rule->name);
        if (!js_is_null(value)) {
            enum err_code code = check(body, rule, err);
            if (code)
                return code;
        }
        if (!js_set(args, rule->name, js_ref(value)))
            return err_set(err, ERR_NO_MEMORY, "arguments");
    }
    return ERR_OK;
}

enum err_code args_number(const char *name, const char *text, int64_t min, int64_t max,
                          int64_t *out, struct err *err)
{
    size_t size = strlen(text);
    int64_t number = size && size <= 18 && strspn(text, "0123456789") == size ? atoll(text) : -1;
    if (number < min || number > max)
        return err_set(err, ERR_BAD_ARGUMENT, "query %s: must be %lld..%lld", name, (long long)min,
                       (long long)max);
    *out = number;
    return ERR_OK;
}
