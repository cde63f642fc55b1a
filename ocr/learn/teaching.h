#ifndef SOHOA_OCR_LEARN_TEACHING_H
#define SOHOA_OCR_LEARN_TEACHING_H

#include "ocr/classify/model_file.h"
#include "ocr/learn/verdict.h"
#include "ocr/papers/wording.h"

/*
 * A station's confirmed papers, one after the other, and what they teach:
 *
 *   teaching_new ──▶ teaching_add… ──▶ teaching_train ──▶ a model and its comparison with the old
 * one └──▶ teaching_compare    of one that came from elsewhere
 *
 * Nothing but hashed terms is kept of a paper. A fixed fifth, by the paper's key, is never taught:
 * the same papers always judge. Made-up papers are taught along, so that no type is forgotten that
 * the station has no papers of.
 */

struct teaching;

/* The wording is the caller's and stays. NO_MEMORY */
enum err_code teaching_new(const struct wording *wording, struct teaching **out, struct err *err);
void teaching_free(struct teaching *teaching);
AUTO_DEFINE(teaching, struct teaching *, teaching_free);

bool teaching_holds_out(uint64_t key);
/* The terms are copied; those of `unknown` teach nothing and are passed over. In any order: the
 * model is the same. NO_MEMORY */
enum err_code teaching_add(struct teaching *teaching, uint64_t key,
                           const struct type_sample *sample, struct err *err);
/* To teach from and to judge by. */
void teaching_count(const struct teaching *teaching, size_t *out_taught, size_t *out_held_out);

/* Trains and compares with `old`, giving a model file (model_file.h); facts->papers is filled in.
 * VERDICT_TOO_FEW: nothing was trained, *out is empty. NO_MEMORY, CANCELLED */
enum err_code teaching_train(struct teaching *teaching, const struct type_model *old,
                             struct model_facts *facts, bool (*cancelled)(void), struct buf *out,
                             struct comparison *out_found, enum verdict *out_verdict,
                             struct err *err);
/* Of a model that is not ours. NO_MEMORY, CANCELLED */
enum err_code teaching_compare(struct teaching *teaching, const struct type_model *old,
                               const struct type_model *offered, bool (*cancelled)(void),
                               struct comparison *out_found, struct err *err);

#endif
