#include "queue/store/handover.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "queue/store/audit.h"
#include "queue/store/completion.h"
#include "queue/store/inside.h"
#include "queue/store/record.h"

#include <stdio.h>
#include <string.h>

/* ---- rules ---- */

bool target_rule_from_text(const char *text, struct target_rule *out)
{
    static const char *const words[] = {
        [HANDOVER_NONE] = "none", [HANDOVER_HIDDEN] = "hidden", [HANDOVER_HELD] = "held"};
    const char *comma = strchr(text, ','), *colon = comma ? strchr(comma, ':') : NULL;
    bool is_owner = text_starts(text, "owner,");
    if (!colon || !colon[1] || (!is_owner && !text_starts(text, "system,")))
        return false;
    for (int i = HANDOVER_NONE; i <= HANDOVER_HELD; i++) {
        size_t size = strlen(words[i]);
        if ((size_t)(colon - comma - 1) != size || strncmp(comma + 1, words[i], size) != 0)
            continue;
        *out = (struct target_rule){colon + 1, is_owner, (enum handover)i};
        return true;
    }
    return false;
}

static struct target_rule rule_of(const struct store *store, const char *target)
{
    for (size_t i = 0; i < store->rule_count; i++)
        if (strcmp(store->rules[i].name, target) == 0)
            return store->rules[i];
    return (struct target_rule){target, false, HANDOVER_NONE};
}

static enum err_code has_agency_signature(struct store *store, const char *document_id, bool *out,
                                          struct err *err)
{
    *out = false;
    for (size_t i = 0; !*out && i < store->agency_count; i++) {
        int64_t count = 0;
        enum err_code code =
            db_number(store->db,
                      "SELECT count(*) FROM signature WHERE document_id = ? AND kind = 'foreign' "
                      "AND intact = 1 AND certificate_sha256 = ?",
                      DB_BIND(DB_TEXT(document_id), DB_TEXT(store->agencies[i])), 0, &count, err);
        if (code)
            return code;
        *out = count > 0;
    }
    return ERR_OK;
}

static enum err_code is_kept_back(struct store *store, const char *document_id, bool *out,
                                  struct err *err)
{
    int64_t kept = 0;
    enum err_code code =
        db_number(store->db,
                  "SELECT coalesce(d.stage, '') <> 'component' AND s.handed_us IS NULL "
                  "FROM document d JOIN dossier s ON s.id = d.dossier_id WHERE d.id = ?",
                  DB_BIND(DB_TEXT(document_id)), 0, &kept, err);
    *out = kept != 0;
    return code;
}

static enum err_code code_is_provisional(struct store *store, const char *document_id, bool *out,
                                         struct err *err)
{
    int64_t count = 0;
    enum err_code code = db_number(store->db,
                                   "SELECT count(*) FROM result_code WHERE document_id = ? "
                                   "AND provisional = 1 AND ended_us IS NULL",
                                   DB_BIND(DB_TEXT(document_id)), 0, &count, err);
    *out = count > 0;
    return code;
}

enum err_code handover_wish(struct store *store, const char *document_id, const char *target,
                            struct delivery_wish *out, struct err *err)
{
    struct target_rule rule = rule_of(store, target);
    struct delivery_wish wish = {.wanted = true};
    bool kept_back = false, provisional = false;
    enum err_code code = ERR_OK;
    if (rule.is_owner)
        code = has_agency_signature(store, document_id, &wish.wanted, err);
    if (!code && wish.wanted && rule.is_owner)
        code = code_is_provisional(store, document_id, &provisional, err);
    if (!code && wish.wanted && rule.handover != HANDOVER_NONE)
        code = is_kept_back(store, document_id, &kept_back, err);
    if (code)
        return code;
    wish.hidden = kept_back && rule.handover == HANDOVER_HIDDEN;
    if (kept_back && rule.handover == HANDOVER_HELD)
        wish.waits_for = "handover";
    if (provisional)
        wish.waits_for = "code";
    *out = wish;
    return ERR_OK;
}

/* ---- deliveries ---- */

