#include "tests/flow/store/process.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* The worker's operations as the daemon calls them. */

static int setup(void **state)
{
    *state = test_make_folder();
    return 0;
}

static int teardown(void **state)
{
    test_remove_folder(*state);
    return 0;
}

static const char *const TARGET[] = {"--target", "warehouse", NULL};

static bool changed_has(const struct js *ok, const char *kind, const char *state)
{
    const struct js *list = js_at(ok, "changed");
    assert_true(js_is_array(list));
    for (size_t i = 0; i < js_count(list); i++)
        if (strcmp(js_text_or(js_item(list, i), "kind", ""), kind) == 0 &&
            strcmp(js_text_or(js_item(list, i), "state", ""), state) == 0)
            return id_is_valid(js_text_or(js_item(list, i), "id", "")) &&
                   id_is_valid(js_text_or(js_item(list, i), "dossier_id", ""));
    return false;
}

static int memory_file(const char *text)
{
    int fd = -1;
    assert_int_equal(file_memfd("test", text, strlen(text), &fd, NULL), ERR_OK);
    return fd;
}

#define CLAIM(stages) "{\"stages\":[\"" stages "\"],\"owner\":\"o\",\"lease_us\":60000000}"

/* Claims, answers with `result` and the given files. */
static void work(struct store_process *p, const char *stage, const char *result, const int *fds,
                 size_t fd_count)
{
    AUTO(js)
    struct js *claimed = process_ok(
        p, NULL, "claim", "{\"stages\":[\"%s\"],\"owner\":\"o\",\"lease_us\":60000000}", stage);
    char args[3000];
    struct err err = ERR_INIT;
    assert_true(js_has(claimed, "job"));
    assert_string_equal(js_text_or(claimed, "job.stage", ""), stage);
    snprintf(args, sizeof args, "{\"claim\":\"%s\",\"result\":%s}",
             js_text_or(claimed, "job.claim", ""), result);
    if (process_call(p, "complete", args, fds, fd_count, NULL, NULL, 0, &err))
        fail_msg("%s: %s", stage, err.detail);
}

/* compose and seal: writes into the descriptor it is given. */
static void work_on_file(struct store_process *p, const char *stage, const char *content,
                         const char *more)
{
    int out = -1;
    char sha256[HASH_HEX_SIZE], args[2000];
    AUTO(js)
    struct js *claimed = process_ok(
        p, &out, "claim", "{\"stages\":[\"%s\"],\"owner\":\"o\",\"lease_us\":60000000}", stage);
    struct err err = ERR_INIT;
    assert_int_equal(write(out, content, strlen(content)), strlen(content));
    close(out);
    hash_bytes(content, strlen(content), sha256);
    snprintf(args, sizeof args,
             "{\"claim\":\"%s\",\"result\":{\"sha256\":\"%s\",\"size_bytes\":%zu%s}}",
             js_text_or(claimed, "job.claim", ""), sha256, strlen(content), more);
    if (process_call(p, "complete", args, NULL, 0, NULL, NULL, 0, &err))
        fail_msg("%s: %s", stage, err.detail);
}

static size_t migrations(void)
{
    glob_t found;
    assert_int_equal(glob(SOHOA_SOURCE_DIR "/queue/store/migrations/*.sql", 0, NULL, &found), 0);
    size_t count = found.gl_pathc;
    globfree(&found);
    return count;
}

