#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"
#include "queue/store/conflict.h"
#include "queue/store/purge.h"
#include "queue/store/task.h"
#include "queue/store/withdraw.h"

/* A paper is taken back: what becomes of it and of its deliveries, whatever state they are in. */

static void run(struct rig *rig, const char *what, const char *id)
{
    AUTO(mem) char *sql = mem_printf("%s'%s'", what, id);
    ASSERT_OK(db_script(rig->store->db, sql, err));
}

/* The grace time of a withdrawal is over. */
static void time_goes_by(struct rig *rig)
{
    ASSERT_OK(db_script(rig->store->db, "UPDATE delivery SET not_before_us = 0", err));
}

static struct js *one(struct rig *rig, const char *delivery)
{
    struct js *view = NULL;
    ASSERT_OK(view_delivery(rig->store, delivery, &view, err));
    return view;
}

static void fail_with(struct rig *rig, const struct job *job, const char *code, int action)
{
    struct failure failure = {
        .code = code, .action = action, .not_before_us = sys_now_us() + INT64_C(600000000)};
    ASSERT_OK(store_fail(rig->store, job_text(job, "claim"), &failure, MACHINE, err));
}

static void only_what_is_signed_is_taken_back(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *state;
        bool may;
    } rows[] = {{"open", false},     {"read", false}, {"copied", false}, {"signed", true},
                {"extracted", true}, {"coded", true}, {"queued", true},  {"closed", true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct paper paper = rig_paper_in(rig, rows[i].state, 1);
        if (!rows[i].may) {
            ASSERT_ERR(ERR_STATE_CHANGED,
                       document_withdraw(rig->store, paper.document, "x", false, CLERK, err));
            assert_string_equal(state_of(rig, MACHINE_document, paper.document), rows[i].state);
            run(rig, "UPDATE document SET state = 'rejected' WHERE id = ", paper.document);
            continue;
        }
        ASSERT_OK(document_withdraw(rig->store, paper.document, "x", false, CLERK, err));
        assert_string_equal(state_of(rig, MACHINE_document, paper.document), "withdrawn");
        ASSERT_ERR(ERR_STATE_CHANGED,
                   document_withdraw(rig->store, paper.document, "x", false, CLERK, err));
    }
    rig_check_invariants(rig);
}

/* What it was is known by the target's receipt, though nothing of it is here any more. */
static void a_purged_paper_is_still_taken_back_at_its_target(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "closed", 1);
    AUTO(mem) char *pdf = NULL;
    ASSERT_OK(
        db_text(rig->store->db, "SELECT signed_sha256 FROM document", DB_BIND_NONE, &pdf, err));
    struct tx tx = TX_INIT;
    ASSERT_OK(tx_begin(&tx, rig->store->db, err));
    run(rig, "UPDATE document SET state = 'purged' WHERE id = ", paper.document);
    ASSERT_OK(purge_document(rig->store, paper.document, "retention", CLERK, err));
    ASSERT_OK(tx_commit(&tx, err));
    ASSERT_OK(document_withdraw(rig->store, paper.document, "x", true, CLERK, err));
    time_goes_by(rig);
    AUTO(job) struct job *job = rig_claim(rig, "withdraw");
    assert_string_equal(job_text(job, "args.pdf_sha256"), pdf);
    assert_int_equal(strlen(job_text(job, "args.json_sha256")), 64);
}

static void a_held_paper_is_taken_back_out_of_its_hold(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "coded", 1);
    ASSERT_OK(subject_hold(rig->store, MACHINE_document, paper.document, "x", CLERK, err));
    ASSERT_OK(document_withdraw(rig->store, paper.document, "x", false, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "withdrawn");
    assert_null(rig_claim(rig, "queue"));
}

