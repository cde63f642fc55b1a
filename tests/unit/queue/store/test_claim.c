#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"

#include <dirent.h>

static const int64_t START_US = INT64_C(1790000000000000), SECOND_US = 1000000;

static int temps_of(const struct rig *rig)
{
    AUTO(mem) char *path = mem_printf("%s/blobs/tmp", rig->folder);
    DIR *list = opendir(path);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(list));)
        count += entry->d_name[0] != '.';
    closedir(list);
    return count;
}

static void fail_with(struct rig *rig, const struct job *job, const char *code, int action,
                      int64_t not_before_us)
{
    struct failure failure = {.code = code, .ref = "ab12", .not_before_us = not_before_us};
    failure.action = action;
    ASSERT_OK(store_fail(rig->store, job_text(job, "claim"), &failure, MACHINE, err));
}

static void a_paper_goes_all_the_way_and_every_job_says_what_its_worker_needs(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    AUTO(js) struct js *view = NULL;
    rig_page(rig, &paper, "page one", NULL);
    rig_page(rig, &paper, "page two", NULL);

    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    assert_int_equal((int)js_real_or(job->body, "args.dpi", 0), 300);
    assert_int_equal(job->fd_count, 1);
    ASSERT_OK(rig_complete(rig, job, err));
    assert_false(rig_work(rig, "understand")); /* one page is not recognised, scanning not over */
    assert_true(rig_work(rig, "recognize"));
    assert_false(rig_work(rig, "understand"));
    ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));

    AUTO(job) struct job *understand = rig_claim(rig, "understand");
    assert_int_equal(understand->fd_count, 2);
    assert_int_equal(js_count(js_at(understand->body, "args.pages")), 2);
    assert_int_equal((int)js_real_or(understand->body, "args.pages[1].page.dpi", 0), 300);
    assert_true(js_at(understand->body, "args.dossier") != NULL);
    ASSERT_OK(rig_complete(rig, understand, err));
    rig_confirm(rig, paper.document);

    AUTO(job) struct job *compose = rig_claim(rig, "compose");
    assert_int_equal(compose->fd_count, 5); /* out, image and words of each page */
    assert_int_equal(js_int_or(compose->body, "args.document.pages", 0), 2);
    assert_string_equal(job_text(compose, "args.document.copier"), "Cán Bộ Mẫu");
    assert_string_equal(job_text(compose, "args.document.title"), "Quyết định");
    assert_int_equal(js_count(js_at(compose->body, "out")), 1);
    ASSERT_OK(rig_complete(rig, compose, err));

    AUTO(job) struct job *seal = rig_claim(rig, "seal");
    assert_int_equal(seal->fd_count, 2);
    assert_int_equal(js_count(js_at(seal->body, "args.avoid")), 2); /* the code, the upper word */
    assert_float_equal(js_real_or(seal->body, "args.avoid[0][0]", 0), 20 - 4 * 24 / 21.0, 0.1);
    assert_float_equal(js_real_or(seal->body, "args.avoid[0][3]", 0), 24 + 8 * 24 / 21.0, 0.1);
    assert_int_equal((int)js_real_or(seal->body, "args.page_size_mm[1]", 0), 297);
    assert_true(js_is_null(js_at(seal->body, "args.block.name")));
    assert_string_equal(job_text(seal, "args.copied_by"), CLERK.id);
    ASSERT_OK(rig_complete(rig, seal, err));

    assert_true(rig_work(rig, "extract") && rig_work(rig, "code") && rig_work(rig, "queue"));
    AUTO(job) struct job *send = rig_claim(rig, "send");
    assert_int_equal(send->fd_count, 2);
    assert_string_equal(job_text(send, "args.record_id"), paper.document);
    ASSERT_OK(rig_complete(rig, send, err));
    assert_true(rig_work(rig, "accept"));
    assert_false(rig_work(rig, "reconcile")); /* only when asked */
    int64_t marked = rig_ask_reconcile(rig);
    assert_int_equal(marked, 1);
    assert_true(rig_work(rig, "reconcile"));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "closed");
    ASSERT_OK(view_document(rig->store, paper.document, &view, err));
    assert_string_equal(js_text_or(view, "result_code", ""), "001099000001.DECISION.12/QĐ-UBND.01");
    assert_int_equal(js_count(js_at(view, "signatures")), 1);
    assert_int_equal(access(js_text_or(view, "signed.path", ""), R_OK), 0);
    assert_int_equal(temps_of(rig), 0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM claim"), 0);
    rig_check_invariants(rig);
}

