#ifndef SOHOA_STORE_JOB_H
#define SOHOA_STORE_JOB_H

#include "daemon/base/js.h"
#include "queue/store/store.h"

#include <stddef.h>

/* What a worker gets for a claimed subject: the arguments of its request and open descriptors, by
 * the stage table of daemon/pipeline. */

struct claim;

struct job {
    struct js *body; /* {"claim","stage","subject","id","dossier_id","attempts","args","out"} */
    int *fds;        /* a taken one is set to -1 */
    size_t fd_count;
};

void job_free(struct job *job);
AUTO_DEFINE(job, struct job *, job_free);

/* TOO_LARGE when the stage needs more than max_fds descriptors; BLOB_DAMAGED. */
enum err_code job_build(struct store *store, const struct claim *claim, size_t max_fds,
                        struct job **out, struct err *err);

/* Temp blob a compose or seal worker writes into: named after its claim. */
#define JOB_TEMP_SIZE 64
void job_temp_name(const char *claim_id, char out[JOB_TEMP_SIZE]);
/* The claim id in such a name; NULL for other temps. */
const char *job_claim_of_temp(const char *temp);
void job_discard_temps(struct store *store, const struct claim *claim);

#endif
