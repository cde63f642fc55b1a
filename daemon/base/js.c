#include "daemon/base/js.h"

#include "daemon/base/file.h"
#include "daemon/base/text.h"

#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static json_t *plain(const struct js *value)
{
    return (json_t *)value;
}

static struct js *wrapped(json_t *value)
{
    return (struct js *)value;
}

/* Passwords travel as JSON: nothing of a value stays behind in the heap. */
static void wipe_and_free(void *block)
{
    if (block)
        explicit_bzero(block, malloc_usable_size(block));
    mem_free(block);
}

__attribute__((constructor)) static void use_our_memory(void)
{
    json_set_alloc_funcs(mem_alloc, wipe_and_free);
}

/* Depth and count ceilings, and NFC for every string; keys stay as they are (ours are ASCII). */
static enum err_code accept_value(json_t *value, unsigned depth, size_t *count, struct err *err);

/* Text as Vietnamese is written is its own NFC: no code point of these ranges joins another or
 * falls apart (UAX 15, NFC_Quick_Check). Spares it the way, and the memory, of a normalised copy.
 */
static bool is_composed(const char *text)
{
    int32_t point;
    while ((point = text_next(&text)) > 0)
        if (point >= 0x300 && !(point >= 0x1ea0 && point <= 0x1ef9) &&
            !(point >= 0x2010 && point <= 0x2027))
            return false;
    return point == 0;
}

static enum err_code accept_text(json_t *value, struct err *err)
{
    const char *text = json_string_value(value);
    if (is_composed(text))
        return ERR_OK;
    AUTO(mem) char *normal = NULL;
    enum err_code code = text_nfc(text, json_string_length(value), &normal, err);
    if (code)
        return code;
    bool kept = strcmp(normal, text) == 0 || json_string_set(value, normal) == 0;
    explicit_bzero(normal, strlen(normal));
    return kept ? ERR_OK : err_set(err, ERR_NO_MEMORY, "JSON text");
}

static enum err_code accept_children(json_t *value, unsigned depth, size_t *count, struct err *err)
{
    enum err_code code = ERR_OK;
    if (json_is_array(value)) {
        for (size_t i = 0; !code && i < json_array_size(value); i++)
            code = accept_value(json_array_get(value, i), depth + 1, count, err);
        return code;
    }
    for (void *it = json_object_iter(value); !code && it; it = json_object_iter_next(value, it))
        code = accept_value(json_object_iter_value(it), depth + 1, count, err);
    return code;
}

static enum err_code accept_value(json_t *value, unsigned depth, size_t *count, struct err *err)
{
    if (depth > JS_MAX_DEPTH)
        return err_set(err, ERR_BAD_JSON, "JSON nested deeper than %d", JS_MAX_DEPTH);
    if (++*count > JS_MAX_VALUES)
        return err_set(err, ERR_TOO_LARGE, "JSON of more than %u values", JS_MAX_VALUES);
    if (json_is_string(value))
        return accept_text(value, err);
    if (json_is_array(value) || json_is_object(value))
        return accept_children(value, depth, count, err);
    return ERR_OK;
}

enum err_code js_parse(const void *bytes, size_t size, struct js **out, struct err *err)
{
    if (size > JS_MAX_BYTES)
        return err_set(err, ERR_TOO_LARGE, "JSON of %zu bytes, at most %u", size, JS_MAX_BYTES);
    json_error_t problem = {0};
    AUTO(js)
    struct js *value = wrapped(
        json_loadb(size ? bytes : "", size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem));
    /* without memory the library has not always a code, but never a line */
    if (!value && (json_error_code(&problem) == json_error_out_of_memory || problem.line < 0))
        return err_set(err, ERR_NO_MEMORY, "JSON");
    if (!value) /* the library's text may quote the input: position only */
        return err_set(err, ERR_BAD_JSON, "JSON line %d column %d: syntax", problem.line,
                       problem.column);
    size_t count = 0;
    enum err_code code = accept_value(plain(value), 1, &count, err);
    if (code)
        return code;
    *out = TAKE(value);
    return ERR_OK;
}

