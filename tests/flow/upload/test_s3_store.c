/* What a real object store (Ceph's) does besides taking records: it keeps versions, locks, has
 * quotas and policies, is reached by another name or with a token that ends. */
#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "queue/upload/curl_transport.h"
#include "queue/upload/s3_transport.h"
#include "queue/upload/target_s3.h"
#include "tests/flow/upload/rgw.h"
#include "tests/unit/queue/upload/warehouse.h"

#include <fcntl.h>
#include <sys/stat.h>

#define CODE "H41.05-261122-0001"

static struct rgw rgw;

static int start(void **state)
{
    (void)state;
    rgw_start(&rgw, 1);
    rgw_order(&rgw, "bucket", "kho");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    rgw_stop(&rgw);
    return 0;
}

static struct s3_place place_of(const char *bucket)
{
    struct s3_place place;
    rgw_place(&rgw, bucket, &place);
    return place;
}

/* Like a fresh upload worker: sends and proves. */
static enum err_code deliver(const struct s3_place *place, const struct sample *sample,
                             struct target_sent *out)
{
    struct target *target = rgw_target(place, "");
    struct target_receipt receipt;
    struct err err = ERR_INIT;
    enum err_code code = target_send(target, &sample->record, out, &err);
    if (!code)
        code = target_verify(target, out->remote_name, sample->pdf_sha256, sample->json_sha256,
                             &receipt, &err);
    target_free(target);
    return code;
}

static void expect(const struct s3_place *place, const struct sample *sample, bool already_there)
{
    struct target_sent sent;
    assert_int_equal(deliver(place, sample, &sent), ERR_OK);
    assert_int_equal(sent.already_there, already_there);
}

/* How many lines that verb prints, of those that hold `part`. */
static int count_lines(const char *verb, const char *bucket, const char *part)
{
    char file[260], arguments[400], line[500];
    snprintf(file, sizeof file, "%s/lines", rgw.folder);
    snprintf(arguments, sizeof arguments, "%s >'%s'", bucket, file);
    rgw_order(&rgw, verb, arguments);
    FILE *lines = fopen(file, "r");
    assert_non_null(lines);
    int count = 0;
    while (fgets(line, sizeof line, lines))
        count += strstr(line, part) != NULL;
    fclose(lines);
    return count;
}

static void a_bucket_that_keeps_versions_gets_each_record_once(void **state)
{
    (void)state;
    rgw_order(&rgw, "bucket", "kho-versions versions");
    struct s3_place place = place_of("kho-versions");
    struct sample sample, other;
    struct target_sent sent;
    sample_open(&sample, CODE, 1000);
    sample_open(&other, CODE, 2000);
    expect(&place, &sample, false);
    expect(&place, &sample, true);
    struct target *target = rgw_target(&place, ""); /* one that knows the bucket by now */
    assert_int_equal(target_send(target, &other.record, &sent, NULL), ERR_OK);
    assert_int_equal(target_send(target, &other.record, &sent, NULL), ERR_OK);
    assert_int_equal(target_send(target, &sample.record, &sent, NULL), ERR_OK);
    assert_true(sent.already_there);
    target_free(target);
    assert_int_equal(count_lines("keys", "kho-versions", sample.id), 2);
    assert_int_equal(count_lines("keys", "kho-versions", other.id), 2);
    other.record.record_id = sample.id;
    assert_int_equal(deliver(&place, &other, &sent), ERR_TARGET_CONFLICT);
    assert_int_equal(count_lines("keys", "kho-versions", sample.id), 2);
    sample_close(&sample);
    sample_close(&other);
}

static void lock(const char *bucket)
{
    struct s3_place place = place_of(bucket);
    const struct s3_call call = {
        .method = "PUT",
        .query = "object-lock=",
        .fd = -1,
        .text = "<ObjectLockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
                "<Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
                "</ObjectLockConfiguration>"};
    assert_int_equal(rgw_ask(&place, &call), 200);
}

static struct transport *transport_of(const struct s3_place *place)
{
    const struct curl_options options = {.connect_s = 5, .idle_s = 20};
    struct http_transport *http = NULL;
    struct transport *transport = NULL;
    assert_int_equal(curl_transport_new(&options, &http, NULL), ERR_OK);
    assert_int_equal(s3_transport_new(http, place, "", &transport, NULL), ERR_OK);
    return transport;
}

static void what_object_lock_keeps_is_put_and_stays(void **state)
{
    (void)state;
    rgw_order(&rgw, "bucket", "kho-locked locked");
    lock("kho-locked");
    struct s3_place place = place_of("kho-locked");
    static const size_t sizes[] = {1000, 11 << 20};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct sample sample;
        struct err err = ERR_INIT;
        char name[100];
        sample_open(&sample, CODE, sizes[i]);
        expect(&place, &sample, false);
        snprintf(name, sizeof name, CODE "/%s.pdf", sample.id);
        struct transport *transport = transport_of(&place);
        assert_int_equal(transport->ops->remove(transport, name, &err), ERR_TARGET_READ_ONLY);
        transport_free(transport);
        expect(&place, &sample, true);
        sample_close(&sample);
    }
}

