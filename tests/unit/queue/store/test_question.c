#include "tests/unit/queue/store/rig.h"

/* What about a page a person must look at before the paper is compared. */

/* "equal_neighbour=open short=keep": the questions about a page. */
static void expect_questions(struct rig *rig, const char *page, const char *wanted)
{
    AUTO(js) struct js *view = rig_view(rig, page);
    const struct js *list = js_at(view, "questions");
    char found[200] = "";
    for (size_t i = 0; i < js_count(list); i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s=%s", i ? " " : "",
                 js_text_or(js_item(list, i), "code", ""),
                 js_text_or(js_item(list, i), "answer", "open"));
    assert_string_equal(found, wanted);
}

static void read_it(struct rig *rig, const char *document)
{
    ASSERT_OK(document_finish_scan(rig->store, document, CLERK, err));
    while (rig_work(rig, "recognize"))
        ;
    assert_true(rig_work(rig, "understand"));
}

static enum err_code confirm(struct rig *rig, const char *document, struct err *err)
{
    struct comparison comparison = {.compared = true, .revision = rig_revision(rig, document)};
    return document_confirm(rig->store, document, &comparison, CLERK, err);
}

static void a_document_with_an_open_question_is_not_confirmed(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char p[2][ID_SIZE];
    struct err err = ERR_INIT;
    rig_page(rig, &paper, "A", p[0]);
    rig_page(rig, &paper, "B", p[1]);
    ASSERT_OK(question_raise(rig->store, p[1], "short", err));
    ASSERT_OK(question_raise(rig->store, p[1], "one_color", err));
    read_it(rig, paper.document);
    assert_int_equal(confirm(rig, paper.document, &err), ERR_PAGE_QUESTION);
    assert_non_null(strstr(err.detail, "page 2: one_color; 2 open"));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "read");
    ASSERT_OK(page_answer(rig->store, p[1], "one_color", true, CLERK, err));
    ASSERT_ERR(ERR_PAGE_QUESTION, confirm(rig, paper.document, err));
    ASSERT_OK(page_answer(rig->store, p[1], "short", true, CLERK, err));
    expect_questions(rig, p[1], "one_color=keep short=keep");
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "read"); /* not reopened */
    rig_confirm(rig, paper.document);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "copied");
}

static void an_answer_says_who_gave_it_and_may_take_the_page_out(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char p[2][ID_SIZE];
    rig_page(rig, &paper, "A", p[0]);
    rig_page(rig, &paper, "B", p[1]);
    ASSERT_OK(question_raise(rig->store, p[0], "short", err));
    ASSERT_OK(question_raise(rig->store, p[0], "one_color", err));
    ASSERT_OK(page_answer(rig->store, p[0], "short", true, CLERK, err));
    AUTO(js) struct js *view = rig_view(rig, p[0]);
    assert_string_equal(js_text_or(view, "questions[1].by", ""), CLERK.id);
    ASSERT_ERR(ERR_NOT_FOUND, page_answer(rig->store, p[0], "odd_size", true, CLERK, err));
    ASSERT_OK(page_answer(rig->store, p[0], "one_color", false, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_page, p[0]), "rejected");
    expect_questions(rig, p[0], "one_color=removed short=keep");
    ASSERT_ERR(ERR_STATE_CHANGED, page_answer(rig->store, p[0], "short", true, CLERK, err));
    read_it(rig, paper.document);
    rig_confirm(rig, paper.document); /* pages taken out ask nothing */
}

static void equal_neighbours_are_asked_about_and_only_they(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    static const char *const sheets[] = {"A", "B", "B", "A", "A"};
    char p[5][ID_SIZE], other[ID_SIZE];
    for (int i = 0; i < 5; i++)
        rig_page(rig, &paper, sheets[i], p[i]);
    expect_questions(rig, p[1], "");
    expect_questions(rig, p[2], "equal_neighbour=open");
    expect_questions(rig, p[3], "");
    expect_questions(rig, p[4], "equal_neighbour=open");
    struct paper second = paper;
    rig_document(rig, paper.dossier, second.document);
    rig_page(rig, &second, "A", other); /* like the page before, but another paper */
    expect_questions(rig, other, "");
    AUTO(js) struct js *flag = rig_view(rig, other);
    assert_true(js_bool_or(flag, "equal_to_previous", false));
}

static void the_question_about_a_neighbour_goes_with_the_neighbour_and_comes_back(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char p[3][ID_SIZE];
    rig_page(rig, &paper, "A", p[0]);
    rig_page(rig, &paper, "A", p[1]);
    rig_page(rig, &paper, "B", p[2]);
    ASSERT_OK(page_remove(rig->store, p[0], "x", CLERK, err));
    expect_questions(rig, p[1], "");
    ASSERT_OK(page_restore(rig->store, p[0], CLERK, err));
    expect_questions(rig, p[1], "equal_neighbour=open");
    ASSERT_OK(page_move(rig->store, p[2], paper.document, 2, CLERK, err));
    expect_questions(rig, p[1], "");
    ASSERT_OK(page_move(rig->store, p[2], paper.document, 3, CLERK, err));
    ASSERT_OK(page_answer(rig->store, p[1], "equal_neighbour", true, CLERK, err));
    ASSERT_OK(page_move(rig->store, p[2], paper.document, 1, CLERK, err));
    expect_questions(rig, p[1], "equal_neighbour=keep"); /* what was answered stays */
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_document_with_an_open_question_is_not_confirmed),
        T(an_answer_says_who_gave_it_and_may_take_the_page_out),
        T(equal_neighbours_are_asked_about_and_only_they),
        T(the_question_about_a_neighbour_goes_with_the_neighbour_and_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
