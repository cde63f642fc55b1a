#include "daemon/cli/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct cli_option options[] = {
    {"field", 'f', "NAME=VALUE", ""},
    {"limit", 'n', "N", ""},
    {"compared", 0, NULL, ""},
    {"source", 's', "SOURCE", "", "flatbed adf duplex"},
    {0},
};

#define WORDS_MAX 8

/* Splits at spaces; "_" stands for an empty word. */
static int split(char *line, char *words[WORDS_MAX])
{
    int count = 0;
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        words[count++] = strcmp(word, "_") == 0 ? (char *)"" : word;
    return count;
}

static enum err_code parse(const char *operands, const char *line, struct cli_args *out)
{
    static char copy[256];
    char *words[WORDS_MAX];
    struct err err = ERR_INIT;
    strcpy(copy, line);
    int count = split(copy, words);
    enum err_code code = args_parse(operands, options, count, words, out, &err);
    assert_true(!code || err.detail[0]);
    return code;
}

static const struct {
    const char *operands, *line, *operand, *field, *limit;
    bool compared;
} good[] = {
    {"", "", NULL, NULL, NULL, false},
    {"ID", "x", "x", NULL, NULL, false},
    {"ID", "--compared x", "x", NULL, NULL, true},
    {"ID", "x --field a=b", "x", "a=b", NULL, false},
    {"ID", "--field=a=b x", "x", "a=b", NULL, false},
    {"ID", "-f a=b x", "x", "a=b", NULL, false},
    {"ID", "-fa=b x", "x", "a=b", NULL, false},
    {"ID", "--field= x", "x", "", NULL, false},
    {"ID", "--field --compared x", "x", "--compared", NULL, false},
    {"ID", "-- -x", "-x", NULL, NULL, false},
    {"ID", "-", "-", NULL, NULL, false},
    {"[ID]", "-n 5", NULL, NULL, "5", false},
    {"[ID]", "--limit 5 --limit 6", NULL, NULL, "6", false},
    {"ID [PAGE]", "x", "x", NULL, NULL, false},
    {"[ID...]", "", NULL, NULL, NULL, false},
    {"[ID...]", "x y z", "x", NULL, NULL, false},
    {"ID...", "x y z", "x", NULL, NULL, false},
    {"ID", "--help", NULL, NULL, NULL, false},
    {"", "--source flatbed --source=adf -s duplex", NULL, NULL, NULL, false},
};

static void assert_text(const char *found, const char *wanted)
{
    if (wanted)
        assert_string_equal(found, wanted);
    else
        assert_null(found);
}

static void options_and_operands_come_in_any_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct cli_args args;
        assert_int_equal(parse(good[i].operands, good[i].line, &args), ERR_OK);
        assert_text(args.operand[0], good[i].operand);
        assert_text(args_text(&args, "field"), good[i].field);
        assert_text(args_text(&args, "limit"), good[i].limit);
        assert_int_equal(args_has(&args, "compared"), good[i].compared);
    }
}

static void every_mistake_is_a_usage_error(void **state)
{
    (void)state;
    static const struct {
        const char *operands, *line;
    } bad[] = {
        {"", "x"},
        {"ID", ""},
        {"ID", "x y"},
        {"ID", "x --nosuch"},
        {"ID", "x -z"},
        {"ID", "x --field"},
        {"ID", "x -f"},
        {"ID", "x --compared=yes"},
        {"ID", "x --fiel a"},
        {"ID", "a b c d e"},
        {"ID [PAGE]", "_ b c"},
        {"ID", "x --=y"},
        {"ID", "x --source lid"},
        {"ID", "x --source=ad"},
        {"ID", "x --source adfs"},
        {"ID", "x --source _"},
        {"ID", "x -sADF"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct cli_args args;
        assert_int_equal(parse(bad[i].operands, bad[i].line, &args), ERR_USAGE);
    }
}

static void a_repeated_option_keeps_every_value_in_order(void **state)
{
    (void)state;
    struct cli_args args;
    assert_int_equal(parse("", "-f a=1 -f b=2", &args), ERR_OK);
    assert_text(args_nth(&args, "field", 0), "a=1");
    assert_text(args_nth(&args, "field", 1), "b=2");
    assert_null(args_nth(&args, "field", 2));
}

static void too_many_options_are_refused(void **state)
{
    (void)state;
    char *words[ARGS_VALUES_MAX + 1];
    for (size_t i = 0; i <= ARGS_VALUES_MAX; i++)
        words[i] = (char *)"--compared";
    struct cli_args args;
    struct err err = ERR_INIT;
    assert_int_equal(args_parse("", options, ARGS_VALUES_MAX, words, &args, &err), ERR_OK);
    assert_int_equal(args_parse("", options, ARGS_VALUES_MAX + 1, words, &args, &err), ERR_USAGE);
}

static void numbers_are_whole_and_within_their_range(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum err_code code;
        long number;
    } cases[] = {
        {"", ERR_OK, 50},
        {"-n 1", ERR_OK, 1},
        {"-n 500", ERR_OK, 500},
        {"-n 0", ERR_USAGE, 0},
        {"-n 501", ERR_USAGE, 0},
        {"-n 1.5", ERR_USAGE, 0},
        {"-n five", ERR_USAGE, 0},
        {"--limit=", ERR_USAGE, 0},
        {"-n 99999999999999999999", ERR_USAGE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cli_args args;
        struct err err = ERR_INIT;
        long number = 0;
        assert_int_equal(parse("", cases[i].line, &args), ERR_OK);
        assert_int_equal(args_number(&args, "limit", 1, 500, 50, &number, &err), cases[i].code);
        assert_int_equal(number, cases[i].number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_operands_come_in_any_order),
        cmocka_unit_test(every_mistake_is_a_usage_error),
        cmocka_unit_test(a_repeated_option_keeps_every_value_in_order),
        cmocka_unit_test(too_many_options_are_refused),
        cmocka_unit_test(numbers_are_whole_and_within_their_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
