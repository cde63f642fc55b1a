#include "tests/unit/queue/store/import_place.h"

#include "daemon/base/file.h"

/* A file of a folder that a person tries again: one that stopped, one whose paper was rejected. */

static int64_t living_pages(struct place *place)
{
    return rig_number(place->rig, "SELECT count(*) FROM page p JOIN document d ON d.id = "
                                  "p.document_id WHERE d.state NOT IN ('rejected', 'failed')");
}

static int64_t living_papers(struct place *place)
{
    return rig_number(place->rig, "SELECT count(*) FROM document WHERE state NOT IN ('rejected', "
                                  "'failed')");
}

static enum err_code try_again(struct place *place, const char *path, struct err *err)
{
    char id[ID_SIZE];
    snprintf(id, sizeof id, "%s", place_item(place, path, "id"));
    return import_retry(place->rig->store, PLACE_FOLDER, id, CLERK, err);
}

static void reject(struct place *place, const char *path)
{
    ASSERT_OK(document_reject(place->rig->store, place_item(place, path, "document_id"), "blurred",
                              CLERK, err));
}

static bool may_retry(struct place *place, const char *path)
{
    AUTO(js) struct js *item = NULL;
    char id[ID_SIZE];
    snprintf(id, sizeof id, "%s", place_item(place, path, "id"));
    ASSERT_OK(import_item(place->rig->store, id, &item, err));
    return js_bool_or(item, "may_retry", false);
}

/* ---- stopped ---- */

static void what_waits_goes_on_where_it_stood(void **state)
{
    struct place place = {.rig = *state, .broken_page = 2};
    place_lay(&place, "a.pdf", 3);
    place_import(&place);
    assert_string_equal(place_item(&place, "a.pdf", "state"), "waiting");
    assert_int_equal(living_pages(&place), 1);
    for (int i = 0; i < 2; i++) { /* it breaks once more, then it does not */
        ASSERT_OK(import_again(place.rig->store, PLACE_FOLDER, CLERK, err));
        place_import(&place);
        place.broken_page = 0;
    }
    assert_string_equal(place_item(&place, "a.pdf", "state"), "done");
    assert_int_equal(living_pages(&place), 3);
    assert_int_equal(rig_number(place.rig, "SELECT count(*) FROM document"), 1);
    place_check_balance(&place);
}

static void what_its_paper_does_not_take_any_more_still_waits(void **state)
{
    struct place place = {.rig = *state, .broken_page = 2};
    AUTO(mem) char *page = NULL;
    char document[ID_SIZE];
    place_lay(&place, "a.pdf", 3);
    place_lay(&place, "b.pdf", 2);
    place_import(&place);
    place.broken_page = 0;
    snprintf(document, sizeof document, "%s", place_item(&place, "a.pdf", "document_id"));
    while (rig_work(place.rig, "recognize") || rig_work(place.rig, "understand"))
        ;
    ASSERT_OK(
        db_text(place.rig->store->db, "SELECT page_id FROM question", DB_BIND_NONE, &page, err));
    ASSERT_OK(page_answer(place.rig->store, page, "pages_missing", true, CLERK, err));
    rig_confirm(place.rig, document);
    assert_false(may_retry(&place, "a.pdf"));
    ASSERT_OK(import_again(place.rig->store, PLACE_FOLDER, CLERK, err));
    assert_string_equal(place_item(&place, "a.pdf", "state"), "waiting");
    assert_string_equal(place_item(&place, "b.pdf", "state"), "taken");
    assert_int_equal(living_pages(&place), 1);
}

static void a_file_that_stopped_goes_on_in_the_paper_its_own_was_joined_to(void **state)
{
    struct place place = {.rig = *state};
    char first[ID_SIZE], second[ID_SIZE];
    place_lay(&place, "a.jpg", 5);
    place_import(&place);
    place.broken_page = 2;
    place_lay(&place, "b.pdf", 3);
    place_import(&place);
    place.broken_page = 0;
    snprintf(first, sizeof first, "%s", place_item(&place, "a.jpg", "document_id"));
    snprintf(second, sizeof second, "%s", place_item(&place, "b.pdf", "document_id"));
    ASSERT_OK(document_join(place.rig->store, first, second, CLERK, err));
    ASSERT_OK(try_again(&place, "b.pdf", err));
    place_work_all(&place);
    assert_int_equal(living_papers(&place), 1);
    assert_int_equal(living_pages(&place), 4);
}