enum err_code js_read_fd(int fd, struct js **out, struct err *err)
{
    AUTO(mem) char *bytes = NULL;
    size_t size;
    enum err_code code = file_read_fd(fd, JS_MAX_BYTES, &bytes, &size, err);
    return code ? code : js_parse(bytes, size, out, err);
}

enum err_code js_read_file(const char *path, struct js **out, struct err *err)
{
    AUTO(mem) char *bytes = NULL;
    size_t size;
    enum err_code code = file_read(AT_FDCWD, path, JS_MAX_BYTES, &bytes, &size, err);
    if (code)
        return code;
    code = js_parse(bytes, size, out, err);
    return code ? err_context(err, code, "'%s'", path) : ERR_OK;
}

char *js_dump(const struct js *value)
{
    return json_dumps(plain(value), JSON_COMPACT | JSON_ENCODE_ANY);
}

char *js_dump_pretty(const struct js *value)
{
    AUTO(mem) char *text = json_dumps(plain(value), JSON_INDENT(2) | JSON_ENCODE_ANY);
    return text ? mem_printf("%s\n", text) : NULL;
}

enum err_code js_to_memfd(const struct js *value, const char *name, int *out_fd, struct err *err)
{
    AUTO(mem) char *text = js_dump(value);
    AUTO(fd) int fd = -1;
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "JSON text");
    enum err_code code = file_memfd(name, text, strlen(text), &fd, err);
    if (!code)
        code = file_memfd_seal(fd, err);
    if (code)
        return code;
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

struct js *js_ref(const struct js *value)
{
    return wrapped(json_incref(plain(value)));
}

void js_free(struct js *value)
{
    json_decref(plain(value));
}

struct js *js_copy(const struct js *value)
{
    return wrapped(json_deep_copy(plain(value)));
}

struct js *js_object(void)
{
    return wrapped(json_object());
}

struct js *js_array(void)
{
    return wrapped(json_array());
}

struct js *js_text(const char *text)
{
    return wrapped(text ? json_string(text) : json_null());
}

struct js *js_int(int64_t number)
{
    return wrapped(json_integer(number));
}

struct js *js_real(double number)
{
    return wrapped(isfinite(number) ? json_real(number) : json_null());
}

struct js *js_bool(bool value)
{
    return wrapped(json_boolean(value));
}

struct js *js_null(void)
{
    return wrapped(json_null());
}

bool js_set(struct js *object, const char *key, struct js *value)
{
    return json_object_set_new(plain(object), key, plain(value)) == 0;
}

bool js_push(struct js *array, struct js *value)
{
    return json_array_append_new(plain(array), plain(value)) == 0;
}

bool js_remove(struct js *object, const char *key)
{
    return json_object_del(plain(object), key) == 0;
}

struct js *js_pack(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    json_t *value = json_vpack_ex(NULL, 0, fmt, args);
    va_end(args);
    return wrapped(value);
}

/* One step of a path: "name", "[3]"; returns the rest, NULL when malformed. */
static const char *step_into(json_t **value, const char *path)
{
    if (*path == '[') {
        size_t index = 0;
        const char *c = path + 1;
        while (*c >= '0' && *c <= '9' && index < JS_MAX_VALUES)
            index = index * 10 + (size_t)(*c++ - '0');
        if (*c != ']')
            return NULL;
        *value = json_array_get(*value, index);
        return c + 1;
    }
    if (*path == '.')
        path++;
    size_t size = strcspn(path, ".[");
    char key[128];
    if (size == 0 || size >= sizeof key)
        return NULL;
    memcpy(key, path, size);
    key[size] = 0;
    *value = json_object_get(*value, key);
    return path + size;
}

const struct js *js_at(const struct js *root, const char *path)
{
    json_t *value = plain(root);
    while (value && *path) {
        path = step_into(&value, path);
        if (!path)
            return NULL;
    }
    return wrapped(value);
}

