#include "daemon/pipeline/scanner.h"

#include "daemon/base/file.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/model/person.h"
#include "daemon/pipeline/device_book.h"
#include "daemon/pipeline/scanner_inside.h"

#include <fnmatch.h>
#include <string.h>
#include <systemd/sd-event.h>

#define OPEN_AGAIN_US                                                                              \
    (60 * 1000000ll) /* a device that others use is not asked for its buttons at once */

/* A question about the device, asked of the scan worker while no job runs. */
struct question {
    struct scanner *scanner;
    scanner_done_fn *done;
    void *payload;
    enum scanner_question kind;
    int scrap_fd;
};

/* What IT staff say of the buttons of that machine. */
static const struct js *panel_of(const struct scanner_config *config, const char *key)
{
    for (size_t i = 0; i < js_count(config->panels); i++) {
        const struct js *panel = js_item(config->panels, i);
        if (fnmatch(js_text_or(panel, "identity", ""), key, 0) == 0)
            return js_at(panel, "rules");
    }
    return NULL;
}

static struct js *names_of(const struct scanner_config *config, const struct device_ref *device)
{
    struct js *names = js_pack("{s:s, s:s, s:s}", "device", device->name, "vendor", device->vendor,
                               "model", device->model);
    const struct js *panel = panel_of(config, device->key);
    if (panel && !js_set(names, "panel", js_ref(panel)))
        js_free(TAKE(names));
    return names;
}

enum err_code scanner_new(sd_event *loop, const struct scanner_config *config,
                          struct store_client *store, const struct device_ref *device,
                          scanner_event_fn *event, void *event_payload, struct scanner **out,
                          struct err *err)
{
    static const struct worker_kind kind = {.name = "scan"};
    struct scanner *scanner = mem_alloc(sizeof *scanner);
    if (!scanner)
        return err_set(err, ERR_NO_MEMORY, "scanner");
    *scanner = (struct scanner){
        .loop = sd_event_ref(loop),
        .config = *config,
        .store = store,
        .event = event,
        .event_payload = event_payload,
        .key = mem_strdup(device->key),
        .names = names_of(config, device),
        .run = {.place = RUN_PAGE_NONE, .coming = RUN_PAGE_NONE, .leaving = RUN_PAGE_NONE}};
    enum err_code code =
        scanner->key && scanner->names ? ERR_OK : err_set(err, ERR_NO_MEMORY, "scanner");
    if (!code)
        code = worker_new(loop, &kind, config->worker_dir, &scanner->worker, err);
    if (code) {
        scanner_free(scanner);
        return code;
    }
    *out = scanner;
    return ERR_OK;
}

void scanner_free(struct scanner *scanner)
{
    if (!scanner)
        return;
    struct run *run = &scanner->run;
    run->job = NULL;
    scanner_wake(scanner);
    sd_event_source_disable_unref(run->later);
    worker_free(scanner->worker);
    js_free(run->settings);
    js_free(run->profile);
    scan_pages_forget(run);
    js_free(scanner->on_button);
    mem_free(scanner->key);
    js_free(scanner->names);
    sd_event_unref(scanner->loop);
    mem_free(scanner);
}

const char *scanner_key(const struct scanner *scanner)
{
    return scanner->key;
}

void scanner_meet(struct scanner *scanner, const struct device_ref *device)
{
    struct js *names = names_of(&scanner->config, device);
    if (!names)
        return;
    js_free(scanner->names);
    scanner->names = names;
}

bool scanner_is_called(const struct scanner *scanner, const char *name)
{
    return strcmp(js_text_or(scanner->names, "device", ""), name) == 0;
}

bool scanner_is_busy(const struct scanner *scanner)
{
    return scanner->run.job || scanner->asking;
}

bool scanner_was_open(const struct scanner *scanner)
{
    return scanner->was_open;
}

const struct scan_job *scanner_job(const struct scanner *scanner)
{
    return scanner->run.job;
}

unsigned scanner_crash_count(const struct scanner *scanner)
{
    return worker_crash_count(scanner->worker);
}