static void a_document_with_two_targets_closes_with_the_last_delivery(void **state)
{
    struct rig *rig = *state;
    static const char *const two[] = {"system", "owner"};
    rig->options.targets = two;
    rig->options.target_count = 2;
    rig_reopen(rig);
    struct paper paper = rig_paper_in(rig, "queued", 1);
    while (rig_work(rig, "send") || rig_work(rig, "accept"))
        ;
    rig_ask_reconcile(rig);
    assert_true(rig_work(rig, "reconcile"));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "queued");
    assert_true(rig_work(rig, "reconcile"));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "closed");
}

static void without_a_target_documents_wait_coded(void **state)
{
    struct rig *rig = *state;
    rig->options.target_count = 0;
    rig_reopen(rig);
    rig_paper_in(rig, "coded", 1);
    assert_false(rig_work(rig, "queue"));
}

static void work_is_handed_out_oldest_first_and_once(void **state)
{
    struct rig *rig = *state;
    char ids[3][ID_SIZE];
    struct paper paper = rig_paper(rig);
    for (int i = 0; i < 3; i++) {
        sys_clock_set(START_US + i * SECOND_US);
        rig_page(rig, &paper, (const char *[]){"A", "B", "C"}[i], ids[i]);
    }
    AUTO(job) struct job *first = rig_claim(rig, "recognize");
    AUTO(job) struct job *second = rig_claim(rig, "recognize");
    AUTO(job) struct job *third = rig_claim(rig, "recognize");
    assert_string_equal(job_text(first, "id"), ids[0]);
    assert_string_equal(job_text(second, "id"), ids[1]);
    assert_string_equal(job_text(third, "id"), ids[2]);
    assert_null(rig_claim(rig, "recognize"));
}

static void an_ended_lease_is_taken_over_and_the_first_owner_comes_too_late(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    sys_clock_set(START_US);
    rig_page(rig, &paper, "A", NULL);
    AUTO(job) struct job *slow = rig_claim(rig, "recognize");
    sys_clock_set(START_US + 59 * SECOND_US);
    assert_null(rig_claim(rig, "recognize"));
    sys_clock_set(START_US + 61 * SECOND_US);
    AUTO(job) struct job *fast = rig_claim(rig, "recognize");
    assert_non_null(fast);
    ASSERT_ERR(ERR_STATE_CHANGED, rig_complete(rig, slow, err));
    ASSERT_OK(rig_complete(rig, fast, err));
}

static void a_result_whose_lease_ended_still_counts_when_nobody_took_over(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    sys_clock_set(START_US);
    rig_page(rig, &paper, "A", NULL);
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    sys_clock_set(START_US + 3600 * SECOND_US);
    ASSERT_OK(rig_complete(rig, job, err));
}

