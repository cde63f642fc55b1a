#ifndef SOHOA_PIPELINE_FOLDER_DOC_H
#define SOHOA_PIPELINE_FOLDER_DOC_H

#include "daemon/base/hash.h"
#include "daemon/base/js.h"
#include "daemon/pipeline/inputs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A document of `sohoa process` and its pages, held in memory while it is worked on. */

/* Two descriptors a page, and one message carries them all (IPC_MAX_FDS). */
#define DOCUMENT_PAGES_MAX 1000

enum page_state { PAGE_WAITING, PAGE_CLAIMED, PAGE_DONE };

struct folder_page {
    size_t serial; /* stays when pages are inserted before it */
    enum page_state state;
    const char *path; /* borrowed from the input; NULL for an imported page */
    int image_fd;     /* imported page, else -1 */
    int layer_fd;     /* the text that came with it, where it can be believed; else -1 */
    double dpi;       /* imported page, else 0 */
    int64_t index;    /* image within the file */
    unsigned attempts;
    struct js *info; /* page_info */
    int words_fd;
    double mean_confidence;
};

enum doc_step { DOC_NEW, DOC_READING, DOC_READ, DOC_UNDERSTOOD, DOC_ENDED };

struct folder_doc {
    const struct input *input;
    char *name; /* of the outputs */
    enum doc_step step;
    bool claimed; /* by another stage than recognize */
    bool keep_pdf, passed_through;
    unsigned attempts;
    char digest[HASH_HEX_SIZE];
    struct folder_page *pages;
    size_t page_count, serials;
    size_t imported, to_import; /* pages of a PDF; to_import 0 = not known yet */
    size_t part, parts;         /* of a split; 0 = whole */
    bool parted;                /* it was looked at whether it has several papers */
    size_t separators;          /* sheets between its papers, which are in none */
    struct js *understood;
    int pdf_fd;
};

/* input is borrowed. NULL: out of memory. */
struct folder_doc *folder_doc_new(const struct input *input, const char *name);
void folder_doc_free(struct folder_doc *doc);
void folder_doc_drop_pages(struct folder_doc *doc);
/* TOO_LARGE above DOCUMENT_PAGES_MAX. */
enum err_code folder_doc_insert_pages(struct folder_doc *doc, size_t at, size_t count,
                                      struct err *err);
/* SHA-256 over options and the bytes of the inputs: "done already". */
enum err_code folder_doc_digest(struct folder_doc *doc, const char *options, struct err *err);

/* Sheets that were understood to be separators are taken out, unless all are. */
void folder_doc_drop_separators(struct folder_doc *doc);

bool folder_doc_wants_import(const struct folder_doc *doc);
/* Index of a page nobody works on, page_count when there is none. */
size_t folder_doc_waiting_page(const struct folder_doc *doc);
bool folder_doc_is_read(const struct folder_doc *doc);
/* Index of the first page behind `from` that starts a paper, page_count when there is none. */
size_t folder_doc_next_start(const struct folder_doc *doc, size_t from);

#endif
