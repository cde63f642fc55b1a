#include "tests/harness/test.h"

#include "daemon/watch/delivery_words.h"

#include <stdio.h>
#include <string.h>

#define NOW_US INT64_C(1795254000000000)

static struct js *parse(const char *text)
{
    struct js *value = NULL;
    assert_int_equal(js_parse(text, strlen(text), &value, NULL), ERR_OK);
    return value;
}

static const char HISTORY[] =
    "[{\"at_us\": 1, \"principal\": \"sohoad\", \"role\": \"machine\", \"event\": \"create\", "
    "\"from\": null, \"to\": \"queued\", \"detail\": \"kho\"}, {\"at_us\": 2, \"principal\": "
    "\"sohoad\", \"role\": \"machine\", \"event\": \"claim\", \"from\": \"queued\", \"to\": "
    "\"sending\", \"detail\": null}, {\"at_us\": 3, \"principal\": \"sohoad\", \"role\": "
    "\"machine\", \"event\": \"retry\", \"from\": \"sending\", \"to\": \"queued\", \"detail\": "
    "\"TARGET_UNREACHABLE AB12CD34: connect: timed out\"}, {\"at_us\": 4, \"principal\": "
    "\"uid:1000\", \"role\": \"clerk\", \"event\": \"hold\", \"from\": \"queued\", \"to\": "
    "\"held\", \"detail\": \"INTERNAL của tôi\"}]";

static struct js *words(const char *delivery, const char *schedule)
{
    AUTO(js) struct js *store = js_object();
    AUTO(js) struct js *lines = parse(schedule);
    assert_true(js_set(store, "delivery", parse(delivery)) &&
                js_set(store, "history", parse(HISTORY)));
    return delivery_words(store, lines, NOW_US);
}

static void what_comes_next_is_said_with_the_command_that_helps(void **state)
{
    (void)state;
    static const struct {
        const char *delivery, *schedule, *next, *command;
        int64_t at_us;
    } cases[] = {
        {"{\"id\": \"v\", \"target\": \"kho\", \"state\": \"queued\"}", "{}", "Gửi khi đến lượt.",
         "", 0},
        {"{\"id\": \"v\", \"target\": \"kho\", \"state\": \"queued\", \"not_before_us\": "
         "1795254060000000}",
         "{}", "Tự thử lại lúc 16:41 ngày 21/11.", "sohoa queue retry v", 1795254060000000},
        {"{\"id\": \"v\", \"target\": \"kho\", \"state\": \"queued\", \"waits_for\": "
         "\"handover\"}",
         "{}", "Chờ trao kết quả cho người dân, sau đó mới gửi.", "", 0},
        {"{\"id\": \"v\", \"target\": \"kho\", \"state\": \"queued\"}",
         "{\"window\": \"18:30-06:00\", \"targets\": [{\"name\": \"kho\", \"state\": \"up\", "
         "\"mode\": \"urgent\"}]}",
         "Chờ khung giờ gửi 18:30-06:00.", "sohoa sync now --wait", 0},
        {"{\"id\": \"v\", \"target\": \"kho\", \"state\": \"queued\", \"urgent\": true}",
         "{\"window\": \"18:30-06:00\", \"targets\": [{\"name\": \"kho\", \"state\": \"up\", "
         "\"mode\": \"urgent\"}]}",
         "Bản ghi gấp: gửi trước các bản khác.", "sohoa sync now --wait", 0},
        {"{\"id\": \"v\", \"target\": \"kho\", \"state\": \"queued\"}",
         "{\"targets\": [{\"name\": \"kho\", \"state\": \"down\", \"mode\": \"all\", "
         "\"unreachable_since_us\": 1795254000000000, \"next_try_us\": 1795254060000000}]}",
         "Kho không liên lạc được từ 16:40 ngày 21/11, phần mềm tự thử lại.", "", 1795254060000000},
        {"{\"id\": \"v\", \"target\": \"kho\", \"state\": \"accepted\"}", "{}",
         "Chờ đối soát với kho.", "sohoa sync reconcile", 0},
        {"{\"id\": \"v\", \"target\": \"kho\", \"state\": \"reconciled\"}", "{}", "Đã xong.", "",
         0},
        {"{\"id\": \"v\", \"target\": \"kho\", \"state\": \"held\", \"held\": {\"reason\": \"chờ "
         "hỏi\"}}",
         "{}", "Đang dừng: chờ hỏi. Khi xử lý xong, cho gửi lại.", "sohoa queue release v", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *told = words(cases[i].delivery, cases[i].schedule);
        if (strcmp(js_text_or(told, "next.text", ""), cases[i].next) != 0 ||
            strcmp(js_text_or(told, "command", "-"), cases[i].command) != 0)
            fail_msg("case %zu: %s / %s", i, js_text_or(told, "next.text", ""),
                     js_text_or(told, "command", ""));
        assert_int_equal(js_int_or(told, "next.at_us", 0), cases[i].at_us);
    }
}

static void its_way_and_its_last_trouble_are_told_a_persons_own_words_are_none(void **state)
{
    (void)state;
    AUTO(js)
    struct js *told =
        words("{\"id\": \"v\", \"target\": \"kho\", \"state\": \"held\", \"said\": \"hết chỗ\", "
              "\"held\": {\"reason\": \"x\"}}",
              "{}");
    assert_int_equal(js_count(js_at(told, "states")), 4);
    assert_string_equal(js_text_or(told, "states[1].state", ""), "sending");
    assert_string_equal(js_text_or(told, "states[1].label", ""), "Đang gửi");
    assert_int_equal(js_int_or(told, "states[3].at_us", 0), 4);
    assert_string_equal(js_text_or(told, "last_error.code", ""), "TARGET_UNREACHABLE");
    assert_string_equal(js_text_or(told, "last_error.ref", ""), "AB12CD34");
    assert_string_equal(js_text_or(told, "last_error.detail", ""), "connect: timed out");
    assert_string_equal(js_text_or(told, "last_error.said", ""), "hết chỗ");
    assert_int_equal(js_int_or(told, "last_error.at_us", 0), 3);
    assert_true(*js_text_or(told, "last_error.text", "") &&
                *js_text_or(told, "last_error.help", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_next_is_said_with_the_command_that_helps),
        cmocka_unit_test(its_way_and_its_last_trouble_are_told_a_persons_own_words_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
