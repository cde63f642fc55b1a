#include "queue/upload/mapping_apply.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "queue/upload/mapping_when.h"
#include "queue/upload/sigv4.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define EXPANDED_MAX (64u << 10)

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "no memory for a mapped record");
}

/* ---- values ----------------------------------------------------------------------------------
 */

char *mapping_scalar_text(const struct js *value)
{
    int64_t number;
    double real;
    bool flag;
    if (js_is_text(value))
        return mem_strdup(js_text_or(value, "", ""));
    if (js_get_bool(value, "", &flag, NULL) == ERR_OK)
        return mem_strdup(flag ? "true" : "false");
    if (js_get_int(value, "", &number, NULL) == ERR_OK)
        return mem_printf("%lld", (long long)number);
    if (js_get_real(value, "", &real, NULL) == ERR_OK)
        return mem_printf("%.17g", real);
    return NULL;
}

/* *out NULL: a list, an object or null, which are no text. */
static enum err_code single_text(const struct js *value, char **out, struct err *err)
{
    bool is_single = !js_is_object(value) && !js_is_array(value) && !js_is_null(value);
    *out = is_single ? mapping_scalar_text(value) : NULL;
    return is_single && !*out ? no_memory(err) : ERR_OK;
}

const struct js *mapping_find_value(const struct js *paths, const struct js *roots)
{
    if (js_is_text(paths)) {
        const struct js *found = js_at(roots, js_text_or(paths, "", ""));
        return js_is_null(found) ? NULL : found;
    }
    for (size_t i = 0; i < js_count(paths); i++) {
        const struct js *found = mapping_find_value(js_item(paths, i), roots);
        if (found)
            return found;
    }
    return NULL;
}

static bool equals(const struct js *wanted, const struct js *found)
{
    if (js_is_null(wanted) || js_is_null(found))
        return js_is_null(wanted) && js_is_null(found);
    AUTO(mem) char *a = mapping_scalar_text(wanted);
    AUTO(mem) char *b = mapping_scalar_text(found);
    return a && ((b && strcmp(a, b) == 0) || strcmp(a, "*") == 0);
}

static bool equals_any(const struct js *wanted, const struct js *found)
{
    if (!js_is_array(wanted))
        return equals(wanted, found);
    for (size_t i = 0; i < js_count(wanted); i++)
        if (equals(js_item(wanted, i), found))
            return true;
    return false;
}

bool mapping_holds(const struct js *condition, const struct js *roots)
{
    for (void *it = js_iter(condition); it; it = js_iter_next(condition, it))
        if (!equals_any(js_iter_value(it), js_at(roots, js_iter_key(it))))
            return false;
    return true;
}

enum err_code mapping_expand(const char *pattern, const struct js *roots, bool encoded, char **out,
                             struct err *err)
{
    AUTO(buf) struct buf text;
    buf_init(&text, EXPANDED_MAX);
    buf_text(&text, "");
    for (const char *at = pattern; *at;) {
        size_t plain = strcspn(at, "{");
        buf_append(&text, at, plain);
        at += plain;
        const char *end = *at ? strchr(at, '}') : NULL;
        if (!end)
            break;
        AUTO(mem) char *path = mem_strndup(at + 1, (size_t)(end - at - 1));
        const struct js *found = path ? js_at(roots, path) : NULL;
        AUTO(mem) char *value = NULL;
        enum err_code code = path ? single_text(found, &value, err) : no_memory(err);
        if (code)
            return code;
        AUTO(mem) char *shown = value && encoded ? sigv4_encode(value, false) : mem_strdup(value);
        if (value && !shown)
            return no_memory(err);
        if (!value) {
            *out = NULL;
            return ERR_OK;
        }
        buf_text(&text, shown);
        at = end + 1;
    }
    char *expanded = buf_take(&text);
    if (!expanded)
        return no_memory(err);
    *out = expanded;
    return ERR_OK;
}

/* ---- one value -------------------------------------------------------------------------------
 */

struct build {
    const struct mapping *mapping;
    const char *name; /* wire name at hand, for errors */
};

static enum err_code source_of(const struct js *spec, const struct js *roots, struct js **out,
                               struct err *err)
{
    const char *pattern = js_text_or(spec, "$text", NULL);
    if (!pattern) {
        *out = js_ref(mapping_find_value(js_at(spec, "$from"), roots));
        return ERR_OK;
    }
    AUTO(mem) char *text = NULL;
    enum err_code code = mapping_expand(pattern, roots, false, &text, err);
    if (code)
        return code;
    *out = text ? js_text(text) : NULL;
    return text && !*out ? no_memory(err) : ERR_OK;
}

