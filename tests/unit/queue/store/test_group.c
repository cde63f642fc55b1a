#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"

#include <dirent.h>
#include <errno.h>

/* Several transactions, one commit. */

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

static int64_t dossiers(struct rig *rig)
{
    return rig_number(rig, "SELECT count(*) FROM dossier");
}

static enum err_code new_dossier(struct rig *rig, const char *code)
{
    char id[ID_SIZE];
    struct dossier_wish wish = {.code = code, .papers = -1};
    return dossier_create(rig->store, &wish, CLERK, id, NULL);
}

static void nothing_of_a_group_is_durable_before_its_commit(void **state)
{
    struct rig *rig = *state;
    ASSERT_OK(store_group_begin(rig->store, err));
    for (int i = 0; i < 3; i++)
        assert_int_equal(new_dossier(rig, NULL), ERR_OK);
    assert_int_equal(dossiers(rig), 3);
    rig_reopen(rig);
    assert_int_equal(dossiers(rig), 0);
    ASSERT_OK(store_group_begin(rig->store, err));
    for (int i = 0; i < 3; i++)
        assert_int_equal(new_dossier(rig, NULL), ERR_OK);
    ASSERT_OK(store_group_commit(rig->store, err));
    rig_reopen(rig);
    assert_int_equal(dossiers(rig), 3);
}

static void a_group_is_flushed_once(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(new_dossier(rig, NULL), ERR_OK);
    sys_fail_from(SYS_FSYNC, 0, 0);
    assert_int_equal(new_dossier(rig, NULL), ERR_OK);
    unsigned long alone = sys_calls(SYS_FSYNC);
    sys_fail_from(SYS_FSYNC, 0, 0);
    ASSERT_OK(store_group_begin(rig->store, err));
    for (int i = 0; i < 20; i++)
        assert_int_equal(new_dossier(rig, NULL), ERR_OK);
    assert_int_equal(sys_calls(SYS_FSYNC), 0);
    ASSERT_OK(store_group_commit(rig->store, err));
    assert_int_equal(sys_calls(SYS_FSYNC), alone);
}

/* One fails at once, one after it has written: both leave nothing, the others stay. */
static void one_that_fails_takes_no_other_with_it(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 1);
    char id[ID_SIZE];
    AUTO(js) struct js *answers = js_pack("{s:s}", "issue_date", "2026-02-30");
    struct comparison wrong = {
        .compared = true, .answers = answers, .revision = rig_revision(rig, paper.document)};
    ASSERT_OK(store_group_begin(rig->store, err));
    assert_int_equal(new_dossier(rig, "H56.14-240823-0001"), ERR_OK);
    ASSERT_ERR(ERR_NOT_FOUND, document_create(rig->store, paper.document, CLERK, id, err));
    assert_int_equal(new_dossier(rig, "H56.14-240823-0001"), ERR_DOSSIER_CODE_TAKEN);
    ASSERT_ERR(ERR_FIELD_INVALID, document_confirm(rig->store, paper.document, &wrong, CLERK, err));
    ASSERT_OK(document_reject(rig->store, paper.document, "test", CLERK, err));
    ASSERT_ERR(ERR_STATE_CHANGED, document_reopen(rig->store, paper.document, CLERK, err));
    ASSERT_OK(store_group_commit(rig->store, err));
    rig_reopen(rig);
    assert_int_equal(dossiers(rig), 2);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "rejected");
    rig_check_invariants(rig);
}

/* job_build fails after the claim's row was written. */
static void a_claim_whose_material_is_gone_is_passed_over_inside_a_group(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char bad[ID_SIZE], good[ID_SIZE];
    AUTO(mem) char *sha256 = NULL;
    AUTO(mem) char *path = NULL;
    rig_page(rig, &paper, "A", bad);
    rig_page(rig, &paper, "B", good);
    ASSERT_OK(db_text(rig->store->db, "SELECT image_sha256 FROM page WHERE id = ?",
                      DB_BIND(DB_TEXT(bad)), &sha256, err));
    ASSERT_OK(blob_path(rig->store->blobs, sha256, &path, err));
    assert_int_equal(unlink(path), 0);
    ASSERT_OK(store_group_begin(rig->store, err));
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    assert_string_equal(job_text(job, "id"), good);
    ASSERT_OK(store_group_commit(rig->store, err));
    assert_string_equal(state_of(rig, MACHINE_page, bad), "held");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM claim"), 1);
}

