/* Kind http as sohoad sees it: a worker that is configured, told of a changed mapping, killed. */
#include "tests/flow/upload/line.h"
#include "tests/flow/upload/receiver.h"
#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "daemon/ipc/ipc.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PROGRAM SOHOA_BINARY_DIR "/bin/sohoa-upload-worker"
#define MAPPING SOHOA_SOURCE_DIR "/packaging/config/mapping-dongbohosomc.json"
#define CODE "H99.14-261120-0003"

struct scene {
    struct receiver receiver;
    char *folder; /* secret, mapping, and in "notes" what the station remembers */
    pid_t pid;
    int socket, port;
};

static const char *path_of(const struct scene *scene, const char *name)
{
    static char paths[4][300];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scene->folder, name);
    return path;
}

static void write_text(const struct scene *scene, const char *name, const char *text)
{
    assert_int_equal(file_replace_durably(AT_FDCWD, path_of(scene, name), text, strlen(text), NULL),
                     ERR_OK);
    assert_int_equal(chmod(path_of(scene, name), 0600), 0);
}

static void start_worker(struct scene *scene)
{
    int pair[2];
    assert_int_equal(ipc_pair(pair, NULL), ERR_OK);
    scene->pid = fork();
    scene->socket = pair[0];
    assert_true(scene->pid >= 0);
    if (scene->pid == 0) {
        int log = open(path_of(scene, "log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(log, STDERR_FILENO);
        if (dup2(pair[1], 3) == 3 && fcntl(3, F_SETFD, 0) == 0)
            execl(PROGRAM, PROGRAM, (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
}

static void end_worker(struct scene *scene, int signal_number)
{
    int status;
    if (signal_number)
        kill(scene->pid, signal_number);
    close(scene->socket);
    assert_int_equal(waitpid(scene->pid, &status, 0), scene->pid);
}

static int open_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    receiver_open(&scene->receiver, "dossiers.mjs");
    scene->port = scene->receiver.port;
    scene->folder = test_make_folder();
    AUTO(mem) char *mapping = NULL;
    size_t size;
    assert_int_equal(file_read(AT_FDCWD, MAPPING, MAPPING_MAX_BYTES, &mapping, &size, NULL),
                     ERR_OK);
    write_text(scene, "mapping.json", mapping);
    write_text(scene, "secret", "USERNAME=tram-1\nPASSWORD=mật khẩu\n");
    assert_int_equal(mkdir(path_of(scene, "notes"), 0700), 0);
    start_worker(scene);
    *state = scene;
    return 0;
}

static int close_scene(void **state)
{
    struct scene *scene = *state;
    end_worker(scene, 0);
    receiver_close(&scene->receiver);
    test_remove_folder(scene->folder);
    free(scene);
    return 0;
}

static void post(struct scene *scene, const char *op, struct js *args, const int *fds,
                 size_t fd_count)
{
    AUTO(js) struct js *body = ipc_make_request(1, op, args);
    assert_int_equal(ipc_send(scene->socket, body, fds, fd_count, NULL), ERR_OK);
}

/* The reply's "ok" as the caller's, or NULL and its error; what is told meanwhile is passed over.
 */
static struct js *answer(struct scene *scene, struct err *err)
{
    for (;;) {
        struct ipc_message message;
        const struct js *ok = NULL;
        assert_int_equal(ipc_receive(scene->socket, &message, err), ERR_OK);
        assert_non_null(message.body);
        bool is_event = js_has(message.body, "event");
        *err = ERR_INIT;
        enum err_code code = is_event ? ERR_OK : ipc_reply(&message, &ok, err);
        struct js *kept = is_event || code ? NULL : js_copy(ok);
        ipc_message_done(&message);
        if (!is_event)
            return kept;
    }
}

static enum err_code configure(struct scene *scene, struct err *err)
{
    AUTO(mem) char *endpoint = mem_printf("http://127.0.0.1:%d", scene->port);
    post(scene, "configure",
         js_pack("{s:[{s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s}}], s:s}", "targets", "name", "tinh",
                 "kind", "http", "endpoint", endpoint, "mapping", path_of(scene, "mapping.json"),
                 "secret_file", path_of(scene, "secret"), "constants", "agency", "H99", "unit", "u",
                 "witnesses", path_of(scene, "notes")),
         NULL, 0);
    js_free(answer(scene, err));
    return err->code;
}

static void post_send(struct scene *scene, const struct sent_record *sent)
{
    const struct target_record *record = &sent->record;
    const int fds[] = {record->pdf_fd, record->json_fd};
    post(scene, "send",
         js_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:s, s:b}", "target", "tinh", "record_id",
                 sent->id, "dossier_code", CODE, "pdf_sha256", sent->pdf_sha256, "pdf_size",
                 (long long)record->pdf_size_bytes, "json_sha256", sent->json_sha256, "json_size",
                 (long long)record->json_size_bytes, "key", sent->id, "ask_first",
                 (int)record->ask_first),
         fds, 2);
}

static enum err_code send(struct scene *scene, const struct sent_record *sent, struct err *err)
{
    post_send(scene, sent);
    js_free(answer(scene, err));
    return err->code;
}

static bool log_has(const struct scene *scene, const char *text)
{
    AUTO(mem) char *log = NULL;
    size_t size;
    assert_int_equal(file_read(AT_FDCWD, path_of(scene, "log"), 1 << 20, &log, &size, NULL),
                     ERR_OK);
    return strstr(log, text);
}

/* What changes on disk is read by a fresh process: the running one may not look there any more. */
static void a_bad_mapping_is_told_and_the_old_one_stays(void **state)
{
    struct scene *scene = *state;
    struct err err = ERR_INIT;
    struct sent_record record;
    sent_record_open(&record, CODE, 3000, NULL);
    if (configure(scene, &err))
        fail_msg("%s", err.detail);
    assert_int_equal(send(scene, &record, &err), ERR_OK);
    sent_record_close(&record);

    write_text(scene, "mapping.json", "{\n\"schema\": \"sohoa.mapping/1\",\n\"prof\": 1}");
    for (int process = 0; process < 2; process++) {
        end_worker(scene, 0);
        start_worker(scene);
        assert_int_equal(configure(scene, &err), ERR_OK);
        sent_record_open(&record, CODE, 3000 + (size_t)process, NULL);
        assert_int_equal(send(scene, &record, &err), ERR_OK);
        sent_record_close(&record);
    }
    assert_true(log_has(scene, "mapping.json' line 1: 'prof' is not known here"));
    assert_int_equal(receiver_count(&scene->receiver, "syncs"), 5);
}

static void without_a_good_mapping_nothing_is_sent(void **state)
{
    struct scene *scene = *state;
    struct err err = ERR_INIT;
    write_text(scene, "mapping.json", "{");
    assert_int_equal(configure(scene, &err), ERR_MAPPING_BAD);
    assert_non_null(strstr(err.detail, "mapping.json"));
}

static void a_refusal_crosses_the_processes_in_the_receivers_words(void **state)
{
    struct scene *scene = *state;
    struct err err = ERR_INIT;
    struct sent_record record;
    assert_int_equal(configure(scene, &err), ERR_OK);
    sent_record_open(&record, CODE, 3000, NULL);
    receiver_order(&scene->receiver, "{\"refuse\":\"Ông Nguyễn Văn Ví Dụ đã có giấy này\"}");
    assert_int_equal(send(scene, &record, &err), ERR_TARGET_REFUSED);
    assert_string_equal(err.said, "Ông Nguyễn Văn Ví Dụ đã có giấy này");
    receiver_order(&scene->receiver,
                   "{\"fail\":{\"status\":503,\"retry_after\":\"30\",\"times\":9}}");
    assert_int_equal(send(scene, &record, &err), ERR_TARGET_BUSY);
    assert_int_equal(err.retry_after_us, 30000000);
    assert_false(log_has(scene, "Ví Dụ"));
    sent_record_close(&record);
}

static void what_is_asked_is_answered(void **state)
{
    struct scene *scene = *state;
    struct err err = ERR_INIT;
    assert_int_equal(configure(scene, &err), ERR_OK);
    post(scene, "look_up", js_pack("{s:s, s:{s:s}}", "target", "tinh", "question", "owner_id", "1"),
         NULL, 0);
    AUTO(js) struct js *held = answer(scene, &err);
    assert_int_equal(js_count(js_at(held, "held")), 0);
    assert_true(js_is_array(js_at(held, "held")));
    post(scene, "reserve_code",
         js_pack("{s:s, s:{s:s, s:s}}", "target", "tinh", "about", "provisional_code", "TAM-1",
                 "owner_id", "001099000001"),
         NULL, 0);
    AUTO(js) struct js *code = answer(scene, &err);
    assert_string_equal(js_text_or(code, "result_code", ""), "001099000001.KQ.G15.000031.1");
    post(scene, "list", js_pack("{s:s, s:s}", "target", "tinh", "prefix", ""), NULL, 0);
    js_free(answer(scene, &err));
    assert_int_equal(err.code, ERR_TARGET_CANNOT);
}

#define LARGE (20u << 20)

static void a_worker_killed_in_the_middle_of_an_upload_is_gone_on_after(void **state)
{
    struct scene *scene = *state;
    struct err err = ERR_INIT;
    struct sent_record record;
    struct line line;
    line_open(&line, scene->receiver.port);
    scene->port = line.port;
    line_order(&line, "rate 20000000");
    assert_int_equal(configure(scene, &err), ERR_OK);
    sent_record_open(&record, CODE, LARGE, NULL);
    post_send(scene, &record);
    for (int tries = 0; tries < 2000 && line_sent(&line) < LARGE / 2; tries++)
        usleep(10000);
    uint64_t before = line_sent(&line);
    assert_in_range(before, LARGE / 2, LARGE);
    end_worker(scene, SIGKILL);
    line_order(&line, "clear");
    start_worker(scene);
    assert_int_equal(configure(scene, &err), ERR_OK);
    record.record.ask_first = true;
    assert_int_equal(send(scene, &record, &err), ERR_OK);
    uint64_t again = line_sent(&line) - LARGE;
    printf("sent again after a kill at %llu %% of 20 MB: %.1f %%\n",
           (unsigned long long)(before * 100 / LARGE), 100.0 * (double)again / LARGE);
    assert_true(again <= LARGE * 15 / 100);
    assert_int_equal(receiver_count(&scene->receiver, "creations"), 1);
    AUTO(js) struct js *report = receiver_ask(&scene->receiver, "{\"report\":true}");
    assert_string_equal(js_text_or(report, "dossiers[0].files[0]", ""), record.pdf_sha256);
    sent_record_close(&record);
    line_close(&line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    int lacks = receiver_lacks(NULL);
    if (lacks >= 0)
        return lacks;
    const struct CMUnitTest tests[] = {
        TEST(a_bad_mapping_is_told_and_the_old_one_stays),
        TEST(without_a_good_mapping_nothing_is_sent),
        TEST(a_refusal_crosses_the_processes_in_the_receivers_words),
        TEST(what_is_asked_is_answered),
        TEST(a_worker_killed_in_the_middle_of_an_upload_is_gone_on_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
