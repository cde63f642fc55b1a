#include "tests/unit/queue/store/rig.h"

#include "queue/store/reconcile.h"
#include "queue/store/task.h"

/* What targets list against what was sent there. */

static const char TARGET[] = "warehouse";

struct there { /* one record of the warehouse */
    char document[ID_SIZE], delivery[ID_SIZE], name[80];
};

/* A paper on its way, taken on until the warehouse has accepted it. */
static struct there accepted(struct rig *rig)
{
    struct there there;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    rig_delivery(rig, paper.document, there.delivery);
    memcpy(there.document, paper.document, ID_SIZE);
    while (rig_work(rig, "send") || rig_work(rig, "accept"))
        ;
    assert_string_equal(state_of(rig, MACHINE_delivery, there.delivery), "accepted");
    AUTO(mem) char *name = NULL;
    ASSERT_OK(db_text(rig->store->db, "SELECT remote_name FROM delivery WHERE id = ?",
                      DB_BIND(DB_TEXT(there.delivery)), &name, err));
    snprintf(there.name, sizeof there.name, "H1/%s", there.document);
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE delivery SET remote_name = ?, receipt = json_set(receipt, '$.pdf_tag',"
                     " 'p', '$.json_tag', 'j', '$.pdf_size', 10, '$.json_size', 5) WHERE id = ?",
                     DB_BIND(DB_TEXT(there.name), DB_TEXT(there.delivery)), err));
    return there;
}

static char *begin(struct rig *rig)
{
    AUTO(js) struct js *run = NULL;
    ASSERT_OK(reconcile_begin(rig->store, TARGET, MACHINE, &run, err));
    return mem_strdup(js_text_or(run, "run.id", ""));
}

static void list(struct js *entries, const char *stem, const char *suffix, int size,
                 const char *tag)
{
    AUTO(mem) char *name = mem_printf("%s%s", stem, suffix);
    assert_true(
        js_push(entries, js_pack("{s:s, s:i, s:s}", "name", name, "size", size, "tag", tag)));
}

static void list_whole(struct js *entries, const struct there *there)
{
    list(entries, there->name, ".json", 5, "j");
    list(entries, there->name, ".pdf", 10, "p");
}

static struct js *page(struct rig *rig, const char *run, const struct js *entries, const char *next)
{
    struct js *answer = NULL;
    ASSERT_OK(reconcile_page(rig->store, run, entries, next, NULL, MACHINE, &answer, err));
    return answer;
}

static struct js *finish(struct rig *rig, const char *run)
{
    struct js *answer = NULL;
    ASSERT_OK(reconcile_finish(rig->store, run, MACHINE, &answer, err));
    return answer;
}

static int64_t tasks(struct rig *rig, const char *kind)
{
    AUTO(js) struct js *found = NULL;
    ASSERT_OK(task_list(rig->store, true, kind, NULL, 100, &found, err));
    return (int64_t)js_count(found);
}

static void close_task(struct rig *rig, const char *kind, const char *how)
{
    AUTO(js) struct js *found = NULL;
    ASSERT_OK(task_list(rig->store, true, kind, NULL, 1, &found, err));
    ASSERT_OK(task_close(rig->store, js_text_or(found, "[0].id", ""), how, NULL, CLERK, err));
}

/* The warehouse's answer when it is asked for one by name. */
static void answer(struct rig *rig, const char *code)
{
    AUTO(job) struct job *job = rig_claim(rig, "reconcile");
    assert_non_null(job);
    struct failure failure = {.code = code, .action = FAILURE_RETRY};
    ASSERT_OK(store_fail(rig->store, job_text(job, "claim"), &failure, MACHINE, err));
}

