#include "tests/unit/queue/store/rig.h"

#include "daemon/base/file.h"
#include "queue/store/migrate.h"

#include <fcntl.h>
#include <sys/stat.h>

static char *path_in(const struct rig *rig, const char *name)
{
    return mem_printf("%s/%s", rig->folder, name);
}

static void read_all(const char *path, char **out, size_t *out_size)
{
    ASSERT_OK(file_read(AT_FDCWD, path, 64u << 20, out, out_size, err));
}

static void write_all(const char *path, const void *bytes, size_t size)
{
    ASSERT_OK(file_replace_durably(AT_FDCWD, path, bytes, size, err));
}

static void close_store(struct rig *rig)
{
    store_close(rig->store);
    rig->store = NULL;
}

static void refuses_and_leaves_untouched(struct rig *rig, enum err_code wanted)
{
    AUTO(mem)
    char *path = path_in(rig, "store.db");
    AUTO(mem)
    char *before = NULL;
    AUTO(mem)
    char *after = NULL;
    size_t size_before, size_after;
    read_all(path, &before, &size_before);
    ASSERT_ERR(wanted, store_open(&rig->options, &rig->store, err));
    read_all(path, &after, &size_after);
    assert_int_equal(size_before, size_after);
    assert_memory_equal(before, after, size_before);
}

static void a_new_store_has_the_settings_the_design_asks_for(void **state)
{
    struct rig *rig = *state;
    AUTO(mem)
    char *mode = NULL;
    ASSERT_OK(db_text(rig->store->db, "PRAGMA journal_mode", DB_BIND_NONE, &mode, err));
    assert_string_equal(mode, "wal");
    assert_int_equal(rig_number(rig, "PRAGMA synchronous"), 2);
    assert_int_equal(rig_number(rig, "PRAGMA foreign_keys"), 1);
    assert_int_equal(rig_number(rig, "PRAGMA auto_vacuum"), 2);
    assert_int_equal(rig_number(rig, "PRAGMA secure_delete"), 1);
    assert_int_equal(rig_number(rig, "PRAGMA user_version"), store_migration_count);
    AUTO(mem)
    char *path = path_in(rig, "store.db");
    struct stat info;
    assert_int_equal(stat(rig->folder, &info), 0);
    assert_int_equal(info.st_mode & 077, 0);
}

static void a_second_opening_of_the_same_folder_is_refused(void **state)
{
    struct rig *rig = *state;
    struct store *second = NULL;
    ASSERT_ERR(ERR_STORE_IN_USE, store_open(&rig->options, &second, err));
    assert_null(second);
    rig_reopen(rig);
}

static void what_was_stored_is_there_after_reopening(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "signed", 2);
    rig_reopen(rig);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "signed");
    rig_check_invariants(rig);
}

static void a_file_that_is_no_database_is_refused_and_kept(void **state)
{
    struct rig *rig = *state;
    AUTO(mem)
    char *path = path_in(rig, "store.db");
    close_store(rig);
    char junk[5000];
    memset(junk, 'x', sizeof junk);
    write_all(path, junk, sizeof junk);
    refuses_and_leaves_untouched(rig, ERR_STORE_CORRUPT);
    struct err err = ERR_INIT;
    store_open(&rig->options, &rig->store, &err);
    assert_non_null(strstr(err.detail, "backup"));
    assert_non_null(strstr(err.detail, rig->folder));
}

static void damage_anywhere_inside_is_refused_and_kept(void **state)
{
    struct rig *rig = *state;
    AUTO(mem)
    char *path = path_in(rig, "store.db");
    AUTO(mem)
    char *sound = NULL;
    size_t size;
    for (int i = 0; i < 30; i++)
        rig_paper_in(rig, "read", 1);
    close_store(rig);
    read_all(path, &sound, &size);
    int refused = 0;
    for (size_t at = 4096; at + 600 < size; at += 16384) {
        AUTO(mem)
        char *damaged = mem_alloc(size);
        memcpy(damaged, sound, size);
        memset(damaged + at, 0xa5, 600); /* header and cell pointers of a page */
        write_all(path, damaged, size);
        refuses_and_leaves_untouched(rig, ERR_STORE_CORRUPT);
        refused++;
    }
    assert_true(refused > 5);
    write_all(path, sound, size);
    ASSERT_OK(store_open(&rig->options, &rig->store, err));
}

