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
    enum err_code code = subject_begin(store, &tx, machine, id, &subject, err);
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
                              const struct subject *subject, int64_t now_us, struct principal by,
                              struct err *err)
{
    if (subject->not_before_us <= now_us)
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

static enum err_code release_at(struct store *store, enum machine machine, const char *id,
                                int64_t now_us, struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject subject;
    enum err_code code = subject_begin(store, &tx, machine, id, &subject, err);
    if (!code && strcmp(subject.state, "held") != 0)
        code = make_due(store, machine, id, &subject, now_us, by, err);
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

enum err_code subject_release(struct store *store, enum machine machine, const char *id,
                              struct principal by, struct err *err)
{
    return release_at(store, machine, id, sys_now_us(), by, err);
}

/* Releases the subjects a statement names one after the other: ?1 `value`, ?2 the id before. */
static enum err_code release_each(struct store *store, enum machine machine, const char *sql,
                                  struct db_value value, struct principal by, int64_t now_us,
                                  int64_t *out_count, struct err *err)
{
    char before[ID_SIZE] = "";
    for (int64_t count = 0;;) {
        AUTO(mem)
        char *id = NULL;
        struct err why = ERR_INIT;
        enum err_code code = db_text(store->db, sql, DB_BIND(value, DB_TEXT(before)), &id, err);
        if (code)
            return code;
        if (!id) {
            *out_count = count;
            return ERR_OK;
        }
        snprintf(before, sizeof before, "%s", id);
        code = release_at(store, machine, id, now_us, by, &why);
        count += !code;
        if (code && code != ERR_STATE_CHANGED) { /* somebody else was faster with that one */
            if (err)
                *err = why;
            return code;
        }
    }
}

#define HELD(table)                                                                                \
    "SELECT id FROM " table                                                                        \
    " WHERE state = 'held' AND held_reason = ?1 AND id > ?2 ORDER BY id LIMIT 1"

enum err_code subjects_release(struct store *store, enum machine machine, const char *reason,
                               struct principal by, int64_t *out_count, struct err *err)
{
    static const char *const held_sql[] = {[MACHINE_page] = HELD("page"),
                                           [MACHINE_document] = HELD("document"),
                                           [MACHINE_delivery] = HELD("delivery")};
    return release_each(store, machine, held_sql[machine], DB_TEXT(reason), by, sys_now_us(),
                        out_count, err);
}

enum err_code deliveries_retry_now(struct store *store, struct principal by, int64_t *out_count,
                                   struct err *err)
{
    int64_t now_us = sys_now_us();
    return release_each(store, MACHINE_delivery,
                        "SELECT id FROM delivery WHERE state IN ('queued', 'sending', 'sent', "
                        "'accepted', 'withdrawing') AND not_before_us > ?1 AND id > ?2 ORDER BY id LIMIT 1",
                        DB_INT(now_us), by, now_us, out_count, err);
}
