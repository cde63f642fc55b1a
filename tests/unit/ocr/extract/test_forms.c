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

#define LINES_MAX 12
#define FIELDS_MAX 6

/* A form: its title, its lines, and whose it is. Everybody is invented. */
struct form {
    const char *type, *title, *line[LINES_MAX];
    struct {
        const char *name, *value;
        bool asks;
    } field[FIELDS_MAX];
};

static const struct form forms[] = {
    {"birth-extract",
     "TRÍCH LỤC KHAI SINH",
     {"Số: 12/TLKS-BS", "Họ, chữ đệm, tên: VÕ THỊ SƯƠNG", "Ngày, tháng, năm sinh: 02/09/1988",
      "Số định danh cá nhân: 052188004410", "Họ, chữ đệm, tên người mẹ: ĐINH THỊ GẤM",
      "Họ, chữ đệm, tên người cha: VÕ VĂN TRỌNG",
      "Cơ quan cấp trích lục: Ủy ban nhân dân xã An Vinh, tỉnh Gia Lai", "Ngày cấp: 11/08/2025",
      "Ngày cấp trích lục: 11/08/2025"},
     {{"owner_name", "Võ Thị Sương", false},
      {"owner_id", "052188004410", false},
      {"owner_birth_date", "1988-09-02", false},
      {"issue_date", "2025-08-11", false},
      {"issuer", "Ủy ban nhân dân xã An Vinh", false}}},
    {"death-extract",
     "TRÍCH LỤC KHAI TỬ",
     {"Họ, chữ đệm, tên: TRỊNH VĂN ẤM", "Ngày, tháng, năm sinh: 17/05/1941", "Giới tính: Nam",
      "Đã chết vào lúc: 04 giờ 20 phút, ngày 03/02/2024", "Nguyên nhân chết: Già yếu"},
     {{"owner_name", "Trịnh Văn Ấm", false}, {"owner_birth_date", "1941-05-17", false}}},
    {"citizen-id",
     "CĂN CƯỚC CÔNG DÂN",
     {"Số / No.: 052188004410", "Họ và tên / Full name: VÕ THỊ SƯƠNG",
      "Ngày sinh / Date of birth: 02/09/1988", "Giới tính / Sex: Nữ", "Có giá trị đến: 02/09/2028"},
     {{"owner_name", "Võ Thị Sương", false},
      {"owner_id", "052188004410", false},
      {"owner_birth_date", "1988-09-02", false},
      {"valid_until", "2028-09-02", false}}},
    {"residence-confirmation",
     "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ",
     {"1. Họ, chữ đệm và tên: Võ Thị Sương", "2. Ngày, tháng, năm sinh: 02/09/1988",
      "4. Số định danh cá nhân: 052188004410", "5. Nơi thường trú: xã An Vinh, tỉnh Gia Lai"},
     {{"owner_name", "Võ Thị Sương", false}, {"owner_id", "052188004410", false}}},
    {"land-certificate",
     "GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT",
     {"I. Người sử dụng đất", "Bà: Võ Thị Sương, sinh năm 1988, CCCD số: 052188004410",
      "Địa chỉ thường trú: xã An Vinh, tỉnh Gia Lai",
      "a) Thửa đất số: 71, tờ bản đồ số: 4, tại xã An Vinh, tỉnh Gia Lai, 120 m2"},
     {{"owner_name", "Võ Thị Sương", false},
      {"owner_id", "052188004410", false},
      {"issue_date", "2021-05-06", false},
      {"issue_place", "An Vinh", false}}},
    {"construction-permit",
     "GIẤY PHÉP XÂY DỰNG",
     {"1. Cấp cho: Bà Võ Thị Sương", "Địa chỉ: xã An Vinh, tỉnh Gia Lai",
      "2. Được phép xây dựng công trình: Nhà ở riêng lẻ"},
     {{"owner_name", "Võ Thị Sương", false}}},
    {"household-business",
     "GIẤY CHỨNG NHẬN ĐĂNG KÝ HỘ KINH DOANH",
     {"Số: 41C8001234", "Đăng ký lần đầu, ngày 08 tháng 4 năm 2022",
      "1. Tên hộ kinh doanh: TẠP HÓA BA SƯƠNG", "5. Họ và tên chủ hộ kinh doanh: Võ Thị Sương",
      "Sinh ngày: 02/09/1988", "Số CCCD: 052188004410"},
     {{"owner_name", "Võ Thị Sương", false},
      {"issue_date", "2022-04-08", false},
      {"owner_id", "052188004410", false}}},
    {"declaration",
     "TỜ KHAI ĐĂNG KÝ KHAI TỬ",
     {"Kính gửi: Ủy ban nhân dân xã An Vinh", "Họ, chữ đệm, tên người yêu cầu: Võ Thị Sương",
      "Giấy tờ tùy thân: CCCD số 052188004410", "Quan hệ với người đã chết: Con"},
     {{"owner_name", "Võ Thị Sương", false},
      {"owner_id", "052188004410", false},
      {"issue_date", "2021-05-06", false}}},
    {"application",
     "ĐƠN XIN XÁC NHẬN",
     {"Kính gửi: Ủy ban nhân dân xã An Vinh", "Tôi tên là: Võ Thị Sương", "Sinh ngày: 02/09/1988",
      "Số CCCD: 052188004410", "Nay tôi làm đơn này đề nghị xem xét."},
     {{"owner_name", "Võ Thị Sương", false},
      {"owner_birth_date", "1988-09-02", false},
      {"issue_date", "2021-05-06", false}}},
    {"power-of-attorney",
     "GIẤY ỦY QUYỀN",
     {"BÊN ỦY QUYỀN:", "Họ và tên: Võ Thị Sương", "Số CCCD: 052188004410",
      "BÊN ĐƯỢC ỦY QUYỀN:", "Họ và tên: Trịnh Quang Hào", "Số CCCD: 052090001122"},
     {{"owner_name", "Võ Thị Sương", false},
      {"owner_id", "052188004410", false},
      {"issue_date", "2021-05-06", false}}},
    {"contract",
     "HỢP ĐỒNG THUÊ NHÀ",
     {"Hôm nay, ngày 14 tháng 10 năm 2023, tại xã An Vinh, chúng tôi gồm:",
      "BÊN A: Bà Võ Thị Sương, CCCD số 052188004410",
      "BÊN B: Ông Trịnh Quang Hào, CCCD số 052090001122", "Điều 1. Bên A cho bên B thuê nhà."},
     {{"owner_name", "Võ Thị Sương", false}, {"issue_date", "2023-10-14", false}}},
    {"cv",
     "SƠ YẾU LÝ LỊCH",
     {"Họ và tên: VÕ THỊ SƯƠNG", "Sinh ngày: 02/09/1988", "Số CCCD: 052188004410",
      "Trình độ văn hóa: 12/12", "Họ và tên cha: Võ Văn Trọng"},
     {{"owner_name", "Võ Thị Sương", false},
      {"owner_birth_date", "1988-09-02", false},
      {"issue_date", "2021-05-06", false}}},
    {"diploma",
     "BẰNG TỐT NGHIỆP TRUNG HỌC PHỔ THÔNG",
     {"Cho: Võ Thị Sương", "Ngày sinh: 02/09/1988", "Nơi sinh: tỉnh Gia Lai",
      "Số hiệu: B 120045, số vào sổ gốc cấp bằng: 77 của năm tốt nghiệp 2006"},
     {{"owner_name", "Võ Thị Sương", false},
      {"owner_birth_date", "1988-09-02", false},
      {"issue_date", "2021-05-06", false},
      {"issue_place", "An Vinh", false}}},
};

