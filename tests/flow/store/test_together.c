#include "tests/flow/store/process.h"

#include "daemon/base/sys.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Requests that wait together are made durable together, and are otherwise nobody's business. */

static int setup(void **state)
{
    *state = test_make_folder();
    return 0;
}

static int teardown(void **state)
{
    unsetenv("SOHOA_FDATASYNC_DELAY_MS");
    test_remove_folder(*state);
    return 0;
}

static void each_of_many_requests_is_answered_in_turn_and_by_itself(void **state)
{
    struct store_process p;
    static const struct {
        const char *op, *args;
        enum err_code wanted;
    } cases[] = {
        {"dossier_create", "{\"papers\":1,\"code\":\"H56.14-240823-0001\"}", ERR_OK},
        {"dossier_list", "{}", ERR_OK},
        {"dossier_create", "{\"papers\":1,\"code\":\"H56.14-240823-0001\"}",
         ERR_DOSSIER_CODE_TAKEN},
        {"dossier_create", "{\"papers\":-1}", ERR_BAD_ARGUMENT},
        {"no_such_operation", "{}", ERR_BAD_MESSAGE},
        {"document_create", "{\"dossier_id\":\"01890000-0000-7000-8000-000000000000\"}",
         ERR_NOT_FOUND},
        {"dossier_create", "{\"papers\":2}", ERR_OK},
        {"status", "{}", ERR_OK},
    };
    process_start(&p, *state, NULL);
    js_free(process_ok(&p, NULL, "hello", "{}"));
    kill(p.pid, SIGSTOP);
    uint64_t first = p.last_id + 1;
    for (int round = 0; round < 12; round++)
        for (size_t i = 0; i < COUNT_OF(cases); i++)
            assert_int_equal(
                process_send(&p, cases[i].op, cases[i].args, NULL, 0, &(uint64_t){0}, NULL),
                ERR_OK);
    kill(p.pid, SIGCONT);
    for (uint64_t n = 0; n < 12 * COUNT_OF(cases); n++) {
        struct err err = ERR_INIT;
        uint64_t id;
        process_receive(&p, &id, NULL, &err);
        enum err_code wanted = cases[n % COUNT_OF(cases)].wanted;
        if (n && n % COUNT_OF(cases) == 0)
            wanted = ERR_DOSSIER_CODE_TAKEN; /* the first round took it */
        if (id != first + n || err.code != wanted)
            fail_msg("request %llu: %s (%s)", (unsigned long long)n, err_name(err.code),
                     err.detail);
    }
    AUTO(js) struct js *list = process_ok(&p, NULL, "dossier_list", "{}");
    assert_int_equal(js_count(js_at(list, "dossiers")), 13);
    assert_int_equal(process_end(&p), 0);
}

/* `count` changes with that many under way at once: changes a second. */
static double rate(struct store_process *p, int count, int under_way)
{
    int64_t start_us = sys_monotonic_us();
    uint64_t id;
    int sent = 0;
    for (int answered = 0; answered < count; answered++) {
        while (sent < count && sent - answered < under_way) {
            assert_int_equal(process_send(p, "dossier_create", "{}", NULL, 0, &id, NULL), ERR_OK);
            sent++;
        }
        assert_int_equal(process_receive(p, &id, NULL, NULL), ERR_OK);
    }
    return count * 1e6 / (double)(sys_monotonic_us() - start_us);
}

static void callers_at_the_same_time_share_a_slow_flush(void **state)
{
    struct store_process p;
    setenv("SOHOA_FDATASYNC_DELAY_MS", "20", 1);
    process_start(&p, *state, NULL);
    js_free(process_ok(&p, NULL, "hello", "{}"));
    double one = rate(&p, 40, 1), eight = rate(&p, 240, 8);
    print_message("a flush takes 20 ms: %.0f changes/s one after the other, %.0f with 8 callers\n",
                  one, eight);
    assert_true(eight > 3 * one);
    assert_int_equal(process_end(&p), 0);
}

/* Nobody waits for company. */
static void a_request_alone_is_answered_at_once(void **state)
{
    struct store_process p;
    process_start(&p, *state, NULL);
    js_free(process_ok(&p, NULL, "hello", "{}"));
    int64_t start_us = sys_monotonic_us();
    for (int i = 0; i < 20; i++)
        js_free(process_ok(&p, NULL, "status", "{}"));
    assert_true(sys_monotonic_us() - start_us < 1000000);
    assert_int_equal(process_end(&p), 0);
}

