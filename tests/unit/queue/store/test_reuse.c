#include "tests/unit/queue/store/case_rig.h"

#include "queue/store/demand.h"
#include "queue/store/dossier_case.h"
#include "queue/store/look_up.h"
#include "queue/store/record.h"
#include "queue/store/reuse.h"

/* ---- look before you scan ---- */

static void what_the_owner_has_is_found(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_put_marriage(rig);
    struct paper birth = case_held_paper(rig, "birth-certificate", "Giấy khai sinh (bản sao)");
    struct paper named = case_held_paper(rig, "unknown", "GIẤY KHAI SINH");
    struct paper result = case_held_paper(rig, "decision", "Giấy khác");
    case_held_paper(rig, "declaration", "Tờ khai đăng ký kết hôn");
    case_held_paper(rig, "decision", "Quyết định khác");
    case_set(rig, "UPDATE document SET stage = 'result', paper_code = ? WHERE id = ?", "P1",
             result.document);
    case_marriage(rig, NULL, id);
    EXPECT_PAPER(id, "P1", "held", "3");
    EXPECT_PAPER(id, "P1", "held[2].document_id", birth.document);
    EXPECT_PAPER(id, "P1", "held[1].document_id", named.document);
    EXPECT_PAPER(id, "P1", "held[0].class", "3");
    EXPECT_PAPER(id, "P1", "held[1].class", "2");
    EXPECT_PAPER(id, "P1", "held[1].number_symbol", "12/QĐ-UBND");
    EXPECT_PAPER(id, "P1", "held[1].issue_date", "2026-03-05");
    EXPECT_PAPER(id, "P1", "held[1].validity", "valid");
    EXPECT_PAPER(id, "P2", "held", "0"); /* written for one case */
    EXPECT_PAPER(id, "KQ.G15.000032", "held", "0");
    AUTO(js) struct js *wanted = case_wanted(rig, id);
    assert_string_equal(js_text_or(wanted, "look_up.asked[0]", ""), "local");
    assert_int_equal(js_int_or(wanted, "look_up.answers", -1), 3);
    assert_true(js_int_or(wanted, "look_up.at_us", 0) > 0);
}

static enum err_code say_old_id(struct rig *rig, const char *id, const char *old, struct err *err)
{
    struct dossier_change change = {.papers = -1, .sides = -1};
    change.people.said[DOSSIER_owner_old_id] = old;
    return dossier_change(rig->store, id, &change, CLERK, err);
}

/* Regulations 8.3: papers from before the card with the chip bear the number of nine digits. */
static void papers_of_the_old_number_are_the_owners_once_a_person_said_it(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    static const char OLD[] = "012345678";
    case_put_marriage(rig);
    struct paper paper = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_set(rig, SET_FIELD("owner_id"), OLD, paper.document);
    case_set(rig, SET_FIELD("number_symbol"), "77/2009", paper.document);
    case_marriage(rig, NULL, id);
    struct paper_key key = {.dossier_id = id, .code = "P1"};
    EXPECT_PAPER(id, "P1", "held", "0");
    ASSERT_ERR(ERR_REUSE_OTHER_OWNER, reuse_take(rig->store, &key, paper.document, CLERK, err));
    ASSERT_OK(say_old_id(rig, id, OLD, err));
    EXPECT_PAPER(id, "P1", "held[0].document_id", paper.document);
    AUTO(js) struct js *found = NULL;
    ASSERT_OK(look_up_number(rig->store, id, "77", &found, err));
    assert_int_equal(js_count(js_at(found, "held")), 1);
    ASSERT_OK(reuse_take(rig->store, &key, paper.document, CLERK, err));
    EXPECT_PAPER(id, "P1", "state", "have");
    struct paper new_one = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    EXPECT_PAPER(id, "P1", "held", "2"); /* of either number */
    ASSERT_OK(say_old_id(rig, id, "012345679", err));
    EXPECT_PAPER(id, "P1", "reuse", "-"); /* it was another's */
    EXPECT_PAPER(id, "P1", "held", "1");
    EXPECT_PAPER(id, "P1", "held[0].document_id", new_one.document);
}

