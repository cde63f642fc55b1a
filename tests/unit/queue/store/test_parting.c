#include "queue/store/counts.h"
#include "queue/store/parting.h"
#include "tests/unit/queue/store/rig.h"

#include "daemon/base/file.h"

#include <time.h>

/* A pile out of the feeder, as it was understood: one letter a page.
 *   S starts a paper surely, s may start one, t hardly does, p a page inside, | a separator sheet,
 *   B the page behind one */

static struct js *start_of(char letter)
{
    switch (letter) {
    case 'S':
        return js_pack("{s:{s:b, s:f, s:s}}", "starts_document", "value", 1, "confidence", 0.95,
                       "why", "motto");
    case 's':
        return js_pack("{s:{s:b, s:f, s:s}}", "starts_document", "value", 1, "confidence", 0.75,
                       "why", "title");
    case 't':
        return js_pack("{s:{s:b, s:f, s:s}}", "starts_document", "value", 1, "confidence", 0.55,
                       "why", "title");
    case 'B':
        return js_pack("{s:{s:b, s:f, s:s}}", "starts_document", "value", 1, "confidence", 0.99,
                       "why", "separator");
    case '|':
        return js_pack("{s:{s:b, s:f}, s:s}", "starts_document", "value", 0, "confidence", 0.99,
                       "separator", "patch");
    default:
        return js_pack("{s:{s:b, s:f}}", "starts_document", "value", 0, "confidence", 0.9);
    }
}

/* The document is read, with that said of its pages. False: nothing was due. */
static bool understand(struct rig *rig, const char *letters)
{
    AUTO(job) struct job *job = rig_claim(rig, "understand");
    if (!job)
        return false;
    int fds[2] = {-1, -1};
    AUTO(js) struct js *answer = rig_result(job, fds);
    AUTO(js) struct js *pages = js_array();
    for (; *letters; letters++)
        assert_true(js_push(pages, start_of(*letters)));
    assert_true(js_set(answer, "pages", js_ref(pages)));
    ASSERT_OK(store_complete(rig->store, job_text(job, "claim"), answer, NULL, 0, MACHINE, err));
    return true;
}

static void understand_rest(struct rig *rig)
{
    while (understand(rig, "p"))
        ;
}

static struct paper scan_as(struct rig *rig, size_t pages, const char *separators,
                            const char *split)
{
    struct paper paper;
    rig_dossier(rig, NULL, -1, paper.dossier);
    ASSERT_OK(document_create_pile(rig->store, paper.dossier, separators, split, CLERK,
                                   paper.document, err));
    for (size_t i = 0; i < pages; i++) {
        char content[40], id[ID_SIZE], job[] = "0190a000-0000-7000-8000-000000000001";
        struct page_capture like = {.sheet = (int64_t)i + 1, .job = job};
        snprintf(content, sizeof content, "sheet %zu", i + 1);
        ASSERT_OK(rig_try_capture(rig, &paper, content, like, id, err));
    }
    ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));
    while (rig_work(rig, "recognize"))
        ;
    return paper;
}

static struct paper scan_pile(struct rig *rig, size_t pages)
{
    return scan_as(rig, pages, NULL, NULL);
}

/* Sheets by paper, those set aside in brackets: "1 2 | 4 [3]". */
static void expect_papers(struct rig *rig, const char *wanted)
{
    AUTO(mem) char *told = NULL;
    ASSERT_OK(db_text(
        rig->store->db,
        "SELECT group_concat(said, ' | ') FROM (SELECT group_concat(sheet, ' ') AS said FROM "
        "(SELECT d.id AS document, d.ordinal AS ordinal, CASE WHEN p.separator IS NULL THEN "
        "p.sheet ELSE '[' || p.sheet || ']' END AS sheet FROM page p JOIN document d "
        "ON d.id = p.document_id WHERE d.state <> 'rejected' ORDER BY d.ordinal, "
        "p.state = 'rejected', p.position) GROUP BY document ORDER BY ordinal)",
        DB_BIND_NONE, &told, err));
    assert_string_equal(told, wanted);
}

