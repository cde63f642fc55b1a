#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"

#include <errno.h>
#include <sys/mount.h>

/*
 * The disk fails at the 1st, 2nd, … n-th write, flush, link or rename (SQLite's included, see
 * sys_vfs.c) during each operation that changes something. Afterwards the store is opened anew:
 * what was acknowledged is there, a row implies its sound blob, and the same operation then
 * succeeds.
 */

static void disk_is_well(void)
{
    for (int call = 0; call < SYS_CALL_COUNT; call++)
        sys_fail_from((enum sys_call)call, 0, 0);
}

/* One operation: the state it starts from, how it is done, what shows that it was done. */
struct operation {
    const char *name, *from, *to;
    enum err_code (*run)(struct rig *rig, const struct paper *paper, struct err *err);
};

static enum err_code add_page(struct rig *rig, const struct paper *paper, struct err *err)
{
    char id[ID_SIZE];
    return rig_try_page(rig, paper, "a new page", id, err);
}

static enum err_code run_stage(struct rig *rig, const char *stage, struct err *err)
{
    AUTO(job) struct job *job = NULL;
    enum err_code code = store_claim(rig->store, &RIG_WISH(stage), MACHINE, &job, err);
    if (code || !job)
        return code;
    return rig_complete(rig, job, err);
}

#define STAGE_RUN(stage)                                                                           \
    static enum err_code run_##stage(struct rig *rig, const struct paper *paper, struct err *err)  \
    {                                                                                              \
        (void)paper;                                                                               \
        return run_stage(rig, #stage, err);                                                        \
    }
STAGE_RUN(compose)
STAGE_RUN(seal)
STAGE_RUN(code)
STAGE_RUN(queue)
STAGE_RUN(send)

static enum err_code read_all_pages(struct rig *rig, const struct paper *paper, struct err *err)
{
    enum err_code code = document_finish_scan(rig->store, paper->document, CLERK, err);
    if (!code)
        code = run_stage(rig, "recognize", err);
    return code ? code : run_stage(rig, "understand", err);
}

static enum err_code compare(struct rig *rig, const struct paper *paper, struct err *err)
{
    AUTO(js) struct js *answers = js_pack("{s:n, s:n}", "owner_id", "issue_date");
    char revision[REVISION_SIZE];
    enum err_code code = document_revision(rig->store, paper->document, revision, err);
    struct comparison comparison = {.compared = true, .revision = revision, .answers = answers};
    return code ? code : document_confirm(rig->store, paper->document, &comparison, CLERK, err);
}

static enum err_code compose_and_seal(struct rig *rig, const struct paper *paper, struct err *err)
{
    enum err_code code = run_compose(rig, paper, err);
    return code ? code : run_seal(rig, paper, err);
}

static const struct operation operations[] = {
    {"page", "open", "open", add_page},       {"read", "open", "read", read_all_pages},
    {"compare", "read", "copied", compare},   {"seal", "copied", "signed", compose_and_seal},
    {"code", "extracted", "coded", run_code}, {"queue", "coded", "queued", run_queue},
    {"send", "queued", "queued", run_send},
};

static int64_t pages_of(struct rig *rig, const struct paper *paper)
{
    int64_t count = -1;
    ASSERT_OK(db_number(rig->store->db, "SELECT count(*) FROM page WHERE document_id = ?",
                        DB_BIND(DB_TEXT(paper->document)), -1, &count, err));
    return count;
}

static void expect_done(struct rig *rig, const struct operation *operation,
                        const struct paper *paper, int64_t pages_before)
{
    assert_string_equal(state_of(rig, MACHINE_document, paper->document), operation->to);
    if (operation->run == add_page)
        assert_true(pages_of(rig, paper) > pages_before);
    if (operation->run == run_send)
        assert_true(rig_number(rig, "SELECT count(*) FROM delivery WHERE state = 'sent'") > 0);
}

/* Tries until it is done, as the pipeline would; claims left over are ended as at a start. */
static void do_after_all(struct rig *rig, const struct operation *operation,
                         const struct paper *paper, int64_t pages_before)
{
    int64_t released;
    ASSERT_OK(claim_release_others(rig->store, "owner-2", MACHINE, &released, err));
    for (int i = 0; i < 3; i++) {
        if (strcmp(state_of(rig, MACHINE_document, paper->document), "held") == 0)
            ASSERT_OK(subject_release(rig->store, MACHINE_document, paper->document, CLERK, err));
        ASSERT_OK(db_script(rig->store->db,
                            "UPDATE page SET not_before_us = 0; "
                            "UPDATE document SET not_before_us = 0; "
                            "UPDATE delivery SET not_before_us = 0",
                            err));
        bool done = strcmp(state_of(rig, MACHINE_document, paper->document), operation->to) == 0;
        if (operation->run == add_page)
            done = pages_of(rig, paper) > pages_before;
        if (operation->run == run_send)
            done = rig_number(rig, "SELECT count(*) FROM delivery WHERE state = 'sent'") > 0;
        if (!done)
            operation->run(rig, paper, NULL);
    }
    expect_done(rig, operation, paper, pages_before);
    rig_check_invariants(rig);
}

/* false: the operation no longer gets as far as the n-th call. */
static bool fail_once(struct rig *rig, const struct operation *operation, enum sys_call call,
                      unsigned long nth, int error)
{
    struct paper paper = rig_paper_in(rig, operation->from, 1);
    int64_t before = pages_of(rig, &paper);
    struct err err = ERR_INIT;
    sys_fail_from(call, nth, error);
    enum err_code code = operation->run(rig, &paper, &err);
    bool reached = sys_calls(call) >= nth;
    disk_is_well();
    if (!code) {
        assert_false(reached);
        expect_done(rig, operation, &paper, before);
    } else if (error == ENOSPC && err.code != ERR_DISK_FULL) {
        fail_msg("%s: %s (%s), wanted DISK_FULL", operation->name, err_name(err.code), err.detail);
    }
    rig_reopen(rig);
    rig_check_invariants(rig);
    assert_true(pages_of(rig, &paper) >= before);
    if (!code)
        expect_done(rig, operation, &paper, before);
    else
        do_after_all(rig, operation, &paper, before);
    ASSERT_OK(db_script(rig->store->db, /* out of the way of the next round */
                        "UPDATE document SET state = 'closed', held_from = NULL; "
                        "UPDATE page SET state = 'recognized', held_from = NULL; "
                        "UPDATE delivery SET state = 'reconciled', held_from = NULL; "
                        "DELETE FROM claim",
                        err));
    return reached;
}

static void fail_every(struct rig *rig, int error)
{
    static const char *const names[] = {"write", "flush", "rename", "link"};
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        for (int call = 0; call < SYS_CALL_COUNT; call++) {
            unsigned long nth = 1;
            while (fail_once(rig, &operations[i], (enum sys_call)call, nth, error))
                nth++;
            print_message("%s: %lu of %s\n", operations[i].name, nth - 1, names[call]);
        }
    }
}

