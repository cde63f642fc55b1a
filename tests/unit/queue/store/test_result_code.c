#include "tests/unit/queue/store/rig.h"

#include "queue/store/result_code.h"

static void templates_are_checked_at_the_start(void **state)
{
    (void)state;
    static const struct {
        const char *form;
        enum err_code wanted;
    } cases[] = {
        {CODE_TEMPLATE_DEFAULT, ERR_OK},
        {"{owner}.{procedure}.{type}.{seq:02}", ERR_OK},
        {"{seq}", ERR_OK},
        {"KQ-{dossier}-{seq:9}", ERR_BAD_CONFIG},
        {"{owner}.{type}", ERR_BAD_CONFIG},
        {"{seq}{seq}", ERR_BAD_CONFIG},
        {"{seq", ERR_BAD_CONFIG},
        {"{}", ERR_BAD_CONFIG},
        {"{nonsense}{seq}", ERR_BAD_CONFIG},
        {"{seq:x2}", ERR_BAD_CONFIG},
        {"", ERR_BAD_CONFIG},
        {"{paper}{seq}", ERR_OK},
        {"TAM-{seq}", ERR_BAD_CONFIG},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(result_code_check_template(cases[i].form, NULL), cases[i].wanted);
}

static void expect_next(struct rig *rig, const struct code_parts *parts, const char *wanted)
{
    char code[RESULT_CODE_MAX];
    ASSERT_OK(result_code_next(rig->store, parts, code, err));
    assert_string_equal(code, wanted);
}

static void numbers_count_up_per_prefix(void **state)
{
    struct rig *rig = *state;
    struct code_parts a = {.owner = "001099000001", .type = "DECISION", .number = "12/QĐ-UBND"};
    struct code_parts b = {.type = "NOTICE"};
    expect_next(rig, &a, "001099000001.DECISION.12/QĐ-UBND.01");
    expect_next(rig, &a, "001099000001.DECISION.12/QĐ-UBND.02");
    expect_next(rig, &b, ".NOTICE..01"); /* an owner without identifier leaves it blank */
    expect_next(rig, &a, "001099000001.DECISION.12/QĐ-UBND.03");
    for (int i = 4; i < 100; i++)
        ASSERT_OK(result_code_next(rig->store, &a, (char[RESULT_CODE_MAX]){0}, err));
    expect_next(rig, &a, "001099000001.DECISION.12/QĐ-UBND.100");
}

static void a_number_is_not_given_again_after_its_document_is_gone(void **state)
{
    struct rig *rig = *state;
    struct paper first = rig_paper_in(rig, "coded", 1);
    ASSERT_OK(db_run(rig->store->db, "UPDATE document SET result_code = NULL WHERE id = ?",
                     DB_BIND(DB_TEXT(first.document)), err));
    rig_reopen(rig);
    rig_paper_in(rig, "coded", 1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document WHERE result_code = "
                                     "'001099000001.DECISION.12/QĐ-UBND.02'"),
                     1);
}

static void a_code_another_template_gave_is_passed_over(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "coded", 1);
    ASSERT_OK(db_run(rig->store->db,
                     "INSERT INTO result_code (code, document_id, given_us, given_by, ended_us) "
                     "VALUES ('.NOTICE..01', ?, 1, 'sohoad', 2)",
                     DB_BIND(DB_TEXT(paper.document)), err));
    expect_next(rig, &(struct code_parts){.type = "NOTICE"}, ".NOTICE..02");
}

static void parts_are_cut_between_characters_and_lose_their_spaces(void **state)
{
    struct rig *rig = *state;
    AUTO(mem)
    char *long_text = mem_printf("%s", "Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ");
    char code[RESULT_CODE_MAX];
    ASSERT_OK(result_code_next(rig->store, &(struct code_parts){.type = "X", .number = long_text},
                               code, err));
    assert_null(strchr(code, ' '));
    assert_string_equal(code + strlen(code) - 5, "\xc4\x90.01");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_are_checked_at_the_start),
        T(numbers_count_up_per_prefix),
        T(a_number_is_not_given_again_after_its_document_is_gone),
        T(a_code_another_template_gave_is_passed_over),
        T(parts_are_cut_between_characters_and_lose_their_spaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
