#include "daemon/base/file.h"
#include "daemon/workers/confine.h"
#include "daemon/workers/store_serve.h"
#include "daemon/workers/worker_main.h"
#include "queue/store/catalog.h"
#include "queue/store/check.h"
#include "queue/store/handover.h"

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
 *                      [--look-up[-national] NAME=LABEL]… [--look-up-days KEPT,WAITED]
 *                      [--code-target NAME] [--secret-wait-min N] [--target-rule
 * ROLE,HANDOVER:NAME]…
 *                      [--agency-certificate SHA256]…
 *
 * An operation answers when what it did is durable. When the store cannot be opened the worker
 * stays and says why to every request, so that the daemon can tell people. With --check it opens no
 * store and serves one operation beside a process that has: `check` reads all of the database.
 * What waits together is
 * committed together (store_serve).
 */

#define TARGETS_MAX 8
#define SOURCES_MAX 4
#define CHECK_NICE 15
#define DAY_US (INT64_C(24) * 3600 * 1000000)
#define AGENCIES_MAX 32
#define RESERVE_MB_DEFAULT 200
#define LOCK_WAIT_MS 3000 /* a predecessor that lost its daemon finishes its last operation */

/* ---- start ---- */

struct command_line {
    struct store_options store;
    bool check;
    const char *targets[TARGETS_MAX], *agencies[AGENCIES_MAX];
    struct target_rule rules[TARGETS_MAX];
    struct look_up_source sources[SOURCES_MAX];
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

/* "NAME=LABEL" */
static bool add_source(struct command_line *line, char *text, bool national)
{
    char *equals = strchr(text, '=');
    if (!equals || line->store.source_count == SOURCES_MAX)
        return false;
    *equals = 0;
    line->sources[line->store.source_count++] = (struct look_up_source){text, equals + 1, national};
    return true;
}

/* "KEPT,WAITED": how long answers are kept, and waited for. */
static bool read_days(const char *text, int64_t *out_kept_us, int64_t *out_wait_us)
{
    int kept, waited, used = 0;
    bool ok = sscanf(text, "%4d,%4d%n", &kept, &waited, &used) == 2 && !text[used] && kept > 0 &&
              waited > 0;
    *out_kept_us = kept * DAY_US;
    *out_wait_us = waited * DAY_US;
    return ok;
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
        {"target-rule", required_argument, NULL, 'o'},
        {"agency-certificate", required_argument, NULL, 'a'},
        {"look-up", required_argument, NULL, 'l'},
        {"look-up-national", required_argument, NULL, 'n'},
        {"look-up-days", required_argument, NULL, 'd'},
        {"code-target", required_argument, NULL, 'm'},
        {"check", no_argument, NULL, 'x'},
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
        else if (option == 'o')
            ok = out->store.rule_count < TARGETS_MAX &&
                 target_rule_from_text(optarg, &out->rules[out->store.rule_count++]);
        else if (option == 'a' && out->store.agency_count < AGENCIES_MAX)
            out->agencies[out->store.agency_count++] = optarg;
        else if (option == 'l' || option == 'n')
            ok = add_source(out, optarg, option == 'n');
        else if (option == 'd')
            ok = read_days(optarg, &out->store.answers_kept_us, &out->store.answers_wait_us);
        else if (option == 'm')
            out->store.code_target = optarg;
        else if (option == 'x')
            out->check = true;
        else if (option == 's')
            ok = read_wait(optarg, &out->store.secret_wait_us);
        else
            ok = option == 'r' && read_reserve(optarg, &out->store.reserve_bytes);
    }
    out->store.targets = out->targets;
    out->store.sources = out->sources;
    out->store.rules = out->rules;
    out->store.agencies = out->agencies;
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

static enum err_code check_op(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    (void)call, (void)answer;
    return store_check_all(self, err);
}

/* Whoever works goes first. */
static int serve_check(const char *folder)
{
    static const struct worker_op ops[] = {{"check", check_op}, {NULL, NULL}};
    setpriority(PRIO_PROCESS, 0, CHECK_NICE);
    return worker_serve("sohoa-store-worker", ops, (void *)folder);
}

int main(int argc, char **argv)
{
    struct command_line line;
    struct store_served served = {0};
    if (!read_command_line(argc, argv, &line)) {
        fprintf(stderr, "usage: sohoa-store-worker --folder DIR [--target NAME]... "
                        "[--code-template T] [--component-code-template T] "
                        "[--provisional-codes] [--unknown-validity TEXT] [--reserve-mb N] "
                        "[--target-rule ROLE,HANDOVER:NAME]... "
                        "[--agency-certificate SHA256]... "
                        "[--look-up[-national] NAME=LABEL]... [--look-up-days KEPT,WAITED] "
                        "[--code-target NAME] [--secret-wait-min N] [--check]\n");
        return 2;
    }
    umask(077);
    allow_many_files();
    if (line.check && confine(line.store.folder, &served.opening) == ERR_OK)
        return serve_check(line.store.folder);
    if (confine(line.store.folder, &served.opening) == ERR_OK &&
        store_open(&line.store, &served.store, &served.opening) == ERR_OK)
        catalog_ship(served.store);
    int status = store_serve(&served);
    store_close(served.store);
    return status;
}
