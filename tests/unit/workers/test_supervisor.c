#include "tests/harness/loop.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/workers/supervisor.h"

#include <signal.h>

struct outcome {
    bool done;
    enum err_code code;
    int events, pid;
    struct js *ok;
};

struct fixture {
    sd_event *loop;
    struct worker *worker;
    struct outcome outcome;
};

static void on_done(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    (void)message;
    struct outcome *outcome = payload;
    outcome->done = true;
    outcome->code = err ? err->code : ERR_OK;
    js_free(outcome->ok);
    outcome->ok = js_ref(ok);
}

static void on_event(void *payload, struct ipc_message *message, const char *event,
                     const struct js *data)
{
    (void)message;
    struct outcome *outcome = payload;
    assert_string_equal(event, "progress");
    assert_int_equal(js_int_or(data, "n", 0), outcome->events + 1);
    outcome->events++;
}

static int setup_kind(void **state, const struct worker_kind *kind)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    return !loop_open(&f->loop) ||
           worker_new(f->loop, kind, SOHOA_BINARY_DIR "/tests", &f->worker, NULL);
}

static int setup(void **state)
{
    static const char *const env[] = {"ODD=yes", NULL};
    struct worker_kind kind = {.name = "odd", .env = env, .memory_limit_mb = 512};
    return setup_kind(state, &kind);
}

static int setup_several(void **state)
{
    struct worker_kind kind = {.name = "odd", .outstanding = 4};
    return setup_kind(state, &kind);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    worker_free(f->worker);
    js_free(f->outcome.ok);
    sd_event_unref(f->loop);
    free(f);
    return 0;
}

static void turn_until_done(struct fixture *f)
{
    while (!f->outcome.done)
        assert_true(sd_event_run(f->loop, 20 * 1000000ull) > 0);
}

static enum err_code ask(struct fixture *f, const char *op, struct js *args, int deadline_ms)
{
    f->outcome.done = false;
    f->outcome.events = 0;
    assert_int_equal(worker_request(f->worker, op, args, NULL, 0, deadline_ms, on_done, on_event,
                                    &f->outcome, NULL),
                     ERR_OK);
    turn_until_done(f);
    return f->outcome.code;
}

static void an_answer_comes_back_from_a_process_with_its_own_environment_and_limits(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ask(f, "echo", js_pack("{s:i}", "x", 4), 5000), ERR_OK);
    assert_int_equal(js_int_or(f->outcome.ok, "args.x", 0), 4);
    assert_string_equal(js_text_or(f->outcome.ok, "env", ""), "yes");
    assert_int_equal(js_int_or(f->outcome.ok, "memory_mb", 0), 512);
    assert_int_equal(js_int_or(f->outcome.ok, "pid", 0), worker_pid(f->worker));
}

static void events_come_before_the_answer(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ask(f, "count", js_object(), 5000), ERR_OK);
    assert_int_equal(f->outcome.events, 3);
}

static void a_worker_s_own_error_is_not_a_crash(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ask(f, "refuse", js_object(), 5000), ERR_FEEDER_JAM);
    assert_int_equal(ask(f, "no such operation", js_object(), 5000), ERR_BAD_MESSAGE);
    assert_int_equal(worker_crash_count(f->worker), 0);
}

static void a_dead_worker_is_told_counted_and_replaced(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ask(f, "die", js_object(), 5000), ERR_WORKER_DIED);
    assert_int_equal(worker_crash_count(f->worker), 1);
    assert_false(worker_is_alive(f->worker));
    assert_int_equal(ask(f, "echo", js_object(), 5000), ERR_OK);
}

static void each_death_in_a_row_waits_longer_for_the_next_start(void **state)
{
    struct fixture *f = *state;
    int64_t waited_us[3];
    for (int i = 0; i < 3; i++) {
        int64_t from = sys_monotonic_us();
        ask(f, "die", js_object(), 5000);
        waited_us[i] = sys_monotonic_us() - from;
    }
    assert_true(waited_us[1] > 150000);
    assert_true(waited_us[2] > waited_us[1] + 100000);
}

