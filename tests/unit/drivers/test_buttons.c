#include "daemon/base/mem.h"
#include "drivers/buttons.h"
#include "tests/unit/drivers/paper_device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Rounds of polling over a scanner of paper. */

#define ROUND_US 500000

static const struct panel_rules no_rules;

static void assert_round(struct device *device, struct buttons_debounce *memory, int64_t now_us,
                         const char *wanted)
{
    AUTO(js) struct js *round = buttons_poll(device, &no_rules, memory, now_us);
    AUTO(mem) char *text = js_dump(round);
    assert_string_equal(text, wanted);
}

static void a_press_counts_once(void **state)
{
    (void)state;
    /* one look every half second, p = pressed; the digits are the looks that count */
    static const struct {
        enum panel_kind kind;
        const char *looks, *counts;
    } cases[] = {
        {PANEL_BUTTON, "p.....", "0....."},
        {PANEL_BUTTON, "pppppppppppp", "0..........."}, /* held down, or stuck */
        {PANEL_BUTTON, "p.p.p.p.p.p.", "0.....0....."}, /* again after 2.5 s */
        {PANEL_BUTTON, "....p......p", "....0......0"},
        {PANEL_PRESS, "pppppppp", "0....0.."}, /* each reading cleared it */
        {PANEL_PRESS, "p....p", "0....0"},
        {PANEL_PRESS, "p...p.", "0....."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buttons_debounce memory = {0};
        for (size_t n = 0; cases[i].looks[n]; n++) {
            bool counted = buttons_debounce(&memory, "scan", cases[i].kind,
                                            cases[i].looks[n] == 'p', (int64_t)(n + 1) * ROUND_US);
            assert_int_equal(counted, cases[i].counts[n] == '0');
        }
    }
}

static void buttons_do_not_hide_each_other(void **state)
{
    (void)state;
    struct buttons_debounce memory = {0};
    assert_true(buttons_debounce(&memory, "scan", PANEL_PRESS, true, 1));
    assert_true(buttons_debounce(&memory, "copy", PANEL_PRESS, true, 2));
    assert_false(buttons_debounce(&memory, "scan", PANEL_PRESS, true, 3));
    for (int i = 0; i < 2 * BUTTONS_MAX; i++) { /* a backend with nonsense names */
        char name[] = "x00";
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        buttons_debounce(&memory, name, PANEL_PRESS, true, 4);
    }
    assert_int_equal(memory.count, BUTTONS_MAX);
}

static void each_option_is_read_once_a_round(void **state)
{
    (void)state;
    struct device fujitsu = {.backend = "fujitsu"};
    struct buttons_debounce memory = {0};
    device_add_range(&fujitsu, "resolution", UNIT_DPI, 600);
    device_add_sensor(&fujitsu, "scan", OPTION_BOOL);
    device_add_sensor(&fujitsu, "page-loaded", OPTION_BOOL);
    device_add_sensor(&fujitsu, "cover-open", OPTION_BOOL);
    device_add_sensor(&fujitsu, "function", OPTION_INT);
    device_put(&fujitsu, "scan", 1);
    device_put(&fujitsu, "page-loaded", 1);
    device_put(&fujitsu, "function", 3);
    assert_round(&fujitsu, &memory, ROUND_US,
                 "{\"pressed\":[\"scan\"],\"sensors\":{\"page-loaded\":true,\"cover-open\":false},"
                 "\"values\":{\"function\":3}}");
    static const int reads[] = {0, 1, 1, 1, 1};
    assert_memory_equal(fujitsu.reads, reads, sizeof reads);
}

static void presses_come_as_bool_number_or_text(void **state)
{
    (void)state;
    static const struct {
        const char *backend, *option;
        enum option_type type;
        double number;
        const char *text, *wanted;
    } cases[] = {
        {"pixma", "button-1", OPTION_INT, 1, "", "[\"button-1\"]"},
        {"pixma", "button-1", OPTION_INT, 0, "", "[]"},
        {"avision", "message", OPTION_TEXT, 0, "email", "[\"email\"]"},
        {"avision", "message", OPTION_TEXT, 0, "", "[]"},
        {"hp5590", "button-pressed", OPTION_TEXT, 0, "none", "[]"},
        {"hp5590", "button-pressed", OPTION_TEXT, 0, "collect", "[\"collect\"]"},
        {"plustek", "button 2", OPTION_BOOL, 1, "", "[\"button 2\"]"},
        {"artec_eplus48u", "button-state", OPTION_INT, 4, "", "[\"button-state\"]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct device device = {.backend = cases[i].backend, .clears_on_read = true};
        struct buttons_debounce memory = {0};
        device_add_sensor(&device, cases[i].option, cases[i].type);
        device_put(&device, cases[i].option, cases[i].number);
        device_put_text(&device, cases[i].option, cases[i].text);
        AUTO(js) struct js *round = buttons_poll(&device, &no_rules, &memory, ROUND_US);
        AUTO(mem) char *pressed = js_dump(js_at(round, "pressed"));
        assert_string_equal(pressed, cases[i].wanted);
        AUTO(js) struct js *after = buttons_poll(&device, &no_rules, &memory, 9 * ROUND_US);
        assert_int_equal(js_count(js_at(after, "pressed")), 0);
    }
}

static void paper_in_the_feeder_has_one_name(void **state)
{
    (void)state;
    static const struct {
        const char *backend, *option;
        enum option_type type;
        double value;
        bool loaded;
    } cases[] = {
        {"genesys", "page-loaded", OPTION_BOOL, 1, true},
        {"canon_dr", "adf-loaded", OPTION_BOOL, 1, true},
        {"canon_dr", "adf-loaded", OPTION_BOOL, 0, false},
        {"hp5590", "doc-in-adf", OPTION_BOOL, 1, true},
        {"pixma", "adf-status", OPTION_INT, 1, false}, /* empty */
        {"pixma", "adf-status", OPTION_INT, 2, true},
        {"pixma", "adf-status", OPTION_INT, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct device device = {.backend = cases[i].backend};
        struct buttons_debounce memory = {0};
        device_add_sensor(&device, cases[i].option, cases[i].type);
        device_put(&device, cases[i].option, cases[i].value);
        AUTO(js) struct js *round = buttons_poll(&device, &no_rules, &memory, ROUND_US);
        assert_true(js_has(round, "sensors.page-loaded"));
        assert_int_equal(js_bool_or(round, "sensors.page-loaded", !cases[i].loaded),
                         cases[i].loaded);
        assert_int_equal(js_count(js_at(round, "pressed")), 0);
    }
}

static void a_quirk_takes_buttons_away(void **state)
{
    (void)state;
    struct device device = {.backend = "escl", .quirks.no_buttons = "*"};
    struct buttons_debounce memory = {0};
    device_add_sensor(&device, "scan", OPTION_BOOL);
    device_put(&device, "scan", 1);
    assert_round(&device, &memory, ROUND_US, "{\"pressed\":[],\"sensors\":{},\"values\":{}}");
    assert_int_equal(device.reads[0], 0);
    AUTO(js) struct js *names = buttons_names(&device, &no_rules);
    assert_int_equal(js_count(names), 0);
    device.quirks.no_buttons = "email";
    assert_round(&device, &memory, ROUND_US,
                 "{\"pressed\":[\"scan\"],\"sensors\":{},\"values\":{}}");
}

/* What IT staff wrote for a machine whose backend the table does not know, or knows wrongly. */
static void rules_of_a_machine_go_before_the_table(void **state)
{
    (void)state;
    static const struct {
        const char *option, *rule;
        enum option_type type;
        double number;
        const char *text, *wanted;
    } cases[] = {
        {"start-key", "{\"option\":\"start-*\",\"kind\":\"button\"}", OPTION_BOOL, 1, "",
         "{\"pressed\":[\"start-key\"],\"sensors\":{},\"values\":{}}"},
        {"key", "{\"option\":\"key\",\"kind\":\"press\",\"value\":\"2\"}", OPTION_INT, 2, "",
         "{\"pressed\":[\"key\"],\"sensors\":{},\"values\":{}}"},
        {"key", "{\"option\":\"key\",\"kind\":\"press\",\"value\":\"2\"}", OPTION_INT, 1, "",
         "{\"pressed\":[],\"sensors\":{},\"values\":{}}"},
        {"message", "{\"option\":\"message\",\"kind\":\"press\",\"value\":\"go\"}", OPTION_TEXT, 0,
         "go", "{\"pressed\":[\"message\"],\"sensors\":{},\"values\":{}}"},
        {"message", "{\"option\":\"message\",\"kind\":\"press\",\"value\":\"go\"}", OPTION_TEXT, 0,
         "ready", "{\"pressed\":[],\"sensors\":{},\"values\":{}}"},
        {"idle", "{\"option\":\"idle\",\"kind\":\"button\",\"value\":\"false\"}", OPTION_BOOL, 0,
         "", "{\"pressed\":[\"idle\"],\"sensors\":{},\"values\":{}}"},
        {"scan", "{\"option\":\"scan\",\"kind\":\"nothing\"}", OPTION_BOOL, 1, "",
         "{\"pressed\":[],\"sensors\":{},\"values\":{}}"},
        {"scan", "{\"option\":\"scan\",\"kind\":\"sensor\"}", OPTION_BOOL, 1, "",
         "{\"pressed\":[],\"sensors\":{\"scan\":true},\"values\":{}}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct device device = {.backend = "unheard-of", .quirks.no_buttons = "*"};
        struct buttons_debounce memory = {0};
        struct panel_rules rules;
        AUTO(mem) char *list = mem_printf("[%s]", cases[i].rule);
        struct js *parsed;
        assert_int_equal(js_parse(list, strlen(list), &parsed, NULL), ERR_OK);
        assert_int_equal(panel_rules_read(parsed, &rules, NULL), ERR_OK);
        js_free(parsed);
        device_add_sensor(&device, cases[i].option, cases[i].type);
        device_put(&device, cases[i].option, cases[i].number);
        device_put_text(&device, cases[i].option, cases[i].text);
        AUTO(js) struct js *round = buttons_poll(&device, &rules, &memory, ROUND_US);
        AUTO(mem) char *text = js_dump(round);
        assert_string_equal(text, cases[i].wanted);
    }
}

static void a_rule_that_makes_no_sense_is_named(void **state)
{
    (void)state;
    struct panel_rules rules = {.count = 7};
    struct err err = ERR_INIT;
    AUTO(js)
    struct js *list = js_pack("[{s:s, s:s}, {s:s, s:s}]", "option", "scan", "kind", "press",
                              "option", "scan", "kind", "lever");
    assert_int_equal(panel_rules_read(list, &rules, &err), ERR_BAD_ARGUMENT);
    assert_non_null(strstr(err.detail, "rule 2"));
    assert_int_equal(rules.count, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_press_counts_once),
        cmocka_unit_test(buttons_do_not_hide_each_other),
        cmocka_unit_test(each_option_is_read_once_a_round),
        cmocka_unit_test(presses_come_as_bool_number_or_text),
        cmocka_unit_test(paper_in_the_feeder_has_one_name),
        cmocka_unit_test(a_quirk_takes_buttons_away),
        cmocka_unit_test(rules_of_a_machine_go_before_the_table),
        cmocka_unit_test(a_rule_that_makes_no_sense_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
