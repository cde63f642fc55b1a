/* The small parts of kind http: names, answers, tokens, uploads, forms. */
#include "tests/harness/test.h"

#include "queue/upload/base64.h"
#include "queue/upload/http_name.h"
#include "queue/upload/mapping_reply.h"
#include "queue/upload/multipart.h"
#include "queue/upload/oauth.h"
#include "queue/upload/tus.h"

static struct http_reply reply_of(int status, const char *fields, const char *text)
{
    struct http_reply reply = {
        .status = status, .text = mem_strdup(text), .text_size = strlen(text)};
    for (const char *at = fields; *at; at += strcspn(at, "\n") + 1)
        assert_true(http_reply_add_line(&reply, at, strcspn(at, "\n") + 1));
    return reply;
}

static const char *field(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (strcasecmp(request->fields[i].name, name) == 0)
            return request->fields[i].value;
    return "";
}

static void each_answer_means_one_thing(void **state)
{
    (void)state;
    static const char mapping_text[] =
        "{\"schema\": \"sohoa.mapping/1\", \"proof\": \"answer\", \"operations\": {\"send\": "
        "{\"path\": \"/s\"}, \"ask\": {\"path\": \"/a\", \"replies\": {\"outcomes\": "
        "[{\"status\": [404], \"means\": \"not-found\"}]}}, \"show\": {\"path\": \"/h\", "
        "\"replies\": {\"outcomes\": [{\"status\": [200], \"means\": \"ok\"}]}}}, \"replies\": "
        "{\"said\": "
        "[\"error.text\", "
        "\"message\"], \"outcomes\": ["
        "{\"at\": \"message\", \"has\": [\"đã tồn tại\"], \"means\": \"exists\"},"
        "{\"at\": \"code\", \"is\": [\"0\"], \"means\": \"ok\"},"
        "{\"at\": \"code\", \"is\": [7], \"means\": \"login\"},"
        "{\"status\": [200], \"at\": \"code\", \"is\": [\"*\"], \"means\": \"refused\"}]}}";
    static const struct {
        const char *operation;
        int status;
        const char *text;
        enum err_code code;
        enum mapping_meaning meaning;
        const char *said;
    } cases[] = {
        {"send", 200, "{\"code\": \"0\"}", ERR_OK, MAPPING_OK, ""},
        {"send", 200, "{\"code\": 0}", ERR_OK, MAPPING_OK, ""},
        {"send", 200, "{\"code\": 3, \"message\": \"HO SO DA TON TAI roi\"}", ERR_OK,
         MAPPING_EXISTS, ""},
        {"send", 200, "{\"code\": 7}", ERR_OK, MAPPING_LOGIN, ""},
        {"send", 200, "{\"code\": 5, \"message\": \"Thiếu\\tmã\\u0007\"}", ERR_TARGET_REFUSED, 0,
         "Thiếu mã?"},
        {"send", 422, "{\"error\": {\"text\": \"Sai ngày\"}}", ERR_TARGET_REFUSED, 0, "Sai ngày"},
        {"send", 422, "<html>422</html>", ERR_TARGET_BAD_REPLY, 0, ""},
        {"send", 200, "<html>login</html>", ERR_TARGET_BAD_REPLY, 0, ""},
        {"send", 200, "{\"else\": 1}", ERR_TARGET_BAD_REPLY, 0, ""},
        {"send", 200, "", ERR_TARGET_BAD_REPLY, 0, ""},
        {"send", 302, "", ERR_TARGET_BAD_REPLY, 0, ""},
        {"send", 404, "{}", ERR_OK, MAPPING_NOT_FOUND, ""},
        {"send", 404, "<html/>", ERR_TARGET_BAD_REPLY, 0, ""},
        {"ask", 404, "<html/>", ERR_OK, MAPPING_NOT_FOUND, ""},
        {"ask", 200, "<html/>", ERR_TARGET_BAD_REPLY, 0, ""},
        {"show", 200, "<html/>", ERR_TARGET_BAD_REPLY, 0, ""},
        {"show", 200, "", ERR_OK, MAPPING_OK, ""},
        {"send", 401, "", ERR_OK, MAPPING_LOGIN, ""},
        {"send", 403, "{}", ERR_TARGET_AUTH, 0, ""},
        {"send", 413, "<html/>", ERR_TARGET_REFUSED, 0, ""},
        {"send", 429, "", ERR_TARGET_BUSY, 0, ""},
        {"send", 503, "<html/>", ERR_TARGET_BUSY, 0, ""},
        {"send", 507, "", ERR_TARGET_FULL, 0, ""},
    };
    AUTO(mapping) struct mapping *mapping = NULL;
    struct err problem = ERR_INIT;
    if (mapping_parse("m", mapping_text, strlen(mapping_text), &mapping, &problem))
        fail_msg("%s", problem.detail);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(http_reply) struct http_reply reply = reply_of(cases[i].status, "", cases[i].text);
        AUTO(js) struct js *body = NULL;
        enum mapping_meaning meaning = MAPPING_OK;
        struct err err = ERR_INIT;
        enum err_code code = mapping_read(mapping, mapping_operation(mapping, cases[i].operation),
                                          &reply, &meaning, &body, &err);
        if (code != cases[i].code || (!code && meaning != cases[i].meaning) ||
            strcmp(err.said, cases[i].said) != 0)
            fail_msg("case %zu: %s, %d, '%s'", i, err_name(code), meaning, err.said);
        assert_null(strstr(err.detail, "Thiếu"));
    }
}