static void a_hanging_worker_is_ended_at_its_deadline(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ask(f, "hang", js_object(), 200), ERR_WORKER_HUNG);
    assert_int_equal(ask(f, "echo", js_object(), 5000), ERR_OK);
}

static void one_that_ignores_term_is_killed(void **state)
{
    struct fixture *f = *state;
    int64_t from = sys_monotonic_us();
    assert_int_equal(ask(f, "hang", js_pack("{s:b}", "stubborn", 1), 200), ERR_WORKER_HUNG);
    assert_true(sys_monotonic_us() - from < 8000000);
}

static void a_cancel_reaches_the_worker_and_leaves_it_alive(void **state)
{
    struct fixture *f = *state;
    ask(f, "echo", js_object(), 5000);
    int pid = worker_pid(f->worker);
    f->outcome.done = false;
    worker_request(f->worker, "hang", js_object(), NULL, 0, 0, on_done, NULL, &f->outcome, NULL);
    assert_true(sd_event_run(f->loop, 100000) >= 0);
    usleep(50000);
    worker_cancel(f->worker, 5000);
    turn_until_done(f);
    assert_int_equal(f->outcome.code, ERR_CANCELLED);
    assert_int_equal(worker_pid(f->worker), pid);
    assert_int_equal(worker_crash_count(f->worker), 0);
}

static void nonsense_from_a_worker_ends_it_and_not_us(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ask(f, "babble", js_object(), 5000), ERR_WORKER_DIED);
    assert_int_equal(ask(f, "echo", js_object(), 5000), ERR_OK);
}

static void a_busy_worker_refuses_a_second_request(void **state)
{
    struct fixture *f = *state;
    worker_request(f->worker, "hang", js_object(), NULL, 0, 300, on_done, NULL, &f->outcome, NULL);
    assert_int_equal(worker_request(f->worker, "echo", js_object(), NULL, 0, 0, on_done, NULL,
                                    &f->outcome, NULL),
                     ERR_CONFLICT);
    turn_until_done(f);
}

static void a_stopped_worker_makes_room_for_a_fresh_one(void **state)
{
    struct fixture *f = *state;
    ask(f, "echo", js_object(), 5000);
    int pid = worker_pid(f->worker);
    worker_stop(f->worker);
    assert_int_equal(ask(f, "echo", js_object(), 5000), ERR_OK);
    assert_int_not_equal(worker_pid(f->worker), pid);
}

static int setup_recycled(void **state)
{
    struct worker_kind kind = {.name = "odd", .recycle_after = 2};
    return setup_kind(state, &kind);
}

static void a_recycled_worker_is_a_new_process_after_its_share(void **state)
{
    struct fixture *f = *state;
    int64_t pid[5];
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ask(f, "echo", js_object(), 5000), ERR_OK);
        pid[i] = js_int_or(f->outcome.ok, "pid", 0);
    }
    assert_true(pid[0] == pid[1] && pid[1] != pid[2] && pid[2] == pid[3] && pid[3] != pid[4]);
}

static void a_worker_that_asks_for_it_is_replaced_after_its_answer(void **state)
{
    struct fixture *f = *state;
    int64_t pid[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ask(f, i == 1 ? "recycle" : "echo", js_object(), 5000), ERR_OK);
        pid[i] = js_int_or(f->outcome.ok, "pid", 0);
    }
    assert_true(pid[0] == pid[1] && pid[1] != pid[2]);
    assert_int_equal(worker_crash_count(f->worker), 0);
}

static int setup_missing(void **state)
{
    struct worker_kind kind = {.name = "missing"};
    return setup_kind(state, &kind);
}