static void completing_or_failing_twice_is_doing_it_once(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    rig_page(rig, &paper, "A", NULL);
    AUTO(job) struct job *failed = rig_claim(rig, "recognize");
    fail_with(rig, failed, "WORKER_DIED", FAILURE_RETRY, 0);
    fail_with(rig, failed, "WORKER_DIED", FAILURE_RETRY, 0);
    assert_int_equal(rig_number(rig, "SELECT attempts FROM page"), 1);
    AUTO(job) struct job *done = rig_claim(rig, "recognize");
    ASSERT_OK(rig_complete(rig, done, err));
    rig_reopen(rig);
    ASSERT_OK(rig_complete(rig, done, err));
    ASSERT_ERR(ERR_STATE_CHANGED,
               store_fail(rig->store, job_text(done, "claim"),
                          &(struct failure){.code = "X", .action = FAILURE_FAIL}, MACHINE, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'recognize'"), 1);
}

static void a_retry_waits_for_its_time_and_counts(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    int64_t due;
    sys_clock_set(START_US);
    rig_page(rig, &paper, "A", NULL);
    for (int i = 0; i < 3; i++) {
        AUTO(job) struct job *job = rig_claim(rig, "recognize");
        assert_int_equal(js_int_or(job->body, "attempts", -1), i);
        int64_t later = sys_now_us() + 10 * SECOND_US;
        fail_with(rig, job, "WORKER_DIED", FAILURE_RETRY, later);
        assert_null(rig_claim(rig, "recognize"));
        ASSERT_OK(store_next_due(rig->store, &due, err));
        assert_int_equal(due, later);
        sys_clock_set(later);
    }
    ASSERT_OK(store_next_due(rig->store, &due, err));
    assert_int_equal(due, -1);
    assert_true(rig_work(rig, "recognize"));
    assert_int_equal(rig_number(rig, "SELECT attempts FROM page"), 0);
}

static void releasing_what_waits_makes_it_due_now(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    ASSERT_ERR(ERR_STATE_CHANGED,
               subject_release(rig->store, MACHINE_delivery, delivery, CLERK, err));
    AUTO(job) struct job *job = rig_claim(rig, "send");
    fail_with(rig, job, "TARGET_UNREACHABLE", FAILURE_RETRY, sys_now_us() + 900 * SECOND_US);
    assert_null(rig_claim(rig, "send"));
    ASSERT_OK(subject_release(rig->store, MACHINE_delivery, delivery, CLERK, err));
    assert_true(rig_work(rig, "send"));
}

static void what_keeps_killing_its_worker_is_held_and_shows_why(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char id[ID_SIZE];
    rig_page(rig, &paper, "A", id);
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    fail_with(rig, job, "WORKER_DIED", FAILURE_HOLD, 0);
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_page(rig->store, id, &view, err));
    assert_string_equal(js_text_or(view, "held.reason", ""), "WORKER_DIED");
    assert_string_equal(js_text_or(view, "held.from", ""), "captured");
    assert_string_equal(js_text_or(view, "held.ref", ""), "ab12");
    assert_null(rig_claim(rig, "recognize"));
}

static void a_failed_page_is_left_out_and_the_others_go_on(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    rig_page(rig, &paper, "A", NULL);
    rig_page(rig, &paper, "B", NULL);
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    fail_with(rig, job, "IMAGE_UNREADABLE", FAILURE_FAIL, 0);
    assert_true(rig_work(rig, "recognize"));
    ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));
    AUTO(job) struct job *understand = rig_claim(rig, "understand");
    assert_int_equal(understand->fd_count, 1);
    rig_check_invariants(rig);
}

/* ---- deliveries ---- */

static void sending_is_durable_before_the_first_byte_and_offered_again_after_a_restart(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    AUTO(job) struct job *lost = rig_claim(rig, "send");
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "sending");
    assert_null(rig_claim(rig, "send"));
    rig_reopen(rig);
    int64_t released;
    ASSERT_OK(claim_release_others(rig->store, "owner-2", MACHINE, &released, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "sending");
    AUTO(job) struct job *again = rig_claim(rig, "send");
    assert_string_equal(job_text(again, "id"), delivery);
    assert_string_equal(job_text(again, "args.pdf_sha256"), job_text(lost, "args.pdf_sha256"));
    ASSERT_OK(rig_complete(rig, again, err));
}

static void what_happens_to_a_delivery_that_fails(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *stage, *code;
        int action;
        const char *wanted;
    } cases[] = {
        {"send", "TARGET_UNREACHABLE", FAILURE_RETRY, "queued"},
        {"send", "TARGET_CONFLICT", FAILURE_HOLD, "held"},
        {"send", "TARGET_CONFLICT", FAILURE_FAIL, "failed"},
        {"accept", "TARGET_UNREACHABLE", FAILURE_RETRY, "sent"},
        {"accept", "TARGET_MISMATCH", FAILURE_RETRY, "queued"},
        {"accept", "NOT_FOUND", FAILURE_FAIL, "queued"},
        {"accept", "NOT_FOUND", FAILURE_HOLD, "queued"},
        {"accept", "TARGET_MISMATCH", FAILURE_HOLD, "held"},
        {"reconcile", "TARGET_UNREACHABLE", FAILURE_RETRY, "accepted"},
        {"reconcile", "NOT_FOUND", FAILURE_FAIL, "queued"},
        {"reconcile", "NOT_FOUND", FAILURE_HOLD, "queued"},
        {"send", "NOT_FOUND", FAILURE_HOLD, "held"},
        {"reconcile", "TARGET_MISMATCH", FAILURE_HOLD, "held"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper_in(rig, "queued", 1);
        char delivery[ID_SIZE];
        rig_delivery(rig, paper.document, delivery);
        if (strcmp(cases[i].stage, "send") != 0)
            assert_true(rig_work(rig, "send"));
        if (strcmp(cases[i].stage, "reconcile") == 0) {
            assert_true(rig_work(rig, "accept"));
            rig_ask_reconcile(rig);
        }
        AUTO(job) struct job *job = rig_claim(rig, cases[i].stage);
        assert_string_equal(job_text(job, "id"), delivery);
        fail_with(rig, job, cases[i].code, cases[i].action, sys_now_us() + 900 * SECOND_US);
        assert_string_equal(state_of(rig, MACHINE_delivery, delivery), cases[i].wanted);
        ASSERT_OK(db_script(rig->store->db, /* out of the next case's way */
                            "UPDATE delivery SET state = 'withdrawn', held_from = NULL", err));
    }
}

