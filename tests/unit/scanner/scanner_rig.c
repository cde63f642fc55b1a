#include "tests/unit/scanner/scanner_rig.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/pipeline/devices.h"
#include "daemon/workers/supervisor.h"

#include <fcntl.h>
#include <unistd.h>

#define PROGRAMS SOHOA_BINARY_DIR "/tests/scanner-workers"

static void on_event(void *payload, const char *name, const struct js *data)
{
    struct scanner_rig *f = payload;
    if (strcmp(name, "progress") == 0) {
        f->progress++;
        assert_int_equal(js_int_or(data, "page", 0), f->told_pages + 1);
        assert_int_equal(js_int_or(data, "lines", 0), 7);
    } else if (strcmp(name, "lease") == 0) {
        snprintf(f->former, sizeof f->former, "%s", js_text_or(data, "former", ""));
    } else if (strcmp(name, "button") == 0) {
        f->presses++;
        js_free(f->press);
        f->press = js_copy(data);
    } else if (strcmp(name, "job") == 0) {
        f->told_pages = (int)js_int_or(data, "pages", -1);
    }
}

int rig_setup(void **state)
{
    struct scanner_rig *f = calloc(1, sizeof *f);
    *state = f;
    f->folder = test_make_folder();
    f->log_path = mem_printf("%s/log", f->folder);
    setenv("FAKE_LOG", f->log_path, 1);
    unsetenv("FAKE_STORE");
    unsetenv("FAKE_OPEN");
    unsetenv("FAKE_SHEETS");
    unsetenv("FAKE_REFED");
    unsetenv("FAKE_SCANNER");
    unsetenv("FAKE_BUTTON");
    f->limits = scan_limits_default;
    f->limits.poll_ms = 20;
    f->panels = js_pack("[{s:s, s:[{s:s, s:s}]}]", "identity", "gla*", "rules", "option", "x*",
                        "kind", "press");
    f->principal = js_pack("{s:s, s:s}", "id", "uid:1000", "role", "clerk");
    struct worker_kind kind = {.name = "store"};
    return !loop_open(&f->loop) || worker_new(f->loop, &kind, PROGRAMS, &f->store_worker, NULL) ||
           store_client_new(f->store_worker, NULL, NULL, &f->store, NULL) ||
           devices_new(f->loop, PROGRAMS, &f->limits, &f->devices, NULL) ||
           device_book_new(f->devices, f->store, &f->book, NULL) ||
           scanners_new(f->loop,
                        &(struct scanners_config){.worker_dir = PROGRAMS,
                                                  .limits = &f->limits,
                                                  .book = f->book,
                                                  .default_device = "",
                                                  .panels = f->panels},
                        f->store, on_event, f, &f->scanners, NULL);
}

int rig_teardown(void **state)
{
    struct scanner_rig *f = *state;
    store_client_close(f->store); /* as the daemon stops: what is under way answers nobody */
    scanners_free(f->scanners);
    devices_free(f->devices);
    device_book_free(f->book);
    worker_free(f->store_worker);
    store_client_free(f->store);
    js_free(f->principal);
    js_free(f->ok);
    js_free(f->press);
    js_free(f->panels);
    sd_event_unref(f->loop);
    mem_free(f->log_path);
    test_remove_folder(f->folder);
    free(f);
    return 0;
}

/* ---- asking -----------------------------------------------------------------------------------
 */

void rig_turn(struct scanner_rig *f)
{
    assert_true(sd_event_run(f->loop, 20 * 1000000ull) > 0);
}

void rig_on_answer(void *payload, const struct js *ok, const struct err *err)
{
    struct scanner_rig *f = payload;
    assert_false(f->answered);
    f->answered = true;
    f->code = err ? err->code : ERR_OK;
    js_free(f->ok);
    f->ok = js_ref(ok);
}

enum err_code rig_start(struct scanner_rig *f, struct js *args)
{
    f->answered = false;
    scanners_start(f->scanners, "dossier", args, f->principal, rig_on_answer, f);
    while (!f->answered)
        rig_turn(f);
    return f->code;
}

