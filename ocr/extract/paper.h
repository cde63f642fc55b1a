#ifndef SOHOA_OCR_EXTRACT_PAPER_H
#define SOHOA_OCR_EXTRACT_PAPER_H

#include "daemon/model/field.h"
#include "daemon/model/page_info.h"
#include "ocr/classify/classify.h"
#include "ocr/classify/layout.h"
#include "ocr/classify/lines.h"
#include "ocr/extract/labels.h"
#include "ocr/extract/parse_number.h"
#include "ocr/extract/templates.h"

/*
 * One paper while its fields are being found: its pages, what they are known to be, and the
 * proposals so far. Each find_* fills the fields its rule names and says how sure it is; only
 * paper_propose decides whether a person must look.
 */

/* A proposal below this confidence asks a person. */
#define CONFIDENCE_SURE 0.80
/* What anything is worth that lacks positive evidence of being printed or failed a check. */
#define CONFIDENCE_DOUBTED 0.45
/* What a printed value read by a sure recogniser is worth when every check agrees. */
#define CONFIDENCE_AGREED 0.93

struct paper {
    const struct templates *templates;
    const struct template *template;
    const struct page_text *page; /* of this paper only, first to last */
    const struct page_info *info;
    struct layout *layout; /* zones of each page */
    struct labels *labels; /* of each page */
    const double *aspect;  /* print_aspect of each page */
    size_t page_count;
    size_t first_page;            /* number in the document of page[0], from 1 */
    const struct page_text *face; /* first written page; NULL: all blank */
    size_t face_index;
    struct head head; /* of the face */
    struct classification kind;
    struct number_symbol number; /* of the number line; value "" without one */
    struct fields *fields;
    unsigned chosen; /* 1 << enum field_name: of several the one that is meant */
    struct err *err;
};

/* A value read at words first … first + count of page[page], or, when there are any, at lines. */
struct found {
    const char *value; /* canonical; NULL: seen, but not readable */
    size_t page, first, count;
    size_t rest_first, rest_count; /* more words of it, on the next line */
    const struct page_line *const *line;
    size_t line_count;
    double confidence;
    enum field_source source;
    bool ask;    /* a person must look whatever the confidence */
    bool chosen; /* of several that the paper names it is known to be the one that is meant */
    struct rect_mm
        room; /* without words or lines: where the value ought to stand; deskewed frame */
};

enum err_code paper_propose(struct paper *paper, const struct field_rule *rule,
                            const struct found *found);
/* Nothing was found: a question, or nothing at all when the rule says optional. */
enum err_code paper_propose_missing(struct paper *paper, const struct field_rule *rule);

/* Least confidence of the words that are not noise; 0 when there are none. */
double paper_words_confidence(const struct page_text *page, size_t first, size_t count);

/* One finder per way of finding (enum find). ERR_OK also when nothing was there. */
enum err_code find_number(struct paper *paper, const struct field_rule *rule);
enum err_code find_date(struct paper *paper, const struct field_rule *rule);
enum err_code find_place(struct paper *paper, const struct field_rule *rule);
enum err_code find_opening(struct paper *paper, const struct field_rule *rule);
enum err_code find_closing(struct paper *paper, const struct field_rule *rule);
enum err_code find_issuer(struct paper *paper, const struct field_rule *rule);
enum err_code find_name(struct paper *paper, const struct field_rule *rule);
enum err_code find_title(struct paper *paper, const struct field_rule *rule);
enum err_code find_abstract(struct paper *paper, const struct field_rule *rule);
enum err_code find_subject(struct paper *paper, const struct field_rule *rule);
enum err_code find_signer(struct paper *paper, const struct field_rule *rule);
enum err_code find_labelled(struct paper *paper, const struct field_rule *rule);
enum err_code find_signing(struct paper *paper, const struct field_rule *rule);
enum err_code find_validity(struct paper *paper, const struct field_rule *rule);

/* QR and bar codes: they outrank what was read; a conflict on an identifier asks a person. */
enum err_code find_codes(struct paper *paper);
/* The machine readable zone of cards and passports on `text`, which has that page number: outranks
 * print, not codes. Only what its check digits prove is told. */
enum err_code find_mrz(struct paper *paper, const struct page_text *text, size_t page,
                       bool *out_found);
/* What the fields say about each other: birth year and sex against the number, year of the number
 * against the date, order of dates. A mismatch makes both a question. */
enum err_code cross_check(struct paper *paper);

#endif