static enum err_code apply_values(const struct build *build, const char *list, struct js **value,
                                  struct err *err)
{
    AUTO(mem) char *path = mem_printf("values.%s", list);
    AUTO(mem) char *text = NULL;
    enum err_code code = path ? single_text(*value, &text, err) : no_memory(err);
    if (code)
        return code;
    const struct js *entries = mapping_at(build->mapping, path);
    const struct js *entry = NULL, *any = NULL;
    for (void *it = js_iter(entries); it; it = js_iter_next(entries, it)) {
        if (text && strcmp(js_iter_key(it), text) == 0)
            entry = js_iter_value(it);
        if (strcmp(js_iter_key(it), "*") == 0)
            any = js_iter_value(it);
    }
    if (!entry && !any)
        return err_set(err, ERR_MAPPING_BAD, "%s: values.%s has no entry for what is to be sent",
                       build->name, list);
    entry = entry ? entry : any;
    js_free(*value);
    *value = js_is_null(entry) ? NULL : js_ref(entry);
    return ERR_OK;
}

static size_t letters_of(const char *text)
{
    size_t count = 0;
    while (text_next(&text) != 0)
        count++;
    return count;
}

/* Kinds of identifier are told by their length. */
static enum err_code apply_length(const struct js *spec, struct js **value, struct err *err)
{
    if (!js_bool_or(spec, "$length", false))
        return ERR_OK;
    AUTO(mem) char *text = mapping_scalar_text(*value);
    struct js *length = text ? js_int((int64_t)letters_of(text)) : NULL;
    if (!length)
        return no_memory(err);
    js_free(*value);
    *value = length;
    return ERR_OK;
}

/* What is no day ("unknown") is not sent as one. */
static enum err_code apply_date(const struct js *spec, struct js **value, struct err *err)
{
    const char *pattern = js_text_or(spec, "$date", NULL), *read = js_text_or(spec, "$iso", NULL);
    if (!pattern && !read)
        return ERR_OK;
    char text[MAPPING_WHEN_SIZE];
    AUTO(mem) char *given = NULL;
    enum err_code code = single_text(*value, &given, err);
    if (code)
        return code;
    bool is_day = given && (pattern ? mapping_when_write(given, pattern, text)
                                    : mapping_when_read(given, read, text));
    js_free(*value);
    *value = is_day ? js_text(text) : NULL;
    return is_day && !*value ? no_memory(err) : ERR_OK;
}

static bool is_true(const char *text)
{
    return *text && strcmp(text, "0") != 0 && strcmp(text, "false") != 0;
}

static enum err_code apply_shape(const struct build *build, const char *shape, struct js **value,
                                 struct err *err)
{
    AUTO(mem) char *text = NULL;
    char *end = NULL;
    bool is_text = strcmp(shape, "text") == 0, is_flag = strcmp(shape, "flag") == 0;
    enum err_code code = single_text(*value, &text, err);
    if (code)
        return code;
    long long number = text ? strtoll(text, &end, 10) : 0;
    if (!text || (!is_text && !is_flag && (!*text || *end)))
        return err_set(err, ERR_FIELD_INVALID, "%s: cannot be sent as %s", build->name, shape);
    struct js *shaped = is_text ? js_text(text) : js_int(is_flag ? is_true(text) : number);
    if (!shaped)
        return no_memory(err);
    js_free(*value);
    *value = shaped;
    return ERR_OK;
}

/* Length in letters, as a person counts them; cut between letters. */
static enum err_code apply_limit(const struct build *build, const struct js *spec,
                                 struct js **value, struct err *err)
{
    int64_t max = js_int_or(spec, "$max", 0), count = 0;
    const char *text = js_text_or(*value, "", NULL);
    if (!max || !text)
        return ERR_OK;
    const char *at = text, *last = text;
    while (*at) {
        if (count == max - 1)
            last = at;
        text_next(&at);
        count++;
    }
    if (count <= max)
        return ERR_OK;
    if (!js_bool_or(spec, "$cut", false))
        return err_set(err, ERR_FIELD_INVALID, "%s: %lld letters, the receiver takes %lld",
                       build->name, (long long)count, (long long)max);
    AUTO(mem) char *cut = mem_printf("%.*s…", (int)(last - text), text);
    struct js *shorter = cut ? js_text(cut) : NULL;
    if (!shorter)
        return no_memory(err);
    js_free(*value);
    *value = shorter;
    return ERR_OK;
}

static enum err_code build_any(const struct build *build, const struct js *template,
                               const struct js *roots, struct js **out, struct err *err);

