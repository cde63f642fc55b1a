#include "queue/store/import.h"

#include "daemon/base/sys.h"
#include "queue/store/import_row.h"
#include "queue/store/inside.h"

#include <string.h>

/* What lies in a folder, noted file by file. */

static enum err_code insert(struct store *store, const char *folder, int64_t sweep,
                            const struct import_file *file, char out_id[ID_SIZE], struct err *err)
{
    AUTO(mem) char *unit = NULL;
    enum err_code code = import_papers_unit(file->papers, file->path, &unit, err);
    if (code)
        return code;
    id_new(out_id);
    return db_run(store->db,
                  "INSERT INTO import_item (id, folder, path, size_bytes, mtime_us, sweep, unit, "
                  "state, state_us, found_us, papers) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'found', ?8, ?8, ?9)",
                  DB_BIND(DB_TEXT(out_id), DB_TEXT(folder), DB_TEXT(file->path),
                          DB_INT(file->size_bytes), DB_INT(file->mtime_us), DB_INT(sweep),
                          DB_TEXT(unit), DB_INT(sys_now_us()),
                          DB_TEXT(import_papers_name(file->papers))),
                  err);
}

/* What a file's bytes say at first sight: NULL where paper may be in it, or text to be read. */
const char *import_refusal_of(const char *kind)
{
    static const struct {
        const char *kind, *code;
    } kinds[] = {{"jpeg", NULL},
                 {"png", NULL},
                 {"tiff", NULL},
                 {"pnm", NULL},
                 {"pdf", NULL},
                 {"docx", NULL},
                 {"xlsx", NULL},
                 {"old-office", "FILE_OLD_OFFICE"},
                 {"empty", "IMAGE_EMPTY"},
                 {"unreadable", "FORBIDDEN"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].code;
    return "FORMAT_UNKNOWN";
}

static bool is_one_of(const char *kind, const char *a, const char *b, const char *c)
{
    return strcmp(kind, a) == 0 || strcmp(kind, b) == 0 || strcmp(kind, c) == 0;
}

static enum err_code settle(struct store *store, const char *id, const char *kind,
                            struct principal by, struct err *err)
{
    const char *refusal = import_refusal_of(kind);
    bool lost = strcmp(kind, "empty") == 0 || strcmp(kind, "unreadable") == 0; /* maybe an image */
    bool image = refusal ? lost : !is_one_of(kind, "pdf", "docx", "xlsx");
    enum err_code code = store_run_one(store, "import item",
                                       "UPDATE import_item SET kind = ?1, unit = CASE WHEN ?2 OR "
                                       "(?1 = 'pdf' AND papers <> 'file') "
                                       "THEN unit END WHERE id = ?3",
                                       DB_BIND(DB_TEXT(kind), DB_INT(image), DB_TEXT(id)), err);
    if (code)
        return code;
    code = import_move(store, id, IMPORT_FOUND, refusal ? IMPORT_REFUSED : IMPORT_STABLE, refusal,
                       by, err);
    return code || !refusal ? code : import_ask_missing(store, id, err);
}

/* The file has changed: nothing of it is here yet, or this is another file under its name. */
static enum err_code change(struct store *store, struct import_row *row,
                            const struct import_file *file, bool *out_other, struct err *err)
{
    *out_other = row->state != IMPORT_FOUND && row->state != IMPORT_STABLE;
    row->state = IMPORT_FOUND;
    if (*out_other)
        return store_run_one(store, "import item",
                             "UPDATE import_item SET present = 0 WHERE id = ?",
                             DB_BIND(DB_TEXT(row->id)), err);
    return store_run_one(
        store, "import item",
        "UPDATE import_item SET state = 'found', code = NULL, not_before_us = 0, "
        "size_bytes = ?, mtime_us = ? WHERE id = ?",
        DB_BIND(DB_INT(file->size_bytes), DB_INT(file->mtime_us), DB_TEXT(row->id)), err);
}

/* The dossier it is for is settled when it is first seen: what is fed later is somebody else's. */
static enum err_code begin_feeding(struct store *store, const char *folder, const char *id,
                                   struct err *err)
{
    enum err_code code =
        store_run_one(store, "import item", "UPDATE import_item SET fed = 1 WHERE id = ?",
                      DB_BIND(DB_TEXT(id)), err);
    return code ? code : import_bind(store, folder, id, err);
}

static enum err_code wait_for_feed(struct store *store, const char *id, struct principal by,
                                   struct err *err)
{
    struct import_row row;
    int64_t bound;
    enum err_code code = import_row_get(store, id, &row, err);
    if (code || row.state != IMPORT_STABLE)
        return code;
    code = db_number(store->db, "SELECT dossier_id IS NOT NULL FROM import_item WHERE id = ?",
                     DB_BIND(DB_TEXT(id)), 0, &bound, err);
    return code || bound ? code
                         : import_move(store, id, IMPORT_STABLE, IMPORT_WAITING,
                                       err_name(ERR_FEED_MISSING), by, err);
}

enum err_code import_see(struct store *store, const char *folder, int64_t sweep,
                         const struct import_file *file, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct import_row row = {.state = IMPORT_FOUND};
    bool there = false, other = false;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = import_row_at(store, folder, file->path, &row, &there, err);
    if (!code && there && (row.size_bytes != file->size_bytes || row.mtime_us != file->mtime_us))
        code = change(store, &row, file, &other, err);
    if (!code && (!there || other))
        code = insert(store, folder, sweep, file, row.id, err);
    else if (!code)
        code = store_run_one(store, "import item", "UPDATE import_item SET sweep = ? WHERE id = ?",
                             DB_BIND(DB_INT(sweep), DB_TEXT(row.id)), err);
    if (!code && file->fed && (!there || other))
        code = begin_feeding(store, folder, row.id, err);
    if (!code && file->stable && row.state == IMPORT_FOUND)
        code = settle(store, row.id, file->kind, by, err);
    if (!code && file->fed && file->stable && row.state == IMPORT_FOUND)
        code = wait_for_feed(store, row.id, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* What was never taken has nothing to come from any more: nobody waits for it. */
static enum err_code refuse_gone(struct store *store, const char *folder, enum import_state state,
                                 struct principal by, struct err *err)
{
    for (;;) {
        AUTO(mem) char *id = NULL;
        enum err_code code =
            db_text(store->db,
                    "SELECT id FROM import_item WHERE folder = ? AND state = ? AND present = 0 "
                    "AND sha256 IS NULL LIMIT 1",
                    DB_BIND(DB_TEXT(folder), DB_TEXT(import_state_name(state))), &id, err);
        if (!code && id)
            code = import_move(store, id, state, IMPORT_REFUSED, "NOT_FOUND", by, err);
        if (code || !id)
            return code;
    }
}

enum err_code import_swept(struct store *store, const char *folder, int64_t sweep, int64_t files,
                           struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = db_run(store->db,
                      "UPDATE import_item SET present = 0 "
                      "WHERE folder = ? AND present = 1 AND sweep <> ?",
                      DB_BIND(DB_TEXT(folder), DB_INT(sweep)), err);
    if (!code)
        code = refuse_gone(store, folder, IMPORT_FOUND, by, err);
    if (!code)
        code = refuse_gone(store, folder, IMPORT_STABLE, by, err);
    if (!code)
        code = refuse_gone(store, folder, IMPORT_WAITING, by, err);
    if (!code)
        code = db_run(store->db,
                      "INSERT INTO import_folder (name, files, swept_us) VALUES (?1, ?2, ?3) "
                      "ON CONFLICT (name) DO UPDATE SET files = ?2, swept_us = ?3",
                      DB_BIND(DB_TEXT(folder), DB_INT(files), DB_INT(sys_now_us())), err);
    return code ? code : tx_commit(&tx, err);
}
