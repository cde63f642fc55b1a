#include "daemon/base/js.h"
#include "tests/flow/http/client.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECRET "Tran Thi Bi Mat"

static struct fake_server server;

static int start(void **state)
{
    (void)state;
    fake_server_start(&server, (struct http_limits){.head_ms = 700, .body_ms = 700});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    return fake_server_stop(&server);
}

static void assert_alive(void)
{
    struct answer answer = client_ask(&server, VIA_UNIX, "GET /v1/status", NULL, NULL);
    assert_int_equal(answer.status, 200);
    answer_done(&answer);
}

static void assert_error(const struct answer *answer, int status, const char *code,
                         const char *detail)
{
    struct err err = ERR_INIT;
    AUTO(js)
    struct js *body = NULL;
    if (answer->status != status)
        fail_msg("%d instead of %d: %s", answer->status, status, answer->body);
    assert_int_equal(js_parse(answer->body, answer->body_size, &body, &err), ERR_OK);
    assert_string_equal(js_text_or(body, "code", ""), code);
    assert_int_equal(strlen(js_text_or(body, "ref", "")), 8);
    assert_true(strlen(js_text_or(body, "message", "")) > 5);
    if (detail && !strstr(js_text_or(body, "detail", ""), detail))
        fail_msg("'%s' lacks '%s'", js_text_or(body, "detail", ""), detail);
}

static void a_bad_body_is_refused_and_its_place_named(void **state)
{
    (void)state;
    static const char deep[] =
        "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]"
        "]]]]]]]]]]]]]]]]}";
    static const struct {
        const char *line, *body, *code, *detail;
    } cases[] = {
        {"POST /v1/dossiers", "{", "BAD_JSON", "line 1"},
        {"POST /v1/dossiers", "[1]", "BAD_JSON", "object"},
        {"POST /v1/dossiers", "null", "BAD_JSON", "object"},
        {"POST /v1/dossiers", "{\"code\":\"\xc3\x28\"}", "BAD_JSON", NULL},
        {"POST /v1/dossiers", "{\"a\":1,\"a\":2}", "BAD_JSON", NULL},
        {"POST /v1/dossiers", deep, "BAD_JSON", NULL},
        {"POST /v1/dossiers", "{\"code\":7}", "BAD_JSON", "code"},
        {"POST /v1/dossiers", "{\"code\":\"\"}", "BAD_ARGUMENT", "code"},
        {"POST /v1/dossiers", "{\"papers\":\"4\"}", "BAD_JSON", "papers"},
        {"POST /v1/dossiers", "{\"papers\":-1}", "BAD_ARGUMENT", "papers"},
        {"POST /v1/dossiers", "{\"papers\":1e99}", "BAD_JSON", "papers"},
        {"POST /v1/dossiers", "{\"kind\":\"secret\"}", "BAD_ARGUMENT", "kind"},
        {"PATCH /v1/dossiers/" ID_PLAIN, "{}", "BAD_JSON", "code"},
        {"PATCH /v1/dossiers/" ID_PLAIN, "", "BAD_JSON", "code"},
        {"POST /v1/dossiers/" ID_PLAIN "/scan", "{\"source\":\"glass\"}", "BAD_ARGUMENT", "source"},
        {"POST /v1/dossiers/" ID_PLAIN "/scan", "{\"finish\":1}", "BAD_JSON", "finish"},
        {"POST /v1/documents/" ID_PLAIN "/confirm", "{\"revision\":\"r1\",\"fields\":{}}",
         "BAD_JSON", "compared"},
        {"POST /v1/documents/" ID_PLAIN "/confirm",
         "{\"compared\":true,\"revision\":\"r1\",\"fields\":[]}", "BAD_JSON", "fields"},
        {"POST /v1/documents/" ID_PLAIN "/confirm",
         "{\"compared\":true,\"revision\":\"r1\",\"fields\":{\"signer\":[1]}}", "BAD_JSON",
         "fields.signer"},
        {"POST /v1/documents/" ID_PLAIN "/confirm",
         "{\"compared\":true,\"revision\":\"r1\",\"fields\":{\"" SECRET "\":\"x\"}}",
         "BAD_ARGUMENT", "fields"},
        {"POST /v1/documents/" ID_PLAIN "/split", "{\"page_id\":\"1\"}", "BAD_ARGUMENT", "page_id"},
        {"POST /v1/pages/" ID_PLAIN "/move", "{\"document_id\":\"" ID_PLAIN "\"}", "BAD_JSON",
         "position"},
        {"POST /v1/signer/unlock", "{\"password\":null}", "BAD_JSON", "password"},
        {"POST /v1/queue/" ID_PLAIN "/hold", "{}", "BAD_JSON", "reason"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer answer = client_ask(&server, VIA_UNIX, cases[i].line, JSON, cases[i].body);
        assert_error(&answer, 400, cases[i].code, cases[i].detail);
        assert_null(strstr(answer.body, SECRET));
        answer_done(&answer);
    }
    struct answer form = client_ask(&server, VIA_UNIX, "POST /v1/dossiers",
                                    "Content-Type: application/x-www-form-urlencoded\r\n", "{}");
    assert_error(&form, 400, "BAD_ARGUMENT", "Content-Type");
    answer_done(&form);
}

static void bad_queries_are_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {"GET /v1/dossiers?limit=0",
                                        "GET /v1/dossiers?limit=99999",
                                        "GET /v1/dossiers?limit=%31",
                                        "GET /v1/dossiers?before=x",
                                        "GET /v1/queue?state='%20or%201=1--",
                                        "GET /v1/queue?state=nowhere",
                                        "GET /v1/documents/" ID_PLAIN "/file?what=key"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct answer answer = client_ask(&server, VIA_UNIX, lines[i], NULL, NULL);
        if (answer.status != 400)
            fail_msg("%s: %d %s", lines[i], answer.status, answer.body);
        answer_done(&answer);
    }
    struct answer good =
        client_ask(&server, VIA_UNIX, "GET /v1/dossiers?limit=3&before=" ID_PLAIN, NULL, NULL);
    assert_non_null(strstr(good.body, "{\"limit\":3,\"before\":\"" ID_PLAIN "\""));
    answer_done(&good);
}

