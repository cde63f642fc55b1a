#include "tests/harness/test.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/pipeline/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

struct fixture {
    char *path;
    int dir;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->path = test_make_folder();
    f->dir = open(f->path, O_RDONLY | O_DIRECTORY);
    *state = f;
    return f->dir < 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    close(f->dir);
    test_remove_folder(f->path);
    free(f);
    return 0;
}

static enum err_code publish(struct fixture *f, const char *name, const char *bytes)
{
    AUTO(fd) int pdf = -1;
    char sha256[HASH_HEX_SIZE];
    assert_int_equal(output_create(f->dir, &pdf, NULL), ERR_OK);
    assert_true(write(pdf, bytes, strlen(bytes)) > 0);
    hash_bytes(bytes, strlen(bytes), sha256);
    AUTO(js) struct js *json = js_pack("{s:s, s:s}", "digest", "d", "pdf_sha256", sha256);
    return output_publish(f->dir, name, pdf, json, NULL);
}

static int count_files(struct fixture *f)
{
    DIR *folder = opendir(f->path);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    closedir(folder);
    return count;
}

static void a_published_document_is_done_until_a_byte_differs(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(publish(f, "a", "%PDF"), ERR_OK);
    assert_true(output_is_done(f->dir, "a", "d"));
    assert_false(output_is_done(f->dir, "a", "other options"));
    assert_int_equal(publish(f, "a", "%PDF2"), ERR_OK);
    assert_true(output_is_done(f->dir, "a", "d"));
    int pdf = openat(f->dir, "a.pdf", O_WRONLY);
    assert_int_equal(write(pdf, "x", 1), 1);
    close(pdf);
    assert_false(output_is_done(f->dir, "a", "d"));
}

static void nothing_nameless_stays_behind(void **state)
{
    struct fixture *f = *state;
    AUTO(fd) int pdf = -1;
    output_create(f->dir, &pdf, NULL);
    assert_int_equal(count_files(f), 0);
    publish(f, "a", "%PDF");
    assert_int_equal(count_files(f), 2);
}

static mode_t mode_of(struct fixture *f, const char *name)
{
    struct stat info;
    assert_int_equal(fstatat(f->dir, name, &info, 0), 0);
    return info.st_mode & 0777;
}

static void both_files_follow_the_umask(void **state)
{
    struct fixture *f = *state;
    mode_t before = umask(027);
    assert_int_equal(publish(f, "a", "%PDF"), ERR_OK);
    umask(077);
    assert_int_equal(publish(f, "b", "%PDF"), ERR_OK);
    umask(before);
    assert_int_equal(mode_of(f, "a.pdf"), 0640);
    assert_int_equal(mode_of(f, "a.json"), 0640);
    assert_int_equal(mode_of(f, "b.pdf"), 0600);
    assert_int_equal(mode_of(f, "b.json"), 0600);
}

static void both_files_and_the_folder_are_flushed(void **state)
{
    struct fixture *f = *state;
    sys_fail_from(SYS_FSYNC, 0, 0);
    assert_int_equal(publish(f, "a", "%PDF"), ERR_OK);
    assert_int_equal(sys_calls(SYS_FSYNC), 3);
}

/* As long as a name in a folder can be. */
static void the_longest_name_can_be_written_twice(void **state)
{
    struct fixture *f = *state;
    char name[256 - sizeof ".json"];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = 0;
    assert_int_equal(publish(f, name, "%PDF"), ERR_OK);
    assert_int_equal(publish(f, name, "%PDF2"), ERR_OK);
    assert_int_equal(count_files(f), 2);
}

static void a_split_document_is_done_when_every_part_is(void **state)
{
    struct fixture *f = *state;
    for (int part = 1; part <= 2; part++) {
        AUTO(fd) int pdf = -1;
        char sha256[HASH_HEX_SIZE], name[16];
        snprintf(name, sizeof name, "a-%d", part);
        assert_false(output_is_done(f->dir, "a", "d"));
        assert_int_equal(output_create(f->dir, &pdf, NULL), ERR_OK);
        hash_bytes("", 0, sha256);
        AUTO(js)
        struct js *json = js_pack("{s:s, s:s, s:{s:i, s:i}}", "digest", "d", "pdf_sha256", sha256,
                                  "part", "number", part, "of", 2);
        assert_int_equal(output_publish(f->dir, name, pdf, json, NULL), ERR_OK);
    }
    assert_true(output_is_done(f->dir, "a", "d"));
    unlinkat(f->dir, "a-2.pdf", 0);
    assert_false(output_is_done(f->dir, "a", "d"));
}

static void a_failure_never_leaves_json_that_vouches_for_another_pdf(void **state)
{
    struct fixture *f = *state;
    static const enum sys_call points[] = {SYS_FSYNC, SYS_LINK, SYS_RENAME, SYS_WRITE};
    for (size_t i = 0; i < COUNT_OF(points); i++) {
        for (unsigned long nth = 1; nth <= 2; nth++) {
            assert_int_equal(publish(f, "a", "%PDF old"), ERR_OK);
            sys_fail_from(points[i], nth, EIO);
            enum err_code code = publish(f, "a", "%PDF new");
            sys_fail_from(points[i], 0, 0);
            if (code)
                assert_int_equal(code, ERR_IO);
            assert_true(count_files(f) <= 2);
            if (faccessat(f->dir, "a.json", F_OK, 0) == 0)
                assert_true(output_is_done(f->dir, "a", "d"));
        }
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_published_document_is_done_until_a_byte_differs),
        CASE(nothing_nameless_stays_behind),
        CASE(both_files_follow_the_umask),
        CASE(both_files_and_the_folder_are_flushed),
        CASE(the_longest_name_can_be_written_twice),
        CASE(a_split_document_is_done_when_every_part_is),
        CASE(a_failure_never_leaves_json_that_vouches_for_another_pdf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
