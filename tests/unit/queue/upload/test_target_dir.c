#include "tests/unit/queue/upload/warehouse.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CODE "H41.05-261122-0001"

static int set_up(void **state)
{
    static struct warehouse warehouse;
    warehouse_open(&warehouse);
    *state = &warehouse;
    return 0;
}

static int tear_down(void **state)
{
    sys_fail_from(SYS_WRITE, 0, 0);
    sys_fail_from(SYS_FSYNC, 0, 0);
    sys_fail_from(SYS_LINK, 0, 0);
    warehouse_close(*state);
    return 0;
}

static void write_file(const struct warehouse *warehouse, const char *name, const char *text)
{
    char path[600];
    warehouse_path(warehouse, name, path, sizeof path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void the_first_record_of_a_dossier_is_number_001(void **state)
{
    struct sample sample;
    sample_open(&sample, CODE, 5000);
    warehouse_expect(*state, &sample, CODE "/" CODE ".001", false);
    assert_int_equal(warehouse_count(*state, CODE, ".pdf"), 1);
    assert_int_equal(warehouse_count(*state, CODE, ".json"), 1);
    assert_int_equal(warehouse_count(*state, CODE, ".part"), 0);
    sample_close(&sample);
}

static void other_records_get_the_next_numbers(void **state)
{
    for (int i = 1; i <= 12; i++) {
        struct sample sample;
        char name[100];
        sample_open(&sample, CODE, 10);
        snprintf(name, sizeof name, CODE "/" CODE ".%03d", i);
        warehouse_expect(*state, &sample, name, false);
        sample_close(&sample);
    }
}

static void a_record_sent_again_is_already_there(void **state)
{
    struct sample first, second;
    sample_open(&first, CODE, 5000);
    sample_open(&second, CODE, 5000);
    warehouse_expect(*state, &first, CODE "/" CODE ".001", false);
    warehouse_expect(*state, &second, CODE "/" CODE ".002", false);
    warehouse_expect(*state, &second, CODE "/" CODE ".002", true);
    warehouse_expect(*state, &first, CODE "/" CODE ".001", true);
    assert_int_equal(warehouse_count(*state, CODE, ".pdf"), 2);
    sample_close(&first);
    sample_close(&second);
}

static void a_record_without_a_code_goes_to_the_backlog(void **state)
{
    struct sample sample;
    char name[100];
    sample_open(&sample, NULL, 5000);
    snprintf(name, sizeof name, "backlog/%s", sample.id);
    warehouse_expect(*state, &sample, name, false);
    warehouse_expect(*state, &sample, name, true);
    sample_close(&sample);
}

/* Claim, PDF and JSON: each the file, its name in the folder, the folder's name in the warehouse.
 */
static void every_file_and_name_is_flushed(void **state)
{
    struct sample sample;
    struct target_sent sent;
    sample_open(&sample, NULL, 10);
    assert_int_equal(warehouse_send(*state, &sample, &sent, NULL), ERR_OK); /* marks the folder */
    sample_close(&sample);
    sample_open(&sample, CODE, 5000);
    sys_fail_from(SYS_FSYNC, 0, 0);
    assert_int_equal(warehouse_send(*state, &sample, &sent, NULL), ERR_OK);
    assert_int_equal(sys_calls(SYS_FSYNC), 3 * 3);
    /* The second try cannot know whether the first lived to flush the names. */
    sys_fail_from(SYS_FSYNC, 0, 0);
    assert_int_equal(warehouse_send(*state, &sample, &sent, NULL), ERR_OK);
    assert_int_equal(sys_calls(SYS_FSYNC), 2 * 2);
    sample_close(&sample);
}

static void a_code_becomes_a_folder_name_that_stays_inside(void **state)
{
    (void)state;
    static const struct {
        const char *code, *folder;
    } cases[] = {
        {"H41.05-261122-0001", "H41.05-261122-0001"},
        {"000.00.12/H41 7", "000.00.12-H41-7"},
        {"..", "-."},
        {".hidden", "-hidden"},
        {"../../etc", "-.-..-etc"},
        {"Hồ", "H---"},
        {"a\nb", "a-b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char folder[TARGET_CODE_MAX + 1];
        assert_int_equal(target_dir_folder(cases[i].code, folder, sizeof folder, NULL), ERR_OK);
        assert_string_equal(folder, cases[i].folder);
        assert_true(transport_name_is_safe(folder));
    }
}

static void a_code_that_cannot_name_a_folder_is_refused(void **state)
{
    char longest[TARGET_CODE_MAX + 2];
    memset(longest, 'x', sizeof longest);
    longest[TARGET_CODE_MAX + 1] = '\0';
    const char *const cases[] = {"", longest};
    for (size_t i = 0; i < 2; i++) {
        struct sample sample;
        struct target_sent sent;
        sample_open(&sample, cases[i], 10);
        assert_int_equal(warehouse_send(*state, &sample, &sent, NULL), ERR_DOSSIER_CODE_BAD);
        sample_close(&sample);
    }
}

static void the_same_record_with_other_bytes_is_a_conflict(void **state)
{
    struct sample first, other;
    sample_open(&first, CODE, 5000);
    sample_open(&other, CODE, 6000);
    warehouse_expect(*state, &first, CODE "/" CODE ".001", false);
    other.record.record_id = first.id;
    struct target_sent sent;
    assert_int_equal(warehouse_send(*state, &other, &sent, NULL), ERR_TARGET_CONFLICT);
    warehouse_expect(*state, &first, CODE "/" CODE ".001", true);
    sample_close(&first);
    sample_close(&other);
}

static void a_damaged_blob_is_not_sent(void **state)
{
    struct sample sample;
    struct target_sent sent;
    sample_open(&sample, CODE, 5000);
    assert_int_equal(pwrite(sample.record.pdf_fd, "\x01\x02\x03", 3, 100), 3);
    assert_int_equal(warehouse_send(*state, &sample, &sent, NULL), ERR_BLOB_DAMAGED);
    assert_int_equal(warehouse_count(*state, CODE, ".claim"), 0);
    sample_close(&sample);
}

static void numbers_that_others_use_are_left_alone(void **state)
{
    struct warehouse *warehouse = *state;
    char folder[600];
    warehouse_path(warehouse, CODE, folder, sizeof folder);
    assert_int_equal(mkdir(folder, 0750), 0);
    write_file(warehouse, CODE "/" CODE ".001.pdf", "not ours");
    write_file(warehouse, CODE "/" CODE ".002.json", "{}");
    write_file(warehouse, CODE "/." CODE ".003.claim", "who knows");
    struct sample sample;
    sample_open(&sample, CODE, 5000);
    warehouse_expect(warehouse, &sample, CODE "/" CODE ".004", false);
    warehouse_expect(warehouse, &sample, CODE "/" CODE ".004", true);
    sample_close(&sample);
}

static void fail_each_call_once(struct warehouse *warehouse, enum sys_call call, int error,
                                enum err_code wanted)
{
    for (unsigned long nth = 1;; nth++) {
        struct sample sample;
        struct target_sent sent;
        char code[40];
        snprintf(code, sizeof code, "K%d-%d-%lu", (int)call, error, nth);
        sample_open(&sample, code, 200000);
        sys_fail_from(call, nth, error);
        enum err_code result = warehouse_send(warehouse, &sample, &sent, NULL);
        sys_fail_from(call, 0, 0);
        if (warehouse_count(warehouse, code, ".json") == 1)
            assert_int_equal(warehouse_count(warehouse, code, ".pdf"), 1);

        assert_int_equal(warehouse_send(warehouse, &sample, &sent, NULL), ERR_OK);
        char name[100];
        snprintf(name, sizeof name, "%s/%s.001", code, code);
        assert_string_equal(sent.remote_name, name);
        warehouse_expect(warehouse, &sample, name, true);
        assert_int_equal(warehouse_count(warehouse, code, ".pdf"), 1);
        assert_int_equal(warehouse_count(warehouse, code, ".part"), 0);
        sample_close(&sample);
        if (!result) {
            assert_true(nth > 3);
            return;
        }
        /* The first write is the claim's own memory file, not the warehouse. */
        if (call != SYS_WRITE || nth > 1)
            assert_int_equal(result, wanted);
    }
}

static void a_send_broken_off_anywhere_is_finished_by_the_next(void **state)
{
    fail_each_call_once(*state, SYS_FSYNC, EIO, ERR_TARGET_UNREACHABLE);
    fail_each_call_once(*state, SYS_LINK, ENOSPC, ERR_TARGET_FULL);
    fail_each_call_once(*state, SYS_WRITE, ENOSPC, ERR_TARGET_FULL);
    fail_each_call_once(*state, SYS_WRITE, EROFS, ERR_TARGET_READ_ONLY);
}

static void what_a_killed_try_left_is_swept(void **state)
{
    struct warehouse *warehouse = *state;
    struct sample sample;
    char name[200];
    sample_open(&sample, CODE, 5000);
    warehouse_expect(warehouse, &sample, CODE "/" CODE ".001", false);
    snprintf(name, sizeof name, CODE "/.part-%s-abcdefgh", sample.id);
    write_file(warehouse, name, "half a PDF");
    write_file(warehouse, CODE "/.part-018f0000-0000-7000-8000-000000000000-x", "another's");
    warehouse_expect(warehouse, &sample, CODE "/" CODE ".001", true);
    assert_int_equal(warehouse_count(warehouse, CODE, ".part"), 1);
    sample_close(&sample);
}

static void a_file_system_without_links_is_written_by_exclusive_rename(void **state)
{
    struct sample first, second;
    sample_open(&first, CODE, 5000);
    sample_open(&second, CODE, 5000);
    sys_fail_from(SYS_LINK, 1, EPERM);
    warehouse_expect(*state, &first, CODE "/" CODE ".001", false);
    warehouse_expect(*state, &second, CODE "/" CODE ".002", false);
    warehouse_expect(*state, &first, CODE "/" CODE ".001", true);
    assert_int_equal(warehouse_count(*state, CODE, ".part"), 0);
    sample_close(&first);
    sample_close(&second);
}

static void the_receipt_is_what_really_lies_there(void **state)
{
    struct warehouse *warehouse = *state;
    struct sample sample;
    struct target_receipt receipt;
    sample_open(&sample, CODE, 5000);
    warehouse_expect(warehouse, &sample, CODE "/" CODE ".001", false);
    sys_clock_set(1234567);
    assert_int_equal(target_verify(warehouse->target, CODE "/" CODE ".001", sample.pdf_sha256,
                                   sample.json_sha256, &receipt, NULL),
                     ERR_OK);
    sys_clock_set(0);
    assert_string_equal(receipt.pdf.sha256, sample.pdf_sha256);
    assert_string_equal(receipt.json.sha256, sample.json_sha256);
    assert_int_equal(receipt.read_at_us, 1234567);

    char path[600];
    warehouse_path(warehouse, CODE "/" CODE ".001.pdf", path, sizeof path);
    int fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "bit rot", 7, 2500), 7);
    close(fd);
    assert_int_equal(target_verify(warehouse->target, CODE "/" CODE ".001", sample.pdf_sha256,
                                   sample.json_sha256, &receipt, NULL),
                     ERR_TARGET_MISMATCH);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(target_verify(warehouse->target, CODE "/" CODE ".001", sample.pdf_sha256,
                                   sample.json_sha256, &receipt, NULL),
                     ERR_NOT_FOUND);
    sample_close(&sample);
}

static void names_from_outside_never_leave_the_warehouse(void **state)
{
    struct warehouse *warehouse = *state;
    static const char *const names[] = {"../x/y", "/etc/passwd", "a/../b", "",
                                        "a//b",   "a/b/c",       "..",     "a b/c"};
    char hash[HASH_HEX_SIZE];
    hash_bytes("", 0, hash);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct target_receipt receipt;
        assert_int_equal(target_verify(warehouse->target, names[i], hash, hash, &receipt, NULL),
                         ERR_BAD_ARGUMENT);
    }
}

