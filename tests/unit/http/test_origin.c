#include "daemon/http/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void only_this_machine_is_our_host(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool ours;
    } cases[] = {
        {"127.0.0.1", true},
        {"127.0.0.1:8443", true},
        {"localhost", true},
        {"LocalHost:8443", true},
        {NULL, false},
        {"", false},
        {"127.0.0.1:", false},
        {"127.0.0.1:84430", false},
        {"127.0.0.1:08443", false},
        {"127.0.0.1:8443x", false},
        {"127.0.0.10", false},
        {"127.0.0.2", false},
        {"0.0.0.0", false},
        {"[::1]:8443", false},
        {"localhost.evil.example", false},
        {"evil.example", false},
        {"127.0.0.1 ", false},
        {"127.0.0.1:80", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (host_is_ours(cases[i].host, 8443) != cases[i].ours)
            fail_msg("%s", cases[i].host ? cases[i].host : "NULL");
}

static void only_our_page_is_our_origin(void **state)
{
    (void)state;
    static const struct {
        const char *origin;
        bool ours;
    } cases[] = {
        {"http://127.0.0.1:8443", true},
        {"http://localhost:8443", true},
        {NULL, false},
        {"", false},
        {"null", false},
        {"http://127.0.0.1", false},
        {"http://127.0.0.1:9000", false},
        {"https://127.0.0.1:8443", false},
        {"http://127.0.0.1:8443/", false},
        {"http://evil.example:8443", false},
        {"http://127.0.0.1:8443.evil", false},
        {"file://", false},
        {"http://localhost.evil:8443", false},
        {"HTTP://127.0.0.1:8443", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (origin_is_ours(cases[i].origin, 8443) != cases[i].ours)
            fail_msg("%s", cases[i].origin ? cases[i].origin : "NULL");
}

static void nobody_is_paired_yet(void **state)
{
    (void)state;
    assert_null(origin_paired[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_this_machine_is_our_host),
        cmocka_unit_test(only_our_page_is_our_origin),
        cmocka_unit_test(nobody_is_paired_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
