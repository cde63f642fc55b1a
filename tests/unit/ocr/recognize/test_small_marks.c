#include "daemon/base/mem.h"
#include "ocr/recognize/small_marks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A word of three letters without ascenders but the first, its baseline at 60 px, 36 px high. */
#define LINE 60
#define HEIGHT 36
#define PX_PER_MM 12.0

struct strip {
    struct recognition_image image;
    struct words words;
};

static void strip_auto(struct strip *strip)
{
    recognition_image_done(&strip->image);
    words_done(&strip->words);
}

static void ink(struct strip *strip, int x, int y, int w, int h, uint8_t tone)
{
    for (int row = y; row < y + h; row++)
        memset(raster_row(strip->image.grey, row) + x, tone, (size_t)w);
}

static void disc(struct strip *strip, double x, double y, double radius, uint8_t tone)
{
    for (int row = 0; row < strip->image.grey->height; row++)
        for (int column = 0; column < strip->image.grey->width; column++)
            if (hypot(column + 0.5 - x, row + 0.5 - y) <= radius)
                raster_row(strip->image.grey, row)[column] = tone;
}

/* A hook above: a bow open to the left, with a tail. */
static void hook(struct strip *strip, int x, int y, uint8_t tone)
{
    ink(strip, x, y, 7, 2, tone);
    ink(strip, x + 6, y + 1, 2, 4, tone);
    ink(strip, x + 3, y + 4, 4, 2, tone);
    ink(strip, x + 3, y + 6, 2, 2, tone);
}

static void make_strip(struct strip *strip, const char *before, const char *text)
{
    *strip = (struct strip){.image = {.px_per_mm = PX_PER_MM}};
    assert_int_equal(raster_new(200, 100, 1, &strip->image.grey, NULL), ERR_OK);
    words_init(&strip->words, (struct size_mm){20, 10}, 0);
    struct rect_mm box = {40 / PX_PER_MM, (LINE - HEIGHT) / PX_PER_MM, 62 / PX_PER_MM,
                          HEIGHT / PX_PER_MM};
    if (before)
        assert_int_equal(words_add(&strip->words, before, 0.96,
                                   (struct rect_mm){0, box.y, 30 / PX_PER_MM, box.h},
                                   LINE / PX_PER_MM, 0, 0, NULL),
                         ERR_OK);
    assert_int_equal(words_add(&strip->words, text, 0.96, box, LINE / PX_PER_MM, 0, 0, NULL),
                     ERR_OK);
    ink(strip, 42, LINE - HEIGHT, 16, HEIGHT, 20); /* a capital */
    ink(strip, 64, LINE - 24, 8, 24, 20);          /* the i */
    ink(strip, 78, LINE - 24, 8, 24, 20);
}

static const char *settled(struct strip *strip)
{
    assert_int_equal(small_marks_settle(&strip->image, &strip->words, NULL), ERR_OK);
    return strip->words.item[strip->words.count - 1].text;
}

static void a_round_dot_over_an_i_is_no_hook(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Chỉ", "Chi"}, {"Mính:", "Minh:"}, {"Thì", "Thi"}, {"Chỉếu", "Chỉếu"}, {"Hà", "Hà"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(strip) struct strip strip;
        make_strip(&strip, NULL, cases[i][0]);
        disc(&strip, 68, LINE - 32, 3.5, 20);
        assert_string_equal(settled(&strip), cases[i][1]);
    }
}

static void a_hook_over_an_i_stays(void **state)
{
    (void)state;
    static const uint8_t tones[] = {20, 120, 180}; /* a faded one too */
    for (size_t i = 0; i < sizeof tones; i++) {
        AUTO(strip) struct strip strip;
        make_strip(&strip, NULL, "Chỉ");
        hook(&strip, 64, LINE - 36, tones[i]);
        assert_string_equal(settled(&strip), "Chỉ");
    }
    AUTO(strip) struct strip dirty;
    make_strip(&dirty, NULL, "Chỉ"); /* a hook of which one of two specks may be a part */
    disc(&dirty, 68, LINE - 32, 3.5, 20);
    disc(&dirty, 90, LINE - 34, 3.5, 20);
    assert_string_equal(settled(&dirty), "Chỉ");
    AUTO(strip) struct strip bare;
    make_strip(&bare, NULL, "Chỉ"); /* nothing there at all: the eye may have seen more */
    assert_string_equal(settled(&bare), "Chỉ");
}

