#include "tests/unit/queue/store/rig.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/base/sys.h"

#include <sys/mman.h>

const struct principal CLERK = {"uid:1000", "clerk"}, MACHINE = {"sohoad", "machine"};

#define PAGE_INFO                                                                                  \
    "{\"width_px\":2480,\"height_px\":3508,\"dpi\":300,\"dpi_source\":\"file\",\"rotation_deg\":"  \
    "0,"                                                                                           \
    "\"skew_deg\":0,\"blank\":false,\"width_mm\":210.0,\"height_mm\":297.0,"                       \
    "\"codes\":[{\"kind\":\"QR\",\"text\":\"x\",\"box_mm\":[20,15,24,24]}]}"

/* A field that was read surely; value as JSON. */
#define SURE(name, value)                                                                          \
    "\"" name "\":{\"value\":" value ",\"raw\":\"x\",\"confidence\":0.95,\"page\":1,"              \
    "\"box_mm\":[30,40,41,5],\"source\":\"zone\",\"needs_person\":false},"

static const char *const targets[] = {"warehouse"};

int rig_setup(void **state)
{
    struct rig *rig = mem_alloc(sizeof *rig);
    rig->folder = test_make_folder();
    rig->options = (struct store_options){
        .folder = rig->folder, .targets = targets, .target_count = COUNT_OF(targets)};
    *state = rig;
    struct err err = ERR_INIT;
    if (store_open(&rig->options, &rig->store, &err)) {
        print_error("%s\n", err.detail);
        return -1;
    }
    return 0;
}

int rig_teardown(void **state)
{
    struct rig *rig = *state;
    sys_fail_from(SYS_WRITE, 0, 0);
    sys_fail_from(SYS_FSYNC, 0, 0);
    sys_fail_from(SYS_LINK, 0, 0);
    sys_fail_from(SYS_RENAME, 0, 0);
    sys_clock_set(0);
    store_close(rig->store);
    test_remove_folder(rig->folder);
    mem_free(rig);
    return 0;
}

void rig_reopen(struct rig *rig)
{
    store_close(rig->store);
    rig->store = NULL;
    ASSERT_OK(store_open(&rig->options, &rig->store, err));
}

void rig_dossier(struct rig *rig, const char *code, int64_t papers, char out_id[ID_SIZE])
{
    struct dossier_wish wish = {.code = code, .papers = papers};
    ASSERT_OK(dossier_create(rig->store, &wish, CLERK, out_id, err));
}

void rig_document(struct rig *rig, const char *dossier, char out_id[ID_SIZE])
{
    ASSERT_OK(document_create(rig->store, dossier, CLERK, out_id, err));
}

struct paper rig_paper(struct rig *rig)
{
    struct paper paper;
    rig_dossier(rig, NULL, 1, paper.dossier);
    rig_document(rig, paper.dossier, paper.document);
    return paper;
}

enum err_code rig_try_page(struct rig *rig, const struct paper *paper, const char *content,
                           char out_id[ID_SIZE], struct err *err)
{
    return rig_try_capture(rig, paper, content, (struct page_capture){0}, out_id, err);
}

enum err_code rig_try_capture(struct rig *rig, const struct paper *paper, const char *content,
                              struct page_capture like, char out_id[ID_SIZE], struct err *err)
{
    char temp[PAGE_TEMP_SIZE], sha256[HASH_HEX_SIZE];
    AUTO(fd)
    int fd = -1;
    enum err_code code =
        page_begin(rig->store, paper->dossier, paper->document, out_id, temp, &fd, err);
    if (code)
        return code;
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    hash_bytes(content, strlen(content), sha256);
    struct page_capture capture = like;
    capture.page_id = out_id;
    capture.temp = temp;
    capture.sha256 = capture.pixel_sha256 = sha256;
    capture.size_bytes = (int64_t)strlen(content);
    capture.width_px = 2480;
    capture.height_px = 3508;
    capture.channels = 3;
    capture.bits = 8;
    capture.dpi = like.dpi > 0 ? like.dpi : 300;
    capture.width_mm = 210;
    capture.height_mm = 297;
    capture.device = "sim:0";
    capture.side = like.side ? like.side : "front";
    capture.captured_by = CLERK.id;
    return page_commit(rig->store, &capture, CLERK, err);
}

