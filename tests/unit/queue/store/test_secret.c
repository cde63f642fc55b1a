#include "tests/unit/queue/store/rig.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "queue/store/purge.h"
#include "queue/store/secret.h"
#include "queue/store/status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char IMAGE[] = "canary-image-zyxw-4711 of a paper that must not be here";
static const char WORD[] = "chimhoangyen4711";
static const char WORDS[] =
    "{\"schema\":\"sohoa.words/1\",\"width_mm\":210.0,\"height_mm\":297.0,\"skew_deg\":0.0,"
    "\"words\":[[\"chimhoangyen4711\",0.9,30.0,35.0,8.0,4.0,38.0,0,0]]}";
static const char PAGE[] =
    "{\"width_px\":2480,\"height_px\":3508,\"dpi\":300,\"dpi_source\":\"file\",\"rotation_deg\":0,"
    "\"skew_deg\":0,\"blank\":false,\"width_mm\":210.0,\"height_mm\":297.0,\"codes\":[{\"kind\":"
    "\"QR\",\"text\":\"chimhoangyen4711\",\"box_mm\":[20,15,24,24]}]}";
static const char MEANING[] =
    "{\"type\":\"decision\",\"type_score\":0.9,\"fields\":{\"abstract\":{\"value\":"
    "\"chimhoangyen4711\",\"raw\":\"chimhoangyen4711\",\"confidence\":0.95,\"page\":1,\"box_mm\":"
    "[30,40,41,5],\"source\":\"zone\",\"needs_person\":true}},\"pages\":[{\"starts_document\":"
    "{\"value\":true,\"confidence\":0.99}}]}";

/* ---- looking everywhere ---- */

static bool file_has(const char *path, const char *needle)
{
    AUTO(mem) char *bytes = NULL;
    size_t size;
    ASSERT_OK(file_read(AT_FDCWD, path, 1u << 28, &bytes, &size, err));
    return memmem(bytes, size, needle, strlen(needle)) != NULL;
}

/* Does any file below the folder have it? */
static bool folder_has(const char *folder, const char *needle)
{
    bool found = false;
    DIR *list = opendir(folder);
    assert_non_null(list);
    for (struct dirent *entry; !found && (entry = readdir(list));) {
        struct stat info;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        AUTO(mem) char *path = mem_printf("%s/%s", folder, entry->d_name);
        assert_int_equal(lstat(path, &info), 0);
        found = S_ISDIR(info.st_mode) ? folder_has(path, needle) : file_has(path, needle);
    }
    closedir(list);
    return found;
}

static bool store_has(struct rig *rig, const char *needle)
{
    return folder_has(rig->folder, needle);
}

/* ---- the workers ---- */

