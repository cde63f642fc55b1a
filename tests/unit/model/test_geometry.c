#include "tests/harness/test.h"

#include "daemon/model/geometry.h"

#include <math.h>

static const struct size_mm a4 = {210, 297};

static void assert_near(double a, double b)
{
    if (fabs(a - b) > 1e-6)
        fail_msg("%f is not %f", a, b);
}

static void text_that_rises_to_the_right_is_level_after_deskewing(void **state)
{
    (void)state;
    /* a line through the centre that rises 2 degrees counter-clockwise: y points down */
    double angle = 2 * M_PI / 180;
    struct point_mm left = {105 - 50 * cos(angle), 148.5 + 50 * sin(angle)};
    struct point_mm right = {105 + 50 * cos(angle), 148.5 - 50 * sin(angle)};
    struct point_mm a = point_deskewed_from_upright(left, a4, 2);
    struct point_mm b = point_deskewed_from_upright(right, a4, 2);
    assert_near(a.y, b.y);
    assert_near(b.x - a.x, 100);
}

static void there_and_back_is_the_same_place(void **state)
{
    (void)state;
    struct point_mm p = {30, 40};
    struct point_mm q =
        point_upright_from_deskewed(point_deskewed_from_upright(p, a4, -3.7), a4, -3.7);
    assert_near(q.x, p.x);
    assert_near(q.y, p.y);
}

static void a_turned_box_grows_to_hold_its_corners_and_stays_on_the_page(void **state)
{
    (void)state;
    struct rect_mm box = rect_upright_from_deskewed((struct rect_mm){60, 60, 40, 5}, a4, 3);
    assert_true(box.w > 39.9 && box.h > 5);
    box = rect_upright_from_deskewed((struct rect_mm){0, 0, 210, 297}, a4, 5);
    assert_near(box.x, 0);
    assert_near(box.y + box.h, 297);
}

static void union_and_overlap(void **state)
{
    (void)state;
    struct rect_mm a = {10, 10, 10, 10}, b = {15, 15, 10, 10}, none = {0};
    struct rect_mm u = rect_union(a, b);
    assert_near(u.w, 15);
    assert_near(rect_union(none, b).x, 15);
    assert_near(rect_overlap_mm2(a, b), 25);
    assert_near(rect_overlap_mm2(a, (struct rect_mm){50, 50, 1, 1}), 0);
}

static void boxes_travel_as_tenths(void **state)
{
    (void)state;
    AUTO(js) struct js *json = js_object();
    js_set(json, "box_mm", rect_to_js((struct rect_mm){30.14, 34, 41.27, 5.06}));
    struct rect_mm box;
    assert_int_equal(rect_from_js(json, "box_mm", &box, NULL), ERR_OK);
    assert_near(box.x, 30.1);
    assert_near(box.w, 41.3);
    struct err err = ERR_INIT;
    AUTO(js) struct js *bad = js_pack("{s:[f,f,s,f]}", "b", 1.0, 2.0, "x", 4.0);
    assert_int_equal(rect_from_js(bad, "b", &box, &err), ERR_BAD_JSON);
    assert_non_null(strstr(err.detail, "'b[2]'"));
}

static void a_box_of_the_upright_page_goes_back_to_the_level_one(void **state)
{
    (void)state;
    static const double skews[] = {0, -0.7, 5};
    for (size_t i = 0; i < sizeof skews / sizeof *skews; i++) {
        struct rect_mm level = {60, 120, 80, 9};
        struct rect_mm box = rect_deskewed_from_upright(
            rect_upright_from_deskewed(level, a4, skews[i]), a4, skews[i]);
        assert_float_equal(box.x, level.x, 0.01);
        assert_float_equal(box.y, level.y, 0.01);
        assert_float_equal(box.w, level.w, 0.01);
        assert_float_equal(box.h, level.h, 0.01);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_that_rises_to_the_right_is_level_after_deskewing),
        cmocka_unit_test(there_and_back_is_the_same_place),
        cmocka_unit_test(a_turned_box_grows_to_hold_its_corners_and_stays_on_the_page),
        cmocka_unit_test(union_and_overlap),
        cmocka_unit_test(boxes_travel_as_tenths),
        cmocka_unit_test(a_box_of_the_upright_page_goes_back_to_the_level_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
