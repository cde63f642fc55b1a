#include "daemon/pipeline/pipeline.h"

#include "daemon/pipeline/stage.h"
#include "daemon/pipeline/unread.h"

/* ---- the one table that moves a page ----------------------------------------------------------
 */

static enum err_code ask_read(const struct pipeline_config *config, struct job *job,
                              struct js **out_args, const int **out_fds, size_t *out_fd_count,
                              struct err *err);
static enum err_code ask_recognise(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err);
static enum err_code keep_read(struct job *job, struct ipc_message *message, const struct js *ok,
                               struct err *err);
static enum err_code keep_recognised(struct job *job, struct ipc_message *message,
                                     const struct js *ok, struct err *err);
static enum err_code ask_sign(const struct pipeline_config *config, struct job *job,
                              struct js **out_args, const int **out_fds, size_t *out_fd_count,
                              struct err *err);
static enum err_code ask_configure(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err);
static enum err_code ask_model(const struct pipeline_config *config, struct job *job,
                               struct js **out_args, const int **out_fds, size_t *out_fd_count,
                               struct err *err);
static enum err_code ask_templates(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err);
static bool has_model(const struct pipeline_config *config);
static bool has_templates(const struct pipeline_config *config);
static enum err_code keep_nothing(struct job *job, struct ipc_message *message, const struct js *ok,
                                  struct err *err);

#define SECONDS(n) ((n)*1000)
#define CONFIGURED_US 5000000 /* then a worker looks again whether a secret was written anew */
#define CONFIGURE                                                                                  \
    {                                                                                              \
        "configure", SECONDS(10), ask_configure, keep_nothing, .holds_us = CONFIGURED_US           \
    }

/* Later states first: what is nearly done gets done before new work starts. */
const struct stage stages[] = {
    {"reconcile", POOL_UPLOAD, true, {CONFIGURE, {"verify", SECONDS(600), NULL, NULL}}},
    {"withdraw",
     POOL_UPLOAD,
     true,
     {CONFIGURE, {"withdraw", SECONDS(600), NULL, NULL}},
     .of_state = "withdrawing"},
    {"show", POOL_UPLOAD, true, {CONFIGURE, {"show", SECONDS(600), NULL, NULL}}},
    {"accept",
     POOL_UPLOAD,
     true,
     {CONFIGURE, {"verify", SECONDS(600), NULL, NULL}},
     .of_state = "sent"},
    {"send",
     POOL_UPLOAD,
     true,
     {CONFIGURE, {"send", SECONDS(600), NULL, NULL}},
     .of_state = "queued"},
    {"reserve", POOL_UPLOAD, true, {CONFIGURE, {"reserve_code", SECONDS(60), NULL, NULL}}},
    {"queue", POOL_NONE, false, {{0}}},
    {"code", POOL_NONE, false, {{0}}},
    {"extract", POOL_NONE, false, {{0}}},
    {"seal", POOL_SEAL, false, {{"sign", SECONDS(60), ask_sign, NULL}}},
    {"compose", POOL_PDF, false, {{"compose", SECONDS(600), NULL, NULL}}},
    {"understand",
     POOL_OCR,
     false,
     {{"templates", SECONDS(60), ask_templates, keep_nothing, NULL, has_templates},
      {"model", SECONDS(60), ask_model, keep_nothing, NULL, has_model},
      {"understand", SECONDS(60), NULL, NULL}}},
    {"recognize",
     POOL_OCR,
     false,
     {{"read", SECONDS(60), ask_read, keep_read},
      {"recognise", SECONDS(180), ask_recognise, keep_recognised, unread_keep}}},
    {"import", POOL_OCR, false, {{"import", SECONDS(600), NULL, NULL}}},
};
const size_t stage_count = sizeof stages / sizeof *stages;

/* ---- steps that are more than a shuttle -------------------------------------------------------
 */

static enum err_code ask_read(const struct pipeline_config *config, struct job *job,
                              struct js **out_args, const int **out_fds, size_t *out_fd_count,
                              struct err *err)
{
    AUTO(js) struct js *args = js_copy(job->args);
    if (!args || !js_set(args, "lang", js_text(config->lang)) ||
        !js_set(args, "cores", js_int(job->cores)))
        return err_set(err, ERR_NO_MEMORY, "read");
    *out_args = TAKE(args);
    *out_fds = job->fds;
    *out_fd_count = job->fd_count > 0; /* the text layer is for recognise */
    return ERR_OK;
}

