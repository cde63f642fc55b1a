#include "daemon/base/js.h"
#include "daemon/http/routes.h"
#include "tests/flow/http/client.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct fake_server server;
static char cookie[300];

static int start(void **state)
{
    (void)state;
    fake_server_start(&server, (struct http_limits){0});
    client_open_session(&server, cookie, sizeof cookie);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    return fake_server_stop(&server);
}

static int ask(enum via via, const char *line, const char *headers, const char *body)
{
    struct answer answer = client_ask(&server, via, line, headers, body);
    int status = answer.status;
    answer_done(&answer);
    return status;
}

/* "POST /v1/dossiers/{id}/scan" with something that holds in place of the parameter. */
static void fill_line(const struct route *route, char *out, size_t size)
{
    static const char *const samples[][2] = {
        {"{id}", ID_PLAIN},
        {"{job}", ID_PLAIN},
        {"{name}", "sim%3A0"},
        {"{file}", "app.js"},
        {"{token}", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}};
    size_t n = (size_t)snprintf(out, size, "%s ", method_name(route->method));
    for (const char *at = route->pattern; *at; at += strcspn(at, "}") + 1) {
        size_t plain = strcspn(at, "{");
        n += (size_t)snprintf(out + n, size - n, "%.*s", (int)plain, at);
        at += plain;
        if (!*at)
            return;
        for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
            if (strncmp(at, samples[i][0], strlen(samples[i][0])) == 0)
                n += (size_t)snprintf(out + n, size - n, "%s", samples[i][1]);
    }
}

static int expected(const struct route *route, enum via via, bool session)
{
    if (via == VIA_TCP && route->flags & ROUTE_UNIX_ONLY)
        return 403;
    if (via == VIA_TCP && !session && route->role != ROLE_ANY)
        return 401;
    bool it = via == VIA_UNIX;
    return route->role == ROLE_IT && !it ? 403 : 0; /* 0: let in */
}

static void every_route_lets_in_whom_its_role_names(void **state)
{
    (void)state;
    static const struct {
        enum via via;
        bool session;
    } who[] = {{VIA_UNIX, false}, {VIA_UNIX_NOBODY, false}, {VIA_TCP, true}, {VIA_TCP, false}};
    for (size_t i = 0; i < route_count; i++) {
        char line[400], headers[600];
        fill_line(&routes[i], line, sizeof line);
        if (strstr(line, "/v1/events") || strcmp(routes[i].pattern, "/open/{token}") == 0)
            continue;
        for (size_t k = 0; k < sizeof who / sizeof who[0]; k++) {
            if (who[k].via == VIA_UNIX_NOBODY && geteuid() != 0)
                continue;
            snprintf(headers, sizeof headers, MARKED "%s", who[k].session ? cookie : "");
            int status = ask(who[k].via, line, headers, NULL);
            int want = expected(&routes[i], who[k].via, who[k].session);
            bool page_without_session = strcmp(routes[i].pattern, "/") == 0 && status == 401;
            bool let_in = status && status != 403 && (status != 401 || page_without_session);
            if (want ? status != want : !let_in)
                fail_msg("%s by %zu: %d, expected %d", line, k, status, want);
        }
    }
}

static void an_unknown_path_is_404_and_a_known_one_with_another_method_405(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int status;
        const char *allow;
    } cases[] = {
        {"GET /v1/nothing", 404, NULL},
        {"GET /v1/dossiers/" ID_PLAIN "/", 404, NULL},
        {"GET /v1/dossiers/not-an-id", 404, NULL},
        {"GET /v1/dossiers/%30", 404, NULL},
        {"GET /v1/devices/a%00b", 404, NULL},
        {"GET /v1/devices/%ff", 404, NULL},
        {"GET //v1/status", 404, NULL},
        {"DELETE /v1/dossiers", 405, "Allow: GET, POST\r\n"},
        {"PUT /v1/dossiers/" ID_PLAIN, 405, "Allow: GET, PATCH\r\n"},
        {"OPTIONS /v1/sync", 405, "Allow: GET, POST\r\n"},
        {"HEAD /v1/status", 405, "Allow: GET\r\n"},
        {"POST /", 405, "Allow: GET, HEAD\r\n"},
        {"GET /v1/devices/net%3Alocalhost%3Atest%2F0", 200, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer answer = client_ask(&server, VIA_UNIX, cases[i].line, NULL, NULL);
        if (answer.status != cases[i].status)
            fail_msg("%s: %d", cases[i].line, answer.status);
        if (cases[i].allow)
            assert_true(answer_has(&answer, cases[i].allow));
        answer_done(&answer);
    }
}

