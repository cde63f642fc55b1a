#include "daemon/pipeline/scanners.h"

#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/messages.h"
#include "daemon/base/sys.h"
#include "daemon/ipc/store_client.h"
#include "daemon/model/person.h"
#include "daemon/pipeline/device_book.h"

#include <string.h>
#include <systemd/sd-event.h>

#define SCANNERS_MAX 16 /* one PC; the oldest idle one makes room */

struct scanners {
    sd_event *loop;
    struct scanners_config config;
    struct store_client *store;
    scanner_event_fn *event;
    void *event_payload;
    struct scan_jobs jobs;
    int pages_open;
    struct scanner *one[SCANNERS_MAX];
    size_t count;
};

/* What somebody wants of a device while it is looked for. */
struct order {
    struct scanners *scanners;
    void (*run)(struct order *order, struct scanner *scanner);
    char dossier_id[ID_SIZE];
    struct js *args, *principal;
    enum scanner_question question;
    scanner_done_fn *done;
    void *payload;
};

enum err_code scanners_new(sd_event *loop, const struct scanners_config *config,
                           struct store_client *store, scanner_event_fn *event, void *event_payload,
                           struct scanners **out, struct err *err)
{
    struct scanners *scanners = mem_alloc(sizeof *scanners);
    if (!scanners)
        return err_set(err, ERR_NO_MEMORY, "scanners");
    *scanners = (struct scanners){.loop = sd_event_ref(loop),
                                  .config = *config,
                                  .store = store,
                                  .event = event,
                                  .event_payload = event_payload};
    *out = scanners;
    return ERR_OK;
}

void scanners_free(struct scanners *scanners)
{
    if (!scanners)
        return;
    for (size_t i = 0; i < scanners->count; i++)
        scanner_free(scanners->one[i]);
    scan_jobs_done(&scanners->jobs);
    sd_event_unref(scanners->loop);
    mem_free(scanners);
}

static void tell(struct scanners *scanners, const char *name, const struct js *data)
{
    scanners->event(scanners->event_payload, name, data);
}

/* ---- the one that is meant ----------------------------------------------------------------------
 */

static void drop(struct scanners *scanners, size_t at)
{
    scanner_free(scanners->one[at]);
    memmove(&scanners->one[at], &scanners->one[at + 1],
            (--scanners->count - at) * sizeof *scanners->one);
}

static enum err_code make_room(struct scanners *scanners, struct err *err)
{
    if (scanners->count < SCANNERS_MAX)
        return ERR_OK;
    for (size_t i = 0; i < scanners->count; i++)
        if (!scanner_is_busy(scanners->one[i])) {
            drop(scanners, i);
            return ERR_OK;
        }
    return err_set(err, ERR_TOO_MANY, "%d scanners are at work", SCANNERS_MAX);
}

static void on_event(void *payload, const char *name, const struct js *data);

/* One that was asked for by its SANE name while no look had found it has that name as its key. Now
 * that it is known who it is, it must not be kept open twice. */
static void drop_alias(struct scanners *scanners, const struct device_ref *ref)
{
    for (size_t i = 0; strcmp(ref->key, ref->name) != 0 && i < scanners->count; i++)
        if (strcmp(scanner_key(scanners->one[i]), ref->name) == 0 &&
            !scanner_is_busy(scanners->one[i])) {
            drop(scanners, i);
            return;
        }
}

static enum err_code scanner_of(struct scanners *scanners, const struct device_ref *ref,
                                struct scanner **out, struct err *err)
{
    bool unlisted = strcmp(ref->key, ref->name) == 0;
    drop_alias(scanners, ref);
    for (size_t i = 0; i < scanners->count; i++) {
        struct scanner *known = scanners->one[i];
        bool same = strcmp(scanner_key(known), ref->key) == 0;
        if (same)
            scanner_meet(known, ref);
        if (same || (unlisted && scanner_is_called(known, ref->name))) {
            *out = known;
            return ERR_OK;
        }
    }
    const struct scanner_config config = {.worker_dir = scanners->config.worker_dir,
                                          .limits = scanners->config.limits,
                                          .book = scanners->config.book,
                                          .jobs = &scanners->jobs,
                                          .panels = scanners->config.panels,
                                          .pages_open = &scanners->pages_open};
    enum err_code code = make_room(scanners, err);
    if (!code)
        code = scanner_new(scanners->loop, &config, scanners->store, ref, on_event, scanners, out,
                           err);
    if (!code)
        scanners->one[scanners->count++] = *out;
    return code;
}

static void end_order(struct order *order)
{
    js_free(order->args);
    js_free(order->principal);
    mem_free(order);
}

