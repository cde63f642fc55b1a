#include "queue/store/reconcile_look.h"

#include "daemon/base/sys.h"
#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/due_purge.h"
#include "queue/store/purge.h"
#include "queue/store/receipt.h"
#include "queue/store/task.h"

#include <stdio.h>
#include <string.h>

/* ---- it is there ---- */

/* queued → closed with the last delivery. */
static enum err_code close_document(struct store *store, const char *document_id,
                                    struct principal by, struct err *err)
{
    struct subject document;
    int64_t open_count = 0;
    enum err_code code = db_number(store->db,
                                   "SELECT count(*) FROM delivery WHERE document_id = ? "
                                   "AND state <> 'reconciled'",
                                   DB_BIND(DB_TEXT(document_id)), 0, &open_count, err);
    if (code || open_count)
        return code;
    code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (code || strcmp(document.state, "queued") != 0)
        return code;
    return store_advance(store,
                         &(struct advance){.machine = MACHINE_document,
                                           .id = document_id,
                                           .from = "queued",
                                           .to = "closed",
                                           .event = "close",
                                           .by = by},
                         err);
}

static enum err_code settle(struct store *store, const char *delivery_id, struct principal by,
                            struct err *err)
{
    static const char *const kinds[] = {"missing", "different", "purge-refused"};
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < sizeof kinds / sizeof *kinds; i++)
        code = task_settle(store, kinds[i], delivery_id, "settled", by, err);
    return code;
}

enum err_code delivery_is_there(struct store *store, const char *delivery_id, const char *state,
                                struct principal by, struct err *err)
{
    struct subject delivery;
    enum err_code code = settle(store, delivery_id, by, err);
    if (code || strcmp(state, "reconciled") == 0)
        return code;
    code = store_advance(store,
                         &(struct advance){.machine = MACHINE_delivery,
                                           .id = delivery_id,
                                           .from = "accepted",
                                           .to = "reconciled",
                                           .event = "reconcile",
                                           .by = by},
                         err);
    if (!code)
        code = subject_get(store, MACHINE_delivery, delivery_id, &delivery, err);
    return code ? code : close_document(store, delivery.document_id, by, err);
}

static enum err_code end_asking(struct store *store, const char *delivery_id, struct err *err)
{
    return store_run_one(
        store, "delivery",
        "UPDATE delivery SET reconcile_asked = 0, attempts = 0, not_before_us = 0 WHERE id = ?",
        DB_BIND(DB_TEXT(delivery_id)), err);
}

enum err_code reconcile_complete(const struct completion *c, struct err *err)
{
    struct subject delivery;
    enum err_code code = receipt_store(c, err);
    if (!code)
        code = end_asking(c->store, c->id, err);
    if (!code)
        code = subject_get(c->store, MACHINE_delivery, c->id, &delivery, err);
    return code ? code : delivery_is_there(c->store, c->id, delivery.state, c->by, err);
}

/* ---- it is not, or is something else ---- */

static enum err_code send_again(struct store *store, const char *delivery_id, const char *state,
                                const char *why, struct principal by, struct err *err)
{
    struct subject delivery, document;
    enum err_code code = store_advance(store,
                                       &(struct advance){.machine = MACHINE_delivery,
                                                         .id = delivery_id,
                                                         .from = state,
                                                         .to = "queued",
                                                         .event = "missing",
                                                         .detail = why,
                                                         .by = by},
                                       err);
    if (!code)
        code = subject_get(store, MACHINE_delivery, delivery_id, &delivery, err);
    if (!code)
        code = subject_get(store, MACHINE_document, delivery.document_id, &document, err);
    if (code || strcmp(document.state, "closed") != 0)
        return code;
    return store_advance(store,
                         &(struct advance){.machine = MACHINE_document,
                                           .id = delivery.document_id,
                                           .from = "closed",
                                           .to = "queued",
                                           .event = "missing",
                                           .by = by},
                         err);
}

/* What no listing has shown yet got lost on its way in: sent again, three times. What one has shown
 * was taken away by somebody, who may have had a reason. */
#define LOST_TIMES_MAX 3

static enum err_code may_go_again(struct store *store, const char *delivery_id, const char *state,
                                  bool *out, struct err *err)
{
    int64_t times = 0;
    enum err_code code = db_number(
        store->db, "SELECT count(*) FROM audit WHERE subject_id = ? AND event = 'missing'",
        DB_BIND(DB_TEXT(delivery_id)), 0, &times, err);
    *out = !code && strcmp(state, "accepted") == 0 && times < LOST_TIMES_MAX;
    return code;
}

