#include "tests/unit/queue/store/rig.h"

#include "queue/store/audit.h"
#include "queue/store/inside.h"

/* What a person does to pages after the scan. */

static struct paper pages(struct rig *rig, int count, char page[RIG_PAGES_MAX][ID_SIZE])
{
    struct paper paper = rig_paper(rig);
    memset(page, 0, RIG_PAGES_MAX * ID_SIZE);
    for (int i = 0; i < count; i++)
        rig_page(rig, &paper, (char[]){(char)('A' + i), 0}, page[i]);
    return paper;
}

static void read_it(struct rig *rig, const char *document)
{
    ASSERT_OK(document_finish_scan(rig->store, document, CLERK, err));
    while (rig_work(rig, "recognize"))
        ;
    assert_true(rig_work(rig, "understand"));
}

/* ---- turn ---- */

static void a_turned_page_is_read_anew_that_way_up(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE];
    struct paper paper = pages(rig, 2, p);
    read_it(rig, paper.document);
    ASSERT_OK(page_turn(rig->store, p[1], 90, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_page, p[1]), "captured");
    assert_string_equal(state_of(rig, MACHINE_page, p[0]), "recognized");
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
    AUTO(js) struct js *view = rig_view(rig, p[1]);
    assert_int_equal(js_int_or(view, "turned_deg", -1), 90);
    assert_true(js_is_null(js_at(view, "info")));
    assert_false(rig_work(rig, "understand"));
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    assert_string_equal(job_text(job, "id"), p[1]);
    assert_int_equal(js_int_or(job->body, "args.turned_deg", -1), 90);
    ASSERT_OK(rig_complete(rig, job, err));
    assert_true(rig_work(rig, "understand"));
    ASSERT_OK(page_turn(rig->store, p[1], TURN_BY_MACHINE, CLERK, err));
    assert_true(rig_work(rig, "recognize"));
}

static void say_unread(struct rig *rig, const char *page)
{
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE page SET info = json_set(info, '$.quality.reasons', "
                     "json('[\"not-recognized\"]')) WHERE id = ?",
                     DB_BIND(DB_TEXT(page)), err));
}

static void a_page_kept_without_text_gets_another_try_and_a_read_one_does_not(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE];
    struct paper paper = pages(rig, 2, p);
    read_it(rig, paper.document);
    say_unread(rig, p[1]);
    ASSERT_ERR(ERR_STATE_CHANGED, page_try_again(rig->store, p[0], CLERK, err));
    ASSERT_OK(page_try_again(rig->store, p[1], CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_page, p[1]), "captured");
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
    assert_true(rig_work(rig, "recognize"));
    assert_string_equal(state_of(rig, MACHINE_page, p[1]), "recognized");
    assert_true(rig_work(rig, "understand"));
    ASSERT_ERR(ERR_STATE_CHANGED, page_try_again(rig->store, p[1], CLERK, err));
}

static void a_turn_that_the_machine_found_itself_reads_nothing_anew(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE];
    struct paper paper = pages(rig, 1, p);
    read_it(rig, paper.document);
    ASSERT_OK(page_turn(rig->store, p[0], 0, CLERK, err)); /* as the rig's machine says */
    assert_string_equal(state_of(rig, MACHINE_page, p[0]), "recognized");
    ASSERT_ERR(ERR_BAD_ARGUMENT, page_turn(rig->store, p[0], 45, CLERK, err));
}

static void a_result_for_the_old_turn_is_refused(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE];
    pages(rig, 1, p);
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    ASSERT_OK(page_turn(rig->store, p[0], 180, CLERK, err));
    ASSERT_ERR(ERR_STATE_CHANGED, rig_complete(rig, job, err));
    AUTO(job) struct job *again = rig_claim(rig, "recognize");
    assert_int_equal(js_int_or(again->body, "args.turned_deg", -1), 180);
}

static void a_held_page_is_turned_where_it_is_or_released_when_its_text_is_stale(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE];
    pages(rig, 2, p);
    assert_true(rig_work(rig, "recognize"));
    for (int i = 0; i < 2; i++)
        ASSERT_OK(subject_hold(rig->store, MACHINE_page, p[i], "x", CLERK, err));
    for (int i = 0; i < 2; i++)
        ASSERT_OK(page_turn(rig->store, p[i], 270, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_page, p[0]), "captured");
    assert_string_equal(state_of(rig, MACHINE_page, p[1]), "held");
}

