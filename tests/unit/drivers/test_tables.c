#include "drivers/buttons.h"
#include "drivers/quirks.h"
#include "drivers/sane_device.h"
#include "drivers/source_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void every_sane_status_has_its_error(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum device_step step;
        enum err_code code;
    } cases[] = {
        {0, DEVICE_START, ERR_OK},
        {1, DEVICE_START, ERR_SCANNER_UNSUPPORTED},
        {2, DEVICE_READ, ERR_CANCELLED},
        {3, DEVICE_OPEN, ERR_DEVICE_BUSY},
        {4, DEVICE_OPEN, ERR_UNKNOWN_DEVICE},
        {4, DEVICE_OPTION, ERR_OPTION_REFUSED},
        {4, DEVICE_START, ERR_OPTION_REFUSED},
        {4, DEVICE_READ, ERR_SCANNER_IO},
        {5, DEVICE_START, ERR_SCANNER_IO},
        {6, DEVICE_READ, ERR_FEEDER_JAM},
        {7, DEVICE_START, ERR_FEEDER_EMPTY},
        {8, DEVICE_START, ERR_COVER_OPEN},
        {9, DEVICE_READ, ERR_SCANNER_IO},
        {10, DEVICE_READ, ERR_NO_MEMORY},
        {11, DEVICE_OPEN, ERR_DEVICE_DENIED},
        {12, DEVICE_START, ERR_WARMING_UP},
        {13, DEVICE_START, ERR_DEVICE_LOCKED},
        {14, DEVICE_READ, ERR_SCANNER_IO},
        {-1, DEVICE_READ, ERR_SCANNER_IO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(device_status_error(cases[i].status, cases[i].step), cases[i].code);
}

static void a_number_goes_to_what_the_device_takes(void **state)
{
    (void)state;
    double list[] = {600, 75, 150, 300};
    const struct option range = {.limit = LIMIT_RANGE, .min = 50, .max = 600, .step = 25};
    const struct option free_range = {.limit = LIMIT_RANGE, .min = 0, .max = 215.9};
    const struct option numbers = {.limit = LIMIT_NUMBERS, .numbers = list, .limit_count = 4};
    const struct option any = {.limit = LIMIT_NONE};
    const struct {
        const struct option *option;
        double wanted, taken;
    } cases[] = {
        {&range, 300, 300},        {&range, 310, 300},    {&range, 1, 50},
        {&range, 9999, 600},       {&numbers, 300, 300},  {&numbers, 200, 300},
        {&numbers, 1, 75},         {&numbers, 1200, 600}, {&free_range, 210, 210},
        {&free_range, 400, 215.9}, {&any, 77, 77},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(option_nearest_number(cases[i].option, cases[i].wanted) == cases[i].taken);
}

static void sources_of_all_backends_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum scan_source source;
    } cases[] = {
        {"Flatbed", SOURCE_FLATBED},
        {"FlatBed", SOURCE_FLATBED},
        {"fb", SOURCE_FLATBED},
        {"Normal", SOURCE_FLATBED},
        {"Document Table", SOURCE_FLATBED},
        {"ADF Front", SOURCE_ADF},
        {"ADF Simplex", SOURCE_ADF},
        {"ADF", SOURCE_ADF},
        {"adf", SOURCE_ADF},
        {"Automatic Document Feeder", SOURCE_ADF},
        {"Automatic Document Feeder(centrally aligned)", SOURCE_ADF},
        {"Automatic Document Feeder(left aligned)", SOURCE_ADF},
        {"Document Feeder", SOURCE_ADF},
        {"ADF Duplex", SOURCE_DUPLEX},
        {"Duplex ADF", SOURCE_DUPLEX},
        {"ADF Duplex - Long-Edge Binding", SOURCE_DUPLEX},
        {"Automatic Document Feeder(left aligned,Duplex)", SOURCE_DUPLEX},
        {"Automatic Document Feeder(centrally aligned,Duplex)", SOURCE_DUPLEX},
        {"ADF Back", SOURCE_UNSET},
        {"Card Front", SOURCE_UNSET},
        {"Card Duplex", SOURCE_UNSET},
        {"Auto", SOURCE_UNSET},
        {"Transparency Unit", SOURCE_UNSET},
        {"Transparency Adapter", SOURCE_UNSET},
        {"TMA Slides", SOURCE_UNSET},
        {"Negative", SOURCE_UNSET},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(source_from_candidate(cases[i].name), cases[i].source);
    for (enum scan_source s = SOURCE_FLATBED; s <= SOURCE_DUPLEX; s++) {
        enum scan_source back = SOURCE_UNSET;
        assert_true(scan_source_from_name(scan_source_name(s), &back));
        assert_int_equal(back, s);
        assert_int_equal(source_from_candidate(source_candidate(s, 0)), s);
    }
    enum scan_source untouched = SOURCE_ADF;
    assert_false(scan_source_from_name("Flatbed Transparency", &untouched));
    assert_int_equal(untouched, SOURCE_ADF);
}

static void modes_of_all_backends_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum scan_mode mode;
    } cases[] = {
        {"Color", MODE_COLOR},
        {"24bit Color[Fast]", MODE_COLOR},
        {"Color - 16 Million Colors", MODE_COLOR},
        {"color", MODE_COLOR},
        {"Gray", MODE_GRAY},
        {"True Gray", MODE_GRAY},
        {"Grayscale - 256 Levels", MODE_GRAY},
        {"Lineart", MODE_LINEART},
        {"bw", MODE_LINEART},
        {"Black & White", MODE_LINEART},
        {"Halftone", MODE_UNSET},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(mode_from_candidate(cases[i].name), cases[i].mode);
}