static void a_truncated_database_is_refused_and_kept(void **state)
{
    struct rig *rig = *state;
    AUTO(mem)
    char *path = path_in(rig, "store.db");
    AUTO(mem)
    char *sound = NULL;
    size_t size;
    rig_paper_in(rig, "read", 1);
    close_store(rig);
    read_all(path, &sound, &size);
    write_all(path, sound, size / 2);
    refuses_and_leaves_untouched(rig, ERR_STORE_CORRUPT);
}

static void blobs_without_their_database_are_refused_not_begun_anew(void **state)
{
    struct rig *rig = *state;
    AUTO(mem)
    char *path = path_in(rig, "store.db");
    rig_paper_in(rig, "open", 1);
    close_store(rig);
    assert_int_equal(unlink(path), 0);
    ASSERT_ERR(ERR_STORE_CORRUPT, store_open(&rig->options, &rig->store, err));
    assert_int_equal(access(path, F_OK), -1);
}

static void blobs_beside_an_empty_database_are_refused_not_begun_anew(void **state)
{
    struct rig *rig = *state;
    AUTO(mem)
    char *path = path_in(rig, "store.db");
    rig_paper_in(rig, "open", 1);
    close_store(rig);
    write_all(path, "", 0);
    refuses_and_leaves_untouched(rig, ERR_STORE_CORRUPT);
    struct err err = ERR_INIT;
    store_open(&rig->options, &rig->store, &err);
    assert_non_null(strstr(err.detail, "missing or empty although its blobs are there"));
}

static void shell(const struct rig *rig, const char *command)
{
    AUTO(mem)
    char *line = mem_printf("cd '%s' && %s", rig->folder, command);
    assert_int_equal(system(line), 0);
}

/* The disk with the files was not mounted, or somebody took the folder away. */
static void a_database_without_its_folder_of_blobs_is_refused_and_nothing_is_made(void **state)
{
    struct rig *rig = *state;
    static const char *const gone[] = {"mv blobs elsewhere",
                                       "mv blobs elsewhere && mkdir blobs" /* a mount point */};
    static const char *const back[] = {"mv elsewhere blobs", "rmdir blobs && mv elsewhere blobs"};
    rig_paper_in(rig, "open", 1);
    for (size_t i = 0; i < COUNT_OF(gone); i++) {
        close_store(rig);
        shell(rig, gone[i]);
        for (int again = 0; again < 2; again++)
            refuses_and_leaves_untouched(rig, ERR_STORE_CORRUPT);
        struct err err = ERR_INIT;
        store_open(&rig->options, &rig->store, &err);
        assert_non_null(strstr(err.detail, "mounted"));
        shell(rig, "test ! -e blobs/tmp");
        shell(rig, back[i]);
        ASSERT_OK(store_open(&rig->options, &rig->store, err));
        rig_check_invariants(rig);
    }
}

static void a_store_without_a_page_may_lose_its_empty_folder(void **state)
{
    struct rig *rig = *state;
    rig_paper(rig);
    close_store(rig);
    shell(rig, "rm -r blobs");
    ASSERT_OK(store_open(&rig->options, &rig->store, err));
    rig_paper_in(rig, "read", 1);
}

static void the_refusal_names_the_newest_backup_if_there_is_one(void **state)
{
    struct rig *rig = *state;
    struct err err = ERR_INIT;
    rig_paper_in(rig, "open", 1);
    close_store(rig);
    shell(rig, "rm store.db");
    store_open(&rig->options, &rig->store, &err);
    assert_non_null(strstr(err.detail, "no backup-*.db lies beside it"));
    shell(rig, "touch backup-v9-1700000000000000.db backup-v1-1800000000000000.db "
               "backup-v2-1900000000000000.db.part");
    store_open(&rig->options, &rig->store, &err);
    assert_non_null(strstr(err.detail, "is backup-v1-1800000000000000.db,"));
}

static void a_store_of_a_later_version_is_refused_and_kept(void **state)
{
    struct rig *rig = *state;
    ASSERT_OK(db_script(rig->store->db, "PRAGMA user_version = 99", err));
    close_store(rig);
    refuses_and_leaves_untouched(rig, ERR_STORE_NEWER);
}

static void a_database_of_something_else_is_refused_and_kept(void **state)
{
    struct rig *rig = *state;
    AUTO(mem)
    char *path = path_in(rig, "store.db");
    struct db *db = NULL;
    close_store(rig);
    assert_int_equal(unlink(path), 0);
    ASSERT_OK(db_open(path, true, &db, err));
    ASSERT_OK(db_script(db, "CREATE TABLE theirs (x)", err));
    db_close(db, false);
    refuses_and_leaves_untouched(rig, ERR_STORE_CORRUPT);
}