/* ---- restore ---- */

static void a_removed_page_comes_back_where_it_was(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE];
    struct paper paper = pages(rig, 4, p);
    assert_true(rig_work(rig, "recognize"));
    static const char *const states[] = {"recognized", "captured", "captured", "captured"};
    static const char *const without[] = {"bcd", "acd", "abd", "abc"};
    for (int i = 0; i < 4; i++) {
        ASSERT_OK(page_remove(rig->store, p[i], "x", CLERK, err));
        rig_expect_order(rig, paper.document, p, without[i]);
        ASSERT_OK(page_restore(rig->store, p[i], CLERK, err));
        rig_expect_order(rig, paper.document, p, "abcd");
        assert_string_equal(state_of(rig, MACHINE_page, p[i]), states[i]);
        ASSERT_ERR(ERR_STATE_CHANGED, page_restore(rig->store, p[i], CLERK, err));
    }
    ASSERT_OK(page_remove(rig->store, p[1], "x", CLERK, err));
    ASSERT_OK(page_remove(rig->store, p[3], "x", CLERK, err));
    ASSERT_OK(page_move(rig->store, p[2], paper.document, 1, CLERK, err));
    ASSERT_OK(page_restore(rig->store, p[1], CLERK, err));
    ASSERT_OK(page_restore(rig->store, p[3], CLERK, err));
    rig_expect_order(rig, paper.document, p, "cbda");
}

