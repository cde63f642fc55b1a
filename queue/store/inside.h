#ifndef SOHOA_STORE_INSIDE_H
#define SOHOA_STORE_INSIDE_H

#include "daemon/base/id.h"
#include "daemon/model/doc_state.h"
#include "queue/store/blob.h"
#include "queue/store/db.h"
#include "queue/store/handover.h"
#include "queue/store/store.h"

/* What the nouns of this folder share; nobody outside includes it. */

struct change {
    const char *kind; /* static: "page" "document" "delivery" "dossier" "import" "task" */
    char id[ID_SIZE];
};

/* A temp blob whose end is decided by the commit. */
struct group_temp {
    char name[BLOB_TEMP_SIZE];
    bool kept; /* by a commit: goes when the group fails; else goes with the commit */
};

#define CHANGES_MAX                                                                                \
    4096u /* of one operation; a longer list is cut, the next listing shows the rest */

struct store {
    struct db *db;
    struct blobs *blobs;
    int lock_fd;
    char *folder;
    bool purge_is_due;      /* purge.h */
    bool checked;           /* check.h */
    int64_t secret_wait_us; /* secret.h */
    char *code_template, *component_code_template, *unknown_validity;
    bool codes_are_provisional;
    char **targets;
    size_t target_count;
    struct target_rule *rules; /* their names belong to it */
    size_t rule_count;
    char **agencies;
    size_t agency_count;
    struct look_up_source *sources; /* their texts belong to it */
    size_t source_count;
    int64_t answers_kept_us, answers_wait_us;
    char *code_target; /* NULL: none */
    uint64_t reserve_bytes;
    bool is_restored; /* and that could not be noted (restored.h) */
    char boot[ID_SIZE];
    struct change *changes;
    size_t change_count, change_capacity;
    char group[ID_SIZE]; /* "": none is open */
    struct group_temp *group_temps;
    size_t group_temp_count, group_temp_capacity;
};

/* Removes a temp once what made it superfluous is durable: at once, or with the group's commit. */
void store_discard_temp(struct store *store, const char *temp);
/* Its end is decided, by a commit that is still to come. */
bool store_temp_is_over(const struct store *store, const char *temp);
/* A temp was made; it is removed again if the group it belongs to fails. */
void store_keep_temp(struct store *store, const char *temp);

/* Remembers for store_take_changes. `kind` is a static text. */
void store_touch(struct store *store, const char *kind, const char *id);

/* Runs one statement inside the caller's transaction, which must have touched exactly one row;
 * NOT_FOUND naming `what` otherwise. */
enum err_code store_run_one(struct store *store, const char *what, const char *sql,
                            const struct db_value *values, size_t count, struct err *err);

/* Statements of one table per machine, by the same column names. */
struct subject {
    char state[16], held_from[16];
    char document_id[ID_SIZE]; /* of a page ("" when in none), of a delivery; itself for a document
                                */
    char dossier_id[ID_SIZE];
    int64_t attempts, not_before_us;
};
/* NOT_FOUND */
enum err_code subject_get(struct store *store, enum machine machine, const char *id,
                          struct subject *out, struct err *err);
/* Begins the transaction in which a subject is looked at and changed. NOT_FOUND */
enum err_code subject_begin(struct store *store, struct tx *tx, enum machine machine,
                            const char *id, struct subject *out, struct err *err);
/* The state it is in, or was held in. */
const char *subject_stage_state(const struct subject *subject);
/* attempts and not_before of waiting work. */
enum err_code subject_set_wait(struct store *store, enum machine machine, const char *id,
                               int64_t attempts, int64_t not_before_us, struct err *err);

#endif
