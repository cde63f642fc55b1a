#include "tests/harness/loop.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/pipeline/pipeline.h"
#include "daemon/workers/supervisor.h"
#include "tests/unit/pipeline_run/script_source.h"

#include <signal.h>

#define PROGRAMS SOHOA_BINARY_DIR "/tests/stage-workers"

struct fixture {
    sd_event *loop;
    struct script script;
    struct pipeline *pipeline;
    struct js *targets;
    size_t ended, ended_well;
    enum err_code last;
    int recognise_ms, still_ms, upload_workers;
    int64_t moved;
};

static void on_ended(void *payload, const struct job *job, const struct err *err)
{
    struct fixture *f = payload;
    assert_non_null(job->stage);
    f->ended++;
    f->ended_well += !err;
    f->last = err ? err->code : ERR_OK;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->targets = js_pack("[{s:s}]", "name", "warehouse");
    bool made = loop_open(&f->loop);
    f->script.loop = f->loop;
    return !made;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    pipeline_free(f->pipeline);
    script_done(&f->script);
    js_free(f->targets);
    sd_event_unref(f->loop);
    free(f);
    return 0;
}

static void on_moved(void *payload, const struct job *job, int64_t moved_bytes, int64_t total_bytes)
{
    struct fixture *f = payload;
    assert_string_equal(js_text_or(job->args, "target", ""), "province");
    assert_true(moved_bytes > f->moved && moved_bytes <= total_bytes);
    f->moved = moved_bytes;
}

static void begin(struct fixture *f, int ocr_workers, const char *worker_dir)
{
    struct pipeline_config config = {.worker_dir = worker_dir,
                                     .ocr_workers = ocr_workers,
                                     .upload_workers = f->upload_workers,
                                     .recognise_ms = f->recognise_ms,
                                     .still_ms = f->still_ms,
                                     .moved = on_moved,
                                     .moved_payload = f,
                                     .targets = f->targets,
                                     .witnesses = "/witnesses"};
    struct job_source source = script_jobs(&f->script);
    assert_int_equal(pipeline_new(f->loop, &config, &source, on_ended, f, &f->pipeline, NULL),
                     ERR_OK);
    pipeline_kick(f->pipeline);
}

static void turn_for(struct fixture *f, int64_t us)
{
    for (int64_t end = sys_monotonic_us() + us; sys_monotonic_us() < end;)
        assert_true(sd_event_run(f->loop, 10000) >= 0);
}

static void turn_until_ended(struct fixture *f, size_t jobs)
{
    int64_t end = sys_monotonic_us() + 20 * 1000000ll;
    while (f->ended < jobs) {
        assert_true(sys_monotonic_us() < end);
        assert_true(sd_event_run(f->loop, 10000) >= 0);
    }
    turn_for(f, 50000); /* and nothing after them */
    assert_int_equal(f->ended, jobs);
}

static struct js *doing(const char *what)
{
    return js_pack("{s:s}", "do", what);
}

/* ---- claiming ---------------------------------------------------------------------------------
 */

static void only_offered_stages_are_claimed(void **state)
{
    struct fixture *f = *state;
    f->script.offered = " recognize queue ";
    script_add(&f->script, "recognize", NULL);
    script_add(&f->script, "queue", NULL);
    script_add(&f->script, "understand", NULL);
    begin(f, 2, PROGRAMS);
    turn_until_ended(f, 2);
    assert_int_equal(f->ended_well, 2);
    assert_int_equal(f->script.works[2].state, WORK_WAITS);
}

static void nothing_runs_before_the_first_kick(void **state)
{
    struct fixture *f = *state;
    struct pipeline_config config = {.worker_dir = PROGRAMS, .ocr_workers = 1};
    struct job_source source = script_jobs(&f->script);
    script_add(&f->script, "queue", NULL);
    assert_int_equal(pipeline_new(f->loop, &config, &source, on_ended, f, &f->pipeline, NULL),
                     ERR_OK);
    turn_for(f, 50000);
    assert_int_equal(script_claims(&f->script, "queue"), 0);
}

