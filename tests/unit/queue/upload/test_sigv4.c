#include "tests/harness/test.h"

#include "daemon/base/hash.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "queue/upload/sigv4.h"

/* The keys of AWS's documents. */
static const struct sigv4_keys suite_keys = {
    "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"};
static const struct sigv4_keys s3_keys = {
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3"};

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define S3_HOST                                                                                    \
    {                                                                                              \
        "Host", "examplebucket.s3.amazonaws.com"                                                   \
    }
#define S3_DATE "20130524T000000Z"
#define SUITE_DATE "20150830T123600Z"

struct vector {
    const char *what;
    const struct sigv4_keys *keys;
    const char *method, *path, *query, *date, *payload_hash, *signature;
    struct sigv4_header headers[6];
};

/* aws-sig-v4-test-suite, and "Signature Calculations for the Authorization Header" of Amazon S3. */
static const struct vector vectors[] = {
    {"get-vanilla",
     &suite_keys,
     "GET",
     "/",
     "",
     SUITE_DATE,
     EMPTY,
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
     {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", SUITE_DATE}}},
    {"get-vanilla-query-order-key-case",
     &suite_keys,
     "GET",
     "/",
     "Param2=value2&Param1=value1",
     SUITE_DATE,
     EMPTY,
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
     {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", SUITE_DATE}}},
    {"get-vanilla-empty-query-key",
     &suite_keys,
     "GET",
     "/",
     "Param1=value1",
     SUITE_DATE,
     EMPTY,
     "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
     {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", SUITE_DATE}}},
    {"get-utf8",
     &suite_keys,
     "GET",
     "/%E1%88%B4",
     "",
     SUITE_DATE,
     EMPTY,
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
     {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", SUITE_DATE}}},
    {"get-header-value-trim",
     &suite_keys,
     "GET",
     "/",
     "",
     SUITE_DATE,
     EMPTY,
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
     {{"Host", "example.amazonaws.com"},
      {"My-Header1", " value1"},
      {"My-Header2", " \"a   b   c\""},
      {"X-Amz-Date", SUITE_DATE}}},
    {"post-vanilla",
     &suite_keys,
     "POST",
     "/",
     "",
     SUITE_DATE,
     EMPTY,
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
     {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", SUITE_DATE}}},
    {"post-x-www-form-urlencoded",
     &suite_keys,
     "POST",
     "/",
     "",
     SUITE_DATE,
     "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
     {{"Content-Type", "application/x-www-form-urlencoded"},
      {"Host", "example.amazonaws.com"},
      {"X-Amz-Date", SUITE_DATE}}},
    {"S3 GET with a range",
     &s3_keys,
     "GET",
     "/test.txt",
     "",
     S3_DATE,
     EMPTY,
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
     {S3_HOST, {"Range", "bytes=0-9"}, {"x-amz-content-sha256", EMPTY}, {"x-amz-date", S3_DATE}}},
    {"S3 PUT of a key with a dollar sign",
     &s3_keys,
     "PUT",
     "/test%24file.text",
     "",
     S3_DATE,
     "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
     {S3_HOST,
      {"Date", "Fri, 24 May 2013 00:00:00 GMT"},
      {"x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"},
      {"x-amz-date", S3_DATE},
      {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}},
    {"S3 key of a query without a value",
     &s3_keys,
     "GET",
     "/",
     "lifecycle",
     S3_DATE,
     EMPTY,
     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
     {S3_HOST, {"x-amz-content-sha256", EMPTY}, {"x-amz-date", S3_DATE}}},
    {"S3 list",
     &s3_keys,
     "GET",
     "/",
     "prefix=J&max-keys=2",
     S3_DATE,
     EMPTY,
     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
     {S3_HOST, {"x-amz-content-sha256", EMPTY}, {"x-amz-date", S3_DATE}}},
};

static size_t count_headers(const struct vector *vector)
{
    size_t count = 0;
    while (count < COUNT_OF(vector->headers) && vector->headers[count].name)
        count++;
    return count;
}

static void published_vectors_come_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        const struct vector *v = &vectors[i];
        struct sigv4_request request = {
            .method = v->method,
            .path = v->path,
            .query = v->query,
            .headers = v->headers,
            .header_count = count_headers(v),
            .payload_hash = v->payload_hash,
        };
        char authorization[SIGV4_AUTHORIZATION_MAX];
        struct err err = ERR_INIT;
        assert_int_equal(sigv4_sign(v->keys, &request, v->date, authorization, &err), ERR_OK);
        const char *found = strstr(authorization, "Signature=");
        assert_non_null(found);
        if (strcmp(found + strlen("Signature="), v->signature) != 0)
            fail_msg("%s: %s", v->what, authorization);
    }
}

static void the_authorization_names_scope_and_signed_headers(void **state)
{
    (void)state;
    struct sigv4_request request = {.method = "GET",
                                    .path = "/",
                                    .query = "",
                                    .headers = vectors[0].headers,
                                    .header_count = 2,
                                    .payload_hash = EMPTY};
    char authorization[SIGV4_AUTHORIZATION_MAX];
    assert_int_equal(sigv4_sign(&suite_keys, &request, SUITE_DATE, authorization, NULL), ERR_OK);
    assert_true(text_starts(authorization,
                            "AWS4-HMAC-SHA256 "
                            "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                            "SignedHeaders=host;x-amz-date, Signature="));
}

static void what_is_too_much_is_refused(void **state)
{
    (void)state;
    char authorization[SIGV4_AUTHORIZATION_MAX], query[4 * SIGV4_QUERY_MAX + 8] = "a=";
    for (int i = 0; i < SIGV4_QUERY_MAX; i++)
        strcat(query, "&b=");
    struct sigv4_request request = {.method = "GET",
                                    .path = "/",
                                    .query = query,
                                    .headers = vectors[0].headers,
                                    .header_count = 2,
                                    .payload_hash = EMPTY};
    assert_int_equal(sigv4_sign(&suite_keys, &request, SUITE_DATE, authorization, NULL),
                     ERR_BAD_ARGUMENT);
    request.query = "";
    request.header_count = SIGV4_HEADERS_MAX + 1;
    assert_int_equal(sigv4_sign(&suite_keys, &request, SUITE_DATE, authorization, NULL),
                     ERR_BAD_ARGUMENT);
}

static void dates_and_names_are_written_as_the_store_wants_them(void **state)
{
    (void)state;
    char date[SIGV4_DATE_SIZE];
    sigv4_date(1440938160 * INT64_C(1000000), date);
    assert_string_equal(date, SUITE_DATE);
    AUTO(mem) char *path = sigv4_encode("H41 +~/Đ.pdf", true);
    AUTO(mem) char *value = sigv4_encode("a/b=c", false);
    assert_string_equal(path, "H41%20%2B~/%C4%90.pdf");
    assert_string_equal(value, "a%2Fb%3Dc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_come_out),
        cmocka_unit_test(the_authorization_names_scope_and_signed_headers),
        cmocka_unit_test(what_is_too_much_is_refused),
        cmocka_unit_test(dates_and_names_are_written_as_the_store_wants_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
