#ifndef SOHOA_STORE_DOSSIER_PEOPLE_H
#define SOHOA_STORE_DOSSIER_PEOPLE_H

#include "queue/store/store.h"

/*
 * Whose case a dossier is, who brought it, and on which channel (R-08; regulations 1.1, 3.4): the
 * owner's id decides codes and folders, whoever stands at the counter may be somebody else. A
 * person says it; what was read is only offered.
 */

/* PERSON(key, kind of value): text of columns of `dossier`, keys of the API. */
#define DOSSIER_PEOPLE(PERSON)                                                                     \
    PERSON(owner_id, ID)                                                                           \
    PERSON(owner_old_id, OLD_ID)                                                                   \
    PERSON(owner_name, NAME)                                                                       \
    PERSON(owner_kind, OWNER_KIND)                                                                 \
    PERSON(presenter_name, NAME)                                                                   \
    PERSON(presenter_id, ID)                                                                       \
    PERSON(presenter_basis, BASIS)                                                                 \
    PERSON(channel, CHANNEL)

enum dossier_person {
#define PERSON(key, kind) DOSSIER_##key,
    DOSSIER_PEOPLE(PERSON)
#undef PERSON
        DOSSIER_PEOPLE_COUNT
};

const char *dossier_person_key(enum dossier_person person);

struct dossier_people {
    const char *said[DOSSIER_PEOPLE_COUNT]; /* NULL: as it is; "": nobody says */
};

/* Joins the caller's transaction. With another owner id what was reused ends, and
 * the old number goes unless it is said, too: it stands only beside a number of twelve digits. Ids
 * are held to their form and check digits, names to those of field_check. Basis "self" takes the
 * presenter away: it is the owner. FIELD_INVALID names the key; BAD_ARGUMENT a word that is none;
 * NOT_FOUND. */
enum err_code dossier_people_change(struct store *store, const char *id,
                                    const struct dossier_people *people, struct principal by,
                                    struct err *err);
/* Sets each key of the dossier's view, null where nobody said. "owner_old_id_read": what the code
 * of a chip card with the owner's number says their old one is, while nobody has said it; only
 * offered. */
enum err_code dossier_people_show(struct store *store, const char *id, struct js *dossier,
                                  struct err *err);

#endif