static void an_empty_file_left_by_a_crash_at_the_first_start_becomes_a_store(void **state)
{
    struct rig *rig = *state;
    AUTO(mem)
    char *path = path_in(rig, "store.db");
    close_store(rig);
    write_all(path, "", 0);
    ASSERT_OK(store_open(&rig->options, &rig->store, err));
    assert_int_equal(rig_number(rig, "PRAGMA auto_vacuum"), 2);
    rig_paper_in(rig, "read", 1);
}

static void a_folder_that_cannot_be_made_says_so(void **state)
{
    struct rig *rig = *state;
    struct store_options options = {.folder = "/proc/no-such-place/store"};
    struct store *store = NULL;
    struct err err = ERR_INIT;
    (void)rig;
    assert_int_not_equal(store_open(&options, &store, &err), ERR_OK);
    assert_null(store);
    assert_true(strlen(err.detail) > 0);
}

/* ---- migrations ---- */

#define NEWEST store_migration_count

/* Today's migrations and one more; the caller's until the next call. */
static const struct migration *one_more(const char *name, const char *sql)
{
    static struct migration list[50];
    memcpy(list, store_migrations, NEWEST * sizeof *list);
    list[NEWEST] = (struct migration){name, sql};
    return list;
}

static void count_backups(const struct rig *rig, int *out)
{
    AUTO(mem)
    char *command = mem_printf("ls '%s' | grep -c '^backup-v%zu-'", rig->folder, NEWEST);
    FILE *pipe = popen(command, "r");
    assert_int_equal(fscanf(pipe, "%d", out), 1);
    pclose(pipe);
}

static void a_migration_keeps_the_rows_and_leaves_a_backup(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "signed", 1);
    const struct migration *list = one_more(
        "9999-test", "ALTER TABLE dossier ADD COLUMN note TEXT; UPDATE dossier SET note = 'x';");
    int backups;
    ASSERT_OK(migrate_run(rig->store->db, rig->folder, list, NEWEST + 1, err));
    assert_int_equal(rig_number(rig, "PRAGMA user_version"), NEWEST + 1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM dossier WHERE note = 'x'"), 1);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "signed");
    count_backups(rig, &backups);
    assert_int_equal(backups, 1);
    ASSERT_OK(migrate_run(rig->store->db, rig->folder, list, NEWEST + 1, err));
    count_backups(rig, &backups);
    assert_int_equal(backups, 1);
}

static void a_migration_that_fails_changes_nothing(void **state)
{
    struct rig *rig = *state;
    rig_paper_in(rig, "signed", 1);
    const struct migration *list = one_more(
        "9999-bad", "ALTER TABLE dossier ADD COLUMN note TEXT; DELETE FROM blob; SELECT nonsense;");
    struct err err = ERR_INIT;
    assert_int_not_equal(migrate_run(rig->store->db, rig->folder, list, NEWEST + 1, &err), ERR_OK);
    assert_non_null(strstr(err.detail, "9999-bad"));
    assert_int_equal(rig_number(rig, "PRAGMA user_version"), NEWEST);
    rig_reopen(rig);
    rig_check_invariants(rig);
}

static void a_migration_that_breaks_a_link_is_rolled_back(void **state)
{
    struct rig *rig = *state;
    rig_paper_in(rig, "signed", 1);
    const struct migration *list = one_more("9999-bad", "DELETE FROM blob;");
    ASSERT_ERR(ERR_STORE_CORRUPT, migrate_run(rig->store->db, rig->folder, list, NEWEST + 1, err));
    assert_true(rig_number(rig, "SELECT count(*) FROM blob") > 0);
}

/* tests/data/store/v<n>.sql is a dump of a store as version n wrote it; each stays for ever. */
static void opens_with_all_its_rows(struct rig *rig, const char *dump)
{
    AUTO(mem)
    char *path = path_in(rig, "store.db");
    AUTO(mem)
    char *sql = NULL;
    size_t size;
    struct db *db = NULL;
    close_store(rig);
    assert_int_equal(unlink(path), 0);
    read_all(dump, &sql, &size);
    ASSERT_OK(db_open(path, true, &db, err));
    ASSERT_OK(db_script(db, sql, err));
    db_close(db, false);
    ASSERT_OK(store_open(&rig->options, &rig->store, err));
    AUTO(js)
    struct js *dossiers = NULL;
    ASSERT_OK(view_dossiers(rig->store, 100, NULL, &dossiers, err));
    assert_int_equal(js_count(dossiers), 2);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page"), 4);
    AUTO(js)
    struct js *queue = NULL;
    ASSERT_OK(view_queue(rig->store, NULL, NULL, 100, &queue, err));
    assert_int_equal(js_count(queue), 1);
    assert_false(rig_work(rig, "send")); /* the dump has no blobs, which is noticed */
    assert_int_equal(
        rig_number(rig, "SELECT count(*) FROM delivery WHERE held_reason = 'BLOB_DAMAGED'"), 1);
    struct paper paper = rig_paper_in(rig, "closed", 1);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "closed");
}

