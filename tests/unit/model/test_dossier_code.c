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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_agency_forms_and_both_lengths_are_codes),
        cmocka_unit_test(codes_are_taken_as_people_type_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
