#include "daemon/base/mem.h"
#include "drivers/source_choice.h"
#include "tests/unit/drivers/paper_device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char *both[] = {"Flatbed", "ADF", "ADF Duplex"};
static const char *glass[] = {"Flatbed"};
static const char *two_sides[] = {"Flatbed", "ADF Duplex"};
static const char *feeder[] = {"ADF", "ADF Duplex"};

static void the_machine_says_where_the_paper_is(void **state)
{
    (void)state;
    static const struct {
        const char *backend;
        const char **sources;
        size_t count;
        const char *sensor;
        double value;
        enum scan_source chosen;
    } cases[] = {
        {"sohoasim", both, 3, "page-loaded", 1, SOURCE_ADF},
        {"sohoasim", both, 3, "page-loaded", 0, SOURCE_FLATBED},
        {"pixma", both, 3, "adf-status", 2, SOURCE_ADF},
        {"pixma", both, 3, "adf-status", 1, SOURCE_FLATBED}, /* empty */
        {"sohoasim", two_sides, 2, "page-loaded", 1, SOURCE_DUPLEX},
        {"sohoasim", glass, 1, "page-loaded", 1, SOURCE_UNSET},
        {"sohoasim", feeder, 2, "page-loaded", 1, SOURCE_UNSET},
        {"sohoasim", both, 3, "cover-open", 1, SOURCE_UNSET}, /* says nothing of paper */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct device device = {.backend = cases[i].backend};
        const struct panel_rules none = {0};
        device_add_list(&device, "source", cases[i].sources, cases[i].count);
        device_add_sensor(&device, cases[i].sensor, OPTION_INT);
        device_put(&device, cases[i].sensor, cases[i].value);
        if (source_by_paper(&device, &none) != cases[i].chosen)
            fail_msg("case %zu", i);
    }
}

static void nothing_but_the_paper_s_sensor_is_read(void **state)
{
    (void)state;
    struct device device = {.backend = "fujitsu", .clears_on_read = true};
    const struct panel_rules none = {0};
    device_add_list(&device, "source", both, 3);
    device_add_sensor(&device, "scan", OPTION_BOOL);
    device_add_sensor(&device, "page-loaded", OPTION_BOOL);
    device_add_sensor(&device, "cover-open", OPTION_BOOL);
    device_put(&device, "page-loaded", 1);
    assert_int_equal(source_by_paper(&device, &none), SOURCE_ADF);
    static const int reads[] = {0, 0, 1, 0};
    assert_memory_equal(device.reads, reads, sizeof reads);
}

static void a_sensor_that_staff_know_to_lie_is_not_asked(void **state)
{
    (void)state;
    struct device device = {.backend = "sohoasim"};
    AUTO(js) struct js *list = js_pack("[{s:s, s:s}]", "option", "page-loaded", "kind", "nothing");
    struct panel_rules rules;
    assert_int_equal(panel_rules_read(list, &rules, NULL), ERR_OK);
    device_add_list(&device, "source", both, 3);
    device_add_sensor(&device, "page-loaded", OPTION_BOOL);
    device_put(&device, "page-loaded", 1);
    assert_int_equal(source_by_paper(&device, &rules), SOURCE_UNSET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_machine_says_where_the_paper_is),
        cmocka_unit_test(nothing_but_the_paper_s_sensor_is_read),
        cmocka_unit_test(a_sensor_that_staff_know_to_lie_is_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
