#include "daemon/app_inside.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/pipeline.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>

/* Catalogue files that IT staff hands over: read by a worker of its own, which goes after each
 * file, then kept by the store. One at a time. */

#define READ_MS 60000
#define READ_MEMORY_MB 1500
#define TOLD_IN_DETAIL 3

struct catalog_file {
    struct http_call *call;
    struct js *args; /* of the store's command */
    struct js *told; /* what the worker said */
};

static void file_free(struct catalog_file *file)
{
    if (!file)
        return;
    js_free(file->args);
    js_free(file->told);
    mem_free(file);
}
AUTO_DEFINE(file, struct catalog_file *, file_free);

static void refuse(struct http_call *call, enum err_code code, const char *detail)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s", detail);
    app_on_answer(call, NULL, &err);
}

/* "line 12 code: twice, see line 2"; a problem of the whole file has no line. */
static void say_problem(const struct js *one, char *out, size_t size)
{
    const char *column = js_text_or(one, "column", NULL), *why = js_text_or(one, "why", "");
    int64_t line = js_int_or(one, "line", 0);
    if (line)
        snprintf(out, size, "line %lld%s%s: %s", (long long)line, column ? " " : "",
                 column ? column : "", why);
    else
        snprintf(out, size, "%s", why);
}

/* "procedures.tsv: line 12 code: twice, see line 2; … and 4 more" */
static void say_problems(const struct catalog_file *file, struct err *err)
{
    const struct js *problems = js_at(file->told, "problems");
    int64_t more = js_int_or(file->told, "problem_count", 0);
    char text[330] = "";
    for (size_t i = 0; i < js_count(problems) && i < TOLD_IN_DETAIL; i++, more--) {
        char one[120];
        size_t used = strlen(text);
        say_problem(js_item(problems, i), one, sizeof one);
        snprintf(text + used, sizeof text - used, "%s%s", i ? "; " : "", one);
    }
    char name[60];
    snprintf(name, sizeof name, "%s", js_text_or(file->args, "file", ""));
    if (more > 0)
        err_set(err, ERR_CATALOG_BAD, "%s: %s; and %lld more", name, text, (long long)more);
    else
        err_set(err, ERR_CATALOG_BAD, "%s: %s", name, text);
}

/* What the worker noticed goes beside what the store said. */
static struct js *whole_answer(const struct catalog_file *file, const struct js *ok)
{
    static const char *const keys[] = {"row_count",  "problems", "problem_count", "notes",
                                       "note_count", "sha256",   "sheet_names"};
    AUTO(js) struct js *answer = ok ? js_copy(ok) : js_object();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (js_has(file->told, keys[i]) &&
            !js_set(answer, keys[i], js_ref(js_at(file->told, keys[i]))))
            return NULL;
    return TAKE(answer);
}

static void answer_file(struct catalog_file *file, const struct js *ok)
{
    AUTO(js) struct js *answer = whole_answer(file, ok);
    if (answer)
        app_on_answer(file->call, answer, NULL);
    else
        refuse(file->call, ERR_NO_MEMORY, "catalogue");
}

/* ---- templates ---- */

static struct js *templates_of(const struct js *rows)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < js_count(rows); i++) {
        struct js *one = NULL;
        const char *text = js_text_or(js_item(rows, i), "template", "");
        if (js_parse(text, strlen(text), &one, NULL) || !js_push(list, one))
            return NULL;
    }
    return TAKE(list);
}

static void on_templates(void *payload, struct ipc_message *message, const struct js *ok,
                         const struct err *problem)
{
    (void)message;
    struct app *app = payload;
    struct err err = problem ? *problem : (struct err)ERR_INIT;
    AUTO(fd) int fd = -1;
    AUTO(js) struct js *list = templates_of(js_at(ok, "rows"));
    if (!problem && !list)
        err_set(&err, ERR_TEMPLATE_BAD, "of the catalogue");
    else if (!problem)
        js_to_memfd(list, "templates", &fd, &err);
    if (err.code)
        log_err(&err, NULL, "the site's templates are not used, continuing");
    else if (app->pipeline)
        pipeline_use_templates(app->pipeline, TAKE_FD(fd), js_text_or(ok, "version", ""));
    if (!problem)
        snprintf(app->templates, sizeof app->templates, "%s", js_text_or(ok, "version", ""));
}