static void no_write_flush_or_link_that_fails_loses_what_was_acknowledged(void **state)
{
    fail_every(*state, EIO);
}

static void a_disk_that_fills_up_anywhere_is_named_and_nothing_is_lost(void **state)
{
    fail_every(*state, ENOSPC);
}

/* A page_commit that failed is asked again with the same temp, as the daemon does. */
static void a_page_whose_commit_failed_can_be_committed_again(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    for (int call = 0; call < SYS_CALL_COUNT; call++) {
        for (unsigned long nth = 1;; nth++) {
            char id[ID_SIZE], temp[PAGE_TEMP_SIZE], content[60], sha256[HASH_HEX_SIZE];
            int fd;
            snprintf(content, sizeof content, "page %d %lu", call, nth);
            hash_bytes(content, strlen(content), sha256);
            ASSERT_OK(page_begin(rig->store, paper.dossier, paper.document, id, temp, &fd, err));
            assert_int_equal(write(fd, content, strlen(content)), strlen(content));
            close(fd);
            struct page_capture capture = {.page_id = id,
                                           .temp = temp,
                                           .sha256 = sha256,
                                           .pixel_sha256 = sha256,
                                           .size_bytes = (int64_t)strlen(content),
                                           .device = "d",
                                           .side = "front",
                                           .captured_by = "c"};
            sys_fail_from((enum sys_call)call, nth, EIO);
            enum err_code code = page_commit(rig->store, &capture, CLERK, NULL);
            disk_is_well();
            if (!code)
                break;
            if (nth % 2)
                rig_reopen(rig);
            ASSERT_OK(page_commit(rig->store, &capture, CLERK, err));
            rig_check_invariants(rig);
        }
    }
}

static void a_database_that_may_not_grow_refuses_and_goes_on_when_it_may(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char sql[80], id[ID_SIZE];
    int acknowledged = 0;
    struct err err = ERR_INIT;
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld",
             (long long)rig_number(rig, "PRAGMA page_count") + 3);
    ASSERT_OK(db_script(rig->store->db, sql, err));
    enum err_code code = ERR_OK;
    for (int i = 0; !code && i < 1000; i++) {
        char content[40];
        snprintf(content, sizeof content, "page %d", i);
        code = rig_try_page(rig, &paper, content, id, &err);
        acknowledged += !code;
    }
    assert_int_equal(code, ERR_DISK_FULL);
    assert_int_equal(pages_of(rig, &paper), acknowledged);
    rig_reopen(rig);
    assert_int_equal(pages_of(rig, &paper), acknowledged);
    rig_page(rig, &paper, "one more", NULL);
    rig_check_invariants(rig);
}

