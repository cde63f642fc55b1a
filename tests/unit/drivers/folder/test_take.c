#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/base/sys.h"
#include "tests/unit/drivers/folder/folder_kit.h"

#include <errno.h>

static enum err_code take_as(struct kit *kit, const char *path,
                             const struct take_expected *expected, struct js **out, int *out_fd)
{
    struct err err = ERR_INIT;
    *out_fd = -1;
    assert_int_equal(file_memfd("blob", "", 0, out_fd, NULL), ERR_OK);
    enum err_code code = watched_folder_take(kit->folder, path, expected, *out_fd, out, &err);
    assert_null(code ? strstr(err.detail, "p1") : NULL); /* names of files stay out of messages */
    return code;
}

static struct take_expected expected_of(const struct js *look, const char *path)
{
    const struct js *file = kit_find(look, path);
    assert_non_null(file);
    return (struct take_expected){
        .size_bytes = (uint64_t)js_int_or(file, "size_bytes", -1),
        .mtime_us = js_int_or(file, "mtime_us", -1),
        .sha256 = js_text_or(file, "sha256", NULL),
    };
}

static void assert_takes(struct kit *kit, const char *path, enum err_code wanted)
{
    AUTO(js) struct js *look = kit_look_settled(kit, true);
    AUTO(js) struct js *out = NULL;
    AUTO(fd) int fd = -1;
    struct take_expected expected = expected_of(look, path);
    assert_int_equal(take_as(kit, path, &expected, &out, &fd), wanted);
}

static void a_copy_has_the_bytes_and_their_hash(void **state)
{
    struct kit *kit = *state;
    static const char page[] = "P5\n1654 2339\n255\n";
    AUTO(mem) char *bytes = mem_alloc(sizeof page - 1 + 1654 * 2339);
    size_t size = sizeof page - 1 + 1654 * 2339;
    memcpy(bytes, page, sizeof page - 1);
    kit_put(kit, "na\xcc\x86m/p1.pgm", bytes, size);
    char sha256[HASH_HEX_SIZE];
    hash_bytes(bytes, size, sha256);
    AUTO(js) struct js *look = kit_look_settled(kit, true);
    AUTO(js) struct js *out = NULL;
    AUTO(fd) int fd = -1;
    struct take_expected expected = expected_of(look, "na%CC%86m/p1.pgm");
    assert_int_equal(take_as(kit, "na%CC%86m/p1.pgm", &expected, &out, &fd), ERR_OK);
    assert_string_equal(js_text_or(out, "sha256", ""), sha256);
    assert_int_equal(js_int_or(out, "size_bytes", 0), size);
    assert_string_equal(js_text_or(out, "kind", ""), "pnm");
    assert_int_equal(js_int_or(out, "pages", 0), 1);
    assert_int_equal(js_int_or(out, "facts.width_px", 0), 1654);
    assert_string_equal(js_text_or(out, "facts.exceptions[0]", ""), "resolution_missing");
    AUTO(mem) char *copy = NULL;
    size_t copied = 0;
    assert_int_equal(file_read_fd(fd, 64 << 20, &copy, &copied, NULL), ERR_OK);
    assert_int_equal(copied, size);
    assert_memory_equal(copy, bytes, size);
}

static void what_is_no_image_has_no_facts(void **state)
{
    struct kit *kit = *state;
    static const char *const files[][3] = {
        {"p1.pdf", "%PDF-1.4\n", "pdf"}, {"p1.txt", "mot", "text"}, {"p1.tif", "II*", "tiff"}};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        kit_put_text(kit, files[i][0], files[i][1]);
        AUTO(js) struct js *look = kit_look_settled(kit, false);
        AUTO(js) struct js *out = NULL;
        AUTO(fd) int fd = -1;
        struct take_expected expected = expected_of(look, files[i][0]);
        assert_int_equal(take_as(kit, files[i][0], &expected, &out, &fd), ERR_OK);
        assert_string_equal(js_text_or(out, "kind", ""), files[i][2]);
        assert_true(js_is_null(js_at(out, "pages")));
        assert_true(js_is_null(js_at(out, "facts")));
    }
}

static void other_bytes_than_those_looked_at_are_refused(void **state)
{
    struct kit *kit = *state;
    kit_put_text(kit, "p1.txt", "mot");
    AUTO(mem) char *path = mem_printf("%s/p1.txt", kit->path);
    AUTO(js) struct js *look = kit_look_settled(kit, true);
    struct take_expected seen = expected_of(look, "p1.txt");
    struct take_expected longer = seen, later = seen, other = seen;
    char sha256[HASH_HEX_SIZE];
    hash_bytes("hai", 3, sha256);
    longer.size_bytes++;
    later.mtime_us++;
    other.sha256 = sha256;
    const struct take_expected *wrong[] = {&longer, &later, &other};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        AUTO(js) struct js *out = NULL;
        AUTO(fd) int fd = -1;
        assert_int_equal(take_as(kit, "p1.txt", wrong[i], &out, &fd), ERR_STATE_CHANGED);
    }
    AUTO(js) struct js *out = NULL;
    AUTO(fd) int fd = -1;
    AUTO(fd) int again = -1;
    AUTO(fd) int writer = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(take_as(kit, "p1.txt", &seen, &out, &fd), ERR_STATE_CHANGED);
    fd_close(TAKE_FD(writer));
    /* same size, same time, other bytes: only the hash knows */
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    kit_put_text(kit, "p1.txt", "hai");
    struct timespec old[2] = {info.st_atim, info.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    assert_int_equal(take_as(kit, "p1.txt", &seen, &out, &again), ERR_STATE_CHANGED);
}

