#include "tests/fault/power/cuts.h"

#include <err.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHANCES 8
#define PRINTED_MAX 20
#define SAMPLE_STRIDE 16
#define FOLDERS_OPEN 16

struct run {
    const struct disk_log *log;
    const char *log_name;
    const struct cuts *cuts;
    struct disk *disk;
    struct promises promises;
    struct cut_counts *counts;
    /* signatures of states that keep their promises, and how many these were */
    struct seen {
        uint64_t signature;
        size_t promises;
    } * seen;
    size_t seen_count;
    char folder[200];
};

static size_t promises_before(const struct run *run, size_t cut)
{
    size_t count = 0;
    for (size_t i = 0; i < run->promises.count; i++)
        count += run->promises.promise[i].event < cut;
    return count;
}

static bool was_seen(struct run *run, uint64_t signature, size_t promises)
{
    for (size_t i = 0; i < run->seen_count; i++)
        if (run->seen[i].signature == signature && run->seen[i].promises == promises)
            return true;
    run->seen = reallocarray(run->seen, run->seen_count + 1, sizeof *run->seen);
    if (!run->seen)
        err(1, "cuts");
    run->seen[run->seen_count++] = (struct seen){signature, promises};
    return false;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info, (void)type, (void)at;
    return remove(path);
}

static void empty_folder(const char *folder)
{
    if ((nftw(folder, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT) ||
        mkdir(folder, 0700) != 0)
        err(1, "%s", folder);
}

static void look(struct run *run, size_t cut, const struct disk_choice *choice)
{
    char store[300];
    if (was_seen(run, disk_signature(run->disk, choice), promises_before(run, cut)))
        return;
    empty_folder(run->folder);
    disk_build(run->disk, choice, run->folder);
    snprintf(store, sizeof store, "%s/%s", run->folder, run->cuts->store);
    run->counts->states++;
    const char *broken = promises_broken(&run->promises, cut, store);
    if (!broken)
        return;
    if (run->counts->broken++ < PRINTED_MAX && !run->cuts->quiet)
        printf("BROKEN: power cut before event %zu, %s: %s\n"
               "        disk_replay %s %zu '%s' %d FOLDER\n",
               cut, choice->name, broken, run->log_name, cut, choice->name,
               choice->torn ? choice->sixteenths : (int)choice->seed);
}

static void look_at_all(struct run *run, size_t cut)
{
    run->counts->cuts++;
    for (const struct disk_choice *choice = disk_choices; choice->name; choice++) {
        struct disk_choice one = *choice;
        bool varies = run->cuts->all && (one.torn || one.seed);
        int times = !varies ? 1 : one.torn ? 15 : CHANCES;
        for (int i = 0; i < times; i++) {
            if (varies && one.torn)
                one.sixteenths = i + 1;
            else if (varies)
                one.seed = (uint32_t)i + 1;
            look(run, cut, &one);
        }
    }
}

static bool is_beside_flush(const struct disk_log *log, size_t event)
{
    if (event == log->count || log->event[event].head.kind == DISK_FLUSH)
        return true;
    for (size_t i = event; i > 0; i--)
        if (disk_event_changes(&log->event[i - 1]))
            return log->event[i - 1].head.kind == DISK_FLUSH;
    return true;
}

/* Before each event that changes the disk, so that all that was said until then counts; and at the
 * end. A sample: those beside a flush, and every sixteenth of the others. */
static void cut_everywhere(struct run *run)
{
    const struct disk_log *log = run->log;
    size_t others = run->cuts->from;
    for (size_t i = 0; i <= log->count; i++) {
        if (run->cuts->stop && run->counts->broken)
            return;
        if (i < log->count && !disk_event_changes(&log->event[i]))
            continue;
        if (run->cuts->all || is_beside_flush(log, i) || others++ % SAMPLE_STRIDE == 0)
            look_at_all(run, i);
        if (i == log->count)
            break;
        run->counts->flushes += log->event[i].head.kind == DISK_FLUSH;
        disk_apply(run->disk, &log->event[i]);
    }
}

struct cuts cuts_wanted(const char *store)
{
    const char *wanted = getenv("SOHOA_CUTS"), *from = getenv("SOHOA_CUTS_FROM");
    struct cuts cuts = {.all = wanted && strcmp(wanted, "all") == 0, .store = store};
    cuts.from = from ? (unsigned)strtoul(from, NULL, 10) : 0;
    if (!cuts.all)
        printf("drawn: %u\n", cuts.from % SAMPLE_STRIDE);
    return cuts;
}

void cuts_make(const struct disk_log *log, const char *log_name, const struct cuts *cuts,
               struct cut_counts *out)
{
    struct run run = {.log = log, .log_name = log_name, .cuts = cuts, .counts = out};
    const char *base = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    *out = (struct cut_counts){0};
    snprintf(run.folder, sizeof run.folder, "%s/sohoa-cuts-XXXXXX", base);
    if (!mkdtemp(run.folder))
        err(1, "%s", run.folder);
    promises_read(log, cuts->early, &run.promises);
    run.disk = disk_new(log);
    if (cuts->forget)
        disk_forget_flushes(run.disk, cuts->forget, cuts->forget_folders);
    cut_everywhere(&run);
    empty_folder(run.folder);
    rmdir(run.folder);
    disk_free(run.disk);
    promises_done(&run.promises);
    free(run.seen);
}