static int64_t questions(struct rig *rig)
{
    return rig_number(rig, "SELECT count(*) FROM question WHERE code = 'paper_start' "
                           "AND answer IS NULL");
}

static void a_pile_whose_starts_are_sure_is_parted_and_else_it_asks(void **state)
{
    static const struct {
        const char *why, *pile, *papers;
        int64_t asked;
    } rows[] = {
        {"three papers", "SpSSp", "1 2 | 3 | 4 5", 0},
        {"one paper", "Sppp", "1 2 3 4", 0},
        {"one may start", "SpSsp", "1 2 3 4 5", 2},
        {"what hardly starts is not asked", "SptSp", "1 2 3 | 4 5", 0},
        {"separators", "Sp|Bp", "1 2 [3] | 4 5", 0},
        {"a separator first and last", "|BpS|", "2 3 [1] | 4 [5]", 0},
        {"two in a row", "S||B", "1 [2] [3] | 4", 0},
        {"a separator and a sure start", "SpS|B", "1 2 | 3 [4] | 5", 0},
        {"a separator and one that may be", "Sps|B", "1 2 3 [4] | 5", 1},
        {"separators only", "||", NULL, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        void *own = NULL;
        rig_setup(&own);
        struct rig *rig = own;
        scan_pile(rig, strlen(rows[i].pile));
        assert_true(understand(rig, rows[i].pile));
        understand_rest(rig);
        print_message("%s\n", rows[i].why);
        if (rows[i].papers)
            expect_papers(rig, rows[i].papers);
        assert_int_equal(questions(rig), rows[i].asked);
        assert_int_equal(rig_number(rig, "SELECT count(*) FROM document WHERE state = 'open'"), 0);
        rig_check_invariants(rig);
        rig_teardown(&own);
    }
}

static void a_separator_is_no_page_and_comes_back_as_one_for_good(void **state)
{
    struct rig *rig = *state;
    struct counts counts;
    AUTO(mem) char *sheet = NULL;
    struct paper paper = scan_pile(rig, 4);
    understand(rig, "Sp|B");
    understand_rest(rig);
    ASSERT_OK(counts_of_dossier(rig->store, paper.dossier, &counts, err));
    assert_int_equal(counts.papers, 2);
    assert_int_equal(counts.images, 3);
    assert_int_equal(counts.sides, 3);
    assert_int_equal(counts.separators, 1);
    ASSERT_OK(db_text(rig->store->db, "SELECT id FROM page WHERE separator = 'patch'", DB_BIND_NONE,
                      &sheet, err));
    AUTO(js) struct js *seen = rig_view(rig, sheet);
    assert_string_equal(js_text_or(seen, "separator", ""), "patch");
    ASSERT_OK(page_restore(rig->store, sheet, CLERK, err));
    expect_papers(rig, "1 2 3 | 4");
    AUTO(job) struct job *job = rig_claim(rig, "understand");
    assert_true(js_bool_or(job->body, "args.pages[2].is_page", false));
    assert_string_equal(job_text(job, "args.separators"), "none"); /* not parted again */
    ASSERT_OK(counts_of_dossier(rig->store, paper.dossier, &counts, err));
    assert_int_equal(counts.images, 4);
    assert_int_equal(counts.separators, 0);
}

static void what_a_person_joins_stays_joined(void **state)
{
    struct rig *rig = *state;
    AUTO(mem) char *second = NULL;
    struct paper paper = scan_pile(rig, 3);
    understand(rig, "SpS");
    understand_rest(rig);
    expect_papers(rig, "1 2 | 3");
    ASSERT_OK(db_text(rig->store->db, "SELECT id FROM document WHERE ordinal = 2", DB_BIND_NONE,
                      &second, err));
    ASSERT_OK(document_join(rig->store, paper.document, second, CLERK, err));
    understand(rig, "SpS");
    understand_rest(rig);
    expect_papers(rig, "1 2 3");
    assert_int_equal(questions(rig), 0);
}

static void more_papers_than_were_said_are_proposed_only(void **state)
{
    struct rig *rig = *state;
    struct paper paper = scan_pile(rig, 3);
    ASSERT_OK(db_run(rig->store->db, "UPDATE dossier SET papers = 1 WHERE id = ?",
                     DB_BIND(DB_TEXT(paper.dossier)), err));
    understand(rig, "SpS");
    expect_papers(rig, "1 2 3");
    assert_int_equal(questions(rig), 1);
}

static void the_profile_says_how_a_pile_is_parted(void **state)
{
    static const struct {
        const char *separators, *split, *told, *papers;
        int64_t asked;
    } rows[] = {
        {NULL, NULL, "patch,code", "1 2 | 3", 0},
        {"none", "off", "none", "1 2 3", 0},
        {"patch,blank", "propose", "patch,blank", "1 2 3", 1},
        {NULL, "off", "patch,code", "1 2 3", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        void *own = NULL;
        rig_setup(&own);
        struct rig *rig = own;
        struct paper paper = scan_as(rig, 3, rows[i].separators, rows[i].split);
        struct parting parting;
        char told[SEPARATORS_SIZE], id[ID_SIZE];
        ASSERT_OK(parting_of_document(rig->store, paper.document, &parting, err));
        parting_separators(&parting, told);
        assert_string_equal(told, rows[i].told);
        understand(rig, "SpS");
        understand_rest(rig);
        expect_papers(rig, rows[i].papers);
        assert_int_equal(questions(rig), rows[i].asked);
        ASSERT_ERR(ERR_BAD_ARGUMENT,
                   document_create_pile(rig->store, paper.dossier, "red", NULL, CLERK, id, err));
        ASSERT_ERR(ERR_BAD_ARGUMENT,
                   document_create_pile(rig->store, paper.dossier, NULL, "much", CLERK, id, err));
        rig_teardown(&own);
    }
}

static void pages_from_the_glass_and_new_versions_are_left_alone(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char id[ID_SIZE];
    rig_page(rig, &paper, "one", id);
    rig_page(rig, &paper, "two", id);
    ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));
    ASSERT_OK(db_run(rig->store->db, "UPDATE page SET sheet = 0", DB_BIND_NONE, err));
    while (rig_work(rig, "recognize"))
        ;
    assert_true(understand(rig, "SS"));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document"), 1);
}

