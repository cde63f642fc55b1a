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

/* Labels and where their values stand. Everybody is invented. */

#define LINES_MAX 10
#define FIELDS_MAX 4

/* Text at x, on the line `row`; several on one row stand beside each other. */
struct piece {
    int row;
    double x_mm;
    const char *text;
};

struct form {
    const char *title;
    struct piece piece[LINES_MAX];
    struct {
        const char *name, *value; /* NULL: none */
        bool asks;
    } field[FIELDS_MAX];
    const char *unsure; /* a word read less surely than the others; NULL: none */
    double confidence;
};

static struct templates *templates;

static int load(void **state)
{
    struct err err = ERR_INIT;
    (void)state;
    return templates_load(NULL, &templates, &err) ? -1 : 0;
}

static int unload(void **state)
{
    (void)state;
    templates_free(templates);
    return 0;
}

static void set_form(struct typeset *set, const struct form *form)
{
    typeset_start(set);
    typeset_centred(set, 111, 22, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    typeset_centred(set, 111, 28, 13, "Độc lập - Tự do - Hạnh phúc");
    typeset_centred(set, 111, 42, 15, form->title);
    int row = -1;
    for (size_t i = 0; i < LINES_MAX && form->piece[i].text; i++) {
        const struct piece *piece = &form->piece[i];
        double y_mm = 56 + 7 * piece->row;
        if (piece->row == row)
            typeset_more(set, piece->x_mm, y_mm, 13, piece->text);
        else
            typeset_at(set, piece->x_mm, y_mm, 13, piece->text);
        row = piece->row;
    }
    for (size_t i = 0; form->unsure && i < set->words.count; i++)
        if (strcmp(set->words.item[i].text, form->unsure) == 0)
            set->words.item[i].confidence = form->confidence;
    typeset_at(set, 28, 125, 13,
               "Tôi xin cam đoan những lời khai trên là đúng sự thật và chịu trách nhiệm về mình.");
}

static void check(const struct form *forms, size_t count)
{
    static const struct page_info no_info[1];
    for (size_t i = 0; i < count; i++) {
        struct typeset set;
        struct err err = ERR_INIT;
        AUTO(js) struct js *answer = NULL;
        set_form(&set, &forms[i]);
        if (understand_document(templates, &set.words, no_info, 1, NULL, &answer, &err))
            fail_msg("%s", err.detail);
        typeset_done(&set);
        for (size_t k = 0; k < FIELDS_MAX && forms[i].field[k].name; k++) {
            char path[100];
            const char *name = forms[i].field[k].name, *wanted = forms[i].field[k].value;
            snprintf(path, sizeof path, "fields.%s.value", name);
            const char *value = js_text_or(answer, path, "nothing");
            if (strcmp(value, wanted ? wanted : "nothing") != 0)
                fail_msg("'%s' (%s), row %zu: %s is '%s', not '%s'", forms[i].title,
                         js_text_or(answer, "type", ""), i, name, value,
                         wanted ? wanted : "nothing");
            snprintf(path, sizeof path, "fields.%s.needs_person", name);
            if (js_bool_or(answer, path, true) != forms[i].field[k].asks)
                fail_msg("'%s', row %zu: %s %s a person", forms[i].title, i, name,
                         forms[i].field[k].asks ? "spares" : "asks");
        }
    }
}

#define CHECK(forms) check(forms, sizeof(forms) / sizeof *(forms))

static void a_value_ends_where_the_next_label_begins(void **state)
{
    static const struct form forms[] = {
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Võ Thị Sương"}, {0, 110, "Sinh ngày: 02/09/1988"}},
         {{"owner_name", "Võ Thị Sương", false}, {"owner_birth_date", "1988-09-02", false}}},
        /* a label of another form */
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Võ Thị Sương"}, {0, 110, "Sinh năm: 1988"}},
         {{"owner_name", "Võ Thị Sương", false}}},
        /* "Nam Sinh" is no "Năm sinh" */
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Võ Thị Sương"},
          {1, 28, "Giới tính: Nam"},
          {1, 62, "Sinh ngày: 02/09/1988"}},
         {{"owner_birth_date", "1988-09-02", false}}},
        /* too little was left of the label */
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Võ Thị Sương"}, {0, 78, "Sinh 02/09/1988"}},
         {{"owner_name", "Võ Thị Sương", true}}},
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Võ Thị Sương Sinh 02/09/1988"}},
         {{"owner_name", "Võ Thị Sương Sinh", true}}},
    };
    (void)state;
    CHECK(forms);
}