static void names_go_there_and_back(void **state)
{
    (void)state;
    AUTO(js)
    struct js *paths = js_pack("[s, s, s]", "record.dossier_code", "record.record_id", "remote.id");
    static const struct {
        const char *code, *id, *name;
    } cases[] = {
        {"H99.14-1", "ab/c", "H99_2e14-1/r-1/ab_2fc"},
        {NULL, "Đ", "_/r-1/_c4_90"},
        {"..", NULL, "_2e_2e/r-1/_"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js)
        struct js *roots = js_pack("{s:{s:s?, s:s}, s:{s:s?}}", "record", "dossier_code",
                                   cases[i].code, "record_id", "r-1", "remote", "id", cases[i].id);
        AUTO(js) struct js *back = js_object();
        char name[TRANSPORT_NAME_SIZE];
        assert_int_equal(http_name_write(paths, roots, name, NULL), ERR_OK);
        assert_string_equal(name, cases[i].name);
        assert_true(transport_name_is_safe(name));
        assert_int_equal(http_name_read(paths, name, back, NULL), ERR_OK);
        assert_string_equal(js_text_or(back, "record.record_id", ""), "r-1");
        assert_string_equal(js_text_or(back, "record.dossier_code", "-"),
                            cases[i].code ? cases[i].code : "-");
        assert_string_equal(js_text_or(back, "remote.id", "-"), cases[i].id ? cases[i].id : "-");
    }
    static const char *const wrong[] = {"",       "a",       "a/b",     "a/b/c/d", "a//c",
                                        "a/b/_2", "a/b/_zz", "a/b/_00", "a/b/"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        AUTO(js) struct js *back = js_object();
        if (http_name_read(paths, wrong[i], back, NULL) != ERR_BAD_ARGUMENT)
            fail_msg("'%s' was read", wrong[i]);
    }
}

static void base64_follows_its_standard(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe", "//4="}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(mem) char *coded = base64_encode(cases[i][0], strlen(cases[i][0]));
        assert_string_equal(coded, cases[i][1]);
    }
}

static void a_token_is_asked_for_as_the_standard_says(void **state)
{
    (void)state;
    struct oauth_client client = {"https://a/token", "tram 1", "a:b%", "kho ghi", false};
    AUTO(http_request) struct http_request basic = HTTP_REQUEST_INIT;
    AUTO(http_request) struct http_request in_body = HTTP_REQUEST_INIT;
    assert_int_equal(oauth_build(&client, &basic, NULL), ERR_OK);
    assert_string_equal(basic.body_text, "grant_type=client_credentials&scope=kho%20ghi");
    /* "tram%201:a%3Ab%25" */
    assert_string_equal(field(&basic, "Authorization"), "Basic dHJhbSUyMDE6YSUzQWIlMjU=");
    client.in_body = true;
    client.scope = NULL;
    assert_int_equal(oauth_build(&client, &in_body, NULL), ERR_OK);
    assert_string_equal(in_body.body_text,
                        "grant_type=client_credentials&client_id=tram%201&client_secret=a%3Ab%25");
    assert_string_equal(field(&in_body, "Authorization"), "");

    static const struct {
        int status;
        const char *text;
        enum err_code code;
    } cases[] = {
        {200, "{\"access_token\": \"T\", \"token_type\": \"Bearer\", \"expires_in\": 60}", ERR_OK},
        {200, "{\"access_token\": \"T\", \"token_type\": \"mac\"}", ERR_TARGET_BAD_REPLY},
        {200, "{\"access_token\": \"T\\r\\nX: y\", \"token_type\": \"bearer\"}",
         ERR_TARGET_BAD_REPLY},
        {200, "<html>", ERR_TARGET_BAD_REPLY},
        {400, "{\"error\": \"invalid_scope\"}", ERR_TARGET_AUTH},
        {401, "", ERR_TARGET_AUTH},
        {503, "", ERR_TARGET_BUSY},
        {404, "<html>", ERR_TARGET_BAD_REPLY},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(http_reply) struct http_reply reply = reply_of(cases[i].status, "", cases[i].text);
        AUTO(mem) char *token = NULL;
        int64_t lives_s = 0;
        assert_int_equal(oauth_read(&reply, &token, &lives_s, NULL), cases[i].code);
        assert_true(cases[i].code || lives_s == 60);
    }
}

#define TUS "Tus-Resumable: 1.0.0\r\n"

