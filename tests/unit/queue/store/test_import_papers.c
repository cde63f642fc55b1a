#include "tests/unit/queue/store/rig.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "queue/store/import.h"

/* Files that come later, and files that are no copies of paper. One page each. */

#define FOLDER "old"

static void see(struct rig *rig, enum import_papers papers, const char *const *paths, size_t count)
{
    static int64_t sweep;
    sweep++;
    for (size_t i = 0; i < count; i++) {
        struct import_file file = {.path = paths[i],
                                   .kind = strstr(paths[i], "empty")  ? "empty"
                                           : strstr(paths[i], "docx") ? "docx"
                                           : strstr(paths[i], "doc")  ? "old-office"
                                                                      : "jpeg",
                                   .size_bytes = 10,
                                   .mtime_us = 1,
                                   .stable = true,
                                   .papers = papers};
        ASSERT_OK(import_see(rig->store, FOLDER, sweep, &file, MACHINE, err));
    }
    ASSERT_OK(import_swept(rig->store, FOLDER, sweep, (int64_t)count, MACHINE, err));
}

static void fill(int fd, const char *text, char out_sha256[HASH_HEX_SIZE])
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    hash_bytes(text, strlen(text), out_sha256);
}

static void keep_text(struct rig *rig, const char *id)
{
    AUTO(fd) int fd = -1;
    assert_int_equal(file_memfd("text", "Đơn xin", 9, &fd, NULL), ERR_OK);
    ASSERT_OK(import_keep_text(rig->store, id, "FILE_WORD", fd, MACHINE, err));
    ASSERT_OK(import_keep_text(rig->store, id, "FILE_WORD", fd, MACHINE, err)); /* told again */
}

static bool mended; /* what is "bad" can be read now */

static bool step(struct rig *rig)
{
    struct import_step step;
    char sha256[HASH_HEX_SIZE];
    ASSERT_OK(import_next(rig->store, FOLDER, MACHINE, &step, err));
    const char *id = js_text_or(step.item, "id", ""), *path = js_text_or(step.item, "path", "");
    if (step.what == IMPORT_TAKE) {
        fill(step.temp_fd, path, sha256);
        struct import_take take = {
            .id = id, .temp = step.temp, .sha256 = sha256, .size_bytes = (int64_t)strlen(path)};
        ASSERT_OK(import_took(rig->store, &take, MACHINE, err));
    } else if (step.what == IMPORT_COUNT && strstr(path, "docx")) {
        keep_text(rig, id);
    } else if (step.what == IMPORT_COUNT && strstr(path, "bad") && !mended) {
        ASSERT_OK(import_fail(rig->store, id, "IMAGE_UNREADABLE", IMPORT_REFUSE, MACHINE, err));
    } else if (step.what == IMPORT_COUNT) {
        ASSERT_OK(import_counted(rig->store, id, 1, NULL, MACHINE, err));
    } else if (step.what == IMPORT_PAGE) {
        char text[100];
        snprintf(text, sizeof text, "page of %s", path);
        fill(step.temp_fd, text, sha256);
        struct page_capture capture =
            rig_page_of_file(&step, "import/" FOLDER, sha256, strlen(text));
        capture.sheet = strtol(path + strcspn(path, "0123456789"), NULL, 10);
        capture.position = step.position;
        ASSERT_OK(page_commit(rig->store, &capture, MACHINE, err));
    }
    bool any = step.what != IMPORT_NOTHING;
    import_step_done(&step);
    return any;
}

static void bring(struct rig *rig, enum import_papers papers, const char *const *paths,
                  size_t count)
{
    see(rig, papers, paths, count);
    while (step(rig))
        ;
    while (rig_work(rig, "recognize") || rig_work(rig, "understand"))
        ;
}

static void assert_papers(struct rig *rig, const char *wanted)
{
    AUTO(mem) char *told = NULL;
    ASSERT_OK(db_text(rig->store->db,
                      "SELECT group_concat(said, ' | ') FROM (SELECT group_concat(sheet, ' ') AS "
                      "said FROM (SELECT p.document_id AS document, d.ordinal AS ordinal, p.sheet "
                      "FROM page p JOIN document d ON d.id = p.document_id ORDER BY d.ordinal, "
                      "p.position) GROUP BY document ORDER BY ordinal)",
                      DB_BIND_NONE, &told, err));
    assert_string_equal(told, wanted);
}

static const char *const files[] = {"don 1.jpg", "don 10.jpg", "don 3.jpg", "don 12.jpg"};

static void a_file_that_comes_later_joins_its_paper_in_its_place(void **state)
{
    struct rig *rig = *state;
    bring(rig, PAPERS_NAME, files, 2);
    assert_papers(rig, "1 10");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document WHERE state = 'read'"), 1);
    bring(rig, PAPERS_NAME, files, 3);
    assert_papers(rig, "1 3 10");
    bring(rig, PAPERS_NAME, files, 4);
    assert_papers(rig, "1 3 10 12");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document WHERE state = 'read'"), 1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM import_item WHERE code IS NULL"), 4);
}