/* An old number that is said is one more of the same owner. */
static void what_was_reused_before_the_old_number_was_said_stays(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_put_marriage(rig);
    struct paper paper = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_marriage(rig, NULL, id);
    struct paper_key key = {.dossier_id = id, .code = "P1"};
    ASSERT_OK(reuse_take(rig->store, &key, paper.document, CLERK, err));
    ASSERT_OK(say_old_id(rig, id, "012345678", err));
    EXPECT_PAPER(id, "P1", "reuse.source.document_id", paper.document);
}

/* As a person types it from the paper in their hand. */
static void what_the_owner_has_is_found_by_its_number(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_put_marriage(rig);
    struct paper paper = case_held_paper(rig, "decision", "Quyết định khác");
    struct paper over = case_held_paper(rig, "decision", "Quyết định khác");
    struct paper other = case_held_paper(rig, "decision", "Quyết định khác");
    case_set(rig, SET_FIELD("number_symbol"), "012.1/QĐ-UBND", paper.document);
    case_set(rig, SET_FIELD("number_symbol"), "012.1/QĐ-UBND", over.document);
    case_set(rig, SET_FIELD("valid_until"), "2020-01-01", over.document);
    case_set(rig, SET_FIELD("number_symbol"), "012.1/QĐ-UBND", other.document);
    case_set(rig, SET_FIELD("owner_id"), "001099000009", other.document);
    case_marriage(rig, NULL, id);
    EXPECT_PAPER(id, "P1", "held", "0"); /* it is none of those that are wanted */
    static const struct {
        const char *typed;
        int found;
    } cases[] = {{"012.1/QĐ-UBND", 2}, {"012.1 / qd ubnd", 2}, {"012.1", 2}, {"012.1/QĐ", 0},
                 {"0121/QĐ-UBND", 0},  {"012.1/", 0},          {"012", 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *out = NULL;
        ASSERT_OK(look_up_number(rig->store, id, cases[i].typed, &out, err));
        assert_int_equal(js_count(js_at(out, "held")), cases[i].found);
        assert_int_equal(js_int_or(out, "look_up.answers", -1), cases[i].found);
        if (cases[i].found) /* what may be used stands first */
            assert_string_equal(js_text_or(out, "held[0].document_id", ""), paper.document);
    }
    AUTO(js) struct js *none = NULL;
    ASSERT_ERR(ERR_BAD_ARGUMENT, look_up_number(rig->store, id, " - ", &none, err));
    case_set_owner(rig, id, NULL);
    ASSERT_OK(look_up_number(rig->store, id, "012.1", &none, err));
    assert_false(js_has(none, "look_up"));
    assert_int_equal(js_count(js_at(none, "held")), 0);
}

static void nothing_of_others_unsigned_or_over_is_found(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_put_marriage(rig);
    struct paper other = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    struct paper over = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    struct paper read = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    struct paper asked = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_set(rig, SET_FIELD("owner_id"), "001099000009", other.document);
    case_set(rig, "UPDATE document SET state = ? WHERE id = ?", "withdrawn", over.document);
    case_set(rig, "UPDATE document SET state = ? WHERE id = ?", "copied", read.document);
    case_set(rig,
             "UPDATE field SET confirmed = 0, value = ? WHERE document_id = ? "
             "AND name = 'owner_id'",
             OWNER, asked.document); /* a proposal is no truth */
    case_marriage(rig, NULL, id);
    EXPECT_PAPER(id, "P1", "held", "0");
    EXPECT_PAPER(id, "P1", "gate", "-");
    case_set_owner(rig, id, NULL);
    AUTO(js) struct js *wanted = case_wanted(rig, id);
    assert_true(js_is_null(js_at(wanted, "look_up")));
}

static void validity_is_a_day_none_or_unknown(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    static const struct {
        const char *until, *endless, *wanted, *gate;
    } cases[] = {{"2020-01-01", NULL, "expired", "-"},
                 {"2190-01-01", NULL, "valid", "reason"},
                 {NULL, "true", "valid", "reason"},
                 {"unknown", NULL, "unknown", "reason"},
                 {NULL, NULL, "unknown", "reason"}};
    case_put_marriage(rig);
    struct paper paper = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_marriage(rig, NULL, id);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        case_set(rig, SET_FIELD("valid_until"), cases[i].until, paper.document);
        case_set(rig, SET_FIELD("no_expiry"), cases[i].endless, paper.document);
        EXPECT_PAPER(id, "P1", "held[0].validity", cases[i].wanted);
        EXPECT_PAPER(id, "P1", "gate", cases[i].gate);
    }
}

