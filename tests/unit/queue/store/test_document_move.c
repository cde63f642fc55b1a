#include "queue/store/component.h"
#include "queue/store/document_move.h"
#include "queue/store/parting.h"
#include "queue/store/scan_gate.h"
#include "queue/store/stray.h"
#include "tests/unit/queue/store/case_rig.h"

/* A pile of several dossiers out of the feeder, one letter a page: A, B, C the receipt of that
 * dossier, '+' another paper that surely starts, '.' a page inside, '-' before any code. */

static const char *const codes[] = {"H56.14-260105-0001", "H56.14-260105-0002",
                                    "H56.14-260105-0003"};

static struct js *start_of(char letter, const char **code)
{
    bool receipt = letter >= 'A' && letter <= 'C';
    *code = receipt ? codes[letter - 'A'] : *code;
    if (letter == '.' || letter == '-')
        return js_pack("{s:{s:b, s:f, s:s*}}", "starts_document", "value", 0, "confidence", 0.9,
                       "dossier_code", *code);
    return js_pack("{s:{s:b, s:f, s:s, s:s*}}", "starts_document", "value", 1, "confidence", 0.95,
                   "why", receipt ? "dossier" : "motto", "dossier_code", *code);
}

static bool understand(struct rig *rig, const char *letters)
{
    AUTO(job) struct job *job = rig_claim(rig, "understand");
    const char *code = NULL;
    if (!job)
        return false;
    int fds[2] = {-1, -1};
    AUTO(js) struct js *answer = rig_result(job, fds);
    AUTO(js) struct js *pages = js_array();
    for (; *letters; letters++)
        assert_true(js_push(pages, start_of(*letters, &code)));
    assert_true(js_set(answer, "pages", js_ref(pages)));
    ASSERT_OK(store_complete(rig->store, job_text(job, "claim"), answer, NULL, 0, MACHINE, err));
    return true;
}

/* Parted, and each paper read by itself: alone it does not say what it lay behind. */
static void pile_into(struct rig *rig, const char *letters, struct paper *paper)
{
    ASSERT_OK(
        document_create_pile(rig->store, paper->dossier, NULL, NULL, CLERK, paper->document, err));
    for (size_t i = 0; letters[i]; i++) {
        char content[40], id[ID_SIZE], job[] = "0190a000-0000-7000-8000-000000000001";
        struct page_capture like = {.sheet = (int64_t)i + 1, .job = job};
        snprintf(content, sizeof content, "sheet %zu", i + 1);
        ASSERT_OK(rig_try_capture(rig, paper, content, like, id, err));
    }
    ASSERT_OK(document_finish_scan(rig->store, paper->document, CLERK, err));
    while (rig_work(rig, "recognize"))
        ;
    assert_true(understand(rig, letters));
    while (understand(rig, "."))
        ;
}

static struct paper scan_pile(struct rig *rig, const char *letters, const char *code)
{
    struct paper paper;
    rig_dossier(rig, code, -1, paper.dossier);
    pile_into(rig, letters, &paper);
    return paper;
}

/* "1 2 | 3? 4": sheets by paper in order, '?' where it asks whether it belongs elsewhere. */
static void expect_papers(struct rig *rig, const char *dossier, const char *wanted)
{
    AUTO(mem) char *told = NULL;
    ASSERT_OK(db_text(
        rig->store->db,
        "SELECT group_concat(said, ' | ') FROM (SELECT group_concat(sheet, ' ') AS said FROM "
        "(SELECT d.id AS document, d.ordinal AS ordinal, p.sheet || CASE WHEN EXISTS (SELECT 1 "
        "FROM question q WHERE q.page_id = p.id AND q.code = 'other_dossier' "
        "AND q.answer IS NULL) THEN '?' ELSE '' END AS sheet FROM page p JOIN document d "
        "ON d.id = p.document_id WHERE d.state <> 'rejected' AND p.dossier_id = ?1 AND "
        "d.dossier_id = ?1 ORDER BY d.ordinal, p.position) GROUP BY document ORDER BY ordinal)",
        DB_BIND(DB_TEXT(dossier)), &told, err));
    assert_string_equal(told ? told : "", wanted);
}

/* The paper that sheet is in. */
static void paper_of(struct rig *rig, int64_t sheet, char out[ID_SIZE])
{
    AUTO(mem) char *id = NULL;
    ASSERT_OK(db_text(rig->store->db,
                      "SELECT document_id FROM page WHERE sheet = ? AND state <> 'rejected'",
                      DB_BIND(DB_INT(sheet)), &id, err));
    assert_non_null(id);
    memcpy(out, id, ID_SIZE);
}

