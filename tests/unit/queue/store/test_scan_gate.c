#include "tests/unit/queue/store/case_rig.h"

#include "queue/store/catalog.h"
#include "queue/store/demand.h"
#include "queue/store/rates.h"

/* ---- the gate ---- */

static void a_scan_for_what_is_held_or_exempt_wants_a_reason(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], document[ID_SIZE];
    case_put_marriage(rig);
    case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_marriage(rig, NULL, id);
    static const struct {
        struct scan_for wish;
        enum err_code wanted;
    } cases[] = {{{.code = "P1"}, ERR_PAPER_HELD},
                 {{.code = "P1", .reason = "mood"}, ERR_BAD_ARGUMENT},
                 {{.code = "P1", .reason = "other"}, ERR_BAD_ARGUMENT},
                 {{.code = "P2"}, ERR_PAPER_ON_DEMAND},
                 {{.code = "P2", .reason = "on_request"}, ERR_PAPER_ON_DEMAND},
                 {{.code = "P3"}, ERR_PAPER_NOT_DIGITIZED},
                 {{.code = "P4"}, ERR_PAPER_SHOWN_ONLY},
                 {{.code = "P4", .reason = "on_request"}, ERR_PAPER_SHOWN_ONLY},
                 {{.code = "P5", .reason = "asked_by_decision"}, ERR_PAPER_SECRET},
                 {{.stage = "result", .code = "P1"}, ERR_PAPER_UNKNOWN},
                 {{.code = "P9"}, ERR_PAPER_UNKNOWN}};
    int64_t before = rig_number(rig, "SELECT count(*) FROM document");
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ASSERT_ERR(cases[i].wanted, case_begin(rig, id, cases[i].wish, document, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document"), before);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM scan_reason"), 0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'scan-refused' AND "
                                     "detail LIKE '%asked local%'"),
                     7);
    ASSERT_OK(case_begin(rig, id, (struct scan_for){.code = "P1", .reason = "not_the_same"},
                         document, err));
    case_expect_is(rig, document, "component", "P1", "said");
    EXPECT_PAPER(id, "P1", "reasons[0].reason", "not_the_same");
    EXPECT_PAPER(id, "P1", "asks", "-");
    ASSERT_OK(case_begin(rig, id,
                         (struct scan_for){.code = "P3", .reason = "other", .note = "Sở yêu cầu"},
                         document, err));
    case_expect_is(rig, document, "output", "P3", "said");
    ASSERT_OK(case_begin(rig, id, (struct scan_for){0}, document, err)); /* nobody has to say */
    case_expect_is(rig, document, "", "", "");
    assert_int_equal(rig_number(rig, "SELECT found FROM scan_reason WHERE paper_code = 'P1' AND "
                                     "against = 'held' AND found_document IS NOT NULL AND "
                                     "asked = 'local' AND given_by = 'uid:1000'"),
                     1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM scan_reason WHERE against = 'exempt'"),
                     1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'scan-reason'"), 2);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE detail LIKE '%Sở%'"), 0);
}

static void a_reason_is_about_the_new_version_too(void **state)
{
    struct rig *rig = *state;
    char version[ID_SIZE];
    case_put_marriage(rig);
    struct paper paper = rig_paper_in(rig, "signed", 1);
    case_settle(rig, paper.dossier, PROCEDURE, "2026-01-05");
    struct scan_for wish = {.code = "P3", .reason = "asked_by_sector_law"};
    ASSERT_OK(scan_gate_say(rig->store, paper.document, &wish, CLERK, err));
    ASSERT_OK(document_replace(rig->store, paper.document, "lệch", CLERK, version, err));
    EXPECT_PAPER(paper.dossier, "P3", "documents[0]", version);
    EXPECT_PAPER(paper.dossier, "P3", "reasons[0].document_id", version);
    EXPECT_PAPER(paper.dossier, "P3", "asks", "-");
}

