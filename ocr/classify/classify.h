#ifndef SOHOA_OCR_CLASSIFY_CLASSIFY_H
#define SOHOA_OCR_CLASSIFY_CLASSIFY_H

#include "daemon/model/doc_type.h"
#include "ocr/classify/head.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Which paper is this? Evidence from the title, the kind in the symbol (QĐ in 12/QĐ-UBND), the
 * head, the wording and a trained model, put together as independent witnesses. Phrases alone never
 * decide: forms of one family share most of their sentences. The model decides only where no title
 * was found, and only when it is nearly sure.
 */

struct title_rule {
    const char *key; /* folded, letters and digits only */
    bool prefix;     /* words may follow on the line: BIÊN BẢN LÀM VIỆC */
};

struct class_rule {
    enum doc_type type;
    const char *kind_abbr, *kind_name; /* for a kind of NĐ 30; NULL otherwise */
    const struct title_rule *title;
    size_t title_count;
    const char *const *symbol; /* kinds this paper's symbol can begin with: "QĐ" */
    size_t symbol_count;
    const char *const *wording; /* keys of phrases in the body */
    size_t wording_count;
    bool is_form;   /* of TT 03/2025, told by its whole title */
    bool is_letter; /* no title: a subject line (V/v), an addressee and a symbol without kind */
};

struct class_evidence {
    const struct page_text *text; /* first written page */
    const struct head *head;
    const char *symbol_kind; /* first part of the symbol as written; NULL: no number line */
    bool symbol_has_kind;    /* that part is the abbreviation of some kind */
    const double *probable;  /* [DOC_TYPE_COUNT] by a trained model (type_model.h); NULL: none */
};

struct classification {
    const struct class_rule *rule; /* NULL: unknown */
    double score;                  /* of the rule; of the best loser when unknown */
    const struct page_line *title; /* first line of the title; NULL: none found */
    size_t title_lines;
};

/* Least score to be called anything but unknown. */
#define CLASS_THRESHOLD 0.60

void classify(const struct class_rule *rules, size_t rule_count,
              const struct class_evidence *evidence, struct classification *out);

#endif
