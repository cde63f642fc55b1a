#include "tests/unit/queue/store/case_rig.h"

#include "daemon/base/sys.h"
#include "queue/store/delivery_wait.h"
#include "queue/store/document_code.h"
#include "queue/store/look_up_ask.h"
#include "queue/store/rates.h"
#include "queue/store/remote_held.h"
#include "queue/store/reuse.h"
#include "queue/store/task.h"

/* What others hold: asked, kept, reused, waited for. */

#define HOUR_US (INT64_C(3600) * 1000000)
#define DAY_US (24 * HOUR_US)

static const struct look_up_source sources[] = {{"kho", "Kho tỉnh", false},
                                                {"cong", "Cổng quốc gia", true}};

static int setup(void **state)
{
    if (rig_setup(state))
        return -1;
    struct rig *rig = *state;
    rig->options.sources = sources;
    rig->options.source_count = COUNT_OF(sources);
    rig_reopen(rig);
    case_put_marriage(rig);
    return 0;
}

#define BIRTH                                                                                        \
    "{\"result_code\":\"KQ.G15.000031\",\"name\":\"Giấy khai sinh\",\"number_symbol\":\"7/2019\"," \
    "\"issuer\":\"UBND xã Mẫu\",\"issue_date\":\"2019-02-03\",\"files\":[{\"name\":\"a.pdf\","    \
    "\"fetch\":\"/f/1\"}]"
#define GOOD BIRTH "}"

static struct js *parsed(const char *text)
{
    struct js *value = NULL;
    assert_int_equal(js_parse(text, strlen(text), &value, NULL), ERR_OK);
    return value;
}

static struct js *next_of(struct rig *rig, const char *dossier, struct look_up_round round)
{
    struct js *next = NULL;
    ASSERT_OK(look_up_next(rig->store, dossier, &round, &next, err));
    return next;
}

/* The name of who is asked next; static text, "" nobody. */
static const char *turn(struct rig *rig, const char *dossier, struct look_up_round round)
{
    static char name[20];
    AUTO(js) struct js *next = next_of(rig, dossier, round);
    snprintf(name, sizeof name, "%s", js_text_or(next, "target", ""));
    return name;
}

static struct js *question_of(struct rig *rig, const char *dossier)
{
    AUTO(js) struct js *next = next_of(rig, dossier, (struct look_up_round){0});
    return js_copy(js_at(next, "question"));
}

/* held: JSON of the list; error: instead. */
static void answer(struct rig *rig, const char *dossier, const char *source, const char *held,
                   const char *error)
{
    AUTO(js) struct js *list = held ? parsed(held) : NULL;
    AUTO(js) struct js *question = question_of(rig, dossier);
    ASSERT_OK(
        look_up_keep(rig->store, dossier, question,
                     &(struct remote_answer){
                         .source = source, .held = list, .error = error, .asked_us = sys_now_us()},
                     MACHINE, err));
}

static int64_t audited(struct rig *rig, const char *event, const char *detail)
{
    int64_t count = -1;
    ASSERT_OK(db_number(rig->store->db, "SELECT count(*) FROM audit WHERE event = ? AND detail = ?",
                        DB_BIND(DB_TEXT(event), DB_TEXT(detail)), -1, &count, err));
    return count;
}

static char *held_id(struct rig *rig, const char *dossier)
{
    return mem_strdup(case_of_paper(rig, dossier, "P1", "held[0].held_id"));
}

/* ---- asking ---- */