static void a_foreign_host_or_origin_is_kept_out(void **state)
{
    (void)state;
    char own[80], own_local[80], near[80];
    snprintf(own, sizeof own, "http://127.0.0.1:%d", server.port);
    snprintf(own_local, sizeof own_local, "http://localhost:%d", server.port);
    snprintf(near, sizeof near, "http://127.0.0.1:%d", server.port + 1);
    const struct {
        const char *host, *origin;
        int status;
    } cases[] = {
        {"127.0.0.1", NULL, 200},
        {"localhost", NULL, 200},
        {"LOCALHOST", NULL, 200},
        {"", NULL, 403},
        {"evil.example", NULL, 403},
        {"127.0.0.1.evil.example", NULL, 403},
        {"127.0.0.1:1", NULL, 403},
        {"localhost:", NULL, 403},
        {"evil@127.0.0.1", NULL, 403},
        {"127.0.0.1", own, 200},
        {"127.0.0.1", own_local, 200},
        {"127.0.0.1", "null", 403},
        {"127.0.0.1", "", 403},
        {"127.0.0.1", "https://127.0.0.1", 403},
        {"127.0.0.1", "http://evil.example", 403},
        {"127.0.0.1", near, 403},
        {"127.0.0.1\r\nHost: 127.0.0.1", NULL, 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = NULL;
        int size = asprintf(
            &text, "GET /v1/status HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s%s%s%s\r\n",
            cases[i].host, cookie, cases[i].origin ? "Origin: " : "",
            cases[i].origin ? cases[i].origin : "", cases[i].origin ? "\r\n" : "");
        struct answer answer = client_ask_raw(&server, VIA_TCP, text, (size_t)size);
        if (answer.status != cases[i].status)
            fail_msg("Host %s Origin %s: %d", cases[i].host,
                     cases[i].origin ? cases[i].origin : "-", answer.status);
        answer_done(&answer);
        free(text);
    }
}

static void a_change_from_a_browser_needs_the_mark_or_json_with_our_origin(void **state)
{
    (void)state;
    char origin[100];
    snprintf(origin, sizeof origin, "Origin: http://127.0.0.1:%d\r\n", server.port);
    const struct {
        const char *a, *b;
        int status;
    } cases[] = {
        {"", "", 403},
        {MARKED, "", 201},
        {"X-Sohoa: 0\r\n", "", 403},
        {JSON, "", 403},
        {origin, "", 403},
        {JSON, origin, 201},
        {"Content-Type: application/jsonx\r\n", origin, 403},
        {"Content-Type: text/plain; application/json\r\n", origin, 403},
        {"Content-Type: application/json; charset=utf-8\r\n", origin, 201},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char headers[700];
        snprintf(headers, sizeof headers, "%s%s%s", cookie, cases[i].a, cases[i].b);
        int status = ask(VIA_TCP, "POST /v1/dossiers", headers, "{}");
        if (status != cases[i].status)
            fail_msg("case %zu: %d", i, status);
    }
}

static void a_link_opens_one_session_and_only_one(void **state)
{
    (void)state;
    struct answer link = client_ask(&server, VIA_UNIX, "POST /v1/open", NULL, NULL);
    char expected_start[100], path[200] = "GET ";
    snprintf(expected_start, sizeof expected_start, "{\"url\":\"http://127.0.0.1:%d/open/",
             server.port);
    assert_int_equal(link.status, 200);
    assert_int_equal(strncmp(link.body, expected_start, strlen(expected_start)), 0);
    sscanf(strstr(link.body, "/open/"), "%150[^\"]", path + 4);
    answer_done(&link);

    struct answer first = client_ask(&server, VIA_TCP, path, NULL, NULL);
    assert_int_equal(first.status, 303);
    assert_true(answer_has(&first, "\r\nLocation: /\r\n"));
    assert_true(answer_has(&first, "Set-Cookie: sohoa_session="));
    assert_true(answer_has(&first, "; HttpOnly; SameSite=Strict; Path=/\r\n"));
    answer_done(&first);
    struct answer second = client_ask(&server, VIA_TCP, path, NULL, NULL);
    assert_int_equal(second.status, 401);
    assert_false(answer_has(&second, "Set-Cookie"));
    assert_non_null(strstr(second.body, "sohoa open"));
    answer_done(&second);
}

static void the_audit_sees_who_it_was(void **state)
{
    (void)state;
    struct answer by_socket = client_ask(&server, VIA_UNIX, "GET /v1/dossiers", NULL, NULL);
    char expected_id[60];
    snprintf(expected_id, sizeof expected_id, "\"principal\":{\"id\":\"uid:%u\",\"role\":\"it\"}",
             (unsigned)geteuid());
    assert_non_null(strstr(by_socket.body, expected_id));
    answer_done(&by_socket);
    struct answer by_page = client_ask(&server, VIA_TCP, "GET /v1/dossiers", cookie, NULL);
    snprintf(expected_id, sizeof expected_id, "\"principal\":{\"id\":\"uid:%u/web-",
             (unsigned)geteuid());
    assert_non_null(strstr(by_page.body, expected_id));
    assert_non_null(strstr(by_page.body, "\"role\":\"clerk\""));
    answer_done(&by_page);
}

static void a_body_cannot_say_who_it_is(void **state)
{
    (void)state;
    struct answer answer =
        client_ask(&server, VIA_UNIX, "POST /v1/dossiers", JSON,
                   "{\"principal\":{\"id\":\"root\"},\"code\":\"X1\",\"unknown\":1}");
    assert_int_equal(answer.status, 201);
    assert_null(strstr(answer.body, "root"));
    assert_null(strstr(answer.body, "unknown"));
    assert_non_null(strstr(answer.body, "\"code\":\"X1\""));
    answer_done(&answer);
}

static void the_web_page_is_served_and_nothing_beside_it(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int status;
    } cases[] = {
        {"GET /app.js", 200},      {"HEAD /app.js", 200},         {"GET /secret.key", 404},
        {"GET /out.js", 404}, /* a link leading outside */
        {"GET /../log", 404},      {"GET /..%2flog", 404},        {"GET /%2e%2e/sohoad.sock", 404},
        {"GET /.hidden.js", 404},  {"GET //etc/passwd.txt", 404}, {"GET /web/../app.js", 404},
        {"GET /nothing.css", 404},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int status = ask(VIA_TCP, cases[i].line, NULL, NULL);
        if (status != cases[i].status)
            fail_msg("%s: %d", cases[i].line, status);
    }
    struct answer script = client_ask(&server, VIA_TCP, "GET /app.js", NULL, NULL);
    assert_string_equal(script.body, "export const page = 1;\n");
    assert_true(answer_has(&script, "Content-Type: text/javascript"));
    char etag[100] = "", again[200];
    sscanf(strcasestr(script.head, "ETag: "), "%*s %90[^\r]", etag);
    snprintf(again, sizeof again, "If-None-Match: %s\r\n", etag);
    assert_int_equal(ask(VIA_TCP, "GET /app.js", again, NULL), 304);
    answer_done(&script);
}

