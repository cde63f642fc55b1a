#ifndef SOHOA_TESTS_COMPARE_H
#define SOHOA_TESTS_COMPARE_H

#include "daemon/base/js.h"

#include <stdbool.h>

/* Proposals against what is true of a paper. */

enum verdict {
    VERDICT_RIGHT,
    VERDICT_RIGHT_ASKS, /* right, but a person is asked */
    VERDICT_WRONG_ASKS,
    VERDICT_MISSING, /* nothing proposed, a person is asked */
    VERDICT_SILENT,  /* wrong and sure: the worst */
    VERDICT_COUNT
};

/* Alike but for NFC, white space and letter case; not one letter may differ. */
bool compare_values(const char *proposed, const char *truth);
/* `proposal` is one of the contract's fields, NULL when absent; truth NULL: the paper has none. */
enum verdict compare_field(const struct js *proposal, const char *truth);

#endif
