#ifndef SOHOA_OCR_EXTRACT_SEVERAL_H
#define SOHOA_OCR_EXTRACT_SEVERAL_H

#include "ocr/extract/paper.h"

/*
 * Papers that name several people, of whom the first is meant: a contract's party A, who grants a
 * power of attorney, the left column of a marriage certificate. Where the second one begins is said
 * by headings of the template; only what stands before one, while another person stands behind it,
 * is known to be the first one's.
 */

struct first_of_several {
    bool known;
    size_t page;                /* of the document's */
    const struct label *second; /* where the second one begins; borrowed */
    bool columns;               /* they stand beside each other, parted at: */
    double gutter_mm;
};

struct first_of_several several_find(const struct paper *paper, const struct field_rule *rule);
bool several_is_second(const struct first_of_several *first, const struct paper *paper, size_t page,
                       const struct label *label);

/* Below one of the rule's headings something stands that is not the form's own print: changes
 * entered later. */
bool several_written_below(const struct paper *paper, const struct field_rule *rule);

#endif
