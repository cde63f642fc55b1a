#include "tests/unit/queue/store/rig.h"

static const char CODE[] = "H56.14-240823-0001";

static enum err_code create(struct rig *rig, const char *code, int64_t papers, char id[ID_SIZE],
                            struct err *err)
{
    struct dossier_wish wish = {.code = code, .papers = papers};
    return dossier_create(rig->store, &wish, CLERK, id, err);
}

static void a_code_belongs_to_one_open_dossier(void **state)
{
    struct rig *rig = *state;
    char first[ID_SIZE], second[ID_SIZE];
    ASSERT_OK(create(rig, CODE, 0, first, err));
    ASSERT_ERR(ERR_DOSSIER_CODE_TAKEN, create(rig, CODE, 1, second, err));
    ASSERT_OK(create(rig, NULL, 1, second, err));
    ASSERT_ERR(ERR_DOSSIER_CODE_TAKEN,
               dossier_update(rig->store, second, CODE, -1, -1, CLERK, err));
    ASSERT_OK(dossier_close(rig->store, first, false, CLERK, err));
    ASSERT_OK(dossier_update(rig->store, second, CODE, -1, -1, CLERK, err)); /* the result, later */
}

static struct dossier_wish whole_wish(const char *procedure)
{
    struct dossier_wish wish = {
        .code = CODE, .papers = 3, .procedure = procedure, .received_on = "2024-08-22"};
    wish.people.said[DOSSIER_owner_id] = "001099000001";
    wish.people.said[DOSSIER_channel] = "post";
    return wish;
}

