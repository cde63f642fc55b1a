#include "queue/store/delivery_wait.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/component.h"
#include "queue/store/handover.h"
#include "queue/store/inside.h"
#include "queue/store/look_up_hit.h"
#include "queue/store/remote_held.h"

#include <stdio.h>
#include <string.h>

#define ASK_AGAIN_FIRST_US INT64_C(30000000)
#define ASK_AGAIN_LAST 5 /* doublings: 16 minutes */

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "waiting deliveries");
}

/* The names of the sources as a list for SQL. */
static char *source_names(const struct store *store)
{
    AUTO(js) struct js *names = js_array();
    for (size_t i = 0; i < store->source_count; i++)
        if (!js_push(names, js_text(store->sources[i].name)))
            return NULL;
    return js_dump(names);
}

/* Targets that take no record with a provisional code (handover.h), as a list for SQL. */
static char *owner_names(const struct store *store)
{
    AUTO(js) struct js *names = js_array();
    for (size_t i = 0; i < store->rule_count; i++)
        if (store->rules[i].is_owner && !js_push(names, js_text(store->rules[i].name)))
            return NULL;
    return js_dump(names);
}

/* Sources ?1 that have not answered about dossier s since ?2. */
#define UNANSWERED                                                                                 \
    "EXISTS (SELECT 1 FROM json_each(?1) n WHERE NOT EXISTS (SELECT 1 FROM remote_asked a WHERE "  \
    "a.target = n.value AND a.owner_id = s.owner_id AND a.procedure_code = s.procedure_code AND "  \
    "a.answered_us > ?2))"

/* A component that is known by its code; whoever scanned it for a reason knew what is held. */
#define IS_LOOKED_UP                                                                               \
    "d.stage = 'component' AND d.paper_code IS NOT NULL AND s.owner_id IS NOT NULL AND "           \
    "s.procedure_code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM scan_reason r WHERE "              \
    "r.document_id = d.id AND r.against = 'held')"

/* Withdrawn and refused ones wait for nothing. */
#define IS_TO_BE_SENT(v) "coalesce(" v ".held_from, " v ".state) = 'queued'"

static int64_t fresh_since_us(void)
{
    return sys_now_us() - ANSWER_FRESH_US;
}

static enum err_code is_unanswered(struct store *store, const char *document_id, bool *out,
                                   struct err *err)
{
    int64_t count = 0;
    AUTO(mem) char *names = source_names(store);
    if (!names)
        return no_memory(err);
    enum err_code code = db_number(
        store->db,
        "SELECT count(*) FROM document d JOIN dossier s ON s.id = d.dossier_id WHERE "
        "d.id = ?3 AND " IS_LOOKED_UP " AND " UNANSWERED,
        DB_BIND(DB_TEXT(names), DB_INT(fresh_since_us()), DB_TEXT(document_id)), 0, &count, err);
    if (!code)
        *out = count > 0;
    return code;
}

static enum err_code has_open_code(struct store *store, const char *document_id, bool *out,
                                   struct err *err)
{
    int64_t count = 0;
    enum err_code code = db_number(store->db,
                                   "SELECT count(*) FROM result_code WHERE document_id = ? AND "
                                   "provisional = 1 AND ended_us IS NULL",
                                   DB_BIND(DB_TEXT(document_id)), 0, &count, err);
    if (!code)
        *out = store->code_target && count > 0;
    return code;
}

static enum err_code set_waits(struct store *store, const char *document_id, const char *from,
                               const char *to, struct err *err)
{
    AUTO(mem) char *owners = owner_names(store);
    if (!owners)
        return no_memory(err);
    return db_run(store->db,
                  "UPDATE delivery SET waits_for = ?1 WHERE document_id = ?2 AND waits_for IS ?3 "
                  "AND " IS_TO_BE_SENT("delivery") " AND NOT (?3 IS 'code' AND target IN (SELECT "
                                                   "value FROM json_each(?4)))",
                  DB_BIND(DB_TEXT(to), DB_TEXT(document_id), DB_TEXT(from), DB_TEXT(owners)), err);
}

enum err_code delivery_wait_begin(struct store *store, const char *document_id, struct err *err)
{
    bool unanswered = false, open_code = false;
    enum err_code code = ERR_OK;
    if (store->source_count)
        code = is_unanswered(store, document_id, &unanswered, err);
    if (!code && !unanswered && store->code_target)
        code = has_open_code(store, document_id, &open_code, err);
    if (code || (!unanswered && !open_code))
        return code;
    return set_waits(store, document_id, NULL, unanswered ? "look-up" : "code", err);
}

