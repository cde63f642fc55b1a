/* The s3 target against real object stores: Ceph's and Swift's. */
#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "tests/flow/upload/rgw.h"
#include "tests/unit/queue/upload/warehouse.h"

#define CODE "H41.05-261122-0001"
#define BUCKET "kho"

static struct rgw rgw;
static struct s3_place place;

static int make_bucket(void)
{
    rgw_place(&rgw, BUCKET, &place);
    assert_int_equal(rgw_ask(&place, &(struct s3_call){.method = "PUT", .fd = -1}), 200);
    return 0;
}

static int start_ceph(void **state)
{
    (void)state;
    rgw_start(&rgw, 1);
    return make_bucket();
}

static int start_swift(void **state)
{
    (void)state;
    rgw_start_swift(&rgw);
    return make_bucket();
}

static int stop(void **state)
{
    (void)state;
    sys_clock_set(0);
    rgw_stop(&rgw);
    return 0;
}

static void expect_sent(struct target *target, const struct sample *sample, bool already_there)
{
    struct err err = ERR_INIT;
    struct target_sent sent;
    enum err_code code = target_send(target, &sample->record, &sent, &err);
    if (code)
        print_error("%s: %s\n", err_name(code), err.detail);
    assert_int_equal(code, ERR_OK);
    assert_int_equal(sent.already_there, already_there);
    struct target_receipt receipt;
    code = target_verify(target, sent.remote_name, sample->pdf_sha256, sample->json_sha256,
                         &receipt, &err);
    if (code)
        print_error("%s: %s\n", err_name(code), err.detail);
    assert_int_equal(code, ERR_OK);
    assert_string_equal(receipt.pdf.sha256, sample->pdf_sha256);
    assert_int_equal(receipt.pdf.size_bytes, sample->record.pdf_size_bytes);
    assert_true(*receipt.pdf.tag && *receipt.json.tag);
}

static void a_record_is_sent_proven_and_there_when_sent_again(void **state)
{
    (void)state;
    struct target *target = rgw_target(&place, "");
    struct sample sample, backlog;
    sample_open(&sample, CODE, 150000);
    sample_open(&backlog, NULL, 10);
    expect_sent(target, &sample, false);
    expect_sent(target, &sample, true);
    expect_sent(target, &backlog, false);
    sample_close(&sample);
    sample_close(&backlog);
    target_free(target);
}

static void other_bytes_under_the_same_id_are_a_conflict_and_change_nothing(void **state)
{
    (void)state;
    struct target *target = rgw_target(&place, "xa-1/");
    struct sample first, second;
    struct target_sent sent;
    struct err err = ERR_INIT;
    sample_open(&first, CODE, 1000);
    sample_open(&second, CODE, 2000);
    expect_sent(target, &first, false);
    second.record.record_id = first.id;
    assert_int_equal(target_send(target, &second.record, &sent, &err), ERR_TARGET_CONFLICT);
    expect_sent(target, &first, true);
    sample_close(&first);
    sample_close(&second);
    target_free(target);
}

static void a_large_record_goes_up_in_parts_and_is_gone_on_with(void **state)
{
    (void)state;
    struct target *target = rgw_target(&place, "");
    struct sample sample;
    sample_open(&sample, CODE, 12 << 20);
    expect_sent(target, &sample, false);
    expect_sent(target, &sample, true);
    sample_close(&sample);
    target_free(target);
}

struct found {
    int count;
    uint64_t bytes;
};

static enum err_code count_entry(void *payload, const struct transport_entry *entry,
                                 struct err *err)
{
    (void)err;
    struct found *found = payload;
    found->count++;
    found->bytes += entry->size_bytes;
    return *entry->tag ? ERR_OK : ERR_INTERNAL;
}

