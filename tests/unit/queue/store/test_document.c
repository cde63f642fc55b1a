#include "tests/unit/queue/store/rig.h"

#include "daemon/base/hash.h"

/* "abc": the page ids in order of position, by their letter. */
static void expect_pages(struct rig *rig, const char *document, char pages[][ID_SIZE],
                         const char *wanted)
{
    AUTO(js) struct js *list = NULL;
    char found[20] = "";
    size_t count = 0;
    ASSERT_OK(view_pages_of_document(rig->store, document, &list, err));
    for (size_t i = 0; i < js_count(list); i++) {
        const struct js *page = js_item(list, i);
        if (strcmp(js_text_or(page, "state", ""), "rejected") == 0)
            continue;
        assert_int_equal(js_int_or(page, "position", 0), i + 1);
        for (int k = 0; k < 5; k++)
            if (strcmp(js_text_or(page, "id", ""), pages[k]) == 0)
                found[count++] = "abcde"[k];
    }
    assert_string_equal(found, wanted);
    rig_check_invariants(rig);
}

static struct paper five_pages(struct rig *rig, char pages[5][ID_SIZE])
{
    struct paper paper = rig_paper(rig);
    for (int i = 0; i < 5; i++)
        rig_page(rig, &paper, (const char *[]){"A", "B", "C", "D", "E"}[i], pages[i]);
    return paper;
}

static void read_it(struct rig *rig, const char *document)
{
    ASSERT_OK(document_finish_scan(rig->store, document, CLERK, err));
    while (rig_work(rig, "recognize"))
        ;
    assert_true(rig_work(rig, "understand"));
}

static void pages_move_within_their_document(void **state)
{
    struct rig *rig = *state;
    char p[5][ID_SIZE];
    struct paper paper = five_pages(rig, p);
    static const struct {
        int page, position;
        const char *wanted;
    } moves[] = {{0, 5, "bcdea"}, {0, 1, "abcde"},  {4, 2, "aebcd"},      {1, 3, "aebcd"},
                 {2, 1, "caebd"}, {3, 99, "caebd"}, {2, 1000001, "aebdc"}};
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        ASSERT_OK(
            page_move(rig->store, p[moves[i].page], paper.document, moves[i].position, CLERK, err));
        expect_pages(rig, paper.document, p, moves[i].wanted);
    }
}

static void pages_move_between_documents_of_a_dossier_only(void **state)
{
    struct rig *rig = *state;
    char p[5][ID_SIZE], second[ID_SIZE];
    struct paper paper = five_pages(rig, p), other = rig_paper(rig);
    rig_document(rig, paper.dossier, second);
    ASSERT_OK(page_move(rig->store, p[2], second, 1, CLERK, err));
    ASSERT_OK(page_move(rig->store, p[0], second, 1, CLERK, err));
    expect_pages(rig, paper.document, p, "bde");
    expect_pages(rig, second, p, "ac");
    ASSERT_ERR(ERR_BAD_ARGUMENT, page_move(rig->store, p[1], other.document, 1, CLERK, err));
    ASSERT_ERR(ERR_BAD_ARGUMENT, page_move(rig->store, p[1], second, 0, CLERK, err));
}

