#include "daemon/base/file.h"
#include "queue/seal/pdf_value.h"
#include "queue/seal/pdf_writer.h"
#include "tests/harness/test.h"

static char *write_back(const struct pdf_value *value)
{
    struct err err = ERR_INIT;
    AUTO(fd) int fd = -1;
    AUTO(pdf_writer) struct pdf_writer *writer = NULL;
    assert_int_equal(file_memfd("value", NULL, 0, &fd, &err), ERR_OK);
    assert_int_equal(pdf_writer_new(fd, &writer, &err), ERR_OK);
    int number = pdf_reserve(writer);
    pdf_begin_object(writer, number);
    uint64_t from = pdf_offset(writer);
    pdf_value_write(writer, value);
    uint64_t end = pdf_offset(writer);
    pdf_end_object(writer);
    struct pdf_end finish = {.root = number};
    assert_int_equal(pdf_writer_finish(writer, &finish, &err), ERR_OK);
    char *text = calloc(1, end - from + 1);
    assert_int_equal(pread(fd, text, end - from, (off_t)from), end - from);
    return text;
}

static void values_come_back_as_they_were(void **state)
{
    (void)state;
    static const struct {
        const char *from, *back;
    } cases[] = {
        {"null ", "null"},
        {"true ", "true"},
        {"-12 ", "-12"},
        {"+3.50 ", "+3.50"},
        {".5 ", ".5"},
        {"/Name#20x ", "/Name#20x"},
        {"/ ", "/"},
        {"12 0 R ", "12 0 R"},
        {"[1 2 R 3]", "[1 2 R 3]"},
        {"[1 2 0 R 3 0 R]", "[1 2 0 R 3 0 R]"},
        {"(a(b)\\)\\\\\\101\\\n\\r)", "<61286229295C410D>"},
        {"()", "<>"},
        {"<48 65 6C6c 6>", "<48656C6C60>"},
        {"<< /A 1 % comment\n /B [ /C << >> ] >>", "<< /A 1 /B [/C << >>] >>"},
        {"<</A<</B(x)>>/A 2>>", "<< /A 2 >>"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        AUTO(pdf_value) struct pdf_value *value = NULL;
        size_t at = 0;
        enum err_code code =
            pdf_value_parse(cases[i].from, strlen(cases[i].from), &at, &value, NULL, &err);
        if (code)
            fail_msg("'%s': %s", cases[i].from, err.detail);
        char *back = write_back(value);
        if (strcmp(cases[i].back, back) != 0)
            fail_msg("'%s' came back as '%s'", cases[i].from, back);
        free(back);
    }
}

static void malformed_values_are_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool cut; /* more bytes could have helped */
    } cases[] = {
        {"", true},          {"   % only a comment", true},
        {"12", true},        {"/Name", true},
        {"(abc", true},      {"<41", true},
        {"<4x>", false},     {"[1 2", true},
        {"<< /A 1", true},   {"<< 1 2 >>", false},
        {"<< /A >>", false}, {"]", false},
        {"trueish ", false}, {"/A#00B ", false},
        {"<", true},         {"1234567890123456789012345678901234567890 ", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        AUTO(pdf_value) struct pdf_value *value = NULL;
        size_t at = 0;
        bool cut = false;
        enum err_code code =
            pdf_value_parse(cases[i].text, strlen(cases[i].text), &at, &value, &cut, &err);
        if (code != ERR_PDF_UNREADABLE || cut != cases[i].cut)
            fail_msg("'%s': %s, cut %d", cases[i].text, err_name(code), cut);
    }
}

static void nesting_and_size_have_a_ceiling(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    char *deep = malloc(DEEP + 1);
    memset(deep, '[', DEEP);
    deep[DEEP] = '\0';
    struct err err = ERR_INIT;
    AUTO(pdf_value) struct pdf_value *value = NULL;
    size_t at = 0;
    assert_int_equal(pdf_value_parse(deep, DEEP, &at, &value, NULL, &err), ERR_PDF_UNREADABLE);
    for (size_t i = 0; i < DEEP / 2; i++)
        memcpy(deep + 2 * i, i ? "1 " : " [", 2);
    deep[DEEP - 1] = ']';
    at = 0;
    assert_int_equal(pdf_value_parse(deep, DEEP, &at, &value, NULL, &err), ERR_OK);
    assert_int_equal(pdf_value_count(value), DEEP / 2 - 1);
    free(deep);
}

static void reading_what_is_not_there_gives_nothing(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(pdf_value) struct pdf_value *value = NULL;
    static const char text[] = "<< /A 5 /B 7 1 R /C (x) >>";
    size_t at = 0, size = 0;
    int64_t number;
    double real;
    assert_int_equal(pdf_value_parse(text, sizeof text - 1, &at, &value, NULL, &err), ERR_OK);
    assert_null(pdf_value_get(value, "Z"));
    assert_null(pdf_value_get(NULL, "A"));
    assert_null(pdf_value_item(value, 0));
    assert_int_equal(pdf_value_ref_number(pdf_value_get(value, "B")), 0);
    assert_int_equal(pdf_value_ref_number(pdf_value_get(value, "A")), 0);
    assert_false(pdf_value_get_int(pdf_value_get(value, "C"), &number));
    assert_true(pdf_value_get_number(pdf_value_get(value, "A"), &real) && real == 5);
    assert_null(pdf_value_bytes(pdf_value_get(value, "A"), &size));
    assert_false(pdf_value_is_name(pdf_value_get(value, "C"), "x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_back_as_they_were),
        cmocka_unit_test(malformed_values_are_errors),
        cmocka_unit_test(nesting_and_size_have_a_ceiling),
        cmocka_unit_test(reading_what_is_not_there_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
