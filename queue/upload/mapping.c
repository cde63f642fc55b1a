#include "queue/upload/mapping.h"

#include "daemon/base/text.h"
#include "queue/upload/mapping_check.h"
#include "queue/upload/mapping_line.h"

#include <stdio.h>
#include <string.h>

struct mapping {
    char *name;
    struct js *root;
};

void mapping_free(struct mapping *mapping)
{
    if (!mapping)
        return;
    mem_free(mapping->name);
    js_free(mapping->root);
    mem_free(mapping);
}

static enum err_code bad(const char *name, const char *text, size_t size,
                         const struct mapping_fault *fault, struct err *err)
{
    return err_set(err, ERR_MAPPING_BAD, "'%s' line %d: %s%s%s", name,
                   mapping_line(text, size, fault->path), fault->path, *fault->path ? ": " : "",
                   fault->reason);
}

/* `own` over `other`: the values of a body by their names, everything else whole. */
static struct js *joined(const struct js *other, const struct js *own)
{
    AUTO(js) struct js *all = js_copy(other);
    bool ok = all;
    for (void *it = js_iter(own); ok && it; it = js_iter_next(own, it)) {
        const char *key = js_iter_key(it);
        const struct js *value = js_iter_value(it), *old = js_at(other, key);
        bool is_body = strcmp(key, "body") == 0 && js_is_object(value) && js_is_object(old);
        if (strcmp(key, "like") != 0)
            ok = js_set(all, key, is_body ? joined(old, value) : js_ref(value));
    }
    return ok ? TAKE(all) : NULL;
}

static bool resolve_likeness(struct js *root)
{
    AUTO(js) struct js *operations = js_object();
    const struct js *given = js_at(root, "operations");
    bool ok = operations;
    for (void *it = js_iter(given); ok && it; it = js_iter_next(given, it)) {
        const struct js *own = js_iter_value(it);
        const char *like = js_text_or(own, "like", NULL);
        ok = js_set(operations, js_iter_key(it),
                    like ? joined(js_at(given, like), own) : js_ref(own));
    }
    return ok && js_set(root, "operations", TAKE(operations));
}

enum err_code mapping_parse(const char *name, const char *text, size_t size, struct mapping **out,
                            struct err *err)
{
    AUTO(js) struct js *root = NULL;
    struct err syntax = ERR_INIT;
    if (size > MAPPING_MAX_BYTES)
        return err_set(err, ERR_MAPPING_BAD, "'%s' is larger than %u bytes", name,
                       MAPPING_MAX_BYTES);
    enum err_code code = js_parse(text, size, &root, &syntax);
    if (code == ERR_NO_MEMORY)
        return err_set(err, code, "a mapping");
    if (code)
        return err_set(err, ERR_MAPPING_BAD, "'%s': %s", name, syntax.detail);
    struct mapping_fault fault = {0};
    if (!mapping_check(root, &fault))
        return bad(name, text, size, &fault, err);
    if (!resolve_likeness(root))
        return err_set(err, ERR_NO_MEMORY, "a mapping");
    AUTO(mapping) struct mapping *mapping = mem_alloc(sizeof *mapping);
    if (mapping)
        *mapping = (struct mapping){mem_strdup(name), TAKE(root)};
    if (!mapping || !mapping->name)
        return err_set(err, ERR_NO_MEMORY, "a mapping");
    *out = TAKE(mapping);
    return ERR_OK;
}

const struct js *mapping_at(const struct mapping *mapping, const char *path)
{
    return js_has(mapping->root, path) ? js_at(mapping->root, path) : NULL;
}

const struct js *mapping_operation(const struct mapping *mapping, const char *name)
{
    char path[60];
    snprintf(path, sizeof path, "operations.%s", name);
    return mapping_at(mapping, path);
}

enum err_code mapping_constants(const struct mapping *mapping, const struct js *said,
                                struct js **out, struct err *err)
{
    const struct js *known = mapping_at(mapping, "constants");
    AUTO(js) struct js *constants = known ? js_copy(known) : js_object();
    for (void *it = js_iter(said); it; it = js_iter_next(said, it)) {
        const char *key = js_iter_key(it);
        if (!known || !js_at(known, key))
            return err_set(err, ERR_MAPPING_BAD, "'%s': has no constant '%s'", mapping->name, key);
        if (!js_set(constants, key, js_ref(js_iter_value(it))))
            return err_set(err, ERR_NO_MEMORY, "constants");
    }
    for (void *it = js_iter(constants); it; it = js_iter_next(constants, it))
        if (js_is_null(js_iter_value(it)))
            return err_set(err, ERR_MAPPING_BAD,
                           "'%s': the configuration has to say the constant '%s'", mapping->name,
                           js_iter_key(it));
    if (!constants)
        return err_set(err, ERR_NO_MEMORY, "constants");
    *out = TAKE(constants);
    return ERR_OK;
}
