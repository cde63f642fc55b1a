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
    char **notes;       /* what in a folder could not be looked into, for people */
    size_t note_count;
};

/* each: every file is a document of its own. out_dir (it need not exist) is passed over where it
 * lies within an input. A link that leads nowhere or back to a folder above it is noted and passed
 * over. USAGE: an argument does not exist, holds nothing, or is out_dir itself; two documents would
 * have one name (in NFC and without case, as the file systems of Windows and macOS see it); a PDF
 * would be replaced by its own result. */
enum err_code inputs_find(const char *const *arguments, size_t count, bool each,
                          const char *out_dir, struct inputs *out, struct err *err);
void inputs_done(struct inputs *inputs);

/* Names of files are bytes. For people and JSON: what is no UTF-8, and control characters, as \xNN.
 */
void input_show_name(const char *name, char *out, size_t out_size);
/* As compared: NFC, lower case; the bytes themselves when they are no UTF-8. NULL: no memory. */
char *input_fold_name(const char *name);
/* FILE_NAME_BAD when the output's name or that of a file is no UTF-8: it cannot go into the JSON.
 */
enum err_code input_check_names(const struct input *input, struct err *err);

#endif