static void a_read_document_is_read_again_after_its_pages_changed(void **state)
{
    struct rig *rig = *state;
    char p[5][ID_SIZE];
    struct paper paper = five_pages(rig, p);
    read_it(rig, paper.document);
    ASSERT_OK(page_move(rig->store, p[4], paper.document, 1, CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
    assert_true(rig_work(rig, "understand"));
    ASSERT_OK(page_remove(rig->store, p[1], "blank", CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
    assert_true(rig_work(rig, "understand"));
    expect_pages(rig, paper.document, p, "eacd");
}

static void a_result_for_an_earlier_set_of_pages_is_refused(void **state)
{
    struct rig *rig = *state;
    char p[5][ID_SIZE];
    struct paper paper = five_pages(rig, p);
    ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));
    while (rig_work(rig, "recognize"))
        ;
    AUTO(job) struct job *job = rig_claim(rig, "understand");
    ASSERT_OK(page_remove(rig->store, p[0], "wrong paper", CLERK, err));
    ASSERT_ERR(ERR_STATE_CHANGED, rig_complete(rig, job, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
    assert_true(rig_work(rig, "understand"));
}

static void splitting_makes_two_documents_of_one(void **state)
{
    struct rig *rig = *state;
    char p[5][ID_SIZE], second[ID_SIZE];
    struct paper paper = five_pages(rig, p);
    read_it(rig, paper.document);
    ASSERT_OK(document_split(rig->store, paper.document, p[3], CLERK, second, err));
    expect_pages(rig, paper.document, p, "abc");
    expect_pages(rig, second, p, "de");
    assert_true(rig_work(rig, "understand") && rig_work(rig, "understand"));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "read");
    assert_string_equal(state_of(rig, MACHINE_document, second), "read");
    ASSERT_ERR(ERR_BAD_ARGUMENT,
               document_split(rig->store, paper.document, p[0], CLERK, second, err));
    ASSERT_ERR(ERR_BAD_ARGUMENT,
               document_split(rig->store, paper.document, p[4], CLERK, second, err));
}

static void nothing_changes_the_pages_of_a_compared_or_signed_document(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *state;
        enum err_code wanted;
    } cases[] = {{"copied", ERR_STATE_CHANGED},     {"signed", ERR_ALREADY_SIGNED},
                 {"extracted", ERR_ALREADY_SIGNED}, {"coded", ERR_ALREADY_SIGNED},
                 {"queued", ERR_ALREADY_SIGNED},    {"closed", ERR_ALREADY_SIGNED}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper_in(rig, cases[i].state, 2);
        AUTO(js) struct js *list = NULL;
        char id[ID_SIZE];
        ASSERT_OK(view_pages_of_document(rig->store, paper.document, &list, err));
        const char *page = js_text_or(list, "[1].id", "");
        ASSERT_ERR(cases[i].wanted, page_move(rig->store, page, paper.document, 1, CLERK, err));
        ASSERT_ERR(cases[i].wanted, page_remove(rig->store, page, "x", CLERK, err));
        ASSERT_ERR(cases[i].wanted,
                   document_split(rig->store, paper.document, page, CLERK, id, err));
        ASSERT_ERR(ERR_STATE_CHANGED, rig_try_page(rig, &paper, "more", id, err));
        if (cases[i].wanted == ERR_ALREADY_SIGNED)
            ASSERT_ERR(ERR_ALREADY_SIGNED,
                       document_reject(rig->store, paper.document, "x", CLERK, err));
        rig_check_invariants(rig);
    }
}

static void a_held_page_is_released_or_taken_out_and_holds_its_document_back(void **state)
{
    struct rig *rig = *state;
    char p[5][ID_SIZE];
    struct paper paper = five_pages(rig, p);
    ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));
    ASSERT_OK(subject_hold(rig->store, MACHINE_page, p[0], "WORKER_DIED", MACHINE, err));
    ASSERT_OK(subject_hold(rig->store, MACHINE_page, p[1], "WORKER_DIED", MACHINE, err));
    while (rig_work(rig, "recognize"))
        ;
    assert_false(rig_work(rig, "understand"));
    ASSERT_OK(page_remove(rig->store, p[0], "unreadable", CLERK, err));
    assert_false(rig_work(rig, "understand"));
    ASSERT_OK(subject_release(rig->store, MACHINE_page, p[1], CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_page, p[1]), "captured");
    assert_true(rig_work(rig, "recognize"));
    assert_true(rig_work(rig, "understand"));
    expect_pages(rig, paper.document, p, "bcde");
}

static void a_document_without_pages_is_never_read(void **state)
{
    struct rig *rig = *state;
    char p[5][ID_SIZE];
    struct paper empty = rig_paper(rig), emptied = five_pages(rig, p);
    ASSERT_OK(document_finish_scan(rig->store, empty.document, CLERK, err));
    ASSERT_OK(document_finish_scan(rig->store, emptied.document, CLERK, err));
    for (int i = 0; i < 5; i++)
        ASSERT_OK(page_remove(rig->store, p[i], "x", CLERK, err));
    assert_false(rig_work(rig, "understand"));
}

