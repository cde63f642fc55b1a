#include "queue/store/purge_files.h"

#include "daemon/base/file.h"
#include "daemon/base/text.h"
#include "queue/store/inside.h"
#include "queue/store/job.h"
#include "queue/store/page.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- temps ---- */

struct look {
    struct store *store;
    struct js *names;
    enum err_code code;
    struct err *err;
};

static enum err_code is_purged(struct store *store, const char *temp, bool *out, struct err *err)
{
    char page_id[ID_SIZE], document_id[ID_SIZE];
    const char *claim_id = job_claim_of_temp(temp);
    int64_t count = 0;
    enum err_code code = ERR_OK;
    if (claim_id)
        code = db_number(store->db, "SELECT NOT EXISTS (SELECT 1 FROM claim WHERE id = ?)",
                         DB_BIND(DB_TEXT(claim_id)), 0, &count, err);
    else if (page_temp_read(temp, page_id, document_id))
        code = db_number(store->db, "SELECT count(*) FROM purge WHERE subject_id = ?",
                         DB_BIND(DB_TEXT(document_id)), 0, &count, err);
    *out = !code && count;
    return code;
}

static bool look_at(void *payload, const char *temp)
{
    struct look *look = payload;
    bool purged = false;
    look->code = is_purged(look->store, temp, &purged, look->err);
    if (!look->code && purged && !js_push(look->names, js_text(temp)))
        look->code = err_set(look->err, ERR_NO_MEMORY, "temps");
    return !look->code;
}

enum err_code purge_temps(struct store *store, struct err *err)
{
    AUTO(js) struct js *names = js_array();
    struct look look = {store, names, ERR_OK, err};
    enum err_code code = blob_each_temp(store->blobs, look_at, &look, err);
    if (!code)
        code = look.code;
    for (size_t i = 0; !code && i < js_count(names); i++)
        code = blob_wipe_temp(store->blobs, js_text_or(js_item(names, i), "", ""), err);
    return code;
}

/* ---- backups ---- */

#define BACKUP_PREFIX "backup-v"

static bool is_backup(const char *name)
{
    size_t size = strlen(name);
    return text_starts(name, BACKUP_PREFIX) && size > 3 && strcmp(name + size - 3, ".db") == 0;
}

/* One of a register's rows about those? */
static enum err_code holds_row(struct store *store, struct db *backup, int64_t *out,
                               struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    int64_t knows = 0;
    *out = 0;
    enum err_code code =
        db_number(backup, "SELECT count(*) FROM sqlite_master WHERE name = 'register_row'",
                  DB_BIND_NONE, 0, &knows, err);
    if (!code && knows)
        code = db_query(store->db,
                        "SELECT r.register_id, r.line FROM register_row r JOIN purge u ON "
                        "u.subject_id = r.purged_for WHERE u.done_us IS NULL",
                        DB_BIND_NONE, &q, err);
    while (!code && q && !*out && !(code = query_next(q, &row, err)) && row)
        code = db_number(backup,
                         "SELECT count(*) FROM register_row WHERE register_id = ? AND line = ? "
                         "AND data <> '{}'",
                         DB_BIND(DB_TEXT(query_text(q, 0)), DB_INT(query_int(q, 1))), 0, out, err);
    return code;
}

/* Is one of those whose purge was begun in it, with content? */
static enum err_code holds_any(struct store *store, struct db *backup, bool *out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    int64_t found = 0;
    enum err_code code = db_query(store->db, "SELECT subject_id FROM purge WHERE done_us IS NULL",
                                  DB_BIND_NONE, &q, err);
    while (!code && !found && !(code = query_next(q, &row, err)) && row)
        code = db_number(backup,
                         "SELECT EXISTS (SELECT 1 FROM page WHERE id = ?1 AND pixel_sha256 <> '') "
                         "OR EXISTS (SELECT 1 FROM field WHERE document_id = ?1)",
                         DB_BIND(DB_TEXT(query_text(q, 0))), 0, &found, err);
    if (!code && !found)
        code = holds_row(store, backup, &found, err);
    *out = !code && found;
    return code;
}

static bool must_go(struct store *store, const char *path)
{
    struct db *backup = NULL;
    bool holds = true;
    if (db_open(path, false, &backup, NULL))
        return true;
    if (holds_any(store, backup, &holds, NULL))
        holds = true;
    db_close(backup, true);
    return holds;
}

static enum err_code remove_backup(const char *path, struct err *err)
{
    enum err_code code = file_wipe(AT_FDCWD, path, err);
    return code ? code : file_flush_folder(AT_FDCWD, path, err);
}

enum err_code purge_backups(struct store *store, struct err *err)
{
    DIR *list = opendir(store->folder);
    enum err_code code = list ? ERR_OK : err_set_errno(err, ERR_IO, errno, "list the store");
    for (struct dirent *entry; !code && list && (entry = readdir(list));) {
        if (!is_backup(entry->d_name))
            continue;
        AUTO(mem) char *path = mem_printf("%s/%s", store->folder, entry->d_name);
        if (!path)
            code = err_set(err, ERR_NO_MEMORY, "backup");
        else if (must_go(store, path))
            code = remove_backup(path, err);
    }
    if (list)
        closedir(list);
    return code;
}
