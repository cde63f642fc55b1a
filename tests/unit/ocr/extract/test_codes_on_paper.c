#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "ocr/extract/understand.h"
#include "typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Codes on papers, right ones and ones that lie there by chance or by ill will. */

static struct templates *templates;

static int load(void **state)
{
    struct err err = ERR_INIT;
    (void)state;
    return templates_load(NULL, &templates, &err) == ERR_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    templates_free(templates);
    return 0;
}

struct expected {
    const char *field, *value;
    bool asks;
};

/* The paper of `set` with these codes on it; `set` is gone afterwards. */
static void expect_with_codes(struct typeset *set, const char *const *payload, size_t count,
                              const struct expected *expected, size_t expected_count)
{
    struct page_info info = {.code_count = count};
    struct js *found = NULL;
    struct err err = ERR_INIT;
    for (size_t i = 0; i < count; i++) {
        snprintf(info.codes[i].kind, sizeof info.codes[i].kind, "QR");
        info.codes[i].text = (char *)payload[i];
    }
    enum err_code code = understand_document(templates, &set->words, &info, 1, NULL, &found, &err);
    AUTO(js) struct js *answer = found;
    typeset_done(set);
    if (code)
        fail_msg("%s", err.detail);
    for (size_t i = 0; i < expected_count; i++) {
        char path[100];
        snprintf(path, sizeof path, "fields.%s.value", expected[i].field);
        const char *value = js_text_or(answer, path, "");
        if (strcmp(value, expected[i].value ? expected[i].value : "") != 0)
            fail_msg("%s with %s: %s is '%s'", js_text_or(answer, "type", ""), payload[0],
                     expected[i].field, value);
        snprintf(path, sizeof path, "fields.%s.needs_person", expected[i].field);
        if (js_bool_or(answer, path, !expected[i].asks) != expected[i].asks)
            fail_msg("%s with %s: %s %s a person", js_text_or(answer, "type", ""), payload[0],
                     expected[i].field, expected[i].asks ? "does not ask" : "asks");
    }
}

/* A child's paper, which bears no number. */
static void set_birth(struct typeset *set)
{
    typeset_start(set);
    typeset_head(set, "ỦY BAN NHÂN DÂN", "XÃ HƯỚNG PHÙNG", "Số: 77/2025",
                 "Hướng Phùng, ngày 18 tháng 9 năm 2025");
    typeset_centred(set, 111, 55, 14, "GIẤY KHAI SINH");
    typeset_at(set, 28, 76, 13, "Họ, chữ đệm, tên: HỒ GIA BẢO");
    typeset_at(set, 28, 84, 13, "Ngày, tháng, năm sinh: 05/09/2025");
    typeset_at(set, 28, 92, 13, "Họ, chữ đệm, tên người mẹ: HỒ THỊ LÀI");
}

static void a_card_that_lies_on_the_paper_of_another_gives_nothing(void **state)
{
    static const char *const mother[] = {
        "045195001122||Hồ Thị Lài|14021995|Nữ|Hướng Phùng, Quảng Trị|01062021"};
    static const struct expected expected[] = {
        {"owner_name", "Hồ Gia Bảo", true},
        {"owner_birth_date", "2025-09-05", true},
        {"owner_id", NULL, true},
    };
    struct typeset set;
    (void)state;
    set_birth(&set);
    expect_with_codes(&set, mother, 1, expected, 3);
}

static void a_card_of_the_one_whose_paper_it_is_gives_the_number(void **state)
{
    static const char *const own[] = {
        "045225001122||Hồ Gia Bảo|05092025|Nam|Hướng Phùng, Quảng Trị|18092025"};
    static const struct expected expected[] = {
        {"owner_name", "Hồ Gia Bảo", false},
        {"owner_birth_date", "2025-09-05", false},
        {"owner_id", "045225001122", false},
    };
    struct typeset set;
    (void)state;
    set_birth(&set);
    expect_with_codes(&set, own, 1, expected, 3);
}