/* ---- reuse ---- */

static void a_held_paper_is_taken_over_and_given_back(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_put_marriage(rig);
    struct paper birth = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_marriage(rig, NULL, id);
    struct paper_key key = {id, NULL, "P1"};
    ASSERT_OK(reuse_take(rig->store, &key, birth.document, CLERK, err));
    ASSERT_OK(reuse_take(rig->store, &key, birth.document, CLERK, err));
    rig_reopen(rig);
    EXPECT_PAPER(id, "P1", "state", "have");
    EXPECT_PAPER(id, "P1", "reuse.class", "2");
    EXPECT_PAPER(id, "P1", "reuse.source.document_id", birth.document);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM reuse WHERE undone_us IS NULL"), 1);
    AUTO(js) struct js *facts = NULL;
    ASSERT_OK(component_facts(rig->store, id, false, &facts, err));
    assert_int_equal(js_count(facts), 1);
    assert_int_equal(js_int_or(facts, "[0].class", 0), CLASS_REUSED_COMPONENT);
    assert_int_equal(js_int_or(facts, "[0].reused", 0), 1);
    assert_false(js_bool_or(facts, "[0].digitized", true));
    AUTO(js) struct js *source = case_document(rig, birth.document);
    assert_string_equal(js_text_or(facts, "[0].source.result_code", "x"),
                        js_text_or(source, "result_code", "y"));
    ASSERT_OK(reuse_undo(rig->store, &key, CLERK, err));
    ASSERT_OK(reuse_undo(rig->store, &key, CLERK, err));
    EXPECT_PAPER(id, "P1", "state", "missing");
    EXPECT_PAPER(id, "P1", "reuse", "-");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'reuse-undo'"), 1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event LIKE 'reuse%' AND "
                                     "detail LIKE '%001099%'"),
                     0);
}

static void the_record_of_another_paper_of_the_case_says_what_was_taken_over(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], other[ID_SIZE];
    AUTO(js) struct js *record = NULL;
    struct document_file file = {.fd = -1};
    case_put_marriage(rig);
    struct paper birth = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_marriage(rig, NULL, id);
    ASSERT_OK(
        reuse_take(rig->store, &(struct paper_key){id, NULL, "P1"}, birth.document, CLERK, err));
    rig_document(rig, id, other);
    ASSERT_OK(db_script(rig->store->db, "BEGIN", err));
    ASSERT_OK(record_store(rig->store, other, err));
    ASSERT_OK(db_script(rig->store->db, "COMMIT", err));
    ASSERT_OK(document_file(rig->store, other, "record", &file, err));
    ASSERT_OK(js_read_fd(file.fd, &record, err));
    fd_close(file.fd);
    mem_free(file.path);
    assert_string_equal(js_text_or(record, "case.reused[0].paper_code", ""), "P1");
    assert_int_equal(js_int_or(record, "case.reused[0].reused", 0), 1);
    assert_string_equal(js_text_or(record, "case.reused[0].source.document_id", ""),
                        birth.document);
    assert_false(js_bool_or(record, "digitized", true));
}

static void a_result_that_stands_for_the_paper_is_named(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_put_marriage(rig);
    struct paper birth = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_set(rig, "UPDATE document SET stage = ? WHERE id = ?", "result", birth.document);
    case_marriage(rig, NULL, id);
    ASSERT_OK(
        reuse_take(rig->store, &(struct paper_key){id, NULL, "P1"}, birth.document, CLERK, err));
    AUTO(js) struct js *facts = NULL;
    AUTO(js) struct js *source = case_document(rig, birth.document);
    ASSERT_OK(component_facts(rig->store, id, false, &facts, err));
    assert_int_equal(js_int_or(facts, "[0].class", 0), CLASS_REUSED_RESULT);
    assert_int_equal(js_int_or(facts, "[0].reused", 0), 2);
    assert_string_equal(js_text_or(facts, "[0].replaced_by", ""),
                        js_text_or(source, "result_code", "?"));
}

