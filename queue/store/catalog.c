#include "queue/store/catalog.h"

#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/base/when.h"
#include "queue/store/audit.h"
#include "queue/store/catalog_compare.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

void catalog_today(char out[11])
{
    int today = when_today_local(sys_now_us());
    char text[40];
    snprintf(text, sizeof text, "%04d-%02d-%02d", today / 10000, today / 100 % 100, today % 100);
    memcpy(out, text, 11);
}

/* ---- versions ---- */

#define VERSION_COLUMNS                                                                            \
    "SELECT v.id, v.kind, v.valid_from, v.source, v.file, v.file_sha256, v.rows, v.imported_us, "  \
    "v.imported_by FROM catalog_version v "

static struct js *version_to_js(struct query *q)
{
    return js_pack("{s:s, s:s, s:s, s:s?, s:s, s:s, s:I, s:I, s:s}", "id", query_text(q, 0), "kind",
                   query_text(q, 1), "valid_from", query_text(q, 2), "source", query_text(q, 3),
                   "file", query_text(q, 4), "sha256", query_text(q, 5), "rows", query_int(q, 6),
                   "imported_us", query_int(q, 7), "imported_by", query_text(q, 8));
}

/* Of those in effect a site's own go before those that came with the product; then the newest by
 * its date of effect. None is in effect before the first of them. */
enum err_code catalog_version_on(struct store *store, const char *kind, const char *day,
                                 char out[ID_SIZE], struct err *err)
{
    AUTO(mem) char *id = NULL;
    enum err_code code =
        db_text(store->db,
                "SELECT id FROM catalog_version WHERE kind = ?1 ORDER BY valid_from <= ?2 DESC, "
                "valid_from <= ?2 AND imported_by <> ?3 DESC, "
                "CASE WHEN valid_from <= ?2 THEN valid_from END DESC, valid_from, "
                "imported_us DESC, id DESC LIMIT 1",
                DB_BIND(DB_TEXT(kind), DB_TEXT(day), DB_TEXT(CATALOG_PACKAGE)), &id, err);
    if (!code)
        snprintf(out, ID_SIZE, "%s", id ? id : "");
    return code;
}

enum err_code catalog_versions(struct store *store, const char *kind, struct js **out,
                               struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    char today[11], active[ID_SIZE];
    bool row = true;
    catalog_today(today);
    enum err_code code =
        db_query(store->db,
                 VERSION_COLUMNS "WHERE ?1 IS NULL OR v.kind = ?1 ORDER BY v.kind, "
                                 "v.valid_from DESC, v.imported_us DESC, v.id DESC",
                 DB_BIND(DB_TEXT(kind)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        AUTO(js) struct js *version = version_to_js(q);
        code = catalog_version_on(store, query_text(q, 1), today, active, err);
        if (!code && (!js_set(version, "active", js_bool(strcmp(active, query_text(q, 0)) == 0)) ||
                      !js_push(list, js_ref(version))))
            code = err_set(err, ERR_NO_MEMORY, "catalogues");
    }
    if (code)
        return code;
    *out = TAKE(list);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "catalogues");
}

static enum err_code read_version(struct store *store, const char *id, struct js **out,
                                  struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(store->db, VERSION_COLUMNS "WHERE v.id = ?", DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    *out = row ? version_to_js(q) : js_null();
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "catalogue");
}

/* ---- an import ---- */

struct pending {
    char **data; /* of each row, as it is stored */
    size_t count;
    char sha256[HASH_HEX_SIZE];
};

static void pending_auto(struct pending *pending)
{
    for (size_t i = 0; pending->data && i < pending->count; i++)
        mem_free(pending->data[i]);
    mem_free(pending->data);
}

