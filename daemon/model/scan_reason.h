#ifndef SOHOA_MODEL_SCAN_REASON_H
#define SOHOA_MODEL_SCAN_REASON_H

#include <stdbool.h>
#include <stddef.h>

/* Why a paper is scanned although data or rules say it need not be: the closed list of
 * scan_reasons.def. */

struct scan_reason {
    const char *code;
    bool unusable; /* data exists but cannot be used: goes into that report (regulations 3.6) */
    const char *label_vi, *label_en;
};

extern const struct scan_reason scan_reasons[];
extern const size_t scan_reason_count;
extern const char scan_reason_words[]; /* their codes, separated by spaces */

const struct scan_reason *scan_reason_find(const char *code); /* NULL: none of that code */

#endif
