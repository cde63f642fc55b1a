#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"

/* Which deliveries are taken, in which order, and what their jobs say. */

static const int64_t START_US = INT64_C(1790000000000000), SECOND_US = 1000000;

/* Records for both targets, a second apart; ids[record][target]. */
static void queue_records(struct rig *rig, int count, char ids[][2][ID_SIZE])
{
    static const char *const two[] = {"owner", "system"};
    rig->options.targets = two;
    rig->options.target_count = 2;
    rig_reopen(rig);
    for (int i = 0; i < count; i++) {
        sys_clock_set(START_US + i * SECOND_US);
        struct paper paper = rig_paper_in(rig, "queued", 1);
        for (int t = 0; t < 2; t++) {
            AUTO(mem) char *id = NULL;
            ASSERT_OK(db_text(rig->store->db,
                              "SELECT id FROM delivery WHERE document_id = ? AND target = ?",
                              DB_BIND(DB_TEXT(paper.document), DB_TEXT(two[t])), &id, err));
            snprintf(ids[i][t], ID_SIZE, "%s", id);
        }
    }
}

static void set_column(struct rig *rig, const char *id, const char *assignment)
{
    AUTO(mem) char *sql = mem_printf("UPDATE delivery SET %s WHERE id = '%s'", assignment, id);
    ASSERT_OK(db_script(rig->store->db, sql, err));
}

/* The id of what is claimed for these targets (JSON; NULL: all); "" when nothing is. */
static const char *next_of(struct rig *rig, const char *targets_text)
{
    static char id[ID_SIZE];
    AUTO(js) struct js *targets = NULL;
    AUTO(job) struct job *job = NULL;
    struct claim_wish wish = RIG_WISH("send");
    if (targets_text)
        ASSERT_OK(js_parse(targets_text, strlen(targets_text), &targets, err));
    wish.targets = targets;
    ASSERT_OK(store_claim(rig->store, &wish, MACHINE, &job, err));
    snprintf(id, sizeof id, "%s", job ? job_text(job, "id") : "");
    return id;
}

static void urgent_deliveries_go_first_then_the_oldest_of_all_targets(void **state)
{
    struct rig *rig = *state;
    char ids[3][2][ID_SIZE];
    queue_records(rig, 3, ids);
    set_column(rig, ids[2][1], "urgent = 1");
    set_column(rig, ids[1][0], "created_us = created_us + 1");
    assert_string_equal(next_of(rig, NULL), ids[2][1]);
    assert_string_equal(next_of(rig, "[{\"name\": \"system\"}]"), ids[0][1]);
    assert_string_equal(next_of(rig, NULL), ids[0][0]);
    assert_string_equal(next_of(rig, NULL), ids[1][1]);
    assert_string_equal(next_of(rig, NULL), ids[1][0]);
    assert_string_equal(next_of(rig, NULL), ids[2][0]);
    assert_string_equal(next_of(rig, NULL), "");
}

static void a_target_gets_what_it_is_open_for(void **state)
{
    struct rig *rig = *state;
    char ids[2][2][ID_SIZE];
    queue_records(rig, 2, ids);
    set_column(rig, ids[1][0], "urgent = 1");
    const struct {
        const char *targets, *wanted;
    } cases[] = {
        {"[]", ""},
        {"[{\"name\": \"nobody\"}]", ""},
        {"[{\"name\": \"system\", \"urgent_only\": true}]", ""},
        {"[{\"name\": \"owner\", \"urgent_only\": true}]", ids[1][0]},
        {"[{\"name\": \"owner\", \"urgent_only\": true}]", ""},
        {"[{\"name\": \"owner\", \"urgent_only\": false}]", ids[0][0]},
        {"[{\"name\": \"owner\"}, {\"name\": \"system\"}]", ids[0][1]},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(next_of(rig, cases[i].targets), cases[i].wanted);
}

static void what_waits_for_something_else_is_not_sent(void **state)
{
    struct rig *rig = *state;
    char ids[1][2][ID_SIZE];
    int64_t due_us;
    queue_records(rig, 1, ids);
    set_column(rig, ids[0][0], "waits_for = 'handover'");
    set_column(rig, ids[0][1], "waits_for = 'look-up', not_before_us = 1790000009000000");
    assert_string_equal(next_of(rig, NULL), "");
    ASSERT_OK(store_next_due(rig->store, &due_us, err));
    assert_int_equal(due_us, -1);
    set_column(rig, ids[0][0], "waits_for = NULL");
    assert_string_equal(next_of(rig, NULL), ids[0][0]);
}

static void the_target_is_asked_first_where_the_end_of_a_try_is_not_known(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    int64_t released;
    rig_delivery(rig, paper.document, delivery);
    AUTO(job) struct job *first = rig_claim(rig, "send");
    assert_string_equal(job_text(first, "args.key"), delivery);
    assert_false(js_bool_or(first->body, "args.ask_first", true));
    assert_true(js_is_null(js_at(first->body, "args.replaces")));

    ASSERT_OK(claim_release_others(rig->store, "owner-2", MACHINE, &released, err));
    AUTO(job) struct job *second = rig_claim(rig, "send"); /* found sending */
    assert_true(js_bool_or(second->body, "args.ask_first", false));
    const struct failure failure = {.code = "TARGET_UNREACHABLE"};
    ASSERT_OK(store_fail(rig->store, job_text(second, "claim"), &failure, MACHINE, err));

    AUTO(job) struct job *third = rig_claim(rig, "send"); /* found queued, it failed before */
    assert_true(js_bool_or(third->body, "args.ask_first", false));
    ASSERT_OK(rig_complete(rig, third, err));
    assert_int_equal(rig_number(rig, "SELECT ask_first FROM delivery"), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(urgent_deliveries_go_first_then_the_oldest_of_all_targets),
        T(a_target_gets_what_it_is_open_for),
        T(what_waits_for_something_else_is_not_sent),
        T(the_target_is_asked_first_where_the_end_of_a_try_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