static void a_document_that_lost_its_last_page_is_rejected_as_empty(void **state)
{
    struct rig *rig = *state;
    char p[3][ID_SIZE], second[ID_SIZE], coming[ID_SIZE], temp[PAGE_TEMP_SIZE];
    struct paper moved = rig_paper(rig), removed = rig_paper(rig), scanning = rig_paper(rig);
    int fd;
    rig_document(rig, moved.dossier, second);
    rig_page(rig, &moved, "A", p[0]);
    rig_page(rig, &removed, "B", p[1]);
    rig_page(rig, &scanning, "C", p[2]);
    read_it(rig, removed.document);
    ASSERT_OK(page_move(rig->store, p[0], second, 1, CLERK, err));
    ASSERT_OK(page_remove(rig->store, p[1], "x", CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, moved.document), "rejected");
    assert_string_equal(state_of(rig, MACHINE_document, removed.document), "rejected");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE detail = 'empty'"), 2);
    /* not while the next sheet is in the scanner */
    ASSERT_OK(page_begin(rig->store, scanning.dossier, scanning.document, coming, temp, &fd, err));
    close(fd);
    ASSERT_OK(page_remove(rig->store, p[2], "x", CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, scanning.document), "open");
}

static void a_document_with_only_held_pages_is_not_empty(void **state)
{
    struct rig *rig = *state;
    char p[2][ID_SIZE];
    struct paper paper = rig_paper(rig);
    rig_page(rig, &paper, "A", p[0]);
    rig_page(rig, &paper, "B", p[1]);
    ASSERT_OK(subject_hold(rig->store, MACHINE_page, p[0], "WORKER_DIED", MACHINE, err));
    ASSERT_OK(page_remove(rig->store, p[1], "x", CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
    ASSERT_OK(page_remove(rig->store, p[0], "x", CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "rejected");
}

static void pages_of_a_rejected_document_can_go_to_another(void **state)
{
    struct rig *rig = *state;
    char p[5][ID_SIZE], second[ID_SIZE];
    struct paper paper = five_pages(rig, p);
    rig_document(rig, paper.dossier, second);
    ASSERT_OK(document_reject(rig->store, paper.document, "wrong order", CLERK, err));
    ASSERT_OK(page_move(rig->store, p[0], second, 1, CLERK, err));
    expect_pages(rig, second, p, "a");
    ASSERT_ERR(ERR_STATE_CHANGED, page_move(rig->store, p[0], paper.document, 1, CLERK, err));
}

static void the_old_version_stays_valid_until_the_new_one_is_signed(void **state)
{
    struct rig *rig = *state;
    struct paper old = rig_paper_in(rig, "queued", 1), fresh = old;
    char delivery[ID_SIZE], again[ID_SIZE];
    rig_delivery(rig, old.document, delivery);
    ASSERT_OK(
        document_replace(rig->store, old.document, "page missing", CLERK, fresh.document, err));
    ASSERT_ERR(ERR_VERSION_UNDER_WAY,
               document_replace(rig->store, old.document, "again", CLERK, again, err));
    rig_page(rig, &fresh, "better", NULL);
    read_it(rig, fresh.document);
    rig_confirm(rig, fresh.document);
    assert_true(rig_work(rig, "compose"));
    assert_string_equal(state_of(rig, MACHINE_document, old.document), "queued");
    assert_true(rig_work(rig, "seal"));
    assert_string_equal(state_of(rig, MACHINE_document, old.document), "superseded");
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawn");
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, fresh.document, &view, err));
    assert_int_equal(js_int_or(view, "version", 0), 2);
    assert_string_equal(js_text_or(view, "replaces", ""), old.document);
}

/* Out of the next case's way. */
static void park_all(struct rig *rig)
{
    ASSERT_OK(db_script(rig->store->db,
                        "UPDATE document SET state = 'closed', held_from = NULL; "
                        "UPDATE page SET state = 'recognized', held_from = NULL; "
                        "UPDATE delivery SET state = 'reconciled', held_from = NULL",
                        err));
}

static void replace_and_sign(struct rig *rig, const struct paper *old, const char *content)
{
    struct paper fresh = *old;
    ASSERT_OK(document_replace(rig->store, old->document, "x", CLERK, fresh.document, err));
    rig_page(rig, &fresh, content, NULL);
    read_it(rig, fresh.document);
    rig_confirm(rig, fresh.document);
    assert_true(rig_work(rig, "compose") && rig_work(rig, "seal"));
    assert_string_equal(state_of(rig, MACHINE_document, old->document), "superseded");
}

static void what_was_not_sent_of_the_old_version_ends_held_or_coming_back(void **state)
{
    struct rig *rig = *state;
    struct paper held = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, held.document, delivery);
    ASSERT_OK(subject_hold(rig->store, MACHINE_delivery, delivery, "x", CLERK, err));
    replace_and_sign(rig, &held, "A2");
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawn");

    park_all(rig);
    struct paper sending = rig_paper_in(rig, "queued", 1);
    rig_delivery(rig, sending.document, delivery);
    AUTO(job) struct job *job = rig_claim(rig, "send");
    assert_string_equal(job_text(job, "id"), delivery);
    replace_and_sign(rig, &sending, "B2");
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "sending");
    struct failure failure = {.code = "TARGET_UNREACHABLE", .action = FAILURE_RETRY};
    ASSERT_OK(store_fail(rig->store, job_text(job, "claim"), &failure, MACHINE, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawn");

    park_all(rig);
    struct paper sent = rig_paper_in(rig, "queued", 1);
    rig_delivery(rig, sent.document, delivery);
    assert_true(rig_work(rig, "send"));
    replace_and_sign(rig, &sent, "C2");
    AUTO(job) struct job *accept = rig_claim(rig, "accept");
    failure.code = "NOT_FOUND";
    ASSERT_OK(store_fail(rig->store, job_text(accept, "claim"), &failure, MACHINE, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "withdrawn");
}

static void only_a_signed_document_is_replaced(void **state)
{
    struct rig *rig = *state;
    static const char *const unsigned_states[] = {"open", "read", "copied"};
    char id[ID_SIZE];
    for (size_t i = 0; i < COUNT_OF(unsigned_states); i++) {
        struct paper paper = rig_paper_in(rig, unsigned_states[i], 1);
        ASSERT_ERR(ERR_STATE_CHANGED,
                   document_replace(rig->store, paper.document, "x", CLERK, id, err));
    }
}

static void the_same_pixels_twice_in_a_row_are_marked(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    static const struct {
        const char *content;
        bool equal;
    } sheets[] = {{"A", false}, {"B", false}, {"B", true}, {"A", false}};
    for (size_t i = 0; i < COUNT_OF(sheets); i++) {
        char id[ID_SIZE];
        AUTO(js) struct js *page = NULL;
        rig_page(rig, &paper, sheets[i].content, id);
        ASSERT_OK(view_page(rig->store, id, &page, err));
        assert_int_equal(js_bool_or(page, "equal_to_previous", false), sheets[i].equal);
    }
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM blob"), 2);
}

static void a_page_comes_after_the_scan_is_finished_only_if_it_was_begun_before(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char id[ID_SIZE];
    rig_page(rig, &paper, "A", NULL);
    ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));
    ASSERT_ERR(ERR_STATE_CHANGED, rig_try_page(rig, &paper, "B", id, err));
    while (rig_work(rig, "recognize"))
        ;
    assert_true(rig_work(rig, "understand"));
    ASSERT_OK(document_reopen(rig->store, paper.document, CLERK, err));
    rig_page(rig, &paper, "B", NULL);
}

