#include "tests/unit/queue/store/rig.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "queue/store/import.h"
#include "queue/store/pass.h"
#include "queue/store/question.h"

/* Files that a person hands over, tries again, or has a copier bring. */

#define COPIER "copier"
#define MINUTE_US INT64_C(60000000)

struct handed {
    char id[ID_SIZE], document[ID_SIZE];
    bool again;
};

static enum err_code try_upload(struct rig *rig, const char *text, const char *dossier,
                                const char *document, struct handed *out, struct err *err)
{
    AUTO(fd) int fd = -1;
    AUTO(js) struct js *item = NULL;
    assert_int_equal(file_memfd("upload", text, strlen(text), &fd, NULL), ERR_OK);
    struct import_upload upload = {
        .name = "tờ.jpg", .kind = "jpeg", .dossier_id = dossier, .document_id = document, .fd = fd};
    enum err_code code = import_upload(rig->store, &upload, CLERK, &item, &out->again, err);
    snprintf(out->id, sizeof out->id, "%s", js_text_or(item, "id", ""));
    snprintf(out->document, sizeof out->document, "%s", js_text_or(item, "document_id", ""));
    return code;
}

static struct handed upload(struct rig *rig, const char *text, const char *dossier,
                            const char *document)
{
    struct handed handed;
    ASSERT_OK(try_upload(rig, text, dossier, document, &handed, err));
    return handed;
}

static struct js *signatures(bool intact, bool covers)
{
    return js_pack("{s:[{s:s, s:s, s:s, s:I, s:b}], s:b}", "list", "level", "ETSI.CAdES.detached",
                   "signer", "Lê Văn Thử", "serial", "1F", "signed_at_us", (int64_t)1, "intact",
                   (int)intact, "covers_file", (int)covers);
}

static void write_page(struct rig *rig, const struct import_step *step)
{
    char text[80], sha256[HASH_HEX_SIZE];
    snprintf(text, sizeof text, "page %d of %s", (int)step->page, js_text_or(step->item, "id", ""));
    assert_int_equal(write(step->temp_fd, text, strlen(text)), strlen(text));
    hash_bytes(text, strlen(text), sha256);
    struct page_capture capture =
        rig_page_of_file(step, IMPORT_DEVICE IMPORT_UPLOAD, sha256, strlen(text));
    ASSERT_OK(page_commit(rig->store, &capture, MACHINE, err));
}

static void copy_taken(struct rig *rig, const struct import_step *step)
{
    char sha256[HASH_HEX_SIZE];
    const char *path = js_text_or(step->item, "path", "");
    assert_int_equal(write(step->temp_fd, path, strlen(path)), strlen(path));
    hash_bytes(path, strlen(path), sha256);
    struct import_take taken = {.id = js_text_or(step->item, "id", ""),
                                .temp = step->temp,
                                .sha256 = sha256,
                                .size_bytes = (int64_t)strlen(path)};
    ASSERT_OK(import_took(rig->store, &taken, MACHINE, err));
}

/* One step, as the importer does it; false: nothing to be done. `killed`: it ends before it told.
 */
static bool step(struct rig *rig, const char *folder, const struct js *signed_by, int64_t pages,
                 bool killed)
{
    struct import_step step;
    ASSERT_OK(import_next(rig->store, folder, MACHINE, &step, err));
    bool any = step.what != IMPORT_NOTHING;
    const char *id = js_text_or(step.item, "id", "");
    if (killed)
        rig_reopen(rig);
    else if (step.what == IMPORT_TAKE)
        copy_taken(rig, &step);
    else if (step.what == IMPORT_COUNT)
        ASSERT_OK(import_counted(rig->store, id, pages, signed_by, MACHINE, err));
    else if (step.what == IMPORT_PAGE)
        write_page(rig, &step);
    import_step_done(&step);
    return any;
}

static void work(struct rig *rig, const char *folder, const struct js *signed_by, int64_t pages)
{
    while (step(rig, folder, signed_by, pages, false))
        ;
}

static void read_document(struct rig *rig)
{
    while (rig_work(rig, "recognize"))
        ;
    while (rig_work(rig, "understand"))
        ;
}

static int64_t count(struct rig *rig, const char *sql, const char *id)
{
    int64_t number;
    ASSERT_OK(db_number(rig->store->db, sql, DB_BIND(DB_TEXT(id)), 0, &number, err));
    return number;
}

