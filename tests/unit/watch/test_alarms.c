#include "tests/harness/test.h"

#include "daemon/watch/alarms.h"

#include <string.h>

#define HOUR_US INT64_C(3600000000)

static int64_t now_us(void)
{
    return work_days_parse("2026-11-25") + 12 * HOUR_US; /* a Wednesday */
}

static struct alarm_limits limits(void)
{
    struct alarm_limits limits = {
        .not_accepted_days = 2, .not_reconciled_days = 5, .disk_days = 14};
    limits.age_h[ALARM_AGE_delivery_queued] = 36;
    limits.age_h[ALARM_AGE_document_read] = 72;
    return limits;
}

static struct js *parse(const char *text)
{
    struct js *value = NULL;
    assert_int_equal(js_parse(text, strlen(text), &value, NULL), ERR_OK);
    return value;
}

static void limits_become_moments_and_those_of_zero_are_not_asked(void **state)
{
    (void)state;
    struct alarm_limits wanted = limits();
    AUTO(js) struct js *asked = alarms_limits(&wanted, now_us());
    assert_int_equal(js_count(js_at(asked, "ages")), 2);
    assert_string_equal(js_text_or(asked, "ages[0].machine", ""), "document");
    assert_string_equal(js_text_or(asked, "ages[0].state", ""), "read");
    assert_int_equal(js_int_or(asked, "ages[0].before_us", 0),
                     work_days_parse("2026-11-20") + 12 * HOUR_US);
    assert_int_equal(js_int_or(asked, "ages[1].before_us", 0), work_days_parse("2026-11-24"));
    assert_int_equal(js_int_or(asked, "accepted_since_us", 0),
                     work_days_parse("2026-11-23") + 12 * HOUR_US);
    assert_int_equal(alarms_before(&wanted, "delivery", "queued", now_us()),
                     work_days_parse("2026-11-24"));
    assert_int_equal(alarms_before(&wanted, "delivery", "lost", now_us()), now_us());
}

