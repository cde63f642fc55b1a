#include "tests/unit/queue/store/case_rig.h"

#include "queue/store/catalog.h"
#include "queue/store/component.h"
#include "queue/store/dossier_case.h"

/* ---- which paper a document is ---- */

static void a_paper_is_proposed_once_read_and_a_person_says_otherwise(void **state)
{
    struct rig *rig = *state;
    case_put_marriage(rig);
    struct paper paper = rig_paper_in(rig, "open", 1);
    case_settle(rig, paper.dossier, PROCEDURE, "2026-01-05");
    case_set(rig, "UPDATE document SET type = ? WHERE id = ?", "birth-certificate", paper.document);
    ASSERT_OK(component_settle(rig->store, paper.dossier, err));
    case_expect_is(rig, paper.document, "component", "P1", "read");
    case_settle(rig, paper.dossier, "1.000895", NULL);
    case_expect_is(rig, paper.document, "", "", "");
    case_settle(rig, paper.dossier, PROCEDURE, NULL);
    case_expect_is(rig, paper.document, "component", "P1", "read");
    ASSERT_OK(scan_gate_say(rig->store, paper.document, &(struct scan_for){.code = "KQ.G15.000032"},
                            CLERK, err));
    case_expect_is(rig, paper.document, "result", "KQ.G15.000032", "said");
    EXPECT_PAPER(paper.dossier, "KQ.G15.000032", "state", "have");
    EXPECT_PAPER(paper.dossier, "P1", "state", "missing");
    ASSERT_OK(component_settle(rig->store, paper.dossier, err));
    case_expect_is(rig, paper.document, "result", "KQ.G15.000032", "said");
    ASSERT_OK(
        scan_gate_say(rig->store, paper.document, &(struct scan_for){.code = ""}, CLERK, err));
    case_expect_is(rig, paper.document, "", "", "said");
    AUTO(js) struct js *wanted = case_wanted(rig, paper.dossier);
    assert_int_equal(js_count(js_at(wanted, "others")), 1);
    ASSERT_ERR(ERR_PAPER_UNKNOWN, scan_gate_say(rig->store, paper.document,
                                                &(struct scan_for){.code = "P9"}, CLERK, err));
}

/* A birth certificate that is handed in is not the one that the case ends with. */
static void a_paper_older_than_the_case_is_not_its_result(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], document[ID_SIZE];
    case_put(rig, "procedures",
             "[{\"code\":\"1.000894\",\"name\":\"A\",\"results\":\"KQ.G15.000031=Giấy khai "
             "sinh\"}]");
    static const struct {
        const char *received, *issued, *code;
    } cases[] = {{"2026-01-05", "2026-01-04", ""},
                 {"2026-01-05", "2026-01-05", "KQ.G15.000031"},
                 {"2026-01-05", NULL, "KQ.G15.000031"},
                 {NULL, "2019-05-01", "KQ.G15.000031"}}; /* when the case began nobody said */
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        rig_dossier(rig, NULL, 1, id);
        rig_document(rig, id, document);
        case_set(rig, "UPDATE document SET type = ? WHERE id = ?", "birth-certificate", document);
        case_set(rig, SET_FIELD("doc_name"), "Giấy khai sinh", document);
        case_set(rig, SET_FIELD("issue_date"), cases[i].issued, document);
        case_settle(rig, id, PROCEDURE, cases[i].received);
        AUTO(js) struct js *view = case_document(rig, document);
        assert_string_equal(js_text_or(view, "paper_code", ""), cases[i].code);
    }
}