/* The real thing, where mounting is allowed: a file system of two megabytes. */
static void a_full_file_system_keeps_every_acknowledged_page(void **state)
{
    struct rig *rig = *state;
    struct store *outside = rig->store;
    char *small = test_make_folder();
    if (mount("tmpfs", small, "tmpfs", 0, "size=3m") != 0) {
        print_message("SKIP: no right to mount a small file system\n");
        test_remove_folder(small);
        skip();
    }
    struct store_options options = rig->options;
    options.folder = small;
    rig->store = NULL;
    ASSERT_OK(store_open(&options, &rig->store, err));
    struct paper paper = rig_paper(rig);
    int acknowledged = 0;
    struct err err = ERR_INIT;
    enum err_code code = ERR_OK;
    static char content[50001];
    memset(content, 'p', sizeof content - 1);
    for (int i = 0; !code && i < 1000; i++) {
        char id[ID_SIZE], temp[PAGE_TEMP_SIZE], sha256[HASH_HEX_SIZE];
        int fd = -1;
        snprintf(content, 12, "%010d", i);
        content[10] = 'p';
        hash_bytes(content, sizeof content - 1, sha256);
        code = page_begin(rig->store, paper.dossier, paper.document, id, temp, &fd, &err);
        if (!code && write(fd, content, sizeof content - 1) != (ssize_t)sizeof content - 1)
            code = err_set(&err, ERR_DISK_FULL, "the scanner's write");
        fd_close(fd);
        struct page_capture capture = {.page_id = id,
                                       .temp = temp,
                                       .sha256 = sha256,
                                       .pixel_sha256 = sha256,
                                       .size_bytes = sizeof content - 1,
                                       .device = "d",
                                       .side = "front",
                                       .captured_by = "c"};
        if (!code)
            code = page_commit(rig->store, &capture, CLERK, &err);
        acknowledged += !code;
    }
    print_message("%d pages, then %s: %s\n", acknowledged, err_name(err.code), err.detail);
    assert_int_equal(code, ERR_DISK_FULL);
    assert_true(acknowledged > 5);
    store_close(rig->store);
    rig->store = NULL;
    ASSERT_OK(store_open(&options, &rig->store, err)); /* opens although the disk is full */
    assert_int_equal(pages_of(rig, &paper), acknowledged);
    rig_check_invariants(rig);
    store_close(rig->store);
    rig->store = outside;
    assert_int_equal(umount(small), 0);
    test_remove_folder(small);
}

/* ---- memory ---- */

static void no_allocation_that_fails_breaks_the_store(void **state)
{
    struct rig *rig = *state;
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        unsigned long nth = 1;
        for (bool reached = true; reached; nth += nth < 40 ? 1 : 7) {
            struct paper paper = rig_paper_in(rig, operations[i].from, 1);
            int64_t before = pages_of(rig, &paper);
            struct err err = ERR_INIT;
            mem_fail_from(nth);
            enum err_code code = operations[i].run(rig, &paper, &err);
            reached = mem_allocations() >= nth;
            mem_fail_from(0);
            bool held = strcmp(state_of(rig, MACHINE_document, paper.document), "held") == 0;
            bool put_off = rig_number(rig, "SELECT max((SELECT max(not_before_us) FROM page), "
                                           "(SELECT max(not_before_us) FROM document), coalesce("
                                           "(SELECT max(not_before_us) FROM delivery), 0))") > 0;
            if (!code && !held && !put_off)
                expect_done(rig, &operations[i], &paper, before);
            else
                do_after_all(rig, &operations[i], &paper, before);
            assert_false(db_in_transaction(rig->store->db));
            ASSERT_OK(db_script(rig->store->db,
                                "UPDATE document SET state = 'closed', held_from = NULL; "
                                "UPDATE page SET state = 'recognized', held_from = NULL; "
                                "UPDATE delivery SET state = 'reconciled', held_from = NULL; "
                                "DELETE FROM claim",
                                err));
        }
        print_message("%s: %lu allocations\n", operations[i].name, nth);
    }
}

int main(void)
{
    if (access("/dev/shm", W_OK) == 0) /* flushes are counted here, not waited for */
        setenv("TMPDIR", "/dev/shm", 1);
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(no_write_flush_or_link_that_fails_loses_what_was_acknowledged),
        T(a_disk_that_fills_up_anywhere_is_named_and_nothing_is_lost),
        T(a_page_whose_commit_failed_can_be_committed_again),
        T(a_database_that_may_not_grow_refuses_and_goes_on_when_it_may),
        T(a_full_file_system_keeps_every_acknowledged_page),
        T(no_allocation_that_fails_breaks_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
