#include "tests/fault/power/journey.h"

#include "daemon/base/mem.h"

/*
 * The store worker dies at the 1st, 2nd, … n-th call that changes the disk on the journey of pages
 * (journey.h): alone, having done one half of the call, and with everything else. Several journeys
 * go at once, each with a store of its own: much of a death is waiting for the next process.
 *
 * SOHOA_CUTS=all: every call. Else alone every call, the others every third, from SOHOA_CUTS_FROM
 * on.
 */

#define SHARDS 6
#define CALLS_MAX 5000
#define RESULT "result: "

struct death {
    const char *name;
    bool half, takes_all;
    unsigned stride;
};

static const struct death deaths[] = {
    {"the store worker dies", false, false, 1},
    {"the store worker dies half-way through a call", true, false, 3},
    {"everything dies with the store worker", false, true, 3},
};

static unsigned stride_of(const struct death *death)
{
    const char *wanted = getenv("SOHOA_CUTS");
    return wanted && strcmp(wanted, "all") == 0 ? 1 : death->stride;
}

static unsigned first_of(const struct death *death)
{
    const char *from = getenv("SOHOA_CUTS_FROM");
    return (from ? (unsigned)strtoul(from, NULL, 10) : 0) % stride_of(death) + 1;
}

/* ---- one process's part ---- */

static struct {
    const struct death *death;
    unsigned number;
    const char *folder;
} shard;

/* How many died, and the call that was not reached. */
static void go_until_nobody_dies(void **state)
{
    (void)state;
    struct life life;
    unsigned stride = stride_of(shard.death), count = 0;
    unsigned nth = first_of(shard.death) + shard.number * stride;
    life_begin(&life, shard.folder, shard.death->takes_all);
    while (nth < CALLS_MAX && journey_goes(&life, nth, shard.death->half)) {
        nth += SHARDS * stride;
        count++;
    }
    life_end(&life);
    printf(RESULT "%u %u\n", count, nth);
}

static int run_shard(char **arguments)
{
    shard.death = &deaths[strtoul(arguments[0], NULL, 10)];
    shard.number = (unsigned)strtoul(arguments[1], NULL, 10);
    shard.folder = arguments[2];
    const struct CMUnitTest tests[] = {cmocka_unit_test(go_until_nobody_dies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* ---- all of them ---- */

static FILE *start_shard(size_t death, unsigned number, const char *folder)
{
    char *command = NULL;
    assert_true(asprintf(&command, "mkdir '%s/%u' && exec /proc/%d/exe --shard %zu %u '%s/%u' 2>&1",
                         folder, number, (int)getpid(), death, number, folder, number) > 0);
    FILE *output = popen(command, "re");
    assert_non_null(output);
    free(command);
    return output;
}

/* What it said is shown when it failed. */
static void end_shard(FILE *output, unsigned *count, unsigned *end)
{
    char said[8000] = "", line[500];
    bool told = false;
    while (fgets(line, sizeof line, output)) {
        told |= sscanf(line, RESULT "%u %u", count, end) == 2;
        if (!strstr(line, "worker ended during a request") &&
            strlen(said) + strlen(line) < sizeof said)
            strcat(said, line);
    }
    if (pclose(output) != 0 || !told)
        fail_msg("%s", said);
}

static void at_every_call(size_t which)
{
    const struct death *death = &deaths[which];
    char *folder = test_make_folder();
    FILE *shards[SHARDS];
    unsigned died = 0, calls = CALLS_MAX;
    for (unsigned i = 0; i < SHARDS; i++)
        shards[i] = start_shard(which, i, folder);
    for (unsigned i = 0; i < SHARDS; i++) {
        unsigned count = 0, end = 0;
        end_shard(shards[i], &count, &end);
        died += count;
        calls = end < calls ? end : calls;
    }
    print_message("%s: %u deaths, every %u of the calls from %u on, call %u was not reached\n",
                  death->name, died, stride_of(death), first_of(death), calls);
    assert_true(died > 40);
    test_remove_folder(folder);
}

static void a_store_worker_that_dies_at_any_call_loses_nothing_and_nobody_waits(void **state)
{
    (void)state;
    at_every_call(0);
}

static void one_that_dies_half_way_through_a_call_does_neither(void **state)
{
    (void)state;
    at_every_call(1);
}

static void nor_does_a_station_that_dies_with_it(void **state)
{
    (void)state;
    at_every_call(2);
}

int main(int argc, char **argv)
{
    if (access("/dev/shm", W_OK) == 0) /* nothing here is about the disk itself */
        setenv("TMPDIR", "/dev/shm", 1);
    if (argc == 5 && strcmp(argv[1], "--shard") == 0)
        return run_shard(argv + 2);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_worker_that_dies_at_any_call_loses_nothing_and_nobody_waits),
        cmocka_unit_test(one_that_dies_half_way_through_a_call_does_neither),
        cmocka_unit_test(nor_does_a_station_that_dies_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
