#include "daemon/http/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define ID "019a0000-0000-7000-8000-000000000001"
#define TOKEN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void each_path_finds_its_row_and_parameter(void **state)
{
    (void)state;
    static const struct {
        enum http_method method;
        const char *path, *pattern, *param;
        const char *second; /* NULL: none */
    } cases[] = {
        {METHOD_GET, "/v1/status", "/v1/status", ""},
        {METHOD_POST, "/v1/imports/upload", "/v1/imports/upload", ""},
        {METHOD_POST, "/v1/imports/c%C5%A9/items/" ID "/retry",
         "/v1/imports/{name}/items/{id}/retry", "cũ", ID},
        {METHOD_GET, "/v1/dossiers/" ID, "/v1/dossiers/{id}", ID},
        {METHOD_PATCH, "/v1/dossiers/" ID, "/v1/dossiers/{id}", ID},
        {METHOD_POST, "/v1/dossiers/" ID "/scan", "/v1/dossiers/{id}/scan", ID},
        {METHOD_DELETE, "/v1/jobs/" ID, "/v1/jobs/{job}", ID},
        {METHOD_GET, "/v1/devices/net%3Ahost%3Atest%2F0", "/v1/devices/{name}", "net:host:test/0"},
        {METHOD_GET, "/v1/devices/M%c3%a1y%20qu%C3%A9t", "/v1/devices/{name}", "Máy quét"},
        {METHOD_POST, "/v1/devices/a/test", "/v1/devices/{name}/test", "a"},
        {METHOD_GET, "/open/" TOKEN, "/open/{token}", TOKEN},
        {METHOD_GET, "/", "/", ""},
        {METHOD_HEAD, "/", "/", ""},
        {METHOD_GET, "/vendor/lit/index.js", "/{file}", "vendor/lit/index.js"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct route_match match;
        routes_find(cases[i].method, cases[i].path, &match);
        if (!match.route)
            fail_msg("%s finds nothing", cases[i].path);
        assert_string_equal(match.route->pattern, cases[i].pattern);
        assert_string_equal(match.param, cases[i].param);
        assert_string_equal(match.second, cases[i].second ? cases[i].second : "");
    }
}

static void a_path_that_is_none_finds_nothing(void **state)
{
    (void)state;
    static const char *const paths[] = {"",
                                        "v1/status",
                                        "/v1",
                                        "/v1/",
                                        "/v1/status/",
                                        "/v1/statusx",
                                        "/V1/status",
                                        "/v1//status",
                                        "/v1/dossiers/",
                                        "/v1/dossiers/1",
                                        "/v1/dossiers/" ID "x",
                                        "/v1/dossiers/" ID "/",
                                        "/v1/dossiers/019A0000-0000-7000-8000-000000000001",
                                        "/v1/devices/",
                                        "/v1/devices/%",
                                        "/v1/imports/a/items/1/retry",
                                        "/v1/devices/%4",
                                        "/v1/devices/%zz",
                                        "/v1/devices/a%0ab",
                                        "/v1/devices/%00",
                                        "/v1/devices/%c3",
                                        "/v1/devices/a/b",
                                        "/open/",
                                        "/open/abc",
                                        "/open/" TOKEN "0",
                                        "/open/" TOKEN "/",
                                        "/../etc/passwd.txt",
                                        "/a/../b.js",
                                        "/.git/config.json",
                                        "/a//b.js",
                                        "/a.js/",
                                        "/program.exe",
                                        "/a b.js",
                                        "*",
                                        "http://127.0.0.1/v1/status"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct route_match match;
        routes_find(METHOD_GET, paths[i], &match);
        if (match.allowed)
            fail_msg("%s finds %s", paths[i], match.route ? match.route->pattern : "?");
    }
}

static void a_known_path_with_another_method_names_those_it_knows(void **state)
{
    (void)state;
    struct route_match match;
    routes_find(METHOD_DELETE, "/v1/dossiers", &match);
    assert_null(match.route);
    assert_int_equal(match.allowed, METHOD_GET | METHOD_POST);
    routes_find(METHOD_OTHER, "/v1/jobs/" ID, &match);
    assert_null(match.route);
    assert_int_equal(match.allowed, METHOD_GET | METHOD_DELETE);
    routes_find(METHOD_HEAD, "/v1/events", &match);
    assert_null(match.route);
}

static void a_device_name_longer_than_the_space_is_refused(void **state)
{
    (void)state;
    char path[600] = "/v1/devices/";
    struct route_match match;
    memset(path + 12, 'a', ROUTE_PARAM_SIZE - 1);
    routes_find(METHOD_GET, path, &match);
    assert_non_null(match.route);
    path[12 + ROUTE_PARAM_SIZE - 1] = 'a';
    routes_find(METHOD_GET, path, &match);
    assert_null(match.route);
}

/* No path is known to two rows of the same method, or the second would be dead. */
static void no_row_hides_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_count; i++)
        for (size_t k = i + 1; k < route_count; k++)
            assert_false(routes[i].method == routes[k].method &&
                         strcmp(routes[i].pattern, routes[k].pattern) == 0);
}

static void only_reads_go_without_a_body_and_no_change_is_open_to_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        bool read = routes[i].method == METHOD_GET;
        assert_true(read || routes[i].role != ROLE_ANY);
        assert_true(!read || routes[i].body_max == 0);
        assert_non_null(routes[i].handle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_finds_its_row_and_parameter),
        cmocka_unit_test(a_path_that_is_none_finds_nothing),
        cmocka_unit_test(a_known_path_with_another_method_names_those_it_knows),
        cmocka_unit_test(a_device_name_longer_than_the_space_is_refused),
        cmocka_unit_test(no_row_hides_another),
        cmocka_unit_test(only_reads_go_without_a_body_and_no_change_is_open_to_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
