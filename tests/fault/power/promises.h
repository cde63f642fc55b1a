#ifndef SOHOA_TESTS_FAULT_PROMISES_H
#define SOHOA_TESTS_FAULT_PROMISES_H

#include "tests/harness/disk_model.h"

#include "daemon/base/hash.h"
#include "daemon/base/id.h"

/*
 * What was promised in a recorded run, and whether a disk keeps it. A promise is made when the
 * store worker is about to send its answer, or when sohoad is about to name a page to a client.
 */

enum promise_kind {
    PROMISE_PAGE,  /* page_commit was answered: this page with this image */
    PROMISE_SHOWN, /* a client was told of this page */
    PROMISE_STATE, /* "changed" of an answer: this page, document … is in this state */
};

struct promise {
    enum promise_kind kind;
    size_t event; /* its number in the log */
    char id[ID_SIZE];
    char sha256[HASH_HEX_SIZE];  /* PAGE */
    char subject[12], state[16]; /* STATE */
};

struct promises {
    struct promise *promise;
    size_t count;
    size_t pages, shown, states; /* of each kind */
};

/* `early`: a mutation, an answer counts when its request is heard. */
void promises_read(const struct disk_log *log, bool early, struct promises *out);
void promises_done(struct promises *promises);

/*
 * Opens the store in `folder` and looks whether it keeps what was promised before event `cut`: it
 * opens and is sound; every such page is there once, its image whole; every row has its image;
 * every state is the promised or a later one; and the next page can be taken. NULL, or what is
 * wrong (static text). The folder is used up.
 */
const char *promises_broken(const struct promises *promises, size_t cut, const char *folder);

#endif
