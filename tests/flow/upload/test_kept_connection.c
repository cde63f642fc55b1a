/* A connection that was kept and dies under the next request: what may go twice is sent again by
 * itself, what may not is left to whoever asked. */
#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "queue/upload/curl_transport.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define BODY 20000

static struct {
    int port;
    pid_t pid;
    int *seen; /* shared: requests that came whole, connections */
} server;

/* Reads one request with its body. false: the client is gone. */
static bool read_request(int fd)
{
    static char bytes[BODY + 4096];
    size_t size = 0;
    for (;;) {
        ssize_t got = read(fd, bytes + size, sizeof bytes - 1 - size);
        if (got <= 0)
            return false;
        size += (size_t)got;
        bytes[size] = '\0';
        const char *body = strstr(bytes, "\r\n\r\n");
        if (body && size - (size_t)(body + 4 - bytes) >= BODY)
            return true;
    }
}

/* Answers every request but the second, behind which it closes. */
static void serve_connection(int fd)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    while (read_request(fd))
        if (++server.seen[0] == 2 || write(fd, answer, sizeof answer - 1) < 0)
            break;
    _exit(0);
}

static void serve(int listener)
{
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        server.seen[1]++;
        if (fork() == 0)
            serve_connection(fd);
        close(fd);
    }
}

static int start(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 5), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    server.port = ntohs(address.sin_port);
    server.seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(server.seen, MAP_FAILED);
    server.pid = fork();
    if (server.pid == 0)
        serve(listener);
    close(listener);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    kill(server.pid, SIGKILL);
    waitpid(server.pid, NULL, 0);
    munmap(server.seen, 4096);
    return 0;
}

static enum err_code put(struct http_transport *http, int fd, bool once, bool fresh)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(http_reply) struct http_reply reply = {0};
    request.method = "PUT";
    request.url = mem_printf("http://127.0.0.1:%d/x", server.port);
    request.body_fd = fd;
    request.body_size = BODY;
    request.once = once;
    request.fresh = fresh;
    return http_exchange(http, &request, &reply, NULL);
}

static void open_client(struct http_transport **out_http, int *out_fd)
{
    static char bytes[BODY];
    const struct curl_options options = {.connect_s = 5, .idle_s = 10};
    assert_int_equal(curl_transport_new(&options, out_http, NULL), ERR_OK);
    assert_int_equal(file_memfd("body", bytes, sizeof bytes, out_fd, NULL), ERR_OK);
}

static void what_may_go_twice_is_sent_again_over_a_new_one(void **state)
{
    (void)state;
    AUTO(http_transport) struct http_transport *http = NULL;
    AUTO(fd) int fd = -1;
    open_client(&http, &fd);
    assert_int_equal(put(http, fd, false, false), ERR_OK);
    assert_int_equal(put(http, fd, false, false), ERR_OK);
    assert_int_equal(server.seen[0], 3);
    assert_int_equal(server.seen[1], 2);
}

static void what_may_not_reaches_the_server_once(void **state)
{
    (void)state;
    AUTO(http_transport) struct http_transport *http = NULL;
    AUTO(fd) int fd = -1;
    open_client(&http, &fd);
    assert_int_equal(put(http, fd, true, false), ERR_OK);
    assert_int_equal(put(http, fd, true, false), ERR_TARGET_UNREACHABLE);
    assert_int_equal(server.seen[0], 2);
}

static void what_is_asked_afresh_takes_no_kept_connection(void **state)
{
    (void)state;
    AUTO(http_transport) struct http_transport *http = NULL;
    AUTO(fd) int fd = -1;
    open_client(&http, &fd);
    assert_int_equal(put(http, fd, false, false), ERR_OK);
    assert_int_equal(server.seen[1], 1);
    server.seen[0] = 2; /* the one that is not answered is over */
    assert_int_equal(put(http, fd, false, true), ERR_OK);
    assert_int_equal(server.seen[1], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_may_go_twice_is_sent_again_over_a_new_one, start,
                                        stop),
        cmocka_unit_test_setup_teardown(what_may_not_reaches_the_server_once, start, stop),
        cmocka_unit_test_setup_teardown(what_is_asked_afresh_takes_no_kept_connection, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
