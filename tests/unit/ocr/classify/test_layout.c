#include "tests/harness/test.h"

#include "ocr/classify/layout.h"
#include "ocr/classify/table.h"
#include "tests/unit/ocr/extract/typeset.h"

#include <string.h>

struct page {
    struct typeset set;
    struct page_text text;
    struct head head;
    struct layout layout;
};

static void lay_out(struct page *page, const struct page_zone *cell, size_t cells)
{
    struct err err = ERR_INIT;
    if (page_text_make(&page->set.words, &page->text, &err))
        fail_msg("%s", err.detail);
    head_find(&page->text, &page->head);
    if (layout_find(&page->text, &page->head, NULL, 0, cell, cells, &page->layout, &err))
        fail_msg("%s", err.detail);
}

static void page_done(struct page *page)
{
    layout_done(&page->layout);
    page_text_done(&page->text);
    typeset_done(&page->set);
}

/* The line whose key begins so stands in a sure zone of that kind. */
static void expect(const struct page *page, const char *key, enum page_zone_kind kind)
{
    for (size_t i = 0; i < page->text.line_count; i++) {
        const struct page_line *line = &page->text.line[i];
        if (strncmp(line->key, key, strlen(key)) != 0)
            continue;
        enum page_zone_kind found = page->layout.of_line[i];
        if (found != kind)
            fail_msg("'%s' is %s, not %s", key, page_zone_name(found), page_zone_name(kind));
        if (kind != PAGE_ZONE_BODY && !layout_puts(&page->layout, &page->text, line, kind))
            fail_msg("'%s' is not surely %s", key, page_zone_name(kind));
        return;
    }
    fail_msg("no line '%s'", key);
}

static size_t count_of(const struct page *page, enum page_zone_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < page->layout.count; i++)
        count += page->layout.zone[i].kind == kind;
    return count;
}

static void set_body(struct typeset *set, double left, double from, double to)
{
    for (double y = from; y < to; y += 7)
        typeset_at(set, left, y, 13, "theo quy định của pháp luật về việc cấp giấy phép xây dựng");
}

static void a_decision_has_its_zones(void **state)
{
    (void)state;
    struct page page = {0};
    typeset_start(&page.set);
    typeset_head(&page.set, "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN", "Số: 12/QĐ-UBND",
                 "Đồng Tiến, ngày 05 tháng 3 năm 2024");
    typeset_centred(&page.set, 111, 55, 14, "QUYẾT ĐỊNH");
    typeset_centred(&page.set, 111, 62, 14, "Về việc công nhận kết quả xét duyệt hồ sơ");
    typeset_centred(&page.set, 111, 68, 14, "của các hộ gia đình trên địa bàn xã");
    set_body(&page.set, 30, 90, 200);
    typeset_at(&page.set, 30, 215, 12, "Nơi nhận:");
    typeset_at(&page.set, 30, 221, 11, "- Như Điều 3;");
    typeset_at(&page.set, 30, 227, 11, "- Lưu: VT.");
    typeset_centred(&page.set, 150, 215, 13, "CHỦ TỊCH");
    typeset_centred(&page.set, 150, 245, 13, "Lò Thị Mai");
    typeset_centred(&page.set, 105, 285, 13, "2");
    lay_out(&page, NULL, 0);
    expect(&page, "uybannhandan", PAGE_ZONE_HEAD_LEFT);
    expect(&page, "so12qdubnd", PAGE_ZONE_HEAD_LEFT);
    expect(&page, "conghoa", PAGE_ZONE_HEAD_RIGHT);
    expect(&page, "dongtienngay", PAGE_ZONE_HEAD_RIGHT);
    expect(&page, "quyetdinh", PAGE_ZONE_TITLE);
    expect(&page, "veviec", PAGE_ZONE_ABSTRACT);
    expect(&page, "cuacacho", PAGE_ZONE_ABSTRACT);
    expect(&page, "theoquydinh", PAGE_ZONE_BODY);
    expect(&page, "noinhan", PAGE_ZONE_RECIPIENTS);
    expect(&page, "luuvt", PAGE_ZONE_RECIPIENTS);
    expect(&page, "chutich", PAGE_ZONE_SIGNATURE);
    expect(&page, "lothimai", PAGE_ZONE_SIGNATURE);
    expect(&page, "2", PAGE_ZONE_PAGE_NUMBER);
    page_done(&page);
}

/* A narrow slip in a corner of the glass; the motto was not read, the gutter lies far left of the
 * middle of the page, and the subject of the letter stands under the number. */