static void dossier_of(struct rig *rig, const char *code, char out[ID_SIZE])
{
    AUTO(mem) char *id = NULL;
    ASSERT_OK(db_text(rig->store->db, "SELECT id FROM dossier WHERE code = ?",
                      DB_BIND(DB_TEXT(code)), &id, err));
    assert_non_null(id);
    memcpy(out, id, ID_SIZE);
}

static struct js *move_alike(struct rig *rig, const char *id, const char *code)
{
    struct js *moved = NULL;
    ASSERT_OK(document_move(rig->store, id, &(struct move_wish){.code = code, .alike = true}, CLERK,
                            &moved, err));
    return moved;
}

static void papers_behind_another_code_ask_and_no_others(void **state)
{
    static const struct {
        const char *why, *pile, *code, *papers;
    } rows[] = {
        {"one dossier", "A.+.", "H56.14-260105-0001", "1 2 | 3 4"},
        {"two", "A+B.+", "H56.14-260105-0001", "1 | 2 | 3? 4 | 5?"},
        {"none is its own", "B+", "H56.14-260105-0001", "1? | 2?"},
        {"without a code the first is meant", "A+B+", NULL, "1 | 2 | 3? | 4?"},
        {"before the first code nothing is known", "-+B+", "H56.14-260105-0001", "1 | 2 | 3? | 4?"},
        {"and back again", "AB.A+", "H56.14-260105-0001", "1 | 2? 3 | 4 | 5"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        void *own = NULL;
        rig_setup(&own);
        struct rig *rig = own;
        struct paper paper = scan_pile(rig, rows[i].pile, rows[i].code);
        print_message("%s\n", rows[i].why);
        expect_papers(rig, paper.dossier, rows[i].papers);
        rig_teardown(&own);
    }
}

static void a_pile_comes_apart_into_its_dossiers(void **state)
{
    struct rig *rig = *state;
    char second[ID_SIZE], third[ID_SIZE], id[ID_SIZE];
    rig_dossier(rig, codes[2], -1, third); /* one is there, with a paper of its own */
    struct paper paper = scan_pile(rig, "A+B.+C+", codes[0]);
    paper_of(rig, 5, id);
    ASSERT_ERR(ERR_PAGE_QUESTION, questions_check_answered(rig->store, id, err));
    AUTO(js) struct js *moved = move_alike(rig, id, codes[1]);
    assert_int_equal(js_count(js_at(moved, "moved")), 2);
    paper_of(rig, 6, id);
    AUTO(js) struct js *rest = move_alike(rig, id, codes[2]);
    while (understand(rig, "."))
        ;
    dossier_of(rig, codes[1], second);
    expect_papers(rig, paper.dossier, "1 | 2");
    expect_papers(rig, second, "5 | 3 4");
    expect_papers(rig, third, "6 | 7");
    assert_string_equal(js_text_or(rest, "dossier_id", ""), third);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'move'"), 4);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM document WHERE state = 'open'"), 0);
    rig_check_invariants(rig);
}

static void it_is_read_for_its_new_dossier_and_comes_back_where_it_was(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], other[ID_SIZE];
    struct paper paper = scan_pile(rig, "AB+", codes[0]);
    paper_of(rig, 2, id);
    AUTO(js) struct js *moved = NULL;
    ASSERT_OK(document_move(rig->store, id, &(struct move_wish){.code = "h56.14-260105-0002"},
                            CLERK, &moved, err));
    dossier_of(rig, codes[1], other);
    assert_int_equal(js_int_or(js_item(js_at(moved, "moved"), 0), "ordinal", 0), 2);
    AUTO(job) struct job *job = rig_claim(rig, "understand");
    assert_string_equal(job_text(job, "args.dossier.code"), codes[1]);
    AUTO(js) struct js *back = NULL;
    ASSERT_OK(document_move(rig->store, id,
                            &(struct move_wish){.dossier_id = paper.dossier, .ordinal = 2}, CLERK,
                            &back, err));
    expect_papers(rig, paper.dossier, "1 | 2? | 3?");
    AUTO(js) struct js *late = NULL; /* its place may be taken meanwhile */
    ASSERT_OK(document_move(rig->store, id, &(struct move_wish){.dossier_id = other, .ordinal = 1},
                            CLERK, &late, err));
    paper_of(rig, 3, id);
    AUTO(js) struct js *last = NULL;
    ASSERT_OK(document_move(rig->store, id, &(struct move_wish){.dossier_id = other, .ordinal = 1},
                            CLERK, &last, err));
    expect_papers(rig, other, "2 | 3");
}

