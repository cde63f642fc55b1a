#include "daemon/config.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "daemon/config_alarm.h"
#include "daemon/config_look_up.h"
#include "daemon/config_schedule.h"
#include "daemon/config_target.h"
#include "daemon/model/import_papers.h"

#include <confuse.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_FILE "/etc/sohoa/sohoad.conf"
#define IMPORT_NAME_MAX 40
#define IMPORTS_MAX 32 /* folders the import worker takes */
#define DEFAULT_STATE_DIR "/var/lib/sohoa"
#define PAGE_SECONDS_MAX 1200 /* the claim of the step (pipeline/store_source.c) lives longer */
#define DEFAULT_MODELS "/usr/share/tesseract-ocr/5/tessdata" /* as in ocr/recognize/tesseract.c */

/* libconfuse reports through a callback without payload; one file is read at a time, at start. */
static char problem[300];

static void keep_problem(cfg_t *cfg, const char *fmt, va_list args)
{
    char text[200], clean[200];
    vsnprintf(text, sizeof text, fmt, args);
    text_printable(text, clean, sizeof clean);
    snprintf(problem, sizeof problem, "%s:%d: %s", cfg->filename ? cfg->filename : "config",
             cfg->line, clean);
}

static char *program_folder(void)
{
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size <= 0)
        return NULL;
    path[size] = 0;
    *strrchr(path, '/') = 0;
    return mem_strdup(path);
}

static enum err_code read_imports(cfg_t *cfg, struct config *out, struct err *err)
{
    out->imports = js_array();
    for (unsigned i = 0; i < cfg_size(cfg, "import"); i++) {
        cfg_t *import = cfg_getnsec(cfg, "import", i);
        if (!js_push(out->imports,
                     js_pack("{s:s, s:s, s:s, s:I, s:s, s:b, s:I}", "name", cfg_title(import),
                             "path", cfg_getstr(import, "path"), "kind", cfg_getstr(import, "kind"),
                             "interval_s", (int64_t)cfg_getint(import, "interval_s"), "papers",
                             cfg_getstr(import, "papers"), "share",
                             (int)cfg_getbool(import, "share"), "feed_idle_s",
                             (int64_t)cfg_getint(import, "feed_idle_s"))))
            return err_set(err, ERR_NO_MEMORY, "configuration");
    }
    return ERR_OK;
}

/* The value, or a default that depends on others. */
static char *text_or(const char *value, const char *folder, const char *tail)
{
    return value && *value ? mem_strdup(value) : mem_printf("%s%s", folder, tail);
}

/* As a service the socket lies in the runtime folder, which others may enter; else in the state. */
static char *default_socket(const char *given, const char *state_dir)
{
    const char *runtime = getenv("RUNTIME_DIRECTORY");
    if (given && *given)
        return mem_strdup(given);
    return runtime ? mem_printf("%s/sohoad.sock", runtime)
                   : mem_printf("%s/run/sohoad.sock", state_dir);
}

/* What is wrong with a value of `lang`: the worker would find out, too, but page by page. */
static bool models_are_missing(const char *lang, char *out_why, size_t out_size)
{
    const char *set = getenv("TESSDATA_PREFIX");
    const char *folder = set && *set ? set : DEFAULT_MODELS;
    for (const char *model = lang;; model += strcspn(model, "+") + 1) {
        AUTO(mem) char *name = mem_strndup(model, strcspn(model, "+"));
        AUTO(mem) char *path = name ? mem_printf("%s/%s.traineddata", folder, name) : NULL;
        if (!path || !*name || strchr(name, '/')) {
            snprintf(out_why, out_size, "lang '%s': wanted names of models, joined by +", lang);
            return true;
        }
        if (access(path, R_OK) != 0) {
            for (char *c = name; *c; c++)
                *c = *c == '_' ? '-' : *c; /* "chi_sim" comes with tesseract-ocr-chi-sim */
            snprintf(out_why, out_size, "lang '%s': install tesseract-ocr-%s, '%s' is missing",
                     lang, name, path);
            return true;
        }
        if (!model[strcspn(model, "+")])
            return false;
    }
}

