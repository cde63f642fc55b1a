#include "tests/unit/queue/store/case_rig.h"

#include "queue/store/catalog.h"
#include "queue/store/dossier_case.h"
#include "queue/store/wanted.h"

static const char FILE_HASH[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const char OWNER[] = "001099000001", PROCEDURE[] = "1.000894";

void case_put(struct rig *rig, const char *kind, const char *json)
{
    AUTO(js) struct js *rows = NULL;
    AUTO(js) struct js *out = NULL;
    assert_int_equal(js_parse(json, strlen(json), &rows, NULL), ERR_OK);
    struct catalog_import import = {.kind = catalog_kind_find(kind),
                                    .valid_from = "2020-01-01",
                                    .file = "x.csv",
                                    .file_sha256 = FILE_HASH,
                                    .rows = rows};
    ASSERT_OK(catalog_import(rig->store, &import, CLERK, &out, err));
}

#define ROW(paper, name, group)                                                                    \
    "{\"procedure\":\"1.000894\",\"paper\":\"" paper "\",\"name\":\"" name "\",\"group\":\"" group \
    "\"}"

void case_put_marriage(struct rig *rig)
{
    case_put(
        rig, "procedures",
        "[{\"code\":\"1.000894\",\"name\":\"Đăng ký kết hôn\",\"results\":"
        "\"KQ.G15.000032=Giấy chứng nhận kết hôn\"},{\"code\":\"1.000895\",\"name\":\"Khác\"}]");
    case_put(
        rig, "rule-sets",
        "[" ROW("P1", "Giấy khai sinh", "a") "," ROW(
            "P2", "Tờ khai đăng ký kết hôn",
            "demand") "," ROW("P3", "Ý kiến của đơn vị phối hợp",
                              "d") "," ROW("P4", "Thẻ căn cước",
                                           "shown") "," ROW("P5", "Tài liệu mật", "secret") "]");
}

void case_settle(struct rig *rig, const char *id, const char *procedure, const char *received)
{
    struct dossier_change change = {
        .papers = -1, .sides = -1, .procedure = procedure, .received_on = received};
    ASSERT_OK(dossier_change(rig->store, id, &change, CLERK, err));
}

void case_set(struct rig *rig, const char *sql, const char *value, const char *id)
{
    ASSERT_OK(db_run(rig->store->db, sql, DB_BIND(DB_TEXT(value), DB_TEXT(id)), err));
}

void case_set_owner(struct rig *rig, const char *dossier, const char *owner)
{
    case_set(rig, "UPDATE dossier SET owner_id = ? WHERE id = ?", owner, dossier);
}

void case_marriage(struct rig *rig, const char *code, char id[ID_SIZE])
{
    rig_dossier(rig, code, 1, id);
    case_set_owner(rig, id, OWNER);
    case_settle(rig, id, PROCEDURE, "2026-01-05");
}

struct paper case_held_paper(struct rig *rig, const char *type, const char *name)
{
    struct paper paper = rig_paper_in(rig, "queued", 1);
    case_set(rig, "UPDATE document SET type = ? WHERE id = ?", type, paper.document);
    case_set(rig, SET_FIELD("doc_name"), name, paper.document);
    return paper;
}

struct js *case_wanted(struct rig *rig, const char *id)
{
    struct js *out = NULL;
    ASSERT_OK(wanted_of_dossier(rig->store, id, &out, err));
    return out;
}

const char *case_of_paper(struct rig *rig, const char *dossier, const char *code, const char *path)
{
    static char text[200];
    AUTO(js) struct js *wanted = case_wanted(rig, dossier);
    const struct js *paper = component_find(js_at(wanted, "papers"), NULL, code);
    assert_non_null(paper);
    const struct js *value = js_at(paper, path);
    if (js_is_text(value) || js_is_null(value))
        snprintf(text, sizeof text, "%s", js_is_null(value) ? "-" : js_text_or(value, "", ""));
    else if (js_is_array(value))
        snprintf(text, sizeof text, "%zu", js_count(value));
    else
        snprintf(text, sizeof text, "%lld", (long long)js_int_or(value, "", -1));
    return text;
}

struct js *case_document(struct rig *rig, const char *id)
{
    struct js *out = NULL;
    ASSERT_OK(view_document(rig->store, id, &out, err));
    return out;
}

void case_expect_is(struct rig *rig, const char *document, const char *stage, const char *code,
                    const char *from)
{
    AUTO(js) struct js *view = case_document(rig, document);
    assert_string_equal(js_text_or(view, "stage", ""), stage);
    assert_string_equal(js_text_or(view, "paper_code", ""), code);
    assert_string_equal(js_text_or(view, "paper_from", ""), from);
}

enum err_code case_begin(struct rig *rig, const char *dossier, struct scan_for wish,
                         char id[ID_SIZE], struct err *err)
{
    return scan_gate_begin(rig->store, dossier, &wish, CLERK, id, err);
}
