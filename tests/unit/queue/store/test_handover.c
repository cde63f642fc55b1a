#include "tests/unit/queue/store/rig.h"

#include "queue/store/document_code.h"
#include "queue/store/handover.h"
#include "queue/store/purge.h"

/* Which records go to the owner's warehouse, and when citizens may see them there. */

static const char AGENCY[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char OTHER[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
static const char *const two[] = {"system", "owner"};

static void run(struct rig *rig, const char *what, const char *id)
{
    AUTO(mem) char *sql = mem_printf("%s'%s'", what, id);
    ASSERT_OK(db_script(rig->store->db, sql, err));
}

static void with_owner(struct rig *rig, enum handover handover, bool provisional)
{
    static struct target_rule rule;
    static const char *const agencies[] = {AGENCY};
    rule = (struct target_rule){"owner", true, handover};
    rig->options.targets = two;
    rig->options.target_count = 2;
    rig->options.rules = &rule;
    rig->options.rule_count = 1;
    rig->options.agencies = agencies;
    rig->options.agency_count = 1;
    rig->options.codes_are_provisional = provisional;
    rig_reopen(rig);
}

/* A paper signed by others, about to be queued. */
static struct paper signed_paper(struct rig *rig, const char *kind, const char *certificate,
                                 bool intact)
{
    struct paper paper = rig_paper_in(rig, "coded", 1);
    AUTO(mem)
    char *sql = mem_printf(
        "INSERT INTO signature (document_id, ordinal, kind, level, signer, serial, signed_us, "
        "intact, certificate_sha256) VALUES ('%s', 9, '%s', 'x', 'UBND xã Mẫu', '1', 1, %d, '%s')",
        paper.document, kind, intact, certificate);
    ASSERT_OK(db_script(rig->store->db, sql, err));
    return paper;
}

/* "" when there is none. */
static void owner_delivery(struct rig *rig, const char *document, char out_id[ID_SIZE])
{
    AUTO(mem) char *id = NULL;
    ASSERT_OK(db_text(rig->store->db,
                      "SELECT id FROM delivery WHERE document_id = ? AND target = 'owner'",
                      DB_BIND(DB_TEXT(document)), &id, err));
    snprintf(out_id, ID_SIZE, "%s", id ? id : "");
}

static void expect(struct rig *rig, const char *delivery, const char *path, const char *wanted)
{
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_delivery(rig->store, delivery, &view, err));
    assert_string_equal(js_text_or(view, path, "-"), wanted);
}

static void only_an_agencys_own_signature_opens_the_owners_warehouse(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *kind, *certificate;
        bool intact, wanted;
    } rows[] = {
        {"foreign", AGENCY, true, true},
        {"foreign", AGENCY, false, false}, /* broken */
        {"foreign", OTHER, true, false},   /* whatever name it bears */
        {"personal", AGENCY, true, false}, /* the copier's */
    };
    with_owner(rig, HANDOVER_NONE, false);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char delivery[ID_SIZE];
        struct paper paper = signed_paper(rig, rows[i].kind, rows[i].certificate, rows[i].intact);
        assert_true(rig_work(rig, "queue"));
        owner_delivery(rig, paper.document, delivery);
        assert_int_equal(*delivery != 0, rows[i].wanted);
        if (*delivery)
            expect(rig, delivery, "waits_for", "-");
    }
}