static void a_link_in_place_of_a_dossier_folder_is_not_followed(void **state)
{
    struct warehouse *warehouse = *state;
    char path[600];
    warehouse_path(warehouse, CODE, path, sizeof path);
    assert_int_equal(symlink("/tmp", path), 0);
    struct sample sample;
    struct target_sent sent;
    sample_open(&sample, CODE, 10);
    assert_int_equal(warehouse_send(warehouse, &sample, &sent, NULL), ERR_TARGET_CONFLICT);
    sample_close(&sample);
}

static enum err_code count_entry(void *payload, const struct transport_entry *entry,
                                 struct err *err)
{
    (void)err;
    assert_null(strstr(entry->name, "/."));
    assert_true(entry->size_bytes > 0 && *entry->tag);
    ++*(int *)payload;
    return ERR_OK;
}

static void a_list_shows_finished_files_by_prefix(void **state)
{
    struct warehouse *warehouse = *state;
    static const char *const codes[] = {"A-1", "A-1", "A-12", "B-1", NULL};
    for (size_t i = 0; i < 5; i++) {
        struct sample sample;
        struct target_sent sent;
        sample_open(&sample, codes[i], 10);
        assert_int_equal(warehouse_send(warehouse, &sample, &sent, NULL), ERR_OK);
        sample_close(&sample);
    }
    static const struct {
        const char *prefix;
        int files;
    } cases[] = {{"", 10},        {"A-1", 6},  {"A-1/", 4}, {"A-1/A-1.002", 2},
                 {"backlog/", 2}, {"none", 0}, {"C/x", 0},  {"A-1/A-1.003", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int found = 0;
        const struct transport_page page = {cases[i].prefix, "", 100};
        char next[TRANSPORT_KEY_SIZE];
        assert_int_equal(target_list(warehouse->target, &page, count_entry, &found, next, NULL),
                         ERR_OK);
        assert_int_equal(found, cases[i].files);
        assert_string_equal(next, "");
    }
}

struct order {
    char last[TRANSPORT_KEY_SIZE];
    int count;
};

static enum err_code expect_order(void *payload, const struct transport_entry *entry,
                                  struct err *err)
{
    (void)err;
    struct order *order = payload;
    assert_true(strcmp(entry->name, order->last) > 0);
    snprintf(order->last, sizeof order->last, "%s", entry->name);
    order->count++;
    return ERR_OK;
}

static void put_file(const struct warehouse *warehouse, const char *folder, const char *file)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", warehouse->root, folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/%s", warehouse->root, folder, file);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("x", out);
    fclose(out);
}

