#include "tests/flow/upload/receiver.h"

#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "queue/upload/curl_transport.h"

#include <fcntl.h>
#include <sys/wait.h>

int receiver_lacks(const char *program)
{
    const char *needed[] = {SOHOA_SOURCE_DIR "/tests/receivers/node_modules/.package-lock.json",
                            program};
    for (size_t i = 0; i < COUNT_OF(needed); i++) {
        if (!needed[i] || access(needed[i], R_OK) == 0)
            continue;
        const char *ci = getenv("CI");
        printf("SKIP: %s is missing (packaging/install-deps --tests)\n", needed[i]);
        return ci && strcmp(ci, "true") == 0;
    }
    return -1;
}

void receiver_open(struct receiver *receiver, const char *program)
{
    int to[2], from[2];
    char path[400], answer[60] = "";
    snprintf(path, sizeof path, "%s/tests/receivers/%s", SOHOA_SOURCE_DIR, program);
    receiver->folder = test_make_folder();
    assert_int_equal(pipe2(to, O_CLOEXEC) | pipe2(from, O_CLOEXEC), 0);
    receiver->pid = fork();
    assert_true(receiver->pid >= 0);
    if (receiver->pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        int quiet = open("/dev/null", O_WRONLY);
        dup2(quiet, STDERR_FILENO);
        execlp("node", "node", path, receiver->folder, NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    receiver->orders = fdopen(to[1], "w");
    receiver->answers = fdopen(from[0], "r");
    assert_non_null(fgets(answer, sizeof answer, receiver->answers));
    assert_int_equal(sscanf(answer, "{\"port\":%d}", &receiver->port), 1);
}

void receiver_close(struct receiver *receiver)
{
    fclose(receiver->orders); /* its end of input ends it */
    fclose(receiver->answers);
    waitpid(receiver->pid, NULL, 0);
    test_remove_folder(receiver->folder);
}

struct js *receiver_ask(struct receiver *receiver, const char *order)
{
    char *line = NULL;
    size_t room = 0;
    struct js *answer = NULL;
    fprintf(receiver->orders, "%s\n", order);
    fflush(receiver->orders);
    ssize_t size = getline(&line, &room, receiver->answers);
    assert_true(size > 0);
    assert_int_equal(js_parse(line, (size_t)size, &answer, NULL), ERR_OK);
    free(line);
    return answer;
}

void receiver_order(struct receiver *receiver, const char *order)
{
    js_free(receiver_ask(receiver, order));
}

int64_t receiver_count(struct receiver *receiver, const char *path)
{
    AUTO(js) struct js *report = receiver_ask(receiver, "{\"report\":true}");
    return js_int_or(report, path, -1);
}

enum err_code receiver_target(const struct http_options *options, struct target **out,
                              struct err *err)
{
    AUTO(mem) char *text = NULL;
    AUTO(mapping) struct mapping *mapping = NULL;
    size_t size = 0;
    struct js *constants = NULL;
    struct http_transport *transport = NULL;
    struct http_session *session = NULL;
    AUTO(js)
    struct js *said = js_pack("{s:s, s:s}", "agency", "000.00.01.H99", "unit", "UBND xã Ví Dụ");
    if (options->token_url) {
        js_set(said, "token_url", js_text(options->token_url));
        js_set(said, "connected", js_text(""));
    }
    assert_int_equal(file_read(AT_FDCWD, options->mapping, MAPPING_MAX_BYTES, &text, &size, NULL),
                     ERR_OK);
    AUTO(js) struct js *file = NULL;
    assert_int_equal(js_parse(text, size, &file, NULL), ERR_OK);
    if (options->proof)
        assert_true(js_set(file, "proof", js_text(options->proof)));
    AUTO(mem) char *changed = js_dump(file);
    enum err_code code = mapping_parse(options->mapping, changed, strlen(changed), &mapping, err);
    if (!code)
        code = mapping_constants(mapping, said, &constants, err);
    const struct curl_options curl = {
        .ca_file = options->ca_file,
        .cert_file = options->cert_file,
        .key_file = options->key_file,
        .proxy = options->proxy,
        .connect_s = 10,
        .idle_s = 10,
    };
    if (!code)
        code = curl_transport_new(&curl, &transport, err);
    if (code) {
        js_free(constants);
        return code;
    }
    const struct http_session_options with = {
        .endpoint = options->endpoint,
        .mapping = TAKE(mapping),
        .constants = constants,
        .secrets = js_pack("{s:s, s:s, s:s, s:s}", "USERNAME", options->username, "PASSWORD",
                           options->password, "CLIENT_ID", options->username, "CLIENT_SECRET",
                           options->password),
        .transport = transport,
    };
    code = http_session_new(&with, &session, err);
    return code ? code : target_http_new(session, "kho", options->notes, out, err);
}

/* ---- records ---------------------------------------------------------------------------------
 */

static const char record_json[] =
    "{\"schema\": \"sohoa.record/1\", \"version\": 1, \"replaces\": null,"
    " \"procedure_code\": \"1.004873\", \"received_on\": \"2026-11-20\", \"channel\": \"direct\","
    " \"dossier_owner\": {\"id\": \"001099000001\", \"name\": \"Nguyễn Thị Ví Dụ\","
    "   \"kind\": \"person\"},"
    " \"stage\": \"component\", \"paper_code\": \"1.004873.TP1\","
    " \"result_code\": \"001099000001.1.004873.TP1.01\", \"type\": \"birth-certificate\","
    " \"fields\": {\"doc_name\": \"Giấy khai sinh\", \"number_symbol\": \"12/2019\","
    "   \"issue_date\": \"2019-03-05\", \"issuer\": \"UBND xã Ví Dụ\","
    "   \"abstract\": \"Trích yếu\", \"valid_until\": \"unknown\", \"owner_id\": "
    "\"001099000001\"},"
    " \"digitized\": true, \"case\": {\"digitized\": true, \"reused\": [{\"stage\": "
    "\"component\","
    "   \"paper_code\": \"1.004873.TP2\", \"reused\": 2, \"replaced_by\": \"KQ.1\","
    "   \"source\": {\"held_by\": \"kho-quoc-gia\", \"national\": true, \"document_id\": "
    "\"d-2\"}}]}}";

static char *fill_json(const char *id, const char *more)
{
    AUTO(js) struct js *json = NULL;
    AUTO(js) struct js *changes = NULL;
    assert_int_equal(js_parse(record_json, strlen(record_json), &json, NULL), ERR_OK);
    if (more)
        assert_int_equal(js_parse(more, strlen(more), &changes, NULL), ERR_OK);
    for (void *it = js_iter(changes); it; it = js_iter_next(changes, it))
        assert_true(js_set(json, js_iter_key(it), js_ref(js_iter_value(it))));
    assert_true(js_set(json, "record_id", js_text(id)));
    return js_dump_pretty(json);
}

void sent_record_open(struct sent_record *record, const char *dossier_code, size_t size,
                      const char *more)
{
    id_new(record->id);
    AUTO(mem) char *pdf = mem_alloc(size + 1);
    AUTO(mem) char *json = fill_json(record->id, more);
    assert_non_null(pdf);
    for (size_t i = 0; i < size; i++)
        pdf[i] = (char)(i * 2654435761u >> 13) ^ record->id[i % (ID_SIZE - 1)];
    hash_bytes(pdf, size, record->pdf_sha256);
    hash_bytes(json, strlen(json), record->json_sha256);
    record->record = (struct target_record){
        .record_id = record->id,
        .dossier_code = dossier_code,
        .pdf_sha256 = record->pdf_sha256,
        .json_sha256 = record->json_sha256,
        .pdf_size_bytes = size,
        .json_size_bytes = strlen(json),
        .key = record->id,
    };
    assert_int_equal(file_memfd("pdf", pdf, size, &record->record.pdf_fd, NULL), ERR_OK);
    assert_int_equal(file_memfd("json", json, strlen(json), &record->record.json_fd, NULL), ERR_OK);
}

void sent_record_close(struct sent_record *record)
{
    fd_close(record->record.pdf_fd);
    fd_close(record->record.json_fd);
}
