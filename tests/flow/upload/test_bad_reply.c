/* What comes back is wrong: half, twice, too late, too much, somebody else's, or a lie. Each gets
 * the code that names who can help, nothing is taken for delivered that is not, and afterwards the
 * record goes its way. */
#include "tests/harness/test.h"

#include "daemon/base/err.h"
#include "daemon/base/sys.h"
#include "queue/upload/curl_transport.h"
#include "queue/upload/s3_transport.h"
#include "queue/upload/target_s3.h"
#include "tests/flow/upload/line.h"
#include "tests/flow/upload/rgw.h"
#include "tests/unit/queue/upload/warehouse.h"

#define CODE "H41.05-261122-0001"
#define ID "x-amz-request-id: tx1\r\n"

static struct rgw rgw;
static struct line line;
static struct s3_place place;
static char endpoint[100];
static int idle_s = 20;

static int start(void **state)
{
    (void)state;
    rgw_start(&rgw, 1);
    rgw_place(&rgw, "kho", &place);
    rgw_order(&rgw, "bucket", "kho");
    line_open(&line, atoi(strrchr(rgw.endpoint, ':') + 1));
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", line.port);
    place.endpoint = endpoint;
    return 0;
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
    idle_s = 20;
    line_order(&line, "clear");
    return 0;
}

static struct target *new_target(void)
{
    const struct curl_options options = {.connect_s = 5, .idle_s = idle_s};
    struct http_transport *http = NULL;
    struct transport *transport = NULL;
    struct target *target = NULL;
    assert_int_equal(curl_transport_new(&options, &http, NULL), ERR_OK);
    assert_int_equal(s3_transport_new(http, &place, "", &transport, NULL), ERR_OK);
    assert_int_equal(target_s3_new(transport, &target, NULL), ERR_OK);
    return target;
}

static enum err_code deliver(struct target *target, const struct sample *sample,
                             struct target_sent *sent, struct err *err)
{
    struct target_receipt receipt;
    enum err_code code = target_send(target, &sample->record, sent, err);
    assert_int_not_equal(code, ERR_NOT_FOUND);
    return code ? code
                : target_verify(target, sent->remote_name, sample->pdf_sha256, sample->json_sha256,
                                &receipt, err);
}

/* With a target of its own; then once more without the fault. */
static void expect_trouble(size_t size, enum err_code wanted)
{
    struct sample sample;
    struct target_sent sent;
    struct err err = ERR_INIT;
    sample_open(&sample, CODE, size);
    struct target *target = new_target();
    enum err_code code = deliver(target, &sample, &sent, &err);
    if (code != wanted)
        fail_msg("%s: %s", err_name(code), err.detail);
    line_order(&line, "clear");
    assert_int_equal(deliver(target, &sample, &sent, &err), ERR_OK);
    target_free(target);
    sample_close(&sample);
}

static void a_connection_closed_by_one_side_is_a_line_that_is_down(void **state)
{
    (void)state;
    static const char *const orders[] = {"half-close 0", "half-close 20", "half-close 150"};
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        line_order(&line, orders[i]);
        expect_trouble(1000, ERR_TARGET_UNREACHABLE);
    }
}

