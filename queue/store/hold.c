#include "queue/store/hold.h"

#include "daemon/base/sys.h"
#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/claim.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

enum err_code subject_hold(struct store *store, enum machine machine, const char *id,
                           const char *reason, struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject subject;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = subject_get(store, machine, id, &subject, err);
    if (!code && !state_find_move(machine, subject.state, "held"))
        code = err_set(err, ERR_STATE_CHANGED, "%s is %s", machine_name(machine), subject.state);
    if (!code)
        code = store_advance(store,
                             &(struct advance){.machine = machine,
                                               .id = id,
                                               .from = subject.state,
                                               .to = "held",
                                               .event = "hold",
                                               .held_reason = reason,
                                               .by = by},
                             err);
    if (!code)
        code = claim_drop(store, machine, id, err);
    return code ? code : tx_commit(&tx, err);
}

static enum err_code make_due(struct store *store, enum machine machine, const char *id,
                              const struct subject *subject, struct principal by, struct err *err)
{
    if (subject->not_before_us <= sys_now_us())
        return err_set(err, ERR_STATE_CHANGED, "%s is %s and does not wait", machine_name(machine),
                       subject->state);
    enum err_code code = audit_write(
        store,
        &(struct audit){.kind = machine_name(machine), .id = id, .event = "retry-now", .by = by},
        err);
    if (!code)
        store_touch(store, machine_name(machine), id);
    return code;
}

enum err_code subject_release(struct store *store, enum machine machine, const char *id,
                              struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject subject;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = subject_get(store, machine, id, &subject, err);
    if (!code && strcmp(subject.state, "held") != 0)
        code = make_due(store, machine, id, &subject, by, err);
    else if (!code)
        code = store_advance(store,
                             &(struct advance){.machine = machine,
                                               .id = id,
                                               .from = "held",
                                               .to = subject.held_from,
                                               .event = "release",
                                               .by = by},
                             err);
    if (!code)
        code = subject_set_wait(store, machine, id, 0, 0, err);
    return code ? code : tx_commit(&tx, err);
}

/* Releases the subjects a statement names, one after the other, until it names none. */
static enum err_code release_each(struct store *store, enum machine machine, const char *sql,
                                  const struct db_value *values, size_t value_count,
                                  struct principal by, int64_t *out_count, struct err *err)
{
    for (int64_t count = 0;; count++) {
        char id[ID_SIZE];
        AUTO(query) struct query *q = NULL;
        bool any = false;
        enum err_code code = db_query(store->db, sql, values, value_count, &q, err);
        if (!code)
            code = query_next(q, &any, err);
        if (!code && any)
            snprintf(id, sizeof id, "%s", query_text(q, 0));
        query_done(TAKE(q));
        if (!code && any)
            code = subject_release(store, machine, id, by, err);
        if (code || !any) {
            *out_count = count;
            return code;
        }
    }
}

enum err_code subjects_release(struct store *store, enum machine machine, const char *reason,
                               struct principal by, int64_t *out_count, struct err *err)
{
    static const char *const held_sql[] = {
        [MACHINE_page] = "SELECT id FROM page WHERE state = 'held' AND held_reason = ?1 LIMIT 1",
        [MACHINE_document] =
            "SELECT id FROM document WHERE state = 'held' AND held_reason = ?1 LIMIT 1",
        [MACHINE_delivery] =
            "SELECT id FROM delivery WHERE state = 'held' AND held_reason = ?1 LIMIT 1",
    };
    return release_each(store, machine, held_sql[machine], DB_BIND(DB_TEXT(reason)), by, out_count,
                        err);
}

enum err_code deliveries_retry_now(struct store *store, struct principal by, int64_t *out_count,
                                   struct err *err)
{
    static const char *const waiting_sql =
        "SELECT id FROM delivery WHERE state <> 'held' AND not_before_us > ?1 LIMIT 1";
    return release_each(store, MACHINE_delivery, waiting_sql, DB_BIND(DB_INT(sys_now_us())), by,
                        out_count, err);
}
