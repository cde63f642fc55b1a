#include "tests/harness/test.h"

#include "daemon/cli/meter.h"

#include <stdio.h>
#include <stdlib.h>

/* How fast work goes, and when it will be done. */

#define SECOND_US INT64_C(1000000)

static void a_rate_is_that_of_the_last_half_minute(void **state)
{
    (void)state;
    struct meter meter;
    meter_init(&meter, stderr);
    assert_true(meter_rate(&meter) == 0);
    meter_note(&meter, 5, 0);
    assert_true(meter_rate(&meter) == 0); /* one look tells no rate */
    for (int i = 1; i <= 300; i++)        /* 2 a second for a while, then 1 */
        meter_note(&meter, i < 200 ? 5 + 2 * i : 405 + (i - 200), i * SECOND_US);
    assert_true(meter_rate(&meter) > 59 && meter_rate(&meter) < 61);
    for (int i = 301; i <= 340; i++)
        meter_note(&meter, 505, i * SECOND_US);
    assert_true(meter_rate(&meter) == 0); /* it stands */
}

static void when_it_ends_is_told_only_where_that_is_known(void **state)
{
    (void)state;
    struct meter meter;
    char text[60];
    int64_t noon_us = INT64_C(1795237200) * SECOND_US; /* 12:00 in Vietnam */
    meter_init(&meter, stderr);
    assert_string_equal(meter_ends(&meter, 10, noon_us, text, sizeof text), "");
    meter_note(&meter, 0, 0);
    meter_note(&meter, 20, 20 * SECOND_US); /* 60 a minute */
    assert_string_equal(meter_ends(&meter, 90 * 60, noon_us, text, sizeof text),
                        "xong khoảng 13:30");
    assert_string_equal(meter_ends(&meter, 0, noon_us, text, sizeof text), "");
    assert_string_equal(meter_ends(&meter, INT64_C(1) << 40, noon_us, text, sizeof text), "");
}

static void a_speed_is_bytes_a_second(void **state)
{
    (void)state;
    char text[40];
    assert_string_equal(meter_speed(800000, text, sizeof text), "100 KB/s");
    assert_string_equal(meter_speed(10000000, text, sizeof text), "1.2 MB/s");
    assert_string_equal(meter_speed(0, text, sizeof text), "0 KB/s");
}

static void without_a_terminal_a_line_comes_now_and_then(void **state)
{
    (void)state;
    char *shown = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&shown, &size);
    struct meter meter = {.out = out};
    meter_show(&meter, "a", SECOND_US);
    meter_show(&meter, "b", 2 * SECOND_US);
    meter_show(&meter, "c", SECOND_US + METER_PLAIN_US);
    meter_end(&meter);
    fclose(out);
    assert_string_equal(shown, "a\nc\n");
    free(shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_is_that_of_the_last_half_minute),
        cmocka_unit_test(when_it_ends_is_told_only_where_that_is_known),
        cmocka_unit_test(a_speed_is_bytes_a_second),
        cmocka_unit_test(without_a_terminal_a_line_comes_now_and_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