struct js *rig_from(const char *device)
{
    return js_pack("{s:s}", "device", device);
}

struct js *rig_job(struct scanner_rig *f, bool cancel)
{
    struct js *answer;
    assert_int_equal(scanners_job(f->scanners, js_text_or(f->ok, "job.id", ""),
                                  cancel ? JOB_CANCEL : JOB_SHOW, f->principal, &answer, NULL),
                     ERR_OK);
    return answer;
}

void rig_check_ends(struct scanner_rig *f, const char *state, int pages, const char *code)
{
    while (scanners_are_busy(f->scanners) || store_client_waiting(f->store))
        rig_turn(f);
    AUTO(js) struct js *answer = rig_job(f, false);
    assert_string_equal(js_text_or(answer, "job.state", ""), state);
    assert_int_equal(js_int_or(answer, "job.pages", -1), pages);
    assert_int_equal(f->told_pages, pages);
    assert_string_equal(js_text_or(answer, "job.error.code", ""), code ? code : "");
}

char *rig_log(struct scanner_rig *f)
{
    char *text;
    size_t size;
    if (file_read(AT_FDCWD, f->log_path, 100000, &text, &size, NULL))
        return mem_strdup("");
    return text;
}

void rig_check_asked(struct scanner_rig *f, const char *worker, const char *expected)
{
    AUTO(mem) char *log = rig_log(f);
    char asked[1000] = "", *save;
    for (char *line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char who[20], op[40];
        assert_int_equal(sscanf(line, "%19s %39s", who, op), 2);
        if (strcmp(who, worker) == 0)
            snprintf(asked + strlen(asked), sizeof asked - strlen(asked), "%s%s", *asked ? " " : "",
                     op);
    }
    assert_string_equal(asked, expected);
}

void rig_check_logged(struct scanner_rig *f, const char *text)
{
    AUTO(mem) char *log = rig_log(f);
    if (!strstr(log, text))
        fail_msg("'%s' is not in:\n%s", text, log);
}

int rig_count_logged(struct scanner_rig *f, const char *text)
{
    AUTO(mem) char *log = rig_log(f);
    int count = 0;
    for (const char *at = log; (at = strstr(at, text)); at++)
        count++;
    return count;
}

void rig_check_lost_sheets(struct scanner_rig *f, int sheets, int lost_sheet, int lost_sheets)
{
    AUTO(js) struct js *answer = rig_job(f, false);
    assert_int_equal(js_int_or(answer, "job.sheets", -1), sheets);
    assert_int_equal(js_int_or(answer, "job.lost_sheet", -1), lost_sheet);
    assert_int_equal(js_int_or(answer, "job.lost_sheets", -1), lost_sheets);
}

void rig_turn_until_logged(struct scanner_rig *f, const char *text)
{
    while (rig_count_logged(f, text) == 0)
        assert_true(sd_event_run(f->loop, 10000) >= 0);
}

void rig_turn_until_logged_times(struct scanner_rig *f, const char *text, int times)
{
    while (rig_count_logged(f, text) < times)
        assert_true(sd_event_run(f->loop, 10000) >= 0);
}

enum err_code rig_do_job(struct scanner_rig *f, enum job_verb verb)
{
    struct js *answer = NULL;
    enum err_code code = scanners_job(f->scanners, js_text_or(f->ok, "job.id", ""), verb,
                                      f->principal, &answer, NULL);
    js_free(answer);
    return code;
}

enum err_code rig_lease_of(struct scanner_rig *f, const char *device, struct js *args)
{
    f->answered = false;
    scanners_lease(f->scanners, device, args, f->principal, rig_on_answer, f);
    while (!f->answered)
        rig_turn(f);
    return f->code;
}

enum err_code rig_lease(struct scanner_rig *f, struct js *args)
{
    return rig_lease_of(f, "glass", args);
}

void rig_be(struct scanner_rig *f, const char *id)
{
    js_free(f->principal);
    f->principal = js_pack("{s:s, s:s}", "id", id, "role", "clerk");
}

void rig_wait_for_pages(struct scanner_rig *f, int pages)
{
    while (f->told_pages < pages)
        rig_turn(f);
}