enum err_code handover_apply(struct store *store, const char *delivery_id,
                             const struct delivery_wish *wish, struct err *err)
{
    if (!wish->waits_for && !wish->hidden)
        return ERR_OK;
    enum err_code code = store_run_one(
        store, "delivery", "UPDATE delivery SET waits_for = ?, hidden = ? WHERE id = ?",
        DB_BIND(DB_TEXT(wish->waits_for), DB_INT(wish->hidden), DB_TEXT(delivery_id)), err);
    return code || !wish->hidden ? code : record_store_own(store, delivery_id, err);
}

/* Runs `act` on each delivery the statement names: ?1 the document or dossier, ?2 the id before. */
typedef enum err_code delivery_fn(struct store *store, const char *delivery_id, struct principal by,
                                  struct err *err);

static enum err_code each_delivery(struct store *store, const char *sql, const char *of,
                                   delivery_fn *act, struct principal by, struct err *err)
{
    char before[ID_SIZE] = "";
    for (;;) {
        AUTO(mem) char *id = NULL;
        enum err_code code =
            db_text(store->db, sql, DB_BIND(DB_TEXT(of), DB_TEXT(before)), &id, err);
        if (!code && id)
            code = act(store, id, by, err);
        if (code || !id)
            return code;
        snprintf(before, sizeof before, "%s", id);
    }
}

static enum err_code rewrite_own(struct store *store, const char *delivery_id, struct principal by,
                                 struct err *err)
{
    (void)by;
    return record_store_own(store, delivery_id, err);
}

enum err_code handover_rewrite_records(struct store *store, const char *document_id,
                                       struct err *err)
{
    return each_delivery(store,
                         "SELECT min(id) FROM delivery WHERE document_id = ? AND id > ? "
                         "AND record_sha256 IS NOT NULL AND filed = 0",
                         document_id, rewrite_own, (struct principal){"", ""}, err);
}

/* It may have to wait for something else now. */
static enum err_code take_code(struct store *store, const char *delivery_id, struct principal by,
                               struct err *err)
{
    AUTO(mem) char *target = NULL;
    AUTO(mem) char *document = NULL;
    bool kept_back = false;
    enum err_code code = db_text(store->db, "SELECT target FROM delivery WHERE id = ?",
                                 DB_BIND(DB_TEXT(delivery_id)), &target, err);
    if (!code)
        code = db_text(store->db, "SELECT document_id FROM delivery WHERE id = ?",
                       DB_BIND(DB_TEXT(delivery_id)), &document, err);
    if (!code && rule_of(store, target).handover == HANDOVER_HELD)
        code = is_kept_back(store, document, &kept_back, err);
    if (!code)
        code = store_run_one(store, "delivery", "UPDATE delivery SET waits_for = ? WHERE id = ?",
                             DB_BIND(DB_TEXT(kept_back ? "handover" : NULL), DB_TEXT(delivery_id)),
                             err);
    if (!code)
        code = record_store_own(store, delivery_id, err);
    return code ? code
                : audit_change(store, "delivery", delivery_id, "code-is-real", NULL, by, err);
}

enum err_code handover_code_is_real(struct store *store, const char *document_id,
                                    struct principal by, struct err *err)
{
    return each_delivery(store,
                         "SELECT min(id) FROM delivery WHERE document_id = ? AND id > ? "
                         "AND waits_for = 'code'",
                         document_id, take_code, by, err);
}

/* ---- handed over ---- */

static enum err_code rewrite_if_unsent(struct store *store, const char *delivery_id,
                                       struct err *err)
{
    int64_t own = 0;
    enum err_code code = db_number(
        store->db, "SELECT record_sha256 IS NOT NULL AND filed = 0 FROM delivery WHERE id = ?",
        DB_BIND(DB_TEXT(delivery_id)), 0, &own, err);
    return code || !own ? code : record_store_own(store, delivery_id, err);
}