static void what_is_scanned_freely_and_said_later_asks_the_same(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], document[ID_SIZE];
    case_put_marriage(rig);
    case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_marriage(rig, NULL, id);
    rig_document(rig, id, document);
    case_set(rig, "UPDATE document SET type = ? WHERE id = ?", "birth-certificate", document);
    EXPECT_PAPER(id, "P1", "documents[0]", document);
    EXPECT_PAPER(id, "P1", "asks", "reason");
    ASSERT_ERR(ERR_PAPER_HELD,
               scan_gate_say(rig->store, document, &(struct scan_for){.code = "P1"}, CLERK, err));
    ASSERT_OK(scan_gate_say(rig->store, document,
                            &(struct scan_for){.code = "P1", .reason = "changed_since"}, CLERK,
                            err));
    EXPECT_PAPER(id, "P1", "asks", "-");
    case_set(rig, "UPDATE document SET type = ?, paper_from = NULL WHERE id = ?", "citizen-id",
             document);
    EXPECT_PAPER(id, "P4", "asks", "closed");
}

static void a_dossier_filed_online_has_nothing_to_scan_but_its_result(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], document[ID_SIZE];
    case_put_marriage(rig);
    case_marriage(rig, NULL, id);
    case_set(rig, "UPDATE dossier SET channel = ? WHERE id = ?", "online", id);
    EXPECT_PAPER(id, "P1", "never", "online");
    EXPECT_PAPER(id, "P1", "state", "never");
    EXPECT_PAPER(id, "P2", "never", "online");
    EXPECT_PAPER(id, "P4", "never", "shown");
    EXPECT_PAPER(id, "KQ.G15.000032", "duty", "mandatory");
    ASSERT_ERR(ERR_PAPER_NOT_DIGITIZED,
               case_begin(rig, id, (struct scan_for){.code = "P1"}, document, err));
    case_settle(rig, id, NULL, "2025-08-01"); /* TT 01/2023 knows no such exemption */
    EXPECT_PAPER(id, "P1", "duty", "mandatory");
}

static void without_a_procedure_nothing_is_asked(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], document[ID_SIZE];
    rig_dossier(rig, NULL, 1, id);
    ASSERT_OK(case_begin(rig, id, (struct scan_for){0}, document, err));
    ASSERT_ERR(ERR_PAPER_UNKNOWN,
               case_begin(rig, id, (struct scan_for){.code = "P1"}, document, err));
    AUTO(js) struct js *facts = NULL;
    ASSERT_OK(component_facts(rig->store, id, true, &facts, err));
    assert_int_equal(js_count(facts), 0);
    ASSERT_ERR(ERR_NOT_FOUND, component_facts(rig->store, "01890000-0000-7000-8000-000000000000",
                                              false, &facts, err));
}

/* No catalogue says what the procedure ends with: a person does. */
static void a_result_that_no_list_has_is_one_by_a_persons_word(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "signed", 1);
    static const struct {
        const char *stage;
        bool component, result;
        const char *lacks; /* the first it lacks of its papers */
    } cases[] = {{NULL, true, false, "result"},
                 {"result", false, true, "component"},
                 {"output", false, false, "component"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *flags = NULL;
        ASSERT_OK(scan_gate_say(rig->store, paper.document,
                                &(struct scan_for){.stage = cases[i].stage, .code = ""}, CLERK,
                                err));
        ASSERT_OK(component_settle(rig->store, paper.dossier, err));
        ASSERT_OK(rates_of_dossier(rig->store, paper.dossier, &flags, err));
        assert_int_equal(js_bool_or(flags, "has_digitized_components", false), cases[i].component);
        assert_int_equal(js_bool_or(flags, "has_digitized_result", false), cases[i].result);
        assert_string_equal(js_text_or(flags, "lacks[4]", ""), cases[i].lacks);
    }
}

/* ---- on demand ---- */