static void errors_of_the_application_keep_their_code(void **state)
{
    (void)state;
    struct answer answer = client_ask(&server, VIA_UNIX, "GET /v1/dossiers/" ID_GONE, NULL, NULL);
    assert_error(&answer, 404, "NOT_FOUND", "no such row");
    answer_done(&answer);
}

static void an_oversized_body_is_refused_before_it_is_sent(void **state)
{
    (void)state;
    static const char *const heads[] = {"Content-Length: 10000000\r\n",
                                        "Content-Length: 20000\r\nExpect: 100-continue\r\n",
                                        "Content-Length: 99999999999999999999\r\n"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        char text[300];
        int size = snprintf(text, sizeof text,
                            "POST /v1/dossiers HTTP/1.1\r\nHost: x\r\n" JSON "%s\r\n", heads[i]);
        struct answer answer = client_ask_raw(&server, VIA_UNIX, text, (size_t)size);
        assert_int_equal(answer.status, 413);
        answer_done(&answer);
    }
}

static char *chunked_request(size_t body_size, size_t *out_size)
{
    static const char head[] = "POST /v1/dossiers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" JSON
                               "Transfer-Encoding: chunked\r\n\r\n";
    char *text = malloc(body_size * 2 + 1000);
    size_t n = (size_t)sprintf(text, "%s", head);
    n += (size_t)sprintf(text + n, "c\r\n{\"papers\":2,\r\n");
    for (size_t sent = 0; sent < body_size; sent += 1000)
        n += (size_t)sprintf(text + n, "3e8\r\n%*s\r\n", 1000, "");
    n += (size_t)sprintf(text + n, "b\r\n\"code\":\"A\"}\r\n0\r\n\r\n");
    *out_size = n;
    return text;
}

static void a_chunked_body_is_read_up_to_the_ceiling(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        int status;
    } cases[] = {{0, 201}, {10000, 201}, {20000, 413}, {800000, 413}, {4000000, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = 0;
        char *text = chunked_request(cases[i].size, &size);
        struct answer answer = client_ask_raw(&server, VIA_UNIX, text, size);
        free(text);
        if (answer.status != cases[i].status)
            fail_msg("%zu bytes: %d", cases[i].size, answer.status);
        if (answer.status == 201)
            assert_non_null(strstr(answer.body, "\"code\":\"A\""));
        answer_done(&answer);
    }
    assert_alive();
}

static void two_lengths_are_one_too_many(void **state)
{
    (void)state;
    static const char *const heads[] = {"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
                                        "Content-Length: 2\r\nContent-Length: 3\r\n",
                                        "Content-Length: -2\r\n", "Content-Length: 0x2\r\n",
                                        "Transfer-Encoding: gzip\r\n"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        char text[300];
        int size = snprintf(text, sizeof text,
                            "POST /v1/dossiers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" JSON
                            "%s\r\n2\r\n{}\r\n0\r\n\r\n",
                            heads[i]);
        struct answer answer = client_ask_raw(&server, VIA_UNIX, text, (size_t)size);
        if (answer.status / 100 != 4 && answer.status != 0)
            fail_msg("%s: %d", heads[i], answer.status);
        answer_done(&answer);
    }
    assert_alive();
}