/* As the daemon tells it: NOT_FOUND is final, so it asks to hold. */
static void lose(struct rig *rig, const char *stage)
{
    AUTO(job) struct job *job = rig_claim(rig, stage);
    fail_with(rig, job, "NOT_FOUND", FAILURE_HOLD, 0);
}

static void a_record_the_target_no_longer_has_is_sent_and_accepted_again(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    assert_true(rig_work(rig, "send") && rig_work(rig, "accept"));
    rig_ask_reconcile(rig);
    lose(rig, "reconcile");
    assert_true(rig_work(rig, "send") && rig_work(rig, "accept"));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "accepted");
    assert_false(rig_work(rig, "reconcile")); /* not before somebody asks again */
    rig_ask_reconcile(rig);
    assert_true(rig_work(rig, "reconcile"));
}

static void a_target_that_keeps_losing_what_it_took_is_a_persons_matter(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    for (int times = 0; times < 4; times++) {
        assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "queued");
        assert_true(rig_work(rig, "send"));
        lose(rig, "accept");
    }
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "held");
    ASSERT_OK(subject_release(rig->store, MACHINE_delivery, delivery, CLERK, err));
    lose(rig, "accept"); /* the person meant: try again */
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "queued");
}

static void a_receipt_for_other_content_is_not_accepted(void **state)
{
    struct rig *rig = *state;
    rig_paper_in(rig, "queued", 1);
    assert_true(rig_work(rig, "send"));
    AUTO(job) struct job *job = rig_claim(rig, "accept");
    AUTO(js)
    struct js *result = js_pack("{s:{s:s, s:s, s:s, s:i}}", "receipt", "remote_name", "x",
                                "pdf_sha256", job_text(job, "args.json_sha256"), "json_sha256",
                                job_text(job, "args.json_sha256"), "read_at_us", 1);
    ASSERT_ERR(ERR_TARGET_MISMATCH,
               store_complete(rig->store, job_text(job, "claim"), result, NULL, 0, MACHINE, err));
}

static void the_record_names_the_signed_file_and_what_was_confirmed(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 2);
    struct document_file record = {.fd = -1}, pdf = {.fd = -1};
    AUTO(js) struct js *value = NULL;
    ASSERT_OK(document_file(rig->store, paper.document, "record", &record, err));
    ASSERT_OK(document_file(rig->store, paper.document, "signed", &pdf, err));
    ASSERT_OK(js_read_fd(record.fd, &value, err));
    assert_string_equal(js_text_or(value, "schema", ""), "sohoa.record/1");
    assert_string_equal(js_text_or(value, "record_id", ""), paper.document);
    assert_string_equal(js_text_or(value, "pdf_sha256", ""), pdf.sha256);
    assert_int_equal(js_int_or(value, "pdf_size_bytes", 0), pdf.size_bytes);
    assert_int_equal(js_int_or(value, "pages", 0), 2);
    assert_string_equal(js_text_or(value, "fields.owner_id", ""), "001099000001");
    assert_string_equal(js_text_or(value, "confirmed_by", ""), CLERK.id);
    assert_non_null(strstr(js_text_or(value, "confirmed_at", ""), "+07:00"));
    assert_string_equal(js_text_or(value, "result_code", ""),
                        "001099000001.DECISION.12/QĐ-UBND.01");
    assert_int_equal(js_count(js_at(value, "signatures")), 1);
    assert_int_equal(pdf.path[0], '/');
    fd_close(record.fd);
    fd_close(pdf.fd);
    mem_free(record.path);
    mem_free(pdf.path);
}

