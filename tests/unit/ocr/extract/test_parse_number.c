#include "ocr/extract/parse_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const kinds[] = {"NQ", "QĐ", "CT", "QyĐ", "TB",  "CTr", "KH", "ĐA",
                                    "DA", "BC", "HD", "HĐ",  "TTr", "TT",  "NĐ", "GM"};
#define KINDS kinds, sizeof kinds / sizeof *kinds

static void numbers_are_read_over_the_noise_of_recognisers(void **state)
{
    static const struct {
        const char *text, *hint, *value;
        const char *kind;
        bool repaired;
    } rows[] = {
        {"12/QĐ-UBND", NULL, "12/QĐ-UBND", "QĐ", false},
        {"12 /QD - UBND", NULL, "12/QĐ-UBND", "QĐ", false},
        {"05/QÐ-UBND", NULL, "05/QĐ-UBND", "QĐ", false},
        {"645/QĐÐ-UB,", NULL, "645/QĐ-UB", "QĐ", false},
        {"1O8/BC-SNN&PTNT", NULL, "108/BC-SNN&PTNT", "BC", true},
        {"l08l/BC-STTTT", NULL, "1081/BC-STTTT", "BC", true},
        {"766/QĐ-TTg", NULL, "766/QĐ-TTg", "QĐ", false},
        {"61/2018/NĐ-CP", NULL, "61/2018/NĐ-CP", "NĐ", false},
        {"61/2018/ND-CP", NULL, "61/2018/NĐ-CP", "NĐ", false},
        {"33/2024/QH15", NULL, "33/2024/QH15", "QH15", false},
        {"66.7/2025/NQ-CP", NULL, "66.7/2025/NQ-CP", "NQ", false},
        {"12a/TB-VP", NULL, "12a/TB-VP", "TB", false},
        {"234/UBND-VX", NULL, "234/UBND-VX", "UBND", false},
        {"583/UBND-XNTTHN", NULL, "583/UBND-XNTTHN", "UBND", false},
        {"3075/UBND-ĐĐ", NULL, "3075/UBND-ĐĐ", "UBND", false},
        {"17/HD-SNV", "HĐ", "17/HĐ-SNV", "HĐ", false},
        {"17/HD-SNV", "HD", "17/HD-SNV", "HD", false},
        {"9/DA-UBND", "ĐA", "9/ĐA-UBND", "ĐA", false},
        {"841/TTr-SXD;", NULL, "841/TTr-SXD", "TTr", false},
        {"45–/KH–UBND", NULL, NULL, NULL, false},
        {"45/KH–UBND", NULL, "45/KH-UBND", "KH", false},
        {"243/2022", NULL, "243/2022", "", false},
        {"37/2025/TLKS-BS", NULL, "37/2025/TLKS-BS", "TLKS", false},
        {"145", NULL, "145", "", false},
        {"†I'†/STP-NC", NULL, NULL, NULL, false},
        {"2†133/BC-UBND", NULL, NULL, NULL, false},
        {"12/03/2020", NULL, NULL, NULL, false},
        {"12/", NULL, NULL, NULL, false},
        {"12//QĐ-UBND", NULL, NULL, NULL, false},
        {"12/QĐ--UBND", NULL, NULL, NULL, false},
        {"12/qđ-ubnd", NULL, NULL, NULL, false},
        {"1234567/QĐ-UBND", NULL, NULL, NULL, false},
        {"/QĐ-UBND", NULL, NULL, NULL, false},
        {"", NULL, NULL, NULL, false},
        {"   ", NULL, NULL, NULL, false},
        {"\xff\xfe", NULL, NULL, NULL, false},
        {"1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL, NULL,
         NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct number_symbol number;
        bool read = parse_number(rows[i].text, KINDS, rows[i].hint, &number);
        if (read != (rows[i].value != NULL))
            fail_msg("row %zu '%s': %s", i, rows[i].text, read ? number.value : "not read");
        if (!read)
            continue;
        assert_string_equal(number.value, rows[i].value);
        assert_string_equal(number.kind, rows[i].kind);
        if (number.repaired != rows[i].repaired)
            fail_msg("row %zu '%s': repaired is %d", i, rows[i].text, number.repaired);
    }
}

static void a_kind_without_its_stroke_stays_a_question_without_a_title(void **state)
{
    struct number_symbol number;
    (void)state;
    assert_true(parse_number("17/HD-SNV", KINDS, NULL, &number));
    assert_true(number.kind_ambiguous);
    assert_true(parse_number("17/QD-SNV", KINDS, NULL, &number));
    assert_false(number.kind_ambiguous);
    assert_true(number.has_kind);
    assert_true(parse_number("17/SNV-VP", KINDS, NULL, &number));
    assert_false(number.has_kind);
}

static void the_year_in_a_number_is_told(void **state)
{
    struct number_symbol number;
    (void)state;
    assert_true(parse_number("243/2022", KINDS, NULL, &number));
    assert_int_equal(number.year, 2022);
    assert_true(parse_number("12/QĐ-UBND", KINDS, NULL, &number));
    assert_int_equal(number.year, 0);
}

static void businesses_have_registration_numbers(void **state)
{
    static const char *const good[] = {"41C8001234", "27G8281199", "58Đ8951010"};
    static const char *const bad[] = {"41C800", "41C800123456", "4C8001234", "41c8001234",
                                      "41C80O1234", "8001234567", "12/QĐ-UBND", ""};
    struct number_symbol number;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(parse_registration(good[i], &number));
        assert_string_equal(number.value, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse_registration(bad[i], &number))
            fail_msg("'%s' is taken for one", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(businesses_have_registration_numbers),
        cmocka_unit_test(numbers_are_read_over_the_noise_of_recognisers),
        cmocka_unit_test(a_kind_without_its_stroke_stays_a_question_without_a_title),
        cmocka_unit_test(the_year_in_a_number_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
