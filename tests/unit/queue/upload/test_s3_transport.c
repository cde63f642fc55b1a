/* What an S3 transport asks, in which order, and what it makes of the answers: a store that follows
 * a script. */
#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "queue/upload/s3_transport.h"

#define ID "x-amz-request-id: tx1\r\n"
#define VERSION ID "x-amz-version-id: v1\r\n"
#define ERROR(name) "<Error><Code>" name "</Code></Error>"
#define SMALL 10
#define LARGE (6u << 20)

/* An expected request, as "METHOD key?query" up to where it says no more, and the answer. */
struct exchange {
    const char *request;
    int status;
    const char *fields, *text;
    bool wants_md5, wants_condition;
};

struct script {
    struct http_transport http;
    const struct exchange *next;
};

static bool has_field(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (strcasecmp(request->fields[i].name, name) == 0)
            return true;
    return false;
}

static enum err_code follow(struct http_transport *http, const struct http_request *request,
                            struct http_reply *out, struct err *err)
{
    (void)err;
    struct script *script = (struct script *)http;
    const struct exchange *exchange = script->next++;
    char asked[600];
    snprintf(asked, sizeof asked, "%s %s", request->method,
             request->url + strlen("http://kho.vn/b"));
    if (!exchange->request || strncmp(asked, exchange->request, strlen(exchange->request)) != 0)
        fail_msg("asked '%s', not '%s'", asked, exchange->request ? exchange->request : "(end)");
    assert_int_equal(has_field(request, "Content-MD5"), exchange->wants_md5);
    assert_int_equal(has_field(request, "If-None-Match"), exchange->wants_condition);
    *out = (struct http_reply){.status = exchange->status,
                               .text = mem_strdup(exchange->text ? exchange->text : "")};
    out->text_size = strlen(out->text);
    for (const char *at = exchange->fields; *at; at += strcspn(at, "\n") + 1)
        assert_true(http_reply_add_line(out, at, strcspn(at, "\n") + 1));
    return ERR_OK;
}

static void keep(struct http_transport *http)
{
    (void)http;
}

static struct transport *open_script(struct script *script, const struct exchange *exchanges)
{
    static const struct http_transport_ops ops = {follow, keep};
    static const struct s3_place place = {
        "http://kho.vn", "b", false, {"KEY", "secret", "us-east-1", "s3"}, NULL};
    struct transport *transport = NULL;
    *script = (struct script){{&ops}, exchanges};
    assert_int_equal(s3_transport_new(&script->http, &place, "", &transport, NULL), ERR_OK);
    return transport;
}

static enum err_code put(struct transport *transport, size_t size, bool *out_created)
{
    char sha256[HASH_HEX_SIZE];
    AUTO(mem) char *bytes = mem_alloc(size);
    AUTO(fd) int fd = -1;
    hash_bytes(bytes, size, sha256);
    assert_int_equal(file_memfd("body", bytes, size, &fd, NULL), ERR_OK);
    const struct transport_body body = {fd, size, sha256};
    return transport->ops->put_if_absent(transport, "a.pdf", "", &body, out_created, NULL);
}

/* Each put, one after the other over one transport, is to end like that. */
static void expect(const struct exchange *exchanges, size_t size, const enum err_code *codes,
                   const bool *created, size_t puts)
{
    struct script script;
    struct transport *transport = open_script(&script, exchanges);
    for (size_t i = 0; i < puts; i++) {
        bool was_created = false;
        assert_int_equal(put(transport, size, &was_created), codes[i]);
        if (!codes[i])
            assert_int_equal(was_created, created[i]);
    }
    assert_null(script.next->request);
    transport_free(transport);
}

static void only_a_bucket_that_may_keep_versions_is_looked_into_first(void **state)
{
    (void)state;
    static const enum err_code fine[] = {ERR_OK, ERR_OK};
    static const bool created[] = {true, true};
    static const struct exchange plain[] = {
        {"HEAD /a.pdf", 404, ID, NULL},
        {"PUT /a.pdf", 200, ID, NULL, true, true},
        {"PUT /a.pdf", 200, ID, NULL, false, true}, /* the condition is known to hold */
        {NULL},
    };
    static const struct exchange versions[] = {
        {"HEAD /a.pdf", 404, ID, NULL},
        {"PUT /a.pdf", 200, VERSION, NULL, true, true},
        {"HEAD /a.pdf", 404, ID, NULL},
        {"PUT /a.pdf", 200, VERSION, NULL, true, true},
        {NULL},
    };
    expect(plain, SMALL, fine, created, 2);
    expect(versions, SMALL, fine, created, 2);
}

static void a_store_without_conditions_is_put_to_without_one(void **state)
{
    (void)state;
    static const struct exchange exchanges[] = {
        {"HEAD /a.pdf", 404, ID, NULL},
        {"PUT /a.pdf", 501, ID, ERROR("NotImplemented"), true, true},
        {"HEAD /a.pdf", 404, ID, NULL},
        {"PUT /a.pdf", 200, ID, NULL, true, false},
        {"HEAD /a.pdf", 200, ID, NULL},
        {NULL},
    };
    expect(exchanges, SMALL, (enum err_code[]){ERR_OK, ERR_OK}, (bool[]){true, false}, 2);
}

static void a_look_that_is_refused_is_told_why(void **state)
{
    (void)state;
    static const struct exchange exchanges[] = {
        {"HEAD /a.pdf", 403, ID, NULL},
        {"GET /a.pdf", 403, ID, ERROR("RequestTimeTooSkewed")},
        {NULL},
    };
    expect(exchanges, SMALL, (enum err_code[]){ERR_TARGET_CLOCK}, NULL, 1);
}