static void set_form(struct typeset *set, const struct form *form)
{
    typeset_start(set);
    typeset_centred(set, 111, 22, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    typeset_centred(set, 111, 28, 13, "Độc lập - Tự do - Hạnh phúc");
    typeset_centred(set, 111, 42, 15, form->title);
    double y_mm = 56;
    for (size_t i = 0; i < LINES_MAX && form->line[i]; i++, y_mm += 8)
        typeset_at(set, 28, y_mm, 13, form->line[i]);
    typeset_centred(set, 128, y_mm, 13, "An Vinh, ngày 06 tháng 5 năm 2021");
    typeset_centred(set, 128, y_mm + 7, 13, "NGƯỜI KÝ");
    typeset_centred(set, 128, y_mm + 27, 13, "Trịnh Thị Ngân");
}

static void check_field(const struct js *answer, const struct form *form, size_t at)
{
    char path[100];
    const char *name = form->field[at].name;
    snprintf(path, sizeof path, "fields.%s.value", name);
    const char *value = js_text_or(answer, path, "null");
    if (strcmp(value, form->field[at].value) != 0)
        fail_msg("%s: %s is '%s', not '%s'", form->type, name, value, form->field[at].value);
    snprintf(path, sizeof path, "fields.%s.needs_person", name);
    if (js_bool_or(answer, path, !form->field[at].asks) != form->field[at].asks)
        fail_msg("%s: %s %s a person", form->type, name, form->field[at].asks ? "spares" : "asks");
}

static void every_form_is_known_by_its_title_and_names_whose_it_is(void **state)
{
    static const struct page_info no_info[1];
    struct err err = ERR_INIT;
    AUTO(templates) struct templates *templates = NULL;
    (void)state;
    if (templates_load(NULL, &templates, &err))
        fail_msg("%s", err.detail);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct typeset set;
        AUTO(js) struct js *answer = NULL;
        set_form(&set, &forms[i]);
        if (understand_document(templates, &set.words, no_info, 1, NULL, &answer, &err))
            fail_msg("%s", err.detail);
        typeset_done(&set);
        if (strcmp(js_text_or(answer, "type", ""), forms[i].type) != 0)
            fail_msg("'%s' is %s", forms[i].title, js_text_or(answer, "type", ""));
        for (size_t k = 0; k < FIELDS_MAX && forms[i].field[k].name; k++)
            check_field(answer, &forms[i], k);
    }
}

