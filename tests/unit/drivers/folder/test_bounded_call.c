#include "daemon/base/sys.h"
#include "drivers/folder/bounded_call.h"
#include "tests/harness/test.h"

#include <signal.h>
#include <sys/wait.h>

static enum err_code answer(void *work, struct js **out, struct err *err)
{
    (void)err;
    *out = js_pack("{s:s}", "said", (const char *)work);
    return ERR_OK;
}

static enum err_code refuse(void *work, struct js **out, struct err *err)
{
    (void)out;
    return err_set_errno(err, ERR_FORBIDDEN, 13, "%s", (const char *)work);
}

static enum err_code __attribute__((noreturn)) hang(void *work, struct js **out, struct err *err)
{
    (void)work;
    (void)out;
    (void)err;
    for (;;)
        pause();
}

static enum err_code crash(void *work, struct js **out, struct err *err)
{
    (void)work;
    (void)out;
    (void)err;
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    return ERR_OK;
}

static enum err_code work_slowly(void *work, struct js **out, struct err *err)
{
    for (int i = 0; i < 6; i++) {
        usleep(60000);
        bounded_progress(10);
    }
    return answer(work, out, err);
}

static void add_up(void *payload, int64_t amount)
{
    *(int64_t *)payload += amount;
}

static bool is_cancelled(void)
{
    return true;
}

static void an_answer_and_an_error_come_back_whole(void **state)
{
    (void)state;
    struct bounded_call call = {.deadline_ms = 5000};
    AUTO(js) struct js *out = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(bounded_call(&call, answer, (char[]){"chào"}, &out, &err), ERR_OK);
    assert_string_equal(js_text_or(out, "said", ""), "chào");
    assert_int_equal(bounded_call(&call, refuse, (char[]){"shut"}, &out, &err), ERR_FORBIDDEN);
    assert_int_equal(err.sys_errno, 13);
    assert_non_null(strstr(err.detail, "shut"));
}

static void a_hanging_call_ends_at_its_deadline(void **state)
{
    (void)state;
    struct bounded_call call = {.deadline_ms = 100};
    struct js *out = NULL;
    int64_t begin_us = sys_monotonic_us();
    assert_int_equal(bounded_call(&call, hang, NULL, &out, NULL), ERR_TIMEOUT);
    assert_in_range(sys_monotonic_us() - begin_us, 90000, 2000000);
    assert_int_equal(call.stuck, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}

static void signs_of_life_move_the_deadline(void **state)
{
    (void)state;
    int64_t sum = 0;
    struct bounded_call call = {.deadline_ms = 200, .on_progress = add_up, .payload = &sum};
    AUTO(js) struct js *out = NULL;
    assert_int_equal(bounded_call(&call, work_slowly, (char[]){"done"}, &out, NULL), ERR_OK);
    assert_int_equal(sum, 60);
}

static void a_crash_stays_in_the_child(void **state)
{
    (void)state;
    struct bounded_call call = {.deadline_ms = 5000};
    struct js *out = NULL;
    assert_int_equal(bounded_call(&call, crash, NULL, &out, NULL), ERR_WORKER_DIED);
}

static void a_cancelled_call_ends_its_child(void **state)
{
    (void)state;
    struct bounded_call call = {.deadline_ms = 300, .is_cancelled = is_cancelled};
    struct js *out = NULL;
    assert_int_equal(bounded_call(&call, hang, NULL, &out, NULL), ERR_CANCELLED);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* A process in uninterruptible sleep outlives SIGKILL; any that still lives stands for it here. */
static void behind_a_stuck_child_no_second_one_hangs(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    struct bounded_call call = {.deadline_ms = 5000, .stuck = pid};
    AUTO(js) struct js *out = NULL;
    int64_t begin_us = sys_monotonic_us();
    assert_int_equal(bounded_call(&call, answer, (char[]){"no"}, &out, NULL), ERR_TIMEOUT);
    assert_true(sys_monotonic_us() - begin_us < 1000000);
    kill(pid, SIGKILL);
    usleep(50000);
    assert_int_equal(bounded_call(&call, answer, (char[]){"yes"}, &out, NULL), ERR_OK);
    assert_int_equal(call.stuck, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_and_an_error_come_back_whole),
        cmocka_unit_test(a_hanging_call_ends_at_its_deadline),
        cmocka_unit_test(signs_of_life_move_the_deadline),
        cmocka_unit_test(a_crash_stays_in_the_child),
        cmocka_unit_test(a_cancelled_call_ends_its_child),
        cmocka_unit_test(behind_a_stuck_child_no_second_one_hangs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