static void on_found(void *payload, const struct device_ref *found, const struct err *problem)
{
    struct order *order = payload;
    struct scanner *scanner;
    struct err err = ERR_INIT;
    if (!problem && scanner_of(order->scanners, found, &scanner, &err))
        problem = &err;
    if (problem)
        order->done(order->payload, NULL, problem);
    else
        order->run(order, scanner);
    end_order(order);
}

static void place_order(const struct order *wanted, const char *device)
{
    struct order *order = mem_alloc(sizeof *order);
    struct err err = ERR_INIT;
    if (!order) {
        err_set(&err, ERR_NO_MEMORY, "device");
        wanted->done(wanted->payload, NULL, &err);
        js_free(wanted->args);
        return;
    }
    *order = *wanted;
    order->principal = js_ref(wanted->principal);
    device_book_find(order->scanners->config.book, device, false, on_found, order);
}

/* ---- start --------------------------------------------------------------------------------------
 */

/* The scanner's own by its identity: a scanner asked for by its SANE name while no look lists it is
 * still the one it was. */
static enum err_code choose_profile(const struct scanners *scanners, const struct js *request,
                                    const struct scanner *scanner, const struct js **out,
                                    struct err *err)
{
    const char *name = js_text_or(request, "profile", NULL);
    const struct js *own = device_book_profile_of(scanners->config.book, scanner_key(scanner));
    *out = name ? device_book_profile(scanners->config.book, name) : own;
    if (name && !*out)
        return err_set(err, ERR_NOT_FOUND, "no profile of that name");
    if (name && own && *out != own && js_bool_or(own, "locked", false))
        return err_set(err, ERR_PROFILE_LOCKED, "the device's own profile '%s' is locked",
                       js_text_or(own, "name", ""));
    return ERR_OK;
}

static bool is_it(const struct js *principal)
{
    return strcmp(js_text_or(principal, "role", ""), "it") == 0;
}

/* While somebody has a scanner, only that person and IT staff make it move or stop. */
static enum err_code check_lease(struct scanner *scanner, const struct js *principal,
                                 struct err *err)
{
    if (is_it(principal))
        return ERR_OK;
    return lease_check(scanner_lease(scanner), js_text_or(principal, "id", ""), sys_now_us(), err);
}

static void run_start(struct order *order, struct scanner *scanner)
{
    struct err err = ERR_INIT;
    const struct js *profile;
    const char *document_id = js_text_or(order->args, "document_id", NULL);
    enum err_code code = check_lease(scanner, order->principal, &err);
    if (!code && document_id && scanners_fill(order->scanners, document_id))
        code = err_set(&err, ERR_SCAN_RUNNING, "pages are still coming into this document");
    if (!code)
        code = choose_profile(order->scanners, order->args, scanner, &profile, &err);
    if (code)
        order->done(order->payload, NULL, &err);
    else
        scanner_start(scanner, order->dossier_id, TAKE(order->args), profile, order->principal,
                      order->done, order->payload);
}

void scanners_start(struct scanners *scanners, const char *dossier_id, struct js *request,
                    const struct js *principal, scanner_done_fn *done, void *payload)
{
    struct order order = {.scanners = scanners,
                          .run = run_start,
                          .args = request,
                          .principal = (struct js *)principal,
                          .done = done,
                          .payload = payload};
    memcpy(order.dossier_id, dossier_id, strnlen(dossier_id, ID_SIZE - 1));
    place_order(&order, js_text_or(request, "device", scanners->config.default_device));
}

/* ---- questions ----------------------------------------------------------------------------------
 */

static void run_ask(struct order *order, struct scanner *scanner)
{
    struct err err = ERR_INIT;
    if (order->question != SCANNER_SHOW && check_lease(scanner, order->principal, &err))
        order->done(order->payload, NULL, &err);
    else
        scanner_ask(scanner, order->question, order->done, order->payload);
}

void scanners_ask(struct scanners *scanners, const char *device, enum scanner_question question,
                  const struct js *principal, scanner_done_fn *done, void *payload)
{
    place_order(&(struct order){.scanners = scanners,
                                .run = run_ask,
                                .question = question,
                                .principal = (struct js *)principal,
                                .done = done,
                                .payload = payload},
                device);
}

/* ---- lease --------------------------------------------------------------------------------------
 */

static enum err_code change_lease(struct order *order, struct scanner *scanner, struct err *err)
{
    const char *who = js_text_or(order->principal, "id", "");
    const char *to = js_text_or(order->args, "to", NULL);
    const struct scan_limits *limits = order->scanners->config.limits;
    struct lease *lease = scanner_lease(scanner);
    int64_t now_us = sys_now_us();
    if (to)
        return lease_hand_over(lease, who, to, is_it(order->principal), now_us, limits->lease_ms,
                               err);
    if (js_bool_or(order->args, "take", false))
        return lease_take_idle(lease, who, now_us, limits->lease_ms, limits->lease_idle_ms, err);
    return lease_take(lease, who, now_us, limits->lease_ms, err);
}