static int64_t pages_of(struct rig *rig, const char *document)
{
    return count(rig, "SELECT count(*) FROM page WHERE document_id = ? AND state <> 'rejected'",
                 document);
}

/* ---- a signed file ---- */

static struct handed pass_in(struct rig *rig, const char *dossier, const struct js *signed_by)
{
    struct handed file = upload(rig, "signed by others", dossier, NULL);
    work(rig, IMPORT_UPLOAD, signed_by, 2);
    return file;
}

static void a_signed_file_goes_its_way_unsigned_by_us(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE], sha256[HASH_HEX_SIZE];
    AUTO(js) struct js *whole = signatures(true, true);
    AUTO(js) struct js *seen = NULL;
    rig_dossier(rig, NULL, -1, dossier);
    struct handed file = pass_in(rig, dossier, whole);
    read_document(rig);
    rig_confirm(rig, file.document);
    assert_string_equal(state_of(rig, MACHINE_document, file.document), "copied");
    assert_false(rig_work(rig, "compose"));
    assert_false(rig_work(rig, "seal"));
    assert_true(rig_work(rig, "extract"));
    assert_string_equal(state_of(rig, MACHINE_document, file.document), "extracted");
    assert_true(rig_work(rig, "code"));
    assert_true(rig_work(rig, "queue"));
    ASSERT_OK(view_document(rig->store, file.document, &seen, err));
    hash_bytes("signed by others", strlen("signed by others"), sha256);
    assert_string_equal(js_text_or(seen, "signed.sha256", ""), sha256);
    assert_true(js_bool_or(seen, "passed_through", false));
    assert_string_equal(js_text_or(seen, "signatures[0].kind", ""), "foreign");
    assert_string_equal(js_text_or(seen, "signatures[0].signer", ""), "Lê Văn Thử");
    assert_true(js_bool_or(seen, "signatures[0].intact", false));
    rig_check_invariants(rig);
}

static void a_broken_signature_holds_it_until_a_person_says_so(void **state)
{
    struct rig *rig = *state;
    static const struct {
        bool intact, covers;
        const char *reason;
    } cases[] = {{false, true, "FILE_SIGNATURE_BROKEN"},
                 {false, false, "FILE_SIGNATURE_BROKEN"},
                 {true, false, "FILE_CHANGED_AFTER_SIGNING"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char dossier[ID_SIZE];
        AUTO(js) struct js *found = signatures(cases[i].intact, cases[i].covers);
        AUTO(js) struct js *seen = NULL;
        rig_dossier(rig, NULL, -1, dossier);
        struct handed file = pass_in(rig, dossier, found);
        read_document(rig);
        ASSERT_OK(view_document(rig->store, file.document, &seen, err));
        assert_string_equal(js_text_or(seen, "held.reason", ""), cases[i].reason);
        ASSERT_OK(subject_release(rig->store, MACHINE_document, file.document, CLERK, err));
        read_document(rig);
        assert_string_equal(state_of(rig, MACHINE_document, file.document), "read");
    }
}

static void nobody_changes_the_pages_of_a_signed_file(void **state)
{
    struct rig *rig = *state;
    struct paper paper;
    char page[ID_SIZE], other[ID_SIZE], temp[PAGE_TEMP_SIZE], new_id[ID_SIZE];
    int fd = -1;
    AUTO(js) struct js *whole = signatures(true, true);
    AUTO(mem) char *first = NULL;
    rig_dossier(rig, NULL, -1, paper.dossier);
    struct handed file = pass_in(rig, paper.dossier, whole), another;
    read_document(rig);
    snprintf(paper.document, sizeof paper.document, "%s", file.document);
    rig_document(rig, paper.dossier, other);
    struct paper open = paper;
    memcpy(open.document, other, ID_SIZE);
    rig_page(rig, &open, "mine", page);
    ASSERT_OK(db_text(rig->store->db,
                      "SELECT id FROM page WHERE document_id = ? ORDER BY position DESC LIMIT 1",
                      DB_BIND(DB_TEXT(file.document)), &first, err));
    struct store *s = rig->store;
    ASSERT_ERR(ERR_FILE_SIGNED, page_turn(s, first, 90, CLERK, err));
    ASSERT_ERR(ERR_FILE_SIGNED, page_remove(s, first, "no", CLERK, err));
    ASSERT_ERR(ERR_FILE_SIGNED, page_move(s, first, other, 1, CLERK, err));
    ASSERT_ERR(ERR_FILE_SIGNED, page_move(s, page, file.document, 1, CLERK, err));
    ASSERT_ERR(ERR_FILE_SIGNED, document_split(s, file.document, first, CLERK, new_id, err));
    ASSERT_ERR(ERR_FILE_SIGNED, document_reopen(s, file.document, CLERK, err));
    ASSERT_ERR(ERR_FILE_SIGNED, document_join(s, file.document, other, CLERK, err));
    ASSERT_ERR(ERR_FILE_SIGNED, document_join(s, other, file.document, CLERK, err));
    ASSERT_ERR(ERR_FILE_SIGNED,
               page_begin(s, paper.dossier, file.document, new_id, temp, &fd, err));
    ASSERT_ERR(ERR_FILE_SIGNED,
               try_upload(rig, "more", paper.dossier, file.document, &another, err));
    assert_int_equal(pages_of(rig, file.document), 2);
    assert_string_equal(state_of(rig, MACHINE_document, file.document), "read");
}

static void a_signed_file_is_one_paper_whatever_starts_in_it(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE];
    AUTO(js) struct js *whole = signatures(true, true);
    rig_dossier(rig, NULL, -1, dossier);
    struct handed file = pass_in(rig, dossier, whole);
    read_document(rig);
    ASSERT_OK(db_run(rig->store->db, "UPDATE import_item SET papers = 'split'", DB_BIND_NONE, err));
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE page SET starts_document = '{\"value\": true, \"confidence\": 1}'",
                     DB_BIND_NONE, err));
    ASSERT_OK(import_part(rig->store, file.document, MACHINE, err));
    assert_int_equal(pages_of(rig, file.document), 2);
}

