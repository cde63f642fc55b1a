#include "tests/harness/test.h"

#include "daemon/pipeline/scan_wish.h"

#include <string.h>

static struct js *parse(const char *text)
{
    struct js *value = NULL;
    assert_int_equal(js_parse(text, strlen(text), &value, NULL), ERR_OK);
    return value;
}

static void the_request_goes_over_the_profile_over_our_defaults(void **state)
{
    (void)state;
    static const struct {
        const char *request, *profile, *settings;
        enum err_code code;
    } cases[] = {
        {"{}", NULL, "{\"mode\":\"color\",\"resolution_dpi\":300,\"source_by_paper\":true}",
         ERR_OK},
        {"{\"resolution_dpi\":400,\"sheets\":3}", NULL,
         "{\"mode\":\"color\",\"resolution_dpi\":400,\"expect_sheets\":3,\"source_by_paper\":true}",
         ERR_OK},
        {"{}", "{\"settings\":{\"source\":\"adf\",\"resolution_dpi\":200}}",
         "{\"mode\":\"color\",\"resolution_dpi\":200,\"source\":\"adf\"}", ERR_OK},
        {"{\"source\":\"flatbed\"}", "{\"settings\":{\"source\":\"adf\"}}",
         "{\"mode\":\"color\",\"resolution_dpi\":300,\"source\":\"flatbed\"}", ERR_OK},
        {"{\"source\":\"adf\"}", "{\"locked\":true,\"settings\":{\"source\":\"adf\"}}",
         "{\"mode\":\"color\",\"resolution_dpi\":300,\"source\":\"adf\"}", ERR_OK},
        {"{\"source\":\"flatbed\"}", "{\"locked\":true,\"settings\":{\"source\":\"adf\"}}", NULL,
         ERR_PROFILE_LOCKED},
        /* a card looked at closer is scanned otherwise than its page */
        {"{\"part_kind\":\"detail\",\"resolution_dpi\":600,\"area_mm\":[1,2,85,54]}",
         "{\"locked\":true,\"settings\":{\"resolution_dpi\":300}}",
         "{\"mode\":\"color\",\"resolution_dpi\":600,\"area_mm\":[1,2,85,54]}", ERR_OK},
        {"{\"document_id\":\"x\",\"paper\":\"a5\"}", NULL,
         "{\"mode\":\"color\",\"resolution_dpi\":300,\"paper\":\"a5\",\"source_by_paper\":true}",
         ERR_OK},
        /* what lies on the glass is not looked for in the feeder */
        {"{\"hands_free\":true}", NULL, "{\"mode\":\"color\",\"resolution_dpi\":300}", ERR_OK},
        {"{\"part_of\":\"x\",\"part_kind\":\"note\"}", NULL,
         "{\"mode\":\"color\",\"resolution_dpi\":300}", ERR_OK},
        {"{\"mode\":\"gray\"}", NULL, NULL, ERR_SETTINGS_NOT_LEGAL},
        {"{\"mode\":\"lineart\"}", NULL, NULL, ERR_SETTINGS_NOT_LEGAL},
        {"{\"resolution_dpi\":199}", NULL, NULL, ERR_SETTINGS_NOT_LEGAL},
        {"{\"resolution_dpi\":1201}", NULL, NULL, ERR_SETTINGS_NOT_LEGAL},
        {"{}", "{\"settings\":{\"resolution_dpi\":100}}", NULL, ERR_SETTINGS_NOT_LEGAL},
        {"{\"paper\":\"b9\"}", NULL, NULL, ERR_BAD_ARGUMENT},
        {"{\"resolution_dpi\":\"300\"}", NULL, NULL, ERR_BAD_JSON},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *request = parse(cases[i].request);
        AUTO(js) struct js *profile = cases[i].profile ? parse(cases[i].profile) : NULL;
        AUTO(js) struct js *settings = NULL;
        AUTO(js) struct js *expected = cases[i].settings ? parse(cases[i].settings) : NULL;
        struct err err = ERR_INIT;
        assert_int_equal(scan_wish_settings(request, profile, &settings, &err), cases[i].code);
        if (expected && !js_equal(settings, expected))
            fail_msg("%zu: not %s", i, cases[i].settings);
        assert_int_equal(err.code, cases[i].code);
    }
}

