#include "daemon/model/import_item.h"
#include "tests/harness/test.h"

static void every_state_has_a_name_and_comes_to_an_end(void **state)
{
    (void)state;
    bool reaches_end[IMPORT_STATE_COUNT] = {[IMPORT_DONE] = true, [IMPORT_DUPLICATE] = true};
    for (int round = 0; round < IMPORT_STATE_COUNT; round++)
        for (int from = 0; from < IMPORT_STATE_COUNT; from++)
            for (int to = 0; to < IMPORT_STATE_COUNT; to++)
                if (import_may_move(from, to) && reaches_end[to])
                    reaches_end[from] = true;
    for (int i = 0; i < IMPORT_STATE_COUNT; i++) {
        enum import_state found;
        assert_true(import_state_from_name(import_state_name(i), &found));
        assert_int_equal(found, i);
        assert_true(reaches_end[i]);
    }
    enum import_state none = IMPORT_DONE;
    assert_false(import_state_from_name("lost", &none));
    assert_int_equal(none, IMPORT_DONE);
}

static void what_is_done_only_comes_again_as_new_and_nothing_is_skipped(void **state)
{
    (void)state;
    static const struct {
        enum import_state from, to;
        bool may;
    } cases[] = {
        {IMPORT_FOUND, IMPORT_STABLE, true},     {IMPORT_FOUND, IMPORT_TAKEN, false},
        {IMPORT_STABLE, IMPORT_FOUND, true},     {IMPORT_STABLE, IMPORT_DONE, false},
        {IMPORT_STABLE, IMPORT_DUPLICATE, true}, {IMPORT_TAKEN, IMPORT_DUPLICATE, true},
        {IMPORT_TAKEN, IMPORT_PAGED, true},      {IMPORT_TAKEN, IMPORT_FOUND, false},
        {IMPORT_PAGED, IMPORT_DONE, true},       {IMPORT_PAGED, IMPORT_DUPLICATE, false},
        {IMPORT_DONE, IMPORT_REFUSED, false},    {IMPORT_DONE, IMPORT_FOUND, false},
        {IMPORT_DONE, IMPORT_TAKEN, true},       {IMPORT_DONE, IMPORT_PAGED, false},
        {IMPORT_DUPLICATE, IMPORT_FOUND, false}, {IMPORT_REFUSED, IMPORT_FOUND, true},
        {IMPORT_WAITING, IMPORT_FOUND, true},    {IMPORT_WAITING, IMPORT_DONE, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (import_may_move(cases[i].from, cases[i].to) != cases[i].may)
            fail_msg("%s to %s", import_state_name(cases[i].from), import_state_name(cases[i].to));
}

static void a_moved_file_is_no_copy(void **state)
{
    (void)state;
    assert_int_equal(import_identify("a", "x/p1.tif", true, "a", "x/p1.tif"), IMPORT_SAME);
    assert_int_equal(import_identify("a", "x/p1.tif", false, "a", "x/p1.tif"), IMPORT_SAME);
    assert_int_equal(import_identify("a", "x/p1.tif", false, "a", "y/p1.tif"), IMPORT_MOVED);
    assert_int_equal(import_identify("a", "p1.tif", false, "b", "p1.tif"), IMPORT_MOVED);
    assert_int_equal(import_identify("a", "x/p1.tif", true, "a", "y/p1.tif"), IMPORT_COPY);
    assert_int_equal(import_identify("a", "p1.tif", true, "b", "p1.tif"), IMPORT_COPY);
}

/* Any walk of any number of files through the table keeps the balance. */
static void the_balance_holds_whatever_happens(void **state)
{
    (void)state;
    enum { FILES = 500, MOVES = 20000 };
    enum import_state item[FILES] = {0};
    long long counts[IMPORT_STATE_COUNT] = {[IMPORT_FOUND] = FILES};
    unsigned seed = 12345;
    for (int i = 0; i < MOVES; i++) {
        seed = seed * 1103515245u + 12345u;
        size_t which = seed / 65536 % FILES;
        seed = seed * 1103515245u + 12345u;
        enum import_state to = seed / 65536 % IMPORT_STATE_COUNT;
        if (!import_may_move(item[which], to))
            continue;
        counts[item[which]]--;
        counts[to]++;
        item[which] = to;
        struct import_balance balance = import_balance(FILES, counts);
        assert_int_equal(import_balance_difference(&balance), 0);
    }
    struct import_balance balance = import_balance(FILES, counts);
    assert_int_equal(balance.imported, counts[IMPORT_DONE]);
    assert_true(balance.imported > 0 && balance.duplicate > 0);
}

static void a_file_without_an_item_shows_in_the_balance(void **state)
{
    (void)state;
    static const long long counts[IMPORT_STATE_COUNT] = {[IMPORT_DONE] = 7,
                                                         [IMPORT_DUPLICATE] = 2,
                                                         [IMPORT_REFUSED] = 1,
                                                         [IMPORT_PAGED] = 1,
                                                         [IMPORT_WAITING] = 1};
    struct import_balance whole = import_balance(12, counts),
                          short_one = import_balance(13, counts);
    assert_int_equal(import_balance_difference(&whole), 0);
    assert_int_equal(import_balance_difference(&short_one), 1);
    AUTO(js) struct js *value = import_balance_to_js(&short_one);
    AUTO(mem) char *text = js_dump(value);
    assert_string_equal(text, "{\"found\":13,\"imported\":7,\"duplicate\":2,\"refused\":1,"
                              "\"waiting\":2,\"difference\":1}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_has_a_name_and_comes_to_an_end),
        cmocka_unit_test(what_is_done_only_comes_again_as_new_and_nothing_is_skipped),
        cmocka_unit_test(a_moved_file_is_no_copy),
        cmocka_unit_test(the_balance_holds_whatever_happens),
        cmocka_unit_test(a_file_without_an_item_shows_in_the_balance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