static void an_empty_stage_is_asked_once_and_not_by_every_worker(void **state)
{
    struct fixture *f = *state;
    f->script.slow = true;
    begin(f, 4, PROGRAMS);
    turn_for(f, 300000);
    for (size_t i = 0; i < stage_count; i++)
        assert_int_equal(f->script.claims[i], 1);
    assert_true(pipeline_is_idle(f->pipeline));
    pipeline_kick(f->pipeline);
    turn_for(f, 300000);
    assert_int_equal(script_claims(&f->script, "recognize"), 2);
}

static void pages_run_in_parallel_with_one_claim_at_a_time(void **state)
{
    struct fixture *f = *state;
    f->script.slow = true;
    f->script.offered = " understand ";
    for (int i = 0; i < 6; i++)
        script_add(&f->script, "understand", js_pack("{s:i}", "us", 200000));
    begin(f, 3, PROGRAMS);
    turn_until_ended(f, 6);
    assert_int_equal(f->script.claiming_most, 1);
    assert_int_equal(f->script.running_most, 3);
}

static void what_is_nearly_done_goes_first(void **state)
{
    struct fixture *f = *state;
    f->script.offered = " recognize understand ";
    script_add(&f->script, "recognize", doing("die"));
    script_add(&f->script, "understand", NULL);
    begin(f, 1, PROGRAMS);
    while (f->ended == 0)
        assert_true(sd_event_run(f->loop, 1000000) >= 0);
    assert_int_equal(f->script.works[1].state, WORK_DONE);
}

static void a_source_that_cannot_claim_is_asked_again_at_the_next_kick_only(void **state)
{
    struct fixture *f = *state;
    f->script.offered = " queue ";
    f->script.claim_fails = ERR_IO;
    script_add(&f->script, "queue", NULL);
    begin(f, 1, PROGRAMS);
    turn_for(f, 100000);
    assert_int_equal(script_claims(&f->script, "queue"), 1);
    assert_true(pipeline_is_idle(f->pipeline));
    f->script.claim_fails = ERR_OK;
    pipeline_kick(f->pipeline);
    turn_until_ended(f, 1);
    assert_int_equal(f->script.works[0].state, WORK_DONE);
}

/* ---- steps ------------------------------------------------------------------------------------
 */

static void a_page_is_read_then_recognised_and_ends_with_words_and_thumbnail(void **state)
{
    struct fixture *f = *state;
    struct work *work = script_add(&f->script, "recognize", NULL);
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 1);
    assert_int_equal(f->last, ERR_OK);
    assert_int_equal(work->text_count, 2);
    assert_string_equal(work->texts[0], "words of levelled of image 0");
    assert_string_equal(work->texts[1], "thumb of image 0");
    assert_int_equal(js_int_or(work->result, "words", 0), 1);
    assert_true(js_real_or(work->result, "mean_confidence", 0) > 0.89);
    assert_int_equal(js_int_or(work->result, "images", 0), 1);
    assert_true(js_is_object(js_at(work->result, "page")));
    assert_true(js_is_array(js_at(work->result, "zones")));
}

static void a_page_alone_gets_the_cores_of_the_idle_workers_too(void **state)
{
    struct fixture *f = *state;
    struct work *alone = script_add(&f->script, "recognize", NULL);
    begin(f, 3, PROGRAMS);
    turn_until_ended(f, 1);
    assert_int_equal(js_int_or(alone->result, "words", 0), 3);
    script_add(&f->script, "understand", js_pack("{s:i}", "us", 1500000));
    struct work *beside = script_add(&f->script, "recognize", NULL);
    pipeline_kick(f->pipeline);
    turn_until_ended(f, 3);
    assert_int_equal(js_int_or(beside->result, "words", 0), 2);
}

static void a_failure_in_the_second_step_starts_over_with_the_first(void **state)
{
    struct fixture *f = *state;
    struct work *work =
        script_add(&f->script, "recognize", js_pack("{s:s}", "later", "WORKER_DIED"));
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 2);
    assert_int_equal(work->telling_count, 2);
    assert_int_equal(work->tellings[0].code, ERR_WORKER_DIED);
    assert_int_equal(work->state, WORK_HELD);
    assert_int_equal(work->completes, 0);
}

