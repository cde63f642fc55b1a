#include "tests/unit/queue/store/rig.h"

#include "daemon/base/file.h"

static struct js *record_of(struct rig *rig, const char *document)
{
    AUTO(mem) char *sha256 = NULL;
    AUTO(mem) char *text = NULL;
    AUTO(fd) int fd = -1;
    size_t size;
    int64_t bytes;
    struct js *record = NULL;
    ASSERT_OK(db_text(rig->store->db, "SELECT record_sha256 FROM document WHERE id = ?",
                      DB_BIND(DB_TEXT(document)), &sha256, err));
    ASSERT_OK(blob_open(rig->store->blobs, rig->store->db, sha256, &fd, &bytes, err));
    ASSERT_OK(file_read_fd(fd, 1 << 20, &text, &size, err));
    ASSERT_OK(js_parse(text, size, &record, err));
    return record;
}

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
    return record_of(rig, paper.document);
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