/* The machine's answer and a person's confirmation go through the same. */
static void reading_and_confirming_propose(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], document[ID_SIZE];
    case_put(rig, "rule-sets",
             "[{\"procedure\":\"1.000894\",\"paper\":\"Q1\",\"name\":\"Quyết định "
             "mẫu\",\"type\":\"contract\",\"group\":\"a\"}]");
    rig_dossier(rig, NULL, 1, id);
    case_settle(rig, id, PROCEDURE, "2026-01-05");
    rig_document(rig, id, document);
    struct paper paper;
    memcpy(paper.dossier, id, ID_SIZE);
    memcpy(paper.document, document, ID_SIZE);
    rig_page(rig, &paper, "II*.page", NULL);
    ASSERT_OK(document_finish_scan(rig->store, document, CLERK, err));
    while (rig_work(rig, "recognize") || rig_work(rig, "understand"))
        ;
    case_expect_is(rig, document, "component", "Q1", "read"); /* by its title */
    AUTO(js) struct js *answers = NULL;
    static const char text[] = "{\"owner_id\":\"001099000001\",\"issue_date\":\"05/03/2026\","
                               "\"doc_name\":\"Bản khác\"}";
    assert_int_equal(js_parse(text, strlen(text), &answers, NULL), ERR_OK);
    struct comparison comparison = {.compared = true,
                                    .revision = rig_revision(rig, document),
                                    .answers = answers,
                                    .copier = "Cán Bộ Mẫu"};
    ASSERT_OK(document_confirm(rig->store, document, &comparison, CLERK, err));
    case_expect_is(rig, document, "", "", "");
}

static void what_went_into_the_result_code_stays(void **state)
{
    struct rig *rig = *state;
    case_put_marriage(rig);
    struct paper paper = rig_paper_in(rig, "copied", 1);
    case_settle(rig, paper.dossier, PROCEDURE, "2026-01-05");
    ASSERT_OK(
        scan_gate_say(rig->store, paper.document, &(struct scan_for){.code = "P1"}, CLERK, err));
    case_set(rig, "UPDATE document SET paper_from = 'read', result_code = ? WHERE id = ?", "X.01",
             paper.document);
    case_settle(rig, paper.dossier, "1.000895", NULL);
    case_expect_is(rig, paper.document, "component", "P1", "read");
    case_set(rig, "UPDATE document SET state = ? WHERE id = ?", "coded", paper.document);
    ASSERT_ERR(ERR_STATE_CHANGED, scan_gate_say(rig->store, paper.document,
                                                &(struct scan_for){.code = ""}, CLERK, err));
}

/* "P1" of one procedure is no "P1" of another. */
static void what_bears_a_code_stands_in_the_list_of_its_own_procedure_only(void **state)
{
    struct rig *rig = *state;
    case_put_marriage(rig);
    case_put(rig, "rule-sets",
             "[{\"procedure\":\"1.000894\",\"paper\":\"P1\",\"name\":\"Giấy khai "
             "sinh\",\"group\":\"a\"},{\"procedure\":\"1.000895\",\"paper\":\"P1\",\"name\":\"Sơ "
             "đồ\",\"group\":\"a\"}]");
    struct paper paper = rig_paper_in(rig, "queued", 1);
    struct dossier_change bind = {.code = "H56.14-260105-0007", .papers = -1, .sides = -1};
    ASSERT_OK(dossier_change(rig->store, paper.dossier, &bind, CLERK, err));
    case_settle(rig, paper.dossier, PROCEDURE, "2026-01-05");
    case_set(rig,
             "UPDATE document SET paper_code = ?, stage = 'component', paper_from = 'read', "
             "paper_procedure = '1.000894' WHERE id = ?",
             "P1", paper.document);
    EXPECT_PAPER(paper.dossier, "P1", "documents[0]", paper.document);
    case_settle(rig, paper.dossier, "1.000895", NULL);
    case_expect_is(rig, paper.document, "component", "P1", "read");
    EXPECT_PAPER(paper.dossier, "P1", "documents", "0");
    EXPECT_PAPER(paper.dossier, "P1", "state", "missing");
    AUTO(js) struct js *wanted = case_wanted(rig, paper.dossier);
    assert_string_equal(js_text_or(wanted, "others[0]", ""), paper.document);
    AUTO(js) struct js *facts = NULL;
    ASSERT_OK(component_facts(rig->store, paper.dossier, true, &facts, err));
    assert_int_equal(js_count(facts), 2);
    assert_true(js_is_null(js_at(facts, "[0].paper_code")));
    assert_int_equal(js_int_or(facts, "[1].class", -1), CLASS_NONE);
    char later[ID_SIZE], again[ID_SIZE];
    rig_dossier(rig, NULL, 1, again);
    case_set_owner(rig, again, OWNER);
    case_settle(rig, again, "1.000895", "2026-01-05");
    EXPECT_PAPER(again, "P1", "held", "0");
    case_settle(rig, again, PROCEDURE, NULL);
    EXPECT_PAPER(again, "P1", "held[0].document_id", paper.document);
    case_settle(rig, paper.dossier, PROCEDURE, NULL);
    EXPECT_PAPER(paper.dossier, "P1", "documents[0]", paper.document);
    case_settle(rig, paper.dossier, "1.000895", NULL);
    case_set(rig, "UPDATE dossier SET closed_us = coalesce(?, 1) WHERE id = ?", NULL,
             paper.dossier);
    rig_dossier(rig, bind.code, 1, later);
    EXPECT_PAPER(later, "P1", "earlier", "0");
}

