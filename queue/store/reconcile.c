#include "queue/store/reconcile.h"

#include "daemon/base/sys.h"
#include "queue/reconcile/listed.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"
#include "queue/store/reconcile_inside.h"
#include "queue/store/restored.h"
#include "queue/store/task.h"

#include <stdio.h>
#include <string.h>

/* Those a target is to have. */
#define HELD_THERE "target = ?1 AND state IN ('accepted', 'reconciled')"

/* ---- rows ---- */

#define COLUMNS                                                                                    \
    "SELECT id, target, state, way, begun_us, begun_by, ended_us, expected, objects, same, "       \
    "asked, "                                                                                      \
    "missing, extra, others, codes, code, behind, coalesce(restored_us, 0) FROM reconcile_run "

static struct js *row_to_js(struct query *q)
{
    struct js *ended = query_is_null(q, 6) ? js_null() : js_int(query_int(q, 6));
    return js_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
                   "s:s?, s:s, s:I}",
                   "id", query_text(q, 0), "target", query_text(q, 1), "state", query_text(q, 2),
                   "way", query_text(q, 3), "begun_us", query_int(q, 4), "begun_by",
                   query_text(q, 5), "ended_us", ended, "expected", query_int(q, 7), "objects",
                   query_int(q, 8), "same", query_int(q, 9), "asked", query_int(q, 10), "missing",
                   query_int(q, 11), "extra", query_int(q, 12), "others", query_int(q, 13), "codes",
                   query_int(q, 14), "code", query_text(q, 15), "after", query_text(q, 16),
                   "since_us", query_int(q, 17));
}

static enum err_code rows_to_js(struct query *q, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    bool row = true;
    enum err_code code = ERR_OK;
    while (!(code = query_next(q, &row, err)) && row)
        if (!js_push(list, row_to_js(q)))
            return err_set(err, ERR_NO_MEMORY, "reconcile");
    if (!code)
        *out = TAKE(list);
    return code;
}

enum err_code reconcile_show(struct store *store, const char *run_id, struct js **out,
                             struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *list = NULL;
    enum err_code code =
        db_query(store->db, COLUMNS "WHERE id = ?", DB_BIND(DB_TEXT(run_id)), &q, err);
    if (!code)
        code = rows_to_js(q, &list, err);
    if (!code && !js_count(list))
        code = err_set(err, ERR_NOT_FOUND, "no such run");
    if (!code)
        *out = js_ref(js_item(list, 0));
    return code;
}

enum err_code reconcile_list(struct store *store, int64_t limit, struct js **out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    enum err_code code =
        db_query(store->db, COLUMNS "ORDER BY id DESC LIMIT ?", DB_BIND(DB_INT(limit)), &q, err);
    return code ? code : rows_to_js(q, out, err);
}

static enum err_code answer_run(struct store *store, const char *run_id, struct js **out,
                                struct err *err)
{
    struct js *run = NULL;
    enum err_code code = reconcile_show(store, run_id, &run, err);
    if (code)
        return code;
    *out = js_pack("{s:o}", "run", run);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "reconcile");
}

static void copy(struct query *q, int column, char *out, size_t size)
{
    const char *text = query_text(q, column);
    snprintf(out, size, "%s", text ? text : "");
}

