#ifndef SOHOA_PIPELINE_STORE_SOURCE_H
#define SOHOA_PIPELINE_STORE_SOURCE_H

#include "daemon/pipeline/job.h"

/* Jobs from the store: claims with a lease, results back in one transaction. */

struct schedule;
struct store_client;
struct store_source;

/* owner: this run of the daemon; claims of other owners were released before. */
enum err_code store_source_new(struct store_client *client, const char *owner,
                               struct store_source **out, struct err *err);
void store_source_free(struct store_source *source);
/* Says from now on when deliveries may leave, where to and how fast, and hears how it went;
 * borrowed, NULL: at once. */
void store_source_use_schedule(struct store_source *source, struct schedule *schedule);
struct job_source store_source_jobs(struct store_source *source);

#endif
