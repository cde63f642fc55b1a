#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"
#include "queue/store/due_purge.h"
#include "queue/store/purge.h"
#include "queue/store/task.h"

#include <sys/stat.h>

/* Retention: contents go when they have long been safe elsewhere, and not on an old word. */

#define DAYS 30

/* A closed paper of a closed dossier, as old as `days`. */
static struct paper old_paper(struct rig *rig, int days)
{
    struct paper paper = rig_paper_in(rig, "closed", 1);
    int64_t then_us = sys_now_us() - days * INT64_C(86400000000);
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE dossier SET closed_us = 1, closed_by = 'x' WHERE id = ?",
                     DB_BIND(DB_TEXT(paper.dossier)), err));
    ASSERT_OK(db_run(rig->store->db, "UPDATE document SET state_us = ? WHERE id = ?",
                     DB_BIND(DB_INT(then_us), DB_TEXT(paper.document)), err));
    return paper;
}

static int64_t step(struct rig *rig, const char *what)
{
    AUTO(js) struct js *done = NULL;
    ASSERT_OK(due_purge_step(rig->store, DAYS, 20, MACHINE, &done, err));
    if (purge_is_due(rig->store))
        ASSERT_OK(purge_finish(rig->store, err));
    return js_int_or(done, what, -1);
}

/* The warehouse reads it back now. */
static void look(struct rig *rig, const char *pdf_proof)
{
    AUTO(job) struct job *job = rig_claim(rig, "reconcile");
    assert_non_null(job);
    AUTO(js)
    struct js *result =
        js_pack("{s:{s:s?, s:s, s:s, s:s, s:I}}", "receipt", "remote_name",
                job_text(job, "args.remote_name"), "pdf_sha256", job_text(job, "args.pdf_sha256"),
                "json_sha256", job_text(job, "args.json_sha256"), "pdf_proof", pdf_proof,
                "read_at_us", sys_now_us());
    ASSERT_OK(store_complete(rig->store, job_text(job, "claim"), result, NULL, 0, MACHINE, err));
}

static void refuse(struct rig *rig, const char *code)
{
    AUTO(job) struct job *job = rig_claim(rig, "reconcile");
    assert_non_null(job);
    struct failure failure = {.code = code, .action = FAILURE_RETRY};
    ASSERT_OK(store_fail(rig->store, job_text(job, "claim"), &failure, MACHINE, err));
}

static int64_t tasks(struct rig *rig, const char *kind)
{
    AUTO(js) struct js *found = NULL;
    ASSERT_OK(task_list(rig->store, true, kind, NULL, 100, &found, err));
    return (int64_t)js_count(found);
}

static void contents_go_only_after_a_fresh_look_and_the_tombstone_stays(void **state)
{
    struct rig *rig = *state;
    struct paper paper = old_paper(rig, DAYS + 1), young = old_paper(rig, DAYS - 1);
    assert_int_equal(step(rig, "asked"), 1);
    assert_int_equal(step(rig, "purged"), 0); /* the receipt of then is no look */
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "closed");
    look(rig, "read");
    rig_reopen(rig); /* whatever dies between look and purge */
    assert_int_equal(step(rig, "purged"), 1);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "purged");
    assert_string_equal(state_of(rig, MACHINE_document, young.document), "closed");
    struct document_file file = {.fd = -1};
    ASSERT_ERR(ERR_NOT_FOUND, document_file(rig->store, paper.document, "signed", &file, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM delivery WHERE receipt IS NOT NULL"), 2);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document WHERE result_code IS NOT NULL"),
                     2);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM purge WHERE kind = 'document' AND "
                                     "reason = 'retention' AND done_us IS NOT NULL"),
                     1);
    assert_int_equal(step(rig, "asked"), 0);
    rig_check_invariants(rig);
}

static void a_look_that_fails_keeps_the_contents_and_tells_a_person(void **state)
{
    struct rig *rig = *state;
    static const char *const codes[] = {"NOT_FOUND", "TARGET_MISMATCH"};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct paper paper = old_paper(rig, DAYS + 1);
        assert_int_equal(step(rig, "asked"), 1);
        refuse(rig, codes[i]);
        assert_int_equal(step(rig, "purged"), 0);
        assert_int_equal(tasks(rig, "purge-refused"), i + 1);
        assert_string_equal(state_of(rig, MACHINE_document, paper.document), "closed");
        assert_int_equal(step(rig, "asked"), 0); /* not every night anew */
    }
}

