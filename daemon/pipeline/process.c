#include "daemon/pipeline/process.h"

#include "daemon/base/mem.h"
#include "daemon/pipeline/pipeline.h"

#include <signal.h>
#include <sys/resource.h>
#include <systemd/sd-event.h>

struct process {
    sd_event *loop;
    struct folder *folder;
    struct pipeline *pipeline;
    size_t begun;
};

/* A document holds two descriptors a page, and lends copies of all of them to the PDF worker. */
static void allow_many_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* After whatever happened: all documents may have ended, or, with those done already out of the
 * way, there may be more to begin. */
static int after_event(sd_event_source *source, void *payload)
{
    (void)source;
    struct process *process = payload;
    if (folder_is_done(process->folder) && pipeline_is_idle(process->pipeline))
        return sd_event_exit(process->loop, 0);
    if (folder_begun(process->folder) != process->begun)
        pipeline_kick(process->pipeline);
    process->begun = folder_begun(process->folder);
    return 0;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *payload)
{
    (void)source;
    (void)info;
    struct process *process = payload;
    return sd_event_exit(process->loop, 1);
}

static enum err_code make_loop(struct process *process, struct err *err)
{
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGINT);
    sigaddset(&watched, SIGTERM);
    sigaddset(&watched, SIGCHLD);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    signal(SIGPIPE, SIG_IGN);
    sd_event_source *after;
    if (sd_event_new(&process->loop) < 0 ||
        sd_event_add_signal(process->loop, NULL, SIGINT, on_signal, process) < 0 ||
        sd_event_add_signal(process->loop, NULL, SIGTERM, on_signal, process) < 0 ||
        sd_event_add_post(process->loop, &after, after_event, process) < 0)
        return err_set(err, ERR_INTERNAL, "event loop");
    sd_event_source_set_floating(after, 1);
    sd_event_source_unref(after);
    return ERR_OK;
}

static enum err_code run(struct process *process, const struct process_options *options,
                         struct err *err)
{
    struct pipeline_config config = {
        .worker_dir = options->worker_dir,
        .ocr_workers = options->jobs,
        .recognise_ms = options->page_seconds * 1000,
        .lang = options->lang};
    struct job_source source = folder_jobs(process->folder);
    enum err_code code =
        pipeline_new(process->loop, &config, &source, NULL, NULL, &process->pipeline, err);
    if (code)
        return code;
    pipeline_kick(process->pipeline);
    int status = sd_event_loop(process->loop);
    if (status < 0)
        return err_set(err, ERR_INTERNAL, "event loop");
    return status ? err_set(err, ERR_CANCELLED, "stopped by a signal") : ERR_OK;
}

enum err_code process_run(const struct process_options *options, folder_result_fn *on_result,
                          folder_progress_fn *on_progress, void *payload, size_t *out_failed,
                          struct err *err)
{
    struct process process = {0};
    struct inputs inputs = {0};
    struct folder_options folder_options = {
        .out_dir = options->out_dir,
        .lang = options->lang,
        .split = options->split,
        .alto = options->alto};
    enum err_code code = inputs_find(options->inputs, options->input_count, options->each,
                                     options->out_dir, &inputs, err);
    for (size_t i = 0; i < inputs.note_count; i++)
        options->on_note(inputs.notes[i]);
    allow_many_descriptors();
    if (!code)
        code = make_loop(&process, err);
    if (!code)
        code = folder_new(&inputs, &folder_options, on_result, on_progress, payload,
                          &process.folder, err);
    if (!code)
        code = run(&process, options, err);
    if (process.folder)
        *out_failed = folder_failed(process.folder) + folder_unread(process.folder);
    pipeline_free(process.pipeline);
    folder_free(process.folder);
    inputs_done(&inputs);
    sd_event_unref(process.loop);
    return code;
}
