#include "tests/unit/queue/store/rig.h"

/* The proposal of the rig: number_symbol sure, owner_id not found, issue_date asks a person. */

static enum err_code confirm(struct rig *rig, const char *document, const char *answers,
                             const char *type, struct err *err)
{
    AUTO(js) struct js *object = NULL;
    enum err_code code = js_parse(answers, strlen(answers), &object, err);
    struct comparison comparison = {
        .compared = true, .answers = object, .type = type, .copier = "Cán Bộ Mẫu"};
    return code ? code : document_confirm(rig->store, document, &comparison, CLERK, err);
}

static void what_asks_a_person_has_to_be_answered(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *answers;
        enum err_code wanted;
        const char *names;
    } cases[] = {
        {"{}", ERR_FIELD_MISSING, "issue_date"},
        {"{\"owner_id\": null}", ERR_FIELD_MISSING, "issue_date"},
        {"{\"issue_date\": \"2026-03-05\"}", ERR_FIELD_MISSING, "owner_id"},
        {"{\"owner_id\": \"12\", \"issue_date\": null}", ERR_FIELD_INVALID, "owner_id"},
        {"{\"owner_id\": null, \"issue_date\": \"31/02/2026\"}", ERR_FIELD_INVALID, "issue_date"},
        {"{\"owner_id\": 7, \"issue_date\": null}", ERR_BAD_ARGUMENT, "fields.owner_id"},
        {"{\"no_such\": \"x\"}", ERR_BAD_ARGUMENT, "fields.no_such"},
        {"[]", ERR_BAD_ARGUMENT, "fields"},
    };
    struct paper paper = rig_paper_in(rig, "read", 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        assert_int_equal(confirm(rig, paper.document, cases[i].answers, NULL, &err),
                         cases[i].wanted);
        assert_non_null(strstr(err.detail, cases[i].names));
        assert_string_equal(state_of(rig, MACHINE_document, paper.document), "read");
    }
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM field WHERE confirmed"), 0);
}

static void answers_and_what_stood_are_kept_with_who_and_when(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 1);
    ASSERT_OK(confirm(rig, paper.document,
                      "{\"owner_id\": null, \"issue_date\": \"5/3/2026\", \"no_expiry\": true, "
                      "\"owner_name\": \"Nguyễn Văn Mẫu\"}",
                      "notice", err));
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, paper.document, &view, err));
    assert_string_equal(js_text_or(view, "confirmed.number_symbol", ""), "12/QĐ-UBND");
    assert_string_equal(js_text_or(view, "confirmed.issue_date", ""), "2026-03-05");
    assert_string_equal(js_text_or(view, "confirmed.owner_name", ""), "Nguyễn Văn Mẫu");
    assert_true(js_at(view, "confirmed.owner_id") && !js_has(view, "confirmed.owner_id"));
    assert_true(js_bool_or(view, "confirmed.no_expiry", false));
    assert_string_equal(js_text_or(view, "confirmed_by", ""), CLERK.id);
    assert_string_equal(js_text_or(view, "type", ""), "notice");
    assert_false(js_has(view, "type_score"));
    assert_string_equal(js_text_or(view, "fields.issue_date.raw", ""), "05/3");
    assert_false(js_has(view, "fields.owner_name"));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM field WHERE confirmed AND answered"), 4);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM field WHERE confirmed AND NOT answered"),
                     1);
}

static void without_comparing_nothing_is_confirmed(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 1);
    ASSERT_ERR(ERR_NOT_COMPARED,
               document_confirm(rig->store, paper.document, &(struct comparison){0}, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "read");
}

static void only_a_read_document_is_confirmed_and_only_once(void **state)
{
    struct rig *rig = *state;
    struct paper open = rig_paper_in(rig, "open", 1), read = rig_paper_in(rig, "read", 1);
    ASSERT_ERR(ERR_STATE_CHANGED, confirm(rig, open.document, "{}", NULL, err));
    rig_confirm(rig, read.document);
    ASSERT_ERR(ERR_STATE_CHANGED,
               confirm(rig, read.document, "{\"owner_id\":null,\"issue_date\":null}", NULL, err));
}

static void an_unknown_type_is_refused(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 1);
    ASSERT_ERR(ERR_BAD_ARGUMENT, confirm(rig, paper.document,
                                         "{\"owner_id\":null,\"issue_date\":null}", "poem", err));
    ASSERT_OK(
        confirm(rig, paper.document, "{\"owner_id\":null,\"issue_date\":null}", "unknown", err));
}

static void the_audit_names_no_values(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "closed", 2);
    (void)paper;
    assert_true(rig_number(rig, "SELECT count(*) FROM audit") > 8);
    assert_int_equal(rig_number(rig,
                                "SELECT count(*) FROM audit WHERE detail LIKE '%001099000001%' "
                                "OR detail LIKE '%QĐ-UBND%'"),
                     0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(what_asks_a_person_has_to_be_answered),
        T(answers_and_what_stood_are_kept_with_who_and_when),
        T(without_comparing_nothing_is_confirmed),
        T(only_a_read_document_is_confirmed_and_only_once),
        T(an_unknown_type_is_refused),
        T(the_audit_names_no_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