static void a_target_that_is_not_reached_keeps_the_contents(void **state)
{
    struct rig *rig = *state;
    struct paper paper = old_paper(rig, DAYS + 1);
    assert_int_equal(step(rig, "asked"), 1);
    refuse(rig, "TARGET_UNREACHABLE");
    assert_int_equal(step(rig, "purged"), 0);
    assert_int_equal(tasks(rig, "purge-refused"), 0);
    look(rig, "read");
    assert_int_equal(step(rig, "purged"), 1);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "purged");
}

static void a_receiver_that_shows_no_bytes_proves_nothing(void **state)
{
    struct rig *rig = *state;
    struct paper paper = old_paper(rig, DAYS + 1);
    assert_int_equal(step(rig, "asked"), 1);
    look(rig, "answer");
    assert_int_equal(step(rig, "purged"), 0);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "closed");
}

static void what_somebody_may_still_need_stays(void **state)
{
    struct rig *rig = *state;
    static const char *const needs[] = {
        "UPDATE dossier SET closed_us = NULL, closed_by = NULL",
        "INSERT INTO reuse (id, dossier_id, stage, paper_code, class, source, source_document, "
        "taken_us, taken_by) SELECT 'r', (SELECT id FROM dossier WHERE closed_us IS NULL), "
        "'component', 'p', 2, 'local', (SELECT document_id FROM purge_look WHERE ended_us IS "
        "NULL), "
        "1, 'x'",
        "INSERT INTO task (id, kind, document_id, opened_us, opened_by) SELECT 't', 'extra', "
        "document_id, 1, 'x' FROM purge_look WHERE ended_us IS NULL",
    };
    char open_dossier[ID_SIZE];
    rig_dossier(rig, NULL, 1, open_dossier);
    for (size_t i = 0; i < COUNT_OF(needs); i++) {
        struct paper paper = old_paper(rig, DAYS + 1);
        assert_int_equal(step(rig, "asked"), 1);
        look(rig, "read");
        ASSERT_OK(db_script(rig->store->db, needs[i], err)); /* between look and purge */
        assert_int_equal(step(rig, "purged"), 0);
        assert_string_equal(state_of(rig, MACHINE_document, paper.document), "closed");
        assert_int_equal(step(rig, "asked"), 0);
    }
}

static int64_t size_of(struct rig *rig, const char *file)
{
    char path[300];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", rig->folder, file);
    return stat(path, &info) == 0 ? info.st_size : 0;
}

static void the_disk_really_has_more_room_afterwards(void **state)
{
    struct rig *rig = *state;
    enum { PAPERS = 12 };
    for (int i = 0; i < PAPERS; i++)
        old_paper(rig, DAYS + 1);
    AUTO(mem)
    char *bulk = mem_printf("UPDATE page SET info = json_set(info, '$.bulk', "
                            "hex(zeroblob(100000)))");
    ASSERT_OK(db_script(rig->store->db, bulk, err));
    ASSERT_OK(db_script(rig->store->db, "PRAGMA wal_checkpoint(TRUNCATE)", err));
    int64_t before = size_of(rig, "store.db");
    assert_int_equal(step(rig, "asked"), PAPERS);
    for (int i = 0; i < PAPERS; i++)
        look(rig, "read");
    assert_int_equal(step(rig, "purged"), PAPERS);
    int64_t after = size_of(rig, "store.db");
    print_message("store.db: %lld KB before, %lld KB after, log %lld KB\n", (long long)before >> 10,
                  (long long)after >> 10, (long long)size_of(rig, "store.db-wal") >> 10);
    assert_true(after < before - PAPERS * 150000);
    assert_true(size_of(rig, "store.db-wal") < 200000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest all[] = {
        TEST(contents_go_only_after_a_fresh_look_and_the_tombstone_stays),
        TEST(a_look_that_fails_keeps_the_contents_and_tells_a_person),
        TEST(a_target_that_is_not_reached_keeps_the_contents),
        TEST(a_receiver_that_shows_no_bytes_proves_nothing),
        TEST(what_somebody_may_still_need_stays),
        TEST(the_disk_really_has_more_room_afterwards),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
