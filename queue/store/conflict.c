#include "queue/store/conflict.h"

#include "daemon/base/sys.h"
#include "queue/store/advance.h"
#include "queue/store/inside.h"

#include <string.h>

static enum err_code check_conflict(struct store *store, const char *id, struct err *err)
{
    AUTO(mem) char *reason = NULL;
    enum err_code code = db_text(store->db, "SELECT held_reason FROM delivery WHERE id = ?",
                                 DB_BIND(DB_TEXT(id)), &reason, err);
    if (!code && (!reason || strcmp(reason, err_name(ERR_TARGET_CONFLICT)) != 0))
        code = err_set(err, ERR_STATE_CHANGED, "no conflict holds the delivery");
    return code;
}

static enum err_code note(struct store *store, const char *id, const char *from_state,
                          struct principal by, struct err *err)
{
    int64_t now_us = sys_now_us();
    return db_run(
        store->db,
        "INSERT INTO delivery_withdrawal (delivery_id, reason_code, from_state, asked_us, "
        "asked_by, begun_us, receipt, ended_us) VALUES (?1, 'withdrawn', ?2, ?3, ?4, ?3, "
        "'{\"kept_theirs\": true}', ?3) ON CONFLICT (delivery_id) DO UPDATE SET "
        "receipt = excluded.receipt, ended_us = excluded.ended_us",
        DB_BIND(DB_TEXT(id), DB_TEXT(from_state), DB_INT(now_us), DB_TEXT(by.id)), err);
}

enum err_code delivery_keep_theirs(struct store *store, const char *id, struct principal by,
                                   struct err *err)
{
    static const struct {
        const char *from, *to, *event;
    } ways[] = {{"sending", "queued", "retry"},
                {"sent", "queued", "resend"},
                {"queued", "withdrawn", "withdraw"},
                {"withdrawing", "withdrawn", "tombstone"}};
    AUTO(tx) struct tx tx = TX_INIT;
    struct subject delivery;
    enum err_code code = subject_begin(store, &tx, MACHINE_delivery, id, &delivery, err);
    if (!code)
        code = check_conflict(store, id, err);
    struct advance move = {.machine = MACHINE_delivery,
                           .id = id,
                           .from = "held",
                           .to = delivery.held_from,
                           .event = "release",
                           .detail = "keep-theirs",
                           .by = by};
    if (!code)
        code = store_advance(store, &move, err);
    for (size_t i = 0; !code && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(move.to, ways[i].from) != 0)
            continue;
        move.from = ways[i].from;
        move.to = ways[i].to;
        move.event = ways[i].event;
        code = store_advance(store, &move, err);
    }
    if (!code && strcmp(move.to, "withdrawn") != 0)
        code = err_set(err, ERR_STATE_CHANGED, "the delivery is %s", move.to);
    if (!code)
        code = note(store, id, delivery.held_from, by, err);
    return code ? code : tx_commit(&tx, err);
}
