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
                             .papers = {{{85.62, 53.9}, {10, 20, 86, 55}}},
                             .paper_count = 1,
                             .zones = mem_array(2, sizeof *info.zones),
                             .zone_count = 2,
                             .code_count = 1};
    info.zones[0] = (struct page_zone){PAGE_ZONE_TITLE, {60, 50, 90, 7}, .confidence = 0.9};
    info.zones[1] = (struct page_zone){PAGE_ZONE_CELL, {30, 90, 60, 8}, 0.95, 2, 3, 1, 1, 4};
    strcpy(info.codes[0].kind, "QR");
    info.codes[0].text = mem_strdup("H56.14-240823-0001");
    AUTO(js) struct js *json = page_info_to_js(&info);
    AUTO(page_info) struct page_info again = {0};
    assert_int_equal(page_info_from_js(json, &again, NULL), ERR_OK);
    assert_int_equal(again.rotation_deg, 180);
    assert_int_equal(again.dpi_source, DPI_PAPER);
    assert_string_equal(again.reasons[0], "blurred");
    assert_string_equal(again.codes[0].text, "H56.14-240823-0001");
    assert_string_equal(js_text_or(json, "papers[0].size", ""), "ID-1");
    assert_int_equal(again.paper_count, 1);
    assert_float_equal(again.papers[0].sides.w, 85.6, 0.01);
    assert_float_equal(again.papers[0].box.y, 20, 0.01);
    assert_string_equal(js_text_or(json, "zones[0].kind", ""), "title");
    assert_int_equal(again.zone_count, 2);
    assert_int_equal(again.zones[0].kind, PAGE_ZONE_TITLE);
    assert_float_equal(again.zones[0].confidence, 0.9, 0.001);
    assert_float_equal(again.zones[1].box.w, 60, 0.01);
    assert_int_equal(again.zones[1].table, 2);
    assert_int_equal(again.zones[1].row, 3);
    assert_int_equal(again.zones[1].columns, 4);
}

static void a_size_is_named_either_way_round_or_not_at_all(void **state)
{
    static const struct {
        double w, h;
        const char *name;
    } cases[] = {{210, 297, "A4"},      {296, 211.5, "A4"},       {148, 210, "A5"},
                 {54, 85.6, "ID-1"},    {215.9, 279.4, "Letter"}, {210, 290, PAPER_OTHER},
                 {86, 108, PAPER_OTHER}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(paper_size_name((struct size_mm){cases[i].w, cases[i].h}),
                            cases[i].name);
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
        cmocka_unit_test(a_size_is_named_either_way_round_or_not_at_all),
        cmocka_unit_test(impossible_pages_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
