#include "daemon/config.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <confuse.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_FILE "/etc/sohoa/sohoad.conf"
#define DEFAULT_STATE_DIR "/var/lib/sohoa"

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

static enum err_code read_targets(cfg_t *cfg, struct config *out, struct err *err)
{
    out->targets = js_array();
    for (unsigned i = 0; i < cfg_size(cfg, "target"); i++) {
        cfg_t *target = cfg_getnsec(cfg, "target", i);
        if (!js_push(out->targets,
                     js_pack("{s:s, s:s, s:s}", "name", cfg_title(target), "kind",
                             cfg_getstr(target, "kind"), "path", cfg_getstr(target, "path"))))
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
    out->lang = mem_strdup(cfg_getstr(cfg, "lang"));
    out->ocr_workers = (int)cfg_getint(cfg, "ocr_workers");
    out->reserve_mb = (int)cfg_getint(cfg, "reserve_mb");
    out->signer_idle_min = (int)cfg_getint(cfg, "signer_idle_min");
    if (!out->state_dir || !out->socket_path || !out->worker_dir || !out->web_dir ||
        !out->socket_group || !out->scanner || !out->copier || !out->signer_p12 || !out->lang)
        return err_set(err, ERR_NO_MEMORY, "configuration");
    if (out->state_dir[0] != '/')
        return err_set(err, ERR_BAD_CONFIG, "state_dir '%s' is not absolute", out->state_dir);
    return read_targets(cfg, out, err);
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
                  {"reserve_mb", 0, 1000000},
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

static int check_target(cfg_t *cfg, cfg_opt_t *opt)
{
    cfg_t *target = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
    const char *path = cfg_getstr(target, "path"), *kind = cfg_getstr(target, "kind");
    if (strcmp(kind, "dir") != 0) {
        cfg_error(cfg, "target '%s': kind '%s' is not known", cfg_title(target), kind);
        return -1;
    }
    if (!path || path[0] != '/') {
        cfg_error(cfg, "target '%s': path is missing or not absolute", cfg_title(target));
        return -1;
    }
    return 0;
}

static void watch_values(cfg_t *cfg)
{
    static const char *const numbers[] = {"port", "ocr_workers", "reserve_mb", "signer_idle_min"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cfg_set_validate_func(cfg, numbers[i], check_number);
    cfg_set_validate_func(cfg, "target", check_target);
}

enum err_code config_load(const struct config_options *options, struct config *out, struct err *err)
{
    cfg_opt_t target[] = {CFG_STR("kind", "dir", CFGF_NONE), CFG_STR("path", NULL, CFGF_NONE),
                          CFG_END()};
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
        CFG_STR("lang", "vie", CFGF_NONE),
        CFG_INT("ocr_workers", 2, CFGF_NONE),
        CFG_INT("reserve_mb", 200, CFGF_NONE),
        CFG_INT("signer_idle_min", 60, CFGF_NONE),
        CFG_SEC("target", target, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
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
    char *const texts[] = {config->state_dir,  config->socket_path, config->worker_dir,
                           config->web_dir,    config->scanner,     config->copier,
                           config->signer_p12, config->lang,        config->socket_group};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        mem_free(texts[i]);
    js_free(config->targets);
    *config = (struct config){0};
}
