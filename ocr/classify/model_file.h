#ifndef SOHOA_OCR_CLASSIFY_MODEL_FILE_H
#define SOHOA_OCR_CLASSIFY_MODEL_FILE_H

#include "daemon/base/buf.h"
#include "ocr/classify/type_model.h"

/*
 * A model as a file that is carried from station to station. It tells what it was taught from and
 * nothing of a paper, a person or a station: how many papers of each type, the day, the program.
 *
 *   "SOHOAMF1"  SHA-256 (64 hex digits) of all that follows
 *   program[16]  u32 day (YYYYMMDD, Vietnam)  u32 count  { slug[32]  u32 papers } …
 *   a type model (type_model.h)
 *
 * A change of what a term is (page_terms.h) is a new type model, hence a new magic there.
 */

#define MODEL_FILE_MAGIC "SOHOAMF1"
#define MODEL_FILE_PROGRAM 16
#define MODEL_FILE_MAX (16u << 20) /* bytes; the shipped model has 40,000 */

struct model_facts {
    char program[MODEL_FILE_PROGRAM]; /* version that taught it */
    unsigned day;
    size_t papers[DOC_TYPE_COUNT]; /* confirmed ones it was taught from */
};

/* The model points into the bytes, which must outlive it. MODEL_BAD for anything that is not such a
 * file, whole. Papers of a type this version does not know are passed over. */
enum err_code model_file_open(const void *bytes, size_t size, struct model_facts *out_facts,
                              struct type_model *out, struct err *err);
/* NO_MEMORY */
enum err_code model_file_write(const struct model_facts *facts, const void *model, size_t size,
                               struct buf *out, struct err *err);

#endif