static void a_listing_goes_over_its_pages(void **state)
{
    (void)state;
    enum { OBJECTS = 1005 };
    struct target *target = rgw_target(&place, "many/");
    int fd = -1;
    char sha256[HASH_HEX_SIZE];
    hash_bytes("12345", 5, sha256);
    assert_int_equal(file_memfd("x", "12345", 5, &fd, NULL), ERR_OK);
    for (int i = 0; i < OBJECTS; i++) {
        char key[60];
        snprintf(key, sizeof key, "many/H %d+/x.json", i);
        assert_int_equal(rgw_ask(&place, &(struct s3_call){.method = "PUT",
                                                           .key = key,
                                                           .fd = fd,
                                                           .size = 5,
                                                           .payload_sha256 = sha256}),
                         200);
    }
    struct found found = {0};
    struct err err = ERR_INIT;
    int pages = 0;
    char after[TRANSPORT_KEY_SIZE] = "";
    do {
        const struct transport_page page = {"", after, 400};
        char next[TRANSPORT_KEY_SIZE];
        assert_int_equal(target_list(target, &page, count_entry, &found, next, &err), ERR_OK);
        strcpy(after, next);
        pages++;
    } while (*after);
    assert_int_equal(pages, 3); /* each begins behind a name, as it would days later */
    assert_int_equal(found.count, OBJECTS);
    assert_int_equal(found.bytes, 5 * OBJECTS);
    found = (struct found){0};
    const struct transport_page one = {"H 1+/", "", 400};
    assert_int_equal(target_list(target, &one, count_entry, &found, after, &err), ERR_OK);
    assert_string_equal(after, "");
    assert_int_equal(found.count, 1);
    fd_close(fd);
    target_free(target);
}

static void what_the_store_refuses_is_told_apart(void **state)
{
    (void)state;
    struct s3_place wrong_key = place, wrong_secret = place, no_bucket = place;
    wrong_key.keys.access_key = "NOBODY";
    wrong_secret.keys.secret_key = "not-the-secret";
    no_bucket.bucket = "khong-co";
    const struct {
        const struct s3_place *place;
        int64_t clock_off_us;
        enum err_code code;
    } cases[] = {
        {&wrong_key, 0, ERR_TARGET_AUTH},
        {&wrong_secret, 0, ERR_TARGET_AUTH},
        {&no_bucket, 0, ERR_TARGET_MISSING},
        {&place, 20 * 60 * INT64_C(1000000), ERR_TARGET_CLOCK},
        {&place, -20 * 60 * INT64_C(1000000), ERR_TARGET_CLOCK},
    };
    struct sample sample;
    sample_open(&sample, CODE, 100);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct target *target = rgw_target(cases[i].place, "");
        struct target_sent sent;
        struct err err = ERR_INIT;
        sys_clock_set(cases[i].clock_off_us ? sys_now_us() + cases[i].clock_off_us : 0);
        enum err_code code = target_send(target, &sample.record, &sent, &err);
        sys_clock_set(0);
        if (code != cases[i].code)
            fail_msg("case %zu: %s: %s", i, err_name(code), err.detail);
        target_free(target);
    }
    sample_close(&sample);
}

static void what_is_gone_or_changed_over_there_is_told(void **state)
{
    (void)state;
    struct target *target = rgw_target(&place, "");
    struct sample sample;
    struct target_receipt receipt;
    struct err err = ERR_INIT;
    sample_open(&sample, CODE, 3000);
    expect_sent(target, &sample, false);
    char name[200], key[210];
    snprintf(name, sizeof name, CODE "/%s", sample.id);
    snprintf(key, sizeof key, "%s.json", name);
    struct s3_call change = {.method = "PUT", .key = key, .fd = -1, .text = "{}"};
    assert_int_equal(rgw_ask(&place, &change), 200);
    assert_int_equal(
        target_verify(target, name, sample.pdf_sha256, sample.json_sha256, &receipt, &err),
        ERR_TARGET_MISMATCH);
    change = (struct s3_call){.method = "DELETE", .key = key, .fd = -1};
    assert_int_equal(rgw_ask(&place, &change), 204);
    assert_int_equal(
        target_verify(target, name, sample.pdf_sha256, sample.json_sha256, &receipt, &err),
        ERR_NOT_FOUND);
    sample_close(&sample);
    target_free(target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_sent_proven_and_there_when_sent_again),
        cmocka_unit_test(other_bytes_under_the_same_id_are_a_conflict_and_change_nothing),
        cmocka_unit_test(a_large_record_goes_up_in_parts_and_is_gone_on_with),
        cmocka_unit_test(a_listing_goes_over_its_pages),
        cmocka_unit_test(what_the_store_refuses_is_told_apart),
        cmocka_unit_test(what_is_gone_or_changed_over_there_is_told),
    };
    int failed = cmocka_run_group_tests_name("ceph", tests, start_ceph, stop);
    return failed + cmocka_run_group_tests_name("swift", tests, start_swift, stop);
}