static void a_paper_that_belongs_here_is_asked_about_once(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    AUTO(mem) char *page = NULL;
    struct paper paper = scan_pile(rig, "AB+", codes[0]);
    paper_of(rig, 2, id);
    ASSERT_OK(
        db_text(rig->store->db, "SELECT id FROM page WHERE sheet = 2", DB_BIND_NONE, &page, err));
    ASSERT_OK(page_answer(rig->store, page, QUESTION_STRAY, true, CLERK, err));
    ASSERT_OK(page_turn(rig->store, page, 180, CLERK, err));
    rig_reopen(rig);
    while (rig_work(rig, "recognize"))
        ;
    assert_true(understand(rig, "B"));
    expect_papers(rig, paper.dossier, "1 | 2 | 3?");
    ASSERT_OK(questions_check_answered(rig->store, id, err));
    paper_of(rig, 3, id); /* nor does it go along with those that do not belong */
    AUTO(js) struct js *moved = move_alike(rig, id, codes[1]);
    assert_int_equal(js_count(js_at(moved, "moved")), 1);
}

static void binding_the_code_asks_about_the_others(void **state)
{
    struct rig *rig = *state;
    struct paper paper = scan_pile(rig, "AB", NULL);
    expect_papers(rig, paper.dossier, "1 | 2?");
    ASSERT_OK(dossier_update(rig->store, paper.dossier, codes[1], -1, -1, CLERK, err));
    expect_papers(rig, paper.dossier, "1? | 2");
}

static void which_wanted_paper_it_is_holds_for_its_procedure_only(void **state)
{
    struct rig *rig = *state;
    char same[ID_SIZE], none[ID_SIZE];
    AUTO(js) struct js *moved = NULL;
    AUTO(js) struct js *again = NULL;
    case_put_marriage(rig);
    struct paper paper = rig_paper_in(rig, "read", 1);
    rig_dossier(rig, NULL, -1, same);
    rig_dossier(rig, NULL, -1, none);
    case_settle(rig, paper.dossier, PROCEDURE, "2026-01-05");
    case_settle(rig, same, PROCEDURE, "2026-01-05");
    ASSERT_OK(scan_gate_say(rig->store, paper.document, &(struct scan_for){.code = "KQ.G15.000032"},
                            CLERK, err));
    ASSERT_OK(document_move(rig->store, paper.document, &(struct move_wish){.dossier_id = same},
                            CLERK, &moved, err));
    case_expect_is(rig, paper.document, "result", "KQ.G15.000032", "said");
    EXPECT_PAPER(same, "KQ.G15.000032", "state", "have");
    EXPECT_PAPER(paper.dossier, "KQ.G15.000032", "state", "awaited");
    ASSERT_OK(document_move(rig->store, paper.document, &(struct move_wish){.dossier_id = none},
                            CLERK, &again, err));
    case_expect_is(rig, paper.document, "", "", "");
}

static void pages_taken_out_and_separators_go_along(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], other[ID_SIZE], page[ID_SIZE];
    AUTO(js) struct js *moved = NULL;
    struct paper paper = rig_paper(rig);
    rig_dossier(rig, NULL, -1, other);
    rig_page(rig, &paper, "one", id);
    rig_page(rig, &paper, "two", page);
    ASSERT_OK(page_remove(rig->store, page, "twice", CLERK, err));
    ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));
    ASSERT_OK(document_move(rig->store, paper.document, &(struct move_wish){.dossier_id = other},
                            CLERK, &moved, err));
    ASSERT_OK(page_restore(rig->store, page, CLERK, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM page p JOIN document d ON d.id = "
                                     "p.document_id WHERE p.dossier_id = d.dossier_id"),
                     2);
    rig_check_invariants(rig);
}

