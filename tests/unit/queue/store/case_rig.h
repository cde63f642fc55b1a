#ifndef SOHOA_TESTS_CASE_RIG_H
#define SOHOA_TESTS_CASE_RIG_H

#include "tests/unit/queue/store/rig.h"

#include "queue/store/component.h"
#include "queue/store/scan_gate.h"

/* A case about a marriage: its procedure wants a birth certificate (P1, group a), a declaration
 * (P2, on demand), an opinion of another unit (P3, group d), a card that is shown (P4), a secret
 * paper (P5), and ends with KQ.G15.000032. All papers of the rig are of one owner. */

extern const char OWNER[], PROCEDURE[];

/* A catalogue that holds from 2020 on; rows as JSON. */
void case_put(struct rig *rig, const char *kind, const char *json);
void case_put_marriage(struct rig *rig);
void case_settle(struct rig *rig, const char *dossier, const char *procedure, const char *received);
/* A dossier of the owner about a marriage, received under TT 03/2025. */
void case_marriage(struct rig *rig, const char *code, char id[ID_SIZE]);
void case_set_owner(struct rig *rig, const char *dossier, const char *owner);

/* Runs SQL with ?1 the value and ?2 the id. */
void case_set(struct rig *rig, const char *sql, const char *value, const char *id);
#define SET_FIELD(name)                                                                            \
    "INSERT INTO field (document_id, name, confirmed, confirmed_value) VALUES (?2, '" name         \
    "', 1, ?1) ON CONFLICT DO UPDATE SET confirmed = 1, confirmed_value = ?1"

/* A signed paper of the owner in another dossier. */
struct paper case_held_paper(struct rig *rig, const char *type, const char *name);

struct js *case_wanted(struct rig *rig, const char *dossier);
/* A value of one paper of the list; static text. "-": null; of a list its length. */
const char *case_of_paper(struct rig *rig, const char *dossier, const char *code, const char *path);
#define EXPECT_PAPER(dossier, code, path, wanted)                                                  \
    assert_string_equal(case_of_paper(rig, dossier, code, path), wanted)

struct js *case_document(struct rig *rig, const char *id);
/* Which wanted paper the document is, and who says so. */
void case_expect_is(struct rig *rig, const char *document, const char *stage, const char *code,
                    const char *from);
enum err_code case_begin(struct rig *rig, const char *dossier, struct scan_for wish,
                         char id[ID_SIZE], struct err *err);

#endif
