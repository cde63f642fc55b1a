#ifndef SOHOA_OCR_EXTRACT_READ_VALUE_H
#define SOHOA_OCR_EXTRACT_READ_VALUE_H

#include "ocr/extract/region.h"

/* What a field's parser makes of the region of its label. */

#define VALUE_MAX_BYTES 200

struct reading {
    char value[VALUE_MAX_BYTES];
    size_t first, count;           /* the words it stands for */
    size_t rest_first, rest_count; /* and where it goes on: on the next line */
    char longer[VALUE_MAX_BYTES]; /* what it is if it goes on below, which room does not tell; "" */
    size_t longer_first, longer_count; /* the words there */
    bool below;                        /* all of it stands under the label or beside it */
    bool readable;
    bool repaired; /* letters changed, or it is not certain where it ends */
    bool proved;   /* the paper says it twice, in figures and in words */
    bool digits;   /* figures: a wrong one looks like a right one */
};

void read_value(const struct region *region, enum parser parser, struct reading *out);

#endif
