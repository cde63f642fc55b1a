#ifndef SOHOA_STORE_STORE_H
#define SOHOA_STORE_STORE_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The durable store of one station: a folder with
 *   store.db   rows (SQLite, WAL, synchronous=FULL)
 *   blobs/     files named by their SHA-256, written before the row that names them
 *   lock       held while a store is open, with the holder's pid
 *   backup-v<n>-<time>.db   made before a migration
 */

struct store;

/* One who is asked about papers before they are scanned (look_up.h). */
struct look_up_source {
    const char *name;  /* of a target */
    const char *label; /* for people */
    bool national;     /* the national warehouse or portal */
};

struct target_rule; /* handover.h */

struct store_options {
    const char *folder;        /* made when missing */
    const char *code_template; /* result codes; NULL: CODE_TEMPLATE_DEFAULT (result_code.h) */
    const char *component_code_template; /* of a case's components; NULL: its default */
    const char *unknown_validity;        /* record.h; NULL: "unknown" */
    bool codes_are_provisional;          /* somebody else numbers (document_code.h) */
    const char *const *targets;          /* names of the delivery targets */
    size_t target_count;
    const struct target_rule *rules; /* of targets that are not just a system's; copied */
    size_t rule_count;
    const char *const *agencies; /* SHA-256 of the certificates agencies sign with, hex */
    size_t agency_count;
    const struct look_up_source *sources; /* in the order they are asked */
    size_t source_count;
    int64_t answers_kept_us; /* of sources; 0: default */
    int64_t answers_wait_us; /* how long a delivery waits for one; 0: default */
    const char *code_target; /* who numbers, when codes are provisional; NULL: a person types it */
    uint64_t reserve_bytes; /* free space below which no new work is taken */
    int64_t
        secret_wait_us; /* a page with a mark of secrecy waits so long for its answer; 0: default */
    bool moved;         /* the folder was moved on purpose: it is no backup put back (restored.h) */
    int lock_wait_ms;   /* how long a predecessor may take to end */
};

/*
 * Opens, checks (check.h) and migrates. Nothing is ever recreated or overwritten:
 * STORE_IN_USE another process holds the folder; STORE_CORRUPT damaged, blobs without their
 * database (missing or empty), or a database whose folder of blobs is gone: all stays as it is;
 * STORE_NEWER written by a later version; BAD_CONFIG a template that cannot make codes.
 */
enum err_code store_open(const struct store_options *options, struct store **out, struct err *err);
void store_close(struct store *store);

const char *store_boot(const struct store *store); /* id of this opening */
bool store_is_checked(const struct store *store);  /* the opening read all of it (check.h) */
int64_t store_version(const struct store *store);  /* number of the newest migration */

/* DISK_FULL when new work (a page, a dossier) would eat into the reserve. */
enum err_code store_check_room(struct store *store, struct err *err);

/* Who asks; ends up in the audit row. Borrowed texts. */
struct principal {
    const char *id, *role;
};

/*
 * Calls between the two become durable together, with one flush; each still succeeds or fails by
 * itself. What they answered is true only once store_group_commit has succeeded. When it fails (the
 * disk is full), nothing of the group happened. The group is over either way.
 */
enum err_code store_group_begin(struct store *store, struct err *err);
enum err_code store_group_commit(struct store *store, struct err *err);

/* What the calls since the last store_take_changes changed, once each, with the state it has now:
 * [{"kind","id","state","dossier_id"}…]. NULL when out of memory. */
struct js *store_take_changes(struct store *store);
void store_forget_changes(struct store *store);

#endif
