#include "tests/harness/test.h"

#include "daemon/http/call.h"

/* What the calls about registers ask of the application, and what does not reach it. */

static struct {
    char verb[20], folder[40], args[400];
    int asked;
    off_t file_size;
} app;

static void registers(struct app *self, const char *verb, const char *folder, struct js *args,
                      int file, const struct principal *who, app_done_fn *done, void *payload)
{
    (void)self, (void)who;
    AUTO(js) struct js *owned = args ? args : js_object();
    AUTO(mem) char *text = js_dump(owned);
    snprintf(app.verb, sizeof app.verb, "%s", verb);
    snprintf(app.folder, sizeof app.folder, "%s", folder);
    snprintf(app.args, sizeof app.args, "%s", text);
    app.file_size = file < 0 ? -1 : lseek(file, 0, SEEK_END);
    app.asked++;
    fd_close(file);
    done(payload, owned, -1, NULL);
}

static const struct app_calls calls = {.registers = registers};
static struct http http;

static void on_ready(void *self)
{
    (void)self;
}

/* "name=value" of these, encoded as they would be sent. */
static const char *query_of(void *self, const char *name)
{
    static char value[400];
    const char *at = self, *found = NULL;
    size_t size = strlen(name);
    while (at && !found) {
        found = strncmp(at, name, size) == 0 && at[size] == '=' ? at + size + 1 : NULL;
        at = strchr(at, '&');
        at = at ? at + 1 : NULL;
    }
    if (found)
        snprintf(value, sizeof value, "%.*s", (int)strcspn(found, "&"), found);
    return found ? value : NULL;
}

static int ask(const char *method, const char *path, const char *query, const char *bytes)
{
    char length[20];
    snprintf(length, sizeof length, "%zu", bytes ? strlen(bytes) : 0);
    struct http_head head = {.method = method,
                             .path = path,
                             .from_unix = true,
                             .length = bytes ? length : NULL,
                             .query = query_of,
                             .query_self = (void *)query};
    app.asked = 0;
    struct call *call = call_new(&http, &head, on_ready, NULL);
    call_admit(call);
    if (bytes && !call->replied)
        call_receive(call, bytes, strlen(bytes));
    call_run(call);
    int status = call->reply.status;
    call_leave(call);
    return status;
}

static int begin(void **state)
{
    (void)state;
    http = (struct http){.calls = &calls,
                         .sessions = sessions_new(),
                         .events = events_new(),
                         .own_uid = geteuid(),
                         .app_deadline_us = 1000000,
                         .file_max = 100};
    return http.sessions && http.events ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    http_forget_calls(&http);
    sessions_free(http.sessions);
    events_free(http.events);
    return 0;
}

static void a_file_comes_with_its_name_and_what_was_said_of_its_columns(void **state)
{
    (void)state;
    static const char path[] = "/v1/imports/s%E1%BB%95%20c%C5%A9/register";
    assert_int_equal(ask("POST", path, "file=so%202019.csv&map=ma_so:path,ngay:-&dry_run=1", "a;b"),
                     200);
    assert_string_equal(app.verb, "import");
    assert_string_equal(app.folder, "sổ cũ");
    assert_int_equal(app.file_size, 3);
    assert_string_equal(app.args, "{\"dry_run\":true,\"file\":\"so 2019.csv\",\"name\":\"so 2019\","
                                  "\"said\":{\"ma_so\":\"path\",\"ngay\":\"-\"}}");
    assert_int_equal(ask("POST", path, "file=/tmp/a.xlsx&name=chung", "a;b"), 201);
    assert_string_equal(app.args, "{\"dry_run\":false,\"file\":\"a.xlsx\",\"name\":\"chung\","
                                  "\"said\":{}}");
}

static void what_makes_no_sense_does_not_reach_the_daemon(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *query, *bytes;
        int status;
    } cases[] = {
        {"POST", "/v1/imports/old/register", "", "a;b", 422},
        {"POST", "/v1/imports/old/register", "file=a/", "a;b", 422},
        {"POST", "/v1/imports/old/register", "file=a.csv", NULL, 422},
        {"POST", "/v1/imports/old/register", "file=a.csv&map=ma_so", "a;b", 400},
        {"POST", "/v1/imports/old/register", "file=a.csv&map=ma_so:nonsense", "a;b", 400},
        {"POST", "/v1/imports/old/register", "file=a.csv&map=:path", "a;b", 400},
        {"GET", "/v1/imports/old/register/list", "", NULL, 400},
        {"GET", "/v1/imports/old/register/list", "list=all", NULL, 400},
        {"GET", "/v1/imports/old/register/list", "list=questions&limit=1001", NULL, 400},
        {"GET", "/v1/imports/old/register/list", "list=questions&offset=-1", NULL, 400},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int status = ask(cases[i].method, cases[i].path, cases[i].query, cases[i].bytes);
        if (status != cases[i].status || app.asked)
            fail_msg("case %zu: %d, asked %d", i, status, app.asked);
    }
}

static void lists_come_some_at_a_time(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", "/v1/imports/old/register", "", NULL), 200);
    assert_string_equal(app.verb, "status");
    assert_int_equal(
        ask("GET", "/v1/imports/old/register/list", "list=rows-alone&offset=200", NULL), 200);
    assert_string_equal(app.args, "{\"list\":\"rows-alone\",\"limit\":200,\"offset\":200}");
    assert_int_equal(ask("POST", "/v1/imports/old/register/join", "", NULL), 200);
    assert_string_equal(app.verb, "join");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_comes_with_its_name_and_what_was_said_of_its_columns,
                                        begin, end),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_does_not_reach_the_daemon, begin, end),
        cmocka_unit_test_setup_teardown(lists_come_some_at_a_time, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