static void a_head_is_found_where_it_lies(void **state)
{
    (void)state;
    struct page page = {0};
    typeset_start(&page.set);
    typeset_centred(&page.set, 28, 12, 8, "CÔNG TY CỔ PHẦN");
    typeset_centred(&page.set, 28, 16, 8, "CẤP NƯỚC TÂY HỒ");
    typeset_at(&page.set, 16, 21, 8, "Số: 45/CV-CTN");
    typeset_at(&page.set, 12, 26, 8, "V/v tạm ngừng cấp nước");
    typeset_at(&page.set, 12, 30, 8, "để sửa đường ống");
    typeset_at(&page.set, 60, 12, 8, "HIỆP HỘI DOANH NGHIỆP NHỎ VÀ VỪA");
    typeset_at(&page.set, 66, 21, 8, "Tây Hồ, ngày 05 tháng 3 năm 2024");
    typeset_centred(&page.set, 60, 40, 9, "Kính gửi: Các hộ sử dụng nước trên địa bàn phường");
    for (double y = 48; y < 100; y += 4.5)
        typeset_at(&page.set, 12, y, 8,
                   "theo quy định của pháp luật về việc cấp nước và các văn "
                   "bản có liên quan đến hộ dân");
    lay_out(&page, NULL, 0);
    assert_true(page.head.columns.found);
    expect(&page, "congtycophan", PAGE_ZONE_HEAD_LEFT);
    expect(&page, "so45cvctn", PAGE_ZONE_HEAD_LEFT);
    expect(&page, "tayhongay", PAGE_ZONE_HEAD_RIGHT);
    expect(&page, "vvtamngung", PAGE_ZONE_ABSTRACT);
    expect(&page, "desua", PAGE_ZONE_ABSTRACT);
    expect(&page, "kinhgui", PAGE_ZONE_BODY);
    page_done(&page);
}

/* Authority on the left, declarant on the right, and a block in the middle of the next paper. */
static void signatures_are_told_by_their_shape_wherever_they_stand(void **state)
{
    static const double middle[] = {60, 105, 150};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(middle); i++) {
        struct page page = {0};
        typeset_start(&page.set);
        set_body(&page.set, 30, 40, 120);
        typeset_centred(&page.set, middle[i], 140, 13, "TM. ỦY BAN NHÂN DÂN");
        typeset_centred(&page.set, middle[i], 146, 13, "CHỦ TỊCH");
        typeset_centred(&page.set, middle[i], 175, 13, "Quàng Văn Bình");
        lay_out(&page, NULL, 0);
        expect(&page, "tmuyban", PAGE_ZONE_SIGNATURE);
        expect(&page, "quangvanbinh", PAGE_ZONE_SIGNATURE);
        assert_int_equal(count_of(&page, PAGE_ZONE_SIGNATURE), 1);
        page_done(&page);
    }
}

static void both_parties_of_a_contract_sign(void **state)
{
    (void)state;
    struct page page = {0};
    typeset_start(&page.set);
    set_body(&page.set, 30, 40, 120);
    typeset_centred(&page.set, 60, 140, 13, "ĐẠI DIỆN BÊN A");
    typeset_centred(&page.set, 60, 146, 12, "(Ký, ghi rõ họ tên)");
    typeset_centred(&page.set, 60, 175, 13, "Lò Văn Thắng");
    typeset_centred(&page.set, 150, 140, 13, "ĐẠI DIỆN BÊN B");
    typeset_centred(&page.set, 150, 175, 13, "Quàng Văn Bình");
    lay_out(&page, NULL, 0);
    assert_int_equal(count_of(&page, PAGE_ZONE_SIGNATURE), 2);
    expect(&page, "quangvanbinh", PAGE_ZONE_SIGNATURE);
    page_done(&page);
}

/* Chair and secretary of a meeting hold no office that a list could know. */
static void two_side_by_side_over_their_names_sign(void **state)
{
    (void)state;
    struct page page = {0};
    typeset_start(&page.set);
    set_body(&page.set, 30, 40, 120);
    typeset_centred(&page.set, 60, 140, 13, "THƯ KÝ");
    typeset_centred(&page.set, 60, 170, 13, "Lò Văn Thắng");
    typeset_centred(&page.set, 150, 140, 13, "CHỦ TỌA");
    typeset_centred(&page.set, 150, 170, 13, "Quàng Văn Bình");
    lay_out(&page, NULL, 0);
    assert_int_equal(count_of(&page, PAGE_ZONE_SIGNATURE), 2);
    expect(&page, "chutoa", PAGE_ZONE_SIGNATURE);
    page_done(&page);
}

