#include "queue/reconcile/reconcile.h"

#include "daemon/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Findings as text, one word each, so that a case reads like its meaning. */
static void expect(const struct reconcile_belief *beliefs, size_t belief_count,
                   const struct reconcile_listed *listed, size_t listed_count, const char *wanted)
{
    struct err err = ERR_INIT;
    AUTO(mem) struct reconcile_finding *findings = NULL;
    size_t count = 99;
    assert_int_equal(
        reconcile_compare(beliefs, belief_count, listed, listed_count, &findings, &count, &err),
        ERR_OK);
    char text[1000] = "";
    for (size_t i = 0; i < count; i++) {
        static const char *const kinds[] = {"missing", "different", "extra"};
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s:%s:%s", i ? " " : "",
                 kinds[findings[i].kind], findings[i].name,
                 findings[i].record_id ? findings[i].record_id : "-");
    }
    assert_string_equal(text, wanted);
}

static void nothing_against_nothing_finds_nothing(void **state)
{
    (void)state;
    expect(NULL, 0, NULL, 0, "");
}

static void equal_lists_in_any_order_find_nothing(void **state)
{
    (void)state;
    const struct reconcile_belief beliefs[] = {{"r2", "b", "22"}, {"r1", "a", "11"}};
    const struct reconcile_listed listed[] = {{"a", "11"}, {"b", "22"}};
    expect(beliefs, COUNT(beliefs), listed, COUNT(listed), "");
}

static void what_they_lack_hold_otherwise_or_hold_besides_is_told_apart(void **state)
{
    (void)state;
    const struct reconcile_belief beliefs[] = {
        {"r1", "a", "11"}, {"r3", "c", "33"}, {"r2", "b", "22"}};
    const struct reconcile_listed listed[] = {{"z", NULL}, {"c", "99"}, {"a", "11"}, {"0", "00"}};
    expect(beliefs, COUNT(beliefs), listed, COUNT(listed),
           "extra:0:- missing:b:r2 different:c:r3 extra:z:-");
}

static void a_list_without_hashes_still_tells_what_is_missing(void **state)
{
    (void)state;
    const struct reconcile_belief beliefs[] = {{"r1", "a", "11"}, {"r2", "b", NULL}};
    const struct reconcile_listed listed[] = {{"a", NULL}};
    expect(beliefs, COUNT(beliefs), listed, COUNT(listed), "missing:b:r2");
}

static void a_name_listed_twice_counts_once(void **state)
{
    (void)state;
    const struct reconcile_belief beliefs[] = {{"r1", "a", "11"}};
    const struct reconcile_listed listed[] = {{"a", "11"}, {"a", "11"}, {"x", "1"}, {"x", "1"}};
    expect(beliefs, COUNT(beliefs), listed, COUNT(listed), "extra:x:-");
}

static void two_records_that_believe_in_one_name_are_both_compared(void **state)
{
    (void)state;
    const struct reconcile_belief beliefs[] = {{"r1", "a", "11"}, {"r2", "a", "22"}};
    const struct reconcile_listed listed[] = {{"a", "11"}};
    expect(beliefs, COUNT(beliefs), listed, COUNT(listed), "different:a:r2");
}

static void each_lack_of_memory_is_reported(void **state)
{
    (void)state;
    const struct reconcile_belief beliefs[] = {{"r1", "a", "11"}};
    for (unsigned long nth = 1; nth <= 3; nth++) {
        struct reconcile_finding *findings = NULL;
        size_t count = 0;
        mem_fail_from(nth);
        enum err_code code = reconcile_compare(beliefs, 1, NULL, 0, &findings, &count, NULL);
        mem_fail_from(0);
        assert_int_equal(code, ERR_NO_MEMORY);
        assert_null(findings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_against_nothing_finds_nothing),
        cmocka_unit_test(equal_lists_in_any_order_find_nothing),
        cmocka_unit_test(what_they_lack_hold_otherwise_or_hold_besides_is_told_apart),
        cmocka_unit_test(a_list_without_hashes_still_tells_what_is_missing),
        cmocka_unit_test(a_name_listed_twice_counts_once),
        cmocka_unit_test(two_records_that_believe_in_one_name_are_both_compared),
        cmocka_unit_test(each_lack_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