static void a_paper_on_demand_waits_for_the_citizens_word(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], document[ID_SIZE];
    case_put_marriage(rig);
    case_marriage(rig, NULL, id);
    struct paper_key key = {id, NULL, "P2"};
    static const struct {
        struct demand demand;
        enum err_code wanted;
    } cases[] = {{{.asked_by = "owner"}, ERR_BAD_ARGUMENT},
                 {{.asked_by = "dog", .fee = "no"}, ERR_BAD_ARGUMENT},
                 {{.asked_by = "other", .fee = "no"}, ERR_BAD_ARGUMENT},
                 {{.asked_by = "owner", .fee = "no", .asked_on = "2199-01-01"}, ERR_BAD_ARGUMENT}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ASSERT_ERR(cases[i].wanted, demand_note(rig->store, &key, &cases[i].demand, CLERK, err));
    struct demand demand = {.asked_by = "presenter", .fee = "yes", .asked_on = "6/1/2026"};
    ASSERT_ERR(ERR_PAPER_NOT_ON_DEMAND,
               demand_note(rig->store, &(struct paper_key){id, NULL, "P1"}, &demand, CLERK, err));
    ASSERT_OK(demand_note(rig->store, &key, &demand, CLERK, err));
    EXPECT_PAPER(id, "P2", "demand.asked_on", "2026-01-06");
    demand.fee = "exempt";
    ASSERT_OK(demand_note(rig->store, &key, &demand, CLERK, err));
    EXPECT_PAPER(id, "P2", "demand.fee", "exempt");
    EXPECT_PAPER(id, "P2", "demand.noted_by", "uid:1000");
    EXPECT_PAPER(id, "P2", "gate", "-");
    ASSERT_OK(case_begin(rig, id, (struct scan_for){.code = "P2"}, document, err));
    ASSERT_OK(demand_end(rig->store, &key, CLERK, err));
    EXPECT_PAPER(id, "P2", "asks", "demand");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM demand"), 2);
}

/* ---- data that exists but cannot be used ---- */

static void the_report_names_kinds_and_holders_and_nobody(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], second[ID_SIZE], document[ID_SIZE];
    AUTO(js) struct js *rows = NULL;
    case_put_marriage(rig);
    case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_marriage(rig, "H56.14-260105-0001", id);
    case_marriage(rig, "H56.14-260105-0002", second);
    struct scan_for wish = {
        .code = "P1", .reason = "data_not_exploitable", .note = "số 001099000001 sai"};
    ASSERT_OK(case_begin(rig, id, wish, document, err));
    ASSERT_OK(case_begin(rig, id, wish, document, err));
    ASSERT_OK(case_begin(rig, second, wish, document, err));
    wish.holder = "CSDL quốc gia về dân cư";
    ASSERT_OK(case_begin(rig, second, wish, document, err));
    wish.reason = "not_the_same";
    ASSERT_OK(case_begin(rig, second, wish, document, err));
    wish.reason = "data_wrong";
    ASSERT_OK(case_begin(rig, second, wish, document, err));
    ASSERT_OK(document_reject(rig->store, document, "thôi", CLERK, err)); /* never scanned */
    ASSERT_OK(case_begin(rig, second, wish, document, err));
    wish.reason = "changed_since";
    ASSERT_OK(scan_gate_say(rig->store, document, &wish, CLERK, err)); /* the last word holds */
    char today[11];
    catalog_today(today);
    ASSERT_OK(scan_gate_unusable(rig->store, "2026-01-01", today, &rows, err));
    assert_int_equal(js_count(rows), 2);
    assert_string_equal(js_text_or(rows, "[0].holder", ""), "CSDL quốc gia về dân cư");
    assert_int_equal(js_int_or(rows, "[0].count", 0), 1);
    assert_string_equal(js_text_or(rows, "[1].holder", ""), "UBND xã Mẫu");
    assert_string_equal(js_text_or(rows, "[1].paper", ""), "Giấy khai sinh");
    assert_string_equal(js_text_or(rows, "[1].procedure", ""), "Đăng ký kết hôn");
    assert_int_equal(js_int_or(rows, "[1].count", 0), 3);
    assert_int_equal(js_count(js_at(rows, "[1].dossiers")), 2);
    assert_string_equal(js_text_or(rows, "[1].dossiers[0]", ""), "H56.14-260105-0001");
    AUTO(mem) char *text = js_dump(rows);
    assert_null(strstr(text, OWNER));
    js_free(TAKE(rows));
    ASSERT_OK(scan_gate_unusable(rig->store, "2026-01-01", "2026-01-02", &rows, err));
    assert_int_equal(js_count(rows), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_scan_for_what_is_held_or_exempt_wants_a_reason),
        T(a_reason_is_about_the_new_version_too),
        T(what_is_scanned_freely_and_said_later_asks_the_same),
        T(a_dossier_filed_online_has_nothing_to_scan_but_its_result),
        T(without_a_procedure_nothing_is_asked),
        T(a_result_that_no_list_has_is_one_by_a_persons_word),
        T(a_paper_on_demand_waits_for_the_citizens_word),
        T(the_report_names_kinds_and_holders_and_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