/* The section "scan": how long things at a scanner may take. */
static const struct {
    const char *name;
    size_t place;
} scan_numbers[] = {
#define SCAN_NUMBER(name)                                                                          \
    {                                                                                              \
#name, offsetof(struct scan_limits, name)                                                  \
    }
    SCAN_NUMBER(init_ms),   SCAN_NUMBER(list_ms),       SCAN_NUMBER(open_ms),
    SCAN_NUMBER(option_ms), SCAN_NUMBER(start_ms),      SCAN_NUMBER(read_ms),
    SCAN_NUMBER(cancel_ms), SCAN_NUMBER(close_ms),      SCAN_NUMBER(own_ms),
    SCAN_NUMBER(busy_ms),   SCAN_NUMBER(idle_ms),       SCAN_NUMBER(lease_ms),
    SCAN_NUMBER(poll_ms),   SCAN_NUMBER(lease_idle_ms),
#undef SCAN_NUMBER
};
#define SCAN_NUMBER_COUNT (sizeof scan_numbers / sizeof *scan_numbers)
#define SCAN_NUMBER_MAX_MS 86400000

static int check_scan_number(cfg_t *cfg, cfg_opt_t *opt)
{
    long value = cfg_opt_getnint(opt, 0);
    long low = strcmp(opt->name, "poll_ms") == 0 ? 0 : 1;
    if (value >= low && value <= SCAN_NUMBER_MAX_MS)
        return 0;
    cfg_error(cfg, "scan: %s %ld is not between %ld and %d", opt->name, value, low,
              SCAN_NUMBER_MAX_MS);
    return -1;
}

static const char *const buttons_words[] = {
    [BUTTONS_LEASE] = "lease", [BUTTONS_PAGE] = "page", [BUTTONS_ALWAYS] = "always"};
#define BUTTONS_WORD_COUNT (sizeof buttons_words / sizeof *buttons_words)

static size_t find_buttons_word(const char *word)
{
    size_t i = 0;
    while (i < BUTTONS_WORD_COUNT && strcmp(buttons_words[i], word) != 0)
        i++;
    return i;
}

static int check_buttons_when(cfg_t *cfg, cfg_opt_t *opt)
{
    const char *word = cfg_opt_getnstr(opt, 0);
    if (find_buttons_word(word) < BUTTONS_WORD_COUNT)
        return 0;
    cfg_error(cfg, "scan: buttons '%s' is not lease, page or always", word);
    return -1;
}

static int check_code_from(cfg_t *cfg, cfg_opt_t *opt)
{
    const char *word = cfg_opt_getnstr(opt, 0);
    if (strcmp(word, "station") == 0 || strcmp(word, "server") == 0)
        return 0;
    cfg_error(cfg, "code_from '%s' is not station or server", word);
    return -1;
}

static void read_scan_limits(cfg_t *cfg, struct scan_limits *out)
{
    cfg_t *scan = cfg_getsec(cfg, "scan");
    *out = scan_limits_default;
    out->buttons = (enum buttons_when)find_buttons_word(cfg_getstr(scan, "buttons"));
    for (size_t i = 0; i < SCAN_NUMBER_COUNT; i++) {
        long value = cfg_getint(scan, scan_numbers[i].name);
        if (value >= 0)
            *(int *)((char *)out + scan_numbers[i].place) = (int)value;
    }
}

/* The section "learn": when the station teaches its model of paper types by itself. */
static const struct {
    const char *name;
    long low, high;
} learn_numbers[] = {{"corrections", 1, 100000}, {"idle_min", 0, 1440}};
#define LEARN_NUMBER_COUNT (sizeof learn_numbers / sizeof *learn_numbers)

