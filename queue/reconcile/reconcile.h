#ifndef SOHOA_RECONCILE_RECONCILE_H
#define SOHOA_RECONCILE_RECONCILE_H

#include "daemon/base/err.h"

#include <stddef.h>

/*
 * What they hold against what we sent. Pure: no disk, no clock, no network.
 */

/* One file that we believe lies there. Texts are borrowed. */
struct reconcile_belief {
    const char *record_id;
    const char *name;   /* "H41-1/H41-1.001.pdf" */
    const char *sha256; /* NULL: do not compare */
};

/* One file of their list. */
struct reconcile_listed {
    const char *name;
    const char *sha256; /* NULL when their list does not tell */
};

enum reconcile_kind {
    RECONCILE_MISSING,   /* believed, not listed: has to be sent again */
    RECONCILE_DIFFERENT, /* listed with another hash: a person has to look */
    RECONCILE_EXTRA      /* listed, not believed: never ours to delete */
};

struct reconcile_finding {
    enum reconcile_kind kind;
    const char *record_id; /* NULL for EXTRA */
    const char *name;
};

/* Findings in order of name, borrowing the inputs' texts; the array is the caller's (mem_free),
 * NULL when there are none. A name listed twice counts once. NO_MEMORY. */
enum err_code reconcile_compare(const struct reconcile_belief *beliefs, size_t belief_count,
                                const struct reconcile_listed *listed, size_t listed_count,
                                struct reconcile_finding **out_findings, size_t *out_count,
                                struct err *err);

#endif
