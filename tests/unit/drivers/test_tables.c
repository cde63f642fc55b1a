#include "drivers/buttons.h"
#include "drivers/quirks.h"
#include "drivers/sane_device.h"
#include "drivers/source_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_sane_status_has_its_error(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum device_step step;
        enum err_code code;
    } cases[] = {
        {0, DEVICE_START, ERR_OK},
        {1, DEVICE_START, ERR_SCANNER_UNSUPPORTED},
        {2, DEVICE_READ, ERR_CANCELLED},
        {3, DEVICE_OPEN, ERR_DEVICE_BUSY},
        {4, DEVICE_OPEN, ERR_UNKNOWN_DEVICE},
        {4, DEVICE_OPTION, ERR_OPTION_REFUSED},
        {4, DEVICE_START, ERR_OPTION_REFUSED},
        {4, DEVICE_READ, ERR_SCANNER_IO},
        {5, DEVICE_START, ERR_SCANNER_IO},
        {6, DEVICE_READ, ERR_FEEDER_JAM},
        {7, DEVICE_START, ERR_FEEDER_EMPTY},
        {8, DEVICE_START, ERR_COVER_OPEN},
        {9, DEVICE_READ, ERR_SCANNER_IO},
        {10, DEVICE_READ, ERR_NO_MEMORY},
        {11, DEVICE_OPEN, ERR_DEVICE_DENIED},
        {12, DEVICE_START, ERR_WARMING_UP},
        {13, DEVICE_START, ERR_DEVICE_LOCKED},
        {14, DEVICE_READ, ERR_SCANNER_IO},
        {-1, DEVICE_READ, ERR_SCANNER_IO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(device_status_error(cases[i].status, cases[i].step), cases[i].code);
}

static void a_number_goes_to_what_the_device_takes(void **state)
{
    (void)state;
    double list[] = {600, 75, 150, 300};
    const struct option range = {.limit = LIMIT_RANGE, .min = 50, .max = 600, .step = 25};
    const struct option free_range = {.limit = LIMIT_RANGE, .min = 0, .max = 215.9};
    const struct option numbers = {.limit = LIMIT_NUMBERS, .numbers = list, .limit_count = 4};
    const struct option any = {.limit = LIMIT_NONE};
    const struct {
        const struct option *option;
        double wanted, taken;
    } cases[] = {
        {&range, 300, 300},        {&range, 310, 300},    {&range, 1, 50},
        {&range, 9999, 600},       {&numbers, 300, 300},  {&numbers, 200, 300},
        {&numbers, 1, 75},         {&numbers, 1200, 600}, {&free_range, 210, 210},
        {&free_range, 400, 215.9}, {&any, 77, 77},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(option_nearest_number(cases[i].option, cases[i].wanted) == cases[i].taken);
}

static void sources_of_all_backends_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum scan_source source;
    } cases[] = {
        {"Flatbed", SOURCE_FLATBED},
        {"fb", SOURCE_FLATBED},
        {"Normal", SOURCE_FLATBED},
        {"ADF Front", SOURCE_ADF},
        {"adf", SOURCE_ADF},
        {"Automatic Document Feeder", SOURCE_ADF},
        {"Document Feeder", SOURCE_ADF},
        {"ADF Duplex", SOURCE_DUPLEX},
        {"Duplex ADF", SOURCE_DUPLEX},
        {"ADF Back", SOURCE_UNSET},
        {"Transparency Unit", SOURCE_UNSET},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(source_from_candidate(cases[i].name), cases[i].source);
    for (enum scan_source s = SOURCE_FLATBED; s <= SOURCE_DUPLEX; s++) {
        enum scan_source back = SOURCE_UNSET;
        assert_true(scan_source_from_name(scan_source_name(s), &back));
        assert_int_equal(back, s);
        assert_int_equal(source_from_candidate(source_candidate(s, 0)), s);
    }
    enum scan_source untouched = SOURCE_ADF;
    assert_false(scan_source_from_name("Flatbed Transparency", &untouched));
    assert_int_equal(untouched, SOURCE_ADF);
}

static void only_a_readable_sensor_is_a_button(void **state)
{
    (void)state;
    const struct option sensor = {
        .type = OPTION_BOOL, .active = true, .readable = true, .value_count = 1};
    static const struct {
        const char *backend, *name;
        bool is_button;
    } cases[] = {
        {"genesys", "scan", true},        {"genesys", "pdf4", true},
        {"plustek", "button 3", true},    {"plustek", "button 9", false},
        {"pixma", "button-1", true},      {"fujitsu", "page-loaded", false},
        {"avision", "message", true},     {"genesys", "message", false},
        {"rts8891", "button-copy", true}, {"sohoasim", "scan", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct option option = sensor;
        option.name = (char *)cases[i].name;
        assert_int_equal(button_is(cases[i].backend, &option), cases[i].is_button);
        option.active = false;
        assert_false(button_is(cases[i].backend, &option));
        option.active = true;
        option.settable = true;
        assert_false(button_is(cases[i].backend, &option));
    }
}

static void a_press_is_read_from_any_type(void **state)
{
    (void)state;
    const struct {
        struct js *value;
        bool pressed;
    } cases[] = {
        {js_bool(true), true},   {js_bool(false), false},  {js_int(0), false},   {js_int(2), true},
        {js_text("scan"), true}, {js_text("none"), false}, {js_text(""), false}, {js_null(), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(button_value_is_pressed(cases[i].value), cases[i].pressed);
        js_free(cases[i].value);
    }
}

static void every_quirk_says_why_and_whence(void **state)
{
    (void)state;
    for (const struct quirk *quirk = quirks; quirk->device; quirk++)
        assert_true(strlen(quirk->reason) > 10 && strlen(quirk->source) > 10);
    assert_true(quirk_applies("pnm:0", QUIRK_CANCEL_BETWEEN_PAGES));
    assert_false(quirk_applies("test:0", QUIRK_CANCEL_BETWEEN_PAGES));
    assert_true(quirk_applies("smfp:net;10.0.0.9", QUIRK_BUSY_MEANS_OFF));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sane_status_has_its_error),
        cmocka_unit_test(a_number_goes_to_what_the_device_takes),
        cmocka_unit_test(sources_of_all_backends_are_known),
        cmocka_unit_test(only_a_readable_sensor_is_a_button),
        cmocka_unit_test(a_press_is_read_from_any_type),
        cmocka_unit_test(every_quirk_says_why_and_whence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
