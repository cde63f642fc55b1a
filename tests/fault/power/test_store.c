#include "tests/fault/power/cuts.h"
#include "tests/flow/store/process.h"

#include "daemon/base/mem.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

/*
 * The store worker alone, under disk_recorder.so: it dies at the 1st, 2nd, … n-th call that changes
 * the disk, before the call and having written one half; and the power is cut in a recorded run of
 * pages, a removal, an orderly end and a kill. What it acknowledged is there afterwards.
 */

#define RECORDER SOHOA_BINARY_DIR "/tests/disk_recorder.so"
#define LOG SOHOA_BINARY_DIR "/tests/fault_power_store.log" /* stays there, for disk_replay */
#define CONTENT_SIZE 9000
#define PAGES_MAX 5000
#define CHECKED_EACH_TIME 5

struct site {
    char *folder, *store, *kill_file;
    struct {
        char id[ID_SIZE], sha256[HASH_HEX_SIZE];
    } page[PAGES_MAX]; /* acknowledged */
    size_t count;
};

static char *in_folder(const char *folder, const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    return path;
}

static int setup(void **state)
{
    struct site *site = calloc(1, sizeof *site);
    site->folder = test_make_folder();
    site->store = in_folder(site->folder, "store");
    site->kill_file = in_folder(site->folder, "kill");
    *state = site;
    return 0;
}

static int teardown(void **state)
{
    struct site *site = *state;
    test_remove_folder(site->folder);
    free(site->store);
    free(site->kill_file);
    free(site);
    return 0;
}

/* ---- dying at the n-th call ---- */

static void start_to_die(struct site *site, struct store_process *p, unsigned nth, bool half)
{
    FILE *file = fopen(site->kill_file, "w");
    assert_non_null(file);
    fprintf(file, "sohoa-store-worker %u %s", nth, half ? "half" : "");
    fclose(file);
    setenv("LD_PRELOAD", RECORDER, 1);
    setenv("DISK_RECORDER_LOG", "/dev/null", 1);
    setenv("DISK_RECORDER_FOLDER", site->folder, 1);
    setenv("DISK_RECORDER_KILL", site->kill_file, 1);
    process_start(p, site->store, NULL);
    unsetenv("LD_PRELOAD");
}

static bool has_died(const struct site *site)
{
    char text[5] = "";
    AUTO(fd) int fd = open(site->kill_file, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, text, 4), 4);
    return strcmp(text, "died") == 0;
}

static enum err_code add_page(struct site *site, struct store_process *p,
                              const struct process_paper *paper)
{
    static unsigned made;
    char content[CONTENT_SIZE + 1];
    snprintf(content, sizeof content, "%-*u", CONTENT_SIZE, ++made); /* no two alike */
    assert_true(site->count < PAGES_MAX);
    enum err_code code = process_page(p, paper, content, site->page[site->count].id, NULL);
    if (code)
        return code;
    hash_bytes(content, strlen(content), site->page[site->count++].sha256);
    return ERR_OK;
}

static void hash_image(struct store_process *p, const char *page, char out[HASH_HEX_SIZE])
{
    uint64_t size;
    AUTO(fd) int fd = -1;
    js_free(process_ok(p, &fd, "page_image", "{\"id\":\"%s\",\"what\":\"image\"}", page));
    assert_int_equal(hash_fd(fd, out, &size, NULL), ERR_OK);
    assert_int_equal(size, CONTENT_SIZE);
}

static void check_page(struct site *site, struct store_process *p, size_t i)
{
    char found[HASH_HEX_SIZE];
    hash_image(p, site->page[i].id, found);
    assert_string_equal(found, site->page[i].sha256);
}

/* The pages stand 1, 2, 3, the last has its image, acknowledged or not, and there is at most one
 * more than was acknowledged for each kill. */
static void check_paper(struct site *site, struct store_process *p,
                        const struct process_paper *paper, unsigned kills)
{
    char found[HASH_HEX_SIZE];
    size_t first = site->count > CHECKED_EACH_TIME ? site->count - CHECKED_EACH_TIME : 0;
    for (size_t i = first; i < site->count; i++)
        check_page(site, p, i);
    AUTO(js)
    struct js *view = process_ok(p, NULL, "document_get", "{\"id\":\"%s\"}", paper->document);
    const struct js *pages = js_at(view, "pages");
    for (size_t i = 0; i < js_count(pages); i++)
        assert_int_equal(js_int_or(js_item(pages, i), "position", 0), i + 1);
    if (js_count(pages))
        hash_image(p, js_text_or(js_item(pages, js_count(pages) - 1), "id", ""), found);
    assert_in_range(js_count(pages), site->count, site->count + kills);
}

