#include "tests/harness/scanning.h"

#include <math.h>
#include <signal.h>
#include <sys/stat.h>

/* Scan worker on SANE's own backends "test" (test.conf sets its defaults) and "pnm" (real files).
 */

static void begin(const char *backend, const char *config)
{
    site_open(&site, backend);
    if (config)
        site_put(&site, "config/test.conf", config);
    worker_spawn(&worker, &site);
}

static void end(void)
{
    assert_int_equal(worker_end(&worker), 0);
    site_close(&site);
}

/* A small colour or grey area with the colour pattern. */
static struct js *small(const char *mode, int depth, struct js *options)
{
    return js_pack("{s:s, s:i, s:i, s:[i,i,i,i], s:o}", "mode", mode, "depth", depth,
                   "resolution_dpi", 75, "area_mm", 10, 20, 60, 40, "options",
                   options ? options : js_object());
}

#define PATTERN "Color pattern"

static struct js *pattern(void)
{
    return js_pack("{s:s}", "test-picture", PATTERN);
}

/* One page with those settings; the caller frees out->pixels. */
static void scan_small(const char *mode, int depth, struct js *options, struct page_file *out)
{
    AUTO(js) struct js *answer = NULL;
    assert_int_equal(do_op("start", small(mode, depth, options)), ERR_OK);
    assert_int_equal(next(&answer), ERR_OK);
    page_file_check(&site, "page.tif", answer, out);
    assert_int_equal(do_op("finish", NULL), ERR_OK);
}

static void what_the_device_took_is_read_back(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\n");
    AUTO(js) struct js *opened = NULL;
    AUTO(js) struct js *set = NULL;
    AUTO(js) struct js *answer = NULL;
    assert_int_equal(ask("open", js_pack("{s:s}", "device", "test:0"), &opened), ERR_OK);
    assert_int_equal(js_count(js_at(opened, "sources")), 2);
    assert_string_equal(js_text_or(opened, "sources[1]", ""), "adf");
    /* the glass of this device is 200 by 200 mm */
    assert_int_equal(
        ask("start",
            js_pack("{s:s, s:i, s:s}", "mode", "gray", "resolution_dpi", 100, "source", "adf"),
            &set),
        ERR_OK);
    assert_string_equal(js_text_or(set, "source", ""), "adf");
    assert_string_equal(js_text_or(set, "mode", ""), "gray");
    assert_true(js_real_or(set, "area_mm[2]", 0) == 200);
    assert_true(js_real_or(set, "area_mm[3]", 0) == 200);
    assert_int_equal(next(&answer), ERR_OK);
    assert_true(fabs(js_real_or(answer, "image.width_mm", 0) - 200) < 0.3);
    assert_true(fabs(js_real_or(answer, "image.height_mm", 0) - 200) < 0.3);
    assert_true(js_bool_or(answer, "more", false));
    assert_int_equal(do_op("start", js_pack("{s:s}", "source", "duplex")), ERR_OPTION_REFUSED);
    end();
}

static void a_number_no_option_can_hold_is_refused(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\nenable-test-options true\n");
    assert_int_equal(open_named("test:0"), ERR_OK);
    static const char *const names[] = {"int", "fixed"};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(do_op("start", js_pack("{s:{s:b, s:f}}", "options", "enable-test-options",
                                                1, names[i], 1e300)),
                         ERR_OPTION_REFUSED);
    end();
}

static void the_feeder_of_ten_sheets_runs_empty(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\n");
    assert_int_equal(open_named("test:0"), ERR_OK);
    assert_int_equal(do_op("start", js_pack("{s:s, s:i, s:s}", "mode", "gray", "resolution_dpi", 20,
                                            "source", "adf")),
                     ERR_OK);
    int pages = 0;
    for (enum err_code code = ERR_OK; !code; pages += !code) {
        AUTO(js) struct js *answer = NULL;
        code = next(&answer);
        if (!code)
            assert_int_equal(js_int_or(answer, "sheet", 0), pages + 1);
        else
            assert_int_equal(code, ERR_FEEDER_EMPTY);
    }
    assert_int_equal(pages, 10);
    end();
}