static int check_learn_number(cfg_t *cfg, cfg_opt_t *opt)
{
    long value = cfg_opt_getnint(opt, 0);
    for (size_t i = 0; i < LEARN_NUMBER_COUNT; i++) {
        if (strcmp(learn_numbers[i].name, opt->name) != 0 ||
            (value >= learn_numbers[i].low && value <= learn_numbers[i].high))
            continue;
        cfg_error(cfg, "learn: %s %ld is not between %ld and %ld", opt->name, value,
                  learn_numbers[i].low, learn_numbers[i].high);
        return -1;
    }
    return 0;
}

static int check_learn_when(cfg_t *cfg, cfg_opt_t *opt)
{
    enum learn_when when;
    if (learn_when_from_name(cfg_opt_getnstr(opt, 0), &when))
        return 0;
    cfg_error(cfg, "learn: when '%s' is not night, idle or never", cfg_opt_getnstr(opt, 0));
    return -1;
}

static void read_learn_limits(cfg_t *cfg, struct learn_limits *out)
{
    cfg_t *learn = cfg_getsec(cfg, "learn");
    learn_when_from_name(cfg_getstr(learn, "when"), &out->when);
    out->corrections = (int)cfg_getint(learn, "corrections");
    out->idle_min = (int)cfg_getint(learn, "idle_min");
}

/* The section "buttons": lists of options by what they are, "NAME" or "NAME=VALUE". */
static const char *const button_kinds[] = {"button", "press", "sensor", "value", "nothing"};
#define BUTTON_KIND_COUNT (sizeof button_kinds / sizeof *button_kinds)
#define BUTTON_RULES_MAX 32
#define BUTTON_WORD_MAX 63

static bool add_rule(struct js *rules, const char *kind, const char *text)
{
    const char *equals = strchr(text, '=');
    AUTO(mem) char *option = mem_strndup(text, equals ? (size_t)(equals - text) : strlen(text));
    return option && js_push(rules, js_pack("{s:s, s:s, s:s*}", "option", option, "kind", kind,
                                            "value", equals ? equals + 1 : NULL));
}

static struct js *read_rules(cfg_t *buttons)
{
    AUTO(js) struct js *rules = js_array();
    for (size_t kind = 0; kind < BUTTON_KIND_COUNT; kind++)
        for (unsigned i = 0; i < cfg_size(buttons, button_kinds[kind]); i++)
            if (!add_rule(rules, button_kinds[kind], cfg_getnstr(buttons, button_kinds[kind], i)))
                return NULL;
    return TAKE(rules);
}

static enum err_code read_buttons(cfg_t *cfg, struct config *out, struct err *err)
{
    out->buttons = js_array();
    for (unsigned i = 0; i < cfg_size(cfg, "buttons"); i++) {
        cfg_t *buttons = cfg_getnsec(cfg, "buttons", i);
        struct js *rules = read_rules(buttons);
        if (!rules || !js_push(out->buttons, js_pack("{s:s, s:o}", "identity", cfg_title(buttons),
                                                     "rules", rules)))
            return err_set(err, ERR_NO_MEMORY, "configuration");
    }
    return ERR_OK;
}

/* Whoever numbers is a target, and is asked only where the station does not number. */
static enum err_code check_code_target(const struct config *config, struct err *err)
{
    if (!*config->code_target)
        return ERR_OK;
    if (!config->codes_are_provisional)
        return err_set(err, ERR_BAD_CONFIG, "code_target goes with code_from = \"server\"");
    for (size_t i = 0; i < js_count(config->targets); i++) {
        const struct js *target = js_item(config->targets, i);
        if (strcmp(js_text_or(target, "name", ""), config->code_target) == 0 &&
            strcmp(js_text_or(target, "kind", ""), "http") == 0)
            return ERR_OK;
    }
    return err_set(err, ERR_BAD_CONFIG, "code_target '%s' is no target of kind http",
                   config->code_target);
}

