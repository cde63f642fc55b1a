#include "tests/harness/test.h"

#include "daemon/model/page_cut.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"

#include <math.h>
#include <string.h>

static struct js *parsed(const char *text)
{
    struct js *value = NULL;
    assert_int_equal(js_parse(text, strlen(text), &value, NULL), ERR_OK);
    return value;
}

static void expect_box(const struct js *root, const char *path, double x, double y, double w,
                       double h)
{
    struct rect_mm box;
    assert_int_equal(rect_from_js(root, path, &box, NULL), ERR_OK);
    if (fabs(box.x - x) > 0.01 || fabs(box.y - y) > 0.01 || box.w != w || box.h != h)
        fail_msg("%s: %.1f %.1f %.1f %.1f", path, box.x, box.y, box.w, box.h);
}

static void a_cut_comes_back_from_json_as_it_went(void **state)
{
    (void)state;
    AUTO(page_info)
    struct page_info info = {.width_px = 2551,
                             .height_px = 3508,
                             .dpi = 300,
                             .size = {216, 297},
                             .cut = {24.7, 19.7, 88, 58.6}};
    AUTO(js) struct js *json = page_info_to_js(&info);
    AUTO(page_info) struct page_info again = {0};
    assert_int_equal(page_info_from_js(json, &again, NULL), ERR_OK);
    assert_float_equal(again.cut.x, 24.7, 0.001);
    assert_float_equal(again.cut.h, 58.6, 0.001);
    info.cut.w = 0;
    AUTO(js) struct js *whole = page_info_to_js(&info);
    assert_false(js_has(whole, PAGE_CUT_KEY));
}

static void every_box_of_a_page_is_seen_from_its_cut(void **state)
{
    (void)state;
    AUTO(js)
    struct js *page =
        parsed("{\"width_mm\":216,\"height_mm\":297,\"cut_mm\":[20,30,88,58.5],\"text\":\"a\","
               "\"codes\":[{\"kind\":\"QR\",\"box_mm\":[25.5,36,10,11]}],"
               "\"zones\":[{\"deeper\":{\"box_mm\":[20,30,1,2]}}],\"cards\":[[1,2,3,4]]}");
    AUTO(js) struct js *shown = page_cut_shown(page);
    assert_float_equal(js_real_or(shown, "width_mm", 0), 88, 0);
    assert_float_equal(js_real_or(shown, "height_mm", 0), 58.5, 0);
    expect_box(shown, "cut_mm", 20, 30, 88, 58.5); /* where it lies stays */
    expect_box(shown, "codes[0].box_mm", 5.5, 6, 10, 11);
    expect_box(shown, "zones[0].deeper.box_mm", 0, 0, 1, 2);
    expect_box(shown, "cards[0]", 1, 2, 3, 4);
    assert_string_equal(js_text_or(shown, "text", ""), "a");
    expect_box(page, "codes[0].box_mm", 25.5, 36, 10, 11); /* itself unchanged */
}

static void a_page_without_a_cut_is_shown_as_it_is(void **state)
{
    static const char *const pages[] = {"{\"width_mm\":210,\"box_mm\":[1,2,3,4]}",
                                        "{\"width_mm\":210,\"cut_mm\":null}",
                                        "{\"width_mm\":210,\"cut_mm\":[1,2]}", "null"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        AUTO(js) struct js *page = parsed(pages[i]);
        AUTO(js) struct js *shown = page_cut_shown(page);
        assert_true(js_equal(page, shown));
    }
}

static void fields_are_seen_from_the_page_they_stand_on(void **state)
{
    (void)state;
    AUTO(js)
    struct js *pages = parsed("[{\"width_mm\":210},{\"cut_mm\":[20,30,88,58]}]");
    AUTO(js)
    struct js *fields = parsed("{\"signer\":{\"value\":\"A\",\"page\":1,\"box_mm\":[50,60,7,8]},"
                               "\"owner_id\":{\"page\":2,\"box_mm\":[50,60,7,8]},"
                               "\"issuer\":{\"value\":null,\"needs_person\":true},"
                               "\"abstract\":{\"page\":9,\"box_mm\":[1,1,1,1]}}");
    AUTO(js) struct js *shown = page_cut_fields_shown(fields, pages);
    expect_box(shown, "signer.box_mm", 50, 60, 7, 8);
    expect_box(shown, "owner_id.box_mm", 30, 30, 7, 8);
    expect_box(shown, "abstract.box_mm", 1, 1, 1, 1);
    assert_int_equal(js_count(shown), 4);
    assert_string_equal(js_text_or(shown, "signer.value", ""), "A");
    AUTO(js) struct js *none = page_cut_fields_shown(NULL, pages);
    assert_int_equal(js_count(none), 0);
}

static void words_keep_their_places_on_the_paper(void **state)
{
    static const double skews[] = {0, 3, -7};
    const struct rect_mm part = {24, 19, 88, 58};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(skews); i++) {
        AUTO(words) struct words words;
        words_init(&words, (struct size_mm){216, 297}, skews[i]);
        struct rect_mm upright = {60, 40, 12, 4};
        struct rect_mm box = rect_deskewed_from_upright(upright, words.page, skews[i]);
        assert_int_equal(words_add(&words, "A", 1, box, box.y + 3, 0, 0, NULL), ERR_OK);
        struct rect_mm before = words_box_upright(&words, 0);
        words_cut(&words, part);
        struct rect_mm after = words_box_upright(&words, 0);
        assert_float_equal(after.x, before.x - part.x, 1e-6);
        assert_float_equal(after.y, before.y - part.y, 1e-6);
        assert_float_equal(after.w, before.w, 1e-6);
        assert_float_equal(words.item[0].baseline_mm - words.item[0].box.y, 3, 1e-6);
        assert_float_equal(words.page.w, 88, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_comes_back_from_json_as_it_went),
        cmocka_unit_test(every_box_of_a_page_is_seen_from_its_cut),
        cmocka_unit_test(a_page_without_a_cut_is_shown_as_it_is),
        cmocka_unit_test(fields_are_seen_from_the_page_they_stand_on),
        cmocka_unit_test(words_keep_their_places_on_the_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
