#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"

/* A busy year: nothing may get slow because much is stored. */

#define DOCUMENTS 2500
#define PAGES_EACH 4

static void fill(struct rig *rig, const char *page_state, const char *document_state)
{
    AUTO(mem)
    char *sql = mem_printf(
        "BEGIN;"
        "INSERT INTO blob (sha256, size_bytes, created_us) VALUES ('%064d', 0, 0);"
        "INSERT INTO dossier (id, kind, created_us, created_by) WITH RECURSIVE n(i) AS (SELECT 1 "
        "UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT 'd' || i, 'counter', i, 'c' FROM n;"
        "INSERT INTO document (id, dossier_id, ordinal, state, state_us, scan_finished, "
        "confirmed_us, "
        "composed_sha256, signed_sha256, record_sha256, created_us, created_by) SELECT 'n' || "
        "d.id, "
        "d.id, 1, '%s', 0, 1, 1, '%064d', '%064d', '%064d', d.created_us, 'c' FROM dossier d;"
        "INSERT INTO page (id, dossier_id, document_id, position, state, state_us, image_sha256, "
        "pixel_sha256, image_width_px, image_height_px, image_channels, image_bits, image_dpi, "
        "image_width_mm, image_height_mm, side, sheet, device, captured_us, captured_by) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT 'p' "
        "|| "
        "n.i || d.id, d.dossier_id, d.id, n.i, '%s', 0, '%064d', 'x', 1, 1, 3, 8, 300, 1, 1, "
        "'front', 0, 'd', d.created_us, 'c' FROM document d, n;"
        "INSERT INTO delivery (id, document_id, target, state, state_us, created_us) SELECT 'v' || "
        "d.id, d.id, 'warehouse', 'accepted', 0, d.created_us FROM document d;"
        "COMMIT;",
        0, DOCUMENTS, document_state, 0, 0, 0, PAGES_EACH, page_state, 0);
    ASSERT_OK(db_script(rig->store->db, sql, err));
    ASSERT_OK(blob_put_text(rig->store->blobs, rig->store->db, "x", (char[HASH_HEX_SIZE]){0}, err));
}

static const char *const all_stages[] = {"recognize", "understand", "compose", "seal",
                                         "extract",   "code",       "queue",   "send",
                                         "accept",    "reconcile"};

static void claiming_among_ten_thousand_pages_reads_no_table_through(void **state)
{
    struct rig *rig = *state;
    fill(rig, "recognized", "closed");
    struct paper paper = rig_paper(rig);
    rig_page(rig, &paper, "A", NULL);
    db_scan_steps(rig->store->db, true);
    int64_t start_us = sys_monotonic_us(), due_us;
    for (size_t i = 0; i < COUNT_OF(all_stages); i++) {
        AUTO(job) struct job *job = rig_claim(rig, all_stages[i]);
        assert_int_equal(job != NULL, i == 0);
    }
    ASSERT_OK(store_next_due(rig->store, &due_us, err));
    int64_t took_us = sys_monotonic_us() - start_us;
    assert_int_equal(db_scan_steps(rig->store->db, true), 0);
    print_message("10 claims among %d pages: %lld us\n", DOCUMENTS * PAGES_EACH,
                  (long long)took_us);
    assert_true(took_us < 500000);
}

static void a_full_queue_is_taken_from_its_head(void **state)
{
    struct rig *rig = *state;
    fill(rig, "captured", "extracted");
    db_scan_steps(rig->store->db, true);
    int64_t start_us = sys_monotonic_us();
    for (int i = 0; i < 100; i++) {
        AUTO(job) struct job *job = rig_claim(rig, "code");
        assert_non_null(job);
        ASSERT_OK(rig_complete(rig, job, err));
    }
    int64_t took_us = sys_monotonic_us() - start_us;
    assert_int_equal(db_scan_steps(rig->store->db, true), 0);
    print_message("100 documents coded: %lld us\n", (long long)took_us);
    assert_true(took_us < 10000000);
}

