#include "queue/store/claim.h"

#include "daemon/base/sys.h"
#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"
#include "queue/store/restored.h"
#include "queue/store/resume.h"
#include "queue/store/temps.h"

#include <stdio.h>
#include <string.h>

/* ---- the stages: what is due ---- */

struct stage {
    const char *name;
    enum machine machine;
    const char *pick;   /* ?1 now; of a delivery also ?2 target, ?3 least urgency */
    const char *oldest; /* when the longest waiting one came */
    const char *next;   /* ?1 now; earliest later attempt */
};

/* Nobody is made to wait longer, and no claim is older than now: what says otherwise was written
 * before the clock was set right, and counts as due or dead. */
#define WAIT_MAX "960000000"   /* 16 minutes */
#define CLOCK_SLACK "60000000" /* 1 minute */

#define IS_DUE(kind)                                                                               \
    " AND (s.not_before_us <= ?1 OR s.not_before_us > ?1 + " WAIT_MAX ") AND NOT EXISTS ("         \
    "SELECT 1 FROM claim c WHERE c.kind = '" kind "' AND c.subject_id = s.id "                     \
    "AND c.lease_until_us > ?1 AND c.claimed_us <= ?1 + " CLOCK_SLACK ")"

#define STAGE_OF(name, kind, columns, only, since, order, due)                                     \
    {                                                                                              \
        name, MACHINE_##kind,                                                                      \
            "SELECT " columns " FROM " #kind                                                       \
            " s WHERE " only due IS_DUE(#kind) " ORDER BY " order "s." since ", s.id LIMIT 1",     \
            "SELECT s." since " FROM " #kind " s WHERE " due " ORDER BY s." since                  \
            ", s.id LIMIT 1",                                                                      \
            "SELECT min(s.not_before_us) FROM " #kind " s WHERE " due                              \
            " AND s.not_before_us > 0 AND s.not_before_us > ?1 AND s.not_before_us <= ?1 "         \
            "+ " WAIT_MAX                                                                          \
    }
#define STAGE(name, kind, since, due) STAGE_OF(name, kind, "s.id", "", since, "", due)
/* Looked for target by target: one that is shut costs nothing, however much waits for it. */
#define DELIVERY_STAGE(name, due)                                                                  \
    STAGE_OF(name, delivery, "s.id, s.urgent, s.created_us",                                       \
             "s.target = ?2 AND s.urgent >= ?3 AND ", "created_us", "s.urgent DESC, ", due)

static const struct stage stages[] = {
    STAGE("recognize", page, "captured_us",
          "s.state = 'captured' AND NOT EXISTS (SELECT 1 FROM secret_mark m "
          "WHERE m.document_id = s.document_id AND m.answer IS NULL)"),
    STAGE("understand", document, "created_us",
          "s.state = 'open' AND s.scan_finished = 1 AND EXISTS (SELECT 1 FROM page p "
          "WHERE p.document_id = s.id AND p.state = 'recognized') AND NOT EXISTS (SELECT 1 FROM "
          "page p "
          "WHERE p.document_id = s.id AND p.state IN ('captured', 'held'))"),
    STAGE("compose", document, "created_us",
          "s.state = 'copied' AND s.composed_sha256 IS NULL AND s.passed_sha256 IS NULL"),
    STAGE("seal", document, "created_us", "s.state = 'copied' AND s.composed_sha256 IS NOT NULL"),
    STAGE("extract", document, "created_us",
          "s.state = 'copied' AND s.passed_sha256 IS NOT NULL"), /* signed by others: passes */
    STAGE("extract", document, "created_us", "s.state = 'signed' AND s.confirmed_us IS NOT NULL"),
    STAGE("code", document, "created_us", "s.state = 'extracted'"),
    STAGE("queue", document, "created_us", "s.state = 'coded'"),
    STAGE("reserve", document, "created_us",
          "s.id IN (SELECT r.document_id FROM result_code r WHERE r.provisional = 1 AND r.ended_us "
          "IS NULL) AND +s.state IN ('queued', 'closed')"),
    DELIVERY_STAGE("send", "s.state = 'sending' AND s.waits_for IS NULL"), /* of a crash */
    DELIVERY_STAGE("send", "s.state = 'queued' AND s.waits_for IS NULL"),
    DELIVERY_STAGE("accept", "s.state = 'sent' AND s.waits_for IS NULL"),
    /* few are asked for, many accepted: not by an index of states */
    DELIVERY_STAGE("reconcile", "+s.state IN ('accepted', 'reconciled') AND s.reconcile_asked = 1"),
    DELIVERY_STAGE("withdraw", "s.state = 'withdrawing' AND s.waits_for IS NULL"),
    DELIVERY_STAGE("show", "s.hidden = 2 AND +s.state IN ('accepted', 'reconciled')"),
};
static const size_t stage_count = sizeof stages / sizeof *stages;

/* Without a target there is nothing to queue for; the documents wait. Without one that numbers a
 * person types the code. */
static bool is_shut(struct store *store, const struct stage *stage)
{
    if (strcmp(stage->name, "reserve") == 0)
        return !store->code_target;
    if (strcmp(stage->name, "code") == 0)
        return restored_holds_codes(store);
    return strcmp(stage->name, "queue") == 0 && store->target_count == 0;
}

struct picked {
    const struct stage *stage;
    char id[ID_SIZE]; /* "": nothing is due */
    int64_t urgent, created_us;
};

static bool goes_before(const struct picked *one, const struct picked *other)
{
    if (!*other->id)
        return true;
    return one->urgent != other->urgent ? one->urgent > other->urgent
                                        : one->created_us < other->created_us;
}

/* Of one target; *best stays when it goes before that. */
static enum err_code pick_of_target(struct store *store, const struct stage *stage,
                                    const char *target, bool urgent_only, int64_t now_us,
                                    struct picked *best, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(store->db, stage->pick,
                 DB_BIND(DB_INT(now_us), DB_TEXT(target), DB_INT(urgent_only)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code || !row)
        return code;
    struct picked found = {stage, "", query_int(q, 1), query_int(q, 2)};
    snprintf(found.id, sizeof found.id, "%s", query_text(q, 0));
    if (goes_before(&found, best))
        *best = found;
    return ERR_OK;
}

/* Those that have deliveries, each found by one step into the index. */
static enum err_code pick_of_any_target(struct store *store, const struct stage *stage,
                                        int64_t now_us, struct picked *best, struct err *err)
{
    AUTO(mem) char *target = mem_strdup("");
    enum err_code code = target ? ERR_OK : err_set(err, ERR_NO_MEMORY, "targets");
    while (!code && target) {
        char *next = NULL;
        code = db_text(store->db, "SELECT min(target) FROM delivery WHERE target > ?",
                       DB_BIND(DB_TEXT(target)), &next, err);
        mem_free(target);
        target = next;
        if (!code && target)
            code = pick_of_target(store, stage, target, false, now_us, best, err);
    }
    return code;
}

static enum err_code pick_delivery(struct store *store, const struct stage *stage,
                                   const struct js *targets, int64_t now_us, struct picked *best,
                                   struct err *err)
{
    if (!targets)
        return pick_of_any_target(store, stage, now_us, best, err);
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < js_count(targets); i++) {
        const struct js *target = js_item(targets, i);
        code = pick_of_target(store, stage, js_text_or(target, "name", ""),
                              js_bool_or(target, "urgent_only", false), now_us, best, err);
    }
    return code;
}

static enum err_code pick_other(struct store *store, const struct stage *stage, int64_t now_us,
                                struct picked *best, struct err *err)
{
    AUTO(mem) char *id = NULL;
    enum err_code code = db_text(store->db, stage->pick, DB_BIND(DB_INT(now_us)), &id, err);
    if (code || !id)
        return code;
    best->stage = stage;
    snprintf(best->id, sizeof best->id, "%s", id);
    return ERR_OK;
}

static enum err_code pick(struct store *store, const struct claim_wish *wish, int64_t now_us,
                          struct picked *out, struct err *err)
{
    struct picked best = {0};
    bool known = false;
    for (size_t i = 0; !*best.id && i < stage_count; i++) {
        if (strcmp(stages[i].name, wish->stage) != 0)
            continue;
        known = true;
        if (is_shut(store, &stages[i]))
            continue;
        enum err_code code =
            stages[i].machine == MACHINE_delivery
                ? pick_delivery(store, &stages[i], wish->targets, now_us, &best, err)
                : pick_other(store, &stages[i], now_us, &best, err);
        if (code)
            return code;
    }
    if (!known)
        return err_set(err, ERR_BAD_ARGUMENT, "'stage' is not a stage");
    *out = best;
    return ERR_OK;
}

/* ---- taking ---- */

static enum err_code insert(struct store *store, const struct claim *claim,
                            const struct claim_wish *wish, int64_t now_us, struct err *err)
{
    enum err_code code = claim_drop(store, claim->machine, claim->subject_id, err);
    if (code)
        return code;
    return db_run(
        store->db,
        "INSERT INTO claim (id, stage, kind, subject_id, owner, claimed_us, lease_until_us, "
        "taken_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        DB_BIND(DB_TEXT(claim->id), DB_TEXT(claim->stage), DB_TEXT(machine_name(claim->machine)),
                DB_TEXT(claim->subject_id), DB_TEXT(wish->owner), DB_INT(now_us),
                DB_INT(now_us + wish->lease_us),
                DB_TEXT(store->group[0] ? store->group : claim->id)),
        err);
}