/* Those that hold today. */
static void load_templates(struct app *app)
{
    store_client_call(app->store, "catalog_all", js_pack("{s:s}", "kind", "templates"), NULL, 0,
                      on_templates, app);
}

void app_follow_templates(struct app *app, const char *version)
{
    if (strcmp(version, app->templates) == 0)
        return;
    snprintf(app->templates, sizeof app->templates, "%s", version); /* tried once */
    load_templates(app);
}

/* ---- */

static void on_kept(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    (void)message;
    AUTO(file) struct catalog_file *file = payload;
    if (err) {
        app_on_answer(file->call, NULL, err);
        return;
    }
    if (strcmp(js_text_or(file->args, "kind", ""), "templates") == 0)
        load_templates(file->call->app);
    answer_file(file, ok);
}

static void on_read(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *problem)
{
    AUTO(file) struct catalog_file *file = payload;
    AUTO(fd) int rows = -1;
    struct err err = ERR_INIT;
    bool dry_run = js_bool_or(file->args, "dry_run", false);
    if (problem) {
        app_on_answer(file->call, NULL, problem);
        return;
    }
    file->told = js_ref(ok);
    if (js_int_or(ok, "problem_count", 1) != 0 && dry_run) {
        answer_file(file, NULL);
        return;
    }
    if (js_int_or(ok, "problem_count", 1) != 0)
        say_problems(file, &err);
    else if (!ipc_take_fd(message, 0, &rows, &err) &&
             !js_set(file->args, "sha256", js_text(js_text_or(ok, "sha256", ""))))
        err_set(&err, ERR_NO_MEMORY, "catalogue");
    if (err.code) {
        app_on_answer(file->call, NULL, &err);
        return;
    }
    struct app *app = file->call->app;
    struct js *args = js_ref(file->args);
    store_client_call(app->store, "catalog_import", args, &rows, 1, on_kept, TAKE(file));
}

void app_catalog(struct app *app, struct js *args, int fd, const struct principal *who,
                 app_done_fn *done, void *payload)
{
    AUTO(fd) int owned = fd;
    AUTO(js) struct js *wish = args;
    struct err err = ERR_INIT;
    AUTO(file) struct catalog_file *file = NULL;
    struct http_call *call = app_call_new(app, done, payload);
    if (!call)
        return;
    if (worker_is_busy(app->catalog_worker)) {
        refuse(call, ERR_TOO_MANY, "another catalogue is being read");
        return;
    }
    file = mem_alloc(sizeof *file);
    struct js *request = js_pack("{s:s, s:s?}", "kind", js_text_or(wish, "kind", ""), "sheet",
                                 js_text_or(wish, "sheet", NULL));
    if (!file || !request || !js_set(wish, "principal", principal_to_js(who))) {
        js_free(request);
        refuse(call, ERR_NO_MEMORY, "catalogue");
        return;
    }
    *file = (struct catalog_file){.call = call, .args = TAKE(wish)};
    if (worker_request(app->catalog_worker, "catalog", request, &owned, 1, READ_MS, on_read, NULL,
                       file, &err))
        app_on_answer(call, NULL, &err);
    else
        file = NULL;
}

enum err_code app_start_catalogs(struct app *app, struct err *err)
{
    static const char *const no_env[] = {NULL};
    struct worker_kind kind = {
        .name = "import", .memory_limit_mb = READ_MEMORY_MB, .recycle_after = 1, .env = no_env};
    load_templates(app);
    return worker_new(app->loop, &kind, app->config->worker_dir, &app->catalog_worker, err);
}

void app_stop_catalogs(struct app *app)
{
    worker_free(TAKE(app->catalog_worker));
}