static int memory_file(const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

static struct js *parsed(const char *text)
{
    struct js *value = NULL;
    ASSERT_OK(js_parse(text, strlen(text), &value, err));
    return value;
}

/* Reads the page that is due; `mark` NULL: none was seen. False when none is due. */
static bool read_page(struct rig *rig, const char *mark)
{
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    if (!job)
        return false;
    int fds[2] = {memory_file(WORDS), memory_file("\xff\xd8\xff canary-image-zyxw-4711 small")};
    AUTO(js)
    struct js *result = js_pack("{s:o, s:[], s:i, s:f, s:s?}", "page", parsed(PAGE), "zones",
                                "words", 1, "mean_confidence", 0.9, "secret", mark);
    ASSERT_OK(store_complete(rig->store, job_text(job, "claim"), result, fds, 2, MACHINE, err));
    close(fds[0]);
    close(fds[1]);
    return true;
}

static void understand(struct rig *rig)
{
    AUTO(job) struct job *job = rig_claim(rig, "understand");
    assert_non_null(job);
    AUTO(js) struct js *result = parsed(MEANING);
    ASSERT_OK(store_complete(rig->store, job_text(job, "claim"), result, NULL, 0, MACHINE, err));
}

struct secret {
    struct paper paper;
    char first[ID_SIZE], marked[ID_SIZE];
};

/* A register says of the paper what nobody may know. */
static void put_in_register(struct rig *rig, const char *document)
{
    static const char *const rows[] = {
        "INSERT OR IGNORE INTO register VALUES ('r1', 'old', 'so', 'so.csv', "
        "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '{}', 'current', 1, "
        "1, 'uid:1000')",
        "INSERT OR IGNORE INTO register_folder (folder) VALUES ('old')",
        "INSERT INTO register_row SELECT 'r1', count(*), 'chimhoangyen4711/qd', '2019-03-05', "
        "'chimhoangyen4711', '{\"line\":2,\"values\":{\"abstract\":\"chimhoangyen4711\"}}', NULL "
        "FROM register_row",
        "INSERT INTO register_path SELECT 'r1', 'Achimhoangyen4711.jpg', max(line), "
        "'Achimhoangyen4711.jpg' FROM register_row",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_OK(db_run(rig->store->db, rows[i], DB_BIND_NONE, err));
    ASSERT_OK(db_run(rig->store->db,
                     "INSERT INTO register_document SELECT ?, 'old', 'chimhoangyen4711/qd', "
                     "'2019-03-05', NULL, 'joined', 'path', NULL, 'r1', max(line), 1 "
                     "FROM register_row",
                     DB_BIND(DB_TEXT(document)), err));
}

/* A paper that was read, and then a page with a mark came. */
static struct secret locked_paper(struct rig *rig)
{
    struct secret s = {.paper = rig_paper(rig)};
    rig_page(rig, &s.paper, IMAGE, s.first);
    ASSERT_OK(document_finish_scan(rig->store, s.paper.document, CLERK, err));
    assert_true(read_page(rig, NULL));
    understand(rig);
    put_in_register(rig, s.paper.document);
    ASSERT_OK(document_reopen(rig->store, s.paper.document, CLERK, err));
    rig_page(rig, &s.paper, "canary-image-zyxw-4711 with the mark", s.marked);
    assert_true(read_page(rig, "mat"));
    return s;
}

/* ---- locked ---- */

static void a_page_with_the_mark_is_held_and_nothing_read_of_it_is_kept(void **state)
{
    struct rig *rig = *state;
    struct secret s = locked_paper(rig);
    AUTO(js) struct js *view = rig_view(rig, s.marked);
    assert_string_equal(js_text_or(view, "state", ""), "held");
    assert_string_equal(js_text_or(view, "held.reason", ""), SECRET_MARK);
    assert_string_equal(js_text_or(view, "secret.level", ""), "mat");
    assert_true(js_bool_or(view, "locked", false));
    assert_true(js_is_null(js_at(view, "info")));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page WHERE held_reason IS NOT NULL AND "
                                     "(words_sha256 IS NOT NULL OR thumb_sha256 IS NOT NULL)"),
                     0);
}

static void all_of_its_paper_is_locked(void **state)
{
    struct rig *rig = *state;
    struct secret s = locked_paper(rig);
    const char *const ids[] = {s.marked, s.first, s.paper.document};
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        ASSERT_ERR(ERR_SECRET_LOCKED, secret_check(rig->store, ids[i], err));
    ASSERT_OK(secret_check(rig->store, s.paper.dossier, err));
    AUTO(js) struct js *document = NULL;
    ASSERT_OK(view_document(rig->store, s.paper.document, &document, err));
    assert_true(js_bool_or(document, "locked", false));
    assert_int_equal(js_count(js_at(document, "fields")), 0);
    struct paper other = rig_paper_in(rig, "read", 1);
    ASSERT_OK(secret_check(rig->store, other.document, err));
}

static void later_pages_of_the_pile_are_not_read(void **state)
{
    struct rig *rig = *state;
    struct secret s = locked_paper(rig);
    rig_page(rig, &s.paper, "was in the scanner then", NULL);
    assert_false(read_page(rig, NULL));
    ASSERT_OK(document_finish_scan(rig->store, s.paper.document, CLERK, err));
    assert_null(rig_claim(rig, "understand"));
}

static void a_page_that_is_no_secret_goes_on_and_is_not_asked_about_again(void **state)
{
    struct rig *rig = *state;
    struct secret s = locked_paper(rig);
    ASSERT_ERR(ERR_BAD_ARGUMENT, secret_answer(rig->store, s.marked, false, "", CLERK, err));
    ASSERT_OK(secret_answer(rig->store, s.marked, false, "Tên người", CLERK, err));
    ASSERT_OK(secret_check(rig->store, s.marked, err));
    assert_true(read_page(rig, "mat")); /* the machine sees it again */
    assert_string_equal(state_of(rig, MACHINE_page, s.marked), "recognized");
    ASSERT_ERR(ERR_STATE_CHANGED, secret_answer(rig->store, s.marked, true, NULL, CLERK, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'not-secret' "
                                     "AND detail = 'Tên người' AND principal = 'uid:1000'"),
                     1);
    rig_check_invariants(rig);
}

