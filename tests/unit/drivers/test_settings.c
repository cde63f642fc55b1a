#include "daemon/base/mem.h"
#include "drivers/settings.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/*
 * Settings over a scanner of paper: these device_* functions take the place of sane_device.c at
 * link time, keep values and write down what was set in which order.
 */

#define OPTIONS_MAX 16

struct device {
    struct option options[OPTIONS_MAX];
    double numbers[OPTIONS_MAX];
    char texts[OPTIONS_MAX][64];
    size_t count;
    char log[1024];
    bool clips_top_left; /* tl-x, tl-y may not pass br-x, br-y as they are now */
};

static size_t index_of(const struct device *device, const char *name)
{
    for (size_t i = 0; i < device->count; i++)
        if (strcmp(device->options[i].name, name) == 0)
            return i;
    return OPTIONS_MAX;
}

const struct option *device_find_option(const struct device *device, const char *name)
{
    size_t i = index_of(device, name);
    return i < OPTIONS_MAX ? &device->options[i] : NULL;
}

static void note(struct device *device, const char *name, const char *value)
{
    size_t used = strlen(device->log);
    snprintf(device->log + used, sizeof device->log - used, "%s=%s ", name, value);
}

enum err_code device_set_number(struct device *device, const char *name, double wanted,
                                double *out_set, struct err *err)
{
    size_t i = index_of(device, name);
    if (i == OPTIONS_MAX)
        return err_set(err, ERR_OPTION_REFUSED, "%s", name);
    double taken = option_nearest_number(&device->options[i], wanted);
    if (device->clips_top_left && strncmp(name, "tl-", 3) == 0)
        taken = fmin(taken, device->numbers[index_of(device, name[3] == 'x' ? "br-x" : "br-y")]);
    device->numbers[i] = taken;
    char text[32];
    snprintf(text, sizeof text, "%g", taken);
    note(device, name, text);
    if (out_set)
        *out_set = taken;
    return ERR_OK;
}

enum err_code device_set_bool(struct device *device, const char *name, bool wanted, struct err *err)
{
    size_t i = index_of(device, name);
    if (i == OPTIONS_MAX || device->options[i].type != OPTION_BOOL)
        return err_set(err, ERR_OPTION_REFUSED, "%s", name);
    device->numbers[i] = wanted;
    note(device, name, wanted ? "yes" : "no");
    return ERR_OK;
}

enum err_code device_set_text(struct device *device, const char *name, const char *wanted,
                              struct err *err)
{
    size_t i = index_of(device, name);
    if (i == OPTIONS_MAX || !option_find_text(&device->options[i], wanted))
        return err_set(err, ERR_OPTION_REFUSED, "%s", name);
    snprintf(device->texts[i], sizeof device->texts[i], "%s", wanted);
    note(device, name, wanted);
    return ERR_OK;
}

enum err_code device_get_number(struct device *device, const char *name, double *out,
                                struct err *err)
{
    size_t i = index_of(device, name);
    if (i == OPTIONS_MAX)
        return err_set(err, ERR_OPTION_REFUSED, "%s", name);
    *out = device->numbers[i];
    return ERR_OK;
}

enum err_code device_get_text(struct device *device, const char *name, char **out, struct err *err)
{
    size_t i = index_of(device, name);
    if (i == OPTIONS_MAX)
        return err_set(err, ERR_OPTION_REFUSED, "%s", name);
    *out = mem_strdup(device->texts[i]);
    return ERR_OK;
}

enum err_code device_frame(struct device *device, struct frame_params *out, struct err *err)
{
    (void)device, (void)out;
    return err_set(err, ERR_SCANNER_IO, "nothing to say before the start");
}

/* ---- scanners ---------------------------------------------------------------------------------
 */

static void add(struct device *device, const char *name, struct option option)
{
    option.name = (char *)name;
    option.active = option.readable = option.settable = true;
    option.value_count = 1;
    device->options[device->count++] = option;
}

static void add_list(struct device *device, const char *name, const char **texts, size_t count)
{
    add(device, name,
        (struct option){.type = OPTION_TEXT,
                        .limit = LIMIT_TEXTS,
                        .texts = (char **)texts,
                        .limit_count = count});
}

static void add_range(struct device *device, const char *name, enum option_unit unit, double max)
{
    add(device, name,
        (struct option){.type = OPTION_FIXED, .unit = unit, .limit = LIMIT_RANGE, .max = max});
}

static void add_area(struct device *device, enum option_unit unit, double width, double height)
{
    add_range(device, "tl-x", unit, width);
    add_range(device, "tl-y", unit, height);
    add_range(device, "br-x", unit, width);
    add_range(device, "br-y", unit, height);
}

static void add_switch(struct device *device, const char *name)
{
    add(device, name, (struct option){.type = OPTION_BOOL});
}

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
    add_area(&device, UNIT_MM, 221, 863);
    add_range(&device, "page-height", UNIT_MM, 863);
    add_range(&device, "page-width", UNIT_MM, 221);
    add_range(&device, "resolution", UNIT_DPI, 600);
    add_range(&device, "depth", UNIT_BIT, 16);
    add_switch(&device, "swskip");
    add_list(&device, "mode", modes, 3);
    add_list(&device, "source", fujitsu_sources, 4);
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
    add_list(&epson, "source", epson_sources, 2);
    add_list(&epson, "adf-mode", adf_modes, 2);
    add_list(&kvs, "source", kvs_sources, 2);
    add_switch(&kvs, "duplex");
    add_switch(&feeder_only, "duplex");
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
    add_list(&fujitsu, "source", fujitsu_sources, 4);
    add_switch(&feeder_only, "duplex");
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
    add_list(&device, "source", fujitsu_sources, 4);
    strcpy(device.texts[0], "ADF Duplex");
    assert_int_equal(apply(&device, (struct scan_settings){0}).source, SOURCE_DUPLEX);
    strcpy(device.texts[0], "ADF Back");
    assert_int_equal(apply(&device, (struct scan_settings){0}).source, SOURCE_UNSET);
}

static void lengths_in_pixels_come_back_in_millimetres(void **state)
{
    (void)state;
    struct device device = {0};
    add_range(&device, "resolution", UNIT_DPI, 254); /* ten pixels a millimetre */
    add_area(&device, UNIT_PIXEL, 2000, 2500);
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
    add_area(&device, UNIT_MM, 216, 297);
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
    add(&device, "x-resolution", numbers);
    add(&device, "y-resolution", numbers);
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
    add_list(&device, "mode", modes + 1, 2);
    add_range(&device, "depth", UNIT_BIT, 16);
    apply(&device, (struct scan_settings){.mode = MODE_LINEART});
    assert_string_equal(device.log, "mode=Gray depth=1 ");
    static const char *only_color[] = {"Color"};
    struct device color = {0};
    add_list(&color, "mode", only_color, 1);
    assert_int_equal(refused(&color, (struct scan_settings){.mode = MODE_GRAY}),
                     ERR_OPTION_REFUSED);
}

static void a_depth_that_was_asked_must_be_had(void **state)
{
    (void)state;
    double list[] = {1, 8};
    struct device device = {0};
    add(&device, "depth",
        (struct option){
            .type = OPTION_INT, .limit = LIMIT_NUMBERS, .numbers = list, .limit_count = 2});
    assert_int_equal(refused(&device, (struct scan_settings){.depth = 16}), ERR_OPTION_REFUSED);
    apply(&device, (struct scan_settings){.depth = 8});
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