void rig_page(struct rig *rig, const struct paper *paper, const char *content, char out_id[ID_SIZE])
{
    char id[ID_SIZE];
    ASSERT_OK(rig_try_page(rig, paper, content, id, err));
    if (out_id)
        memcpy(out_id, id, ID_SIZE);
}

struct page_capture rig_page_of_file(const struct import_step *step, const char *device,
                                     const char *sha256, size_t size_bytes)
{
    return (struct page_capture){.page_id = step->page_id,
                                 .temp = step->temp,
                                 .sha256 = sha256,
                                 .pixel_sha256 = sha256,
                                 .size_bytes = (int64_t)size_bytes,
                                 .width_px = 1654,
                                 .height_px = 2339,
                                 .channels = 3,
                                 .bits = 8,
                                 .sheet = step->page,
                                 .dpi = 200,
                                 .width_mm = 210,
                                 .height_mm = 297,
                                 .device = device,
                                 .side = "front",
                                 .captured_by = MACHINE.id};
}

void rig_expect_order(struct rig *rig, const char *document, char pages[RIG_PAGES_MAX][ID_SIZE],
                      const char *wanted)
{
    AUTO(js)
    struct js *list = NULL;
    char found[27] = "";
    size_t count = 0;
    ASSERT_OK(view_pages_of_document(rig->store, document, &list, err));
    for (size_t i = 0; i < js_count(list); i++) {
        const struct js *page = js_item(list, i);
        if (strcmp(js_text_or(page, "state", ""), "rejected") == 0)
            continue;
        assert_int_equal(js_int_or(page, "position", 0), i + 1);
        found[count] = '?';
        for (size_t k = 0; k < RIG_PAGES_MAX; k++)
            if (strcmp(js_text_or(page, "id", ""), pages[k]) == 0)
                found[count] = (char)('a' + k);
        count++;
    }
    assert_string_equal(found, wanted);
    rig_check_invariants(rig);
}

struct js *rig_view(struct rig *rig, const char *page)
{
    struct js *view = NULL;
    ASSERT_OK(view_page(rig->store, page, &view, err));
    return view;
}

/* ---- the workers ---- */

struct job *rig_claim(struct rig *rig, const char *stage)
{
    struct job *job = NULL;
    ASSERT_OK(store_claim(rig->store, &RIG_WISH(stage), MACHINE, &job, err));
    return job;
}

const char *job_text(const struct job *job, const char *path)
{
    const char *text = js_text_or(job->body, path, NULL);
    assert_non_null(text);
    return text;
}

/* NULL when the test lets memory run out. */
static struct js *parsed(const char *text)
{
    struct js *value = NULL;
    return js_parse(text, strlen(text), &value, NULL) ? NULL : value;
}

