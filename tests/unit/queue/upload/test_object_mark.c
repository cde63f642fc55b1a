#include "tests/unit/queue/upload/warehouse.h"

#include "daemon/base/file.h"
#include "daemon/base/js.h"
#include "daemon/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* What is said later about a record that lies in a folder: withdrawn, shown. */

#define CODE "H41.05-261122-0001"
#define NAME CODE "/" CODE ".001"
#define KEY "01939d3e-7c10-7abc-8def-0123456789ab"

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
    char path[600];
    sys_fail_from(SYS_WRITE, 0, 0);
    sys_fail_from(SYS_FSYNC, 0, 0);
    sys_fail_from(SYS_LINK, 0, 0);
    warehouse_path(warehouse, CODE, path, sizeof path);
    chmod(path, 0750);
    warehouse_close(warehouse);
    return 0;
}

static struct target_withdrawal withdrawal_of(const struct sample *sample, const char *name)
{
    return (struct target_withdrawal){.remote_name = name,
                                      .record_id = sample->id,
                                      .dossier_code = CODE,
                                      .key = KEY,
                                      .reason_code = "wrong-person",
                                      .by = "uid:1000",
                                      .at_us = INT64_C(1795000000000000),
                                      .pdf_sha256 = sample->pdf_sha256,
                                      .json_sha256 = sample->json_sha256};
}

static void send(struct warehouse *warehouse, struct sample *sample)
{
    sample_open(sample, CODE, 5000);
    warehouse_expect(warehouse, sample, NAME, false);
}

static struct js *tombstone(struct warehouse *warehouse)
{
    char path[600];
    struct js *value = NULL;
    warehouse_path(warehouse, NAME ".withdrawn", path, sizeof path);
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(js_read_fd(fd, &value, NULL), ERR_OK);
    return value;
}

static void the_tombstone_speaks_and_the_files_stay(void **state)
{
    struct sample sample;
    struct target_mark mark;
    struct warehouse *warehouse = *state;
    send(warehouse, &sample);
    struct target_withdrawal what = withdrawal_of(&sample, NAME);
    what.replaced_by = KEY;
    assert_int_equal(target_withdraw(warehouse->target, &what, &mark, NULL), ERR_OK);
    assert_string_equal(mark.name, NAME ".withdrawn");
    assert_false(mark.removed || mark.already_there);
    assert_int_equal(strlen(mark.held.sha256), 64);
    AUTO(js) struct js *value = tombstone(warehouse);
    assert_string_equal(js_text_or(value, "record_id", ""), sample.id);
    assert_string_equal(js_text_or(value, "reason", ""), "wrong-person");
    assert_string_equal(js_text_or(value, "replaced_by", ""), KEY);
    assert_string_equal(js_text_or(value, "by", ""), "uid:1000");
    assert_string_equal(js_text_or(value, "pdf_sha256", ""), sample.pdf_sha256);
    assert_string_equal(js_text_or(value, "json_sha256", ""), sample.json_sha256);
    assert_true(strlen(js_text_or(value, "withdrawn_at", "")) > 20);
    assert_int_equal(warehouse_count(warehouse, CODE, ".pdf"), 1);
    assert_int_equal(warehouse_count(warehouse, CODE, ".json"), 1);
    sample_close(&sample);
}

static void said_twice_it_is_there_already_and_said_otherwise_it_is_a_conflict(void **state)
{
    struct sample sample;
    struct target_mark first, second;
    struct warehouse *warehouse = *state;
    send(warehouse, &sample);
    struct target_withdrawal what = withdrawal_of(&sample, NAME);
    assert_int_equal(target_withdraw(warehouse->target, &what, &first, NULL), ERR_OK);
    assert_int_equal(target_withdraw(warehouse->target, &what, &second, NULL), ERR_OK);
    assert_true(second.already_there);
    assert_string_equal(first.held.sha256, second.held.sha256);
    what.reason_code = "replaced";
    struct err err = ERR_INIT;
    assert_int_equal(target_withdraw(warehouse->target, &what, &second, &err), ERR_TARGET_CONFLICT);
    sample_close(&sample);
}

static void where_it_is_to_be_removed_the_files_go_after_the_tombstone(void **state)
{
    struct sample sample;
    struct target_mark mark;
    struct warehouse *warehouse = *state;
    send(warehouse, &sample);
    warehouse->target->removes_withdrawn = true;
    struct target_withdrawal what = withdrawal_of(&sample, NAME);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(target_withdraw(warehouse->target, &what, &mark, NULL), ERR_OK);
        assert_true(mark.removed);
        assert_int_equal(warehouse_count(warehouse, CODE, ".pdf"), 0);
        assert_int_equal(warehouse_count(warehouse, CODE, ".json"), 0);
        assert_int_equal(warehouse_count(warehouse, CODE, ".withdrawn"), 1);
    }
    struct sample next; /* the number stays the first one's */
    sample_open(&next, CODE, 10);
    warehouse_expect(warehouse, &next, CODE "/" CODE ".002", false);
    sample_close(&next);
    sample_close(&sample);
}