static void a_value_stands_under_its_label_or_behind_its_english(void **state)
{
    static const struct form forms[] = {
        {"CĂN CƯỚC",
         {{0, 28, "Số định danh cá nhân / Personal identification number"},
          {1, 28, "052188004410"},
          {2, 28, "Họ, chữ đệm và tên khai sinh / Full name:"},
          {3, 28, "VÕ THỊ SƯƠNG"},
          {4, 28, "Ngày, tháng, năm sinh / Date of birth: 02/09/1988"}},
         {{"owner_id", "052188004410", false},
          {"owner_name", "Võ Thị Sương", false},
          {"owner_birth_date", "1988-09-02", false}}},
        {"CĂN CƯỚC CÔNG DÂN",
         {{0, 28, "Họ và tên"}, {1, 28, "Full name"}, {2, 28, "VÕ THỊ SƯƠNG"}},
         {{"owner_name", "Võ Thị Sương", false}}},
    };
    (void)state;
    CHECK(forms);
}

static void columns_are_read_each_for_itself(void **state)
{
    static const struct form forms[] = {
        {"GIẤY CHỨNG NHẬN KẾT HÔN",
         {{0, 32, "Họ, chữ đệm, tên vợ: VÕ THỊ NGỌC"},
          {0, 110, "Họ, chữ đệm, tên chồng: TRỊNH"},
          {1, 62, "SƯƠNG"},
          {1, 146, "QUANG HÀO"},
          {2, 44, "Giấy tờ tùy thân: CCCD số"},
          {2, 122, "Giấy tờ tùy thân: CCCD số"},
          {3, 54, "052188004410"},
          {3, 136, "052088001122"}},
         {{"owner_name", "Võ Thị Ngọc Sương", true}, {"owner_id", "052188004410", false}}},
        /* nobody says whether it goes on: a rule of the table was read behind it */
        {"GIẤY CHỨNG NHẬN KẾT HÔN",
         {{0, 32, "Họ, chữ đệm, tên vợ: VÕ THỊ NGỌC _"},
          {0, 118, "Họ, chữ đệm, tên chồng: TRỊNH"},
          {1, 62, "SƯƠNG"},
          {1, 146, "QUANG HÀO"}},
         {{"owner_name", "Võ Thị Ngọc Sương", true}}},
        /* each under a heading of its own */
        {"GIẤY CHỨNG NHẬN KẾT HÔN",
         {{0, 60, "VỢ"},
          {0, 140, "CHỒNG"},
          {1, 32, "Họ, chữ đệm, tên: VÕ THỊ SƯƠNG"},
          {1, 118, "Họ, chữ đệm, tên: TRỊNH HÀO"},
          {2, 32, "Giấy tờ tùy thân: CCCD số 052188004410"},
          {2, 118, "Giấy tờ tùy thân: CCCD số 052088001122"}},
         {{"owner_name", "Võ Thị Sương", false}, {"owner_id", "052188004410", false}}},
        /* the other one first */
        {"GIẤY CHỨNG NHẬN KẾT HÔN",
         {{0, 60, "CHỒNG"},
          {0, 140, "VỢ"},
          {1, 32, "Họ, chữ đệm, tên: TRỊNH HÀO"},
          {1, 118, "Họ, chữ đệm, tên: VÕ THỊ SƯƠNG"}},
         {{"owner_name", "Trịnh Hào", true}}},
        /* whole under the signature */
        {"GIẤY CHỨNG NHẬN KẾT HÔN",
         {{0, 32, "Họ, chữ đệm, tên vợ: VÕ THỊ NGỌC"},
          {0, 110, "Họ, chữ đệm, tên chồng: TRỊNH"},
          {1, 62, "SƯƠNG"},
          {1, 146, "QUANG HÀO"},
          {4, 40, "Vợ"},
          {4, 130, "Chồng"},
          {6, 32, "Võ Thị Ngọc Sương"},
          {6, 120, "Trịnh Quang Hào"}},
         {{"owner_name", "Võ Thị Ngọc Sương", false}}},
    };
    (void)state;
    CHECK(forms);
}

