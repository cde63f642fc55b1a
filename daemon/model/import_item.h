#ifndef SOHOA_MODEL_IMPORT_ITEM_H
#define SOHOA_MODEL_IMPORT_ITEM_H

#include "daemon/base/js.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A file that paper came in: its states, how it is told from the ones that came before, and the
 * balance an import ends with. Pure; the store keeps the rows.
 *
 *                          ┌──again──────────┐   a person, once every paper of it was rejected
 *                          ▼                 │
 *   found ──▶ stable ──▶ taken ──▶ paged ──▶ done
 *     ▲ ▲       │ │        │         │
 *     │ └changed┘ ├────────┼─▶ duplicate         same bytes as an item that is here already
 *     │           │        │         │
 *     │ waiting ◀─┴────────┴─────────┤           a person or a share is waited for
 *     │    │                         ▼
 *     └────┴──────retry────────── refused        with a code; a person may try again
 *
 * What a person tries again goes back to where it stopped: its bytes, once taken, stay here. A file
 * that a person hands over begins as taken.
 */

enum import_state {
    IMPORT_FOUND,     /* a name in a folder */
    IMPORT_STABLE,    /* nobody is writing it any more */
    IMPORT_TAKEN,     /* its bytes are a blob here, hash checked, flushed */
    IMPORT_PAGED,     /* its pages are known, with their exceptions */
    IMPORT_DONE,      /* its pages are rows of a dossier */
    IMPORT_DUPLICATE, /* marked; the file stays where it is */
    IMPORT_REFUSED,
    IMPORT_WAITING,
    IMPORT_STATE_COUNT
};

const char *import_state_name(enum import_state state); /* "found" */
bool import_state_from_name(const char *name, enum import_state *out);
bool import_may_move(enum import_state from, enum import_state to);

/* What a file is beside one with the same hash. `known_*`: that one's place; known_present: it
 * still lies there with the same size and time. */
enum import_identity {
    IMPORT_SAME,  /* that very file */
    IMPORT_MOVED, /* the other is gone: only the place changes */
    IMPORT_COPY   /* both are there: a duplicate */
};
enum import_identity import_identify(const char *known_folder, const char *known_path,
                                     bool known_present, const char *folder, const char *path);

/* found = imported + duplicate + refused + waiting. `found` comes from the folders (files of the
 * last whole sweep, and items whose file is gone by now), the others from the items, so a
 * difference means a file without an item. */
struct import_balance {
    long long found, imported, duplicate, refused, waiting;
};

struct import_balance import_balance(long long found, const long long counts[IMPORT_STATE_COUNT]);
long long import_balance_difference(const struct import_balance *balance); /* 0: it holds */
/* {"found", "imported", "duplicate", "refused", "waiting", "difference"}; NULL: no memory. */
struct js *import_balance_to_js(const struct import_balance *balance);

#endif
