#include "queue/store/required.h"

#include <stdio.h>
#include <string.h>

static const char table[] =
#include "queue/store/required.inc"
    ;

static const struct js *list_of(const struct js *types, const char *type)
{
    char path[80];
    snprintf(path, sizeof path, "%s.mandatory", type);
    return js_at(types, path);
}

enum err_code required_fields(const char *type, bool out[FIELD_COUNT], struct err *err)
{
    AUTO(js)
    struct js *types = NULL;
    enum err_code code = js_parse(table, strlen(table), &types, err);
    if (code)
        return err_context(err, code, "required fields");
    const struct js *list = type ? list_of(types, type) : NULL;
    if (!list)
        list = list_of(types, "unknown");
    memset(out, 0, FIELD_COUNT * sizeof *out);
    for (size_t i = 0; i < js_count(list); i++) {
        enum field_name name = field_from_key(js_text_or(js_item(list, i), "", ""));
        if (name != FIELD_COUNT)
            out[name] = true;
    }
    return ERR_OK;
}
