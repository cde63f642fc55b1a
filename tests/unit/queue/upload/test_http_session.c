/* Where a session goes and what it shows there; the answers are scripted. */
#include "tests/harness/test.h"

#include "queue/upload/http_session.h"

#define ENDPOINT "https://api.tinh.vn:8443/lgsp"

static const char mapping_text[] =
    "{\"schema\": \"sohoa.mapping/1\", \"proof\": \"read\", \"constants\": {\"base\": "
    "\"https://id.tinh.vn/token\"}, \"login\": {\"by\": \"session\", \"path\": \"/login\", "
    "\"body\": "
    "{\"password\": {\"$from\": \"secret.PASSWORD\"}}, \"take\": {\"token\": {\"$from\": "
    "\"reply.session\"}}}, \"fields\": {\"session\": \"{token}\", \"unit\": \"{constants.base}\"}, "
    "\"replies\": {\"outcomes\": [{\"at\": \"code\", \"is\": [\"0\"], \"means\": \"ok\"}, {\"at\": "
    "\"code\", \"is\": [\"9\"], \"means\": \"login\"}]}, \"operations\": {\"send\": {\"path\": "
    "\"/send\", \"body\": {}}, \"ask\": {\"path\": \"/ask\"}, \"download\": {\"path\": "
    "\"{remote.url}\"}}}";

/* What comes back, one after another, and what was asked for. */
struct script {
    struct http_transport transport;
    struct {
        int status;
        const char *text, *type;
    } replies[8];
    size_t asked;
    char urls[8][120], session[8][40], bodies[8][80];
    bool units[8];
};

static enum err_code play(struct http_transport *transport, const struct http_request *request,
                          struct http_reply *out, struct err *err)
{
    (void)err;
    struct script *script = (struct script *)transport;
    size_t i = script->asked++;
    assert_true(i < COUNT_OF(script->replies));
    snprintf(script->urls[i], sizeof script->urls[i], "%s", request->url);
    snprintf(script->bodies[i], sizeof script->bodies[i], "%s",
             request->body_text ? request->body_text : "");
    for (size_t k = 0; k < request->field_count; k++) {
        if (strcmp(request->fields[k].name, "session") == 0)
            snprintf(script->session[i], sizeof script->session[i], "%s", request->fields[k].value);
        script->units[i] |= strcmp(request->fields[k].name, "unit") == 0;
    }
    const char *text = script->replies[i].text ? script->replies[i].text : "";
    *out = (struct http_reply){.status = script->replies[i].status, .text = mem_strdup(text)};
    out->text_size = strlen(text);
    if (script->replies[i].type) {
        char line[60];
        snprintf(line, sizeof line, "Content-Type: %s\r\n", script->replies[i].type);
        assert_true(http_reply_add_line(out, line, strlen(line)));
    }
    if (request->hash_reply && out->status == 200) {
        hash_bytes(text, strlen(text), out->sha256);
        out->size = strlen(text);
    }
    return ERR_OK;
}

static void keep_script(struct http_transport *transport)
{
    (void)transport;
}

static struct http_session *open_session(struct script *script)
{
    static const struct http_transport_ops ops = {play, keep_script};
    struct mapping *mapping = NULL;
    struct js *constants = NULL;
    struct http_session *session = NULL;
    AUTO(js) struct js *said = js_object();
    struct err err = ERR_INIT;
    if (mapping_parse("m", mapping_text, strlen(mapping_text), &mapping, &err))
        fail_msg("%s", err.detail);
    assert_int_equal(mapping_constants(mapping, said, &constants, NULL), ERR_OK);
    script->transport.ops = &ops;
    const struct http_session_options options = {
        .endpoint = ENDPOINT,
        .mapping = mapping,
        .constants = constants,
        .secrets = js_pack("{s:s}", "PASSWORD", "p"),
        .transport = &script->transport,
    };
    assert_int_equal(http_session_new(&options, &session, NULL), ERR_OK);
    return session;
}

static enum err_code call(struct http_session *session, const char *name,
                          enum mapping_meaning *meaning)
{
    AUTO(js) struct js *roots = http_session_roots(session);
    return http_session_call(session, mapping_operation(http_session_mapping(session), name), roots,
                             "remote", meaning, NULL);
}

static enum err_code download(struct http_session *session, const char *url,
                              struct transport_held *held)
{
    AUTO(js) struct js *roots = http_session_roots(session);
    enum mapping_meaning meaning;
    assert_true(js_set(roots, "remote", js_pack("{s:s}", "url", url)));
    return http_session_download(session,
                                 mapping_operation(http_session_mapping(session), "download"),
                                 roots, &meaning, held, NULL);
}

