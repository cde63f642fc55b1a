#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"
#include "daemon/model/rule_set.h"
#include "queue/store/catalog.h"
#include "queue/store/dossier_case.h"
#include "queue/store/wanted.h"

static const char FILE_HASH[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char CODE[] = "H56.14-250820-0001";

static void put(struct rig *rig, const char *kind, const char *day, const char *json)
{
    AUTO(js) struct js *rows = NULL;
    AUTO(js) struct js *out = NULL;
    assert_int_equal(js_parse(json, strlen(json), &rows, NULL), ERR_OK);
    struct catalog_import import = {.kind = catalog_kind_find(kind),
                                    .valid_from = day,
                                    .file = "x.csv",
                                    .file_sha256 = FILE_HASH,
                                    .rows = rows};
    ASSERT_OK(catalog_import(rig->store, &import, CLERK, &out, err));
}

static void put_birth(struct rig *rig)
{
    put(rig, "procedures", "2020-01-01",
        "[{\"code\":\"1.001193\",\"name\":\"Đăng ký khai sinh\",\"results\":"
        "\"KQ.G15.000031=Giấy khai sinh\"}]");
    put(rig, "rule-sets", "2020-01-01",
        "[{\"procedure\":\"1.001193\",\"paper\":\"P1\",\"name\":\"Giấy chứng "
        "sinh\",\"group\":\"a\"},"
        "{\"procedure\":\"1.001193\",\"paper\":\"P2\",\"name\":\"Tờ khai đăng ký khai sinh\"},"
        "{\"procedure\":\"1.001193\",\"paper\":\"P3\",\"name\":\"Ý kiến của đơn vị phối hợp\","
        "\"type\":\"official-letter\",\"group\":\"d\"},"
        "{\"procedure\":\"1.001193\",\"paper\":\"P4\",\"name\":\"Thẻ căn "
        "cước\",\"group\":\"shown\"},"
        "{\"procedure\":\"1.001193\",\"paper\":\"P5\",\"name\":\"Giấy ủy quyền\",\"duty\":"
        "\"mandatory\",\"valid_from\":\"2025-07-01\"}]");
}

static struct js *wanted_on(struct rig *rig, const char *procedure, const char *day)
{
    struct js *out = NULL;
    struct wanted_of of = {.procedure = procedure, .received = day};
    ASSERT_OK(wanted_papers(rig->store, &of, &out, err));
    return out;
}

/* "P1 mandatory, P2 on_demand"; with `key` state: of a dossier. */
static const char *papers_of(const struct js *wanted, const char *key)
{
    static char text[500];
    text[0] = 0;
    for (size_t i = 0; i < js_count(js_at(wanted, "papers")); i++) {
        const struct js *paper = js_item(js_at(wanted, "papers"), i);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %s", i ? ", " : "",
                 js_text_or(paper, "code", ""), js_text_or(paper, key, ""));
    }
    return text;
}

static struct js *of_dossier(struct rig *rig, const char *id)
{
    struct js *out = NULL;
    ASSERT_OK(wanted_of_dossier(rig->store, id, &out, err));
    return out;
}

static void settle_procedure(struct rig *rig, const char *id, const char *procedure,
                             const char *received)
{
    struct dossier_change change = {
        .papers = -1, .sides = -1, .procedure = procedure, .received_on = received};
    ASSERT_OK(dossier_change(rig->store, id, &change, CLERK, err));
}

static void expect_case(struct rig *rig, const char *id, const char *received, const char *rules)
{
    AUTO(js) struct js *dossier = NULL;
    ASSERT_OK(view_dossier(rig->store, id, &dossier, err));
    assert_string_equal(js_text_or(dossier, "received_on", ""), received);
    assert_string_equal(js_text_or(dossier, "rule_set", ""), rules);
}

