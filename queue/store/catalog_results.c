#include "queue/store/catalog_results.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <string.h>

/* "KQ.G01.000020=": letters, digits and points, then the sign. */
static size_t code_at(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.";
    size_t size = text_starts(text, "KQ.") ? strspn(text, allowed) : 0;
    return text[size] == '=' ? size : 0;
}

static const char *next_paper(const char *text)
{
    for (const char *at = text; (at = strchr(at, ';')); at++) {
        const char *code = at + 1 + strspn(at + 1, " ");
        if (code_at(code))
            return code;
    }
    return NULL;
}

static bool push(struct js *list, const char *text, size_t size, size_t name_end)
{
    AUTO(mem) char *code = mem_strndup(text, size);
    AUTO(mem) char *name = mem_strndup(text + size + 1, name_end - size - 1);
    for (size_t end = name ? strlen(name) : 0; end && strchr(" ;", name[end - 1]); end--)
        name[end - 1] = 0;
    return code && name && js_push(list, js_pack("{s:s, s:s}", "code", code, "name", name));
}

enum err_code catalog_results(const char *text, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    bool fits = list != NULL;
    while (fits && text && *text) {
        const char *next = next_paper(text);
        size_t size = code_at(text);
        if (size)
            fits = push(list, text, size, next ? (size_t)(next - text) : strlen(text));
        text = next;
    }
    if (!fits)
        return err_set(err, ERR_NO_MEMORY, "result papers");
    *out = TAKE(list);
    return ERR_OK;
}
