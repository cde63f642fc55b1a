#include "tests/fault/power/cuts.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * power_cuts LOG STORE PAGES: every cut of a recorded run whose store is the folder STORE of the
 * recorded one and which acknowledged PAGES pages.
 * Exit 1: a promise is broken, or a mutation that must break one goes unnoticed.
 */

static const struct mutation {
    const char *name, *forget;
    bool folders, early;
} mutations[] = {
    {"flushes of the images' folders come to nothing", "store/blobs", true, false},
    {"flushes of the images come to nothing", "store/blobs/", false, false},
    {"flushes of all the store's folders come to nothing", "store", true, false},
    {"flushes of the database's log come to nothing", "store.db-wal", false, false},
    {"an answer counts before it is given", NULL, false, true},
};

static void need(size_t found, size_t wanted, const char *what)
{
    if (found < wanted)
        errx(1, "only %zu %s, at least %zu are needed", found, what, wanted);
}

static void count_promises(const struct disk_log *log, size_t pages)
{
    struct promises promises;
    promises_read(log, false, &promises);
    printf("%zu events; %zu pages acknowledged, shown %zu times, %zu states told\n", log->count,
           promises.pages, promises.shown, promises.states);
    need(promises.pages, pages, "pages acknowledged");
    need(promises.shown, pages, "pages shown");
    need(promises.states, pages, "states told");
    promises_done(&promises);
}

static size_t mutate(const struct disk_log *log, const char *log_name, const char *store)
{
    size_t unnoticed = 0;
    for (size_t i = 0; i < sizeof mutations / sizeof *mutations; i++) {
        struct cut_counts counts;
        struct cuts cuts = {.forget = mutations[i].forget,
                            .forget_folders = mutations[i].folders,
                            .early = mutations[i].early,
                            .store = store,
                            .stop = true,
                            .quiet = true};
        cuts_make(log, log_name, &cuts, &counts);
        printf("%s: %s, %s\n", counts.broken ? "ok" : "FAILED", mutations[i].name,
               counts.broken ? "noticed" : "not noticed");
        unnoticed += !counts.broken;
    }
    return unnoticed;
}

int main(int argc, char **argv)
{
    struct disk_log log;
    struct cut_counts counts;
    if (argc != 4)
        errx(2, "usage: power_cuts LOG STORE PAGES");
    struct cuts cuts = cuts_wanted(argv[2]);
    disk_log_load(argv[1], &log);
    count_promises(&log, strtoull(argv[3], NULL, 10));
    cuts_make(&log, argv[1], &cuts, &counts);
    printf("%zu cuts, %zu flushes, %zu states of the disk, %zu broken promises\n", counts.cuts,
           counts.flushes, counts.states, counts.broken);
    size_t unnoticed = mutate(&log, argv[1], argv[2]);
    disk_log_done(&log);
    return counts.broken || unnoticed;
}