/* A policy may let a station write and not list: a missing object is then "forbidden", too. */
static void keys_that_may_write_and_not_look_write(void **state)
{
    (void)state;
    static const struct exchange exchanges[] = {
        {"HEAD /a.pdf", 403, ID, NULL},
        {"GET /a.pdf", 403, ID, ERROR("AccessDenied")},
        {"PUT /a.pdf", 200, ID, NULL, true, true},
        {NULL},
    };
    static const struct exchange denied[] = {
        {"HEAD /a.pdf", 403, ID, NULL},
        {"GET /a.pdf", 403, ID, ERROR("AccessDenied")},
        {"PUT /a.pdf", 403, ID, ERROR("AccessDenied"), true, true},
        {NULL},
    };
    expect(exchanges, SMALL, (enum err_code[]){ERR_OK}, (bool[]){true}, 1);
    expect(denied, SMALL, (enum err_code[]){ERR_TARGET_AUTH}, NULL, 1);
}

static void a_put_is_never_answered_with_not_found(void **state)
{
    (void)state;
    static const struct exchange exchanges[] = {
        {"HEAD /a.pdf", 404, ID, NULL},
        {"PUT /a.pdf", 404, ID, NULL, true, true},
        {NULL},
    };
    expect(exchanges, SMALL, (enum err_code[]){ERR_TARGET_BAD_REPLY}, NULL, 1);
}

#define BEGUN "<R><UploadId>u</UploadId></R>"
#define LISTED "<R><Upload><Key>a.pdf</Key><UploadId>u</UploadId></Upload></R>"
#define TAGGED ID "ETag: \"t\"\r\n"

/* The answer to its completion got lost: the object is there, the upload is not. */
static void an_upload_that_was_completed_before_is_found_out(void **state)
{
    (void)state;
    static const struct exchange exchanges[] = {
        {"HEAD /a.pdf", 404, ID, NULL},
        {"GET ?uploads=&prefix=a.pdf", 200, ID, "<R/>"},
        {"POST /a.pdf?uploads=", 200, ID, BEGUN},
        {"PUT /a.pdf?partNumber=1&uploadId=u", 200, TAGGED, NULL, true},
        {"PUT /a.pdf?partNumber=2&uploadId=u", 200, TAGGED, NULL, true},
        {"POST /a.pdf?uploadId=u", 404, ID, ERROR("NoSuchUpload")},
        {"HEAD /a.pdf", 200, ID, NULL},
        {"GET ?uploads=&prefix=a.pdf", 200, ID, "<R/>"},
        {NULL},
    };
    expect(exchanges, LARGE, (enum err_code[]){ERR_OK}, (bool[]){false}, 1);
}

static void an_upload_that_somebody_ended_is_begun_anew_at_the_next_try(void **state)
{
    (void)state;
    static const struct exchange exchanges[] = {
        {"HEAD /a.pdf", 404, ID, NULL},
        {"GET ?uploads=&prefix=a.pdf", 200, ID, LISTED},
        {"GET /a.pdf?part-number-marker=0&uploadId=u", 200, ID, "<R/>"},
        {"PUT /a.pdf?partNumber=1&uploadId=u", 404, ID, ERROR("NoSuchUpload"), true},
        {"HEAD /a.pdf", 404, ID, NULL},
        {NULL},
    };
    expect(exchanges, LARGE, (enum err_code[]){ERR_TARGET_BUSY}, NULL, 1);
}

static void an_upload_that_is_listed_and_over_is_no_hindrance(void **state)
{
    (void)state;
    static const struct exchange exchanges[] = {
        {"HEAD /a.pdf", 404, ID, NULL},
        {"GET ?uploads=&prefix=a.pdf", 200, ID, LISTED},
        {"GET /a.pdf?part-number-marker=0&uploadId=u", 404, ID, ERROR("NoSuchUpload")},
        {"POST /a.pdf?uploads=", 200, ID, BEGUN},
        {"PUT /a.pdf?partNumber=1&uploadId=u", 200, TAGGED, NULL, true},
        {"PUT /a.pdf?partNumber=2&uploadId=u", 200, TAGGED, NULL, true},
        {"POST /a.pdf?uploadId=u", 200, ID, "<R/>"},
        {"GET ?uploads=&prefix=a.pdf", 200, ID, LISTED},
        {"DELETE /a.pdf?uploadId=u", 204, ID, NULL}, /* another one of a killed try */
        {"GET ?uploads=&prefix=a.pdf", 200, ID, "<R/>"},
        {NULL},
    };
    expect(exchanges, LARGE, (enum err_code[]){ERR_OK}, (bool[]){true}, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_bucket_that_may_keep_versions_is_looked_into_first),
        cmocka_unit_test(a_store_without_conditions_is_put_to_without_one),
        cmocka_unit_test(a_look_that_is_refused_is_told_why),
        cmocka_unit_test(keys_that_may_write_and_not_look_write),
        cmocka_unit_test(a_put_is_never_answered_with_not_found),
        cmocka_unit_test(an_upload_that_was_completed_before_is_found_out),
        cmocka_unit_test(an_upload_that_somebody_ended_is_begun_anew_at_the_next_try),
        cmocka_unit_test(an_upload_that_is_listed_and_over_is_no_hindrance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
