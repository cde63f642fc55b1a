#include "tests/unit/queue/store/rig.h"

#include "daemon/base/hash.h"

#include <unistd.h>

/* Where a new page goes: behind the last one, in between, in another's place, behind its side. */

struct sheaf { /* a paper of pages "A", "B", "C"… */
    struct paper paper;
    char page[RIG_PAGES_MAX][ID_SIZE];
};

static struct sheaf sheaf(struct rig *rig, int count)
{
    struct sheaf s = {.paper = rig_paper(rig)};
    for (int i = 0; i < count; i++)
        rig_page(rig, &s.paper, (char[]){(char)('A' + i), 0}, s.page[i]);
    return s;
}

static void capture(struct rig *rig, struct sheaf *s, int index, struct page_capture like)
{
    char content[20];
    snprintf(content, sizeof content, "new %d", index);
    ASSERT_OK(rig_try_capture(rig, &s->paper, content, like, s->page[index], err));
}

static int questions(struct rig *rig, const char *page)
{
    AUTO(js) struct js *view = rig_view(rig, page);
    return (int)js_count(js_at(view, "questions"));
}

static void a_page_is_inserted_where_it_was_asked_for(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 3);
    capture(rig, &s, 3, (struct page_capture){.position = 1});
    rig_expect_order(rig, s.paper.document, s.page, "dabc");
    capture(rig, &s, 4, (struct page_capture){.position = 3});
    rig_expect_order(rig, s.paper.document, s.page, "daebc");
    capture(rig, &s, 5, (struct page_capture){.position = 99});
    rig_expect_order(rig, s.paper.document, s.page, "daebcf");
}

static void a_sheet_lost_while_inserting_is_asked_about_at_the_page_before_it(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 3);
    char id[ID_SIZE], temp[PAGE_TEMP_SIZE];
    int fd;
    capture(rig, &s, 3, (struct page_capture){.position = 2});
    ASSERT_OK(page_begin(rig->store, s.paper.dossier, s.paper.document, id, temp, &fd, err));
    close(fd);
    ASSERT_OK(page_interrupted(rig->store, temp, MACHINE, err));
    assert_int_equal(questions(rig, s.page[3]), 1);
    assert_int_equal(questions(rig, s.page[2]), 0);
}

static void a_page_named_beside_a_new_one_must_be_of_its_dossier_before_paper_moves(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 1);
    struct paper other = rig_paper(rig);
    ASSERT_OK(page_check_named(rig->store, s.paper.dossier, "replaces", s.page[0], err));
    ASSERT_ERR(ERR_BAD_ARGUMENT,
               page_check_named(rig->store, other.dossier, "replaces", s.page[0], err));
    ASSERT_ERR(ERR_BAD_ARGUMENT,
               page_check_named(rig->store, s.paper.dossier, "part_of", s.paper.document, err));
}

static void a_page_takes_the_place_of_the_one_it_replaces(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 3);
    ASSERT_OK(question_raise(rig->store, s.page[1], "short", err));
    capture(rig, &s, 3, (struct page_capture){.replaces = s.page[1]});
    rig_expect_order(rig, s.paper.document, s.page, "adc");
    assert_string_equal(state_of(rig, MACHINE_page, s.page[1]), "rejected");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE detail = 'replaced'"), 1);
    AUTO(js) struct js *old = rig_view(rig, s.page[1]);
    assert_string_equal(js_text_or(old, "questions[0].answer", ""), "removed");
    AUTO(js) struct js *new = rig_view(rig, s.page[3]);
    assert_string_equal(js_text_or(new, "replaces", ""), s.page[1]);
    assert_int_equal(js_count(js_at(new, "questions")), 0);
}

static void the_only_page_is_replaced_without_losing_its_document(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 1);
    capture(rig, &s, 1, (struct page_capture){.replaces = s.page[0]});
    rig_expect_order(rig, s.paper.document, s.page, "b");
    assert_string_equal(state_of(rig, MACHINE_document, s.paper.document), "open");
}

static void both_sides_of_a_sheet_stand_where_the_replaced_page_stood(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 3);
    capture(rig, &s, 3, (struct page_capture){.replaces = s.page[1]});
    capture(rig, &s, 4, (struct page_capture){.replaces = s.page[1], .side = "back"});
    rig_expect_order(rig, s.paper.document, s.page, "adec");
    assert_int_equal(questions(rig, s.page[4]), 0);
}

/* The sheet after a lost back: the very same picture is that front again, another may be another
 * sheet. */
