#ifndef SOHOA_OCR_LEARN_SAMPLES_H
#define SOHOA_OCR_LEARN_SAMPLES_H

#include "daemon/base/err.h"
#include "ocr/learn/type_train.h"
#include "ocr/papers/wording.h"

/* Made-up papers as samples of their types. */
struct samples {
    struct type_sample *item; /* terms owned */
    size_t count;
};

void samples_done(struct samples *samples);
static inline void samples_auto(struct samples *place)
{
    samples_done(place);
}

/* `each` papers of every kind in the wording, from that seed on, misread. NO_MEMORY, or
 * TEMPLATE_BAD as paper_compose has it. */
enum err_code samples_compose(const struct wording *wording, enum wording_part part, uint64_t seed,
                              int each, struct samples *out, struct err *err);
/* The same of one kind (`name` as wording_papers has it), behind what is in *out. */
enum err_code samples_compose_of(const struct wording *wording, const char *name,
                                 enum wording_part part, uint64_t seed, int count,
                                 struct samples *out, struct err *err);

#endif