/* Past the seams: the disk that fails is the store's. */
static int memory_file(const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

static struct js *written(const struct job *job, const char *content, struct js *signature)
{
    char text[200], sha256[HASH_HEX_SIZE];
    snprintf(text, sizeof text, "%%PDF %s %s", content, job_text(job, "id"));
    assert_int_equal(write(job->fds[0], text, strlen(text)), strlen(text));
    hash_bytes(text, strlen(text), sha256);
    return js_pack("{s:s, s:I, s:o?}", "sha256", sha256, "size_bytes", (int64_t)strlen(text),
                   "signature", signature);
}

struct js *rig_result(const struct job *job, int out_fds[2])
{
    const char *stage = job_text(job, "stage");
    if (strcmp(stage, "recognize") == 0) {
        out_fds[0] = memory_file(
            "{\"schema\":\"sohoa.words/1\",\"width_mm\":210.0,\"height_mm\":297.0,\"skew_deg\":0.0,"
            "\"words\":[[\"Số:\",0.9,30.0,35.0,8.0,4.0,38.0,0,0],"
            "[\"xa\",0.9,30.0,135.0,8.0,4.0,138.0,1,1]]}");
        out_fds[1] = memory_file("\xff\xd8\xff thumbnail");
        return parsed("{\"page\":" PAGE_INFO ",\"zones\":[],\"words\":2,\"mean_confidence\":0.9}");
    }
    if (strcmp(stage, "understand") == 0)
        return parsed(
            "{\"type\":\"decision\",\"type_score\":0.9,\"fields\":{"
            "\"number_symbol\":{\"value\":\"12/QĐ-UBND\",\"raw\":\"12/"
            "QD-UBND\",\"confidence\":0.95,"
            "\"page\":1,\"box_mm\":[30.1,34.0,41.2,5.1],\"source\":\"zone\",\"needs_"
            "person\":false}," SURE("issuer", "\"UBND xã Mẫu\"") SURE("abstract", "\"Về việc mẫu\"")
                SURE("doc_name", "\"Quyết định mẫu\"") SURE(
                    "no_expiry",
                    "true") "\"owner_id\":{\"value\":null,\"needs_person\":true},"
                            "\"issue_date\":{\"value\":\"2026-03-05\",\"raw\":\"05/"
                            "3\",\"confidence\":0.4,\"page\":1,"
                            "\"box_mm\":[100,34,40,5],\"source\":\"zone\",\"needs_person\":true}},"
                            "\"pages\":[{\"starts_document\":{\"value\":true,\"confidence\":0.99}}]"
                            "}");
    if (strcmp(stage, "compose") == 0)
        return written(job, "composed", NULL);
    if (strcmp(stage, "seal") == 0)
        return written(job, "signed",
                       parsed("{\"kind\":\"personal\",\"level\":\"B-B\",\"signer\":\"Cán Bộ Mẫu\","
                              "\"serial\":\"01\",\"signed_at_us\":1000000,\"block_moved\":false}"));
    if (strcmp(stage, "send") == 0)
        return parsed("{\"remote_name\":\"backlog/a\",\"already_there\":false}");
    if (strcmp(stage, "accept") == 0 || strcmp(stage, "reconcile") == 0)
        return js_pack("{s:{s:s, s:s, s:s, s:I}}", "receipt", "remote_name",
                       job_text(job, "args.remote_name"), "pdf_sha256",
                       job_text(job, "args.pdf_sha256"), "json_sha256",
                       job_text(job, "args.json_sha256"), "read_at_us", (int64_t)2000000);
    return js_object();
}

enum err_code rig_complete(struct rig *rig, const struct job *job, struct err *err)
{
    int fds[2] = {-1, -1};
    AUTO(js)
    struct js *result = rig_result(job, fds);
    enum err_code code = result ? store_complete(rig->store, job_text(job, "claim"), result, fds,
                                                 fds[0] >= 0 ? 2 : 0, MACHINE, err)
                                : err_set(err, ERR_NO_MEMORY, "the worker's result");
    fd_close(fds[0]);
    fd_close(fds[1]);
    return code;
}

bool rig_work(struct rig *rig, const char *stage)
{
    AUTO(job)
    struct job *job = rig_claim(rig, stage);
    if (!job)
        return false;
    ASSERT_OK(rig_complete(rig, job, err));
    return true;
}

const char *rig_revision(struct rig *rig, const char *document)
{
    static char revision[REVISION_SIZE];
    ASSERT_OK(document_revision(rig->store, document, revision, err));
    return revision;
}

void rig_confirm(struct rig *rig, const char *document)
{
    AUTO(js)
    struct js *answers = parsed("{\"owner_id\":\"001099000001\",\"issue_date\":\"05/03/2026\"}");
    struct comparison comparison = {.compared = true,
                                    .revision = rig_revision(rig, document),
                                    .answers = answers,
                                    .copier = "Cán Bộ Mẫu"};
    ASSERT_OK(document_confirm(rig->store, document, &comparison, CLERK, err));
}

int64_t rig_ask_reconcile(struct rig *rig)
{
    int64_t count = 0;
    for (size_t i = 0; i < rig->options.target_count; i++) {
        AUTO(js) struct js *run = NULL;
        AUTO(js) struct js *asked = NULL;
        ASSERT_OK(reconcile_begin(rig->store, rig->options.targets[i], MACHINE, &run, err));
        ASSERT_OK(
            reconcile_each(rig->store, js_text_or(run, "run.id", ""), 0, MACHINE, &asked, err));
        count += js_int_or(asked, "run.asked", 0);
    }
    return count;
}

struct paper rig_paper_in(struct rig *rig, const char *state, int pages)
{
    static const struct {
        const char *state, *stages[3];
    } steps[] = {
        {"read", {"understand"}},       {"copied", {NULL}},  {"signed", {"compose", "seal"}},
        {"extracted", {"extract"}},     {"coded", {"code"}}, {"queued", {"queue"}},
        {"closed", {"send", "accept"}},
    };
    struct paper paper = rig_paper(rig);
    for (int i = 0; i < pages; i++) {
        char content[100];
        snprintf(content, sizeof content, "II*.page %d of %s", i, paper.document);
        rig_page(rig, &paper, content, NULL);
    }
    if (strcmp(state, "open") == 0)
        return paper;
    ASSERT_OK(document_finish_scan(rig->store, paper.document, CLERK, err));
    while (rig_work(rig, "recognize"))
        ;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (strcmp(steps[i].state, "copied") == 0)
            rig_confirm(rig, paper.document);
        for (int k = 0; k < 3 && steps[i].stages[k]; k++)
            while (rig_work(rig, steps[i].stages[k]))
                ;
        if (strcmp(steps[i].state, state) == 0)
            break;
    }
    if (strcmp(state, "closed") == 0) {
        rig_ask_reconcile(rig);
        while (rig_work(rig, "reconcile"))
            ;
    }
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), state);
    return paper;
}

