#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"

/* Where a record goes, what it says about that, and what people see of the queue. */

static const char CODE[] = "H56.14-240823-0001";

static void expect_record_code(struct rig *rig, const char *document, const char *wanted)
{
    struct document_file file = {.fd = -1};
    AUTO(js) struct js *record = NULL;
    ASSERT_OK(document_file(rig->store, document, "record", &file, err));
    ASSERT_OK(js_read_fd(file.fd, &record, err));
    fd_close(file.fd);
    mem_free(file.path);
    if (wanted)
        assert_string_equal(js_text_or(record, "dossier_code", ""), wanted);
    else
        assert_true(js_is_null(js_at(record, "dossier_code")));
}

static size_t filed_without_code(struct rig *rig, const char *dossier, const char *document)
{
    AUTO(js) struct js *list = NULL;
    ASSERT_OK(dossier_filed_without_code(rig->store, dossier, &list, err));
    if (js_count(list))
        assert_string_equal(js_text_or(list, "[0]", ""), document);
    return js_count(list);
}

static void give_up_one_try(struct rig *rig, const struct job *job)
{
    struct failure failure = {.code = "TARGET_UNREACHABLE", .action = FAILURE_RETRY};
    ASSERT_OK(store_fail(rig->store, job_text(job, "claim"), &failure, MACHINE, err));
}

static void a_code_bound_before_the_first_byte_left_is_in_the_place_and_in_the_record(void **state)
{
    struct rig *rig = *state;
    static const bool held[] = {false, true};
    for (size_t i = 0; i < COUNT_OF(held); i++) {
        struct paper paper = rig_paper_in(rig, "queued", 1);
        char delivery[ID_SIZE], code[40];
        snprintf(code, sizeof code, "h56.14 - 240823-000%zu", i);
        rig_delivery(rig, paper.document, delivery);
        expect_record_code(rig, paper.document, NULL);
        if (held[i])
            ASSERT_OK(subject_hold(rig->store, MACHINE_delivery, delivery, "x", CLERK, err));
        ASSERT_OK(dossier_update(rig->store, paper.dossier, code, -1, -1, CLERK, err));
        if (held[i])
            ASSERT_OK(subject_release(rig->store, MACHINE_delivery, delivery, CLERK, err));
        snprintf(code, sizeof code, "H56.14-240823-000%zu", i);
        expect_record_code(rig, paper.document, code);
        assert_int_equal(filed_without_code(rig, paper.dossier, paper.document), 0);
        AUTO(job) struct job *send = rig_claim(rig, "send");
        assert_string_equal(job_text(send, "args.dossier_code"), code);
        ASSERT_OK(rig_complete(rig, send, err));
        AUTO(job) struct job *accept = rig_claim(rig, "accept");
        assert_string_equal(job_text(accept, "args.dossier_code"), code);
        ASSERT_OK(rig_complete(rig, accept, err));
        rig_check_invariants(rig);
    }
}

static void a_code_bound_after_the_first_try_changes_neither_place_nor_record(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    AUTO(job) struct job *first = rig_claim(rig, "send");
    assert_true(js_is_null(js_at(first->body, "args.dossier_code")));
    assert_int_equal(filed_without_code(rig, paper.dossier, paper.document), 0); /* no code yet */
    give_up_one_try(rig, first);
    ASSERT_OK(dossier_update(rig->store, paper.dossier, CODE, -1, -1, CLERK, err));
    expect_record_code(rig, paper.document, NULL);
    assert_int_equal(filed_without_code(rig, paper.dossier, paper.document), 1);
    rig_reopen(rig);
    AUTO(job) struct job *again = rig_claim(rig, "send");
    assert_true(js_is_null(js_at(again->body, "args.dossier_code")));
    assert_string_equal(job_text(again, "args.json_sha256"), job_text(first, "args.json_sha256"));
    ASSERT_OK(rig_complete(rig, again, err));
    AUTO(job) struct job *accept = rig_claim(rig, "accept");
    assert_true(js_is_null(js_at(accept->body, "args.dossier_code")));
    ASSERT_OK(rig_complete(rig, accept, err));
}

static void all_targets_of_a_version_get_it_under_the_same_code(void **state)
{
    struct rig *rig = *state;
    static const char *const two[] = {"system", "owner"};
    rig->options.targets = two;
    rig->options.target_count = 2;
    rig_reopen(rig);
    struct paper paper = rig_paper_in(rig, "queued", 1);
    assert_true(rig_work(rig, "send"));
    ASSERT_OK(dossier_update(rig->store, paper.dossier, CODE, -1, -1, CLERK, err));
    expect_record_code(rig, paper.document, NULL);
    AUTO(job) struct job *second = rig_claim(rig, "send");
    assert_true(js_is_null(js_at(second->body, "args.dossier_code")));
}