static enum err_code touch_deliveries(struct store *store, const char *document_id, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db, "SELECT id FROM delivery WHERE document_id = ?",
                                  DB_BIND(DB_TEXT(document_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        store_touch(store, "delivery", query_text(q, 0));
    return code;
}

enum err_code delivery_wait_release(struct store *store, const char *document_id, const char *what,
                                    struct principal by, struct err *err)
{
    (void)by;
    bool open_code = false;
    enum err_code code = ERR_OK;
    if (strcmp(what, "look-up") == 0)
        code = has_open_code(store, document_id, &open_code, err);
    if (!code)
        code = set_waits(store, document_id, what, open_code ? "code" : NULL, err);
    return code ? code : touch_deliveries(store, document_id, err);
}

static enum err_code settle(struct store *store, const char *document_id, struct principal by,
                            struct err *err)
{
    bool unanswered = false, held = false;
    enum err_code code = is_unanswered(store, document_id, &unanswered, err);
    if (!code && !unanswered)
        code = look_up_hit_open(store, document_id, by, &held, err);
    if (code || unanswered || held)
        return code;
    return delivery_wait_release(store, document_id, "look-up", by, err);
}

enum err_code delivery_wait_look_up_over(struct store *store, const char *dossier_id,
                                         struct principal by, struct err *err)
{
    char last[ID_SIZE] = "";
    for (;;) {
        AUTO(mem) char *id = NULL;
        enum err_code code = db_text(
            store->db,
            "SELECT min(d.id) FROM document d JOIN delivery v ON v.document_id = d.id "
            "WHERE d.dossier_id = ? AND v.waits_for = 'look-up' AND d.id > ? AND " IS_TO_BE_SENT(
                "v"),
            DB_BIND(DB_TEXT(dossier_id), DB_TEXT(last)), &id, err);
        if (!code && id)
            code = settle(store, id, by, err);
        if (code || !id)
            return code;
        snprintf(last, sizeof last, "%s", id);
    }
}

/* ---- what is due ---- */

/* The line comes back some time: each source is asked again by itself, later and later. */
#define SOURCE_IS_DUE                                                                              \
    "EXISTS (SELECT 1 FROM json_each(?1) n LEFT JOIN remote_asked a ON a.target = n.value AND "    \
    "a.owner_id = s.owner_id AND a.procedure_code = s.procedure_code WHERE a.target IS NULL OR "   \
    "(coalesce(a.answered_us, 0) <= ?2 AND (a.asked_us > ?3 OR a.asked_us + (?4 << min(?5, "       \
    "max(a.attempts - 1, 0))) <= ?3)))"

static enum err_code find_due(struct store *store, char **out_dossier, struct err *err)
{
    AUTO(mem) char *names = source_names(store);
    if (!names)
        return no_memory(err);
    return db_text(store->db,
                   "SELECT s.id FROM delivery v JOIN document d ON d.id = v.document_id JOIN "
                   "dossier s ON s.id = d.dossier_id WHERE v.waits_for = 'look-up' "
                   "AND " IS_TO_BE_SENT("v") " AND " SOURCE_IS_DUE
                                             " ORDER BY v.urgent DESC, v.created_us LIMIT 1",
                   DB_BIND(DB_TEXT(names), DB_INT(fresh_since_us()), DB_INT(sys_now_us()),
                           DB_INT(ASK_AGAIN_FIRST_US), DB_INT(ASK_AGAIN_LAST)),
                   out_dossier, err);
}

/* One that waited too long and has no task: a person's answer is waited for without end. */
#define OVERDUE                                                                                    \
    "FROM delivery v WHERE (v.waits_for = 'look-up' OR (v.waits_for = 'code' AND ?2 AND v.target " \
    "NOT IN (SELECT value FROM json_each(?3)))) AND "                                              \
    "v.created_us <= ?1 AND " IS_TO_BE_SENT(                                                       \
        "v") " AND NOT EXISTS (SELECT 1 FROM task t WHERE "                                        \
             "t.document_id = v.document_id AND t.kind = 'look-up-hit' AND t.closed_us IS NULL)"

static enum err_code let_go(struct store *store, const char *document_id, const char *what,
                            struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    char detail[80];
    snprintf(detail, sizeof detail, "nobody answered for %lld h",
             (long long)(store->answers_wait_us / INT64_C(3600000000)));
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = delivery_wait_release(store, document_id, what, by, err);
    if (!code)
        code =
            audit_change(store, "document", document_id,
                         strcmp(what, "code") == 0 ? "sent-without-code" : "sent-without-look-up",
                         detail, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code delivery_wait_is_due(struct store *store, bool *out, struct err *err)
{
    int64_t count = 0;
    enum err_code code = db_number(store->db,
                                   "SELECT EXISTS (SELECT 1 FROM delivery v WHERE v.waits_for IN "
                                   "('look-up', 'code') AND " IS_TO_BE_SENT("v") ")",
                                   DB_BIND_NONE, 0, &count, err);
    if (!code && !count)
        code =
            db_number(store->db, "SELECT EXISTS (SELECT 1 FROM remote_asked WHERE asked_us <= ?)",
                      DB_BIND(DB_INT(sys_now_us() - store->answers_kept_us)), 0, &count, err);
    if (!code)
        *out = count > 0;
    return code;
}

enum err_code delivery_wait_due(struct store *store, struct principal by, struct js **out,
                                struct err *err)
{
    int64_t released = 0;
    AUTO(mem) char *dossier = NULL;
    AUTO(mem) char *owners = owner_names(store);
    enum err_code code = owners ? remote_held_expire(store, err) : no_memory(err);
    while (!code) {
        AUTO(query) struct query *q = NULL;
        bool row = false;
        code = db_query(store->db, "SELECT v.document_id, v.waits_for " OVERDUE " LIMIT 1",
                        DB_BIND(DB_INT(sys_now_us() - store->answers_wait_us),
                                DB_INT(store->code_target != NULL), DB_TEXT(owners)),
                        &q, err);
        if (!code)
            code = query_next(q, &row, err);
        if (code || !row)
            break;
        code = let_go(store, query_text(q, 0), query_text(q, 1), by, err);
        released++;
    }
    if (!code && store->source_count)
        code = find_due(store, &dossier, err);
    if (code)
        return code;
    *out = js_pack("{s:s?, s:I}", "dossier_id", dossier, "released", released);
    return *out ? ERR_OK : no_memory(err);
}