void rig_delivery(struct rig *rig, const char *document, char out_id[ID_SIZE])
{
    AUTO(js)
    struct js *list = NULL;
    ASSERT_OK(view_deliveries_of_document(rig->store, document, &list, err));
    assert_int_equal(js_count(list), 1);
    snprintf(out_id, ID_SIZE, "%s", js_text_or(list, "[0].id", ""));
}

const char *state_of(struct rig *rig, enum machine machine, const char *id)
{
    static struct subject subject;
    ASSERT_OK(subject_get(rig->store, machine, id, &subject, err));
    return subject.state;
}

int64_t rig_number(struct rig *rig, const char *sql)
{
    int64_t number = -1;
    ASSERT_OK(db_number(rig->store->db, sql, DB_BIND_NONE, -1, &number, err));
    return number;
}

/* ---- invariants ---- */

static void check_blobs(struct rig *rig)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    ASSERT_OK(db_query(rig->store->db, "SELECT sha256 FROM blob", DB_BIND_NONE, &q, err));
    for (;;) {
        ASSERT_OK(query_next(q, &row, err));
        if (!row)
            return;
        ASSERT_OK(blob_check(rig->store->blobs, rig->store->db, query_text(q, 0), err));
    }
}

void rig_check_invariants(struct rig *rig)
{
    check_blobs(rig);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM pragma_integrity_check "
                                     "WHERE integrity_check <> 'ok'"),
                     0);
    assert_int_equal(
        rig_number(rig,
                   "SELECT count(*) FROM (SELECT document_id, count(*) AS n, max(position) AS "
                   "last, count(DISTINCT position) AS different FROM page WHERE document_id IS "
                   "NOT NULL AND state NOT IN ('rejected', 'failed') GROUP BY document_id) "
                   "WHERE n <> last OR n <> different"),
        0);
}

struct js *rig_record(struct rig *rig, const char *document)
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