static void a_store_written_by_version_1_opens_with_all_its_rows(void **state)
{
    opens_with_all_its_rows(*state, SOHOA_SOURCE_DIR "/tests/data/store/v1.sql");
}

static void a_store_written_by_version_4_opens_with_all_its_rows(void **state)
{
    opens_with_all_its_rows(*state, SOHOA_SOURCE_DIR "/tests/data/store/v4.sql");
}

static void a_store_written_by_version_7_opens_with_all_its_rows(void **state)
{
    opens_with_all_its_rows(*state, SOHOA_SOURCE_DIR "/tests/data/store/v7.sql");
}

static void a_store_written_by_version_8_opens_with_all_its_rows(void **state)
{
    opens_with_all_its_rows(*state, SOHOA_SOURCE_DIR "/tests/data/store/v8.sql");
}

static void a_store_written_by_version_10_opens_with_all_its_rows(void **state)
{
    opens_with_all_its_rows(*state, SOHOA_SOURCE_DIR "/tests/data/store/v10.sql");
}

static void a_store_written_by_version_16_opens_with_all_its_rows(void **state)
{
    struct rig *rig = *state;
    opens_with_all_its_rows(rig, SOHOA_SOURCE_DIR "/tests/data/store/v16.sql");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document WHERE paper_code = 'P1' AND "
                                     "paper_procedure = '1.000894'"),
                     1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document WHERE paper_code IS NULL AND "
                                     "paper_procedure IS NOT NULL"),
                     0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM register_row WHERE purged_for IS NULL "
                                     "AND number_key = '5/qd'"),
                     1);
    ASSERT_ERR(ERR_CONFLICT,
               db_run(rig->store->db, "UPDATE register_row SET data = '{}'", DB_BIND_NONE, err));
}

static void a_store_written_by_version_17_opens_with_all_its_rows(void **state)
{
    struct rig *rig = *state;
    opens_with_all_its_rows(rig, SOHOA_SOURCE_DIR "/tests/data/store/v17.sql");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM delivery WHERE urgent = 0 AND "
                                     "ask_first = 0 AND waits_for IS NULL"),
                     rig_number(rig, "SELECT count(*) FROM delivery"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_new_store_has_the_settings_the_design_asks_for),
        T(a_second_opening_of_the_same_folder_is_refused),
        T(what_was_stored_is_there_after_reopening),
        T(a_file_that_is_no_database_is_refused_and_kept),
        T(damage_anywhere_inside_is_refused_and_kept),
        T(a_truncated_database_is_refused_and_kept),
        T(blobs_without_their_database_are_refused_not_begun_anew),
        T(blobs_beside_an_empty_database_are_refused_not_begun_anew),
        T(a_database_without_its_folder_of_blobs_is_refused_and_nothing_is_made),
        T(a_store_without_a_page_may_lose_its_empty_folder),
        T(the_refusal_names_the_newest_backup_if_there_is_one),
        T(a_store_of_a_later_version_is_refused_and_kept),
        T(a_database_of_something_else_is_refused_and_kept),
        T(an_empty_file_left_by_a_crash_at_the_first_start_becomes_a_store),
        T(a_folder_that_cannot_be_made_says_so),
        T(a_migration_keeps_the_rows_and_leaves_a_backup),
        T(a_migration_that_fails_changes_nothing),
        T(a_migration_that_breaks_a_link_is_rolled_back),
        T(a_store_written_by_version_1_opens_with_all_its_rows),
        T(a_store_written_by_version_4_opens_with_all_its_rows),
        T(a_store_written_by_version_7_opens_with_all_its_rows),
        T(a_store_written_by_version_8_opens_with_all_its_rows),
        T(a_store_written_by_version_10_opens_with_all_its_rows),
        T(a_store_written_by_version_16_opens_with_all_its_rows),
        T(a_store_written_by_version_17_opens_with_all_its_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