static void a_blank_of_which_nothing_was_read_shows_its_room(void **state)
{
    static const struct page_info no_info[1];
    static const struct form form = {
        "birth-extract",
        "TRÍCH LỤC KHAI SINH",
        {"Số: 12/TLKS-BS", "Họ, chữ đệm, tên:", "Ngày, tháng, năm sinh: 02/09/1988",
         "Cơ quan cấp trích lục: Ủy ban nhân dân xã An Vinh, tỉnh Gia Lai"},
        {{0}}};
    struct err err = ERR_INIT;
    struct typeset set;
    AUTO(templates) struct templates *templates = NULL;
    AUTO(js) struct js *answer = NULL;
    (void)state;
    set_form(&set, &form);
    if (templates_load(NULL, &templates, &err) ||
        understand_document(templates, &set.words, no_info, 1, NULL, &answer, &err))
        fail_msg("%s", err.detail);
    typeset_done(&set);
    assert_null(js_text_or(answer, "fields.owner_name.value", NULL));
    assert_true(js_bool_or(answer, "fields.owner_name.needs_person", false));
    assert_true(js_real_or(answer, "fields.owner_name.box_mm[0]", 0) > 60);
    assert_true(js_real_or(answer, "fields.owner_name.box_mm[2]", 0) > 30);
    double y_mm = js_real_or(answer, "fields.owner_name.box_mm[1]", 0);
    assert_true(y_mm > 56 && y_mm < 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_known_by_its_title_and_names_whose_it_is),
        cmocka_unit_test(a_blank_of_which_nothing_was_read_shows_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