static enum err_code prepare(const struct js *rows, struct pending *out, struct err *err)
{
    struct hash *hash = hash_new();
    out->count = js_count(rows);
    out->data = mem_array(out->count + 1, sizeof *out->data);
    bool fits = hash && out->data;
    for (size_t i = 0; fits && i < out->count; i++) {
        out->data[i] = js_dump(js_item(rows, i));
        fits = out->data[i] != NULL;
        if (fits) {
            hash_update(hash, out->data[i], strlen(out->data[i]));
            hash_update(hash, "\n", 1);
        }
    }
    if (fits)
        hash_finish(hash, out->sha256);
    hash_free(hash);
    return fits ? ERR_OK : err_set(err, ERR_NO_MEMORY, "catalogue");
}

static enum err_code add_row(struct store *store, const struct catalog_kind *kind,
                             const char *version, size_t place, const struct js *row,
                             const char *data, struct err *err)
{
    AUTO(mem) char *folded = text_fold(js_text_or(row, kind->name_key, ""));
    if (!folded)
        return err_set(err, ERR_NO_MEMORY, "catalogue");
    return db_run(store->db,
                  "INSERT INTO catalog_row (version_id, place, code, folded, valid_from, valid_to, "
                  "data) VALUES (?, ?, ?, ?, ?, ?, ?)",
                  DB_BIND(DB_TEXT(version), DB_INT((int64_t)place),
                          DB_TEXT(js_text_or(row, kind->code_key, "")), DB_TEXT(folded),
                          DB_TEXT(js_text_or(row, "valid_from", NULL)),
                          DB_TEXT(js_text_or(row, "valid_to", NULL)), DB_TEXT(data)),
                  err);
}

static enum err_code add_version(struct store *store, const struct catalog_import *import,
                                 const struct pending *pending, const char *id, struct principal by,
                                 struct err *err)
{
    return db_run(
        store->db,
        "INSERT INTO catalog_version (id, kind, valid_from, source, file, file_sha256, "
        "rows_sha256, rows, imported_us, imported_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_BIND(DB_TEXT(id), DB_TEXT(import->kind->name), DB_TEXT(import->valid_from),
                DB_TEXT(import->source), DB_TEXT(import->file), DB_TEXT(import->file_sha256),
                DB_TEXT(pending->sha256), DB_INT((int64_t)pending->count), DB_INT(sys_now_us()),
                DB_TEXT(by.id)),
        err);
}

/* Gaps that this version fills. */
static enum err_code close_gaps(struct store *store, const char *kind, const char *version,
                                struct err *err)
{
    return db_run(store->db,
                  "DELETE FROM catalog_gap WHERE kind = ?1 AND (code = '' OR code IN "
                  "(SELECT code FROM catalog_row WHERE version_id = ?2))",
                  DB_BIND(DB_TEXT(kind), DB_TEXT(version)), err);
}

static enum err_code add(struct store *store, const struct catalog_import *import,
                         const struct pending *pending, struct principal by, char id[ID_SIZE],
                         struct err *err)
{
    char detail[160];
    id_new(id);
    enum err_code code = add_version(store, import, pending, id, by, err);
    for (size_t i = 0; !code && i < pending->count; i++)
        code = add_row(store, import->kind, id, i, js_item(import->rows, i), pending->data[i], err);
    if (!code)
        code = close_gaps(store, import->kind->name, id, err);
    snprintf(detail, sizeof detail, "%s, %zu rows, from %s, file sha256 %.64s", import->kind->name,
             pending->count, import->valid_from, import->file_sha256);
    if (!code)
        code = audit_write(
            store,
            &(struct audit){
                .kind = "catalog", .id = id, .event = "import", .detail = detail, .by = by},
            err);
    return code;
}

/* ---- whole ---- */