/* Somebody else has it now: both hear of it, and the journal of the station says who took it. */
static void tell_change(struct order *order, struct scanner *scanner, const struct lease *former)
{
    const struct lease *lease = scanner_lease(scanner);
    const char *device = scanner_key(scanner);
    AUTO(js)
    struct js *told = js_pack("{s:s, s:s, s:o}", "device", device, "former", former->owner, "lease",
                              lease_to_js(lease, sys_now_us()));
    if (told)
        tell(order->scanners, "lease", told);
    bool taken = person_is_same(lease->owner, js_text_or(order->principal, "id", ""));
    store_client_call(order->scanners->store, "device_note",
                      js_pack("{s:s, s:s, s:s, s:s, s:O}", "identity", device, "event",
                              taken ? "take" : "hand over", "from", former->owner, "to",
                              lease->owner, "principal", order->principal),
                      NULL, 0, NULL, NULL);
}

static void run_lease(struct order *order, struct scanner *scanner)
{
    struct err err = ERR_INIT;
    const struct lease former = *scanner_lease(scanner);
    enum err_code code = change_lease(order, scanner, &err);
    bool changed = !code && !lease_is_free(&former, sys_now_us()) &&
                   !person_is_same(former.owner, scanner_lease(scanner)->owner);
    AUTO(js) struct js *ok = NULL;
    if (!code) {
        ok = js_pack("{s:o}", "lease", lease_to_js(scanner_lease(scanner), sys_now_us()));
        if (!ok)
            code = err_set(&err, ERR_NO_MEMORY, "lease");
    }
    bool has_action = js_has(order->args, "dossier_id");
    if (changed && scanner_lease(scanner)->owner[0])
        tell_change(order, scanner, &former);
    if (!code && (has_action || changed || js_has(order->args, "to")))
        scanner_on_button(scanner, has_action ? js_ref(order->args) : NULL);
    order->done(order->payload, code ? NULL : ok, code ? &err : NULL);
}

void scanners_lease(struct scanners *scanners, const char *device, struct js *args,
                    const struct js *principal, scanner_done_fn *done, void *payload)
{
    place_order(&(struct order){.scanners = scanners,
                                .run = run_lease,
                                .args = args,
                                .principal = (struct js *)principal,
                                .done = done,
                                .payload = payload},
                device);
}

/* ---- the machine's button -----------------------------------------------------------------------
 */

struct press {
    struct scanners *scanners;
    struct js *told; /* the event, with the action */
};

static void on_button_started(void *payload, const struct js *ok, const struct err *err)
{
    (void)ok;
    struct press press = *(struct press *)payload;
    mem_free(payload);
    AUTO(js) struct js *told = press.told;
    if (!err)
        return;
    log_err(err, LOG_FIELDS(LOG_FIELD("SOHOA_STEP", "button")),
            "the scanner's button started no scan, continuing");
    struct js *error = js_pack("{s:s, s:s}", "code", err_name(err->code), "message",
                               message_text(err->code, MESSAGE_VI));
    if (js_set(told, "error", error))
        tell(press.scanners, "button", told);
}

/* What the button is asked to do: a page more of the document that was named, else a new one. */
static struct js *request_of(const struct js *told)
{
    const char *document_id = js_text_or(told, "action.document_id", NULL);
    return js_pack("{s:s, s:s*, s:b}", "device", js_text_or(told, "device", ""), "document_id",
                   document_id, "finish", (int)!document_id);
}

static void start_by_button(struct scanners *scanners, const struct js *told)
{
    const char *device = js_text_or(told, "device", "");
    const char *dossier_id = js_text_or(told, "action.dossier_id", NULL);
    for (size_t i = 0; dossier_id && i < scanners->count; i++) {
        const struct lease *lease = scanner_lease(scanners->one[i]);
        if (strcmp(scanner_key(scanners->one[i]), device) != 0)
            continue;
        struct press *press = mem_alloc(sizeof *press);
        if (!press)
            return;
        *press = (struct press){scanners, js_copy(told)};
        AUTO(js) struct js *who = js_pack("{s:s, s:s}", "id", lease->owner, "role", "clerk");
        scanners_start(scanners, dossier_id, request_of(told), who, on_button_started, press);
        return;
    }
}

static void on_event(void *payload, const char *name, const struct js *data)
{
    struct scanners *scanners = payload;
    tell(scanners, name, data);
    if (strcmp(name, "button") == 0)
        start_by_button(scanners, data);
}

static void meet_and_watch(void *payload, const struct device_ref *device)
{
    struct scanners *scanners = payload;
    struct scanner *scanner;
    struct err ignored = ERR_INIT;
    if (!scanner_of(scanners, device, &scanner, &ignored))
        scanner_watch(scanner);
}

