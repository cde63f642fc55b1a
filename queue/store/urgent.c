#include "queue/store/urgent.h"

#include "queue/store/audit.h"
#include "queue/store/inside.h"

#include <string.h>

static const char *event_of(bool urgent)
{
    return urgent ? "urgent" : "not-urgent";
}

static bool is_on_its_way(const char *state)
{
    static const char *const states[] = {"queued", "sending", "sent", "withdrawing"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i], state) == 0)
            return true;
    return false;
}

enum err_code delivery_set_urgent(struct store *store, const char *id, bool urgent,
                                  struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct subject subject;
    enum err_code code = subject_begin(store, &tx, MACHINE_delivery, id, &subject, err);
    if (!code && !is_on_its_way(subject.state))
        code = err_set(err, ERR_STATE_CHANGED, "delivery is %s", subject.state);
    if (!code)
        code = store_run_one(store, "delivery",
                             "UPDATE delivery SET urgent = ?2, not_before_us = "
                             "CASE WHEN ?2 THEN 0 ELSE not_before_us END WHERE id = ?1",
                             DB_BIND(DB_TEXT(id), DB_INT(urgent)), err);
    if (!code)
        code = audit_change(store, "delivery", id, event_of(urgent), NULL, by, err);
    return code ? code : tx_commit(&tx, err);
}

#define OF_DOSSIER                                                                                 \
    "state IN ('queued', 'sending', 'sent', 'withdrawing') AND urgent <> ?2 AND document_id IN "   \
    "(SELECT id FROM document WHERE dossier_id = ?1)"

static enum err_code mark_deliveries(struct store *store, const char *dossier_id, bool urgent,
                                     struct principal by, int64_t *out_count, struct err *err)
{
    *out_count = 0;
    for (;;) {
        AUTO(mem) char *id = NULL;
        enum err_code code =
            db_text(store->db, "SELECT id FROM delivery WHERE " OF_DOSSIER " LIMIT 1",
                    DB_BIND(DB_TEXT(dossier_id), DB_INT(urgent)), &id, err);
        if (code || !id)
            return code;
        code = delivery_set_urgent(store, id, urgent, by, err);
        if (code)
            return code;
        ++*out_count;
    }
}

enum err_code dossier_set_urgent(struct store *store, const char *id, bool urgent,
                                 struct principal by, int64_t *out_deliveries, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    int64_t count = 0;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = store_run_one(store, "dossier", "UPDATE dossier SET urgent = ?2 WHERE id = ?1",
                             DB_BIND(DB_TEXT(id), DB_INT(urgent)), err);
    if (!code)
        code = mark_deliveries(store, id, urgent, by, &count, err);
    if (!code)
        code = audit_change(store, "dossier", id, event_of(urgent), NULL, by, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        *out_deliveries = count;
    return code;
}
