#ifndef SOHOA_STORE_DOCUMENT_MOVE_H
#define SOHOA_STORE_DOCUMENT_MOVE_H

#include "queue/store/store.h"

/* Papers that were scanned into the wrong dossier. */

struct move_wish {
    const char *dossier_id; /* where to; NULL: to the open dossier of `code`, */
    const char *code;       /* which is made, of the same kind, when there is none */
    bool alike;             /* all others that lay behind the same code (stray.h), too */
    int64_t ordinal;        /* its place there, as it was once; taken or 0: behind the last paper */
};

/* Pages, those taken out and separator sheets go with their paper. It is read anew; which wanted
 * paper it is, as far as a person said so for another procedure, is forgotten. *out: {"dossier_id":
 * where to, "from", "moved": [{"id", "ordinal": the one it had}]}. NOT_FOUND no such document or
 * dossier; BAD_ARGUMENT neither or both, or its own dossier; DOSSIER_CODE_BAD; SCAN_RUNNING,
 * ALREADY_SIGNED, STATE_CHANGED compared already, or either dossier is closed; SECRET_LOCKED. */
enum err_code document_move(struct store *store, const char *id, const struct move_wish *wish,
                            struct principal by, struct js **out, struct err *err);

#endif
