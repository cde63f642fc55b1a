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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_inner_page_of_a_decision_says_nothing_surely),
        cmocka_unit_test(what_is_left_of_a_number_is_no_part_of_the_issuer),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
