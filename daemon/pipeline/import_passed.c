#include "daemon/pipeline/import_passed.h"

#include "daemon/base/mem.h"
#include "daemon/base/messages.h"

#include <string.h>

static const struct {
    const char *name;
    enum err_code code; /* OK: nobody has to know */
} reasons[] = {{"special", ERR_FILE_SPECIAL},
               {"links", ERR_FILE_LINK},
               {"clutter", ERR_OK},
               {"deep", ERR_FOLDER_DEEP},
               {"closed", ERR_FOLDER_CLOSED}};

#define REASONS (sizeof reasons / sizeof *reasons)

static enum err_code code_of(const char *why)
{
    for (size_t i = 0; i < REASONS; i++)
        if (strcmp(reasons[i].name, why) == 0)
            return reasons[i].code;
    return ERR_OK;
}

enum err_code import_passed_add(struct js **sum, const struct js *more, struct err *err)
{
    AUTO(js) struct js *added = js_object();
    AUTO(js) struct js *names = js_has(*sum, "names") ? js_copy(js_at(*sum, "names")) : js_array();
    const struct js *new_names = js_at(more, "names");
    bool fits = added && names;
    for (size_t i = 0; fits && i < REASONS; i++) {
        const char *name = reasons[i].name;
        fits = js_set(added, name, js_int(js_int_or(*sum, name, 0) + js_int_or(more, name, 0)));
    }
    for (size_t i = 0; fits && i < js_count(new_names) && js_count(names) < IMPORT_PASSED_NAMES;
         i++)
        fits = js_push(names, js_ref(js_item(new_names, i)));
    if (!fits || !js_set(added, "names", js_ref(names)))
        return err_set(err, ERR_NO_MEMORY, "names that are passed over");
    js_free(*sum);
    *sum = TAKE(added);
    return ERR_OK;
}

static struct js *file_to_js(const struct js *name)
{
    const char *why = js_text_or(name, "why", "");
    enum err_code code = code_of(why);
    return js_pack("{s:s, s:s, s:{s:s, s:s}}", "path", js_text_or(name, "path", ""), "why", why,
                   "problem", "code", err_name(code), "message", message_text(code, MESSAGE_VI));
}

struct js *import_passed_to_js(const struct js *sum, int64_t seen_us)
{
    AUTO(js) struct js *out = js_object();
    AUTO(js) struct js *files = js_array();
    const struct js *names = js_at(sum, "names");
    int64_t count = 0;
    bool fits = out && files;
    for (size_t i = 0; fits && i < REASONS; i++) {
        int64_t number = js_int_or(sum, reasons[i].name, 0);
        count += reasons[i].code ? number : 0;
        fits = js_set(out, reasons[i].name, js_int(number));
    }
    for (size_t i = 0; fits && i < js_count(names); i++)
        fits = js_push(files, file_to_js(js_item(names, i)));
    fits = fits && js_set(out, "count", js_int(count)) &&
           js_set(out, "unlisted", js_int(count - (int64_t)js_count(files))) &&
           js_set(out, "seen_us", js_int(seen_us)) && js_set(out, "files", js_ref(files));
    return fits ? TAKE(out) : NULL;
}