static void three_passes_in_any_order_make_the_same_page_as_one(void **state)
{
    (void)state;
    static const char *const orders[] = {"RGB", "RBG", "GBR", "GRB", "BRG", "BGR"};
    begin("test", "number_of_devices 1\n");
    assert_int_equal(open_named("test:0"), ERR_OK);
    struct page_file one;
    scan_small("color", 8, pattern(), &one);
    assert_int_equal(one.channels, 3);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct page_file three;
        scan_small("color", 8,
                   js_pack("{s:s, s:b, s:s}", "test-picture", PATTERN, "three-pass", 1,
                           "three-pass-order", orders[i]),
                   &three);
        assert_int_equal(three.height, one.height);
        assert_memory_equal(three.pixels, one.pixels, one.row_bytes * one.height);
        free(three.pixels);
    }
    free(one.pixels);
    end();
}

static void sixteen_bits_make_the_same_page_as_eight(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\n");
    assert_int_equal(open_named("test:0"), ERR_OK);
    for (int colour = 0; colour <= 1; colour++) {
        struct page_file eight, sixteen;
        const char *mode = colour ? "color" : "gray";
        scan_small(mode, 8, js_pack("{s:s}", "test-picture", "Solid white"), &eight);
        scan_small(mode, 16, js_pack("{s:s}", "test-picture", "Solid white"), &sixteen);
        assert_int_equal(sixteen.bits, 8);
        assert_int_equal(sixteen.channels, colour ? 3 : 1);
        assert_memory_equal(sixteen.pixels, eight.pixels, eight.row_bytes * eight.height);
        free(eight.pixels);
        free(sixteen.pixels);
    }
    end();
}

/* scanimage is the judge: its PNM holds all 16 bits, high byte first. */
static void compare_with_scanimage(bool colour, bool inverted)
{
    char command[250];
    snprintf(
        command, sizeof command,
        "scanimage -d test:0 --mode %s --depth 16 --invert-endianess=%s --test-picture '" PATTERN
        "' --resolution 75 -l 10 -t 20 -x 60 -y 40 --format=pnm -o judge.pnm",
        colour ? "Color" : "Gray", inverted ? "yes" : "no");
    assert_int_equal(site_run(&site, command), 0);
    struct page_file page;
    scan_small(colour ? "color" : "gray", 16,
               js_pack("{s:s, s:b}", "test-picture", PATTERN, "invert-endianess", (int)inverted),
               &page);
    AUTO(mem) char *pnm = site_read(&site, "judge.pnm");
    char path[256];
    struct stat status;
    site_path(&site, "judge.pnm", path, sizeof path);
    assert_int_equal(stat(path, &status), 0);
    size_t samples = page.row_bytes * page.height;
    const uint8_t *judge = (const uint8_t *)pnm + (size_t)status.st_size - 2 * samples;
    for (size_t i = 0; i < samples; i++) {
        unsigned wide = (unsigned)judge[2 * i] << 8 | judge[2 * i + 1];
        assert_int_equal(page.pixels[i], (wide * 255 + 32767) / 65535);
    }
    free(page.pixels);
}

static void sixteen_bits_are_read_in_the_right_byte_order(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\n");
    if (site_run(&site, "command -v scanimage")) {
        end();
        if (getenv("CI"))
            fail_msg("scanimage is missing");
        print_message("SKIP: no scanimage here\n");
        skip();
    }
    assert_int_equal(open_named("test:0"), ERR_OK);
    for (int n = 0; n < 4; n++)
        compare_with_scanimage(n & 1, n & 2);
    end();
}

static void one_bit_keeps_black_black(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\n");
    assert_int_equal(open_named("test:0"), ERR_OK);
    struct page_file black, white;
    /* the backend has no Lineart: grey of depth 1 is asked instead */
    scan_small("lineart", 0, js_pack("{s:s}", "test-picture", "Solid black"), &black);
    scan_small("lineart", 0, js_pack("{s:s}", "test-picture", "Solid white"), &white);
    assert_int_equal(black.bits, 1);
    assert_int_equal(black.pixels[0], 0xff);
    assert_int_equal(white.pixels[0], 0x00);
    free(black.pixels);
    free(white.pixels);
    end();
}

static void a_hand_scanner_says_its_height_at_the_end(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\nread-limit true\n");
    assert_int_equal(open_named("test:0"), ERR_OK);
    struct page_file page;
    scan_small("gray", 8, js_pack("{s:s, s:b}", "test-picture", PATTERN, "hand-scanner", 1), &page);
    assert_true(page.height > 50);
    assert_true(fabs(page.width * 25.4 / 75 - 110) < 1); /* 11 cm wide whatever was asked */
    free(page.pixels);
    scan_small(
        "color", 8,
        js_pack("{s:s, s:b, s:b}", "test-picture", PATTERN, "hand-scanner", 1, "three-pass", 1),
        &page);
    assert_int_equal(page.channels, 3);
    assert_true(page.height > 50);
    free(page.pixels);
    end();
}