static void a_read_document_is_read_again_with_the_page_that_came_back(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE];
    struct paper paper = pages(rig, 2, p);
    ASSERT_OK(page_remove(rig->store, p[0], "x", CLERK, err));
    read_it(rig, paper.document);
    ASSERT_OK(page_restore(rig->store, p[0], CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
    assert_true(rig_work(rig, "recognize"));
    assert_true(rig_work(rig, "understand"));
}

static void a_document_that_was_emptied_is_open_again(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE];
    struct paper paper = pages(rig, 2, p);
    read_it(rig, paper.document);
    for (int i = 0; i < 2; i++)
        ASSERT_OK(page_remove(rig->store, p[i], "x", CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "rejected");
    ASSERT_OK(page_restore(rig->store, p[1], CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
    rig_expect_order(rig, paper.document, p, "b");
    assert_true(rig_work(rig, "understand"));
    ASSERT_OK(page_restore(rig->store, p[0], CLERK, err));
    rig_expect_order(rig, paper.document, p, "ab");
}

static void nothing_comes_back_to_what_a_person_refused_closed_or_began_anew(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE], other[ID_SIZE];
    struct paper refused = pages(rig, 2, p);
    ASSERT_OK(page_remove(rig->store, p[0], "x", CLERK, err));
    ASSERT_OK(document_reject(rig->store, refused.document, "not theirs", CLERK, err));
    ASSERT_ERR(ERR_STATE_CHANGED, page_restore(rig->store, p[0], CLERK, err));

    struct paper shut = pages(rig, 1, p);
    ASSERT_OK(page_remove(rig->store, p[0], "x", CLERK, err));
    ASSERT_OK(dossier_update(rig->store, shut.dossier, NULL, 0, -1, CLERK, err));
    ASSERT_OK(dossier_close(rig->store, shut.dossier, false, CLERK, err));
    ASSERT_ERR(ERR_STATE_CHANGED, page_restore(rig->store, p[0], CLERK, err));

    struct paper old = rig_paper_in(rig, "signed", 1), fresh = old;
    ASSERT_OK(document_replace(rig->store, old.document, "x", CLERK, fresh.document, err));
    rig_page(rig, &fresh, "Z", p[0]);
    ASSERT_OK(page_remove(rig->store, p[0], "x", CLERK, err));
    ASSERT_OK(document_replace(rig->store, old.document, "x", CLERK, other, err));
    ASSERT_ERR(ERR_VERSION_UNDER_WAY, page_restore(rig->store, p[0], CLERK, err));
    rig_check_invariants(rig);
}

static void undoing_a_replacement_swaps_the_two_back_and_forth(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE];
    struct paper paper = pages(rig, 3, p);
    struct page_capture note = {.part_of = p[1], .part_kind = "note"};
    struct page_capture like = {.replaces = p[1]};
    ASSERT_OK(rig_try_capture(rig, &paper, "N", note, p[3], err));
    ASSERT_OK(question_raise(rig->store, p[1], "short", err));
    ASSERT_OK(rig_try_capture(rig, &paper, "D", like, p[4], err));
    rig_expect_order(rig, paper.document, p, "aedc");
    ASSERT_OK(page_restore(rig->store, p[1], CLERK, err));
    rig_expect_order(rig, paper.document, p, "abdc");
    assert_string_equal(state_of(rig, MACHINE_page, p[4]), "rejected");
    AUTO(js) struct js *asked = rig_view(rig, p[1]);
    assert_true(js_is_null(js_at(asked, "questions[0].answer"))); /* open again */
    ASSERT_OK(page_restore(rig->store, p[4], CLERK, err));
    rig_expect_order(rig, paper.document, p, "aedc");
    assert_string_equal(state_of(rig, MACHINE_page, p[1]), "rejected");
}

/* ---- pair ---- */

static void two_images_of_a_side_are_paired_and_parted(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE], second[ID_SIZE];
    struct paper paper = pages(rig, 4, p);
    rig_document(rig, paper.dossier, second);
    ASSERT_OK(page_pair(rig->store, p[3], p[0], "note", CLERK, err));
    rig_expect_order(rig, paper.document, p, "adbc");
    ASSERT_OK(page_pair(rig->store, p[2], p[3], "overlap", CLERK, err));
    rig_expect_order(rig, paper.document, p, "adcb");
    ASSERT_OK(page_pair(rig->store, p[0], p[1], "overlap", CLERK, err)); /* takes its own along */
    rig_expect_order(rig, paper.document, p, "badc");
    ASSERT_OK(page_pair(rig->store, p[3], NULL, NULL, CLERK, err));
    AUTO(js) struct js *alone = rig_view(rig, p[3]);
    assert_true(js_is_null(js_at(alone, "part_of")) && js_is_null(js_at(alone, "part_kind")));
    ASSERT_ERR(ERR_BAD_ARGUMENT, page_pair(rig->store, p[1], p[1], "note", CLERK, err));
    ASSERT_ERR(ERR_BAD_ARGUMENT, page_pair(rig->store, p[1], p[0], "note", CLERK, err));
    ASSERT_ERR(ERR_BAD_ARGUMENT, page_pair(rig->store, p[3], p[1], "copy", CLERK, err));
    ASSERT_OK(page_move(rig->store, p[3], second, 1, CLERK, err));
    ASSERT_ERR(ERR_BAD_ARGUMENT, page_pair(rig->store, p[3], p[1], "note", CLERK, err));
}

/* ---- manual duplex ---- */

static void second_pass(struct rig *rig, const struct paper *paper, int count, char page[][ID_SIZE],
                        const char *backs)
{
    for (int i = 0; i < count; i++) {
        struct page_capture like = {.job = "fronts", .sheet = i + 1};
        char content[] = {'f', (char)('0' + i), 0};
        ASSERT_OK(rig_try_capture(rig, paper, content, like, page[i], err));
    }
    for (int i = 0; backs[i]; i++) {
        struct page_capture like = {.job = "backs", .sheet = i + 1};
        ASSERT_OK(
            rig_try_capture(rig, paper, (char[]){'b', backs[i], 0}, like, page[count + i], err));
    }
}

