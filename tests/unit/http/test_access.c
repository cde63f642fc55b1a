#include "daemon/http/access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define OWN_UID 500
#define NOW INT64_C(1)

static struct sessions *sessions;

static int begin(void **state)
{
    (void)state;
    sessions = sessions_new();
    return sessions ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    sessions_free(sessions);
    return 0;
}

static void the_uid_of_the_socket_decides_the_role(void **state)
{
    (void)state;
    static const struct {
        uid_t uid;
        enum role role;
        const char *id;
    } cases[] = {
        {0, ROLE_IT, "uid:0"}, {OWN_UID, ROLE_IT, "uid:500"}, {1000, ROLE_CLERK, "uid:1000"}};
    const struct route route = {METHOD_POST, "/", ROLE_CLERK, 0, NULL, 0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_head head = {.from_unix = true, .uid = cases[i].uid};
        struct principal who;
        struct err err = ERR_INIT;
        assert_int_equal(access_decide(&head, &route, sessions, NOW, OWN_UID, &who, &err), ERR_OK);
        assert_int_equal(who.role, cases[i].role);
        assert_string_equal(who.id, cases[i].id);
    }
}

static void a_peer_nobody_knows_is_let_in_nowhere(void **state)
{
    (void)state;
    const struct route open_to_all = {METHOD_GET, "/", ROLE_ANY, 0, NULL, 0};
    struct http_head head = {.from_unix = true, .uid = (uid_t)-1};
    struct principal who;
    struct err err = ERR_INIT;
    assert_int_equal(access_decide(&head, &open_to_all, sessions, NOW, OWN_UID, &who, &err),
                     ERR_UNAUTHENTICATED);
}

static void a_cookie_on_the_socket_changes_nothing(void **state)
{
    (void)state;
    const struct route it_only = {METHOD_GET, "/", ROLE_IT, 0, NULL, 0};
    struct http_head head = {.from_unix = true, .uid = 1000, .cookie = "sohoa_session=x"};
    struct principal who;
    struct err err = ERR_INIT;
    assert_int_equal(access_decide(&head, &it_only, sessions, NOW, OWN_UID, &who, &err),
                     ERR_FORBIDDEN);
}

static void a_content_type_is_json_only_when_it_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        bool json;
    } cases[] = {{"application/json", true},
                 {"Application/JSON; charset=utf-8", true},
                 {"application/json ", true},
                 {"application/jsonp", false},
                 {"application/json-patch", false},
                 {"text/json", false},
                 {"text/plain;application/json", false},
                 {"", false},
                 {NULL, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(content_type_is_json(cases[i].type), cases[i].json);
}

static void a_header_that_must_be_single_is(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second;
        bool repeated;
    } cases[] = {{"Host", "host", true},
                 {"Origin", "ORIGIN", true},
                 {"Content-Length", "Transfer-Encoding", true},
                 {"Content-Type", "Content-Type", true},
                 {"Cookie", "Cookie", false},
                 {"Host", "Origin", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_head head = {0};
        http_head_take(&head, cases[i].first, "1");
        http_head_take(&head, cases[i].second, "1");
        assert_int_equal(head.repeated, cases[i].repeated);
    }
}

static void the_announced_size_is_never_misread(void **state)
{
    (void)state;
    static const struct {
        const char *length, *encoding;
        int64_t size;
    } cases[] = {{NULL, NULL, 0},          {"0", NULL, 0},
                 {"17", NULL, 17},         {"-1", NULL, INT64_MAX},
                 {"1e3", NULL, INT64_MAX}, {"", NULL, INT64_MAX},
                 {"+5", NULL, INT64_MAX},  {"99999999999999999999", NULL, INT64_MAX},
                 {NULL, "chunked", -1},    {"5", "chunked", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_head head = {.length = cases[i].length, .encoding = cases[i].encoding};
        assert_true(http_head_body_size(&head) == cases[i].size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_uid_of_the_socket_decides_the_role),
        cmocka_unit_test(a_peer_nobody_knows_is_let_in_nowhere),
        cmocka_unit_test(a_cookie_on_the_socket_changes_nothing),
        cmocka_unit_test(a_content_type_is_json_only_when_it_says_so),
        cmocka_unit_test(a_header_that_must_be_single_is),
        cmocka_unit_test(the_announced_size_is_never_misread),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
