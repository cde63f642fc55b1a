#include "tests/unit/queue/store/rig.h"

#include "queue/store/dossier_case.h"
#include "queue/store/submitted_form.h"

static void receive(struct rig *rig, const struct paper *paper, const char *day)
{
    struct dossier_change change = {
        .papers = -1, .sides = -1, .procedure = "1.001193", .received_on = day};
    ASSERT_OK(dossier_change(rig->store, paper->dossier, &change, CLERK, err));
}

static enum err_code confirm(struct rig *rig, const struct paper *paper, struct err *err)
{
    AUTO(js) struct js *answers = NULL;
    static const char text[] = "{\"owner_id\":\"001099000001\",\"issue_date\":\"05/03/2026\"}";
    ASSERT_OK(js_parse(text, sizeof text - 1, &answers, err));
    struct comparison comparison = {.compared = true,
                                    .revision = rig_revision(rig, paper->document),
                                    .answers = answers,
                                    .copier = "Cán Bộ Mẫu"};
    return document_confirm(rig->store, paper->document, &comparison, CLERK, err);
}

static void copies_are_refused_or_decided_by_the_rules_of_the_day(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *form, *day;
        enum err_code code;
    } cases[] = {
        {"original", "2024-03-01", ERR_OK},
        {"register_copy", "2024-03-01", ERR_OK},
        {"certified_ecopy", "2025-08-01", ERR_OK},
        {"ecopy_with_original", "2025-08-01", ERR_OK},
        {"photocopy", "2024-03-01", ERR_COPY_REFUSED},
        {"certified_copy", "2025-09-14", ERR_COPY_REFUSED},
        {"photocopy", "2025-09-15", ERR_COPY_UNDECIDED},
        {"certified_copy", "2026-01-05", ERR_COPY_UNDECIDED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper_in(rig, "read", 1);
        struct err err = ERR_INIT;
        receive(rig, &paper, cases[i].day);
        ASSERT_OK(form_say(rig->store, paper.document, cases[i].form, CLERK, err));
        if (confirm(rig, &paper, &err) != cases[i].code)
            fail_msg("%s, %s: %s", cases[i].form, cases[i].day, err_name(err.code));
    }
}

static void the_supervisor_decides_and_it_is_kept_who_and_why(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 1);
    struct copy_decision yes = {true, "Lãnh Đạo Mẫu", "Bản chính đã mất"};
    receive(rig, &paper, "2025-10-01");
    ASSERT_ERR(ERR_BAD_ARGUMENT, form_decide(rig->store, paper.document, &yes, CLERK, err));
    ASSERT_OK(form_say(rig->store, paper.document, "photocopy", CLERK, err));
    ASSERT_ERR(ERR_BAD_ARGUMENT, form_decide(rig->store, paper.document,
                                             &(struct copy_decision){.allowed = true}, CLERK, err));
    struct copy_decision no = yes;
    no.allowed = false;
    ASSERT_OK(form_decide(rig->store, paper.document, &no, CLERK, err));
    ASSERT_ERR(ERR_COPY_REFUSED, confirm(rig, &paper, err));
    ASSERT_OK(form_decide(rig->store, paper.document, &yes, CLERK, err));
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, paper.document, &view, err));
    assert_true(js_bool_or(view, "copy_decision.allowed", false));
    assert_string_equal(js_text_or(view, "copy_decision.decider", ""), "Lãnh Đạo Mẫu");
    assert_string_equal(js_text_or(view, "copy_decision.by", ""), "uid:1000");
    assert_string_equal(js_text_or(view, "copy_rule", ""), "supervisor");
    ASSERT_OK(confirm(rig, &paper, err));
    ASSERT_ERR(ERR_STATE_CHANGED, form_say(rig->store, paper.document, "original", CLERK, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE detail LIKE '%Mẫu%'"), 0);
}

static void under_the_rules_before_nobody_may_allow_it(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 1);
    struct copy_decision yes = {true, "Lãnh Đạo Mẫu", "x"};
    receive(rig, &paper, "2025-09-14");
    ASSERT_OK(form_say(rig->store, paper.document, "certified_copy", CLERK, err));
    ASSERT_ERR(ERR_COPY_REFUSED, form_decide(rig->store, paper.document, &yes, CLERK, err));
}

static void another_form_ends_a_decision(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 1);
    struct copy_decision yes = {true, "Lãnh Đạo Mẫu", "x"};
    receive(rig, &paper, "2025-10-01");
    ASSERT_OK(form_say(rig->store, paper.document, "photocopy", CLERK, err));
    ASSERT_OK(form_decide(rig->store, paper.document, &yes, CLERK, err));
    ASSERT_OK(form_say(rig->store, paper.document, "certified_copy", CLERK, err));
    ASSERT_ERR(ERR_COPY_UNDECIDED, confirm(rig, &paper, err));
    ASSERT_ERR(ERR_BAD_ARGUMENT, form_say(rig->store, paper.document, "xerox", CLERK, err));
}

static void a_mark_on_a_page_wants_an_answer(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 1);
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE page SET copy_mark = '{\"name\":\"sao_y\",\"form\":"
                     "\"certified_copy\"}' WHERE document_id = ?",
                     DB_BIND(DB_TEXT(paper.document)), err));
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, paper.document, &view, err));
    assert_string_equal(js_text_or(view, "copy_marks[0].name", ""), "sao_y");
    ASSERT_ERR(ERR_FORM_NOT_SAID, confirm(rig, &paper, err));
    ASSERT_OK(form_say(rig->store, paper.document, "original", CLERK, err));
    ASSERT_OK(confirm(rig, &paper, err));
}

#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(copies_are_refused_or_decided_by_the_rules_of_the_day),
        T(the_supervisor_decides_and_it_is_kept_who_and_why),
        T(under_the_rules_before_nobody_may_allow_it),
        T(another_form_ends_a_decision),
        T(a_mark_on_a_page_wants_an_answer),
    };
    return cmocka_run_group_tests_name("submitted_form", tests, NULL, NULL);
}