/* The sheet is in the scanner when the document goes on to `state` (held: from there). */
static enum err_code commit_late(struct rig *rig, const char *state, bool held,
                                 struct paper *out_paper, struct err *err)
{
    struct paper paper = rig_paper_in(rig, "open", 1);
    char id[ID_SIZE], temp[PAGE_TEMP_SIZE], sha256[HASH_HEX_SIZE];
    int fd;
    ASSERT_OK(page_begin(rig->store, paper.dossier, paper.document, id, temp, &fd, err));
    assert_int_equal(write(fd, "late", 4), 4);
    close(fd);
    hash_bytes("late", 4, sha256);
    ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));
    if (strcmp(state, "open") != 0) {
        while (rig_work(rig, "recognize"))
            ;
        assert_true(rig_work(rig, "understand"));
    }
    if (held)
        ASSERT_OK(subject_hold(rig->store, MACHINE_document, paper.document, "x", CLERK, err));
    bool compared = strcmp(state, "copied") == 0 || strcmp(state, "signed") == 0;
    if (compared)
        rig_confirm(rig, paper.document);
    if (strcmp(state, "signed") == 0)
        assert_true(rig_work(rig, "compose") && rig_work(rig, "seal"));
    struct page_capture capture = {.page_id = id,
                                   .temp = temp,
                                   .sha256 = sha256,
                                   .pixel_sha256 = sha256,
                                   .size_bytes = 4,
                                   .device = "d",
                                   .side = "front",
                                   .captured_by = "c"};
    *out_paper = paper;
    return page_commit(rig->store, &capture, CLERK, err);
}

