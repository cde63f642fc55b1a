#include "tests/harness/test.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "queue/upload/s3_message.h"

#define ID "x-amz-request-id: tx1\r\n"
#define NOW_US INT64_C(1440938160000000)

static const struct s3_place place = {
    .endpoint = "https://kho.tinh.vn:8443/s3",
    .bucket = "kho-1",
    .keys = {"KEY", "secret", "us-east-1", "s3"},
};

static struct http_request build(const struct s3_place *at, const struct s3_call *call)
{
    struct http_request request = HTTP_REQUEST_INIT;
    assert_int_equal(s3_build(at, call, NOW_US, &request, NULL), ERR_OK);
    return request;
}

static const char *field(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (strcasecmp(request->fields[i].name, name) == 0)
            return request->fields[i].value;
    return NULL;
}

static void a_request_goes_to_bucket_and_key_of_either_style(void **state)
{
    (void)state;
    const struct s3_call call = {.method = "GET", .key = "H 1/đ.pdf", .fd = -1, .hash_reply = true};
    AUTO(http_request) struct http_request by_path = build(&place, &call);
    assert_string_equal(by_path.url, "https://kho.tinh.vn:8443/s3/kho-1/H%201/%C4%91.pdf");
    assert_string_equal(field(&by_path, "Host"), "kho.tinh.vn:8443");
    assert_true(by_path.hash_reply);

    struct s3_place by_host = place;
    by_host.endpoint = "https://kho.tinh.vn:443";
    by_host.virtual_style = true;
    by_host.session_token = "token";
    AUTO(http_request) struct http_request virtual = build(&by_host, &call);
    assert_string_equal(virtual.url, "https://kho-1.kho.tinh.vn/H%201/%C4%91.pdf");
    assert_string_equal(field(&virtual, "Host"), "kho-1.kho.tinh.vn");
    assert_string_equal(field(&virtual, "x-amz-security-token"), "token");
    assert_non_null(strstr(field(&virtual, "Authorization"), "x-amz-security-token"));
}

static void a_put_signs_its_condition_and_the_hash_of_its_bytes(void **state)
{
    (void)state;
    char sha256[HASH_HEX_SIZE];
    hash_bytes("x", 1, sha256);
    const struct s3_call call = {.method = "PUT",
                                 .key = "a",
                                 .fd = 5,
                                 .offset = 3,
                                 .size = 1,
                                 .payload_sha256 = sha256,
                                 .content_md5 = "ndTkYaYMqD0+8FjFXhVnpg==",
                                 .if_absent = true};
    AUTO(http_request) struct http_request request = build(&place, &call);
    assert_string_equal(field(&request, "If-None-Match"), "*");
    assert_string_equal(field(&request, "Content-MD5"), "ndTkYaYMqD0+8FjFXhVnpg==");
    assert_string_equal(field(&request, "x-amz-content-sha256"), sha256);
    assert_non_null(strstr(field(&request, "Authorization"),
                           "SignedHeaders=content-md5;host;if-none-match;x-amz-content-sha256;x-amz-date"));
    assert_int_equal(request.body_offset, 3);
}

static void an_endpoint_that_is_none_is_the_configurations_fault(void **state)
{
    (void)state;
    struct s3_place wrong = place;
    struct http_request request = HTTP_REQUEST_INIT;
    wrong.endpoint = "kho.tinh.vn";
    assert_int_equal(
        s3_build(&wrong, &(struct s3_call){.method = "GET", .fd = -1}, NOW_US, &request, NULL),
        ERR_BAD_CONFIG);
}

static struct http_reply reply_of(int status, const char *fields, const char *text)
{
    struct http_reply reply = {
        .status = status, .text = mem_strdup(text), .text_size = strlen(text)};
    for (const char *at = fields; *at; at += strcspn(at, "\n") + 1)
        assert_true(http_reply_add_line(&reply, at, strcspn(at, "\n") + 1));
    return reply;
}

#define ERROR(name) "<Error><Code>" name "</Code></Error>"

