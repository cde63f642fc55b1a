#ifndef SOHOA_PIPELINE_FOLDER_H
#define SOHOA_PIPELINE_FOLDER_H

#include "daemon/pipeline/inputs.h"
#include "daemon/pipeline/job.h"

/*
 * A folder instead of the store: documents of `sohoa process`, held in memory, their results
 * written to the output folder. Same stages, same workers.
 *
 *   new ──▶ reading ──recognize × pages──▶ read ──understand──▶ understood ──compose──▶ written
 *    │      import × 16 pages of a PDF      │                        │
 *    └─▶ skipped: done already              └─▶ split into parts     └─▶ written: a PDF kept as is
 *
 * A step that fails for good fails its document, the others go on.
 */

struct folder;

struct folder_options {
    const char *out_dir;
    const char *lang;
    bool split; /* one pair of files per paper found */
    bool alto;  /* NAME.alto.xml, too */
};

enum folder_outcome { FOLDER_WRITTEN, FOLDER_SKIPPED, FOLDER_FAILED };

#define FOLDER_NAME_SIZE 1024 /* a name of nothing but bad bytes, escaped */

struct folder_result {
    const char *name; /* of the outputs, as input_show_name shows it */
    enum folder_outcome outcome;
    const char *type; /* NULL when failed; of what is skipped, as its JSON says */
    size_t pages;
    const struct err *err; /* failed */
    const char *unread;    /* "2, 5": pages written without text (unread.h); NULL = none */
};

/* One call per document written, skipped or failed. */
typedef void folder_result_fn(void *payload, const struct folder_result *result);
/* After each page: pages done of those known so far. */
typedef void folder_progress_fn(void *payload, size_t done, size_t known);

/* inputs are borrowed and stay until folder_free. USAGE: a result would replace a file that is not
 * ours (output_owner.h). */
enum err_code folder_new(const struct inputs *inputs, const struct folder_options *options,
                         folder_result_fn *on_result, folder_progress_fn *on_progress,
                         void *payload, struct folder **out, struct err *err);
void folder_free(struct folder *folder);
AUTO_DEFINE(folder, struct folder *, folder_free);
struct job_source folder_jobs(struct folder *folder);
bool folder_is_done(const struct folder *folder);
/* Documents looked at so far; while that grows, asking again for work makes sense. */
size_t folder_begun(const struct folder *folder);
size_t folder_failed(const struct folder *folder);
/* Documents written with pages that could not be read in time. */
size_t folder_unread(const struct folder *folder);

#endif
