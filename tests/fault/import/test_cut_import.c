#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "queue/store/import.h"
#include "queue/store/page_layer.h"
#include "tests/unit/queue/store/rig.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>

/*
 * An import whose process is killed at every call that changes the store, before and after it, with
 * each setting of `papers`: whatever was cut, what comes out is the same papers with the same
 * pages, and the balance holds.
 */

#define FOLDER "old"

struct lying {
    const char *path, *kind;
    int pages;
};

struct import_case {
    enum import_papers papers;
    const struct lying *files;
    size_t count;
    const char *wanted; /* the documents by their pages' numbers in their files; ?: asked about */
};

/* ---- the process that is killed
 * -------------------------------------------------------------------
 */

static long calls_left; /* below 0: not killed */

/* Around each call that changes the store. */
static void maybe_die(void)
{
    if (calls_left >= 0 && calls_left-- == 0)
        raise(SIGKILL);
}

#define CHANGE(call)                                                                               \
    do {                                                                                           \
        maybe_die();                                                                               \
        if (call)                                                                                  \
            _exit(2);                                                                              \
        maybe_die();                                                                               \
    } while (0)

static void sweep(struct store *store, const struct import_case *c, size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++) {
        struct import_file file = {.path = c->files[i].path,
                                   .kind = c->files[i].kind,
                                   .size_bytes = 100,
                                   .mtime_us = 1,
                                   .stable = true,
                                   .papers = c->papers};
        CHANGE(import_see(store, FOLDER, number, &file, MACHINE, NULL));
    }
    CHANGE(import_swept(store, FOLDER, number, (int64_t)count, MACHINE, NULL));
}

static const struct lying *find(const struct import_case *c, const char *path)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->files[i].path, path) == 0)
            return &c->files[i];
    _exit(3);
}

static int64_t fill(int fd, const char *text, char out_sha256[HASH_HEX_SIZE])
{
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        _exit(4);
    hash_bytes(text, strlen(text), out_sha256);
    return (int64_t)strlen(text);
}

static void keep_layer(struct store *store, const char *page_id)
{
    static const char words[] =
        "{\"schema\":\"sohoa.words/1\",\"width_mm\":210.0,\"height_mm\":297.0,"
        "\"skew_deg\":0.0,\"source\":\"text layer\",\"words\":[]}";
    AUTO(fd) int fd = -1;
    if (file_memfd("words", words, strlen(words), &fd, NULL))
        _exit(5);
    CHANGE(page_layer_keep(store, page_id, fd, NULL));
}

static void write_page(struct store *store, const struct import_step *step, const char *path)
{
    char text[200], sha256[HASH_HEX_SIZE];
    snprintf(text, sizeof text, "%s:%" PRId64, path, step->page);
    int64_t size = fill(step->temp_fd, text, sha256);
    struct page_capture capture = rig_page_of_file(step, "import/" FOLDER, sha256, (size_t)size);
    capture.position = step->position;
    keep_layer(store, step->page_id);
    CHANGE(page_commit(store, &capture, MACHINE, NULL));
}

static bool do_step(struct store *store, const struct import_case *c)
{
    struct import_step step;
    char sha256[HASH_HEX_SIZE];
    CHANGE(import_next(store, FOLDER, MACHINE, &step, NULL));
    const char *path = js_text_or(step.item, "path", ""), *id = js_text_or(step.item, "id", "");
    if (step.what == IMPORT_TAKE) {
        int64_t size = fill(step.temp_fd, path, sha256);
        struct import_take take = {
            .id = id, .temp = step.temp, .sha256 = sha256, .size_bytes = size};
        CHANGE(import_took(store, &take, MACHINE, NULL));
    } else if (step.what == IMPORT_COUNT) {
        CHANGE(import_counted(store, id, find(c, path)->pages, NULL, MACHINE, NULL));
    } else if (step.what == IMPORT_PAGE) {
        write_page(store, &step, path);
    }
    bool any = step.what != IMPORT_NOTHING;
    import_step_done(&step);
    return any;
}

/* Every page says by its number whether a paper starts there: 1 surely, 4 perhaps. */
static struct js *understood(struct store *store, const struct job *job)
{
    AUTO(js) struct js *pages = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    const char *id = job_text(job, "id");
    if (db_query(store->db,
                 "SELECT sheet FROM page WHERE document_id = ? AND state = 'recognized' "
                 "ORDER BY position",
                 DB_BIND(DB_TEXT(id)), &q, NULL))
        _exit(6);
    while (!query_next(q, &row, NULL) && row) {
        int sheet = (int)query_int(q, 0);
        js_push(pages, js_pack("{s:{s:b, s:f}}", "starts_document", "value",
                               sheet == 1 || sheet == 3 || sheet == 4, "confidence",
                               sheet == 4 ? 0.6 : 0.97));
    }
    return js_pack("{s:s, s:f, s:{}, s:O}", "type", "decision", "type_score", 0.9, "fields",
                   "pages", pages);
}

static bool do_stage(struct rig *rig, const char *stage)
{
    AUTO(job) struct job *job = NULL;
    int fds[2] = {-1, -1};
    maybe_die();
    job = rig_claim(rig, stage);
    maybe_die();
    if (!job)
        return false;
    AUTO(js)
    struct js *result =
        strcmp(stage, "understand") == 0 ? understood(rig->store, job) : rig_result(job, fds);
    CHANGE(store_complete(rig->store, job_text(job, "claim"), result, fds, fds[0] >= 0 ? 2 : 0,
                          MACHINE, NULL));
    return true;
}

