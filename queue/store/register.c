#include "queue/store/register.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"
#include "queue/store/register_join.h"
#include "queue/store/register_keys.h"

#include <stdio.h>
#include <string.h>

/* ---- versions ---- */

struct js *register_version_to_js(struct query *q)
{
    return js_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s}", "id", query_text(q, 0),
                   "folder", query_text(q, 1), "name", query_text(q, 2), "file", query_text(q, 3),
                   "file_sha256", query_text(q, 4), "state", query_text(q, 5), "rows",
                   query_int(q, 6), "imported_us", query_int(q, 7), "imported_by",
                   query_text(q, 8));
}

static enum err_code version_of(struct store *store, const char *id, struct js **out,
                                struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code =
        db_query(store->db, REGISTER_VERSIONS "WHERE id = ?", DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such register");
    if (code)
        return code;
    *out = register_version_to_js(q);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "register");
}

enum err_code register_map(struct store *store, const char *folder, struct js **out,
                           struct err *err)
{
    AUTO(mem) char *text = NULL;
    AUTO(js) struct js *map = NULL;
    enum err_code code = db_text(store->db, "SELECT map FROM register_folder WHERE folder = ?",
                                 DB_BIND(DB_TEXT(folder)), &text, err);
    if (!code && text)
        code = js_parse(text, strlen(text), &map, err);
    if (code)
        return code;
    *out = js_pack("{s:o}", "map", map ? js_ref(map) : js_object());
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "register");
}

/* ---- begin ---- */

/* Of an import that ended early. */
static enum err_code drop_unfinished(struct store *store, const struct register_import *import,
                                     struct err *err)
{
    static const char *const statements[] = {
        "DELETE FROM register_path WHERE register_id IN (SELECT id FROM register "
        "WHERE folder = ?1 AND state = 'loading' AND id <> ?2)",
        "DELETE FROM register_row WHERE register_id IN (SELECT id FROM register "
        "WHERE folder = ?1 AND state = 'loading' AND id <> ?2)",
        "DELETE FROM register WHERE folder = ?1 AND state = 'loading' AND id <> ?2"};
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < sizeof statements / sizeof *statements; i++)
        code = db_run(store->db, statements[i],
                      DB_BIND(DB_TEXT(import->folder), DB_TEXT(import->id)), err);
    return code;
}

static enum err_code begin_in_tx(struct store *store, const struct register_import *import,
                                 const char *map, struct principal by, int64_t *out_already,
                                 struct err *err)
{
    enum err_code code = db_number(store->db,
                                   "SELECT count(*) FROM register WHERE folder = ? AND name = ? "
                                   "AND state = 'current' AND file_sha256 = ? AND map = ?",
                                   DB_BIND(DB_TEXT(import->folder), DB_TEXT(import->name),
                                           DB_TEXT(import->file_sha256), DB_TEXT(map)),
                                   0, out_already, err);
    if (code || *out_already)
        return code;
    code = drop_unfinished(store, import, err);
    if (code)
        return code;
    return db_run(store->db,
                  "INSERT OR IGNORE INTO register (id, folder, name, file, file_sha256, map, "
                  "state, imported_us, imported_by) VALUES (?, ?, ?, ?, ?, ?, 'loading', ?, ?)",
                  DB_BIND(DB_TEXT(import->id), DB_TEXT(import->folder), DB_TEXT(import->name),
                          DB_TEXT(import->file), DB_TEXT(import->file_sha256), DB_TEXT(map),
                          DB_INT(sys_now_us()), DB_TEXT(by.id)),
                  err);
}

enum err_code register_begin(struct store *store, const struct register_import *import,
                             struct principal by, struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *map = js_dump(import->map);
    int64_t already = 0;
    enum err_code code = map ? store_check_room(store, err) : ERR_NO_MEMORY;
    if (!code)
        code = tx_begin(&tx, store->db, err);
    if (!code)
        code = begin_in_tx(store, import, map, by, &already, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (code)
        return code;
    *out = js_pack("{s:b}", "already", already != 0);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "register");
}

/* ---- rows ---- */

