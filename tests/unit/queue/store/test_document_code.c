#include "tests/unit/queue/store/rig.h"

#include "queue/store/document_code.h"
#include "queue/store/result_code.h"

static void say(struct rig *rig, const char *sql, const char *id)
{
    ASSERT_OK(db_run(rig->store->db, sql, DB_BIND(DB_TEXT(id)), err));
}

static void expect_code(struct rig *rig, const char *document, const char *wanted)
{
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, document, &view, err));
    assert_string_equal(js_text_or(view, "result_code", ""), wanted);
}

static bool is_provisional(struct rig *rig, const char *document)
{
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, document, &view, err));
    return js_bool_or(view, "result_code_is_provisional", false);
}

static void server_numbers(struct rig *rig)
{
    rig->options.codes_are_provisional = true;
    rig_reopen(rig);
}

static void code_now(struct rig *rig, const char *document, char out[RESULT_CODE_MAX])
{
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, document, &view, err));
    snprintf(out, RESULT_CODE_MAX, "%s", js_text_or(view, "result_code", ""));
}

/* ---- which template ---- */

static void a_component_is_numbered_under_its_procedure_and_its_paper(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "extracted", 1);
    say(rig, "UPDATE dossier SET procedure_code = '1.004884' WHERE id = ?", paper.dossier);
    say(rig, "UPDATE document SET stage = 'component', paper_code = 'GT01' WHERE id = ?",
        paper.document);
    assert_true(rig_work(rig, "code"));
    expect_code(rig, paper.document, "001099000001.1.004884.GT01.01");
    assert_false(is_provisional(rig, paper.document));
}

static void a_result_is_numbered_under_its_type_in_the_national_list(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "extracted", 1);
    say(rig, "UPDATE document SET stage = 'result', paper_code = 'KQ.G15.000031' WHERE id = ?",
        paper.document);
    assert_true(rig_work(rig, "code"));
    expect_code(rig, paper.document, "001099000001.KQ.G15.000031.12/QĐ-UBND.01");
}

static void a_component_without_a_known_paper_goes_by_its_kind(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "extracted", 1);
    say(rig, "UPDATE document SET stage = 'component' WHERE id = ?", paper.document);
    assert_true(rig_work(rig, "code"));
    expect_code(rig, paper.document, "001099000001.DECISION.12/QĐ-UBND.01");
}

/* ---- somebody else numbers ---- */

static void where_the_server_numbers_a_code_is_provisional_until_it_is_told(void **state)
{
    struct rig *rig = *state;
    char provisional[RESULT_CODE_MAX];
    server_numbers(rig);
    struct paper paper = rig_paper_in(rig, "queued", 1);
    code_now(rig, paper.document, provisional);
    assert_memory_equal(provisional, RESULT_CODE_PROVISIONAL, strlen(RESULT_CODE_PROVISIONAL));
    assert_int_equal(strlen(provisional), strlen(RESULT_CODE_PROVISIONAL) + ID_SIZE - 1);
    assert_true(is_provisional(rig, paper.document));
    for (int twice = 0; twice < 2; twice++)
        ASSERT_OK(
            document_set_code(rig->store, paper.document, "0010.KQ.G15.000031.7.04", CLERK, err));
    expect_code(rig, paper.document, "0010.KQ.G15.000031.7.04");
    assert_false(is_provisional(rig, paper.document));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'set-code'"), 1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM result_code"), 2);
}

static void a_record_that_nobody_has_yet_is_written_anew_with_the_real_code(void **state)
{
    struct rig *rig = *state;
    server_numbers(rig);
    struct paper paper = rig_paper_in(rig, "queued", 1);
    AUTO(js) struct js *before = rig_record(rig, paper.document);
    assert_true(js_bool_or(before, "result_code_is_provisional", false));
    ASSERT_OK(document_set_code(rig->store, paper.document, "A.01", CLERK, err));
    AUTO(js) struct js *after = rig_record(rig, paper.document);
    assert_string_equal(js_text_or(after, "result_code", ""), "A.01");
    assert_false(js_bool_or(after, "result_code_is_provisional", true));
}

static void what_was_sent_keeps_its_bytes_and_may_still_learn_its_code(void **state)
{
    struct rig *rig = *state;
    server_numbers(rig);
    struct paper paper = rig_paper_in(rig, "closed", 1);
    AUTO(js) struct js *before = rig_record(rig, paper.document);
    ASSERT_OK(document_set_code(rig->store, paper.document, "A.01", CLERK, err));
    AUTO(js) struct js *after = rig_record(rig, paper.document);
    assert_string_equal(js_text_or(after, "result_code", ""),
                        js_text_or(before, "result_code", "-"));
    expect_code(rig, paper.document, "A.01");
}

static void a_code_is_nobody_elses_ever(void **state)
{
    struct rig *rig = *state;
    char provisional[RESULT_CODE_MAX];
    server_numbers(rig);
    struct paper first = rig_paper_in(rig, "coded", 1), second = rig_paper_in(rig, "coded", 1);
    code_now(rig, first.document, provisional);
    ASSERT_OK(document_set_code(rig->store, first.document, "A.01", CLERK, err));
    ASSERT_ERR(ERR_RESULT_CODE_TAKEN,
               document_set_code(rig->store, second.document, "A.01", CLERK, err));
    ASSERT_ERR(ERR_RESULT_CODE_FINAL,
               document_set_code(rig->store, first.document, "A.02", CLERK, err));
    ASSERT_ERR(ERR_BAD_ARGUMENT,
               document_set_code(rig->store, second.document, provisional, CLERK, err));
    say(rig, "UPDATE document SET result_code = NULL WHERE id = ?", first.document);
    ASSERT_ERR(ERR_RESULT_CODE_TAKEN,
               document_set_code(rig->store, second.document, "A.01", CLERK, err));
    ASSERT_ERR(ERR_CONFLICT, db_run(rig->store->db, "DELETE FROM result_code", NULL, 0, err));
}

static void what_is_no_code_is_refused(void **state)
{
    struct rig *rig = *state;
    static const char *const texts[] = {"", "A 01", "A\n01", "\xff", "TAM-1", "A\x7f"};
    server_numbers(rig);
    struct paper paper = rig_paper_in(rig, "coded", 1);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        ASSERT_ERR(ERR_BAD_ARGUMENT,
                   document_set_code(rig->store, paper.document, texts[i], CLERK, err));
    char long_text[RESULT_CODE_MAX + 1];
    memset(long_text, 'a', RESULT_CODE_MAX);
    long_text[RESULT_CODE_MAX] = 0;
    ASSERT_ERR(ERR_BAD_ARGUMENT,
               document_set_code(rig->store, paper.document, long_text, CLERK, err));
    struct paper early = rig_paper_in(rig, "signed", 1);
    ASSERT_ERR(ERR_RESULT_CODE_FINAL,
               document_set_code(rig->store, early.document, "A.01", CLERK, err));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_component_is_numbered_under_its_procedure_and_its_paper),
        T(a_result_is_numbered_under_its_type_in_the_national_list),
        T(a_component_without_a_known_paper_goes_by_its_kind),
        T(where_the_server_numbers_a_code_is_provisional_until_it_is_told),
        T(a_record_that_nobody_has_yet_is_written_anew_with_the_real_code),
        T(what_was_sent_keeps_its_bytes_and_may_still_learn_its_code),
        T(a_code_is_nobody_elses_ever),
        T(what_is_no_code_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