static unsigned kill_at_every_call(struct site *site, bool half)
{
    struct store_process p;
    process_start(&p, site->store, NULL);
    struct process_paper paper = process_paper(&p);
    assert_int_equal(process_end(&p), 0);
    site->count = 0;
    for (unsigned nth = 1;; nth++) {
        start_to_die(site, &p, nth, half);
        enum err_code code = ERR_OK;
        for (int i = 0; !code && i < 3; i++)
            code = add_page(site, &p, &paper);
        process_kill(&p);
        process_start(&p, site->store, NULL);
        check_paper(site, &p, &paper, nth);
        bool died = has_died(site);
        assert_int_equal(died, code != ERR_OK);
        for (size_t i = 0; !died && i < site->count; i++)
            check_page(site, &p, i);
        assert_int_equal(process_end(&p), 0);
        if (!died)
            return nth - 1;
    }
}

static void a_store_killed_at_any_write_of_a_page_has_every_page_it_acknowledged(void **state)
{
    struct site *site = *state;
    for (int half = 0; half < 2; half++) {
        unsigned kills = kill_at_every_call(site, half);
        print_message("killed at %u calls%s, %zu pages acknowledged, all there\n", kills,
                      half ? ", having done half of each write" : "", site->count);
        assert_true(kills > 20);
    }
}

/* Most of these calls make the folders blobs/00 … ff, which are alike. */
static void a_store_killed_at_any_write_of_its_making_is_made_by_the_next(void **state)
{
    struct site *site = *state;
    const char *wanted = getenv("SOHOA_CUTS");
    bool all = wanted && strcmp(wanted, "all") == 0;
    for (unsigned nth = 1, kills = 0;; nth += !all && nth > 8 && nth < 250 ? 16 : 1, kills++) {
        struct store_process p;
        char *folder = site->store;
        char name[30];
        snprintf(name, sizeof name, "new-%u", nth);
        site->store = in_folder(site->folder, name);
        start_to_die(site, &p, nth, false);
        process_call(&p, "hello", "{}", NULL, 0, NULL, NULL, 0, NULL);
        process_kill(&p);
        process_start(&p, site->store, NULL);
        struct process_paper paper = process_paper(&p);
        site->count = 0;
        assert_int_equal(add_page(site, &p, &paper), ERR_OK);
        check_page(site, &p, 0);
        assert_int_equal(process_end(&p), 0);
        free(site->store);
        site->store = folder;
        if (!has_died(site)) {
            print_message("killed at %u calls while it was made\n", kills);
            return;
        }
    }
}

/* ---- power cuts ---- */

/* Runs in a process of its own, with the recorder: the pages are written by it, as by a scan
 * worker.
 */
static int run_recorded(char *folder)
{
    struct site *site = calloc(1, sizeof *site);
    struct store_process p;
    site->store = folder;
    process_start(&p, folder, NULL);
    struct process_paper paper = process_paper(&p);
    for (int i = 0; i < 3; i++)
        assert_int_equal(add_page(site, &p, &paper), ERR_OK);
    js_free(
        process_ok(&p, NULL, "page_remove", "{\"id\":\"%s\",\"reason\":\"r\"}", site->page[1].id));
    js_free(process_ok(&p, NULL, "document_finish_scan", "{\"id\":\"%s\"}", paper.document));
    assert_int_equal(process_end(&p), 0);
    process_start(&p, folder, NULL);
    paper = process_paper(&p);
    for (int i = 0; i < 2; i++)
        assert_int_equal(add_page(site, &p, &paper), ERR_OK);
    process_kill(&p);
    process_start(&p, folder, NULL);
    assert_int_equal(add_page(site, &p, &paper), ERR_OK);
    assert_int_equal(process_end(&p), 0);
    free(site);
    return 0;
}

static void record(const char *folder, const char *log)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setenv("LD_PRELOAD", RECORDER, 1);
        setenv("DISK_RECORDER_LOG", log, 1);
        setenv("DISK_RECORDER_FOLDER", folder, 1);
        unsetenv("DISK_RECORDER_KILL");
        execl("/proc/self/exe", "test_store", "--recorded", folder, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void no_power_cut_loses_a_page_the_store_acknowledged(void **state)
{
    struct site *site = *state;
    struct disk_log log;
    struct promises promises;
    struct cut_counts counts;
    struct cuts cuts = cuts_wanted("");
    unlink(LOG);
    assert_int_equal(mkdir(site->store, 0700), 0);
    record(site->store, LOG);
    disk_log_load(LOG, &log);
    promises_read(&log, false, &promises);
    assert_int_equal(promises.pages, 6);
    promises_done(&promises);
    cuts_make(&log, LOG, &cuts, &counts);
    print_message("%zu cuts, %zu flushes, %zu states of the disk, %zu broken promises\n",
                  counts.cuts, counts.flushes, counts.states, counts.broken);
    assert_true(counts.states > 100);
    assert_int_equal(counts.broken, 0);
    disk_log_done(&log);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    if (argc == 3 && strcmp(argv[1], "--recorded") == 0)
        return run_recorded(argv[2]);
    if (access("/dev/shm", W_OK) == 0) /* folders by the thousand */
        setenv("TMPDIR", "/dev/shm", 1);
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_store_killed_at_any_write_of_a_page_has_every_page_it_acknowledged),
        T(a_store_killed_at_any_write_of_its_making_is_made_by_the_next),
        T(no_power_cut_loses_a_page_the_store_acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