/* What a site imports is its own, be it word for word what came with the product. */
static enum err_code find_same(struct store *store, const struct catalog_import *import,
                               const struct pending *pending, struct principal by, char id[ID_SIZE],
                               struct err *err)
{
    AUTO(mem) char *from = NULL;
    char rows[HASH_HEX_SIZE] = "";
    AUTO(mem) char *sha256 = NULL;
    AUTO(mem) char *day = NULL;
    enum err_code code = catalog_version_on(store, import->kind->name, import->valid_from, id, err);
    if (!code)
        code = db_text(store->db, "SELECT rows_sha256 FROM catalog_version WHERE id = ?",
                       DB_BIND(DB_TEXT(id)), &sha256, err);
    if (!code)
        code = db_text(store->db, "SELECT valid_from FROM catalog_version WHERE id = ?",
                       DB_BIND(DB_TEXT(id)), &day, err);
    if (!code)
        code = db_text(store->db, "SELECT imported_by FROM catalog_version WHERE id = ?",
                       DB_BIND(DB_TEXT(id)), &from, err);
    bool was_package = from && strcmp(from, CATALOG_PACKAGE) == 0;
    bool alike = was_package == (strcmp(by.id, CATALOG_PACKAGE) == 0);
    snprintf(rows, sizeof rows, "%s", sha256 ? sha256 : "");
    if (!code &&
        (!alike || strcmp(rows, pending->sha256) || strcmp(day ? day : "", import->valid_from)))
        id[0] = 0;
    return code;
}

/* The first is told; a dry run tells all. */
static enum err_code check_doubts(const struct js *compared, struct err *err)
{
    const char *doubt = js_text_or(js_item(js_at(compared, "doubts"), 0), "", NULL);
    return doubt ? err_set(err, ERR_CATALOG_DOUBTFUL, "%s", doubt) : ERR_OK;
}

enum err_code catalog_import(struct store *store, const struct catalog_import *import,
                             struct principal by, struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(pending) struct pending pending = {0};
    AUTO(js) struct js *compared = NULL;
    AUTO(js) struct js *version = NULL;
    char id[ID_SIZE] = "";
    enum err_code code = import->dry_run ? ERR_OK : store_check_room(store, err);
    if (!code)
        code = prepare(import->rows, &pending, err);
    if (!code)
        code = tx_begin(&tx, store->db, err);
    if (!code)
        code = catalog_compare(store, import, pending.data, &compared, err);
    if (!code)
        code = find_same(store, import, &pending, by, id, err);
    bool already = id[0];
    if (!code && !already && !import->dry_run && !import->insist)
        code = check_doubts(compared, err);
    if (!code && !already && !import->dry_run)
        code = add(store, import, &pending, by, id, err);
    if (!code)
        code = read_version(store, id, &version, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:b, s:O}", "version", version, "already", (int)already, "compared",
                   compared);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "catalogue");
}

/* ---- gaps ---- */

#define GAP_WINDOW_US (INT64_C(10) * 60 * 1000000)

void catalog_note_gap(struct store *store, const char *kind, const char *code)
{
    struct err err = ERR_INIT;
    int64_t now_us = sys_now_us();
    db_run(store->db,
           "INSERT INTO catalog_gap (kind, code, times, first_us, last_us) VALUES (?1, ?2, 1, ?3, "
           "?3) ON CONFLICT (kind, code) DO UPDATE SET times = times + 1, last_us = ?3 "
           "WHERE abs(?3 - last_us) > ?4",
           DB_BIND(DB_TEXT(kind), DB_TEXT(code), DB_INT(now_us), DB_INT(GAP_WINDOW_US)), &err);
    if (err.code)
        log_err(&err, NULL, "a gap in the catalogues cannot be noted, continuing");
}

enum err_code catalog_gaps(struct store *store, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db,
                                  "SELECT kind, code, times, first_us, last_us FROM catalog_gap "
                                  "ORDER BY last_us DESC, kind, code LIMIT 1000",
                                  DB_BIND_NONE, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(list, js_pack("{s:s, s:s, s:I, s:I, s:I}", "kind", query_text(q, 0), "code",
                                   query_text(q, 1), "times", query_int(q, 2), "first_us",
                                   query_int(q, 3), "last_us", query_int(q, 4))))
            code = err_set(err, ERR_NO_MEMORY, "gaps");
    if (code)
        return code;
    *out = TAKE(list);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "gaps");
}
