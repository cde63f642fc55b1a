/* Records over a line that does everything lines do, to a real object store. */
#include "tests/harness/test.h"

#include "daemon/base/sys.h"
#include "queue/upload/curl_transport.h"
#include "queue/upload/s3_transport.h"
#include "queue/upload/target_s3.h"
#include "tests/flow/upload/line.h"
#include "tests/flow/upload/rgw.h"
#include "tests/unit/queue/upload/warehouse.h"

#define CODE "H41.05-261122-0001"

static struct rgw rgw;
static struct line line;
static struct s3_place place;
static char endpoint[100];
static int idle_s = 20;

static int open_line(void)
{
    rgw_place(&rgw, "kho", &place);
    assert_int_equal(rgw_ask(&place, &(struct s3_call){.method = "PUT", .fd = -1}), 200);
    line_open(&line, atoi(strrchr(rgw.endpoint, ':') + 1));
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", line.port);
    place.endpoint = endpoint;
    return 0;
}

static int start(void **state)
{
    (void)state;
    rgw_start(&rgw, 1);
    return open_line();
}

static int start_swift(void **state)
{
    (void)state;
    rgw_start_swift(&rgw);
    return open_line();
}

static int stop(void **state)
{
    (void)state;
    line_close(&line);
    rgw_stop(&rgw);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    line_order(&line, "clear");
    return 0;
}

static enum err_code send_once(const struct sample *sample, struct target_sent *sent)
{
    const struct curl_options options = {.connect_s = 5, .idle_s = idle_s};
    struct http_transport *http = NULL;
    struct transport *transport = NULL;
    struct target *target = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(curl_transport_new(&options, &http, NULL), ERR_OK);
    assert_int_equal(s3_transport_new(http, &place, "", &transport, NULL), ERR_OK);
    assert_int_equal(target_s3_new(transport, &target, NULL), ERR_OK);
    struct target_receipt receipt;
    enum err_code code = target_send(target, &sample->record, sent, &err);
    if (!code)
        code = target_verify(target, sent->remote_name, sample->pdf_sha256, sample->json_sha256,
                             &receipt, &err);
    target_free(target);
    return code;
}

static void expect_send(size_t size, enum err_code code)
{
    struct sample sample;
    struct target_sent sent;
    sample_open(&sample, CODE, size);
    assert_int_equal(send_once(&sample, &sent), code);
    sample_close(&sample);
}

static void a_large_file_cut_at_nine_tenths_is_gone_on_with(void **state)
{
    (void)state;
    enum { SIZE = 50 << 20 };
    struct sample sample;
    struct target_sent sent;
    sample_open(&sample, CODE, SIZE);
    uint64_t before = line_sent(&line);
    line_order(&line, "cut-after 47185920");
    assert_int_equal(send_once(&sample, &sent), ERR_TARGET_UNREACHABLE);
    uint64_t cut = line_sent(&line) - before;
    assert_in_range(cut, SIZE / 100 * 85, SIZE / 100 * 95);
    assert_int_equal(send_once(&sample, &sent), ERR_OK);
    uint64_t again = line_sent(&line) - before - SIZE;
    print_message("sent again after a cut at 90 %% of 50 MB: %.1f %%\n", 100.0 * again / SIZE);
    assert_true(again <= SIZE / 100 * 15);
    sample_close(&sample);
}

/* A connection is cut in one of three; every record is there in the end, once and whole. */
static void records_survive_cuts(void **state)
{
    (void)state;
    line_order(&line, "cut 33");
    int cuts = 0;
    for (int i = 0; i < 30; i++) {
        struct sample sample;
        struct target_sent sent;
        sample_open(&sample, CODE, 40000);
        enum err_code code = ERR_TARGET_UNREACHABLE;
        for (int tries = 0; code && tries < 30; tries++) {
            code = send_once(&sample, &sent);
            assert_true(code == ERR_OK || code == ERR_TARGET_UNREACHABLE);
            cuts += code != ERR_OK;
        }
        assert_int_equal(code, ERR_OK);
        sample_close(&sample);
    }
    assert_true(cuts > 0);
}

static void silence_is_given_up_and_a_slow_line_is_not(void **state)
{
    (void)state;
    idle_s = 2;
    line_order(&line, "hole");
    expect_send(1000, ERR_TARGET_UNREACHABLE);
    line_order(&line, "clear");
    line_order(&line, "rate 40000"); /* 4 s for the PDF and 4 s for reading it back */
    expect_send(150000, ERR_OK);
    line_order(&line, "clear");
    idle_s = 20;
    line_order(&line, "delay 200");
    expect_send(1000, ERR_OK);
}

static void answer_with(const char *text)
{
    char *folder = test_make_folder();
    char path[300], order[320];
    snprintf(path, sizeof path, "%s/answer", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    snprintf(order, sizeof order, "answer %s", path);
    line_order(&line, order);
    test_remove_folder(folder);
}

static void what_answers_instead_of_the_store_is_not_believed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 11\r\n\r\n<html>login",
         ERR_TARGET_BAD_REPLY},
        {"HTTP/1.1 302 Found\r\nLocation: http://login.wifi/\r\nContent-Length: 0\r\n\r\n",
         ERR_TARGET_BAD_REPLY},
        {"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n", ERR_TARGET_BUSY},
        {"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n", ERR_TARGET_BUSY},
        {"HTTP/1.1 200 OK\r\nx-amz-request-id: t\r\nContent-Length: 100\r\n\r\ncut",
         ERR_TARGET_UNREACHABLE},
        {"\x16\x03\x01 no HTTP at all", ERR_TARGET_BAD_REPLY},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sample sample;
        struct target_sent sent;
        answer_with(cases[i].text);
        sample_open(&sample, CODE, 1000);
        enum err_code code = send_once(&sample, &sent);
        if (code != cases[i].code)
            fail_msg("case %zu: %s", i, err_name(code));
        line_order(&line, "clear");
        assert_int_equal(send_once(&sample, &sent), ERR_OK);
        assert_false(sent.already_there);
        sample_close(&sample);
    }
}

static void replies_that_come_twice_do_no_harm(void **state)
{
    (void)state;
    struct sample sample;
    struct target_sent sent;
    sample_open(&sample, CODE, 1000);
    line_order(&line, "twice");
    enum err_code code = send_once(&sample, &sent);
    line_order(&line, "clear");
    if (code)
        code = send_once(&sample, &sent);
    assert_int_equal(code, ERR_OK);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_large_file_cut_at_nine_tenths_is_gone_on_with, clear),
        cmocka_unit_test_teardown(records_survive_cuts, clear),
        cmocka_unit_test_teardown(silence_is_given_up_and_a_slow_line_is_not, clear),
        cmocka_unit_test_teardown(what_answers_instead_of_the_store_is_not_believed, clear),
        cmocka_unit_test_teardown(replies_that_come_twice_do_no_harm, clear),
    };
    const struct CMUnitTest with_another_store[] = {
        cmocka_unit_test_teardown(a_large_file_cut_at_nine_tenths_is_gone_on_with, clear),
        cmocka_unit_test_teardown(records_survive_cuts, clear),
    };
    int failed = cmocka_run_group_tests_name("ceph", tests, start, stop);
    return failed + cmocka_run_group_tests_name("swift", with_another_store, start_swift, stop);
}
