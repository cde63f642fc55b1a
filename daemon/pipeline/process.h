#ifndef SOHOA_PIPELINE_PROCESS_H
#define SOHOA_PIPELINE_PROCESS_H

#include "daemon/pipeline/folder.h"

/* `sohoa process`: the pipeline over files, without daemon, database or network. */

struct process_options {
    const char *const *inputs;
    size_t input_count;
    const char *out_dir;
    const char *lang;
    const char *worker_dir;
    int jobs;
    int page_seconds; /* for the words of one page, 0 = the usual 3 minutes */
    bool each, split, alto;
    void (*on_note)(const char *note); /* what was passed over on the way, for people */
};

/* Blocks until all is done. *out_failed: documents that could not be written, or not with all text. USAGE before any work
 * started; CANCELLED after SIGINT or SIGTERM (what is written stays, nothing half is left). */
enum err_code process_run(const struct process_options *options, folder_result_fn *on_result,
                          folder_progress_fn *on_progress, void *payload, size_t *out_failed,
                          struct err *err);

#endif