static void a_paper_goes_from_scan_to_closed_over_the_socket(void **state)
{
    struct store_process p;
    struct err err = ERR_INIT;
    char page[ID_SIZE];
    process_start(&p, *state, TARGET);
    AUTO(js) struct js *hello = process_ok(&p, NULL, "hello", "{}");
    assert_int_equal(js_int_or(hello, "version", 0), migrations());
    assert_true(id_is_valid(js_text_or(hello, "boot", "")));
    struct process_paper paper = process_paper(&p);
    assert_int_equal(process_page(&p, &paper, "II*\001 one", page, &err), ERR_OK);
    AUTO(js)
    struct js *finished =
        process_ok(&p, NULL, "document_finish_scan", "{\"id\":\"%s\"}", paper.document);
    assert_true(changed_has(finished, "document", "open"));

    int files[2] = {memory_file("{\"schema\":\"sohoa.words/1\",\"width_mm\":210,\"height_mm\":297,"
                                "\"skew_deg\":0,\"words\":[]}"),
                    memory_file("\xff\xd8\xff")};
    work(&p, "recognize",
         "{\"page\":{\"width_px\":10,\"height_px\":10,\"dpi\":300,\"rotation_deg\":180,"
         "\"skew_deg\":0.5,\"blank\":false,\"width_mm\":210,\"height_mm\":297},\"zones\":[],"
         "\"words\":0,\"mean_confidence\":0}",
         files, 2);
    close(files[0]);
    close(files[1]);
    work(
        &p, "understand",
        "{\"type\":\"notice\",\"type_score\":0.8,\"kind\":{\"abbr\":\"TB\",\"name\":\"Thông báo\"},"
        "\"fields\":{\"issuer\":{\"value\":null,\"needs_person\":true}},\"pages\":[]}",
        NULL, 0);
    AUTO(js)
    struct js *seen = process_ok(&p, NULL, "document_get", "{\"id\":\"%s\"}", paper.document);
    const char *revision = js_text_or(seen, "document.revision", "");
    process_expect(&p, ERR_BAD_JSON, "document_confirm",
                   "{\"id\":\"%s\",\"compared\":true,\"fields\":{}}", paper.document);
    process_expect(&p, ERR_STATE_CHANGED, "document_confirm",
                   "{\"id\":\"%s\",\"revision\":\"0\",\"compared\":true,\"fields\":{}}",
                   paper.document);
    process_expect(&p, ERR_FIELD_MISSING, "document_confirm",
                   "{\"id\":\"%s\",\"revision\":\"%s\",\"compared\":true,\"fields\":{}}",
                   paper.document, revision);
    AUTO(js)
    struct js *confirmed =
        process_ok(&p, NULL, "document_confirm",
                   "{\"id\":\"%s\",\"revision\":\"%s\",\"compared\":true,\"fields\":{"
                   "\"issuer\":\"UBND xã Mẫu\",\"number_symbol\":null,\"issue_date\":null,"
                   "\"abstract\":\"Về việc mẫu\",\"doc_name\":\"Thông báo mẫu\"}}",
                   paper.document, revision);
    assert_true(changed_has(confirmed, "document", "copied"));
    assert_string_equal(js_text_or(confirmed, "document.state", ""), "copied");
    work_on_file(&p, "compose", "%PDF composed", "");
    work_on_file(
        &p, "seal", "%PDF signed",
        ",\"signature\":{\"kind\":\"personal\",\"level\":\"B-B\",\"signer\":\"Cán Bộ Mẫu\","
        "\"serial\":\"1\",\"signed_at_us\":5,\"block_moved\":true}");
    work(&p, "extract", "{}", NULL, 0);
    work(&p, "code", "{}", NULL, 0);
    work(&p, "queue", "{}", NULL, 0);
    AUTO(js) struct js *queue = process_ok(&p, NULL, "queue_list", "{\"state\":\"queued\"}");
    assert_int_equal(js_count(js_at(queue, "deliveries")), 1);
    work(&p, "send", "{\"remote_name\":\"backlog/x\",\"already_there\":false}", NULL, 0);

    AUTO(js)
    struct js *view = process_ok(&p, NULL, "document_get", "{\"id\":\"%s\"}", paper.document);
    assert_string_equal(js_text_or(view, "document.state", ""), "queued");
    assert_string_equal(js_text_or(view, "document.result_code", ""), ".NOTICE..01");
    assert_string_equal(js_text_or(view, "document.kind.abbr", ""), "TB");
    assert_int_equal(js_count(js_at(view, "pages")), 1);
    assert_int_equal(js_int_or(view, "pages[0].info.rotation_deg", 0), 180);
    assert_string_equal(js_text_or(view, "deliveries[0].state", ""), "sent");
    assert_true(js_count(js_at(view, "audit")) >= 7);

    int fd = -1;
    AUTO(js)
    struct js *file =
        process_ok(&p, &fd, "document_file", "{\"id\":\"%s\",\"what\":\"signed\"}", paper.document);
    char bytes[20] = "";
    assert_int_equal(pread(fd, bytes, sizeof bytes, 0), js_int_or(file, "size", 0));
    assert_string_equal(bytes, "%PDF signed");
    assert_int_equal(access(js_text_or(file, "path", ""), R_OK), 0);
    close(fd);

    int record_fd = -1;
    AUTO(js)
    struct js *record = process_ok(&p, &record_fd, "document_file",
                                   "{\"id\":\"%s\",\"what\":\"record\"}", paper.document);
    close(record_fd);
    char receipt[500];
    snprintf(
        receipt, sizeof receipt,
        "{\"receipt\":{\"remote_name\":\"backlog/x\",\"pdf_sha256\":\"%s\",\"json_sha256\":\"%s\","
        "\"read_at_us\":7}}",
        js_text_or(file, "sha256", ""), js_text_or(record, "sha256", ""));
    work(&p, "accept", receipt, NULL, 0);
    AUTO(js) struct js *run = process_ok(&p, NULL, "reconcile_begin", "{\"target\":\"warehouse\"}");
    AUTO(js)
    struct js *asked =
        process_ok(&p, NULL, "reconcile_each", "{\"run\":\"%s\"}", js_text_or(run, "run.id", ""));
    assert_int_equal(js_int_or(asked, "run.asked", 0), 1);
    work(&p, "reconcile", receipt, NULL, 0);
    AUTO(js)
    struct js *closed = process_ok(&p, NULL, "dossier_get", "{\"id\":\"%s\"}", paper.dossier);
    assert_string_equal(js_text_or(closed, "documents[0].state", ""), "closed");
    AUTO(js) struct js *status = process_ok(&p, NULL, "status", "{}");
    assert_int_equal(js_int_or(status, "documents.closed", 0), 1);
    assert_int_equal(process_end(&p), 0);
}