static void every_panel_of_every_backend_is_known(void **state)
{
    (void)state;
    const struct option readable = {.active = true, .readable = true, .value_count = 1};
    static const struct {
        const char *backend, *names;
        enum panel_kind kind;
    } cases[] = {
        {"genesys", "scan,file,email,copy,ocr,power,extra,transparency,pdf1,pdf4", PANEL_PRESS},
        {"genesys", "page-loaded,need-calibration", PANEL_SENSOR},
        {"genesys", "message,pdf5,calibrate", PANEL_NOTHING},
        {"plustek", "button 0,button 4", PANEL_BUTTON},
        {"plustek", "button 9", PANEL_NOTHING},
        {"fujitsu", "scan,email", PANEL_BUTTON},
        {"fujitsu",
         "top-edge,a3-paper,b4-paper,a4-paper,b5-paper,page-loaded,omr-df,cover-open,card-loaded,"
         "power-save,manual-feed,ink-low,double-feed,duplex",
         PANEL_SENSOR},
        {"fujitsu", "function,error-code,skew-angle,ink-remain,density", PANEL_VALUE},
        {"canon_dr", "start,stop,button-3", PANEL_BUTTON},
        {"canon_dr", "newfile,countonly,bypassmode,adf-loaded,card-loaded", PANEL_SENSOR},
        {"canon_dr", "counter,roller-counter,total-counter", PANEL_VALUE},
        {"epjitsu", "scan", PANEL_BUTTON},
        {"epjitsu", "page-loaded,top-edge,cover-open,power-save", PANEL_SENSOR},
        {"pixma", "button-1,button-2", PANEL_PRESS},
        {"pixma", "original,target,scan-resolution,document-type,adf-orientation", PANEL_VALUE},
        {"pixma", "adf-status", PANEL_SENSOR},
        {"pixma", "button-update,button-controlled,adf-wait", PANEL_NOTHING},
        {"avision", "message", PANEL_PRESS},
        {"hp5590", "button-pressed", PANEL_PRESS},
        {"hp5590", "doc-in-adf", PANEL_SENSOR},
        {"hp5590", "color-led,counter-value", PANEL_VALUE},
        {"hp5590", "wait-for-button,extend-lamp-timeout", PANEL_NOTHING},
        {"hp5400", "scan,web,email,copy,cancel,power-save", PANEL_BUTTON},
        {"rts8891", "button-copy,button-mail,button-image-copy,button-scan", PANEL_BUTTON},
        {"snapscan", "send,web", PANEL_BUTTON},
        {"snapscan", "message", PANEL_PRESS},
        {"artec_eplus48u", "button-state", PANEL_BUTTON},
        {"gt68xx", "page-loaded,need-calibration", PANEL_SENSOR},
        {"sohoasim", "scan,email,fax,copy,pdf,cancel", PANEL_BUTTON},
        {"sohoasim", "page-loaded,cover-open", PANEL_SENSOR},
        {"epsonds", "resolution,wait-for-button", PANEL_NOTHING},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char names[256], *rest = names;
        snprintf(names, sizeof names, "%s", cases[i].names);
        for (char *name; (name = strsep(&rest, ","));) {
            struct option option = readable;
            option.name = name;
            if (panel_kind_of(cases[i].backend, &option) != cases[i].kind)
                print_message("%s %s\n", cases[i].backend, name);
            assert_int_equal(panel_kind_of(cases[i].backend, &option), cases[i].kind);
        }
    }
}

static void only_what_is_active_and_read_only_is_polled(void **state)
{
    (void)state;
    const struct option sensor = {
        .name = (char *)"scan", .active = true, .readable = true, .value_count = 1};
    struct option inactive = sensor, setting = sensor, table = sensor, blind = sensor;
    inactive.active = false;
    setting.settable = true;
    table.value_count = 4;
    blind.readable = false;
    assert_int_equal(panel_kind_of("genesys", &sensor), PANEL_PRESS);
    const struct option *const others[] = {&inactive, &setting, &table, &blind};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(panel_kind_of("genesys", others[i]), PANEL_NOTHING);
}

