#include "ocr/extract/parse_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void dates_are_read_day_first_and_only_when_they_exist(void **state)
{
    static const struct {
        const char *text, *iso;
        bool repaired, breaks_zeros;
    } rows[] = {
        {"22/12/2021", "2021-12-22", false, false},
        {"05-03-2020", "2020-03-05", false, false},
        {"05.3.2020", "2020-03-05", false, false},
        {"5/3/2020", "2020-03-05", false, true},
        {"05/1/2020", "2020-01-05", false, true},
        {"O5/l2/2021", "2021-12-05", true, false},
        {"18 / 10 / 2025 ghi bằng chữ", "2025-10-18", false, false},
        {"29/02/2024", "2024-02-29", false, false},
        {"29/02/2023", NULL, false, false},
        {"31/04/2020", NULL, false, false},
        {"00/10/2020", NULL, false, false},
        {"12/13/2020", NULL, false, false},
        {"12/03/20", NULL, false, false},
        {"12/03-2020", NULL, false, false},
        {"12/03/20201", NULL, false, false},
        {"12/03/1823", NULL, false, false},
        {"Hà Nội, ngày 05 tháng 3 năm 2020", "2020-03-05", false, false},
        {"NGÀY 05 THÁNG 3 NĂM 2020", "2020-03-05", false, false},
        {"ngay 05 thang 03 nam 2020", "2020-03-05", false, false},
        {"ngày 5 tháng 3 năm 2020", "2020-03-05", false, true},
        {"ngày05tháng3năm2020", "2020-03-05", false, false},
        {"ngày 0] tháng 10 năm 2021", "2021-10-01", true, false},
        {"ngày L7 tháng II năm 2022", "2022-11-17", true, false},
        {"ngày |1 tháng [2 năm 2019", "2019-12-11", true, false},
        {"ngày 30 tháng Z năm 2005", NULL, false, false},
        {"ngày ... tháng 3 năm 2020", NULL, false, false},
        {"ngày 76 tháng 12 năm 2024", NULL, false, false},
        {"từ ngày 01 đến ngày 22 tháng 12 năm 2021", "2021-12-22", false, false},
        {"ngày 12", NULL, false, false},
        {"tháng 3 năm 2020", NULL, false, false},
        {"", NULL, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct date date;
        char iso[DATE_ISO_SIZE];
        bool read = parse_date(rows[i].text, &date);
        if (read != (rows[i].iso != NULL))
            fail_msg("row %zu '%s': %s", i, rows[i].text, read ? "read" : "not read");
        if (!read)
            continue;
        date_iso(&date, iso);
        assert_string_equal(iso, rows[i].iso);
        if (date.repaired != rows[i].repaired || date.breaks_zeros != rows[i].breaks_zeros)
            fail_msg("row %zu '%s': repaired %d, breaks zeros %d", i, rows[i].text, date.repaired,
                     date.breaks_zeros);
    }
}

static void parts_are_numbers_of_their_own(void **state)
{
    bool repaired = false;
    (void)state;
    assert_int_equal(parse_date_part("05", &repaired), 5);
    assert_int_equal(parse_date_part("2020,", &repaired), 2020);
    assert_false(repaired);
    assert_int_equal(parse_date_part("l2", &repaired), 12);
    assert_true(repaired);
    assert_int_equal(parse_date_part("#", &repaired), -1);
    assert_int_equal(parse_date_part("T1tháng", &repaired), -1);
    assert_int_equal(parse_date_part("", &repaired), -1);
}

static void months_are_added_to_the_end_of_a_shorter_month(void **state)
{
    static const struct {
        struct date from;
        int months;
        const char *iso;
    } rows[] = {
        {{2021, 3, 15, 0, 0}, 6, "2021-09-15"},  {{2021, 8, 31, 0, 0}, 6, "2022-02-28"},
        {{2023, 8, 31, 0, 0}, 6, "2024-02-29"},  {{2021, 12, 1, 0, 0}, 12, "2022-12-01"},
        {{2021, 12, 31, 0, 0}, 1, "2022-01-31"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char iso[DATE_ISO_SIZE];
        struct date later = date_add_months(rows[i].from, rows[i].months);
        date_iso(&later, iso);
        assert_string_equal(iso, rows[i].iso);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_day_first_and_only_when_they_exist),
        cmocka_unit_test(parts_are_numbers_of_their_own),
        cmocka_unit_test(months_are_added_to_the_end_of_a_shorter_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