static void sources_are_asked_in_their_order_until_everything_is_found(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_marriage(rig, NULL, id);
    struct look_up_round person = {.fresh_us = DAY_US, .until_found = true};
    assert_string_equal(turn(rig, id, person), "kho");
    answer(rig, id, "kho", "[]", NULL);
    assert_string_equal(turn(rig, id, person), "cong");
    answer(rig, id, "cong", "[" GOOD "]", NULL);
    assert_string_equal(turn(rig, id, person), "");
    answer(rig, id, "kho", "[" GOOD "]", NULL);
    rig_reopen(rig);
    sys_clock_set(sys_now_us() + 2 * DAY_US); /* what was found stands, however old */
    assert_string_equal(turn(rig, id, person), "");
    person.until_found = false;
    assert_string_equal(turn(rig, id, person), "kho");
    AUTO(js) struct js *asked = parsed("[\"kho\"]");
    person.asked = asked;
    assert_string_equal(turn(rig, id, person), "cong");
}

static void the_question_names_the_person_and_the_papers_and_nothing_secret(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_marriage(rig, NULL, id);
    AUTO(js) struct js *question = question_of(rig, id);
    assert_string_equal(js_text_or(question, "owner_id", ""), OWNER);
    assert_string_equal(js_text_or(question, "procedure_code", ""), PROCEDURE);
    assert_int_equal(js_count(js_at(question, "results")), 3); /* P1, P2, P4 */
    case_set_owner(rig, id, NULL);
    assert_string_equal(turn(rig, id, (struct look_up_round){0}), ""); /* about whom? */
}

static void a_source_that_failed_is_left_alone_for_a_while(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_marriage(rig, NULL, id);
    answer(rig, id, "kho", NULL, "TARGET_UNREACHABLE");
    struct look_up_round scan = {.fresh_us = DAY_US, .pause_us = 60000000};
    assert_string_equal(turn(rig, id, scan), "cong");
    sys_clock_set(sys_now_us() + 61000000);
    assert_string_equal(turn(rig, id, scan), "kho");
    assert_string_equal(turn(rig, id, (struct look_up_round){.fresh_us = DAY_US}), "kho");
}

/* ---- what is kept ---- */

static void what_others_hold_stands_in_the_list_and_shuts_the_gate(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], document[ID_SIZE];
    case_marriage(rig, NULL, id);
    answer(rig, id, "kho", "[" GOOD "]", NULL);
    rig_reopen(rig);
    EXPECT_PAPER(id, "P1", "held[0].held_by", "kho");
    EXPECT_PAPER(id, "P1", "held[0].class", "3");
    EXPECT_PAPER(id, "P1", "held[0].number_symbol", "7/2019");
    EXPECT_PAPER(id, "P1", "held[0].validity", "unknown");
    EXPECT_PAPER(id, "P1", "held[0].document_id", "-");
    EXPECT_PAPER(id, "P1", "gate", "reason");
    EXPECT_PAPER(id, "P2", "held", "0");
    struct scan_for wish = {.code = "P1"};
    ASSERT_ERR(ERR_PAPER_HELD, case_begin(rig, id, wish, document, err));
    assert_int_equal(
        rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'scan-refused' AND detail LIKE "
                        "'PAPER_HELD, asked local,kho: %'"),
        1);
    wish.reason = "data_wrong";
    ASSERT_OK(case_begin(rig, id, wish, document, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM scan_reason WHERE asked = 'local,kho'"),
                     1);
    AUTO(js) struct js *wanted = case_wanted(rig, id);
    assert_string_equal(js_text_or(wanted, "look_up.asked[1]", ""), "kho");
    assert_string_equal(js_text_or(wanted, "look_up.sources[0].outcome", ""), "hit");
    assert_string_equal(js_text_or(wanted, "look_up.sources[0].label", ""), "Kho tỉnh");
    assert_true(js_is_null(js_at(wanted, "look_up.sources[1].outcome")));
    assert_int_equal(audited(rig, "look-up", "kho: hit 1"), 1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE detail LIKE '%0010990%'"),
                     0);
}