static void a_missing_program_is_said_at_once(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(worker_request(f->worker, "echo", js_object(), NULL, 0, 0, on_done, NULL,
                                    &f->outcome, NULL),
                     ERR_WORKER_MISSING);
    f->outcome.done = true;
}

/* ---- several at once ---- */

struct several {
    struct worker *worker;
    int got[8]; /* n of the arguments, or minus the code */
    size_t count;
    bool takes_more[8]; /* from inside each answer */
};

static void note_order(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *err)
{
    (void)message;
    struct several *several = payload;
    assert_true(several->count < COUNT_OF(several->got));
    several->takes_more[several->count] = worker_takes_more(several->worker);
    several->got[several->count++] = err ? -(int)err->code : (int)js_int_or(ok, "args.n", -1);
}

static enum err_code send_several(struct several *several, const char *op, int n)
{
    return worker_request(several->worker, op, js_pack("{s:i}", "n", n), NULL, 0, 0, note_order,
                          NULL, several, NULL);
}

static void several_at_once_are_answered_in_turn_and_end_together_with_the_process(void **state)
{
    struct fixture *f = *state;
    struct several several = {.worker = f->worker};
    for (int i = 0; i < 4; i++) {
        assert_true(worker_takes_more(f->worker));
        assert_int_equal(send_several(&several, "echo", i), ERR_OK);
    }
    assert_false(worker_takes_more(f->worker));
    assert_int_equal(send_several(&several, "echo", 4), ERR_CONFLICT);
    while (several.count < 4)
        assert_true(sd_event_run(f->loop, 20 * 1000000ull) > 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(several.got[i], i);

    static const char *const ops[] = {"echo", "die", "echo", "echo"};
    kill(worker_pid(f->worker), SIGSTOP);
    for (int i = 0; i < 4; i++)
        assert_int_equal(send_several(&several, ops[i], 10 + i), ERR_OK);
    kill(worker_pid(f->worker), SIGCONT);
    while (several.count < 8)
        assert_true(sd_event_run(f->loop, 20 * 1000000ull) > 0);
    assert_int_equal(several.got[4], 10);
    for (int i = 5; i < 8; i++) {
        assert_int_equal(several.got[i], -(int)ERR_WORKER_DIED);
        assert_int_equal(several.takes_more[i], i == 7); /* once all have heard */
    }
    assert_int_equal(worker_crash_count(f->worker), 1);
    several.count = 0;
    assert_int_equal(send_several(&several, "echo", 7), ERR_OK); /* waits, held back */
    assert_false(worker_takes_more(f->worker));
    while (several.count < 1)
        assert_true(sd_event_run(f->loop, 20 * 1000000ull) > 0);
    assert_int_equal(several.got[0], 7);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(an_answer_comes_back_from_a_process_with_its_own_environment_and_limits),
        CASE(events_come_before_the_answer),
        CASE(a_worker_s_own_error_is_not_a_crash),
        CASE(a_dead_worker_is_told_counted_and_replaced),
        CASE(each_death_in_a_row_waits_longer_for_the_next_start),
        CASE(a_hanging_worker_is_ended_at_its_deadline),
        CASE(one_that_ignores_term_is_killed),
        CASE(a_cancel_reaches_the_worker_and_leaves_it_alive),
        CASE(nonsense_from_a_worker_ends_it_and_not_us),
        CASE(a_busy_worker_refuses_a_second_request),
        CASE(a_worker_that_asks_for_it_is_replaced_after_its_answer),
        CASE(a_stopped_worker_makes_room_for_a_fresh_one),
        cmocka_unit_test_setup_teardown(
            several_at_once_are_answered_in_turn_and_end_together_with_the_process, setup_several,
            teardown),
        cmocka_unit_test_setup_teardown(a_recycled_worker_is_a_new_process_after_its_share,
                                        setup_recycled, teardown),
        cmocka_unit_test_setup_teardown(a_missing_program_is_said_at_once, setup_missing, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