void scanners_watch(struct scanners *scanners, int pages_open)
{
    scanners->pages_open = pages_open;
    if (scanners->config.limits->buttons == BUTTONS_ALWAYS)
        device_book_each(scanners->config.book, meet_and_watch, scanners);
    else
        for (size_t i = 0; i < scanners->count; i++)
            scanner_watch(scanners->one[i]);
}

/* ---- jobs ---------------------------------------------------------------------------------------
 */

static struct scanner *scanner_with(const struct scanners *scanners, const struct scan_job *job)
{
    for (size_t i = 0; i < scanners->count; i++)
        if (scanner_job(scanners->one[i]) == job)
            return scanners->one[i];
    return NULL;
}

static bool is_of(const struct scan_job *job, const struct js *principal)
{
    return person_is_same(js_text_or(job->principal, "id", ""), js_text_or(principal, "id", ""));
}

/* On the scanner it was begun on. */
static enum err_code go_on(struct scanners *scanners, struct scan_job *job,
                           const struct js *principal, struct err *err)
{
    for (size_t i = 0; i < scanners->count; i++) {
        struct scanner *scanner = scanners->one[i];
        const struct js *profile;
        if (strcmp(scanner_key(scanner), job->device) != 0)
            continue;
        enum err_code code = choose_profile(scanners, job->request, scanner, &profile, err);
        return code ? code : scanner_continue(scanner, job, profile, principal, err);
    }
    return err_set(err, ERR_UNKNOWN_DEVICE, "the scanner of that job is gone");
}

enum err_code scanners_job(struct scanners *scanners, const char *job_id, enum job_verb verb,
                           const struct js *principal, struct js **out, struct err *err)
{
    struct scan_job *job = scan_jobs_find(&scanners->jobs, job_id);
    if (!job)
        return err_set(err, ERR_NOT_FOUND, "no scan job of that id since this daemon started");
    struct scanner *scanner = scanner_with(scanners, job);
    enum err_code code = ERR_OK;
    if (scanner && verb != JOB_SHOW && !is_of(job, principal))
        code = check_lease(scanner, principal, err);
    if (code)
        return code;
    if (verb == JOB_CONTINUE)
        code = go_on(scanners, job, principal, err);
    else if (verb == JOB_CANCEL && scanner)
        scanner_cancel(scanner);
    else if (verb == JOB_CONFIRM && scanner)
        code = scanner_confirm(scanner, err);
    else if (verb == JOB_NEXT || verb == JOB_CONFIRM || verb == JOB_FINISH)
        code = scanner ? scanner_run_on(scanner, verb == JOB_FINISH, err)
                       : err_set(err, ERR_CONFLICT, "the scan job is %s", job->state);
    if (code)
        return code;
    *out = js_pack("{s:o}", "job", scan_job_to_js(job));
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "job");
}

enum err_code scanners_preview(const struct scanners *scanners, const char *job_id, int64_t from,
                               int *out_fd, struct js **out, struct err *err)
{
    for (size_t i = 0; i < scanners->count; i++) {
        const struct scan_job *job = scanner_job(scanners->one[i]);
        if (job && strcmp(job->id, job_id) == 0)
            return scanner_preview(scanners->one[i], from, out_fd, out, err);
    }
    return err_set(err, ERR_NOT_FOUND, "no scan job of that id runs");
}

/* ---- all of them --------------------------------------------------------------------------------
 */

bool scanners_opened(const struct scanners *scanners, const char *key)
{
    for (size_t i = 0; i < scanners->count; i++)
        if (strcmp(scanner_key(scanners->one[i]), key) == 0)
            return scanner_was_open(scanners->one[i]);
    return false;
}

bool scanners_are_busy(const struct scanners *scanners)
{
    for (size_t i = 0; i < scanners->count; i++)
        if (scanner_is_busy(scanners->one[i]))
            return true;
    return false;
}

bool scanners_fill(const struct scanners *scanners, const char *document_id)
{
    for (size_t i = 0; i < scanners->count; i++) {
        const struct scan_job *job = scanner_job(scanners->one[i]);
        if (job && strcmp(job->document_id, document_id) == 0)
            return true;
    }
    return false;
}

struct js *scanners_running_job(const struct scanners *scanners)
{
    for (size_t i = 0; i < scanners->count; i++)
        if (scanner_job(scanners->one[i]))
            return scan_job_to_js(scanner_job(scanners->one[i]));
    return js_null();
}

struct js *scanners_to_js(const struct scanners *scanners)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < scanners->count; i++)
        if (!js_push(list, scanner_to_js(scanners->one[i])))
            return NULL;
    return TAKE(list);
}

unsigned scanners_crash_count(const struct scanners *scanners)
{
    unsigned count = 0;
    for (size_t i = 0; i < scanners->count; i++)
        count += scanner_crash_count(scanners->one[i]);
    return count;
}
