#include "tests/unit/queue/store/rig.h"

#include "daemon/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>

static enum err_code put(struct rig *rig, const char *text, char sha256[HASH_HEX_SIZE],
                         struct err *err)
{
    return blob_put_text(rig->store->blobs, rig->store->db, text, sha256, err);
}

static char *file_of(struct rig *rig, const char *sha256)
{
    char *path = NULL;
    ASSERT_OK(blob_path(rig->store->blobs, sha256, &path, err));
    return path;
}

static void content_lies_under_its_hash_read_only(void **state)
{
    struct rig *rig = *state;
    char sha256[HASH_HEX_SIZE];
    struct stat info;
    ASSERT_OK(put(rig, "abc", sha256, err));
    assert_string_equal(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    AUTO(mem) char *path = file_of(rig, sha256);
    assert_non_null(
        strstr(path, "/blobs/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_int_equal(path[0], '/');
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0400);
}

static void equal_content_is_stored_once(void **state)
{
    struct rig *rig = *state;
    char first[HASH_HEX_SIZE], second[HASH_HEX_SIZE];
    ASSERT_OK(put(rig, "abc", first, err));
    ASSERT_OK(put(rig, "abc", second, err));
    assert_string_equal(first, second);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM blob"), 1);
}

static void damage_is_noticed(void **state)
{
    struct rig *rig = *state;
    char sha256[HASH_HEX_SIZE];
    int fd;
    ASSERT_OK(put(rig, "abc", sha256, err));
    AUTO(mem) char *path = file_of(rig, sha256);
    assert_int_equal(chmod(path, 0600), 0);
    fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, 1), 1);
    ASSERT_ERR(ERR_BLOB_DAMAGED, blob_check(rig->store->blobs, rig->store->db, sha256, err));
    assert_int_equal(ftruncate(fd, 2), 0);
    close(fd);
    ASSERT_ERR(ERR_BLOB_DAMAGED,
               blob_open(rig->store->blobs, rig->store->db, sha256, &fd, NULL, err));
    assert_int_equal(unlink(path), 0);
    ASSERT_ERR(ERR_BLOB_DAMAGED,
               blob_open(rig->store->blobs, rig->store->db, sha256, &fd, NULL, err));
}

static void storing_the_content_again_heals_a_damaged_file(void **state)
{
    struct rig *rig = *state;
    char sha256[HASH_HEX_SIZE];
    ASSERT_OK(put(rig, "abc", sha256, err));
    AUTO(mem) char *path = file_of(rig, sha256);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 1), 0);
    ASSERT_OK(put(rig, "abc", sha256, err));
    ASSERT_OK(blob_check(rig->store->blobs, rig->store->db, sha256, err));
}

static void what_the_writer_said_is_held_against_the_file(void **state)
{
    struct rig *rig = *state;
    static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    static const struct {
        const char *content;
        int64_t size;
        enum err_code wanted;
    } cases[] = {{"abd", 3, ERR_BLOB_DAMAGED},
                 {"abc", 4, ERR_BLOB_DAMAGED},
                 {"", 0, ERR_BLOB_DAMAGED},
                 {"abc", 3, ERR_OK},
                 {"abc", -1, ERR_OK}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int fd;
        ASSERT_OK(blob_create(rig->store->blobs, "temp", &fd, err));
        assert_int_equal(write(fd, cases[i].content, strlen(cases[i].content)),
                         strlen(cases[i].content));
        close(fd);
        assert_int_equal(
            blob_commit(rig->store->blobs, rig->store->db, "temp", abc, cases[i].size, NULL),
            cases[i].wanted);
        blob_discard(rig->store->blobs, "temp");
    }
    ASSERT_ERR(ERR_NOT_FOUND, blob_commit(rig->store->blobs, rig->store->db, "temp", abc, 3, err));
}

static void names_from_outside_do_not_leave_the_temp_folder(void **state)
{
    struct rig *rig = *state;
    static const char *const names[] = {"",  ".",   "..",       "../x", "a/b", "/etc/passwd",
                                        "A", "a b", "../../db", "a\nb", ".a",  "ü"};
    int fd;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ASSERT_ERR(ERR_BAD_ARGUMENT, blob_create(rig->store->blobs, names[i], &fd, err));
        blob_discard(rig->store->blobs, names[i]);
    }
    char longest[300];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    ASSERT_ERR(ERR_BAD_ARGUMENT, blob_create(rig->store->blobs, longest, &fd, err));
    AUTO(mem) char *database = mem_printf("%s/store.db", rig->folder);
    assert_int_equal(access(database, F_OK), 0);
}

static void a_descriptor_that_is_no_file_or_too_large_is_refused(void **state)
{
    struct rig *rig = *state;
    char sha256[HASH_HEX_SIZE];
    int pair[2], fd = -1;
    assert_int_equal(pipe(pair), 0);
    ASSERT_ERR(ERR_BAD_MESSAGE,
               blob_put_fd(rig->store->blobs, rig->store->db, pair[0], 10, sha256, err));
    close(pair[0]);
    close(pair[1]);
    ASSERT_OK(file_memfd("test", "0123456789", 10, &fd, err));
    ASSERT_ERR(ERR_TOO_LARGE, blob_put_fd(rig->store->blobs, rig->store->db, fd, 9, sha256, err));
    ASSERT_OK(blob_put_fd(rig->store->blobs, rig->store->db, fd, 10, sha256, err));
    close(fd);
}

static void a_page_whose_commit_is_asked_twice_is_there_once(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char id[ID_SIZE], temp[PAGE_TEMP_SIZE], other[ID_SIZE], sha256[HASH_HEX_SIZE];
    int fd;
    ASSERT_OK(page_begin(rig->store, paper.dossier, paper.document, id, temp, &fd, err));
    assert_int_equal(write(fd, "abc", 3), 3);
    close(fd);
    hash_bytes("abc", 3, sha256);
    struct page_capture capture = {.page_id = id,
                                   .temp = temp,
                                   .sha256 = sha256,
                                   .pixel_sha256 = sha256,
                                   .size_bytes = 3,
                                   .device = "d",
                                   .side = "front",
                                   .captured_by = "c"};
    ASSERT_OK(page_commit(rig->store, &capture, CLERK, err));
    ASSERT_OK(page_commit(rig->store, &capture, CLERK, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page"), 1);
    hash_bytes("x", 1, sha256);
    ASSERT_ERR(ERR_CONFLICT, page_commit(rig->store, &capture, CLERK, err));
    id_new(other);
    capture.page_id = other;
    ASSERT_ERR(ERR_BAD_ARGUMENT, page_commit(rig->store, &capture, CLERK, err));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(content_lies_under_its_hash_read_only),
        T(equal_content_is_stored_once),
        T(damage_is_noticed),
        T(storing_the_content_again_heals_a_damaged_file),
        T(what_the_writer_said_is_held_against_the_file),
        T(names_from_outside_do_not_leave_the_temp_folder),
        T(a_descriptor_that_is_no_file_or_too_large_is_refused),
        T(a_page_whose_commit_is_asked_twice_is_there_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