/* As an immutable file, or a share without the right to delete. */
static void what_may_not_be_removed_stays_beside_the_tombstone(void **state)
{
    struct sample sample;
    struct target_mark mark;
    struct warehouse *warehouse = *state;
    char path[600];
    if (geteuid() == 0)
        skip(); /* root removes everything */
    send(warehouse, &sample);
    struct target_withdrawal what = withdrawal_of(&sample, NAME);
    assert_int_equal(target_withdraw(warehouse->target, &what, &mark, NULL), ERR_OK);
    warehouse_path(warehouse, CODE, path, sizeof path);
    assert_int_equal(chmod(path, 0550), 0);
    warehouse->target->removes_withdrawn = true;
    assert_int_equal(target_withdraw(warehouse->target, &what, &mark, NULL), ERR_OK);
    assert_false(mark.removed);
    assert_int_equal(warehouse_count(warehouse, CODE, ".pdf"), 1);
    sample_close(&sample);
}

static void a_withdrawal_broken_off_anywhere_is_finished_by_the_next(void **state)
{
    static const enum sys_call calls[] = {SYS_WRITE, SYS_FSYNC, SYS_LINK};
    struct warehouse *warehouse = *state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        for (int nth = 1; nth < 4; nth++) {
            struct sample sample;
            struct target_sent sent;
            struct target_mark mark;
            sample_open(&sample, CODE, 5000);
            assert_int_equal(warehouse_send(warehouse, &sample, &sent, NULL), ERR_OK);
            struct target_withdrawal what = withdrawal_of(&sample, sent.remote_name);
            warehouse->target->removes_withdrawn = true;
            sys_fail_from(calls[i], nth, ENOSPC);
            (void)target_withdraw(warehouse->target, &what, &mark, NULL);
            sys_fail_from(calls[i], 0, 0);
            assert_int_equal(target_withdraw(warehouse->target, &what, &mark, NULL), ERR_OK);
            assert_true(mark.removed);
            assert_int_equal(warehouse_count(warehouse, CODE, ".part"), 0);
            sample_close(&sample);
        }
    }
}

static void a_record_whose_try_ended_unknown_is_found_by_its_claim(void **state)
{
    struct sample sample;
    struct target_mark mark;
    struct warehouse *warehouse = *state;
    send(warehouse, &sample);
    struct target_withdrawal what = withdrawal_of(&sample, NULL);
    assert_int_equal(target_withdraw(warehouse->target, &what, &mark, NULL), ERR_OK);
    assert_string_equal(mark.name, NAME ".withdrawn");
    sample_close(&sample);
}

static void a_hidden_record_is_shown_by_a_mark_beside_it(void **state)
{
    struct sample sample;
    struct target_mark mark;
    struct warehouse *warehouse = *state;
    send(warehouse, &sample);
    const struct target_showing what = {NAME, sample.id, KEY, "uid:1000",
                                        INT64_C(1795000000000000)};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(target_show(warehouse->target, &what, &mark, NULL), ERR_OK);
        assert_string_equal(mark.name, NAME ".shown");
        assert_int_equal(mark.already_there, i > 0);
    }
    sample_close(&sample);
}

static void a_name_that_is_none_of_ours_is_refused(void **state)
{
    struct sample sample;
    struct target_mark mark;
    struct err err = ERR_INIT;
    struct warehouse *warehouse = *state;
    send(warehouse, &sample);
    struct target_withdrawal what = withdrawal_of(&sample, "../etc/passwd");
    assert_int_equal(target_withdraw(warehouse->target, &what, &mark, &err), ERR_BAD_ARGUMENT);
    sample_close(&sample);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_tombstone_speaks_and_the_files_stay),
        TEST(said_twice_it_is_there_already_and_said_otherwise_it_is_a_conflict),
        TEST(where_it_is_to_be_removed_the_files_go_after_the_tombstone),
        TEST(what_may_not_be_removed_stays_beside_the_tombstone),
        TEST(a_withdrawal_broken_off_anywhere_is_finished_by_the_next),
        TEST(a_record_whose_try_ended_unknown_is_found_by_its_claim),
        TEST(a_hidden_record_is_shown_by_a_mark_beside_it),
        TEST(a_name_that_is_none_of_ours_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