/* A hook of three pixels is a round blot once it is enlarged, and in coarse print already. */
static void where_a_hook_may_look_round_it_stays(void **state)
{
    (void)state;
    AUTO(strip) struct strip soft;
    make_strip(&soft, NULL, "Chỉ");
    disc(&soft, 68, LINE - 32, 5, 160);
    disc(&soft, 68, LINE - 32, 3.5, 20);
    assert_string_equal(settled(&soft), "Chỉ");
    AUTO(strip) struct strip coarse;
    make_strip(&coarse, NULL, "Chỉ");
    coarse.words.item[0].box.y += 8 / PX_PER_MM;
    disc(&coarse, 68, LINE - 29, 3, 20);
    assert_string_equal(settled(&coarse), "Chỉ");
}

static void a_dot_below_needs_ink_below(void **state)
{
    (void)state;
    static const struct {
        const char *text, *settled;
        uint8_t dot; /* 255: none */
    } cases[] = {
        {"Vị", "Vi", 255}, {"Vị", "Vị", 20},    {"Vị", "Vị", 170},
        {"ẠN", "AN", 255}, {"Lập", "Lập", 255}, {"Vị,", "Vị,", 255},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(strip) struct strip strip;
        make_strip(&strip, NULL, cases[i].text);
        if (cases[i].dot < 255)
            disc(&strip, 68, LINE + 6, 3, cases[i].dot);
        if (strcmp(settled(&strip), cases[i].settled) != 0)
            fail_msg("'%s' with a dot of tone %d became '%s'", cases[i].text, cases[i].dot,
                     strip.words.item[0].text);
    }
}

/* An underline draws the baseline down: the letters themselves say where they end. */
static void a_baseline_that_lies_too_low_takes_no_dot(void **state)
{
    (void)state;
    AUTO(strip) struct strip strip;
    make_strip(&strip, NULL, "Độc");
    disc(&strip, 68, LINE + 6, 3, 20);
    strip.words.item[0].baseline_mm += 9 / PX_PER_MM;
    assert_string_equal(settled(&strip), "Độc");
}

static void a_raised_2_behind_metres_is_a_square(void **state)
{
    (void)state;
    static const struct {
        const char *before, *text, *settled;
        int bottom; /* of the digit, above the line */
    } cases[] = {
        {"272,3", "m2", "m²", 20}, {"66", "m?;", "m²;", 20}, {"5", "km2.", "km².", 20},
        {"12", "m3", "m³", 20},    {"272,3", "m2", "m2", 0}, {"tầng", "m2", "m2", 20},
        {NULL, "m2", "m2", 20},    {"66", "mm2", "mm2", 20}, {"66", "m25", "m25", 20},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(strip) struct strip strip;
        make_strip(&strip, cases[i].before, cases[i].text);
        ink(&strip, 90, LINE - cases[i].bottom - 14, 8, 14, 20);
        if (strcmp(settled(&strip), cases[i].settled) != 0)
            fail_msg("'%s' behind '%s' became '%s'", cases[i].text,
                     cases[i].before ? cases[i].before : "", settled(&strip));
    }
}

static void what_the_ink_changed_is_not_quite_sure(void **state)
{
    (void)state;
    AUTO(strip) struct strip strip;
    make_strip(&strip, NULL, "Chỉ");
    disc(&strip, 68, LINE - 32, 3.5, 20);
    settled(&strip);
    assert_float_equal(strip.words.item[0].confidence, 0.9, 0.001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_dot_over_an_i_is_no_hook),
        cmocka_unit_test(a_hook_over_an_i_stays),
        cmocka_unit_test(where_a_hook_may_look_round_it_stays),
        cmocka_unit_test(a_dot_below_needs_ink_below),
        cmocka_unit_test(a_baseline_that_lies_too_low_takes_no_dot),
        cmocka_unit_test(a_raised_2_behind_metres_is_a_square),
        cmocka_unit_test(what_the_ink_changed_is_not_quite_sure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
