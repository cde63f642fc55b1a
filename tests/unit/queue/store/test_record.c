#include "tests/unit/queue/store/rig.h"

/* The record of a paper of which a person said that validity. */
static struct js *record_with(struct rig *rig, const char *validity)
{
    struct paper paper = rig_paper_in(rig, "coded", 1);
    ASSERT_OK(db_run(rig->store->db,
                     "INSERT INTO field (document_id, name, confirmed, confirmed_value, "
                     "confirmed_by, confirmed_us) VALUES (?1, 'valid_until', 1, ?2, 'x', 1) "
                     "ON CONFLICT (document_id, name) DO UPDATE SET confirmed = 1, "
                     "confirmed_value = ?2",
                     DB_BIND(DB_TEXT(paper.document), DB_TEXT(validity)), err));
    assert_true(rig_work(rig, "queue"));
    return rig_record(rig, paper.document);
}

static void a_term_nobody_found_is_sent_as_the_site_configured(void **state)
{
    static const char *const texts[] = {"unknown", "không xác định", ""};
    struct rig *rig = *state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        rig->options.unknown_validity = i ? texts[i] : NULL;
        rig_reopen(rig);
        AUTO(js) struct js *record = record_with(rig, "unknown");
        assert_true(js_at(record, "fields.valid_until") != NULL);
        if (*texts[i])
            assert_string_equal(js_text_or(record, "fields.valid_until", ""), texts[i]);
        else
            assert_false(js_has(record, "fields.valid_until"));
    }
}

static void a_term_on_the_paper_is_sent_as_it_is(void **state)
{
    struct rig *rig = *state;
    rig->options.unknown_validity = "";
    rig_reopen(rig);
    AUTO(js) struct js *record = record_with(rig, "2031-05-01");
    assert_string_equal(js_text_or(record, "fields.valid_until", ""), "2031-05-01");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_term_nobody_found_is_sent_as_the_site_configured),
        T(a_term_on_the_paper_is_sent_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