/* ---- what workers may say wrongly ---- */

static void a_bad_result_changes_nothing_and_the_work_can_still_fail(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *stage, *result;
        enum err_code wanted;
    } cases[] = {
        {"understand", "{}", ERR_BAD_JSON},
        {"understand",
         "{\"type\":\"decision\",\"fields\":{\"issuer\":{\"value\":\"x\",\"box_mm\":[1]}}}",
         ERR_BAD_JSON},
        {"compose", "{\"sha256\":\"zz\",\"size_bytes\":1}", ERR_BAD_ARGUMENT},
        {"compose", "{\"size_bytes\":1}", ERR_BAD_JSON},
        {"compose",
         "{\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
         "\"size_bytes\":5}",
         ERR_BLOB_DAMAGED},
        {"seal",
         "{\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
         "\"size_bytes\":0}",
         ERR_BAD_JSON},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool early = strcmp(cases[i].stage, "understand") == 0;
        struct paper paper = rig_paper_in(rig, early ? "read" : "copied", 1);
        if (early) {
            ASSERT_OK(document_reopen(rig->store, paper.document, CLERK, err));
            ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));
        }
        if (strcmp(cases[i].stage, "seal") == 0)
            assert_true(rig_work(rig, "compose"));
        AUTO(job) struct job *job = rig_claim(rig, cases[i].stage);
        AUTO(js) struct js *result = NULL;
        ASSERT_OK(js_parse(cases[i].result, strlen(cases[i].result), &result, err));
        const char *before = early ? "open" : "copied";
        ASSERT_ERR(cases[i].wanted, store_complete(rig->store, job_text(job, "claim"), result, NULL,
                                                   0, MACHINE, err));
        assert_string_equal(state_of(rig, MACHINE_document, paper.document), before);
        fail_with(rig, job, "BAD_MESSAGE", FAILURE_FAIL, 0);
        assert_string_equal(state_of(rig, MACHINE_document, paper.document), "failed");
    }
    assert_int_equal(temps_of(rig), 0);
    rig_check_invariants(rig);
}

static void work_whose_answer_was_refused_can_be_tried_again_and_is_counted(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "copied", 1);
    static const struct {
        const char *result;
        enum err_code refused;
    } cases[] = {
        {"{\"size_bytes\":1}", ERR_BAD_JSON},
        {"{\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
         "\"size_bytes\":5}",
         ERR_BLOB_DAMAGED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(job) struct job *job = rig_claim(rig, "compose");
        AUTO(js) struct js *result = NULL;
        assert_int_equal(js_int_or(job->body, "attempts", -1), i);
        ASSERT_OK(js_parse(cases[i].result, strlen(cases[i].result), &result, err));
        ASSERT_ERR(cases[i].refused, store_complete(rig->store, job_text(job, "claim"), result,
                                                    NULL, 0, MACHINE, err));
        assert_null(rig_claim(rig, "compose"));
        fail_with(rig, job, err_name(cases[i].refused), FAILURE_RETRY, 0);
        assert_int_equal(temps_of(rig), 0);
    }
    assert_true(rig_work(rig, "compose"));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "copied");
    assert_int_equal(rig_number(rig, "SELECT attempts FROM document"), 0);
}

static void a_thumbnail_too_large_is_refused_and_the_page_tried_again(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    rig_page(rig, &paper, "A", NULL);
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    int fds[2];
    AUTO(js) struct js *result = rig_result(job, fds);
    assert_int_equal(ftruncate(fds[1], 9 << 20), 0);
    ASSERT_ERR(ERR_TOO_LARGE,
               store_complete(rig->store, job_text(job, "claim"), result, fds, 2, MACHINE, err));
    close(fds[0]);
    close(fds[1]);
    fail_with(rig, job, "TOO_LARGE", FAILURE_RETRY, 0);
    AUTO(job) struct job *again = rig_claim(rig, "recognize");
    assert_int_equal(js_int_or(again->body, "attempts", -1), 1);
    ASSERT_OK(rig_complete(rig, again, err));
}

