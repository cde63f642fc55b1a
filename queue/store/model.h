#ifndef SOHOA_STORE_MODEL_H
#define SOHOA_STORE_MODEL_H

#include "queue/store/store.h"

/*
 * Models of paper types that this station taught (ocr/learn) or took from another, and the
 * confirmed papers to teach from.
 *
 *            ┌──▶ used ──▶ replaced ◀─┐
 *   (judged) │      └────▶ rolled_back │  by going back to it: used again
 *            └──▶ refused
 *
 * At most one is in use; none: the one built into the program.
 */

struct model_add {
    const char *id;     /* by the caller: the same one again changes nothing */
    const char *origin; /* "trained", "imported" */
    bool used;          /* else it is refused: only its figures are kept */
    int64_t from_papers;
    const struct js *figures;
    int fd; /* the file; -1 with one that is refused */
};

/* Old ones whose files are kept. */
#define MODELS_KEPT 5

/* What was judged; one that is used takes the place of the one in use. Answers the model. */
enum err_code model_add(struct store *store, const struct model_add *add, struct principal by,
                        struct js **out, struct err *err);
/* Out of use with that one, and the one it was based on comes back, or where its file is gone the
 * one before that; at last the one built in. Twice is once. STATE_CHANGED: it was not in use.
 * Answers the one in use now, or null. */
enum err_code model_roll_back(struct store *store, const char *id, struct principal by,
                              struct js **out, struct err *err);
/* null with -1: the one built in. BLOB_DAMAGED when its file is not what it was. */
enum err_code model_in_use(struct store *store, struct js **out, int *out_fd, struct err *err);
/* {"in_use": model or null, "models": the last ones, newest first, "papers": confirmed ones that
 * can teach, "since": {"corrections", "papers", "last_us", "first_us"}}: since the
 * last training, and when the first of these papers was confirmed. */
enum err_code model_status(struct store *store, struct js **out, struct err *err);

/* Confirmed papers, newest first, at most MODEL_PAPERS_MAX: [{"id", "type", "key", "dossier",
 * "owner"}]; the last three are 16 hex digits of a hash, of the paper, its dossier and its owner as
 * confirmed, or of the dossier where nobody is named. */
#define MODEL_PAPERS_MAX 5000
enum err_code model_papers(struct store *store, struct js **out, struct err *err);
/* Words of a paper's first written page; -1: it has none, or is told by several images. */
enum err_code model_words(struct store *store, const char *document_id, int *out_fd,
                          struct err *err);

#endif
