#include "ocr/classify/fuzzy.h"
#include "ocr/classify/lines.h"
#include "tests/unit/ocr/extract/typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct page_text text_of(const struct typeset *set)
{
    struct page_text text;
    struct err err = ERR_INIT;
    if (page_text_make(&set->words, &text, &err))
        fail_msg("%s", err.detail);
    return text;
}

static void columns_on_one_line_are_two_lines(void **state)
{
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_head(&set, "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN", "Số: 12/QĐ-UBND",
                 "Đồng Tiến, ngày 05 tháng 3 năm 2024");
    AUTO(page_text) struct page_text text = text_of(&set);
    static const char *const keys[] = {
        "uybannhandan", "conghoaxahoichunghiavietnam", "xadongtien", "doclaptudohanhphuc",
        "so12qdubnd",   "dongtienngay05thang3nam2024",
    };
    assert_int_equal(text.line_count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(text.line[i].key, keys[i]);
    assert_true(page_line_is_caps(&text, &text.line[0]));
    assert_false(page_line_is_caps(&text, &text.line[3]));
    typeset_done(&set);
}

static void the_motto_is_a_line_of_its_own_however_near_the_issuer_comes(void **state)
{
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_at(&set, 40, 24, 12, "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    AUTO(page_text) struct page_text text = text_of(&set);
    assert_int_equal(text.line_count, 2);
    assert_string_equal(text.line[0].key, "sonongnghiepvamoitruong");
    typeset_done(&set);
}

static void a_typewriter_spaces_words_widely_on_one_line(void **state)
{
    static const char *const words[] = {"Điều", "1:", "Nay", "giao", "đất", "làm", "nhà", "ở"};
    struct words page;
    (void)state;
    words_init(&page, (struct size_mm){210, 297}, 0);
    for (size_t i = 0; i < 8; i++) {
        struct rect_mm box = {30 + 15.0 * (double)i, 100, 11.2, 3};
        assert_int_equal(words_add(&page, words[i], 0.95, box, 103, 0, 0, NULL), ERR_OK);
    }
    struct page_text text;
    assert_int_equal(page_text_make(&page, &text, NULL), ERR_OK);
    assert_int_equal(text.line_count, 1);
    page_text_done(&text);
    words_done(&page);
}

static void a_box_that_runs_over_the_next_word_leaves_it_on_the_line(void **state)
{
    static const struct {
        const char *text;
        double x, w;
        int line; /* the recogniser's own */
    } words[] = {{"ngày", 130.6, 15.9, 9}, {"14", 142.4, 4.3, 9},   {"tháng", 149, 11.9, 9},
                 {"10", 162.8, 4.9, 9},    {"ĐẾN", 165.6, 3.9, 12}, {"năm", 169.6, 8.6, 9}};
    struct words page;
    struct page_text text;
    (void)state;
    words_init(&page, (struct size_mm){210, 297}, 0);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct rect_mm box = {words[i].x, 80, words[i].w, 4};
        words_add(&page, words[i].text, 0.96, box, 84, 1, words[i].line, NULL);
    }
    assert_int_equal(page_text_make(&page, &text, NULL), ERR_OK);
    assert_int_equal(text.line_count, 2); /* the stamp's word is not of the line */
    assert_string_equal(text.line[0].key, "ngay14thang10nam");
    page_text_done(&text);
    words_done(&page);
}

static void specks_are_no_words(void **state)
{
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_at(&set, 40, 24, 12, "| TỈNH LẠNG SƠN ~ '");
    set.confidence = 0.1;
    typeset_more(&set, 84, 24, 12, "ñ b");
    AUTO(page_text) struct page_text text = text_of(&set);
    assert_int_equal(text.line_count, 1);
    char *joined = page_text_join(&text, text.line[0].first, text.line[0].count);
    assert_string_equal(joined, "TỈNH LẠNG SƠN");
    mem_free(joined);
    typeset_done(&set);
}

static void what_was_put_on_later_stands_aside(void **state)
{
    static const struct {
        const char *key;
        bool aside, in_stamp;
    } rows[] = {
        {"uybannhandan", false, false},
        {"conghoaxahoichunghiavietnam", false, false},
        {"so12qdubnd", false, false},
        {"dieu1giaouybannhandanxalambanhanh", false, false},
        {"nguoisaochuplothimai", true, false}, /* far away */
        {"mahoso00012345", true, false},       /* small print in the text */
        {"den", true, true},
        {"so412", true, true},
    };
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_head(&set, "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN", "Số: 12/QĐ-UBND",
                 "Đồng Tiến, ngày 05 tháng 3 năm 2024");
    for (int i = 0; i < 12; i++)
        typeset_at(&set, 35, 60 + 7 * i, 13, "Điều 1 giao Ủy ban nhân dân xã làm, ban hành");
    typeset_at(&set, 5, 280, 13, "Người sao chụp: Lò Thị Mai");
    typeset_at(&set, 35, 44, 7, "Mã hồ sơ: 000.12345");
    typeset_at(&set, 12, 30, 12, "ĐẾN");
    typeset_at(&set, 12, 36, 12, "Số: 412");
    AUTO(page_text) struct page_text text = text_of(&set);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t at = 0;
        while (at < text.line_count && strcmp(text.line[at].key, rows[i].key) != 0)
            at++;
        if (at == text.line_count || text.line[at].aside != rows[i].aside ||
            text.line[at].in_stamp != rows[i].in_stamp)
            fail_msg("%s", rows[i].key);
    }
    assert_true(text.frame.x > 30 && text.frame.y + text.frame.h < 150);
    assert_true(text.whole.x < 13 && text.whole.y + text.whole.h > 275);
    typeset_done(&set);
}

static void keys_forgive_lost_accents_and_a_misread_letter(void **state)
{
    static const struct {
        const char *key, *wanted;
        bool equal, contained;
    } rows[] = {
        {"quyetdinh", "quyetdinh", true, true},
        {"quyetd1nh", "quyetdinh", true, true},
        {"quyetdnh", "quyetdinh", true, true},
        {"quydinh", "quyetdinh", false, false},
        {"quyetdinhvevieccapdat", "quyetdinh", false, true},
        {"baocao", "baocao", true, true},
        {"bacao", "baocao", true, true},
        {"thongbao", "baocao", false, false},
        {"kinh", "kinhgui", false, false},
        {"", "kinhgui", false, false},
        {"so", "so", true, true},
        {"si", "so", false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (fuzzy_equal(rows[i].key, rows[i].wanted, NULL) != rows[i].equal)
            fail_msg("row %zu equal", i);
        if (fuzzy_contains(rows[i].key, rows[i].wanted) != rows[i].contained)
            fail_msg("row %zu contained", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_on_one_line_are_two_lines),
        cmocka_unit_test(the_motto_is_a_line_of_its_own_however_near_the_issuer_comes),
        cmocka_unit_test(a_typewriter_spaces_words_widely_on_one_line),
        cmocka_unit_test(a_box_that_runs_over_the_next_word_leaves_it_on_the_line),
        cmocka_unit_test(specks_are_no_words),
        cmocka_unit_test(what_was_put_on_later_stands_aside),
        cmocka_unit_test(keys_forgive_lost_accents_and_a_misread_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
