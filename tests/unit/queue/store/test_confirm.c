#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"
#include "queue/store/required.h"

/* The proposal of the rig, a decision: number_symbol, issuer, abstract, doc_name and no_expiry
 * sure, owner_id not found, issue_date asks a person. */

static enum err_code confirm(struct rig *rig, const char *document, const char *answers,
                             const char *type, struct err *err)
{
    AUTO(js) struct js *object = NULL;
    enum err_code code = js_parse(answers, strlen(answers), &object, err);
    struct comparison comparison = {
        .compared = true, .answers = object, .type = type, .copier = "Cán Bộ Mẫu"};
    comparison.revision = rig_revision(rig, document);
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
                     4);
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

static void what_makes_no_sense_is_refused_by_name(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *answers;
        enum err_code wanted;
        const char *names;
    } cases[] = {
        {"{\"doc_name\": null}", ERR_FIELD_MISSING, "doc_name"},
        {"{\"valid_until\": \"2030-01-01\", \"no_expiry\": true}", ERR_FIELD_INVALID,
         "valid_until"},
        {"{\"valid_until\": \"unknown\", \"no_expiry\": true}", ERR_FIELD_INVALID, "valid_until"},
        {"{\"issue_date\": \"23/11/2026\"}", ERR_FIELD_INVALID, "issue_date"},
        {"{\"issue_date\": \"05/03/2026\", \"no_expiry\": false, \"valid_until\": \"04/03/2026\"}",
         ERR_FIELD_INVALID, "valid_until"},
        {"{\"owner_birth_date\": \"2027-01-01\"}", ERR_FIELD_INVALID, "owner_birth_date"},
        {"{\"owner_id\": \"000000000000\"}", ERR_FIELD_INVALID, "owner_id"},
        {"{\"owner_id\": \"001999000001\"}", ERR_FIELD_INVALID, "owner_id"},
        {"{\"owner_name\": \"Nguyễn \u202eMẫu\"}", ERR_FIELD_INVALID, "owner_name"},
    };
    sys_clock_set(INT64_C(1795280400000000)); /* 22 November 2026, 00:00 in Vietnam */
    struct paper paper = rig_paper_in(rig, "read", 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *object = NULL;
        struct err err = ERR_INIT;
        ASSERT_OK(js_parse(cases[i].answers, strlen(cases[i].answers), &object, err));
        static const char *const asked[] = {"owner_id", "issue_date"};
        for (size_t k = 0; k < COUNT_OF(asked); k++)
            if (!js_at(object, asked[k]))
                js_set(object, asked[k], js_null());
        AUTO(mem) char *answers = js_dump(object);
        assert_int_equal(confirm(rig, paper.document, answers, NULL, &err), cases[i].wanted);
        assert_non_null(strstr(err.detail, cases[i].names));
    }
    ASSERT_OK(confirm(rig, paper.document,
                      "{\"owner_id\":null,\"issue_date\":\"22/11/2026\",\"no_expiry\":false,"
                      "\"valid_until\":\"2030-01-01\",\"dossier_code\":\"h56.14 -240823-0001\"}",
                      NULL, err));
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, paper.document, &view, err));
    assert_string_equal(js_text_or(view, "confirmed.dossier_code", ""), "H56.14-240823-0001");
}

static void another_type_wants_its_own_fields_answered(void **state)
{
    struct rig *rig = *state;
    static const char so_far[] = "{\"owner_id\":null,\"issue_date\":null";
    static const struct {
        const char *more, *names; /* NULL: confirmed */
    } steps[] = {
        {"}", "owner_name"},
        {",\"owner_name\":\"Nguyễn Văn Mẫu\"}", "owner_birth_date"},
        {",\"owner_name\":\"Nguyễn Văn Mẫu\",\"owner_birth_date\":null}", NULL},
    };
    struct paper paper = rig_paper_in(rig, "read", 1);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        char answers[300];
        struct err err = ERR_INIT;
        snprintf(answers, sizeof answers, "%s%s", so_far, steps[i].more);
        enum err_code code = confirm(rig, paper.document, answers, "birth-certificate", &err);
        assert_int_equal(code, steps[i].names ? ERR_FIELD_MISSING : ERR_OK);
        if (steps[i].names)
            assert_non_null(strstr(err.detail, steps[i].names));
    }
}

static void every_listed_type_names_known_fields(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        enum field_name has, has_not;
    } cases[] = {{"birth-certificate", FIELD_owner_birth_date, FIELD_abstract},
                 {"decision", FIELD_valid_until, FIELD_owner_id},
                 {"receipt-slip", FIELD_dossier_code, FIELD_number_symbol},
                 {"unknown", FIELD_doc_name, FIELD_issuer},
                 {"diploma", FIELD_doc_name, FIELD_issuer}, /* no list of its own yet */
                 {NULL, FIELD_doc_name, FIELD_issuer}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool required[FIELD_COUNT];
        ASSERT_OK(required_fields(cases[i].type, required, err));
        assert_true(required[cases[i].has] && required[FIELD_doc_name]);
        assert_false(required[cases[i].has_not]);
    }
}

static void only_what_the_person_saw_is_confirmed(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 3);
    AUTO(js) struct js *pages = NULL;
    AUTO(js) struct js *view = NULL;
    AUTO(js) struct js *answers = js_pack("{s:n, s:n}", "owner_id", "issue_date");
    char revisions[4][REVISION_SIZE];
    ASSERT_OK(view_pages_of_document(rig->store, paper.document, &pages, err));
    ASSERT_OK(view_document(rig->store, paper.document, &view, err));
    strcpy(revisions[0], js_text_or(view, "revision", ""));
    assert_string_equal(revisions[0], rig_revision(rig, paper.document));
    const char *last = js_text_or(pages, "[2].id", "");
    ASSERT_OK(page_move(rig->store, last, paper.document, 1, CLERK, err));
    strcpy(revisions[1], rig_revision(rig, paper.document)); /* another order */
    assert_true(rig_work(rig, "understand"));
    strcpy(revisions[2], rig_revision(rig, paper.document)); /* another proposal */
    ASSERT_OK(page_remove(rig->store, last, "x", CLERK, err));
    assert_true(rig_work(rig, "understand"));
    strcpy(revisions[3], rig_revision(rig, paper.document)); /* another set */
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < i; k++)
            assert_string_not_equal(revisions[i], revisions[k]);
        struct comparison comparison = {
            .compared = true, .revision = revisions[i], .answers = answers};
        if (i < 3)
            ASSERT_ERR(ERR_STATE_CHANGED,
                       document_confirm(rig->store, paper.document, &comparison, CLERK, err));
        else
            ASSERT_OK(document_confirm(rig->store, paper.document, &comparison, CLERK, err));
    }
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
        T(what_makes_no_sense_is_refused_by_name),
        T(another_type_wants_its_own_fields_answered),
        T(every_listed_type_names_known_fields),
        T(only_what_the_person_saw_is_confirmed),
        T(the_audit_names_no_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
