#include "queue/store/restored.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"
#include "queue/store/task.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct principal STATION = {"sohoad", "machine"};

/* ---- the file, and how often it was opened ---- */

struct opening {
    int64_t counter, inode, birth_ns;
};

static enum err_code look_at_file(const struct store *store, struct opening *out, struct err *err)
{
    struct statx info;
    AUTO(mem) char *path = mem_printf("%s/store.db", store->folder);
    if (!path)
        return err_set(err, ERR_NO_MEMORY, "open store");
    if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &info) < 0)
        return err_set(err, ERR_IO, "the database cannot be looked at");
    bool has_birth = info.stx_mask & STATX_BTIME;
    out->inode = (int64_t)info.stx_ino;
    out->birth_ns =
        has_birth ? info.stx_btime.tv_sec * INT64_C(1000000000) + info.stx_btime.tv_nsec : 0;
    return ERR_OK;
}

static int64_t read_counter(const struct store *store)
{
    AUTO(mem) char *path = mem_printf("%s/opened", store->folder);
    AUTO(mem) char *text = NULL;
    size_t size = 0;
    if (!path || file_read(AT_FDCWD, path, 32, &text, &size, NULL))
        return 0;
    return strtoll(text, NULL, 10);
}

/* Behind the database: what cannot be written here only makes a later look less sharp. */
static void write_counter(const struct store *store, int64_t counter)
{
    char text[32];
    AUTO(mem) char *path = mem_printf("%s/opened", store->folder);
    snprintf(text, sizeof text, "%lld\n", (long long)counter);
    if (path)
        file_replace_durably(AT_FDCWD, path, text, strlen(text), NULL);
}

static enum err_code keep(struct store *store, const struct opening *now, struct err *err)
{
    return db_run(store->db,
                  "INSERT INTO opening (one, counter, inode, birth_ns) VALUES (1, ?1, ?2, ?3) "
                  "ON CONFLICT (one) DO UPDATE SET counter = ?1, inode = ?2, birth_ns = ?3",
                  DB_BIND(DB_INT(now->counter), DB_INT(now->inode), DB_INT(now->birth_ns)), err);
}

static enum err_code find_kept(struct store *store, struct opening *out, bool *out_any,
                               struct err *err)
{
    AUTO(query) struct query *q = NULL;
    enum err_code code =
        db_query(store->db, "SELECT counter, inode, birth_ns FROM opening", DB_BIND_NONE, &q, err);
    if (!code)
        code = query_next(q, out_any, err);
    if (!code && *out_any)
        *out = (struct opening){query_int(q, 0), query_int(q, 1), query_int(q, 2)};
    return code;
}

/* ---- what follows ---- */

static enum err_code ask_first(struct store *store, int64_t *out_count, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "UPDATE delivery SET ask_first = 1 WHERE state NOT IN ('reconciled', 'withdrawn', "
               "'rejected', 'failed')",
               DB_BIND_NONE, err);
    if (!code)
        *out_count = db_changes(store->db);
    return code;
}

static enum err_code note(struct store *store, const char *how, struct principal by,
                          int64_t *out_count, struct err *err)
{
    enum err_code code = db_run(store->db,
                                "INSERT INTO restored (found_us, found_by, how, newest_us) "
                                "SELECT ?, ?, ?, coalesce(max(at_us), 0) FROM audit",
                                DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(how)), err);
    if (!code) /* one that was cut off knows nothing of this */
        code = db_run(store->db,
                      "UPDATE reconcile_run SET state = 'failed', code = 'RESTORED', ended_us = ? "
                      "WHERE state = 'running'",
                      DB_BIND(DB_INT(sys_now_us())), err);
    if (!code)
        code = ask_first(store, out_count, err);
    if (!code)
        code = audit_write(
            store,
            &(struct audit){
                .kind = "station", .id = "store", .event = "restored", .detail = how, .by = by},
            err);
    return code ? code
                : task_open(store, &(struct task){.kind = "restored", .detail = how}, by, err);
}

static enum err_code is_used(struct store *store, bool *out, struct err *err)
{
    int64_t used = 0;
    enum err_code code =
        db_number(store->db, "SELECT EXISTS (SELECT 1 FROM document)", DB_BIND_NONE, 0, &used, err);
    *out = !code && used;
    return code;
}

static const char *compare(const struct opening *kept, const struct opening *now, int64_t beside)
{
    if (beside > kept->counter)
        return "counter";
    return kept->inode != now->inode || kept->birth_ns != now->birth_ns ? "file" : NULL;
}