struct lease *scanner_lease(struct scanner *scanner)
{
    return &scanner->lease;
}

struct js *scanner_to_js(const struct scanner *scanner)
{
    const struct scan_job *job = scanner->run.job;
    return js_pack("{s:s, s:o, s:o, s:b}", "key", scanner->key, "lease",
                   lease_to_js(&scanner->lease, sys_now_us()), "job",
                   job ? scan_job_to_js(job) : js_null(), "buttons", (int)scanner->has_button);
}

/* ---- the worker ---------------------------------------------------------------------------------
 */

enum err_code scanner_request(struct scanner *scanner, const char *op, struct js *args,
                              const int *fds, size_t fd_count, worker_done_fn *done,
                              worker_event_fn *on_event, void *payload, struct err *err)
{
    return worker_request(scanner->worker, op, args, fds, fd_count,
                          scan_limit_first(scanner->config.limits), done, on_event, payload, err);
}

bool scanner_heard_call(struct scanner *scanner, const char *event, const struct js *data)
{
    int deadline_ms = scan_limit_heard(scanner->config.limits, event, data);
    if (deadline_ms)
        worker_extend(scanner->worker, deadline_ms);
    return deadline_ms != 0;
}

void scanner_opened(struct scanner *scanner, const struct js *ok)
{
    scanner->open = scanner->was_open = true;
    scanner->has_button = js_count(js_at(ok, "buttons")) > 0;
}

void scanner_forget_device(struct scanner *scanner)
{
    scanner->open = false;
    worker_stop(scanner->worker);
}

/* What had to wait for the worker. */
static bool go_on(struct scanner *scanner)
{
    void (*next)(void *) = scanner->when_free;
    scanner->when_free = NULL;
    if (next)
        next(scanner->when_free_payload);
    return next != NULL;
}

void scanner_when_free(struct scanner *scanner, void (*next)(void *), void *payload)
{
    if (!scanner->polling) {
        next(payload);
        return;
    }
    scanner->when_free = next;
    scanner->when_free_payload = payload;
}

/* ---- the machine's buttons ----------------------------------------------------------------------
 */

/* Nothing runs, or what runs waits for a key. */
static bool listens(const struct scanner *scanner)
{
    return !scanner_is_busy(scanner) || scanner->run.waiting_for_key;
}

/* Of the device's profile: a press scans, is only told, or nobody looks. */
static const char *button_use(const struct scanner *scanner)
{
    const struct js *profile = device_book_profile_of(scanner->config.book, scanner->key);
    return js_text_or(profile, "settings.button", "scan");
}

/* At a scanner that does nothing. */
static bool is_watched(const struct scanner *scanner)
{
    const struct scan_limits *limits = scanner->config.limits;
    if (limits->poll_ms <= 0 || strcmp(button_use(scanner), "off") == 0)
        return false;
    return !lease_is_free(&scanner->lease, sys_now_us()) || limits->buttons == BUTTONS_ALWAYS ||
           (limits->buttons == BUTTONS_PAGE && *scanner->config.pages_open > 0);
}

static void press(struct scanner *scanner, const char *button)
{
    struct err ignored = ERR_INIT;
    bool in_run = scanner->run.waiting_for_key;
    if (in_run && !scanner_run_on(scanner, false, &ignored))
        return;
    bool is_free = lease_is_free(&scanner->lease, sys_now_us());
    bool scans = !is_free && !in_run && strcmp(button_use(scanner), "scan") == 0 &&
                 person_is_same(scanner->button_owner, scanner->lease.owner);
    AUTO(js)
    struct js *told =
        js_pack("{s:s, s:s?, s:s, s:s?, s:O?}", "device", scanner->key, "label",
                device_book_label_of(scanner->config.book, scanner->key), "button", button, "owner",
                is_free ? NULL : scanner->lease.owner, "action", scans ? scanner->on_button : NULL);
    if (told)
        scanner->event(scanner->event_payload, "button", told);
}

