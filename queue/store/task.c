#include "queue/store/task.h"

#include "daemon/base/sys.h"
#include "daemon/model/task_kind.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"
#include "queue/store/look_up_hit.h"
#include "queue/store/reconcile_look.h"
#include "queue/store/restored.h"
#include "queue/store/task_action.h"
#include "queue/store/withdraw.h"

#include <stdio.h>
#include <string.h>

/* What closing does; a way that is not here only closes. */
static const struct {
    const char *kind, *how;
    task_action_fn *run;
} actions[] = {
    {"ask-receiver", "done", withdraw_receiver_removed},
    {"ask-receiver", "refused", withdraw_receiver_refused},
    {"look-up-hit", "send", look_up_hit_send},
    {"look-up-hit", "reuse", look_up_hit_reuse},
    {"look-up-hit", "withdraw", look_up_hit_withdraw},
    {"missing", "resend", reconcile_resend},
    {"many-missing", "resend", reconcile_resend_all},
    {"different", "look-again", reconcile_look_again},
    {"purge-refused", "look-again", reconcile_look_again},
    {"purge-refused", "resend", reconcile_resend},
    {"restored", "go-on", restored_go_on},
};

/* ---- opening ---- */

enum err_code task_open(struct store *store, const struct task *task, struct principal by,
                        struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    char id[ID_SIZE];
    if (!task_kind_find(task->kind))
        return err_set(err, ERR_INTERNAL, "no task of kind '%s'", task->kind);
    id_new(id);
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = db_run(store->db,
                      "INSERT INTO task (id, kind, target, delivery_id, document_id, dossier_id, "
                      "remote_name, detail, opened_us, opened_by) SELECT ?1, ?2, coalesce(?3, "
                      "v.target), ?4, d.id, coalesce(?6, d.dossier_id), ?7, ?8, ?9, ?10 "
                      "FROM (SELECT 1) LEFT JOIN delivery v ON v.id = ?4 "
                      "LEFT JOIN document d ON d.id = coalesce(?5, v.document_id) "
                      "WHERE true ON CONFLICT DO NOTHING",
                      DB_BIND(DB_TEXT(id), DB_TEXT(task->kind), DB_TEXT(task->target),
                              DB_TEXT(task->delivery_id), DB_TEXT(task->document_id),
                              DB_TEXT(task->dossier_id), DB_TEXT(task->remote_name),
                              DB_TEXT(task->detail), DB_INT(sys_now_us()), DB_TEXT(by.id)),
                      err);
    bool is_new = !code && db_changes(store->db) == 1;
    if (!code && is_new)
        code = audit_change(store, "task", id, "open", task->kind, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- closing ---- */

static void copy(struct query *q, int column, char *out, size_t size)
{
    const char *text = query_text(q, column);
    snprintf(out, size, "%s", text ? text : "");
}

static enum err_code find_open(struct store *store, const char *id, struct task_row *out,
                               struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(store->db,
                                  "SELECT id, kind, delivery_id, document_id, dossier_id, target, "
                                  "closed_us FROM task WHERE id = ?",
                                  DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no such task");
    if (!query_is_null(q, 6))
        return err_set(err, ERR_STATE_CHANGED, "the task is closed");
    copy(q, 0, out->id, sizeof out->id);
    copy(q, 1, out->kind, sizeof out->kind);
    copy(q, 2, out->delivery_id, sizeof out->delivery_id);
    copy(q, 3, out->document_id, sizeof out->document_id);
    copy(q, 4, out->dossier_id, sizeof out->dossier_id);
    copy(q, 5, out->target, sizeof out->target);
    return ERR_OK;
}

static enum err_code end(struct store *store, const char *id, const char *how, const char *note,
                         struct principal by, struct err *err)
{
    enum err_code code = store_run_one(
        store, "task",
        "UPDATE task SET closed_us = ?, closed_by = ?, closed_how = ?, closed_note = ? "
        "WHERE id = ? AND closed_us IS NULL",
        DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(how), DB_TEXT(note), DB_TEXT(id)),
        err);
    return code ? code : audit_change(store, "task", id, "close", how, by, err);
}

static enum err_code act(struct store *store, const struct task_row *task, const char *how,
                         struct principal by, struct err *err)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].kind, task->kind) == 0 && strcmp(actions[i].how, how) == 0)
            return actions[i].run(store, task, by, err);
    return ERR_OK;
}