static void nobody_waits_for_a_file_that_is_gone_before_it_was_taken(void **state)
{
    struct place place = {.rig = *state};
    place_lay(&place, "a.jpg", 5);
    place_sweep(&place);
    ASSERT_OK(import_fail(place.rig->store, place_item(&place, "a.jpg", "id"), "WORKER_DIED",
                          IMPORT_WAIT, MACHINE, err));
    place_remove(&place, 0);
    place_import(&place);
    assert_int_equal(place_balance(&place, "waiting"), 0);
    assert_int_equal(place_balance(&place, "refused"), 1);
    place_check_balance(&place);
}

/* ---- rejected ---- */

static void a_file_comes_again_once_its_paper_was_rejected(void **state)
{
    static const struct {
        const char *path;
        int content;
        int64_t pages;
    } cases[] = {{"a.jpg", 5, 1}, {"b.pdf", 3, 3}};
    struct place place = {.rig = *state};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char before[ID_SIZE];
        const char *path = cases[i].path;
        place_lay(&place, path, cases[i].content);
        place_import(&place);
        int64_t other = living_pages(&place) - cases[i].pages;
        snprintf(before, sizeof before, "%s", place_item(&place, path, "document_id"));
        assert_false(may_retry(&place, path));
        ASSERT_ERR(ERR_FILE_IN_PAPER, try_again(&place, path, err));
        reject(&place, path);
        assert_int_equal(living_pages(&place), other);
        assert_true(may_retry(&place, path));
        ASSERT_OK(try_again(&place, path, err));
        place_check_balance(&place);
        ASSERT_ERR(ERR_STATE_CHANGED, try_again(&place, path, err));
        place_import(&place);
        assert_string_not_equal(place_item(&place, path, "document_id"), before);
        assert_string_equal(place_item(&place, path, "state"), "done");
        assert_int_equal(living_pages(&place), other + cases[i].pages);
        ASSERT_ERR(ERR_FILE_IN_PAPER, try_again(&place, path, err));
    }
    place_check_balance(&place);
}

static void also_when_the_file_lies_in_its_folder_no_more(void **state)
{
    struct place place = {.rig = *state};
    AUTO(mem) char *id = NULL;
    place_lay(&place, "a.jpg", 5);
    place_import(&place);
    reject(&place, "a.jpg");
    place_remove(&place, 0);
    place_import(&place);
    ASSERT_OK(db_text(place.rig->store->db, "SELECT id FROM import_item", DB_BIND_NONE, &id, err));
    ASSERT_OK(import_retry(place.rig->store, PLACE_FOLDER, id, CLERK, err));
    place_work_all(&place);
    assert_int_equal(living_pages(&place), 1);
    place_check_balance(&place);
}

static void not_while_one_of_its_papers_lives(void **state)
{
    struct place place = {.rig = *state, .papers = PAPERS_SPLIT};
    AUTO(mem) char *page = NULL;
    char part[ID_SIZE], document[ID_SIZE];
    place_lay(&place, "pile.pdf", 3);
    place_import(&place);
    snprintf(document, sizeof document, "%s", place_item(&place, "pile.pdf", "document_id"));
    ASSERT_OK(import_part(place.rig->store, document, MACHINE, err));
    ASSERT_OK(db_text(place.rig->store->db, "SELECT id FROM page WHERE position = 2", DB_BIND_NONE,
                      &page, err));
    ASSERT_OK(document_split(place.rig->store, document, page, CLERK, part, err));
    reject(&place, "pile.pdf");
    ASSERT_ERR(ERR_FILE_IN_PAPER, try_again(&place, "pile.pdf", err));
    ASSERT_OK(document_reject(place.rig->store, part, "blurred", CLERK, err));
    ASSERT_OK(try_again(&place, "pile.pdf", err));
    place_work_all(&place);
    assert_int_equal(living_pages(&place), 3);
    assert_int_equal(rig_number(place.rig, "SELECT count(*) FROM import_item WHERE parted"), 0);
}

/* The pages of a paper that was joined to another one live in that. */
static void not_because_its_paper_was_joined_to_another(void **state)
{
    struct place place = {.rig = *state};
    char first[ID_SIZE], second[ID_SIZE];
    place_lay(&place, "a.jpg", 5);
    place_lay(&place, "b.jpg", 6);
    place_import(&place);
    snprintf(first, sizeof first, "%s", place_item(&place, "a.jpg", "document_id"));
    snprintf(second, sizeof second, "%s", place_item(&place, "b.jpg", "document_id"));
    ASSERT_OK(document_join(place.rig->store, first, second, CLERK, err));
    ASSERT_ERR(ERR_FILE_IN_PAPER, try_again(&place, "b.jpg", err));
    ASSERT_OK(document_reject(place.rig->store, first, "blurred", CLERK, err));
    ASSERT_OK(try_again(&place, "b.jpg", err));
    ASSERT_OK(try_again(&place, "a.jpg", err));
    place_work_all(&place);
    assert_int_equal(living_pages(&place), 2);
}