static void a_sheet_that_passed_the_scanner_is_kept_until_its_document_was_compared(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *state;
        bool held;
        enum err_code wanted;
    } cases[] = {{"open", false, ERR_OK},
                 {"read", false, ERR_OK},
                 {"read", true, ERR_OK},
                 {"copied", false, ERR_STATE_CHANGED},
                 {"signed", false, ERR_ALREADY_SIGNED}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper;
        struct err err = ERR_INIT;
        enum err_code code = commit_late(rig, cases[i].state, cases[i].held, &paper, &err);
        if (code != cases[i].wanted)
            fail_msg("%s: %s", cases[i].state, err.detail);
        AUTO(js) struct js *view = NULL;
        ASSERT_OK(view_document(rig->store, paper.document, &view, err));
        assert_int_equal(js_int_or(view, "pages", 0), code ? 1 : 2);
        assert_string_equal(js_text_or(view, "state", ""), code ? cases[i].state : "open");
        assert_int_equal(js_bool_or(view, "scan_finished", false), code != ERR_OK);
        rig_check_invariants(rig);
        park_all(rig);
    }
}

static void images_thumbnails_and_words_come_back_as_they_went_in(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *what, *type;
    } kinds[] = {{"image", "image/tiff"}, {"thumb", "image/jpeg"}, {"words", "application/json"}};
    struct paper paper = rig_paper(rig);
    char id[ID_SIZE];
    rig_page(rig, &paper, "II*", id);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        int fd;
        int64_t size;
        const char *type;
        if (i == 1) {
            ASSERT_ERR(ERR_NOT_FOUND, page_image(rig->store, id, "thumb", &fd, &size, &type, err));
            assert_true(rig_work(rig, "recognize"));
        }
        ASSERT_OK(page_image(rig->store, id, kinds[i].what, &fd, &size, &type, err));
        assert_string_equal(type, kinds[i].type);
        assert_int_equal(lseek(fd, 0, SEEK_END), size);
        assert_int_equal(write(fd, "x", 1), -1);
        close(fd);
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(pages_move_within_their_document),
        T(pages_move_between_documents_of_a_dossier_only),
        T(a_read_document_is_read_again_after_its_pages_changed),
        T(a_result_for_an_earlier_set_of_pages_is_refused),
        T(splitting_makes_two_documents_of_one),
        T(nothing_changes_the_pages_of_a_compared_or_signed_document),
        T(a_held_page_is_released_or_taken_out_and_holds_its_document_back),
        T(a_document_without_pages_is_never_read),
        T(a_document_that_lost_its_last_page_is_rejected_as_empty),
        T(a_document_with_only_held_pages_is_not_empty),
        T(pages_of_a_rejected_document_can_go_to_another),
        T(the_old_version_stays_valid_until_the_new_one_is_signed),
        T(what_was_not_sent_of_the_old_version_ends_held_or_coming_back),
        T(only_a_signed_document_is_replaced),
        T(the_same_pixels_twice_in_a_row_are_marked),
        T(a_page_comes_after_the_scan_is_finished_only_if_it_was_begun_before),
        T(a_sheet_that_passed_the_scanner_is_kept_until_its_document_was_compared),
        T(images_thumbnails_and_words_come_back_as_they_went_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