/* Where it goes is settled with the first try and for all targets of this version. */
static enum err_code settle_place(struct store *store, const char *delivery_id, struct err *err)
{
    return db_run(store->db,
                  "UPDATE delivery SET filed = 1, filed_under = CASE WHEN EXISTS (SELECT 1 FROM "
                  "delivery o WHERE o.document_id = delivery.document_id AND o.filed = 1) "
                  "THEN (SELECT o.filed_under FROM delivery o "
                  "WHERE o.document_id = delivery.document_id AND o.filed = 1 LIMIT 1) "
                  "ELSE (SELECT s.code FROM dossier s JOIN document d ON d.dossier_id = s.id "
                  "WHERE d.id = delivery.document_id) END WHERE id = ? AND filed = 0",
                  DB_BIND(DB_TEXT(delivery_id)), err);
}

/* "sending" and the place are durable before the first byte leaves. */
static enum err_code begin_sending(struct store *store, struct claim *claim, struct principal by,
                                   struct err *err)
{
    struct subject delivery;
    if (strcmp(claim->stage, "send") != 0)
        return ERR_OK;
    enum err_code code = subject_get(store, MACHINE_delivery, claim->subject_id, &delivery, err);
    claim->asks_first = !code && strcmp(delivery.state, "sending") == 0;
    if (code || strcmp(delivery.state, "queued") != 0)
        return code;
    code = settle_place(store, claim->subject_id, err);
    if (code)
        return code;
    return store_advance(store,
                         &(struct advance){.machine = MACHINE_delivery,
                                           .id = claim->subject_id,
                                           .from = "queued",
                                           .to = "sending",
                                           .event = "claim",
                                           .by = by},
                         err);
}

