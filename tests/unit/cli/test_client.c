#include "daemon/cli/client.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A server that reads one request and answers with fixed bytes, in a process of its own. */
struct server {
    char folder[64], path[96], request_path[96];
    pid_t pid;
};

enum after { CLOSE, STAY_SILENT };

static void serve(int listener, const char *request_path, const char *answer, size_t size,
                  enum after after)
{
    int fd = accept(listener, NULL, NULL);
    char request[65536];
    ssize_t got = read(fd, request, sizeof request); /* small requests come in one piece or two */
    FILE *kept = fopen(request_path, "w");
    while (got > 0 && kept) {
        fwrite(request, 1, (size_t)got, kept);
        struct timeval moment = {.tv_usec = 50000};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
        got = read(fd, request, sizeof request);
    }
    if (kept)
        fclose(kept);
    while (size > 0) {
        ssize_t sent = send(fd, answer, size, MSG_NOSIGNAL);
        if (sent < 0)
            break;
        answer += sent;
        size -= (size_t)sent;
    }
    if (after == STAY_SILENT)
        pause();
    _exit(0);
}

static void server_start(struct server *server, const char *answer, size_t size, enum after after)
{
    strcpy(server->folder, "/tmp/sohoa-client-XXXXXX");
    assert_non_null(mkdtemp(server->folder));
    snprintf(server->path, sizeof server->path, "%s/sock", server->folder);
    snprintf(server->request_path, sizeof server->request_path, "%s/request", server->folder);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, server->path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 4), 0);
    server->pid = fork();
    if (server->pid == 0)
        serve(listener, server->request_path, answer, size, after);
    close(listener);
}

static void server_stop(struct server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    unlink(server->path);
    unlink(server->request_path);
    rmdir(server->folder);
}

static enum err_code ask(const char *answer, size_t size, enum after after,
                         struct client_answer *out, struct err *err)
{
    struct server server;
    server_start(&server, answer, size, after);
    struct client_request request = {
        .socket_path = server.path, .method = "GET", .path = "/v1/status", .timeout_ms = 300};
    enum err_code code = client_ask(&request, out, err);
    server_stop(&server);
    return code;
}

static void a_json_answer_is_read(void **state)
{
    (void)state;
    static const char answer[] = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                                 "Content-Length: 7\r\n\r\n{\"a\":1}";
    AUTO(client_answer)
    struct client_answer got = {0};
    struct err err = ERR_INIT;
    assert_int_equal(ask(answer, sizeof answer - 1, STAY_SILENT, &got, &err), ERR_OK);
    assert_int_equal(got.status, 201);
    assert_int_equal(js_int_or(got.json, "a", 0), 1);
}

static void garbage_is_a_clear_error_and_never_a_crash(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        enum after after;
        enum err_code code;
    } cases[] = {
        {"", CLOSE, ERR_DAEMON_UNREACHABLE},
        {"\n\n\n\n", CLOSE, ERR_BAD_MESSAGE},
        {"220 mail ESMTP\r\n", STAY_SILENT, ERR_BAD_MESSAGE},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\"", CLOSE, ERR_BAD_MESSAGE},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\"", STAY_SILENT, ERR_TIMEOUT},
        {"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", STAY_SILENT, ERR_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(client_answer)
        struct client_answer got = {0};
        struct err err = ERR_INIT;
        enum err_code code =
            ask(cases[i].answer, strlen(cases[i].answer), cases[i].after, &got, &err);
        assert_int_equal(code, cases[i].code);
        assert_true(err.detail[0]);
    }
}

static void an_answer_that_is_no_json_keeps_its_bytes(void **state)
{
    (void)state;
    static const char answer[] = "HTTP/1.1 502 Bad\r\nContent-Length: 6\r\n\r\n<html>";
    AUTO(client_answer)
    struct client_answer got = {0};
    struct err err = ERR_INIT;
    assert_int_equal(ask(answer, sizeof answer - 1, CLOSE, &got, &err), ERR_OK);
    assert_int_equal(got.status, 502);
    assert_null(got.json);
    assert_string_equal(got.body, "<html>");
}

