#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"
#include "queue/store/hold_many.h"

/* Many deliveries by one word of a person. */

static void add(struct rig *rig, const char *name, const char *target, const char *state,
                const char *reason, int64_t not_before_us, const char *failure)
{
    struct paper paper = rig_paper(rig);
    bool held = strcmp(state, "held") == 0;
    ASSERT_OK(
        db_run(rig->store->db,
               "INSERT INTO delivery (id, document_id, target, state, held_from, held_reason, "
               "not_before_us, state_us, created_us) VALUES (?, ?, ?, ?, ?, ?, ?, 1, 1)",
               DB_BIND(DB_TEXT(name), DB_TEXT(paper.document), DB_TEXT(target), DB_TEXT(state),
                       DB_TEXT(held ? "queued" : NULL), DB_TEXT(held ? reason : NULL),
                       DB_INT(not_before_us)),
               err));
    if (failure)
        ASSERT_OK(db_run(rig->store->db,
                         "INSERT INTO audit (at_us, principal, role, kind, subject_id, event, "
                         "detail) VALUES (1, 'm', 'machine', 'delivery', ?, 'retry', ?)",
                         DB_BIND(DB_TEXT(name), DB_TEXT(failure)), err));
}

static void only_what_was_chosen_is_changed(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *verb;
        struct delivery_choice choice;
        int64_t wanted;
    } cases[] = {
        {"release", {.dry_run = true}, 3},
        {"release", {.reason = "TARGET_AUTH", .dry_run = true}, 2},
        {"release", {.reason = "TARGET_AUTH", .target = "a", .dry_run = true}, 1},
        {"release", {.reason = "nothing of that", .dry_run = true}, 0},
        {"retry", {.dry_run = true}, 5},
        {"retry", {.reason = "TARGET_BUSY", .dry_run = true}, 1},
        {"hold", {.why = "x", .dry_run = true}, 3},
        {"hold", {.why = "x", .target = "b", .dry_run = true}, 1},
        {"release", {.reason = "TARGET_AUTH", .target = "a"}, 1},
        {"release", {.reason = "TARGET_AUTH"}, 1},
        {"retry", {.reason = "TARGET_BUSY"}, 1},
        {"retry", {0}, 2}, /* the one held for another reason, the one that waits for another */
        {"retry", {0}, 0},
        {"hold", {.why = "chờ"}, 6},
    };
    int64_t later_us = sys_now_us() + INT64_C(600000000);
    add(rig, "h1", "a", "held", "TARGET_AUTH", 0, NULL);
    add(rig, "h2", "b", "held", "TARGET_AUTH", 0, NULL);
    add(rig, "h3", "a", "held", "TARGET_CONFLICT", 0, NULL);
    add(rig, "w1", "a", "queued", NULL, later_us, "TARGET_BUSY AB: x");
    add(rig, "w2", "b", "queued", NULL, later_us, "TARGET_AUTH AB: x");
    add(rig, "due", "a", "queued", NULL, 0, NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t count = -1, left = -1;
        ASSERT_OK(deliveries_change(rig->store, cases[i].verb, &cases[i].choice, CLERK, &count,
                                    &left, err));
        if (count != cases[i].wanted)
            fail_msg("case %zu (%s): %lld", i, cases[i].verb, (long long)count);
    }
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM delivery WHERE state = 'held' "
                                     "AND held_reason = 'chờ'"),
                     6);
}

static void a_call_changes_so_many_and_says_how_many_are_left(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    int64_t count, left;
    AUTO(mem)
    char *sql = mem_printf(
        "INSERT INTO delivery (id, document_id, target, state, held_from, held_reason, state_us, "
        "created_us) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
        "SELECT 'v' || i, '%s', 't' || i, 'held', 'queued', 'TARGET_AUTH', 1, 1 FROM n",
        HOLD_MANY_MAX + 3, paper.document);
    ASSERT_OK(db_script(rig->store->db, sql, err));
    ASSERT_OK(deliveries_change(rig->store, "release", &(struct delivery_choice){0}, CLERK, &count,
                                &left, err));
    assert_int_equal(count, HOLD_MANY_MAX);
    assert_int_equal(left, 3);
    ASSERT_OK(deliveries_change(rig->store, "release", &(struct delivery_choice){0}, CLERK, &count,
                                &left, err));
    assert_int_equal(count, 3);
    assert_int_equal(left, 0);
}

static void another_word_or_a_hold_without_why_is_refused(void **state)
{
    struct rig *rig = *state;
    int64_t count, left;
    ASSERT_ERR(ERR_BAD_ARGUMENT, deliveries_change(rig->store, "drop", &(struct delivery_choice){0},
                                                   CLERK, &count, &left, err));
    ASSERT_ERR(ERR_BAD_ARGUMENT, deliveries_change(rig->store, "hold", &(struct delivery_choice){0},
                                                   CLERK, &count, &left, err));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(only_what_was_chosen_is_changed),
        T(a_call_changes_so_many_and_says_how_many_are_left),
        T(another_word_or_a_hold_without_why_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