static void answers_are_judged_one_by_one(void **state)
{
    static const struct {
        const char *held, *count, *validity, *audit;
    } cases[] = {
        {"[" BIRTH ",\"valid_until\":\"2020-01-01\"}]", "1", "expired", "kho: hit 1"},
        {"[" BIRTH ",\"valid_until\":\"2190-01-01\"}]", "1", "valid", "kho: hit 1"},
        {"[" BIRTH ",\"valid_until\":\"mai\"}]", "1", "unknown", "kho: hit 1"},
        {"[" BIRTH ",\"valid_until\":\"2026-02-31\"}]", "1", "unknown", "kho: hit 1"},
        {"[" BIRTH ",\"no_expiry\":true}]", "1", "valid", "kho: hit 1"},
        {"[" BIRTH ",\"replaced\":true}]", "1", "replaced", "kho: hit 1"},
        {"[" BIRTH ",\"owner_id\":\" 001099000001 \"}]", "1", "unknown", "kho: hit 1"},
        {"[" BIRTH ",\"owner_id\":\"001099000009\"}]", "0", NULL,
         "kho: none 0, of another person 1 dropped"},
        {"[" BIRTH ",\"owner_id\":\"001099000009\"}," GOOD "]", "1", "unknown",
         "kho: hit 1, of another person 1 dropped"},
        {"[{\"result_code\":\"KQ.G15.000099\",\"name\":\"Giấy khác\"}]", "0", NULL, "kho: hit 1"},
        {"[]", "0", NULL, "kho: none 0"},
    };
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_marriage(rig, NULL, id);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        answer(rig, id, "kho", cases[i].held, NULL);
        EXPECT_PAPER(id, "P1", "held", cases[i].count);
        if (cases[i].validity)
            EXPECT_PAPER(id, "P1", "held[0].validity", cases[i].validity);
        assert_true(audited(rig, "look-up", cases[i].audit) > 0);
    }
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM remote_held"),
                     0); /* the last says none */
}

static void nonsense_is_no_answer(void **state)
{
    static const char *const nonsense[] = {"{}", "[{\"issuer\":\"UBND\"}]", "[" GOOD ",5]"};
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_marriage(rig, NULL, id);
    answer(rig, id, "kho", "[" GOOD "]", NULL);
    for (size_t i = 0; i < COUNT_OF(nonsense); i++) {
        answer(rig, id, "kho", nonsense[i], NULL);
        AUTO(js) struct js *wanted = case_wanted(rig, id);
        assert_string_equal(js_text_or(wanted, "look_up.sources[0].outcome", ""), "refused");
        EXPECT_PAPER(id, "P1", "held", "1"); /* of the answer before */
    }
    assert_int_equal(audited(rig, "look-up", "kho: refused, TARGET_BAD_REPLY"), 3);
    answer(rig, id, "cong", NULL, "TARGET_UNREACHABLE");
    assert_int_equal(audited(rig, "look-up", "cong: offline, TARGET_UNREACHABLE"), 1);
}

