#include "queue/upload/http_name.h"

#include "queue/upload/mapping_apply.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool add_text(char *out, const char *text, size_t size)
{
    size_t used = strlen(out);
    if (used + size >= TRANSPORT_NAME_SIZE)
        return false;
    memcpy(out + used, text, size);
    out[used + size] = '\0';
    return true;
}

static bool add_part(char *out, const char *value)
{
    if (!*value)
        return add_text(out, "_", 1);
    for (; *value; value++) {
        unsigned char c = (unsigned char)*value;
        char escaped[4];
        snprintf(escaped, sizeof escaped, "_%02x", c);
        bool plain = (isalnum(c) && c < 128) || c == '-';
        if (!(plain ? add_text(out, value, 1) : add_text(out, escaped, 3)))
            return false;
    }
    return true;
}

enum err_code http_name_write(const struct js *paths, const struct js *roots,
                              char out[TRANSPORT_NAME_SIZE], struct err *err)
{
    char name[TRANSPORT_NAME_SIZE] = "";
    bool fits = true;
    for (size_t i = 0; fits && i < js_count(paths); i++) {
        const struct js *value = mapping_find_value(js_item(paths, i), roots);
        AUTO(mem) char *text = value ? mapping_scalar_text(value) : NULL;
        fits = (i == 0 || add_text(name, "/", 1)) && add_part(name, text ? text : "");
    }
    if (!fits)
        return err_set(err, ERR_TOO_LARGE, "the name of a record is longer than %d bytes",
                       TRANSPORT_NAME_SIZE - 1);
    memcpy(out, name, sizeof name);
    return ERR_OK;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* NULL: not one of ours. */
static char *read_part(const char *part, size_t size)
{
    char *value = mem_alloc(size + 1);
    size_t used = 0;
    for (size_t i = 0; value && i < size; i++) {
        bool escaped = part[i] == '_';
        int high = escaped && i + 2 < size ? hex_digit(part[i + 1]) : 0;
        int low = escaped && i + 2 < size ? hex_digit(part[i + 2]) : 0;
        if (escaped && (i + 2 >= size || high < 0 || low < 0 || high + low == 0)) {
            mem_free(value);
            return NULL;
        }
        value[used++] = escaped ? (char)(high << 4 | low) : part[i];
        i += escaped ? 2 : 0;
    }
    return value;
}

/* "record.dossier_code" = value, the objects on the way made. */
static bool set_at(struct js *roots, const char *path, const char *value)
{
    const char *dot = strchr(path, '.');
    if (!dot)
        return js_set(roots, path, js_text(value));
    AUTO(mem) char *key = mem_strndup(path, (size_t)(dot - path));
    if (!key || (!js_is_object(js_at(roots, key)) && !js_set(roots, key, js_object())))
        return false;
    AUTO(js) struct js *inner = js_copy(js_at(roots, key));
    return inner && set_at(inner, dot + 1, value) && js_set(roots, key, TAKE(inner));
}

enum err_code http_name_read(const struct js *paths, const char *name, struct js *roots,
                             struct err *err)
{
    for (size_t i = 0; i < js_count(paths); i++) {
        size_t size = strcspn(name, "/");
        bool is_last = i + 1 == js_count(paths), is_none = size == 1 && *name == '_';
        AUTO(mem) char *value = is_none ? NULL : read_part(name, size);
        if ((!is_none && (!value || !*value)) || (name[size] == '/') == is_last)
            return err_set(err, ERR_BAD_ARGUMENT, "remote name is not one of ours");
        if (value && !set_at(roots, js_text_or(js_item(paths, i), "", ""), value))
            return err_set(err, ERR_NO_MEMORY, "no memory for a name");
        name += size + 1;
    }
    return ERR_OK;
}
