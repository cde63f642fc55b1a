#include "daemon/config_look_up.h"

#include "daemon/base/mem.h"

#include <confuse.h>
#include <stddef.h>
#include <string.h>

#define SOURCES_MAX 4

static char no_targets[] = "{}", no_labels[] = "{}", no_national[] = "{}"; /* libconfuse writes */

static cfg_opt_t options[] = {
    CFG_STR_LIST("targets", no_targets, CFGF_NONE),
    CFG_STR_LIST("labels", no_labels, CFGF_NONE),
    CFG_STR_LIST("national", no_national, CFGF_NONE),
    CFG_INT("timeout_s", 4, CFGF_NONE),
    CFG_INT("cache_days", 7, CFGF_NONE),
    CFG_INT("wait_days", 3, CFGF_NONE),
    CFG_STR("asker_id", "", CFGF_NONE),
    CFG_END(),
};

struct cfg_opt_t *config_look_up_options(void)
{
    return options;
}

static int check_number(cfg_t *cfg, cfg_opt_t *opt)
{
    long value = cfg_opt_getnint(opt, 0);
    long high = strcmp(opt->name, "timeout_s") == 0 ? 30 : 365;
    if (value >= 1 && value <= high)
        return 0;
    cfg_error(cfg, "look_up: %s %ld is not between 1 and %ld", opt->name, value, high);
    return -1;
}

static int check_label(cfg_t *cfg, cfg_opt_t *opt)
{
    const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1), *equals = strchr(text, '=');
    if (equals && equals != text && equals[1])
        return 0;
    cfg_error(cfg, "look_up: labels '%s' is not TARGET=NAME FOR PEOPLE", text);
    return -1;
}

void config_look_up_watch(cfg_t *cfg)
{
    cfg_set_validate_func(cfg, "look_up|timeout_s", check_number);
    cfg_set_validate_func(cfg, "look_up|cache_days", check_number);
    cfg_set_validate_func(cfg, "look_up|wait_days", check_number);
    cfg_set_validate_func(cfg, "look_up|labels", check_label);
}

/* As people call it; its own name where nobody says. */
static const char *label_of(cfg_t *section, const char *name)
{
    size_t size = strlen(name);
    for (unsigned i = 0; i < cfg_size(section, "labels"); i++) {
        const char *text = cfg_getnstr(section, "labels", i);
        if (strncmp(text, name, size) == 0 && text[size] == '=')
            return text + size + 1;
    }
    return name;
}

static bool is_national(cfg_t *section, const char *name)
{
    for (unsigned i = 0; i < cfg_size(section, "national"); i++)
        if (strcmp(cfg_getnstr(section, "national", i), name) == 0)
            return true;
    return false;
}

static enum err_code check_target(const struct js *targets, const char *name, struct err *err)
{
    for (size_t i = 0; i < js_count(targets); i++) {
        const char *kind = js_text_or(js_item(targets, i), "kind", "");
        if (strcmp(js_text_or(js_item(targets, i), "name", ""), name) != 0)
            continue;
        if (strcmp(kind, "http") == 0)
            return ERR_OK;
        return err_set(err, ERR_BAD_CONFIG, "look_up: target '%s' of kind %s answers no questions",
                       name, kind);
    }
    return err_set(err, ERR_BAD_CONFIG, "look_up: '%s' is no target", name);
}

static enum err_code read_sources(cfg_t *section, const struct js *targets, struct js *out,
                                  struct err *err)
{
    enum err_code code = ERR_OK;
    unsigned count = cfg_size(section, "targets");
    if (count > SOURCES_MAX)
        return err_set(err, ERR_BAD_CONFIG, "look_up: more than %d targets", SOURCES_MAX);
    for (unsigned i = 0; !code && i < count; i++) {
        const char *name = cfg_getnstr(section, "targets", i);
        code = check_target(targets, name, err);
        if (!code &&
            !js_push(out, js_pack("{s:s, s:s, s:b}", "name", name, "label", label_of(section, name),
                                  "national", (int)is_national(section, name))))
            code = err_set(err, ERR_NO_MEMORY, "configuration");
    }
    return code;
}

enum err_code config_look_up_read(cfg_t *cfg, const struct js *targets, struct js **out,
                                  struct err *err)
{
    cfg_t *section = cfg_getsec(cfg, "look_up");
    AUTO(js) struct js *sources = js_array();
    enum err_code code = sources ? read_sources(section, targets, sources, err)
                                 : err_set(err, ERR_NO_MEMORY, "configuration");
    if (code)
        return code;
    *out = js_pack("{s:O, s:I, s:I, s:I, s:s}", "sources", sources, "timeout_s",
                   (int64_t)cfg_getint(section, "timeout_s"), "cache_days",
                   (int64_t)cfg_getint(section, "cache_days"), "wait_days",
                   (int64_t)cfg_getint(section, "wait_days"), "asker_id",
                   cfg_getstr(section, "asker_id"));
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "configuration");
}