static void a_page_whose_words_take_too_long_is_kept_without_them_and_says_so(void **state)
{
    struct fixture *f = *state;
    struct work *slow = script_add(&f->script, "recognize", js_pack("{s:s}", "later", "hang"));
    struct work *next = script_add(&f->script, "recognize", NULL);
    f->recognise_ms = 300;
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 2);
    assert_int_equal(slow->state, WORK_DONE);
    assert_int_equal(slow->telling_count, 0);
    assert_int_equal(js_int_or(slow->result, "words", -1), 0);
    assert_string_equal(js_text_or(slow->result, "page.quality.reasons[0]", ""), "not-recognized");
    assert_string_equal(js_text_or(slow->result, "page.quality.verdict", ""), "bad");
    assert_non_null(strstr(slow->texts[0], "sohoa.words/1"));
    assert_string_equal(slow->texts[1], "thumb of image 0");
    assert_int_equal(next->state, WORK_DONE);
    assert_int_equal(js_int_or(next->result, "words", -1), 1);
}

static void a_page_that_cannot_even_be_looked_at_in_time_is_held(void **state)
{
    struct fixture *f = *state;
    struct work *work = script_add(&f->script, "recognize", doing("WORKER_HUNG"));
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 2);
    assert_int_equal(work->tellings[1].code, ERR_WORKER_HUNG);
    assert_int_equal(work->state, WORK_HELD);
}

static void an_answer_without_its_descriptors_is_refused(void **state)
{
    struct fixture *f = *state;
    struct work *work = script_add(&f->script, "recognize", doing("bare"));
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 2);
    assert_int_equal(work->tellings[0].code, ERR_BAD_MESSAGE);
    assert_int_equal(work->state, WORK_HELD);
}

static void a_stage_without_a_worker_is_stored_at_once(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"extract", "code", "queue"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        script_add(&f->script, names[i], NULL);
    begin(f, 1, "/nonexistent");
    turn_until_ended(f, COUNT_OF(names));
    assert_int_equal(f->ended_well, COUNT_OF(names));
}

static void a_delivery_is_sent_after_the_targets_are_told(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"send", "accept", "reconcile"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        script_add(&f->script, names[i], js_pack("{s:s}", "target", names[i]));
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct js *result = f->script.works[i].result;
        assert_string_equal(js_text_or(result, "args.target", ""), names[i]);
        assert_string_equal(js_text_or(result, "targets[0].name", ""), "warehouse");
    }
}

static void the_next_delivery_comes_with_the_commit_of_the_one_before(void **state)
{
    struct fixture *f = *state;
    f->script.chains = true;
    for (int i = 0; i < 3; i++)
        script_add(&f->script, "send", NULL);
    struct work *accept = script_add(&f->script, "accept", NULL);
    accept->state = WORK_LATER;
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 3);
    assert_int_equal(f->ended_well, 3);
    assert_int_equal(f->script.chained, 2);
    assert_int_equal(script_claims(&f->script, "send"),
                     2); /* the first, and that there is no more */
}

static void workers_send_on_while_results_are_being_stored(void **state)
{
    struct fixture *f = *state;
    f->upload_workers = 2;
    f->script.slow_results = true;
    for (int i = 0; i < 6; i++)
        script_add(&f->script, "send", NULL);
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 6);
    assert_int_equal(f->ended_well, 6);
    assert_int_equal(f->script.storing_most, 4); /* two for each worker */
}

static void a_changed_delivery_is_looked_for_in_the_stage_of_its_state(void **state)
{
    struct fixture *f = *state;
    AUTO(js) struct js *sent = js_pack("[{s:s, s:s}]", "kind", "delivery", "state", "sent");
    AUTO(js) struct js *over = js_pack("[{s:s, s:s}]", "kind", "delivery", "state", "reconciled");
    AUTO(js) struct js *page = js_pack("[{s:s, s:s}]", "kind", "page", "state", "captured");
    begin(f, 1, PROGRAMS);
    turn_for(f, 50000);
    const struct {
        const struct js *changed;
        unsigned send, accept, recognize;
    } cases[] = {{NULL, 1, 1, 1}, {over, 1, 1, 1}, {sent, 1, 2, 1}, {page, 2, 3, 2}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        pipeline_kick_for(f->pipeline, cases[i].changed);
        turn_for(f, 50000);
        assert_int_equal(script_claims(&f->script, "send"), cases[i].send);
        assert_int_equal(script_claims(&f->script, "accept"), cases[i].accept);
        assert_int_equal(script_claims(&f->script, "recognize"), cases[i].recognize);
    }
}

