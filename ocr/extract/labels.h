#ifndef SOHOA_OCR_EXTRACT_LABELS_H
#define SOHOA_OCR_EXTRACT_LABELS_H

#include "ocr/classify/lines.h"
#include "ocr/extract/templates.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The labels that stand on a page ("Ngày sinh:"), of whatever template: a form nobody has seen
 * before is made of the same ones. Found before any value is looked for, so that a value ends where
 * the next label begins. The longest label that fits a place wins: "Họ, chữ đệm, tên người mẹ" is
 * not taken for the owner's.
 */

struct label {
    const struct page_line *line;
    size_t first, end; /* words of the label itself */
    size_t value;      /* first word behind it and behind what belongs to it: "/ Full name:" */
    const char *key;   /* as the template has it; borrowed from there */
    unsigned fields;   /* 1 << enum field_name of all it is a label of, in any template */
    bool own;          /* of the template looked for: one of its fields' or its stops */
    bool stop;         /* one of its stops, which end a value wherever they stand */
    bool stands;       /* at the start of a line or a clause, behind room, or with a colon */
    bool closed;       /* a colon follows */
    bool apart;        /* several words behind wide room */
    bool other;        /* goes on to another label: "Họ và tên người giám hộ:" */
};

struct labels {
    struct label *item; /* by their first words */
    size_t count;
};

/* Those of `template` and of all others. NO_MEMORY. */
enum err_code labels_find(const struct page_text *page, const struct templates *templates,
                          const struct template *template, struct labels *out, struct err *err);
void labels_done(struct labels *labels);

/* The first label among words from … end - 1 that ends a value; NULL: none. A label of `rule`
 * itself does so only with a colon. */
const struct label *labels_ending(const struct labels *labels, const struct field_rule *rule,
                                  size_t from, size_t end);
/* The label that begins at that word, or NULL. */
const struct label *labels_at(const struct labels *labels, size_t word);
bool label_is_of(const struct label *label, const struct field_rule *rule);

/* Room in front of a word: as wide as between columns, wider than between words of its line. */
bool word_stands_apart(const struct page_text *page, const struct page_line *line, size_t at);

#endif
