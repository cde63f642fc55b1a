#include "queue/upload/mapping_check.h"

#include "daemon/base/text.h"
#include "queue/upload/mapping_when.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

struct check {
    const struct js *root;
    struct mapping_fault *fault; /* its path is where the check is */
};

typedef bool check_fn(struct check *check, const struct js *value);

__attribute__((format(printf, 2, 3))) static bool fault(struct check *check, const char *fmt, ...)
{
    char reason[sizeof check->fault->reason];
    va_list args;
    va_start(args, fmt);
    vsnprintf(reason, sizeof reason, fmt, args);
    va_end(args);
    text_printable(reason, check->fault->reason, sizeof check->fault->reason);
    return false;
}

/* The check of what lies under a key or, with key NULL, at a place. */
static bool below(struct check *check, const char *key, size_t place, const struct js *value,
                  check_fn *fn)
{
    char *path = check->fault->path;
    size_t size = strlen(path), room = sizeof check->fault->path - size;
    if (key)
        snprintf(path + size, room, "%s%s", size ? "." : "", key);
    else
        snprintf(path + size, room, "[%zu]", place);
    bool ok = fn(check, value);
    if (ok)
        path[size] = '\0';
    return ok;
}

static bool at_key(struct check *check, const struct js *object, const char *key, check_fn *fn)
{
    const struct js *value = js_at(object, key);
    return !value || below(check, key, 0, value, fn);
}

