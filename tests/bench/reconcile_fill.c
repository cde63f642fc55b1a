/*
 * A store whose records were all accepted by the target "warehouse", and the objects it is to hold:
 *
 *   reconcile_fill STORE COUNT FILES PDF-TAG JSON-TAG
 *
 * FILES has record.pdf and record.json, of which every record is made: FILES/out/<code>/<record
 * id>.pdf and .json are links to them. Tags are what the target lists for these two.
 */
#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "queue/store/blob.h"
#include "queue/store/db.h"
#include "queue/store/inside.h"
#include "queue/store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAPERS_OF_A_DOSSIER 5
#define NAMES_OF_A_FILE 50000

static const char *const targets[] = {"warehouse"};

static void must(enum err_code code, const struct err *err)
{
    if (!code)
        return;
    fprintf(stderr, "reconcile_fill: %s: %s\n", err_name(code), err->detail);
    exit(1);
}

struct fill {
    struct store *store;
    const char *files, *tags[2];
    char sha256[2][HASH_HEX_SIZE];
    int64_t sizes[2];
    char dossier[ID_SIZE], code[40];
    int copies; /* of the two files */
};

static void keep(struct fill *fill, int which, const char *name)
{
    struct err err = ERR_INIT;
    struct stat info;
    AUTO(mem) char *path = mem_printf("%s/record.%s", fill->files, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) < 0)
        exit(1);
    fill->sizes[which] = info.st_size;
    must(blob_put_fd(fill->store->blobs, fill->store->db, fd, (uint64_t)info.st_size,
                     fill->sha256[which], &err),
         &err);
    close(fd);
}

static void link_file(const struct fill *fill, const char *record, const char *suffix)
{
    AUTO(mem) char *from = mem_printf("%s/record.%d.%s", fill->files, fill->copies, suffix);
    AUTO(mem) char *to = mem_printf("%s/out/%s/%s.%s", fill->files, fill->code, record, suffix);
    if (link(from, to) < 0) {
        perror("reconcile_fill: link");
        exit(1);
    }
}

/* A file has 65,000 names at most on ext4. */
static void copy_files(struct fill *fill)
{
    fill->copies++;
    AUTO(mem)
    char *command = mem_printf("cd '%s' && cp -p record.pdf record.%d.pdf && cp -p record.json "
                               "record.%d.json",
                               fill->files, fill->copies, fill->copies);
    if (system(command) != 0)
        exit(1);
}

static void begin_dossier(struct fill *fill, int number)
{
    struct err err = ERR_INIT;
    id_new(fill->dossier);
    snprintf(fill->code, sizeof fill->code, "H41.05-261122-%05d", number);
    AUTO(mem) char *folder = mem_printf("%s/out/%s", fill->files, fill->code);
    if (mkdir(folder, 0700) < 0)
        exit(1);
    must(db_run(fill->store->db,
                "INSERT INTO dossier (id, code, kind, created_us, created_by, closed_us, "
                "closed_by) VALUES (?, ?, 'counter', 1, 'c', 2, 'c')",
                DB_BIND(DB_TEXT(fill->dossier), DB_TEXT(fill->code)), &err),
         &err);
}

static void add_record(struct fill *fill)
{
    struct err err = ERR_INIT;
    char document[ID_SIZE], delivery[ID_SIZE];
    id_new(document);
    id_new(delivery);
    AUTO(mem) char *remote = mem_printf("%s/%s", fill->code, document);
    AUTO(js)
    struct js *proof =
        js_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:I, s:s, s:s, s:i}", "remote_name", remote,
                "pdf_sha256", fill->sha256[0], "pdf_size", fill->sizes[0], "pdf_tag", fill->tags[0],
                "pdf_proof", "read", "json_sha256", fill->sha256[1], "json_size", fill->sizes[1],
                "json_tag", fill->tags[1], "json_proof", "read", "read_at_us", 1);
    AUTO(mem) char *receipt = js_dump(proof);
    must(db_run(fill->store->db,
                "INSERT INTO document (id, dossier_id, ordinal, state, state_us, scan_finished, "
                "confirmed_us, composed_sha256, signed_sha256, record_sha256, created_us, "
                "created_by) VALUES (?1, ?2, 1, 'queued', 1, 1, 1, ?3, ?3, ?4, 1, 'c')",
                DB_BIND(DB_TEXT(document), DB_TEXT(fill->dossier), DB_TEXT(fill->sha256[0]),
                        DB_TEXT(fill->sha256[1])),
                &err),
         &err);
    must(
        db_run(fill->store->db,
               "INSERT INTO delivery (id, document_id, target, state, state_us, created_us, filed, "
               "filed_under, remote_name, receipt) VALUES (?, ?, 'warehouse', 'accepted', 1, 1, 1, "
               "?, ?, ?)",
               DB_BIND(DB_TEXT(delivery), DB_TEXT(document), DB_TEXT(fill->code), DB_TEXT(remote),
                       DB_TEXT(receipt)),
               &err),
        &err);
    link_file(fill, document, "pdf");
    link_file(fill, document, "json");
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return fprintf(stderr, "usage: reconcile_fill STORE COUNT FILES PDF-TAG JSON-TAG\n"), 2;
    const struct store_options options = {.folder = argv[1], .targets = targets, .target_count = 1};
    struct fill fill = {.files = argv[3], .tags = {argv[4], argv[5]}};
    struct err err = ERR_INIT;
    must(store_open(&options, &fill.store, &err), &err);
    must(db_script(fill.store->db, "BEGIN IMMEDIATE", &err), &err);
    keep(&fill, 0, "pdf");
    keep(&fill, 1, "json");
    for (int i = 0; i < atoi(argv[2]); i++) {
        if (i % NAMES_OF_A_FILE == 0)
            copy_files(&fill);
        if (i % PAPERS_OF_A_DOSSIER == 0)
            begin_dossier(&fill, i / PAPERS_OF_A_DOSSIER);
        add_record(&fill);
    }
    must(db_script(fill.store->db, "COMMIT", &err), &err);
    store_close(fill.store);
    return 0;
}
