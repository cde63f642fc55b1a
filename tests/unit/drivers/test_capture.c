#include "daemon/base/mem.h"
#include "drivers/capture.h"
#include "tests/unit/drivers/paper_device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A batch over a scanner of paper: what machines that misbehave need between and after pages. */

static const char *sources[] = {"Flatbed", "ADF", "ADF Duplex"};

static struct device machine(int sheets)
{
    struct device device = {.frame = {FRAME_GRAY, true, 100, 100, 140, 8}, .sheets = sheets};
    device_add_list(&device, "source", sources, 3);
    return device;
}

static struct capture *begin(struct device *device, struct scan_settings wanted)
{
    struct capture *capture = NULL;
    struct err err = ERR_INIT;
    wanted.resolution_dpi = 300;
    assert_int_equal(capture_begin(device, &wanted, &capture, &err), ERR_OK);
    device->log[0] = 0;
    return capture;
}

static enum err_code next(struct capture *capture, struct captured_page *out, struct err *err)
{
    return capture_next_page(capture, NULL, 0, NULL, NULL, out, err);
}

static void between_pages_a_machine_gets_what_it_needs(void **state)
{
    (void)state;
    static const struct {
        enum between_pages rule;
        const char *log;
    } cases[] = {
        {BETWEEN_NOTHING, "start= start= "},
        {BETWEEN_CANCEL, "start= cancel= start= "},
        {BETWEEN_REOPEN, "start= cancel= reopen= source=ADF start= "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct device device = machine(2);
        device.quirks.between_pages = cases[i].rule;
        AUTO(capture)
        struct capture *capture = begin(&device, (struct scan_settings){.source = SOURCE_ADF});
        struct captured_page page;
        struct err err = ERR_INIT;
        assert_int_equal(next(capture, &page, &err), ERR_OK);
        assert_int_equal(next(capture, &page, &err), ERR_OK);
        assert_int_equal(page.sheet, 2);
        assert_string_equal(device.log, cases[i].log);
    }
}

static void a_machine_that_cannot_be_opened_again_ends_the_batch(void **state)
{
    (void)state;
    struct device device = machine(2);
    device.quirks.between_pages = BETWEEN_REOPEN;
    device.reopen_code = ERR_DEVICE_BUSY;
    AUTO(capture)
    struct capture *capture = begin(&device, (struct scan_settings){.source = SOURCE_ADF});
    struct captured_page page;
    struct err err = ERR_INIT;
    assert_int_equal(next(capture, &page, &err), ERR_OK);
    assert_int_equal(next(capture, &page, &err), ERR_DEVICE_BUSY);
    assert_true(capture_is_over(capture));
}

static void settings_with_vendor_options_survive_a_reopen(void **state)
{
    (void)state;
    struct device device = machine(2);
    device_add_switch(&device, "swdeskew");
    device.quirks.between_pages = BETWEEN_REOPEN;
    struct js *options = js_pack("{s:b}", "swdeskew", 1);
    AUTO(capture)
    struct capture *capture =
        begin(&device, (struct scan_settings){.source = SOURCE_ADF, .options = options});
    js_free(options); /* the request they came in is answered and gone */
    struct captured_page page;
    struct err err = ERR_INIT;
    assert_int_equal(next(capture, &page, &err), ERR_OK);
    assert_int_equal(next(capture, &page, &err), ERR_OK);
    assert_string_equal(device.log, "start= cancel= reopen= source=ADF swdeskew=yes start= ");
}

static void only_backs_of_such_a_machine_stand_on_their_head(void **state)
{
    (void)state;
    static const struct {
        enum scan_source source;
        int quirk, turns[4];
    } cases[] = {
        {SOURCE_DUPLEX, 180, {0, 180, 0, 180}},
        {SOURCE_DUPLEX, 0, {0, 0, 0, 0}},
        {SOURCE_ADF, 180, {0, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct device device = machine(4);
        device.quirks.turn_backs_deg = cases[i].quirk;
        AUTO(capture)
        struct capture *capture = begin(&device, (struct scan_settings){.source = cases[i].source});
        for (int n = 0; n < 4; n++) {
            struct captured_page page;
            struct err err = ERR_INIT;
            assert_int_equal(next(capture, &page, &err), ERR_OK);
            assert_int_equal(page.turn_deg, cases[i].turns[n]);
        }
    }
}

static void an_empty_feeder_tells_how_many_sheets_came(void **state)
{
    (void)state;
    for (int doubtful = 0; doubtful <= 1; doubtful++) {
        struct device device = machine(2);
        device.quirks.no_docs_doubtful = doubtful;
        AUTO(capture)
        struct capture *capture =
            begin(&device, (struct scan_settings){.source = SOURCE_ADF, .expect_sheets = 5});
        struct captured_page page;
        struct err err = ERR_INIT;
        assert_int_equal(next(capture, &page, &err), ERR_OK);
        assert_int_equal(next(capture, &page, &err), ERR_OK);
        assert_int_equal(next(capture, &page, &err), ERR_FEEDER_EMPTY);
        assert_non_null(strstr(err.detail, "2 sheets came, 5 expected"));
        assert_int_equal(strstr(err.detail, "too early at times") != NULL, doubtful);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_pages_a_machine_gets_what_it_needs),
        cmocka_unit_test(a_machine_that_cannot_be_opened_again_ends_the_batch),
        cmocka_unit_test(settings_with_vendor_options_survive_a_reopen),
        cmocka_unit_test(only_backs_of_such_a_machine_stand_on_their_head),
        cmocka_unit_test(an_empty_feeder_tells_how_many_sheets_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
