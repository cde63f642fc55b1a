#include "tests/harness/test.h"

#include "ocr/classify/copy_marks.h"
#include "ocr/classify/marks.h"
#include "tests/unit/ocr/extract/typeset.h"

#include <string.h>

static void head(struct typeset *set)
{
    typeset_start(set);
    typeset_head(set, "ỦY BAN NHÂN DÂN", "XÃ AN THỬ", "Số: 05/UBND-NC",
                 "An Thử, ngày 12 tháng 3 năm 2024");
}

static void body(struct typeset *set)
{
    typeset_at(set, 30, 120, 13, "Bảo đảm bí mật thông tin, không để lộ mật khẩu của hệ thống.");
    typeset_at(set, 30, 128, 13, "Mật độ dân số của xã được nêu tại phụ lục kèm theo công văn.");
}

/* "" when there is none. */
static const char *secret_of(struct typeset *set)
{
    struct marks marks;
    struct err err = ERR_INIT;
    if (marks_of_words(&set->words, &marks, &err))
        fail_msg("%s", err.detail);
    const struct mark *secret = marks_secret(&marks);
    typeset_done(set);
    return secret ? secret->name : "";
}

static double number_centre(const struct typeset *set)
{
    for (size_t i = 0; i < set->words.count; i++)
        if (strncmp(set->words.item[i].text, "Số", 3) == 0)
            return set->words.item[i].box.x + 14;
    fail_msg("the head has no number");
    return 0;
}

static double number_line(const struct typeset *set)
{
    for (size_t i = 0; i < set->words.count; i++)
        if (strncmp(set->words.item[i].text, "Số", 3) == 0)
            return set->words.item[i].baseline_mm;
    return 0;
}

static void a_mark_in_its_zone_is_seen_as_readers_write_it(void **state)
{
    static const struct {
        const char *text, *level;
    } cases[] = {
        {"MẬT", "mat"},
        {"TỐI MẬT", "toi_mat"},
        {"TUYỆT MẬT", "tuyet_mat"},
        {"| MẬT |", "mat"},
        {"MẬT.", "mat"},
        {"MAT", "mat"},
        {"MÂT", "mat"},
        {"TOI MAT", "toi_mat"},
        {"TUYÊT MÂT", "tuyet_mat"},
        {"TUYẸT MẬT", "tuyet_mat"},
        {"YỆT MẬT", "tuyet_mat"},
        {"MÂẬT", "mat"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct typeset set;
        head(&set);
        typeset_centred(&set, number_centre(&set), number_line(&set) + 10, 16, cases[i].text);
        body(&set);
        const char *found = secret_of(&set);
        if (strcmp(found, cases[i].level) != 0)
            fail_msg("'%s' is '%s'", cases[i].text, found);
    }
}

static void a_letter_that_was_read_twice_does_not_hide_a_mark_above_the_head(void **state)
{
    struct typeset set;
    (void)state;
    head(&set);
    typeset_at(&set, 60, 10, 16, "MÂẬT");
    body(&set);
    assert_string_equal(secret_of(&set), "mat");
}

static void the_same_words_elsewhere_are_none(void **state)
{
    static const char *const texts[] = {
        "Mật",     "mật",     "BÍ MẬT",         "MẬT KHẨU", "MẬT ĐỘ", "TRẦN VĂN MẬT",
        "HỎA TỐC", "KHẨN",    "BẢO MẬT",        "MẶT",      "MẤT",    "MÃ SỐ",
        "MẬT ONG", "MẬT THƯ", "Độ mật: Thường", "TỐI",      "MẬU",    "LƯU HÀNH NỘI BỘ",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct typeset set;
        head(&set);
        typeset_at(&set, 150, number_line(&set) + 12, 13, texts[i]);
        body(&set);
        const char *found = secret_of(&set);
        if (*found)
            fail_msg("'%s' is '%s'", texts[i], found);
    }
}

static void a_heading_that_is_broken_there_is_no_mark(void **state)
{
    struct typeset set;
    (void)state;
    head(&set);
    typeset_centred(&set, 105, number_line(&set) + 12, 14, "KẾ HOẠCH BẢO VỆ BÍ");
    typeset_centred(&set, 105, number_line(&set) + 18, 14, "MẬT");
    body(&set);
    assert_string_equal(secret_of(&set), "");
    head(&set);
    typeset_centred(&set, 105, number_line(&set) + 12, 14, "MẬT");
    typeset_centred(&set, 105, number_line(&set) + 18, 14, "NHÀ NƯỚC VÀ TRÁCH NHIỆM");
    body(&set);
    assert_string_equal(secret_of(&set), "");
}

static void below_the_head_it_is_a_word(void **state)
{
    struct typeset set;
    (void)state;
    head(&set);
    body(&set);
    typeset_at(&set, 40, 180, 13, "MẬT");
    assert_string_equal(secret_of(&set), "");
}

static void a_name_in_a_table_of_a_page_without_head_is_no_mark(void **state)
{
    struct typeset set;
    (void)state;
    typeset_start(&set);
    for (int row = 0; row < 12; row++) {
        typeset_at(&set, 30, 30 + 8 * row, 13, "TRẦN VĂN");
        typeset_more(&set, 90, 30 + 8 * row, 13, row == 2 ? "MẬT" : "BÌNH");
    }
    assert_string_equal(secret_of(&set), "");
}

static void an_empty_page_has_none(void **state)
{
    struct typeset set;
    (void)state;
    typeset_start(&set);
    assert_string_equal(secret_of(&set), "");
}

static void what_is_said_about_a_copy_is_proposed(void **state)
{
    static const struct {
        const char *text, *form;
        double x, y;
    } cases[] = {
        {"SAO Y", "certified_copy", 60, 200},
        {"SAO Y", "certified_ecopy", 150, 12},
        {"TRÍCH SAO", "certified_copy", 60, 200},
        {"SAO LỤC", "certified_copy", 60, 200},
        {"(BẢN SAO)", "register_copy", 95, 60},
        {"Chứng thực bản sao đúng với bản chính", "certified_copy", 60, 220},
        {"bản sao", "", 60, 200},
        {"Bản sao này có giá trị như bản chính", "", 60, 200},
        {"SAO Y NHƯ BẢN GỐC CỦA CƠ QUAN", "", 60, 200},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct typeset set;
        struct copy_mark mark = {.form = ""};
        struct err err = ERR_INIT;
        bool found = false;
        typeset_start(&set);
        body(&set);
        typeset_at(&set, cases[i].x, cases[i].y, 13, cases[i].text);
        if (copy_mark_of_words(&set.words, &found, &mark, &err))
            fail_msg("%s", err.detail);
        if (strcmp(found ? mark.form : "", cases[i].form) != 0)
            fail_msg("'%s' is '%s'", cases[i].text, found ? mark.form : "");
        typeset_done(&set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_in_its_zone_is_seen_as_readers_write_it),
        cmocka_unit_test(a_letter_that_was_read_twice_does_not_hide_a_mark_above_the_head),
        cmocka_unit_test(the_same_words_elsewhere_are_none),
        cmocka_unit_test(a_heading_that_is_broken_there_is_no_mark),
        cmocka_unit_test(below_the_head_it_is_a_word),
        cmocka_unit_test(a_name_in_a_table_of_a_page_without_head_is_no_mark),
        cmocka_unit_test(an_empty_page_has_none),
        cmocka_unit_test(what_is_said_about_a_copy_is_proposed),
    };
    return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
