#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/claim.h"
#include "queue/store/inside.h"
#include "queue/store/place.h"
#include "queue/store/reconcile_look.h"
#include "queue/store/withdraw.h"

#include <stdio.h>
#include <string.h>

#define RESENDS_MAX 3 /* in a row, of what a target said it took */

/* The target does not have what we believed it to have. */
static const char *resend_event(const struct claim *claim, const char *code)
{
    bool missing = strcmp(code, "NOT_FOUND") == 0;
    if (strcmp(claim->stage, "accept") == 0 && (missing || strcmp(code, "TARGET_MISMATCH") == 0))
        return "resend";
    return NULL;
}

struct outcome {
    const char *to, *event; /* to NULL: the state stays */
};

/* A target that takes records and shows none of them is a person's matter. */
static enum err_code look_for_vanishing(struct store *store, const char *delivery_id, bool *out,
                                        struct err *err)
{
    int64_t times;
    enum err_code code =
        db_number(store->db,
                  "SELECT count(*) FROM audit WHERE subject_id = ?1 AND event = 'resend' AND seq > "
                  "(SELECT coalesce(max(seq), 0) FROM audit WHERE subject_id = ?1 "
                  "AND event IN ('accept', 'release'))",
                  DB_BIND(DB_TEXT(delivery_id)), 0, &times, err);
    *out = !code && times >= RESENDS_MAX;
    return code;
}

static struct outcome outcome_of(const struct claim *claim, const struct subject *subject,
                                 const struct failure *failure, bool keeps_vanishing)
{
    const char *resend = resend_event(claim, failure->code);
    /* nothing but sending helps when it is gone, and that needs nobody */
    bool gone = resend && strcmp(failure->code, "NOT_FOUND") == 0 && !keeps_vanishing;
    if (failure->action == FAILURE_HOLD && !gone)
        return (struct outcome){"held", "hold"};
    if (resend)
        return (struct outcome){"queued", resend};
    if (failure->action == FAILURE_FAIL)
        return (struct outcome){"failed", "fail"};
    if (strcmp(subject->state, "sending") == 0)
        return (struct outcome){"queued", "retry"};
    return (struct outcome){NULL, NULL};
}

static enum err_code apply_outcome(struct store *store, const struct claim *claim,
                                   const struct subject *subject, const struct failure *failure,
                                   struct principal by, struct err *err)
{
    bool keeps_vanishing = false;
    char detail[AUDIT_DETAIL_MAX];
    snprintf(detail, sizeof detail, "%s %s: %s", failure->code, failure->ref ? failure->ref : "",
             failure->detail ? failure->detail : "");
    enum err_code code = look_for_vanishing(store, claim->subject_id, &keeps_vanishing, err);
    struct outcome outcome = outcome_of(claim, subject, failure, keeps_vanishing);
    if (!code && outcome.to)
        code = store_advance(store,
                             &(struct advance){.machine = claim->machine,
                                               .id = claim->subject_id,
                                               .from = subject->state,
                                               .to = outcome.to,
                                               .event = outcome.event,
                                               .held_reason = failure->code,
                                               .held_ref = failure->ref,
                                               .detail = detail,
                                               .by = by},
                             err);
    else if (!code)
        code = audit_write(store,
                           &(struct audit){.kind = machine_name(claim->machine),
                                           .id = claim->subject_id,
                                           .event = "attempt-failed",
                                           .detail = detail,
                                           .by = by},
                           err);
    if (!code)
        code = subject_set_wait(store, claim->machine, claim->subject_id, subject->attempts + 1,
                                failure->not_before_us, err);
    if (!code && claim->machine == MACHINE_delivery)
        code =
            store_run_one(store, "delivery",
                          "UPDATE delivery SET said = ?, ask_first = ask_first OR ? WHERE id = ?",
                          DB_BIND(DB_TEXT(failure->said), DB_INT(strcmp(claim->stage, "send") == 0),
                                  DB_TEXT(claim->subject_id)),
                          err);
    if (!code && claim->machine == MACHINE_page && failure->action == FAILURE_FAIL)
        code = document_renumber(store, subject->document_id, err);
    return code;
}

static bool cannot_withdraw(const struct claim *claim, const struct failure *failure)
{
    return strcmp(claim->stage, "withdraw") == 0 && strcmp(failure->code, "TARGET_CANNOT") == 0;
}

enum err_code store_fail(struct store *store, const char *claim_id, const struct failure *failure,
                         struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct claim claim = {0};
    struct subject subject;
    bool ended = false, answered = false;
    enum err_code code = claim_ended_as(store, claim_id, "fail", &ended, err);
    if (code || ended)
        return code;
    code = tx_begin(&tx, store->db, err);
    if (!code)
        code = claim_find(store, claim_id, &claim, err);
    if (!code)
        code = subject_get(store, claim.machine, claim.subject_id, &subject, err);
    if (!code)
        code = reconcile_answer(store, &claim, &subject, failure, by, &answered, err);
    if (!code && !answered)
        code = cannot_withdraw(&claim, failure)
                   ? withdraw_ask_receiver(store, claim.subject_id, by, err)
                   : apply_outcome(store, &claim, &subject, failure, by, err);
    if (!code)
        code = claim_end(store, &claim, "fail", err);
    if (!code && claim.machine == MACHINE_delivery)
        code = withdraw_settle(store, claim.subject_id, by, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (code)
        return code;
    store_touch(store, machine_name(claim.machine), claim.subject_id);
    job_discard_temps(store, &claim);
    return ERR_OK;
}