static void a_busy_store_is_left_alone_as_long_as_it_says(void **state)
{
    (void)state;
    static const struct {
        const char *order;
        int64_t wait_s;
    } cases[] = {{"busy 503 120", 120}, {"busy 429 7", 7}, {"busy 503", 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sample sample;
        struct target_sent sent;
        struct err err = ERR_INIT;
        sample_open(&sample, CODE, 1000);
        line_order(&line, cases[i].order);
        struct target *target = new_target();
        assert_int_equal(deliver(target, &sample, &sent, &err), ERR_TARGET_BUSY);
        assert_int_equal(err.retry_after_us, cases[i].wait_s * INT64_C(1000000));
        target_free(target);
        line_order(&line, "clear");
        sample_close(&sample);
    }
}

static void a_login_page_of_the_network_is_no_store(void **state)
{
    (void)state;
    line_order(&line, "portal");
    expect_trouble(1000, ERR_TARGET_BAD_REPLY);
}

/* A reply that comes a second time may be read as the one to the next request. Whatever that leads
 * to heals by itself: no record is held for a person, none is taken for accepted, and none is lost.
 */
static void stray_replies_never_decide_about_a_record(void **state)
{
    (void)state;
    static const char *const orders[] = {"twice", "twice 1", "twice 30"};
    int troubled = 0;
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct target *target = new_target();
        for (int n = 0; n < 12; n++) {
            struct sample sample;
            struct target_sent sent;
            struct err err = ERR_INIT;
            enum err_code code = ERR_INTERNAL;
            sample_open(&sample, CODE, 300);
            line_order(&line, orders[i]);
            for (int tries = 0; code && tries < 3; tries++) {
                code = deliver(target, &sample, &sent, &err);
                troubled += code != ERR_OK;
                /* what is not found when it is read back is sent again */
                if (code && code != ERR_NOT_FOUND && err_help_of(code) != HELP_RETRY_LATER)
                    fail_msg("%s: %s", err_name(code), err.detail);
            }
            line_order(&line, "clear");
            for (int tries = 0; code && tries < 4; tries++)
                code = deliver(target, &sample, &sent, &err);
            if (code)
                fail_msg("%s: %s", err_name(code), err.detail);
            sample_close(&sample);
        }
        target_free(target);
    }
    print_message("tries that a stray reply spoiled: %d\n", troubled);
}

static void answer_with(const char *text)
{
    char path[260], order[320];
    snprintf(path, sizeof path, "%s/answer", rgw.folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    snprintf(order, sizeof order, "answer %s", path);
    line_order(&line, order);
}

static void replies_without_end_are_given_up(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
    } cases[] = {
        {"HTTP/1.1 403 No\r\n" ID "\r\n<Error><Code>", ERR_TARGET_BAD_REPLY},
        {"HTTP/1.1 200 OK\r\n" ID "Content-Length: 99999999999\r\n\r\n", ERR_TARGET_BAD_REPLY},
        {"HTTP/1.1 200 OK\r\n" ID "x-long: ", ERR_TARGET_BAD_REPLY},
    };
    struct sample sample;
    struct target_receipt receipt;
    sample_open(&sample, CODE, 10);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        line_order(&line, "endless");
        answer_with(cases[i].text);
        struct target *target = new_target();
        enum err_code code =
            target_verify(target, CODE "/x", sample.pdf_sha256, sample.json_sha256, &receipt, &err);
        if (code != cases[i].code)
            fail_msg("case %zu: %s: %s", i, err_name(code), err.detail);
        target_free(target);
        line_order(&line, "clear");
    }
    sample_close(&sample);
}

/* 20 bytes a second would keep a worker busy for days. */
static void a_reply_that_drips_is_given_up(void **state)
{
    (void)state;
    static char text[3000];
    struct sample sample;
    struct target_receipt receipt;
    struct err err = ERR_INIT;
    idle_s = 2;
    sample_open(&sample, CODE, 10);
    snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\n" ID "Content-Length: 2500\r\n\r\n%02500d", 0);
    answer_with(text);
    line_order(&line, "rate 20");
    struct target *target = new_target();
    int64_t from_us = sys_monotonic_us();
    assert_int_equal(
        target_verify(target, CODE "/x", sample.pdf_sha256, sample.json_sha256, &receipt, &err),
        ERR_TARGET_UNREACHABLE);
    assert_in_range(sys_monotonic_us() - from_us, 0, 60 * INT64_C(1000000));
    target_free(target);
    sample_close(&sample);
}

static enum err_code pass(void *payload, const struct transport_entry *entry, struct err *err)
{
    (void)payload, (void)entry, (void)err;
    return ERR_OK;
}

#define LIST(body) "HTTP/1.1 200 OK\r\n" ID "\r\n<ListBucketResult>" body
#define ENTRY(key) "<Contents><Key>" key "</Key><Size>1</Size></Contents>"

