#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "ocr/extract/part_words.h"
#include "ocr/extract/sides.h"
#include "typeset.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

static const struct page_info a4 = {
    .width_px = 2480, .height_px = 3508, .dpi = 300, .size = {210, 297}};

static void set_decision(struct typeset *set)
{
    typeset_start(set);
    typeset_head(set, "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN", "Số: 45/QĐ-UBND",
                 "Đồng Tiến, ngày 05 tháng 3 năm 2024");
    typeset_centred(set, 111, 55, 14, "QUYẾT ĐỊNH");
    typeset_centred(set, 111, 62, 14, "Về việc công nhận kết quả xét duyệt hồ sơ của hộ gia đình");
    typeset_centred(set, 111, 79, 13, "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ");
    static const char *const lines[] = {
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày mười chín",
        "Theo đề nghị của công chức phụ trách đất đai về việc",
        "Điều này có hiệu lực khi được ban hành, thay thế văn bản trước",
        "Giao Văn phòng Thống kê phối hợp với trưởng thôn niêm yết danh sách",
        "Trường hợp vắng mặt thì người đại diện hợp pháp nhận kết quả",
        "Thời hạn khiếu nại được tính từ hôm nay cho đến hết tuần sau",
        "Kinh phí thực hiện lấy trong dự toán chi thường xuyên hàng năm",
        "Những nội dung chưa nêu rõ áp dụng quy định chung hiện hành",
        "Bản chính lưu giữ tại kho, bản sao gửi đơn vị liên quan",
        "Người đứng đầu chịu trách nhiệm kiểm tra tiến độ mỗi quý",
    };
    for (int i = 0; i < 10; i++)
        typeset_at(set, 30, 92 + 7 * i, 13, lines[i]);
}

static struct js *understand(const struct side_image *images, size_t count)
{
    struct js *answer = NULL;
    struct err err = ERR_INIT;
    if (understand_sides(templates, images, count, NULL, NULL, &answer, &err))
        fail_msg("%s", err.detail);
    return answer;
}

static void expect_number(const struct js *answer, int page)
{
    assert_string_equal(js_text_or(answer, "type", ""), "decision");
    assert_string_equal(js_text_or(answer, "fields.number_symbol.value", ""), "45/QĐ-UBND");
    assert_int_equal(js_int_or(answer, "fields.number_symbol.page", 0), page);
}

static void a_note_pair_is_read_once(void **state)
{
    (void)state;
    struct typeset bare, covered;
    set_decision(&bare);
    set_decision(&covered);
    typeset_at(&covered, 120, 43, 13, "Số: 99/QĐ-UBND");
    struct side_image images[] = {{&bare.words, &a4, 1, IMAGE_OWN},
                                  {&covered.words, &a4, 1, IMAGE_NOTE},
                                  {&bare.words, &a4, 2, IMAGE_OWN}};
    AUTO(js) struct js *answer = understand(images, 3);
    expect_number(answer, 1);
    assert_int_equal(js_count(js_at(answer, "pages")), 3);
    assert_true(js_bool_or(answer, "pages[0].starts_document.value", false));
    assert_false(js_bool_or(answer, "pages[1].starts_document.value", true));
    assert_true(js_bool_or(answer, "pages[2].starts_document.value", false));
    typeset_done(&bare);
    typeset_done(&covered);
}

static void a_note_is_read_where_nothing_else_shows_the_side(void **state)
{
    (void)state;
    struct typeset set, other;
    set_decision(&set);
    typeset_start(&other);
    typeset_at(&other, 30, 40, 13, "Trang sau");
    struct side_image images[] = {{&set.words, &a4, 1, IMAGE_NOTE},
                                  {&set.words, &a4, 1, IMAGE_DETAIL},
                                  {&other.words, &a4, 2, IMAGE_OWN}};
    AUTO(js) struct js *answer = understand(images, 3);
    expect_number(answer, 1);
    typeset_done(&set);
    typeset_done(&other);
}