/* The second of them cannot: neither it nor the first has moved, and no dossier was made. */
static void all_of_them_move_or_none(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    struct js *moved = NULL;
    struct err err = ERR_INIT;
    struct paper paper = scan_pile(rig, "AB+", codes[0]);
    paper_of(rig, 2, id);
    ASSERT_OK(db_run(rig->store->db,
                     "CREATE TRIGGER no BEFORE UPDATE OF dossier_id ON page WHEN new.sheet = 3 "
                     "BEGIN SELECT raise(ABORT, 'no'); END",
                     DB_BIND_NONE, err));
    const struct move_wish wish = {.code = codes[1], .alike = true};
    assert_int_not_equal(document_move(rig->store, id, &wish, CLERK, &moved, &err), ERR_OK);
    rig_reopen(rig);
    expect_papers(rig, paper.dossier, "1 | 2? | 3?");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM dossier"), 1);
}

static void what_cannot_move_stays_whole(void **state)
{
    static const struct {
        const char *state;
        enum err_code code;
    } rows[] = {{"copied", ERR_STATE_CHANGED},
                {"signed", ERR_ALREADY_SIGNED},
                {"coded", ERR_ALREADY_SIGNED},
                {"queued", ERR_ALREADY_SIGNED},
                {"closed", ERR_ALREADY_SIGNED}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        void *own = NULL;
        struct js *moved = NULL;
        rig_setup(&own);
        struct rig *rig = own;
        struct paper paper = rig_paper_in(rig, rows[i].state, 1);
        const struct move_wish wish = {.code = codes[2]};
        ASSERT_ERR(rows[i].code,
                   document_move(rig->store, paper.document, &wish, CLERK, &moved, err));
        assert_int_equal(rig_number(rig, "SELECT count(*) FROM dossier"), 1);
        rig_teardown(&own);
    }
}

static void where_to_has_to_be_a_dossier_that_takes_papers(void **state)
{
    struct rig *rig = *state;
    struct js *moved = NULL;
    struct paper paper = rig_paper_in(rig, "read", 1);
    char over[ID_SIZE];
    rig_dossier(rig, NULL, 0, over);
    ASSERT_OK(dossier_close(rig->store, over, true, CLERK, err));
    const struct {
        struct move_wish wish;
        enum err_code code;
    } rows[] = {{{0}, ERR_BAD_ARGUMENT},
                {{.code = codes[0], .dossier_id = over}, ERR_BAD_ARGUMENT},
                {{.dossier_id = paper.dossier}, ERR_BAD_ARGUMENT},
                {{.dossier_id = over}, ERR_STATE_CHANGED},
                {{.dossier_id = paper.document}, ERR_NOT_FOUND},
                {{.code = "no code"}, ERR_DOSSIER_CODE_BAD}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_ERR(rows[i].code,
                   document_move(rig->store, paper.document, &rows[i].wish, CLERK, &moved, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "read");
    char temp[PAGE_TEMP_SIZE], page[ID_SIZE];
    int fd;
    ASSERT_OK(document_reopen(rig->store, paper.document, CLERK, err));
    ASSERT_OK(page_begin(rig->store, paper.dossier, paper.document, page, temp, &fd, err));
    close(fd);
    const struct move_wish wish = {.code = codes[0]};
    ASSERT_ERR(ERR_SCAN_RUNNING,
               document_move(rig->store, paper.document, &wish, CLERK, &moved, err));
}

static void a_paper_split_off_stands_behind_its_own(void **state)
{
    struct rig *rig = *state;
    char first[ID_SIZE], part[ID_SIZE];
    AUTO(mem) char *page = NULL;
    struct paper paper = scan_pile(rig, "A..+", codes[0]);
    paper_of(rig, 1, first);
    ASSERT_OK(
        db_text(rig->store->db, "SELECT id FROM page WHERE sheet = 3", DB_BIND_NONE, &page, err));
    ASSERT_OK(document_split(rig->store, first, page, CLERK, part, err));
    expect_papers(rig, paper.dossier, "1 2 | 3 | 4");
    ASSERT_OK(document_join(rig->store, first, part, CLERK, err));
    expect_papers(rig, paper.dossier, "1 2 3 | 4");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_behind_another_code_ask_and_no_others),
        T(a_pile_comes_apart_into_its_dossiers),
        T(it_is_read_for_its_new_dossier_and_comes_back_where_it_was),
        T(a_paper_that_belongs_here_is_asked_about_once),
        T(binding_the_code_asks_about_the_others),
        T(which_wanted_paper_it_is_holds_for_its_procedure_only),
        T(pages_taken_out_and_separators_go_along),
        T(all_of_them_move_or_none),
        cmocka_unit_test(what_cannot_move_stays_whole),
        T(where_to_has_to_be_a_dossier_that_takes_papers),
        T(a_paper_split_off_stands_behind_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