/* Whatever the size of a page, and where it ends: in a folder, between two, at the very end. */
static void pages_of_a_list_give_every_file_once_in_the_order_of_names(void **state)
{
    struct warehouse *warehouse = *state;
    static const char *const folders[] = {"A", "A-1", "A.b", "A0", "B", "backlog", "~x"};
    int files = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        for (int k = 0; k < 7; k++, files++) {
            char file[40];
            snprintf(file, sizeof file, "%s.%03d.json", folders[i], k * 37 % 11);
            put_file(warehouse, folders[i], file);
        }
    put_file(warehouse, "empty", ".part-x");
    for (size_t max = 1; max <= (size_t)files + 1; max++) {
        struct order order = {"", 0};
        char after[TRANSPORT_KEY_SIZE] = "", next[TRANSPORT_KEY_SIZE];
        int pages = 0;
        do {
            const struct transport_page page = {"", after, max};
            assert_int_equal(
                target_list(warehouse->target, &page, expect_order, &order, next, NULL), ERR_OK);
            assert_true(order.count <= (int)max * ++pages);
            strcpy(after, next);
        } while (*after);
        assert_int_equal(order.count, files);
    }
}

static void a_name_tells_whose_record_it_is(void **state)
{
    struct warehouse *warehouse = *state;
    struct sample sample;
    struct target_sent sent;
    char whose[ID_SIZE];
    static const char *const codes[] = {"A-1", NULL};
    for (size_t i = 0; i < 2; i++) {
        sample_open(&sample, codes[i], 10);
        assert_int_equal(warehouse_send(warehouse, &sample, &sent, NULL), ERR_OK);
        assert_int_equal(target_whose(warehouse->target, sent.remote_name, whose, NULL), ERR_OK);
        assert_string_equal(whose, sample.id);
        sample_close(&sample);
    }
    put_file(warehouse, "A-1", "A-1.077.pdf");
    assert_int_equal(target_whose(warehouse->target, "A-1/A-1.077", whose, NULL), ERR_OK);
    assert_string_equal(whose, "");
}