static void a_paper_scanned_after_all_is_digitized_and_not_reused(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], document[ID_SIZE];
    case_put_marriage(rig);
    struct paper birth = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_marriage(rig, NULL, id);
    ASSERT_OK(
        reuse_take(rig->store, &(struct paper_key){id, NULL, "P1"}, birth.document, CLERK, err));
    ASSERT_OK(case_begin(rig, id, (struct scan_for){.code = "P1", .reason = "copy_unreadable"},
                         document, err));
    static const int classes[] = {CLASS_REUSED_COMPONENT, CLASS_DIGITIZED};
    static const char *const states[] = {"read", "signed"};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        AUTO(js) struct js *facts = NULL;
        case_set(rig, "UPDATE document SET state = ? WHERE id = ?", states[i], document);
        ASSERT_OK(component_facts(rig->store, id, false, &facts, err));
        assert_int_equal(js_count(facts), 1);
        assert_int_equal(js_int_or(facts, "[0].class", 0), classes[i]);
    }
}

static void what_is_not_fit_is_not_reused(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], version[ID_SIZE];
    case_put_marriage(rig);
    struct paper expired = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    struct paper other = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    struct paper replaced = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    struct paper withdrawn = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    struct paper unsigned_one = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    struct paper good = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_set(rig, SET_FIELD("no_expiry"), NULL, expired.document);
    case_set(rig, SET_FIELD("valid_until"), "2025-12-31", expired.document);
    case_set(rig, SET_FIELD("owner_id"), "001099000009", other.document);
    ASSERT_OK(document_replace(rig->store, replaced.document, "mờ", CLERK, version, err));
    case_set(rig, "UPDATE document SET state = ? WHERE id = ?", "withdrawn", withdrawn.document);
    case_set(rig, "UPDATE document SET state = ? WHERE id = ?", "copied", unsigned_one.document);
    case_marriage(rig, NULL, id);
    const struct {
        const char *code, *document;
        enum err_code wanted;
    } cases[] = {{"P1", expired.document, ERR_REUSE_EXPIRED},
                 {"P1", other.document, ERR_REUSE_OTHER_OWNER},
                 {"P1", replaced.document, ERR_REUSE_REPLACED},
                 {"P1", withdrawn.document, ERR_REUSE_REPLACED},
                 {"P1", unsigned_one.document, ERR_STATE_CHANGED},
                 {"P4", good.document, ERR_PAPER_SHOWN_ONLY},
                 {"P5", good.document, ERR_PAPER_SECRET},
                 {"P9", good.document, ERR_PAPER_UNKNOWN},
                 {"P1", "01890000-0000-7000-8000-000000000000", ERR_NOT_FOUND}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ASSERT_ERR(cases[i].wanted,
                   reuse_take(rig->store, &(struct paper_key){id, NULL, cases[i].code},
                              cases[i].document, CLERK, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM reuse"), 0);
    case_set_owner(rig, id, NULL);
    ASSERT_ERR(ERR_REUSE_OTHER_OWNER, reuse_take(rig->store, &(struct paper_key){id, NULL, "P1"},
                                                 good.document, CLERK, err));
    case_set(rig, SET_FIELD("owner_id"), NULL, other.document); /* nobody and nobody are no match */
    ASSERT_ERR(ERR_REUSE_OTHER_OWNER, reuse_take(rig->store, &(struct paper_key){id, NULL, "P1"},
                                                 other.document, CLERK, err));
    case_set_owner(rig, id, OWNER);
    ASSERT_OK(
        reuse_take(rig->store, &(struct paper_key){id, NULL, "P1"}, good.document, CLERK, err));
    case_set(rig, "UPDATE document SET state = ? WHERE id = ?", "withdrawn", good.document);
    EXPECT_PAPER(id, "P1", "reuse.source.validity", "over"); /* shown, not undone behind anybody */
    ASSERT_OK(db_run(rig->store->db, "UPDATE dossier SET closed_us = 1 WHERE id = ?",
                     DB_BIND(DB_TEXT(id)), err));
    ASSERT_ERR(ERR_STATE_CHANGED,
               reuse_undo(rig->store, &(struct paper_key){id, NULL, "P1"}, CLERK, err));
}

/* ---- what a dossier is about, and whose it is, may turn out to be wrong ---- */

static void another_procedure_ends_what_was_reused_demanded_and_said(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], said[ID_SIZE], scanned[ID_SIZE];
    case_put_marriage(rig);
    case_put(
        rig, "rule-sets",
        "[{\"procedure\":\"1.000894\",\"paper\":\"P1\",\"name\":\"Giấy khai sinh\","
        "\"group\":\"a\"},{\"procedure\":\"1.000894\",\"paper\":\"P2\",\"name\":\"Đơn\"},"
        "{\"procedure\":\"1.000894\",\"paper\":\"P3\",\"name\":\"Hợp đồng\",\"group\":\"a\"},"
        "{\"procedure\":\"1.000895\",\"paper\":\"P1\",\"name\":\"Sổ đỏ\",\"group\":\"a\"},"
        "{\"procedure\":\"1.000895\",\"paper\":\"P2\",\"name\":\"Sơ đồ\"},"
        "{\"procedure\":\"1.000895\",\"paper\":\"P3\",\"name\":\"Bản vẽ\",\"duty\":\"never\"}]");
    struct paper birth = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_marriage(rig, NULL, id);
    struct demand demand = {.asked_by = "owner", .fee = "yes"};
    ASSERT_OK(
        reuse_take(rig->store, &(struct paper_key){id, NULL, "P1"}, birth.document, CLERK, err));
    ASSERT_OK(demand_note(rig->store, &(struct paper_key){id, NULL, "P2"}, &demand, CLERK, err));
    ASSERT_OK(case_begin(rig, id, (struct scan_for){.code = "P3"}, said, err));
    ASSERT_OK(
        case_begin(rig, id, (struct scan_for){.code = "P3", .reason = "on_request"}, scanned, err));
    case_settle(rig, id, NULL, "2026-01-06"); /* another day is no other procedure */
    EXPECT_PAPER(id, "P1", "state", "have");
    case_settle(rig, id, "1.000895", NULL);
    EXPECT_PAPER(id, "P1", "state", "missing");
    EXPECT_PAPER(id, "P1", "reuse", "-");
    EXPECT_PAPER(id, "P2", "demand", "-");
    EXPECT_PAPER(id, "P3", "documents", "0");
    EXPECT_PAPER(id, "P3", "reasons", "0");
    case_expect_is(rig, said, "", "", "");
    AUTO(js) struct js *facts = NULL;
    ASSERT_OK(component_facts(rig->store, id, false, &facts, err));
    assert_int_equal(js_count(facts), 0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'set-case' AND "
                                     "detail LIKE '%ended: reused 1, demands 1, papers said 2'"),
                     1);
}

