#include "tests/flow/http/client.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BEAT_MS 400
#define STREAMS 4

static struct fake_server server;

static int start(void **state)
{
    (void)state;
    fake_server_start(&server, (struct http_limits){.beat_ms = BEAT_MS, .streams = STREAMS});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    return fake_server_stop(&server);
}

static int open_stream(enum via via, const char *headers)
{
    char text[700];
    int fd = client_connect(&server, via);
    int size =
        snprintf(text, sizeof text, "GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n",
                 server.port, headers ? headers : "");
    client_send(fd, text, (size_t)size);
    return fd;
}

static void publish(int count)
{
    char body[40];
    snprintf(body, sizeof body, "{\"papers\":%d}", count);
    struct answer answer = client_ask(&server, VIA_UNIX, "POST /v1/dossiers", JSON, body);
    assert_int_equal(answer.status, 201);
    answer_done(&answer);
}

static bool is_closed_within(int fd, int timeout_ms)
{
    struct timespec from, now;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (;;) {
        char bytes[65536];
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        clock_gettime(CLOCK_MONOTONIC, &now);
        long past = (now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / 1000000;
        if (past > timeout_ms || poll(&ready, 1, timeout_ms - (int)past) == 0)
            return false;
        if (recv(fd, bytes, sizeof bytes, 0) <= 0)
            return true;
    }
}

/* Waits until the streams of the test before have gone. */
static int settle(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        int fds[STREAMS], fine = 0;
        char reply[2000];
        for (int k = 0; k < STREAMS; k++) {
            fds[k] = open_stream(VIA_UNIX, NULL);
            client_read(fds[k], reply, sizeof reply, "\r\n\r\n", 2000);
            fine += strstr(reply, " 200 ") != NULL;
        }
        for (int k = 0; k < STREAMS; k++)
            close(fds[k]);
        usleep(20000);
        if (fine == STREAMS)
            return 0;
    }
    return -1;
}

static void a_stream_begins_with_hello_and_brings_each_event(void **state)
{
    (void)state;
    char cookie[300], reply[8000];
    client_open_session(&server, cookie, sizeof cookie);
    const enum via ways[] = {VIA_UNIX, VIA_TCP};
    for (size_t i = 0; i < 2; i++) {
        int fd = open_stream(ways[i], i ? cookie : NULL);
        client_read(fd, reply, sizeof reply, "event: hello", 2000);
        assert_non_null(strstr(reply, "Content-Type: text/event-stream"));
        assert_non_null(strstr(reply, "event: hello\ndata: {\"missed\":false,\"principal\":"));
        publish(3);
        client_read(fd, reply, sizeof reply, "{\"n\":3}\n\n", 2000);
        assert_non_null(strstr(reply, "event: changed\ndata: {\"n\":1}\n\n"));
        assert_non_null(strstr(reply, "event: changed\ndata: {\"n\":2}\n\n"));
        assert_non_null(strstr(reply, "event: changed\ndata: {\"n\":3}\n\n"));
        close(fd);
    }
}

static void a_quiet_stream_has_a_heartbeat(void **state)
{
    (void)state;
    char reply[4000];
    int fd = open_stream(VIA_UNIX, NULL);
    client_read(fd, reply, sizeof reply, "event: hello", 2000);
    for (int i = 0; i < 3; i++) {
        client_read(fd, reply, sizeof reply, ":\n\n", 3 * BEAT_MS);
        assert_non_null(strstr(reply, ":\n\n"));
    }
    close(fd);
}

static void last_event_id(const char *reply, char out[80])
{
    out[0] = 0;
    for (const char *at = reply; (at = strstr(at, "id: ")); at += 4)
        sscanf(at, "id: %70s", out);
}

static void a_stream_resumes_where_it_broke(void **state)
{
    (void)state;
    char reply[8000], id[80], header[120];
    int fd = open_stream(VIA_UNIX, NULL);
    client_read(fd, reply, sizeof reply, "event: hello", 2000);
    publish(2);
    client_read(fd, reply, sizeof reply, "{\"n\":2}\n\n", 2000);
    last_event_id(reply, id);
    close(fd);

    publish(3);
    snprintf(header, sizeof header, "Last-Event-ID: %s\r\n", id);
    fd = open_stream(VIA_UNIX, header);
    client_read(fd, reply, sizeof reply, "{\"n\":3}\n\n", 2000);
    assert_non_null(strstr(reply, "\"missed\":false"));
    assert_non_null(strstr(reply, "{\"n\":1}\n\n"));
    assert_non_null(strstr(reply, "{\"n\":2}\n\n"));
    assert_non_null(strstr(reply, "{\"n\":3}\n\n"));
    close(fd);

    publish(600); /* more than the ring holds */
    fd = open_stream(VIA_UNIX, header);
    client_read(fd, reply, sizeof reply, "event: hello\ndata: {", 2000);
    assert_non_null(strstr(reply, "\"missed\":true"));
    close(fd);
}