static void a_transfer_in_which_bytes_move_takes_as_long_as_it_takes(void **state)
{
    struct fixture *f = *state;
    struct work *slow = script_add(
        &f->script, "send",
        js_pack("{s:s, s:i, s:i}", "target", "province", "tells", 25, "tell_us", 100000));
    f->still_ms = 1200; /* of two seconds and a half */
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 1);
    assert_int_equal(slow->telling_count, 0);
    assert_int_equal(slow->state, WORK_DONE);
    assert_int_equal(f->moved, 25);
}

static void a_transfer_that_stands_still_ends(void **state)
{
    struct fixture *f = *state;
    struct work *stalled = script_add(&f->script, "send",
                                      js_pack("{s:s, s:s, s:i, s:i}", "target", "province", "do",
                                              "hang", "tells", 3, "tell_us", 1000));
    f->still_ms = 500;
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 1);
    assert_int_equal(stalled->tellings[0].code, ERR_WORKER_HUNG);
    assert_int_equal(f->moved, 3);
}

/* ---- failures ---------------------------------------------------------------------------------
 */

static void what_kills_its_worker_twice_is_held_and_the_others_go_on(void **state)
{
    struct fixture *f = *state;
    struct work *deadly = script_add(&f->script, "recognize", doing("die"));
    struct work *harmless = script_add(&f->script, "recognize", NULL);
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 3);
    assert_int_equal(deadly->telling_count, 2);
    assert_int_equal(deadly->tellings[0].code, ERR_WORKER_DIED);
    assert_int_equal(deadly->tellings[0].decision.action, RETRY_AGAIN);
    assert_int_equal(deadly->tellings[0].decision.after_us, 0);
    assert_int_equal(deadly->tellings[1].decision.action, RETRY_HOLD);
    assert_string_not_equal(deadly->tellings[0].ref, deadly->tellings[1].ref);
    assert_int_equal(deadly->state, WORK_HELD);
    assert_int_equal(harmless->state, WORK_DONE);
    assert_int_equal(pipeline_crash_count(f->pipeline), 2);
}

static void a_missing_worker_is_looked_for_again_later(void **state)
{
    struct fixture *f = *state;
    struct work *work = script_add(&f->script, "recognize", NULL);
    begin(f, 1, "/nonexistent");
    turn_until_ended(f, 1);
    assert_int_equal(work->tellings[0].code, ERR_WORKER_MISSING);
    assert_int_equal(work->state, WORK_LATER);
    assert_true(pipeline_is_idle(f->pipeline));
}

static void
what_is_wrong_with_the_machine_is_tried_again_and_what_is_wrong_with_the_page_is_held(void **state)
{
    static const struct {
        const char *code;
        enum work_state state;
    } cases[] = {{"IO", WORK_LATER},           {"DISK_FULL", WORK_LATER},
                 {"READ_ONLY", WORK_LATER},    {"MODEL_MISSING", WORK_LATER},
                 {"NO_MEMORY", WORK_LATER},    {"IMAGE_UNREADABLE", WORK_HELD},
                 {"BLOB_DAMAGED", WORK_HELD},  {"BAD_ARGUMENT", WORK_HELD},
                 {"SIGNER_LOCKED", WORK_HELD}, {"TEMPLATE_BAD", WORK_HELD}};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        script_add(&f->script, "compose", doing(cases[i].code));
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, COUNT_OF(cases));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct work *work = &f->script.works[i];
        if (work->state != cases[i].state)
            fail_msg("%s: state %d", cases[i].code, (int)work->state);
        assert_string_equal(err_name(work->tellings[0].code), cases[i].code);
    }
}

static void a_result_the_source_refuses_fails_under_the_same_claim(void **state)
{
    struct fixture *f = *state;
    struct work *work = script_add(&f->script, "recognize", NULL);
    f->script.complete_fails = ERR_DISK_FULL;
    f->script.complete_failures = 1;
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 1);
    assert_int_equal(f->last, ERR_DISK_FULL);
    assert_int_equal(work->completes, 1);
    assert_int_equal(work->telling_count, 1);
    assert_int_equal(work->tellings[0].code, ERR_DISK_FULL);
    assert_string_equal(work->tellings[0].claim, "0/0");
    assert_true(pipeline_is_idle(f->pipeline));
}