static void another_owner_ends_what_was_reused(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_put_marriage(rig);
    struct paper birth = case_held_paper(rig, "birth-certificate", "Giấy khai sinh");
    case_marriage(rig, NULL, id);
    ASSERT_OK(
        reuse_take(rig->store, &(struct paper_key){id, NULL, "P1"}, birth.document, CLERK, err));
    static const char *const owners[] = {OWNER, "001199000002"};
    static const char *const states[] = {"have", "missing"};
    for (size_t i = 0; i < COUNT_OF(owners); i++) {
        struct dossier_change change = {.papers = -1, .sides = -1};
        change.people.said[DOSSIER_owner_id] = owners[i];
        change.people.said[DOSSIER_owner_name] = "Người Mẫu";
        ASSERT_OK(dossier_change(rig->store, id, &change, CLERK, err));
        EXPECT_PAPER(id, "P1", "state", states[i]);
    }
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'set-people' AND "
                                     "detail LIKE '%ended: reused 1'"),
                     1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(what_the_owner_has_is_found),
        T(what_the_owner_has_is_found_by_its_number),
        T(papers_of_the_old_number_are_the_owners_once_a_person_said_it),
        T(what_was_reused_before_the_old_number_was_said_stays),
        T(nothing_of_others_unsigned_or_over_is_found),
        T(validity_is_a_day_none_or_unknown),
        T(a_held_paper_is_taken_over_and_given_back),
        T(the_record_of_another_paper_of_the_case_says_what_was_taken_over),
        T(a_result_that_stands_for_the_paper_is_named),
        T(a_paper_scanned_after_all_is_digitized_and_not_reused),
        T(what_is_not_fit_is_not_reused),
        T(another_procedure_ends_what_was_reused_demanded_and_said),
        T(another_owner_ends_what_was_reused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