struct growing {
    const char *path;
    int times;
};

static void grow(void *payload, int64_t amount)
{
    struct growing *growing = payload;
    AUTO(fd) int fd = amount > 0 ? open(growing->path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    growing->times += fd >= 0 && write(fd, "more", 4) == 4;
}

static void a_file_that_grows_while_it_is_read_is_refused(void **state)
{
    struct kit *kit = *state;
    size_t size = 64 << 20;
    AUTO(mem) char *bytes = mem_alloc(size);
    kit_put(kit, "p1.bin", bytes, size);
    AUTO(mem) char *path = mem_printf("%s/p1.bin", kit->path);
    AUTO(js) struct js *look = kit_look_settled(kit, false);
    struct take_expected expected = expected_of(look, "p1.bin");
    struct growing growing = {.path = path};
    watched_folder_call(kit->folder)->on_progress = grow;
    watched_folder_call(kit->folder)->payload = &growing;
    AUTO(js) struct js *out = NULL;
    AUTO(fd) int fd = -1;
    assert_int_equal(take_as(kit, "p1.bin", &expected, &out, &fd), ERR_STATE_CHANGED);
    assert_true(growing.times > 0);
    struct stat info;
    assert_int_equal(fstat(fd, &info), 0);
    assert_true(info.st_size <= (off_t)size + (256 << 10));
}

static void a_file_that_is_gone_or_shut_away_is_named_so(void **state)
{
    struct kit *kit = *state;
    static const struct take_expected any = {.size_bytes = 3};
    char path[512];
    kit_put_text(kit, "hs1/p1.txt", "mot");
    snprintf(path, sizeof path, "%s/p1.fifo", kit->path);
    assert_int_equal(mkfifo(path, 0644), 0);
    snprintf(path, sizeof path, "%s/out.txt", kit->path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    static const struct {
        const char *path;
        enum err_code code;
    } cases[] = {{"p2.txt", ERR_NOT_FOUND},        {"hs1/p1.txt/x", ERR_NOT_FOUND},
                 {"hs1", ERR_FORBIDDEN},           {"p1.fifo", ERR_FORBIDDEN},
                 {"out.txt", ERR_FORBIDDEN},       {"../etc/passwd", ERR_BAD_ARGUMENT},
                 {"/etc/passwd", ERR_BAD_ARGUMENT}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *out = NULL;
        AUTO(fd) int fd = -1;
        enum err_code code = take_as(kit, cases[i].path, &any, &out, &fd);
        if (code != cases[i].code)
            fail_msg("%s: %s", cases[i].path, err_name(code));
    }
}

static void an_empty_and_a_huge_file_are_refused(void **state)
{
    struct kit *kit = *state;
    kit_watch(kit, (struct folder_config){.max_bytes = 10});
    kit_put_text(kit, "p1.txt", "");
    kit_put_text(kit, "p2.txt", "0123456789A");
    kit_put_text(kit, "p3.txt", "0123456789");
    assert_takes(kit, "p1.txt", ERR_IMAGE_EMPTY);
    assert_takes(kit, "p2.txt", ERR_TOO_LARGE);
    assert_takes(kit, "p3.txt", ERR_OK);
}

static void a_full_disk_and_a_failing_flush_are_told(void **state)
{
    struct kit *kit = *state;
    kit_put_text(kit, "p1.txt", "mot");
    AUTO(js) struct js *look = kit_look_settled(kit, true);
    struct take_expected expected = expected_of(look, "p1.txt");
    static const struct {
        enum sys_call call;
        int error;
        enum err_code code;
    } cases[] = {{SYS_FSYNC, EIO, ERR_IO}, {SYS_FSYNC, ENOSPC, ERR_DISK_FULL}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *out = NULL;
        AUTO(fd) int fd = -1;
        sys_fail_from(cases[i].call, 1, cases[i].error);
        enum err_code code = take_as(kit, "p1.txt", &expected, &out, &fd);
        sys_fail_from(cases[i].call, 0, 0);
        if (code != cases[i].code)
            fail_msg("case %zu: %s", i, err_name(code));
    }
    AUTO(js) struct js *out = NULL;
    AUTO(fd) int full = open("/dev/full", O_RDWR | O_CLOEXEC);
    assert_int_equal(watched_folder_take(kit->folder, "p1.txt", &expected, full, &out, NULL),
                     ERR_DISK_FULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_make, kit_remove)
    const struct CMUnitTest tests[] = {
        TEST(a_copy_has_the_bytes_and_their_hash),
        TEST(what_is_no_image_has_no_facts),
        TEST(other_bytes_than_those_looked_at_are_refused),
        TEST(a_file_that_grows_while_it_is_read_is_refused),
        TEST(a_file_that_is_gone_or_shut_away_is_named_so),
        TEST(an_empty_and_a_huge_file_are_refused),
        TEST(a_full_disk_and_a_failing_flush_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