static enum err_code take(struct store *store, struct claim *claim, const struct claim_wish *wish,
                          int64_t now_us, struct principal by, struct job **out_job,
                          bool *out_of_material, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    AUTO(job)
    struct job *job = NULL;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = insert(store, claim, wish, now_us, err);
    if (!code)
        code = begin_sending(store, claim, by, err);
    if (!code) {
        code = job_build(store, claim, wish->max_fds, &job, err);
        *out_of_material = code != ERR_OK;
    }
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        *out_job = TAKE(job);
    else
        job_discard_temps(store, claim);
    return code;
}

/* ---- subjects whose material cannot be had: they must not stop the others of their stage ---- */

#define SKIPS_MAX 16     /* of one call */
#define UNREADABLE_MAX 5 /* times in a row, then a person looks */
#define UNREADABLE_FIRST_US INT64_C(15000000)

static const char UNREADABLE[] = "material-unreadable";

/* Nothing about the subject: the next one would meet the same. */
static bool is_fault_of_store(enum err_code code)
{
    return code == ERR_DISK_FULL || code == ERR_READ_ONLY || code == ERR_STORE_CORRUPT ||
           code == ERR_STORE_IN_USE || code == ERR_INTERNAL;
}

static bool may_heal(enum err_code code)
{
    return code != ERR_BLOB_DAMAGED && code != ERR_NOT_FOUND && code != ERR_TOO_LARGE &&
           code != ERR_BAD_JSON && code != ERR_IMAGE_EMPTY;
}

