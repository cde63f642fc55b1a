#include "tests/harness/test.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

struct pair {
    const char *in, *out;
};

static void check(const struct pair *pairs, size_t count, char *(*make)(const char *))
{
    for (size_t i = 0; i < count; i++) {
        AUTO(mem) char *made = make(pairs[i].in);
        assert_non_null(made);
        assert_string_equal(made, pairs[i].out);
    }
}

static void folding_strips_marks_case_and_the_stroke_of_d(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"QUYẾT ĐỊNH", "quyet dinh"},
        {"Đăng ký", "dang ky"},
        {"Ủy ban", "uy ban"},
        {"Ưỡn", "uon"},
        {"H'Hen Niê", "h'hen nie"},
        {"Ðỗ", "do"},
        {"", ""},
    };
    check(pairs, COUNT_OF(pairs), text_fold);
    assert_null(text_fold("\xff"));
}

static void case_changes_keep_the_marks(void **state)
{
    (void)state;
    static const struct pair lower[] = {{"QUYẾT ĐỊNH", "quyết định"}, {"ƯỚC", "ước"}};
    static const struct pair upper[] = {{"quyết định", "QUYẾT ĐỊNH"}, {"ước", "ƯỚC"}};
    check(lower, COUNT_OF(lower), text_lower);
    check(upper, COUNT_OF(upper), text_upper);
}

static void white_space_is_squeezed_of_every_kind(void **state)
{
    (void)state;
    static const struct pair pairs[] = {{"  a\t b\n", "a b"},
                                        {"a\xc2\xa0\xe2\x80\x83"
                                         "b",
                                         "a b"},
                                        {" ", ""}};
    check(pairs, COUNT_OF(pairs), text_squeeze);
}

static void composed_and_decomposed_text_become_equal(void **state)
{
    (void)state;
    AUTO(mem) char *nfc = NULL;
    const char *decomposed = "Vie\xcc\xa3\xcc\x82t";
    assert_int_equal(text_nfc(decomposed, strlen(decomposed), &nfc, NULL), ERR_OK);
    assert_string_equal(nfc, "Việt");
    assert_int_equal(text_nfc("\xc3", 1, &nfc, NULL), ERR_BAD_ARGUMENT);
}

static void logs_get_no_control_characters(void **state)
{
    (void)state;
    char out[64];
    text_printable("a\x1b[31m\nb\x7f\xff c\xe2\x80\xae", out, sizeof out);
    assert_string_equal(out, "a?[31m?b?? c?");
    text_printable("Tiếng Việt", out, 5);
    assert_string_equal(out, "Ti");
}

static void identifiers_keep_only_their_ends(void **state)
{
    (void)state;
    static const struct pair pairs[] = {{"036073521904", "036*****1904"},
                                        {"12345678", "********"},
                                        {"H56.14-240823-0001", "H56***********0001"},
                                        {NULL, ""}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        char out[64];
        text_mask(pairs[i].in, out, sizeof out);
        assert_string_equal(out, pairs[i].out);
    }
}

static void natural_order_puts_p2_before_p10(void **state)
{
    (void)state;
    static const struct pair ordered[] = {{"p2", "p10"},   {"p02", "p3"}, {"a", "b"},
                                          {"p", "p1"},     {"p1", "p1a"}, {"p2.jpg", "p10.jpg"},
                                          {"9", "000010"}, {"p01", "p1"}};
    for (size_t i = 0; i < COUNT_OF(ordered); i++) {
        assert_true(text_natural_compare(ordered[i].in, ordered[i].out) < 0);
        assert_true(text_natural_compare(ordered[i].out, ordered[i].in) > 0);
    }
    assert_int_equal(text_natural_compare("p1", "p1"), 0);
}

static void distance_counts_letters_and_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(text_distance("QUYẾT", "QUYÉT"), 1);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folding_strips_marks_case_and_the_stroke_of_d),
        cmocka_unit_test(case_changes_keep_the_marks),
        cmocka_unit_test(white_space_is_squeezed_of_every_kind),
        cmocka_unit_test(composed_and_decomposed_text_become_equal),
        cmocka_unit_test(logs_get_no_control_characters),
        cmocka_unit_test(identifiers_keep_only_their_ends),
        cmocka_unit_test(natural_order_puts_p2_before_p10),
        cmocka_unit_test(distance_counts_letters_and_not_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
