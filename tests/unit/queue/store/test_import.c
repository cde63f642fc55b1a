#include "tests/unit/queue/store/import_place.h"

static void every_step_may_be_the_last_of_a_process(void **state)
{
    struct place place = {.rig = *state};
    place_lay(&place, "a.pdf", 3);
    place_lay(&place, "b.jpg", 5);
    place_sweep(&place);
    for (int killed = 0; place_work(&place, killed); killed = !killed)
        ;
    place_work_all(&place);
    assert_int_equal(place_balance(&place, "imported"), 2);
    assert_int_equal(rig_number(place.rig, "SELECT count(*) FROM page"), 4);
    assert_int_equal(
        rig_number(place.rig,
                   "SELECT count(*) FROM document WHERE state = 'open' AND scan_finished"),
        2);
    assert_int_equal(rig_number(place.rig, "SELECT count(*) FROM dossier WHERE kind = 'backlog'"),
                     1);
}

static void images_of_a_sub_folder_are_one_document_in_natural_order(void **state)
{
    struct place place = {.rig = *state};
    place_lay(&place, "case/p10.jpg", 5);
    place_lay(&place, "case/p2.jpg", 4);
    place_lay(&place, "single.jpg", 6);
    place_lay(&place, "case/paper.pdf", 3);
    place_sweep(&place);
    place_work_all(&place);
    assert_int_equal(rig_number(place.rig, "SELECT count(*) FROM document"), 3);
    assert_int_equal(rig_number(place.rig, "SELECT count(DISTINCT document_id) FROM import_item "
                                           "WHERE path LIKE 'case/%.jpg'"),
                     1);
    assert_int_equal(
        rig_number(place.rig, "SELECT ordinal FROM import_item WHERE path = 'case/p10.jpg'"), 2);
}

static void a_duplicate_is_marked_and_a_moved_file_is_itself(void **state)
{
    struct place place = {.rig = *state};
    place_lay(&place, "one.jpg", 5);
    place_lay(&place, "two.jpg", 5);
    place_sweep(&place);
    place_work_all(&place);
    assert_int_equal(place_balance(&place, "imported"), 1);
    assert_int_equal(place_balance(&place, "duplicate"), 1);
    place_rename(&place, 0, "moved.jpg");
    place_sweep(&place);
    place_work_all(&place);
    place_check_balance(&place);
    assert_int_equal(place_balance(&place, "found"), 2);
    assert_int_equal(rig_number(place.rig,
                                "SELECT count(*) FROM import_item WHERE path = 'moved.jpg' AND "
                                "state = 'done' AND present"),
                     1);
}

static void another_paper_under_an_old_name_is_another_item(void **state)
{
    struct place place = {.rig = *state};
    place_lay(&place, "scan001.jpg", 5);
    place_sweep(&place);
    place_work_all(&place);
    place.files[0].content = 6;
    place.files[0].mtime = ++place.clock;
    place_sweep(&place);
    place_work_all(&place);
    assert_int_equal(place_balance(&place, "imported"), 2);
    place_check_balance(&place);
}

static void a_signed_file_waits_until_a_person_tries_again(void **state)
{
    struct place place = {.rig = *state};
    place_lay(&place, "signed.pdf", 2);
    place_sweep(&place);
    place_work_all(&place);
    assert_int_equal(place_balance(&place, "waiting"), 1);
    assert_int_equal(place_balance(&place, "refused"), 0);
    assert_int_equal(
        rig_number(place.rig, "SELECT count(*) FROM import_item WHERE code = 'FILE_SIGNED'"), 1);
    ASSERT_OK(import_again(place.rig->store, PLACE_FOLDER, CLERK, err));
    place_sweep(&place);
    assert_true(place_work(&place, false));
    place_work_all(&place);
    assert_int_equal(place_balance(&place, "waiting"), 1);
}

static void a_file_that_kills_the_worker_twice_waits(void **state)
{
    struct place place = {.rig = *state};
    AUTO(mem) char *id = NULL;
    place_lay(&place, "bad.pdf", 3);
    place_sweep(&place);
    ASSERT_OK(db_text(place.rig->store->db, "SELECT id FROM import_item", DB_BIND_NONE, &id, err));
    ASSERT_OK(import_fail(place.rig->store, id, "WORKER_DIED", IMPORT_LATER, MACHINE, err));
    assert_int_equal(rig_number(place.rig,
                                "SELECT count(*) FROM import_item WHERE state = 'stable' AND "
                                "not_before_us > 0"),
                     1);
    assert_false(place_work(&place, false));
    ASSERT_OK(import_fail(place.rig->store, id, "WORKER_DIED", IMPORT_LATER, MACHINE, err));
    assert_int_equal(
        rig_number(place.rig, "SELECT count(*) FROM import_item WHERE state = 'waiting'"), 1);
}

static void exceptions_name_their_pages_once(void **state)
{
    struct place place = {.rig = *state};
    AUTO(mem) char *id = NULL;
    AUTO(js) struct js *list = js_array();
    AUTO(js) struct js *found = NULL;
    assert_true(js_push(list, js_text("bilevel")));
    place_lay(&place, "old.pdf", 3);
    place_lay(&place, "new.jpg", 5);
    place_sweep(&place);
    ASSERT_OK(db_text(place.rig->store->db, "SELECT id FROM import_item WHERE path = 'old.pdf'",
                      DB_BIND_NONE, &id, err));
    for (int64_t i = 0; i < 4; i++)
        ASSERT_OK(import_except(place.rig->store, id, 1 + i % 2, list, err));
    struct import_query query = {.folder = PLACE_FOLDER, .exceptions = true, .limit = 10};
    ASSERT_OK(import_list(place.rig->store, &query, &found, err));
    assert_int_equal(js_count(found), 1);
    assert_int_equal(js_count(js_at(found, "[0].exceptions.bilevel")), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_step_may_be_the_last_of_a_process),
        TEST(images_of_a_sub_folder_are_one_document_in_natural_order),
        TEST(a_duplicate_is_marked_and_a_moved_file_is_itself),
        TEST(another_paper_under_an_old_name_is_another_item),
        TEST(a_signed_file_waits_until_a_person_tries_again),
        TEST(a_file_that_kills_the_worker_twice_waits),
        TEST(exceptions_name_their_pages_once),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
