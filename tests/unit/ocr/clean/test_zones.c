#include "ocr/clean/zones.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_PIECES 2000

static int add_line(struct rect_mm *pieces, int count, double left, double right, double y)
{
    for (double x = left; x + 2 <= right; x += 2.4)
        pieces[count++] = (struct rect_mm){x, y, 2, 2.5};
    return count;
}

static void a_head_of_two_columns_is_found(void **state)
{
    (void)state;
    struct rect_mm pieces[MAX_PIECES];
    int count = 0;
    for (int line = 0; line < 4; line++) {
        count = add_line(pieces, count, 25, 80, 20 + 6 * line);
        count = add_line(pieces, count, 95, 190, 20 + 6 * line);
    }
    for (int line = 0; line < 20; line++)
        count = add_line(pieces, count, 30, 190, 60 + 7 * line);
    struct zones zones;
    zones_find(pieces, count, (struct size_mm){210, 297}, &zones);
    assert_int_equal(zones.count, 3);
    assert_int_equal(zones.item[0].kind, ZONE_HEAD_LEFT);
    assert_true(zones.item[0].box.w > 80 && zones.item[0].box.w < 95);
    assert_int_equal(zones.item[2].kind, ZONE_BODY);
    assert_true(zones.item[2].box.y > 41 && zones.item[2].box.y < 62);
}

static void one_column_is_only_a_body(void **state)
{
    (void)state;
    struct rect_mm pieces[MAX_PIECES];
    int count = 0;
    for (int line = 0; line < 20; line++)
        count = add_line(pieces, count, 30, 190, 20 + 7 * line);
    struct zones zones;
    zones_find(pieces, count, (struct size_mm){210, 297}, &zones);
    assert_int_equal(zones.count, 1);
    assert_int_equal(zones.item[0].kind, ZONE_BODY);
    zones_find(pieces, 0, (struct size_mm){210, 297}, &zones);
    assert_int_equal(zones.count, 0);
}

static void zones_survive_json(void **state)
{
    (void)state;
    struct zones zones = {
        .item = {{ZONE_HEAD_LEFT, {0, 20, 88.5, 36}}, {ZONE_BODY, {0, 56, 210, 240}}}, .count = 2};
    struct zones back;
    AUTO(js) struct js *value = zones_to_js(&zones);
    assert_int_equal(zones_from_js(value, &back, NULL), ERR_OK);
    assert_int_equal(back.count, 2);
    assert_int_equal(back.item[1].kind, ZONE_BODY);
    assert_float_equal(back.item[0].box.w, 88.5, 0.01);
}

static void strange_zones_are_passed_over_or_named(void **state)
{
    (void)state;
    struct zones zones;
    AUTO(js) struct js *unknown = NULL;
    AUTO(js) struct js *bad = NULL;
    static const char one[] = "[{\"kind\":\"margin\",\"box_mm\":[0,0,1,1]}]";
    static const char two[] = "[{\"kind\":\"body\"}]";
    assert_int_equal(js_parse(one, sizeof one - 1, &unknown, NULL), ERR_OK);
    assert_int_equal(js_parse(two, sizeof two - 1, &bad, NULL), ERR_OK);
    assert_int_equal(zones_from_js(unknown, &zones, NULL), ERR_OK);
    assert_int_equal(zones.count, 0);
    assert_int_equal(zones_from_js(bad, &zones, NULL), ERR_BAD_JSON);
    assert_int_equal(zones_from_js(NULL, &zones, NULL), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_of_two_columns_is_found),
        cmocka_unit_test(one_column_is_only_a_body),
        cmocka_unit_test(zones_survive_json),
        cmocka_unit_test(strange_zones_are_passed_over_or_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
