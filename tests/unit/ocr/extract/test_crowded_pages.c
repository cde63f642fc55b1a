#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "ocr/extract/understand.h"
#include "typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* The fullest pages print can make: 3,000 words in 6 points under the head of a decision. */

#define ROWS 100
#define WORDS_IN_ROW 30

/* A usual page is held to 20 ms (tests/bench/meaning); what is made to be slow may take this. */
#define MOST_S 0.1

static const char *const rows[] = {
    /* the same words as in the abstract, and with other accents */
    "công nhận kết quả xét duyệt hồ sơ công nhân kêt quà xét duyêt hô sơ",
    /* labels without values */
    "Họ và tên: Họ, chữ đệm, tên: Ngày, tháng, năm sinh: Số định danh cá nhân: Số: Nơi cư trú:",
    /* numbers, dates and symbols */
    "12/QĐ-UBND 036173521904 ngày 12 tháng 3 năm 2020 12/03/2020 1.000894 H42.31-210315-0192",
    /* titles in capitals */
    "QUYẾT ĐỊNH GIẤY KHAI SINH HỢP ĐỒNG TM. ỦY BAN NHÂN DÂN CHỦ TỊCH",
    /* validity that never ends its sentence */
    "Giấy này có giá trị đến có giá trị đến ngày có hiệu lực đến không thời hạn",
    /* one word */
    "hồ",
    "Nguyễn Văn Nam Lò Thị Mai",
};

static void fill(struct typeset *set, const char *text)
{
    typeset_start(set);
    typeset_head(set, "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN", "Số: 47/QĐ-UBND",
                 "Đồng Tiến, ngày 05 tháng 3 năm 2024");
    typeset_centred(set, 111, 55, 14, "QUYẾT ĐỊNH");
    typeset_centred(set, 111, 62, 14, "Về việc công nhận kết quả xét duyệt hồ sơ của hộ gia đình");
    typeset_centred(set, 111, 68, 14, "trên địa bàn xã");
    for (size_t row = 0; row < ROWS; row++) {
        size_t words = 0;
        typeset_at(set, 25, 78 + (double)row * 2, 6, text);
        for (const char *c = text; *c; c++)
            words += *c == ' ';
        for (size_t more = ++words; more + words <= WORDS_IN_ROW; more += words) {
            const struct word *last = &set->words.item[set->words.count - 1];
            typeset_more(set, last->box.x + last->box.w + 0.5, 78 + (double)row * 2, 6, text);
        }
    }
    typeset_centred(set, 155, 285, 13, "CHỦ TỊCH");
    typeset_centred(set, 155, 294, 14, "Lò Thị Mai");
}

static void a_crowded_page_is_understood_while_nobody_notices(void **state)
{
    static const struct page_info no_info[1];
    AUTO(templates) struct templates *templates = NULL;
    struct err err = ERR_INIT;
    (void)state;
    assert_int_equal(templates_load(NULL, &templates, &err), ERR_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        AUTO(js) struct js *answer = NULL;
        fill(&set, rows[i]);
        size_t count = set.words.count;
        clock_t start = clock();
        if (understand_document(templates, &set.words, no_info, 1, NULL, &answer, &err))
            fail_msg("%s", err.detail);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        typeset_done(&set);
        print_message("row %zu, %zu words: %.1f ms\n", i, count, seconds * 1000);
#ifndef __SANITIZE_ADDRESS__
        assert_true(seconds < MOST_S);
#endif
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crowded_page_is_understood_while_nobody_notices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
