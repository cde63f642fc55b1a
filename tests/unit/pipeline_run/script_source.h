#ifndef SOHOA_TESTS_SCRIPT_SOURCE_H
#define SOHOA_TESTS_SCRIPT_SOURCE_H

#include "daemon/pipeline/job.h"
#include "daemon/pipeline/stage.h"

#include <systemd/sd-event.h>

/* A job source held in memory that keeps a record of everything asked of it. Work that is to be
 * tried again at once waits again; with a later time it only gets its decision. */

#define WORKS_MAX 12
#define TELLINGS_MAX 8

enum work_state { WORK_WAITS, WORK_CLAIMED, WORK_DONE, WORK_LATER, WORK_HELD };

struct telling {
    enum err_code code;
    struct retry_decision decision;
    char ref[16], claim[40];
    int64_t at_us;
};

struct work {
    const char *stage;
    struct js *args;
    enum work_state state;
    unsigned attempts;
    char claim[40]; /* of the latest try */
    int completes;  /* tries to store a result */
    struct js *result;
    char texts[3][300]; /* of the result's descriptors */
    size_t text_count;
    struct telling tellings[TELLINGS_MAX];
    size_t telling_count;
};

struct script {
    sd_event *loop;
    const char *offered; /* " recognize import "; NULL = all */
    bool slow;           /* claims are answered from the loop */
    struct work works[WORKS_MAX];
    size_t work_count;
    unsigned claims[STAGES_MAX]; /* by stage */
    unsigned claiming[STAGES_MAX], claiming_most;
    unsigned running, running_most;
    bool slow_results; /* are answered from the loop */
    unsigned storing, storing_most;
    bool chains; /* a result brings the next job */
    unsigned chained;
    /* what goes wrong */
    enum err_code claim_fails;
    enum err_code complete_fails, fail_fails;
    int complete_failures, fail_failures; /* how often */
};

struct work *script_add(struct script *script, const char *stage, struct js *args);
unsigned script_claims(const struct script *script, const char *stage);
struct job_source script_jobs(struct script *script);
void script_done(struct script *script);

#endif
