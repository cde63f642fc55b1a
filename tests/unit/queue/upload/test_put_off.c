#include "tests/harness/test.h"

#include "queue/upload/http_message.h"

#define SECOND INT64_C(1000000)
#define NOW (INT64_C(1795406400) * SECOND) /* Mon, 23 Nov 2026 04:00:00 GMT */

static int64_t asked(const char *retry_after, const char *date)
{
    AUTO(http_reply) struct http_reply reply = {0};
    struct err err = ERR_INIT;
    char line[200];
    if (retry_after) {
        snprintf(line, sizeof line, "Retry-After: %s\r\n", retry_after);
        assert_true(http_reply_add_line(&reply, line, strlen(line)));
    }
    if (date) {
        snprintf(line, sizeof line, "Date: %s\r\n", date);
        assert_true(http_reply_add_line(&reply, line, strlen(line)));
    }
    http_reply_put_off(&reply, NOW, &err);
    http_reply_put_off(&reply, NOW, NULL);
    return err.retry_after_us;
}

static void a_wait_is_read_as_seconds_or_as_a_date(void **state)
{
    (void)state;
    static const struct {
        const char *text, *date;
        int64_t seconds;
    } cases[] = {
        {NULL, NULL, 0},
        {"0", NULL, 0},
        {"7", NULL, 7},
        {"120", NULL, 120},
        {"99999999999999999999", NULL, 3600},
        {"Mon, 23 Nov 2026 04:00:30 GMT", NULL, 30},
        {"Mon, 23 Nov 2026 03:59:30 GMT", NULL, 0},
        {"Tue, 23 Nov 2027 04:00:00 GMT", NULL, 3600},
        /* our clock is wrong: theirs counts */
        {"Fri, 01 Jan 2021 00:01:00 GMT", "Fri, 01 Jan 2021 00:00:00 GMT", 60},
        {"Mon, 23 Nov 2026 04:00:30 GMT", "nonsense", 30},
        {"-5", NULL, 0},
        {"soon", NULL, 0},
        {"1.5", NULL, 0},
        {"", NULL, 0},
        {"Mon, 23 Nov 2026 04:00:30 GMT and more", NULL, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (asked(cases[i].text, cases[i].date) != cases[i].seconds * SECOND)
            fail_msg("'%s': %lld", cases[i].text ? cases[i].text : "(none)",
                     (long long)asked(cases[i].text, cases[i].date));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_wait_is_read_as_seconds_or_as_a_date)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
