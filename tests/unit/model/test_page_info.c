#include "tests/harness/test.h"

#include "daemon/model/page_info.h"

static void it_comes_back_from_json_as_it_went(void **state)
{
    (void)state;
    AUTO(page_info)
    struct page_info info = {.width_px = 2480,
                             .height_px = 3508,
                             .dpi = 300,
                             .dpi_source = DPI_PAPER,
                             .rotation_deg = 180,
                             .skew_deg = -0.7,
                             .size = {210, 297},
                             .verdict = "poor",
                             .reasons = {"blurred"},
                             .reason_count = 1,
                             .code_count = 1};
    strcpy(info.codes[0].kind, "QR");
    info.codes[0].text = mem_strdup("H56.14-240823-0001");
    AUTO(js) struct js *json = page_info_to_js(&info);
    AUTO(page_info) struct page_info again = {0};
    assert_int_equal(page_info_from_js(json, &again, NULL), ERR_OK);
    assert_int_equal(again.rotation_deg, 180);
    assert_int_equal(again.dpi_source, DPI_PAPER);
    assert_string_equal(again.reasons[0], "blurred");
    assert_string_equal(again.codes[0].text, "H56.14-240823-0001");
}

static void impossible_pages_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "{}",
        "{\"width_px\":0,\"height_px\":1,\"rotation_deg\":0,\"dpi\":300,\"skew_deg\":0,\"width_"
        "mm\":1,"
        "\"height_mm\":1,\"blank\":false}",
        "{\"width_px\":1,\"height_px\":1,\"rotation_deg\":45,\"dpi\":300,\"skew_deg\":0,\"width_"
        "mm\":1,"
        "\"height_mm\":1,\"blank\":false}",
        "{\"width_px\":1,\"height_px\":1,\"rotation_deg\":0,\"dpi\":0,\"skew_deg\":0,\"width_mm\":"
        "1,"
        "\"height_mm\":1,\"blank\":false}",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *json = NULL;
        AUTO(page_info) struct page_info info = {0};
        js_parse(cases[i], strlen(cases[i]), &json, NULL);
        assert_int_equal(page_info_from_js(json, &info, NULL), ERR_BAD_JSON);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_back_from_json_as_it_went),
        cmocka_unit_test(impossible_pages_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
