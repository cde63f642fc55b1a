#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

static int setup(void **state)
{
    *state = test_make_folder();
    return chdir(*state);
}

static int teardown(void **state)
{
    if (chdir("/") != 0)
        return -1;
    test_remove_folder(*state);
    return 0;
}

static void expect_text(const char *name, const char *expected)
{
    AUTO(mem) char *bytes = NULL;
    size_t size;
    assert_int_equal(file_read(AT_FDCWD, name, 1000, &bytes, &size, NULL), ERR_OK);
    assert_string_equal(bytes, expected);
}

static int files_here(void)
{
    DIR *folder = opendir(".");
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static void a_replaced_file_holds_the_new_bytes_and_no_temp_stays(void **state)
{
    (void)state;
    assert_int_equal(file_replace_durably(AT_FDCWD, "a", "one", 3, NULL), ERR_OK);
    assert_int_equal(file_replace_durably(AT_FDCWD, "a", "two", 3, NULL), ERR_OK);
    expect_text("a", "two");
    assert_int_equal(files_here(), 1);
}

static void replacing_flushes_the_file_and_its_folder(void **state)
{
    (void)state;
    sys_fail_from(SYS_FSYNC, 0, 0);
    assert_int_equal(file_replace_durably(AT_FDCWD, "a", "one", 3, NULL), ERR_OK);
    assert_int_equal(sys_calls(SYS_FSYNC), 2);
}

/* Whichever call fails, the old bytes or the new ones are there whole, and no temp is left. */
static void a_failure_at_any_point_leaves_one_whole_file(void **state)
{
    (void)state;
    static const struct {
        enum sys_call call;
        int error;
        enum err_code code;
    } cases[] = {{SYS_WRITE, ENOSPC, ERR_DISK_FULL},
                 {SYS_FSYNC, EIO, ERR_IO},
                 {SYS_RENAME, EROFS, ERR_READ_ONLY}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(file_replace_durably(AT_FDCWD, "a", "old", 3, NULL), ERR_OK);
        struct err err = ERR_INIT;
        sys_fail_from(cases[i].call, 1, cases[i].error);
        assert_int_equal(file_replace_durably(AT_FDCWD, "a", "new", 3, &err), cases[i].code);
        sys_fail_from(cases[i].call, 0, 0);
        expect_text("a", "old");
        assert_int_equal(files_here(), 1);
    }
}

static void a_file_above_the_ceiling_is_not_read(void **state)
{
    (void)state;
    AUTO(mem) char *bytes = NULL;
    size_t size;
    file_replace_durably(AT_FDCWD, "a", "12345", 5, NULL);
    assert_int_equal(file_read(AT_FDCWD, "a", 4, &bytes, &size, NULL), ERR_TOO_LARGE);
    assert_int_equal(file_read(AT_FDCWD, "b", 4, &bytes, &size, NULL), ERR_NOT_FOUND);
    assert_int_equal(file_read(AT_FDCWD, ".", 4, &bytes, &size, NULL), ERR_IO);
}

static void a_sealed_memory_file_cannot_be_changed(void **state)
{
    (void)state;
    AUTO(fd) int fd = -1;
    assert_int_equal(file_memfd("x", "abc", 3, &fd, NULL), ERR_OK);
    assert_int_equal(file_memfd_seal(fd, NULL), ERR_OK);
    assert_int_equal(write(fd, "d", 1), -1);
    assert_int_equal(ftruncate(fd, 0), -1);
}

static void folders_are_made_down_the_whole_path(void **state)
{
    (void)state;
    assert_int_equal(file_make_folders("x/y/z", 0700, NULL), ERR_OK);
    assert_int_equal(file_make_folders("x/y/z", 0700, NULL), ERR_OK);
    assert_int_equal(access("x/y/z", W_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_replaced_file_holds_the_new_bytes_and_no_temp_stays,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(replacing_flushes_the_file_and_its_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failure_at_any_point_leaves_one_whole_file, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_file_above_the_ceiling_is_not_read, setup, teardown),
        cmocka_unit_test(a_sealed_memory_file_cannot_be_changed),
        cmocka_unit_test_setup_teardown(folders_are_made_down_the_whole_path, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
