#include "tests/harness/loop.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/ipc/store_client.h"
#include "daemon/workers/supervisor.h"

#include <signal.h>

#define PROGRAMS SOHOA_BINARY_DIR "/tests/store-workers"
#define ANSWERS_MAX 20

struct answer {
    enum err_code code;
    int64_t n;
    char text[20]; /* of the descriptor */
};

struct fixture {
    char *folder, *mark;
    const char *argv[4];
    sd_event *loop;
    struct worker *worker;
    struct store_client *client;
    struct answer answers[ANSWERS_MAX];
    size_t answered;
    size_t changes, answered_at_change;
    bool many; /* under way at once */
};

static void on_changed(void *payload, const struct js *changed)
{
    struct fixture *f = payload;
    assert_int_equal(js_count(changed), 1);
    f->changes++;
    f->answered_at_change = f->answered;
}

static int setup_kind(void **state, const char *programs, struct worker_kind kind)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->folder = test_make_folder();
    f->mark = mem_printf("%s/mark", f->folder);
    const char *const argv[] = {"sohoa-store-worker", "--folder", f->folder, NULL};
    memcpy(f->argv, argv, sizeof argv);
    f->many = kind.outstanding > 1;
    kind.argv = f->argv;
    return !loop_open(&f->loop) || worker_new(f->loop, &kind, programs, &f->worker, NULL) ||
           store_client_new(f->worker, on_changed, f, &f->client, NULL);
}

static int setup(void **state)
{
    return setup_kind(state, PROGRAMS, (struct worker_kind){.name = "store"});
}

static int setup_missing(void **state)
{
    return setup_kind(state, "/nonexistent", (struct worker_kind){.name = "store"});
}

static int setup_many(void **state)
{
    return setup_kind(state, PROGRAMS,
                      (struct worker_kind){.name = "store", .outstanding = WORKER_OUTSTANDING_MAX});
}

/* The store itself, on a slow disk. */
static int setup_real(void **state)
{
    static const char *const env[] = {"SOHOA_FDATASYNC_DELAY_MS=20", NULL};
    return setup_kind(
        state, SOHOA_BINARY_DIR "/bin",
        (struct worker_kind){.name = "store", .env = env, .outstanding = WORKER_OUTSTANDING_MAX});
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    mem_fail_from(0);
    store_client_close(f->client);
    worker_free(f->worker);
    store_client_free(f->client);
    sd_event_unref(f->loop);
    mem_free(f->mark);
    test_remove_folder(f->folder);
    free(f);
    return 0;
}

static void on_done(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    struct fixture *f = payload;
    assert_true(!ok == !!err);
    struct answer *answer = &f->answers[f->answered++ % ANSWERS_MAX];
    *answer = (struct answer){err ? err->code : ERR_OK, js_int_or(ok, "args.n", -1), ""};
    if (message->fd_count) {
        char *text;
        size_t size;
        assert_int_equal(file_read_fd(message->fds[0], 19, &text, &size, NULL), ERR_OK);
        snprintf(answer->text, sizeof answer->text, "%s", text);
        mem_free(text);
    }
}

static void call(struct fixture *f, const char *op, struct js *args)
{
    store_client_call(f->client, op, args, NULL, 0, on_done, f);
}

static struct js *numbered(int n, int us)
{
    return js_pack("{s:i, s:i}", "n", n, "us", us);
}

static struct js *dying(struct fixture *f, const char *how)
{
    return js_pack("{s:i, s:s, s:s}", "n", 1, "do", how, "mark", f->mark);
}

static void turn_until_answered(struct fixture *f, size_t count)
{
    while (f->answered < count)
        assert_true(sd_event_run(f->loop, 20 * 1000000ull) > 0);
}

static void turn_for(struct fixture *f, int ms)
{
    for (int i = 0; i < ms / 10; i++)
        assert_true(sd_event_run(f->loop, 10000) >= 0);
}