static void a_pass_may_be_killed_at_every_step(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE];
    AUTO(js) struct js *whole = signatures(true, true);
    rig_dossier(rig, NULL, -1, dossier);
    struct handed file = upload(rig, "signed by others", dossier, NULL);
    for (bool killed = true; step(rig, IMPORT_UPLOAD, whole, 3, killed); killed = !killed)
        ;
    work(rig, IMPORT_UPLOAD, whole, 3);
    assert_int_equal(pages_of(rig, file.document), 3);
    assert_int_equal(
        count(rig, "SELECT count(*) FROM signature WHERE document_id = ?", file.document), 1);
    read_document(rig);
    assert_string_equal(state_of(rig, MACHINE_document, file.document), "read");
}

static void a_signed_file_that_stopped_is_not_shown_as_whole(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE];
    AUTO(js) struct js *whole = signatures(true, true);
    rig_dossier(rig, NULL, -1, dossier);
    struct handed file = upload(rig, "signed by others", dossier, NULL);
    step(rig, IMPORT_UPLOAD, whole, 2, false); /* counted */
    step(rig, IMPORT_UPLOAD, whole, 2, false); /* page 1 */
    ASSERT_OK(import_fail(rig->store, file.id, "PDF_UNREADABLE", IMPORT_REFUSE, MACHINE, err));
    read_document(rig);
    assert_string_equal(state_of(rig, MACHINE_document, file.document), "open");
    ASSERT_OK(import_retry(rig->store, IMPORT_UPLOAD, file.id, CLERK, err));
    work(rig, IMPORT_UPLOAD, whole, 2);
    read_document(rig);
    assert_string_equal(state_of(rig, MACHINE_document, file.document), "read");
    assert_int_equal(pages_of(rig, file.document), 2);
}

/* ---- handed over ---- */

static void files_stand_in_the_order_they_were_handed_over(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE];
    rig_dossier(rig, NULL, -1, dossier);
    struct handed first = upload(rig, "a", dossier, NULL);
    struct handed second = upload(rig, "b", dossier, first.document);
    assert_string_equal(second.document, first.document);
    step(rig, IMPORT_UPLOAD, NULL, 2, false); /* the first is counted */
    ASSERT_OK(import_fail(rig->store, first.id, "IO", IMPORT_LATER, MACHINE, err));
    work(rig, IMPORT_UPLOAD, NULL, 2);
    assert_int_equal(pages_of(rig, first.document), 0);
    ASSERT_OK(import_again(rig->store, IMPORT_UPLOAD, CLERK, err));
    work(rig, IMPORT_UPLOAD, NULL, 2);
    assert_int_equal(pages_of(rig, first.document), 4);
    assert_int_equal(
        count(rig,
              "SELECT count(*) FROM page p JOIN import_item i ON i.id = ? WHERE "
              "p.document_id = i.document_id AND p.position > 2 AND "
              "p.captured_us < (SELECT max(captured_us) FROM page WHERE position <= 2)",
              first.id),
        0);
    assert_int_equal(count(rig, "SELECT scan_finished FROM document WHERE id = ?", first.document),
                     1);
}

