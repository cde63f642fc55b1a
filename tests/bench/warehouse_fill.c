/*
 * A store with signed and confirmed records that wait to be sent:
 *
 *   warehouse_fill STORE COUNT PDF-BYTES [FILES]
 *
 * The same PDFs and record JSONs are written into the folder FILES for the peer. Content is noise:
 * nothing compresses.
 */
#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "queue/store/blob.h"
#include "queue/store/db.h"
#include "queue/store/inside.h"
#include "queue/store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const char *const targets[] = {"warehouse"};

static void must(enum err_code code, const struct err *err)
{
    if (!code)
        return;
    fprintf(stderr, "warehouse_fill: %s: %s\n", err_name(code), err->detail);
    exit(1);
}

static void fill_noise(char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t got = getrandom(bytes + at, size - at > 256 ? 256 : size - at, 0);
        if (got < 0)
            exit(1);
        at += (size_t)got;
    }
}

static void write_file(const char *folder, const char *id, const char *suffix, const char *bytes,
                       size_t size)
{
    AUTO(mem) char *path = mem_printf("%s/%s.%s", folder, id, suffix);
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        exit(1);
}

static void add_record(struct store *store, size_t pdf_bytes, const char *files, struct err *err)
{
    char dossier[ID_SIZE], document[ID_SIZE], delivery[ID_SIZE];
    char pdf_sha256[HASH_HEX_SIZE], json_sha256[HASH_HEX_SIZE];
    id_new(dossier);
    id_new(document);
    id_new(delivery);
    AUTO(mem) char *pdf = mem_alloc(pdf_bytes);
    AUTO(mem)
    char *json = mem_printf("{\"schema\": \"sohoa.record/1\", \"record_id\": \"%s\"}\n", document);
    AUTO(fd) int fd = -1;
    if (!pdf || !json)
        exit(1);
    fill_noise(pdf, pdf_bytes);
    must(file_memfd("pdf", pdf, pdf_bytes, &fd, err), err);
    must(blob_put_fd(store->blobs, store->db, fd, pdf_bytes, pdf_sha256, err), err);
    must(blob_put_row(store->db, json, json_sha256, err), err);
    long long now_us = (long long)sys_now_us();
    AUTO(mem)
    char *sql = mem_printf(
        "INSERT INTO dossier (id, kind, created_us, created_by) VALUES ('%s', 'counter', %lld, "
        "'c');"
        "INSERT INTO document (id, dossier_id, ordinal, state, state_us, scan_finished, "
        "confirmed_us, composed_sha256, signed_sha256, record_sha256, created_us, created_by) "
        "VALUES "
        "('%s', '%s', 1, 'queued', %lld, 1, 1, '%s', '%s', '%s', %lld, 'c');"
        "INSERT INTO delivery (id, document_id, target, state, state_us, created_us) VALUES ('%s', "
        "'%s', 'warehouse', 'queued', %lld, %lld);",
        dossier, now_us, document, dossier, now_us, pdf_sha256, pdf_sha256, json_sha256, now_us,
        delivery, document, now_us, now_us);
    must(db_script(store->db, sql, err), err);
    if (!files)
        return;
    write_file(files, document, "pdf", pdf, pdf_bytes);
    write_file(files, document, "json", json, strlen(json));
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return fprintf(stderr, "usage: warehouse_fill STORE COUNT PDF-BYTES [FILES]\n"), 2;
    const struct store_options options = {.folder = argv[1], .targets = targets, .target_count = 1};
    struct store *store = NULL;
    struct err err = ERR_INIT;
    must(store_open(&options, &store, &err), &err);
    must(db_script(store->db, "BEGIN IMMEDIATE", &err), &err);
    for (int i = 0; i < atoi(argv[2]); i++)
        add_record(store, (size_t)atoll(argv[3]), argc > 4 ? argv[4] : NULL, &err);
    must(db_script(store->db, "COMMIT", &err), &err);
    store_close(store);
    return 0;
}
