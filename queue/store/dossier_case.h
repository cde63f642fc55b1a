#ifndef SOHOA_STORE_DOSSIER_CASE_H
#define SOHOA_STORE_DOSSIER_CASE_H

#include "queue/store/dossier_people.h"

/*
 * What a dossier is about. With the procedure come the day of reception (as a person said, else as
 * the dossier code says, else the day the dossier was begun) and the rules of that day, which stay
 * with the dossier whatever is imported later (R-VER, R-02, R-30). A dossier whose code an earlier
 * one had is the same case and begins with its procedure. Another procedure ends what was reused,
 * demanded and said about papers of the one before: its codes mean other papers.
 */

struct dossier_change {
    const char *code;        /* NULL: as it is */
    int64_t papers, sides;   /* -1: as they are */
    const char *procedure;   /* NULL: as it is; "": none */
    const char *received_on; /* NULL: as it is; "": nobody says */
    struct dossier_people people;
};

/* All of it or nothing: dossier_update, the case and the people. PROCEDURE_CODE_BAD; BAD_ARGUMENT
 * for a day that is none or lies ahead. A procedure that is in no catalogue is taken: the gap is
 * noted. */
enum err_code dossier_change(struct store *store, const char *id,
                             const struct dossier_change *change, struct principal by,
                             struct err *err);

/* Inside the caller's transaction: the dossier has got its code. */
enum err_code dossier_case_inherit(struct store *store, const char *id, struct principal by,
                                   struct err *err);
/* Sets "received_from" ("said" "code" "created" or null) and "received_to_check": the code may mean
 * another day (dossier_code.h). */
enum err_code dossier_case_show(struct store *store, const char *id, struct js *dossier,
                                struct err *err);

#endif