static void a_front_fed_again_takes_the_place_of_the_very_same_picture_only(void **state)
{
    struct rig *rig = *state;
    for (int same = 0; same < 2; same++) {
        struct sheaf s = sheaf(rig, 2);
        const struct page_capture first = {.job = "j", .sheet = 2};
        const struct page_capture refed = {.job = "j", .sheet = 2, .refed = s.page[2]};
        const struct page_capture back = {.job = "j", .sheet = 2, .side = "back"};
        ASSERT_OK(rig_try_capture(rig, &s.paper, "front", first, s.page[2], err));
        ASSERT_OK(
            rig_try_capture(rig, &s.paper, same ? "front" : "another", refed, s.page[3], err));
        ASSERT_OK(rig_try_capture(rig, &s.paper, "back", back, s.page[4], err));
        rig_expect_order(rig, s.paper.document, s.page, same ? "abde" : "abcde");
        AUTO(js) struct js *old = rig_view(rig, s.page[2]);
        AUTO(js) struct js *new = rig_view(rig, s.page[3]);
        assert_string_equal(js_text_or(old, "state", ""), same ? "rejected" : "captured");
        assert_string_equal(js_text_or(old, "questions[0].code", ""),
                            same ? "" : QUESTION_FED_AGAIN);
        assert_string_equal(js_text_or(new, "replaces", ""), same ? s.page[2] : "");
        assert_int_equal(questions(rig, s.page[3]), 0);
        AUTO(js) struct js *view = NULL;
        ASSERT_OK(view_document(rig->store, s.paper.document, &view, err));
        assert_int_equal(js_int_or(view, "counts.sheets", 0), same ? 3 : 4);
        if (same)
            continue;
        ASSERT_OK(page_answer(rig->store, s.page[2], QUESTION_FED_AGAIN, false, CLERK, err));
        rig_expect_order(rig, s.paper.document, s.page, "abde");
    }
}

static void a_page_that_came_too_late_for_its_place_is_kept_and_asked_about(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 3);
    ASSERT_OK(page_remove(rig->store, s.page[0], "x", CLERK, err));
    capture(rig, &s, 3, (struct page_capture){.replaces = s.page[0]});
    capture(rig, &s, 4, (struct page_capture){.part_of = s.page[0], .part_kind = "note"});
    rig_expect_order(rig, s.paper.document, s.page, "bcde");
    for (int i = 3; i < 5; i++) {
        AUTO(js) struct js *view = rig_view(rig, s.page[i]);
        assert_string_equal(js_text_or(view, "questions[0].code", ""), QUESTION_MISPLACED);
    }
}

static void a_page_of_another_dossier_is_no_place(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 1), other = sheaf(rig, 1);
    const struct page_capture wrong[] = {
        {.replaces = other.page[0]},
        {.part_of = other.page[0], .part_kind = "note"},
        {.replaces = "01890000-0000-7000-8000-000000000000"},
    };
    char id[ID_SIZE];
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ASSERT_ERR(ERR_BAD_ARGUMENT, rig_try_capture(rig, &s.paper, "X", wrong[i], id, err));
    rig_expect_order(rig, s.paper.document, s.page, "a");
}

static void images_of_one_side_stand_together(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 3);
    capture(rig, &s, 3, (struct page_capture){.part_of = s.page[0], .part_kind = "overlap"});
    capture(rig, &s, 4, (struct page_capture){.part_of = s.page[3], .part_kind = "overlap"});
    rig_expect_order(rig, s.paper.document, s.page, "adebc");
    AUTO(js) struct js *view = rig_view(rig, s.page[4]);
    assert_string_equal(js_text_or(view, "part_of", ""), s.page[0]);
    assert_string_equal(js_text_or(view, "part_kind", ""), "overlap");
    ASSERT_OK(page_move(rig->store, s.page[0], s.paper.document, 99, CLERK, err));
    rig_expect_order(rig, s.paper.document, s.page, "bcade");
    ASSERT_OK(page_move(rig->store, s.page[4], s.paper.document, 1, CLERK, err));
    rig_expect_order(rig, s.paper.document, s.page, "bcaed");
    ASSERT_OK(page_remove(rig->store, s.page[0], "x", CLERK, err));
    rig_expect_order(rig, s.paper.document, s.page, "bced");
    capture(rig, &s, 5, (struct page_capture){.position = 2});
    rig_expect_order(rig, s.paper.document, s.page, "bfced");
}

static void the_new_image_of_a_side_keeps_its_further_images(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 2);
    capture(rig, &s, 2, (struct page_capture){.part_of = s.page[0], .part_kind = "note"});
    capture(rig, &s, 3, (struct page_capture){.replaces = s.page[0]});
    rig_expect_order(rig, s.paper.document, s.page, "dcb");
    AUTO(js) struct js *note = rig_view(rig, s.page[2]);
    assert_string_equal(js_text_or(note, "part_of", ""), s.page[3]);
    capture(rig, &s, 4, (struct page_capture){.replaces = s.page[2]});
    rig_expect_order(rig, s.paper.document, s.page, "deb");
    AUTO(js) struct js *again = rig_view(rig, s.page[4]);
    assert_string_equal(js_text_or(again, "part_of", ""), s.page[3]);
    assert_string_equal(js_text_or(again, "part_kind", ""), "note");
}