static void recognize_without_its_files_is_refused(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    rig_page(rig, &paper, "A", NULL);
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    int fds[2];
    AUTO(js) struct js *result = rig_result(job, fds);
    ASSERT_ERR(ERR_BAD_MESSAGE,
               store_complete(rig->store, job_text(job, "claim"), result, fds, 1, MACHINE, err));
    int swapped[2] = {fds[1], fds[0]}; /* a thumbnail is no word list */
    ASSERT_ERR(ERR_BAD_JSON, store_complete(rig->store, job_text(job, "claim"), result, swapped, 2,
                                            MACHINE, err));
    ASSERT_OK(store_complete(rig->store, job_text(job, "claim"), result, fds, 2, MACHINE, err));
    close(fds[0]);
    close(fds[1]);
}

/* ---- damage ---- */

static void damaged_material_is_held_and_does_not_stop_the_others(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char bad[ID_SIZE], good[ID_SIZE];
    AUTO(mem) char *sha256 = NULL;
    AUTO(mem) char *path = NULL;
    sys_clock_set(START_US);
    rig_page(rig, &paper, "A", bad);
    sys_clock_set(START_US + 1);
    rig_page(rig, &paper, "B", good);
    ASSERT_OK(db_text(rig->store->db, "SELECT image_sha256 FROM page ORDER BY captured_us LIMIT 1",
                      DB_BIND_NONE, &sha256, err));
    ASSERT_OK(blob_path(rig->store->blobs, sha256, &path, err));
    assert_int_equal(unlink(path), 0);
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    assert_string_equal(job_text(job, "id"), good);
    assert_string_equal(state_of(rig, MACHINE_page, bad), "held");
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_page(rig->store, bad, &view, err));
    assert_string_equal(js_text_or(view, "held.reason", ""), "BLOB_DAMAGED");
}

static void a_document_too_large_for_one_message_is_held(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "copied", 3);
    struct job *job = NULL;
    ASSERT_OK(store_claim(
        rig->store,
        &(struct claim_wish){.stage = "compose", .owner = "o", .lease_us = SECOND_US, .max_fds = 6},
        MACHINE, &job, err));
    assert_null(job);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "held");
    assert_int_equal(temps_of(rig), 0);
}

/* The folder in the blob's place opens (as a file of another kind would) with an error of its own.
 */
static void make_unreadable(struct rig *rig, const char *page_id)
{
    AUTO(mem) char *sha256 = NULL;
    AUTO(mem) char *path = NULL;
    ASSERT_OK(db_text(rig->store->db, "SELECT image_sha256 FROM page WHERE id = ?",
                      DB_BIND(DB_TEXT(page_id)), &sha256, err));
    ASSERT_OK(blob_path(rig->store->blobs, sha256, &path, err));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/", path), 0); /* ELOOP: an input/output error to us */
}

static void what_cannot_be_read_now_is_put_off_then_held_and_blocks_nobody(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char bad[ID_SIZE], good[ID_SIZE];
    int64_t due;
    sys_clock_set(START_US);
    rig_page(rig, &paper, "A", bad);
    sys_clock_set(START_US + 1);
    rig_page(rig, &paper, "B", good);
    make_unreadable(rig, bad);
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    assert_string_equal(job_text(job, "id"), good);
    for (int i = 1; i < 5; i++) {
        assert_string_equal(state_of(rig, MACHINE_page, bad), "captured");
        assert_int_equal(rig_number(rig, "SELECT max(attempts) FROM page"), i);
        ASSERT_OK(store_next_due(rig->store, &due, err));
        assert_true(due > sys_now_us());
        sys_clock_set(due);
        struct job *none = NULL;
        ASSERT_OK(store_claim(
            rig->store,
            &(struct claim_wish){
                .stage = "recognize", .owner = "o", .lease_us = 3600 * SECOND_US, .max_fds = 9},
            MACHINE, &none, err));
        js_free(none ? none->body : NULL);
        ASSERT_OK(audit_read(rig->store,
                             &(struct audit){.id = bad, .kind = "page", .detail = "x", .by = CLERK},
                             err)); /* somebody looking at it does not start the count anew */
    }
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_page(rig->store, bad, &view, err));
    assert_string_equal(js_text_or(view, "held.reason", ""), "IO");
}

/* ---- the clock ---- */

