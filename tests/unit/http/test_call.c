#include "daemon/base/mem.h"
#include "daemon/http/call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ID "019a0000-0000-7000-8000-000000000001"

/* An application that answers at once, keeps the question, or fails. */
static struct {
    enum { AT_ONCE, KEEP, FAIL } mood;
    app_done_fn *done;
    void *payload;
    char op[40];
    int asked;
    off_t file_size; /* of the last upload */
    bool writable;
} app;

static void store(struct app *self, const char *op, struct js *args, app_done_fn *done,
                  void *payload)
{
    (void)self;
    AUTO(js) struct js *owned = args;
    struct err err = ERR_INIT;
    snprintf(app.op, sizeof app.op, "%s", op);
    app.done = done;
    app.payload = payload;
    app.asked++;
    if (app.mood == FAIL) {
        err_set(&err, ERR_STATE_CHANGED, "no longer open");
        done(payload, NULL, -1, &err);
    }
    if (app.mood == AT_ONCE)
        done(payload, owned, -1, NULL);
}

static void upload(struct app *self, struct js *args, int file, const struct principal *who,
                   app_done_fn *done, void *payload)
{
    (void)self, (void)who;
    js_free(args);
    app.done = done;
    app.payload = payload;
    app.asked++;
    app.file_size = lseek(file, 0, SEEK_END);
    app.writable = write(file, "x", 1) == 1;
    close(file);
}

static const struct app_calls calls = {.store = store, .upload = upload};
static struct http http;
static int woken;

static void on_ready(void *self)
{
    (void)self;
    woken++;
}

static int begin(void **state)
{
    (void)state;
    memset(&app, 0, sizeof app);
    woken = 0;
    http = (struct http){.calls = &calls,
                         .sessions = sessions_new(),
                         .events = events_new(),
                         .app_deadline_us = 1000000,
                         .file_max = 100};
    struct err err = ERR_INIT;
    return http.sessions && http.events && !web_open(NULL, &http.web, &err) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    http_forget_calls(&http);
    sessions_free(http.sessions);
    events_free(http.events);
    web_close(http.web);
    return 0;
}

static struct call *ask(const char *method, const char *path, const char *body)
{
    char length[24];
    struct http_head head = {.method = method, .path = path, .from_unix = true};
    if (body) {
        snprintf(length, sizeof length, "%zu", strlen(body));
        head.length = length;
    }
    struct call *call = call_new(&http, &head, on_ready, NULL);
    if (!call)
        return NULL;
    call_admit(call);
    if (body)
        call_receive(call, body, strlen(body));
    call_run(call);
    return call;
}

static void an_answer_at_once_is_the_reply(void **state)
{
    (void)state;
    struct call *call = ask("GET", "/v1/dossiers/" ID, NULL);
    assert_true(call->replied);
    assert_int_equal(call->reply.status, 200);
    assert_string_equal(app.op, "dossier_get");
    assert_string_equal(call->reply.bytes,
                        "{\"id\":\"" ID "\",\"principal\":{\"id\":\"uid:0\",\"role\":\"it\"}}");
    call_leave(call);
}