static void backs_of_a_second_pass_lie_behind_their_fronts(void **state)
{
    struct rig *rig = *state;
    static const struct {
        bool reversed;
        const char *wanted;
    } cases[] = {{true, "afbecd"}, {false, "adbecf"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char p[RIG_PAGES_MAX][ID_SIZE] = {0};
        struct paper paper = rig_paper(rig);
        second_pass(rig, &paper, 3, p, "123");
        for (int again = 0; again < 2; again++) { /* its answer may get lost */
            ASSERT_OK(pages_interleave(rig->store, paper.document, "backs", cases[i].reversed,
                                       CLERK, err));
            rig_expect_order(rig, paper.document, p, cases[i].wanted);
        }
        AUTO(js) struct js *back = rig_view(rig, p[cases[i].reversed ? 5 : 3]);
        assert_string_equal(js_text_or(back, "side", ""), "back");
        assert_int_equal(js_int_or(back, "sheet", 0), 1);
        AUTO(js) struct js *view = NULL;
        ASSERT_OK(view_document(rig->store, paper.document, &view, err));
        assert_int_equal(js_int_or(view, "counts.sheets", 0), 3);
        assert_int_equal(js_int_or(view, "counts.sides", 0), 6);
    }
}

static void backs_are_asked_for_only_where_a_front_waits(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE] = {0};
    struct paper paper = rig_paper(rig), empty = rig_paper(rig);
    ASSERT_ERR(ERR_FRONTS_MISSING, pages_check_fronts(rig->store, empty.document, err));
    second_pass(rig, &paper, 2, p, "12");
    ASSERT_OK(pages_check_fronts(rig->store, paper.document, err));
    ASSERT_OK(pages_interleave(rig->store, paper.document, "backs", false, CLERK, err));
    ASSERT_ERR(ERR_FRONTS_MISSING, pages_check_fronts(rig->store, paper.document, err));
    ASSERT_OK(page_remove(rig->store, p[2], "x", CLERK, err)); /* one back is to come again */
    ASSERT_OK(pages_check_fronts(rig->store, paper.document, err));
}

static void a_wrong_number_of_backs_changes_nothing_and_says_both_numbers(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE] = {0};
    struct paper paper = rig_paper(rig);
    struct err err = ERR_INIT;
    second_pass(rig, &paper, 3, p, "12");
    assert_int_equal(pages_interleave(rig->store, paper.document, "backs", true, CLERK, &err),
                     ERR_COUNT_MISMATCH);
    assert_non_null(strstr(err.detail, "fronts 3, backs 2"));
    rig_expect_order(rig, paper.document, p, "abcde");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page WHERE side = 'back'"), 0);
    ASSERT_OK(page_remove(rig->store, p[1], "x", CLERK, err));
    ASSERT_OK(pages_interleave(rig->store, paper.document, "backs", true, CLERK, err));
    rig_expect_order(rig, paper.document, p, "aecd");
}

static void one_pass(struct rig *rig, const struct paper *paper, const char *job, int count,
                     char page[][ID_SIZE])
{
    for (int i = 0; i < count; i++) {
        struct page_capture like = {.job = job, .sheet = i + 1, .then_backs = "same"};
        char content[] = {job[0], job[1], (char)('0' + i), 0};
        ASSERT_OK(rig_try_capture(rig, paper, content, like, page[i], err));
    }
}

static void a_pass_that_fits_takes_the_place_of_those_that_did_not(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE] = {0};
    struct paper paper = rig_paper(rig);
    second_pass(rig, &paper, 3, p, "");
    one_pass(rig, &paper, "x1", 2, p + 3);
    ASSERT_ERR(ERR_COUNT_MISMATCH,
               pages_interleave(rig->store, paper.document, "x1", false, CLERK, err));
    one_pass(rig, &paper, "x2", 2, p + 5); /* the first two are no fronts for them */
    ASSERT_ERR(ERR_COUNT_MISMATCH,
               pages_interleave(rig->store, paper.document, "x2", false, CLERK, err));
    rig_expect_order(rig, paper.document, p, "abcdefg");
    one_pass(rig, &paper, "x3", 3, p + 7);
    ASSERT_OK(pages_interleave(rig->store, paper.document, "x3", false, CLERK, err));
    rig_expect_order(rig, paper.document, p, "ahbicj");
    ASSERT_OK(page_restore(rig->store, p[3], CLERK, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page WHERE state <> 'rejected'"), 7);
    rig_check_invariants(rig);
}

static void backs_that_came_for_other_fronts_are_left_alone(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE] = {0};
    struct paper paper = rig_paper(rig);
    one_pass(rig, &paper, "x1", 2, p); /* somebody lays them by hand */
    second_pass(rig, &paper, 2, p + 2, "");
    one_pass(rig, &paper, "x2", 2, p + 4);
    ASSERT_OK(pages_interleave(rig->store, paper.document, "x2", false, CLERK, err));
    rig_expect_order(rig, paper.document, p, "abcedf");
}

