#ifndef SOHOA_OCR_LEARN_TYPE_TRAIN_H
#define SOHOA_OCR_LEARN_TYPE_TRAIN_H

#include "daemon/base/buf.h"
#include "daemon/base/err.h"
#include "daemon/model/doc_type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pages whose type is known → a model (ocr/classify/type_model.h). */

struct type_sample {
    enum doc_type type; /* DOC_TYPE_unknown: a paper of none of the types */
    const uint16_t *term;
    size_t count;
    uint64_t dossier, owner; /* of a real paper, not 0; both 0: a made-up one */
};

#define TYPE_TRAIN_LEAST_MAX 8

/*
 * L1-regularised logistic regression, one type against all others (liblinear, Fan et al. 2008).
 * What few papers say is about their people: a term that fewer than `least_papers` made-up samples
 * have gets no weight by them, and a term of real papers counts only when papers of so many
 * different dossiers and of so many different owners have it. A term that does not count is not
 * seen at all: the same bytes come out whatever it was. The same samples in the same order give the
 * same bytes on one machine. NO_MEMORY; BAD_ARGUMENT when fewer than two types are among the
 * samples. CANCELLED when `cancelled` (may be NULL), asked once for each type, says so.
 */
enum err_code type_train(const struct type_sample *sample, size_t count, size_t least_papers,
                         bool (*cancelled)(void), struct buf *out, struct err *err);

#endif