static void what_is_proposed_is_of_the_procedure_that_wants_it(void **state)
{
    struct rig *rig = *state;
    case_put_marriage(rig);
    case_put(rig, "rule-sets",
             "[{\"procedure\":\"1.000894\",\"paper\":\"P1\",\"name\":\"Giấy khai "
             "sinh\",\"group\":\"a\"},{\"procedure\":\"1.000895\",\"paper\":\"P1\",\"name\":\"Giấy "
             "khai sinh\",\"group\":\"a\"}]");
    struct paper paper = rig_paper_in(rig, "open", 1);
    case_set(rig, "UPDATE document SET type = ? WHERE id = ?", "birth-certificate", paper.document);
    static const char *const procedures[] = {"1.000894", "1.000895", "1.000894"};
    for (size_t i = 0; i < COUNT_OF(procedures); i++) {
        case_settle(rig, paper.dossier, procedures[i], NULL);
        AUTO(js) struct js *view = case_document(rig, paper.document);
        assert_string_equal(js_text_or(view, "paper_code", ""), "P1");
        assert_string_equal(js_text_or(view, "paper_procedure", ""), procedures[i]);
    }
    case_settle(rig, paper.dossier, "", NULL);
    AUTO(js) struct js *none = case_document(rig, paper.document);
    assert_true(js_is_null(js_at(none, "paper_procedure")));
}

static void a_new_version_is_the_same_paper(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_put_marriage(rig);
    struct paper paper = rig_paper_in(rig, "signed", 1);
    case_settle(rig, paper.dossier, PROCEDURE, "2026-01-05");
    ASSERT_OK(
        scan_gate_say(rig->store, paper.document, &(struct scan_for){.code = "P1"}, CLERK, err));
    ASSERT_OK(document_replace(rig->store, paper.document, "lệch", CLERK, id, err));
    case_expect_is(rig, id, "component", "P1", "said");
    EXPECT_PAPER(paper.dossier, "P1", "documents[0]", id);
}

/* ---- the case comes back ---- */