static void files_come_whole_from_their_descriptor(void **state)
{
    (void)state;
    static const struct {
        const char *line, *type, *name;
    } cases[] = {
        {"GET /v1/pages/" ID_PLAIN "/thumb", "Content-Type: image/jpeg", ID_PLAIN ".jpg"},
        {"GET /v1/documents/" ID_PLAIN "/file", "Content-Type: application/pdf", ID_PLAIN ".pdf"},
        {"GET /v1/documents/" ID_PLAIN "/file?what=record", "Content-Type: application/json",
         ID_PLAIN ".json"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer answer = client_ask(&server, VIA_UNIX, cases[i].line, NULL, NULL);
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.body_size, 300000);
        assert_int_equal(answer.body[299999], 'p');
        assert_true(answer_has(&answer, cases[i].type));
        assert_true(answer_has(&answer, cases[i].name));
        assert_true(answer_has(&answer, "Cache-Control: private, no-store"));
        answer_done(&answer);
    }
    struct answer pipe =
        client_ask(&server, VIA_UNIX, "GET /v1/pages/" ID_PIPE "/image", NULL, NULL);
    assert_error(&pipe, 500, "INTERNAL", NULL);
    assert_null(strstr(pipe.body, "detail"));
    answer_done(&pipe);
}

static void huge_heads_are_refused(void **state)
{
    (void)state;
    char *text = malloc(400000);
    int n = sprintf(text, "GET /v1/status HTTP/1.1\r\nHost: x\r\nX-Long: ");
    memset(text + n, 'a', 300000);
    struct answer header = client_ask_raw(&server, VIA_UNIX, text, (size_t)n + 300000);
    assert_true(header.status == 431 || header.status == 0);
    answer_done(&header);
    n = sprintf(text, "GET /");
    memset(text + n, 'a', 300000);
    struct answer path = client_ask_raw(&server, VIA_UNIX, text, (size_t)n + 300000);
    assert_true(path.status == 414 || path.status == 0);
    answer_done(&path);
    free(text);
    assert_alive();
}

/* start, then `filling` times 'a', then end. */
static struct answer ask_filled(enum via via, const char *start, size_t filling, const char *end)
{
    char *text = malloc(strlen(start) + filling + strlen(end) + 1);
    size_t size = (size_t)sprintf(text, "%s", start);
    memset(text + size, 'a', filling);
    size += filling;
    size += (size_t)sprintf(text + size, "%s", end);
    struct answer answer = client_ask_raw(&server, via, text, size);
    free(text);
    return answer;
}

static void what_is_wrong_with_a_head_is_said_like_any_error(void **state)
{
    (void)state;
#define REST " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
#define LONG "GET /v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Long: "
    static const struct {
        const char *start;
        size_t filling;
        const char *end;
        int status;
        const char *code, *detail;
    } cases[] = {
        {"GET /", 8192, REST, 414, "TOO_LARGE", "URI"},
        {"GET /?limit=", 9000, REST, 414, "TOO_LARGE", "URI"},
        {"POST /v1/dossiers?", 50000, REST, 414, "TOO_LARGE", "URI"},
        {"GET /", 100000, REST, 414, "TOO_LARGE", "URI"},
        {LONG, 33000, "\r\n\r\n", 431, "TOO_LARGE", "head"},
        {LONG, 100000, "\r\n\r\n", 431, "TOO_LARGE", "head"},
        {"GET /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n", 0, "", 400, "BAD_ARGUMENT",
         "Host"},
        {"GET /v1/no such", 0, REST, 404, "NOT_FOUND", NULL},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        size_t c = i / 2;
        struct answer answer =
            ask_filled(i % 2 ? VIA_TCP : VIA_UNIX, cases[c].start, cases[c].filling, cases[c].end);
        assert_error(&answer, cases[c].status, cases[c].code, cases[c].detail);
        assert_true(answer_has(&answer, "Content-Type: application/json"));
        assert_true(answer_has(&answer, "X-Content-Type-Options: nosniff"));
        assert_true(answer_has(&answer, "Content-Security-Policy: default-src 'self'"));
        assert_true(answer_has(&answer, "Cache-Control: private, no-store"));
        answer_done(&answer);
    }
    struct answer short_enough = ask_filled(VIA_UNIX, "GET /v1/dossiers?limit=3&x=", 8000, REST);
    assert_int_equal(short_enough.status, 200);
    answer_done(&short_enough);
    assert_alive();
}