static enum err_code add_line(struct store *store, const char *id, const char *text, size_t size,
                              struct err *err)
{
    AUTO(js) struct js *row = NULL;
    AUTO(mem) char *data = mem_strndup(text, size);
    __attribute__((cleanup(register_keys_done))) struct register_keys keys = {0};
    int64_t line;
    enum err_code code = data ? js_parse(text, size, &row, err) : ERR_NO_MEMORY;
    if (!code)
        code = js_get_int(row, "line", &line, err);
    if (!code)
        code = register_keys_of(row, &keys, err);
    if (!code)
        code = db_run(store->db,
                      "INSERT OR IGNORE INTO register_row (register_id, line, number_key, "
                      "issue_date, issuer_key, data) VALUES (?, ?, ?, ?, ?, ?)",
                      DB_BIND(DB_TEXT(id), DB_INT(line), DB_TEXT(keys.number), DB_TEXT(keys.date),
                              DB_TEXT(keys.issuer), DB_TEXT(data)),
                      err);
    const char *path = js_text_or(row, "path", NULL);
    return code || !path ? code : register_row_paths(store, id, line, path, err);
}

static enum err_code check_loading(struct store *store, const char *id, struct err *err)
{
    AUTO(mem) char *state = NULL;
    enum err_code code = db_text(store->db, "SELECT state FROM register WHERE id = ?",
                                 DB_BIND(DB_TEXT(id)), &state, err);
    if (!code && !state)
        return err_set(err, ERR_NOT_FOUND, "no such register");
    if (!code && strcmp(state, "loading") != 0)
        return err_set(err, ERR_STATE_CHANGED, "the register is in use");
    return code;
}

enum err_code register_add(struct store *store, const char *id, const char *lines, size_t size,
                           struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    const char *end = lines + size;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = check_loading(store, id, err);
    while (!code && lines < end) {
        const char *stop = memchr(lines, '\n', (size_t)(end - lines));
        if (!stop)
            return err_set(err, ERR_BAD_JSON, "a row that does not end");
        code = add_line(store, id, lines, (size_t)(stop - lines), err);
        lines = stop + 1;
    }
    return code ? code : tx_commit(&tx, err);
}

/* ---- use ---- */

static enum err_code replace_current(struct store *store, const char *id, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "UPDATE register SET state = 'replaced' WHERE state = 'current' AND (folder, name) "
               "= (SELECT folder, name FROM register WHERE id = ?)",
               DB_BIND(DB_TEXT(id)), err);
    if (code)
        return code;
    return store_run_one(store, "register",
                         "UPDATE register SET state = 'current', rows = (SELECT count(*) "
                         "FROM register_row WHERE register_id = ?1) WHERE id = ?1",
                         DB_BIND(DB_TEXT(id)), err);
}

/* What was said of other columns of the folder's registers stays. */
static enum err_code keep_map(struct store *store, const char *id, struct err *err)
{
    return db_run(store->db,
                  "INSERT INTO register_folder (folder, map, join_from) SELECT folder, map, ?2 "
                  "FROM register WHERE id = ?1 ON CONFLICT (folder) DO UPDATE SET "
                  "map = json_patch(register_folder.map, excluded.map), join_from = ?2",
                  DB_BIND(DB_TEXT(id), DB_TEXT(REGISTER_JOIN_ALL)), err);
}

static enum err_code audit_use(struct store *store, const char *id, const struct js *version,
                               struct principal by, struct err *err)
{
    char detail[120];
    snprintf(detail, sizeof detail, "%lld rows, file sha256 %.64s",
             (long long)js_int_or(version, "rows", 0), js_text_or(version, "file_sha256", ""));
    return audit_write(
        store,
        &(struct audit){
            .kind = "register", .id = id, .event = "import", .detail = detail, .by = by},
        err);
}

static enum err_code use_in_tx(struct store *store, const char *id, struct err *err)
{
    enum err_code code = register_carry_said(store, id, err);
    if (!code)
        code = replace_current(store, id, err);
    if (!code)
        code = keep_map(store, id, err);
    if (code)
        return code;
    return db_run(store->db,
                  "INSERT OR IGNORE INTO register_document (document_id, folder) "
                  "SELECT DISTINCT p.document_id, i.folder FROM import_item i "
                  "JOIN import_page m ON m.item_id = i.id JOIN page p ON p.id = m.page_id "
                  "WHERE i.folder = (SELECT folder FROM register WHERE id = ?) "
                  "AND p.document_id IS NOT NULL",
                  DB_BIND(DB_TEXT(id)), err);
}

enum err_code register_use(struct store *store, const char *id, struct principal by,
                           struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *version = NULL;
    AUTO(js) struct js *used = NULL;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = version_of(store, id, &version, err);
    bool again = strcmp(js_text_or(version, "state", ""), "loading") != 0;
    if (!code && !again)
        code = use_in_tx(store, id, err);
    if (!code)
        code = version_of(store, id, &used, err);
    if (!code && !again)
        code = audit_use(store, id, used, by, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (code)
        return code;
    *out = js_pack("{s:O}", "register", used);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "register");
}
