#ifndef SOHOA_PIPELINE_INPUTS_H
#define SOHOA_PIPELINE_INPUTS_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Which documents the arguments of `sohoa process` name (design.md, contracts). Only names are
 * looked at here; what the files hold is the workers' business. */

struct input {
    char *name;   /* of the outputs, without suffix */
    char **files; /* page images in natural order, or one PDF */
    size_t file_count;
    bool is_pdf;
};

struct inputs {
    struct input *item;
    size_t count, capacity;
    size_t passed_over; /* files in folders that are neither image nor PDF */
};

/* each: every file is a document of its own. out_dir (it need not exist) is passed over where it
 * lies within an input. USAGE: an argument does not exist, holds nothing, or is out_dir itself; two
 * documents would have one name (case-insensitively, for folders shared with Windows); a PDF would
 * be replaced by its own result. */
enum err_code inputs_find(const char *const *arguments, size_t count, bool each,
                          const char *out_dir, struct inputs *out, struct err *err);
void inputs_done(struct inputs *inputs);

#endif
