#include "daemon/base/hash.h"
#include "daemon/base/id.h"
#include "daemon/ipc/ipc.h"
#include "tests/flow/learn/paper_words.h"
#include "tests/harness/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The real workers on socket pairs: what the learn worker makes of papers is what the OCR worker
 * asks from then on. */

#define LOCAL SOHOA_SOURCE_DIR "/tests/data/wording/local.paper"
#define PAPERS 60
#define UNSEEN 20

struct worker {
    pid_t pid;
    int socket;
};

struct workers {
    struct wording *wording;
    struct worker learn, ocr;
};

static void start(const char *name, struct worker *out)
{
    int pair[2];
    char path[300];
    snprintf(path, sizeof path, "%s/bin/%s", SOHOA_BINARY_DIR, name);
    assert_int_equal(ipc_pair(pair, NULL), ERR_OK);
    out->pid = fork();
    if (out->pid == 0) {
        if (pair[1] == 3)
            fcntl(3, F_SETFD, 0);
        else
            dup2(pair[1], 3);
        setenv("TMPDIR", "/dev/shm", 1);
        execl(path, name, (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    out->socket = pair[0];
}

static int setup(void **state)
{
    static struct workers workers;
    workers.wording = paper_wording(LOCAL);
    start("sohoa-learn-worker", &workers.learn);
    start("sohoa-ocr-worker", &workers.ocr);
    *state = &workers;
    return 0;
}

static bool ends_well(const struct worker *worker)
{
    int status = -1;
    close(worker->socket);
    waitpid(worker->pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int teardown(void **state)
{
    struct workers *workers = *state;
    wording_free(workers->wording);
    bool well = ends_well(&workers->learn);
    return ends_well(&workers->ocr) && well ? 0 : -1;
}

/* Error code of the reply; the message is the caller's. */
static enum err_code ask(const struct worker *worker, const char *op, struct js *args,
                         const int *fds, size_t fd_count, struct ipc_message *message,
                         const struct js **out_ok)
{
    static uint64_t id;
    AUTO(js) struct js *body = ipc_make_request(++id, op, args);
    assert_int_equal(ipc_send(worker->socket, body, fds, fd_count, NULL), ERR_OK);
    assert_int_equal(ipc_receive(worker->socket, message, NULL), ERR_OK);
    assert_non_null(message->body);
    return ipc_reply(message, out_ok, NULL);
}

static enum err_code tell(const struct worker *worker, const char *op, struct js *args,
                          const int *fds, size_t fd_count)
{
    struct ipc_message message = {0};
    const struct js *ok;
    enum err_code code = ask(worker, op, args, fds, fd_count, &message, &ok);
    ipc_message_done(&message);
    return code;
}

static struct js *paper_args(int number)
{
    char text[20], key[HASH_HEX_SIZE], own[17];
    snprintf(text, sizeof text, "%d", number);
    hash_bytes(text, strlen(text), key);
    key[16] = 0;
    snprintf(own, sizeof own, "%016x", number + 1);
    return js_pack("{s:s, s:s, s:s, s:s}", "type", "application", "key", key, "dossier", own,
                   "owner", own);
}

/* A model of the station's form, as a file. */
static int teach(struct workers *workers)
{
    struct ipc_message message = {0};
    const struct js *ok = NULL;
    int fd = -1;
    assert_int_equal(tell(&workers->learn, "begin", js_object(), NULL, 0), ERR_OK);
    for (int i = 0; i < PAPERS; i++) {
        AUTO(fd)
        int words = paper_words_fd(workers->wording, "application/local", 3001 + (uint64_t)i);
        assert_int_equal(tell(&workers->learn, "paper", paper_args(i), &words, 1), ERR_OK);
    }
    struct js *args = js_pack("{s:s, s:i}", "program", "9.9", "day", 20260101);
    assert_int_equal(ask(&workers->learn, "teach", args, NULL, 0, &message, &ok), ERR_OK);
    assert_string_equal(js_text_or(ok, "figures.verdict", ""), "used");
    assert_int_equal(ipc_take_fd(&message, 0, &fd, NULL), ERR_OK);
    ipc_message_done(&message);
    return fd;
}

static bool use(struct workers *workers, const char *sha256, int fd)
{
    struct ipc_message message = {0};
    const struct js *ok = NULL;
    assert_int_equal(ask(&workers->ocr, "model", js_pack("{s:s}", "sha256", sha256), &fd,
                         fd >= 0 ? 1 : 0, &message, &ok),
                     ERR_OK);
    bool in_use = js_bool_or(ok, "in_use", false);
    ipc_message_done(&message);
    return in_use;
}

/* How many of the station's papers that nobody saw are told. */
static int told(struct workers *workers)
{
    static const char info[] =
        "{\"width_px\":2480,\"height_px\":3508,\"dpi\":300,\"dpi_source\":\"file\","
        "\"rotation_deg\":0,\"skew_deg\":0,\"blank\":false,\"width_mm\":210.0,\"height_mm\":297.0}";
    int right = 0;
    for (int i = 0; i < UNSEEN; i++) {
        struct ipc_message message = {0};
        const struct js *ok = NULL;
        struct js *page = NULL;
        AUTO(fd)
        int words = paper_words_fd(workers->wording, "application/local", 7001 + (uint64_t)i);
        assert_int_equal(js_parse(info, strlen(info), &page, NULL), ERR_OK);
        struct js *args = js_pack("{s:[{s:o}], s:n}", "pages", "page", page, "dossier");
        assert_int_equal(ask(&workers->ocr, "understand", args, &words, 1, &message, &ok), ERR_OK);
        right += strcmp(js_text_or(ok, "type", ""), "application") == 0;
        ipc_message_done(&message);
    }
    return right;
}

static void what_was_learned_is_what_papers_are_asked_by(void **state)
{
    struct workers *workers = *state;
    char sha256[HASH_HEX_SIZE];
    uint64_t size;
    assert_int_equal(told(workers), 0);
    AUTO(fd) int model = teach(workers);
    assert_int_equal(hash_fd(model, sha256, &size, NULL), ERR_OK);
    assert_true(use(workers, sha256, model));
    assert_in_range(told(workers), UNSEEN * 9 / 10, UNSEEN);
    assert_true(use(workers, sha256, model)); /* it has it */
    assert_false(use(workers, "", -1));
    assert_int_equal(told(workers), 0);
    assert_int_equal(tell(&workers->learn, "look", js_object(), &model, 1), ERR_OK);
}

static void what_is_no_model_leaves_the_one_built_in(void **state)
{
    struct workers *workers = *state;
    static const char other[] = "0000000000000000000000000000000000000000000000000000000000000000";
    AUTO(fd) int words = paper_words_fd(workers->wording, "notice", 1);
    assert_false(use(workers, other, words));
    assert_int_equal(told(workers), 0);
    assert_int_equal(tell(&workers->learn, "look", js_object(), &words, 1), ERR_MODEL_BAD);
    assert_int_equal(tell(&workers->learn, "judge", js_object(), &words, 1), ERR_MODEL_BAD);
}

static void bad_requests_get_their_error_and_the_worker_goes_on(void **state)
{
    struct workers *workers = *state;
    AUTO(fd) int words = paper_words_fd(workers->wording, "notice", 1);
    static const char *const keys[] = {"", "0123456789abcde", "0123456789ABCDEF",
                                       "-123456789abcdef"};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        assert_int_equal(tell(&workers->learn, "paper",
                              js_pack("{s:s, s:s, s:s, s:s}", "type", "notice", "key", keys[i],
                                      "dossier", "0000000000000001", "owner", "0000000000000001"),
                              &words, 1),
                         ERR_BAD_ARGUMENT);
    assert_int_equal(tell(&workers->learn, "paper", paper_args(1), NULL, 0), ERR_BAD_MESSAGE);
    assert_int_equal(tell(&workers->learn, "begin", js_object(), NULL, 0), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_learned_is_what_papers_are_asked_by),
        cmocka_unit_test(what_is_no_model_leaves_the_one_built_in),
        cmocka_unit_test(bad_requests_get_their_error_and_the_worker_goes_on),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