static void a_dossier_is_begun_whole_or_not_at_all(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    struct dossier_wish wish = whole_wish("1.000894"), bad = whole_wish("kết hôn");
    ASSERT_ERR(ERR_PROCEDURE_CODE_BAD, dossier_create(rig->store, &bad, CLERK, id, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM dossier"), 0);
    ASSERT_OK(dossier_create(rig->store, &wish, CLERK, id, err));
    assert_int_equal(
        rig_number(rig, "SELECT count(*) FROM dossier WHERE procedure_code = '1.000894' AND "
                        "received_on = '2024-08-22' AND rule_set = 'nd107-tt01' AND "
                        "owner_id = '001099000001' AND channel = 'post' AND papers = 3"),
        1);
}

/* Another program asks again when no answer came. */
static void asking_again_for_the_same_code_is_the_same_dossier(void **state)
{
    struct rig *rig = *state;
    char first[ID_SIZE], again[ID_SIZE], other[ID_SIZE];
    bool is_new = false;
    struct dossier_wish wish = whole_wish("1.000894");
    ASSERT_OK(dossier_take_up(rig->store, &wish, CLERK, first, &is_new, err));
    assert_true(is_new);
    int64_t rows = rig_number(rig, "SELECT count(*) FROM audit");
    ASSERT_OK(dossier_take_up(rig->store, &wish, CLERK, again, &is_new, err));
    assert_false(is_new);
    assert_string_equal(first, again);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit"), rows);
    wish.papers = 4;
    ASSERT_OK(dossier_take_up(rig->store, &wish, CLERK, again, &is_new, err));
    assert_int_equal(rig_number(rig, "SELECT papers FROM dossier"), 4);
    wish.backlog = true; /* old papers are another dossier's */
    ASSERT_ERR(ERR_DOSSIER_CODE_TAKEN,
               dossier_take_up(rig->store, &wish, CLERK, other, &is_new, err));
    wish = (struct dossier_wish){.papers = -1};
    ASSERT_OK(dossier_take_up(rig->store, &wish, CLERK, other, &is_new, err));
    assert_true(is_new && strcmp(other, first) != 0);
    wish.code = "H56";
    ASSERT_ERR(ERR_DOSSIER_CODE_BAD,
               dossier_take_up(rig->store, &wish, CLERK, other, &is_new, err));
}

static void a_malformed_code_is_refused(void **state)
{
    struct rig *rig = *state;
    static const char *const bad[] = {"", "x", "H56-241332-0001", "H56.14-240823-1", "12345"};
    char id[ID_SIZE];
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        ASSERT_ERR(ERR_DOSSIER_CODE_BAD, create(rig, bad[i], 1, id, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM dossier"), 0);
}

static void a_code_is_bound_once(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    rig_dossier(rig, NULL, 1, id);
    ASSERT_OK(dossier_update(rig->store, id, CODE, -1, -1, CLERK, err));
    ASSERT_OK(dossier_update(rig->store, id, CODE, -1, -1, CLERK, err));
    ASSERT_ERR(ERR_CODE_ALREADY_BOUND,
               dossier_update(rig->store, id, "H56.14-240823-0002", -1, -1, CLERK, err));
}

static void closing_wants_as_many_documents_as_papers(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "copied", 1);
    struct err err = ERR_INIT;
    ASSERT_OK(dossier_update(rig->store, paper.dossier, NULL, 2, -1, CLERK, err));
    assert_int_equal(dossier_close(rig->store, paper.dossier, false, CLERK, &err),
                     ERR_COUNT_MISMATCH);
    assert_non_null(strstr(err.detail, "papers 2, documents 1"));
    ASSERT_OK(dossier_update(rig->store, paper.dossier, NULL, 1, -1, CLERK, err));
    ASSERT_OK(dossier_close(rig->store, paper.dossier, false, CLERK, err));
    ASSERT_ERR(ERR_STATE_CHANGED, dossier_close(rig->store, paper.dossier, false, CLERK, err));
    ASSERT_ERR(ERR_STATE_CHANGED,
               dossier_update(rig->store, paper.dossier, NULL, 3, -1, CLERK, err));
    char id[ID_SIZE];
    ASSERT_ERR(ERR_STATE_CHANGED, document_create(rig->store, paper.dossier, CLERK, id, err));
}

static void closing_wants_every_document_compared(void **state)
{
    struct rig *rig = *state;
    static const char *const unread[] = {"open", "read"};
    for (size_t i = 0; i < COUNT_OF(unread); i++) {
        struct paper paper = rig_paper_in(rig, unread[i], 1);
        ASSERT_ERR(ERR_COUNT_MISMATCH, dossier_close(rig->store, paper.dossier, false, CLERK, err));
        ASSERT_OK(subject_hold(rig->store, MACHINE_document, paper.document, "x", CLERK, err));
        ASSERT_ERR(ERR_COUNT_MISMATCH, dossier_close(rig->store, paper.dossier, false, CLERK, err));
    }
}

static void rejected_documents_are_not_counted(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "copied", 1);
    char extra[ID_SIZE];
    rig_document(rig, paper.dossier, extra);
    ASSERT_ERR(ERR_COUNT_MISMATCH, dossier_close(rig->store, paper.dossier, false, CLERK, err));
    ASSERT_OK(document_reject(rig->store, extra, "not a paper of this case", CLERK, err));
    ASSERT_OK(dossier_close(rig->store, paper.dossier, false, CLERK, err));
}

static void a_replaced_document_and_its_new_version_are_one_paper(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "signed", 1);
    char version[ID_SIZE];
    AUTO(js) struct js *dossier = NULL;
    ASSERT_OK(document_replace(rig->store, paper.document, "upside down", CLERK, version, err));
    ASSERT_OK(view_dossier(rig->store, paper.dossier, &dossier, err));
    assert_int_equal(js_int_or(dossier, "documents", -1), 1);
}

static void the_number_of_papers_must_be_said_except_for_backlog(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    ASSERT_OK(create(rig, NULL, -1, id, err));
    ASSERT_ERR(ERR_COUNT_MISMATCH, dossier_close(rig->store, id, false, CLERK, err));
    struct dossier_wish wish = {.backlog = true, .papers = -1};
    ASSERT_OK(dossier_create(rig->store, &wish, CLERK, id, err));
    ASSERT_OK(dossier_close(rig->store, id, false, CLERK, err));
}

static void with_neither_number_said_closing_wants_a_person_to_have_counted(void **state)
{
    struct rig *rig = *state;
    struct err err = ERR_INIT;
    for (int said = 0; said < 3; said++) {
        struct paper paper = rig_paper_in(rig, "copied", 2);
        ASSERT_OK(db_run(rig->store->db,
                         "UPDATE dossier SET kind = 'backlog', papers = NULL "
                         "WHERE closed_us IS NULL",
                         DB_BIND_NONE, err));
        if (said)
            ASSERT_OK(dossier_update(rig->store, paper.dossier, NULL, said == 1 ? 1 : -1,
                                     said == 2 ? 2 : -1, CLERK, err));
        enum err_code code = dossier_close(rig->store, paper.dossier, false, CLERK, &err);
        assert_int_equal(code, said ? ERR_OK : ERR_COUNTS_NOT_SAID);
        if (said)
            continue;
        assert_non_null(strstr(err.detail, "documents 1, written sides 2"));
        ASSERT_OK(dossier_close(rig->store, paper.dossier, true, CLERK, err));
        assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'close' "
                                         "AND detail = 'counted by a person'"),
                         1);
    }
}

