#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"

/* Who saw what: once in a window, and apart from who did what. */

static const int64_t START_US = INT64_C(1790000000000000), SECOND_US = 1000000;

static enum err_code saw(struct rig *rig, const char *who, const char *id, const char *what)
{
    return audit_read(rig->store,
                      &(struct audit){.kind = "page",
                                      .id = id,
                                      .event = "something else",
                                      .detail = what,
                                      .by = {who, "clerk"}},
                      NULL);
}

static void one_look_is_one_row_for_ten_minutes(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *who, *id, *what;
        int at_s, rows; /* afterwards, in all */
    } cases[] = {
        {"uid:1", "p1", "image", 0, 1},    {"uid:1", "p1", "image", 1, 1},
        {"uid:1", "p1", "image", 599, 1},  {"uid:1", "p1", "thumb", 599, 2},
        {"uid:2", "p1", "image", 599, 3},  {"uid:1", "p2", "image", 599, 4},
        {"uid:1", "p1", "image", 600, 5},  {"uid:1", "p1", "image", 601, 5},
        {"uid:1", "p1", "thumb", 1198, 5}, {"uid:1", "p1", "image", 1200, 6},
        {"uid:1", "p1", "image", 30, 6}, /* the clock was set back: the first row counts again */
        {"uid:9", "p1", "image", 5000, 7}, {"uid:9", "p1", "image", 10, 8},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        sys_clock_set(START_US + cases[i].at_s * SECOND_US);
        assert_int_equal(saw(rig, cases[i].who, cases[i].id, cases[i].what), ERR_OK);
        int64_t rows = rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'read'");
        if (rows != cases[i].rows)
            fail_msg("case %zu: %lld rows", i, (long long)rows);
    }
    sys_clock_set(0);
}

static size_t listed(struct rig *rig, const char *id, bool reads)
{
    AUTO(js) struct js *list = NULL;
    ASSERT_OK(audit_list(rig->store, id, reads, 100, &list, err));
    return js_count(list);
}

static void reads_do_not_drown_the_history(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 1);
    size_t before = listed(rig, paper.document, true);
    assert_int_equal(saw(rig, "uid:1", paper.document, "view"), ERR_OK);
    assert_int_equal(saw(rig, "uid:2", paper.document, "view"), ERR_OK);
    assert_int_equal(listed(rig, paper.document, false), before);
    assert_int_equal(listed(rig, paper.document, true), before + 2);
}

static void a_look_among_ten_thousand_reads_no_table_through(void **state)
{
    struct rig *rig = *state;
    ASSERT_OK(db_script(rig->store->db,
                        "INSERT INTO audit (at_us, principal, role, kind, subject_id, event, "
                        "detail) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                        "WHERE i < 10000) SELECT i, 'uid:1', 'clerk', 'station', 'queue_list', "
                        "'read', 'list' FROM n",
                        err));
    db_scan_steps(rig->store->db, true);
    assert_int_equal(saw(rig, "uid:1", "queue_list", "list"), ERR_OK);
    assert_int_equal(db_scan_steps(rig->store->db, true), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(one_look_is_one_row_for_ten_minutes),
        T(reads_do_not_drown_the_history),
        T(a_look_among_ten_thousand_reads_no_table_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