/* libmicrohttpd answers these itself: a page of its own without our headers, or nothing at all.
 * What counts is that the connection ends and nothing of what was sent comes back. */
static void what_is_no_http_is_refused_without_an_echo(void **state)
{
    (void)state;
#define ECHO "ec4o"
    static const struct {
        const char *start;
        size_t filling;
        const char *end;
        int status;
    } cases[] = {
        {ECHO "\r\n\r\n", 0, "", 0},
        {"GET /" ECHO "\r\n\r\n", 0, "", 400},
        {"GET /" ECHO " HTTP/x.y\r\n\r\n", 0, "", 400},
        {"GET /" ECHO " HTTP/0.9\r\n\r\n", 0, "", 505},
        {"GET /" ECHO " HTTP/2.0\r\n\r\n", 0, "", 505},
        {"GET /v1/status HTTP/1.1\r\nHost: localhost\r\n" ECHO "\r\n\r\n", 0, "", 400},
        {"POST /v1/dossiers HTTP/1.1\r\nHost: localhost\r\n" JSON "Content-Length: " ECHO
         "\r\n\r\n",
         0, "", 400},
        {"POST /v1/dossiers HTTP/1.1\r\nHost: localhost\r\n" JSON
         "Content-Length: 99999999999999999999\r\n\r\n",
         0, "", 413},
        {"POST /v1/dossiers HTTP/1.1\r\nHost: localhost\r\n" JSON MARKED
         "Transfer-Encoding: chunked\r\n\r\n" ECHO "\r\n",
         0, "", 400},
        {"GET /" ECHO, 300000, REST, 414},
        {LONG ECHO, 300000, "\r\n\r\n", 431},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        size_t c = i / 2;
        struct answer answer =
            ask_filled(i % 2 ? VIA_TCP : VIA_UNIX, cases[c].start, cases[c].filling, cases[c].end);
        if (answer.status != 0 && answer.status != cases[c].status)
            fail_msg("case %zu: %d", c, answer.status);
        assert_null(strstr(answer.head, ECHO));
        assert_true(!answer.body || !strstr(answer.body, ECHO));
        answer_done(&answer);
    }
    assert_alive();
}

/* Milliseconds until the server closes a connection that gets one more byte every 50 ms. */
static int trickle(enum via via, const char *start_with)
{
    struct timespec from, to;
    int fd = client_connect(&server, via);
    client_send(fd, start_with, strlen(start_with));
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < 200; i++) {
        struct pollfd gone = {.fd = fd, .events = POLLIN | POLLRDHUP};
        if (poll(&gone, 1, 50) > 0)
            break;
        client_send(fd, "a", 1);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    close(fd);
    return (int)((to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000);
}

static void a_peer_that_trickles_bytes_is_cut_off(void **state)
{
    (void)state;
    static const char *const starts[] = {"", "GET /v1/status HTTP/1.1\r\nX: ",
                                         "POST /v1/dossiers HTTP/1.1\r\nHost: x\r\n" JSON
                                         "Content-Length: 9999\r\n\r\n{"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        int took_ms = trickle(i % 2 ? VIA_TCP : VIA_UNIX, starts[i]);
        if (took_ms < 600 || took_ms > 3000)
            fail_msg("case %zu: closed after %d ms", i, took_ms);
    }
}

static void garbage_harms_nobody(void **state)
{
    (void)state;
    static const char good[] = "POST /v1/dossiers/" ID_PLAIN "/scan?x=%41 HTTP/1.1\r\n"
                               "Host: 127.0.0.1\r\nOrigin: http://localhost\r\n" JSON
                               "Cookie: sohoa_session=\"abc\"; b=c\r\nConnection: close\r\n"
                               "Content-Length: 17\r\n\r\n{\"finish\":true}  ";
    srand(7);
    for (int round = 0; round < 400; round++) {
        char text[sizeof good];
        memcpy(text, good, sizeof good);
        for (int k = rand() % 6; k >= 0; k--)
            text[(size_t)rand() % (sizeof good - 1)] = (char)rand();
        int fd = client_connect(&server, round % 2 ? VIA_TCP : VIA_UNIX);
        client_send(fd, text, 1 + (size_t)rand() % (sizeof good - 1));
        shutdown(fd, SHUT_WR);
        char reply[2000];
        client_read(fd, reply, sizeof reply, NULL, 10);
        close(fd);
    }
    assert_alive();
}

static void the_log_has_the_reference_and_no_personal_data(void **state)
{
    (void)state;
    static const struct {
        const char *line, *body;
    } cases[] = {
        {"POST /v1/signer/unlock", "{\"password\":\"" SECRET "\",}"},
        {"POST /v1/dossiers", "{\"code\":{\"x\":\"" SECRET "\"}}"},
        {"POST /v1/dossiers", "{\"kind\":\"" SECRET "\"}"},
        {"GET /v1/queue?state=Tran%20Thi%20Bi%20Mat", NULL},
        {"GET /v1/Tran%20Thi%20Bi%20Mat", NULL},
        {"GET /v1/devices/Tran%20Thi%20Bi%20Mat/x", NULL},
    };
    char ref[9] = "", log[1 << 18];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer answer = client_ask(&server, VIA_UNIX, cases[i].line, JSON, cases[i].body);
        assert_true(answer.status >= 400);
        snprintf(ref, sizeof ref, "%s", strstr(answer.body, "\"ref\":\"") + 7);
        answer_done(&answer);
    }
    FILE *file = fopen(server.log_path, "r");
    size_t size = fread(log, 1, sizeof log - 1, file);
    fclose(file);
    log[size] = 0;
    char field[40];
    snprintf(field, sizeof field, "SOHOA_REF=\"%s\"", ref);
    assert_non_null(strstr(log, field));
    assert_non_null(strstr(log, "SOHOA_STEP=\"http POST /v1/dossiers\""));
    assert_null(strstr(log, "Tran"));
    assert_null(strstr(log, "Bi Mat"));
}