static void codes_are_read_from_all_images_and_words_of_a_detail_are_not(void **state)
{
    (void)state;
    struct typeset set, near;
    struct page_info with_code = a4;
    typeset_start(&set);
    typeset_at(&set, 30, 60, 13, "Thẻ đặt trên mặt kính");
    typeset_start(&near);
    typeset_at(&near, 30, 40, 13, "Mã hồ sơ: H56.14-240823-0001");
    with_code.codes[0] =
        (struct page_code){.kind = "QR",
                           .text = (char *)"H42.31-210315-0192|1.000894|014195001235",
                           .box = {12, 14, 11, 11}};
    with_code.code_count = 1;
    struct side_image images[] = {{&set.words, &a4, 1, IMAGE_OWN},
                                  {&near.words, &with_code, 1, IMAGE_DETAIL}};
    AUTO(js) struct js *answer = understand(images, 2);
    assert_string_equal(js_text_or(answer, "fields.dossier_code.value", ""), "H42.31-210315-0192");
    assert_int_equal(js_int_or(answer, "fields.dossier_code.page", 0), 2);
    assert_true(js_real_or(answer, "fields.dossier_code.box_mm[0]", 0) == 12);
    assert_false(js_bool_or(answer, "fields.dossier_code.needs_person", true)); /* no other read */
    typeset_done(&set);
    typeset_done(&near);
}

/* ---- parts ---- */

/* The words of a sheet inside a window; those cut by its edge keep their beginning. */
static void cut(const struct words *sheet, struct rect_mm window, struct words *out)
{
    words_init(out, (struct size_mm){window.w, window.h}, 0);
    for (size_t i = 0; i < sheet->count; i++) {
        const struct word *word = &sheet->item[i];
        struct rect_mm box = word->box;
        char text[200];
        box.x -= window.x;
        box.y -= window.y;
        if (box.x + box.w < 0 || box.x > window.w || box.y < 0 || box.y + box.h > window.h)
            continue;
        bool is_cut = box.x < 0 || box.x + box.w > window.w;
        strcpy(text, is_cut ? "ngh" : word->text);
        if (box.x + box.w > window.w)
            box.w = window.w - box.x;
        if (box.x < 0) {
            box.w += box.x;
            box.x = 0;
        }
        assert_int_equal(words_add(out, text, word->confidence, box, word->baseline_mm - window.y,
                                   word->block, word->line, NULL),
                         ERR_OK);
    }
}

static size_t occurrences(const struct words *words, const char *text)
{
    size_t count = 0;
    for (size_t i = 0; i < words->count; i++)
        count += strcmp(words->item[i].text, text) == 0;
    return count;
}

static void words_in_two_parts_count_once_however_the_parts_lie(void **state)
{
    static const struct rect_mm cases[][2] = {
        {{0, 0, 210, 130}, {0, 90, 210, 207}}, /* one below the other */
        {{0, 90, 210, 207}, {0, 0, 210, 130}}, /* the lower one first */
        {{0, 0, 120, 297}, {70, 0, 140, 297}}, /* side by side, words cut */
    };
    (void)state;
    struct typeset set;
    set_decision(&set);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct words a, b;
        struct part_words side;
        cut(&set.words, cases[i][0], &a);
        cut(&set.words, cases[i][1], &b);
        part_words_init(&side);
        assert_int_equal(part_words_add(&side, &a, 7, NULL), ERR_OK);
        assert_int_equal(part_words_add(&side, &b, 8, NULL), ERR_OK);
        assert_int_equal(part_words_join(&side, NULL), ERR_OK);
        assert_int_equal(side.words.count, set.words.count);
        assert_int_equal(occurrences(&side.words, "ngh"), 0);
        assert_true(fabs(side.words.page.w - 210) < 0.5 && fabs(side.words.page.h - 297) < 0.5);
        struct rect_mm box = {150, 200, 10, 3};
        size_t deepest = cases[i][1].x + cases[i][1].y > 0 ? 8 : 7;
        assert_int_equal(part_words_place(&side, &box), deepest);
        part_words_done(&side);
        words_done(&a);
        words_done(&b);
    }
    typeset_done(&set);
}

static void parts_that_share_no_words_keep_all_of_them(void **state)
{
    (void)state;
    struct typeset set, other;
    struct part_words side;
    set_decision(&set);
    typeset_start(&other);
    typeset_at(&other, 30, 40, 13, "Những chữ hoàn toàn khác nằm tại đây");
    part_words_init(&side);
    assert_int_equal(part_words_add(&side, &set.words, 0, NULL), ERR_OK);
    assert_int_equal(part_words_add(&side, &other.words, 1, NULL), ERR_OK);
    assert_int_equal(part_words_join(&side, NULL), ERR_OK);
    assert_int_equal(side.words.count, set.words.count + other.words.count);
    part_words_done(&side);
    typeset_done(&set);
    typeset_done(&other);
}