static void dossiers_are_listed_newest_first_and_page_by_page(void **state)
{
    struct rig *rig = *state;
    char ids[5][ID_SIZE];
    AUTO(js) struct js *first = NULL;
    AUTO(js) struct js *rest = NULL;
    for (int i = 0; i < 5; i++)
        rig_dossier(rig, NULL, i, ids[i]);
    ASSERT_OK(view_dossiers(rig->store, 2, NULL, &first, err));
    assert_int_equal(js_count(first), 2);
    assert_string_equal(js_text_or(first, "[0].id", ""), ids[4]);
    ASSERT_OK(view_dossiers(rig->store, 10, ids[3], &rest, err));
    assert_int_equal(js_count(rest), 3);
    assert_string_equal(js_text_or(rest, "[2].id", ""), ids[0]);
}

static void dossiers_are_found_by_their_code_the_newest_first(void **state)
{
    struct rig *rig = *state;
    char component[ID_SIZE], result[ID_SIZE], other[ID_SIZE];
    AUTO(mem)
    char *code = NULL;
    AUTO(js) struct js *found = NULL;
    ASSERT_OK(create(rig, CODE, 0, component, err));
    ASSERT_OK(dossier_close(rig->store, component, false, CLERK, err));
    ASSERT_OK(create(rig, CODE, 1, result, err));
    ASSERT_OK(create(rig, "H56.14-240823-0002", 1, other, err));
    ASSERT_OK(dossier_canonical_code("h56.14 - 240823-0001", &code, err));
    ASSERT_OK(view_dossiers_of_code(rig->store, code, 10, &found, err));
    assert_int_equal(js_count(found), 2);
    assert_string_equal(js_text_or(found, "[0].id", ""), result);
    assert_string_equal(js_text_or(found, "[1].id", ""), component);
}

static void below_the_reserve_no_new_work_is_taken(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "read", 1), open = rig_paper(rig);
    char id[ID_SIZE];
    rig->options.reserve_bytes = UINT64_MAX >> 1;
    rig_reopen(rig);
    ASSERT_ERR(ERR_DISK_FULL, create(rig, NULL, 1, id, err));
    ASSERT_ERR(ERR_DISK_FULL, document_create(rig->store, paper.dossier, CLERK, id, err));
    ASSERT_ERR(ERR_DISK_FULL, rig_try_page(rig, &open, "x", id, err));
    rig_confirm(rig, paper.document); /* what is there goes on */
    assert_true(rig_work(rig, "compose"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_code_belongs_to_one_open_dossier),
        T(a_dossier_is_begun_whole_or_not_at_all),
        T(asking_again_for_the_same_code_is_the_same_dossier),
        T(a_malformed_code_is_refused),
        T(a_code_is_bound_once),
        T(closing_wants_as_many_documents_as_papers),
        T(closing_wants_every_document_compared),
        T(rejected_documents_are_not_counted),
        T(a_replaced_document_and_its_new_version_are_one_paper),
        T(the_number_of_papers_must_be_said_except_for_backlog),
        T(with_neither_number_said_closing_wants_a_person_to_have_counted),
        T(dossiers_are_listed_newest_first_and_page_by_page),
        T(dossiers_are_found_by_their_code_the_newest_first),
        T(below_the_reserve_no_new_work_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