static void a_clock_that_was_far_ahead_makes_nothing_wait_for_it(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    int64_t due, day = 24 * 3600 * SECOND_US;
    sys_clock_set(START_US + day);
    rig_page(rig, &paper, "A", NULL);
    rig_page(rig, &paper, "B", NULL);
    AUTO(job) struct job *waits = rig_claim(rig, "recognize");
    AUTO(job) struct job *claimed = rig_claim(rig, "recognize");
    fail_with(rig, waits, "WORKER_DIED", FAILURE_RETRY, sys_now_us() + 900 * SECOND_US);
    assert_null(rig_claim(rig, "recognize"));
    sys_clock_set(START_US + day - 59 * SECOND_US); /* set right by a little: all as before */
    assert_null(rig_claim(rig, "recognize"));
    sys_clock_set(START_US); /* by a day */
    ASSERT_OK(store_next_due(rig->store, &due, err));
    assert_int_equal(due, -1);
    AUTO(job) struct job *first = rig_claim(rig, "recognize");
    AUTO(job) struct job *second = rig_claim(rig, "recognize");
    assert_non_null(first);
    assert_non_null(second);
    assert_null(rig_claim(rig, "recognize"));
    ASSERT_ERR(ERR_STATE_CHANGED, rig_complete(rig, claimed, err));
}

/* ---- owners ---- */

static void a_new_owner_ends_the_claims_of_others_and_sweeps_their_temps(void **state)
{
    struct rig *rig = *state;
    rig_paper_in(rig, "copied", 1);
    struct paper open = rig_paper(rig);
    char id[ID_SIZE], temp[PAGE_TEMP_SIZE];
    int fd;
    int64_t released;
    ASSERT_OK(page_begin(rig->store, open.dossier, open.document, id, temp, &fd, err));
    close(fd);
    AUTO(job) struct job *job = rig_claim(rig, "compose");
    assert_int_equal(temps_of(rig), 2);
    ASSERT_OK(claim_release_others(rig->store, "owner-2", MACHINE, &released, err));
    assert_int_equal(released, 1);
    assert_int_equal(temps_of(rig), 0);
    ASSERT_ERR(ERR_STATE_CHANGED, rig_complete(rig, job, err));
    AUTO(job) struct job *mine = rig_claim(rig, "compose");
    ASSERT_OK(claim_release_others(rig->store, "owner-1", MACHINE, &released, err));
    assert_int_equal(released, 0);
    assert_int_equal(temps_of(rig), 1); /* its own work goes on */
    ASSERT_OK(rig_complete(rig, mine, err));
}