static void a_tus_upload_is_begun_asked_about_and_gone_on_with(void **state)
{
    (void)state;
    AUTO(js) struct js *metadata = js_pack("{s:s, s:s}", "filename", "a.pdf", "key", "Đ");
    AUTO(http_request) struct http_request begin = HTTP_REQUEST_INIT;
    AUTO(http_request) struct http_request piece = HTTP_REQUEST_INIT;
    assert_int_equal(tus_build_creation("http://k/f", 7, metadata, &begin, NULL), ERR_OK);
    assert_string_equal(field(&begin, "Upload-Length"), "7");
    assert_string_equal(field(&begin, "Upload-Metadata"), "filename YS5wZGY=,key xJA=");
    assert_int_equal(tus_build_piece("http://k/f/1", 5, 3, 4, &piece, NULL), ERR_OK);
    assert_string_equal(field(&piece, "Upload-Offset"), "3");
    assert_int_equal(piece.body_offset, 3);
    assert_int_equal(piece.body_size, 4);

    static const struct {
        int status;
        const char *fields;
        enum err_code code;
        uint64_t offset;
    } cases[] = {
        {200, TUS "Upload-Offset: 3\r\nUpload-Length: 7\r\n", ERR_OK, 3},
        {200, TUS "Upload-Offset: 3\r\nUpload-Length: 8\r\n", ERR_NOT_FOUND, 0},
        {200, TUS "Upload-Offset: 8\r\n", ERR_NOT_FOUND, 0},
        {200, TUS "Upload-Offset: -1\r\n", ERR_TARGET_BAD_REPLY, 0},
        {200, "Upload-Offset: 3\r\n", ERR_TARGET_BAD_REPLY, 0},
        {200, "", ERR_TARGET_BAD_REPLY, 0},
        {404, "", ERR_NOT_FOUND, 0},
        {410, TUS, ERR_NOT_FOUND, 0},
        {403, TUS, ERR_TARGET_AUTH, 0},
        {423, TUS, ERR_TARGET_BUSY, 0},
        {400, TUS, ERR_TARGET_REFUSED, 0},
        {400, "", ERR_TARGET_BAD_REPLY, 0},
        {507, "", ERR_TARGET_FULL, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(http_reply) struct http_reply reply = reply_of(cases[i].status, cases[i].fields, "");
        uint64_t offset = 0;
        enum err_code code = tus_read_offset(&reply, 7, &offset, NULL);
        if (code != cases[i].code || offset != cases[i].offset)
            fail_msg("case %zu: %s", i, err_name(code));
    }

    bool moved;
    char location[TUS_URL_SIZE];
    AUTO(http_reply) struct http_reply wrong = reply_of(409, TUS, "");
    AUTO(http_reply) struct http_reply short_of = reply_of(204, TUS "Upload-Offset: 5\r\n", "");
    AUTO(http_reply) struct http_reply whole = reply_of(204, TUS "Upload-Offset: 7\r\n", "");
    AUTO(http_reply) struct http_reply nowhere = reply_of(201, TUS, "");
    AUTO(http_reply) struct http_reply begun = reply_of(201, TUS "Location: /f/1\r\n", "");
    assert_int_equal(tus_read_piece(&wrong, 7, &moved, NULL), ERR_OK);
    assert_true(moved);
    assert_int_equal(tus_read_piece(&short_of, 7, &moved, NULL), ERR_OK);
    assert_true(moved);
    assert_int_equal(tus_read_piece(&whole, 7, &moved, NULL), ERR_OK);
    assert_false(moved);
    assert_int_equal(tus_read_creation(&nowhere, location, NULL), ERR_TARGET_BAD_REPLY);
    assert_int_equal(tus_read_creation(&begun, location, NULL), ERR_OK);
    assert_string_equal(location, "/f/1");
}

static void a_form_frames_its_file(void **state)
{
    (void)state;
    AUTO(js) struct js *form = js_pack("{s:s, s:i}", "MaYeuCau", "k\"1", "So", 2);
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    const struct multipart_file file = {"tep\"", "a\r\nb.pdf", 5, 9, "B"};
    assert_int_equal(multipart_build("http://k/f", form, &file, &request, NULL), ERR_OK);
    assert_string_equal(field(&request, "Content-Type"), "multipart/form-data; boundary=B");
    assert_string_equal(
        request.body_before,
        "--B\r\nContent-Disposition: form-data; name=\"MaYeuCau\"\r\n\r\nk\"1\r\n"
        "--B\r\nContent-Disposition: form-data; name=\"So\"\r\n\r\n2\r\n"
        "--B\r\nContent-Disposition: form-data; name=\"tep%22\"; filename=\"a  b.pdf\"\r\n"
        "Content-Type: application/pdf\r\n\r\n");
    assert_string_equal(request.body_after, "\r\n--B--\r\n");
    assert_int_equal(request.body_size, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_answer_means_one_thing),
        cmocka_unit_test(names_go_there_and_back),
        cmocka_unit_test(base64_follows_its_standard),
        cmocka_unit_test(a_token_is_asked_for_as_the_standard_says),
        cmocka_unit_test(a_tus_upload_is_begun_asked_about_and_gone_on_with),
        cmocka_unit_test(a_form_frames_its_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
