#include "tests/harness/test.h"

#include "daemon/base/mem.h"
#include "daemon/model/catalog_kind.h"
#include "daemon/model/procedure_code.h"

static void every_kind_is_found_and_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalog_kind_count; i++) {
        const struct catalog_kind *kind = &catalog_kinds[i];
        size_t keys = 0;
        bool has_code = false, has_name = false;
        assert_ptr_equal(catalog_kind_find(kind->name), kind);
        assert_non_null(strstr(catalog_kind_names, kind->name));
        for (size_t n = 0; n < catalog_kind_columns(kind); n++) {
            keys += kind->columns[n].in_key;
            has_code = has_code || strcmp(kind->columns[n].key, kind->code_key) == 0;
            has_name = has_name || strcmp(kind->columns[n].key, kind->name_key) == 0;
        }
        assert_true(keys > 0 && has_code && has_name);
    }
    assert_null(catalog_kind_find("procedure"));
}

static void headings_are_alike_with_and_without_accents(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {{"Mã thủ tục", "ma_thu_tuc"},   {"MÃ THỦ TỤC ", "ma_thu_tuc"},
                 {"ma_thu_tuc", "ma_thu_tuc"},   {"Đến ngày", "den_ngay"},
                 {"Mã TTHC (số)", "ma_tthc_so"}, {"  ", ""}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(mem) char *heading = catalog_heading(cases[i].text);
        assert_string_equal(heading, cases[i].wanted);
    }
}

static void procedure_codes_have_one_short_form(void **state)
{
    (void)state;
    static const char *const good[] = {"1.010708", "1.010708.000.00.00.H56", "1.010708.01"};
    static const char *const bad[] = {"",
                                      "1.01070",
                                      "1.0107089",
                                      "x.010708",
                                      "1.010708.1",
                                      "1,010708",
                                      "1.010708 ",
                                      "1.010708.000.00.00.h56",
                                      "1.010708.000.00.01.H56"};
    char code[PROCEDURE_CODE_SIZE];
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(procedure_code_short(good[i], code));
        assert_string_equal(code, "1.010708");
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(procedure_code_short(bad[i], code));
}

static void days_are_read_as_people_and_spreadsheets_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted; /* NULL: none */
        bool serial;
    } cases[] = {{"2025-07-01", "2025-07-01", false},
                 {"1/7/2025", "2025-07-01", false},
                 {"01.07.2025", "2025-07-01", false},
                 {"45839", "2025-07-01", true},
                 {"45839", NULL, false},
                 {"2025-02-29", NULL, false},
                 {"31/4/2025", NULL, false},
                 {"2025-7", NULL, false},
                 {"1/7/25", NULL, false},
                 {"2025-07-01x", NULL, true},
                 {"7", NULL, true},
                 {"+1/7/2025", NULL, false}};
    char day[11];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool found = catalog_date(cases[i].text, cases[i].serial, day);
        assert_int_equal(found, cases[i].wanted != NULL);
        if (found)
            assert_string_equal(day, cases[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_found_and_listed),
        cmocka_unit_test(headings_are_alike_with_and_without_accents),
        cmocka_unit_test(procedure_codes_have_one_short_form),
        cmocka_unit_test(days_are_read_as_people_and_spreadsheets_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