static void the_day_of_reception_chooses_the_rules(void **state)
{
    (void)state;
    static const struct {
        const char *day, *rules;
        enum duty outputs;
    } cases[] = {
        {"1999-01-01", "nd107-tt01", DUTY_MANDATORY}, {"2025-06-30", "nd107-tt01", DUTY_MANDATORY},
        {"2025-07-01", "nd118-tt01", DUTY_MANDATORY}, {"2025-09-14", "nd118-tt01", DUTY_MANDATORY},
        {"2025-09-15", "nd118-tt03", DUTY_NEVER},     {"2030-01-01", "nd118-tt03", DUTY_NEVER}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct rule_set *rules = rule_set_on(cases[i].day);
        assert_string_equal(rules->id, cases[i].rules);
        assert_int_equal(rule_set_duty(rules, "d"), cases[i].outputs);
        assert_int_equal(rule_set_duty(rules, "a"), DUTY_MANDATORY);
        assert_int_equal(rule_set_duty(rules, "e"), DUTY_MANDATORY);
        assert_int_equal(rule_set_duty(rules, "secret"), DUTY_NEVER);
        assert_int_equal(rule_set_duty(rules, "shown"), DUTY_NEVER);
        assert_int_equal(rule_set_duty(rules, NULL), DUTY_ON_DEMAND);
        assert_ptr_equal(rule_set_find(rules->id), rules);
    }
}

static void wanted_papers_follow_the_rules_of_the_day(void **state)
{
    struct rig *rig = *state;
    put_birth(rig);
    AUTO(js) struct js *before = wanted_on(rig, "1.001193", "2025-06-30");
    assert_string_equal(papers_of(before, "duty"), "P1 mandatory, P2 on_demand, P3 mandatory, P4 "
                                                   "never, KQ.G15.000031 mandatory");
    AUTO(js) struct js *after = wanted_on(rig, "1.001193", "2025-09-15");
    assert_string_equal(papers_of(after, "duty"),
                        "P1 mandatory, P2 on_demand, P3 never, P4 never, P5 mandatory, "
                        "KQ.G15.000031 mandatory");
    assert_string_equal(papers_of(after, "type"),
                        "P1 , P2 declaration, P3 official-letter, P4 citizen-id, P5 "
                        "power-of-attorney, KQ.G15.000031 birth-certificate");
    assert_false(js_bool_or(after, "gap", true));
    assert_string_equal(js_text_or(after, "procedure.name", ""), "Đăng ký khai sinh");
}

static void what_no_catalogue_knows_blocks_nobody_and_is_noted(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    AUTO(js) struct js *gaps = NULL;
    rig_dossier(rig, NULL, 1, id);
    settle_procedure(rig, id, "1.777777", NULL);
    AUTO(js) struct js *wanted = of_dossier(rig, id);
    assert_true(js_bool_or(wanted, "gap", false));
    assert_int_equal(js_count(js_at(wanted, "papers")), 0);
    assert_string_equal(js_text_or(wanted, "procedure.code", ""), "1.777777");
    assert_false(js_has(wanted, "rules_version"));
    ASSERT_OK(catalog_gaps(rig->store, &gaps, err));
    assert_int_equal(js_count(gaps), 2);
    assert_string_equal(js_text_or(gaps, "[0].code", ""), "1.777777");
}

static void a_code_of_a_day_that_lies_ahead_says_no_day(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], today[11];
    catalog_today(today);
    rig_dossier(rig, "H56.14-991231-0001", 1, id);
    settle_procedure(rig, id, "1.001193", NULL);
    expect_case(rig, id, today, rule_set_on(today)->id);
}

static void a_gap_that_is_filled_is_filled_for_dossiers_that_are_there(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    put_birth(rig);
    rig_dossier(rig, CODE, 1, id);
    settle_procedure(rig, id, "1.777777", NULL);
    AUTO(js) struct js *before = of_dossier(rig, id);
    assert_true(js_bool_or(before, "gap", false));
    put(rig, "procedures", "2020-01-02", "[{\"code\":\"1.777777\",\"name\":\"A\"}]");
    put(rig, "rule-sets", "2020-01-02",
        "[{\"procedure\":\"1.777777\",\"paper\":\"P9\",\"name\":\"B\",\"group\":\"a\"}]");
    AUTO(js) struct js *after = of_dossier(rig, id);
    assert_string_equal(papers_of(after, "duty"), "P9 mandatory");
    assert_false(js_bool_or(after, "gap", true));
}