static void a_provisional_code_is_waited_for_and_the_record_then_has_the_real_one(void **state)
{
    struct rig *rig = *state;
    char delivery[ID_SIZE];
    with_owner(rig, HANDOVER_NONE, true);
    struct paper paper = signed_paper(rig, "foreign", AGENCY, true);
    assert_true(rig_work(rig, "queue"));
    owner_delivery(rig, paper.document, delivery);
    expect(rig, delivery, "waits_for", "code");
    assert_true(rig_work(rig, "send")); /* the system's own warehouse takes it as it is */
    assert_null(rig_claim(rig, "send"));
    ASSERT_OK(document_set_code(rig->store, paper.document, "001.KQ.01", CLERK, err));
    expect(rig, delivery, "waits_for", "-");
    AUTO(job) struct job *job = rig_claim(rig, "send");
    assert_string_equal(job_text(job, "id"), delivery);
    AUTO(js) struct js *record = NULL;
    ASSERT_OK(js_read_fd(job->fds[1], &record, err));
    assert_string_equal(js_text_or(record, "result_code", ""), "001.KQ.01");
    assert_false(js_bool_or(record, "result_code_is_provisional", true));
    ASSERT_OK(rig_complete(rig, job, err));
    assert_true(rig_work(rig, "accept") && rig_work(rig, "accept"));
    expect(rig, delivery, "state", "accepted");
    rig_check_invariants(rig);
}

static void a_result_waits_until_it_was_handed_over(void **state)
{
    struct rig *rig = *state;
    char delivery[ID_SIZE];
    with_owner(rig, HANDOVER_HELD, false);
    struct paper paper = signed_paper(rig, "foreign", AGENCY, true);
    assert_true(rig_work(rig, "queue"));
    owner_delivery(rig, paper.document, delivery);
    expect(rig, delivery, "waits_for", "handover");
    assert_true(rig_work(rig, "send"));
    assert_null(rig_claim(rig, "send"));
    AUTO(js) struct js *before = NULL;
    ASSERT_OK(view_dossier(rig->store, paper.dossier, &before, err));
    assert_int_equal(js_int_or(before, "waits_for_handover", 0), 1);
    ASSERT_OK(dossier_handed_over(rig->store, paper.dossier, CLERK, err));
    ASSERT_OK(dossier_handed_over(rig->store, paper.dossier, CLERK, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'handed-over' "
                                     "AND kind = 'dossier'"),
                     1);
    AUTO(job) struct job *job = rig_claim(rig, "send");
    assert_string_equal(job_text(job, "id"), delivery);
    AUTO(js) struct js *after = NULL;
    ASSERT_OK(view_dossier(rig->store, paper.dossier, &after, err));
    assert_int_equal(js_int_or(after, "waits_for_handover", 9), 0);
    assert_string_equal(js_text_or(after, "handed_over.by", ""), CLERK.id);
}

static void what_the_citizen_handed_in_is_never_kept_back(void **state)
{
    struct rig *rig = *state;
    static const enum handover ways[] = {HANDOVER_HELD, HANDOVER_HIDDEN};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        char delivery[ID_SIZE];
        with_owner(rig, ways[i], false);
        struct paper paper = signed_paper(rig, "foreign", AGENCY, true);
        run(rig, "UPDATE document SET stage = 'component' WHERE id = ", paper.document);
        assert_true(rig_work(rig, "queue"));
        owner_delivery(rig, paper.document, delivery);
        expect(rig, delivery, "waits_for", "-");
        expect(rig, delivery, "hidden", "-");
    }
}

static void a_hidden_result_is_sent_so_and_shown_later(void **state)
{
    struct rig *rig = *state;
    char delivery[ID_SIZE];
    with_owner(rig, HANDOVER_HIDDEN, false);
    struct paper paper = signed_paper(rig, "foreign", AGENCY, true);
    assert_true(rig_work(rig, "queue"));
    owner_delivery(rig, paper.document, delivery);
    for (int i = 0; i < 2; i++) {
        AUTO(job) struct job *job = rig_claim(rig, "send");
        bool owners = strcmp(job_text(job, "id"), delivery) == 0;
        AUTO(js) struct js *record = NULL;
        ASSERT_OK(js_read_fd(job->fds[1], &record, err));
        assert_int_equal(js_bool_or(job->body, "args.hidden", false), owners);
        assert_int_equal(js_bool_or(record, "hidden", false), owners);
        ASSERT_OK(rig_complete(rig, job, err));
        assert_true(rig_work(rig, "accept"));
    }
    assert_null(rig_claim(rig, "show"));
    ASSERT_OK(dossier_handed_over(rig->store, paper.dossier, CLERK, err));
    AUTO(job) struct job *show = rig_claim(rig, "show");
    assert_string_equal(job_text(show, "args.record_id"), paper.document);
    AUTO(js) struct js *result = js_pack("{s:{s:s}}", "receipt", "name", "a.shown");
    ASSERT_OK(store_complete(rig->store, job_text(show, "claim"), result, NULL, 0, MACHINE, err));
    expect(rig, delivery, "hidden", "shown");
    expect(rig, delivery, "shown.name", "a.shown");
    expect(rig, delivery, "state", "accepted");
    assert_null(rig_claim(rig, "show"));
}