static bool is_one_of(const char *name, const char *const names[])
{
    for (size_t i = 0; names[i]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool known_only(struct check *check, const struct js *object, const char *const known[])
{
    if (!js_is_object(object))
        return fault(check, "is no object");
    for (void *it = js_iter(object); it; it = js_iter_next(object, it))
        if (!is_one_of(js_iter_key(it), known))
            return fault(check, "'%s' is not known here", js_iter_key(it));
    return true;
}

static bool each(struct check *check, const struct js *value, check_fn *fn)
{
    for (size_t i = 0; js_is_array(value) && i < js_count(value); i++)
        if (!below(check, NULL, i, js_item(value, i), fn))
            return false;
    if (!js_is_object(value))
        return true;
    for (void *it = js_iter(value); it; it = js_iter_next(value, it))
        if (!below(check, js_iter_key(it), 0, js_iter_value(it), fn))
            return false;
    return true;
}

static bool is_text(struct check *check, const struct js *value)
{
    return js_is_text(value) || fault(check, "is no text");
}

static bool is_scalar(struct check *check, const struct js *value)
{
    return (!js_is_object(value) && !js_is_array(value)) || fault(check, "is no single value");
}

static bool is_flag(struct check *check, const struct js *value)
{
    bool flag;
    return js_get_bool(value, "", &flag, NULL) == ERR_OK || fault(check, "is not true or false");
}

static bool is_count(struct check *check, const struct js *value)
{
    int64_t count;
    bool ok = js_get_int(value, "", &count, NULL) == ERR_OK && count > 0;
    return ok || fault(check, "is no whole number from 1");
}

static bool is_text_of(struct check *check, const struct js *value, const char *const names[])
{
    const char *text = js_text_or(value, "", "");
    return is_one_of(text, names) || fault(check, "'%s' is none of those that are known", text);
}

/* ---- templates -------------------------------------------------------------------------------
 */

static const char *const roots[] = {
    "record", "file",     "constants",  "secret", "token", "key",  "remote", "replaces", "hidden",
    "now",    "question", "withdrawal", "about",  "reply", "item", "outer",  NULL};

static bool is_path_text(struct check *check, const char *path, size_t size)
{
    char root[20];
    snprintf(root, sizeof root, "%.*s", (int)strcspn(path, ".[}"), path);
    if (!is_one_of(root, roots))
        return fault(check, "'%.*s' begins with no known name", (int)size, path);
    if (strcmp(root, "constants") != 0 || size <= sizeof "constants")
        return true;
    char name[60];
    snprintf(name, sizeof name, "constants.%.*s", (int)(size - sizeof "constants"),
             path + sizeof "constants");
    return js_at(check->root, name) || fault(check, "there is no constant '%s'", name + 10);
}

static bool is_path(struct check *check, const struct js *value)
{
    const char *path = js_text_or(value, "", NULL);
    return path ? is_path_text(check, path, strlen(path)) : fault(check, "is no path");
}

static bool is_paths(struct check *check, const struct js *value)
{
    return js_is_array(value) ? each(check, value, is_path) : is_path(check, value);
}

/* "…{record.dossier_code}…" */
static bool is_pattern(struct check *check, const struct js *value)
{
    if (!is_text(check, value))
        return false;
    for (const char *at = js_text_or(value, "", ""); (at = strchr(at, '{')); at++) {
        const char *end = strchr(at, '}');
        if (!end)
            return fault(check, "a '{' without its '}'");
        if (!is_path_text(check, at + 1, (size_t)(end - at - 1)))
            return false;
    }
    return true;
}

static bool is_date_pattern(struct check *check, const struct js *value)
{
    return mapping_pattern_is_good(js_text_or(value, "", "")) ||
           fault(check, "is no pattern of yyyy, MM, dd, HH, mm, ss");
}

static bool is_value_map(struct check *check, const struct js *value)
{
    char path[80];
    snprintf(path, sizeof path, "values.%s", js_text_or(value, "", ""));
    return js_is_object(js_at(check->root, path)) ||
           fault(check, "there is no list of values '%s'", path + 7);
}

static bool is_shape(struct check *check, const struct js *value)
{
    return is_text_of(check, value, NAMES("text", "integer", "flag"));
}

static bool is_choice(struct check *check, const struct js *value)
{
    return js_is_array(value) ? each(check, value, is_scalar) : is_scalar(check, value);
}

/* {"record.stage": "result" or ["component", "output"] or "*" (anything) or null (nothing), …} */
static bool is_condition(struct check *check, const struct js *value)
{
    if (!js_is_object(value))
        return fault(check, "is no object");
    for (void *it = js_iter(value); it; it = js_iter_next(value, it))
        if (!is_path_text(check, js_iter_key(it), strlen(js_iter_key(it))))
            return false;
    for (void *it = js_iter(value); it; it = js_iter_next(value, it))
        if (!is_choice(check, js_iter_value(it)))
            return false;
    return true;
}

static bool is_template(struct check *check, const struct js *value);

static const struct {
    const char *name;
    check_fn *fn;
} specs[] = {
    {"$from", is_paths},        {"$text", is_pattern},     {"$each", is_paths},
    {"$item", is_template},     {"$as", is_shape},         {"$map", is_value_map},
    {"$date", is_date_pattern}, {"$iso", is_date_pattern}, {"$max", is_count},
    {"$cut", is_flag},          {"$required", is_flag},    {"$default", is_scalar},
    {"$when", is_condition},    {"$length", is_flag},      {"$or", is_template},
};

static bool is_special(struct check *check, const char *key, const struct js *value)
{
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        if (strcmp(key, specs[i].name) == 0)
            return below(check, key, 0, value, specs[i].fn);
    return fault(check, "'%s' is not known", key);
}

static bool is_template(struct check *check, const struct js *value)
{
    if (!js_is_object(value))
        return each(check, value, is_template);
    int sources = !!js_at(value, "$from") + !!js_at(value, "$text") + !!js_at(value, "$each");
    if (sources > 1)
        return fault(check, "has more than one of $from, $text, $each");
    if (!js_at(value, "$each") != !js_at(value, "$item"))
        return fault(check, "$each and $item belong together");
    for (void *it = js_iter(value); it; it = js_iter_next(value, it)) {
        const char *key = js_iter_key(it);
        bool special = key[0] == '$';
        if (!special && sources)
            return fault(check, "'%s' beside $from, $text or $each", key);
        if (special && !sources && strcmp(key, "$when") != 0)
            return fault(check, "'%s' without $from, $text or $each", key);
        if (special ? !is_special(check, key, js_iter_value(it))
                    : !below(check, key, 0, js_iter_value(it), is_template))
            return false;
    }
    return true;
}

static bool is_templates(struct check *check, const struct js *value)
{
    return js_is_object(value) ? is_template(check, value) : fault(check, "is no object");
}

/* ---- answers ---------------------------------------------------------------------------------
 */

static bool is_meaning(struct check *check, const struct js *value)
{
    return is_text_of(
        check, value,
        NAMES("ok", "exists", "not-found", "login", "denied", "busy", "full", "refused"));
}

static bool is_status(struct check *check, const struct js *value)
{
    int64_t status = js_int_or(value, "", 0);
    return (status >= 100 && status < 600) || fault(check, "is no HTTP status");
}

static bool is_text_list(struct check *check, const struct js *value)
{
    return js_is_array(value) ? each(check, value, is_text) : fault(check, "is no list");
}

static bool is_scalar_list(struct check *check, const struct js *value)
{
    return js_is_array(value) ? each(check, value, is_scalar) : fault(check, "is no list");
}

static bool is_status_list(struct check *check, const struct js *value)
{
    return js_is_array(value) ? each(check, value, is_status) : fault(check, "is no list");
}

static bool is_outcome(struct check *check, const struct js *value)
{
    if (!known_only(check, value, NAMES("status", "at", "is", "has", "means")))
        return false;
    if (!js_at(value, "means"))
        return fault(check, "'means' is missing");
    if (!js_at(value, "at") != (!js_at(value, "is") && !js_at(value, "has")))
        return fault(check, "'at' and one of 'is' and 'has' belong together");
    if (!js_at(value, "at") && !js_at(value, "status"))
        return fault(check, "has neither 'status' nor 'at'");
    return at_key(check, value, "status", is_status_list) && at_key(check, value, "at", is_text) &&
           at_key(check, value, "is", is_scalar_list) &&
           at_key(check, value, "has", is_text_list) && at_key(check, value, "means", is_meaning);
}

static bool is_outcomes(struct check *check, const struct js *value)
{
    return js_is_array(value) ? each(check, value, is_outcome) : fault(check, "is no list");
}

static bool is_replies(struct check *check, const struct js *value)
{
    return known_only(check, value, NAMES("said", "outcomes")) &&
           at_key(check, value, "said", is_text_list) &&
           at_key(check, value, "outcomes", is_outcomes);
}

static bool is_one_find(struct check *check, const struct js *value)
{
    if (!known_only(check, value, NAMES("in", "where", "unless")))
        return false;
    if (!js_at(value, "in") || !js_at(value, "where"))
        return fault(check, "'in' and 'where' belong together");
    return at_key(check, value, "in", is_paths) && at_key(check, value, "where", is_templates) &&
           at_key(check, value, "unless", is_condition);
}

static bool is_find(struct check *check, const struct js *value)
{
    return js_is_array(value) ? each(check, value, is_one_find) : is_one_find(check, value);
}

/* ---- parts of the file -----------------------------------------------------------------------
 */

static bool is_method(struct check *check, const struct js *value)
{
    return is_text_of(check, value, NAMES("GET", "POST", "PUT", "PATCH", "DELETE"));
}

static bool is_place(struct check *check, const struct js *value)
{
    const char *text = js_text_or(value, "", "");
    bool is_url = text_starts(text, "https://") || text_starts(text, "http://");
    return text[0] == '/' || text[0] == '{' || is_url
               ? is_pattern(check, value)
               : fault(check, "is no path ('/…') and no URL");
}

static bool is_patterns(struct check *check, const struct js *value)
{
    return js_is_object(value) ? each(check, value, is_pattern) : fault(check, "is no object");
}

/* Another operation, whose parts this one has where it does not say otherwise. */
static bool is_likeness(struct check *check, const struct js *value)
{
    char path[60];
    snprintf(path, sizeof path, "operations.%s", js_text_or(value, "", ""));
    const struct js *other = js_at(check->root, path);
    return (js_is_object(other) && !js_at(other, "like")) ||
           fault(check, "is no other operation that stands by itself");
}

static bool is_operation(struct check *check, const struct js *value)
{
    if (!known_only(check, value,
                    NAMES("like", "method", "path", "fields", "body", "replies", "find", "take")))
        return false;
    if (!js_at(value, "path") && !js_at(value, "like"))
        return fault(check, "'path' is missing");
    if (!at_key(check, value, "like", is_likeness))
        return false;
    return at_key(check, value, "method", is_method) && at_key(check, value, "path", is_place) &&
           at_key(check, value, "fields", is_patterns) &&
           at_key(check, value, "body", is_template) &&
           at_key(check, value, "replies", is_replies) && at_key(check, value, "find", is_find) &&
           at_key(check, value, "take", is_templates);
}

static bool is_operations(struct check *check, const struct js *value)
{
    if (!known_only(check, value,
                    NAMES("send", "update", "ask", "download", "withdraw", "show", "look_up",
                          "fetch", "reserve_code")))
        return false;
    return js_at(value, "send") ? each(check, value, is_operation)
                                : fault(check, "'send' is missing");
}

static bool is_login_kind(struct check *check, const struct js *value)
{
    return is_text_of(check, value, NAMES("session", "oauth2"));
}

static bool is_client_kind(struct check *check, const struct js *value)
{
    return is_text_of(check, value, NAMES("basic", "body"));
}

static bool is_login(struct check *check, const struct js *value)
{
    if (!known_only(check, value,
                    NAMES("by", "method", "path", "fields", "body", "replies", "take", "scope",
                          "client", "lives_s")))
        return false;
    if (!js_at(value, "by") || !js_at(value, "path"))
        return fault(check, "'by' or 'path' is missing");
    if (strcmp(js_text_or(value, "by", ""), "session") == 0 && !js_at(value, "take.token"))
        return fault(check, "'take.token' is missing");
    return at_key(check, value, "by", is_login_kind) && at_key(check, value, "method", is_method) &&
           at_key(check, value, "path", is_place) && at_key(check, value, "fields", is_patterns) &&
           at_key(check, value, "body", is_template) &&
           at_key(check, value, "replies", is_replies) &&
           at_key(check, value, "take", is_templates) && at_key(check, value, "scope", is_text) &&
           at_key(check, value, "client", is_client_kind) &&
           at_key(check, value, "lives_s", is_count);
}

static bool is_file_way(struct check *check, const struct js *value)
{
    return is_text_of(check, value, NAMES("tus", "multipart"));
}

static bool is_file(struct check *check, const struct js *value)
{
    if (!known_only(check, value,
                    NAMES("by", "path", "name", "part", "fields", "metadata", "form", "chunk_bytes",
                          "replies", "take")))
        return false;
    if (!js_at(value, "by") || !js_at(value, "path"))
        return fault(check, "'by' or 'path' is missing");
    return at_key(check, value, "by", is_file_way) && at_key(check, value, "path", is_place) &&
           at_key(check, value, "name", is_pattern) && at_key(check, value, "part", is_text) &&
           at_key(check, value, "fields", is_patterns) &&
           at_key(check, value, "metadata", is_patterns) &&
           at_key(check, value, "form", is_templates) &&
           at_key(check, value, "chunk_bytes", is_count) &&
           at_key(check, value, "replies", is_replies) &&
           at_key(check, value, "take", is_templates);
}

static bool is_proof(struct check *check, const struct js *value)
{
    if (!is_text_of(check, value, NAMES("read", "hash", "answer")))
        return false;
    const char *proof = js_text_or(value, "", "");
    if (strcmp(proof, "read") == 0 && !js_at(check->root, "operations.download"))
        return fault(check, "'read' needs operations.download");
    if (strcmp(proof, "hash") == 0 && !js_at(check->root, "operations.ask.take.sha256"))
        return fault(check, "'hash' needs operations.ask.take.sha256");
    if (!js_at(check->root, "operations.ask") && !js_at(check->root, "operations.download"))
        return fault(check, "needs operations.ask or operations.download");
    return true;
}

static bool is_name(struct check *check, const struct js *value)
{
    if (!js_is_array(value) || js_count(value) == 0)
        return fault(check, "is no list of paths");
    for (size_t i = 0; i < js_count(value); i++)
        if (strcmp(js_text_or(js_item(value, i), "", ""), "record.record_id") == 0)
            return each(check, value, is_path);
    return fault(check, "lacks record.record_id");
}

static bool is_constants(struct check *check, const struct js *value)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    for (void *it = js_is_object(value) ? js_iter(value) : NULL; it; it = js_iter_next(value, it))
        if (js_iter_key(it)[strspn(js_iter_key(it), allowed)])
            return fault(check, "'%s': a name is letters, digits and '_'", js_iter_key(it));
    return js_is_object(value) ? each(check, value, is_scalar) : fault(check, "is no object");
}

static bool is_value_list(struct check *check, const struct js *value)
{
    return js_is_object(value) ? each(check, value, is_scalar) : fault(check, "is no object");
}

static bool is_values(struct check *check, const struct js *value)
{
    return js_is_object(value) ? each(check, value, is_value_list) : fault(check, "is no object");
}

bool mapping_check(const struct js *root, struct mapping_fault *out)
{
    struct check check = {root, out};
    if (!known_only(&check, root,
                    NAMES("schema", "title", "constants", "values", "login", "fields", "replies",
                          "proof", "name", "file", "operations")))
        return false;
    if (strcmp(js_text_or(root, "schema", ""), "sohoa.mapping/1") != 0)
        return at_key(&check, root, "schema", is_text) &&
               fault(&check, "'schema' is not \"sohoa.mapping/1\"");
    if (!js_at(root, "operations") || !js_at(root, "proof"))
        return fault(&check, "'operations' or 'proof' is missing");
    return at_key(&check, root, "constants", is_constants) &&
           at_key(&check, root, "values", is_values) && at_key(&check, root, "login", is_login) &&
           at_key(&check, root, "fields", is_patterns) &&
           at_key(&check, root, "replies", is_replies) && at_key(&check, root, "file", is_file) &&
           at_key(&check, root, "operations", is_operations) &&
           at_key(&check, root, "proof", is_proof) && at_key(&check, root, "name", is_name);
}