static void each_answer_means_one_thing(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *fields, *text;
        enum err_code code;
    } cases[] = {
        {200, ID, "", ERR_OK},
        {204, "x-amz-id-2: y\r\n", "", ERR_OK},
        {200, "Content-Type: text/html\r\n", "<html>login</html>", ERR_TARGET_BAD_REPLY},
        {302, "Location: http://login.wifi/\r\n", "", ERR_TARGET_BAD_REPLY},
        {404, ID, ERROR("NoSuchKey"), ERR_NOT_FOUND},
        {404, ID, "", ERR_NOT_FOUND},
        {404, "", "<html>404</html>", ERR_TARGET_BAD_REPLY},
        {404, ID, ERROR("NoSuchBucket"), ERR_TARGET_MISSING},
        {403, ID, ERROR("SignatureDoesNotMatch"), ERR_TARGET_AUTH},
        {403, ID, ERROR("RequestTimeTooSkewed"), ERR_TARGET_CLOCK},
        {403, ID, ERROR("AccessDenied"), ERR_TARGET_READ_ONLY},
        {403, ID, ERROR("QuotaExceeded"), ERR_TARGET_FULL},
        {403, ID, "", ERR_TARGET_AUTH},
        {407, "", "", ERR_TARGET_PROXY},
        {400, ID, ERROR("AuthorizationHeaderMalformed"), ERR_TARGET_AUTH},
        {301, ID, ERROR("PermanentRedirect"), ERR_TARGET_MISSING},
        {400, ID, ERROR("BadDigest"), ERR_TARGET_MISMATCH},
        {400, ID, ERROR("SomethingNew"), ERR_TARGET_BAD_REPLY},
        {409, ID, "", ERR_TARGET_BUSY},
        {429, "", "", ERR_TARGET_BUSY},
        {503, ID, ERROR("SlowDown"), ERR_TARGET_BUSY},
        {502, "", "<html>bad gateway</html>", ERR_TARGET_BUSY},
        {507, ID, "", ERR_TARGET_FULL},
        {501, ID, ERROR("NotImplemented"), ERR_TARGET_BAD_REPLY},
        {0, "", "", ERR_TARGET_BAD_REPLY},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(http_reply)
        struct http_reply reply = reply_of(cases[i].status, cases[i].fields, cases[i].text);
        struct err err = ERR_INIT;
        enum err_code code = s3_read(&reply, &err);
        if (code != cases[i].code)
            fail_msg("HTTP %d \"%s\": %s", cases[i].status, cases[i].text, err_name(code));
    }
}

static void what_a_store_says_of_itself_is_shown_without_control_characters(void **state)
{
    (void)state;
    AUTO(http_reply) struct http_reply reply = reply_of(418, ID, ERROR("a&#10;b"));
    struct err err = ERR_INIT;
    assert_int_equal(s3_read(&reply, &err), ERR_TARGET_BAD_REPLY);
    assert_null(strchr(err.detail, '\n'));
}

static enum err_code count(void *payload, const struct transport_entry *entry, struct err *err)
{
    (void)entry;
    (void)err;
    ++*(int *)payload;
    return ERR_OK;
}

static void a_listing_hands_out_objects_and_its_next_page(void **state)
{
    (void)state;
    AUTO(http_reply)
    struct http_reply reply = reply_of(
        200, ID,
        "<ListBucketResult><Prefix>p</Prefix><IsTruncated>true</IsTruncated>"
        "<Contents><Key>p/1</Key><Size>7</Size><ETag>\"t\"</ETag></Contents>"
        "<Contents><Key>p/2</Key><Size>8</Size><ETag>\"u\"</ETag></Contents></ListBucketResult>");
    int found = 0;
    bool more = false;
    assert_int_equal(s3_read_list(&reply, count, &found, &more, NULL), ERR_OK);
    assert_int_equal(found, 2);
    assert_true(more);
    AUTO(mem) char *query = s3_list_query("p/", "p/a b=", 50);
    assert_string_equal(query, "list-type=2&encoding-type=url&max-keys=50&prefix=p%2F&start-after=p%2Fa%20b%3D");
}

static enum err_code keep_name(void *payload, const struct transport_entry *entry, struct err *err)
{
    (void)err;
    snprintf(payload, 40, "%s", entry->name);
    return ERR_OK;
}

/* XML has no way to write some bytes that a name may hold. */
static void names_of_others_come_percent_encoded(void **state)
{
    (void)state;
    AUTO(http_reply)
    struct http_reply reply =
        reply_of(200, ID,
                 "<ListBucketResult><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>"
                 "<Contents><Key>a%01+%2B%%/x</Key><Size>7</Size></Contents></ListBucketResult>");
    char name[40] = "";
    bool more = true;
    assert_int_equal(s3_read_list(&reply, keep_name, name, &more, NULL), ERR_OK);
    assert_string_equal(name, "a\001 +%%/x");
    assert_false(more);
}