static enum err_code tell(struct store *store, const struct claim *claim,
                          const struct subject *subject, const char *kind,
                          const struct failure *failure, struct principal by, struct err *err)
{
    bool purging = false;
    enum err_code code =
        due_purge_end(store, subject->document_id, failure->code, by, &purging, err);
    if (code)
        return code;
    return task_open(store,
                     &(struct task){.kind = purging ? "purge-refused" : kind,
                                    .delivery_id = claim->subject_id,
                                    .detail = failure->code},
                     by, err);
}

static enum err_code audit_answer(struct store *store, const struct claim *claim,
                                  const struct failure *failure, struct principal by,
                                  struct err *err)
{
    char detail[AUDIT_DETAIL_MAX];
    snprintf(detail, sizeof detail, "%s %s", failure->code, failure->ref ? failure->ref : "");
    return audit_write(store,
                       &(struct audit){.kind = "delivery",
                                       .id = claim->subject_id,
                                       .event = "look-failed",
                                       .detail = detail,
                                       .by = by},
                       err);
}

enum err_code reconcile_answer(struct store *store, const struct claim *claim,
                               const struct subject *subject, const struct failure *failure,
                               struct principal by, bool *out_done, struct err *err)
{
    bool missing = strcmp(failure->code, "NOT_FOUND") == 0;
    bool different = strcmp(failure->code, "TARGET_MISMATCH") == 0;
    bool hopeless = failure->action != FAILURE_RETRY;
    /* one that is not proven yet may be held, and is a task by that */
    bool held = hopeless && !missing && strcmp(subject->state, "accepted") == 0;
    bool again = false;
    *out_done =
        strcmp(claim->stage, "reconcile") == 0 && !held && (missing || different || hopeless);
    if (!*out_done)
        return ERR_OK;
    enum err_code code = audit_answer(store, claim, failure, by, err);
    if (!code)
        code = end_asking(store, claim->subject_id, err);
    if (!code && missing)
        code = may_go_again(store, claim->subject_id, subject->state, &again, err);
    if (!code && (missing || different))
        code = tell(store, claim, subject, missing ? "missing" : "different", failure, by, err);
    if (!code && again)
        code = send_again(store, claim->subject_id, subject->state, failure->code, by, err);
    return code;
}

/* ---- what people decide ---- */

static enum err_code resend(struct store *store, const char *delivery_id, struct principal by,
                            struct err *err)
{
    struct subject delivery;
    enum err_code code = subject_get(store, MACHINE_delivery, delivery_id, &delivery, err);
    if (!code)
        code = purge_check(store, delivery.document_id, err);
    bool there = !code && (strcmp(delivery.state, "accepted") == 0 ||
                           strcmp(delivery.state, "reconciled") == 0);
    return code || !there ? code
                          : send_again(store, delivery_id, delivery.state, "by-person", by, err);
}

enum err_code reconcile_resend(struct store *store, const struct task_row *task,
                               struct principal by, struct err *err)
{
    return resend(store, task->delivery_id, by, err);
}

/* What the last run over the target did not see, and what is still here to be sent. */
enum err_code reconcile_resend_all(struct store *store, const struct task_row *task,
                                   struct principal by, struct err *err)
{
    for (;;) {
        AUTO(mem) char *id = NULL;
        enum err_code code = db_text(
            store->db,
            "SELECT v.id FROM delivery v JOIN (SELECT max(begun_us) AS us FROM reconcile_run WHERE "
            "target = ?1 AND state = 'done') r WHERE v.target = ?1 AND v.state IN ('accepted', "
            "'reconciled') AND v.state_us < r.us AND NOT EXISTS (SELECT 1 FROM reconcile_mark m "
            "WHERE m.delivery_id = v.id AND m.run_us = r.us AND m.parts & 3 = 3) AND NOT EXISTS "
            "(SELECT 1 FROM purge u WHERE u.subject_id = v.document_id) LIMIT 1",
            DB_BIND(DB_TEXT(task->target)), &id, err);
        if (!code && id)
            code = resend(store, id, by, err);
        if (code || !id)
            return code;
    }
}

enum err_code reconcile_look_again(struct store *store, const struct task_row *task,
                                   struct principal by, struct err *err)
{
    (void)by;
    return store_run_one(store, "delivery",
                         "UPDATE delivery SET reconcile_asked = 1, attempts = 0, not_before_us = 0 "
                         "WHERE id = ?",
                         DB_BIND(DB_TEXT(task->delivery_id)), err);
}