static void a_press_is_read_from_any_type(void **state)
{
    (void)state;
    const struct {
        struct js *value;
        bool pressed;
    } cases[] = {
        {js_bool(true), true},   {js_bool(false), false},  {js_int(0), false},   {js_int(2), true},
        {js_text("scan"), true}, {js_text("none"), false}, {js_text(""), false}, {js_null(), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(button_value_is_pressed(cases[i].value), cases[i].pressed);
        js_free(cases[i].value);
    }
}

static void every_quirk_says_why_and_whence(void **state)
{
    (void)state;
    for (size_t i = 0; i < quirk_count; i++) {
        const struct quirk *quirk = &quirks[i];
        assert_true(quirk->name || quirk->identity || quirk->vendor || quirk->model);
        assert_true(strlen(quirk->reason) > 10 && strlen(quirk->source) > 10);
    }
}

static void patterns_of_a_quirk_must_all_fit(void **state)
{
    (void)state;
    const struct device_facts facts = {.name = "airscan:e0:EPSON WF-3520 Series",
                                       .vendor = "Epson",
                                       .model = "WF-3520 Series",
                                       .identity.text = "airscan/EPSON WF-3520 Series"};
    static const struct {
        struct quirk quirk;
        bool fits;
    } cases[] = {
        {{.name = "airscan:*"}, true},
        {{.name = "escl:*"}, false},
        {{.identity = "airscan/*"}, true},
        {{.identity = "pixma/*"}, false},
        {{.vendor = "EPSON"}, true},
        {{.vendor = "Canon"}, false},
        {{.model = "wf-3520*"}, true},
        {{.model = "*EPSON WF*"}, true}, /* the SANE name has it */
        {{.model = "*WF-3640*"}, false},
        {{.name = "airscan:*", .model = "*WF-3640*"}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(quirk_fits(&cases[i].quirk, &facts), cases[i].fits);
}

static void misbehaving_machines_are_recognised(void **state)
{
    (void)state;
    static const struct {
        struct device_facts facts;
        struct quirk_set set;
    } cases[] = {
        {{.name = "test:0"}, {0}},
        {{.name = "pnm:0"}, {.between_pages = BETWEEN_CANCEL}},
        {{.name = "airscan:e0:HP Laser MFP 131 133 135-138"},
         {.between_pages = BETWEEN_REOPEN, .no_buttons = "*"}},
        {{.name = "airscan:e0:HP_Laser_MFP_135wr"},
         {.between_pages = BETWEEN_REOPEN, .no_buttons = "*"}},
        {{.name = "airscan:w1:EPSON WF-3520 Series"}, {.turn_backs_deg = 180, .no_buttons = "*"}},
        {{.name = "epson2:net:10.0.0.3", .model = "WF-7620"},
         {.turn_backs_deg = 180, .no_buttons = "*"}},
        {{.name = "airscan:e0:EPSON WF-2930 Series"},
         {.no_docs_doubtful = true, .no_buttons = "*"}},
        {{.name = "airscan:e0:Brother MFC-L2710DW series"},
         {.no_docs_doubtful = true, .no_buttons = "*"}},
        {{.name = "escl:https://10.0.0.4:443"}, {.no_buttons = "*"}},
        {{.name = "kvs20xx:libusb:001:002"}, {.no_buttons = "*"}},
        {{.name = "smfp:net;10.0.0.9"}, {.busy_means_off = true}},
        {{.name = "xerox_mfp:libusb:001:002"}, {.busy_means_off = true, .no_buttons = "*"}},
        {{.name = "fujitsu:fi-7160:1"}, {.size_order = SIZE_BEFORE_AREA}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quirk_set set;
        quirks_of(&cases[i].facts, &set);
        assert_int_equal(set.between_pages, cases[i].set.between_pages);
        assert_int_equal(set.turn_backs_deg, cases[i].set.turn_backs_deg);
        assert_int_equal(set.size_order, cases[i].set.size_order);
        assert_int_equal(set.no_docs_doubtful, cases[i].set.no_docs_doubtful);
        assert_int_equal(set.busy_means_off, cases[i].set.busy_means_off);
        assert_string_equal(set.no_buttons ? set.no_buttons : "",
                            cases[i].set.no_buttons ? cases[i].set.no_buttons : "");
    }
}

static void every_effect_has_a_row(void **state)
{
    (void)state;
    for (enum quirk_effect effect = QUIRK_BETWEEN_PAGES; effect <= QUIRK_BUSY_MEANS_OFF; effect++) {
        bool found = false;
        for (size_t i = 0; i < quirk_count; i++)
            found = found || quirks[i].effect == effect;
        assert_true(found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sane_status_has_its_error),
        cmocka_unit_test(a_number_goes_to_what_the_device_takes),
        cmocka_unit_test(sources_of_all_backends_are_known),
        cmocka_unit_test(modes_of_all_backends_are_known),
        cmocka_unit_test(every_panel_of_every_backend_is_known),
        cmocka_unit_test(only_what_is_active_and_read_only_is_polled),
        cmocka_unit_test(a_press_is_read_from_any_type),
        cmocka_unit_test(every_quirk_says_why_and_whence),
        cmocka_unit_test(patterns_of_a_quirk_must_all_fit),
        cmocka_unit_test(misbehaving_machines_are_recognised),
        cmocka_unit_test(every_effect_has_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