static int64_t log_size(const char *folder)
{
    char path[500];
    struct stat info;
    snprintf(path, sizeof path, "%s/store.db-wal", folder);
    assert_int_equal(stat(path, &info), 0);
    return info.st_size;
}

static void limit_files(const struct store_process *p, rlim_t bytes)
{
    assert_int_equal(prlimit(p->pid, RLIMIT_FSIZE, &(struct rlimit){bytes, RLIM_INFINITY}, NULL),
                     0);
}

/* No file may grow any more: whoever changed something is told so, whoever asked is answered. */
static void a_commit_that_fails_is_told_to_all_who_changed_something(void **state)
{
    struct store_process p;
    static const struct {
        const char *op, *args;
        enum err_code wanted;
    } cases[] = {
        {"dossier_create", "{}", ERR_IO},
        {"status", "{}", ERR_OK},
        {"dossier_list", "{}", ERR_OK}, /* noted before: nothing to be written */
        {"dossier_create", "{\"papers\":-1}", ERR_BAD_ARGUMENT},
        {"no_such_operation", "{}", ERR_BAD_MESSAGE},
        {"dossier_create", "{}", ERR_IO},
    };
    uint64_t id;
    process_start(&p, *state, NULL);
    js_free(process_ok(&p, NULL, "dossier_create", "{}"));
    js_free(process_ok(&p, NULL, "dossier_list", "{}"));
    kill(p.pid, SIGSTOP);
    limit_files(&p, (rlim_t)log_size(*state));
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(process_send(&p, cases[i].op, cases[i].args, NULL, 0, &id, NULL), ERR_OK);
    kill(p.pid, SIGCONT);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        AUTO(js) struct js *ok = NULL;
        process_receive(&p, &id, &ok, &err);
        if (err.code != cases[i].wanted)
            fail_msg("%s %s: %s (%s)", cases[i].op, cases[i].args, err_name(err.code), err.detail);
        if (strcmp(cases[i].op, "dossier_list") == 0)
            assert_int_equal(js_count(js_at(ok, "dossiers")), 1);
    }
    limit_files(&p, RLIM_INFINITY);
    js_free(process_ok(&p, NULL, "dossier_create", "{}"));
    AUTO(js) struct js *list = process_ok(&p, NULL, "dossier_list", "{}");
    assert_int_equal(js_count(js_at(list, "dossiers")), 2);
    assert_int_equal(process_end(&p), 0);
}

static void stop_waits_for_those_before_it(void **state)
{
    struct store_process p;
    uint64_t id;
    struct err err = ERR_INIT;
    process_start(&p, *state, NULL);
    js_free(process_ok(&p, NULL, "hello", "{}"));
    kill(p.pid, SIGSTOP);
    assert_int_equal(process_send(&p, "dossier_create", "{}", NULL, 0, &id, NULL), ERR_OK);
    assert_int_equal(process_send(&p, "stop", "{}", NULL, 0, &id, NULL), ERR_OK);
    assert_int_equal(process_send(&p, "dossier_create", "{}", NULL, 0, &id, NULL), ERR_OK);
    kill(p.pid, SIGCONT);
    assert_int_equal(process_receive(&p, &id, NULL, NULL), ERR_OK);
    assert_int_equal(process_receive(&p, &id, NULL, NULL), ERR_OK);
    assert_int_equal(process_receive(&p, &id, NULL, &err), ERR_CANCELLED);
    assert_int_equal(process_end(&p), 0);
    process_start(&p, *state, NULL);
    AUTO(js) struct js *list = process_ok(&p, NULL, "dossier_list", "{}");
    assert_int_equal(js_count(js_at(list, "dossiers")), 1);
    assert_int_equal(process_end(&p), 0);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* also in the worker: the write fails instead */
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(each_of_many_requests_is_answered_in_turn_and_by_itself),
        T(callers_at_the_same_time_share_a_slow_flush),
        T(a_request_alone_is_answered_at_once),
        T(a_commit_that_fails_is_told_to_all_who_changed_something),
        T(stop_waits_for_those_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
