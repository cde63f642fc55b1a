#include "tests/unit/queue/store/register_rig.h"

#include "daemon/base/buf.h"
#include "daemon/base/hash.h"
#include "daemon/base/sys.h"

#include <inttypes.h>

/* 50,000 rows and 10,000 papers: how long the store is busy, all of it and at one time. */

#define ROWS 50000
#define PAPERS 10000
#define CHUNK 1000
#define WHOLE_MS 60000 /* on a loaded machine */
#define ONCE_MS 5000

static int64_t now_ms(void)
{
    return sys_monotonic_us() / 1000;
}

/* Papers as they are after import and reading, a file each: every second has its number. */
static void make_papers(struct rig *rig)
{
    static const char *const statements[] = {
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
        "INSERT INTO document (id, dossier_id, ordinal, state, state_us, created_us, created_by) "
        "SELECT printf('00000000-0000-7000-8000-%012d', i), "
        "(SELECT id FROM dossier), i, 'read', 1, 1, 'x' FROM n",
        "INSERT INTO page (id, dossier_id, document_id, position, state, state_us, image_sha256, "
        "pixel_sha256, image_width_px, image_height_px, image_channels, image_bits, image_dpi, "
        "image_width_mm, image_height_mm, side, sheet, device, captured_us, captured_by) "
        "SELECT 'p' || d.id, d.dossier_id, d.id, 1, 'recognized', 1, (SELECT sha256 FROM blob), "
        "'x', 1, 1, 1, 8, 300, 1, 1, 'front', 1, 'import/old', 1, 'x' FROM document d "
        "WHERE d.state = 'read'",
        "INSERT INTO import_item (id, folder, path, size_bytes, mtime_us, sweep, state, state_us, "
        "found_us) SELECT 'i' || d.id, 'old', printf('%d.tif', d.ordinal), 1, 1, 1, 'done', 1, 1 "
        "FROM document d WHERE d.state = 'read'",
        "INSERT INTO import_page (page_id, item_id) SELECT 'p' || d.id, 'i' || d.id FROM document "
        "d WHERE d.state = 'read'",
        "INSERT INTO field (document_id, name, value, confidence, source) SELECT d.id, "
        "'number_symbol', printf('%d/QĐ-UBND', d.ordinal), 0.9, 'zone' FROM document d "
        "WHERE d.state = 'read' AND d.ordinal % 2 = 0",
        "INSERT INTO field (document_id, name, value, confidence, source) SELECT d.id, "
        "'issue_date', '2019-03-05', 0.9, 'zone' FROM document d WHERE d.state = 'read'"};
    for (size_t i = 0; i < COUNT_OF(statements); i++)
        ASSERT_OK(db_run(rig->store->db, statements[i], DB_BIND_NONE, err));
}

static void write_rows(struct buf *out, int from, int to, bool named)
{
    out->size = 0;
    for (int i = from; i < to; i++) {
        buf_printf(out, "{\"line\":%d,\"texts\":{},\"values\":{\"number_symbol\":\"%d/QĐ-UBND\",",
                   i, i);
        buf_printf(out, "\"issue_date\":\"2019-03-05\",\"owner_name\":\"Trần Văn Mẫu\"}");
        if (named)
            buf_printf(out, ",\"path\":\"%d\"", i);
        buf_text(out, "}\n");
    }
}

static void put_rows(struct rig *rig, bool named)
{
    AUTO(buf) struct buf lines;
    AUTO(js) struct js *map = js_object();
    AUTO(js) struct js *begun = NULL;
    AUTO(js) struct js *used = NULL;
    char id[ID_SIZE];
    int64_t worst = 0, from = now_ms();
    id_new(id);
    buf_init(&lines, 1u << 26);
    struct register_import import = {
        .id = id,
        .folder = PLACE_FOLDER,
        .name = named ? "a" : "b",
        .file = "a",
        .file_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        .map = map};
    ASSERT_OK(register_begin(rig->store, &import, CLERK, &begun, err));
    for (int i = 1; i <= ROWS; i += CHUNK) {
        int64_t start = now_ms();
        write_rows(&lines, i, i + CHUNK, named);
        ASSERT_OK(register_add(rig->store, id, lines.bytes, lines.size, err));
        worst = now_ms() - start > worst ? now_ms() - start : worst;
    }
    int64_t use = now_ms();
    ASSERT_OK(register_use(rig->store, id, CLERK, &used, err));
    printf("%d rows: %" PRId64 " ms, at one time %" PRId64 " ms; put to use %" PRId64 " ms\n", ROWS,
           now_ms() - from, worst, now_ms() - use);
    assert_in_range(worst, 0, ONCE_MS);
}

static void join_all(struct rig *rig)
{
    int64_t worst = 0, from = now_ms();
    bool more = true;
    while (more) {
        int64_t start = now_ms();
        ASSERT_OK(register_work(rig->store, &more, err));
        worst = now_ms() - start > worst ? now_ms() - start : worst;
    }
    printf("%d papers joined: %" PRId64 " ms, at one time %" PRId64 " ms\n", PAPERS,
           now_ms() - from, worst);
    assert_in_range(now_ms() - from, 0, WHOLE_MS);
    assert_in_range(worst, 0, ONCE_MS);
}

static void a_large_register_joins_many_papers_in_seconds(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    rig_page(rig, &paper, "II*.one", NULL);
    make_papers(rig);
    put_rows(rig, false);
    join_all(rig);
    int64_t from = now_ms();
    assert_int_equal(register_count(rig, "joined"), PAPERS / 2);
    printf("counted: %" PRId64 " ms\n", now_ms() - from);
    assert_in_range(now_ms() - from, 0, ONCE_MS);
    put_rows(rig, true);
    join_all(rig);
    from = now_ms();
    assert_int_equal(register_count(rig, "joined"), PAPERS);
    assert_int_equal(register_count(rig, "double_rows"), 2 * ROWS);
    printf("counted twice, all rows told twice: %" PRId64 " ms\n", now_ms() - from);
    assert_in_range(now_ms() - from, 0, 2 * ONCE_MS);
    struct register_query query = {.folder = PLACE_FOLDER, .list = "double-rows", .limit = 200};
    AUTO(js) struct js *doubles = NULL;
    from = now_ms();
    ASSERT_OK(register_list(rig->store, &query, &doubles, err));
    printf("listed: %" PRId64 " ms\n", now_ms() - from);
    assert_int_equal(js_count(js_at(doubles, "items")), 200);
    assert_in_range(now_ms() - from, 0, ONCE_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
        a_large_register_joins_many_papers_in_seconds, rig_setup, rig_teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