static void the_station_notes_and_the_crowd_operations_answer(void **state)
{
    struct store_process p;
    process_start(&p, *state, TARGET);
    struct process_paper paper = process_paper(&p);
    js_free(process_ok(&p, NULL, "hold",
                       "{\"kind\":\"document\",\"id\":\"%s\",\"reason\":\"SIGNER_LOCKED\"}",
                       paper.document));
    AUTO(js)
    struct js *released = process_ok(&p, NULL, "release_reason",
                                     "{\"kind\":\"document\",\"reason\":\"SIGNER_LOCKED\"}");
    assert_int_equal(js_int_or(released, "released", -1), 1);
    assert_true(changed_has(released, "document", "open"));
    AUTO(js) struct js *due = process_ok(&p, NULL, "retry_now", "{}");
    assert_int_equal(js_int_or(due, "due", -1), 0);
    AUTO(js)
    struct js *note = process_ok(&p, NULL, "station_note",
                                 "{\"subject\":\"%s\",\"event\":\"unlock\"}", paper.dossier);
    assert_int_equal(js_count(js_at(note, "changed")), 0);
    AUTO(js)
    struct js *audit = process_ok(&p, NULL, "audit_list", "{\"id\":\"%s\"}", paper.dossier);
    const struct js *last = js_item(js_at(audit, "audit"), js_count(js_at(audit, "audit")) - 1);
    assert_string_equal(js_text_or(last, "kind", ""), "station");
    assert_string_equal(js_text_or(last, "event", ""), "unlock");
    AUTO(js)
    struct js *bound = process_ok(&p, NULL, "dossier_update",
                                  "{\"id\":\"%s\",\"code\":\"h56.14-240823-0001\"}", paper.dossier);
    assert_string_equal(js_text_or(bound, "dossier.code", ""), "H56.14-240823-0001");
    assert_true(js_is_array(js_at(bound, "filed_without_code")));
    assert_int_equal(process_end(&p), 0);
}