static void a_paper_somebody_scans_into_is_not_finished_by_a_file(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char page[ID_SIZE];
    rig_page(rig, &paper, "scanned", page);
    upload(rig, "a", paper.dossier, paper.document);
    work(rig, IMPORT_UPLOAD, NULL, 1);
    assert_int_equal(pages_of(rig, paper.document), 2);
    assert_int_equal(count(rig, "SELECT scan_finished FROM document WHERE id = ?", paper.document),
                     0);
}

static void the_same_bytes_are_the_same_item_unless_thrown_away(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE], other[ID_SIZE];
    rig_dossier(rig, NULL, -1, dossier);
    rig_dossier(rig, NULL, -1, other);
    struct handed first = upload(rig, "a", dossier, NULL);
    struct handed again = upload(rig, "a", dossier, NULL);
    assert_true(again.again && strcmp(again.id, first.id) == 0);
    assert_int_equal(count(rig,
                           "SELECT count(*) FROM audit WHERE subject_id = ? AND "
                           "event = 'duplicate'",
                           first.id),
                     1);
    assert_false(upload(rig, "a", other, NULL).again);
    work(rig, IMPORT_UPLOAD, NULL, 1);
    ASSERT_OK(document_reject(rig->store, first.document, "no", CLERK, err));
    assert_false(upload(rig, "a", dossier, NULL).again);
}

static void a_retry_goes_on_where_it_stopped(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE];
    rig_dossier(rig, NULL, -1, dossier);
    struct handed file = upload(rig, "a", dossier, NULL);
    ASSERT_ERR(ERR_STATE_CHANGED, import_retry(rig->store, IMPORT_UPLOAD, file.id, CLERK, err));
    ASSERT_ERR(ERR_NOT_FOUND, import_retry(rig->store, "old", file.id, CLERK, err));
    step(rig, IMPORT_UPLOAD, NULL, 3, false);
    step(rig, IMPORT_UPLOAD, NULL, 3, false);
    ASSERT_OK(import_fail(rig->store, file.id, "IMAGE_UNREADABLE", IMPORT_REFUSE, MACHINE, err));
    assert_int_equal(pages_of(rig, file.document), 1);
    ASSERT_OK(import_retry(rig->store, IMPORT_UPLOAD, file.id, CLERK, err));
    assert_int_equal(count(rig,
                           "SELECT count(*) FROM audit WHERE subject_id = ? AND event = 'retry' "
                           "AND principal <> 'sohoad'",
                           file.id),
                     1);
    work(rig, IMPORT_UPLOAD, NULL, 3);
    assert_int_equal(pages_of(rig, file.document), 3);
    /* without a page the paper was rejected: it gets another one */
    file = upload(rig, "b", dossier, NULL);
    ASSERT_OK(import_fail(rig->store, file.id, "PDF_ENCRYPTED", IMPORT_REFUSE, MACHINE, err));
    assert_string_equal(state_of(rig, MACHINE_document, file.document), "rejected");
    ASSERT_OK(import_retry(rig->store, IMPORT_UPLOAD, file.id, CLERK, err));
    work(rig, IMPORT_UPLOAD, NULL, 1);
    assert_int_equal(count(rig,
                           "SELECT count(*) FROM import_item i JOIN page p ON p.document_id = "
                           "i.document_id WHERE i.id = ?",
                           file.id),
                     1);
    rig_check_invariants(rig);
}

/* ---- what a broken file did not bring ---- */

#define ASKED "SELECT count(*) FROM question WHERE code = 'pages_missing' AND answer IS NULL"