static void a_mark_that_is_none_of_the_three_is_refused(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char id[ID_SIZE];
    bool locked;
    rig_page(rig, &paper, IMAGE, id);
    ASSERT_ERR(ERR_BAD_MESSAGE, secret_found(rig->store, id, "x", MACHINE, &locked, err));
    ASSERT_ERR(ERR_NOT_FOUND, secret_answer(rig->store, id, true, NULL, CLERK, err));
}

/* ---- purged ---- */

static void assert_gone(struct rig *rig, const struct secret *s)
{
    assert_false(store_has(rig, WORD));
    assert_false(store_has(rig, "canary-image-zyxw-4711"));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM purge WHERE done_us IS NULL"), 0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM purge_blob"), 0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM register_row WHERE purged_for IS NULL"),
                     0);
    assert_string_equal(state_of(rig, MACHINE_document, s->paper.document), "rejected");
    ASSERT_ERR(ERR_CONTENT_PURGED, secret_check(rig->store, s->marked, err));
    ASSERT_ERR(ERR_CONTENT_PURGED, secret_check(rig->store, s->paper.document, err));
    rig_check_invariants(rig);
}

static void a_secret_paper_is_in_no_file_of_the_store_any_more(void **state)
{
    struct rig *rig = *state;
    struct secret s = locked_paper(rig);
    assert_true(store_has(rig, WORD));
    assert_true(store_has(rig, IMAGE));
    ASSERT_OK(secret_answer(rig->store, s.marked, true, NULL, CLERK, err));
    assert_true(purge_is_due(rig->store));
    ASSERT_OK(purge_finish(rig->store, err));
    assert_false(purge_is_due(rig->store));
    assert_gone(rig, &s);
    AUTO(js) struct js *view = rig_view(rig, s.marked);
    assert_string_equal(js_text_or(view, "purged.reason", ""), SECRET_MARK);
    assert_string_equal(js_text_or(view, "purged.by", ""), "uid:1000");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'purge'"), 3);
    rig_reopen(rig);
    assert_gone(rig, &s);
}

static void what_another_paper_shows_as_well_stays(void **state)
{
    struct rig *rig = *state;
    struct paper other = rig_paper(rig);
    char same[ID_SIZE];
    rig_page(rig, &other, IMAGE, same);
    assert_true(read_page(rig, NULL));
    struct secret s = locked_paper(rig);
    ASSERT_OK(secret_answer(rig->store, s.marked, true, NULL, CLERK, err));
    ASSERT_OK(purge_finish(rig->store, err));
    assert_true(store_has(rig, IMAGE));
    assert_false(store_has(rig, "with the mark"));
    assert_string_equal(state_of(rig, MACHINE_page, same), "recognized");
    rig_check_invariants(rig);
}

static struct js *status_of(struct rig *rig)
{
    struct js *status = NULL;
    ASSERT_OK(store_status(rig->store, &status, err));
    return status;
}

static bool is_due(struct rig *rig)
{
    AUTO(js) struct js *status = status_of(rig);
    return js_bool_or(status, "due.secrets", false);
}

static int64_t purges_begun(struct rig *rig)
{
    AUTO(js) struct js *status = status_of(rig);
    return js_int_or(status, "due.purges", -1);
}

static void nobody_answers_and_it_is_purged_in_time(void **state)
{
    struct rig *rig = *state;
    struct secret s = locked_paper(rig);
    int64_t count;
    ASSERT_OK(secret_purge_due(rig->store, MACHINE, &count, err));
    assert_int_equal(count, 0);
    assert_false(is_due(rig));
    sys_clock_set(sys_now_us() + SECRET_WAIT_US + 1);
    assert_true(is_due(rig));
    ASSERT_OK(secret_purge_due(rig->store, MACHINE, &count, err));
    assert_int_equal(count, 1);
    assert_false(is_due(rig));
    assert_int_equal(purges_begun(rig), 3);
    ASSERT_OK(purge_finish(rig->store, err));
    assert_int_equal(purges_begun(rig), 0);
    assert_gone(rig, &s);
    assert_int_equal(
        rig_number(rig, "SELECT count(*) FROM secret_mark WHERE answer = 'unanswered'"), 1);
}

static void a_page_of_a_file_waits_for_its_answer(void **state)
{
    struct rig *rig = *state;
    struct secret s = locked_paper(rig);
    int64_t count;
    ASSERT_OK(db_run(rig->store->db, "UPDATE page SET device = 'import/x' WHERE id = ?",
                     DB_BIND(DB_TEXT(s.marked)), err));
    ASSERT_OK(db_run(rig->store->db, "DELETE FROM secret_mark", DB_BIND_NONE, err));
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE page SET state = 'captured', held_from = NULL, held_reason = NULL "
                     "WHERE id = ?",
                     DB_BIND(DB_TEXT(s.marked)), err));
    assert_true(read_page(rig, "toi_mat"));
    sys_clock_set(sys_now_us() + 100 * SECRET_WAIT_US);
    ASSERT_OK(secret_purge_due(rig->store, MACHINE, &count, err));
    assert_int_equal(count, 0);
    ASSERT_ERR(ERR_SECRET_LOCKED, secret_check(rig->store, s.marked, err));
}

