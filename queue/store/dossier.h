#ifndef SOHOA_STORE_DOSSIER_H
#define SOHOA_STORE_DOSSIER_H

#include "queue/store/dossier_people.h"

/* One citizen's case. The code may be bound later or never; one open dossier per code. */

struct dossier_wish {
    const char *code; /* NULL: none yet */
    bool backlog;
    int64_t papers; /* -1: not said */
    bool sides_said;
    int64_t sides;                       /* written ones, as the person counted them */
    const char *procedure, *received_on; /* NULL: nobody says */
    struct dossier_people people;
};

/* All of it or nothing. DOSSIER_CODE_BAD, DOSSIER_CODE_TAKEN, FIELD_INVALID, DISK_FULL, and those
 * of dossier_change. *out_id has ID_SIZE bytes. */
enum err_code dossier_create(struct store *store, const struct dossier_wish *wish,
                             struct principal by, char *out_id, struct err *err);
/* The same for another program, which may ask again when it got no answer: where an open dossier of
 * that kind has the code already it is that one, with the wish as changes, and *out_is_new false.
 */
enum err_code dossier_take_up(struct store *store, const struct dossier_wish *wish,
                              struct principal by, char *out_id, bool *out_is_new, struct err *err);
/* Binds a code once (the same again is fine; another is CODE_ALREADY_BOUND), changes the numbers of
 * papers and of written sides. NULL and -1 leave things as they are. Records of which no byte has
 * left yet are written anew with the code. STATE_CHANGED when closed. */
enum err_code dossier_update(struct store *store, const char *id, const char *code, int64_t papers,
                             int64_t sides, struct principal by, struct err *err);
/* Records of which nothing has left are written anew: what they say of the dossier has changed.
 * Joins the caller's transaction. */
enum err_code dossier_rewrite_records(struct store *store, const char *id, struct err *err);
/* What is stored for the code a person typed; DOSSIER_CODE_BAD. *out is the caller's. */
enum err_code dossier_canonical_code(const char *text, char **out, struct err *err);
/* Ids of the documents that went (or are going) to a target without the code the dossier has now;
 * only a replacement brings them under it. */
enum err_code dossier_filed_without_code(struct store *store, const char *id, struct js **out,
                                         struct err *err);
/* COUNT_MISMATCH (the equality and both numbers in the detail) unless the papers said are the
 * documents there, the written sides said, if they were, are those imaged (counts.h), and each
 * document is past reading. A backlog dossier need not have said how many papers; where it said
 * neither number it is COUNTS_NOT_SAID until a person says that they `counted`. */
enum err_code dossier_close(struct store *store, const char *id, bool counted, struct principal by,
                            struct err *err);

#endif
