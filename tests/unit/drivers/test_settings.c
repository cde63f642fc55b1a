#include "daemon/base/mem.h"
#include "drivers/settings.h"
#include "tests/unit/drivers/paper_device.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *modes[] = {"Lineart", "Gray", "Color"};
static const char *fujitsu_sources[] = {"Flatbed", "ADF Front", "ADF Back", "ADF Duplex"};

static struct scan_settings apply(struct device *device, struct scan_settings wanted)
{
    struct scan_settings set = {0};
    struct err err = ERR_INIT;
    if (!wanted.resolution_dpi)
        wanted.resolution_dpi = 300;
    device->log[0] = 0;
    if (settings_apply(device, &wanted, &set, &err))
        fail_msg("%s: %s", err_name(err.code), err.detail);
    return set;
}

static enum err_code refused(struct device *device, struct scan_settings wanted)
{
    struct scan_settings set = {0};
    struct err err = ERR_INIT;
    wanted.resolution_dpi = 300;
    return settings_apply(device, &wanted, &set, &err);
}

static void options_are_set_in_the_order_backends_need(void **state)
{
    (void)state;
    struct device device = {0};
    device_add_area(&device, UNIT_MM, 221, 863);
    device_add_range(&device, "page-height", UNIT_MM, 863);
    device_add_range(&device, "page-width", UNIT_MM, 221);
    device_add_range(&device, "resolution", UNIT_DPI, 600);
    device_add_range(&device, "depth", UNIT_BIT, 16);
    device_add_switch(&device, "swskip");
    device_add_list(&device, "mode", modes, 3);
    device_add_list(&device, "source", fujitsu_sources, 4);
    AUTO(js) struct js *vendor = js_pack("{s:b}", "swskip", 1);
    struct scan_settings set =
        apply(&device, (struct scan_settings){.source = SOURCE_DUPLEX, .options = vendor});
    assert_string_equal(device.log,
                        "source=ADF Duplex mode=Color depth=8 swskip=yes resolution=300 "
                        "page-width=210 page-height=297 tl-x=0 tl-y=0 br-x=210 br-y=297 ");
    assert_int_equal(set.source, SOURCE_DUPLEX);
    assert_int_equal(set.mode, MODE_COLOR);
}