/* Every state of a delivery, as it was when the paper was taken back. */
static void each_delivery_goes_by_the_state_it_is_in(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *set, *wanted;
    } rows[] = {
        {"state = 'queued'", "withdrawn"},
        {"state = 'queued', filed = 1", "withdrawn"},
        {"state = 'queued', filed = 1, ask_first = 1", "withdrawing"},
        {"state = 'queued', remote_name = 'backlog/a'", "withdrawing"},
        {"state = 'queued', waits_for = 'handover'", "withdrawn"},
        {"state = 'sending'", "withdrawing"}, /* left by a crash: nobody works on it */
        {"state = 'sent'", "withdrawing"},
        {"state = 'accepted'", "withdrawing"},
        {"state = 'reconciled'", "withdrawing"},
        {"state = 'held', held_from = 'queued'", "withdrawn"},
        {"state = 'held', held_from = 'sending'", "withdrawing"},
        {"state = 'held', held_from = 'accepted'", "withdrawing"},
        {"state = 'rejected'", "rejected"},
        {"state = 'failed'", "failed"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct paper paper = rig_paper_in(rig, "queued", 1);
        char delivery[ID_SIZE];
        rig_delivery(rig, paper.document, delivery);
        AUTO(mem)
        char *sql = mem_printf("UPDATE delivery SET %s WHERE id = '%s'", rows[i].set, delivery);
        ASSERT_OK(db_script(rig->store->db, sql, err));
        ASSERT_OK(document_withdraw(rig->store, paper.document, "x", true, CLERK, err));
        if (strcmp(state_of(rig, MACHINE_delivery, delivery), rows[i].wanted) != 0)
            fail_msg("%s: %s", rows[i].set, state_of(rig, MACHINE_delivery, delivery));
        assert_null(rig_claim(rig, "send"));
        rig_check_invariants(rig);
    }
}

static void a_try_that_is_under_way_ends_first(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    AUTO(job) struct job *send = rig_claim(rig, "send");
    ASSERT_OK(document_withdraw(rig->store, paper.document, "x", false, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "sending");
    ASSERT_OK(rig_complete(rig, send, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawing");

    struct paper failing = rig_paper_in(rig, "queued", 1);
    rig_delivery(rig, failing.document, delivery);
    AUTO(job) struct job *second = rig_claim(rig, "send");
    ASSERT_OK(document_withdraw(rig->store, failing.document, "x", false, CLERK, err));
    fail_with(rig, second, "TARGET_UNREACHABLE", FAILURE_RETRY);
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawing"); /* who knows */
    AUTO(js) struct js *view = one(rig, delivery);
    assert_string_equal(js_text_or(view, "withdrawal.reason_code", ""), "withdrawn");
    assert_true(js_bool_or(view, "urgent", false));
}

static void the_target_is_told_the_same_every_time_and_its_receipt_stays(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "closed", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    ASSERT_OK(document_withdraw(rig->store, paper.document, "Nguyễn Văn Mẫu", true, CLERK, err));
    assert_null(rig_claim(rig, "withdraw")); /* a moment to think better of it */
    time_goes_by(rig);
    AUTO(job) struct job *first = rig_claim(rig, "withdraw");
    assert_string_equal(job_text(first, "args.reason_code"), "wrong-person");
    assert_string_equal(job_text(first, "args.record_id"), paper.document);
    assert_string_equal(job_text(first, "args.key"), delivery);
    assert_string_equal(job_text(first, "args.by"), CLERK.id);
    assert_int_equal(strlen(job_text(first, "args.pdf_sha256")), 64);
    AUTO(mem) char *told = js_dump(js_at(first->body, "args"));
    assert_null(strstr(told, "Mẫu")); /* a person's words never leave */
    fail_with(rig, first, "TARGET_CONFLICT", FAILURE_HOLD);
    ASSERT_OK(subject_release(rig->store, MACHINE_delivery, delivery, CLERK, err));
    rig_reopen(rig);
    time_goes_by(rig);
    AUTO(job) struct job *again = rig_claim(rig, "withdraw");
    AUTO(mem) char *told_again = js_dump(js_at(again->body, "args"));
    assert_string_equal(told, told_again);
    AUTO(js)
    struct js *result = js_pack("{s:{s:s, s:s, s:b}}", "receipt", "name", "a.withdrawn", "sha256",
                                "ab", "removed", 0);
    ASSERT_OK(store_complete(rig->store, job_text(again, "claim"), result, NULL, 0, MACHINE, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawn");
    AUTO(js) struct js *view = one(rig, delivery);
    assert_string_equal(js_text_or(view, "withdrawal.receipt.name", ""), "a.withdrawn");
    assert_true(js_int_or(view, "withdrawal.ended_us", 0) > 0);
    rig_check_invariants(rig);
}

static void what_was_not_told_yet_is_undone_as_if_nothing_had_been(void **state)
{
    struct rig *rig = *state;
    static const char *const states[] = {"signed", "extracted", "coded", "queued", "closed"};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct paper paper = rig_paper_in(rig, states[i], 1);
        char delivery[ID_SIZE] = "";
        bool has_delivery = i >= 3;
        if (has_delivery)
            rig_delivery(rig, paper.document, delivery);
        AUTO(mem)
        char *before = has_delivery ? mem_strdup(state_of(rig, MACHINE_delivery, delivery)) : NULL;
        ASSERT_OK(document_withdraw(rig->store, paper.document, "x", true, CLERK, err));
        assert_int_equal(rig_number(rig, "SELECT count(*) FROM incident WHERE undone_us IS NULL"),
                         1);
        ASSERT_OK(document_withdraw_undo(rig->store, paper.document, CLERK, err));
        assert_string_equal(state_of(rig, MACHINE_document, paper.document), states[i]);
        if (has_delivery)
            assert_string_equal(state_of(rig, MACHINE_delivery, delivery), before);
        assert_int_equal(rig_number(rig, "SELECT count(*) FROM incident WHERE undone_us IS NULL"),
                         0);
        assert_int_equal(rig_number(rig, "SELECT count(*) FROM delivery_withdrawal"), 0);
        assert_int_equal(
            rig_number(rig, "SELECT count(*) FROM result_code WHERE retired_us IS NOT NULL"), 0);
        ASSERT_ERR(ERR_STATE_CHANGED,
                   document_withdraw_undo(rig->store, paper.document, CLERK, err));
        run(rig, "UPDATE delivery SET state = 'reconciled' WHERE document_id = ", paper.document);
        run(rig, "UPDATE document SET state = 'closed' WHERE id = ", paper.document);
    }
}

static void once_a_target_is_told_there_is_no_way_back(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "closed", 1);
    ASSERT_OK(document_withdraw(rig->store, paper.document, "x", false, CLERK, err));
    AUTO(js) struct js *before = NULL;
    ASSERT_OK(view_document(rig->store, paper.document, &before, err));
    assert_true(js_bool_or(before, "withdrawal.may_undo", false));
    time_goes_by(rig);
    AUTO(job) struct job *job = rig_claim(rig, "withdraw");
    assert_non_null(job);
    ASSERT_ERR(ERR_WITHDRAW_BEGUN, document_withdraw_undo(rig->store, paper.document, CLERK, err));
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, paper.document, &view, err));
    assert_false(js_bool_or(view, "withdrawal.may_undo", true));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "withdrawn");
}