static void headings_of_chapters_are_no_signatures(void **state)
{
    (void)state;
    struct page page = {0};
    typeset_start(&page.set);
    typeset_at(&page.set, 30, 30, 13, "I. MỤC ĐÍCH, YÊU CẦU");
    set_body(&page.set, 30, 37, 80);
    typeset_at(&page.set, 30, 87, 13, "II. NHIỆM VỤ CỦA CHỦ TỊCH");
    set_body(&page.set, 30, 95, 140);
    lay_out(&page, NULL, 0);
    assert_int_equal(count_of(&page, PAGE_ZONE_SIGNATURE), 0);
    assert_int_equal(count_of(&page, PAGE_ZONE_HEAD_LEFT), 0);
    assert_int_equal(count_of(&page, PAGE_ZONE_RECIPIENTS), 0);
    page_done(&page);
}

/* ---- tables ------------------------------------------------------------------------------------
 */

static const struct ruling three_by_two[] = {
    {false, 100, 30, 190}, {false, 110, 30, 190}, {false, 120, 30, 190}, {false, 130, 30, 190},
    {true, 30, 100, 130},  {true, 90, 110, 130},  {true, 190, 100, 130},
};

static void rulings_make_cells_with_row_and_column(void **state)
{
    (void)state;
    AUTO(cells) struct cells cells = {0};
    struct rulings rulings = {(struct ruling *)three_by_two, COUNT_OF(three_by_two)};
    assert_int_equal(table_cells(&rulings, &cells, NULL), ERR_OK);
    assert_int_equal(cells.count, 5); /* the head of the table goes over both columns */
    assert_int_equal(cells.item[0].columns, 2);
    assert_float_equal(cells.item[0].box.w, 160, 0.1);
    assert_int_equal(cells.item[4].row, 3);
    assert_int_equal(cells.item[4].column, 2);
    assert_float_equal(cells.item[4].box.x, 90, 0.1);
    assert_float_equal(cells.item[4].box.y, 120, 0.1);
}

/* Frames, underlines and the rule under a motto. */
static void what_is_no_table_has_no_cells(void **state)
{
    static const struct ruling frame[] = {
        {false, 100, 30, 190}, {false, 130, 30, 190}, {true, 30, 100, 130}, {true, 190, 100, 130}};
    static const struct ruling rules[] = {
        {false, 36, 130, 170}, {false, 36, 50, 75}, {false, 200, 30, 190}};
    const struct rulings cases[] = {{(struct ruling *)frame, COUNT_OF(frame)},
                                    {(struct ruling *)rules, COUNT_OF(rules)},
                                    {NULL, 0}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(cells) struct cells cells = {0};
        assert_int_equal(table_cells(&cases[i], &cells, NULL), ERR_OK);
        assert_int_equal(cells.count, 0);
    }
}

/* Capitals over a name, as in a signature, but in a table. */
static void what_stands_in_a_table_is_neither_title_nor_signature(void **state)
{
    (void)state;
    struct page page = {0};
    AUTO(cells) struct cells cells = {0};
    struct rulings rulings = {(struct ruling *)three_by_two, COUNT_OF(three_by_two)};
    typeset_start(&page.set);
    set_body(&page.set, 30, 40, 90);
    typeset_centred(&page.set, 140, 116, 12, "CHỦ TỊCH");
    typeset_centred(&page.set, 140, 127, 12, "Lò Thị Mai");
    typeset_centred(&page.set, 110, 107, 12, "DANH SÁCH");
    set_body(&page.set, 30, 140, 200);
    assert_int_equal(table_cells(&rulings, &cells, NULL), ERR_OK);
    lay_out(&page, cells.item, cells.count);
    expect(&page, "chutich", PAGE_ZONE_CELL);
    expect(&page, "danhsach", PAGE_ZONE_CELL);
    assert_int_equal(count_of(&page, PAGE_ZONE_SIGNATURE), 0);
    assert_int_equal(count_of(&page, PAGE_ZONE_CELL), 5);
    page_done(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decision_has_its_zones),
        cmocka_unit_test(a_head_is_found_where_it_lies),
        cmocka_unit_test(signatures_are_told_by_their_shape_wherever_they_stand),
        cmocka_unit_test(both_parties_of_a_contract_sign),
        cmocka_unit_test(two_side_by_side_over_their_names_sign),
        cmocka_unit_test(headings_of_chapters_are_no_signatures),
        cmocka_unit_test(rulings_make_cells_with_row_and_column),
        cmocka_unit_test(what_is_no_table_has_no_cells),
        cmocka_unit_test(what_stands_in_a_table_is_neither_title_nor_signature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