static void one_dossier_is_listed_without_reading_the_others(void **state)
{
    struct rig *rig = *state;
    fill(rig, "recognized", "closed");
    AUTO(js) struct js *dossiers = NULL;
    AUTO(js) struct js *documents = NULL;
    AUTO(js) struct js *pages = NULL;
    db_scan_steps(rig->store->db, true);
    int64_t start_us = sys_monotonic_us();
    ASSERT_OK(view_documents(rig->store, "d77", &documents, err));
    ASSERT_OK(view_pages_of_dossier(rig->store, "d77", &pages, err));
    assert_int_equal(db_scan_steps(rig->store->db, true), 0);
    ASSERT_OK(view_dossiers(rig->store, 50, NULL, &dossiers, err));
    assert_true(db_scan_steps(rig->store->db, true) <= 51); /* the listed ones themselves */
    int64_t took_us = sys_monotonic_us() - start_us;
    assert_int_equal(js_count(pages), PAGES_EACH);
    assert_int_equal(js_count(dossiers), 50);
    print_message("a dossier and a list of 50: %lld us\n", (long long)took_us);
    assert_true(took_us < 500000);
}

static void the_first_page_of_a_long_queue_reads_the_listed_ones_only(void **state)
{
    struct rig *rig = *state;
    fill(rig, "recognized", "closed");
    ASSERT_OK(
        db_script(rig->store->db,
                  "UPDATE delivery SET state = 'reconciled' WHERE created_us % 2 = 0;"
                  "UPDATE delivery SET state = 'held', held_from = 'queued', held_reason = 'X' "
                  "WHERE id = 'vnd1'",
                  err));
    const struct {
        const char *state;
        size_t listed;
    } cases[] = {{NULL, 50},  {"accepted", 50}, {"reconciled", 50},
                 {"held", 1}, {"queued", 0},    {"failed", 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *list = NULL;
        db_scan_steps(rig->store->db, true);
        int64_t start_us = sys_monotonic_us();
        ASSERT_OK(view_queue(rig->store, cases[i].state, NULL, 50, &list, err));
        int64_t took_us = sys_monotonic_us() - start_us;
        assert_int_equal(js_count(list), cases[i].listed);
        if (!cases[i].state)
            assert_string_equal(js_text_or(js_item(list, 0), "id", ""), "vnd1"); /* trouble first */
        assert_true(db_scan_steps(rig->store->db, true) <= 51);
        print_message("queue, %s: %lld us\n", cases[i].state ? cases[i].state : "all",
                      (long long)took_us);
        assert_true(took_us < 500000);
    }
}

static void the_status_of_ten_thousand_pages_comes_at_once(void **state)
{
    struct rig *rig = *state;
    fill(rig, "captured", "closed");
    AUTO(js) struct js *status = NULL;
    int64_t start_us = sys_monotonic_us();
    ASSERT_OK(store_status(rig->store, &status, err));
    int64_t took_us = sys_monotonic_us() - start_us;
    assert_int_equal(js_int_or(status, "pages.captured", 0), DOCUMENTS * PAGES_EACH);
    assert_int_equal(js_int_or(status, "deliveries.accepted", 0), DOCUMENTS);
    assert_int_equal(js_int_or(status, "oldest.recognize", 0), 1);
    assert_true(js_int_or(status, "free_bytes", 0) > 0 && js_int_or(status, "size_bytes", 0) > 0);
    print_message("status: %lld us\n", (long long)took_us);
    assert_true(took_us < 500000);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(claiming_among_ten_thousand_pages_reads_no_table_through),
        T(a_full_queue_is_taken_from_its_head),
        T(one_dossier_is_listed_without_reading_the_others),
        T(the_first_page_of_a_long_queue_reads_the_listed_ones_only),
        T(the_status_of_ten_thousand_pages_comes_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