static void what_is_listed_as_it_was_sent_is_reconciled_and_its_paper_closed(void **state)
{
    struct rig *rig = *state;
    struct there one = accepted(rig), two = accepted(rig);
    AUTO(mem) char *run = begin(rig);
    AUTO(js) struct js *entries = js_array();
    list_whole(entries, &one);
    list(entries, two.name, ".json", 5, "j");
    AUTO(js) struct js *first = page(rig, run, entries, "x");
    assert_string_equal(state_of(rig, MACHINE_document, one.document), "closed");
    assert_string_equal(state_of(rig, MACHINE_delivery, two.delivery), "accepted");
    AUTO(js) struct js *rest = js_array();
    list(rest, two.name, ".pdf", 10, "p"); /* the other half, on the next page */
    AUTO(js) struct js *second = page(rig, run, rest, NULL);
    assert_string_equal(state_of(rig, MACHINE_document, two.document), "closed");
    AUTO(js) struct js *end = finish(rig, run);
    assert_int_equal(js_int_or(end, "run.same", 0), 2);
    assert_int_equal(js_int_or(end, "run.expected", 0), 2);
    assert_int_equal(js_int_or(end, "run.missing", -1), 0);
    assert_string_equal(js_text_or(end, "run.state", ""), "done");
    assert_false(rig_work(rig, "reconcile")); /* no body is read again */
}

static void before_the_first_run_the_days_count_from_the_longest_unproven_record(void **state)
{
    struct rig *rig = *state;
    struct there there = accepted(rig);
    AUTO(js) struct js *last = NULL;
    ASSERT_OK(reconcile_last(rig->store, &last, err));
    const struct js *first = js_item(js_at(last, "targets"), 0);
    assert_true(js_bool_or(first, "held", false));
    AUTO(mem)
    char *since = mem_printf("SELECT count(*) FROM delivery WHERE id = '%s' AND state_us "
                             "= %lld",
                             there.delivery, (long long)js_int_or(first, "begun_us", 0));
    assert_int_equal(rig_number(rig, since), 1);
}

static void another_size_or_tag_is_read_back_before_anybody_is_bothered(void **state)
{
    struct rig *rig = *state;
    static const struct {
        int size;
        const char *tag;
    } cases[] = {{10, "other"}, {11, "p"}, {10, ""}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct there there = accepted(rig);
        AUTO(mem) char *run = begin(rig);
        AUTO(js) struct js *entries = js_array();
        list(entries, there.name, ".pdf", cases[i].size, cases[i].tag);
        AUTO(js) struct js *first = page(rig, run, entries, "x");
        AUTO(js) struct js *rest = js_array();
        list(rest, there.name, ".json", 5, "j");
        AUTO(js) struct js *second = page(rig, run, rest, NULL);
        assert_string_equal(state_of(rig, MACHINE_delivery, there.delivery), "accepted");
        AUTO(js) struct js *end = finish(rig, run);
        assert_int_equal(js_int_or(end, "run.asked", 0), 1);
        assert_int_equal(js_int_or(end, "run.missing", -1), 0);
        assert_int_equal(tasks(rig, "different"), 0);
        assert_true(rig_work(rig, "reconcile"));
        assert_string_equal(state_of(rig, MACHINE_delivery, there.delivery), "reconciled");
        ASSERT_OK(db_script(rig->store->db, "UPDATE delivery SET state = 'withdrawn'", err));
    }
}

static void other_bytes_are_a_task_and_nothing_is_sent_over_them(void **state)
{
    struct rig *rig = *state;
    struct there there = accepted(rig);
    for (int night = 0; night < 2; night++) {
        AUTO(mem) char *run = begin(rig);
        AUTO(js) struct js *entries = js_array();
        list(entries, there.name, ".json", 5, "j");
        list(entries, there.name, ".pdf", 10, "other");
        AUTO(js) struct js *only = page(rig, run, entries, NULL);
        AUTO(js) struct js *end = finish(rig, run);
        answer(rig, "TARGET_MISMATCH");
        assert_int_equal(tasks(rig, "different"), 1);
        assert_string_equal(state_of(rig, MACHINE_delivery, there.delivery), "accepted");
        assert_null(rig_claim(rig, "reconcile"));
        assert_null(rig_claim(rig, "send"));
    }
    close_task(rig, "different", "look-again");
    assert_true(rig_work(rig, "reconcile")); /* they mended it */
    assert_string_equal(state_of(rig, MACHINE_document, there.document), "closed");
}