/* How often in a row it could not be read so far. */
static enum err_code count_unreadable(struct store *store, const char *id, int64_t *out,
                                      struct err *err)
{
    return db_number(store->db,
                     "SELECT count(*) FROM audit WHERE subject_id = ?1 AND event = ?2 AND seq > "
                     "(SELECT coalesce(max(seq), 0) FROM audit WHERE subject_id = ?1 "
                     "AND event NOT IN (?2, '" AUDIT_READ "'))",
                     DB_BIND(DB_TEXT(id), DB_TEXT(UNREADABLE)), 0, out, err);
}

static enum err_code hold_unreadable(struct store *store, const struct claim *claim,
                                     const struct subject *subject, const struct err *why,
                                     struct principal by, struct err *err)
{
    return store_advance(store,
                         &(struct advance){.machine = claim->machine,
                                           .id = claim->subject_id,
                                           .from = subject->state,
                                           .to = "held",
                                           .event = "hold",
                                           .held_reason = err_name(why->code),
                                           .detail = why->detail,
                                           .by = by},
                         err);
}

static enum err_code put_off(struct store *store, const struct claim *claim,
                             const struct subject *subject, int64_t times, const struct err *why,
                             struct principal by, struct err *err)
{
    char detail[AUDIT_DETAIL_MAX];
    snprintf(detail, sizeof detail, "%s: %s", err_name(why->code), why->detail);
    enum err_code code = audit_write(store,
                                     &(struct audit){.kind = machine_name(claim->machine),
                                                     .id = claim->subject_id,
                                                     .event = UNREADABLE,
                                                     .detail = detail,
                                                     .by = by},
                                     err);
    if (!code)
        code = subject_set_wait(store, claim->machine, claim->subject_id, subject->attempts + 1,
                                sys_now_us() + (UNREADABLE_FIRST_US << times), err);
    if (!code)
        store_touch(store, machine_name(claim->machine), claim->subject_id);
    return code;
}