static void a_side_moves_whole_and_one_of_its_images_alone(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 2);
    char second[ID_SIZE];
    rig_document(rig, s.paper.dossier, second);
    for (int i = 2; i < 4; i++)
        capture(rig, &s, i, (struct page_capture){.part_of = s.page[0], .part_kind = "overlap"});
    ASSERT_OK(page_move(rig->store, s.page[3], second, 1, CLERK, err));
    AUTO(js) struct js *alone = rig_view(rig, s.page[3]);
    assert_true(js_is_null(js_at(alone, "part_of")));
    ASSERT_OK(page_move(rig->store, s.page[0], second, 1, CLERK, err));
    rig_expect_order(rig, s.paper.document, s.page, "b");
    rig_expect_order(rig, second, s.page, "acd");
}

static void splitting_through_a_side_makes_two_of_it(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 2);
    char second[ID_SIZE];
    for (int i = 2; i < 4; i++)
        capture(rig, &s, i, (struct page_capture){.part_of = s.page[0], .part_kind = "overlap"});
    ASSERT_OK(document_split(rig->store, s.paper.document, s.page[3], CLERK, second, err));
    rig_expect_order(rig, s.paper.document, s.page, "ac");
    rig_expect_order(rig, second, s.page, "db");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page WHERE part_of IS NOT NULL"), 1);
}

static void what_is_known_of_a_page_beforehand_is_kept_with_it(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 1);
    AUTO(js) struct js *checks = js_array();
    js_push(checks, js_text("one_color"));
    js_push(checks, js_text("short"));
    js_push(checks, js_text("short"));
    capture(
        rig, &s, 1,
        (struct page_capture){.job = "job-1", .turned = true, .turned_deg = 180, .checks = checks});
    AUTO(js) struct js *view = rig_view(rig, s.page[1]);
    assert_string_equal(js_text_or(view, "job", ""), "job-1");
    assert_int_equal(js_int_or(view, "turned_deg", -1), 180);
    assert_int_equal(js_count(js_at(view, "questions")), 2);
    AUTO(js) struct js *plain = rig_view(rig, s.page[0]);
    assert_true(js_is_null(js_at(plain, "turned_deg")));
    AUTO(job) struct job *first = rig_claim(rig, "recognize");
    AUTO(job) struct job *second = rig_claim(rig, "recognize");
    assert_null(js_at(first->body, "args.turned_deg"));
    assert_int_equal(js_int_or(second->body, "args.turned_deg", -1), 180);
}

/* The answer was lost: the same again changes nothing. */
static void a_commit_told_twice_is_done_once(void **state)
{
    struct rig *rig = *state;
    struct sheaf s = sheaf(rig, 3);
    char temp[PAGE_TEMP_SIZE], sha256[HASH_HEX_SIZE];
    int fd;
    ASSERT_OK(page_begin(rig->store, s.paper.dossier, s.paper.document, s.page[3], temp, &fd, err));
    assert_int_equal(write(fd, "B", 1), 1);
    close(fd);
    hash_bytes("B", 1, sha256);
    AUTO(js) struct js *checks = js_array();
    js_push(checks, js_text("short"));
    struct page_capture again = {.page_id = s.page[3],
                                 .temp = temp,
                                 .sha256 = sha256,
                                 .pixel_sha256 = sha256,
                                 .size_bytes = 1,
                                 .width_px = 1,
                                 .height_px = 1,
                                 .channels = 1,
                                 .bits = 8,
                                 .dpi = 300,
                                 .device = "sim:0",
                                 .side = "front",
                                 .captured_by = CLERK.id,
                                 .replaces = s.page[0],
                                 .checks = checks};
    for (int i = 0; i < 2; i++) {
        ASSERT_OK(page_commit(rig->store, &again, CLERK, err));
        rig_expect_order(rig, s.paper.document, s.page, "dbc");
        assert_int_equal(questions(rig, s.page[3]), 1);
        assert_int_equal(questions(rig, s.page[1]), 1); /* like the new one before it */
    }
    ASSERT_OK(page_answer(rig->store, s.page[3], "short", true, CLERK, err));
    ASSERT_OK(page_commit(rig->store, &again, CLERK, err));
    AUTO(js) struct js *view = rig_view(rig, s.page[3]);
    assert_string_equal(js_text_or(view, "questions[0].answer", ""), "keep");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_page_is_inserted_where_it_was_asked_for),
        T(a_sheet_lost_while_inserting_is_asked_about_at_the_page_before_it),
        T(a_page_named_beside_a_new_one_must_be_of_its_dossier_before_paper_moves),
        T(a_page_takes_the_place_of_the_one_it_replaces),
        T(the_only_page_is_replaced_without_losing_its_document),
        T(both_sides_of_a_sheet_stand_where_the_replaced_page_stood),
        T(a_front_fed_again_takes_the_place_of_the_very_same_picture_only),
        T(a_page_that_came_too_late_for_its_place_is_kept_and_asked_about),
        T(a_page_of_another_dossier_is_no_place),
        T(images_of_one_side_stand_together),
        T(the_new_image_of_a_side_keeps_its_further_images),
        T(a_side_moves_whole_and_one_of_its_images_alone),
        T(splitting_through_a_side_makes_two_of_it),
        T(what_is_known_of_a_page_beforehand_is_kept_with_it),
        T(a_commit_told_twice_is_done_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