enum err_code task_close(struct store *store, const char *id, const char *how, const char *note,
                         struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct task_row task = {0};
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = find_open(store, id, &task, err);
    if (!code && !task_may_close(task.kind, how))
        code = err_set(err, ERR_BAD_ARGUMENT, "a task '%s' is not closed that way", task.kind);
    if (!code)
        code = end(store, id, how, note, by, err);
    if (!code)
        code = act(store, &task, how, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code task_settle(struct store *store, const char *kind, const char *delivery_id,
                          const char *how, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    while (!code) {
        AUTO(mem) char *id = NULL;
        code = db_text(store->db,
                       "SELECT id FROM task WHERE delivery_id = ? AND kind = ? "
                       "AND closed_us IS NULL LIMIT 1",
                       DB_BIND(DB_TEXT(delivery_id), DB_TEXT(kind)), &id, err);
        if (code || !id)
            break;
        code = end(store, id, how, NULL, by, err);
    }
    return code ? code : tx_commit(&tx, err);
}

/* ---- listing ---- */

static struct js *closings_of(const char *kind)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < task_closing_count; i++)
        if (strcmp(task_closings[i].kind, kind) == 0 &&
            !js_push(list, js_pack("{s:s, s:s}", "how", task_closings[i].how, "label",
                                   task_closings[i].label)))
            return NULL;
    return TAKE(list);
}

static struct js *time_or_null(struct query *q, int column)
{
    return query_is_null(q, column) ? js_null() : js_int(query_int(q, column));
}

#define COLUMNS                                                                                    \
    "SELECT t.id, t.kind, t.target, t.delivery_id, t.document_id, t.dossier_id, s.code, "          \
    "t.remote_name, t.detail, t.opened_us, t.opened_by, t.closed_us, t.closed_by, t.closed_how, "  \
    "t.closed_note, d.type, v.state FROM task t LEFT JOIN dossier s ON s.id = t.dossier_id "       \
    "LEFT JOIN document d ON d.id = t.document_id LEFT JOIN delivery v ON v.id = t.delivery_id "

static struct js *row_to_js(struct query *q)
{
    const struct task_kind *kind = task_kind_find(query_text(q, 1));
    const struct task_kind unknown = {query_text(q, 1), query_text(q, 1), "", ""};
    if (!kind)
        kind = &unknown;
    AUTO(mem)
    char *command =
        mem_printf("sohoa task close %s %s", query_text(q, 0), task_first_closing(kind->name));
    return js_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:o, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, "
                   "s:s?, s:I, s:s?, s:o, s:s?, s:s?, s:s?}",
                   "id", query_text(q, 0), "kind", kind->name, "title", kind->title, "happened",
                   kind->happened, "to_do", kind->to_do, "command", command, "closings",
                   closings_of(kind->name), "target", query_text(q, 2), "delivery_id",
                   query_text(q, 3), "document_id", query_text(q, 4), "dossier_id",
                   query_text(q, 5), "dossier_code", query_text(q, 6), "remote_name",
                   query_text(q, 7), "detail", query_text(q, 8), "type", query_text(q, 15),
                   "opened_us", query_int(q, 9), "opened_by", query_text(q, 10), "closed_us",
                   time_or_null(q, 11), "closed_by", query_text(q, 12), "closed_how",
                   query_text(q, 13), "closed_note", query_text(q, 14));
}

static enum err_code rows_to_js(struct query *q, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    bool row = true;
    enum err_code code = ERR_OK;
    while (!(code = query_next(q, &row, err)) && row)
        if (!js_push(list, row_to_js(q)))
            return err_set(err, ERR_NO_MEMORY, "tasks");
    if (!code)
        *out = TAKE(list);
    return code;
}

enum err_code task_list(struct store *store, bool open_only, const char *kind, const char *before,
                        int64_t limit, struct js **out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    enum err_code code = db_query(
        store->db,
        COLUMNS "WHERE (?1 = 0 OR t.closed_us IS NULL) AND (?2 IS NULL OR t.kind = ?2) "
                "AND (?3 IS NULL OR t.id < ?3) ORDER BY t.id DESC LIMIT ?4",
        DB_BIND(DB_INT(open_only), DB_TEXT(kind), DB_TEXT(before), DB_INT(limit)), &q, err);
    return code ? code : rows_to_js(q, out, err);
}

enum err_code task_show(struct store *store, const char *id, struct js **out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *list = NULL;
    enum err_code code =
        db_query(store->db, COLUMNS "WHERE t.id = ?1", DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = rows_to_js(q, &list, err);
    if (!code && !js_count(list))
        code = err_set(err, ERR_NOT_FOUND, "no such task");
    if (!code)
        *out = js_ref(js_item(list, 0));
    return code;
}

enum err_code task_count(struct store *store, struct js **out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *counts = js_object();
    bool row = true;
    enum err_code code =
        db_query(store->db, "SELECT kind, count(*) FROM task WHERE closed_us IS NULL GROUP BY kind",
                 DB_BIND_NONE, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_set(counts, query_text(q, 0), js_int(query_int(q, 1))))
            code = err_set(err, ERR_NO_MEMORY, "tasks");
    if (!code)
        *out = TAKE(counts);
    return code;
}
