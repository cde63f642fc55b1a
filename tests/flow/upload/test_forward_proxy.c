/* The way out leads through the network's own proxy, and what lies behind speaks TLS with a private
 * authority: a real store (Ceph's), a proxy of ours. */
#include "tests/harness/test.h"

#include "queue/upload/curl_transport.h"
#include "queue/upload/s3_transport.h"
#include "queue/upload/target_s3.h"
#include "tests/flow/upload/line.h"
#include "tests/flow/upload/rgw.h"
#include "tests/unit/queue/upload/warehouse.h"

#define CODE "H41.05-261122-0001"
#define LOGIN "tram:mat-khau"
#define LOGIN_BASE64 "dHJhbTptYXQta2hhdQ=="

static char *certificates;
static struct rgw rgw;
static struct line proxy;

static int start(void **state)
{
    (void)state;
    char command[400], certificate[300], key[300];
    certificates = test_make_folder();
    snprintf(command, sizeof command, "%s/tests/flow/upload/make-tls '%s'", SOHOA_SOURCE_DIR,
             certificates);
    assert_int_equal(system(command), 0);
    snprintf(certificate, sizeof certificate, "%s/good.pem", certificates);
    snprintf(key, sizeof key, "%s/good.key", certificates);
    rgw_start_tls(&rgw, certificate, key);
    rgw_order(&rgw, "bucket", "kho");
    line_open(&proxy, 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    line_close(&proxy);
    rgw_stop(&rgw);
    test_remove_folder(certificates);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    line_order(&proxy, "clear");
    return 0;
}

static enum err_code deliver(const char *endpoint, const char *proxy_url,
                             const struct sample *sample)
{
    char authority[300];
    struct s3_place place;
    struct http_transport *http = NULL;
    struct transport *transport = NULL;
    struct target *target = NULL;
    struct target_sent sent;
    struct target_receipt receipt;
    struct err err = ERR_INIT;
    snprintf(authority, sizeof authority, "%s/ours.pem", certificates);
    const struct curl_options options = {
        .ca_file = authority, .proxy = proxy_url, .connect_s = 10, .idle_s = 20};
    rgw_place(&rgw, "kho", &place);
    place.endpoint = endpoint;
    assert_int_equal(curl_transport_new(&options, &http, NULL), ERR_OK);
    assert_int_equal(s3_transport_new(http, &place, "", &transport, NULL), ERR_OK);
    assert_int_equal(target_s3_new(transport, &target, NULL), ERR_OK);
    enum err_code code = target_send(target, &sample->record, &sent, &err);
    if (!code)
        code = target_verify(target, sent.remote_name, sample->pdf_sha256, sample->json_sha256,
                             &receipt, &err);
    if (code)
        print_message("%s: %s\n", err_name(code), err.detail);
    target_free(target);
    return code;
}

static void records_go_through_a_proxy_with_and_without_tls(void **state)
{
    (void)state;
    const char *const endpoints[] = {rgw.endpoint, rgw.tls_endpoint};
    static const size_t sizes[] = {40000, 11 << 20};
    char url[100];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", proxy.port);
    for (size_t i = 0; i < COUNT_OF(endpoints) * COUNT_OF(sizes); i++) {
        struct sample sample;
        uint64_t before = line_sent(&proxy);
        sample_open(&sample, CODE, sizes[i / 2]);
        assert_int_equal(deliver(endpoints[i % 2], url, &sample), ERR_OK);
        assert_true(line_sent(&proxy) - before > sizes[i / 2]);
        sample_close(&sample);
    }
}

static void a_proxy_that_wants_a_login_gets_it_or_is_named(void **state)
{
    (void)state;
    const char *const endpoints[] = {rgw.endpoint, rgw.tls_endpoint};
    char without[100], with[100], wrong[100];
    snprintf(without, sizeof without, "http://127.0.0.1:%d", proxy.port);
    snprintf(with, sizeof with, "http://" LOGIN "@127.0.0.1:%d", proxy.port);
    snprintf(wrong, sizeof wrong, "http://tram:sai@127.0.0.1:%d", proxy.port);
    line_order(&proxy, "login " LOGIN_BASE64);
    for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
        struct sample sample;
        sample_open(&sample, CODE, 1000);
        assert_int_equal(deliver(endpoints[i], without, &sample), ERR_TARGET_PROXY);
        assert_int_equal(deliver(endpoints[i], wrong, &sample), ERR_TARGET_PROXY);
        assert_int_equal(deliver(endpoints[i], with, &sample), ERR_OK);
        sample_close(&sample);
    }
}

static void a_proxy_that_is_down_is_a_line_that_is_down(void **state)
{
    (void)state;
    struct sample sample;
    sample_open(&sample, CODE, 1000);
    assert_int_equal(deliver(rgw.endpoint, "http://127.0.0.1:1", &sample), ERR_TARGET_UNREACHABLE);
    assert_int_equal(deliver(rgw.tls_endpoint, "http://127.0.0.1:1", &sample),
                     ERR_TARGET_UNREACHABLE);
    sample_close(&sample);
}

static void only_the_proxy_of_the_configuration_is_used(void **state)
{
    (void)state;
    static const char *const names[] = {"http_proxy", "https_proxy", "ALL_PROXY"};
    struct sample sample;
    sample_open(&sample, CODE, 1000);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        setenv(names[i], "http://127.0.0.1:1", 1);
    assert_int_equal(deliver(rgw.endpoint, NULL, &sample), ERR_OK);
    assert_int_equal(deliver(rgw.tls_endpoint, NULL, &sample), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        unsetenv(names[i]);
    sample_close(&sample);
}

/* Neither is about certificates, which somebody would then look for faults in. */
static void a_cut_handshake_and_a_server_without_tls_are_no_bad_certificate(void **state)
{
    (void)state;
    struct line line;
    struct sample sample;
    char endpoint[100];
    sample_open(&sample, CODE, 1000);
    line_open(&line, atoi(strrchr(rgw.tls_endpoint, ':') + 1));
    snprintf(endpoint, sizeof endpoint, "https://127.0.0.1:%d", line.port);
    static const char *const orders[] = {"cut-after 0", "cut-after 600", "half-close 0",
                                         "half-close 100"};
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        line_order(&line, orders[i]);
        assert_int_equal(deliver(endpoint, NULL, &sample), ERR_TARGET_UNREACHABLE);
        line_order(&line, "clear");
    }
    assert_int_equal(deliver(endpoint, NULL, &sample), ERR_OK);
    line_close(&line);
    snprintf(endpoint, sizeof endpoint, "https://127.0.0.1%s", strrchr(rgw.endpoint, ':'));
    assert_int_equal(deliver(endpoint, NULL, &sample), ERR_TARGET_BAD_REPLY);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(records_go_through_a_proxy_with_and_without_tls, clear),
        cmocka_unit_test_teardown(a_proxy_that_wants_a_login_gets_it_or_is_named, clear),
        cmocka_unit_test_teardown(a_proxy_that_is_down_is_a_line_that_is_down, clear),
        cmocka_unit_test_teardown(only_the_proxy_of_the_configuration_is_used, clear),
        cmocka_unit_test_teardown(a_cut_handshake_and_a_server_without_tls_are_no_bad_certificate,
                                  clear),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