/* Two stations busy with one record may sweep each other's half file: then one is told "later". */
static enum err_code send_until_there(struct warehouse *warehouse, const struct sample *sample,
                                      struct target_sent *out)
{
    enum err_code code = ERR_TARGET_UNREACHABLE;
    for (int i = 0; i < 50 && code == ERR_TARGET_UNREACHABLE; i++)
        code = warehouse_send(warehouse, sample, out, NULL);
    return code;
}

/* One station: sends the shared records and its own, these twice. The exit status tells. */
static void run_station(struct warehouse *warehouse, const struct sample *shared, int shared_count,
                        int own_count)
{
    struct target_sent sent;
    for (int i = 0; i < shared_count; i++)
        if (send_until_there(warehouse, &shared[i], &sent))
            _exit(1);
    for (int i = 0; i < own_count; i++) {
        struct sample own;
        sample_open(&own, CODE, 30000);
        if (warehouse_send(warehouse, &own, &sent, NULL) || sent.already_there ||
            warehouse_send(warehouse, &own, &sent, NULL) || !sent.already_there)
            _exit(2);
        sample_close(&own);
    }
    _exit(0);
}

static void run_stations(struct warehouse *warehouse, int stations, const struct sample *shared,
                         int shared_count, int own_count)
{
    for (int i = 0; i < stations; i++) {
        pid_t station = fork();
        assert_true(station >= 0);
        if (station == 0)
            run_station(warehouse, shared, shared_count, own_count);
    }
    for (int i = 0; i < stations; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

static void expect_numbers_without_gap(struct warehouse *warehouse, int records)
{
    char seen[100][ID_SIZE];
    assert_int_equal(warehouse_count(warehouse, CODE, ".pdf"), records);
    assert_int_equal(warehouse_count(warehouse, CODE, ".json"), records);
    assert_int_equal(warehouse_count(warehouse, CODE, ".part"), 0);
    for (int i = 0; i < records; i++) {
        char name[100], path[600];
        snprintf(name, sizeof name, CODE "/" CODE ".%03d.json", i + 1);
        warehouse_path(warehouse, name, path, sizeof path);
        AUTO(mem) char *json = NULL;
        size_t size;
        assert_int_equal(file_read(AT_FDCWD, path, 1000, &json, &size, NULL), ERR_OK);
        assert_int_equal(sscanf(json, "{\"record_id\":\"%36[0-9a-f-]\"}", seen[i]), 1);
        for (int before = 0; before < i; before++)
            assert_string_not_equal(seen[before], seen[i]);
    }
}

static void four_stations_at_once_give_each_record_one_number(void **state)
{
    enum { STATIONS = 4, SHARED = 8, OWN = 8 };
    struct sample shared[SHARED];
    for (int i = 0; i < SHARED; i++)
        sample_open(&shared[i], CODE, 30000);
    run_stations(*state, STATIONS, shared, SHARED, OWN);
    for (int i = 0; i < SHARED; i++)
        sample_close(&shared[i]);
    expect_numbers_without_gap(*state, SHARED + STATIONS * OWN);
}

static void two_stations_with_their_own_records_both_succeed(void **state)
{
    enum { STATIONS = 2, OWN = 25 };
    run_stations(*state, STATIONS, NULL, 0, OWN);
    expect_numbers_without_gap(*state, STATIONS * OWN);
}

static void stations_without_links_number_without_gap(void **state)
{
    enum { STATIONS = 4, OWN = 20 };
    sys_fail_from(SYS_LINK, 1, EPERM);
    run_stations(*state, STATIONS, NULL, 0, OWN);
    expect_numbers_without_gap(*state, STATIONS * OWN);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_record_of_a_dossier_is_number_001),
        TEST(other_records_get_the_next_numbers),
        TEST(a_record_sent_again_is_already_there),
        TEST(a_record_without_a_code_goes_to_the_backlog),
        TEST(every_file_and_name_is_flushed),
        TEST(a_code_becomes_a_folder_name_that_stays_inside),
        TEST(a_code_that_cannot_name_a_folder_is_refused),
        TEST(the_same_record_with_other_bytes_is_a_conflict),
        TEST(a_damaged_blob_is_not_sent),
        TEST(numbers_that_others_use_are_left_alone),
        TEST(a_send_broken_off_anywhere_is_finished_by_the_next),
        TEST(what_a_killed_try_left_is_swept),
        TEST(a_file_system_without_links_is_written_by_exclusive_rename),
        TEST(the_receipt_is_what_really_lies_there),
        TEST(names_from_outside_never_leave_the_warehouse),
        TEST(a_link_in_place_of_a_dossier_folder_is_not_followed),
        TEST(a_list_shows_finished_files_by_prefix),
        TEST(pages_of_a_list_give_every_file_once_in_the_order_of_names),
        TEST(a_name_tells_whose_record_it_is),
        TEST(four_stations_at_once_give_each_record_one_number),
        TEST(two_stations_with_their_own_records_both_succeed),
        TEST(stations_without_links_number_without_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
