#include "daemon/config_target.h"

#include "daemon/base/text.h"
#include "daemon/config_role.h"

#include <confuse.h>
#include <stddef.h>
#include <string.h>

#define IDLE_S_MAX 600

static cfg_opt_t options[] = {
    CFG_STR("kind", "dir", CFGF_NONE),
    CFG_STR("path", NULL, CFGF_NONE),
    CFG_STR("endpoint", NULL, CFGF_NONE),
    CFG_STR("bucket", NULL, CFGF_NONE),
    CFG_STR("prefix", "", CFGF_NONE),
    CFG_STR("region", "us-east-1", CFGF_NONE),
    CFG_BOOL("virtual_style", cfg_false, CFGF_NONE),
    CFG_STR("mapping", NULL, CFGF_NONE),
    CFG_STR_LIST("constants", NULL, CFGF_NONE),
    CFG_STR("secret_file", NULL, CFGF_NONE),
    CFG_STR("ca_file", NULL, CFGF_NONE),
    CFG_STR("cert_file", NULL, CFGF_NONE),
    CFG_STR("key_file", NULL, CFGF_NONE),
    CFG_STR("proxy", NULL, CFGF_NONE),
    CFG_INT("idle_s", 60, CFGF_NONE),
    CFG_INT("rate_kbps", 0, CFGF_NONE),
    CFG_INT("day_rate_kbps", 256, CFGF_NONE),
    CONFIG_ROLE_OPTIONS,
    CFG_END(),
};

struct cfg_opt_t *config_target_options(void)
{
    return options;
}

/* Which kinds have which option; `must` that it has to be given. */
static const struct {
    const char *name;
    enum { TEXT, PATH, URL, NUMBER, FLAG, PAIRS } type; /* checked as text up to URL */
    const char *kinds;
    bool must;
} rows[] = {
    {"path", PATH, "dir", true},         {"endpoint", URL, "s3", true},
    {"bucket", TEXT, "s3", true},        {"prefix", TEXT, "s3", false},
    {"region", TEXT, "s3", false},       {"virtual_style", FLAG, "s3", false},
    {"secret_file", PATH, "s3", true},   {"ca_file", PATH, "s3", false},
    {"cert_file", PATH, "s3", false},    {"key_file", PATH, "s3", false},
    {"proxy", URL, "s3", false},         {"idle_s", NUMBER, "s3", false},
    {"endpoint", URL, "http", true},     {"mapping", PATH, "http", true},
    {"constants", PAIRS, "http", false}, {"secret_file", PATH, "http", false},
    {"ca_file", PATH, "http", false},    {"cert_file", PATH, "http", false},
    {"key_file", PATH, "http", false},   {"proxy", URL, "http", false},
    {"idle_s", NUMBER, "http", false},
};
#define ROW_COUNT (sizeof rows / sizeof *rows)

static bool is_kind(const char *kind)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].kinds, kind) == 0)
            return true;
    return false;
}

static bool is_url(const char *text)
{
    return text_starts(text, "https://") || text_starts(text, "http://");
}

static int check_text(cfg_t *cfg, cfg_t *target, size_t row)
{
    const char *text = cfg_getstr(target, rows[row].name);
    const char *wrong = NULL;
    if (!text || !*text)
        wrong = rows[row].must ? "is missing" : NULL;
    else if (rows[row].type == PATH && text[0] != '/')
        wrong = "is not absolute";
    else if (rows[row].type == URL && !is_url(text))
        wrong = "is not http://… or https://…";
    else if (rows[row].type == URL && text[strlen(text) - 1] == '/')
        wrong = "ends with '/'";
    if (wrong)
        cfg_error(cfg, "target '%s': %s %s", cfg_title(target), rows[row].name, wrong);
    return wrong ? -1 : 0;
}

/* {"name=value", …} */
static int check_pairs(cfg_t *cfg, cfg_t *target, size_t row)
{
    for (unsigned i = 0; i < cfg_size(target, rows[row].name); i++) {
        const char *pair = cfg_getnstr(target, rows[row].name, i);
        if (strchr(pair, '=') > pair)
            continue;
        cfg_error(cfg, "target '%s': %s: '%s' is not \"name=value\"", cfg_title(target),
                  rows[row].name, pair);
        return -1;
    }
    return 0;
}