/* read answers {page, zones} with the recognition image and a thumbnail. */
static enum err_code keep_read(struct job *job, struct ipc_message *message, const struct js *ok,
                               struct err *err)
{
    const struct js *page, *zones;
    enum err_code code = js_get_object(ok, "page", &page, err);
    if (!code)
        code = js_get_array(ok, "zones", &zones, err);
    if (!code && message->fd_count != 2)
        code =
            err_set(err, ERR_BAD_MESSAGE, "read answered with %zu descriptors", message->fd_count);
    if (code)
        return code;
    job_keep_fds(job, message);
    job->result = js_pack("{s:O, s:O, s:I}", "page", page, "zones", zones, "images",
                          js_int_or(ok, "images", 1));
    return job->result ? ERR_OK : err_set(err, ERR_NO_MEMORY, "read");
}

static enum err_code ask_recognise(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err)
{
    *out_args =
        js_pack("{s:O, s:O, s:o, s:i}", "page", js_at(job->result, "page"), "zones",
                js_at(job->result, "zones"), "lang", js_text(config->lang), "cores", job->cores);
    job->recognise_fds[0] = job->result_fds[0];
    job->recognise_fds[1] = job->fd_count > 1 ? job->fds[1] : -1;
    *out_fds = job->recognise_fds;
    *out_fd_count = job->fd_count > 1 ? 2 : 1;
    return *out_args ? ERR_OK : err_set(err, ERR_NO_MEMORY, "recognise");
}

/* The stage's result is {page, zones, images, words, mean_confidence, words_source} with [words,
 * thumbnail]: the recognition image has done its work. The page's own zones come with the words;
 * those beside it were a guess for the reader. */
static enum err_code keep_recognised(struct job *job, struct ipc_message *message,
                                     const struct js *ok, struct err *err)
{
    int words;
    enum err_code code = ipc_take_fd(message, 0, &words, err);
    if (code)
        return code;
    fd_close(job->result_fds[0]);
    job->result_fds[0] = words;
    AUTO(js) struct js *page = js_copy(js_at(job->result, "page"));
    const struct js *zones = js_at(ok, "zones");
    bool set =
        (!js_count(zones) || js_set(page, "zones", js_ref(zones))) &&
        js_set(job->result, "page", js_ref(page)) &&
        js_set(job->result, "words", js_int(js_int_or(ok, "words", 0))) &&
        js_set(job->result, "mean_confidence", js_real(js_real_or(ok, "mean_confidence", 0))) &&
        js_set(job->result, "words_source", js_text(js_text_or(ok, "words_source", NULL))) &&
        js_set(job->result, "secret", js_text(js_text_or(ok, "secret", NULL))) &&
        js_set(job->result, "copy", js_has(ok, "copy") ? js_ref(js_at(ok, "copy")) : js_null());
    return set ? ERR_OK : err_set(err, ERR_NO_MEMORY, "recognise");
}

/* Whose key is unlocked may have changed since the copy was confirmed. */
static enum err_code ask_sign(const struct pipeline_config *config, struct job *job,
                              struct js **out_args, const int **out_fds, size_t *out_fd_count,
                              struct err *err)
{
    const char *copied_by;
    enum err_code code =
        config->may_sign ? js_get_text(job->args, "copied_by", &copied_by, err) : ERR_OK;
    if (!code && config->may_sign)
        code = config->may_sign(config->may_sign_payload, copied_by, err);
    if (code)
        return code;
    *out_args = js_ref(job->args);
    *out_fds = job->fds;
    *out_fd_count = job->fd_count;
    return ERR_OK;
}

static enum err_code ask_configure(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err)
{
    (void)job;
    *out_fds = NULL;
    *out_fd_count = 0;
    *out_args = js_pack("{s:O, s:s}", "targets", config->targets, "witnesses", config->witnesses);
    return *out_args ? ERR_OK : err_set(err, ERR_NO_MEMORY, "configure");
}

/* A station that never had its own tells nobody. */
static bool has_model(const struct pipeline_config *config)
{
    return config->model->told;
}

static bool has_templates(const struct pipeline_config *config)
{
    return config->templates->told;
}

/* A worker that has it already does nothing. */
static enum err_code ask_model(const struct pipeline_config *config, struct job *job,
                               struct js **out_args, const int **out_fds, size_t *out_fd_count,
                               struct err *err)
{
    (void)job;
    *out_fds = &config->model->fd;
    *out_fd_count = *config->model->sha256 ? 1 : 0;
    *out_args = js_pack("{s:s}", "sha256", config->model->sha256);
    return *out_args ? ERR_OK : err_set(err, ERR_NO_MEMORY, "model");
}

static enum err_code ask_templates(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err)
{
    (void)job;
    *out_fds = &config->templates->fd;
    *out_fd_count = *config->templates->version ? 1 : 0;
    *out_args = js_pack("{s:s}", "version", config->templates->version);
    return *out_args ? ERR_OK : err_set(err, ERR_NO_MEMORY, "templates");
}

static enum err_code keep_nothing(struct job *job, struct ipc_message *message, const struct js *ok,
                                  struct err *err)
{
    (void)job;
    (void)message;
    (void)ok;
    (void)err;
    return ERR_OK;
}