static enum err_code take_values(cfg_t *cfg, const struct config_options *options,
                                 struct config *out, struct err *err)
{
    AUTO(mem) char *programs = program_folder();
    if (!programs)
        return err_set(err, ERR_INTERNAL, "cannot find the program's own folder");
    out->state_dir =
        mem_strdup(options->state_dir ? options->state_dir : cfg_getstr(cfg, "state_dir"));
    out->socket_path = default_socket(cfg_getstr(cfg, "socket"), out->state_dir);
    out->socket_group = text_or(cfg_getstr(cfg, "socket_group"), "", "");
    out->port = options->port >= 0 ? options->port : (int)cfg_getint(cfg, "port");
    out->worker_dir = text_or(cfg_getstr(cfg, "worker_dir"), programs, "");
    out->web_dir = text_or(cfg_getstr(cfg, "web_dir"), programs, "/../share/sohoa/web");
    out->scanner = text_or(cfg_getstr(cfg, "scanner"), "", "");
    out->copier = text_or(cfg_getstr(cfg, "copier"), "", "");
    out->signer_p12 = text_or(cfg_getstr(cfg, "signer_p12"), "", "");
    out->code_template = text_or(cfg_getstr(cfg, "code_template"), "", "");
    out->component_code_template = text_or(cfg_getstr(cfg, "component_code_template"), "", "");
    out->unknown_validity = mem_strdup(cfg_getstr(cfg, "unknown_validity"));
    out->code_target = text_or(cfg_getstr(cfg, "code_target"), "", "");
    out->codes_are_provisional = strcmp(cfg_getstr(cfg, "code_from"), "server") == 0;
    out->lang = mem_strdup(cfg_getstr(cfg, "lang"));
    out->ocr_workers = (int)cfg_getint(cfg, "ocr_workers");
    out->upload_jobs = (int)cfg_getint(cfg, "upload_jobs");
    out->page_seconds = (int)cfg_getint(cfg, "page_seconds");
    out->reserve_mb = (int)cfg_getint(cfg, "reserve_mb");
    out->purge_after_days = (int)cfg_getint(cfg, "purge_after_days");
    out->secret_wait_min = (int)cfg_getint(cfg, "secret_wait_min");
    out->upload_max_mb = (int)cfg_getint(cfg, "upload_max_mb");
    out->signer_idle_min = (int)cfg_getint(cfg, "signer_idle_min");
    read_scan_limits(cfg, &out->scan_limits);
    read_learn_limits(cfg, &out->learn_limits);
    config_schedule_read(cfg, &out->schedule);
    config_alarm_read(cfg, &out->alarm);
    if (!out->state_dir || !out->socket_path || !out->worker_dir || !out->web_dir ||
        !out->socket_group || !out->scanner || !out->copier || !out->signer_p12 ||
        !out->code_template || !out->code_target || !out->component_code_template ||
        !out->unknown_validity || !out->lang)
        return err_set(err, ERR_NO_MEMORY, "configuration");
    if (out->state_dir[0] != '/')
        return err_set(err, ERR_BAD_CONFIG, "state_dir '%s' is not absolute", out->state_dir);
    char why[200]; /* of the default; a line of the file had its own check */
    if (models_are_missing(out->lang, why, sizeof why))
        return err_set(err, ERR_BAD_CONFIG, "%s", why);
    enum err_code code = config_target_read(cfg, &out->targets, err);
    if (!code)
        code = config_look_up_read(cfg, out->targets, &out->look_up, err);
    if (!code)
        code = check_code_target(out, err);
    if (!code)
        code = read_buttons(cfg, out, err);
    return code ? code : read_imports(cfg, out, err);
}

