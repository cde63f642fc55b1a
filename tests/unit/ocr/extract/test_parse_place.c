#include "daemon/base/mem.h"
#include "ocr/extract/parse_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef char *make_text(const char *);

struct row {
    const char *text, *wanted;
};

static void check_rows(make_text *make, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(mem) char *made = make(rows[i].text);
        if (!made != !rows[i].wanted || (made && strcmp(made, rows[i].wanted) != 0))
            fail_msg("row %zu '%s': got '%s'", i, rows[i].text, made ? made : "(none)");
    }
}

static void agencies_lose_their_capitals(void **state)
{
    static const struct row rows[] = {
        {"ỦY BAN NHÂN DÂN TỈNH LẠNG SƠN", "Ủy ban nhân dân tỉnh Lạng Sơn"},
        {"ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", "Ủy ban nhân dân thành phố Hồ Chí Minh"},
        {"ỦY BAN NHÂN DÂN THỊ TRẤN CỒN", "Ủy ban nhân dân thị trấn Cồn"},
        {"ỦY BAN NHÂN DÂN TÍNH HƯNG YÊN", "Ủy ban nhân dân tỉnh Hưng Yên"},
        {"ỦY BAN NHÂN DÂN THANH PHO THÁI NGUYÊN", "Ủy ban nhân dân thành phố Thái Nguyên"},
        {"ỦY BAN NHÂN DÂN XÃ THÀNH XÁ", "Ủy ban nhân dân xã Thành Xá"},
        {"UBND XÃ HẢI HẬU", "Ủy ban nhân dân xã Hải Hậu"},
        {"UBND xã Hải Hậu", "Ủy ban nhân dân xã Hải Hậu"},
        {"Ủy ban nhân dân phường Đông Kinh", "Ủy ban nhân dân phường Đông Kinh"},
        {"SỞ XÂY DỰNG", "Sở Xây dựng"},
        {"SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "Sở Thông tin và Truyền thông"},
        {"PHÒNG TÀI CHÍNH - KẾ HOẠCH HUYỆN HỮU LŨNG", "Phòng Tài chính - Kế hoạch huyện Hữu Lũng"},
        {"BỘ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "Bộ Văn hóa, Thể thao và Du lịch"},
        {"PHÒNG TƯ PHÁP", "Phòng Tư pháp"},
        {"SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "Sở Lao động - Thương binh và Xã hội"},
        {"CÔNG AN XÃ MINH SƠN", "Công an xã Minh Sơn"},
        {"TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", "Trung tâm phục vụ hành chính công"},
        {"BỘ TƯ PHÁP", "Bộ Tư pháp"},
        {"CÔNG TY TNHH MTV CẤP NƯỚC", "Công ty TNHH MTV cấp nước"},
        {"UBND TỈNH ĐỒNG THÁP.", "Ủy ban nhân dân tỉnh Đồng Tháp"},
    };
    (void)state;
    check_rows(agency_from_caps, rows, sizeof rows / sizeof *rows);
}

static void names_are_two_to_six_words_of_letters(void **state)
{
    static const struct row rows[] = {
        {"ĐỖ MẠNH HÙNG", "Đỗ Mạnh Hùng"},
        {"Vũ Công Tùng", "Vũ Công Tùng"},
        {"  Trần Thị Chi , ", "Trần Thị Chi"},
        {"Ê Ban Y Krông", "Ê Ban Y Krông"},
        {"Hùng", NULL},
        {"Đỗ mạnh Hùng", NULL},
        {"Đỗ Mạnh Hùng 3", NULL},
        {"ê Thanh Hương", NULL},
        {"Bộ Phận Tiếp Nhận Và Trả Kết Quả", NULL},
        {"", NULL},
        {"- -", NULL},
    };
    (void)state;
    check_rows(person_name, rows, sizeof rows / sizeof *rows);
}

static void places_are_names_not_sentences(void **state)
{
    static const struct row rows[] = {
        {"Lạng Sơn,", "Lạng Sơn"},
        {"thị trấn Lâm,", "thị trấn Lâm"},
        {"TP. Hồ Chí Minh,", "TP. Hồ Chí Minh"},
        {"Thừa Thiên - Huế,", "Thừa Thiên - Huế"},
        {"Quận 3, ", NULL},
        {"/QĐ-UBND Lạng Sơn", NULL},
        {"Đăng ký lần đầu:", NULL},
        {",", NULL},
    };
    (void)state;
    check_rows(place_name, rows, sizeof rows / sizeof *rows);
}

static void agencies_begin_with_their_kind(void **state)
{
    (void)state;
    assert_true(agency_begins("uy", "ban"));
    assert_true(agency_begins("so", "xay"));
    assert_true(agency_begins("cong", "an"));
    assert_false(agency_begins("cong", "nghe"));
    assert_false(agency_begins("son", "la"));
    assert_false(agency_begins("phuong", "nam"));
    assert_string_equal(agency_unit("Ủy ban nhân dân xã Hải Hậu"), "xã Hải Hậu");
    assert_null(agency_unit("Sở Xây dựng"));
    assert_null(agency_unit("Sở Lao động - Thương binh và Xã hội"));
    assert_null(agency_unit("Ban quản lý xã hội"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agencies_lose_their_capitals),
        cmocka_unit_test(names_are_two_to_six_words_of_letters),
        cmocka_unit_test(places_are_names_not_sentences),
        cmocka_unit_test(agencies_begin_with_their_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