static void a_person_sees_what_the_machine_did_not(void **state)
{
    struct rig *rig = *state;
    struct secret s = {.paper = rig_paper(rig)};
    rig_page(rig, &s.paper, IMAGE, s.marked);
    ASSERT_OK(document_finish_scan(rig->store, s.paper.document, CLERK, err));
    assert_true(read_page(rig, NULL));
    understand(rig);
    ASSERT_OK(secret_told(rig->store, s.marked, CLERK, err));
    ASSERT_OK(purge_finish(rig->store, err));
    assert_gone(rig, &s);
    struct paper sent = rig_paper_in(rig, "signed", 1);
    AUTO(js) struct js *pages = NULL;
    ASSERT_OK(view_pages_of_document(rig->store, sent.document, &pages, err));
    ASSERT_ERR(ERR_ALREADY_SIGNED,
               secret_told(rig->store, js_text_or(pages, "[0].id", ""), CLERK, err));
}

static void a_backup_that_knows_it_goes_and_an_older_one_stays(void **state)
{
    struct rig *rig = *state;
    AUTO(mem) char *older = mem_printf("%s/backup-v9-1.db", rig->folder);
    AUTO(mem) char *knows = mem_printf("%s/backup-v10-2.db", rig->folder);
    AUTO(mem) char *broken = mem_printf("%s/backup-v10-3.db", rig->folder);
    ASSERT_OK(db_run(rig->store->db, "VACUUM INTO ?", DB_BIND(DB_TEXT(older)), err));
    struct secret s = locked_paper(rig);
    ASSERT_OK(db_run(rig->store->db, "VACUUM INTO ?", DB_BIND(DB_TEXT(knows)), err));
    ASSERT_OK(file_replace_durably(AT_FDCWD, broken, WORD, strlen(WORD), err));
    ASSERT_OK(secret_answer(rig->store, s.marked, true, NULL, CLERK, err));
    ASSERT_OK(purge_finish(rig->store, err));
    assert_gone(rig, &s);
    assert_int_equal(access(older, F_OK), 0);
    assert_int_equal(access(knows, F_OK), -1);
    assert_int_equal(access(broken, F_OK), -1);
}

/* ---- killed ---- */

/* Fails at the nth call of that kind and dies there; true: it came to its end. */
static bool die_at(struct rig *rig, const char *page, enum sys_call call, unsigned long nth)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *store = NULL;
        if (store_open(&rig->options, &store, NULL) ||
            secret_answer(store, page, true, NULL, CLERK, NULL))
            _exit(9);
        sys_fail_from(call, nth, EIO);
        _exit(purge_finish(store, NULL) ? 1 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 9);
    return WEXITSTATUS(status) == 0;
}

static void a_purge_that_was_begun_is_finished_at_the_next_start(void **state)
{
    struct rig *rig = *state;
    static const enum sys_call calls[] = {SYS_WRITE, SYS_FSYNC};
    unsigned long tried = 0;
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        for (unsigned long nth = 1;; nth++) {
            struct secret s = locked_paper(rig);
            store_close(TAKE(rig->store));
            bool ended = die_at(rig, s.marked, calls[i], nth);
            ASSERT_OK(store_open(&rig->options, &rig->store, err));
            assert_gone(rig, &s);
            tried++;
            if (ended)
                break;
        }
    assert_true(tried > 8);
}

#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_page_with_the_mark_is_held_and_nothing_read_of_it_is_kept),
        T(all_of_its_paper_is_locked),
        T(later_pages_of_the_pile_are_not_read),
        T(a_page_that_is_no_secret_goes_on_and_is_not_asked_about_again),
        T(a_mark_that_is_none_of_the_three_is_refused),
        T(a_secret_paper_is_in_no_file_of_the_store_any_more),
        T(what_another_paper_shows_as_well_stays),
        T(nobody_answers_and_it_is_purged_in_time),
        T(a_page_of_a_file_waits_for_its_answer),
        T(a_person_sees_what_the_machine_did_not),
        T(a_backup_that_knows_it_goes_and_an_older_one_stays),
        T(a_purge_that_was_begun_is_finished_at_the_next_start),
    };
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
