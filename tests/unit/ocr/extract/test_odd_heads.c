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

/* What looks like the head of a paper and is none. */

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

static void expect_asked(struct typeset *set, const char *const *fields, size_t count)
{
    static const struct page_info no_info[1];
    struct err err = ERR_INIT;
    AUTO(js) struct js *answer = NULL;
    if (understand_document(templates, &set->words, no_info, 1, NULL, &answer, &err))
        fail_msg("%s", err.detail);
    typeset_done(set);
    for (size_t i = 0; i < count; i++) {
        char path[100];
        snprintf(path, sizeof path, "fields.%s.needs_person", fields[i]);
        if (!js_bool_or(answer, path, true))
            fail_msg("%s: %s is sure", js_text_or(answer, "type", ""), fields[i]);
    }
}

static void the_inner_page_of_a_decision_says_nothing_surely(void **state)
{
    static const char *const fields[] = {"issue_date", "valid_until", "number_symbol", "issuer"};
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_at(&set, 35, 30, 13, "Điều 4. Trách nhiệm của Ủy ban nhân dân xã");
    typeset_at(&set, 35, 38, 13, "1. Thực hiện Quyết định số 12/QĐ-UBND ngày 12 tháng 3 năm 2020.");
    typeset_at(&set, 35, 46, 13, "2. Quyết định này có giá trị đến ngày 31/12/2020.");
    typeset_at(&set, 35, 54, 13, "Điều 5. Quyết định này có hiệu lực kể từ ngày ký.");
    typeset_at(&set, 35, 62, 13,
               "Chánh Văn phòng và các đơn vị chịu trách nhiệm thi hành Quyết định.");
    expect_asked(&set, fields, sizeof fields / sizeof *fields);
}

static void what_is_left_of_a_number_is_no_part_of_the_issuer(void **state)
{
    static const char *const fields[] = {"issuer"};
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_head(&set, "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN /UBND-KT", NULL,
                 "Đồng Tiến, ngày 05 tháng 3 năm 2024");
    typeset_centred(&set, 111, 55, 14, "QUYẾT ĐỊNH");
    expect_asked(&set, fields, 1);
}

/* An application whose last lines say place and date in those words. */
static struct js *closing(const char *line, const char *below)
{
    static const struct page_info no_info[1];
    struct typeset set;
    struct err err = ERR_INIT;
    struct js *answer = NULL;
    typeset_start(&set);
    typeset_centred(&set, 111, 22, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    typeset_centred(&set, 111, 28, 13, "Độc lập - Tự do - Hạnh phúc");
    typeset_centred(&set, 111, 50, 14, "ĐƠN ĐỀ NGHỊ");
    typeset_at(&set, 30, 62, 13,
               "Kính gửi: Ủy ban nhân dân xã An Vinh, tỉnh Gia Lai, kính đề nghị");
    typeset_at(&set, 30, 70, 13, "Tôi tên là: Võ Thị Sương");
    typeset_centred(&set, 150, 130, 13, line);
    if (below)
        typeset_centred(&set, 150, 137, 13, below);
    typeset_centred(&set, 150, 146, 13, "NGƯỜI LÀM ĐƠN");
    if (understand_document(templates, &set.words, no_info, 1, NULL, &answer, &err))
        fail_msg("%s", err.detail);
    typeset_done(&set);
    return answer;
}

static void a_closing_date_is_found_however_it_is_broken(void **state)
{
    static const struct {
        const char *line, *below, *date;
        bool asks;
    } rows[] = {
        {"An Vinh, ngày 11 tháng 7 năm 2022", NULL, "2022-07-11", false},
        {"An Vinh, ngày 11 tháng 7", "năm 2022", "2022-07-11", false},
        {"An Vinh, ngày 11 tháng 7 năm", "2022", "2022-07-11", false},
        /* other words below, or not below the date */
        {"An Vinh, ngày 11 tháng 7", "năm 2022 tại xã An Vinh", "nothing", true},
        {"An Vinh, ngày 11 tháng 7", "năm", "nothing", true},
        /* a word lost, torn or misread */
        {"An Vinh, 20 tháng 3 năm 2015", NULL, "2015-03-20", true},
        {"An Vinh 20 tháng 3 năm 2015", NULL, "nothing", true},
        {"An Vinh, ngày 1 3 tháng 6 năm 2016", NULL, "2016-06-13", true},
        {"An Vinh, ngày 26 tháng 12 năm 2 010", NULL, "2010-12-26", true},
        {"An Vinh, ngày 11 tháng LÍ năm 2015", NULL, "2015-11-11", true},
        {"An Vinh, ngày 26 tháng T0 năm 2009", NULL, "2009-10-26", true},
        {"An Vinh, ngày 26 tháng T năm 2009", NULL, "nothing", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        AUTO(js) struct js *answer = closing(rows[i].line, rows[i].below);
        const char *date = js_text_or(answer, "fields.issue_date.value", "nothing");
        if (strcmp(date, rows[i].date) != 0)
            fail_msg("'%s': %s", rows[i].line, date);
        if (js_bool_or(answer, "fields.issue_date.needs_person", true) != rows[i].asks)
            fail_msg("'%s' %s", rows[i].line, rows[i].asks ? "is believed" : "asks");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_inner_page_of_a_decision_says_nothing_surely),
        cmocka_unit_test(what_is_left_of_a_number_is_no_part_of_the_issuer),
        cmocka_unit_test(a_closing_date_is_found_however_it_is_broken),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