/* One operation, one commit: the owner goes on at once. */
static void a_result_brings_the_next_job_of_the_stages_that_are_named(void **state)
{
    struct store_process p;
    struct err err = ERR_INIT;
    char pages[2][ID_SIZE], args[1200];
    process_start(&p, *state, NULL);
    struct process_paper paper = process_paper(&p);
    assert_int_equal(process_page(&p, &paper, "II*\001 one", pages[0], &err), ERR_OK);
    assert_int_equal(process_page(&p, &paper, "II*\001 two", pages[1], &err), ERR_OK);
    AUTO(js) struct js *first = process_ok(&p, NULL, "claim", CLAIM("recognize"));
    int files[2] = {memory_file("{\"schema\":\"sohoa.words/1\",\"width_mm\":210,\"height_mm\":297,"
                                "\"skew_deg\":0,\"words\":[]}"),
                    memory_file("\xff\xd8\xff")};
    AUTO(js) struct js *answer = NULL;
    int image = -1;
    snprintf(args, sizeof args,
             "{\"claim\":\"%s\",\"next\":" CLAIM(
                 "understand\",\"recognize") ",\"result\":{"
                                             "\"page\":{\"width_px\":10,\"height_px\":10,\"dpi\":"
                                             "300,\"rotation_deg\":0,"
                                             "\"skew_deg\":0,\"blank\":false,\"width_mm\":210,"
                                             "\"height_mm\":297},\"zones\":[],"
                                             "\"words\":0,\"mean_confidence\":0}}",
             js_text_or(first, "job.claim", ""));
    if (process_call(&p, "complete", args, files, 2, &answer, &image, 1, &err))
        fail_msg("%s", err.detail);
    assert_string_equal(js_text_or(answer, "job.stage", ""), "recognize");
    assert_string_equal(js_text_or(answer, "job.id", ""), pages[1]);
    char found[10] = "";
    assert_int_equal(pread(image, found, sizeof found, 0), 8);
    assert_string_equal(found, "II*\001 two");
    close(image);
    close(files[0]);
    close(files[1]);
    AUTO(js) struct js *none = process_ok(&p, NULL, "claim", CLAIM("recognize"));
    assert_true(js_is_null(js_at(none, "job")));
    assert_int_equal(process_end(&p), 0);
}

