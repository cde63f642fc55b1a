/* How fast bytes go to a server and who is told: a server of our own on loopback that takes what
 * comes and says 200, and counts. */
#include "tests/harness/test.h"

#include "daemon/base/sys.h"
#include "queue/upload/curl_transport.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define BODY (512 * 1024)

struct server {
    pid_t pid;
    int port;
};

/* Reads one request after the other by its Content-Length. */
static void serve(int client)
{
    char head[4096];
    size_t used = 0;
    char *end = NULL;
    while (!end && used < sizeof head - 1) {
        ssize_t got = read(client, head + used, sizeof head - 1 - used);
        if (got <= 0)
            return;
        used += (size_t)got;
        head[used] = 0;
        end = strstr(head, "\r\n\r\n");
    }
    const char *length = strstr(head, "Content-Length: ");
    size_t left = length ? strtoul(length + 16, NULL, 10) : 0;
    left -= end ? (size_t)(head + used - (end + 4)) : 0;
    if (strstr(head, "100-continue"))
        dprintf(client, "HTTP/1.1 100 Continue\r\n\r\n");
    static char bytes[65536];
    while (left) {
        ssize_t got = read(client, bytes, left < sizeof bytes ? left : sizeof bytes);
        if (got <= 0)
            return;
        left -= (size_t)got;
    }
    dprintf(client, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
}

static int start(void **state)
{
    struct server *server = calloc(1, sizeof *server);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener, 8), 0);
    getsockname(listener, (struct sockaddr *)&at, &size);
    server->port = ntohs(at.sin_port);
    server->pid = fork();
    if (server->pid == 0) {
        for (;;) {
            int client = accept(listener, NULL, NULL);
            serve(client);
            shutdown(client, SHUT_WR);
            close(client);
        }
    }
    close(listener);
    *state = server;
    return 0;
}

static int stop(void **state)
{
    struct server *server = *state;
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    free(server);
    return 0;
}

struct watch {
    int times;
    uint64_t last;
};

static void on_moved(void *payload, const struct flow *flow)
{
    struct watch *watch = payload;
    watch->times++;
    watch->last = flow->moved_bytes;
}

/* Milliseconds a body of that size takes. */
static int64_t put(const struct server *server, struct flow *flow, size_t size)
{
    const struct curl_options options = {.connect_s = 5, .idle_s = 5, .flow = flow};
    AUTO(http_transport) struct http_transport *http = NULL;
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(http_reply) struct http_reply reply = {0};
    char path[] = "/tmp/sohoa-flow-XXXXXX";
    int fd = mkstemp(path);
    unlink(path);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    assert_int_equal(curl_transport_new(&options, &http, NULL), ERR_OK);
    request.method = "PUT";
    request.url = mem_printf("http://127.0.0.1:%d/x", server->port);
    request.body_fd = fd;
    request.body_size = size;
    int64_t from_us = sys_monotonic_us();
    assert_int_equal(http_exchange(http, &request, &reply, NULL), ERR_OK);
    assert_int_equal(reply.status, 200);
    close(fd);
    return (sys_monotonic_us() - from_us) / 1000;
}

static void a_capped_transfer_takes_its_time_and_tells_of_each_step(void **state)
{
    struct watch watch = {0};
    struct flow flow = {.moved = on_moved, .payload = &watch};
    flow_begin(&flow, 2 * 1024 * 1024, BODY); /* bits a second: two seconds */
    int64_t took_ms = put(*state, &flow, BODY);
    if (took_ms < 1500)
        fail_msg("%lld ms", (long long)took_ms);
    assert_true(watch.times >= 3);
    assert_true(flow.moved_bytes >= BODY && flow.moved_bytes <= BODY + 1000);
}

static void without_a_cap_it_goes_as_fast_as_the_line(void **state)
{
    struct flow flow = {0};
    flow_begin(&flow, 0, BODY);
    assert_true(put(*state, &flow, BODY) < 1500);
    assert_true(put(*state, NULL, BODY) < 1500);
}

static void a_proxy_of_the_environment_is_not_used(void **state)
{
    static const char *const names[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        setenv(names[i], "http://127.0.0.1:1", 1); /* nobody listens there */
    put(*state, NULL, 1000);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        unsetenv(names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_capped_transfer_takes_its_time_and_tells_of_each_step),
        cmocka_unit_test(without_a_cap_it_goes_as_fast_as_the_line),
        cmocka_unit_test(a_proxy_of_the_environment_is_not_used),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