static enum err_code parse_file(cfg_t *cfg, const char *file, struct err *err)
{
    bool optional = !file;
    if (optional)
        file = DEFAULT_FILE;
    if (optional && access(file, F_OK) != 0)
        return cfg_parse_buf(cfg, "") == CFG_SUCCESS ? ERR_OK
                                                     : err_set(err, ERR_INTERNAL, "configuration");
    /* the library's lexer ends the process on what it cannot read */
    struct stat info;
    if (stat(file, &info) != 0 || !S_ISREG(info.st_mode) || access(file, R_OK) != 0)
        return err_set(err, ERR_BAD_CONFIG, "configuration file '%s' cannot be read", file);
    problem[0] = 0;
    int result = cfg_parse(cfg, file);
    if (result == CFG_SUCCESS)
        return ERR_OK;
    if (result == CFG_FILE_ERROR)
        return err_set(err, ERR_BAD_CONFIG, "configuration file '%s' cannot be read", file);
    return err_set(err, ERR_BAD_CONFIG, "%s", problem[0] ? problem : "syntax");
}

/* Called as a value is read, so that the error carries its line. */
static int check_number(cfg_t *cfg, cfg_opt_t *opt)
{
    static const struct {
        const char *name;
        long low, high;
    } ranges[] = {{"port", 0, 65535},
                  {"ocr_workers", 1, 8},
                  {"upload_jobs", 1, 16},
                  {"page_seconds", 1, PAGE_SECONDS_MAX},
                  {"reserve_mb", 0, 1000000},
                  {"secret_wait_min", 1, 1440},
                  {"purge_after_days", 0, 36500},
                  {"upload_max_mb", 1, 2000},
                  {"signer_idle_min", 0, 10000}};
    long value = cfg_opt_getnint(opt, 0);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        bool ours = strcmp(ranges[i].name, opt->name) == 0;
        if (!ours || (value >= ranges[i].low && value <= ranges[i].high))
            continue;
        cfg_error(cfg, "%s %ld is not between %ld and %ld", opt->name, value, ranges[i].low,
                  ranges[i].high);
        return -1;
    }
    return 0;
}

static int check_lang(cfg_t *cfg, cfg_opt_t *opt)
{
    char why[200];
    if (!models_are_missing(cfg_opt_getnstr(opt, 0), why, sizeof why))
        return 0;
    cfg_error(cfg, "%s", why);
    return -1;
}

/* Its name becomes part of the pages' device, "import/NAME", and of addresses. */
static bool is_import_name(const char *name)
{
    size_t size = strlen(name);
    return size >= 1 && size <= IMPORT_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == size;
}

static int check_import(cfg_t *cfg, cfg_opt_t *opt)
{
    cfg_t *import = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
    const char *name = cfg_title(import), *path = cfg_getstr(import, "path");
    const char *kind = cfg_getstr(import, "kind");
    long interval_s = cfg_getint(import, "interval_s");
    long feed_idle_s = cfg_getint(import, "feed_idle_s");
    enum import_papers papers;
    if (!is_import_name(name) || strcmp(name, "upload") == 0)
        cfg_error(cfg, "import '%s': a name is 1 to %d of a-z A-Z 0-9 - _, not upload", name,
                  IMPORT_NAME_MAX);
    else if (strcmp(kind, "watch") != 0 && strcmp(kind, "backlog") != 0 &&
             strcmp(kind, "scan") != 0)
        cfg_error(cfg, "import '%s': kind '%s' is not watch, backlog or scan", name, kind);
    else if (!path || path[0] != '/')
        cfg_error(cfg, "import '%s': path is missing or not absolute", name);
    else if (!import_papers_from_name(cfg_getstr(import, "papers"), &papers))
        cfg_error(cfg, "import '%s': papers '%s' is not file, folder, name or split", name,
                  cfg_getstr(import, "papers"));
    else if (interval_s < 1 || interval_s > 86400)
        cfg_error(cfg, "import '%s': interval_s %ld is not between 1 and 86400", name, interval_s);
    else if (feed_idle_s < 10 || feed_idle_s > 86400)
        cfg_error(cfg, "import '%s': feed_idle_s %ld is not between 10 and 86400", name,
                  feed_idle_s);
    else if (cfg_opt_size(opt) > IMPORTS_MAX)
        cfg_error(cfg, "import '%s': more than %d folders", name, IMPORTS_MAX);
    else
        return 0;
    return -1;
}

