#include "daemon/base/file.h"
#include "daemon/workers/confine.h"
#include "daemon/workers/store_serve.h"
#include "queue/store/catalog.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/*
 * sohoa-store-worker: the one process that holds the database and the blobs.
 *
 *   sohoa-store-worker --folder DIR [--target NAME]… [--code-template T] [--reserve-mb N]
 *                      [--secret-wait-min N]
 *
 * An operation answers when what it did is durable. When the store cannot be opened the worker
 * stays and says why to every request, so that the daemon can tell people. What waits together is
 * committed together (store_serve).
 */

#define TARGETS_MAX 8
#define RESERVE_MB_DEFAULT 200
#define LOCK_WAIT_MS 3000 /* a predecessor that lost its daemon finishes its last operation */

/* ---- start ---- */

struct command_line {
    struct store_options store;
    const char *targets[TARGETS_MAX];
};

static bool read_reserve(const char *text, uint64_t *out)
{
    char *end;
    long long mb = strtoll(text, &end, 10);
    if (!*text || *end || mb < 0 || mb > (INT64_C(1) << 40))
        return false;
    *out = (uint64_t)mb << 20;
    return true;
}

static bool read_wait(const char *text, int64_t *out)
{
    char *end;
    long minutes = strtol(text, &end, 10);
    if (!*text || *end || minutes < 1 || minutes > 1440)
        return false;
    *out = minutes * INT64_C(60000000);
    return true;
}

static bool read_command_line(int argc, char **argv, struct command_line *out)
{
    static const struct option options[] = {
        {"folder", required_argument, NULL, 'f'},
        {"target", required_argument, NULL, 't'},
        {"code-template", required_argument, NULL, 'c'},
        {"component-code-template", required_argument, NULL, 'k'},
        {"provisional-codes", no_argument, NULL, 'p'},
        {"unknown-validity", required_argument, NULL, 'u'},
        {"reserve-mb", required_argument, NULL, 'r'},
        {"secret-wait-min", required_argument, NULL, 's'},
        {0}};
    bool ok = true;
    *out = (struct command_line){.store = {.reserve_bytes = (uint64_t)RESERVE_MB_DEFAULT << 20,
                                           .lock_wait_ms = LOCK_WAIT_MS}};
    for (int option; ok && (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'f')
            out->store.folder = optarg;
        else if (option == 't' && out->store.target_count < TARGETS_MAX)
            out->targets[out->store.target_count++] = optarg;
        else if (option == 'c')
            out->store.code_template = optarg;
        else if (option == 'k')
            out->store.component_code_template = optarg;
        else if (option == 'p')
            out->store.codes_are_provisional = true;
        else if (option == 'u')
            out->store.unknown_validity = optarg;
        else if (option == 's')
            ok = read_wait(optarg, &out->store.secret_wait_us);
        else
            ok = option == 'r' && read_reserve(optarg, &out->store.reserve_bytes);
    }
    out->store.targets = out->targets;
    return ok && out->store.folder && optind == argc;
}

/* A document of a thousand pages is handed over as two thousand descriptors. */
static void allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Makes the folder first: what is missing then stays out of reach. SQLite's own temporary files
 * hold what the database holds; they stay in there, too. */
static enum err_code confine(const char *folder, struct err *err)
{
    const char *const folders[] = {folder, NULL};
    enum err_code code = file_make_folders(folder, 0700, err);
    if (code)
        return code;
    setenv("SQLITE_TMPDIR", folder, 1);
    confine_worker("sohoa-store-worker", folders);
    return ERR_OK;
}

int main(int argc, char **argv)
{
    struct command_line line;
    struct store_served served = {0};
    if (!read_command_line(argc, argv, &line)) {
        fprintf(stderr, "usage: sohoa-store-worker --folder DIR [--target NAME]... "
                        "[--code-template T] [--component-code-template T] "
                        "[--provisional-codes] [--unknown-validity TEXT] [--reserve-mb N] "
                        "[--secret-wait-min N]\n");
        return 2;
    }
    umask(077);
    allow_many_files();
    if (confine(line.store.folder, &served.opening) == ERR_OK &&
        store_open(&line.store, &served.store, &served.opening) == ERR_OK)
        catalog_ship(served.store);
    int status = store_serve(&served);
    store_close(served.store);
    return status;
}
