#include "ocr/recognize/codes_beside.h"

#include "daemon/base/mem.h"

#include <string.h>

/* Each code as it stands, its text with the final zero behind it. */
static enum err_code find_here(void *payload, struct buf *out, struct err *err)
{
    const struct codes_beside *beside = payload;
    AUTO(codes) struct codes codes = {0};
    enum err_code code = codes_find(beside->grey, beside->dpi, &codes, err);
    for (size_t i = 0; i < codes.count && !code; i++) {
        const struct code_found *found = &codes.item[i];
        buf_append(out, found, sizeof *found);
        buf_append(out, found->text, strlen(found->text) + 1);
    }
    return code;
}

static enum err_code take_packed(const char *at, const char *end, struct codes *out,
                                 struct err *err)
{
    while (at < end) {
        struct code_found found;
        if ((size_t)(end - at) < sizeof found || out->count == PAGE_CODES_MAX)
            return err_set(err, ERR_BAD_MESSAGE, "half a code");
        memcpy(&found, at, sizeof found);
        at += sizeof found;
        const char *behind = memchr(at, 0, (size_t)(end - at));
        if (!behind)
            return err_set(err, ERR_BAD_MESSAGE, "half a code");
        found.text = mem_strdup(at);
        if (!found.text)
            return err_set(err, ERR_NO_MEMORY, "code");
        out->item[out->count++] = found;
        at = behind + 1;
    }
    return ERR_OK;
}

void codes_begin(const struct raster *grey, double dpi, bool shared, struct codes_beside *out)
{
    *out = (struct codes_beside){.grey = grey, .dpi = dpi};
    if (shared)
        beside_begin(find_here, out, &out->copy, NULL);
}

enum err_code codes_take(struct codes_beside *beside, bool (*is_cancelled)(void), struct codes *out,
                         struct err *err)
{
    AUTO(mem) char *bytes = NULL;
    struct err why = ERR_INIT;
    size_t size = 0;
    *out = (struct codes){0};
    if (!beside->copy.pid)
        return codes_find(beside->grey, beside->dpi, out, err);
    enum err_code code = beside_take(&beside->copy, is_cancelled, &bytes, &size, &why);
    if (!code)
        code = take_packed(bytes, bytes + size, out, &why);
    if (!code)
        return ERR_OK;
    codes_done(out);
    return code == ERR_CANCELLED ? err_set(err, code, "%s", why.detail)
                                 : codes_find(beside->grey, beside->dpi, out, err);
}
