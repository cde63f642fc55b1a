#ifndef SOHOA_OCR_LEARN_VERDICT_H
#define SOHOA_OCR_LEARN_VERDICT_H

#include "ocr/classify/type_model.h"
#include "ocr/learn/type_train.h"

/*
 * Is one model worse than another? Both answer for the same papers, which neither was taught from:
 * the station's held-out papers and made-up ones of held-out wordings. A type counts as told where
 * the model is nearly sure of it (TYPE_MODEL_SURE), since nothing else decides anything.
 */

struct tally {
    size_t papers, right, wrong; /* surely told the right type; surely another one */
};

struct comparison {
    struct tally station_old, station_new, wording_old, wording_new;
    bool type_lost; /* verdict_loses_type, of the made-up papers */
};

enum verdict {
    VERDICT_USE,
    VERDICT_TOO_FEW,    /* papers to teach from or to judge by */
    VERDICT_NO_GAIN,    /* on the station's papers it tells what the old one tells */
    VERDICT_WORSE_HERE, /* on the station's papers */
    VERDICT_WORSE_ELSEWHERE
};

/* Fewer papers teach nothing that could be judged. */
#define VERDICT_LEAST_TAUGHT 20
#define VERDICT_LEAST_JUDGING 4

struct tally verdict_tally(const struct type_model *model, const struct type_sample *sample,
                           size_t count);
/* Of the papers of some type the new one tells a tenth less than the old one: what is gained with
 * other types does not make up for that. */
bool verdict_loses_type(const struct type_model *old, const struct type_model *offered,
                        const struct type_sample *sample, size_t count);
/* Not worse on either, and better on the station's papers. */
enum verdict verdict_of(const struct comparison *found);
/* One from elsewhere: not worse on either, however few papers judge. It was made for what other
 * stations have, so nothing need be gained here. */
enum verdict verdict_of_offered(const struct comparison *found);
const char *verdict_name(enum verdict verdict); /* "used", "too-few", "no-gain", "worse-here"… */

#endif
