#ifndef SOHOA_PIPELINE_FOLDER_INSIDE_H
#define SOHOA_PIPELINE_FOLDER_INSIDE_H

#include "daemon/pipeline/folder.h"
#include "daemon/pipeline/folder_doc.h"

/* What the folder_*.c of `sohoa process` share. */

struct folder {
    struct folder_options options;
    int out_dir;
    struct folder_doc **docs;
    size_t doc_count;
    size_t begun, ended; /* documents */
    size_t pages_done, failed, unread;
    folder_result_fn *on_result;
    folder_progress_fn *on_progress;
    void *payload;
};

/* *out belongs to the folder. input is borrowed. NO_MEMORY */
enum err_code folder_add_doc(struct folder *folder, const struct input *input, const char *name,
                             struct folder_doc **out, struct err *err);
/* USAGE: something of somebody else's has that name in the output folder. */
enum err_code folder_check_owner(const struct folder *folder, const struct input *input,
                                 const char *name, struct err *err);
/* Nobody is told; what it held is given back. */
void folder_close_doc(struct folder *folder, struct folder_doc *doc);
/* Told, then closed. err: why it failed, else NULL. */
void folder_end_doc(struct folder *folder, struct folder_doc *doc, enum folder_outcome outcome,
                    const struct err *err);

/* Its PDF (doc->pdf_fd) and JSON appear in the output folder, and it ends. */
enum err_code folder_write_doc(struct folder *folder, struct folder_doc *doc,
                               const char *pdf_sha256, struct err *err);
/* The same with its input as the PDF: signed and born-digital ones stay as they came. */
enum err_code folder_copy_doc(struct folder *folder, struct folder_doc *doc, struct err *err);
/* Becomes `parts` documents, which are read already; or nothing has changed. */
enum err_code folder_split_doc(struct folder *folder, struct folder_doc *doc, size_t parts,
                               struct err *err);

#endif