static void a_file_that_breaks_in_the_middle_asks_before_it_is_compared(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE];
    rig_dossier(rig, NULL, -1, dossier);
    struct handed file = upload(rig, "a", dossier, NULL);
    for (int i = 0; i < 3; i++) /* counted, page 1, page 2 */
        step(rig, IMPORT_UPLOAD, NULL, 4, false);
    ASSERT_OK(import_fail(rig->store, file.id, "IMAGE_UNREADABLE", IMPORT_REFUSE, MACHINE, err));
    read_document(rig);
    assert_string_equal(state_of(rig, MACHINE_document, file.document), "read");
    assert_int_equal(rig_number(rig, ASKED), 1);
    assert_int_equal(rig_number(rig, "SELECT p.position FROM question q JOIN page p ON "
                                     "p.id = q.page_id WHERE q.code = 'pages_missing'"),
                     2);
    ASSERT_ERR(ERR_PAGE_QUESTION, questions_check_answered(rig->store, file.document, err));
    ASSERT_OK(import_retry(rig->store, IMPORT_UPLOAD, file.id, CLERK, err));
    work(rig, IMPORT_UPLOAD, NULL, 4);
    read_document(rig);
    assert_int_equal(pages_of(rig, file.document), 4);
    assert_int_equal(rig_number(rig, ASKED), 0);
    rig_confirm(rig, file.document);
}

static void an_answer_stands_until_another_file_breaks(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE];
    AUTO(mem) char *page = NULL;
    rig_dossier(rig, NULL, -1, dossier);
    struct handed file = upload(rig, "a", dossier, NULL);
    for (int i = 0; i < 2; i++)
        step(rig, IMPORT_UPLOAD, NULL, 3, false);
    ASSERT_OK(import_fail(rig->store, file.id, "IMAGE_UNREADABLE", IMPORT_WAIT, MACHINE, err));
    ASSERT_OK(db_text(rig->store->db, "SELECT page_id FROM question WHERE code = 'pages_missing'",
                      DB_BIND_NONE, &page, err));
    assert_non_null(page);
    ASSERT_OK(page_answer(rig->store, page, "pages_missing", true, CLERK, err));
    upload(rig, "b", dossier, file.document);
    work(rig, IMPORT_UPLOAD, NULL, 1);
    assert_int_equal(rig_number(rig, ASKED), 0);
    struct handed third = upload(rig, "c", dossier, file.document);
    ASSERT_OK(import_fail(rig->store, third.id, "PDF_ENCRYPTED", IMPORT_REFUSE, MACHINE, err));
    assert_int_equal(rig_number(rig, ASKED), 1);
}

static void a_word_file_handed_over_is_no_paper(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE];
    AUTO(fd) int fd = -1;
    AUTO(fd) int said = -1;
    int64_t size;
    rig_dossier(rig, NULL, -1, dossier);
    struct handed file = upload(rig, "word", dossier, NULL);
    assert_int_equal(file_memfd("text", "Đơn xin", 9, &fd, NULL), ERR_OK);
    ASSERT_OK(import_keep_text(rig->store, file.id, "FILE_WORD", fd, MACHINE, err));
    assert_string_equal(state_of(rig, MACHINE_document, file.document), "rejected");
    assert_int_equal(count(rig,
                           "SELECT count(*) FROM import_item WHERE dossier_id = ? "
                           "AND state = 'waiting' AND code = 'FILE_WORD'",
                           dossier),
                     1);
    ASSERT_OK(import_text_of(rig->store, IMPORT_UPLOAD, file.id, &said, &size, err));
    assert_true(upload(rig, "word", dossier, NULL).again);
    /* behind pages it takes nothing from them */
    struct handed paper = upload(rig, "a", dossier, NULL);
    work(rig, IMPORT_UPLOAD, NULL, 1);
    struct handed behind = upload(rig, "other words", dossier, paper.document);
    ASSERT_OK(import_keep_text(rig->store, behind.id, "FILE_WORD", fd, MACHINE, err));
    read_document(rig);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "read");
    assert_int_equal(rig_number(rig, ASKED), 0);
}

/* ---- a copier ---- */

static void arrive(struct rig *rig, const char *path, bool whole)
{
    static int64_t sweep;
    struct import_file file = {.path = path,
                               .kind = "jpeg",
                               .size_bytes = 10,
                               .mtime_us = 1,
                               .stable = whole,
                               .fed = true};
    ASSERT_OK(import_see(rig->store, COPIER, ++sweep, &file, MACHINE, err));
}

