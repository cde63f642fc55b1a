#ifndef SOHOA_IMAGE_FOURIER_H
#define SOHOA_IMAGE_FOURIER_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

/*
 * Two-dimensional Fourier transform of a field whose sides are powers of two, in place. Used for
 * correlating images at all shifts at once (part_match.h). Radix 2, Cooley and Tukey 1965.
 */
struct wave {
    float re, im;
};

struct field {
    int width, height;
    struct wave *at; /* rows from the top */
};

/* Zeros. BAD_ARGUMENT for sides that are no power of two, or above 4096; NO_MEMORY. */
enum err_code field_new(int width, int height, struct field **out, struct err *err);
void field_free(struct field *field);
AUTO_DEFINE(field, struct field *, field_free);

enum err_code field_transform(struct field *field, struct err *err);
/* Back, divided by the number of values. */
enum err_code field_transform_back(struct field *field, struct err *err);

#endif