static enum err_code build_value(const struct build *build, const struct js *spec,
                                 const struct js *roots, struct js **out, struct err *err)
{
    AUTO(js) struct js *value = NULL;
    const char *list = js_text_or(spec, "$map", NULL), *shape = js_text_or(spec, "$as", NULL);
    enum err_code code = source_of(spec, roots, &value, err);
    if (!code && value)
        code = apply_length(spec, &value, err);
    if (!code && value && list)
        code = apply_values(build, list, &value, err);
    if (!code && value)
        code = apply_date(spec, &value, err);
    if (!code && value && shape)
        code = apply_shape(build, shape, &value, err);
    if (!code && value)
        code = apply_limit(build, spec, &value, err);
    if (code)
        return code;
    bool is_empty = !value || (js_is_text(value) && !*js_text_or(value, "", ""));
    if (is_empty && js_at(spec, "$or"))
        return build_any(build, js_at(spec, "$or"), roots, out, err);
    if (is_empty && js_at(spec, "$default")) {
        js_free(value);
        value = js_ref(js_at(spec, "$default"));
    } else if (is_empty && js_bool_or(spec, "$required", false)) {
        return err_set(err, ERR_FIELD_MISSING, "%s: the receiver wants it", build->name);
    }
    *out = TAKE(value);
    return ERR_OK;
}

/* ---- whole templates -------------------------------------------------------------------------
 */

struct js *mapping_roots_with_item(const struct js *roots, const struct js *item)
{
    AUTO(js) struct js *inner = js_object();
    bool ok = inner;
    for (void *it = js_iter(roots); ok && it; it = js_iter_next(roots, it))
        ok = js_set(inner, js_iter_key(it), js_ref(js_iter_value(it)));
    ok = ok && (!js_at(roots, "item") || js_set(inner, "outer", js_ref(js_at(roots, "item")))) &&
         js_set(inner, "item", js_ref(item));
    return ok ? TAKE(inner) : NULL;
}

static enum err_code push_each(const struct build *build, const struct js *template,
                               const struct js *roots, struct js *list, struct err *err)
{
    const struct js *items = mapping_find_value(js_at(template, "$each"), roots);
    for (size_t i = 0; js_is_array(items) && i < js_count(items); i++) {
        AUTO(js) struct js *inner = mapping_roots_with_item(roots, js_item(items, i));
        struct js *built = NULL;
        enum err_code code =
            inner ? build_any(build, js_at(template, "$item"), inner, &built, err) : no_memory(err);
        if (code)
            return code;
        if (built && !js_push(list, built))
            return no_memory(err);
    }
    return ERR_OK;
}

static enum err_code build_list(const struct build *build, const struct js *template,
                                const struct js *roots, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    enum err_code code = list ? ERR_OK : no_memory(err);
    for (size_t i = 0; !code && i < js_count(template); i++) {
        const struct js *part = js_item(template, i);
        struct js *built = NULL;
        if (js_at(part, "$each") && mapping_holds(js_at(part, "$when"), roots)) {
            code = push_each(build, part, roots, list, err);
            continue;
        }
        code = build_any(build, part, roots, &built, err);
        if (!code && built && !js_push(list, built))
            code = no_memory(err);
    }
    if (!code)
        *out = TAKE(list);
    return code;
}

static enum err_code build_object(const struct build *outer, const struct js *template,
                                  const struct js *roots, struct js **out, struct err *err)
{
    AUTO(js) struct js *object = js_object();
    enum err_code code = object ? ERR_OK : no_memory(err);
    for (void *it = js_iter(template); !code && it; it = js_iter_next(template, it)) {
        const struct build build = {outer->mapping, js_iter_key(it)};
        struct js *built = NULL;
        if (build.name[0] == '$')
            continue;
        code = build_any(&build, js_iter_value(it), roots, &built, err);
        if (!code && built && !js_set(object, build.name, built))
            code = no_memory(err);
    }
    if (!code)
        *out = TAKE(object);
    return code;
}

static enum err_code build_any(const struct build *build, const struct js *template,
                               const struct js *roots, struct js **out, struct err *err)
{
    *out = NULL;
    if (js_is_array(template))
        return build_list(build, template, roots, out, err);
    if (!js_is_object(template)) {
        *out = js_ref(template);
        return ERR_OK;
    }
    if (!mapping_holds(js_at(template, "$when"), roots))
        return ERR_OK;
    if (js_at(template, "$from") || js_at(template, "$text"))
        return build_value(build, template, roots, out, err);
    if (!js_at(template, "$each"))
        return build_object(build, template, roots, out, err);
    AUTO(js) struct js *list = js_array();
    enum err_code code = list ? push_each(build, template, roots, list, err) : no_memory(err);
    if (!code)
        *out = TAKE(list);
    return code;
}

enum err_code mapping_build(const struct mapping *mapping, const struct js *template,
                            const struct js *roots, struct js **out, struct err *err)
{
    const struct build build = {mapping, "body"};
    struct js *built = NULL;
    enum err_code code = build_any(&build, template, roots, &built, err);
    if (!code)
        *out = built;
    return code;
}
