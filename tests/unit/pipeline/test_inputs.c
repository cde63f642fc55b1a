#include "tests/harness/test.h"

#include "daemon/pipeline/inputs.h"

#include <fcntl.h>
#include <sys/stat.h>

static void touch(const char *path)
{
    close(open(path, O_WRONLY | O_CREAT, 0600));
}

static int setup(void **state)
{
    *state = test_make_folder();
    if (chdir(*state) != 0)
        return -1;
    mkdir("hồ sơ", 0700);
    mkdir("hồ sơ/con", 0700);
    touch("hồ sơ/p10.jpg");
    touch("hồ sơ/p2.JPG");
    touch("hồ sơ/a.pdf");
    touch("hồ sơ/notes.txt");
    touch("hồ sơ/.hidden.jpg");
    touch("hồ sơ/con/x.tif");
    touch("p1.jpg");
    touch("P1.png");
    return 0;
}

static int teardown(void **state)
{
    if (chdir("/") != 0)
        return -1;
    test_remove_folder(*state);
    return 0;
}

static const struct input *named(const struct inputs *inputs, const char *name)
{
    for (size_t i = 0; i < inputs->count; i++)
        if (strcmp(inputs->item[i].name, name) == 0)
            return &inputs->item[i];
    fail_msg("no document '%s'", name);
    return NULL;
}

static void a_folder_s_images_are_one_document_in_natural_order(void **state)
{
    (void)state;
    struct inputs inputs;
    const char *arguments[] = {"hồ sơ/"};
    assert_int_equal(inputs_find(arguments, 1, false, "out", &inputs, NULL), ERR_OK);
    assert_int_equal(inputs.count, 3);
    assert_int_equal(inputs.passed_over, 1);
    const struct input *pages = named(&inputs, "hồ sơ");
    assert_int_equal(pages->file_count, 2);
    assert_non_null(strstr(pages->files[0], "p2.JPG"));
    assert_true(named(&inputs, "a")->is_pdf);
    assert_int_equal(named(&inputs, "con")->file_count, 1);
    inputs_done(&inputs);
}

static void each_makes_every_file_a_document(void **state)
{
    (void)state;
    struct inputs inputs;
    const char *arguments[] = {"hồ sơ"};
    assert_int_equal(inputs_find(arguments, 1, true, "out", &inputs, NULL), ERR_OK);
    assert_int_equal(inputs.count, 4);
    inputs_done(&inputs);
}

static void two_outputs_of_one_name_are_refused_before_work_starts(void **state)
{
    (void)state;
    struct inputs inputs;
    struct err err = ERR_INIT;
    const char *arguments[] = {"p1.jpg", "P1.png"};
    assert_int_equal(inputs_find(arguments, 2, false, "out", &inputs, &err), ERR_USAGE);
    assert_non_null(strstr(err.detail, "p1.jpg"));
}

/* As a file system without case, or one that normalizes, would see them. */
static void names_are_compared_as_the_receivers_file_systems_do(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second;
        bool equal;
    } cases[] = {
        {"h\u1ED3.jpg", "ho\u0302\u0300.png", true}, /* composed, decomposed */
        {"H\u1ED2.jpg", "h\u1ED3.png", true},        /* Ồ, ồ */
        {"\u0110.jpg", "\u0111.png", true},          /* Đ, đ */
        {"h\u1ED3.jpg", "ho.png", false},
        {"\xB8.jpg", "\xB9.png", false},
        {"\xB8.jpg", "\xB8.png", true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct inputs inputs;
        const char *arguments[] = {cases[i].first, cases[i].second};
        touch(cases[i].first);
        touch(cases[i].second);
        enum err_code code = inputs_find(arguments, 2, false, "out", &inputs, NULL);
        assert_int_equal(code, cases[i].equal ? ERR_USAGE : ERR_OK);
        if (!code)
            inputs_done(&inputs);
    }
}

static void a_link_that_leads_back_or_nowhere_is_noted_and_the_rest_goes_on(void **state)
{
    (void)state;
    struct inputs inputs;
    const char *arguments[] = {"hồ sơ"};
    assert_int_equal(symlink("..", "hồ sơ/con/vòng"), 0);
    assert_int_equal(symlink("nowhere.jpg", "hồ sơ/con/y.jpg"), 0);
    assert_int_equal(symlink("z.jpg", "hồ sơ/con/z.jpg"), 0);
    assert_int_equal(inputs_find(arguments, 1, false, "out", &inputs, NULL), ERR_OK);
    assert_int_equal(inputs.count, 3);
    assert_int_equal(inputs.note_count, 3);
    assert_non_null(strstr(inputs.notes[0], "vòng' leads back"));
    assert_non_null(strstr(inputs.notes[1], "y.jpg'"));
    assert_non_null(strstr(inputs.notes[2], "z.jpg'"));
    inputs_done(&inputs);
}