static void what_is_not_listed_is_asked_for_by_name_and_lost_ones_are_sent_again(void **state)
{
    struct rig *rig = *state;
    struct there there = accepted(rig);
    AUTO(mem) char *run = begin(rig);
    AUTO(js) struct js *entries = js_array();
    list(entries, there.name, ".pdf", 10, "p"); /* half of it */
    AUTO(js) struct js *only = page(rig, run, entries, NULL);
    AUTO(js) struct js *end = finish(rig, run);
    assert_int_equal(js_int_or(end, "run.missing", 0), 1);
    assert_int_equal(tasks(rig, "missing"), 0);
    answer(rig, "NOT_FOUND");
    assert_int_equal(tasks(rig, "missing"), 1);
    assert_string_equal(state_of(rig, MACHINE_delivery, there.delivery), "queued");
    assert_true(rig_work(rig, "send") && rig_work(rig, "accept"));
    rig_ask_reconcile(rig);
    assert_true(rig_work(rig, "reconcile"));
    assert_int_equal(tasks(rig, "missing"), 0); /* settled by itself */
    assert_string_equal(state_of(rig, MACHINE_document, there.document), "closed");
}

static void what_was_there_and_is_gone_waits_for_a_person(void **state)
{
    struct rig *rig = *state;
    struct there there = accepted(rig);
    AUTO(mem) char *first = begin(rig);
    AUTO(js) struct js *entries = js_array();
    list_whole(entries, &there);
    AUTO(js) struct js *seen = page(rig, first, entries, NULL);
    AUTO(js) struct js *first_end = finish(rig, first);
    assert_string_equal(state_of(rig, MACHINE_document, there.document), "closed");

    AUTO(mem) char *second = begin(rig);
    AUTO(js) struct js *nothing = js_array();
    AUTO(js) struct js *empty = page(rig, second, nothing, NULL);
    AUTO(js) struct js *second_end = finish(rig, second);
    answer(rig, "NOT_FOUND");
    assert_int_equal(tasks(rig, "missing"), 1);
    assert_string_equal(state_of(rig, MACHINE_delivery, there.delivery), "reconciled");
    assert_null(rig_claim(rig, "send"));
    close_task(rig, "missing", "resend");
    assert_string_equal(state_of(rig, MACHINE_delivery, there.delivery), "queued");
    assert_string_equal(state_of(rig, MACHINE_document, there.document), "queued");
    assert_true(rig_work(rig, "send"));
}

static void many_missing_at_once_are_one_task_and_nothing_is_sent(void **state)
{
    struct rig *rig = *state;
    enum { RECORDS = 22 };
    for (int i = 0; i < RECORDS; i++)
        accepted(rig);
    AUTO(mem) char *run = begin(rig);
    AUTO(js) struct js *nothing = js_array();
    AUTO(js) struct js *empty = page(rig, run, nothing, NULL);
    AUTO(js) struct js *end = finish(rig, run);
    assert_int_equal(js_int_or(end, "run.missing", 0), RECORDS);
    assert_int_equal(tasks(rig, "many-missing"), 1);
    assert_null(rig_claim(rig, "reconcile"));
    close_task(rig, "many-missing", "resend");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM delivery WHERE state = 'queued'"),
                     RECORDS);
}

static void a_record_of_this_station_that_was_not_sent_is_extra_and_others_are_not(void **state)
{
    struct rig *rig = *state;
    struct paper unsent = rig_paper_in(rig, "read", 1), under_way = rig_paper_in(rig, "queued", 1);
    char other[ID_SIZE], stems[3][80];
    id_new(other);
    const char *const ids[] = {unsent.document, under_way.document, other};
    AUTO(js) struct js *entries = js_array();
    for (int i = 0; i < 3; i++) {
        snprintf(stems[i], sizeof stems[i], "H1/%s", ids[i]);
        list(entries, stems[i], ".json", 5, "j");
        list(entries, stems[i], ".pdf", 10, "p");
    }
    list(entries, "H1/notes", ".txt", 1, "t");
    for (int night = 0; night < 2; night++) {
        AUTO(mem) char *run = begin(rig);
        AUTO(js) struct js *only = page(rig, run, entries, NULL);
        AUTO(js) struct js *end = finish(rig, run);
        assert_int_equal(js_int_or(end, "run.extra", 0), 1);
        assert_int_equal(js_int_or(end, "run.others", 0), 2);
        assert_int_equal(tasks(rig, "extra"), 1);
    }
}