static void on_buttons(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *err)
{
    (void)message;
    struct scanner *scanner = payload;
    scanner->polling = false;
    if (err) {
        log_err(err, LOG_FIELDS(LOG_FIELD("SOHOA_STEP", "buttons")),
                "buttons cannot be read; not again before the next scan, continuing");
        scanner_forget_device(scanner);
    }
    if (go_on(scanner) || err)
        return;
    const struct js *pressed = js_at(ok, "pressed");
    for (size_t i = 0; i < js_count(pressed) && listens(scanner); i++)
        press(scanner, js_text_or(js_item(pressed, i), "", ""));
    if (listens(scanner))
        scanner_listen(scanner);
}

static void on_poll_call(void *payload, struct ipc_message *message, const char *event,
                         const struct js *data)
{
    (void)message;
    scanner_heard_call(payload, event, data);
}

static int on_poll(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct scanner *scanner = payload;
    struct err err = ERR_INIT;
    scanner->poll = sd_event_source_disable_unref(scanner->poll);
    if (!scanner->open || !is_watched(scanner) || worker_is_busy(scanner->worker))
        return 0;
    scanner->polling = scanner_request(scanner, "buttons", js_object(), NULL, 0, on_buttons,
                                       on_poll_call, scanner, &err) == ERR_OK;
    return 0;
}

void scanner_listen(struct scanner *scanner)
{
    int every_ms = scanner->config.limits->poll_ms;
    scanner->poll = sd_event_source_disable_unref(scanner->poll);
    if (scanner->open && scanner->has_button && is_watched(scanner))
        sd_event_add_time_relative(scanner->loop, &scanner->poll, CLOCK_MONOTONIC,
                                   (uint64_t)every_ms * 1000, 50000, on_poll, scanner);
}

static void open_for_buttons(struct scanner *scanner);

void scanner_watch(struct scanner *scanner)
{
    bool may_have =
        scanner->was_open ? scanner->has_button : scanner->config.limits->buttons == BUTTONS_ALWAYS;
    bool listens_already = scanner->poll || scanner->polling;
    if (listens_already || scanner_is_busy(scanner) || !is_watched(scanner))
        return;
    if (scanner->open)
        scanner_listen(scanner);
    else if (may_have && sys_monotonic_us() >= scanner->deaf_until_us)
        open_for_buttons(scanner);
}

void scanner_on_button(struct scanner *scanner, struct js *action)
{
    js_free(scanner->on_button);
    scanner->on_button = action;
    memcpy(scanner->button_owner, scanner->lease.owner, LEASE_OWNER_SIZE);
    if (!action || !is_watched(scanner) || scanner_is_busy(scanner) || scanner->polling)
        return;
    if (scanner->open)
        scanner_listen(scanner);
    else
        open_for_buttons(scanner);
}

/* ---- idle ---------------------------------------------------------------------------------------
 */

static int on_idle(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct scanner *scanner = payload;
    scanner->idle = sd_event_source_disable_unref(scanner->idle);
    if (scanner->has_button && is_watched(scanner))
        scanner_rest(scanner);
    else if (!scanner_is_busy(scanner))
        scanner_forget_device(scanner);
    return 0;
}

void scanner_rest(struct scanner *scanner)
{
    scanner_wake(scanner);
    sd_event_add_time_relative(scanner->loop, &scanner->idle, CLOCK_MONOTONIC,
                               (uint64_t)scanner->config.limits->idle_ms * 1000, 1000000, on_idle,
                               scanner);
    scanner_listen(scanner);
}

void scanner_wake(struct scanner *scanner)
{
    scanner->idle = sd_event_source_disable_unref(scanner->idle);
    scanner->poll = sd_event_source_disable_unref(scanner->poll);
}

/* ---- questions about the device -----------------------------------------------------------------
 */

static void answer_question(struct question *question, const struct js *ok, const struct err *err)
{
    struct scanner *scanner = question->scanner;
    if (err && !question->done)
        scanner->deaf_until_us = sys_monotonic_us() + OPEN_AGAIN_US;
    scanner->asking = scanner->polling = false;
    if (err)
        scanner_forget_device(scanner);
    scanner_rest(scanner);
    if (question->done)
        question->done(question->payload, ok, err);
    fd_close(question->scrap_fd);
    mem_free(question);
    go_on(scanner);
}