static void the_second_side_may_be_a_switch(void **state)
{
    (void)state;
    static const char *adf_modes[] = {"Simplex", "Duplex"};
    static const char *epson_sources[] = {"Flatbed", "Automatic Document Feeder"};
    static const char *kvs_sources[] = {"adf", "fb"};
    struct device epson = {0}, kvs = {0}, feeder_only = {0};
    device_add_list(&epson, "source", epson_sources, 2);
    device_add_list(&epson, "adf-mode", adf_modes, 2);
    device_add_list(&kvs, "source", kvs_sources, 2);
    device_add_switch(&kvs, "duplex");
    device_add_switch(&feeder_only, "duplex");
    struct {
        struct device *device;
        enum scan_source source;
        const char *log;
    } cases[] = {
        {&epson, SOURCE_DUPLEX, "source=Automatic Document Feeder adf-mode=Duplex "},
        {&epson, SOURCE_ADF, "source=Automatic Document Feeder adf-mode=Simplex "},
        {&epson, SOURCE_FLATBED, "source=Flatbed "},
        {&kvs, SOURCE_DUPLEX, "source=adf duplex=yes "},
        {&kvs, SOURCE_ADF, "source=adf duplex=no "},
        {&kvs, SOURCE_FLATBED, "source=fb "},
        {&feeder_only, SOURCE_DUPLEX, "duplex=yes "},
        {&feeder_only, SOURCE_ADF, "duplex=no "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scan_settings set =
            apply(cases[i].device, (struct scan_settings){.source = cases[i].source});
        assert_string_equal(cases[i].device->log, cases[i].log);
        assert_int_equal(set.source, cases[i].source);
    }
    assert_int_equal(refused(&feeder_only, (struct scan_settings){.source = SOURCE_FLATBED}),
                     ERR_OPTION_REFUSED);
}

static void sources_are_offered_in_our_words(void **state)
{
    (void)state;
    struct device fujitsu = {0}, plain = {0}, feeder_only = {0};
    device_add_list(&fujitsu, "source", fujitsu_sources, 4);
    device_add_switch(&feeder_only, "duplex");
    struct {
        const struct device *device;
        const char *sources;
    } cases[] = {{&fujitsu, "[\"flatbed\",\"adf\",\"duplex\"]"},
                 {&plain, "[\"flatbed\"]"},
                 {&feeder_only, "[\"adf\",\"duplex\"]"}};
    for (size_t i = 0; i < 3; i++) {
        AUTO(js) struct js *sources = settings_sources(cases[i].device);
        AUTO(mem) char *text = js_dump(sources);
        assert_string_equal(text, cases[i].sources);
    }
    assert_int_equal(refused(&plain, (struct scan_settings){.source = SOURCE_ADF}),
                     ERR_OPTION_REFUSED);
}

static void without_a_source_the_device_stays_as_it_stands(void **state)
{
    (void)state;
    struct device device = {0};
    device_add_list(&device, "source", fujitsu_sources, 4);
    strcpy(device.texts[0], "ADF Duplex");
    assert_int_equal(apply(&device, (struct scan_settings){0}).source, SOURCE_DUPLEX);
    strcpy(device.texts[0], "ADF Back");
    assert_int_equal(apply(&device, (struct scan_settings){0}).source, SOURCE_UNSET);
}

static void lengths_in_pixels_come_back_in_millimetres(void **state)
{
    (void)state;
    struct device device = {0};
    device_add_range(&device, "resolution", UNIT_DPI, 254); /* ten pixels a millimetre */
    device_add_area(&device, UNIT_PIXEL, 2000, 2500);
    struct scan_settings wanted = {.has_area = true, .area = {10, 20, 30, 40}};
    struct scan_settings set = apply(&device, wanted);
    assert_string_equal(device.log, "resolution=254 tl-x=100 tl-y=200 br-x=400 br-y=600 ");
    assert_true(fabs(set.area.x - 10) < 1e-9 && fabs(set.area.y - 20) < 1e-9);
    assert_true(fabs(set.area.w - 30) < 1e-9 && fabs(set.area.h - 40) < 1e-9);
    set = apply(&device, (struct scan_settings){0}); /* A4, but the glass is 200 by 250 */
    assert_true(fabs(set.area.w - 200) < 1e-9 && fabs(set.area.h - 250) < 1e-9);
}

static void a_clipped_corner_is_set_again(void **state)
{
    (void)state;
    struct device device = {.clips_top_left = true};
    device_add_area(&device, UNIT_MM, 216, 297);
    device.numbers[2] = device.numbers[3] = 5; /* the area of the last scan was tiny */
    struct scan_settings wanted = {.has_area = true, .area = {50, 60, 70, 80}};
    struct scan_settings set = apply(&device, wanted);
    assert_true(set.area.x == 50 && set.area.y == 60 && set.area.w == 70 && set.area.h == 80);
}

static void resolution_may_be_two_options(void **state)
{
    (void)state;
    double list[] = {100, 200, 400};
    struct device device = {0};
    struct option numbers = {
        .type = OPTION_INT, .limit = LIMIT_NUMBERS, .numbers = list, .limit_count = 3};
    device_add(&device, "x-resolution", numbers);
    device_add(&device, "y-resolution", numbers);
    struct scan_settings set = apply(&device, (struct scan_settings){0});
    assert_string_equal(device.log, "x-resolution=400 y-resolution=400 ");
    assert_true(set.resolution_dpi == 400);
    device.options[1].limit_count = 2; /* 400 across, but only 200 down */
    assert_int_equal(refused(&device, (struct scan_settings){0}), ERR_OPTION_REFUSED);
}

static void lineart_may_be_grey_of_one_bit(void **state)
{
    (void)state;
    struct device device = {0};
    device_add_list(&device, "mode", modes + 1, 2);
    device_add_range(&device, "depth", UNIT_BIT, 16);
    apply(&device, (struct scan_settings){.mode = MODE_LINEART});
    assert_string_equal(device.log, "mode=Gray depth=1 ");
    static const char *only_color[] = {"Color"};
    struct device color = {0};
    device_add_list(&color, "mode", only_color, 1);
    assert_int_equal(refused(&color, (struct scan_settings){.mode = MODE_GRAY}),
                     ERR_OPTION_REFUSED);
}

static void a_depth_that_was_asked_must_be_had(void **state)
{
    (void)state;
    double list[] = {1, 8};
    struct device device = {0};
    device_add(&device, "depth",
               (struct option){
                   .type = OPTION_INT, .limit = LIMIT_NUMBERS, .numbers = list, .limit_count = 2});
    assert_int_equal(refused(&device, (struct scan_settings){.depth = 16}), ERR_OPTION_REFUSED);
    apply(&device, (struct scan_settings){.depth = 8});
}

static const char *plain_sources[] = {"Flatbed", "ADF"};

static struct device a4_machine(void)
{
    struct device device = {0};
    device_add_list(&device, "source", plain_sources, 2);
    device_add_range(&device, "resolution", UNIT_DPI, 600);
    device_add_area(&device, UNIT_MM, 215.9, 296.9);
    return device;
}

static void papers_have_their_size(void **state)
{
    (void)state;
    static const struct {
        enum paper paper;
        const char *name;
        double w, h;
    } cases[] = {
        {PAPER_A4, "a4", 210, 296.9}, /* the glass is a little shorter */
        {PAPER_A5, "a5", 148, 210},
        {PAPER_ID1, "id1", 90.6, 58.98}, /* a card never lies exactly in the corner */
        {PAPER_AUTO, "auto", 215.9, 296.9},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct device device = a4_machine();
        enum paper named = PAPER_UNSET;
        assert_true(paper_from_name(cases[i].name, &named));
        assert_int_equal(named, cases[i].paper);
        struct scan_settings set = apply(
            &device, (struct scan_settings){.source = SOURCE_FLATBED, .paper = cases[i].paper});
        assert_true(set.area.x == 0 && set.area.y == 0);
        assert_true(fabs(set.area.w - cases[i].w) < 0.01 && fabs(set.area.h - cases[i].h) < 0.01);
    }
    enum paper untouched = PAPER_A4;
    assert_false(paper_from_name("letter", &untouched));
    assert_int_equal(untouched, PAPER_A4);
}

static void a_paper_larger_than_the_glass_is_refused_by_name(void **state)
{
    (void)state;
    struct device device = a4_machine();
    struct scan_settings set;
    struct err err = ERR_INIT;
    struct scan_settings wanted = {
        .source = SOURCE_FLATBED, .paper = PAPER_A3, .resolution_dpi = 300};
    assert_int_equal(settings_apply(&device, &wanted, &set, &err), ERR_PAPER_TOO_LARGE);
    assert_non_null(strstr(err.detail, "'a3' is 297 x 420 mm, the glass of this scanner takes "
                                       "216 x 297 mm"));
    wanted.source = SOURCE_ADF;
    assert_int_equal(settings_apply(&device, &wanted, &set, &err), ERR_PAPER_TOO_LARGE);
    assert_non_null(strstr(err.detail, "the feeder"));
    struct device large = {0};
    device_add_area(&large, UNIT_MM, 304.8, 431.8);
    assert_true(apply(&large, (struct scan_settings){.paper = PAPER_A3}).area.h == 420);
    struct device silent = {0}; /* does not say how large it is */
    apply(&silent, (struct scan_settings){.paper = PAPER_A3});
}

static void automatic_paper_lets_the_feeder_measure(void **state)
{
    (void)state;
    struct device fujitsu = {0}, plain = a4_machine();
    device_add_list(&fujitsu, "source", fujitsu_sources, 4);
    device_add_switch(&fujitsu, "ald");
    device_add_range(&fujitsu, "page-width", UNIT_MM, 221);
    device_add_range(&fujitsu, "page-height", UNIT_MM, 863);
    device_add_area(&fujitsu, UNIT_MM, 221, 863);
    struct scan_settings set =
        apply(&fujitsu, (struct scan_settings){.source = SOURCE_ADF, .paper = PAPER_AUTO});
    assert_non_null(strstr(fujitsu.log, "ald=yes page-width=221 page-height=863 "));
    assert_true(set.area.h == 863);
    set = apply(&fujitsu, (struct scan_settings){.source = SOURCE_ADF, .paper = PAPER_A4});
    assert_non_null(strstr(fujitsu.log, "ald=no "));
    assert_true(set.area.h == 297);
    /* a feeder that cannot measure would give sheets of its longest length */
    device_put(&plain, "br-y", 0);
    plain.options[5].max = 3000;
    set = apply(&plain, (struct scan_settings){.source = SOURCE_ADF, .paper = PAPER_AUTO});
    assert_true(set.area.w == 210 && set.area.h == 297);
}

static void an_area_counts_before_the_paper(void **state)
{
    (void)state;
    struct device device = a4_machine();
    struct scan_settings set = apply(
        &device,
        (struct scan_settings){.paper = PAPER_A3, .has_area = true, .area = {10, 20, 85, 54}});
    assert_true(set.area.x == 10 && set.area.w == 85);
}

static void options_that_came_out_differently_are_named(void **state)
{
    (void)state;
    struct device device = a4_machine();
    double list[] = {75, 150, 300};
    device.options[1].limit = LIMIT_NUMBERS;
    device.options[1].numbers = list;
    device.options[1].limit_count = 3;
    struct scan_settings set = apply(&device, (struct scan_settings){.resolution_dpi = 300});
    assert_int_equal(set.inexact.count, 0); /* 296.9 instead of 297 mm is rounding */
    set = apply(&device, (struct scan_settings){
                             .resolution_dpi = 200, .has_area = true, .area = {0, 0, 215, 300}});
    AUTO(js) struct js *names = inexact_to_js(&set.inexact);
    AUTO(mem) char *text = js_dump(names);
    assert_string_equal(text, "[\"resolution\",\"br-y\"]");
}

static void an_option_set_again_and_taken_is_exact(void **state)
{
    (void)state;
    struct device device = {.clips_top_left = true};
    device_add_area(&device, UNIT_MM, 216, 297);
    device_put(&device, "br-x", 5);
    device_put(&device, "br-y", 5);
    struct scan_settings set =
        apply(&device, (struct scan_settings){.has_area = true, .area = {50, 60, 70, 80}});
    assert_int_equal(set.inexact.count, 0);
}

static void page_size_may_come_after_the_area(void **state)
{
    (void)state;
    struct device device = {.quirks.size_order = SIZE_AFTER_AREA};
    device_add_range(&device, "page-width", UNIT_MM, 221);
    device_add_range(&device, "page-height", UNIT_MM, 863);
    device_add_area(&device, UNIT_MM, 221, 863);
    apply(&device, (struct scan_settings){0});
    assert_string_equal(device.log,
                        "tl-x=0 tl-y=0 br-x=210 br-y=297 page-width=210 page-height=297 ");
}

static void an_area_of_ones_own_needs_paper_of_ones_own(void **state)
{
    (void)state;
    static const char *sizes[] = {"A4", "user_def"};
    struct device device = {0};
    device_add_list(&device, "paper-size", sizes, 2);
    device_add_area(&device, UNIT_MM, 216, 300);
    apply(&device, (struct scan_settings){0});
    assert_string_equal(device.log, "paper-size=user_def tl-x=0 tl-y=0 br-x=210 br-y=297 ");
}

static void a_feeder_is_told_that_a_pile_comes(void **state)
{
    (void)state;
    struct device device = {0};
    static const char *sources[] = {"Auto", "Flatbed", "ADF Simplex", "ADF Duplex"};
    device_add_list(&device, "doc-source", sources, 4);
    device_add_switch(&device, "batch-scan");
    apply(&device, (struct scan_settings){.source = SOURCE_DUPLEX});
    assert_string_equal(device.log, "doc-source=ADF Duplex batch-scan=yes ");
    assert_int_equal(apply(&device, (struct scan_settings){0}).source, SOURCE_DUPLEX);
    apply(&device, (struct scan_settings){.source = SOURCE_FLATBED});
    assert_string_equal(device.log, "doc-source=Flatbed batch-scan=no ");
}

static void the_largest_area_of_each_source_is_known(void **state)
{
    (void)state;
    struct device device = a4_machine();
    device_put_text(&device, "source", "ADF");
    device.log[0] = 0;
    AUTO(js) struct js *areas = settings_max_areas(&device);
    assert_int_equal(js_count(areas), 2);
    assert_true(js_real_or(areas, "flatbed[0]", 0) == 215.9);
    assert_true(js_real_or(areas, "adf[1]", 0) == 296.9);
    assert_string_equal(device.log, "source=Flatbed source=ADF "); /* and back */
    struct device odd = {0}; /* stands at a source without a meaning here */
    device_add_list(&odd, "source", fujitsu_sources, 4);
    device_add_area(&odd, UNIT_MM, 216, 297);
    device_put_text(&odd, "source", "ADF Back");
    AUTO(js) struct js *of_odd = settings_max_areas(&odd);
    assert_int_equal(js_count(of_odd), 3);
    assert_string_equal(odd.texts[0], "ADF Back");
    struct device pixels = {0};
    device_add_range(&pixels, "resolution", UNIT_DPI, 600);
    device_put(&pixels, "resolution", 254);
    device_add_area(&pixels, UNIT_PIXEL, 2000, 3000);
    AUTO(js) struct js *of_pixels = settings_max_areas(&pixels);
    assert_true(fabs(js_real_or(of_pixels, "flatbed[0]", 0) - 200) < 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_set_in_the_order_backends_need),
        cmocka_unit_test(the_second_side_may_be_a_switch),
        cmocka_unit_test(sources_are_offered_in_our_words),
        cmocka_unit_test(without_a_source_the_device_stays_as_it_stands),
        cmocka_unit_test(lengths_in_pixels_come_back_in_millimetres),
        cmocka_unit_test(a_clipped_corner_is_set_again),
        cmocka_unit_test(resolution_may_be_two_options),
        cmocka_unit_test(lineart_may_be_grey_of_one_bit),
        cmocka_unit_test(a_depth_that_was_asked_must_be_had),
        cmocka_unit_test(papers_have_their_size),
        cmocka_unit_test(a_paper_larger_than_the_glass_is_refused_by_name),
        cmocka_unit_test(automatic_paper_lets_the_feeder_measure),
        cmocka_unit_test(an_area_counts_before_the_paper),
        cmocka_unit_test(options_that_came_out_differently_are_named),
        cmocka_unit_test(an_option_set_again_and_taken_is_exact),
        cmocka_unit_test(page_size_may_come_after_the_area),
        cmocka_unit_test(an_area_of_ones_own_needs_paper_of_ones_own),
        cmocka_unit_test(a_feeder_is_told_that_a_pile_comes),
        cmocka_unit_test(the_largest_area_of_each_source_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
