#include "tests/unit/queue/store/register_rig.h"

#include "queue/store/purge.h"
#include "queue/store/secret.h"

#include <unistd.h>

#define PUT(rig, name, ...)                                                                        \
    register_put(rig, name, (const char *const[]){__VA_ARGS__},                                    \
                 COUNT_OF(((const char *const[]){__VA_ARGS__})))

#define EXPECT(place, path, wanted) assert_string_equal(register_link(place, path), wanted)

#define WORD "chimhoangyen4711"
#define SECRET_SAYS "\"abstract\":\"" WORD "\""

static struct place place_of(void **state)
{
    return (struct place){.rig = *state, .papers = PAPERS_SPLIT};
}

/* A person finds the mark on the paper of that file. */
static void purge(struct place *place, const char *path)
{
    AUTO(js) struct js *pages = NULL;
    struct store *store = place->rig->store;
    ASSERT_OK(view_pages_of_document(store, register_paper(place, path), &pages, err));
    ASSERT_OK(secret_told(store, js_text_or(pages, "[0].id", ""), CLERK, err));
    ASSERT_OK(purge_finish(store, err));
    register_work_all(place->rig);
}

static int64_t rows_that_tell(struct rig *rig)
{
    return rig_number(rig, "SELECT count(*) FROM register_row WHERE data LIKE '%" WORD "%'");
}

static void a_row_of_a_purged_paper_is_purged_and_never_listed_or_joined_again(void **state)
{
    struct place place = place_of(state);
    register_lay(&place, "a.jpg");
    register_lay(&place, "b.jpg");
    PUT(place.rig, "sổ", "a.jpg|5/QĐ|2019-03-05|" SECRET_SAYS, "b.jpg|6/QĐ||", "c.jpg|||");
    EXPECT(&place, "a.jpg", "joined path 2");
    purge(&place, "a.jpg");
    EXPECT(&place, "a.jpg", "alone");
    EXPECT(&place, "b.jpg", "joined path 3");
    assert_int_equal(rows_that_tell(place.rig), 0);
    assert_int_equal(register_count(place.rig, "rows"), 3);
    assert_int_equal(register_count(place.rig, "rows_purged"), 1);
    assert_int_equal(register_count(place.rig, "rows_alone"), 1);
    AUTO(js) struct js *rows = NULL;
    struct register_query query = {.folder = PLACE_FOLDER, .list = "rows-purged", .limit = 5};
    ASSERT_OK(register_list(place.rig->store, &query, &rows, err));
    assert_int_equal(js_count(js_at(rows, "items")), 1);
    assert_int_equal(js_int_or(rows, "items[0].line", 0), 2);
    assert_true(js_bool_or(rows, "items[0].purged", false));
    assert_null(js_at(rows, "items[0].path"));
    ASSERT_ERR(ERR_BAD_ARGUMENT,
               register_say(place.rig->store, register_paper(&place, "b.jpg"),
                            js_text_or(rows, "items[0].register_id", ""), 2, CLERK, err));
    register_lay(&place, "d.jpg"); /* the very number: nobody knows it any more */
    register_read_as(&place, "d.jpg", "5/QĐ", "2019-03-05");
    EXPECT(&place, "d.jpg", "alone");
    rig_check_invariants(place.rig);
}

static void what_older_and_later_versions_say_of_it_goes_too(void **state)
{
    struct place place = place_of(state);
    register_lay(&place, "a.jpg");
    register_lay(&place, "b.jpg");
    PUT(place.rig, "sổ", "a.jpg|7/QĐ||" SECRET_SAYS, "b.jpg|6/QĐ||");
    PUT(place.rig, "sổ", "|5/QĐ|2019-03-05|" SECRET_SAYS, "a.jpg|5/QĐ|2019-03-05|" SECRET_SAYS,
        "b.jpg|5/QĐ|2019-03-06|");
    EXPECT(&place, "a.jpg", "joined path 3");
    assert_int_equal(rows_that_tell(place.rig), 3);
    purge(&place, "a.jpg");
    assert_int_equal(rows_that_tell(place.rig), 0);
    EXPECT(&place, "b.jpg", "joined path 4");
    PUT(place.rig, "sổ", "b.jpg|6/QĐ||", "a.jpg|5/QĐ|2019-03-05|" SECRET_SAYS);
    assert_int_equal(rows_that_tell(place.rig), 0);
    assert_true(purge_is_due(place.rig->store)); /* the log still has it */
    ASSERT_OK(purge_finish(place.rig->store, err));
    EXPECT(&place, "b.jpg", "joined path 2");
    PUT(place.rig, "sổ khác", "a|||" SECRET_SAYS);
    assert_int_equal(rows_that_tell(place.rig), 0);
    assert_int_equal(register_count(place.rig, "rows_alone"), 0);
    assert_int_equal(register_count(place.rig, "rows_purged"), 2);
}

/* Nothing was noted of any paper before there was a register. */
static void a_first_register_loses_the_row_of_a_purged_paper_and_no_other(void **state)
{
    struct place place = place_of(state);
    register_lay(&place, "2019/a.jpg");
    register_lay(&place, "2019/b.jpg");
    register_lay(&place, "2020/b.jpg");
    purge(&place, "2019/a.jpg");
    purge(&place, "2019/b.jpg");
    PUT(place.rig, "sổ", "a|||" SECRET_SAYS, "b|||" SECRET_SAYS);
    assert_int_equal(rows_that_tell(place.rig), 1);
    assert_int_equal(register_count(place.rig, "rows_purged"), 1);
    EXPECT(&place, "2020/b.jpg", "joined name 3"); /* may be that one's */
}