/* Put off for a while, or held when waiting will not help. */
static enum err_code put_aside(struct store *store, const struct claim *claim,
                               const struct err *why, struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject subject;
    int64_t times = 0;
    enum err_code code =
        subject_begin(store, &tx, claim->machine, claim->subject_id, &subject, err);
    if (!code)
        code = count_unreadable(store, claim->subject_id, &times, err);
    if (code)
        return code;
    if (may_heal(why->code) && times + 1 < UNREADABLE_MAX)
        code = put_off(store, claim, &subject, times, why, by, err);
    else
        code = hold_unreadable(store, claim, &subject, why, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code store_claim(struct store *store, const struct claim_wish *wish, struct principal by,
                          struct job **out_job, struct err *err)
{
    for (int skips = 0;; skips++) {
        struct picked picked = {0};
        struct claim claim = {0};
        struct err why = ERR_INIT;
        bool of_material = false;
        int64_t now_us = sys_now_us();
        enum err_code code = pick(store, wish, now_us, &picked, err);
        if (code)
            return code;
        if (!*picked.id) {
            *out_job = NULL;
            return ERR_OK;
        }
        claim.machine = picked.stage->machine;
        claim.urgent = picked.urgent != 0;
        id_new(claim.id);
        snprintf(claim.stage, sizeof claim.stage, "%s", picked.stage->name);
        memcpy(claim.subject_id, picked.id, sizeof claim.subject_id);
        code = take(store, &claim, wish, now_us, by, out_job, &of_material, &why);
        if (!code)
            return ERR_OK;
        bool skip = of_material && !is_fault_of_store(code) && skips < SKIPS_MAX;
        if (!skip || put_aside(store, &claim, &why, by, NULL)) {
            if (err)
                *err = why;
            return code;
        }
    }
}

/* ---- ending ---- */

enum err_code claim_find(struct store *store, const char *id, struct claim *out, struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(store->db, "SELECT stage, kind, subject_id FROM claim WHERE id = ?",
                 DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (!row || !machine_from_name(query_text(q, 1), &out->machine))
        return err_set(err, ERR_STATE_CHANGED, "the claim is no longer held");
    snprintf(out->id, sizeof out->id, "%s", id);
    snprintf(out->stage, sizeof out->stage, "%s", query_text(q, 0));
    snprintf(out->subject_id, sizeof out->subject_id, "%s", query_text(q, 2));
    return ERR_OK;
}

enum err_code claim_end(struct store *store, const struct claim *claim, const char *how,
                        struct err *err)
{
    enum err_code code = claim_drop(store, claim->machine, claim->subject_id, err);
    if (code)
        return code;
    return db_run(store->db,
                  "INSERT INTO claim_ended (id, kind, subject_id, how) VALUES (?, ?, ?, ?)",
                  DB_BIND(DB_TEXT(claim->id), DB_TEXT(machine_name(claim->machine)),
                          DB_TEXT(claim->subject_id), DB_TEXT(how)),
                  err);
}

enum err_code claim_ended_as(struct store *store, const char *id, const char *how, bool *out_ended,
                             struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    enum machine machine;
    bool row = false;
    enum err_code code =
        db_query(store->db, "SELECT kind, subject_id FROM claim_ended WHERE id = ? AND how = ?",
                 DB_BIND(DB_TEXT(id), DB_TEXT(how)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (row && machine_from_name(query_text(q, 0), &machine))
        store_touch(store, machine_name(machine), query_text(q, 1));
    *out_ended = row;
    return ERR_OK;
}

enum err_code claim_forget_newest(struct store *store, struct err *err)
{
    int64_t any;
    enum err_code code =
        db_number(store->db, "SELECT count(*) FROM claim", DB_BIND_NONE, 0, &any, err);
    if (code || !any)
        return code;
    return db_run(store->db,
                  "WITH newest AS (SELECT id, taken_in FROM claim "
                  "ORDER BY claimed_us DESC, id DESC LIMIT 1) DELETE FROM claim "
                  "WHERE id = (SELECT id FROM newest) "
                  "OR (taken_in <> '' AND taken_in = (SELECT taken_in FROM newest))",
                  DB_BIND_NONE, err);
}

enum err_code claim_drop(struct store *store, enum machine machine, const char *subject_id,
                         struct err *err)
{
    return db_run(store->db, "DELETE FROM claim WHERE kind = ? AND subject_id = ?",
                  DB_BIND(DB_TEXT(machine_name(machine)), DB_TEXT(subject_id)), err);
}

enum err_code claim_release_others(struct store *store, const char *owner, struct principal by,
                                   int64_t *out_count, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *temps = NULL;
    int64_t count = 0;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code =
            db_run(store->db, "DELETE FROM claim WHERE owner <> ?", DB_BIND(DB_TEXT(owner)), err);
    if (!code)
        count = db_changes(store->db);
    if (!code)
        code = db_run(store->db, "DELETE FROM claim_ended", DB_BIND_NONE, err);
    if (!code)
        code = temps_of_dead_owner(store, by, &temps, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (code)
        return code;
    temps_discard(store, TAKE(temps));
    code = scans_resume(store, by, err);
    if (!code)
        *out_count = count;
    return code;
}

/* ---- what waits ---- */

enum err_code store_next_due(struct store *store, int64_t *out_us, struct err *err)
{
    int64_t earliest = -1, now_us = sys_now_us();
    for (size_t i = 0; i < stage_count; i++) {
        int64_t due;
        enum err_code code =
            db_number(store->db, stages[i].next, DB_BIND(DB_INT(now_us)), -1, &due, err);
        if (code)
            return code;
        if (due >= 0 && (earliest < 0 || due < earliest))
            earliest = due;
    }
    *out_us = earliest;
    return ERR_OK;
}

enum err_code store_oldest(struct store *store, struct js **out, struct err *err)
{
    AUTO(js)
    struct js *object = js_object();
    for (size_t i = 0; i < stage_count; i++) {
        int64_t since;
        enum err_code code = db_number(store->db, stages[i].oldest, DB_BIND_NONE, -1, &since, err);
        if (code)
            return code;
        bool older = since >= 0 && since < js_int_or(object, stages[i].name, INT64_MAX);
        if (older && !js_set(object, stages[i].name, js_int(since)))
            return err_set(err, ERR_NO_MEMORY, "oldest work");
    }
    *out = TAKE(object);
    return ERR_OK;
}
