#include "daemon/pipeline/scan_wish.h"

#include "daemon/model/parting.h"

#include <string.h>

#define DEFAULT_DPI 300
#define MAX_DPI 1200

/* What a profile may say, and a request over it. */
static const char *const keys[] = {"source",  "mode", "resolution_dpi", "paper", "area_mm",
                                   "options", NULL};

/* And what it says of the device besides. */
static const char *const own_keys[] = {"button", "separators", "split", NULL};
static const char *const button_uses[] = {"scan", "tell", "off", NULL};

static const char *const sources[] = {"flatbed", "adf", "duplex", NULL};
static const char *const modes[] = {"color", "gray", "lineart", NULL};
static const char *const papers[] = {"a3", "a4", "a5", "id1", "auto", NULL};

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

static enum err_code check_word(const struct js *settings, const char *key,
                                const char *const *words, struct err *err)
{
    const char *word;
    if (!js_has(settings, key))
        return ERR_OK;
    enum err_code code = js_get_text(settings, key, &word, err);
    if (!code && !is_one_of(word, words))
        code = err_set(err, ERR_BAD_ARGUMENT, "'%s' has no value of that name", key);
    return code;
}

static enum err_code check_words(const struct js *settings, struct err *err)
{
    enum err_code code = check_word(settings, "source", sources, err);
    if (!code)
        code = check_word(settings, "mode", modes, err);
    return code ? code : check_word(settings, "paper", papers, err);
}

static enum err_code check_legal(const struct js *settings, struct err *err)
{
    double dpi = DEFAULT_DPI;
    if (js_has(settings, "resolution_dpi")) {
        enum err_code code = js_get_real(settings, "resolution_dpi", &dpi, err);
        if (code)
            return code;
    }
    if (!(dpi >= SCAN_LEGAL_MIN_DPI && dpi <= MAX_DPI))
        return err_set(err, ERR_SETTINGS_NOT_LEGAL, "%.0f dpi: a legal copy has %d to %d", dpi,
                       SCAN_LEGAL_MIN_DPI, MAX_DPI);
    const char *mode = js_text_or(settings, "mode", "color");
    if (strcmp(mode, "color") != 0)
        return err_set(err, ERR_SETTINGS_NOT_LEGAL, "mode %s: a legal copy is in colour", mode);
    return ERR_OK;
}

static enum err_code check_parting(const struct js *settings, struct err *err)
{
    struct parting ignored = {0};
    const char *separators = NULL, *split = NULL;
    enum err_code code = ERR_OK;
    if (js_has(settings, "separators"))
        code = js_get_text(settings, "separators", &separators, err);
    if (!code && js_has(settings, "split"))
        code = js_get_text(settings, "split", &split, err);
    return code ? code : parting_read(separators, split, &ignored, err);
}

enum err_code scan_wish_check_profile(const struct js *settings, struct err *err)
{
    if (!js_is_object(settings))
        return err_set(err, ERR_BAD_ARGUMENT, "'settings' is no object");
    for (void *it = js_iter(settings); it; it = js_iter_next(settings, it))
        if (!is_one_of(js_iter_key(it), keys) && !is_one_of(js_iter_key(it), own_keys))
            return err_set(err, ERR_BAD_ARGUMENT, "a profile has no '%.40s'", js_iter_key(it));
    enum err_code code = check_words(settings, err);
    if (!code)
        code = check_word(settings, "button", button_uses, err);
    if (!code)
        code = check_parting(settings, err);
    return code ? code : check_legal(settings, err);
}

/* A card looked at closer is scanned with other settings than its page, also under a locked
 * profile. */
static bool is_closer_look(const struct js *request)
{
    return strcmp(js_text_or(request, "part_kind", ""), "detail") == 0;
}

/* The setting of a locked profile that the request would change; NULL: none. What the profile does
 * not name is free. A place on the glass is another size than the profile's paper. */
static const char *find_fixed(const char *key, const struct js *asked, const struct js *settings)
{
    const struct js *kept = js_at(settings, key);
    if (js_is_null(asked) || js_equal(asked, kept))
        return NULL;
    if (!js_is_null(kept))
        return key;
    return strcmp(key, "area_mm") == 0 && js_has(settings, "paper") ? "paper" : NULL;
}

/* The request's value, else the profile's. */
static enum err_code take(struct js *to, const char *key, const struct js *request,
                          const struct js *profile, struct err *err)
{
    const struct js *asked = js_at(request, key), *settings = js_at(profile, "settings");
    bool locked = js_bool_or(profile, "locked", false) && !is_closer_look(request);
    const char *fixed = locked ? find_fixed(key, asked, settings) : NULL;
    if (fixed)
        return err_set(err, ERR_PROFILE_LOCKED, "'%s' is fixed by the locked profile '%s'", fixed,
                       js_text_or(profile, "name", ""));
    const struct js *value = js_is_null(asked) ? js_at(settings, key) : asked;
    if (!js_is_null(value) && !js_set(to, key, js_ref(value)))
        return err_set(err, ERR_NO_MEMORY, "scan settings");
    return ERR_OK;
}

/* A pile is scanned; a place on the glass, a further image of a side that came from there, a run
 * that turns leaves on it are not. */
static bool may_be_a_pile(const struct js *request, const struct js *settings)
{
    return !js_has(settings, "source") && !js_has(settings, "area_mm") &&
           !js_has(request, "part_of") && !js_bool_or(request, "hands_free", false);
}

enum err_code scan_wish_settings(const struct js *request, const struct js *profile,
                                 struct js **out, struct err *err)
{
    AUTO(js)
    struct js *settings = js_pack("{s:s, s:i}", "mode", "color", "resolution_dpi", DEFAULT_DPI);
    if (!settings)
        return err_set(err, ERR_NO_MEMORY, "scan settings");
    for (size_t i = 0; keys[i]; i++) {
        enum err_code code = take(settings, keys[i], request, profile, err);
        if (code)
            return code;
    }
    int64_t sheets = js_int_or(request, "sheets", 0);
    if (sheets > 0 && !js_set(settings, "expect_sheets", js_int(sheets)))
        return err_set(err, ERR_NO_MEMORY, "scan settings");
    if (may_be_a_pile(request, settings) && !js_set(settings, "source_by_paper", js_bool(true)))
        return err_set(err, ERR_NO_MEMORY, "scan settings");
    enum err_code code = check_words(settings, err);
    if (!code)
        code = check_legal(settings, err);
    if (!code)
        *out = TAKE(settings);
    return code;
}
