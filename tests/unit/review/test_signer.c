#include "tests/harness/loop.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/review/signer.h"
#include "daemon/workers/supervisor.h"

#include <fcntl.h>
#include <signal.h>

#define PROGRAMS SOHOA_BINARY_DIR "/tests/seal-workers"
#define PASSWORD "mat-khau-thu"
#define CLERK "uid:1000/web-1"

/* Times of a minute and more pass a hundred times faster: 0.6 s a minute. */
int __real_sd_event_add_time_relative(sd_event *loop, sd_event_source **out, clockid_t clock,
                                      uint64_t us, uint64_t accuracy_us,
                                      sd_event_time_handler_t handler, void *payload);
int __wrap_sd_event_add_time_relative(sd_event *loop, sd_event_source **out, clockid_t clock,
                                      uint64_t us, uint64_t accuracy_us,
                                      sd_event_time_handler_t handler, void *payload);
int __wrap_sd_event_add_time_relative(sd_event *loop, sd_event_source **out, clockid_t clock,
                                      uint64_t us, uint64_t accuracy_us,
                                      sd_event_time_handler_t handler, void *payload)
{
    if (us >= 60 * 1000000ull) {
        us /= 100;
        accuracy_us = 1000;
    }
    return __real_sd_event_add_time_relative(loop, out, clock, us, accuracy_us, handler, payload);
}

struct fixture {
    char *folder, *p12;
    sd_event *loop;
    struct worker *worker;
    struct signer *signer;
    int unlocks, answers;
    enum err_code code;
    struct js *ok;
    bool signed_once;
    enum err_code sign_code;
};

static void on_unlocked(void *payload)
{
    struct fixture *f = payload;
    f->unlocks++;
}

static void make_signer(struct fixture *f, const char *p12, int idle_min)
{
    signer_free(f->signer);
    f->signer = NULL;
    assert_int_equal(
        signer_new(f->loop, f->worker, p12, idle_min, on_unlocked, f, &f->signer, NULL), ERR_OK);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct worker_kind kind = {.name = "seal"};
    *state = f;
    f->folder = test_make_folder();
    f->p12 = mem_printf("%s/signer.p12", f->folder);
    if (file_replace_durably(AT_FDCWD, f->p12, PASSWORD, strlen(PASSWORD), NULL) ||
        !loop_open(&f->loop) || worker_new(f->loop, &kind, PROGRAMS, &f->worker, NULL))
        return 1;
    make_signer(f, f->p12, 0);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    worker_free(f->worker);
    signer_free(f->signer);
    js_free(f->ok);
    sd_event_unref(f->loop);
    mem_free(f->p12);
    test_remove_folder(f->folder);
    free(f);
    return 0;
}

static void on_answer(void *payload, const struct js *ok, const struct err *err)
{
    struct fixture *f = payload;
    assert_true(!ok == !!err);
    f->answers++;
    f->code = err ? err->code : ERR_OK;
    js_free(f->ok);
    f->ok = js_ref(ok);
}

static void turn_for(struct fixture *f, int ms)
{
    for (int i = 0; i < ms / 10; i++) {
        assert_true(sd_event_run(f->loop, 10000) >= 0);
        usleep(5000);
    }
}

static enum err_code unlock(struct fixture *f, const char *password)
{
    int before = f->answers;
    signer_unlock(f->signer, password, CLERK, on_answer, f);
    while (f->answers == before)
        assert_true(sd_event_run(f->loop, 20 * 1000000ull) > 0);
    assert_int_equal(f->answers, before + 1);
    return f->code;
}

static enum err_code lock(struct fixture *f)
{
    int before = f->answers;
    signer_lock(f->signer, on_answer, f);
    assert_int_equal(f->answers, before + 1);
    return f->code;
}

static void on_signed(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    (void)message;
    (void)ok;
    struct fixture *f = payload;
    f->signed_once = true;
    f->sign_code = err ? err->code : ERR_OK;
}

static void begin_signing(struct fixture *f, struct js *args)
{
    f->signed_once = false;
    assert_int_equal(worker_request(f->worker, "sign", args, NULL, 0, 0, on_signed, NULL, f, NULL),
                     ERR_OK);
}

static void turn_until_signed(struct fixture *f)
{
    while (!f->signed_once)
        assert_true(sd_event_run(f->loop, 20 * 1000000ull) > 0);
}

static void check_locked(struct fixture *f)
{
    AUTO(js) struct js *shown = signer_show(f->signer);
    assert_false(signer_is_unlocked(f->signer));
    assert_null(signer_name(f->signer));
    assert_false(js_bool_or(shown, "unlocked", true));
    assert_true(js_is_null(js_at(shown, "signer")));
    assert_false(signer_is_of_other(f->signer, "uid:2000"));
}

static void the_right_password_unlocks_and_shows_for_whom(void **state)
{
    struct fixture *f = *state;
    check_locked(f);
    assert_int_equal(unlock(f, PASSWORD), ERR_OK);
    assert_true(js_bool_or(f->ok, "unlocked", false));
    assert_true(js_bool_or(f->ok, "configured", false));
    assert_string_equal(js_text_or(f->ok, "signer.serial", ""), "7");
    assert_string_equal(signer_name(f->signer), "Trần Thị Thử");
    assert_int_equal(f->unlocks, 1);
}

static void a_wrong_password_is_told_and_unlocks_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(unlock(f, "sai"), ERR_WRONG_PASSWORD);
    check_locked(f);
    assert_int_equal(f->unlocks, 0);
    assert_int_equal(unlock(f, PASSWORD), ERR_OK);
}

