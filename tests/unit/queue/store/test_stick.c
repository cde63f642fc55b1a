#include "tests/unit/queue/store/rig.h"

#include "queue/store/stick.h"

/* Records on their way by stick. */

struct carried {
    char stick[ID_SIZE], document[ID_SIZE], delivery[ID_SIZE];
};

static void begin(struct rig *rig, struct carried *out)
{
    AUTO(js) struct js *begun = NULL;
    ASSERT_OK(stick_begin(rig->store, "warehouse", CLERK, &begun, err));
    memcpy(out->stick, js_text_or(begun, "stick.id", ""), ID_SIZE);
}

/* One record on a stick. */
static struct carried carried(struct rig *rig, bool written)
{
    struct carried c;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    memcpy(c.document, paper.document, ID_SIZE);
    rig_delivery(rig, paper.document, c.delivery);
    begin(rig, &c);
    AUTO(job) struct job *job = rig_claim(rig, "send");
    ASSERT_OK(stick_add(rig->store, c.stick, job_text(job, "claim"), CLERK, err));
    ASSERT_OK(stick_add(rig->store, c.stick, job_text(job, "claim"), CLERK, err)); /* answer lost */
    if (written)
        ASSERT_OK(stick_written(rig->store, c.stick, CLERK, err));
    return c;
}

static struct js *receipt_of(struct rig *rig, const struct carried *c)
{
    AUTO(js) struct js *manifest = NULL;
    ASSERT_OK(stick_manifest(rig->store, c->stick, &manifest, err));
    assert_string_equal(js_text_or(manifest, "records[0].record_id", ""), c->document);
    return js_pack("[{s:s, s:{s:s, s:s, s:s, s:i}}]", "record_id", c->document, "receipt",
                   "remote_name", "backlog/x", "pdf_sha256",
                   js_text_or(manifest, "records[0].pdf_sha256", ""), "json_sha256",
                   js_text_or(manifest, "records[0].json_sha256", ""), "read_at_us", 7);
}

static const char *ended(struct rig *rig, const char *stick)
{
    static char how[20];
    AUTO(mem) char *text = NULL;
    ASSERT_OK(db_text(rig->store->db, "SELECT ended_how FROM stick WHERE id = ?",
                      DB_BIND(DB_TEXT(stick)), &text, err));
    snprintf(how, sizeof how, "%s", text ? text : "");
    return how;
}

static void what_is_on_a_stick_is_sent_and_no_line_is_tried_for_it(void **state)
{
    struct rig *rig = *state;
    struct carried c = carried(rig, true);
    assert_string_equal(state_of(rig, MACHINE_delivery, c.delivery), "sent");
    assert_null(rig_claim(rig, "accept"));
    assert_null(rig_claim(rig, "send"));
    rig_reopen(rig);
    ASSERT_OK(stick_end_unwritten(rig->store, MACHINE, err));
    assert_string_equal(state_of(rig, MACHINE_delivery, c.delivery), "sent");
}

static void receipts_with_the_same_hashes_make_it_accepted_and_the_stick_returned(void **state)
{
    struct rig *rig = *state;
    struct carried c = carried(rig, true);
    AUTO(js) struct js *receipts = receipt_of(rig, &c);
    AUTO(js) struct js *tally = NULL;
    ASSERT_OK(stick_receipts(rig->store, c.stick, receipts, CLERK, &tally, err));
    assert_int_equal(js_int_or(tally, "accepted", 0), 1);
    assert_string_equal(state_of(rig, MACHINE_delivery, c.delivery), "accepted");
    assert_string_equal(ended(rig, c.stick), "returned");
    AUTO(js) struct js *again = NULL;
    ASSERT_OK(stick_receipts(rig->store, c.stick, receipts, CLERK, &again, err));
    assert_int_equal(js_int_or(again, "unknown", 0), 1);
}

static void receipts_for_other_bytes_or_refusals_wait_for_a_person(void **state)
{
    struct rig *rig = *state;
    for (int i = 0; i < 2; i++) {
        struct carried c = carried(rig, true);
        AUTO(js)
        struct js *receipts =
            i ? js_pack("[{s:s, s:s}]", "record_id", c.document, "code", "TARGET_CONFLICT")
              : js_pack("[{s:s, s:{s:s, s:s, s:s}}]", "record_id", c.document, "receipt",
                        "remote_name", "x/y", "pdf_sha256", "aa", "json_sha256", "bb");
        AUTO(js) struct js *tally = NULL;
        ASSERT_OK(stick_receipts(rig->store, c.stick, receipts, CLERK, &tally, err));
        assert_int_equal(js_int_or(tally, "refused", 0), 1);
        assert_string_equal(state_of(rig, MACHINE_delivery, c.delivery), "held");
    }
    AUTO(js) struct js *none = js_array();
    AUTO(js) struct js *tally = NULL;
    char other[ID_SIZE];
    id_new(other);
    ASSERT_ERR(ERR_NOT_FOUND, stick_receipts(rig->store, other, none, CLERK, &tally, err));
}

static void a_stick_that_is_lost_or_was_never_whole_sends_its_records_again(void **state)
{
    struct rig *rig = *state;
    for (int i = 0; i < 2; i++) {
        struct carried c = carried(rig, i == 0);
        if (i == 0) {
            ASSERT_OK(stick_end(rig->store, c.stick, "lost", CLERK, err));
        } else {
            struct js *second = NULL; /* one at a time */
            ASSERT_ERR(ERR_CONFLICT, stick_begin(rig->store, "warehouse", CLERK, &second, err));
            rig_reopen(rig);
            ASSERT_OK(stick_end_unwritten(rig->store, MACHINE, err));
            assert_string_equal(ended(rig, c.stick), "failed");
        }
        assert_string_equal(state_of(rig, MACHINE_delivery, c.delivery), "queued");
        AUTO(job) struct job *job = rig_claim(rig, "send");
        assert_string_equal(job_text(job, "id"), c.delivery);
        assert_true(js_bool_or(job->body, "args.ask_first", false)); /* it may have come there */
        ASSERT_OK(rig_complete(rig, job, err));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest all[] = {
        TEST(what_is_on_a_stick_is_sent_and_no_line_is_tried_for_it),
        TEST(receipts_with_the_same_hashes_make_it_accepted_and_the_stick_returned),
        TEST(receipts_for_other_bytes_or_refusals_wait_for_a_person),
        TEST(a_stick_that_is_lost_or_was_never_whole_sends_its_records_again),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
