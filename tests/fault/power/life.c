#include "tests/fault/power/life.h"
#include "tests/harness/loop.h"

#include "daemon/workers/supervisor.h"

#include <fcntl.h>

#define RECORDER SOHOA_BINARY_DIR "/tests/disk_recorder.so"
#define ANSWER_US (60 * 1000000ull)

static char *printed(const char *fmt, const char *text)
{
    char *out = NULL;
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wformat-nonliteral\"");
    assert_true(asprintf(&out, fmt, text) > 0);
    _Pragma("GCC diagnostic pop");
    return out;
}

/* ---- sohoad ---- */

static void begin_sohoad(struct life *life)
{
    char owner[20];
    struct worker_kind kind = {.name = "store",
                               .argv = life->argv,
                               .env = (const char *const *)life->env,
                               .outstanding = WORKER_OUTSTANDING_MAX};
    assert_int_equal(worker_new(life->loop, &kind, SOHOA_BINARY_DIR "/bin", &life->worker, NULL),
                     ERR_OK);
    assert_int_equal(store_client_new(life->worker, NULL, NULL, &life->client, NULL), ERR_OK);
    snprintf(owner, sizeof owner, "life-%u", ++life->lives);
    AUTO_ANSWER hello = {.fd = -1};
    AUTO_ANSWER released = {.fd = -1};
    assert_int_equal(life_ask(life, "hello", js_object(), &hello), ERR_OK);
    assert_int_equal(life_ask(life, "release_claims", js_pack("{s:s}", "owner", owner), &released),
                     ERR_OK);
}

static void end_sohoad(struct life *life)
{
    store_client_close(life->client);
    worker_free(life->worker);
    store_client_free(life->client);
}

void life_begin(struct life *life, const char *folder, bool takes_all)
{
    *life = (struct life){.folder = printed("%s", folder), .takes_all = takes_all};
    life->store = printed("%s/store", folder);
    life->kill_file = printed("%s/kill", folder);
    life_dies_no_more(life);
    char *const env[] = {printed("LD_PRELOAD=%s", RECORDER),
                         printed("DISK_RECORDER_LOG=%s", "/dev/null"),
                         printed("DISK_RECORDER_FOLDER=%s", folder),
                         printed("DISK_RECORDER_KILL=%s", life->kill_file), NULL};
    memcpy(life->env, env, sizeof env);
    const char *const argv[] = {"sohoa-store-worker", "--folder", life->store,
                                "--reserve-mb",       "1",        NULL};
    memcpy(life->argv, argv, sizeof argv);
    assert_true(loop_open(&life->loop));
    begin_sohoad(life);
}

void life_end(struct life *life)
{
    end_sohoad(life);
    sd_event_unref(life->loop);
    for (size_t i = 0; life->env[i]; i++)
        free(life->env[i]);
    free(life->folder);
    free(life->store);
    free(life->kill_file);
}

/* ---- death ---- */

static void write_kill_file(struct life *life, const char *text)
{
    AUTO(fd) int fd = open(life->kill_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    char line[40];
    snprintf(line, sizeof line, "%-39s", text); /* one length: what is overwritten is gone */
    assert_int_equal(pwrite(fd, line, sizeof line - 1, 0), sizeof line - 1);
    life->noticed = false;
}

void life_dies_at(struct life *life, unsigned nth, bool half)
{
    char text[40];
    snprintf(text, sizeof text, "sohoa-store-worker %u %s", nth, half ? "half" : "");
    write_kill_file(life, text);
}

void life_dies_no_more(struct life *life)
{
    write_kill_file(life, "nobody 0");
}

bool life_has_died(const struct life *life)
{
    char text[5] = "";
    AUTO(fd) int fd = open(life->kill_file, O_RDONLY | O_CLOEXEC);
    return read(fd, text, 4) == 4 && strcmp(text, "died") == 0;
}

/* Everything died with the store worker: true once. */
static bool died_with_it(struct life *life)
{
    if (!life->takes_all || life->noticed || !life_has_died(life))
        return false;
    life->noticed = true;
    end_sohoad(life);
    begin_sohoad(life);
    return true;
}

/* ---- asking ---- */

void answer_done(struct answer *answer)
{
    js_free(answer->ok);
    fd_close(answer->fd);
    *answer = (struct answer){.fd = -1};
}

static void on_done(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    struct answer *answer = payload;
    answer->came = true;
    answer->ok = js_ref(ok);
    answer->code = err ? err->code : ERR_OK;
    snprintf(answer->detail, sizeof answer->detail, "%s", err ? err->detail : "");
    if (message->fd_count)
        ipc_take_fd(message, 0, &answer->fd, NULL);
}

void life_send(struct life *life, const char *op, struct js *args, struct answer *answer)
{
    answer_done(answer);
    js_set(args, "principal", js_pack("{s:s, s:s}", "id", "uid:1000", "role", "clerk"));
    store_client_call(life->client, op, args, NULL, 0, on_done, answer);
}

enum err_code life_wait(struct life *life, struct answer *answer)
{
    while (!answer->came) {
        assert_true(sd_event_run(life->loop, ANSWER_US) > 0);
        if (died_with_it(life))
            return answer->code = ERR_WORKER_DIED;
    }
    return answer->code;
}

enum err_code life_ask(struct life *life, const char *op, struct js *args, struct answer *answer)
{
    life_send(life, op, args, answer);
    return life_wait(life, answer);
}

void life_must(struct life *life, const char *op, const struct js *args, struct answer *answer)
{
    enum err_code code = life_ask(life, op, js_copy(args), answer);
    if (code == ERR_WORKER_DIED && life->takes_all)
        code = life_ask(life, op, js_copy(args), answer);
    if (code)
        fail_msg("%s: %s: %s", op, err_name(code), answer->detail);
}