static void nobody_listening_is_unreachable(void **state)
{
    (void)state;
    static const char *const paths[] = {"/nowhere/at/all.sock", "/dev/null"};
    for (size_t i = 0; i < 2; i++) {
        struct client_request request = {.socket_path = paths[i], .method = "GET", .path = "/"};
        struct client_answer got;
        struct err err = ERR_INIT;
        assert_int_equal(client_ask(&request, &got, &err), ERR_DAEMON_UNREACHABLE);
    }
}

static void a_socket_name_too_long_for_the_kernel_is_refused(void **state)
{
    (void)state;
    char path[300];
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    struct client_request request = {.socket_path = path, .method = "GET", .path = "/"};
    struct client_answer got;
    struct err err = ERR_INIT;
    assert_int_equal(client_ask(&request, &got, &err), ERR_BAD_ARGUMENT);
}

static void a_request_says_its_length_and_that_it_is_the_only_one(void **state)
{
    (void)state;
    static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";
    struct server server;
    server_start(&server, answer, sizeof answer - 1, STAY_SILENT);
    AUTO(js)
    struct js *body = js_pack("{s:s}", "code", "ă");
    struct client_request request = {
        .socket_path = server.path, .method = "POST", .path = "/v1/dossiers", .body = body};
    AUTO(client_answer)
    struct client_answer got = {0};
    struct err err = ERR_INIT;
    assert_int_equal(client_ask(&request, &got, &err), ERR_OK);
    assert_int_equal(got.status, 204);
    assert_string_equal(got.body, "");
    char sent[1024] = "";
    FILE *kept = fopen(server.request_path, "r");
    assert_non_null(kept);
    assert_true(fread(sent, 1, sizeof sent - 1, kept) > 0);
    fclose(kept);
    server_stop(&server);
    assert_memory_equal(sent, "POST /v1/dossiers HTTP/1.1\r\n", 28);
    assert_non_null(strstr(sent, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(sent, "\r\nContent-Length: 13\r\n"));
    assert_non_null(strstr(sent, "\r\n\r\n{\"code\":\"ă\"}"));
}

static void a_refused_file_does_not_end_up_in_the_file(void **state)
{
    (void)state;
    static const char answer[] =
        "HTTP/1.1 404 Not Found\r\nContent-Length: 20\r\n\r\n{\"code\":\"NOT_FOUND\"}";
    struct server server;
    server_start(&server, answer, sizeof answer - 1, CLOSE);
    FILE *file = tmpfile();
    struct client_request request = {.socket_path = server.path, .method = "GET", .path = "/f"};
    AUTO(client_answer)
    struct client_answer got = {0};
    struct err err = ERR_INIT;
    assert_int_equal(client_fetch(&request, fileno(file), &got, &err), ERR_OK);
    assert_int_equal(lseek(fileno(file), 0, SEEK_END), 0);
    assert_string_equal(js_text_or(got.json, "code", ""), "NOT_FOUND");
    fclose(file);
    server_stop(&server);
}

static void path_segments_are_percent_encoded(void **state)
{
    (void)state;
    static const struct {
        const char *text, *encoded;
    } cases[] = {{"", ""},
                 {"a-Z_0.9~", "a-Z_0.9~"},
                 {"sim:libusb:001/002", "sim%3Alibusb%3A001%2F002"},
                 {"../x?y#z\r\n", "..%2Fx%3Fy%23z%0D%0A"},
                 {"Quầy", "Qu%E1%BA%A7y"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(mem)
        char *encoded = client_encode(cases[i].text);
        assert_string_equal(encoded, cases[i].encoded);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_json_answer_is_read),
        cmocka_unit_test(garbage_is_a_clear_error_and_never_a_crash),
        cmocka_unit_test(an_answer_that_is_no_json_keeps_its_bytes),
        cmocka_unit_test(nobody_listening_is_unreachable),
        cmocka_unit_test(a_socket_name_too_long_for_the_kernel_is_refused),
        cmocka_unit_test(a_request_says_its_length_and_that_it_is_the_only_one),
        cmocka_unit_test(a_refused_file_does_not_end_up_in_the_file),
        cmocka_unit_test(path_segments_are_percent_encoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
