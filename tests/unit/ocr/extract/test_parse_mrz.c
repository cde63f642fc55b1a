#include "ocr/extract/parse_mrz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct zone {
    const char *line[3];
    const char *personal, *birth, *expiry, *name;
    bool whole;
};

static void expect(const struct zone *zone)
{
    struct mrz mrz;
    size_t used = 0, count = zone->line[2] ? 3 : 2;
    if (!parse_mrz(zone->line, count, &mrz, &used))
        fail_msg("'%s' is no zone", zone->line[0]);
    assert_int_equal(used, count);
    assert_string_equal(mrz.personal, zone->personal);
    assert_string_equal(mrz.birth, zone->birth);
    assert_string_equal(mrz.expiry, zone->expiry);
    assert_string_equal(mrz.name, zone->name);
    assert_int_equal(mrz.whole, zone->whole);
}

static void the_zone_of_a_card_is_read(void **state)
{
    (void)state;
    static const struct zone zone = {{"IDVNM1735219040036173521904<<<",
                                      "7308277F4808271VNM<<<<<<<<<<<9",
                                      "TRINH<<THI<HOA<<<<<<<<<<<<<<<<"},
                                     "036173521904",
                                     "1973-08-27",
                                     "2048-08-27",
                                     "TRINH THI HOA",
                                     true};
    expect(&zone);
}

static void the_zone_of_a_passport_is_read(void **state)
{
    (void)state;
    static const struct zone zone = {{"P<VNMLE<<VAN<NAM<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
                                      "C1234567<0VNM8001014M3001019001080012345<<88", NULL},
                                     "001080012345",
                                     "1980-01-01",
                                     "2030-01-01",
                                     "LE VAN NAM",
                                     true};
    expect(&zone);
}

static void letters_become_digits_where_the_check_digit_agrees(void **state)
{
    (void)state;
    static const struct zone zones[] = {
        /* O, I, S, B for digits; fillers lost, spaces, a small letter and marks */
        {{"IDVNMI7352I9O40O36I7352I9O4<", "73OB277F4BO827IVNM<<<<<<<<<<<9",
          "trịnh << THI <HOA <<<<<<<"},
         "036173521904",
         "1973-08-27",
         "2048-08-27",
         "TRINH THI HOA",
         true},
        /* the last line's end is gone: nothing says that the whole agrees */
        {{"IDVNM1735219040036173521904", "7308277F4808271VNM<<<<<", "TRINH<<THI<HOA<<<"},
         "036173521904",
         "1973-08-27",
         "2048-08-27",
         "TRINH THI HOA",
         false},
    };
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        expect(&zones[i]);
}

static void what_a_check_digit_denies_is_not_told(void **state)
{
    (void)state;
    static const struct zone zones[] = {
        /* a digit of the number; without it nobody knows the century */
        {{"IDVNM1735219140036173521914<<<", "7308277F4808271VNM<<<<<<<<<<<9",
          "TRINH<<THI<HOA<<<<<<<<<<<<<<<<"},
         "",
         "",
         "2048-08-27",
         "TRINH THI HOA",
         false},
        /* number and personal number disagree */
        {{"IDVNM1735219040036173521905<<<", "7308277F4808271VNM<<<<<<<<<<<9",
          "TRINH<<THI<HOA<<<<<<<<<<<<<<<<"},
         "",
         "",
         "2048-08-27",
         "TRINH THI HOA",
         false},
        /* day of birth */
        {{"IDVNM1735219040036173521904<<<", "7308217F4808271VNM<<<<<<<<<<<9",
          "TRINH<<THI<HOA<<<<<<<<<<<<<<<<"},
         "036173521904",
         "",
         "2048-08-27",
         "TRINH THI HOA",
         false},
        /* province, which only the whole check digit covers */
        {{"IDVNM1735219040035173521904<<<", "7308277F4808271VNM<<<<<<<<<<<9",
          "TRINH<<THI<HOA<<<<<<<<<<<<<<<<"},
         "035173521904",
         "1973-08-27",
         "2048-08-27",
         "TRINH THI HOA",
         false},
    };
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        expect(&zones[i]);
}

static void other_lines_are_no_zone(void **state)
{
    (void)state;
    static const char *const lines[][3] = {
        {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 12/QĐ-UBND"},
        {"", "", ""},
        {"IDVNM", "7308277F", "TRINH"},
        {"IDUSA1735219040036173521904<<<", "7308277F4808271VNM<<<<<<<<<<<9",
         "TRINH<<THI<HOA<<<<<<<<<<<<<<<<"},
        {"<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
         "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"},
        {"IDVNM1735219140036173521914<<<", "7308217F4808277VNM<<<<<<<<<<<9",
         "TRINH<<THI<HOA<<<<<<<<<<<<<<<<"},
        {"\xff\xfe<<<<<<<<<<<<<<<<<<<<<<<<<<<<", "\xff", "\xff"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (size_t count = 0; count <= 3; count++) {
            struct mrz mrz;
            size_t used;
            assert_false(parse_mrz(lines[i], count, &mrz, &used));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_zone_of_a_card_is_read),
        cmocka_unit_test(the_zone_of_a_passport_is_read),
        cmocka_unit_test(letters_become_digits_where_the_check_digit_agrees),
        cmocka_unit_test(what_a_check_digit_denies_is_not_told),
        cmocka_unit_test(other_lines_are_no_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
