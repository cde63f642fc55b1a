#include "queue/upload/mapping_line.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A cursor over JSON that is known to be well-formed: it only has to find its way. */
struct cursor {
    const char *at, *end;
};

static bool skip_space(struct cursor *c)
{
    while (c->at < c->end && strchr(" \t\r\n", *c->at))
        c->at++;
    return c->at < c->end;
}

static void skip_string(struct cursor *c)
{
    for (c->at++; c->at < c->end && *c->at != '"'; c->at++)
        if (*c->at == '\\' && c->at + 1 < c->end)
            c->at++;
    if (c->at < c->end)
        c->at++;
}

/* Past one value, whatever it is. */
static void skip_value(struct cursor *c)
{
    int depth = 0;
    while (skip_space(c)) {
        char here = *c->at;
        if (here == '"') {
            skip_string(c);
        } else if (here == '{' || here == '[') {
            depth++;
            c->at++;
        } else if (here == '}' || here == ']') {
            if (depth == 0)
                return;
            depth--;
            c->at++;
        } else if (depth == 0 && here == ',') {
            return;
        } else {
            c->at++;
            if (depth > 0 || (c->at < c->end && !strchr(",]} \t\r\n", *c->at)))
                continue;
        }
        if (depth == 0)
            return;
    }
}

/* At '{': to the value of that key. */
static bool enter_key(struct cursor *c, const char *key, size_t key_size)
{
    c->at++;
    while (skip_space(c) && *c->at == '"') {
        const char *name = c->at + 1;
        skip_string(c);
        size_t name_size = (size_t)(c->at - 1 - name);
        if (skip_space(c) && *c->at == ':')
            c->at++;
        if (!skip_space(c))
            return false;
        if (name_size == key_size && memcmp(name, key, key_size) == 0)
            return true;
        skip_value(c);
        if (skip_space(c) && *c->at == ',')
            c->at++;
    }
    return false;
}

/* At '[': to the value of that place. */
static bool enter_place(struct cursor *c, size_t place)
{
    c->at++;
    for (size_t i = 0; skip_space(c) && *c->at != ']'; i++) {
        if (i == place)
            return true;
        skip_value(c);
        if (skip_space(c) && *c->at == ',')
            c->at++;
    }
    return false;
}

int mapping_line(const char *text, size_t size, const char *path)
{
    struct cursor c = {text, text + size};
    const char *found = text;
    while (skip_space(&c)) {
        found = c.at;
        bool entered = false;
        if (*path == '[' && *c.at == '[') {
            char *after;
            entered = enter_place(&c, strtoul(path + 1, &after, 10));
            path = *after == ']' ? after + 1 : after;
        } else if (*path && *path != '[' && *c.at == '{') {
            size_t key_size = strcspn(path, ".[");
            entered = enter_key(&c, path, key_size);
            path += key_size;
        }
        if (!entered)
            break;
        path += *path == '.';
    }
    int line = 1;
    for (const char *at = text; at < found; at++)
        line += *at == '\n';
    return line;
}