static void a_result_nobody_wants_any_more_ends_quietly(void **state)
{
    struct fixture *f = *state;
    struct work *gone = script_add(&f->script, "recognize", NULL);
    struct work *next = script_add(&f->script, "recognize", NULL);
    f->script.complete_fails = ERR_STATE_CHANGED;
    f->script.complete_failures = 1;
    begin(f, 1, PROGRAMS);
    turn_until_ended(f, 2);
    assert_int_equal(gone->telling_count, 0);
    assert_int_equal(gone->completes, 1);
    assert_int_equal(next->state, WORK_DONE);
    assert_int_equal(f->ended_well, 1);
}

static void a_failure_that_cannot_be_stored_is_told_again_slower_each_time(void **state)
{
    struct fixture *f = *state;
    struct work *work = script_add(&f->script, "recognize", doing("IMAGE_UNREADABLE"));
    struct work *next = script_add(&f->script, "recognize", NULL);
    f->script.fail_fails = ERR_DISK_FULL;
    f->script.fail_failures = 2;
    begin(f, 1, PROGRAMS);
    turn_for(f, 500000);
    assert_false(pipeline_is_idle(f->pipeline));
    assert_int_equal(f->ended, 0);
    turn_until_ended(f, 2);
    assert_int_equal(work->telling_count, 3);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(work->tellings[i].code, ERR_IMAGE_UNREADABLE);
        assert_int_equal(work->tellings[i].decision.action, RETRY_HOLD);
        assert_string_equal(work->tellings[i].ref, work->tellings[0].ref);
    }
    int64_t first_us = work->tellings[1].at_us - work->tellings[0].at_us;
    int64_t second_us = work->tellings[2].at_us - work->tellings[1].at_us;
    assert_true(first_us > 900000 && second_us > first_us + 500000);
    assert_int_equal(work->state, WORK_HELD);
    assert_int_equal(next->state, WORK_DONE); /* the slot was not lost */
}

static void a_failure_of_work_nobody_wants_any_more_ends_quietly(void **state)
{
    static const enum err_code gone[] = {ERR_STATE_CHANGED, ERR_NOT_FOUND};
    for (size_t i = 0; i < COUNT_OF(gone); i++) {
        struct fixture *f = *state;
        struct work *work = script_add(&f->script, "recognize", doing("IMAGE_UNREADABLE"));
        f->script.fail_fails = gone[i];
        f->script.fail_failures = 1;
        begin(f, 1, PROGRAMS);
        turn_until_ended(f, 1);
        assert_int_equal(work->telling_count, 1);
        assert_true(pipeline_is_idle(f->pipeline));
        teardown(state);
        setup(state);
    }
}

/* ---- pause, end, and the signer between -------------------------------------------------------
 */

static void a_pause_lets_running_work_end_and_takes_no_more(void **state)
{
    struct fixture *f = *state;
    struct work *running = script_add(&f->script, "compose", js_pack("{s:i}", "us", 200000));
    struct work *waiting = script_add(&f->script, "compose", NULL);
    begin(f, 1, PROGRAMS);
    turn_for(f, 50000);
    assert_int_equal(running->state, WORK_CLAIMED);
    pipeline_pause(f->pipeline);
    assert_false(pipeline_is_idle(f->pipeline));
    turn_until_ended(f, 1);
    pipeline_kick(f->pipeline);
    turn_for(f, 100000);
    assert_int_equal(running->state, WORK_DONE);
    assert_int_equal(waiting->state, WORK_WAITS);
    assert_true(pipeline_is_idle(f->pipeline));
}

static void freed_while_busy_it_tells_nobody_and_leaves_no_process(void **state)
{
    struct fixture *f = *state;
    struct work *work = script_add(&f->script, "seal", doing("hang"));
    script_add(&f->script, "recognize", doing("hang"));
    begin(f, 1, PROGRAMS);
    turn_for(f, 200000);
    int pid = worker_pid(pipeline_seal_worker(f->pipeline));
    assert_true(pid > 0);
    pipeline_free(TAKE(f->pipeline));
    assert_int_equal(f->ended, 0);
    assert_int_equal(work->telling_count, 0);
    assert_int_equal(kill(pid, 0), -1);
    turn_for(f, 50000);
    assert_int_equal(f->ended, 0);
}

