/* What stands between a station and a receiver in a province: nginx with the station's certificate
 * demanded, bodies limited, the address changed; a forward proxy. */
#include "tests/flow/upload/line.h"
#include "tests/flow/upload/receiver.h"
#include "tests/harness/test.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define MAPPING SOHOA_SOURCE_DIR "/packaging/config/mapping-dongbohosomc.json"
#define CODE "H99.14-261120-0004"

struct scene {
    struct receiver receiver;
    char *folder;
    pid_t nginx;
    int port;
};

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

static const char *file(const struct scene *scene, const char *name)
{
    static char paths[8][300];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", scene->folder, name);
    return path;
}

/* client_max_body_size 5m: less than the file, more than a piece of it. */
static void write_nginx(const struct scene *scene)
{
    FILE *conf = fopen(file(scene, "nginx.conf"), "w");
    assert_non_null(conf);
    fprintf(conf,
            "daemon off; master_process off; pid %1$s/pid; error_log %1$s/error.log;\n"
            "events {}\n"
            "http { access_log off; client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;\n"
            "fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;\n"
            "server { listen 127.0.0.1:%2$d ssl; client_max_body_size 5m;\n"
            "ssl_certificate %1$s/good.pem; ssl_certificate_key %1$s/good.key;\n"
            "ssl_client_certificate %1$s/ours.pem; ssl_verify_client on;\n"
            "location / { proxy_pass http://127.0.0.1:%3$d; proxy_http_version 1.1;\n"
            "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Host $http_host;\n"
            "proxy_set_header X-Forwarded-Proto https; } } }\n",
            scene->folder, scene->port, scene->receiver.port);
    fclose(conf);
}

static int open_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    char command[400];
    receiver_open(&scene->receiver, "dossiers.mjs");
    scene->folder = test_make_folder();
    scene->port = free_port();
    snprintf(command, sizeof command, "%s/tests/flow/upload/make-tls '%s'", SOHOA_SOURCE_DIR,
             scene->folder);
    assert_int_equal(system(command), 0);
    write_nginx(scene);
    scene->nginx = fork();
    if (scene->nginx == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        execl("/usr/sbin/nginx", "nginx", "-c", file(scene, "nginx.conf"), "-p", scene->folder,
              (char *)NULL);
        _exit(127);
    }
    for (int tries = 0; tries < 400 && !listens(scene->port); tries++)
        usleep(25000);
    *state = scene;
    return 0;
}

static int close_scene(void **state)
{
    struct scene *scene = *state;
    kill(scene->nginx, SIGKILL);
    waitpid(scene->nginx, NULL, 0);
    receiver_close(&scene->receiver);
    test_remove_folder(scene->folder);
    free(scene);
    return 0;
}

static enum err_code deliver(const struct scene *scene, struct http_options options,
                             const struct sent_record *record, struct err *err)
{
    AUTO(target) struct target *target = NULL;
    struct target_sent sent;
    struct target_receipt receipt;
    char endpoint[60];
    snprintf(endpoint, sizeof endpoint, "https://127.0.0.1:%d", scene->port);
    options.mapping = MAPPING;
    options.endpoint = options.endpoint ? options.endpoint : endpoint;
    options.username = "tram-1";
    options.password = "mật khẩu";
    options.notes = scene->folder;
    enum err_code code = receiver_target(&options, &target, err);
    if (!code)
        code = target_send(target, &record->record, &sent, err);
    if (!code)
        code = target_verify(target, sent.remote_name, record->pdf_sha256, record->json_sha256,
                             &receipt, err);
    return code;
}

static void only_the_stations_certificate_opens_the_door(void **state)
{
    struct scene *scene = *state;
    const struct {
        const char *authority, *station;
        enum err_code code;
    } cases[] = {
        {"ours.pem", "station", ERR_OK},
        {"others.pem", "station", ERR_TARGET_CERTIFICATE},
        {"ours.pem", NULL, ERR_TARGET_CERTIFICATE},
        {"ours.pem", "unknown-station", ERR_TARGET_CERTIFICATE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char certificate[40], key[40];
        struct sent_record record;
        struct err err = ERR_INIT;
        snprintf(certificate, sizeof certificate, "%s.pem", cases[i].station);
        snprintf(key, sizeof key, "%s.key", cases[i].station);
        const struct http_options options = {
            .ca_file = file(scene, cases[i].authority),
            .cert_file = cases[i].station ? file(scene, certificate) : NULL,
            .key_file = cases[i].station ? file(scene, key) : NULL,
        };
        sent_record_open(&record, CODE, 12u << 20, NULL);
        enum err_code code = deliver(scene, options, &record, &err);
        sent_record_close(&record);
        if (code != cases[i].code)
            fail_msg("case %zu: %s: %s", i, err_name(code), err.detail);
    }
}

static void a_forward_proxy_takes_it_there(void **state)
{
    struct scene *scene = *state;
    struct line line;
    struct sent_record record;
    struct err err = ERR_INIT;
    char proxy[60], endpoint[60];
    line_open(&line, 0);
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", line.port);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", scene->receiver.port);
    sent_record_open(&record, CODE, 300000, NULL);
    const struct http_options options = {.proxy = proxy, .endpoint = endpoint};
    if (deliver(scene, options, &record, &err))
        fail_msg("%s: %s", err_name(err.code), err.detail);
    assert_true(line_sent(&line) > 300000);
    sent_record_close(&record);
    line_close(&line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    int lacks = receiver_lacks("/usr/sbin/nginx");
    if (lacks >= 0)
        return lacks;
    const struct CMUnitTest tests[] = {
        TEST(only_the_stations_certificate_opens_the_door),
        TEST(a_forward_proxy_takes_it_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
