#include "queue/store/look_up_hit.h"

#include "queue/store/component.h"
#include "queue/store/delivery_wait.h"
#include "queue/store/inside.h"
#include "queue/store/look_up.h"
#include "queue/store/reuse.h"
#include "queue/store/scan_gate.h"
#include "queue/store/task.h"
#include "queue/store/withdraw.h"

#include <stdio.h>
#include <string.h>

struct hit {
    struct js *wanted;
    const struct js *paper, *held; /* in it; held NULL: nobody else has it */
    char dossier_id[ID_SIZE];
};

static void hit_auto(struct hit *hit)
{
    js_free(hit->wanted);
}

static const struct js *first_elsewhere(const struct js *paper)
{
    const struct js *held = js_at(paper, "held");
    for (size_t i = 0; i < js_count(held); i++) {
        const struct js *entry = js_item(held, i);
        if (js_bool_or(entry, "fit", false) && js_has(entry, "held_id"))
            return entry;
    }
    return NULL;
}

static enum err_code find_hit(struct store *store, const char *document_id, struct hit *out,
                              struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(store->db, "SELECT dossier_id, stage, paper_code FROM document WHERE id = ?",
                 DB_BIND(DB_TEXT(document_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such document");
    if (code)
        return code;
    snprintf(out->dossier_id, sizeof out->dossier_id, "%s", query_text(q, 0));
    code = wanted_of_dossier(store, out->dossier_id, &out->wanted, err);
    if (code || query_is_null(q, 1) || query_is_null(q, 2))
        return code;
    out->paper = component_find(js_at(out->wanted, "papers"), query_text(q, 1), query_text(q, 2));
    out->held = first_elsewhere(out->paper);
    return ERR_OK;
}

enum err_code look_up_hit_open(struct store *store, const char *document_id, struct principal by,
                               bool *out_held, struct err *err)
{
    __attribute__((cleanup(hit_auto))) struct hit hit = {0};
    enum err_code code = find_hit(store, document_id, &hit, err);
    if (!code && hit.held)
        code = task_open(store,
                         &(struct task){.kind = "look-up-hit",
                                        .target = js_text_or(hit.held, "held_by", ""),
                                        .document_id = document_id,
                                        .dossier_id = hit.dossier_id},
                         by, err);
    if (!code)
        *out_held = hit.held != NULL;
    return code;
}

static bool no_hits(const struct js *papers)
{
    bool ok = true;
    for (size_t i = 0; ok && i < js_count(papers); i++) {
        AUTO(js) struct js *paper = js_ref(js_item(papers, i));
        ok = js_set(paper, "hit", js_null());
    }
    return ok;
}

enum err_code look_up_hit_add(struct store *store, const char *dossier_id, const struct js *papers,
                              struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    if (!no_hits(papers))
        return err_set(err, ERR_NO_MEMORY, "hits");
    enum err_code code =
        db_query(store->db,
                 "SELECT t.id, d.id, t.target, d.stage, d.paper_code FROM document d JOIN task t "
                 "ON t.document_id = d.id WHERE d.dossier_id = ? AND t.kind = 'look-up-hit' AND "
                 "t.closed_us IS NULL",
                 DB_BIND(DB_TEXT(dossier_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        AUTO(js)
        struct js *paper = js_ref(component_find(papers, query_text(q, 3), query_text(q, 4)));
        if (paper && !js_set(paper, "hit",
                             js_pack("{s:s, s:s, s:s?}", "task_id", query_text(q, 0), "document_id",
                                     query_text(q, 1), "held_by", query_text(q, 2))))
            code = err_set(err, ERR_NO_MEMORY, "hits");
    }
    return code;
}

/* ---- what a person answers ---- */

enum err_code look_up_hit_send(struct store *store, const struct task_row *task,
                               struct principal by, struct err *err)
{
    AUTO(mem) char *note = NULL;
    enum err_code code = db_text(store->db, "SELECT closed_note FROM task WHERE id = ?",
                                 DB_BIND(DB_TEXT(task->id)), &note, err);
    if (!code && (!note || !*note))
        code = err_set(err, ERR_BAD_ARGUMENT, "note: no reason to send what is held already");
    if (!code)
        code = scan_gate_reason_since(store, task->document_id, note, by, err);
    return code ? code : delivery_wait_release(store, task->document_id, "look-up", by, err);
}

enum err_code look_up_hit_withdraw(struct store *store, const struct task_row *task,
                                   struct principal by, struct err *err)
{
    return document_withdraw(store, task->document_id, "look-up-hit", false, by, err);
}

enum err_code look_up_hit_reuse(struct store *store, const struct task_row *task,
                                struct principal by, struct err *err)
{
    __attribute__((cleanup(hit_auto))) struct hit hit = {0};
    enum err_code code = find_hit(store, task->document_id, &hit, err);
    if (!code && !hit.held)
        code = err_set(err, ERR_REUSE_GONE, "nobody else holds it any more");
    if (!code)
        code = document_withdraw(store, task->document_id, "look-up-hit", false, by, err);
    return code ? code
                : reuse_put(store, hit.dossier_id, hit.paper,
                            &(struct reuse_held){.held_id = js_text_or(hit.held, "held_id", "")},
                            by, err);
}
