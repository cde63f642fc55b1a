#include "tests/harness/test.h"

#include "daemon/base/mem.h"
#include "daemon/model/dossier_code.h"

static void both_agency_forms_and_both_lengths_are_codes(void **state)
{
    (void)state;
    static const char *const good[] = {"000.17.22.H56-210531-0001", "H56-231027-0361",
                                       "H56.14-240823-0001", "H37.12.2A-240229-12345"};
    static const char *const bad[] = {"",
                                      "H56.14-240823-001",
                                      "H56.14-240823-000123",
                                      "H56.14-230229-0001",
                                      "h56.14-240823-0001",
                                      "H56.14-240823-0001 ",
                                      "H56.-240823-0001",
                                      "00.17.22.H56-210531-0001",
                                      "000.17.22.H5-210531-0001",
                                      "H56.14/240823/0001",
                                      "H56.14-240823-O001",
                                      "../../H56-240823-0001"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(dossier_code_is_valid(good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(dossier_code_is_valid(bad[i]));
}

static void codes_are_taken_as_people_type_them(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *wanted;
    } cases[] = {{"h56.14-240823-0001", "H56.14-240823-0001"},
                 {" H56.14 - 240823\t- 0001 ", "H56.14-240823-0001"},
                 {"000.17.22.h56-210531-0001", "000.17.22.H56-210531-0001"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(mem) char *text = dossier_code_canonical(cases[i].typed);
        assert_string_equal(text, cases[i].wanted);
        assert_true(dossier_code_is_valid(text));
    }
}

static void the_day_is_read_by_either_form(void **state)
{
    (void)state;
    static const struct {
        const char *code, *day;
        bool to_check;
    } cases[] = {
        {"H56.14-240823-0001", "2024-08-23", true}, /* or 24 August 2023 */
        {"H56.14-240523-0001", "2024-05-23", true},  {"H56.14-230524-0001", "2024-05-23", true},
        {"H56.14-310124-0001", "2024-01-31", false}, /* no year 2031 yet */
        {"H56.14-231130-0001", "2023-11-30", false}, {"H56.14-210531-0001", "2021-05-31", false},
        {"H56.14-240817-0001", "2024-08-17", false}, /* before the other form was in use */
        {"H56.14-240824-0001", "2024-08-24", false}, /* the same day by both */
        {"H56.14-150317-0001", "2015-03-17", false}, {"H56.14-991231-0001", "", false},
        {"H56.14-000000-0001", "", false},           {"x", "", false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char day[11] = "";
        bool to_check = false;
        bool known = dossier_code_day(cases[i].code, "2026-03-05", day, &to_check);
        assert_int_equal(known, *cases[i].day != 0);
        assert_string_equal(day, cases[i].day);
        assert_int_equal(to_check, cases[i].to_check);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_agency_forms_and_both_lengths_are_codes),
        cmocka_unit_test(codes_are_taken_as_people_type_them),
        cmocka_unit_test(the_day_is_read_by_either_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