static void of_several_people_the_first_is_meant_where_the_second_stands_behind(void **state)
{
    static const struct form forms[] = {
        {"HỢP ĐỒNG CHUYỂN NHƯỢNG",
         {{0, 28, "BÊN A:"},
          {1, 28, "Bà: Võ Thị Sương, CCCD số 052188004410"},
          {2, 28, "BÊN B:"},
          {3, 28, "Ông: Trịnh Quang Hào, CCCD số 052090001122"}},
         {{"owner_name", "Võ Thị Sương", false}, {"owner_id", "052188004410", false}}},
        /* nobody knows where the second one begins */
        {"HỢP ĐỒNG CHUYỂN NHƯỢNG",
         {{1, 28, "Bà: Võ Thị Sương, CCCD số 052188004410"},
          {3, 28, "Ông: Trịnh Quang Hào, CCCD số 052090001122"}},
         {{"owner_name", "Võ Thị Sương", true}, {"owner_id", "052188004410", true}}},
        /* nobody stands behind */
        {"GIẤY ỦY QUYỀN",
         {{1, 28, "Họ và tên: Võ Thị Sương"}, {3, 28, "BÊN ĐƯỢC ỦY QUYỀN:"}},
         {{"owner_name", "Võ Thị Sương", true}}},
        /* or before */
        {"GIẤY ỦY QUYỀN",
         {{1, 28, "BÊN ĐƯỢC ỦY QUYỀN:"}, {3, 28, "Họ và tên: Võ Thị Sương"}},
         {{"owner_name", "Võ Thị Sương", true}}},
    };
    (void)state;
    CHECK(forms);
}

static void what_was_entered_later_makes_the_owner_of_land_a_question(void **state)
{
    static const struct form forms[] = {
        {"GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT",
         {{0, 28, "Bà: Võ Thị Sương"},
          {3, 28, "IV. Những thay đổi sau khi cấp giấy chứng nhận"},
          {4, 28, "Nội dung thay đổi và cơ sở pháp lý"},
          {4, 110, "Xác nhận của cơ quan có thẩm quyền"}},
         {{"owner_name", "Võ Thị Sương", true}}},
        {"GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT",
         {{0, 28, "Bà: Võ Thị Sương"}, {1, 28, "và chồng là Ông: Trịnh Quang Hào"}},
         {{"owner_name", "Võ Thị Sương", true}}},
    };
    (void)state;
    CHECK(forms);
}

static void a_name_changed_on_a_birth_certificate_is_a_question(void **state)
{
#define CHILD                                                                                      \
    {0, 28, "Họ, chữ đệm, tên: VÕ THỊ SƯƠNG"},                                                     \
    {                                                                                              \
        1, 28, "Họ, chữ đệm, tên người mẹ: ĐINH THỊ GẤM"                         \
    }
    static const struct form forms[] = {
        {"GIẤY KHAI SINH", {CHILD}, {{"owner_name", "Võ Thị Sương", false}}},
        {"GIẤY KHAI SINH",
         {CHILD,
          {3, 28, "PHẦN GHI CHÚ NHỮNG THÔNG TIN THAY ĐỔI SAU NÀY"},
          {4, 28, "Họ tên đổi thành Đinh Thị Sương theo Quyết định số 14/QĐ-UBND"}},
         {{"owner_name", "Võ Thị Sương", true}}},
    };
    (void)state;
    CHECK(forms);
#undef CHILD
}

static void figures_that_something_checks_need_less(void **state)
{
#define CV(born, number)                                                                           \
    {                                                                                              \
        {0, 28, "Họ và tên: Võ Thị Sương"}, {1, 28, "Sinh ngày: " born},                           \
        {                                                                                          \
            2, 28, "Số CCCD: " number                                                              \
        }                                                                                          \
    }
    static const struct form forms[] = {
        /* the year stands in the number */
        {"SƠ YẾU LÝ LỊCH",
         CV("02/09/1988", "052188004410"),
         {{"owner_id", "052188004410", false}, {"owner_birth_date", "1988-09-02", false}},
         "052188004410",
         0.60},
        {"SƠ YẾU LÝ LỊCH",
         CV("02/09/1987", "052188004410"),
         {{"owner_id", "052188004410", true}, {"owner_birth_date", "1987-09-02", true}},
         "052188004410",
         0.60},
        {"SƠ YẾU LÝ LỊCH",
         CV("02/09/1988", "052188004410"),
         {{"owner_id", "052188004410", true}},
         "052188004410",
         0.45},
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Võ Thị Sương"}, {2, 28, "Số CCCD: 052188004410"}},
         {{"owner_id", "052188004410", true}},
         "052188004410",
         0.60},
        /* the shape of a date */
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Võ Thị Sương"}, {1, 28, "Sinh ngày: 02/09/1988"}},
         {{"owner_birth_date", "1988-09-02", false}},
         "02/09/1988",
         0.65},
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Võ Thị Sương"}, {1, 28, "Sinh ngày: 02/9/1988"}},
         {{"owner_birth_date", "1988-09-02", true}},
         "02/9/1988",
         0.65},
    };
    (void)state;
    CHECK(forms);
