#ifndef SOHOA_TESTS_FAULT_CUTS_H
#define SOHOA_TESTS_FAULT_CUTS_H

#include "tests/fault/power/promises.h"

/*
 * Cuts the power in a recorded run, at every event or beside flushes and at a sample of the others,
 * and looks at each state the disk may have then.
 */

struct cuts {
    bool all;      /* at every event, every sixteenth of a torn write, eight chances */
    unsigned from; /* where the sample begins */
    /* mutations: see promises.h, disk_forget_flushes (NULL: none) */
    bool early;
    const char *forget;
    bool forget_folders;
    const char *store; /* the store's folder in the recorded one, "" for itself */
    bool stop;         /* at the first broken promise */
    bool quiet;
};

struct cut_counts {
    size_t cuts, flushes, states, broken;
};

/* SOHOA_CUTS=all, SOHOA_CUTS_FROM=N; else a sample from a number that is drawn, and printed. */
struct cuts cuts_wanted(const char *store);

/* Prints each broken promise with the call of disk_replay that shows its state. */
void cuts_make(const struct disk_log *log, const char *log_name, const struct cuts *cuts,
               struct cut_counts *out);

#endif