static void pixels_lost_at_the_end_of_a_line_are_no_error(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\n");
    assert_int_equal(open_named("test:0"), ERR_OK);
    struct page_file page;
    scan_small("gray", 8, js_pack("{s:s, s:i}", "test-picture", PATTERN, "ppl-loss", 7), &page);
    assert_in_range(page.width, 100, 180);
    free(page.pixels);
    end();
}

static void every_status_of_a_read_has_its_error(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        enum err_code code;
    } cases[] = {
        {"SANE_STATUS_UNSUPPORTED", ERR_SCANNER_UNSUPPORTED},
        {"SANE_STATUS_CANCELLED", ERR_CANCELLED},
        {"SANE_STATUS_DEVICE_BUSY", ERR_DEVICE_BUSY},
        {"SANE_STATUS_INVAL", ERR_SCANNER_IO},
        {"SANE_STATUS_EOF", ERR_PAGE_TRUNCATED},
        {"SANE_STATUS_JAMMED", ERR_FEEDER_JAM},
        {"SANE_STATUS_NO_DOCS", ERR_FEEDER_EMPTY},
        {"SANE_STATUS_COVER_OPEN", ERR_COVER_OPEN},
        {"SANE_STATUS_IO_ERROR", ERR_SCANNER_IO},
        {"SANE_STATUS_NO_MEM", ERR_NO_MEMORY},
        {"SANE_STATUS_ACCESS_DENIED", ERR_DEVICE_DENIED},
    };
    begin("test", "number_of_devices 1\n");
    assert_int_equal(open_named("test:0"), ERR_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(js) struct js *answer = NULL;
        assert_int_equal(
            do_op("start",
                  small("gray", 8, js_pack("{s:s}", "read-return-value", cases[i].status))),
            ERR_OK);
        assert_int_equal(next(&answer), cases[i].code);
    }
    /* and the device is as good as new */
    struct page_file page;
    scan_small("gray", 8, js_pack("{s:s}", "read-return-value", "Default"), &page);
    free(page.pixels);
    end();
}

/* What a device says before the start may be wrong; what it says after it counts. */
static void parameters_may_be_guesses_before_the_start(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\n");
    assert_int_equal(open_named("test:0"), ERR_OK);
    struct page_file sure, fuzzy;
    scan_small("color", 8, pattern(), &sure);
    scan_small("color", 8, js_pack("{s:s, s:b}", "test-picture", PATTERN, "fuzzy-parameters", 1),
               &fuzzy);
    assert_int_equal(fuzzy.width, sure.width);
    assert_int_equal(fuzzy.height, sure.height);
    assert_memory_equal(fuzzy.pixels, sure.pixels, sure.row_bytes * sure.height);
    free(sure.pixels);
    free(fuzzy.pixels);
    end();
}

/* However the bytes come: in small pieces, late, without waiting. */
static void the_way_bytes_come_makes_no_difference(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "{\"read-limit\": true, \"read-limit-size\": 1}",
        "{\"read-limit\": true, \"read-limit-size\": 1000}",
        "{\"read-delay\": true, \"read-delay-duration\": 1000}",
        "{\"non-blocking\": true}",
        "{\"select-fd\": true}",
        "{\"non-blocking\": true, \"select-fd\": true, \"read-delay\": true}",
    };
    begin("test", "number_of_devices 1\n");
    assert_int_equal(open_named("test:0"), ERR_OK);
    struct page_file plain;
    scan_small("gray", 8, pattern(), &plain);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct js *options = NULL;
        struct page_file page;
        assert_int_equal(js_parse(ways[i], strlen(ways[i]), &options, NULL), ERR_OK);
        assert_true(js_set(options, "test-picture", js_text(PATTERN)));
        assert_int_equal(open_named("test:0"), ERR_OK); /* options as they were */
        scan_small("gray", 8, options, &page);
        assert_memory_equal(page.pixels, plain.pixels, plain.row_bytes * plain.height);
        free(page.pixels);
    }
    free(plain.pixels);
    end();
}

