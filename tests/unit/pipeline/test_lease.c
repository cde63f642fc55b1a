#include "tests/harness/test.h"

#include "daemon/pipeline/lease.h"

#include <string.h>

#define SECOND 1000000ll

/* The page of another clerk counts the seconds down from what a refusal says. */
static void whoever_is_refused_reads_who_has_it_and_for_how_long(void **state)
{
    (void)state;
    static const struct {
        int64_t asked_us;
        bool in_use;
        const char *detail; /* NULL: it is free */
    } cases[] = {
        {1 * SECOND, false, "uid:1000 has the scanner for 9 s more"},
        {10 * SECOND, false, NULL},
        {1 * SECOND, true, "uid:1000 has the scanner for 9 s more"},
        {60 * SECOND, true, "uid:1000 has the scanner for 0 s more"}, /* a pile of a minute */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct lease lease = {0};
        struct err err = ERR_INIT;
        assert_int_equal(lease_take(&lease, "uid:1000", 0, 10000, NULL), ERR_OK);
        if (cases[i].in_use)
            lease_use(&lease);
        assert_int_equal(lease_take(&lease, "uid:1001", cases[i].asked_us, 10000, &err),
                         cases[i].detail ? ERR_DEVICE_LEASED : ERR_OK);
        assert_string_equal(err.detail, cases[i].detail ? cases[i].detail : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_refused_reads_who_has_it_and_for_how_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
