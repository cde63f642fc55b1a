#ifndef SOHOA_PIPELINE_RETRY_H
#define SOHOA_PIPELINE_RETRY_H

#include "daemon/pipeline/job.h"

/* The one retry policy: looks at what helps (err_codes.def), how often it was tried, and whether
 * the work goes to a place we do not own. attempts: earlier failures of the same work. */
struct retry_decision retry_decide(enum err_code code, unsigned attempts, bool remote);

#endif