static void lying_lists_are_no_lists(void **state)
{
    (void)state;
    static const char *const answers[] = {
        LIST(ENTRY("b") "<IsTruncated>fal"),                                      /* cut */
        LIST(ENTRY("b") "</ListBucketResult>"),                                   /* no end said */
        LIST("<IsTruncated>true</IsTruncated></ListBucketResult>"),               /* empty, more */
        LIST("<IsTruncated>true</IsTruncated>" ENTRY("a") "</ListBucketResult>"), /* loops */
        LIST("<IsTruncated>false</IsTruncated>" ENTRY("c") ENTRY("b") "</ListBucketResult>"),
        LIST("\xff\xfe\x01"),
        "HTTP/1.1 200 OK\r\n" ID "\r\n<?xml version=\"1.0\"?><html><body/></html>",
        "HTTP/1.1 200 OK\r\n" ID "\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct err err = ERR_INIT;
        char next[TRANSPORT_KEY_SIZE] = "kept";
        const struct transport_page page = {"", "a", 10};
        answer_with(answers[i]);
        struct target *target = new_target();
        enum err_code code = target_list(target, &page, pass, NULL, next, &err);
        if (code != ERR_TARGET_BAD_REPLY)
            fail_msg("case %zu: %s: %s", i, err_name(code), err.detail);
        assert_string_equal(next, "kept");
        target_free(target);
        line_order(&line, "clear");
    }
}

/* It says yes to everything and keeps nothing, or something else. */
static void a_store_that_lies_is_found_out_by_its_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\n" ID "Content-Length: 5\r\n\r\nother", ERR_TARGET_MISMATCH},
        {"HTTP/1.1 200 OK\r\n" ID "Content-Length: 0\r\n\r\n", ERR_TARGET_MISMATCH},
        {"HTTP/1.1 204 OK\r\n" ID "ETag: \"0cc175b9c0f1b6a831c399e269772661\"\r\n\r\n",
         ERR_TARGET_MISMATCH},
        {"HTTP/1.1 200 OK\r\n" ID "Content-Length: 50\r\n\r\ncut", ERR_TARGET_UNREACHABLE},
        {"HTTP/1.1 200 OK\r\n" ID "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
         ERR_TARGET_MISMATCH},
        {"HTTP/1.1 404 No\r\n" ID "Content-Length: 0\r\n\r\n", ERR_NOT_FOUND},
        {"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", ERR_TARGET_BAD_REPLY},
        {"\x01\x02\x03\x04 binary", ERR_TARGET_BAD_REPLY},
    };
    struct sample sample;
    struct target_receipt receipt;
    sample_open(&sample, CODE, 10);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        answer_with(cases[i].text);
        struct target *target = new_target();
        enum err_code code =
            target_verify(target, CODE "/x", sample.pdf_sha256, sample.json_sha256, &receipt, &err);
        if (code != cases[i].code)
            fail_msg("case %zu: %s: %s", i, err_name(code), err.detail);
        target_free(target);
        line_order(&line, "clear");
    }
    sample_close(&sample);
}

/* A file that lies in the buffers of a slow line moves, although libcurl has handed out all of it.
 */
static void a_slow_line_that_moves_is_not_given_up(void **state)
{
    (void)state;
    struct sample sample;
    struct target_sent sent;
    struct err err = ERR_INIT;
    idle_s = 2;
    sample_open(&sample, CODE, 3 << 20);
    line_order(&line, "rate 200000");
    struct target *target = new_target();
    enum err_code code = target_send(target, &sample.record, &sent, &err);
    if (code)
        fail_msg("%s: %s", err_name(code), err.detail);
    target_free(target);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_connection_closed_by_one_side_is_a_line_that_is_down, clear),
        cmocka_unit_test_teardown(a_busy_store_is_left_alone_as_long_as_it_says, clear),
        cmocka_unit_test_teardown(a_login_page_of_the_network_is_no_store, clear),
        cmocka_unit_test_teardown(stray_replies_never_decide_about_a_record, clear),
        cmocka_unit_test_teardown(replies_without_end_are_given_up, clear),
        cmocka_unit_test_teardown(a_reply_that_drips_is_given_up, clear),
        cmocka_unit_test_teardown(lying_lists_are_no_lists, clear),
        cmocka_unit_test_teardown(a_store_that_lies_is_found_out_by_its_bytes, clear),
        cmocka_unit_test_teardown(a_slow_line_that_moves_is_not_given_up, clear),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