static void commands_are_answered_in_the_order_they_were_given(void **state)
{
    struct fixture *f = *state;
    call(f, "status", numbered(0, 100000));
    call(f, "document_create", numbered(1, 50000));
    call(f, "status", numbered(2, 0));
    assert_int_equal(f->answered, 0);
    assert_int_equal(store_client_waiting(f->client), 3);
    turn_until_answered(f, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(f->answers[i].n, i);
    assert_int_equal(store_client_waiting(f->client), 0);
}

static void above_the_ceiling_a_command_is_refused_at_once_and_the_others_are_answered(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < STORE_CLIENT_MAX_QUEUE; i++)
        call(f, "status", numbered(i, i == 0 ? 100000 : 0));
    assert_int_equal(f->answered, 0);
    call(f, "status", numbered(-2, 0));
    assert_int_equal(f->answered, 1);
    assert_int_equal(f->answers[0].code, ERR_TOO_MANY);
    turn_until_answered(f, STORE_CLIENT_MAX_QUEUE + 1);
    assert_int_equal(f->answers[STORE_CLIENT_MAX_QUEUE % ANSWERS_MAX].n,
                     STORE_CLIENT_MAX_QUEUE - 1);
    call(f, "status", numbered(5, 0));
    turn_until_answered(f, STORE_CLIENT_MAX_QUEUE + 2);
}

static void a_repeatable_command_outlives_one_death_of_the_store(void **state)
{
    static const char *const ops[] = {"status", "page_commit"};
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        struct fixture *f = *state;
        call(f, ops[i], dying(f, "die once"));
        call(f, "document_create", numbered(2, 0));
        turn_until_answered(f, 2);
        assert_int_equal(f->answers[0].code, ERR_OK);
        assert_int_equal(f->answers[0].n, 1);
        assert_int_equal(f->answers[1].n, 2);
        assert_int_equal(worker_crash_count(f->worker), 1);
        teardown(state);
        setup(state);
    }
}

static void a_command_that_kills_the_store_twice_is_given_up(void **state)
{
    struct fixture *f = *state;
    call(f, "status", dying(f, "die"));
    call(f, "status", numbered(2, 0));
    turn_until_answered(f, 2);
    assert_int_equal(f->answers[0].code, ERR_WORKER_DIED);
    assert_int_equal(f->answers[1].code, ERR_OK);
    assert_int_equal(worker_crash_count(f->worker), 2);
}

/* The store cannot be asked for its temps: nobody dies of that or waits for ever. */
static void a_sweep_that_kills_the_store_is_given_up_and_takes_no_other_with_it(void **state)
{
    struct fixture *f = *state;
    call(f, "release_claims", numbered(0, 0));
    turn_until_answered(f, 1);
    pid_t pid = worker_pid(f->worker);
    kill(pid, SIGSTOP);
    call(f, "document_create", dying(f, "die once"));
    for (int n = 2; n < 8; n++)
        call(f, "document_create", numbered(n, 0));
    kill(pid, SIGCONT);
    turn_until_answered(f, 8);
    for (int i = 1; i < 8; i++) /* those under way with the first are not repeated */
        assert_int_equal(f->answers[i].code, f->many || i == 1 ? ERR_WORKER_DIED : ERR_OK);
    call(f, "document_create", numbered(8, 0));
    turn_until_answered(f, 9);
    assert_int_equal(f->answers[8].code, ERR_OK);
    assert_int_equal(worker_crash_count(f->worker), 1 + 3);
    assert_int_equal(store_client_waiting(f->client), 0);
}

static void what_must_not_happen_twice_is_not_repeated(void **state)
{
    struct fixture *f = *state;
    call(f, "document_create", dying(f, "die once"));
    call(f, "document_create", numbered(2, 0));
    turn_until_answered(f, 2);
    assert_int_equal(f->answers[0].code, ERR_WORKER_DIED);
    assert_int_equal(f->answers[1].code, ERR_OK);
    assert_int_equal(worker_crash_count(f->worker), 1);
}

static void a_refusal_is_handed_on_and_not_repeated(void **state)
{
    struct fixture *f = *state;
    call(f, "page_commit", dying(f, "STATE_CHANGED"));
    turn_until_answered(f, 1);
    assert_int_equal(f->answers[0].code, ERR_STATE_CHANGED);
    assert_int_equal(worker_crash_count(f->worker), 0);
}

static void changes_are_told_before_the_caller_is_answered(void **state)
{
    struct fixture *f = *state;
    call(f, "status", numbered(0, 0));
    call(f, "document_create", js_pack("{s:[{s:s}]}", "change", "kind", "document"));
    turn_until_answered(f, 2);
    assert_int_equal(f->changes, 1);
    assert_int_equal(f->answered_at_change, 1);
}

static void a_change_nobody_asked_an_answer_for_is_told_too(void **state)
{
    struct fixture *f = *state;
    store_client_call(f->client, "document_create",
                      js_pack("{s:[{s:s}]}", "change", "kind", "document"), NULL, 0, NULL, NULL);
    while (f->changes == 0)
        assert_true(sd_event_run(f->loop, 20 * 1000000ull) > 0);
}

