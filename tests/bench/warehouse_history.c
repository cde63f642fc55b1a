/*
 * A store of several years: COUNT records that were delivered and accepted, each with its two
 * pages, twelve fields, receipt and twenty audit rows. Their files are not there; nothing the bench
 * asks for reads them.
 *
 *   warehouse_history STORE COUNT
 */
#include "daemon/base/mem.h"
#include "queue/store/db.h"
#include "queue/store/inside.h"
#include "queue/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(enum err_code code, const struct err *err)
{
    if (!code)
        return;
    fprintf(stderr, "warehouse_history: %s: %s\n", err_name(code), err->detail);
    exit(1);
}

/* %d: how many. Ids have the form and the length of real ones, times are a minute apart. */
static const char rows[] =
    "BEGIN IMMEDIATE;"
    "CREATE TEMP TABLE n (i INTEGER PRIMARY KEY, dossier TEXT, document TEXT, delivery TEXT, at "
    "INTEGER, hash TEXT);"
    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) INSERT INTO n "
    "SELECT i, "
    "printf('01890000-0000-7000-8000-%%012x', i), printf('01890000-0000-7000-9000-%%012x', i), "
    "printf('01890000-0000-7000-a000-%%012x', i), 1700000000000000 + i * 60000000, "
    "printf('%%064x', i) FROM c;"
    "INSERT INTO blob (sha256, size_bytes, created_us) SELECT hash, 150000, at FROM n;"
    "INSERT INTO dossier (id, kind, code, created_us, created_by, closed_us) SELECT dossier, "
    "'counter', "
    "printf('H41.%%d', i), at, 'clerk', at FROM n;"
    "INSERT INTO document (id, dossier_id, ordinal, state, state_us, scan_finished, confirmed_us, "
    "composed_sha256, "
    "signed_sha256, record_sha256, type, created_us, created_by) SELECT document, dossier, 1, "
    "'queued', at, 1, at, hash, "
    "hash, hash, 'decision', at, 'clerk' FROM n;"
    "INSERT INTO page (id, dossier_id, document_id, position, state, state_us, image_sha256, "
    "pixel_sha256, "
    "image_width_px, image_height_px, image_channels, image_bits, image_dpi, image_width_mm, "
    "image_height_mm, side, sheet, "
    "device, captured_us, captured_by, info) SELECT printf('01890000-0000-7000-b%%03d-%%012x', "
    "p.value, i), dossier, "
    "document, p.value, 'recognized', at, hash, hash, 2480, 3508, 3, 8, 300, 210, 297, 'front', "
    "p.value, 'scanner', at, "
    "'clerk', '{\"words\": \"' || hex(randomblob(400)) || '\"}' FROM n, json_each('[1, 2]') p;"
    "INSERT INTO field (document_id, name, value, confirmed, confirmed_value, answered, "
    "confirmed_by, confirmed_us) "
    "SELECT document, 'field_' || f.value, hex(randomblob(50)), 1, hex(randomblob(20)), 1, "
    "'clerk', at FROM n, "
    "json_each('[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]') f;"
    "INSERT INTO delivery (id, document_id, target, state, state_us, remote_name, receipt, filed, "
    "created_us) SELECT "
    "delivery, document, 'warehouse', 'accepted', at, printf('H41.%%d/', i) || document, "
    "json_object('pdf_sha256', hash, "
    "'json_sha256', hash, 'pdf_tag', hash, 'json_tag', hash, 'read_at_us', at), 1, at FROM n;"
    "INSERT INTO audit (at_us, principal, role, kind, subject_id, event, from_state, to_state) "
    "SELECT at, 'clerk', 'clerk', "
    "'document', document, 'step', 'open', 'read' FROM n, json_each('[1, 2, 3, 4, 5, 6, 7, 8, 9, "
    "10, 11, 12, 13, 14, 15, "
    "16, 17, 18, 19, 20]');"
    "DROP TABLE n;"
    "COMMIT;";

int main(int argc, char **argv)
{
    static const char *const targets[] = {"warehouse"};
    if (argc != 3)
        return fprintf(stderr, "usage: warehouse_history STORE COUNT\n"), 2;
    const struct store_options options = {.folder = argv[1], .targets = targets, .target_count = 1};
    struct store *store = NULL;
    struct err err = ERR_INIT;
    must(store_open(&options, &store, &err), &err);
    AUTO(mem) char *sql = mem_printf(rows, atoi(argv[2]));
    must(sql ? db_script(store->db, sql, &err) : ERR_NO_MEMORY, &err);
    store_close(store);
    return 0;
}