/* Exit status of curl; its output, the HTTP status last, in out. */
static int run_curl(const char *arguments, char *out, size_t size)
{
    char command[600];
    snprintf(command, sizeof command, "curl -sS -w ' %%{http_code}' --unix-socket %s %s 2>&1",
             server.socket_path, arguments);
    FILE *pipe = popen(command, "r");
    size_t n = fread(out, 1, size - 1, pipe);
    out[n] = 0;
    int how = pclose(pipe);
    return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

static void curl_gets_what_it_asks_for(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *ends_with;
    } cases[] = {
        {"http://sohoa/v1/status", "} 200"},
        {"--json '{\"code\":\"B2\"}' http://sohoa/v1/dossiers", "} 201"},
        {"--json '{}' -H 'Transfer-Encoding: chunked' http://sohoa/v1/dossiers", "} 201"},
        {"-X PATCH --json '{\"papers\":3}' http://sohoa/v1/dossiers/" ID_PLAIN, "} 200"},
        {"-X DELETE http://sohoa/v1/jobs/" ID_PLAIN, "} 200"},
        {"--json '{}' http://sohoa/v1/dossiers/" ID_PLAIN "/scan", "} 202"},
        {"-d '{}' http://sohoa/v1/dossiers", "} 400"},
        {"-H 'Content-Type: application/json' --data-binary @/proc/self/exe "
         "http://sohoa/v1/dossiers",
         "} 413"},
        {"-o /dev/null http://sohoa/v1/pages/" ID_PLAIN "/image", " 200"},
    };
    char out[4000];
    if (run_curl("--version", out, sizeof out) != 0) {
        assert_null(getenv("CI"));
        print_message("SKIP: no curl here\n");
        skip();
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int how = run_curl(cases[i].arguments, out, sizeof out);
        size_t size = strlen(out), end = strlen(cases[i].ends_with);
        if (how != 0 || size < end || strcmp(out + size - end, cases[i].ends_with) != 0)
            fail_msg("curl %s: exit %d, %s", cases[i].arguments, how, out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_body_is_refused_and_its_place_named),
        cmocka_unit_test(bad_queries_are_refused),
        cmocka_unit_test(errors_of_the_application_keep_their_code),
        cmocka_unit_test(an_oversized_body_is_refused_before_it_is_sent),
        cmocka_unit_test(a_chunked_body_is_read_up_to_the_ceiling),
        cmocka_unit_test(two_lengths_are_one_too_many),
        cmocka_unit_test(files_come_whole_from_their_descriptor),
        cmocka_unit_test(huge_heads_are_refused),
        cmocka_unit_test(what_is_wrong_with_a_head_is_said_like_any_error),
        cmocka_unit_test(what_is_no_http_is_refused_without_an_echo),
        cmocka_unit_test(a_peer_that_trickles_bytes_is_cut_off),
        cmocka_unit_test(garbage_harms_nobody),
        cmocka_unit_test(the_log_has_the_reference_and_no_personal_data),
        cmocka_unit_test(curl_gets_what_it_asks_for),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