static void how_long_a_busy_store_wants_to_be_left_alone_is_told(void **state)
{
    (void)state;
    AUTO(http_reply)
    struct http_reply reply = reply_of(503, ID "Retry-After: 120\r\n", ERROR("SlowDown"));
    struct err err = ERR_INIT;
    assert_int_equal(s3_read(&reply, &err), ERR_TARGET_BUSY);
    assert_int_equal(err.retry_after_us, 120 * INT64_C(1000000));
}

static void lying_lists_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "<a>",
        "not XML",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        "<ListBucketResult><Contents><Key>x</Key></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>x</Key><Size>-1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
        "<ListBucketResult></ListBucketResult>",
        "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(http_reply) struct http_reply reply = reply_of(200, ID, texts[i]);
        int found = 0;
        bool more = false;
        assert_int_equal(s3_read_list(&reply, count, &found, &more, NULL), ERR_TARGET_BAD_REPLY);
        assert_int_equal(found, 0);
    }
}

static void only_the_upload_of_the_same_key_is_gone_on_with(void **state)
{
    (void)state;
    AUTO(http_reply)
    struct http_reply reply =
        reply_of(200, ID,
                 "<R><Upload><Key>a/b</Key><UploadId>one</UploadId></Upload>"
                 "<Upload><Key>a/bc</Key><UploadId>two</UploadId></Upload></R>");
    char id[S3_UPLOAD_ID_SIZE];
    assert_int_equal(s3_read_uploads(&reply, "a/b", id, NULL), ERR_OK);
    assert_string_equal(id, "one");
    assert_int_equal(s3_read_uploads(&reply, "a", id, NULL), ERR_OK);
    assert_string_equal(id, "");
}

static void parts_out_of_range_are_passed_over_and_a_completion_names_each(void **state)
{
    (void)state;
    AUTO(http_reply)
    struct http_reply reply =
        reply_of(200, ID,
                 "<R><IsTruncated>true</IsTruncated><NextPartNumberMarker>2</NextPartNumberMarker>"
                 "<Part><PartNumber>2</PartNumber><ETag>\"y\"</ETag><Size>5</Size></Part>"
                 "<Part><PartNumber>3</PartNumber><ETag>\"z\"</ETag><Size>5</Size></Part>"
                 "<Part><PartNumber>0</PartNumber><ETag>\"q\"</ETag><Size>5</Size></Part></R>");
    struct s3_part parts[2] = {{.tag = "\"x\"", .size = 5}};
    int next = 0;
    assert_int_equal(s3_read_parts(&reply, parts, 2, &next, NULL), ERR_OK);
    assert_int_equal(next, 2);
    AUTO(mem) char *text = s3_completion(parts, 2);
    assert_non_null(strstr(text, "<Part><PartNumber>1</PartNumber><ETag>\"x\"</ETag></Part>"
                                 "<Part><PartNumber>2</PartNumber><ETag>\"y\"</ETag></Part>"));
}

static void a_completion_that_failed_behind_a_200_is_no_success(void **state)
{
    (void)state;
    AUTO(http_reply) struct http_reply reply = reply_of(200, ID, ERROR("InternalError"));
    assert_int_equal(s3_read_completed(&reply, NULL), ERR_TARGET_BUSY);
    AUTO(http_reply)
    struct http_reply late = reply_of(200, ID, " \n  <?xml version=\"1.0\"?>" ERROR("InternalError"));
    assert_int_equal(s3_read_completed(&late, NULL), ERR_TARGET_BUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_goes_to_bucket_and_key_of_either_style),
        cmocka_unit_test(a_put_signs_its_condition_and_the_hash_of_its_bytes),
        cmocka_unit_test(an_endpoint_that_is_none_is_the_configurations_fault),
        cmocka_unit_test(each_answer_means_one_thing),
        cmocka_unit_test(what_a_store_says_of_itself_is_shown_without_control_characters),
        cmocka_unit_test(a_listing_hands_out_objects_and_its_next_page),
        cmocka_unit_test(names_of_others_come_percent_encoded),
        cmocka_unit_test(how_long_a_busy_store_wants_to_be_left_alone_is_told),
        cmocka_unit_test(lying_lists_are_refused),
        cmocka_unit_test(only_the_upload_of_the_same_key_is_gone_on_with),
        cmocka_unit_test(parts_out_of_range_are_passed_over_and_a_completion_names_each),
        cmocka_unit_test(a_completion_that_failed_behind_a_200_is_no_success),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