static void each_route_asks_the_store_for_its_command(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body, *op;
        int status;
    } cases[] = {
        {"GET", "/v1/dossiers", NULL, "dossier_list", 200},
        {"POST", "/v1/dossiers", "{}", "dossier_create", 201},
        {"POST", "/v1/dossiers",
         "{\"existing\":true,\"procedure_code\":\"1.000894\",\"received_on\":null}",
         "dossier_create", 201},
        {"PATCH", "/v1/dossiers/" ID, "{\"papers\":null}", "dossier_update", 200},
        {"PATCH", "/v1/dossiers/" ID, "{\"sides\":4}", "dossier_update", 200},
        {"PATCH", "/v1/dossiers/" ID, "{\"owner_id\":null,\"channel\":\"vneid\"}", "dossier_update",
         200},
        {"POST", "/v1/dossiers/" ID "/close", NULL, "dossier_close", 200},
        {"POST", "/v1/dossiers/" ID "/close", "{\"counted\":true}", "dossier_close", 200},
        {"GET", "/v1/documents/" ID, NULL, "document_get", 200},
        {"POST", "/v1/documents/" ID "/finish", NULL, "document_finish_scan", 200},
        {"POST", "/v1/documents/" ID "/reopen", NULL, "document_reopen", 200},
        {"POST", "/v1/documents/" ID "/confirm",
         "{\"compared\":true,\"revision\":\"r1\",\"fields\":{}}", "document_confirm", 200},
        {"POST", "/v1/documents/" ID "/reject", "{\"reason\":\"x\"}", "document_reject", 200},
        {"POST", "/v1/documents/" ID "/split", "{\"page_id\":\"" ID "\"}", "document_split", 200},
        {"POST", "/v1/documents/" ID "/join", "{\"with\":\"" ID "\"}", "document_join", 200},
        {"POST", "/v1/documents/" ID "/move", "{\"code\":\"H56.14-260105-0001\",\"alike\":true}",
         "document_move", 200},
        {"POST", "/v1/documents/" ID "/register", "{\"register_id\":null}", "document_register",
         200},
        {"POST", "/v1/documents/" ID "/replace", "{\"reason\":\"x\"}", "document_replace", 201},
        {"POST", "/v1/pages/" ID "/move", "{\"document_id\":\"" ID "\",\"position\":0}",
         "page_move", 200},
        {"POST", "/v1/pages/" ID "/remove", "{\"reason\":\"x\"}", "page_remove", 200},
        {"POST", "/v1/pages/" ID "/release", NULL, "page_release", 200},
        {"POST", "/v1/pages/" ID "/turn", "{\"turned_deg\":90}", "page_turn", 200},
        {"POST", "/v1/pages/" ID "/turn", "{\"turned_deg\":null}", "page_turn", 200},
        {"POST", "/v1/pages/" ID "/restore", NULL, "page_restore", 200},
        {"POST", "/v1/pages/" ID "/pair", "{\"part_of\":\"" ID "\",\"part_kind\":\"note\"}",
         "page_pair", 200},
        {"POST", "/v1/pages/" ID "/pair", "{\"part_of\":null}", "page_pair", 200},
        {"POST", "/v1/pages/" ID "/answer", "{\"code\":\"short\",\"answer\":\"keep\"}",
         "page_answer", 200},
        {"POST", "/v1/pages/" ID "/blank", "{\"kept\":true}", "page_keep_blank", 200},
        {"POST", "/v1/pages/" ID "/secret", "{\"secret\":true}", "page_secret", 200},
        {"POST", "/v1/documents/" ID "/form", "{\"submitted_form\":\"photocopy\"}", "document_form",
         200},
        {"GET", "/v1/queue", NULL, "queue_list", 200},
        {"POST", "/v1/queue/" ID "/retry", NULL, "release", 200},
        {"POST", "/v1/queue/" ID "/release", "{\"kind\":\"document\"}", "release", 200},
        {"POST", "/v1/queue/" ID "/hold", "{\"reason\":\"x\"}", "hold", 200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        app.op[0] = 0;
        struct call *call = ask(cases[i].method, cases[i].path, cases[i].body);
        if (call->reply.status != cases[i].status || strcmp(app.op, cases[i].op) != 0)
            fail_msg("%s: %d %s", cases[i].path, call->reply.status, app.op);
        assert_non_null(strstr(call->reply.bytes, "\"principal\":{\"id\":\"uid:0\""));
        call_leave(call);
    }
}

static void what_makes_no_sense_does_not_reach_the_store(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body;
    } cases[] = {
        {"PATCH", "/v1/dossiers/" ID, "{}"},
        {"PATCH", "/v1/dossiers/" ID, "{\"sides\":-1}"},
        {"PATCH", "/v1/dossiers/" ID, "{\"channel\":\"fax\"}"},
        {"POST", "/v1/pages/" ID "/secret", "{}"},
        {"POST", "/v1/documents/" ID "/form", "{\"submitted_form\":\"xerox\"}"},
        {"POST", "/v1/dossiers/" ID "/scan", "{\"part_of\":\"" ID "\"}"},
        {"POST", "/v1/dossiers/" ID "/scan", "{\"part_kind\":\"note\"}"},
        {"POST", "/v1/pages/" ID "/turn", "{}"},
        {"POST", "/v1/pages/" ID "/turn", "{\"turned_deg\":360}"},
        {"POST", "/v1/pages/" ID "/pair", "{\"part_of\":\"" ID "\"}"},
        {"POST", "/v1/pages/" ID "/pair", "{}"},
        {"POST", "/v1/pages/" ID "/answer", "{\"code\":\"short\",\"answer\":\"maybe\"}"},
        {"POST", "/v1/pages/" ID "/blank", "{}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        app.op[0] = 0;
        struct call *call = ask(cases[i].method, cases[i].path, cases[i].body);
        if (call->reply.status != 400 || app.op[0])
            fail_msg("%s %s: %d %s", cases[i].path, cases[i].body, call->reply.status, app.op);
        call_leave(call);
    }
}