static void a_case_that_comes_back_gets_its_result(void **state)
{
    struct rig *rig = *state;
    char later[ID_SIZE];
    case_put_marriage(rig);
    struct paper paper = rig_paper_in(rig, "closed", 1);
    struct dossier_change bind = {.code = "H56.14-260105-0001", .papers = -1, .sides = -1};
    ASSERT_OK(dossier_change(rig->store, paper.dossier, &bind, CLERK, err));
    case_settle(rig, paper.dossier, PROCEDURE, "2026-01-06");
    case_set(rig,
             "UPDATE document SET paper_code = ?, stage = 'component', paper_from = 'said', "
             "paper_procedure = '1.000894' WHERE id = ?",
             "P1", paper.document);
    ASSERT_OK(dossier_close(rig->store, paper.dossier, true, CLERK, err));
    rig_dossier(rig, "H56.14-260105-0001", 1, later);
    AUTO(js) struct js *dossier = NULL;
    ASSERT_OK(view_dossier(rig->store, later, &dossier, err));
    assert_string_equal(js_text_or(dossier, "procedure_code", ""), PROCEDURE);
    assert_string_equal(js_text_or(dossier, "received_on", ""), "2026-01-06");
    assert_string_equal(js_text_or(dossier, "received_from", ""), "said");
    EXPECT_PAPER(later, "P1", "state", "have");
    EXPECT_PAPER(later, "P1", "earlier[0].document_id", paper.document);
    EXPECT_PAPER(later, "KQ.G15.000032", "state", "awaited");
    char document[ID_SIZE];
    ASSERT_OK(case_begin(rig, later, (struct scan_for){.code = "KQ.G15.000032"}, document, err));
    case_expect_is(rig, document, "result", "KQ.G15.000032", "said");
    EXPECT_PAPER(later, "KQ.G15.000032", "state", "have");
    ASSERT_ERR(ERR_PAPER_HELD,
               case_begin(rig, later, (struct scan_for){.code = "P1"}, document, err));
    AUTO(js) struct js *facts = NULL;
    ASSERT_OK(component_facts(rig->store, later, true, &facts, err));
    assert_string_equal(js_text_or(facts, "[0].dossier_id", ""), paper.dossier);
    assert_string_equal(js_text_or(facts, "[0].paper_code", ""), "P1");
    assert_int_equal(js_int_or(facts, "[0].class", 0), CLASS_DIGITIZED);
    assert_int_equal(js_count(facts), 6); /* P1 there; the others of the list are not */
}

static void a_code_bound_later_brings_the_procedure_but_not_over_another(void **state)
{
    struct rig *rig = *state;
    char first[ID_SIZE], second[ID_SIZE], third[ID_SIZE];
    case_put_marriage(rig);
    static const char close[] = "UPDATE dossier SET closed_us = coalesce(?, 1) WHERE id = ?";
    rig_dossier(rig, "H56.14-260105-0002", -1, first);
    case_settle(rig, first, PROCEDURE, NULL);
    case_set(rig, close, NULL, first);
    struct dossier_change bind = {.code = "H56.14-260105-0002", .papers = -1, .sides = -1};
    rig_dossier(rig, NULL, -1, second);
    ASSERT_OK(dossier_change(rig->store, second, &bind, CLERK, err));
    AUTO(js) struct js *bound = NULL;
    ASSERT_OK(view_dossier(rig->store, second, &bound, err));
    assert_string_equal(js_text_or(bound, "procedure_code", ""), PROCEDURE);
    case_set(rig, close, NULL, second);
    rig_dossier(rig, NULL, -1, third);
    case_settle(rig, third, "1.000895", NULL);
    ASSERT_OK(dossier_change(rig->store, third, &bind, CLERK, err));
    AUTO(js) struct js *other = NULL;
    ASSERT_OK(view_dossier(rig->store, third, &other, err));
    assert_string_equal(js_text_or(other, "procedure_code", ""), "1.000895");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_paper_is_proposed_once_read_and_a_person_says_otherwise),
        T(a_paper_older_than_the_case_is_not_its_result),
        T(reading_and_confirming_propose),
        T(what_went_into_the_result_code_stays),
        T(what_bears_a_code_stands_in_the_list_of_its_own_procedure_only),
        T(what_is_proposed_is_of_the_procedure_that_wants_it),
        T(a_new_version_is_the_same_paper),
        T(a_case_that_comes_back_gets_its_result),
        T(a_code_bound_later_brings_the_procedure_but_not_over_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
