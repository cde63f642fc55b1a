#include "tests/harness/test.h"

#include "daemon/workers/scan_folders.h"

#include <sys/stat.h>

static void put(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void expect(const char *const wanted[], size_t count)
{
    struct scan_folders found;
    scan_folders_find(&found);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(found.path[i]);
        assert_string_equal(found.path[i], wanted[i]);
    }
    assert_null(found.path[count]);
    scan_folders_done(&found);
}

static void the_simulator_s_folders_come_from_each_of_its_settings(void **state)
{
    (void)state;
    char *one = test_make_folder(), *two = test_make_folder(), list[1100];
    put(one, "sohoasim.conf",
        "# folder /not/this\nfolder /srv/papers of today \n\nbed 216x297\n  state\t/srv/state\r\n");
    put(two, "sohoasim.conf", "folder\nfolders /no\nfolder /srv/more");
    snprintf(list, sizeof list, "%s::/nowhere:%s:", one, two);
    setenv("SANE_CONFIG_DIR", list, 1);
    unsetenv("HOME");
    expect((const char *const[]){"/srv/papers of today", "/srv/state", "", "/srv/more"}, 4);
    setenv("HOME", "/home/somebody", 1);
    setenv("SANE_CONFIG_DIR", "/nowhere", 1);
    expect((const char *const[]){"/home/somebody/.sane"}, 1);
    test_remove_folder(one);
    test_remove_folder(two);
}

static void more_folders_than_fit_are_left_out(void **state)
{
    (void)state;
    char *folder = test_make_folder(), text[4000] = "";
    for (int i = 0; i < 2 * SCAN_FOLDERS_MAX; i++)
        strcat(text, "folder /srv/papers\n");
    put(folder, "sohoasim.conf", text);
    setenv("SANE_CONFIG_DIR", folder, 1);
    setenv("HOME", "/home/somebody", 1);
    struct scan_folders found;
    scan_folders_find(&found);
    assert_non_null(found.path[SCAN_FOLDERS_MAX - 1]);
    assert_null(found.path[SCAN_FOLDERS_MAX]);
    scan_folders_done(&found);
    test_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_simulator_s_folders_come_from_each_of_its_settings),
        cmocka_unit_test(more_folders_than_fit_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