static void every_operation_says_which_argument_is_wrong(void **state)
{
    struct store_process p;
    static const char id[] = "01890000-0000-7000-8000-000000000000";
    static const struct {
        const char *op, *args, *names;
        enum err_code wanted;
    } cases[] = {
        {"dossier_create", "{\"papers\":-1}", "'papers'", ERR_BAD_ARGUMENT},
        {"dossier_create", "{\"papers\":\"two\"}", "'papers'", ERR_BAD_JSON},
        {"dossier_create", "{\"kind\":\"x\"}", "'kind'", ERR_BAD_ARGUMENT},
        {"dossier_create", "{\"code\":7}", "'code'", ERR_BAD_JSON},
        {"dossier_create", "{\"principal\":{\"id\":\"x\"}}", "'principal.role'", ERR_BAD_JSON},
        {"dossier_update", "{}", "'id'", ERR_BAD_JSON},
        {"dossier_get", "{\"id\":\"x\"}", "'id'", ERR_BAD_ARGUMENT},
        {"dossier_get", "{\"id\":\"01890000-0000-7000-8000-000000000000\"}", "dossier",
         ERR_NOT_FOUND},
        {"dossier_list", "{\"limit\":0}", "'limit'", ERR_BAD_ARGUMENT},
        {"dossier_list", "{\"before\":3}", "'before'", ERR_BAD_JSON},
        {"dossier_close", "{\"id\":null}", "'id'", ERR_BAD_JSON},
        {"document_create", "{}", "'dossier_id'", ERR_BAD_JSON},
        {"document_get", "{\"id\":[]}", "'id'", ERR_BAD_JSON},
        {"document_reject", "{\"id\":\"01890000-0000-7000-8000-000000000000\"}", "'reason'",
         ERR_BAD_JSON},
        {"document_split", "{\"id\":\"01890000-0000-7000-8000-000000000000\",\"page_id\":\"\"}",
         "'page_id'", ERR_BAD_ARGUMENT},
        {"page_begin", "{}", "'dossier_id'", ERR_BAD_JSON},
        {"page_commit", "{\"page_id\":\"01890000-0000-7000-8000-000000000000\",\"blob\":\"x\"}",
         "'image.sha256'", ERR_BAD_JSON},
        {"page_abort", "{}", "'blob'", ERR_BAD_JSON},
        {"page_image", "{\"id\":\"01890000-0000-7000-8000-000000000000\",\"what\":\"soul\"}",
         "'what'", ERR_BAD_ARGUMENT},
        {"document_file", "{\"id\":\"01890000-0000-7000-8000-000000000000\",\"what\":\"soul\"}",
         "'what'", ERR_BAD_ARGUMENT},
        {"claim", "{\"stages\":[\"x\"],\"owner\":\"o\",\"lease_us\":1000}", "'stage'",
         ERR_BAD_ARGUMENT},
        {"claim", "{\"stages\":[\"send\"],\"owner\":\"o\",\"lease_us\":0}", "'lease_us'",
         ERR_BAD_ARGUMENT},
        {"claim",
         "{\"stages\":[\"send\"],\"owner\":\"o\",\"lease_us\":1000,\"targets\":[{\"name\":7}]}",
         "name", ERR_BAD_JSON},
        {"complete", "{\"claim\":\"01890000-0000-7000-8000-000000000000\"}", "'result'",
         ERR_BAD_JSON},
        {"fail", "{\"claim\":\"01890000-0000-7000-8000-000000000000\",\"code\":\"X\"}", "'action'",
         ERR_BAD_JSON},
        {"fail",
         "{\"claim\":\"01890000-0000-7000-8000-000000000000\",\"code\":\"X\",\"action\":\"shrug\"}",
         "'action'", ERR_BAD_ARGUMENT},
        {"hold", "{\"kind\":\"dossier\",\"id\":\"01890000-0000-7000-8000-000000000000\"}", "'kind'",
         ERR_BAD_ARGUMENT},
        {"release", "{\"kind\":\"page\",\"id\":\"x\"}", "'id'", ERR_BAD_ARGUMENT},
        {"release_reason", "{\"kind\":\"dossier\",\"reason\":\"x\"}", "'kind'", ERR_BAD_ARGUMENT},
        {"release_reason", "{\"kind\":\"page\"}", "'reason'", ERR_BAD_JSON},
        {"station_note", "{\"subject\":\"signer\"}", "'event'", ERR_BAD_JSON},
        {"station_note", "{\"subject\":\"\",\"event\":\"x\"}", "'subject'", ERR_BAD_ARGUMENT},
        {"document_confirm", "{\"id\":\"01890000-0000-7000-8000-000000000000\"}", "'revision'",
         ERR_BAD_JSON},
        {"release_claims", "{}", "'owner'", ERR_BAD_JSON},
        {"queue_list", "{\"state\":\"somewhere\"}", "'state'", ERR_BAD_ARGUMENT},
        {"audit_list", "{}", "'id'", ERR_BAD_JSON},
        {"no_such_operation", "{}", "operation", ERR_BAD_MESSAGE},
    };
    (void)id;
    process_start(&p, *state, NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        process_call(&p, cases[i].op, cases[i].args, NULL, 0, NULL, NULL, 0, &err);
        if (err.code != cases[i].wanted || !strstr(err.detail, cases[i].names))
            fail_msg("%s %s: %s (%s)", cases[i].op, cases[i].args, err_name(err.code), err.detail);
    }
    assert_int_equal(process_end(&p), 0);
}