static enum err_code check(struct store *store, bool moved, int64_t *out_counter, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct opening now = {0}, kept = {0};
    bool any = false, used = false;
    int64_t count = 0, beside = read_counter(store);
    enum err_code code = look_at_file(store, &now, err);
    if (!code)
        code = tx_begin(&tx, store->db, err);
    if (!code)
        code = find_kept(store, &kept, &any, err);
    if (!code)
        code = is_used(store, &used, err);
    const char *how = !code && any && used && !moved ? compare(&kept, &now, beside) : NULL;
    if (!code && how) {
        store->is_restored = true;
        code = note(store, how, STATION, &count, err);
    }
    now.counter = (beside > kept.counter ? beside : kept.counter) + 1;
    if (!code)
        code = keep(store, &now, err);
    if (!code)
        code = tx_commit(&tx, err);
    *out_counter = now.counter;
    return code;
}

enum err_code restored_check(struct store *store, bool moved, struct err *err)
{
    struct err why = ERR_INIT;
    int64_t counter = 0;
    enum err_code code = check(store, moved, &counter, &why);
    if (!code) {
        write_counter(store, counter);
        store->is_restored = false; /* it is in the store now */
    }
    if (!code || code == ERR_DISK_FULL || code == ERR_READ_ONLY)
        return ERR_OK;
    if (err)
        *err = why;
    return code;
}

void restored_closed(struct store *store)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct opening kept = {0};
    bool any = false;
    if (tx_begin(&tx, store->db, NULL) || find_kept(store, &kept, &any, NULL) || !any)
        return;
    kept.counter++;
    if (!keep(store, &kept, NULL) && !tx_commit(&tx, NULL))
        write_counter(store, kept.counter);
}

enum err_code restored_by_person(struct store *store, struct principal by, struct js **out,
                                 struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    int64_t count = 0;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = note(store, "person", by, &count, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (code)
        return code;
    *out = js_pack("{s:I}", "deliveries", count);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

/* ---- result codes ---- */

bool restored_holds_codes(struct store *store)
{
    int64_t waits = 0;
    enum err_code code =
        db_number(store->db, "SELECT EXISTS (SELECT 1 FROM restored WHERE looked_us IS NULL)",
                  DB_BIND_NONE, 0, &waits, NULL);
    return code || waits || store->is_restored;
}

static enum err_code end_wait(struct store *store, struct err *err)
{
    store->is_restored = false;
    return db_run(store->db, "UPDATE restored SET looked_us = ? WHERE looked_us IS NULL",
                  DB_BIND(DB_INT(sys_now_us())), err);
}

enum err_code restored_looked(struct store *store, struct principal by, struct err *err)
{
    AUTO(mem) char *task = NULL;
    for (size_t i = 0; i < store->target_count; i++) {
        int64_t looked = 0;
        enum err_code code = db_number(
            store->db,
            "SELECT EXISTS (SELECT 1 FROM reconcile_run WHERE target = ? AND state = 'done' AND "
            "code IS NULL AND begun_us >= (SELECT max(found_us) FROM restored))",
            DB_BIND(DB_TEXT(store->targets[i])), 0, &looked, err);
        if (code || !looked)
            return code;
    }
    enum err_code code = db_text(
        store->db, "SELECT id FROM task WHERE kind = 'restored' AND closed_us IS NULL LIMIT 1",
        DB_BIND_NONE, &task, err);
    if (!code && task) /* closing it ends the wait */
        return task_close(store, task, "go-on", NULL, by, err);
    return code ? code : end_wait(store, err);
}

enum err_code restored_learn_code(struct store *store, const char *result_code,
                                  const char *record_id, const char *remote_name,
                                  const char *target, struct principal by, bool *out_new,
                                  struct err *err)
{
    int64_t known = 0;
    enum err_code code = db_number(store->db, "SELECT count(*) FROM result_code WHERE code = ?",
                                   DB_BIND(DB_TEXT(result_code)), 0, &known, err);
    if (code || known)
        return code;
    code = db_run(store->db,
                  "INSERT INTO code_seen (code, record_id, target, remote_name, seen_us) "
                  "VALUES (?, ?, ?, ?, ?) ON CONFLICT (code) DO NOTHING",
                  DB_BIND(DB_TEXT(result_code), DB_TEXT(record_id), DB_TEXT(target),
                          DB_TEXT(remote_name), DB_INT(sys_now_us())),
                  err);
    *out_new = !code && db_changes(store->db) == 1;
    if (!code && *out_new)
        code = audit_write(store,
                           &(struct audit){.kind = "station",
                                           .id = record_id,
                                           .event = "code-seen",
                                           .detail = target,
                                           .by = by},
                           err);
    return code;
}

enum err_code restored_go_on(struct store *store, const struct task_row *task, struct principal by,
                             struct err *err)
{
    (void)task;
    (void)by;
    return end_wait(store, err);
}
