#include "tests/unit/queue/upload/warehouse.h"

#include "queue/upload/dir_transport.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Warehouses that cannot take anything. Real file systems: a mount namespace of our own. */

#define CODE "H41.05-261122-0002"

static bool may_mount;

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    fd_close(fd);
    return ok;
}

/* As root a mount namespace; else a user namespace in which we are root. */
static bool enter_own_mounts(void)
{
    char map[64];
    snprintf(map, sizeof map, "0 %d 1", (int)getuid());
    if (unshare(CLONE_NEWNS) != 0 &&
        (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !write_text("/proc/self/uid_map", map)))
        return false;
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int set_up(void **state)
{
    static struct warehouse warehouse;
    warehouse_open(&warehouse);
    *state = &warehouse;
    return 0;
}

static int tear_down(void **state)
{
    struct warehouse *warehouse = *state;
    umount2(warehouse->root, MNT_DETACH);
    warehouse_close(warehouse);
    return 0;
}

static void need_mounts(void)
{
    if (may_mount)
        return;
    print_message("SKIP: no right to mount a file system here\n");
    skip();
}

static void expect_failure(struct warehouse *warehouse, size_t size, enum err_code wanted)
{
    struct sample sample;
    struct target_sent sent;
    struct err err = ERR_INIT;
    sample_open(&sample, CODE, size);
    assert_int_equal(warehouse_send(warehouse, &sample, &sent, &err), wanted);
    assert_true(strlen(err.detail) > 0);
    assert_null(strstr(err.detail, CODE));
    sample_close(&sample);
}

static void a_missing_warehouse_is_unreachable_and_never_made(void **state)
{
    struct warehouse *warehouse = *state;
    assert_int_equal(rmdir(warehouse->root), 0);
    expect_failure(warehouse, 10, ERR_TARGET_UNREACHABLE);
    assert_int_equal(access(warehouse->root, F_OK), -1);
    struct target_receipt receipt;
    char hash[HASH_HEX_SIZE];
    hash_bytes("", 0, hash);
    assert_int_equal(
        target_verify(warehouse->target, CODE "/" CODE ".001", hash, hash, &receipt, NULL),
        ERR_TARGET_UNREACHABLE);
}

static void a_warehouse_that_comes_back_takes_records_again(void **state)
{
    struct warehouse *warehouse = *state;
    char away[300];
    snprintf(away, sizeof away, "%s.away", warehouse->root);
    assert_int_equal(rename(warehouse->root, away), 0);
    struct sample sample;
    struct target_sent sent;
    sample_open(&sample, CODE, 5000);
    assert_int_equal(warehouse_send(warehouse, &sample, &sent, NULL), ERR_TARGET_UNREACHABLE);
    assert_int_equal(rename(away, warehouse->root), 0);
    warehouse_expect(warehouse, &sample, CODE "/" CODE ".001", false);
    sample_close(&sample);
}

static void a_read_only_warehouse_says_so(void **state)
{
    need_mounts();
    struct warehouse *warehouse = *state;
    assert_int_equal(mount("none", warehouse->root, "tmpfs", 0, "size=1m"), 0);
    struct sample before;
    sample_open(&before, CODE, 5000);
    warehouse_expect(warehouse, &before, CODE "/" CODE ".001", false);
    assert_int_equal(mount("none", warehouse->root, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=1m"), 0);
    expect_failure(warehouse, 10, ERR_TARGET_READ_ONLY);
    struct target_receipt receipt;
    assert_int_equal(target_verify(warehouse->target, CODE "/" CODE ".001", before.pdf_sha256,
                                   before.json_sha256, &receipt, NULL),
                     ERR_OK);
    sample_close(&before);
}

static void a_full_warehouse_says_so_and_keeps_no_half_file(void **state)
{
    need_mounts();
    struct warehouse *warehouse = *state;
    assert_int_equal(mount("none", warehouse->root, "tmpfs", 0, "size=256k"), 0);
    struct sample large;
    struct target_sent sent;
    sample_open(&large, CODE, 1 << 20);
    assert_int_equal(warehouse_send(warehouse, &large, &sent, NULL), ERR_TARGET_FULL);
    assert_int_equal(warehouse_count(warehouse, CODE, ".pdf"), 0);
    assert_int_equal(warehouse_count(warehouse, CODE, ".json"), 0);
    assert_int_equal(warehouse_count(warehouse, CODE, ".part"), 0);
    assert_int_equal(mount("none", warehouse->root, "tmpfs", MS_REMOUNT, "size=4m"), 0);
    warehouse_expect(warehouse, &large, CODE "/" CODE ".001", false);
    sample_close(&large);
}

/* Unmounted, the folder it is mounted on is there, empty and writable. */
static void an_unmounted_share_is_unreachable_and_takes_nothing(void **state)
{
    need_mounts();
    struct warehouse *warehouse = *state;
    struct sample first, second;
    struct target_sent sent;
    struct target_receipt receipt;
    sample_open(&first, CODE, 100);
    sample_open(&second, CODE, 100);
    assert_int_equal(mount("none", warehouse->root, "tmpfs", 0, "size=1m"), 0);
    warehouse_expect(warehouse, &first, CODE "/" CODE ".001", false);
    assert_int_equal(umount2(warehouse->root, MNT_DETACH), 0);
    assert_int_equal(warehouse_send(warehouse, &second, &sent, NULL), ERR_TARGET_UNREACHABLE);
    assert_int_equal(target_verify(warehouse->target, CODE "/" CODE ".001", first.pdf_sha256,
                                   first.json_sha256, &receipt, NULL),
                     ERR_TARGET_UNREACHABLE);
    assert_int_equal(warehouse_count(warehouse, CODE, ".pdf"), 0);
    sample_close(&first);
    sample_close(&second);
}

static void another_warehouse_under_the_same_path_takes_nothing(void **state)
{
    need_mounts();
    struct warehouse *warehouse = *state;
    struct warehouse other;
    struct sample sample;
    struct target_sent sent;
    warehouse_open(&other);
    sample_open(&sample, CODE, 100);
    warehouse_expect(warehouse, &sample, CODE "/" CODE ".001", false);
    warehouse_expect(&other, &sample, CODE "/" CODE ".001", false);
    assert_int_equal(mount(other.root, warehouse->root, NULL, MS_BIND, NULL), 0);
    assert_int_equal(warehouse_send(warehouse, &sample, &sent, NULL), ERR_TARGET_UNREACHABLE);
    assert_int_equal(umount2(warehouse->root, MNT_DETACH), 0);
    sample_close(&sample);
    warehouse_close(&other);
}

static void a_second_station_takes_the_mark_it_finds(void **state)
{
    struct warehouse *warehouse = *state;
    struct sample sample;
    sample_open(&sample, CODE, 100);
    warehouse_expect(warehouse, &sample, CODE "/" CODE ".001", false);
    assert_int_equal(unlink(warehouse->witness), 0);
    warehouse_expect(warehouse, &sample, CODE "/" CODE ".001", true);
    assert_int_equal(access(warehouse->witness, F_OK), 0);
    sample_close(&sample);
}

static void a_folder_without_the_right_to_write_says_so(void **state)
{
    struct warehouse *warehouse = *state;
    if (geteuid() == 0) {
        print_message("SKIP: root may write everywhere\n");
        skip();
    }
    assert_int_equal(chmod(warehouse->root, 0500), 0);
    expect_failure(warehouse, 10, ERR_TARGET_READ_ONLY);
    assert_int_equal(chmod(warehouse->root, 0700), 0);
}

static void a_relative_warehouse_is_a_configuration_error(void **state)
{
    (void)state;
    struct transport *transport = NULL;
    assert_int_equal(dir_transport_new("warehouse", "/w", &transport, NULL), ERR_BAD_CONFIG);
    assert_int_equal(dir_transport_new("/warehouse", "w", &transport, NULL), ERR_BAD_CONFIG);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    may_mount = enter_own_mounts();
    const struct CMUnitTest tests[] = {
        TEST(a_missing_warehouse_is_unreachable_and_never_made),
        TEST(a_warehouse_that_comes_back_takes_records_again),
        TEST(a_read_only_warehouse_says_so),
        TEST(a_full_warehouse_says_so_and_keeps_no_half_file),
        TEST(an_unmounted_share_is_unreachable_and_takes_nothing),
        TEST(another_warehouse_under_the_same_path_takes_nothing),
        TEST(a_second_station_takes_the_mark_it_finds),
        TEST(a_folder_without_the_right_to_write_says_so),
        cmocka_unit_test(a_relative_warehouse_is_a_configuration_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