/* What no target has had yet goes as it is by now; the rest is shown there. */
static enum err_code go_on(struct store *store, const char *delivery_id, struct principal by,
                           struct err *err)
{
    enum err_code code = store_run_one(
        store, "delivery",
        "UPDATE delivery SET waits_for = CASE waits_for WHEN 'handover' THEN NULL "
        "ELSE waits_for END, hidden = CASE WHEN hidden = 0 OR filed = 0 THEN 0 ELSE 2 END "
        "WHERE id = ?",
        DB_BIND(DB_TEXT(delivery_id)), err);
    if (!code)
        code = rewrite_if_unsent(store, delivery_id, err);
    return code ? code : audit_change(store, "delivery", delivery_id, "handed-over", NULL, by, err);
}

#define OF_DOSSIER                                                                                 \
    "FROM delivery v JOIN document d ON d.id = v.document_id WHERE d.dossier_id = ?1 "             \
    "AND (v.waits_for = 'handover' OR v.hidden = 1) "                                              \
    "AND v.state NOT IN ('withdrawing', 'withdrawn') "

enum err_code dossier_handed_over(struct store *store, const char *dossier_id, struct principal by,
                                  struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    int64_t handed_us = -1;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = db_number(store->db, "SELECT coalesce(handed_us, 0) FROM dossier WHERE id = ?",
                         DB_BIND(DB_TEXT(dossier_id)), -1, &handed_us, err);
    if (!code && handed_us < 0)
        return err_set(err, ERR_NOT_FOUND, "no such dossier");
    if (code || handed_us)
        return code;
    code = store_run_one(store, "dossier",
                         "UPDATE dossier SET handed_us = ?, handed_by = ? WHERE id = ?",
                         DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(dossier_id)), err);
    if (!code)
        code = audit_change(store, "dossier", dossier_id, "handed-over", NULL, by, err);
    if (!code)
        code = each_delivery(store, "SELECT min(v.id) " OF_DOSSIER "AND v.id > ?2", dossier_id,
                             go_on, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code handover_show(struct store *store, const char *dossier_id, struct js *dossier,
                            struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code =
        db_query(store->db,
                 "SELECT s.handed_us, s.handed_by, (SELECT count(*) " OF_DOSSIER ") "
                 "FROM dossier s WHERE s.id = ?1",
                 DB_BIND(DB_TEXT(dossier_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code || !row)
        return code;
    struct js *handed = query_is_null(q, 0)
                            ? js_null()
                            : js_pack("{s:I, s:s}", "us", query_int(q, 0), "by", query_text(q, 1));
    bool ok = js_set(dossier, "handed_over", handed) &&
              js_set(dossier, "waits_for_handover", js_int(query_int(q, 2)));
    return ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "handover");
}

/* ---- stage "show" ---- */

enum err_code handover_job(struct store *store, const char *delivery_id, struct js **out,
                           struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code =
        db_query(store->db,
                 "SELECT v.target, v.remote_name, v.document_id, s.handed_us, s.handed_by "
                 "FROM delivery v JOIN document d ON d.id = v.document_id "
                 "JOIN dossier s ON s.id = d.dossier_id WHERE v.id = ?",
                 DB_BIND(DB_TEXT(delivery_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such delivery");
    if (code)
        return code;
    *out = js_pack("{s:s, s:s?, s:s, s:s, s:I, s:s?}", "target", query_text(q, 0), "remote_name",
                   query_text(q, 1), "record_id", query_text(q, 2), "key", delivery_id, "at_us",
                   query_int(q, 3), "by", query_text(q, 4));
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "job");
}

enum err_code handover_complete(const struct completion *c, struct err *err)
{
    const struct js *receipt;
    enum err_code code = js_get_object(c->result, "receipt", &receipt, err);
    if (code)
        return code;
    AUTO(mem) char *text = js_dump(receipt);
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "receipt");
    code = store_run_one(c->store, "delivery",
                         "UPDATE delivery SET hidden = 3, shown = ? WHERE id = ?",
                         DB_BIND(DB_TEXT(text), DB_TEXT(c->id)), err);
    return code ? code : audit_change(c->store, "delivery", c->id, "show", NULL, c->by, err);
}