static void not_because_its_page_was_scanned_better(void **state)
{
    struct place place = {.rig = *state};
    AUTO(mem) char *page = NULL;
    place_lay(&place, "a.pdf", 3);
    place_import(&place);
    ASSERT_OK(db_text(place.rig->store->db, "SELECT id FROM page WHERE position = 1", DB_BIND_NONE,
                      &page, err));
    ASSERT_OK(page_remove(place.rig->store, page, "scanned better", CLERK, err));
    ASSERT_ERR(ERR_FILE_IN_PAPER, try_again(&place, "a.pdf", err));
}

static void a_paper_of_many_files_comes_again_as_one(void **state)
{
    static const enum import_papers settings[] = {PAPERS_FILE, PAPERS_FOLDER, PAPERS_NAME};
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        struct place place = {.papers = settings[i]};
        void *rig = NULL;
        char document[ID_SIZE];
        assert_int_equal(rig_setup(&rig), 0);
        place.rig = rig;
        place_lay(&place, "an/p10.jpg", 5);
        place_lay(&place, "an/p2.jpg", 4);
        place_lay(&place, "an/p1.jpg", 6);
        place_import(&place);
        assert_int_equal(living_papers(&place), 1);
        reject(&place, "an/p2.jpg");
        ASSERT_OK(try_again(&place, "an/p2.jpg", err));
        place_import(&place);
        assert_int_equal(living_papers(&place), 1);
        assert_int_equal(living_pages(&place), 3);
        snprintf(document, sizeof document, "%s", place_item(&place, "an/p2.jpg", "document_id"));
        assert_string_equal(place_item(&place, "an/p10.jpg", "document_id"), document);
        assert_int_equal(
            rig_number(place.rig, "SELECT ordinal FROM import_item WHERE path = 'an/p10.jpg'"), 3);
        assert_int_equal(rig_number(place.rig, "SELECT count(*) FROM import_item WHERE late"), 0);
        place_check_balance(&place);
        rig_teardown(&rig);
    }
    (void)state;
}

static void bytes_handed_over_once_more_are_not_brought_by_the_old_item_too(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE], first[ID_SIZE];
    rig_dossier(rig, NULL, -1, dossier);
    for (int i = 0; i < 2; i++) {
        AUTO(fd) int fd = -1;
        AUTO(js) struct js *item = NULL;
        bool again;
        assert_int_equal(file_memfd("upload", "paper", 5, &fd, NULL), ERR_OK);
        struct import_upload upload = {
            .name = "a.jpg", .kind = "jpeg", .dossier_id = dossier, .fd = fd};
        ASSERT_OK(import_upload(rig->store, &upload, CLERK, &item, &again, err));
        assert_false(again);
        if (i == 0)
            snprintf(first, sizeof first, "%s", js_text_or(item, "id", ""));
        if (i == 0)
            ASSERT_OK(document_reject(rig->store, js_text_or(item, "document_id", ""), "blurred",
                                      CLERK, err));
        if (i == 0)
            ASSERT_OK(import_fail(rig->store, first, "STATE_CHANGED", IMPORT_REFUSE, CLERK, err));
    }
    ASSERT_ERR(ERR_FILE_IN_PAPER, import_retry(rig->store, IMPORT_UPLOAD, first, CLERK, err));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_waits_goes_on_where_it_stood),
        TEST(what_its_paper_does_not_take_any_more_still_waits),
        TEST(a_file_that_stopped_goes_on_in_the_paper_its_own_was_joined_to),
        TEST(nobody_waits_for_a_file_that_is_gone_before_it_was_taken),
        TEST(a_file_comes_again_once_its_paper_was_rejected),
        TEST(also_when_the_file_lies_in_its_folder_no_more),
        TEST(not_while_one_of_its_papers_lives),
        TEST(not_because_its_paper_was_joined_to_another),
        TEST(not_because_its_page_was_scanned_better),
        TEST(bytes_handed_over_once_more_are_not_brought_by_the_old_item_too),
        cmocka_unit_test(a_paper_of_many_files_comes_again_as_one),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