static bool is_rule(const char *text)
{
    size_t option = strcspn(text, "=");
    return option >= 1 && option <= BUTTON_WORD_MAX &&
           strlen(text) - option <= BUTTON_WORD_MAX + 1 && strcmp(text + option, "=") != 0;
}

static int check_buttons(cfg_t *cfg, cfg_opt_t *opt)
{
    cfg_t *buttons = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
    unsigned count = 0;
    for (size_t kind = 0; kind < BUTTON_KIND_COUNT; kind++)
        for (unsigned i = 0; i < cfg_size(buttons, button_kinds[kind]); i++, count++)
            if (!is_rule(cfg_getnstr(buttons, button_kinds[kind], i))) {
                cfg_error(cfg, "buttons '%s': '%s' is not NAME or NAME=VALUE", cfg_title(buttons),
                          cfg_getnstr(buttons, button_kinds[kind], i));
                return -1;
            }
    if (count <= BUTTON_RULES_MAX)
        return 0;
    cfg_error(cfg, "buttons '%s': more than %d options", cfg_title(buttons), BUTTON_RULES_MAX);
    return -1;
}

static void watch_values(cfg_t *cfg)
{
    static const char *const numbers[] = {
        "port",          "ocr_workers",     "upload_jobs",     "page_seconds",    "reserve_mb",
        "upload_max_mb", "signer_idle_min", "secret_wait_min", "purge_after_days"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cfg_set_validate_func(cfg, numbers[i], check_number);
    for (size_t i = 0; i < SCAN_NUMBER_COUNT; i++) {
        char path[40];
        snprintf(path, sizeof path, "scan|%s", scan_numbers[i].name);
        cfg_set_validate_func(cfg, path, check_scan_number);
    }
    cfg_set_validate_func(cfg, "scan|buttons", check_buttons_when);
    cfg_set_validate_func(cfg, "learn|when", check_learn_when);
    cfg_set_validate_func(cfg, "learn|corrections", check_learn_number);
    cfg_set_validate_func(cfg, "learn|idle_min", check_learn_number);
    cfg_set_validate_func(cfg, "buttons", check_buttons);
    cfg_set_validate_func(cfg, "lang", check_lang);
    cfg_set_validate_func(cfg, "code_from", check_code_from);
    cfg_set_validate_func(cfg, "target", config_target_check);
    config_schedule_watch(cfg);
    config_alarm_watch(cfg);
    config_look_up_watch(cfg);
    cfg_set_validate_func(cfg, "import", check_import);
}

enum err_code config_load(const struct config_options *options, struct config *out, struct err *err)
{
    cfg_opt_t import[] = {CFG_STR("path", NULL, CFGF_NONE),
                          CFG_STR("kind", "watch", CFGF_NONE),
                          CFG_INT("interval_s", 30, CFGF_NONE),
                          CFG_BOOL("share", cfg_false, CFGF_NONE),
                          CFG_INT("feed_idle_s", 600, CFGF_NONE),
                          CFG_STR("papers", "file", CFGF_NONE),
                          CFG_END()};
    char no_buttons[] = "{}"; /* libconfuse wants it writable */
    cfg_opt_t buttons[BUTTON_KIND_COUNT + 1];
    for (size_t i = 0; i < BUTTON_KIND_COUNT; i++)
        buttons[i] = (cfg_opt_t)CFG_STR_LIST(button_kinds[i], no_buttons, CFGF_NONE);
    buttons[BUTTON_KIND_COUNT] = (cfg_opt_t)CFG_END();
    cfg_opt_t scan[SCAN_NUMBER_COUNT + 2];
    for (size_t i = 0; i < SCAN_NUMBER_COUNT; i++)
        scan[i] = (cfg_opt_t)CFG_INT(scan_numbers[i].name, -1, CFGF_NONE);
    scan[SCAN_NUMBER_COUNT] = (cfg_opt_t)CFG_STR("buttons", "page", CFGF_NONE);
    scan[SCAN_NUMBER_COUNT + 1] = (cfg_opt_t)CFG_END();
    cfg_opt_t learn[] = {CFG_STR("when", "night", CFGF_NONE), CFG_INT("corrections", 20, CFGF_NONE),
                         CFG_INT("idle_min", 10, CFGF_NONE), CFG_END()};
    cfg_opt_t known[] = {
        CFG_STR("state_dir", DEFAULT_STATE_DIR, CFGF_NONE),
        CFG_STR("socket", NULL, CFGF_NONE),
        CFG_STR("socket_group", NULL, CFGF_NONE),
        CFG_INT("port", 8443, CFGF_NONE),
        CFG_STR("worker_dir", NULL, CFGF_NONE),
        CFG_STR("web_dir", NULL, CFGF_NONE),
        CFG_STR("scanner", NULL, CFGF_NONE),
        CFG_STR("copier", NULL, CFGF_NONE),
        CFG_STR("signer_p12", NULL, CFGF_NONE),
        CFG_STR("code_template", NULL, CFGF_NONE),
        CFG_STR("component_code_template", NULL, CFGF_NONE),
        CFG_STR("code_from", "station", CFGF_NONE),
        CFG_STR("code_target", NULL, CFGF_NONE),
        CFG_STR("unknown_validity", "unknown", CFGF_NONE),
        CFG_STR("lang", "vie", CFGF_NONE),
        CFG_INT("ocr_workers", 2, CFGF_NONE),
        CFG_INT("upload_jobs", 4, CFGF_NONE),
        CFG_INT("page_seconds", 180, CFGF_NONE),
        CFG_INT("reserve_mb", 200, CFGF_NONE),
        CFG_INT("secret_wait_min", 15, CFGF_NONE),
        CFG_INT("purge_after_days", 90, CFGF_NONE),
        CFG_INT("upload_max_mb", 100, CFGF_NONE),
        CFG_INT("signer_idle_min", 60, CFGF_NONE),
        CFG_SEC("scan", scan, CFGF_NONE),
        CFG_SEC("learn", learn, CFGF_NONE),
        CFG_SEC("schedule", config_schedule_options(), CFGF_NONE),
        CFG_SEC("alarm", config_alarm_options(), CFGF_NONE),
        CFG_SEC("look_up", config_look_up_options(), CFGF_NONE),
        CFG_SEC("buttons", buttons, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_SEC("target", config_target_options(), CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_SEC("import", import, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_END(),
    };
    *out = (struct config){0};
    cfg_t *cfg = cfg_init(known, CFGF_NONE);
    if (!cfg)
        return err_set(err, ERR_NO_MEMORY, "configuration");
    cfg_set_error_function(cfg, keep_problem);
    watch_values(cfg);
    enum err_code code = parse_file(cfg, options->file, err);
    if (!code)
        code = take_values(cfg, options, out, err);
    cfg_free(cfg);
    if (code)
        config_done(out);
    return code;
}

void config_done(struct config *config)
{
    char *const texts[] = {
        config->state_dir,       config->socket_path, config->worker_dir,
        config->web_dir,         config->scanner,     config->copier,
        config->signer_p12,      config->lang,        config->socket_group,
        config->code_template,   config->code_target, config->component_code_template,
        config->unknown_validity};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        mem_free(texts[i]);
    js_free(config->buttons);
    js_free(config->targets);
    js_free(config->imports);
    js_free(config->look_up);
    *config = (struct config){0};
}
