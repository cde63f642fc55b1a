#include "tests/flow/store/process.h"

#include "daemon/base/hash.h"
#include "daemon/base/mem.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

/*
 * The store worker is killed at a random moment of a stream of pages, forty times. Every page it
 * ever acknowledged is there afterwards, with its bytes.
 */

#define ROUNDS 40
#define PAGES_MAX 20000
#define LONGEST_LIFE_US 60000

static char acknowledged[PAGES_MAX][ID_SIZE];
static char hashes[PAGES_MAX][HASH_HEX_SIZE];
static size_t count;

static int setup(void **state)
{
    count = 0;
    *state = test_make_folder();
    return 0;
}

static int teardown(void **state)
{
    test_remove_folder(*state);
    return 0;
}

static void kill_later(pid_t pid, useconds_t delay_us)
{
    if (fork() == 0) {
        usleep(delay_us);
        kill(pid, SIGKILL);
        _exit(0);
    }
}

static void scan_until_killed(struct store_process *p, const struct process_paper *paper)
{
    for (;;) {
        struct err err = ERR_INIT;
        char content[60];
        snprintf(content, sizeof content, "page %zu", count);
        if (process_page(p, paper, content, acknowledged[count], &err))
            return;
        hash_bytes(content, strlen(content), hashes[count]);
        assert_true(++count < PAGES_MAX);
    }
}

static void check_page(struct store_process *p, size_t i)
{
    char found[HASH_HEX_SIZE];
    uint64_t size;
    int fd = -1;
    js_free(
        process_ok(p, &fd, "page_image", "{\"id\":\"%s\",\"what\":\"image\"}", acknowledged[i]));
    assert_int_equal(hash_fd(fd, found, &size, NULL), ERR_OK);
    assert_string_equal(found, hashes[i]);
    close(fd);
}

static void a_killed_store_has_every_page_it_acknowledged(void **state)
{
    struct store_process p;
    struct process_paper paper;
    srand((unsigned)time(NULL));
    process_start(&p, *state, NULL);
    paper = process_paper(&p);
    for (int round = 0; round < ROUNDS; round++) {
        kill_later(p.pid, (useconds_t)(rand() % LONGEST_LIFE_US));
        scan_until_killed(&p, &paper);
        process_kill(&p);
        process_start(&p, *state, NULL);
        for (size_t i = count > 50 ? count - 50 : 0; i < count; i++)
            check_page(&p, i);
    }
    for (size_t i = 0; i < count; i++)
        check_page(&p, i);
    AUTO(js)
    struct js *view = process_ok(&p, NULL, "document_get", "{\"id\":\"%s\"}", paper.document);
    const struct js *pages = js_at(view, "pages");
    for (size_t i = 0; i < js_count(pages); i++)
        assert_int_equal(js_int_or(js_item(pages, i), "position", 0), i + 1);
    print_message("%zu pages acknowledged, %zu there, %d kills\n", count, js_count(pages), ROUNDS);
    assert_true(js_count(pages) >= count && js_count(pages) <= count + ROUNDS);
    js_free(process_ok(&p, NULL, "release_claims", "{\"owner\":\"o\"}"));
    assert_int_equal(process_end(&p), 0);
}

/* The lock goes with the process: a killed worker leaves nothing that has to be removed by hand. */
static void a_killed_worker_leaves_no_lock_behind(void **state)
{
    struct store_process p;
    for (int i = 0; i < 5; i++) {
        process_start(&p, *state, NULL);
        js_free(process_ok(&p, NULL, "hello", "{}"));
        process_kill(&p);
    }
}

/* A page begun before the crash, its answer known to the daemon, is committed after the restart. */
static void a_page_begun_before_the_crash_is_committed_after_it(void **state)
{
    struct store_process p;
    char sha256[HASH_HEX_SIZE], args[1500];
    int fd = -1;
    struct err err = ERR_INIT;
    process_start(&p, *state, NULL);
    struct process_paper paper = process_paper(&p);
    AUTO(js)
    struct js *begun =
        process_ok(&p, &fd, "page_begin", "{\"dossier_id\":\"%s\",\"document_id\":\"%s\"}",
                   paper.dossier, paper.document);
    process_kill(&p);
    assert_int_equal(write(fd, "abc", 3), 3);
    close(fd);
    process_start(&p, *state, NULL);
    hash_bytes("abc", 3, sha256);
    snprintf(args, sizeof args,
             "{\"page_id\":\"%s\",\"blob\":\"%s\",\"image\":{\"sha256\":\"%s\",\"size_bytes\":3,"
             "\"pixel_sha256\":\"%s\",\"width_px\":1,\"height_px\":1,\"channels\":1,\"bits\":8,"
             "\"dpi\":300,\"width_mm\":1,\"height_mm\":1},\"device\":\"d\",\"side\":\"back\"}",
             js_text_or(begun, "page_id", ""), js_text_or(begun, "blob", ""), sha256, sha256);
    if (process_call(&p, "page_commit", args, NULL, 0, NULL, NULL, 0, &err))
        fail_msg("%s", err.detail);
    assert_int_equal(process_end(&p), 0);
}