/* All but the last file lie there first; the last one comes when the others are read. */
static void import_all(struct rig *rig, const struct import_case *c, int64_t round)
{
    for (size_t late = 0; late < 2; late++) {
        sweep(rig->store, c, c->count - 1 + late, 2 * round + (int64_t)late + 1);
        while (do_step(rig->store, c))
            ;
        while (do_stage(rig, "recognize") || do_stage(rig, "understand"))
            ;
    }
}

/* ---- what came out
 * -----------------------------------------------------------------------------------
 */

static void describe(struct rig *rig, char *out, size_t size)
{
    AUTO(mem) char *told = NULL;
    ASSERT_OK(db_text(
        rig->store->db,
        "SELECT group_concat(said, ' | ') FROM (SELECT group_concat(page, ' ') AS said FROM ("
        "SELECT p.document_id AS document, d.ordinal AS ordinal, "
        "p.sheet || CASE WHEN u.code IS NULL THEN '' ELSE '?' "
        "END AS page FROM page p JOIN document d ON d.id = p.document_id LEFT JOIN question u "
        "ON u.page_id = p.id WHERE p.state <> 'rejected' ORDER BY d.ordinal, p.position) "
        "GROUP BY document ORDER BY ordinal)",
        DB_BIND_NONE, &told, err));
    snprintf(out, size, "%s", told ? told : "");
}

static void check(struct rig *rig, const struct import_case *c, long cut)
{
    char told[400];
    AUTO(js) struct js *balance = NULL;
    describe(rig, told, sizeof told);
    if (strcmp(told, c->wanted) != 0)
        fail_msg("%s, cut at %ld: '%s'", import_papers_name(c->papers), cut, told);
    ASSERT_OK(import_balance_of(rig->store, FOLDER, &balance, err));
    assert_int_equal(js_int_or(balance, "balance.difference", -1), 0);
    assert_int_equal(js_int_or(balance, "balance.imported", -1), c->count);
    assert_int_equal(rig_number(rig, "SELECT count(*) - count(DISTINCT image_sha256) FROM page"),
                     0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page p WHERE NOT EXISTS "
                                     "(SELECT 1 FROM page_layer l WHERE l.page_id = p.id)"),
                     0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page_layer l WHERE NOT EXISTS "
                                     "(SELECT 1 FROM page p WHERE p.id = l.page_id)"),
                     0);
    rig_check_invariants(rig);
}

/* False: it came to its end before it was to be killed. */
static bool run_killed(struct rig *rig, const struct import_case *c, long cut, int64_t round)
{
    store_close(rig->store);
    rig->store = NULL;
    pid_t pid = fork();
    if (pid == 0) {
        calls_left = cut;
        if (store_open(&rig->options, &rig->store, NULL))
            _exit(7);
        import_all(rig, c, round);
        store_close(rig->store);
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    ASSERT_OK(store_open(&rig->options, &rig->store, err));
    if (!WIFSIGNALED(status) && WEXITSTATUS(status) != 0)
        fail_msg("cut at %ld: exit %d", cut, WEXITSTATUS(status));
    return WIFSIGNALED(status);
}

static void cut_everywhere(const struct import_case *c)
{
    long cut = 0;
    for (bool killed = true; killed; cut++) {
        void *state = NULL;
        assert_int_equal(rig_setup(&state), 0);
        struct rig *rig = state;
        killed = run_killed(rig, c, cut, 0);
        if (killed)
            assert_false(run_killed(rig, c, -1, 1));
        check(rig, c, cut);
        rig_teardown(&state);
    }
    print_message("papers = %s: killed at %ld places\n", import_papers_name(c->papers), cut - 1);
}

#define CASE(rule, list, told)                                                                     \
    {                                                                                              \
        .papers = rule, .files = list, .count = COUNT_OF(list), .wanted = told                     \
    }

static void whatever_is_cut_the_papers_are_the_same(void **state)
{
    (void)state;
    static const struct lying each[] = {{"a.jpg", "jpeg", 1}, {"b.pdf", "pdf", 2}};
    static const struct lying folder[] = {
        {"an/p10.jpg", "jpeg", 1}, {"an/p2.pdf", "pdf", 2}, {"an/p3.jpg", "jpeg", 1}};
    static const struct lying name[] = {
        {"don 1.pdf", "pdf", 2}, {"don 10.pdf", "pdf", 1}, {"don 9.pdf", "pdf", 1}};
    static const struct lying split[] = {{"pile.tif", "tiff", 5}, {"one.jpg", "jpeg", 1}};
    static const struct import_case cases[] = {
        CASE(PAPERS_FILE, each, "1 | 1 2"),
        CASE(PAPERS_FOLDER, folder, "1 2 1 1"),
        CASE(PAPERS_NAME, name, "1 2 1 1"),
        CASE(PAPERS_SPLIT, split, "1 2 | 3 4? 5 | 1"),
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        cut_everywhere(&cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_cut_the_papers_are_the_same),
    };
    setenv("TMPDIR", "/dev/shm", 1); /* what a killed process wrote stays, wherever it lies */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
