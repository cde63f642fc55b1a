#include "tests/harness/test.h"

#include "daemon/watch/report.h"

#include <string.h>

static struct js *parse(const char *text)
{
    struct js *value = NULL;
    assert_int_equal(js_parse(text, strlen(text), &value, NULL), ERR_OK);
    return value;
}

static const char QUIET[] =
    "{\"span\": {\"from_us\": 1, \"to_us\": 2, \"sent\": {\"records\": 0, \"targets\": []}, "
    "\"refused\": {\"records\": 0, \"reasons\": []}, \"withdrawn\": 0, \"waiting\": "
    "{\"deliveries\": 0, \"oldest_us\": null, \"targets\": []}}, \"open\": {\"problems\": [], "
    "\"tried\": 0, \"waits_for\": [], \"held\": [], \"tasks\": {}}}";

static const char BAD_NIGHT[] =
    "{\"span\": {\"from_us\": 1, \"to_us\": 2, \"sent\": {\"records\": 1203, \"targets\": "
    "[{\"name\": \"a\", \"records\": 1203, \"again\": 2}, {\"name\": \"b\", \"records\": 4, "
    "\"again\": 1}]}, \"refused\": {\"records\": 2, \"reasons\": [{\"reason\": "
    "\"TARGET_CONFLICT\", \"target\": \"a\", \"count\": 2}]}, \"withdrawn\": 1, \"waiting\": "
    "{\"deliveries\": 30, \"oldest_us\": 1795254000000000, \"targets\": [{\"name\": \"a\", "
    "\"count\": 10}, {\"name\": \"b\", \"count\": 20}]}}, \"open\": {\"problems\": [{\"target\": "
    "\"b\", \"code\": \"TARGET_UNREACHABLE\", \"count\": 5}], \"tried\": 5, \"waits_for\": "
    "[{\"what\": \"handover\", \"count\": 3}], \"held\": [{\"kind\": \"delivery\", \"reason\": "
    "\"TARGET_AUTH\", \"target\": \"b\", \"count\": 4, \"oldest_us\": 1, \"ids\": [\"v1\"]}, "
    "{\"kind\": \"delivery\", \"reason\": \"TARGET_CONFLICT\", \"target\": \"a\", \"count\": 2, "
    "\"oldest_us\": 1, \"ids\": [\"v2\", \"v3\"]}, {\"kind\": \"delivery\", \"reason\": "
    "\"chờ hỏi lại\", \"target\": \"a\", \"count\": 1, \"oldest_us\": 1, \"ids\": [\"v4\"]}, "
    "{\"kind\": \"document\", \"reason\": \"SIGNER_LOCKED\", \"target\": null, \"count\": 7, "
    "\"oldest_us\": 1, \"ids\": [\"d1\"]}, {\"kind\": \"page\", \"reason\": \"WORKER_DIED\", "
    "\"target\": null, \"count\": 1, \"oldest_us\": 1, \"ids\": [\"p1\"]}], \"tasks\": {\"extra\": "
    "2}}}";

static const char DOWN[] =
    "{\"window\": \"18:30-06:00\", \"mode\": \"trickle\", \"targets\": [{\"name\": \"b\", "
    "\"state\": \"down\", \"days\": 3, \"unreachable_since_us\": 1795254000000000}]}";

static const char *line_of(const struct js *report, size_t at)
{
    return js_text_or(js_item(js_at(report, "lines"), at), "text", "");
}

static void a_quiet_night_is_five_lines_and_no_task(void **state)
{
    (void)state;
    AUTO(js) struct js *store = parse(QUIET);
    AUTO(js) struct js *report = report_make(store, NULL, NULL);
    assert_int_equal(js_count(js_at(report, "lines")), 5);
    assert_string_equal(line_of(report, 0), "Đã gửi: chưa có bản ghi mới nào được kho nhận.");
    assert_string_equal(line_of(report, 1), "Bị từ chối: không có.");
    assert_string_equal(line_of(report, 2), "Đang chờ: không có.");
    assert_string_equal(line_of(report, 3), "Vì sao: không có gì vướng.");
    assert_string_equal(line_of(report, 4), "Việc cần làm: không có.");
    assert_int_equal(js_count(js_at(report, "tasks")), 0);
}

static void a_bad_night_is_five_lines_too(void **state)
{
    (void)state;
    AUTO(js) struct js *store = parse(BAD_NIGHT);
    AUTO(js) struct js *schedule = parse(DOWN);
    AUTO(js) struct js *report = report_make(store, schedule, NULL);
    assert_int_equal(js_count(js_at(report, "lines")), 5);
    assert_string_equal(line_of(report, 0),
                        "Đã gửi: kho đã nhận 1.203 bản ghi (kho «a»: 1.203; kho «b»: 4), gửi lại "
                        "3, đã thu hồi 1.");
    assert_non_null(strstr(line_of(report, 1), "Bị từ chối: 2 bản ghi – Kho đã có bản khác"));
    assert_string_equal(line_of(report, 2),
                        "Đang chờ: 30 bản ghi (kho «a»: 10; kho «b»: 20), lâu nhất từ 16:40 ngày "
                        "21/11.");
    static const char *const whys[] = {
        "kho «b» không liên lạc được từ 16:40 ngày 21/11 (3 ngày)",
        "(5)",
        "3 bản ghi chờ trao kết quả cho người dân",
        "chờ khung giờ gửi 18:30-06:00",
    };
    for (size_t i = 0; i < COUNT_OF(whys); i++)
        assert_non_null(strstr(line_of(report, 3), whys[i]));
    assert_string_equal(line_of(report, 4),
                        "Việc cần làm: cán bộ 4 việc, bộ phận kỹ thuật 2 việc.");
}

static void each_task_has_one_command_one_button_and_whose_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *who, *command, *verb;
    } wanted[] = {
        {"clerk", "sohoa queue show v2", "show"},
        {"clerk", "sohoa queue release v4", "release"},
        {"clerk", "sohoa signer unlock", "unlock"},
        {"clerk", "sohoa task list --kind extra", "tasks"},
        {"it", "sohoa queue release --reason TARGET_AUTH --target b", "release"},
        {"it", "sohoa page release p1", "late"},
        {"it", "sohoa sync now --wait", "sync"},
    };
    AUTO(js) struct js *store = parse(BAD_NIGHT);
    AUTO(js)
    struct js *alarms = parse(
        "[{\"name\": \"delivery.queued\", \"state\": \"queued\", \"machine\": \"delivery\", "
        "\"who\": \"it\", \"count\": 9, \"text\": \"x\", \"help\": \"y\", \"command\": "
        "\"sohoa sync now --wait\", \"action\": \"sync\"}, {\"name\": \"delivery.held\", "
        "\"state\": \"held\", \"who\": \"clerk\", \"action\": \"queue\", \"command\": \"z\"}]");
    AUTO(js) struct js *tasks = report_tasks(js_at(store, "open"), alarms);
    assert_int_equal(js_count(tasks), COUNT_OF(wanted));
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        const struct js *task = js_item(tasks, i);
        assert_string_equal(js_text_or(task, "command", ""), wanted[i].command);
        assert_string_equal(js_text_or(task, "who", ""), wanted[i].who);
        assert_string_equal(js_text_or(task, "action.verb", ""), wanted[i].verb);
        assert_true(*js_text_or(task, "text", ""));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_night_is_five_lines_and_no_task),
        cmocka_unit_test(a_bad_night_is_five_lines_too),
        cmocka_unit_test(each_task_has_one_command_one_button_and_whose_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