static void a_full_store_takes_the_record_once_there_is_room(void **state)
{
    (void)state;
    struct s3_place place = place_of("kho");
    struct sample sample;
    struct target_sent sent;
    sample_open(&sample, CODE, 100000);
    rgw_order(&rgw, "admin",
              "quota set --quota-scope=bucket --uid=station --max-size=50000 >/dev/null");
    rgw_order(&rgw, "admin", "quota enable --quota-scope=bucket --uid=station >/dev/null");
    assert_int_equal(deliver(&place, &sample, &sent), ERR_TARGET_FULL);
    assert_int_equal(count_lines("keys", "kho", sample.id), 0);
    rgw_order(&rgw, "admin", "quota disable --quota-scope=bucket --uid=station >/dev/null");
    expect(&place, &sample, false);
    sample_close(&sample);
}

static void a_bucket_that_may_not_be_written_says_so_and_takes_it_later(void **state)
{
    (void)state;
    rgw_order(&rgw, "bucket", "kho-read-only");
    struct s3_place place = place_of("kho-read-only");
    struct s3_call policy = {
        .method = "PUT",
        .query = "policy=",
        .fd = -1,
        .text = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", "
                "\"Principal\": \"*\", \"Action\": \"s3:PutObject\", "
                "\"Resource\": \"arn:aws:s3:::kho-read-only/*\"}]}"};
    struct sample small, large;
    struct target_sent sent;
    sample_open(&small, CODE, 1000);
    sample_open(&large, CODE, 11 << 20);
    assert_int_equal(rgw_ask(&place, &policy) / 100, 2);
    assert_int_equal(deliver(&place, &small, &sent), ERR_TARGET_READ_ONLY);
    assert_int_equal(deliver(&place, &large, &sent), ERR_TARGET_READ_ONLY);
    assert_int_equal(count_lines("keys", "kho-read-only", ""), 0);
    policy.method = "DELETE";
    policy.text = NULL;
    assert_int_equal(rgw_ask(&place, &policy) / 100, 2);
    expect(&place, &small, false);
    expect(&place, &large, false);
    sample_close(&small);
    sample_close(&large);
}

static void a_bucket_that_vanished_is_told_and_never_made(void **state)
{
    (void)state;
    rgw_order(&rgw, "bucket", "kho-gone");
    struct s3_place place = place_of("kho-gone");
    struct target *target = rgw_target(&place, "");
    struct sample first, second, large;
    struct target_sent sent;
    struct target_receipt receipt;
    sample_open(&first, CODE, 1000);
    sample_open(&second, CODE, 1000);
    sample_open(&large, CODE, 11 << 20);
    assert_int_equal(target_send(target, &first.record, &sent, NULL), ERR_OK);
    rgw_order(&rgw, "admin", "bucket rm --bucket=kho-gone --purge-objects");
    assert_int_equal(target_send(target, &second.record, &sent, NULL), ERR_TARGET_MISSING);
    assert_int_equal(target_send(target, &large.record, &sent, NULL), ERR_TARGET_MISSING);
    assert_int_equal(target_verify(target, sent.remote_name, first.pdf_sha256, first.json_sha256,
                                   &receipt, NULL),
                     ERR_TARGET_MISSING);
    target_free(target);
    rgw_order(&rgw, "bucket", "kho-gone");
    expect(&place, &second, false);
    expect(&place, &large, false);
    sample_close(&first);
    sample_close(&second);
    sample_close(&large);
}

/* The host's name is bucket.s3.localhost: libcurl knows where that is. */
static void a_bucket_named_by_its_host_is_the_same_one(void **state)
{
    (void)state;
    struct s3_place by_path = place_of("kho"), by_host = by_path;
    char endpoint[100];
    snprintf(endpoint, sizeof endpoint, "http://s3.localhost%s", strrchr(rgw.endpoint, ':'));
    by_host.endpoint = endpoint;
    by_host.virtual_style = true;
    struct sample small, large;
    sample_open(&small, CODE, 1000);
    sample_open(&large, NULL, 11 << 20);
    expect(&by_host, &small, false);
    expect(&by_host, &large, false);
    expect(&by_path, &small, true);
    expect(&by_path, &large, true);
    sample_close(&small);
    sample_close(&large);
}