static void an_id_of_another_daemon_counts_as_missed(void **state)
{
    (void)state;
    static const char *const ids[] = {"deadbeef-1", "", "-", "1", "deadbeef-99999999999999999999"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char reply[4000], header[120];
        snprintf(header, sizeof header, "Last-Event-ID: %s\r\n", ids[i]);
        int fd = open_stream(VIA_UNIX, header);
        client_read(fd, reply, sizeof reply, "\"missed\":", 2000);
        client_read(fd, reply, sizeof reply, "\n\n", 100);
        close(fd);
        usleep(20000);
    }
    int fd = open_stream(VIA_UNIX, "Last-Event-ID: deadbeef-1\r\n");
    char reply[4000];
    client_read(fd, reply, sizeof reply, "event: hello\ndata: {\"missed\":true", 2000);
    assert_non_null(strstr(reply, "\"missed\":true"));
    close(fd);
}

static void a_client_that_does_not_read_is_dropped_and_others_go_on(void **state)
{
    (void)state;
    int slow = open_stream(VIA_UNIX, NULL), quick = open_stream(VIA_UNIX, NULL);
    static char sink[1 << 20];
    client_read(quick, sink, sizeof sink, "event: hello", 2000);
    for (int i = 0; i < 60; i++) {
        publish(400);
        client_read(quick, sink, sizeof sink, "{\"n\":400}\n\n", 2000);
        if (!strstr(sink, "{\"n\":400}\n\n"))
            fail_msg("the quick reader lost burst %d", i);
    }
    assert_true(is_closed_within(slow, 2000));
    assert_false(is_closed_within(quick, BEAT_MS / 2));
    close(slow);
    close(quick);
}

static void there_is_a_ceiling_and_a_closed_page_frees_its_place_at_once(void **state)
{
    (void)state;
    int fds[STREAMS];
    char reply[4000];
    for (int i = 0; i < STREAMS; i++) {
        fds[i] = open_stream(VIA_UNIX, NULL);
        client_read(fds[i], reply, sizeof reply, "event: hello", 2000);
        assert_non_null(strstr(reply, "event: hello"));
    }
    int more = open_stream(VIA_UNIX, NULL);
    client_read(more, reply, sizeof reply, "TOO_MANY", 2000);
    assert_non_null(strstr(reply, " 429 "));
    close(more);
    close(fds[0]);
    usleep(BEAT_MS * 1000 / 4);
    more = open_stream(VIA_UNIX, NULL);
    client_read(more, reply, sizeof reply, "event: hello", 2000);
    assert_non_null(strstr(reply, " 200 "));
    close(more);
    for (int i = 1; i < STREAMS; i++)
        close(fds[i]);
}

static void the_stream_of_an_ended_session_ends(void **state)
{
    (void)state;
    char cookie[300], other[300], reply[4000];
    client_open_session(&server, cookie, sizeof cookie);
    int fd = open_stream(VIA_TCP, cookie);
    client_read(fd, reply, sizeof reply, "event: hello", 2000);
    for (int i = 0; i < 64; i++) /* pushes the longest idle session out */
        client_open_session(&server, other, sizeof other);
    assert_true(is_closed_within(fd, 3 * BEAT_MS));
    close(fd);
    struct answer answer = client_ask(&server, VIA_TCP, "GET /v1/events", cookie, NULL);
    assert_int_equal(answer.status, 401);
    answer_done(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_stream_begins_with_hello_and_brings_each_event, settle),
        cmocka_unit_test_setup(a_quiet_stream_has_a_heartbeat, settle),
        cmocka_unit_test_setup(a_stream_resumes_where_it_broke, settle),
        cmocka_unit_test_setup(an_id_of_another_daemon_counts_as_missed, settle),
        cmocka_unit_test_setup(a_client_that_does_not_read_is_dropped_and_others_go_on, settle),
        cmocka_unit_test_setup(there_is_a_ceiling_and_a_closed_page_frees_its_place_at_once,
                               settle),
        cmocka_unit_test_setup(the_stream_of_an_ended_session_ends, settle),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