static enum err_code try_feed(struct rig *rig, const char *dossier, enum feed_waiting waiting,
                              struct err *err)
{
    return import_feed(rig->store, COPIER, dossier, waiting, MINUTE_US, CLERK, err);
}

static void feed(struct rig *rig, const char *dossier)
{
    ASSERT_OK(try_feed(rig, dossier, FEED_WAITING_UNSAID, err));
}

static int64_t waiting_files(struct rig *rig)
{
    return count(rig,
                 "SELECT count(*) FROM import_item WHERE folder = ? AND state = 'waiting' AND "
                 "code = 'FEED_MISSING'",
                 COPIER);
}

static int64_t in_dossier(struct rig *rig, const char *dossier)
{
    return count(rig, "SELECT count(*) FROM page WHERE dossier_id = ?", dossier);
}

static void a_file_belongs_to_the_dossier_fed_when_it_was_first_seen(void **state)
{
    struct rig *rig = *state;
    char first[ID_SIZE], second[ID_SIZE];
    rig_dossier(rig, NULL, -1, first);
    rig_dossier(rig, NULL, -1, second);
    feed(rig, first);
    arrive(rig, "one.jpg", false); /* still being written */
    feed(rig, second);
    arrive(rig, "one.jpg", true);
    arrive(rig, "two.jpg", true);
    work(rig, COPIER, NULL, 1);
    assert_int_equal(in_dossier(rig, first), 1);
    assert_int_equal(in_dossier(rig, second), 1);
}

static void no_file_lands_in_a_dossier_that_is_over(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE], next[ID_SIZE];
    rig_dossier(rig, NULL, -1, dossier);
    rig_dossier(rig, NULL, -1, next);
    feed(rig, dossier);
    ASSERT_OK(
        db_run(rig->store->db, "UPDATE import_folder SET feed_until_us = 1", DB_BIND_NONE, err));
    arrive(rig, "late.jpg", true);
    ASSERT_OK(try_feed(rig, dossier, FEED_WAITING_TAKE, err));
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE dossier SET closed_us = 1, closed_by = 'x' WHERE id = ?",
                     DB_BIND(DB_TEXT(dossier)), err));
    arrive(rig, "later.jpg", true);
    feed(rig, NULL);
    arrive(rig, "latest.jpg", true);
    work(rig, COPIER, NULL, 1);
    assert_int_equal(waiting_files(rig), 2);
    ASSERT_OK(try_feed(rig, next, FEED_WAITING_TAKE, err));
    work(rig, COPIER, NULL, 1);
    assert_int_equal(in_dossier(rig, next), 2);
    assert_int_equal(count(rig, "SELECT count(*) FROM dossier WHERE kind = ?", "backlog"), 0);
}

static void nobody_gets_a_strangers_file_unasked(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE];
    struct err refusal = ERR_INIT;
    rig_dossier(rig, NULL, -1, dossier);
    arrive(rig, "whole.jpg", true);
    arrive(rig, "coming.jpg", false); /* still being written */
    assert_int_equal(try_feed(rig, dossier, FEED_WAITING_UNSAID, &refusal), ERR_FEED_WAITING);
    assert_non_null(strstr(refusal.detail, "2 files"));
    assert_int_equal(
        count(rig, "SELECT count(*) FROM import_folder WHERE feed_dossier_id = ?", dossier), 0);
    feed(rig, NULL);
    ASSERT_OK(try_feed(rig, dossier, FEED_WAITING_TAKE, err));
    arrive(rig, "coming.jpg", true);
    work(rig, COPIER, NULL, 1);
    assert_int_equal(in_dossier(rig, dossier), 2);
    feed(rig, dossier);
}