static void descriptors_belong_to_the_command_until_it_is_sent(void **state)
{
    struct fixture *f = *state;
    call(f, "status", numbered(0, 50000));
    AUTO(fd) int file = -1;
    assert_int_equal(file_memfd("page", "a page", 6, &file, NULL), ERR_OK);
    store_client_call(f->client, "page_commit", dying(f, "die once"), &file, 1, on_done, f);
    fd_close(TAKE_FD(file));
    turn_until_answered(f, 2);
    assert_int_equal(f->answers[1].code, ERR_OK);
    assert_string_equal(f->answers[1].text, "a page");
}

static void ask_again(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct fixture *f = payload;
    on_done(payload, message, ok, err);
    call(f, "status", numbered(7, 0));
}

static void a_caller_may_ask_again_from_its_answer(void **state)
{
    struct fixture *f = *state;
    store_client_call(f->client, "status", numbered(0, 0), NULL, 0, ask_again, f);
    call(f, "status", numbered(1, 0));
    turn_until_answered(f, 3);
    assert_int_equal(f->answers[1].n, 1);
    assert_int_equal(f->answers[2].n, 7);
}

static void without_memory_each_command_is_still_answered_once(void **state)
{
    struct fixture *f = *state;
    size_t refused = 0;
    call(f, "status", NULL); /* arguments that could not be made */
    assert_int_equal(f->answered, 1);
    assert_int_equal(f->answers[0].code, ERR_NO_MEMORY);
    for (unsigned long n = 1; n < 60; n++) {
        size_t before = f->answered;
        struct js *args = numbered(0, 0);
        mem_fail_from(n);
        call(f, "status", args);
        mem_fail_from(0);
        refused += f->answered != before;
        turn_until_answered(f, before + 1);
        turn_for(f, 10);
        assert_int_equal(f->answered, before + 1);
    }
    assert_true(refused > 2);
    assert_int_equal(f->answers[(f->answered - 1) % ANSWERS_MAX].code, ERR_OK);
    assert_int_equal(store_client_waiting(f->client), 0);
}

static void a_missing_store_is_said_to_every_caller(void **state)
{
    struct fixture *f = *state;
    call(f, "status", numbered(0, 0));
    call(f, "document_create", numbered(1, 0));
    turn_for(f, 50);
    assert_int_equal(f->answered, 2);
    assert_int_equal(f->answers[0].code, ERR_WORKER_MISSING);
    assert_int_equal(f->answers[1].code, ERR_WORKER_MISSING);
    assert_int_equal(store_client_waiting(f->client), 0);
}

/* ---- many under way at once ---- */

static void a_death_answers_or_repeats_all_that_was_under_way_in_order(void **state)
{
    struct fixture *f = *state;
    call(f, "status", dying(f, "die once"));
    call(f, "status", numbered(2, 0));
    call(f, "document_create", numbered(3, 0)); /* who knows whether it happened? */
    for (int n = 4; n < 12; n++)
        call(f, "page_commit", numbered(n, 0));
    turn_until_answered(f, 11);
    assert_int_equal(f->answers[0].code, ERR_WORKER_DIED);
    for (int i = 1; i < 11; i++) {
        assert_int_equal(f->answers[i].code, ERR_OK);
        assert_int_equal(f->answers[i].n, i < 3 ? i : i + 1);
    }
    assert_int_equal(worker_crash_count(f->worker), 1);
    assert_int_equal(store_client_waiting(f->client), 0);
}

static void one_that_kills_the_store_twice_takes_no_other_with_it(void **state)
{
    struct fixture *f = *state;
    for (int n = 2; n < 6; n++)
        call(f, "status", numbered(n, 0));
    call(f, "status", dying(f, "die"));
    for (int n = 6; n < 10; n++)
        call(f, "status", numbered(n, 0));
    turn_until_answered(f, 9);
    for (int i = 0; i < 9; i++)
        assert_int_equal(f->answers[i].code, i == 4 ? ERR_WORKER_DIED : ERR_OK);
    assert_int_equal(worker_crash_count(f->worker), 2);
}

/* The first death is nobody's fault; what stood before the culprit is not drawn into its own. */
static void what_is_repeated_is_repeated_alone(void **state)
{
    struct fixture *f = *state;
    call(f, "status", numbered(0, 0));
    turn_until_answered(f, 1);
    pid_t pid = worker_pid(f->worker);
    kill(pid, SIGSTOP);
    call(f, "status", numbered(1, 0));
    call(f, "status", dying(f, "die"));
    for (int n = 3; n < 8; n++)
        call(f, "status", numbered(n, 0));
    kill(pid, SIGKILL);
    turn_until_answered(f, 8);
    for (int i = 1; i < 8; i++)
        assert_int_equal(f->answers[i].code, i == 2 ? ERR_WORKER_DIED : ERR_OK);
    assert_int_equal(worker_crash_count(f->worker), 2);
}

