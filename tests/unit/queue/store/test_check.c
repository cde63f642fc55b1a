#include "tests/unit/queue/store/rig.h"

#include "daemon/base/file.h"
#include "queue/store/check.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Is the file of a store sound, and who looks when. */

static char *file_of(const struct rig *rig, const char *name)
{
    return mem_printf("%s/%s", rig->folder, name);
}

static void close_rig(struct rig *rig)
{
    store_close(rig->store);
    rig->store = NULL;
}

static enum err_code open_rig(struct rig *rig, struct err *err)
{
    return store_open(&rig->options, &rig->store, err);
}

/* More than an opening reads through. */
static void make_large(struct rig *rig)
{
    ASSERT_OK(db_script(rig->store->db,
                        "CREATE TABLE bulk (x BLOB); INSERT INTO bulk WITH RECURSIVE n(i) AS "
                        "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90) "
                        "SELECT zeroblob(1000000) FROM n",
                        err));
}

/* A page of the bulk. */
static off_t middle_of(const struct stat *info)
{
    return info->st_size / 2 / 4096 * 4096;
}

static void damage(const struct rig *rig, char kept[4096])
{
    AUTO(mem) char *path = file_of(rig, "store.db");
    AUTO(fd) int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat info;
    char bad[4096];
    memset(bad, 0xa5, sizeof bad);
    assert_int_equal(fstat(fd, &info), 0);
    assert_int_equal(pread(fd, kept, 4096, middle_of(&info)), 4096);
    assert_int_equal(pwrite(fd, bad, 4096, middle_of(&info)), 4096);
}

static void mend(const struct rig *rig, const char kept[4096])
{
    AUTO(mem) char *path = file_of(rig, "store.db");
    AUTO(fd) int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat info;
    assert_int_equal(fstat(fd, &info), 0);
    assert_int_equal(pwrite(fd, kept, 4096, middle_of(&info)), 4096);
}

static void a_small_store_is_read_through_by_its_opening(void **state)
{
    struct rig *rig = *state;
    rig_reopen(rig);
    assert_true(store_is_checked(rig->store));
    ASSERT_OK(store_check_all(rig->folder, err));
}

static void a_large_store_opens_at_once_and_is_read_through_beside_it(void **state)
{
    struct rig *rig = *state;
    make_large(rig);
    rig_reopen(rig);
    assert_false(store_is_checked(rig->store));
    ASSERT_OK(store_check_all(rig->folder, err));
    AUTO(mem) char *mark = file_of(rig, "unsound");
    assert_int_not_equal(access(mark, F_OK), 0);
}

static void
damage_found_beside_the_store_keeps_the_next_opening_shut_until_it_is_mended(void **state)
{
    struct rig *rig = *state;
    char kept[4096];
    make_large(rig);
    close_rig(rig);
    damage(rig, kept);
    ASSERT_OK(open_rig(rig, err));
    ASSERT_ERR(ERR_STORE_CORRUPT, store_check_all(rig->folder, err));
    close_rig(rig);
    ASSERT_ERR(ERR_STORE_CORRUPT, open_rig(rig, err));
    ASSERT_ERR(ERR_STORE_CORRUPT, open_rig(rig, err));
    mend(rig, kept);
    ASSERT_OK(open_rig(rig, err));
    assert_true(store_is_checked(rig->store));
    rig_reopen(rig);
    assert_false(store_is_checked(rig->store));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_small_store_is_read_through_by_its_opening),
        T(a_large_store_opens_at_once_and_is_read_through_beside_it),
        T(damage_found_beside_the_store_keeps_the_next_opening_shut_until_it_is_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
