#ifndef SOHOA_STORE_SUBMITTED_FORM_H
#define SOHOA_STORE_SUBMITTED_FORM_H

#include "queue/store/store.h"

/*
 * In which form a paper was handed in (regulations 2.1.2, 14.4), as the clerk says it, and what
 * becomes of a copy (R-03, C3): photocopies and certified copies on paper are not digitized under
 * TT 01/2023; for dossiers received from 15-9-2025 on the supervisor decides, and that is kept.
 * What its pages say ("SAO Y", a certification) is proposed, and has to be answered.
 */

/* "original" "register_copy" "certified_ecopy" "ecopy_with_original" "photocopy" "certified_copy";
 * "": nobody says. A decision made for another form is no longer one. BAD_ARGUMENT, NOT_FOUND,
 * ALREADY_SIGNED, STATE_CHANGED: while it is open or waits for comparison only. */
enum err_code form_say(struct store *store, const char *document_id, const char *form,
                       struct principal by, struct err *err);

struct copy_decision {
    bool allowed;
    const char *decider, *reason; /* the supervisor, as the clerk names them; why */
};
/* COPY_REFUSED where no decision can allow it; BAD_ARGUMENT: nothing is to be decided, or nobody
 * decided. */
enum err_code form_decide(struct store *store, const char *document_id,
                          const struct copy_decision *decision, struct principal by,
                          struct err *err);

/* Before the copy is confirmed, and so before it is signed: FORM_NOT_SAID, COPY_REFUSED,
 * COPY_UNDECIDED. */
enum err_code form_check(struct store *store, const char *document_id, struct err *err);

/* Sets "submitted_form", "copy_rule" (null, "refused", "supervisor"), "copy_decision" and
 * "copy_marks" of a document's view. */
enum err_code form_show(struct store *store, const char *document_id, struct js *object,
                        struct err *err);

#endif