static void on_question_call(void *payload, struct ipc_message *message, const char *event,
                             const struct js *data)
{
    (void)message;
    struct question *question = payload;
    scanner_heard_call(question->scanner, event, data);
}

static void ask_worker(struct question *question, const char *op, struct js *args, const int *fds,
                       size_t fd_count, worker_done_fn *done)
{
    struct err err = ERR_INIT;
    if (scanner_request(question->scanner, op, args, fds, fd_count, done, on_question_call,
                        question, &err))
        answer_question(question, NULL, &err);
}

static void on_answered(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    (void)message;
    answer_question(payload, ok, err);
}

static void on_test_page(void *payload, struct ipc_message *message, const struct js *ok,
                         const struct err *err)
{
    (void)message;
    struct question *question = payload;
    AUTO(js) struct js *told = err ? NULL : js_pack("{s:b, s:O}", "works", 1, "page", ok);
    scanner_forget_device(question->scanner);
    answer_question(question, told, err);
}

static void on_test_started(void *payload, struct ipc_message *message, const struct js *ok,
                            const struct err *problem)
{
    (void)message;
    (void)ok;
    struct question *question = payload;
    struct err err = ERR_INIT;
    if (!problem && file_memfd("sohoa-test-scan", "", 0, &question->scrap_fd, &err))
        problem = &err;
    if (problem)
        answer_question(question, NULL, problem);
    else
        ask_worker(question, "next", js_object(), &question->scrap_fd, 1, on_test_page);
}

static bool has_flatbed(const struct js *opened)
{
    const struct js *sources = js_at(opened, "sources");
    for (size_t i = 0; i < js_count(sources); i++)
        if (strcmp(js_text_or(js_item(sources, i), "", ""), "flatbed") == 0)
            return true;
    return js_count(sources) == 0;
}

static void on_open_for_question(void *payload, struct ipc_message *message, const struct js *ok,
                                 const struct err *problem)
{
    (void)message;
    struct question *question = payload;
    if (!problem)
        scanner_opened(question->scanner, ok);
    /* a test must not pull in paper that somebody put there for a citizen */
    if (problem || question->kind != SCANNER_TEST || !has_flatbed(ok))
        answer_question(question, ok, problem);
    else
        ask_worker(question, "start",
                   js_pack("{s:s, s:i, s:[i,i,i,i]}", "mode", "gray", "resolution_dpi", 75,
                           "area_mm", 0, 0, 50, 50),
                   NULL, 0, on_test_started);
}

static void begin_question(void *payload)
{
    struct question *question = payload;
    struct scanner *scanner = question->scanner;
    struct js *args = js_ref(scanner->names);
    scanner->polling = !question->done;
    scanner->open = false;
    if (question->kind == SCANNER_RESET)
        ask_worker(question, "reset", args, NULL, 0, on_answered);
    else
        ask_worker(question, "open", args, NULL, 0, on_open_for_question);
}

void scanner_ask(struct scanner *scanner, enum scanner_question kind, scanner_done_fn *done,
                 void *payload)
{
    struct err err = ERR_INIT;
    struct question *question = NULL;
    if (scanner_is_busy(scanner))
        err_set(&err, ERR_SCAN_RUNNING, "a scan is running");
    else if (!(question = mem_alloc(sizeof *question)))
        err_set(&err, ERR_NO_MEMORY, "device");
    if (err.code) {
        if (done)
            done(payload, NULL, &err);
        return;
    }
    *question = (struct question){scanner, done, payload, kind, -1};
    scanner_wake(scanner);
    scanner->asking = done != NULL; /* a job need not wait for what nobody asked */
    scanner_when_free(scanner, begin_question, question);
}

static void open_for_buttons(struct scanner *scanner)
{
    scanner_ask(scanner, SCANNER_SHOW, NULL, NULL);
}