static void what_is_left_goes_into_no_dossier_until_it_is_taken(void **state)
{
    struct rig *rig = *state;
    char first[ID_SIZE], second[ID_SIZE];
    AUTO(mem) char *left = NULL;
    rig_dossier(rig, NULL, -1, first);
    rig_dossier(rig, NULL, -1, second);
    arrive(rig, "whole.jpg", true);
    arrive(rig, "coming.jpg", false);
    ASSERT_OK(try_feed(rig, first, FEED_WAITING_LEAVE, err));
    arrive(rig, "coming.jpg", true);
    arrive(rig, "own.jpg", true);
    work(rig, COPIER, NULL, 1);
    assert_int_equal(in_dossier(rig, first), 1);
    assert_int_equal(waiting_files(rig), 2);
    /* nor when all or one of them is tried again */
    ASSERT_OK(import_again(rig->store, COPIER, CLERK, err));
    arrive(rig, "whole.jpg", true);
    arrive(rig, "coming.jpg", true);
    ASSERT_OK(db_text(rig->store->db, "SELECT id FROM import_item WHERE path = 'whole.jpg'",
                      DB_BIND_NONE, &left, err));
    ASSERT_OK(import_retry(rig->store, COPIER, left, CLERK, err));
    arrive(rig, "whole.jpg", true);
    work(rig, COPIER, NULL, 1);
    assert_int_equal(waiting_files(rig), 2);
    ASSERT_ERR(ERR_FEED_WAITING, try_feed(rig, second, FEED_WAITING_UNSAID, err));
    ASSERT_OK(try_feed(rig, second, FEED_WAITING_LEAVE, err));
    work(rig, COPIER, NULL, 1);
    assert_int_equal(in_dossier(rig, second), 0);
    ASSERT_OK(try_feed(rig, second, FEED_WAITING_TAKE, err));
    work(rig, COPIER, NULL, 1);
    assert_int_equal(in_dossier(rig, second), 2);
    assert_int_equal(in_dossier(rig, first), 1);
}

/* It was seen for the former dossier; trying it again does not give it to the one fed now. */
static void a_file_tried_again_stays_with_its_dossier(void **state)
{
    struct rig *rig = *state;
    char first[ID_SIZE], second[ID_SIZE];
    AUTO(mem) char *id = NULL;
    rig_dossier(rig, NULL, -1, first);
    rig_dossier(rig, NULL, -1, second);
    feed(rig, first);
    arrive(rig, "one.jpg", true);
    ASSERT_OK(db_text(rig->store->db, "SELECT id FROM import_item", DB_BIND_NONE, &id, err));
    ASSERT_OK(import_fail(rig->store, id, "IMAGE_UNREADABLE", IMPORT_REFUSE, MACHINE, err));
    feed(rig, second);
    ASSERT_OK(import_retry(rig->store, COPIER, id, CLERK, err));
    arrive(rig, "one.jpg", true);
    work(rig, COPIER, NULL, 1);
    assert_int_equal(in_dossier(rig, first), 1);
    assert_int_equal(in_dossier(rig, second), 0);
}

static void each_file_keeps_the_feed_alive(void **state)
{
    struct rig *rig = *state;
    char dossier[ID_SIZE];
    rig_dossier(rig, NULL, -1, dossier);
    feed(rig, dossier);
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE import_folder SET feed_until_us = feed_until_us - 50000000",
                     DB_BIND_NONE, err));
    int64_t before = rig_number(rig, "SELECT feed_until_us FROM import_folder");
    arrive(rig, "one.jpg", true);
    assert_true(rig_number(rig, "SELECT feed_until_us FROM import_folder") > before + 40000000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_signed_file_goes_its_way_unsigned_by_us),
        TEST(a_broken_signature_holds_it_until_a_person_says_so),
        TEST(nobody_changes_the_pages_of_a_signed_file),
        TEST(a_signed_file_is_one_paper_whatever_starts_in_it),
        TEST(a_pass_may_be_killed_at_every_step),
        TEST(a_signed_file_that_stopped_is_not_shown_as_whole),
        TEST(files_stand_in_the_order_they_were_handed_over),
        TEST(a_paper_somebody_scans_into_is_not_finished_by_a_file),
        TEST(the_same_bytes_are_the_same_item_unless_thrown_away),
        TEST(a_retry_goes_on_where_it_stopped),
        TEST(a_file_that_breaks_in_the_middle_asks_before_it_is_compared),
        TEST(an_answer_stands_until_another_file_breaks),
        TEST(a_word_file_handed_over_is_no_paper),
        TEST(a_file_belongs_to_the_dossier_fed_when_it_was_first_seen),
        TEST(no_file_lands_in_a_dossier_that_is_over),
        TEST(nobody_gets_a_strangers_file_unasked),
        TEST(what_is_left_goes_into_no_dossier_until_it_is_taken),
        TEST(a_file_tried_again_stays_with_its_dossier),
        TEST(each_file_keeps_the_feed_alive),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