static void a_locked_profile_fixes_what_it_names_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *request, *settings;
        const char *fixed; /* NULL: may be chosen */
    } cases[] = {
        {"{\"source\":\"flatbed\"}", "{\"source\":\"adf\"}", "source"},
        {"{\"source\":\"adf\"}", "{\"source\":\"adf\"}", NULL},
        {"{\"resolution_dpi\":600}", "{\"resolution_dpi\":300}", "resolution_dpi"},
        {"{\"paper\":\"a3\"}", "{\"paper\":\"a4\"}", "paper"},
        {"{\"area_mm\":[0,0,50,50]}", "{\"paper\":\"a4\"}", "paper"},
        {"{\"area_mm\":[0,0,50,50]}", "{\"source\":\"flatbed\"}", NULL},
        {"{\"source\":\"duplex\",\"paper\":\"a3\",\"mode\":\"color\"}", "{\"resolution_dpi\":300}",
         NULL},
        {"{\"resolution_dpi\":600,\"paper\":\"a5\"}", "{\"source\":\"adf\"}", NULL},
        {"{\"source\":\"flatbed\",\"resolution_dpi\":400}", "{\"button\":\"off\"}", NULL},
        {"{\"source\":\"flatbed\"}", "{}", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *request = parse(cases[i].request);
        for (int locked = 0; locked < 2; locked++) {
            AUTO(js)
            struct js *profile = js_pack("{s:s, s:b, s:o}", "name", "Một mặt", "locked", locked,
                                         "settings", parse(cases[i].settings));
            AUTO(js) struct js *settings = NULL;
            struct err err = ERR_INIT;
            char detail[100] = "";
            if (locked && cases[i].fixed)
                snprintf(detail, sizeof detail, "'%s' is fixed by the locked profile 'Một mặt'",
                         cases[i].fixed);
            assert_int_equal(scan_wish_settings(request, profile, &settings, &err),
                             *detail ? ERR_PROFILE_LOCKED : ERR_OK);
            assert_string_equal(err.detail, detail);
            for (void *it = js_iter(request); settings && it; it = js_iter_next(request, it))
                assert_true(js_equal(js_at(settings, js_iter_key(it)), js_iter_value(it)));
        }
    }
}

static void a_profile_holds_only_what_it_may(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        enum err_code code;
    } cases[] = {
        {"{}", ERR_OK},
        {"{\"source\":\"duplex\",\"mode\":\"color\",\"resolution_dpi\":300,\"paper\":\"a4\"}",
         ERR_OK},
        {"{\"separators\":\"patch,blank\",\"split\":\"propose\"}", ERR_OK},
        {"{\"separators\":\"red\"}", ERR_BAD_ARGUMENT},
        {"{\"separators\":1}", ERR_BAD_JSON},
        {"{\"split\":\"always\"}", ERR_BAD_ARGUMENT},
        {"{\"sheets\":3}", ERR_BAD_ARGUMENT},
        {"{\"source\":\"window\"}", ERR_BAD_ARGUMENT},
        {"{\"mode\":\"gray\"}", ERR_SETTINGS_NOT_LEGAL},
        {"[]", ERR_BAD_ARGUMENT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *settings = parse(cases[i].settings);
        assert_int_equal(scan_wish_check_profile(settings, NULL), cases[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_goes_over_the_profile_over_our_defaults),
        cmocka_unit_test(a_locked_profile_fixes_what_it_names_and_nothing_else),
        cmocka_unit_test(a_profile_holds_only_what_it_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