static void the_result_code_is_retired_and_never_given_again(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    ASSERT_OK(document_withdraw(rig->store, paper.document, "x", false, CLERK, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM result_code WHERE retired_us > 0"), 1);
    rig_paper_in(rig, "queued", 1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM result_code"), 2);
}

static void a_wrong_person_makes_the_case_an_incident(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "closed", 1), other = rig_paper_in(rig, "queued", 1);
    ASSERT_OK(document_withdraw(rig->store, other.document, "x", false, CLERK, err));
    ASSERT_OK(document_withdraw(rig->store, paper.document, "x", true, CLERK, err));
    AUTO(js) struct js *view = NULL;
    AUTO(js) struct js *calm = NULL;
    ASSERT_OK(view_dossier(rig->store, paper.dossier, &view, err));
    ASSERT_OK(view_dossier(rig->store, other.dossier, &calm, err));
    assert_int_equal(js_count(js_at(view, "incidents")), 1);
    assert_int_equal(js_count(js_at(calm, "incidents")), 0);
    assert_string_equal(js_text_or(view, "incidents[0].document_id", ""), paper.document);
    assert_int_equal(js_int_or(view, "incidents[0].notify_before_us", 0) -
                         js_int_or(view, "incidents[0].noted_us", 0),
                     INT64_C(72) * 3600 * 1000000);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'incident'"), 1);
}

/* ---- versions ---- */

static struct paper next_version(struct rig *rig, const struct paper *old, const char *until)
{
    static const char *const stages[] = {"recognize", "understand"};
    static const char *const later[] = {"compose", "seal", "extract", "code",
                                        "queue",   "send", "accept"};
    struct paper fresh = *old;
    ASSERT_OK(document_replace(rig->store, old->document, "x", CLERK, fresh.document, err));
    rig_page(rig, &fresh, fresh.document, NULL);
    ASSERT_OK(document_finish_scan(rig->store, fresh.document, CLERK, err));
    for (size_t i = 0; i < COUNT_OF(stages); i++)
        assert_true(rig_work(rig, stages[i]));
    rig_confirm(rig, fresh.document);
    for (size_t i = 0; i < COUNT_OF(later); i++) {
        assert_true(rig_work(rig, later[i]));
        if (strcmp(later[i], until) == 0)
            break;
    }
    return fresh;
}

static void the_old_version_leaves_a_target_once_the_new_one_is_there(void **state)
{
    struct rig *rig = *state;
    struct paper old = rig_paper_in(rig, "closed", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, old.document, delivery);
    struct paper fresh = next_version(rig, &old, "send");
    assert_string_equal(state_of(rig, MACHINE_document, old.document), "superseded");
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "reconciled");
    assert_true(rig_work(rig, "accept"));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawing");
    AUTO(job) struct job *job = rig_claim(rig, "withdraw");
    assert_string_equal(job_text(job, "args.reason_code"), "replaced");
    assert_string_equal(job_text(job, "args.replaced_by"), fresh.document);
    assert_string_equal(job_text(job, "args.record_id"), old.document);
}

static void the_new_version_names_what_it_replaces(void **state)
{
    struct rig *rig = *state;
    struct paper old = rig_paper_in(rig, "closed", 1);
    struct paper fresh = next_version(rig, &old, "queue");
    AUTO(job) struct job *job = rig_claim(rig, "send");
    assert_string_equal(job_text(job, "args.record_id"), fresh.document);
    assert_string_equal(job_text(job, "args.replaces"), old.document);
    AUTO(js) struct js *record = rig_record(rig, fresh.document);
    assert_string_equal(js_text_or(record, "replaces", ""), old.document);
}

static void an_old_version_that_lands_late_goes_then(void **state)
{
    struct rig *rig = *state;
    struct paper old = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, old.document, delivery);
    AUTO(job) struct job *send = rig_claim(rig, "send");
    struct paper fresh = next_version(rig, &old, "accept");
    char newer[ID_SIZE];
    rig_delivery(rig, fresh.document, newer);
    assert_string_equal(state_of(rig, MACHINE_delivery, newer), "accepted");
    ASSERT_OK(rig_complete(rig, send, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "sent");
    assert_true(rig_work(rig, "accept"));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawing");
}

static void all_versions_go_with_the_paper(void **state)
{
    struct rig *rig = *state;
    struct paper old = rig_paper_in(rig, "closed", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, old.document, delivery);
    struct paper fresh = next_version(rig, &old, "queue"); /* not at the target yet */
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "reconciled");
    ASSERT_OK(document_withdraw(rig->store, fresh.document, "x", true, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawing");
    AUTO(js) struct js *view = one(rig, delivery);
    assert_string_equal(js_text_or(view, "withdrawal.reason_code", ""), "wrong-person");
    ASSERT_OK(document_withdraw_undo(rig->store, fresh.document, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "reconciled");
}

/* ---- what people have to do ---- */

static void a_target_that_cannot_withdraw_is_asked_by_a_person(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "closed", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    ASSERT_OK(document_withdraw(rig->store, paper.document, "x", false, CLERK, err));
    time_goes_by(rig);
    AUTO(job) struct job *job = rig_claim(rig, "withdraw");
    fail_with(rig, job, "TARGET_CANNOT", FAILURE_HOLD);
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawing");
    assert_null(rig_claim(rig, "withdraw"));
    AUTO(js) struct js *tasks = NULL;
    ASSERT_OK(task_list(rig->store, true, "ask-receiver", NULL, 10, &tasks, err));
    assert_int_equal(js_count(tasks), 1);
    assert_string_equal(js_text_or(tasks, "[0].delivery_id", ""), delivery);
    ASSERT_OK(task_close(rig->store, js_text_or(tasks, "[0].id", ""), "refused", "Công văn 12",
                         CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawn");
    AUTO(js) struct js *view = one(rig, delivery);
    assert_true(js_bool_or(view, "withdrawal.receipt.asked", false));
    assert_false(js_bool_or(view, "withdrawal.receipt.removed", true));
}

static void who_took_the_paper_over_gets_a_task(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "closed", 1), user = rig_paper(rig);
    AUTO(mem)
    char *sql = mem_printf(
        "INSERT INTO reuse (id, dossier_id, stage, paper_code, class, source, source_document, "
        "taken_us, taken_by) VALUES ('r', '%s', 'component', 'P1', 2, 'local', '%s', 1, 'x')",
        user.dossier, paper.document);
    ASSERT_OK(db_script(rig->store->db, sql, err));
    ASSERT_OK(document_withdraw(rig->store, paper.document, "x", false, CLERK, err));
    AUTO(js) struct js *tasks = NULL;
    ASSERT_OK(task_list(rig->store, true, "reused-withdrawn", NULL, 10, &tasks, err));
    assert_int_equal(js_count(tasks), 1);
    assert_string_equal(js_text_or(tasks, "[0].dossier_id", ""), user.dossier);
}

static void in_a_conflict_a_person_may_leave_theirs(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    AUTO(job) struct job *job = rig_claim(rig, "send");
    ASSERT_ERR(ERR_STATE_CHANGED, delivery_keep_theirs(rig->store, delivery, CLERK, err));
    fail_with(rig, job, "TARGET_CONFLICT", FAILURE_HOLD);
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "held");
    ASSERT_OK(delivery_keep_theirs(rig->store, delivery, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawn");
    AUTO(js) struct js *view = one(rig, delivery);
    assert_true(js_bool_or(view, "withdrawal.receipt.kept_theirs", false));
    assert_null(rig_claim(rig, "send"));
}

/* One target refuses, the other takes: neither waits for the other, also not in being told. */
static void each_target_is_told_by_itself(void **state)
{
    struct rig *rig = *state;
    static const char *const two[] = {"system", "second"};
    rig->options.targets = two;
    rig->options.target_count = 2;
    rig_reopen(rig);
    struct paper paper = rig_paper_in(rig, "queued", 1);
    AUTO(job) struct job *first = rig_claim(rig, "send");
    fail_with(rig, first, "TARGET_READ_ONLY", FAILURE_RETRY);
    assert_true(rig_work(rig, "send") && rig_work(rig, "accept"));
    ASSERT_OK(document_withdraw(rig->store, paper.document, "x", false, CLERK, err));
    time_goes_by(rig);
    AUTO(job) struct job *one_job = rig_claim(rig, "withdraw");
    fail_with(rig, one_job, "TARGET_READ_ONLY", FAILURE_RETRY);
    time_goes_by(rig);
    AUTO(job) struct job *a = rig_claim(rig, "withdraw");
    AUTO(job) struct job *b = rig_claim(rig, "withdraw");
    assert_non_null(a);
    assert_non_null(b);
    AUTO(js) struct js *result = js_pack("{s:{s:s}}", "receipt", "name", "a.withdrawn");
    ASSERT_OK(store_complete(rig->store, job_text(a, "claim"), result, NULL, 0, MACHINE, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, job_text(a, "id")), "withdrawn");
    assert_string_equal(state_of(rig, MACHINE_delivery, job_text(b, "id")), "withdrawing");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(only_what_is_signed_is_taken_back),
        T(a_purged_paper_is_still_taken_back_at_its_target),
        T(a_held_paper_is_taken_back_out_of_its_hold),
        T(each_delivery_goes_by_the_state_it_is_in),
        T(a_try_that_is_under_way_ends_first),
        T(the_target_is_told_the_same_every_time_and_its_receipt_stays),
        T(what_was_not_told_yet_is_undone_as_if_nothing_had_been),
        T(once_a_target_is_told_there_is_no_way_back),
        T(the_result_code_is_retired_and_never_given_again),
        T(a_wrong_person_makes_the_case_an_incident),
        T(the_old_version_leaves_a_target_once_the_new_one_is_there),
        T(the_new_version_names_what_it_replaces),
        T(an_old_version_that_lands_late_goes_then),
        T(all_versions_go_with_the_paper),
        T(a_target_that_cannot_withdraw_is_asked_by_a_person),
        T(who_took_the_paper_over_gets_a_task),
        T(in_a_conflict_a_person_may_leave_theirs),
        T(each_target_is_told_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