static void garbage_on_the_socket_is_answered_and_survived(void **state)
{
    struct store_process p;
    static const char *const garbage[] = {"",
                                          "x",
                                          "{}",
                                          "SOHI",
                                          "SOHI\0\0\0\0\0\0\0\0{\"id\":1}",
                                          "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"};
    process_start(&p, *state, NULL);
    for (size_t i = 1; i < COUNT_OF(garbage); i++) {
        struct ipc_message message;
        const struct js *ok;
        struct err err = ERR_INIT;
        assert_true(send(p.socket, garbage[i], strlen(garbage[i]), 0) > 0);
        assert_int_equal(ipc_receive(p.socket, &message, NULL), ERR_OK);
        assert_int_not_equal(ipc_reply(&message, &ok, &err), ERR_OK);
        ipc_message_done(&message);
    }
    AUTO(js) struct js *hello = process_ok(&p, NULL, "hello", "{}");
    assert_true(js_has(hello, "boot"));
    assert_int_equal(process_end(&p), 0);
}

static void a_second_worker_on_the_folder_stays_and_says_store_in_use(void **state)
{
    struct store_process first, second;
    process_start(&first, *state, NULL);
    js_free(process_ok(&first, NULL, "hello", "{}"));
    process_start(&second, *state, NULL);
    process_expect(&second, ERR_STORE_IN_USE, "hello", "{}");
    process_expect(&second, ERR_STORE_IN_USE, "dossier_create", "{}");
    js_free(process_ok(&first, NULL, "dossier_create", "{}"));
    assert_int_equal(process_end(&second), 0);
    assert_int_equal(process_end(&first), 0);
}

static void a_successor_waits_for_a_predecessor_that_is_ending(void **state)
{
    struct store_process first, second;
    process_start(&first, *state, NULL);
    js_free(process_ok(&first, NULL, "hello", "{}"));
    process_start(&second, *state, NULL);
    usleep(300000);
    assert_int_equal(process_end(&first), 0);
    js_free(process_ok(&second, NULL, "hello", "{}"));
    assert_int_equal(process_end(&second), 0);
}

static void a_corrupt_database_is_reported_to_every_request(void **state)
{
    struct store_process p;
    char path[500];
    snprintf(path, sizeof path, "%s/store.db", (char *)*state);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 5000; i++)
        fputc('x', file);
    fclose(file);
    process_start(&p, *state, NULL);
    process_expect(&p, ERR_STORE_CORRUPT, "hello", "{}");
    process_expect(&p, ERR_STORE_CORRUPT, "status", "{}");
    assert_int_equal(process_end(&p), 0);
}

static void after_stop_the_folder_is_free(void **state)
{
    struct store_process first, second;
    process_start(&first, *state, NULL);
    js_free(process_ok(&first, NULL, "hello", "{}"));
    js_free(process_ok(&first, NULL, "stop", "{}"));
    process_expect(&first, ERR_CANCELLED, "status", "{}");
    process_start(&second, *state, NULL);
    js_free(process_ok(&second, NULL, "hello", "{}"));
    assert_int_equal(process_end(&first), 0);
    assert_int_equal(process_end(&second), 0);
}

static void a_wrong_command_line_ends_with_usage(void **state)
{
    static const char *const wrong[][3] = {
        {"--nonsense", NULL}, {"--reserve-mb", "much", NULL}, {"stray", NULL}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct store_process p;
        process_start(&p, *state, wrong[i]);
        int status = process_end(&p);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
    }
    static const char *const form[] = {"--code-template", "{owner}", NULL};
    struct store_process p;
    process_start(&p, *state, form);
    process_expect(&p, ERR_BAD_CONFIG, "hello", "{}");
    process_end(&p);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_paper_goes_from_scan_to_closed_over_the_socket),
        T(the_station_notes_and_the_crowd_operations_answer),
        T(a_result_brings_the_next_job_of_the_stages_that_are_named),
        T(every_operation_says_which_argument_is_wrong),
        T(garbage_on_the_socket_is_answered_and_survived),
        T(a_second_worker_on_the_folder_stays_and_says_store_in_use),
        T(a_successor_waits_for_a_predecessor_that_is_ending),
        T(a_corrupt_database_is_reported_to_every_request),
        T(after_stop_the_folder_is_free),
        T(a_wrong_command_line_ends_with_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