static void names_in_our_folders_that_tell_nothing_are_asked_for(void **state)
{
    struct rig *rig = *state;
    struct there there = accepted(rig);
    struct paper unsent = rig_paper_in(rig, "read", 1);
    AUTO(mem) char *run = begin(rig);
    AUTO(js) struct js *entries = js_array();
    list_whole(entries, &there);
    list(entries, "H1/H1.007", ".pdf", 9, "q");
    list(entries, "H2/H2.001", ".pdf", 9, "q"); /* no dossier of ours */
    AUTO(js) struct js *asks = page(rig, run, entries, NULL);
    assert_int_equal(js_count(js_at(asks, "ask")), 1);
    assert_string_equal(js_text_or(asks, "ask[0]", ""), "H1/H1.007");
    assert_string_equal(state_of(rig, MACHINE_delivery, there.delivery), "accepted");
    AUTO(js)
    struct js *owners = js_pack("[{s:s, s:s}]", "name", "H1/H1.007", "record_id", unsent.document);
    AUTO(js) struct js *done = NULL;
    ASSERT_OK(reconcile_page(rig->store, run, entries, NULL, owners, MACHINE, &done, err));
    assert_int_equal(tasks(rig, "extra"), 1);
    assert_string_equal(state_of(rig, MACHINE_delivery, there.delivery), "reconciled");
}

static void
a_killed_run_goes_on_where_it_stopped_and_what_was_sent_meanwhile_is_not_missing(void **state)
{
    struct rig *rig = *state;
    struct there one = accepted(rig);
    AUTO(mem) char *run = begin(rig);
    AUTO(js) struct js *entries = js_array();
    list_whole(entries, &one);
    AUTO(js) struct js *first = page(rig, run, entries, "H1/zzz");
    rig_reopen(rig);
    accepted(rig); /* behind its place in the listing */
    AUTO(js) struct js *again = NULL;
    ASSERT_OK(reconcile_begin(rig->store, TARGET, MACHINE, &again, err));
    assert_string_equal(js_text_or(again, "run.id", ""), run);
    assert_string_equal(js_text_or(again, "run.after", ""), "H1/zzz");
    assert_int_equal(js_int_or(again, "run.same", 0), 1);
    AUTO(js) struct js *end = finish(rig, run);
    assert_int_equal(js_int_or(end, "run.missing", -1), 0);
    ASSERT_ERR(ERR_STATE_CHANGED,
               reconcile_page(rig->store, run, entries, NULL, NULL, MACHINE, &again, err));
}

static void a_target_that_cannot_list_is_asked_one_by_one(void **state)
{
    struct rig *rig = *state;
    struct there one = accepted(rig), two = accepted(rig);
    AUTO(mem) char *run = begin(rig);
    AUTO(js) struct js *end = NULL;
    ASSERT_OK(reconcile_each(rig->store, run, 0, MACHINE, &end, err));
    assert_string_equal(js_text_or(end, "run.way", ""), "each");
    assert_int_equal(js_int_or(end, "run.asked", 0), 2);
    assert_true(rig_work(rig, "reconcile") && rig_work(rig, "reconcile"));
    assert_string_equal(state_of(rig, MACHINE_delivery, one.delivery), "reconciled");
    assert_string_equal(state_of(rig, MACHINE_delivery, two.delivery), "reconciled");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest all[] = {
        TEST(before_the_first_run_the_days_count_from_the_longest_unproven_record),
        TEST(what_is_listed_as_it_was_sent_is_reconciled_and_its_paper_closed),
        TEST(another_size_or_tag_is_read_back_before_anybody_is_bothered),
        TEST(other_bytes_are_a_task_and_nothing_is_sent_over_them),
        TEST(what_is_not_listed_is_asked_for_by_name_and_lost_ones_are_sent_again),
        TEST(what_was_there_and_is_gone_waits_for_a_person),
        TEST(many_missing_at_once_are_one_task_and_nothing_is_sent),
        TEST(a_record_of_this_station_that_was_not_sent_is_extra_and_others_are_not),
        TEST(names_in_our_folders_that_tell_nothing_are_asked_for),
        TEST(a_killed_run_goes_on_where_it_stopped_and_what_was_sent_meanwhile_is_not_missing),
        TEST(a_target_that_cannot_list_is_asked_one_by_one),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
