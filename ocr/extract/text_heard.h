#ifndef SOHOA_OCR_EXTRACT_TEXT_HEARD_H
#define SOHOA_OCR_EXTRACT_TEXT_HEARD_H

#include "ocr/extract/text_word.h"

/* How surely the other place is read where a word is read alike. */
#define WITNESS_SURE 0.93

/* What the rest of the paper says to a word. */
struct text_witnesses {
    bool alike;       /* the same letters beside the same neighbour, surely read or in letters of
                         the other size, whose misreadings are others */
    double otherwise; /* how surely other accents are read beside the same neighbour */
    bool surer;       /* they are read more surely, wherever they stand */
};

struct text_witnesses text_hear_paper(const struct text_at *word);

#endif
