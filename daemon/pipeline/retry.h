#ifndef SOHOA_PIPELINE_RETRY_H
#define SOHOA_PIPELINE_RETRY_H

#include "daemon/pipeline/job.h"

/* The one retry policy: looks at what helps (err_codes.def), how often it was tried, and whether
 * the work goes to a place we do not own. attempts: earlier failures of the same work. after_us is
 * the longest wait. */
struct retry_decision retry_decide(enum err_code code, unsigned attempts, bool remote);

/* Some wait up to longest_us, by chance, so that the stations of a province that lost their line
 * together do not all come back in one second ("full jitter"). */
int64_t retry_spread_us(int64_t longest_us, uint32_t random);

/* When remote work is tried again: somewhere up to decision.after_us, not before what the other
 * side asked for (asked_us, 0: nothing; no longer than the store lets anything wait). */
int64_t retry_remote_us(struct retry_decision decision, int64_t asked_us, uint32_t random);

#endif