static void a_card_of_which_the_paper_says_nothing_is_a_question(void **state)
{
    static const char *const somebody[] = {
        "045195001122||Hồ Thị Lài|14021995|Nữ|Hướng Phùng, Quảng Trị|01062021"};
    static const struct expected expected[] = {
        {"owner_name", "Hồ Thị Lài", true},
        {"owner_id", "045195001122", true},
    };
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_head(&set, "ỦY BAN NHÂN DÂN", "XÃ HƯỚNG PHÙNG", "Số: 77/2025",
                 "Hướng Phùng, ngày 18 tháng 9 năm 2025");
    typeset_centred(&set, 111, 55, 14, "GIẤY KHAI SINH");
    typeset_at(&set, 28, 76, 13, "Họ, chữ đệm, tên:");
    typeset_at(&set, 28, 84, 13, "Họ, chữ đệm, tên người mẹ:");
    typeset_at(&set, 28, 92, 13, "Nơi đăng ký khai sinh:");
    expect_with_codes(&set, somebody, 1, expected, 2);
}

static void codes_that_contradict_each_other_are_a_question(void **state)
{
    static const char *const two[] = {"H50.33-250918-0002", "H50.33-250917-0051"};
    static const char *const same[] = {"H50.33-250918-0002", "maHoSo=H50.33-250918-0002"};
    static const struct expected asked[] = {{"dossier_code", "H50.33-250918-0002", true}};
    static const struct expected sure[] = {{"dossier_code", "H50.33-250918-0002", false}};
    struct typeset set;
    (void)state;
    set_birth(&set);
    expect_with_codes(&set, two, 2, asked, 1);
    set_birth(&set);
    expect_with_codes(&set, same, 2, sure, 1);
}

/* The number of a tracking page or a price is nobody's and no procedure. */
static void numbers_of_codes_without_a_dossier_are_a_question(void **state)
{
    static const char *const rows[] = {
        "https://example.vn/?ma=079301234567&gia=1.250000&hethan=31/12/2026",
        "{\"ma\":\"079301234567\",\"gia\":\"1.250000\",\"hethan\":\"31/12/2026\"}",
        "079301234567|1.250000|hethan=31/12/2026",
    };
    static const struct expected expected[] = {
        {"owner_id", "079301234567", true},
        {"procedure_code", "1.250000", true},
        {"valid_until", "2026-12-31", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        set_birth(&set);
        expect_with_codes(&set, &rows[i], 1, expected, 3);
    }
}

/* One word of the card is misread: nothing of either is sure. */
static void a_card_whose_code_and_print_disagree_is_a_question_throughout(void **state)
{
    static const char *const other[] = {
        "045188004455||Lê Thị Định|09111988|Nữ|Hướng Phùng, Quảng Trị|20042021"};
    static const struct expected expected[] = {
        {"owner_name", "Lê Thị Định", true},
        {"owner_id", "045188004455", true},
        {"owner_birth_date", "1988-11-09", true},
    };
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_centred(&set, 111, 22, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    typeset_centred(&set, 111, 28, 13, "Độc lập - Tự do - Hạnh phúc");
    typeset_centred(&set, 111, 42, 15, "CĂN CƯỚC CÔNG DÂN");
    typeset_at(&set, 28, 56, 13, "Số / No.: 045195001122");
    typeset_at(&set, 28, 64, 13, "Họ và tên / Full name:");
    typeset_at(&set, 28, 72, 13, "Ngày sinh / Date of birth: 14/02/1995");
    typeset_at(&set, 28, 80, 13, "Giới tính / Sex: Nữ");
    typeset_at(&set, 28, 88, 13, "Có giá trị đến: 14/02/2035");
    expect_with_codes(&set, other, 1, expected, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_that_lies_on_the_paper_of_another_gives_nothing),
        cmocka_unit_test(a_card_of_the_one_whose_paper_it_is_gives_the_number),
        cmocka_unit_test(a_card_of_which_the_paper_says_nothing_is_a_question),
        cmocka_unit_test(codes_that_contradict_each_other_are_a_question),
        cmocka_unit_test(numbers_of_codes_without_a_dossier_are_a_question),
        cmocka_unit_test(a_card_whose_code_and_print_disagree_is_a_question_throughout),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