static void a_further_pass_leaves_sheets_that_have_both_sides_alone(void **state)
{
    struct rig *rig = *state;
    char p[RIG_PAGES_MAX][ID_SIZE] = {0};
    struct paper paper = rig_paper(rig);
    second_pass(rig, &paper, 2, p, "12");
    ASSERT_OK(pages_interleave(rig->store, paper.document, "backs", false, CLERK, err));
    static const struct page_capture more[] = {{.job = "f2", .sheet = 1},
                                               {.job = "b2", .sheet = 1}};
    for (size_t i = 0; i < COUNT_OF(more); i++)
        ASSERT_OK(
            rig_try_capture(rig, &paper, (char[]){(char)('x' + i), 0}, more[i], p[4 + i], err));
    struct page_capture note = {.part_of = p[0], .part_kind = "note"};
    ASSERT_OK(rig_try_capture(rig, &paper, "n", note, p[6], err));
    ASSERT_OK(pages_interleave(rig->store, paper.document, "backs", false, CLERK, err)); /* done */
    ASSERT_OK(pages_interleave(rig->store, paper.document, "b2", true, CLERK, err));
    rig_expect_order(rig, paper.document, p, "agcbdef");
}

/* ---- what may no longer be changed ---- */

static void nothing_of_a_compared_document_is_edited(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *state;
        enum err_code wanted;
    } cases[] = {{"copied", ERR_STATE_CHANGED}, {"signed", ERR_ALREADY_SIGNED}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper_in(rig, cases[i].state, 2);
        AUTO(js) struct js *list = NULL;
        ASSERT_OK(view_pages_of_document(rig->store, paper.document, &list, err));
        const char *a = js_text_or(list, "[0].id", ""), *b = js_text_or(list, "[1].id", "");
        enum err_code wanted = cases[i].wanted;
        ASSERT_ERR(wanted, page_turn(rig->store, a, 90, CLERK, err));
        ASSERT_ERR(wanted, page_pair(rig->store, b, a, "note", CLERK, err));
        ASSERT_ERR(wanted, page_keep_blank(rig->store, a, true, CLERK, err));
        ASSERT_ERR(wanted, page_answer(rig->store, a, "short", true, CLERK, err));
        ASSERT_ERR(wanted, pages_interleave(rig->store, paper.document, "backs", true, CLERK, err));
        ASSERT_ERR(ERR_STATE_CHANGED, page_restore(rig->store, a, CLERK, err));
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_turned_page_is_read_anew_that_way_up),
        T(a_page_kept_without_text_gets_another_try_and_a_read_one_does_not),
        T(a_turn_that_the_machine_found_itself_reads_nothing_anew),
        T(a_result_for_the_old_turn_is_refused),
        T(a_held_page_is_turned_where_it_is_or_released_when_its_text_is_stale),
        T(a_removed_page_comes_back_where_it_was),
        T(a_read_document_is_read_again_with_the_page_that_came_back),
        T(a_document_that_was_emptied_is_open_again),
        T(nothing_comes_back_to_what_a_person_refused_closed_or_began_anew),
        T(undoing_a_replacement_swaps_the_two_back_and_forth),
        T(two_images_of_a_side_are_paired_and_parted),
        T(backs_of_a_second_pass_lie_behind_their_fronts),
        T(backs_are_asked_for_only_where_a_front_waits),
        T(a_wrong_number_of_backs_changes_nothing_and_says_both_numbers),
        T(a_further_pass_leaves_sheets_that_have_both_sides_alone),
        T(a_pass_that_fits_takes_the_place_of_those_that_did_not),
        T(backs_that_came_for_other_fronts_are_left_alone),
        T(nothing_of_a_compared_document_is_edited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