enum err_code reconcile_find(struct store *store, const char *run_id, struct reconcile_run *out,
                             struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(
        store->db,
        "SELECT id, target, begun_us, restored_us, expected, behind, EXISTS (SELECT 1 FROM task t "
        "WHERE t.target = r.target AND t.delivery_id IS NOT NULL AND t.closed_us IS NULL) "
        "FROM reconcile_run r WHERE id = ? AND state = 'running'",
        DB_BIND(DB_TEXT(run_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (!row)
        return err_set(err, ERR_STATE_CHANGED, "that run is over");
    copy(q, 0, out->id, sizeof out->id);
    copy(q, 1, out->target, sizeof out->target);
    out->begun_us = query_int(q, 2);
    out->restored_us = query_is_null(q, 3) ? 0 : query_int(q, 3);
    out->expected = query_int(q, 4);
    copy(q, 5, out->behind, sizeof out->behind);
    out->has_tasks = query_int(q, 6) != 0;
    return ERR_OK;
}

static enum err_code last_of(struct store *store, const char *target, struct js **out,
                             struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(
        store->db,
        "SELECT coalesce((SELECT max(begun_us) FROM reconcile_run WHERE target = ?1 AND state = "
        "'done'), (SELECT min(state_us) FROM delivery WHERE state IN ('sent', 'accepted', 'held', "
        "'withdrawing') AND state = 'accepted'), 0), EXISTS (SELECT 1 FROM reconcile_run WHERE "
        "target = ?1 AND state = "
        "'running'), EXISTS (SELECT 1 FROM delivery WHERE target = ?1 AND state = 'accepted') OR "
        "EXISTS (SELECT 1 FROM delivery WHERE target = ?1 AND state = 'reconciled'), "
        "EXISTS (SELECT 1 FROM restored r WHERE r.looked_us IS NULL AND NOT EXISTS (SELECT 1 FROM "
        "reconcile_run n WHERE n.target = ?1 AND n.state = 'done' AND n.begun_us >= r.found_us))",
        DB_BIND(DB_TEXT(target)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    *out = js_pack("{s:s, s:I, s:b, s:b, s:b}", "name", target, "begun_us", query_int(q, 0),
                   "running", (int)query_int(q, 1), "held", (int)query_int(q, 2), "restored",
                   (int)query_int(q, 3));
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "reconcile");
}

enum err_code reconcile_last(struct store *store, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < store->target_count; i++) {
        struct js *last = NULL;
        enum err_code code = last_of(store, store->targets[i], &last, err);
        if (code)
            return code;
        if (!js_push(list, last))
            return err_set(err, ERR_NO_MEMORY, "reconcile");
    }
    *out = js_pack("{s:O}", "targets", list);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "reconcile");
}

/* ---- beginning and ending ---- */

static enum err_code insert(struct store *store, const char *id, const char *target,
                            struct principal by, struct err *err)
{
    enum err_code code = db_run(
        store->db,
        "INSERT INTO reconcile_run (id, target, state, begun_us, begun_by, restored_us, expected) "
        "SELECT ?2, ?1, 'running', ?3, ?4, (SELECT newest_us FROM restored WHERE looked_us IS "
        "NULL), (SELECT count(*) FROM delivery WHERE " HELD_THERE ")",
        DB_BIND(DB_TEXT(target), DB_TEXT(id), DB_INT(sys_now_us()), DB_TEXT(by.id)), err);
    return code ? code
                : audit_write(store,
                              &(struct audit){.kind = "reconcile",
                                              .id = id,
                                              .event = "begin",
                                              .detail = target,
                                              .by = by},
                              err);
}

enum err_code reconcile_begin(struct store *store, const char *target, struct principal by,
                              struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *running = NULL;
    char id[ID_SIZE];
    id_new(id);
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = db_text(store->db,
                       "SELECT id FROM reconcile_run WHERE target = ? AND state = 'running'",
                       DB_BIND(DB_TEXT(target)), &running, err);
    if (!code && !running)
        code = insert(store, id, target, by, err);
    if (!code)
        code = answer_run(store, running ? running : id, out, err);
    return code ? code : tx_commit(&tx, err);
}

static enum err_code end_run(struct store *store, const char *run_id, const char *state,
                             const char *why, struct principal by, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "UPDATE reconcile_run SET state = ?, code = ?, ended_us = ? WHERE id = ? "
               "AND state = 'running'",
               DB_BIND(DB_TEXT(state), DB_TEXT(why), DB_INT(sys_now_us()), DB_TEXT(run_id)), err);
    if (code || db_changes(store->db) != 1)
        return code;
    return audit_write(store,
                       &(struct audit){.kind = "reconcile",
                                       .id = run_id,
                                       .event = strcmp(state, "done") == 0 ? "end" : "fail",
                                       .detail = why,
                                       .by = by},
                       err);
}

enum err_code reconcile_fail(struct store *store, const char *run_id, const char *code_name,
                             struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = end_run(store, run_id, "failed", code_name, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- what was not listed ---- */

/* Accepted before the run, and since then neither listed whole nor read back. */
#define NOT_SEEN                                                                                   \
    HELD_THERE " AND state_us < ?2 AND NOT EXISTS (SELECT 1 FROM reconcile_mark m WHERE "          \
               "m.delivery_id = delivery.id AND m.run_us = ?2 AND m.parts & 3 = 3)"

static enum err_code ask_for_missing(struct store *store, const struct reconcile_run *run,
                                     struct err *err)
{
    return db_run(store->db,
                  "UPDATE delivery SET reconcile_asked = 1, attempts = 0, not_before_us = 0 "
                  "WHERE " NOT_SEEN,
                  DB_BIND(DB_TEXT(run->target), DB_INT(run->begun_us)), err);
}

static enum err_code tell_of_many(struct store *store, const struct reconcile_run *run,
                                  int64_t missing, struct principal by, struct err *err)
{
    char detail[80];
    snprintf(detail, sizeof detail, "%lld of %lld", (long long)missing, (long long)run->expected);
    return task_open(
        store, &(struct task){.kind = "many-missing", .target = run->target, .detail = detail}, by,
        err);
}

enum err_code reconcile_finish(struct store *store, const char *run_id, struct principal by,
                               struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct reconcile_run run;
    int64_t missing = 0;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = reconcile_find(store, run_id, &run, err);
    if (!code)
        code = db_number(store->db, "SELECT count(*) FROM delivery WHERE " NOT_SEEN,
                         DB_BIND(DB_TEXT(run.target), DB_INT(run.begun_us)), 0, &missing, err);
    bool many = !code && listed_is_mass(missing, run.expected);
    if (!code && many)
        code = tell_of_many(store, &run, missing, by, err);
    else if (!code && missing)
        code = ask_for_missing(store, &run, err);
    if (!code)
        code = db_run(store->db, "UPDATE reconcile_run SET missing = ? WHERE id = ?",
                      DB_BIND(DB_INT(missing), DB_TEXT(run_id)), err);
    if (!code)
        code = end_run(store, run_id, "done", many ? "MANY_MISSING" : NULL, by, err);
    if (!code && run.restored_us && !many)
        code = restored_looked(store, by, err);
    if (!code)
        code = answer_run(store, run_id, out, err);
    return code ? code : tx_commit(&tx, err);
}

/* Not all at the same moment. */
static enum err_code ask_each(struct store *store, const struct reconcile_run *run, int64_t over_us,
                              struct err *err)
{
    return db_run(
        store->db,
        "UPDATE delivery SET reconcile_asked = 1, attempts = 0, not_before_us = ?2 + (SELECT "
        "count(*) FROM delivery o WHERE o.target = ?1 AND o.state = 'accepted' AND o.id < "
        "delivery.id) * (?3 / max(?4, 1)) WHERE target = ?1 AND state = 'accepted' "
        "AND reconcile_asked = 0",
        DB_BIND(DB_TEXT(run->target), DB_INT(over_us ? sys_now_us() : 0), DB_INT(over_us),
                DB_INT(run->expected)),
        err);
}

enum err_code reconcile_each(struct store *store, const char *run_id, int64_t over_us,
                             struct principal by, struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct reconcile_run run;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = reconcile_find(store, run_id, &run, err);
    if (!code)
        code = ask_each(store, &run, over_us, err);
    if (!code)
        code = db_run(store->db, "UPDATE reconcile_run SET way = 'each', asked = ? WHERE id = ?",
                      DB_BIND(DB_INT(db_changes(store->db)), DB_TEXT(run_id)), err);
    if (!code)
        code = end_run(store, run_id, "done", NULL, by, err);
    if (!code && run.restored_us)
        code = restored_looked(store, by, err);
    if (!code)
        code = answer_run(store, run_id, out, err);
    return code ? code : tx_commit(&tx, err);
}