static void locked_again_the_process_with_the_key_is_gone(void **state)
{
    struct fixture *f = *state;
    unlock(f, PASSWORD);
    int pid = worker_pid(f->worker);
    assert_int_equal(lock(f), ERR_OK);
    assert_false(js_bool_or(f->ok, "unlocked", true));
    check_locked(f);
    turn_for(f, 300);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(lock(f), ERR_OK); /* locked already: nothing to complain about */
}

static void the_key_belongs_to_whoever_unlocked_it(void **state)
{
    static const struct {
        const char *who;
        bool other;
    } cases[] = {{CLERK, false},    {"uid:1000", false},       {"uid:1000/web-2", false},
                 {"uid:100", true}, {"uid:10001/web-1", true}, {"uid:2000/web-1", true},
                 {"", true}};
    struct fixture *f = *state;
    unlock(f, PASSWORD);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (signer_is_of_other(f->signer, cases[i].who) != cases[i].other)
            fail_msg("%s", cases[i].who);
}

static void without_a_key_file_unlocking_says_so(void **state)
{
    struct fixture *f = *state;
    make_signer(f, "", 0);
    AUTO(js) struct js *shown = signer_show(f->signer);
    assert_false(js_bool_or(shown, "configured", true));
    assert_int_equal(unlock(f, PASSWORD), ERR_CERTIFICATE_UNREADABLE);
    make_signer(f, "/nonexistent/signer.p12", 0);
    assert_int_equal(unlock(f, PASSWORD), ERR_CERTIFICATE_UNREADABLE);
    check_locked(f);
}

static void the_death_of_the_worker_ends_the_session(void **state)
{
    struct fixture *f = *state;
    unlock(f, PASSWORD);
    begin_signing(f, js_pack("{s:b}", "die", 1));
    turn_until_signed(f);
    check_locked(f);
    begin_signing(f, js_object()); /* a new process has no key */
    turn_until_signed(f);
    assert_int_equal(f->sign_code, ERR_OK);
    check_locked(f);
    assert_int_equal(unlock(f, PASSWORD), ERR_OK);
    assert_true(signer_is_unlocked(f->signer));
}

static void a_death_while_unlocking_is_told(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(unlock(f, "die"), ERR_WORKER_DIED);
    check_locked(f);
    assert_int_equal(unlock(f, PASSWORD), ERR_OK);
}

static void an_unlock_takes_its_turn_behind_a_signature(void **state)
{
    struct fixture *f = *state;
    begin_signing(f, js_pack("{s:i}", "us", 200000));
    assert_int_equal(unlock(f, PASSWORD), ERR_OK);
    assert_true(f->signed_once);
}

static void a_running_signature_is_not_cut_off_by_a_lock(void **state)
{
    struct fixture *f = *state;
    unlock(f, PASSWORD);
    begin_signing(f, js_pack("{s:i}", "us", 200000));
    assert_int_equal(lock(f), ERR_CONFLICT);
    turn_until_signed(f);
    assert_int_equal(f->sign_code, ERR_OK);
    assert_true(signer_is_unlocked(f->signer));
}

static void idle_for_its_time_it_locks_itself(void **state)
{
    struct fixture *f = *state;
    make_signer(f, f->p12, 1);
    unlock(f, PASSWORD);
    int pid = worker_pid(f->worker);
    turn_for(f, 300);
    assert_true(signer_is_unlocked(f->signer));
    turn_for(f, 800);
    check_locked(f);
    assert_int_equal(kill(pid, 0), -1);
}

static void each_signature_begins_the_idle_time_anew(void **state)
{
    struct fixture *f = *state;
    make_signer(f, f->p12, 1);
    unlock(f, PASSWORD);
    for (int i = 0; i < 4; i++) {
        turn_for(f, 250);
        assert_true(signer_is_unlocked(f->signer));
        signer_touch(f->signer);
    }
    turn_for(f, 1200);
    check_locked(f);
}

static void a_long_signature_is_not_idle_time(void **state)
{
    struct fixture *f = *state;
    make_signer(f, f->p12, 1);
    unlock(f, PASSWORD);
    begin_signing(f, js_pack("{s:i}", "us", 900000));
    turn_until_signed(f);
    assert_int_equal(f->sign_code, ERR_OK);
    assert_true(signer_is_unlocked(f->signer));
}

static void without_an_idle_time_it_stays_unlocked(void **state)
{
    struct fixture *f = *state;
    unlock(f, PASSWORD);
    turn_for(f, 1000);
    assert_true(signer_is_unlocked(f->signer));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(the_right_password_unlocks_and_shows_for_whom),
        CASE(a_wrong_password_is_told_and_unlocks_nothing),
        CASE(locked_again_the_process_with_the_key_is_gone),
        CASE(the_key_belongs_to_whoever_unlocked_it),
        CASE(without_a_key_file_unlocking_says_so),
        CASE(the_death_of_the_worker_ends_the_session),
        CASE(a_death_while_unlocking_is_told),
        CASE(an_unlock_takes_its_turn_behind_a_signature),
        CASE(a_running_signature_is_not_cut_off_by_a_lock),
        CASE(idle_for_its_time_it_locks_itself),
        CASE(each_signature_begins_the_idle_time_anew),
        CASE(a_long_signature_is_not_idle_time),
        CASE(without_an_idle_time_it_stays_unlocked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
