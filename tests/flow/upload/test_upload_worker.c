#include "daemon/ipc/ipc.h"
#include "tests/unit/queue/upload/warehouse.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* The upload worker as sohoad sees it: a process on a socket. */

#define PROGRAM SOHOA_BINARY_DIR "/bin/sohoa-upload-worker"
#define CODE "H41.05-261122-0003"

struct worker_process {
    pid_t pid;
    int socket;
};

static struct worker_process start_worker(const char *flush_delay_ms)
{
    int pair[2];
    assert_int_equal(ipc_pair(pair, NULL), ERR_OK);
    struct worker_process process = {.pid = fork(), .socket = pair[0]};
    assert_true(process.pid >= 0);
    if (process.pid == 0) {
        setenv("SOHOA_FDATASYNC_DELAY_MS", flush_delay_ms, 1);
        if (dup2(pair[1], 3) == 3 && fcntl(3, F_SETFD, 0) == 0)
            execl(PROGRAM, PROGRAM, (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    return process;
}

static void end_worker(struct worker_process *process, int signal_number)
{
    if (signal_number)
        kill(process->pid, signal_number);
    close(process->socket);
    int status;
    assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
    if (!signal_number)
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void post(struct worker_process *process, const char *op, struct js *args, const int *fds,
                 size_t fd_count)
{
    AUTO(js) struct js *body = ipc_make_request(1, op, args);
    assert_non_null(body);
    assert_int_equal(ipc_send(process->socket, body, fds, fd_count, NULL), ERR_OK);
}

/* The reply's "ok" as the caller's, or NULL and *out_code. */
static struct js *answer(struct worker_process *process, enum err_code *out_code)
{
    struct ipc_message message;
    struct err err = ERR_INIT;
    assert_int_equal(ipc_receive(process->socket, &message, &err), ERR_OK);
    assert_non_null(message.body);
    const struct js *ok = NULL;
    *out_code = ipc_reply(&message, &ok, &err);
    struct js *kept = *out_code ? NULL : js_copy(ok);
    ipc_message_done(&message);
    return kept;
}

static enum err_code ask(struct worker_process *process, const char *op, struct js *args)
{
    enum err_code code;
    post(process, op, args, NULL, 0);
    js_free(answer(process, &code));
    return code;
}

static void configure(struct worker_process *process, const struct warehouse *warehouse)
{
    assert_int_equal(
        ask(process, "configure",
            js_pack("{s:[{s:s, s:s, s:s}], s:s}", "targets", "name", "kho", "kind", "dir", "path",
                    warehouse->root, "witnesses", warehouse->witnesses)),
        ERR_OK);
}

static void post_send(struct worker_process *process, const struct sample *sample)
{
    const struct target_record *record = &sample->record;
    const int fds[] = {record->pdf_fd, record->json_fd};
    struct js *args =
        js_pack("{s:s, s:s, s:s?, s:s, s:I, s:s, s:I}", "target", "kho", "record_id", sample->id,
                "dossier_code", record->dossier_code, "pdf_sha256", sample->pdf_sha256, "pdf_size",
                (long long)record->pdf_size_bytes, "json_sha256", sample->json_sha256, "json_size",
                (long long)record->json_size_bytes);
    post(process, "send", args, fds, 2);
}

static struct js *verify_args(const struct sample *sample, const char *remote_name)
{
    return js_pack("{s:s, s:s, s:s, s:s, s:s}", "target", "kho", "remote_name", remote_name,
                   "record_id", sample->id, "pdf_sha256", sample->pdf_sha256, "json_sha256",
                   sample->json_sha256);
}

static int set_up(void **state)
{
    static struct warehouse warehouse;
    warehouse_open(&warehouse);
    *state = &warehouse;
    return 0;
}

static int tear_down(void **state)
{
    warehouse_close(*state);
    return 0;
}

static void a_record_is_sent_proven_and_listed(void **state)
{
    struct worker_process worker = start_worker("0");
    configure(&worker, *state);
    struct sample sample;
    sample_open(&sample, CODE, 100000);
    enum err_code code;
    post_send(&worker, &sample);
    AUTO(js) struct js *sent = answer(&worker, &code);
    assert_int_equal(code, ERR_OK);
    assert_string_equal(js_text_or(sent, "remote_name", ""), CODE "/" CODE ".001");
    assert_false(js_bool_or(sent, "already_there", true));

    post(&worker, "verify", verify_args(&sample, CODE "/" CODE ".001"), NULL, 0);
    AUTO(js) struct js *proven = answer(&worker, &code);
    assert_int_equal(code, ERR_OK);
    assert_string_equal(js_text_or(proven, "receipt.pdf_sha256", ""), sample.pdf_sha256);
    assert_true(js_int_or(proven, "receipt.read_at_us", 0) > 0);
    assert_int_equal(ask(&worker, "verify", verify_args(&sample, CODE "/" CODE ".002")),
                     ERR_NOT_FOUND);

    post(&worker, "list", js_pack("{s:s, s:s}", "target", "kho", "prefix", CODE "/"), NULL, 0);
    AUTO(js) struct js *listed = answer(&worker, &code);
    assert_int_equal(code, ERR_OK);
    assert_int_equal(js_count(js_at(listed, "entries")), 2);
    sample_close(&sample);
    end_worker(&worker, 0);
}

static void bad_requests_get_an_answer_and_the_worker_lives_on(void **state)
{
    struct warehouse *warehouse = *state;
    struct worker_process worker = start_worker("0");
    struct sample sample;
    sample_open(&sample, CODE, 100);
    assert_int_equal(ask(&worker, "verify", verify_args(&sample, CODE "/" CODE ".001")),
                     ERR_TARGET_UNKNOWN);
    assert_int_equal(ask(&worker, "configure", js_object()), ERR_BAD_JSON);
    assert_int_equal(
        ask(&worker, "configure",
            js_pack("{s:[{s:s, s:s, s:s}], s:s}", "targets", "name", "kho", "kind", "ftp", "path",
                    warehouse->root, "witnesses", warehouse->witnesses)),
        ERR_BAD_CONFIG);
    configure(&worker, warehouse);
    assert_int_equal(ask(&worker, "nonsense", js_object()), ERR_BAD_MESSAGE);
    assert_int_equal(ask(&worker, "send", js_object()), ERR_BAD_JSON);
    assert_int_equal(ask(&worker, "verify", verify_args(&sample, "../../etc/passwd")),
                     ERR_BAD_ARGUMENT);
    struct js *without_files = js_pack(
        "{s:s, s:s, s:s, s:i, s:s, s:i}", "target", "kho", "record_id", sample.id, "pdf_sha256",
        sample.pdf_sha256, "pdf_size", 100, "json_sha256", sample.json_sha256, "json_size", 1);
    assert_int_equal(ask(&worker, "send", without_files), ERR_BAD_MESSAGE);

    enum err_code code;
    post_send(&worker, &sample);
    js_free(answer(&worker, &code));
    assert_int_equal(code, ERR_OK);
    sample_close(&sample);
    end_worker(&worker, 0);
}

static bool has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 2;
}

static void folders_of_no_target_are_out_of_reach(void **state)
{
    struct warehouse *warehouse = *state, other;
    if (!has_landlock()) {
        printf("SKIP: this kernel has no Landlock\n");
        skip();
    }
    struct worker_process worker = start_worker("0");
    struct sample sample;
    enum err_code code;
    warehouse_open(&other);
    sample_open(&sample, CODE, 100);
    configure(&worker, warehouse);
    configure(&worker, &other); /* a second list takes nothing back */
    post_send(&worker, &sample);
    js_free(answer(&worker, &code));
    assert_int_equal(code, ERR_TARGET_UNREACHABLE);
    configure(&worker, warehouse);
    post_send(&worker, &sample);
    js_free(answer(&worker, &code));
    assert_int_equal(code, ERR_OK);
    sample_close(&sample);
    end_worker(&worker, 0);
    warehouse_close(&other);
}

static void two_workers_at_once_number_a_dossier_without_gap(void **state)
{
    enum { EACH = 10 };
    struct warehouse *warehouse = *state;
    struct worker_process workers[] = {start_worker("1"), start_worker("1")};
    configure(&workers[0], warehouse);
    configure(&workers[1], warehouse);
    for (int i = 0; i < EACH; i++) {
        struct sample samples[2];
        for (int w = 0; w < 2; w++) {
            sample_open(&samples[w], CODE, 20000);
            post_send(&workers[w], &samples[w]);
        }
        for (int w = 0; w < 2; w++) {
            enum err_code code;
            js_free(answer(&workers[w], &code));
            assert_int_equal(code, ERR_OK);
            sample_close(&samples[w]);
        }
    }
    assert_int_equal(warehouse_count(warehouse, CODE, ".pdf"), 2 * EACH);
    for (int i = 1; i <= 2 * EACH; i++) {
        char name[100], path[600];
        snprintf(name, sizeof name, CODE "/" CODE ".%03d.json", i);
        warehouse_path(warehouse, name, path, sizeof path);
        assert_int_equal(access(path, R_OK), 0);
    }
    end_worker(&workers[0], 0);
    end_worker(&workers[1], 0);
}

static void nap_us(long us)
{
    nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000}, NULL);
}

/* Each flush takes 5 ms, so the kills fall before, between and behind every step of a send. */
static void a_worker_killed_in_mid_send_leaves_one_record_after_the_next_try(void **state)
{
    struct warehouse *warehouse = *state;
    int unfinished = 0, half_done = 0;
    for (int i = 0; i < 60; i++) {
        char code_text[40], pattern[100];
        snprintf(code_text, sizeof code_text, "KILL-%02d", i);
        snprintf(pattern, sizeof pattern, "%s/%s.001", code_text, code_text);
        struct sample sample;
        sample_open(&sample, code_text, 300000);

        struct worker_process doomed = start_worker("5");
        configure(&doomed, warehouse);
        post_send(&doomed, &sample);
        nap_us(i * 1000);
        end_worker(&doomed, SIGKILL);
        int pdfs = warehouse_count(warehouse, code_text, ".pdf");
        int jsons = warehouse_count(warehouse, code_text, ".json");
        assert_true(jsons <= pdfs);
        unfinished += jsons == 0;
        half_done += jsons == 0 && warehouse_count(warehouse, code_text, ".claim") == 1;

        struct worker_process next = start_worker("0");
        configure(&next, warehouse);
        post_send(&next, &sample);
        enum err_code code;
        AUTO(js) struct js *sent = answer(&next, &code);
        assert_int_equal(code, ERR_OK);
        assert_string_equal(js_text_or(sent, "remote_name", ""), pattern);
        assert_int_equal(ask(&next, "verify", verify_args(&sample, pattern)), ERR_OK);
        assert_int_equal(warehouse_count(warehouse, code_text, ".pdf"), 1);
        assert_int_equal(warehouse_count(warehouse, code_text, ".json"), 1);
        assert_int_equal(warehouse_count(warehouse, code_text, ".claim"), 1);
        assert_int_equal(warehouse_count(warehouse, code_text, ".part"), 0);
        end_worker(&next, 0);
        sample_close(&sample);
    }
    print_message("60 kills: %d before the record was complete, %d of them with a claimed number\n",
                  unfinished, half_done);
    assert_true(unfinished > 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        TEST(a_record_is_sent_proven_and_listed),
        TEST(bad_requests_get_an_answer_and_the_worker_lives_on),
        TEST(folders_of_no_target_are_out_of_reach),
        TEST(two_workers_at_once_number_a_dossier_without_gap),
        TEST(a_worker_killed_in_mid_send_leaves_one_record_after_the_next_try),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