static void a_page_that_was_not_as_asked_is_doubted(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\n");
    static const struct {
        const char *options, *checks;
    } cases[] = {
        {"{\"test-picture\": \"Color pattern\"}", "[]"},
        {"{\"test-picture\": \"Solid white\"}", "[\"one_color\"]"},
        {"{\"test-picture\": \"Solid black\"}", "[\"one_color\"]"},
        {"{\"test-picture\": \"Color pattern\", \"hand-scanner\": true}", "[\"odd_size\"]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct js *options = NULL;
        AUTO(js) struct js *answer = NULL;
        assert_int_equal(js_parse(cases[i].options, strlen(cases[i].options), &options, NULL),
                         ERR_OK);
        assert_int_equal(open_named("test:0"), ERR_OK);
        assert_int_equal(do_op("start", small("color", 8, options)), ERR_OK);
        assert_int_equal(next(&answer), ERR_OK);
        AUTO(mem) char *checks = js_dump(js_at(answer, "checks"));
        assert_string_equal(checks, cases[i].checks);
    }
    end();
}

static void what_came_out_differently_is_named(void **state)
{
    (void)state;
    begin("test", "number_of_devices 1\nenable-test-options true\n");
    AUTO(js) struct js *exact = NULL;
    AUTO(js) struct js *inexact = NULL;
    assert_int_equal(open_named("test:0"), ERR_OK);
    assert_int_equal(ask("start", small("gray", 8, NULL), &exact), ERR_OK);
    assert_int_equal(js_count(js_at(exact, "inexact")), 0);
    assert_int_equal(ask("start",
                         js_pack("{s:s, s:i, s:[i,i,i,i], s:{s:b, s:i}}", "mode", "gray",
                                 "resolution_dpi", 2000, "area_mm", 0, 0, 50, 400, "options",
                                 "enable-test-options", 1, "int-constraint-range", 5),
                         &inexact),
                     ERR_OK);
    AUTO(mem) char *names = js_dump(js_at(inexact, "inexact"));
    assert_string_equal(names, "[\"int-constraint-range\",\"resolution\",\"br-y\"]");
    end();
}

/* ---- pnm --------------------------------------------------------------------------------------
 */

static struct js *file_option(const char *name)
{
    char path[256];
    site_path(&site, name, path, sizeof path);
    return js_pack("{s:{s:s}}", "options", "filename", path);
}

static void pnm_gives_a_real_file_page_after_page(void **state)
{
    (void)state;
    begin("pnm", NULL);
    site_paper(&site, "sheet.ppm", 640, 480, 3, 4);
    assert_int_equal(open_named("pnm:0"), ERR_OK);
    AUTO(js) struct js *set = NULL;
    assert_int_equal(ask("start", file_option("sheet.ppm"), &set), ERR_OK);
    assert_string_equal(js_text_or(set, "source", ""), "flatbed");
    for (int i = 0; i < 3; i++) { /* the second one comes only after a cancel: quirks.c */
        AUTO(js) struct js *answer = NULL;
        struct page_file page;
        assert_int_equal(next(&answer), ERR_OK);
        page_file_check(&site, "page.tif", answer, &page);
        assert_int_equal(page.width, 640);
        assert_int_equal(page.height, 480);
        for (int x = 0; x < 640 * 3; x++)
            assert_int_equal(page.pixels[page.row_bytes * 100 + (size_t)x],
                             site_sample(x / 3, 100, x % 3, 4));
        free(page.pixels);
    }
    end();
}

static void grey_where_colour_was_asked_is_doubted(void **state)
{
    (void)state;
    static const struct {
        int channels;
        const char *mode;
        bool doubted;
    } cases[] = {{1, "color", true}, {1, "gray", false}, {3, "color", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin("pnm", NULL);
        site_paper(&site, "sheet.ppm", 640, 480, cases[i].channels, 4);
        assert_int_equal(open_named("pnm:0"), ERR_OK);
        struct js *args = file_option("sheet.ppm");
        js_set(args, "mode", js_text(cases[i].mode));
        assert_int_equal(do_op("start", args), ERR_OK);
        AUTO(js) struct js *answer = NULL;
        assert_int_equal(next(&answer), ERR_OK);
        AUTO(mem) char *checks = js_dump(js_at(answer, "checks"));
        assert_int_equal(strstr(checks, "mode_differs") != NULL, cases[i].doubted);
        end();
    }
}

static void pnm_errors_are_named(void **state)
{
    (void)state;
    begin("pnm", NULL);
    assert_int_equal(open_named("pnm:0"), ERR_OK);
    assert_int_equal(do_op("start", file_option("nothing.ppm")), ERR_OK);
    AUTO(js) struct js *answer = NULL;
    assert_int_equal(next(&answer), ERR_OPTION_REFUSED);
    assert_int_equal(open_named("pnm:7"), ERR_UNKNOWN_DEVICE);
    end();
}

static void pnm_gives_three_passes_and_pages_without_a_height(void **state)
{
    (void)state;
    begin("pnm", NULL);
    site_paper(&site, "sheet.ppm", 120, 80, 3, 4);
    char path[256];
    site_path(&site, "sheet.ppm", path, sizeof path);
    static const char *const switches[] = {"three-pass", "hand-scanner"};
    for (size_t i = 0; i < 2; i++) {
        AUTO(js) struct js *answer = NULL;
        struct page_file page;
        assert_int_equal(open_named("pnm:0"), ERR_OK);
        assert_int_equal(
            do_op("start", js_pack("{s:{s:s, s:b}}", "options", "filename", path, switches[i], 1)),
            ERR_OK);
        assert_int_equal(next(&answer), ERR_OK);
        page_file_check(&site, "page.tif", answer, &page);
        for (int x = 0; x < 120 * 3; x++)
            assert_int_equal(page.pixels[page.row_bytes * 50 + (size_t)x],
                             site_sample(x / 3, 50, x % 3, 4));
        free(page.pixels);
    }
    end();
}

static void every_status_of_pnm_has_its_error(void **state)
{
    (void)state;
    static const struct {
        const char *option;
        enum err_code code;
    } cases[] = {
        {"status-eof", ERR_PAGE_TRUNCATED},         {"status-jammed", ERR_FEEDER_JAM},
        {"status-nodocs", ERR_FEEDER_EMPTY},        {"status-coveropen", ERR_COVER_OPEN},
        {"status-ioerror", ERR_SCANNER_IO},         {"status-nomem", ERR_NO_MEMORY},
        {"status-accessdenied", ERR_DEVICE_DENIED},
    };
    begin("pnm", NULL);
    site_paper(&site, "sheet.ppm", 40, 30, 3, 4);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(js) struct js *answer = NULL;
        char path[256];
        site_path(&site, "sheet.ppm", path, sizeof path);
        assert_int_equal(open_named("pnm:0"), ERR_OK);
        assert_int_equal(do_op("start", js_pack("{s:{s:s, s:b, s:b}}", "options", "filename", path,
                                                "status", 1, cases[i].option, 1)),
                         ERR_OK);
        assert_int_equal(next(&answer), cases[i].code);
        assert_int_equal(worker_end(&worker), 0); /* the switches stay set in the process */
        worker_spawn(&worker, &site);
    }
    end();
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_device_took_is_read_back),
        cmocka_unit_test(a_number_no_option_can_hold_is_refused),
        cmocka_unit_test(the_feeder_of_ten_sheets_runs_empty),
        cmocka_unit_test(three_passes_in_any_order_make_the_same_page_as_one),
        cmocka_unit_test(sixteen_bits_make_the_same_page_as_eight),
        cmocka_unit_test(sixteen_bits_are_read_in_the_right_byte_order),
        cmocka_unit_test(one_bit_keeps_black_black),
        cmocka_unit_test(a_hand_scanner_says_its_height_at_the_end),
        cmocka_unit_test(pixels_lost_at_the_end_of_a_line_are_no_error),
        cmocka_unit_test(every_status_of_a_read_has_its_error),
        cmocka_unit_test(parameters_may_be_guesses_before_the_start),
        cmocka_unit_test(the_way_bytes_come_makes_no_difference),
        cmocka_unit_test(a_page_that_was_not_as_asked_is_doubted),
        cmocka_unit_test(what_came_out_differently_is_named),
        cmocka_unit_test(pnm_gives_a_real_file_page_after_page),
        cmocka_unit_test(pnm_gives_three_passes_and_pages_without_a_height),
        cmocka_unit_test(every_status_of_pnm_has_its_error),
        cmocka_unit_test(grey_where_colour_was_asked_is_doubted),
        cmocka_unit_test(pnm_errors_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
