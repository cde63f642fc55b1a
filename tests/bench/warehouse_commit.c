/*
 * What it costs to bring a record into the durable queue, beside bare SQLite: COUNT documents with
 * their codes are queued one after the other, each durable before the next (record JSON, delivery,
 * audit); then as many records of the same JSON go into a plain SQLite file under the same pragmas,
 * a transaction each. In turns of 25, so that both meet the same disk. Prints milliseconds of a
 * record of each, and the ratio.
 *
 *   warehouse_commit FOLDER COUNT
 */
#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "queue/store/blob.h"
#include "queue/store/claim.h"
#include "queue/store/complete.h"
#include "queue/store/db.h"
#include "queue/store/inside.h"
#include "queue/store/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TURN 25

static void must(enum err_code code, const struct err *err)
{
    if (!code)
        return;
    fprintf(stderr, "warehouse_commit: %s: %s\n", err_name(code), err->detail);
    exit(1);
}

static void add_document(struct store *store, const char *sha256, struct err *err)
{
    char dossier[ID_SIZE], document[ID_SIZE];
    id_new(dossier);
    id_new(document);
    AUTO(mem)
    char *sql = mem_printf(
        "INSERT INTO dossier (id, kind, created_us, created_by) VALUES ('%s', 'counter', 1, 'c');"
        "INSERT INTO document (id, dossier_id, ordinal, state, state_us, scan_finished, "
        "confirmed_us, "
        "composed_sha256, signed_sha256, type, created_us, created_by) VALUES ('%s', '%s', 1, "
        "'coded', 1, 1, 1, '%s', '%s', 'decision', 1, 'c');"
        "INSERT INTO field (document_id, name, value, confirmed, confirmed_value) SELECT '%s', "
        "value, "
        "'machine', 1, 'person' FROM json_each('[\"number_symbol\", \"issue_date\", "
        "\"issue_place\", "
        "\"issuer\", \"abstract\", \"signer\", \"owner_name\", \"owner_id\", \"valid_until\"]');",
        dossier, document, dossier, sha256, sha256, document);
    must(db_script(store->db, sql, err), err);
}

/* As the store worker does it: the result of one and the claim of the next in one commit. */
static int64_t queue_records(struct store *store, struct job **job, int count, struct err *err)
{
    static const struct principal machine = {"sohoad", "machine"};
    const struct claim_wish wish = {
        .stage = "queue", .owner = "bench", .lease_us = 60000000, .max_fds = 100};
    int64_t from_us = sys_monotonic_us();
    for (int i = 0; i < count && *job; i++) {
        AUTO(js) struct js *nothing = js_object();
        must(store_group_begin(store, err), err);
        must(store_complete(store, js_text_or((*job)->body, "claim", ""), nothing, NULL, 0, machine,
                            err),
             err);
        job_free(*job);
        *job = NULL;
        must(store_claim(store, &wish, machine, job, err), err);
        must(store_group_commit(store, err), err);
    }
    return sys_monotonic_us() - from_us;
}

static void bare_must(sqlite3 *db, int result)
{
    if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW)
        return;
    fprintf(stderr, "warehouse_commit: SQLite: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static sqlite3 *open_bare(const char *path, sqlite3_stmt **out_insert)
{
    sqlite3 *db;
    bare_must(NULL, sqlite3_open(path, &db));
    bare_must(db,
              sqlite3_exec(db,
                           "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                           "PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON; "
                           "PRAGMA foreign_keys = ON; CREATE TABLE record (id TEXT PRIMARY KEY, "
                           "state TEXT NOT NULL, created_us INTEGER NOT NULL, json TEXT NOT NULL)",
                           NULL, NULL, NULL));
    bare_must(db, sqlite3_prepare_v2(db, "INSERT INTO record VALUES (?, 'queued', ?, ?)", -1,
                                     out_insert, NULL));
    return db;
}

static int64_t bare_records(sqlite3 *db, sqlite3_stmt *insert, const char *json, int count)
{
    int64_t from_us = sys_monotonic_us();
    for (int i = 0; i < count; i++) {
        char id[ID_SIZE];
        id_new(id);
        sqlite3_bind_text(insert, 1, id, -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 2, sys_now_us());
        sqlite3_bind_text(insert, 3, json, -1, SQLITE_STATIC);
        bare_must(db, sqlite3_step(insert));
        sqlite3_reset(insert);
    }
    return sys_monotonic_us() - from_us;
}

/* The JSON of a record the store made. */
static char *some_record(struct store *store, struct err *err)
{
    AUTO(mem) char *sha256 = NULL;
    AUTO(fd) int fd = -1;
    char *text = mem_alloc(65536);
    must(db_text(store->db, "SELECT record_sha256 FROM document WHERE state = 'queued'",
                 DB_BIND_NONE, &sha256, err),
         err);
    must(blob_open(store->blobs, store->db, sha256, &fd, NULL, err), err);
    if (!text || read(fd, text, 65535) <= 0)
        exit(1);
    return text;
}

int main(int argc, char **argv)
{
    static const char *const targets[] = {"warehouse"};
    if (argc != 3)
        return fprintf(stderr, "usage: warehouse_commit FOLDER COUNT\n"), 2;
    int count = atoi(argv[2]);
    AUTO(mem) char *folder = mem_printf("%s/store", argv[1]);
    AUTO(mem) char *bare_path = mem_printf("%s/bare.db", argv[1]);
    const struct store_options options = {.folder = folder, .targets = targets, .target_count = 1};
    struct store *store = NULL;
    struct job *job = NULL;
    struct err err = ERR_INIT;
    char sha256[HASH_HEX_SIZE];
    must(store_open(&options, &store, &err), &err);
    must(blob_put_text(store->blobs, store->db, "%PDF", sha256, &err), &err);
    must(db_script(store->db, "BEGIN IMMEDIATE", &err), &err);
    for (int i = 0; i <= count; i++)
        add_document(store, sha256, &err);
    must(db_script(store->db, "COMMIT", &err), &err);

    const struct claim_wish first = {
        .stage = "queue", .owner = "bench", .lease_us = 60000000, .max_fds = 100};
    must(store_claim(store, &first, (struct principal){"sohoad", "machine"}, &job, &err), &err);
    queue_records(store, &job, 1, &err);
    AUTO(mem) char *json = some_record(store, &err);
    sqlite3_stmt *insert;
    sqlite3 *bare = open_bare(bare_path, &insert);
    int64_t ours_us = 0, bare_us = 0;
    for (int done = 0; done < count; done += TURN) {
        ours_us += queue_records(store, &job, TURN, &err);
        bare_us += bare_records(bare, insert, json, TURN);
    }
    printf("%.2f %.2f %.2f %zu\n", ours_us / 1000.0 / count, bare_us / 1000.0 / count,
           (double)ours_us / bare_us, strlen(json));
    job_free(job);
    sqlite3_finalize(insert);
    sqlite3_close(bare);
    store_close(store);
    return 0;
}