static void each_kind_of_standing_still_is_an_alarm(void **state)
{
    (void)state;
    static const struct {
        const char *facts, *schedule;
        const char *name, *target, *who, *text, *command; /* name NULL: none */
    } cases[] = {
        {"{}", "{}", NULL, NULL, NULL, NULL, NULL},
        {"{\"ages\": [{\"machine\": \"delivery\", \"state\": \"queued\", \"over\": 0}]}", "{}",
         NULL, NULL, NULL, NULL, NULL},
        {"{\"ages\": [{\"machine\": \"delivery\", \"state\": \"queued\", \"over\": 1203, "
         "\"oldest_us\": 1795254000000000}]}",
         "{}", "delivery.queued", "", "it",
         "1.203 bản ghi chờ gửi kho quá 36 giờ làm việc, lâu nhất từ 16:40 ngày 21/11.",
         "sohoa sync now --wait"},
        {"{\"ages\": [{\"machine\": \"document\", \"state\": \"read\", \"over\": 2, "
         "\"oldest_us\": 1795254000000000}]}",
         "{}", "document.read", "", "clerk",
         "2 giấy tờ chờ đối chiếu quá 3 ngày làm việc, lâu nhất từ 16:40 ngày 21/11.",
         "sohoa sync late document read"},
        {"{\"targets\": [{\"name\": \"kho\", \"waiting\": 7, \"oldest_us\": 1795254000000000, "
         "\"stands\": true}]}",
         "{}", "not-accepted", "kho", "it",
         "Kho «kho» không nhận bản ghi nào trong 2 ngày làm việc vừa qua, dù 7 bản ghi đang chờ, "
         "lâu nhất từ 16:40 ngày 21/11.",
         "sohoa sync now --wait"},
        {"{\"targets\": [{\"name\": \"kho\", \"stands\": false, \"unreconciled_us\": 1, "
         "\"compared_us\": null}]}",
         "{}", "not-reconciled", "kho", "it",
         "Chưa đối soát với kho «kho» lần nào, dù kho nhận bản ghi từ 07:00 ngày 01/01.",
         "sohoa sync reconcile"},
        {"{\"ages\": [{\"machine\": \"delivery\", \"state\": \"accepted\", \"over\": 5, "
         "\"oldest_us\": 1}], \"targets\": [{\"name\": \"kho\", \"unreconciled_us\": 1}]}",
         "{}", "not-reconciled", "kho", "it",
         "Chưa đối soát với kho «kho» lần nào, dù kho nhận bản ghi từ 07:00 ngày 01/01.",
         "sohoa sync reconcile"},
        {"{\"targets\": [{\"name\": \"kho\", \"stands\": false, \"unreconciled_us\": 1, "
         "\"compared_us\": 1795254000000000}]}",
         "{}", NULL, NULL, NULL, NULL, NULL},
        {"{\"targets\": [{\"name\": \"kho\", \"stands\": false, \"unreconciled_us\": null, "
         "\"compared_us\": null}]}",
         "{}", NULL, NULL, NULL, NULL, NULL},
        {"{}",
         "{\"targets\": [{\"name\": \"kho\", \"nights_missed\": 3, \"alarm\": true, \"waiting\": "
         "40, \"oldest_us\": 1}]}",
         "missed-nights", "kho", "it",
         "Kho «kho»: 3 đêm liền không gửi được gì, 40 bản ghi đang chờ.",
         "sohoa sync now --until 19:20 --then poweroff"},
        {"{}", "{\"targets\": [{\"name\": \"kho\", \"nights_missed\": 2, \"alarm\": false}]}", NULL,
         NULL, NULL, NULL, NULL},
        {"{}", "{\"disk\": {\"free_bytes\": 5368709120, \"days_left\": 13}}", "disk", "", "it",
         "Ổ đĩa còn 5.120 MB, với lượng quét như những ngày qua sẽ đầy sau khoảng 13 ngày.",
         "sohoa sync reconcile"},
        {"{}", "{\"disk\": {\"free_bytes\": 5368709120, \"days_left\": 14}}", NULL, NULL, NULL,
         NULL, NULL},
        {"{}", "{\"disk\": {\"free_bytes\": 5368709120, \"days_left\": null}}", NULL, NULL, NULL,
         NULL, NULL},
    };
    struct alarm_limits wanted = limits();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *facts = parse(cases[i].facts);
        AUTO(js) struct js *schedule = parse(cases[i].schedule);
        AUTO(js) struct js *alarms = alarms_from(&wanted, facts, schedule, now_us());
        if (js_count(alarms) != (cases[i].name != NULL))
            fail_msg("case %zu: %zu alarms", i, js_count(alarms));
        if (!cases[i].name)
            continue;
        assert_string_equal(js_text_or(alarms, "[0].name", ""), cases[i].name);
        assert_string_equal(js_text_or(alarms, "[0].target", ""), cases[i].target);
        assert_string_equal(js_text_or(alarms, "[0].who", ""), cases[i].who);
        assert_string_equal(js_text_or(alarms, "[0].text", ""), cases[i].text);
        assert_string_equal(js_text_or(alarms, "[0].command", ""), cases[i].command);
        assert_true(*js_text_or(alarms, "[0].help", "") && *js_text_or(alarms, "[0].action", ""));
    }
}

static void limits_of_zero_days_are_no_alarms(void **state)
{
    (void)state;
    struct alarm_limits none = {0};
    AUTO(js)
    struct js *facts = parse("{\"targets\": [{\"name\": \"kho\", \"waiting\": 1, \"oldest_us\": 1, "
                             "\"stands\": true, \"unreconciled_us\": 1}]}");
    AUTO(js) struct js *schedule = parse("{\"disk\": {\"days_left\": 0}}");
    AUTO(js) struct js *alarms = alarms_from(&none, facts, schedule, now_us());
    assert_int_equal(js_count(alarms), 0);
}

static void an_alarm_is_new_once_as_long_as_it_stands(void **state)
{
    (void)state;
    AUTO(js)
    struct js *before = parse("[{\"name\": \"disk\"}, {\"name\": \"not-accepted\", \"target\": "
                              "\"a\", \"count\": 1}]");
    AUTO(js)
    struct js *now = parse("[{\"name\": \"not-accepted\", \"target\": \"a\", \"count\": 9}, "
                           "{\"name\": \"not-accepted\", \"target\": \"b\"}]");
    AUTO(js) struct js *begun = alarms_new(before, now);
    AUTO(js) struct js *over = alarms_new(now, before);
    AUTO(js) struct js *first = alarms_new(NULL, now);
    assert_int_equal(js_count(begun), 1);
    assert_string_equal(js_text_or(begun, "[0].target", ""), "b");
    assert_int_equal(js_count(over), 1);
    assert_string_equal(js_text_or(over, "[0].name", ""), "disk");
    assert_int_equal(js_count(first), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_become_moments_and_those_of_zero_are_not_asked),
        cmocka_unit_test(each_kind_of_standing_still_is_an_alarm),
        cmocka_unit_test(limits_of_zero_days_are_no_alarms),
        cmocka_unit_test(an_alarm_is_new_once_as_long_as_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