bool js_has(const struct js *root, const char *path)
{
    return !js_is_null(js_at(root, path));
}

bool js_is_object(const struct js *value)
{
    return json_is_object(plain(value));
}

bool js_is_array(const struct js *value)
{
    return json_is_array(plain(value));
}

bool js_is_text(const struct js *value)
{
    return json_is_string(plain(value));
}

bool js_is_null(const struct js *value)
{
    return !value || json_is_null(plain(value));
}

static enum err_code wrong(const struct js *found, const char *path, const char *wanted,
                           struct err *err)
{
    return err_set(err, ERR_BAD_JSON, "'%s' %s, wanted %s", path,
                   js_is_null(found) ? "is missing" : "has the wrong type", wanted);
}

enum err_code js_get_text(const struct js *root, const char *path, const char **out,
                          struct err *err)
{
    const struct js *found = js_at(root, path);
    if (!js_is_text(found))
        return wrong(found, path, "text", err);
    *out = json_string_value(plain(found));
    return ERR_OK;
}

enum err_code js_get_int(const struct js *root, const char *path, int64_t *out, struct err *err)
{
    const struct js *found = js_at(root, path);
    if (!json_is_integer(plain(found)))
        return wrong(found, path, "a whole number", err);
    *out = json_integer_value(plain(found));
    return ERR_OK;
}

enum err_code js_get_real(const struct js *root, const char *path, double *out, struct err *err)
{
    const struct js *found = js_at(root, path);
    if (!json_is_number(plain(found)))
        return wrong(found, path, "a number", err);
    *out = json_number_value(plain(found));
    return ERR_OK;
}

enum err_code js_get_bool(const struct js *root, const char *path, bool *out, struct err *err)
{
    const struct js *found = js_at(root, path);
    if (!json_is_boolean(plain(found)))
        return wrong(found, path, "true or false", err);
    *out = json_is_true(plain(found));
    return ERR_OK;
}

enum err_code js_get_object(const struct js *root, const char *path, const struct js **out,
                            struct err *err)
{
    const struct js *found = js_at(root, path);
    if (!js_is_object(found))
        return wrong(found, path, "an object", err);
    *out = found;
    return ERR_OK;
}

enum err_code js_get_array(const struct js *root, const char *path, const struct js **out,
                           struct err *err)
{
    const struct js *found = js_at(root, path);
    if (!js_is_array(found))
        return wrong(found, path, "an array", err);
    *out = found;
    return ERR_OK;
}

const char *js_text_or(const struct js *root, const char *path, const char *fallback)
{
    const char *text = fallback;
    return js_get_text(root, path, &text, NULL) ? fallback : text;
}

int64_t js_int_or(const struct js *root, const char *path, int64_t fallback)
{
    int64_t number = fallback;
    return js_get_int(root, path, &number, NULL) ? fallback : number;
}

double js_real_or(const struct js *root, const char *path, double fallback)
{
    double number = fallback;
    return js_get_real(root, path, &number, NULL) ? fallback : number;
}

bool js_bool_or(const struct js *root, const char *path, bool fallback)
{
    bool value = fallback;
    return js_get_bool(root, path, &value, NULL) ? fallback : value;
}

size_t js_count(const struct js *value)
{
    return js_is_array(value) ? json_array_size(plain(value)) : json_object_size(plain(value));
}

const struct js *js_item(const struct js *array, size_t index)
{
    return wrapped(json_array_get(plain(array), index));
}

void *js_iter(const struct js *object)
{
    return json_object_iter(plain(object));
}

void *js_iter_next(const struct js *object, void *iter)
{
    return json_object_iter_next(plain(object), iter);
}

const char *js_iter_key(void *iter)
{
    return json_object_iter_key(iter);
}

const struct js *js_iter_value(void *iter)
{
    return wrapped(json_object_iter_value(iter));
}

bool js_equal(const struct js *a, const struct js *b)
{
    return json_equal(plain(a), plain(b)) == 1;
}