static void a_daemon_that_dies_has_parted_all_or_nothing(void **state)
{
    struct rig *rig = *state;
    scan_pile(rig, 5);
    AUTO(job) struct job *job = rig_claim(rig, "understand");
    AUTO(js) struct js *pages = js_array();
    int fds[2] = {-1, -1};
    AUTO(js) struct js *answer = rig_result(job, fds);
    for (const char *letter = "S|BSp"; *letter; letter++)
        assert_true(js_push(pages, start_of(*letter)));
    assert_true(js_set(answer, "pages", js_ref(pages)));
    /* the last thing written refuses: nothing of it is there */
    ASSERT_OK(db_run(rig->store->db,
                     "CREATE TRIGGER no BEFORE INSERT ON document WHEN new.ordinal = 3 BEGIN "
                     "SELECT raise(ABORT, 'no'); END",
                     DB_BIND_NONE, err));
    struct err err = ERR_INIT;
    assert_int_not_equal(
        store_complete(rig->store, job_text(job, "claim"), answer, NULL, 0, MACHINE, &err), ERR_OK);
    rig_reopen(rig);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document"), 1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page WHERE separator IS NOT NULL"), 0);
    ASSERT_OK(db_run(rig->store->db, "DROP TRIGGER no", DB_BIND_NONE, err));
    AUTO(job) struct job *again = rig_claim(rig, "understand");
    for (int told = 0; told < 2; told++)
        ASSERT_OK(
            store_complete(rig->store, job_text(again, "claim"), answer, NULL, 0, MACHINE, err));
    expect_papers(rig, "1 [2] | 3 | 4 5");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'part'"), 1);
}