static void a_session_is_kept_and_renewed_once_when_it_is_forgotten(void **state)
{
    (void)state;
    struct script script = {.replies = {{200, "{\"code\":\"0\",\"session\":\"A\"}", NULL},
                                        {200, "{\"code\":\"0\"}", NULL},
                                        {200, "{\"code\":\"9\"}", NULL},
                                        {200, "{\"code\":\"0\",\"session\":\"B\"}", NULL},
                                        {200, "{\"code\":\"0\"}", NULL},
                                        {401, "", NULL},
                                        {200, "{\"code\":\"0\",\"session\":\"C\"}", NULL},
                                        {401, "", NULL}}};
    AUTO(http_session) struct http_session *session = open_session(&script);
    enum mapping_meaning meaning;
    assert_int_equal(call(session, "send", &meaning), ERR_OK);
    assert_int_equal(call(session, "send", &meaning), ERR_OK);
    assert_int_equal(script.asked, 5);
    assert_string_equal(script.bodies[0], "{\"password\":\"p\"}");
    assert_string_equal(script.session[0], "");
    assert_string_equal(script.session[1], "A");
    assert_string_equal(script.session[4], "B");
    assert_string_equal(script.urls[4], ENDPOINT "/send");
    assert_int_equal(call(session, "send", &meaning), ERR_TARGET_AUTH); /* not for ever */
    assert_int_equal(script.asked, 8);
}

static void who_we_are_is_shown_at_home_only(void **state)
{
    (void)state;
    struct script script = {.replies = {{200, "{\"code\":\"0\",\"session\":\"A\"}", NULL},
                                        {200, "%PDF", "application/pdf"},
                                        {200, "%PDF", "application/pdf"}}};
    AUTO(http_session) struct http_session *session = open_session(&script);
    struct transport_held held;
    char sha256[HASH_HEX_SIZE];
    hash_bytes("%PDF", 4, sha256);
    assert_int_equal(download(session, "https://api.tinh.vn:8443/f/1", &held), ERR_OK);
    assert_string_equal(held.sha256, sha256);
    assert_int_equal(held.size_bytes, 4);
    assert_string_equal(script.session[1], "A");
    assert_true(script.units[1]);
    assert_int_equal(download(session, "https://api.tinh.vn:8443.evil.vn/f/1", &held), ERR_OK);
    assert_string_equal(script.session[2], "");
    assert_false(script.units[2]);
}

static void a_page_is_no_file(void **state)
{
    (void)state;
    struct script script = {.replies = {{200, "{\"code\":\"0\",\"session\":\"A\"}", NULL},
                                        {200, "<html>", "text/html"}}};
    AUTO(http_session) struct http_session *session = open_session(&script);
    struct transport_held held;
    assert_int_equal(download(session, "/f/1", &held), ERR_TARGET_BAD_REPLY);
}

static void places_that_a_receiver_names_are_followed_as_far_as_they_are_safe(void **state)
{
    (void)state;
    static const struct {
        const char *place, *url; /* NULL: none */
    } cases[] = {
        {"/f/1", "https://api.tinh.vn:8443/f/1"},
        {"f/1?x=1", "https://api.tinh.vn:8443/lgsp/f/1?x=1"},
        {"https://api.tinh.vn:8443/g", "https://api.tinh.vn:8443/g"},
        {"https://kho.tinh.vn/g", "https://kho.tinh.vn/g"},
        {"http://kho.tinh.vn/g", NULL},
        {"http://api.tinh.vn:8443/g", NULL},
        {"file:///etc/passwd", NULL},
        {"gopher://x/", NULL},
        {"//evil.vn/g", NULL},
        {"/a b", NULL},
        {"/a\r\nX: y", NULL},
        {"", NULL},
    };
    struct script script = {0};
    AUTO(http_session) struct http_session *session = open_session(&script);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(mem) char *url = NULL;
        enum err_code code =
            http_session_named_url(session, ENDPOINT "/ask", cases[i].place, &url, NULL);
        if (code != (cases[i].url ? ERR_OK : ERR_TARGET_BAD_REPLY) ||
            (url && strcmp(url, cases[i].url) != 0))
            fail_msg("'%s': %s", cases[i].place, url ? url : err_name(code));
    }
    AUTO(js) struct js *roots = http_session_roots(session);
    AUTO(mem) char *configured = NULL;
    AUTO(mem) char *unknown = NULL;
    assert_int_equal(http_session_url(session, "{constants.base}", roots, &configured, NULL),
                     ERR_OK);
    assert_string_equal(configured, "https://id.tinh.vn/token");
    assert_int_equal(http_session_url(session, "/a/{remote.id}", roots, &unknown, NULL),
                     ERR_FIELD_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_kept_and_renewed_once_when_it_is_forgotten),
        cmocka_unit_test(who_we_are_is_shown_at_home_only),
        cmocka_unit_test(a_page_is_no_file),
        cmocka_unit_test(places_that_a_receiver_names_are_followed_as_far_as_they_are_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
