#include "daemon/workers/store_ops.h"

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
 *
 * An operation answers when what it did is durable. When the store cannot be opened the worker
 * stays and says why to every request, so that the daemon can tell people. Each operation commits
 * by itself.
 */

#define TARGETS_MAX 8
#define RESERVE_MB_DEFAULT 200
#define LOCK_WAIT_MS 3000 /* a predecessor that lost its daemon finishes its last operation */
#define OPS_MAX 64

struct self {
    struct store *store;
    struct err opening; /* why there is no store */
};

static enum err_code run_op(void *payload, struct worker_call *call, struct worker_answer *answer,
                            struct err *err)
{
    struct self *self = payload;
    const char *name;
    const struct js *args;
    enum err_code code = ipc_request(call->message, &name, &args, err);
    if (code)
        return code;
    if (!self->store) {
        *err = self->opening;
        return err->code;
    }
    return store_ops_run(self->store, name, args, call->message, answer, err);
}

static enum err_code run_stop(void *payload, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct self *self = payload;
    (void)call;
    (void)answer;
    (void)err;
    store_close(TAKE(self->store));
    err_set(&self->opening, ERR_CANCELLED, "the store was stopped");
    return ERR_OK;
}

static void fill_table(struct worker_op table[OPS_MAX + 2])
{
    size_t count = 0;
    for (const char *name; count < OPS_MAX && (name = store_ops_name(count)); count++)
        table[count] = (struct worker_op){name, run_op};
    table[count] = (struct worker_op){"stop", run_stop};
}

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

static bool read_command_line(int argc, char **argv, struct command_line *out)
{
    static const struct option options[] = {{"folder", required_argument, NULL, 'f'},
                                            {"target", required_argument, NULL, 't'},
                                            {"code-template", required_argument, NULL, 'c'},
                                            {"reserve-mb", required_argument, NULL, 'r'},
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

int main(int argc, char **argv)
{
    struct command_line line;
    struct self self = {0};
    struct worker_op table[OPS_MAX + 2] = {0};
    if (!read_command_line(argc, argv, &line)) {
        fprintf(stderr, "usage: sohoa-store-worker --folder DIR [--target NAME]... "
                        "[--code-template T] [--reserve-mb N]\n");
        return 2;
    }
    umask(077);
    allow_many_files();
    store_open(&line.store, &self.store, &self.opening);
    fill_table(table);
    int status = worker_serve("sohoa-store-worker", table, &self);
    store_close(self.store);
    return status;
}