/* Lists of later days have it no more. */
static void a_procedure_is_known_as_it_was_on_the_day_of_reception(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    put_birth(rig);
    rig_dossier(rig, CODE, 1, id);
    settle_procedure(rig, id, "1.001193", NULL);
    put(rig, "procedures", "2025-12-01", "[{\"code\":\"1.777777\",\"name\":\"A\"}]");
    AUTO(js) struct js *wanted = of_dossier(rig, id);
    assert_string_equal(js_text_or(wanted, "procedure.name", ""), "Đăng ký khai sinh");
    assert_false(js_bool_or(wanted, "gap", true));
    AUTO(js) struct js *later = wanted_on(rig, "1.777777", "2025-08-20"); /* only of today */
    assert_string_equal(js_text_or(later, "procedure.name", ""), "A");
}

static void the_day_is_said_or_read_from_the_code_or_is_the_first(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], today[11];
    catalog_today(today);
    rig_dossier(rig, NULL, 1, id);
    expect_case(rig, id, "", "");
    settle_procedure(rig, id, "1.001193.000.00.00.H56", NULL);
    expect_case(rig, id, today, rule_set_on(today)->id);
    struct dossier_change bind = {.code = CODE, .papers = -1, .sides = -1};
    ASSERT_OK(dossier_change(rig->store, id, &bind, CLERK, err));
    expect_case(rig, id, "2025-08-20", "nd118-tt01");
    settle_procedure(rig, id, NULL, "30/6/2025");
    expect_case(rig, id, "2025-06-30", "nd107-tt01");
    settle_procedure(rig, id, NULL, "");
    expect_case(rig, id, "2025-08-20", "nd118-tt01");
    settle_procedure(rig, id, "", NULL);
    expect_case(rig, id, "", "");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'set-case'"), 5);
}

static void a_case_that_cannot_be_is_refused_whole(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    static const struct {
        const char *procedure, *received;
        enum err_code wanted;
    } cases[] = {{"khai sinh", NULL, ERR_PROCEDURE_CODE_BAD},
                 {"1.00119", NULL, ERR_PROCEDURE_CODE_BAD},
                 {NULL, "2025-02-30", ERR_BAD_ARGUMENT},
                 {NULL, "2199-01-01", ERR_BAD_ARGUMENT}};
    rig_dossier(rig, NULL, 1, id);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct dossier_change change = {.code = CODE,
                                        .papers = 5,
                                        .sides = -1,
                                        .procedure = cases[i].procedure,
                                        .received_on = cases[i].received};
        ASSERT_ERR(cases[i].wanted, dossier_change(rig->store, id, &change, CLERK, err));
    }
    AUTO(js) struct js *dossier = NULL;
    ASSERT_OK(view_dossier(rig->store, id, &dossier, err));
    assert_false(js_has(dossier, "code") || js_has(dossier, "procedure_code"));
    assert_int_equal(js_int_or(dossier, "papers", 0), 1);
    ASSERT_ERR(ERR_NOT_FOUND,
               dossier_change(rig->store, "01890000-0000-7000-8000-000000000000",
                              &(struct dossier_change){.papers = -1, .sides = -1}, CLERK, err));
}

static void a_dossier_keeps_the_rules_it_was_begun_with(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    put_birth(rig);
    rig_dossier(rig, NULL, 1, id);
    settle_procedure(rig, id, "1.001193", NULL);
    AUTO(js) struct js *before = of_dossier(rig, id);
    put(rig, "rule-sets", "2020-01-01",
        "[{\"procedure\":\"1.001193\",\"paper\":\"P9\",\"name\":\"Đơn\",\"group\":\"b\"}]");
    AUTO(js) struct js *after = of_dossier(rig, id);
    assert_true(js_equal(before, after));
    AUTO(js) struct js *other = wanted_on(rig, "1.001193", "2026-01-01");
    assert_string_equal(papers_of(other, "duty"), "P9 mandatory, KQ.G15.000031 mandatory");
}