static void handed_over_before_it_was_sent_nothing_is_hidden(void **state)
{
    struct rig *rig = *state;
    char delivery[ID_SIZE];
    with_owner(rig, HANDOVER_HIDDEN, false);
    struct paper paper = signed_paper(rig, "foreign", AGENCY, true);
    assert_true(rig_work(rig, "queue"));
    owner_delivery(rig, paper.document, delivery);
    ASSERT_OK(dossier_handed_over(rig->store, paper.dossier, CLERK, err));
    expect(rig, delivery, "hidden", "-");
    for (int i = 0; i < 2; i++) {
        AUTO(job) struct job *job = rig_claim(rig, "send");
        AUTO(js) struct js *record = NULL;
        ASSERT_OK(js_read_fd(job->fds[1], &record, err));
        assert_false(js_has(record, "hidden"));
        assert_false(js_bool_or(job->body, "args.hidden", true));
    }
}

static void a_record_of_its_own_is_purged_with_its_document(void **state)
{
    struct rig *rig = *state;
    char delivery[ID_SIZE];
    with_owner(rig, HANDOVER_HIDDEN, false);
    struct paper paper = signed_paper(rig, "foreign", AGENCY, true);
    assert_true(rig_work(rig, "queue"));
    owner_delivery(rig, paper.document, delivery);
    static const char own[] =
        "SELECT count(*) FROM blob b JOIN delivery v ON v.record_sha256 = b.sha256";
    assert_int_equal(rig_number(rig, own), 1);
    int64_t blobs = rig_number(rig, "SELECT count(*) FROM blob");
    struct tx tx = TX_INIT;
    ASSERT_OK(tx_begin(&tx, rig->store->db, err));
    ASSERT_OK(purge_document(rig->store, paper.document, "retention", CLERK, err));
    ASSERT_OK(tx_commit(&tx, err));
    assert_int_equal(rig_number(rig, own), 0);
    assert_true(rig_number(rig, "SELECT count(*) FROM blob") < blobs - 2);
    rig_check_invariants(rig);
}

static void a_rule_is_read_from_one_argument(void **state)
{
    (void)state;
    struct target_rule rule;
    assert_true(target_rule_from_text("owner,held:kho-dan", &rule));
    assert_true(rule.is_owner && rule.handover == HANDOVER_HELD);
    assert_string_equal(rule.name, "kho-dan");
    assert_true(target_rule_from_text("system,none:a,b:c", &rule));
    assert_string_equal(rule.name, "a,b:c");
    static const char *const wrong[] = {
        "", "owner", "owner,held", "owner,held:", "owner,hel:x", "clerk,held:x"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(target_rule_from_text(wrong[i], &rule));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(only_an_agencys_own_signature_opens_the_owners_warehouse),
        T(a_provisional_code_is_waited_for_and_the_record_then_has_the_real_one),
        T(a_result_waits_until_it_was_handed_over),
        T(what_the_citizen_handed_in_is_never_kept_back),
        T(a_hidden_result_is_sent_so_and_shown_later),
        T(handed_over_before_it_was_sent_nothing_is_hidden),
        T(a_record_of_its_own_is_purged_with_its_document),
        cmocka_unit_test(a_rule_is_read_from_one_argument),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