#undef CV
}

static void what_was_left_out_of_a_value_is_a_question(void **state)
{
    static const struct form forms[] = {
        /* one letter more or less is another word, no label */
        {"GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT",
         {{0, 28, "Ông: Hoàng Quang Hào"}},
         {{"owner_name", "Hoàng Quang Hào", false}}},
        /* too unsure to be a word */
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Lò Thị Sương"}},
         {{"owner_name", "Thị Sương", true}},
         "Lò",
         0.05},
    };
    (void)state;
    CHECK(forms);
}

static void what_goes_on_below_is_a_question(void **state)
{
    static const struct form forms[] = {
        {"GIẤY KHAI SINH",
         {{0, 28, "Họ và tên: VÕ THỊ SƯƠNG"},
          {1, 28, "Nơi đăng ký khai sinh: Ủy ban nhân dân xã An Vinh Bắc Đông Nam"},
          {2, 28, "Trung, tỉnh Gia Lai"},
          {3, 28, "Ngày, tháng, năm đăng ký: 11/08/1990"}},
         {{"owner_name", "Võ Thị Sương", false}}},
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Võ Thị Thanh ương"}, {1, 28, "Nơi cư trú: xã An Vinh"}},
         {{"owner_name", "Võ Thị Thanh", true}}},
    };
    (void)state;
    CHECK(forms);
}

static void a_label_that_goes_on_is_somebody_elses(void **state)
{
    static const struct form forms[] = {
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên người giám hộ: Trịnh Quang Hào"}, {1, 28, "Họ và tên: Võ Thị Sương"}},
         {{"owner_name", "Võ Thị Sương", false}}},
    };
    (void)state;
    CHECK(forms);
}

static void dates_may_be_broken_or_have_an_hour(void **state)
{
    static const struct form forms[] = {
        {"SƠ YẾU LÝ LỊCH",
         {{0, 28, "Họ và tên: Võ Thị Sương"},
          {3, 120, "An Vinh, ngày 06 tháng 5 năm"},
          {4, 146, "2021"},
          {5, 134, "NGƯỜI KHAI"}},
         {{"issue_date", "2021-05-06", false}}},
        {"GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
         {{0, 28, "Tiếp nhận hồ sơ của: Võ Thị Sương"},
          {1, 28, "Thời gian nhận hồ sơ: 8 giờ 31 phút, ngày 09/01/2026"}},
         {{"issue_date", "2026-01-09", false}}},
    };
    (void)state;
    CHECK(forms);
}

static void who_a_certificate_is_signed_for_issued_it(void **state)
{
    static const struct form forms[] = {
        {"GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT",
         {{0, 28, "Bà: Võ Thị Sương"},
          {3, 118, "TM. ỦY BAN NHÂN DÂN"},
          {4, 122, "HUYỆN AN VINH"},
          {5, 130, "CHỦ TỊCH"},
          {8, 126, "Trịnh Thị Ngân"}},
         {{"issuer", "Ủy ban nhân dân huyện An Vinh", true}}},
    };
    (void)state;
    CHECK(forms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_ends_where_the_next_label_begins),
        cmocka_unit_test(a_value_stands_under_its_label_or_behind_its_english),
        cmocka_unit_test(columns_are_read_each_for_itself),
        cmocka_unit_test(of_several_people_the_first_is_meant_where_the_second_stands_behind),
        cmocka_unit_test(what_was_entered_later_makes_the_owner_of_land_a_question),
        cmocka_unit_test(a_name_changed_on_a_birth_certificate_is_a_question),
        cmocka_unit_test(figures_that_something_checks_need_less),
        cmocka_unit_test(what_was_left_out_of_a_value_is_a_question),
        cmocka_unit_test(what_goes_on_below_is_a_question),
        cmocka_unit_test(a_label_that_goes_on_is_somebody_elses),
        cmocka_unit_test(dates_may_be_broken_or_have_an_hour),
        cmocka_unit_test(who_a_certificate_is_signed_for_issued_it),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