/* The daemon ended while a sheet was in motion. */
static void the_sheet_that_was_in_motion_is_asked_about_at_the_page_before_it(void **state)
{
    struct rig *rig = *state;
    struct paper open = rig_paper(rig), compared = rig_paper_in(rig, "copied", 1);
    char first[ID_SIZE], last[ID_SIZE], id[ID_SIZE], temp[PAGE_TEMP_SIZE];
    int fd;
    int64_t released;
    rig_page(rig, &open, "A", first);
    rig_page(rig, &open, "B", last);
    for (int i = 0; i < 2; i++) { /* two pages are in flight */
        ASSERT_OK(page_begin(rig->store, open.dossier, open.document, id, temp, &fd, err));
        close(fd);
    }
    ASSERT_OK(claim_release_others(rig->store, "owner-2", MACHINE, &released, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM question"), 1);
    AUTO(js) struct js *asked = rig_view(rig, last);
    assert_string_equal(js_text_or(asked, "questions[0].code", ""), QUESTION_INTERRUPTED);
    ASSERT_OK(page_answer(rig->store, last, QUESTION_INTERRUPTED, true, CLERK, err));
    ASSERT_OK(questions_check_answered(rig->store, open.document, err));
    ASSERT_OK(page_interrupted(rig->store, temp, MACHINE, err)); /* it happened once more */
    ASSERT_ERR(ERR_PAGE_QUESTION, questions_check_answered(rig->store, open.document, err));
    char other[PAGE_TEMP_SIZE]; /* nothing can come to a paper that was compared */
    snprintf(other, sizeof other, "page.%s.%s", id, compared.document);
    ASSERT_OK(page_interrupted(rig->store, other, MACHINE, err));
    ASSERT_OK(page_interrupted(rig->store, "out.0", MACHINE, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM question"), 1);
}

static void a_document_whose_first_sheet_was_in_motion_waits_for_a_person(void **state)
{
    struct rig *rig = *state;
    struct paper open = rig_paper(rig);
    char id[ID_SIZE], temp[PAGE_TEMP_SIZE];
    int fd;
    int64_t released;
    ASSERT_OK(page_begin(rig->store, open.dossier, open.document, id, temp, &fd, err));
    close(fd);
    ASSERT_OK(claim_release_others(rig->store, "owner-2", MACHINE, &released, err));
    assert_string_equal(state_of(rig, MACHINE_document, open.document), "held");
    assert_int_equal(
        rig_number(rig, "SELECT count(*) FROM document WHERE held_reason = 'SCAN_INTERRUPTED'"), 1);
}

static void a_claim_whose_answer_may_be_lost_is_offered_again_after_reopening(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    rig_page(rig, &paper, "A", NULL);
    AUTO(job) struct job *lost = rig_claim(rig, "recognize");
    rig_reopen(rig);
    AUTO(job) struct job *again = rig_claim(rig, "recognize");
    assert_non_null(again);
    ASSERT_ERR(ERR_STATE_CHANGED, rig_complete(rig, lost, err));
    ASSERT_OK(rig_complete(rig, again, err));
}

static void a_stage_nobody_knows_is_an_error(void **state)
{
    struct rig *rig = *state;
    struct job *job = NULL;
    ASSERT_ERR(ERR_BAD_ARGUMENT, store_claim(rig->store, &RIG_WISH("polish"), MACHINE, &job, err));
}

static void changes_list_each_subject_once_with_its_state_now(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    store_forget_changes(rig->store);
    assert_true(rig_work(rig, "send"));
    AUTO(js) struct js *changes = store_take_changes(rig->store);
    assert_int_equal(js_count(changes), 1);
    assert_string_equal(js_text_or(changes, "[0].kind", ""), "delivery");
    assert_string_equal(js_text_or(changes, "[0].state", ""), "sent");
    assert_string_equal(js_text_or(changes, "[0].dossier_id", ""), paper.dossier);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_paper_goes_all_the_way_and_every_job_says_what_its_worker_needs),
        T(a_document_with_two_targets_closes_with_the_last_delivery),
        T(without_a_target_documents_wait_coded),
        T(work_is_handed_out_oldest_first_and_once),
        T(an_ended_lease_is_taken_over_and_the_first_owner_comes_too_late),
        T(a_result_whose_lease_ended_still_counts_when_nobody_took_over),
        T(completing_or_failing_twice_is_doing_it_once),
        T(a_retry_waits_for_its_time_and_counts),
        T(releasing_what_waits_makes_it_due_now),
        T(what_keeps_killing_its_worker_is_held_and_shows_why),
        T(a_failed_page_is_left_out_and_the_others_go_on),
        T(sending_is_durable_before_the_first_byte_and_offered_again_after_a_restart),
        T(what_happens_to_a_delivery_that_fails),
        T(a_record_the_target_no_longer_has_is_sent_and_accepted_again),
        T(a_target_that_keeps_losing_what_it_took_is_a_persons_matter),
        T(a_receipt_for_other_content_is_not_accepted),
        T(the_record_names_the_signed_file_and_what_was_confirmed),
        T(a_bad_result_changes_nothing_and_the_work_can_still_fail),
        T(work_whose_answer_was_refused_can_be_tried_again_and_is_counted),
        T(a_thumbnail_too_large_is_refused_and_the_page_tried_again),
        T(recognize_without_its_files_is_refused),
        T(damaged_material_is_held_and_does_not_stop_the_others),
        T(a_document_too_large_for_one_message_is_held),
        T(what_cannot_be_read_now_is_put_off_then_held_and_blocks_nobody),
        T(a_clock_that_was_far_ahead_makes_nothing_wait_for_it),
        T(a_new_owner_ends_the_claims_of_others_and_sweeps_their_temps),
        T(the_sheet_that_was_in_motion_is_asked_about_at_the_page_before_it),
        T(a_document_whose_first_sheet_was_in_motion_waits_for_a_person),
        T(a_claim_whose_answer_may_be_lost_is_offered_again_after_reopening),
        T(a_stage_nobody_knows_is_an_error),
        T(changes_list_each_subject_once_with_its_state_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