struct caller {
    struct fixture *f;
    int left;
};

static void change_on(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct caller *caller = payload;
    (void)message;
    if (err && err->code)
        fail_msg("%s", err->detail);
    caller->f->answered += ok != NULL;
    if (caller->left-- > 0)
        store_client_call(caller->f->client, "dossier_create",
                          js_pack("{s:{s:s, s:s}}", "principal", "id", "uid:1", "role", "clerk"),
                          NULL, 0, change_on, caller);
}

/* Changes a second of so many callers, each of which waits for its answer before the next. */
static double rate(struct fixture *f, size_t callers, int each)
{
    struct caller list[8];
    size_t before = f->answered, count = callers * (size_t)each;
    int64_t start_us = sys_monotonic_us();
    for (size_t i = 0; i < callers; i++) {
        list[i] = (struct caller){f, each};
        change_on(&list[i], NULL, NULL, NULL);
    }
    turn_until_answered(f, before + count);
    return (double)count * 1e6 / (double)(sys_monotonic_us() - start_us);
}

static void eight_callers_share_the_flushes_of_a_slow_disk(void **state)
{
    struct fixture *f = *state;
    call(f, "hello", js_object());
    turn_until_answered(f, 1);
    double one = rate(f, 1, 40), eight = rate(f, 8, 30);
    print_message("a flush takes 20 ms: %.0f changes/s of one caller, %.0f of eight\n", one, eight);
    assert_true(eight > 3 * one);
}

static void closed_it_calls_nobody_back(void **state)
{
    struct fixture *f = *state;
    call(f, "status", numbered(0, 50000));
    call(f, "status", numbered(1, 0));
    store_client_close(f->client);
    call(f, "status", numbered(2, 0));
    turn_for(f, 200);
    assert_int_equal(f->answered, 0);
    assert_int_equal(f->changes, 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define MANY(name)                                                                                 \
    {                                                                                              \
#name " (many under way)", name, setup_many, teardown, NULL                                \
    }
    const struct CMUnitTest tests[] = {
        CASE(commands_are_answered_in_the_order_they_were_given),
        CASE(above_the_ceiling_a_command_is_refused_at_once_and_the_others_are_answered),
        CASE(a_repeatable_command_outlives_one_death_of_the_store),
        CASE(a_command_that_kills_the_store_twice_is_given_up),
        CASE(what_must_not_happen_twice_is_not_repeated),
        CASE(a_sweep_that_kills_the_store_is_given_up_and_takes_no_other_with_it),
        CASE(a_refusal_is_handed_on_and_not_repeated),
        CASE(changes_are_told_before_the_caller_is_answered),
        CASE(a_change_nobody_asked_an_answer_for_is_told_too),
        CASE(descriptors_belong_to_the_command_until_it_is_sent),
        CASE(a_caller_may_ask_again_from_its_answer),
        CASE(without_memory_each_command_is_still_answered_once),
        cmocka_unit_test_setup_teardown(a_missing_store_is_said_to_every_caller, setup_missing,
                                        teardown),
        CASE(closed_it_calls_nobody_back),
        MANY(commands_are_answered_in_the_order_they_were_given),
        MANY(above_the_ceiling_a_command_is_refused_at_once_and_the_others_are_answered),
        MANY(a_command_that_kills_the_store_twice_is_given_up),
        MANY(a_sweep_that_kills_the_store_is_given_up_and_takes_no_other_with_it),
        MANY(a_refusal_is_handed_on_and_not_repeated),
        MANY(changes_are_told_before_the_caller_is_answered),
        MANY(descriptors_belong_to_the_command_until_it_is_sent),
        MANY(a_caller_may_ask_again_from_its_answer),
        MANY(without_memory_each_command_is_still_answered_once),
        MANY(closed_it_calls_nobody_back),
        MANY(a_death_answers_or_repeats_all_that_was_under_way_in_order),
        MANY(one_that_kills_the_store_twice_takes_no_other_with_it),
        MANY(what_is_repeated_is_repeated_alone),
        cmocka_unit_test_setup_teardown(eight_callers_share_the_flushes_of_a_slow_disk, setup_real,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