static void freed_while_a_failure_waits_to_be_told_again_it_is_quiet(void **state)
{
    struct fixture *f = *state;
    struct work *work = script_add(&f->script, "recognize", doing("IMAGE_UNREADABLE"));
    f->script.fail_fails = ERR_IO;
    f->script.fail_failures = 5;
    begin(f, 1, PROGRAMS);
    turn_for(f, 300000);
    assert_int_equal(work->telling_count, 1);
    pipeline_free(TAKE(f->pipeline));
    turn_for(f, 1200000);
    assert_int_equal(work->telling_count, 1);
}

static void ignore_answer(void *payload, struct ipc_message *message, const struct js *ok,
                          const struct err *err)
{
    (void)message;
    (void)ok;
    *(bool *)payload = !err;
}

/* The clerk's unlock gets in between the claim and its answer. */
static void a_document_that_meets_an_unlock_is_not_held(void **state)
{
    struct fixture *f = *state;
    bool unlocked = false;
    f->script.slow = true;
    f->script.offered = " seal ";
    struct work *work = script_add(&f->script, "seal", NULL);
    begin(f, 1, PROGRAMS);
    while (script_claims(&f->script, "seal") == 0)
        assert_true(sd_event_run(f->loop, 10000) >= 0);
    assert_int_equal(worker_request(pipeline_seal_worker(f->pipeline), "unlock",
                                    js_pack("{s:i}", "us", 300000), NULL, 0, 0, ignore_answer, NULL,
                                    &unlocked, NULL),
                     ERR_OK);
    turn_for(f, 600000);
    assert_true(unlocked);
    assert_int_not_equal(work->state, WORK_HELD);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(only_offered_stages_are_claimed),
        CASE(nothing_runs_before_the_first_kick),
        CASE(an_empty_stage_is_asked_once_and_not_by_every_worker),
        CASE(pages_run_in_parallel_with_one_claim_at_a_time),
        CASE(what_is_nearly_done_goes_first),
        CASE(a_source_that_cannot_claim_is_asked_again_at_the_next_kick_only),
        CASE(a_page_is_read_then_recognised_and_ends_with_words_and_thumbnail),
        CASE(a_page_alone_gets_the_cores_of_the_idle_workers_too),
        CASE(a_page_whose_words_take_too_long_is_kept_without_them_and_says_so),
        CASE(a_page_that_cannot_even_be_looked_at_in_time_is_held),
        CASE(a_failure_in_the_second_step_starts_over_with_the_first),
        CASE(an_answer_without_its_descriptors_is_refused),
        CASE(a_stage_without_a_worker_is_stored_at_once),
        CASE(a_delivery_is_sent_after_the_targets_are_told),
        CASE(the_next_delivery_comes_with_the_commit_of_the_one_before),
        CASE(workers_send_on_while_results_are_being_stored),
        CASE(a_changed_delivery_is_looked_for_in_the_stage_of_its_state),
        CASE(a_transfer_in_which_bytes_move_takes_as_long_as_it_takes),
        CASE(a_transfer_that_stands_still_ends),
        CASE(what_kills_its_worker_twice_is_held_and_the_others_go_on),
        CASE(a_missing_worker_is_looked_for_again_later),
        CASE(what_is_wrong_with_the_machine_is_tried_again_and_what_is_wrong_with_the_page_is_held),
        CASE(a_result_the_source_refuses_fails_under_the_same_claim),
        CASE(a_result_nobody_wants_any_more_ends_quietly),
        CASE(a_failure_that_cannot_be_stored_is_told_again_slower_each_time),
        CASE(a_failure_of_work_nobody_wants_any_more_ends_quietly),
        CASE(a_pause_lets_running_work_end_and_takes_no_more),
        CASE(freed_while_busy_it_tells_nobody_and_leaves_no_process),
        CASE(freed_while_a_failure_waits_to_be_told_again_it_is_quiet),
        CASE(a_document_that_meets_an_unlock_is_not_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
