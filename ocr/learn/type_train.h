#ifndef SOHOA_OCR_LEARN_TYPE_TRAIN_H
#define SOHOA_OCR_LEARN_TYPE_TRAIN_H

#include "daemon/base/buf.h"
#include "daemon/base/err.h"
#include "daemon/model/doc_type.h"

#include <stddef.h>
#include <stdint.h>

/* Pages whose type is known → a model (ocr/classify/type_model.h). */

struct type_sample {
    enum doc_type type; /* DOC_TYPE_unknown: a paper of none of the types */
    const uint16_t *term;
    size_t count;
};

/* L1-regularised logistic regression, one type against all others (liblinear, Fan et al. 2008). A
 * term that fewer than `least_papers` samples have gets no weight: what few papers say is about
 * their people. The same samples in the same order give the same bytes on one machine. NO_MEMORY;
 * BAD_ARGUMENT when fewer than two types are among the samples. */
enum err_code type_train(const struct type_sample *sample, size_t count, size_t least_papers,
                         struct buf *out, struct err *err);

#endif