static void a_backup_that_knows_the_row_goes_though_it_knows_no_page(void **state)
{
    struct place place = place_of(state);
    AUTO(mem) char *older = mem_printf("%s/backup-v9-1.db", place.rig->folder);
    AUTO(mem) char *knows = mem_printf("%s/backup-v16-2.db", place.rig->folder);
    ASSERT_OK(db_run(place.rig->store->db, "VACUUM INTO ?", DB_BIND(DB_TEXT(older)), err));
    PUT(place.rig, "sổ", "a.jpg|||" SECRET_SAYS);
    ASSERT_OK(db_run(place.rig->store->db, "VACUUM INTO ?", DB_BIND(DB_TEXT(knows)), err));
    register_lay(&place, "a.jpg");
    purge(&place, "a.jpg");
    assert_int_equal(access(older, F_OK), 0);
    assert_int_equal(access(knows, F_OK), -1);
}

static void what_a_paper_without_a_row_was_looked_for_by_goes_too(void **state)
{
    struct place place = place_of(state);
    register_lay(&place, "a.jpg");
    PUT(place.rig, "sổ", "b.jpg|6/QĐ||");
    register_read_as(&place, "a.jpg", "5/QĐ", "2019-03-05");
    static const char kept[] = "SELECT count(*) FROM register_document WHERE number_key IS NOT "
                               "NULL OR issue_date IS NOT NULL OR issuer_key IS NOT NULL";
    assert_int_equal(rig_number(place.rig, kept), 1);
    purge(&place, "a.jpg");
    assert_int_equal(rig_number(place.rig, kept), 0);
    assert_int_equal(register_count(place.rig, "rows_purged"), 0);
}

static void rows_told_twice_go_and_a_row_that_may_be_anothers_stays(void **state)
{
    struct place place = place_of(state);
    register_lay(&place, "a.jpg");
    register_lay(&place, "b.jpg");
    register_read_as(&place, "a.jpg", "5/QĐ", "2019-03-05");
    PUT(place.rig, "sổ", "|5/QĐ|2019-03-05|" SECRET_SAYS, "|5/QĐ|2019-03-05|" SECRET_SAYS,
        "b.jpg|||");
    EXPECT(&place, "a.jpg", "question rows");
    purge(&place, "a.jpg");
    assert_int_equal(rows_that_tell(place.rig), 0);
    register_lay(&place, "c.jpg");
    register_lay(&place, "d.jpg");
    register_read_as(&place, "c.jpg", "8/QĐ", "2019-03-08");
    register_read_as(&place, "d.jpg", "8/QĐ", "2019-03-08");
    PUT(place.rig, "sổ", "|8/QĐ|2019-03-08|" SECRET_SAYS, "b.jpg|||");
    EXPECT(&place, "c.jpg", "question papers");
    purge(&place, "c.jpg");
    assert_int_equal(rows_that_tell(place.rig), 1);
    EXPECT(&place, "d.jpg", "joined number_date 2");
    EXPECT(&place, "b.jpg", "joined path 3");
}

/* The triggers allow this change of a row and no other. */
static void a_row_changes_for_a_purged_secret_paper_only(void **state)
{
    struct place place = place_of(state);
    register_lay(&place, "a.jpg");
    register_lay(&place, "b.jpg");
    PUT(place.rig, "sổ", "a.jpg|5/QĐ||", "b.jpg|6/QĐ||" SECRET_SAYS);
    purge(&place, "a.jpg");
    char purged[ID_SIZE], other[ID_SIZE];
    snprintf(purged, sizeof purged, "%s", register_paper(&place, "a.jpg"));
    snprintf(other, sizeof other, "%s", register_paper(&place, "b.jpg"));
#define WIPE "UPDATE register_row SET number_key = NULL, data = '{}', purged_for = ? "
    const struct {
        const char *sql, *document;
    } refused[] = {
        {WIPE "WHERE line = 3", other},
        {WIPE "WHERE line = 2", purged}, /* once is enough */
        {WIPE ", line = 9 WHERE line = 3", purged},
        {"UPDATE register_row SET data = '{}', purged_for = ? WHERE line = 3", purged},
        {"UPDATE register_row SET number_key = NULL, purged_for = ? WHERE line = 3", purged},
        {"UPDATE register_row SET purged_for = nullif(?, purged_for) WHERE line = 2", purged},
        {"DELETE FROM register_row WHERE purged_for = ?", purged},
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        ASSERT_ERR(ERR_CONFLICT, db_run(place.rig->store->db, refused[i].sql,
                                        DB_BIND(DB_TEXT(refused[i].document)), err));
    assert_int_equal(rows_that_tell(place.rig), 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_row_of_a_purged_paper_is_purged_and_never_listed_or_joined_again),
        CASE(what_older_and_later_versions_say_of_it_goes_too),
        CASE(a_first_register_loses_the_row_of_a_purged_paper_and_no_other),
        CASE(a_backup_that_knows_the_row_goes_though_it_knows_no_page),
        CASE(what_a_paper_without_a_row_was_looked_for_by_goes_too),
        CASE(rows_told_twice_go_and_a_row_that_may_be_anothers_stays),
        CASE(a_row_changes_for_a_purged_secret_paper_only),
    };
    return cmocka_run_group_tests_name("register-purge", tests, NULL, NULL);
}
