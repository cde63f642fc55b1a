#ifndef SOHOA_STORE_CLAIM_H
#define SOHOA_STORE_CLAIM_H

#include "daemon/base/id.h"
#include "daemon/model/doc_state.h"
#include "queue/store/job.h"
#include "queue/store/store.h"

/*
 * Work is taken from here, never from memory: the oldest subject of a stage that is due and not
 * claimed, of deliveries urgent ones first. A claim lives until it is completed, failed, dropped or
 * its lease ends; one whose owner died is taken over. A delivery found `sending` without a live
 * claim is offered again first: the worker asks the target before it sends, so that nothing goes
 * out twice.
 */

struct claim_wish {
    const char *stage, *owner;
    int64_t lease_us;
    size_t max_fds;           /* of one message */
    const struct js *targets; /* [{"name", "urgent_only"?}] deliveries may go to; NULL: all */
};

/* *out_job NULL: nothing is due. A subject whose material is damaged or too large for one message is
 * held with that reason and passed over; one whose material cannot be read now is put off, and held
 * after five times in a row. BAD_ARGUMENT: no such stage. */
enum err_code store_claim(struct store *store, const struct claim_wish *wish, struct principal by,
                          struct job **out_job, struct err *err);

struct claim {
    char id[ID_SIZE], stage[16], subject_id[ID_SIZE];
    enum machine machine;
    bool asks_first; /* found `sending`: how the try before ended is not known */
    bool urgent;
};
/* STATE_CHANGED when it is gone: completed, dropped because its subject changed, or taken over. */
enum err_code claim_find(struct store *store, const char *id, struct claim *out, struct err *err);
/* Ends the claim as "complete" or "fail", with the caller's transaction. Asked again for the same
 * claim (its answer was lost), claim_ended_as says so and the caller has nothing to do. */
enum err_code claim_end(struct store *store, const struct claim *claim, const char *how,
                        struct err *err);
enum err_code claim_ended_as(struct store *store, const char *id, const char *how, bool *out_ended,
                             struct err *err);
/* At opening: the newest claim and those of its group may never have reached their owner, so they
 * are ended. If they did, their results are refused and the work done once more. */
enum err_code claim_forget_newest(struct store *store, struct err *err);
/* Ends whatever claim the subject has. */
enum err_code claim_drop(struct store *store, enum machine machine, const char *subject_id,
                         struct err *err);

/* At the start of a new owner: ends the claims of all others and removes every temp nobody can
 * finish. */
enum err_code claim_release_others(struct store *store, const char *owner, struct principal by,
                                   int64_t *out_count, struct err *err);

/* What to do with work that did not succeed. */
struct failure {
    const char *code;   /* name of an error code */
    const char *detail; /* may be NULL */
    const char *ref;    /* may be NULL */
    const char *said;   /* a receiving system's own words, may be NULL (struct err) */
    enum { FAILURE_RETRY, FAILURE_HOLD, FAILURE_FAIL } action;
    int64_t not_before_us;
};
/* Ends the claim. retry: attempts + 1, due again at not_before (sending goes back to queued); hold
 * and fail: the state of that name. What the target turns out not to have (NOT_FOUND
 * at accept or reconcile) is sent again whatever the action, but held when that happened three
 * times in a row; TARGET_MISMATCH at accept is sent again unless held. */
enum err_code store_fail(struct store *store, const char *claim_id, const struct failure *failure,
                         struct principal by, struct err *err);

/* Earliest moment at which work that waits for another attempt becomes due; -1: none waits. */
enum err_code store_next_due(struct store *store, int64_t *out_us, struct err *err);
/* Since when the oldest subject of each stage waits: {stage: µs}. */
enum err_code store_oldest(struct store *store, struct js **out, struct err *err);

#endif