static void an_error_keeps_its_code_and_gets_a_reference(void **state)
{
    (void)state;
    app.mood = FAIL;
    struct call *call = ask("GET", "/v1/dossiers/" ID, NULL);
    assert_int_equal(call->reply.status, 409);
    assert_non_null(strstr(call->reply.bytes, "\"code\":\"STATE_CHANGED\""));
    assert_non_null(strstr(call->reply.bytes, "\"ref\":\""));
    assert_non_null(strstr(call->reply.bytes, "\"detail\":\"no longer open\""));
    call_leave(call);
}

static void an_answer_later_wakes_the_connection(void **state)
{
    (void)state;
    app.mood = KEEP;
    struct call *call = ask("GET", "/v1/dossiers/" ID, NULL);
    assert_false(call->replied);
    assert_int_equal(http.waiting_count, 1);
    AUTO(js) struct js *ok = js_pack("{s:i}", "n", 1);
    app.done(app.payload, ok, -1, NULL);
    assert_true(call->replied);
    assert_int_equal(woken, 1);
    assert_int_equal(http.waiting_count, 0);
    assert_string_equal(call->reply.bytes, "{\"n\":1}");
    call_leave(call);
}

static int spare_fd(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void an_answer_nobody_waits_for_is_put_away(void **state)
{
    (void)state;
    static const enum { LEFT, EXPIRED, SERVER_GONE } cases[] = {LEFT, EXPIRED, SERVER_GONE};
    AUTO(js) struct js *ok = js_object();
    app.mood = KEEP;
    for (size_t i = 0; i < 3; i++) {
        struct call *call = ask("GET", "/v1/pages/" ID "/thumb", NULL);
        int fd = spare_fd();
        if (cases[i] == EXPIRED)
            call_expire(call);
        if (cases[i] == EXPIRED)
            assert_int_equal(call->reply.status, 504);
        if (cases[i] == SERVER_GONE)
            http_forget_calls(&http);
        if (cases[i] != EXPIRED)
            call_leave(call);
        app.done(app.payload, ok, fd, NULL);
        assert_int_equal(fcntl(fd, F_GETFD), -1); /* closed */
        if (cases[i] == EXPIRED)
            call_leave(call);
        assert_int_equal(http.waiting_count, 0);
    }
}

static void too_many_waiting_are_refused_but_status_is_not(void **state)
{
    (void)state;
    struct call *waiting[CALL_WAITING_MAX];
    void *payloads[CALL_WAITING_MAX];
    app.mood = KEEP;
    for (int i = 0; i < CALL_WAITING_MAX; i++) {
        waiting[i] = ask("GET", "/v1/dossiers/" ID, NULL);
        payloads[i] = app.payload;
    }
    struct call *refused = ask("GET", "/v1/dossiers/" ID, NULL);
    assert_int_equal(refused->reply.status, 429);
    call_leave(refused);
    AUTO(js) struct js *ok = js_object();
    for (int i = 0; i < CALL_WAITING_MAX; i++) {
        call_leave(waiting[i]);
        app.done(payloads[i], ok, -1, NULL);
    }
    assert_int_equal(http.waiting_count, 0);
}

static void a_body_in_any_pieces_is_the_same_body(void **state)
{
    (void)state;
    static const char body[] = "{\"code\":\"H01.24-261121-0001\",\"papers\":4}";
    for (size_t piece = 1; piece < sizeof body; piece++) {
        struct http_head head = {
            .method = "POST", .path = "/v1/dossiers", .from_unix = true, .encoding = "chunked"};
        struct call *call = call_new(&http, &head, on_ready, NULL);
        call_admit(call);
        for (size_t at = 0; at < sizeof body - 1; at += piece) {
            size_t left = sizeof body - 1 - at;
            assert_true(call_receive(call, body + at, left < piece ? left : piece));
        }
        call_run(call);
        assert_int_equal(call->reply.status, 201);
        assert_int_equal(strncmp(call->reply.bytes, body, sizeof body - 3), 0);
        call_leave(call);
    }
}

/* The n-th allocation fails, for every n: an answer or none, never a crash, never a half one. */
static void no_memory_is_an_error_like_any_other(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body;
    } cases[] = {
        {"POST", "/v1/dossiers", "{\"code\":\"A\",\"papers\":3}"},
        {"GET", "/v1/dossiers", NULL},
        {"GET", "/v1/queue", NULL},
        {"POST", "/v1/queue/" ID "/hold", "{\"reason\":\"x\"}"},
        {"DELETE", "/v1/queue", NULL},
        {"POST", "/v1/open", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned long nth = 1; nth < 200; nth++) {
            mem_fail_from(nth);
            struct call *call = ask(cases[i].method, cases[i].path, cases[i].body);
            unsigned long used = mem_allocations();
            mem_fail_from(0);
            if (call) {
                assert_true(call->replied);
                assert_true(call->reply.status == 503 || call->reply.bytes);
            }
            call_leave(call);
            assert_int_equal(http.waiting_count, 0);
            if (used < nth)
                break;
        }
    }
}

