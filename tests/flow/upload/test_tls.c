/* Who answers has to prove who it is, and sometimes so do we. The server is OpenSSL's own: it
 * speaks HTTP and is no object store, so that TARGET_BAD_REPLY is what comes behind a good
 * handshake. */
#include "tests/harness/test.h"

#include "queue/upload/curl_transport.h"
#include "queue/upload/s3_message.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

static char *folder;

static int start(void **state)
{
    (void)state;
    folder = test_make_folder();
    char command[400];
    snprintf(command, sizeof command, "%s/tests/flow/upload/make-tls '%s'", SOHOA_SOURCE_DIR,
             folder);
    assert_int_equal(system(command), 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    test_remove_folder(folder);
    return 0;
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static const char *file(const char *name, const char *suffix)
{
    static char paths[8][400];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s%s", folder, name, suffix);
    return path;
}

static pid_t serve(const char *name, const char *clients, int port)
{
    char accept[40];
    snprintf(accept, sizeof accept, "127.0.0.1:%d", port);
    const char *verify[] = {"-Verify", "1", "-verify_return_error", "-CAfile",
                            file("ours", ".pem")};
    const char *argv[20] = {"openssl", "s_server", "-quiet",           "-www", "-accept",
                            accept,    "-cert",    file(name, ".pem"), "-key", file(name, ".key")};
    for (size_t i = 0; clients && i < COUNT_OF(verify); i++)
        argv[10 + i] = verify[i];
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout))
            _exit(1);
        execvp("openssl", (char **)argv);
        _exit(127);
    }
    return pid;
}

static bool listens(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return connected;
}

static enum err_code ask(int port, const char *authority, const char *station)
{
    char endpoint[60];
    snprintf(endpoint, sizeof endpoint, "https://127.0.0.1:%d", port);
    const struct s3_place place = {endpoint, "kho", false, {"K", "S", "r", "s3"}, NULL};
    const struct curl_options options = {
        .ca_file = authority ? file(authority, ".pem") : NULL,
        .cert_file = station ? file(station, ".pem") : NULL,
        .key_file = station ? file(station, ".key") : NULL,
        .connect_s = 10,
        .idle_s = 10,
    };
    AUTO(http_transport) struct http_transport *http = NULL;
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(http_reply) struct http_reply reply = {0};
    assert_int_equal(curl_transport_new(&options, &http, NULL), ERR_OK);
    assert_int_equal(
        s3_build(&place, &(struct s3_call){.method = "GET", .fd = -1}, 1, &request, NULL), ERR_OK);
    enum err_code code = http_exchange(http, &request, &reply, NULL);
    return code ? code : s3_read(&reply, NULL);
}

static void who_cannot_prove_who_it_is_gets_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *server, *clients, *authority, *station;
        enum err_code code;
    } cases[] = {
        {"good", NULL, "ours", NULL, ERR_TARGET_BAD_REPLY},
        {"good", NULL, NULL, NULL, ERR_TARGET_CERTIFICATE},
        {"stranger", NULL, "ours", NULL, ERR_TARGET_CERTIFICATE},
        {"wrong-name", NULL, "ours", NULL, ERR_TARGET_CERTIFICATE},
        {"expired", NULL, "ours", NULL, ERR_TARGET_CERTIFICATE},
        {"good", "ours", "ours", "station", ERR_TARGET_BAD_REPLY},
        {"good", "ours", "ours", NULL, ERR_TARGET_CERTIFICATE},
        {"good", "ours", "ours", "unknown-station", ERR_TARGET_CERTIFICATE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int port = free_port();
        pid_t server = serve(cases[i].server, cases[i].clients, port);
        for (int tries = 0; tries < 200 && !listens(port); tries++)
            usleep(50000);
        enum err_code code = ask(port, cases[i].authority, cases[i].station);
        kill(server, SIGKILL);
        waitpid(server, NULL, 0);
        if (code != cases[i].code)
            fail_msg("case %zu: %s", i, err_name(code));
    }
}

static void files_that_cannot_be_read_are_the_configurations_fault(void **state)
{
    (void)state;
    const struct curl_options options = {.ca_file = "/nowhere.pem", .connect_s = 1, .idle_s = 1};
    struct http_transport *http = NULL;
    assert_int_equal(curl_transport_new(&options, &http, NULL), ERR_BAD_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_cannot_prove_who_it_is_gets_nothing),
        cmocka_unit_test(files_that_cannot_be_read_are_the_configurations_fault),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