static void names_are_shown_with_their_strange_bytes_escaped(void **state)
{
    (void)state;
    char shown[64], small[6];
    input_show_name("h\xB8 s\xAC\x1B ồ\\", shown, sizeof shown);
    assert_string_equal(shown, "h\\xb8 s\\xac\\x1b ồ\\");
    input_show_name("a\xB8\xB8", small, sizeof small);
    assert_string_equal(small, "a\\xb8");
    input_show_name("", small, sizeof small);
    assert_string_equal(small, "");
}

static void a_name_that_is_no_text_is_named(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char march[] = "th\xE1ng 3/p1.jpg", first[] = "a/p1.jpg", second[] = "a/p\xB8.jpg";
    char plain[] = "p1", strange[] = "h\xB8";
    char *good[] = {march}, *bad[] = {first, second};
    const struct input fine = {.name = plain, .files = good, .file_count = 1};
    const struct input file = {.name = plain, .files = bad, .file_count = 2};
    const struct input name = {.name = strange, .files = good, .file_count = 1};
    assert_int_equal(input_check_names(&fine, &err), ERR_OK);
    assert_int_equal(input_check_names(&file, &err), ERR_FILE_NAME_BAD);
    assert_string_equal(err.detail, "'p\\xb8.jpg'");
    assert_int_equal(input_check_names(&name, &err), ERR_FILE_NAME_BAD);
}

static void what_does_not_exist_is_a_usage_error(void **state)
{
    (void)state;
    struct inputs inputs;
    const char *missing[] = {"nowhere.jpg"};
    assert_int_equal(inputs_find(missing, 1, false, "out", &inputs, NULL), ERR_USAGE);
    mkdir("empty", 0700);
    const char *empty[] = {"empty"};
    assert_int_equal(inputs_find(empty, 1, false, "out", &inputs, NULL), ERR_USAGE);
}

static void the_folder_of_the_results_is_no_input(void **state)
{
    (void)state;
    struct inputs inputs;
    struct err err = ERR_INIT;
    const char *arguments[] = {"hồ sơ"};
    assert_int_equal(inputs_find(arguments, 1, false, "hồ sơ/con", &inputs, NULL), ERR_OK);
    assert_int_equal(inputs.count, 2);
    inputs_done(&inputs);
    assert_int_equal(inputs_find(arguments, 1, false, "./hồ sơ/", &inputs, &err), ERR_USAGE);
    assert_non_null(strstr(err.detail, "hồ sơ"));
}

static void a_pdf_is_never_replaced_by_its_own_result(void **state)
{
    (void)state;
    struct inputs inputs;
    const char *arguments[] = {"hồ sơ/a.pdf"};
    assert_int_equal(inputs_find(arguments, 1, false, "hồ sơ", &inputs, NULL), ERR_USAGE);
    assert_int_equal(inputs_find(arguments, 1, false, "hồ sơ/con", &inputs, NULL), ERR_OK);
    inputs_done(&inputs);
}

static void what_is_no_file_is_not_waited_for(void **state)
{
    (void)state;
    struct inputs inputs;
    const char *folder[] = {"hồ sơ"}, *pipe[] = {"hồ sơ/p3.jpg"};
    assert_int_equal(mkfifo("hồ sơ/p3.jpg", 0600), 0);
    assert_int_equal(inputs_find(folder, 1, false, "out", &inputs, NULL), ERR_OK);
    assert_int_equal(inputs.passed_over, 2);
    assert_int_equal(named(&inputs, "hồ sơ")->file_count, 2);
    inputs_done(&inputs);
    assert_int_equal(inputs_find(pipe, 1, false, "out", &inputs, NULL), ERR_USAGE);
}

static void a_folder_given_as_a_dot_has_its_own_name(void **state)
{
    (void)state;
    struct inputs inputs;
    const char *arguments[] = {"."};
    assert_int_equal(chdir("hồ sơ"), 0);
    assert_int_equal(inputs_find(arguments, 1, false, "out", &inputs, NULL), ERR_OK);
    named(&inputs, "hồ sơ");
    inputs_done(&inputs);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_folder_s_images_are_one_document_in_natural_order),
        CASE(each_makes_every_file_a_document),
        CASE(two_outputs_of_one_name_are_refused_before_work_starts),
        CASE(names_are_compared_as_the_receivers_file_systems_do),
        CASE(a_link_that_leads_back_or_nowhere_is_noted_and_the_rest_goes_on),
        CASE(names_are_shown_with_their_strange_bytes_escaped),
        CASE(a_name_that_is_no_text_is_named),
        CASE(what_does_not_exist_is_a_usage_error),
        CASE(the_folder_of_the_results_is_no_input),
        CASE(a_pdf_is_never_replaced_by_its_own_result),
        CASE(what_is_no_file_is_not_waited_for),
        CASE(a_folder_given_as_a_dot_has_its_own_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
