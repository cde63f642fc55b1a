#ifndef SOHOA_PIPELINE_FOLDER_CLAIM_H
#define SOHOA_PIPELINE_FOLDER_CLAIM_H

#include "daemon/pipeline/folder_doc.h"
#include "daemon/pipeline/job.h"

/* Jobs made of a document of `sohoa process`: arguments and descriptors as each worker operation
 * wants them. A job's claim names the document by its number and the page by its serial. */

struct folder_claim {
    const struct stage *stage;
    size_t number; /* of the document */
    int out_dir;
    bool split; /* a document may be several papers */
};

/* *out stays NULL when the document has nothing for that stage. */
typedef enum err_code folder_claim_fn(const struct folder_claim *claim, struct folder_doc *doc,
                                      struct job **out, struct err *err);

folder_claim_fn folder_claim_import, folder_claim_page, folder_claim_understand,
    folder_claim_compose;

#endif