/* What classification would say. */
static void say_what_it_is(struct rig *rig, const char *document, const char *type,
                           const char *name)
{
    ASSERT_OK(db_run(rig->store->db, "UPDATE document SET type = ? WHERE id = ?",
                     DB_BIND(DB_TEXT(type), DB_TEXT(document)), err));
    if (name)
        ASSERT_OK(db_run(rig->store->db,
                         "INSERT INTO field (document_id, name, value) VALUES (?, 'doc_name', ?)",
                         DB_BIND(DB_TEXT(document), DB_TEXT(name)), err));
}

static void documents_are_found_under_the_papers_they_are(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], birth[ID_SIZE], card[ID_SIZE], named[ID_SIZE], other[ID_SIZE];
    put_birth(rig);
    rig_dossier(rig, NULL, 4, id);
    settle_procedure(rig, id, "1.001193", "2026-01-05");
    rig_document(rig, id, birth);
    rig_document(rig, id, card);
    rig_document(rig, id, named);
    rig_document(rig, id, other);
    say_what_it_is(rig, birth, "birth-certificate", NULL);
    say_what_it_is(rig, card, "citizen-id", NULL);
    say_what_it_is(rig, named, "unknown", "GIẤY CHỨNG SINH");
    say_what_it_is(rig, other, "contract", NULL);
    AUTO(js) struct js *wanted = of_dossier(rig, id);
    assert_string_equal(papers_of(wanted, "state"),
                        "P1 have, P2 on_demand, P3 never, P4 have, P5 missing, KQ.G15.000031 have");
    assert_string_equal(js_text_or(wanted, "papers[0].documents[0]", ""), named);
    assert_string_equal(js_text_or(wanted, "papers[5].documents[0]", ""), birth);
    assert_int_equal(js_count(js_at(wanted, "others")), 1);
    assert_string_equal(js_text_or(wanted, "others[0]", ""), other);
    ASSERT_OK(document_reject(rig->store, birth, "lạc", CLERK, err));
    AUTO(js) struct js *later = of_dossier(rig, id);
    assert_string_equal(js_text_or(later, "papers[5].state", ""), "awaited");
}

static void records_that_have_not_left_say_the_procedure_and_the_day(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    struct document_file record = {.fd = -1};
    AUTO(js) struct js *value = NULL;
    settle_procedure(rig, paper.dossier, "1.001193", "2026-01-05");
    ASSERT_OK(document_file(rig->store, paper.document, "record", &record, err));
    ASSERT_OK(js_read_fd(record.fd, &value, err));
    assert_string_equal(js_text_or(value, "procedure_code", ""), "1.001193");
    assert_string_equal(js_text_or(value, "received_on", ""), "2026-01-05");
    fd_close(record.fd);
    mem_free(record.path);
}

static void without_a_procedure_all_documents_are_others(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    AUTO(js) struct js *wanted = of_dossier(rig, paper.dossier);
    assert_false(js_has(wanted, "procedure"));
    assert_false(js_bool_or(wanted, "gap", true));
    assert_int_equal(js_count(js_at(wanted, "papers")), 0);
    assert_int_equal(js_count(js_at(wanted, "others")), 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_day_of_reception_chooses_the_rules),
        T(wanted_papers_follow_the_rules_of_the_day),
        T(what_no_catalogue_knows_blocks_nobody_and_is_noted),
        T(a_code_of_a_day_that_lies_ahead_says_no_day),
        T(a_gap_that_is_filled_is_filled_for_dossiers_that_are_there),
        T(a_procedure_is_known_as_it_was_on_the_day_of_reception),
        T(the_day_is_said_or_read_from_the_code_or_is_the_first),
        T(a_case_that_cannot_be_is_refused_whole),
        T(a_dossier_keeps_the_rules_it_was_begun_with),
        T(documents_are_found_under_the_papers_they_are),
        T(records_that_have_not_left_say_the_procedure_and_the_day),
        T(without_a_procedure_all_documents_are_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