static void an_answer_about_somebody_else_by_now_is_not_kept(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_marriage(rig, NULL, id);
    AUTO(js) struct js *question = question_of(rig, id);
    AUTO(js) struct js *held = parsed("[" GOOD "]");
    struct remote_answer late = {.source = "kho", .held = held, .asked_us = 1};
    case_set_owner(rig, id, "001099000009");
    ASSERT_ERR(ERR_STATE_CHANGED, look_up_keep(rig->store, id, question, &late, MACHINE, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM remote_held"), 0);
}

static void an_old_answer_serves_while_the_line_is_down_and_then_goes(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    bool due = false;
    int64_t now_us = sys_now_us();
    sys_clock_set(now_us);
    case_marriage(rig, NULL, id);
    answer(rig, id, "kho", "[" GOOD "]", NULL);
    sys_clock_set(now_us + 5 * DAY_US);
    answer(rig, id, "kho", NULL, "TIMEOUT");
    EXPECT_PAPER(id, "P1", "held", "1");
    AUTO(js) struct js *wanted = case_wanted(rig, id);
    assert_string_equal(js_text_or(wanted, "look_up.sources[0].outcome", ""), "offline");
    assert_int_equal(js_int_or(wanted, "look_up.sources[0].answered_us", 0), now_us);
    assert_false(js_bool_or(wanted, "look_up.sources[0].fresh", true));
    sys_clock_set(now_us + 8 * DAY_US);
    EXPECT_PAPER(id, "P1", "held", "0");
    AUTO(js) struct js *told = NULL, *told_again = NULL;
    ASSERT_OK(delivery_wait_due(rig->store, MACHINE, &told, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM remote_held"), 0);
    sys_clock_set(now_us + 13 * DAY_US);
    ASSERT_OK(delivery_wait_is_due(rig->store, &due, err));
    assert_true(due);
    ASSERT_OK(delivery_wait_due(rig->store, MACHINE, &told_again, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM remote_asked"), 0);
}

static void answers_go_with_the_last_dossier_about_them(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], second[ID_SIZE];
    case_marriage(rig, NULL, id);
    case_marriage(rig, NULL, second);
    answer(rig, id, "kho", "[" GOOD "]", NULL);
    ASSERT_OK(remote_held_forget(rig->store, id, err));
    EXPECT_PAPER(second, "P1", "held", "1");
    case_set(rig, "UPDATE dossier SET closed_us = ?1 + 0, closed_by = 'x' WHERE id = ?2", "5", id);
    ASSERT_OK(remote_held_forget(rig->store, second, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM remote_held"), 0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM remote_asked"), 0);
}

/* ---- reuse ---- */

static enum err_code take(struct rig *rig, const char *dossier, const char *held, struct err *err)
{
    struct paper_key key = {.dossier_id = dossier, .code = "P1"};
    return reuse_take_held(rig->store, &key, &(struct reuse_held){.held_id = held}, CLERK, err);
}

static void a_paper_of_others_is_reused_with_what_its_holder_said(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_marriage(rig, NULL, id);
    answer(rig, id, "cong", "[" GOOD "]", NULL);
    AUTO(mem) char *held = held_id(rig, id);
    struct paper_key key = {.dossier_id = id, .code = "P1"};
    ASSERT_OK(reuse_take_held(
        rig->store, &key,
        &(struct reuse_held){.held_id = held, .file_sha256 = "ab", .file_bytes = 5}, CLERK, err));
    rig_reopen(rig);
    EXPECT_PAPER(id, "P1", "state", "have");
    EXPECT_PAPER(id, "P1", "reuse.class", "3");
    EXPECT_PAPER(id, "P1", "reuse.source.held_by", "cong");
    EXPECT_PAPER(id, "P1", "reuse.source.number_symbol", "7/2019");
    EXPECT_PAPER(id, "P1", "reuse.file_sha256", "ab");
    AUTO(js) struct js *facts = NULL;
    ASSERT_OK(component_facts(rig->store, id, false, &facts, err));
    assert_int_equal(js_int_or(facts, "[0].reused", 0), 2);
    assert_true(js_bool_or(facts, "[0].source.national", false));
    assert_string_equal(js_text_or(facts, "[0].replaced_by", ""), "KQ.G15.000031");
    AUTO(js) struct js *flags = NULL;
    ASSERT_OK(rates_of_dossier(rig->store, id, &flags, err));
    assert_true(js_bool_or(flags, "is_linked", false));
    assert_int_equal(audited(rig, "reuse", "component P1, class 3, asked cong, file hashed"), 1);
    ASSERT_OK(reuse_undo(rig->store, &key, CLERK, err));
    EXPECT_PAPER(id, "P1", "state", "missing");
}

static void what_is_not_fit_or_another_persons_is_not_reused(void **state)
{
    static const struct {
        const char *held, *owner;
        enum err_code wanted;
    } cases[] = {
        {"[" BIRTH ",\"valid_until\":\"2020-01-01\"}]", NULL, ERR_REUSE_EXPIRED},
        {"[" BIRTH ",\"replaced\":true}]", NULL, ERR_REUSE_REPLACED},
        {"[" GOOD "]", "001099000009", ERR_REUSE_OTHER_OWNER},
    };
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_marriage(rig, NULL, id);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        case_set_owner(rig, id, OWNER);
        answer(rig, id, "kho", cases[i].held, NULL);
        AUTO(mem) char *held = held_id(rig, id);
        case_set_owner(rig, id, cases[i].owner ? cases[i].owner : OWNER);
        ASSERT_ERR(cases[i].wanted, take(rig, id, held, err));
    }
    ASSERT_ERR(ERR_NOT_FOUND, take(rig, id, id, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM reuse"), 0);
}

static void what_is_reused_is_looked_at_again_when_its_holder_answers(void **state)
{
    static const struct {
        const char *held, *problem;
        enum err_code closing;
    } cases[] = {
        {"[" GOOD "]", "-", ERR_OK},
        {"[]", "gone", ERR_REUSE_GONE},
        {"[" BIRTH ",\"replaced\":true}]", "replaced", ERR_REUSE_REPLACED},
        {"[" BIRTH ",\"valid_until\":\"2020-01-01\"}]", "expired", ERR_REUSE_EXPIRED},
        {"[" BIRTH ",\"replaced\":true}," GOOD "]", "-", ERR_OK},
    };
    struct rig *rig = *state;
    char id[ID_SIZE];
    case_marriage(rig, NULL, id);
    answer(rig, id, "kho", "[" GOOD "]", NULL);
    AUTO(mem) char *held = held_id(rig, id);
    ASSERT_OK(take(rig, id, held, err));
    struct look_up_round closing = {.fresh_us = DAY_US, .reused_only = true};
    assert_string_equal(turn(rig, id, closing), "");
    sys_clock_set(sys_now_us() + DAY_US + HOUR_US);
    assert_string_equal(turn(rig, id, closing), "kho");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        answer(rig, id, "kho", cases[i].held, NULL);
        EXPECT_PAPER(id, "P1", "reuse.problem", cases[i].problem);
        if (cases[i].closing)
            ASSERT_ERR(cases[i].closing, reuse_check_standing(rig->store, id, err));
        else
            ASSERT_OK(reuse_check_standing(rig->store, id, err));
    }
    answer(rig, id, "kho", NULL, "TIMEOUT"); /* says nothing against it */
    EXPECT_PAPER(id, "P1", "reuse.problem", "-");
}

/* ---- what waits ---- */

/* A component of the marriage, confirmed and coded; its delivery is made next. */
static struct paper a_component(struct rig *rig)
{
    struct paper paper = rig_paper_in(rig, "coded", 1);
    case_set_owner(rig, paper.dossier, OWNER);
    case_settle(rig, paper.dossier, PROCEDURE, "2026-01-05");
    case_set(rig,
             "UPDATE document SET stage = 'component', paper_code = ?1, paper_procedure = "
             "'1.000894', paper_from = 'said' WHERE id = ?2",
             "P1", paper.document);
    return paper;
}

static const char *waits_for(struct rig *rig, const char *document)
{
    static char text[20];
    AUTO(mem) char *waits = NULL;
    ASSERT_OK(db_text(rig->store->db, "SELECT waits_for FROM delivery WHERE document_id = ?",
                      DB_BIND(DB_TEXT(document)), &waits, err));
    snprintf(text, sizeof text, "%s", waits ? waits : "");
    return text;
}

static const char *due_dossier(struct rig *rig)
{
    static char id[ID_SIZE];
    AUTO(js) struct js *told = NULL;
    ASSERT_OK(delivery_wait_due(rig->store, MACHINE, &told, err));
    snprintf(id, sizeof id, "%s", js_text_or(told, "dossier_id", ""));
    return id;
}

static void a_paper_nobody_could_be_asked_about_waits_until_they_answered(void **state)
{
    struct rig *rig = *state;
    struct paper paper = a_component(rig);
    answer(rig, paper.dossier, "kho", NULL, "TARGET_UNREACHABLE");
    assert_true(rig_work(rig, "queue"));
    assert_string_equal(waits_for(rig, paper.document), "look-up");
    assert_false(rig_work(rig, "send"));
    rig_reopen(rig);
    assert_string_equal(due_dossier(rig), paper.dossier); /* the second was never asked */
    answer(rig, paper.dossier, "cong", "[]", NULL);
    assert_string_equal(due_dossier(rig), ""); /* the first failed just now */
    sys_clock_set(sys_now_us() + 31000000);
    assert_string_equal(due_dossier(rig), paper.dossier);
    answer(rig, paper.dossier, "kho", NULL, "TARGET_UNREACHABLE");
    sys_clock_set(sys_now_us() + 31000000);
    assert_string_equal(due_dossier(rig), ""); /* later and later */
    assert_string_equal(waits_for(rig, paper.document), "look-up");
    answer(rig, paper.dossier, "kho", "[]", NULL);
    assert_string_equal(waits_for(rig, paper.document), "");
    assert_true(rig_work(rig, "send"));
}

static void a_paper_everybody_was_asked_about_does_not_wait(void **state)
{
    struct rig *rig = *state;
    struct paper paper = a_component(rig);
    answer(rig, paper.dossier, "kho", "[]", NULL);
    answer(rig, paper.dossier, "cong", "[]", NULL);
    assert_true(rig_work(rig, "queue"));
    assert_string_equal(waits_for(rig, paper.document), "");
    rig->options.source_count = 0; /* nobody is set up */
    rig_reopen(rig);
    struct paper other = a_component(rig);
    assert_true(rig_work(rig, "queue"));
    assert_string_equal(waits_for(rig, other.document), "");
    assert_true(rig_work(rig, "send"));
}

static void what_nobody_answers_about_is_sent_in_the_end_and_says_so(void **state)
{
    struct rig *rig = *state;
    struct paper paper = a_component(rig);
    assert_true(rig_work(rig, "queue"));
    answer(rig, paper.dossier, "kho", NULL, "TIMEOUT");
    sys_clock_set(sys_now_us() + 3 * DAY_US + HOUR_US);
    due_dossier(rig);
    assert_string_equal(waits_for(rig, paper.document), "");
    assert_int_equal(audited(rig, "sent-without-look-up", "nobody answered for 72 h"), 1);
    assert_true(rig_work(rig, "send"));
}

/* The id of the one open task; the caller's. */
static char *task_of(struct rig *rig)
{
    AUTO(js) struct js *tasks = NULL;
    ASSERT_OK(task_list(rig->store, true, "look-up-hit", NULL, 10, &tasks, err));
    assert_int_equal(js_count(tasks), 1);
    return mem_strdup(js_text_or(tasks, "[0].id", ""));
}

static struct paper a_hit_after_the_scan(struct rig *rig)
{
    struct paper paper = a_component(rig);
    assert_true(rig_work(rig, "queue"));
    answer(rig, paper.dossier, "kho", "[" GOOD "]", NULL);
    answer(rig, paper.dossier, "cong", "[]", NULL);
    answer(rig, paper.dossier, "kho", "[" GOOD "]", NULL); /* found again: the same task */
    rig_reopen(rig);
    assert_string_equal(waits_for(rig, paper.document), "look-up");
    sys_clock_set(sys_now_us() + 30 * DAY_US);
    due_dossier(rig); /* a person is waited for without end */
    assert_string_equal(waits_for(rig, paper.document), "look-up");
    sys_clock_set(0);
    return paper;
}

static void a_hit_that_comes_late_is_a_task_and_is_sent_for_a_reason(void **state)
{
    struct rig *rig = *state;
    struct paper paper = a_hit_after_the_scan(rig);
    AUTO(mem) char *task = task_of(rig);
    EXPECT_PAPER(paper.dossier, "P1", "hit.task_id", task);
    EXPECT_PAPER(paper.dossier, "P1", "hit.held_by", "kho");
    EXPECT_PAPER(paper.dossier, "P2", "hit", "-");
    ASSERT_ERR(ERR_BAD_ARGUMENT, task_close(rig->store, task, "send", NULL, CLERK, err));
    ASSERT_OK(task_close(rig->store, task, "send", "Bản ở kho thiếu trang", CLERK, err));
    assert_string_equal(waits_for(rig, paper.document), "");
    EXPECT_PAPER(paper.dossier, "P1", "hit", "-");
    EXPECT_PAPER(paper.dossier, "P1", "asks", "-");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM scan_reason WHERE reason = 'other' AND "
                                     "against = 'held' AND found = 1"),
                     1);
    assert_true(rig_work(rig, "send"));
}

static void a_hit_that_comes_late_may_be_reused_instead(void **state)
{
    struct rig *rig = *state;
    struct paper paper = a_hit_after_the_scan(rig);
    AUTO(mem) char *task = task_of(rig);
    ASSERT_OK(task_close(rig->store, task, "reuse", NULL, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "withdrawn");
    EXPECT_PAPER(paper.dossier, "P1", "reuse.source.held_by", "kho");
    assert_false(rig_work(rig, "send"));
}

static void a_hit_that_comes_late_may_end_the_paper(void **state)
{
    struct rig *rig = *state;
    struct paper paper = a_hit_after_the_scan(rig);
    AUTO(mem) char *task = task_of(rig);
    ASSERT_OK(task_close(rig->store, task, "withdraw", NULL, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "withdrawn");
    EXPECT_PAPER(paper.dossier, "P1", "reuse", "-");
    assert_false(rig_work(rig, "send"));
}

/* ---- codes by the server ---- */

static void use_server_codes(struct rig *rig)
{
    rig->options.source_count = 0;
    rig->options.codes_are_provisional = true;
    rig->options.code_target = "warehouse";
    rig_reopen(rig);
}

static void complete_reserve(struct rig *rig, const struct job *job, const char *code,
                             enum err_code wanted)
{
    AUTO(js) struct js *result = js_pack("{s:s}", "result_code", code);
    struct err why = ERR_INIT;
    assert_int_equal(
        store_complete(rig->store, job_text(job, "claim"), result, NULL, 0, MACHINE, &why), wanted);
}

static void a_provisional_code_is_made_real_before_the_record_goes(void **state)
{
    struct rig *rig = *state;
    use_server_codes(rig);
    struct paper paper = rig_paper_in(rig, "queued", 1);
    assert_string_equal(waits_for(rig, paper.document), "code");
    assert_false(rig_work(rig, "send"));
    AUTO(job) struct job *job = rig_claim(rig, "reserve");
    assert_non_null(job);
    assert_string_equal(job_text(job, "args.target"), "warehouse");
    assert_true(strncmp(job_text(job, "args.about.provisional_code"), "TAM-", 4) == 0);
    assert_string_equal(job_text(job, "args.about.fields.owner_id"), OWNER);
    complete_reserve(rig, job, "KQ.2026.000001", ERR_OK);
    complete_reserve(rig, job, "KQ.2026.000001", ERR_OK); /* twice is once */
    assert_string_equal(waits_for(rig, paper.document), "");
    AUTO(js) struct js *record = rig_record(rig, paper.document);
    assert_string_equal(js_text_or(record, "result_code", ""), "KQ.2026.000001");
    assert_null(rig_claim(rig, "reserve"));
    assert_true(rig_work(rig, "send"));
}

static void a_code_that_cannot_be_is_asked_for_again(void **state)
{
    struct rig *rig = *state;
    struct paper first = rig_paper_in(rig, "queued", 1);
    AUTO(js) struct js *view = case_document(rig, first.document);
    const char *const codes[] = {"", "KQ 1", "TAM-1", js_text_or(view, "result_code", "")};
    use_server_codes(rig);
    struct paper paper = rig_paper_in(rig, "queued", 1);
    AUTO(job) struct job *job = rig_claim(rig, "reserve");
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        complete_reserve(rig, job, codes[i], ERR_TARGET_BAD_REPLY);
    assert_string_equal(waits_for(rig, paper.document), "code");
}

static void a_code_that_comes_too_late_is_reported(void **state)
{
    struct rig *rig = *state;
    use_server_codes(rig);
    struct paper paper = rig_paper_in(rig, "queued", 1);
    AUTO(job) struct job *job = rig_claim(rig, "reserve");
    ASSERT_OK(document_set_code(rig->store, paper.document, "KQ.TYPED", CLERK, err));
    complete_reserve(rig, job, "KQ.LATE", ERR_OK);
    AUTO(js) struct js *view = case_document(rig, paper.document);
    assert_string_equal(js_text_or(view, "result_code", ""), "KQ.TYPED");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM task WHERE kind = 'code-unused'"), 1);
    assert_int_equal(rig_number(rig, "SELECT used FROM reserved_code WHERE code = 'KQ.LATE'"), 0);
}

static void a_record_goes_with_its_provisional_code_in_the_end(void **state)
{
    struct rig *rig = *state;
    use_server_codes(rig);
    static const char *const two[] = {"warehouse", "second"};
    rig->options.targets = two;
    rig->options.target_count = COUNT_OF(two);
    rig_reopen(rig);
    struct paper paper = rig_paper_in(rig, "queued", 1);
    sys_clock_set(sys_now_us() + 3 * DAY_US + HOUR_US);
    due_dossier(rig);
    assert_int_equal(audited(rig, "sent-without-code", "nobody answered for 72 h"), 1);
    while (rig_work(rig, "send") || rig_work(rig, "accept"))
        ;
    AUTO(job) struct job *job = rig_claim(rig, "reserve");
    complete_reserve(rig, job, "KQ.2026.000001", ERR_OK);
    AUTO(js) struct js *view = case_document(rig, paper.document);
    assert_string_equal(js_text_or(view, "result_code", ""), "KQ.2026.000001");
    assert_int_equal(rig_number(rig,
                                "SELECT count(*) FROM task WHERE kind = 'code-told' AND target "
                                "= 'second'"),
                     1); /* whoever numbers knows both */
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(sources_are_asked_in_their_order_until_everything_is_found),
        T(the_question_names_the_person_and_the_papers_and_nothing_secret),
        T(a_source_that_failed_is_left_alone_for_a_while),
        T(what_others_hold_stands_in_the_list_and_shuts_the_gate),
        T(answers_are_judged_one_by_one),
        T(nonsense_is_no_answer),
        T(an_answer_about_somebody_else_by_now_is_not_kept),
        T(an_old_answer_serves_while_the_line_is_down_and_then_goes),
        T(answers_go_with_the_last_dossier_about_them),
        T(a_paper_of_others_is_reused_with_what_its_holder_said),
        T(what_is_not_fit_or_another_persons_is_not_reused),
        T(what_is_reused_is_looked_at_again_when_its_holder_answers),
        T(a_paper_nobody_could_be_asked_about_waits_until_they_answered),
        T(a_paper_everybody_was_asked_about_does_not_wait),
        T(what_nobody_answers_about_is_sent_in_the_end_and_says_so),
        T(a_hit_that_comes_late_is_a_task_and_is_sent_for_a_reason),
        T(a_hit_that_comes_late_may_be_reused_instead),
        T(a_hit_that_comes_late_may_end_the_paper),
        T(a_provisional_code_is_made_real_before_the_record_goes),
        T(a_code_that_cannot_be_is_asked_for_again),
        T(a_code_that_comes_too_late_is_reported),
        T(a_record_goes_with_its_provisional_code_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
