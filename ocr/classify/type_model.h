#ifndef SOHOA_OCR_CLASSIFY_TYPE_MODEL_H
#define SOHOA_OCR_CLASSIFY_TYPE_MODEL_H

#include "daemon/base/err.h"
#include "daemon/model/doc_type.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A trained model of types: for each type a logistic regression over the terms of a page, with few
 * weights that are not 0. Bytes, little-endian, so that it can be carried to another station:
 *
 *   "SOHOATM1"  u32 type count  u32 weight count
 *   types       slug[32]  f32 bias
 *   weights     u16 term  u8 type  u8 0  f32 weight      sorted by term, then type
 */

#define TYPE_MODEL_MAGIC "SOHOATM1"
/* A page with fewer terms says too little: about twenty words. */
#define TYPE_MODEL_LEAST_TERMS 60
/* Nearly sure: from here on a model decides where no title was found. */
#define TYPE_MODEL_SURE 0.90
/* No weight that was learned comes near; sums of such weights are numbers, too. */
#define TYPE_MODEL_WEIGHT_MAX 1e6
#define TYPE_MODEL_HEAD 16
#define TYPE_MODEL_SLUG 32
#define TYPE_MODEL_TYPE (TYPE_MODEL_SLUG + 4)
#define TYPE_MODEL_WEIGHT 8

struct type_model {
    const unsigned char *types, *weights; /* of the bytes it was opened from */
    size_t type_count, weight_count;
    enum doc_type type[DOC_TYPE_COUNT]; /* what each row of `types` means here */
};

/* The bytes must outlive the model. MODEL_BAD for anything that is not such a model, whole. A type
 * this version does not know is passed over. */
enum err_code type_model_open(const void *bytes, size_t size, struct type_model *out,
                              struct err *err);
/* By the terms of a page (page_terms.h), each once: how probable each type is, 0 … 1, each against
 * all other papers; they need not add up to 1, and of a paper of no known type none is high. All 0
 * below TYPE_MODEL_LEAST_TERMS. */
void type_model_score(const struct type_model *model, const uint16_t *term, size_t count,
                      double out[DOC_TYPE_COUNT]);

/* The one built from ocr/papers with the program (ocr/learn). */
extern const unsigned char type_model_shipped[];
extern const size_t type_model_shipped_size;

#endif