static void keys_for_a_session_need_their_token(void **state)
{
    (void)state;
    char path[260], access_key[100], secret_key[100], token[2000];
    snprintf(path, sizeof path, "%s/session", rgw.folder);
    char arguments[300];
    snprintf(arguments, sizeof arguments, "'%s'", path);
    rgw_order(&rgw, "session", arguments);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%99s %99s %1999s", access_key, secret_key, token), 3);
    fclose(file);
    struct s3_place place = place_of("kho"), without;
    place.keys.access_key = access_key;
    place.keys.secret_key = secret_key;
    place.session_token = token;
    without = place;
    without.session_token = NULL;
    struct sample sample;
    struct target_sent sent;
    sample_open(&sample, CODE, 1000);
    assert_int_equal(deliver(&without, &sample, &sent), ERR_TARGET_AUTH);
    expect(&place, &sample, false);
    sample_close(&sample);
}

static void begin_part(const struct s3_place *place, const char *key)
{
    assert_int_equal(
        rgw_ask(place,
                &(struct s3_call){.method = "POST", .key = key, .query = "uploads=", .fd = -1}),
        200);
}

static void uploads_that_killed_tries_began_are_swept(void **state)
{
    (void)state;
    struct s3_place place = place_of("kho");
    struct sample sample;
    char key[100];
    sample_open(&sample, CODE, 11 << 20);
    snprintf(key, sizeof key, CODE "/%s.pdf", sample.id);
    begin_part(&place, key);
    begin_part(&place, key);
    expect(&place, &sample, false);
    assert_int_equal(count_lines("uploads", "kho", sample.id), 0);
    begin_part(&place, key); /* it was begun before, and its record is there by now */
    expect(&place, &sample, true);
    assert_int_equal(count_lines("uploads", "kho", sample.id), 0);
    sample_close(&sample);
}

static enum err_code find_name(void *payload, const struct transport_entry *entry, struct err *err)
{
    (void)err;
    *(bool *)payload = *(bool *)payload || strcmp(entry->name, "la/a\001 +&b%41") == 0;
    return ERR_OK;
}

/* XML cannot write every byte that somebody else's object may be named with. */
static void a_strange_name_in_the_bucket_does_not_end_the_listing(void **state)
{
    (void)state;
    struct s3_place place = place_of("kho");
    const struct s3_call put = {.method = "PUT", .key = "la/a\001 +&b%41", .fd = -1, .text = "x"};
    assert_int_equal(rgw_ask(&place, &put), 200);
    struct target *target = rgw_target(&place, "");
    const struct transport_page page = {"la/", "", 100};
    char next[TRANSPORT_KEY_SIZE];
    bool found = false;
    assert_int_equal(target_list(target, &page, find_name, &found, next, NULL), ERR_OK);
    assert_true(found);
    target_free(target);
}

static long memory_kb(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[200];
    long peak = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        sscanf(line, "VmHWM: %ld", &peak);
    fclose(file);
    return peak;
}

static void two_hundred_megabytes_go_up_and_come_back_in_little_memory(void **state)
{
    (void)state;
    enum { SIZE = 200 << 20, BLOCK = 1 << 20 };
    static char block[BLOCK];
    struct s3_place place = place_of("kho");
    struct sample sample;
    struct target_sent sent;
    sample_open(&sample, CODE, 10);
    fd_close(sample.record.pdf_fd);
    char path[260];
    snprintf(path, sizeof path, "%s/large", rgw.folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    for (int i = 0; i < SIZE / BLOCK; i++) {
        memset(block, i, sizeof block);
        assert_int_equal(write(fd, block, sizeof block), BLOCK);
    }
    sample.record.pdf_fd = fd;
    assert_int_equal(hash_fd(fd, sample.pdf_sha256, &sample.record.pdf_size_bytes, NULL), ERR_OK);
    long before = memory_kb();
    int64_t from_us = sys_monotonic_us();
    assert_int_equal(deliver(&place, &sample, &sent), ERR_OK);
    long more = memory_kb() - before;
    print_message("200 MB there and back: %.1f s, %ld KB more memory\n",
                  (double)(sys_monotonic_us() - from_us) / 1e6, more);
    assert_true(more < 8 << 10);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_hundred_megabytes_go_up_and_come_back_in_little_memory),
        cmocka_unit_test(a_bucket_that_keeps_versions_gets_each_record_once),
        cmocka_unit_test(what_object_lock_keeps_is_put_and_stays),
        cmocka_unit_test(a_full_store_takes_the_record_once_there_is_room),
        cmocka_unit_test(a_bucket_that_may_not_be_written_says_so_and_takes_it_later),
        cmocka_unit_test(a_bucket_that_vanished_is_told_and_never_made),
        cmocka_unit_test(a_bucket_named_by_its_host_is_the_same_one),
        cmocka_unit_test(keys_for_a_session_need_their_token),
        cmocka_unit_test(uploads_that_killed_tries_began_are_swept),
        cmocka_unit_test(a_strange_name_in_the_bucket_does_not_end_the_listing),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