/* Of every kind: how much of the line it may take; 0: all of it. */
static const char *const rates[] = {"rate_kbps", "day_rate_kbps"};
#define RATE_COUNT (sizeof rates / sizeof *rates)
#define RATE_MAX_KBPS 10000000

static int check_rates(cfg_t *cfg, cfg_t *target)
{
    for (size_t i = 0; i < RATE_COUNT; i++) {
        long value = cfg_getint(target, rates[i]);
        if (value >= 0 && value <= RATE_MAX_KBPS)
            continue;
        cfg_error(cfg, "target '%s': %s %ld is not between 0 and %d", cfg_title(target), rates[i],
                  value, RATE_MAX_KBPS);
        return -1;
    }
    return 0;
}

int config_target_check(cfg_t *cfg, cfg_opt_t *opt)
{
    cfg_t *target = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
    const char *kind = cfg_getstr(target, "kind");
    if (!is_kind(kind)) {
        cfg_error(cfg, "target '%s': kind '%s' is not known", cfg_title(target), kind);
        return -1;
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        bool is_text = rows[i].type <= URL;
        if (strcmp(rows[i].kinds, kind) != 0)
            continue;
        if (is_text && check_text(cfg, target, i))
            return -1;
        if (rows[i].type == PAIRS && check_pairs(cfg, target, i))
            return -1;
    }
    long idle_s = cfg_getint(target, "idle_s");
    if (idle_s < 1 || idle_s > IDLE_S_MAX) {
        cfg_error(cfg, "target '%s': idle_s %ld is not between 1 and %d", cfg_title(target), idle_s,
                  IDLE_S_MAX);
        return -1;
    }
    return check_rates(cfg, target) ? -1 : config_role_check(cfg, target);
}

static struct js *pairs_to_js(cfg_t *target, const char *name)
{
    AUTO(js) struct js *pairs = js_object();
    bool ok = pairs;
    for (unsigned i = 0; ok && i < cfg_size(target, name); i++) {
        const char *pair = cfg_getnstr(target, name, i), *equals = strchr(pair, '=');
        AUTO(mem) char *key = mem_strndup(pair, (size_t)(equals - pair));
        ok = key && js_set(pairs, key, js_text(equals + 1));
    }
    return ok ? TAKE(pairs) : NULL;
}

static bool add_option(struct js *args, cfg_t *target, size_t row)
{
    const char *name = rows[row].name;
    if (rows[row].type == NUMBER)
        return js_set(args, name, js_int(cfg_getint(target, name)));
    if (rows[row].type == FLAG)
        return js_set(args, name, js_bool(cfg_getbool(target, name)));
    if (rows[row].type == PAIRS)
        return js_set(args, name, pairs_to_js(target, name));
    const char *text = cfg_getstr(target, name);
    return !text || js_set(args, name, js_text(text));
}

static struct js *target_args(cfg_t *target)
{
    const char *kind = cfg_getstr(target, "kind");
    AUTO(js) struct js *args = js_pack("{s:s, s:s}", "name", cfg_title(target), "kind", kind);
    for (size_t i = 0; args && i < ROW_COUNT; i++)
        if (strcmp(rows[i].kinds, kind) == 0 && !add_option(args, target, i))
            return NULL;
    for (size_t i = 0; args && i < RATE_COUNT; i++)
        if (!js_set(args, rates[i], js_int(cfg_getint(target, rates[i]))))
            return NULL;
    return config_role_add(args, target) ? TAKE(args) : NULL;
}

enum err_code config_target_read(cfg_t *cfg, struct js **out, struct err *err)
{
    AUTO(js) struct js *targets = js_array();
    for (unsigned i = 0; i < cfg_size(cfg, "target"); i++)
        if (!js_push(targets, target_args(cfg_getnsec(cfg, "target", i))))
            return err_set(err, ERR_NO_MEMORY, "configuration");
    if (!targets)
        return err_set(err, ERR_NO_MEMORY, "configuration");
    *out = TAKE(targets);
    return ERR_OK;
}
