#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"
#include "queue/store/line.h"
#include "queue/store/urgent.h"

#define DAY_US (INT64_C(24) * 3600 * 1000000)

static struct js *lines(struct rig *rig)
{
    AUTO(js) struct js *targets = js_pack("[s, s]", "warehouse", "never");
    struct js *rows = NULL;
    ASSERT_OK(line_list(rig->store, targets, &rows, err));
    return rows;
}

static void what_waits_for_a_target_is_counted_since_when(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    AUTO(js) struct js *rows = lines(rig);
    assert_int_equal(js_int_or(rows, "[0].waiting", -1), 1);
    assert_int_equal(js_int_or(rows, "[0].oldest_us", 0),
                     rig_number(rig, "SELECT created_us FROM delivery"));
    assert_false(js_has(rows, "[0].served_us"));
    assert_int_equal(js_int_or(rows, "[1].waiting", -1), 0);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    ASSERT_OK(subject_hold(rig->store, MACHINE_delivery, delivery, "somebody", CLERK, err));
    AUTO(js) struct js *held = lines(rig);
    assert_int_equal(js_int_or(held, "[0].waiting", -1), 0); /* that one waits for a person */
}

static void how_a_target_was_reached_outlives_the_station(void **state)
{
    struct rig *rig = *state;
    ASSERT_OK(line_set(rig->store, &(struct line_state){"warehouse", 17, 42, false}, err));
    ASSERT_OK(line_set(rig->store, &(struct line_state){"warehouse", 18, 43, false}, err));
    rig_reopen(rig);
    AUTO(js) struct js *rows = lines(rig);
    assert_int_equal(js_int_or(rows, "[0].down_since_us", 0), 18);
    assert_int_equal(js_int_or(rows, "[0].served_us", 0), 43);
}

static void a_target_that_is_back_takes_at_once_what_waited_for_another_try(void **state)
{
    struct rig *rig = *state;
    rig_paper_in(rig, "queued", 1);
    AUTO(job) struct job *job = rig_claim(rig, "send");
    struct failure failure = {.code = "TARGET_UNREACHABLE",
                              .not_before_us = sys_now_us() + 600 * INT64_C(1000000)};
    failure.action = FAILURE_RETRY;
    ASSERT_OK(store_fail(rig->store, job_text(job, "claim"), &failure, MACHINE, err));
    assert_null(rig_claim(rig, "send"));
    ASSERT_OK(line_set(rig->store, &(struct line_state){"other", 0, 1, true}, err));
    assert_null(rig_claim(rig, "send"));
    ASSERT_OK(line_set(rig->store, &(struct line_state){"warehouse", 0, 1, true}, err));
    AUTO(job) struct job *again = rig_claim(rig, "send");
    assert_non_null(again);
}

static void the_disk_is_reckoned_by_what_the_last_week_took(void **state)
{
    struct rig *rig = *state;
    rig_paper_in(rig, "queued", 2);
    AUTO(js) struct js *disk = NULL;
    ASSERT_OK(line_disk(rig->store, &disk, err));
    int64_t all = rig_number(rig, "SELECT sum(size_bytes) FROM blob");
    assert_int_equal(js_int_or(disk, "day_bytes", 0), all); /* its first day */
    assert_true(js_int_or(disk, "free_bytes", 0) > 0);
    sys_clock_set(sys_now_us() + 5 * DAY_US / 2);
    AUTO(js) struct js *later = NULL;
    ASSERT_OK(line_disk(rig->store, &later, err));
    assert_int_equal(js_int_or(later, "day_bytes", 0), all / 3);
    sys_clock_set(sys_now_us() + 30 * DAY_US);
    AUTO(js) struct js *quiet = NULL;
    ASSERT_OK(line_disk(rig->store, &quiet, err));
    assert_int_equal(js_int_or(quiet, "day_bytes", -1), 0);
    sys_clock_set(0);
}

static void what_is_urgent_goes_first_and_alone_by_day(void **state)
{
    struct rig *rig = *state;
    struct paper first = rig_paper_in(rig, "queued", 1), second = rig_paper_in(rig, "queued", 1);
    (void)first;
    char delivery[ID_SIZE];
    rig_delivery(rig, second.document, delivery);
    ASSERT_OK(delivery_set_urgent(rig->store, delivery, true, CLERK, err));
    AUTO(js) struct js *by_day = js_pack("[{s:s, s:b}]", "name", "warehouse", "urgent_only", 1);
    struct claim_wish wish = RIG_WISH("send");
    wish.targets = by_day;
    AUTO(job) struct job *job = NULL;
    ASSERT_OK(store_claim(rig->store, &wish, MACHINE, &job, err));
    assert_string_equal(job_text(job, "id"), delivery);
    assert_true(js_bool_or(job->body, "args.urgent", false));
    AUTO(job) struct job *none = NULL;
    ASSERT_OK(store_claim(rig->store, &wish, MACHINE, &none, err));
    assert_null(none);
    AUTO(job) struct job *other = rig_claim(rig, "send");
    assert_false(js_has(other->body, "args.urgent"));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'urgent'"), 1);
}

static void an_urgent_dossier_makes_its_later_records_urgent_too(void **state)
{
    struct rig *rig = *state;
    int64_t count;
    struct paper paper = rig_paper_in(rig, "signed", 1);
    ASSERT_OK(dossier_set_urgent(rig->store, paper.dossier, true, CLERK, &count, err));
    assert_int_equal(count, 0);
    while (rig_work(rig, "extract") || rig_work(rig, "code") || rig_work(rig, "queue"))
        ;
    assert_int_equal(rig_number(rig, "SELECT urgent FROM delivery"), 1);
    ASSERT_OK(dossier_set_urgent(rig->store, paper.dossier, false, CLERK, &count, err));
    assert_int_equal(count, 1);
    assert_int_equal(rig_number(rig, "SELECT urgent FROM delivery"), 0);
}

static void what_is_there_already_cannot_be_made_urgent(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "closed", 1);
    char delivery[ID_SIZE], nobody[ID_SIZE];
    int64_t count;
    id_new(nobody);
    rig_delivery(rig, paper.document, delivery);
    ASSERT_ERR(ERR_STATE_CHANGED, delivery_set_urgent(rig->store, delivery, true, CLERK, err));
    ASSERT_ERR(ERR_NOT_FOUND, delivery_set_urgent(rig->store, nobody, true, CLERK, err));
    ASSERT_ERR(ERR_NOT_FOUND, dossier_set_urgent(rig->store, nobody, true, CLERK, &count, err));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        CASE(what_waits_for_a_target_is_counted_since_when),
        CASE(how_a_target_was_reached_outlives_the_station),
        CASE(a_target_that_is_back_takes_at_once_what_waited_for_another_try),
        CASE(the_disk_is_reckoned_by_what_the_last_week_took),
        CASE(what_is_urgent_goes_first_and_alone_by_day),
        CASE(an_urgent_dossier_makes_its_later_records_urgent_too),
        CASE(what_is_there_already_cannot_be_made_urgent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