static void a_file_for_a_compared_paper_is_a_new_one_and_says_so(void **state)
{
    struct rig *rig = *state;
    AUTO(mem) char *document = NULL;
    bring(rig, PAPERS_NAME, files, 2);
    ASSERT_OK(db_text(rig->store->db, "SELECT id FROM document", DB_BIND_NONE, &document, err));
    rig_confirm(rig, document);
    bring(rig, PAPERS_NAME, files, 3);
    assert_papers(rig, "1 10 | 3");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM import_item WHERE state = 'done' AND "
                                     "code = 'PAPER_LATE' AND path = 'don 3.jpg'"),
                     1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM question u JOIN page p ON p.id = "
                                     "u.page_id WHERE u.code = 'paper_late' AND p.sheet = 3"),
                     1);
    bring(rig, PAPERS_NAME, files, 4); /* and the next one joins that */
    assert_papers(rig, "1 10 | 3 12");
}

#define ASKED "SELECT count(*) FROM question WHERE code = 'pages_missing' AND answer IS NULL"

static void an_unreadable_file_of_a_unit_makes_its_paper_ask(void **state)
{
    static const char *const unit[] = {"an/1.jpg", "an/2bad.jpg", "an/3.jpg"};
    struct rig *rig = *state;
    AUTO(mem) char *id = NULL;
    bring(rig, PAPERS_FOLDER, unit, COUNT_OF(unit));
    assert_papers(rig, "1 3");
    assert_int_equal(rig_number(rig, ASKED), 1);
    ASSERT_OK(db_text(rig->store->db, "SELECT id FROM import_item WHERE state = 'refused'",
                      DB_BIND_NONE, &id, err));
    ASSERT_OK(import_retry(rig->store, FOLDER, id, CLERK, err));
    mended = true;
    bring(rig, PAPERS_FOLDER, unit, COUNT_OF(unit));
    mended = false;
    assert_papers(rig, "1 2 3");
    assert_int_equal(rig_number(rig, ASKED), 0);
}

static void an_unreadable_file_that_comes_later_makes_its_paper_ask(void **state)
{
    static const struct {
        const char *paths[3];
        int64_t asked;
    } cases[] = {{{"an/1.jpg", "an/2.jpg", "an/3.docx"}, 0},
                 {{"binh/1.jpg", "binh/2.jpg", "binh/3bad.jpg"}, 1},
                 {{"chi/1.jpg", "chi/2.jpg", "chi/3empty.jpg"}, 2}};
    struct rig *rig = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bring(rig, PAPERS_FOLDER, cases[i].paths, 2);
        bring(rig, PAPERS_FOLDER, cases[i].paths, 3);
        assert_int_equal(rig_number(rig, ASKED), cases[i].asked);
    }
}

static void a_word_file_waits_with_what_it_says(void **state)
{
    static const char *const texts[] = {"an/don.docx", "an/so.doc", "an/1.jpg"};
    struct rig *rig = *state;
    AUTO(mem) char *id = NULL;
    AUTO(js) struct js *balance = NULL;
    AUTO(fd) int fd = -1;
    AUTO(mem) char *said = NULL;
    int64_t size;
    size_t got;
    bring(rig, PAPERS_FOLDER, texts, COUNT_OF(texts));
    assert_papers(rig, "1");
    ASSERT_OK(db_text(rig->store->db,
                      "SELECT id FROM import_item WHERE state = 'waiting' AND code = 'FILE_WORD'",
                      DB_BIND_NONE, &id, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM import_item WHERE state = 'refused' AND "
                                     "code = 'FILE_OLD_OFFICE'"),
                     1);
    ASSERT_OK(import_text_of(rig->store, FOLDER, id, &fd, &size, err));
    ASSERT_OK(file_read_fd(fd, 100, &said, &got, err));
    assert_string_equal(said, "Đơn xin");
    int other = -1;
    ASSERT_ERR(ERR_NOT_FOUND, import_text_of(rig->store, "other", id, &other, &size, err));
    ASSERT_OK(import_balance_of(rig->store, FOLDER, &balance, err));
    assert_int_equal(js_int_or(balance, "balance.difference", -1), 0);
    assert_int_equal(js_int_or(balance, "balance.waiting", -1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_that_comes_later_joins_its_paper_in_its_place,
                                        rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_file_for_a_compared_paper_is_a_new_one_and_says_so,
                                        rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(an_unreadable_file_of_a_unit_makes_its_paper_ask, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(an_unreadable_file_that_comes_later_makes_its_paper_ask,
                                        rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_word_file_waits_with_what_it_says, rig_setup,
                                        rig_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