static void without_a_session_the_page_says_how_to_open_one(void **state)
{
    (void)state;
    struct answer closed = client_ask(&server, VIA_TCP, "GET /", NULL, NULL);
    assert_int_equal(closed.status, 401);
    assert_non_null(strstr(closed.body, "<code>sohoa open</code>"));
    answer_done(&closed);
    struct answer open = client_ask(&server, VIA_TCP, "GET /", cookie, NULL);
    assert_int_equal(open.status, 200);
    assert_non_null(strstr(open.body, "<sohoa-app>"));
    answer_done(&open);
}

static void every_answer_carries_the_security_headers(void **state)
{
    (void)state;
    static const char *const lines[] = {"GET /v1/status", "GET /v1/nothing", "GET /", "GET /app.js",
                                        "GET /v1/pages/" ID_PLAIN "/thumb"};
    static const char *const headers[] = {
        "Content-Security-Policy: default-src 'self'", "frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct answer answer = client_ask(&server, VIA_TCP, lines[i], cookie, NULL);
        for (size_t k = 0; k < sizeof headers / sizeof headers[0]; k++)
            if (!answer_has(&answer, headers[k]))
                fail_msg("%s lacks %s", lines[i], headers[k]);
        bool is_program = i == 2 || i == 3;
        assert_true(is_program || answer_has(&answer, "Cache-Control: private, no-store"));
        answer_done(&answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_lets_in_whom_its_role_names),
        cmocka_unit_test(an_unknown_path_is_404_and_a_known_one_with_another_method_405),
        cmocka_unit_test(a_foreign_host_or_origin_is_kept_out),
        cmocka_unit_test(a_change_from_a_browser_needs_the_mark_or_json_with_our_origin),
        cmocka_unit_test(a_link_opens_one_session_and_only_one),
        cmocka_unit_test(the_audit_sees_who_it_was),
        cmocka_unit_test(a_body_cannot_say_who_it_is),
        cmocka_unit_test(the_web_page_is_served_and_nothing_beside_it),
        cmocka_unit_test(without_a_session_the_page_says_how_to_open_one),
        cmocka_unit_test(every_answer_carries_the_security_headers),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
