#include "daemon/base/mem.h"
#include "daemon/model/import_papers.h"
#include "tests/harness/test.h"

static void the_setting_says_which_files_are_one_paper(void **state)
{
    (void)state;
    static const struct {
        enum import_papers papers;
        const char *a, *b;
        bool one;
    } cases[] = {
        {PAPERS_FILE, "an/p1.jpg", "an/p2.jpg", true},
        {PAPERS_FILE, "p1.jpg", "p2.jpg", false},
        {PAPERS_FOLDER, "an/don.pdf", "an/p2.jpg", true},
        {PAPERS_FOLDER, "an/p1.jpg", "an/b/p1.jpg", false},
        {PAPERS_FOLDER, "don.pdf", "p2.jpg", false},
        {PAPERS_NAME, "an/don 1.jpg", "an/don 12.jpg", true},
        {PAPERS_NAME, "don1.jpg", "don2.jpg", true},
        {PAPERS_NAME, "0001.jpg", "0002.jpg", true},
        {PAPERS_NAME, "don 1.jpg", "don 1.pdf", false},
        {PAPERS_NAME, "don 1.jpg", "an/don 1.jpg", false},
        {PAPERS_NAME, "don 1.jpg", "đơn 1.jpg", false},
        {PAPERS_NAME, "don.jpg", "don 2.jpg", false},
        {PAPERS_NAME, "don.jpg", "don.jpg", false},
        {PAPERS_NAME, "2020.1/don.jpg", "2020.2/don.jpg", false},
        {PAPERS_NAME, ".1", ".2", true},
        {PAPERS_SPLIT, "an/p1.jpg", "an/p2.jpg", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(mem) char *a = NULL;
        AUTO(mem) char *b = NULL;
        assert_int_equal(import_papers_unit(cases[i].papers, cases[i].a, &a, NULL), ERR_OK);
        assert_int_equal(import_papers_unit(cases[i].papers, cases[i].b, &b, NULL), ERR_OK);
        if ((a && b && strcmp(a, b) == 0) != cases[i].one)
            fail_msg("%s: '%s' '%s'", import_papers_name(cases[i].papers), cases[i].a, cases[i].b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_setting_says_which_files_are_one_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
