#include "daemon/base/js.h"
#include "tests/flow/http/client.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define APP_MS 1500
#define PARALLEL 200
#define WAITING_MAX 128

static struct fake_server server;

static int start(void **state)
{
    (void)state;
    fake_server_start(&server, (struct http_limits){.app_ms = APP_MS});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    return fake_server_stop(&server);
}

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t ask_status(const char *what)
{
    struct err err = ERR_INIT;
    AUTO(js)
    struct js *body = NULL;
    struct answer answer = client_ask(&server, VIA_UNIX, "GET /v1/status", NULL, NULL);
    assert_int_equal(answer.status, 200);
    assert_int_equal(js_parse(answer.body, answer.body_size, &body, &err), ERR_OK);
    answer_done(&answer);
    return js_int_or(body, what, -1);
}

static void send_get(int fd, const char *path)
{
    char text[300];
    int size = snprintf(text, sizeof text,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path);
    client_send(fd, text, (size_t)size);
}

static int read_status(int fd, int timeout_ms)
{
    char reply[4000];
    int status = 0;
    client_read(fd, reply, sizeof reply, NULL, timeout_ms);
    sscanf(reply, "HTTP/1.1 %d", &status);
    return status;
}

static void two_hundred_connections_are_answered_at_once(void **state)
{
    (void)state;
    const enum via ways[] = {VIA_UNIX, VIA_TCP};
    for (size_t way = 0; way < 2; way++) {
        int fds[PARALLEL];
        for (int i = 0; i < PARALLEL; i++)
            fds[i] = client_connect(&server, ways[way]);
        for (int i = 0; i < PARALLEL; i++)
            send_get(fds[i], ways[way] == VIA_TCP ? "/app.js" : "/v1/dossiers");
        for (int i = 0; i < PARALLEL; i++) {
            assert_int_equal(read_status(fds[i], 5000), 200);
            close(fds[i]);
        }
    }
}

static void slow_answers_hold_nobody_up(void **state)
{
    (void)state;
    int fds[PARALLEL], answered = 0, refused = 0, late = 0;
    for (int i = 0; i < PARALLEL; i++) {
        fds[i] = client_connect(&server, VIA_UNIX);
        send_get(fds[i], "/v1/dossiers/" ID_SLOW);
    }
    for (int i = 0; i < 11; i++) {
        long from = now_ms();
        ask_status("rss_kb");
        late += now_ms() - from > 100;
    }
    assert_true(late < 6); /* the median holds, whatever else this machine does */
    for (int i = 0; i < PARALLEL; i++) {
        int status = read_status(fds[i], 5000);
        answered += status == 200;
        refused += status == 429;
        close(fds[i]);
    }
    assert_int_equal(answered, WAITING_MAX);
    assert_int_equal(refused, PARALLEL - WAITING_MAX);
}

static void an_application_that_never_answers_is_a_timeout(void **state)
{
    (void)state;
    int fd = client_connect(&server, VIA_UNIX);
    long from = now_ms();
    send_get(fd, "/v1/dossiers/" ID_NEVER);
    assert_int_equal(read_status(fd, 3 * APP_MS), 504);
    long took = now_ms() - from;
    assert_true(took >= APP_MS && took < APP_MS + 1000);
    close(fd);
}

static void a_client_may_leave_while_the_application_works(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        int fd = client_connect(&server, VIA_UNIX);
        send_get(fd, "/v1/dossiers/" ID_SLOW);
        close(fd);
    }
    usleep((SLOW_MS + 300) * 1000);
    ask_status("rss_kb");
}

static void one_connection_carries_many_requests(void **state)
{
    (void)state;
    static const char one[] = "GET /v1/dossiers/" ID_PLAIN " HTTP/1.1\r\nHost: x\r\n\r\n";
    int fd = client_connect(&server, VIA_UNIX);
    for (int i = 0; i < 100; i++) {
        char reply[4000];
        client_send(fd, one, sizeof one - 1);
        client_read(fd, reply, sizeof reply, "\"dossier_get\"", 2000);
        assert_non_null(strstr(reply, "HTTP/1.1 200"));
    }
    close(fd);
}

static void waiting_costs_no_processor(void **state)
{
    (void)state;
    int fds[8];
    for (int i = 0; i < 8; i++) {
        fds[i] = client_connect(&server, VIA_UNIX);
        send_get(fds[i], i < 4 ? "/v1/events" : "/v1/dossiers/" ID_NEVER);
    }
    int64_t before = ask_status("cpu_ms");
    sleep(1);
    int64_t used = ask_status("cpu_ms") - before;
    for (int i = 0; i < 8; i++)
        close(fds[i]);
    if (used > 50)
        fail_msg("%lld ms of processor in one second of waiting", (long long)used);
}

static void the_memory_stays_small(void **state)
{
    (void)state;
    int64_t rss_kb = ask_status("rss_kb");
    print_message("http server: %lld kB resident\n", (long long)rss_kb);
#ifndef __SANITIZE_ADDRESS__
    assert_true(rss_kb < 25 * 1024);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_hundred_connections_are_answered_at_once),
        cmocka_unit_test(slow_answers_hold_nobody_up),
        cmocka_unit_test(an_application_that_never_answers_is_a_timeout),
        cmocka_unit_test(a_client_may_leave_while_the_application_works),
        cmocka_unit_test(one_connection_carries_many_requests),
        cmocka_unit_test(waiting_costs_no_processor),
        cmocka_unit_test(the_memory_stays_small),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
