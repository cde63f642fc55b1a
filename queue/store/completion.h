#ifndef SOHOA_STORE_COMPLETION_H
#define SOHOA_STORE_COMPLETION_H

#include "queue/store/claim.h"
#include "queue/store/inside.h"

/* What a stage brought, on its way into the rows of its subject; inside the transaction that ends
 * its claim. complete.c has the table of them all. */
struct completion {
    struct store *store;
    const struct claim *claim;
    const char *id; /* of the subject */
    const struct js *result;
    const int *fds;
    size_t fd_count;
    struct principal by;
};

/* STATE_CHANGED when the subject is not in `from` any more. */
enum err_code completion_move(const struct completion *c, const char *from, const char *to,
                              const char *event, struct err *err);

#endif