static const char *query_of_upload(void *self, const char *name)
{
    (void)self;
    return strcmp(name, "name") == 0         ? "t%E1%BB%9D%201.jpg"
           : strcmp(name, "dossier_id") == 0 ? ID
                                             : NULL;
}

static struct call *begin_upload(const char *length)
{
    struct http_head head = {.method = "POST",
                             .path = "/v1/imports/upload",
                             .from_unix = true,
                             .content_type = "image/jpeg",
                             .length = length,
                             .encoding = length ? NULL : "chunked",
                             .query = query_of_upload};
    struct call *call = call_new(&http, &head, on_ready, NULL);
    call_admit(call);
    return call;
}

static void answer_upload(struct call *call)
{
    AUTO(js) struct js *ok = js_object();
    app.done(app.payload, ok, -1, NULL);
    assert_int_equal(call->reply.status, 201);
    call_leave(call);
}

static void a_file_as_body_comes_whole_and_sealed(void **state)
{
    (void)state;
    struct call *call = begin_upload("100");
    for (int i = 0; i < 10; i++)
        assert_true(call_receive(call, "0123456789", 10));
    call_run(call);
    assert_int_equal(app.asked, 1);
    assert_int_equal(app.file_size, 100);
    assert_false(app.writable);
    answer_upload(call);
}

static void a_file_above_the_ceiling_is_refused_as_soon_as_it_is_known(void **state)
{
    (void)state;
    struct call *announced = begin_upload("101");
    assert_int_equal(announced->reply.status, 413);
    struct call *grown = begin_upload(NULL);
    for (int i = 0; i < 10; i++)
        call_receive(grown, "0123456789", 10);
    assert_false(grown->replied);
    call_receive(grown, "0", 1);
    assert_int_equal(grown->reply.status, 413);
    assert_int_equal(http.file_count, 0);
    assert_int_equal(app.asked, 0);
    call_leave(announced);
    call_leave(grown);
}

static void only_so_many_files_lie_in_memory_at_once(void **state)
{
    (void)state;
    struct call *held[CALL_FILES_MAX];
    for (int i = 0; i < CALL_FILES_MAX; i++) {
        held[i] = begin_upload("10");
        call_receive(held[i], "0123456789", 10);
    }
    struct call *one_more = begin_upload("10");
    call_receive(one_more, "0123456789", 10);
    assert_int_equal(one_more->reply.status, 429);
    call_leave(one_more);
    for (int i = 0; i < CALL_FILES_MAX; i++) {
        call_run(held[i]);
        answer_upload(held[i]);
    }
    assert_int_equal(http.file_count, 0);
}

static void a_file_needs_a_name_and_bytes(void **state)
{
    (void)state;
    struct call *empty = begin_upload("0");
    call_run(empty);
    assert_int_equal(empty->reply.status, 422);
    call_leave(empty);
    struct call *nameless = begin_upload("1");
    nameless->head.query = NULL;
    call_receive(nameless, "x", 1);
    call_run(nameless);
    assert_int_equal(nameless->reply.status, 422);
    call_leave(nameless);
    assert_int_equal(app.asked, 0);
    assert_int_equal(http.file_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_at_once_is_the_reply, begin, end),
        cmocka_unit_test_setup_teardown(each_route_asks_the_store_for_its_command, begin, end),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_does_not_reach_the_store, begin, end),
        cmocka_unit_test_setup_teardown(an_error_keeps_its_code_and_gets_a_reference, begin, end),
        cmocka_unit_test_setup_teardown(an_answer_later_wakes_the_connection, begin, end),
        cmocka_unit_test_setup_teardown(an_answer_nobody_waits_for_is_put_away, begin, end),
        cmocka_unit_test_setup_teardown(too_many_waiting_are_refused_but_status_is_not, begin, end),
        cmocka_unit_test_setup_teardown(a_body_in_any_pieces_is_the_same_body, begin, end),
        cmocka_unit_test_setup_teardown(a_file_as_body_comes_whole_and_sealed, begin, end),
        cmocka_unit_test_setup_teardown(a_file_above_the_ceiling_is_refused_as_soon_as_it_is_known,
                                        begin, end),
        cmocka_unit_test_setup_teardown(only_so_many_files_lie_in_memory_at_once, begin, end),
        cmocka_unit_test_setup_teardown(a_file_needs_a_name_and_bytes, begin, end),
        cmocka_unit_test_setup_teardown(no_memory_is_an_error_like_any_other, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