static void a_side_in_parts_is_understood_as_one(void **state)
{
    (void)state;
    struct typeset set;
    struct words upper, lower;
    struct page_info infos[] = {a4, a4};
    set_decision(&set);
    cut(&set.words, (struct rect_mm){0, 0, 210, 130}, &upper);
    cut(&set.words, (struct rect_mm){0, 20, 210, 277}, &lower);
    infos[0].size = upper.page;
    infos[1].size = lower.page;
    struct side_image images[] = {{&lower, &infos[1], 1, IMAGE_OWN},
                                  {&upper, &infos[0], 1, IMAGE_OVERLAP}};
    AUTO(js) struct js *answer = understand(images, 2);
    AUTO(js) struct js *whole = understand(&(struct side_image){&set.words, &a4, 1, IMAGE_OWN}, 1);
    expect_number(whole, 1);
    assert_string_equal(js_text_or(answer, "type", ""), "decision");
    assert_string_equal(js_text_or(answer, "fields.number_symbol.value", ""), "45/QĐ-UBND");
    int page = (int)js_int_or(answer, "fields.number_symbol.page", 0);
    double shift = page == 1 ? 20 : 0;
    assert_true(fabs(js_real_or(answer, "fields.number_symbol.box_mm[1]", 0) + shift -
                     js_real_or(whole, "fields.number_symbol.box_mm[1]", 0)) < 0.3);
    assert_false(js_bool_or(answer, "pages[1].starts_document.value", true));
    words_done(&upper);
    words_done(&lower);
    typeset_done(&set);
}

/* At 300 dpi the zone of a card on a sheet is read with a letter too few, from near it is whole. */
static void the_zone_of_a_card_is_read_from_the_closer_look(void **state)
{
    static const char *const zone[] = {"IDVNM1735219040036173521904<<<",
                                       "7308277F4808271VNM<<<<<<<<<<<9",
                                       "TRINH<<THI<HOA<<<<<<<<<<<<<<<<"};
    (void)state;
    struct typeset far, near, wrong;
    typeset_start(&far);
    typeset_centred(&far, 105, 40, 11, "CĂN CƯỚC CÔNG DÂN");
    typeset_at(&far, 30, 90, 9, "IDVNM173521904003617352190<<<");
    typeset_start(&near);
    typeset_start(&wrong);
    for (int i = 0; i < 3; i++) {
        typeset_at(&near, 8, 30 + 6 * i, 9, zone[i]);
        typeset_at(&wrong, 8, 30 + 6 * i, 9, i ? zone[i] : "IDVNM1735219140036173521914<<<");
    }
    struct side_image images[] = {{&far.words, &a4, 1, IMAGE_OWN},
                                  {&wrong.words, &a4, 1, IMAGE_DETAIL},
                                  {&near.words, &a4, 1, IMAGE_DETAIL}};
    AUTO(js) struct js *without = understand(images, 1);
    assert_null(js_text_or(without, "fields.owner_id.value", NULL));
    AUTO(js) struct js *misread = understand(images, 2);
    assert_null(js_text_or(misread, "fields.owner_id.value", NULL));
    images[1] = images[2];
    AUTO(js) struct js *answer = understand(images, 2);
    assert_string_equal(js_text_or(answer, "fields.owner_id.value", ""), "036173521904");
    assert_string_equal(js_text_or(answer, "fields.owner_id.source", ""), "mrz");
    assert_false(js_bool_or(answer, "fields.owner_id.needs_person", true));
    assert_int_equal(js_int_or(answer, "fields.owner_id.page", 0), 2);
    typeset_done(&far);
    typeset_done(&near);
    typeset_done(&wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_pair_is_read_once),
        cmocka_unit_test(a_note_is_read_where_nothing_else_shows_the_side),
        cmocka_unit_test(codes_are_read_from_all_images_and_words_of_a_detail_are_not),
        cmocka_unit_test(the_zone_of_a_card_is_read_from_the_closer_look),
        cmocka_unit_test(words_in_two_parts_count_once_however_the_parts_lie),
        cmocka_unit_test(parts_that_share_no_words_keep_all_of_them),
        cmocka_unit_test(a_side_in_parts_is_understood_as_one),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