/* Whatever breaks the commit: all or nothing, and everything can be done again. */
static void a_commit_that_fails_takes_everything_back(void **state)
{
    struct rig *rig = *state;
    static const struct {
        enum sys_call call;
        int error;
    } faults[] = {{SYS_FSYNC, EIO}, {SYS_WRITE, ENOSPC}, {SYS_WRITE, EIO}};
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct paper paper = rig_paper_in(rig, "copied", 1);
        struct paper open = rig_paper(rig);
        AUTO(job) struct job *compose = rig_claim(rig, "compose");
        AUTO(js) struct js *result = rig_result(compose, (int[2]){-1, -1});
        int64_t before = dossiers(rig);
        char page[ID_SIZE], temp[PAGE_TEMP_SIZE];
        int fd = -1;
        assert_int_equal(temps_of(rig), 1);

        ASSERT_OK(store_group_begin(rig->store, err));
        assert_int_equal(new_dossier(rig, NULL), ERR_OK);
        ASSERT_OK(page_begin(rig->store, open.dossier, open.document, page, temp, &fd, err));
        close(fd);
        ASSERT_OK(
            store_complete(rig->store, job_text(compose, "claim"), result, NULL, 0, MACHINE, err));
        sys_fail_from(faults[i].call, 1, faults[i].error);
        struct err why = ERR_INIT;
        assert_int_not_equal(store_group_commit(rig->store, &why), ERR_OK);
        sys_fail_from(faults[i].call, 0, 0);

        assert_int_equal(why.code, faults[i].error == ENOSPC ? ERR_DISK_FULL : ERR_IO);
        assert_int_equal(dossiers(rig), before);
        assert_int_equal(temps_of(rig), 1); /* what was composed; not the page that was begun */
        ASSERT_OK(
            store_complete(rig->store, job_text(compose, "claim"), result, NULL, 0, MACHINE, err));
        assert_int_equal(temps_of(rig), 0);
        assert_string_equal(state_of(rig, MACHINE_document, paper.document), "copied");
        rig_check_invariants(rig);
    }
}

/* SQLite gives the whole transaction up when a write in the middle of it does not fit. */
static void a_group_given_up_in_the_middle_says_so_to_the_end(void **state)
{
    struct rig *rig = *state;
    ASSERT_OK(db_script(rig->store->db, "PRAGMA cache_size = 5", err));
    ASSERT_OK(store_group_begin(rig->store, err));
    assert_int_equal(new_dossier(rig, NULL), ERR_OK);
    sys_fail_from(SYS_WRITE, 1, ENOSPC);
    enum err_code code = ERR_OK;
    for (int i = 0; !code && i < 2000; i++)
        code = new_dossier(rig, NULL);
    sys_fail_from(SYS_WRITE, 0, 0);
    assert_int_equal(code, ERR_DISK_FULL);
    int64_t count;
    ASSERT_ERR(ERR_DISK_FULL, db_number(rig->store->db, "SELECT count(*) FROM dossier",
                                        DB_BIND_NONE, 0, &count, err));
    assert_int_equal(new_dossier(rig, NULL), ERR_DISK_FULL);
    ASSERT_ERR(ERR_DISK_FULL, store_group_commit(rig->store, err));
    assert_int_equal(dossiers(rig), 0);
    assert_int_equal(new_dossier(rig, NULL), ERR_OK);
}

/* The answers of one group are lost together. */
static void claims_that_were_taken_together_are_all_offered_again(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    for (int i = 0; i < 5; i++)
        rig_page(rig, &paper, (char[2]){(char)('A' + i), 0}, NULL);
    AUTO(job) struct job *kept = rig_claim(rig, "recognize");
    ASSERT_OK(store_group_begin(rig->store, err));
    for (int i = 0; i < 3; i++) {
        AUTO(job) struct job *job = rig_claim(rig, "recognize");
        assert_non_null(job);
    }
    ASSERT_OK(store_group_commit(rig->store, err));
    rig_reopen(rig);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM claim"), 1);
    ASSERT_OK(rig_complete(rig, kept, err));
    for (int i = 0; i < 4; i++)
        assert_true(rig_work(rig, "recognize"));
    assert_false(rig_work(rig, "recognize"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(nothing_of_a_group_is_durable_before_its_commit),
        T(a_group_is_flushed_once),
        T(one_that_fails_takes_no_other_with_it),
        T(a_claim_whose_material_is_gone_is_passed_over_inside_a_group),
        T(a_commit_that_fails_takes_everything_back),
        T(a_group_given_up_in_the_middle_says_so_to_the_end),
        T(claims_that_were_taken_together_are_all_offered_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