static void the_record_says_whether_it_was_digitized_here_and_what_was_not_scanned(void **state)
{
    struct rig *rig = *state;
    struct document_file file = {.fd = -1};
    AUTO(js) struct js *record = NULL;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    ASSERT_OK(document_file(rig->store, paper.document, "record", &file, err));
    ASSERT_OK(js_read_fd(file.fd, &record, err));
    fd_close(file.fd);
    mem_free(file.path);
    assert_true(js_bool_or(record, "digitized", false));
    assert_true(js_bool_or(record, "case.digitized", false));
    assert_true(js_is_array(js_at(record, "case.reused")));
    assert_int_equal(js_count(js_at(record, "case.reused")), 0);
}

/* ---- what a receiver says ---- */

static const char *said(struct rig *rig, const char *delivery, struct js **view)
{
    js_free(*view);
    ASSERT_OK(view_delivery(rig->store, delivery, view, err));
    return js_text_or(*view, "said", "nothing");
}

static void what_a_receiver_said_stands_until_it_takes_the_record(void **state)
{
    struct rig *rig = *state;
    char delivery[ID_SIZE];
    AUTO(js) struct js *view = NULL;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    rig_delivery(rig, paper.document, delivery);
    AUTO(job) struct job *refused = rig_claim(rig, "send");
    const struct failure failure = {.code = "TARGET_REFUSED",
                                    .detail = "HTTP 422",
                                    .said = "Thiếu ngày cấp của ông Ví Dụ",
                                    .action = FAILURE_HOLD};
    ASSERT_OK(store_fail(rig->store, job_text(refused, "claim"), &failure, MACHINE, err));
    rig_reopen(rig);
    assert_string_equal(said(rig, delivery, &view), failure.said);
    assert_string_equal(js_text_or(view, "state", ""), "held");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE detail LIKE '%Ví Dụ%'"), 0);
    ASSERT_OK(subject_release(rig->store, MACHINE_delivery, delivery, CLERK, err));
    assert_string_equal(said(rig, delivery, &view), "nothing");
    AUTO(job) struct job *again = rig_claim(rig, "send");
    ASSERT_OK(rig_complete(rig, again, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM delivery WHERE said IS NOT NULL"), 0);
}

/* ---- the queue as people see it ---- */

static void add_delivery(struct rig *rig, const char *document, const char *target, const char *how)
{
    AUTO(mem)
    char *sql = mem_printf("INSERT INTO delivery (id, document_id, target, state_us, created_us, "
                           "state, held_from, attempts) VALUES ('%s', '%s', '%s', %s)",
                           target, document, target, how);
    ASSERT_OK(db_script(rig->store->db, sql, err));
}

static void trouble_comes_first_in_the_queue_and_the_limit_cuts_the_end(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    static const struct {
        const char *target, *how; /* state_us, created_us, state, held_from, attempts */
    } rows[] = {
        {"accepted-old", "100, 1, 'accepted', NULL, 0"},
        {"waits-new", "9, 9, 'queued', NULL, 0"},
        {"waits-old", "5, 5, 'sent', NULL, 0"},
        {"tried-often", "8, 8, 'queued', NULL, 7"},
        {"tried", "7, 7, 'sending', NULL, 2"},
        {"final", "6, 6, 'failed', NULL, 1"},
        {"held", "99, 99, 'held', 'queued', 0"},
        {"accepted-new", "200, 2, 'accepted', NULL, 0"},
        {"done", "1, 1, 'reconciled', NULL, 0"},
    };
    static const char *const order[] = {"held",      "final",     "tried-often",  "tried",
                                        "waits-old", "waits-new", "accepted-new", "accepted-old"};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        add_delivery(rig, paper.document, rows[i].target, rows[i].how);
    for (size_t limit = 1; limit <= COUNT_OF(order) + 1; limit++) {
        AUTO(js) struct js *list = NULL;
        ASSERT_OK(view_queue(rig->store, NULL, NULL, (int64_t)limit, &list, err));
        assert_int_equal(js_count(list), limit < COUNT_OF(order) ? limit : COUNT_OF(order));
        for (size_t i = 0; i < js_count(list); i++)
            assert_string_equal(js_text_or(js_item(list, i), "target", ""), order[i]);
    }
    for (size_t i = 0; i < COUNT_OF(order); i++) { /* page by page */
        AUTO(js) struct js *next = NULL;
        ASSERT_OK(view_queue(rig->store, NULL, i ? order[i - 1] : NULL, 1, &next, err));
        assert_int_equal(js_count(next), 1);
        assert_string_equal(js_text_or(next, "[0].target", ""), order[i]);
    }
    AUTO(js) struct js *accepted = NULL;
    ASSERT_OK(view_queue(rig->store, "accepted", NULL, 1, &accepted, err));
    assert_string_equal(js_text_or(accepted, "[0].target", ""), "accepted-new");
}

static void the_first_page_is_in_the_order_that_the_next_ones_go_on_with(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    static const char *const states[] = {"queued", "sending",  "sent",        "accepted",
                                         "held",   "rejected", "withdrawing", "failed"};
    enum { COUNT = 64 };
    for (int i = 0; i < COUNT; i++) {
        char name[20], how[100];
        const char *now = states[(i * 5) % (int)COUNT_OF(states)];
        snprintf(name, sizeof name, "v%02d", (i * 37) % COUNT);
        snprintf(how, sizeof how, "%d, %d, '%s', %s, %d", i % 7 + 1, i % 5 + 1, now,
                 strcmp(now, "held") == 0 ? "'queued'" : "NULL", i % 4);
        add_delivery(rig, paper.document, name, how);
    }
    AUTO(js) struct js *all = NULL;
    ASSERT_OK(view_queue(rig->store, NULL, NULL, COUNT, &all, err));
    assert_int_equal(js_count(all), COUNT);
    for (size_t limit = 1; limit < COUNT; limit += 9) {
        AUTO(js) struct js *first = NULL;
        AUTO(js) struct js *next = NULL;
        ASSERT_OK(view_queue(rig->store, NULL, NULL, (int64_t)limit, &first, err));
        for (size_t i = 0; i < limit; i++)
            assert_true(js_equal(js_item(first, i), js_item(all, i)));
        ASSERT_OK(view_queue(rig->store, NULL, js_text_or(js_item(first, limit - 1), "id", NULL),
                             COUNT, &next, err));
        assert_int_equal(js_count(next), COUNT - limit);
        assert_true(js_equal(js_item(next, 0), js_item(all, limit)));
    }
}

/* ---- retry now ---- */

static void what_turns_due_meanwhile_does_not_stop_retrying_the_others(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    int64_t count = 0, before_us = sys_now_us();
    AUTO(mem)
    char *sql = mem_printf("INSERT INTO delivery (id, document_id, target, state, state_us, "
                           "created_us, not_before_us) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
                           "SELECT i + 1 FROM n WHERE i < 150) SELECT printf('t%%04d', i), '%s', "
                           "printf('t%%04d', i), 'queued', 1, 1, %lld + (151 - i) * 2000 FROM n",
                           paper.document, (long long)before_us);
    ASSERT_OK(db_script(rig->store->db, sql, err));
    ASSERT_OK(deliveries_retry_now(rig->store, CLERK, &count, err));
    assert_true(count > 0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'retry-now'"),
                     count);
    ASSERT_OK(deliveries_retry_now(rig->store, CLERK, &count, err));
    assert_int_equal(count, 0); /* nothing waits any more */
}

static void retrying_now_leaves_alone_what_is_held_or_final(void **state)
{
    struct rig *rig = *state;
    static const int actions[] = {FAILURE_HOLD, FAILURE_FAIL};
    int64_t count;
    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        rig_paper_in(rig, "queued", 1);
        AUTO(job) struct job *job = rig_claim(rig, "send");
        struct failure failure = {.code = "TARGET_CONFLICT",
                                  .not_before_us = sys_now_us() + INT64_C(600000000)};
        failure.action = actions[i];
        ASSERT_OK(store_fail(rig->store, job_text(job, "claim"), &failure, MACHINE, err));
    }
    ASSERT_OK(deliveries_retry_now(rig->store, CLERK, &count, err));
    assert_int_equal(count, 0);
}

static void all_held_for_one_reason_are_released_and_no_others(void **state)
{
    struct rig *rig = *state;
    static const char *const reasons[] = {"SIGNER_LOCKED", "x", "SIGNER_LOCKED"};
    struct paper papers[3];
    int64_t count;
    for (int i = 0; i < 3; i++) {
        papers[i] = rig_paper_in(rig, "copied", 1);
        ASSERT_OK(subject_hold(rig->store, MACHINE_document, papers[i].document, reasons[i],
                               MACHINE, err));
    }
    ASSERT_OK(subjects_release(rig->store, MACHINE_document, "SIGNER_LOCKED", CLERK, &count, err));
    assert_int_equal(count, 2);
    for (int i = 0; i < 3; i++)
        assert_string_equal(state_of(rig, MACHINE_document, papers[i].document),
                            i == 1 ? "held" : "copied");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_code_bound_before_the_first_byte_left_is_in_the_place_and_in_the_record),
        T(a_code_bound_after_the_first_try_changes_neither_place_nor_record),
        T(all_targets_of_a_version_get_it_under_the_same_code),
        T(the_record_says_whether_it_was_digitized_here_and_what_was_not_scanned),
        T(what_a_receiver_said_stands_until_it_takes_the_record),
        T(trouble_comes_first_in_the_queue_and_the_limit_cuts_the_end),
        T(the_first_page_is_in_the_order_that_the_next_ones_go_on_with),
        T(what_turns_due_meanwhile_does_not_stop_retrying_the_others),
        T(retrying_now_leaves_alone_what_is_held_or_final),
        T(all_held_for_one_reason_are_released_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
