#ifndef SOHOA_STORE_ADVANCE_H
#define SOHOA_STORE_ADVANCE_H

#include "daemon/model/doc_state.h"
#include "queue/store/store.h"

struct advance {
    enum machine machine;
    const char *id, *from, *to, *event;
    struct principal by;
    const char *detail;                 /* for the audit row; may be NULL */
    const char *held_reason, *held_ref; /* when `to` is held: an error code or a person's reason */
};

/*
 * The one setter of states: checks the table of doc_state.def, updates where the state still is
 * `from`, writes the audit row, in one transaction (the caller's when there is one). A held row
 * only goes back to the state it was held in, or is rejected. STATE_CHANGED somebody was faster;
 * NOT_FOUND; INTERNAL the table has no such move.
 */
enum err_code store_advance(struct store *store, const struct advance *move, struct err *err);

#endif
