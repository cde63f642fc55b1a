#ifndef SOHOA_STORE_CONFIRM_H
#define SOHOA_STORE_CONFIRM_H

#include "queue/store/store.h"

/*
 * The person's word: compared with the paper, and these are the fields (read → copied).
 * `answers` is {name: text | true | false | null}; null says "the paper does not have it" (a paper
 * always has a doc_name). Every proposed field that asks a person or was not found has to be
 * answered, and every one the final type must have; what was read surely stands unless answered. Of
 * valid_until and no_expiry one answer is enough, both is a contradiction, and so is an end before
 * the date of issue. `type` corrects the proposed type, may be NULL. PAGE_QUESTION while a page
 * asks something (question.h). NOT_COMPARED, FIELD_MISSING, FIELD_INVALID, BAD_ARGUMENT (naming the
 * field), STATE_CHANGED also when `revision` is not what the document is now.
 */
struct comparison {
    bool compared;
    const char *revision;     /* of the document the person saw */
    const struct js *answers; /* NULL: none were asked */
    const char *type;
    const char *copier; /* full name for the copy's metadata; NULL: the principal's id */
};

enum err_code document_confirm(struct store *store, const char *id,
                               const struct comparison *comparison, struct principal by,
                               struct err *err);

#endif