static void two_questions_about_a_page_are_answered_in_either_order_and_once(void **state)
{
    static const char *const codes[] = {QUESTION_START, QUESTION_EQUAL};
    (void)state;
    for (int first = 0; first < 2; first++) {
        void *own = NULL;
        AUTO(mem) char *page = NULL;
        rig_setup(&own);
        struct rig *rig = own;
        struct paper paper = scan_pile(rig, 2);
        ASSERT_OK(
            db_run(rig->store->db, "UPDATE page SET pixel_sha256 = 'same'", DB_BIND_NONE, err));
        ASSERT_OK(questions_follow_neighbours(rig->store, paper.document, err));
        assert_true(understand(rig, "Ss"));
        ASSERT_OK(db_text(rig->store->db, "SELECT id FROM page WHERE sheet = 2", DB_BIND_NONE,
                          &page, err));
        for (int i = 0; i < 2; i++) {
            ASSERT_ERR(ERR_PAGE_QUESTION,
                       questions_check_answered(rig->store, paper.document, err));
            ASSERT_OK(page_answer(rig->store, page, codes[(first + i) % 2], true, CLERK, err));
        }
        ASSERT_OK(page_turn(rig->store, page, 180, CLERK, err));
        rig_reopen(rig);
        while (rig_work(rig, "recognize"))
            ;
        assert_true(understand(rig, "Ss"));
        ASSERT_OK(questions_check_answered(rig->store, paper.document, err));
        rig_teardown(&own);
    }
}

/* As many pages like the first, recognised; what a pile of sheets looks like when it is read. */
static void grow_pile(struct rig *rig, const struct paper *paper, int pages)
{
    ASSERT_OK(db_run(rig->store->db,
                     "CREATE TEMP TABLE more AS SELECT * FROM page WHERE document_id = ?",
                     DB_BIND(DB_TEXT(paper->document)), err));
    for (int i = 2; i <= pages; i++) {
        char id[ID_SIZE];
        id_new(id);
        ASSERT_OK(db_run(rig->store->db,
                         "UPDATE more SET id = ?1, position = ?2, sheet = ?2, "
                         "captured_us = captured_us + 1",
                         DB_BIND(DB_TEXT(id), DB_INT(i)), err));
        ASSERT_OK(db_run(rig->store->db, "INSERT INTO page SELECT * FROM more", DB_BIND_NONE, err));
    }
}

/* The store does nothing else meanwhile. */
static void a_pile_of_five_hundred_papers_is_parted_in_order_and_in_time(void **state)
{
    struct rig *rig = *state;
    char letters[501];
    struct paper paper = scan_pile(rig, 1);
    grow_pile(rig, &paper, 500);
    memset(letters, 'S', 500);
    letters[500] = 0;
    clock_t from = clock();
    assert_true(understand(rig, letters));
    double took_s = (double)(clock() - from) / CLOCKS_PER_SEC;
    print_message("500 papers parted in %.2f s of the processor\n", took_s);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document WHERE state = 'open'"), 500);
    assert_int_equal(rig_number(rig, "SELECT count(DISTINCT ordinal) FROM document"), 500);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page p JOIN document d ON d.id = "
                                     "p.document_id WHERE p.position = 1 AND p.sheet = d.ordinal"),
                     500);
    assert_true(took_s < 20);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pile_whose_starts_are_sure_is_parted_and_else_it_asks),
        T(a_separator_is_no_page_and_comes_back_as_one_for_good),
        T(what_a_person_joins_stays_joined),
        T(more_papers_than_were_said_are_proposed_only),
        cmocka_unit_test(the_profile_says_how_a_pile_is_parted),
        T(pages_from_the_glass_and_new_versions_are_left_alone),
        cmocka_unit_test(two_questions_about_a_page_are_answered_in_either_order_and_once),
        T(a_pile_of_five_hundred_papers_is_parted_in_order_and_in_time),
        T(a_daemon_that_dies_has_parted_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