/* ---- groups: what waits together is committed together ---- */

#define FLOOD 600
#define QUIET_MS 2000

static char flood_args[FLOOD][PROCESS_ARGS_MAX];
static char flood_ids[FLOOD][ID_SIZE];

/* Commits are asked for and no answer is read, until the worker stands in the middle of its answers
 * and takes nothing more. */
static size_t send_until_it_stands(struct store_process *p)
{
    size_t sent = 0;
    struct pollfd socket = {.fd = p->socket, .events = POLLOUT};
    while (sent < FLOOD && poll(&socket, 1, QUIET_MS) == 1 && (socket.revents & POLLOUT))
        assert_int_equal(
            process_send(p, "page_commit", flood_args[sent++], NULL, 0, &(uint64_t){0}, NULL),
            ERR_OK);
    return sent;
}

static size_t pages_stored(struct store_process *p, const struct process_paper *paper)
{
    AUTO(js)
    struct js *view = process_ok(p, NULL, "document_get", "{\"id\":\"%s\"}", paper->document);
    const struct js *pages = js_at(view, "pages");
    for (size_t i = 0; i < js_count(pages); i++)
        assert_int_equal(js_int_or(js_item(pages, i), "position", 0), i + 1);
    return js_count(pages);
}

static void a_kill_between_the_commit_and_the_answers_loses_and_doubles_nothing(void **state)
{
    struct store_process p;
    struct err err = ERR_INIT;
    process_start(&p, *state, NULL);
    struct process_paper paper = process_paper(&p);
    for (size_t i = 0; i < FLOOD; i++) {
        char content[60];
        snprintf(content, sizeof content, "flood %zu", i);
        if (process_begin_page(&p, &paper, content, flood_ids[i], flood_args[i], &err))
            fail_msg("%s", err.detail);
    }
    size_t sent = send_until_it_stands(&p), told = 0;
    assert_true(sent < FLOOD);
    kill(p.pid, SIGKILL);
    while (process_receive(&p, &(uint64_t){0}, NULL, NULL) == ERR_OK)
        told++;
    process_kill(&p);

    process_start(&p, *state, NULL);
    size_t stored = pages_stored(&p, &paper);
    print_message("%zu sent, %zu told, %zu stored\n", sent, told, stored);
    assert_true(told < stored && stored <= sent);
    for (size_t i = 0; i < FLOOD; i++) /* as the daemon does with what was not answered */
        if (process_call(&p, "page_commit", flood_args[i], NULL, 0, NULL, NULL, 0, &err))
            fail_msg("page %zu: %s", i, err.detail);
    assert_int_equal(pages_stored(&p, &paper), FLOOD);
    assert_int_equal(process_end(&p), 0);
}

static void one_that_fails_in_a_group_leaves_the_others_for_good(void **state)
{
    struct store_process p;
    static const char *const args[] = {"{\"papers\":1}", "{\"papers\":-1}", "{\"papers\":2}",
                                       "{\"code\":\"no such form\"}", "{\"papers\":3}"};
    process_start(&p, *state, NULL);
    js_free(process_ok(&p, NULL, "hello", "{}"));
    kill(p.pid, SIGSTOP);
    for (size_t i = 0; i < COUNT_OF(args); i++)
        assert_int_equal(process_send(&p, "dossier_create", args[i], NULL, 0, &(uint64_t){0}, NULL),
                         ERR_OK);
    kill(p.pid, SIGCONT);
    for (size_t i = 0; i < COUNT_OF(args); i++)
        assert_int_equal(process_receive(&p, &(uint64_t){0}, NULL, NULL) == ERR_OK, i % 2 == 0);
    process_kill(&p);
    process_start(&p, *state, NULL);
    AUTO(js) struct js *list = process_ok(&p, NULL, "dossier_list", "{}");
    assert_int_equal(js_count(js_at(list, "dossiers")), 3);
    assert_int_equal(process_end(&p), 0);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_killed_store_has_every_page_it_acknowledged),
        T(a_killed_worker_leaves_no_lock_behind),
        T(a_page_begun_before_the_crash_is_committed_after_it),
        T(a_kill_between_the_commit_and_the_answers_loses_and_doubles_nothing),
        T(one_that_fails_in_a_group_leaves_the_others_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
