#ifndef SOHOA_PIPELINE_DOCUMENT_JSON_H
#define SOHOA_PIPELINE_DOCUMENT_JSON_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stddef.h>

/* The sohoa.document/1 JSON beside each PDF of `sohoa process`. */

struct document_page {
    const struct js *info; /* page_info, of the whole image */
    int words_fd;
    double mean_confidence;
};

struct document_source {
    const char *const *files; /* base names go into "source" */
    size_t file_count;
    const char *digest; /* SHA-256 over inputs and options: "done already" */
    const char *pdf_sha256;
    bool passed_through;
    size_t part, parts; /* of a split; parts 0 = whole */
    size_t separators;  /* sheets between papers that are in no document; 0: the key is left out */
};

/* understood: the understand request's answer. *out is owned. */
enum err_code document_json(const struct document_source *source, const struct js *understood,
                            const struct document_page *pages, size_t page_count, struct js **out,
                            struct err *err);

#endif
