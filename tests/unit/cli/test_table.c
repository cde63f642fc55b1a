#include "daemon/base/mem.h"
#include "daemon/cli/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const headings[] = {"STATE", "N", NULL};

static char *print(const struct table *table, bool *out_ok)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    *out_ok = table_print(table, out);
    fclose(out);
    return text;
}

static void columns_line_up_under_vietnamese_text(void **state)
{
    (void)state;
    struct table *table = table_new(headings);
    table_cell(table, "Đã quét");
    table_cell(table, "1");
    table_cell(table, "Chờ đối chiếu");
    table_cellf(table, "%d", 22);
    bool ok;
    char *text = print(table, &ok);
    assert_true(ok);
    assert_string_equal(text, "STATE          N\n"
                              "Đã quét        1\n"
                              "Chờ đối chiếu  22\n");
    free(text);
    table_free(table);
}

static void a_mark_that_stands_on_its_letter_takes_no_column(void **state)
{
    (void)state;
    assert_int_equal(table_text_width("ế"), 1);                 /* one code point */
    assert_int_equal(table_text_width("e\xCC\x82\xCC\x81"), 1); /* decomposed */
    assert_int_equal(table_text_width(""), 0);
}

static void control_characters_of_outside_text_do_not_reach_the_terminal(void **state)
{
    (void)state;
    struct table *table = table_new(headings);
    table_cell(table, "a\033[2Jb\nc");
    table_cell(table, NULL);
    bool ok;
    char *text = print(table, &ok);
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "a?[2Jb?c"));
    free(text);
    table_free(table);
}

static void a_table_that_ran_out_of_memory_says_so_and_prints_nothing(void **state)
{
    (void)state;
    for (unsigned long nth = 1;; nth++) {
        mem_fail_from(nth);
        struct table *table = table_new(headings);
        for (int i = 0; table && i < 200; i++)
            table_cell(table, "x");
        unsigned long used = mem_allocations();
        mem_fail_from(0);
        bool ok = false;
        char *text = table ? print(table, &ok) : NULL;
        assert_true(ok || !text || !*text);
        free(text);
        table_free(table);
        if (used < nth) {
            assert_true(ok);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_line_up_under_vietnamese_text),
        cmocka_unit_test(a_mark_that_stands_on_its_letter_takes_no_column),
        cmocka_unit_test(control_characters_of_outside_text_do_not_reach_the_terminal),
        cmocka_unit_test(a_table_that_ran_out_of_memory_says_so_and_prints_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
