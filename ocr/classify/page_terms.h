#ifndef SOHOA_OCR_CLASSIFY_PAGE_TERMS_H
#define SOHOA_OCR_CLASSIFY_PAGE_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the words of a page tell a model about its type: hashed terms (feature hashing: Weinberger
 * et al., 2009), each once. A term is a word without its marks, the same with them, two words that
 * follow one another on a line, or a word that stands near the top. What carries a digit is one
 * term, so that numbers, days and identifiers are not in a model.
 */

#define PAGE_TERM_BITS 16
#define PAGE_TERMS_MAX 6000
/* Lines of a page that are looked at, and those near the top. */
#define PAGE_TERM_LINES 150
#define PAGE_TERM_TOP_LINES 14

struct page_terms {
    uint16_t id[PAGE_TERMS_MAX];
    size_t count;
    size_t lines;
};

void page_terms_begin(struct page_terms *terms);
/* The next line from the top, as words; false: out of memory. What is over the limits is left out.
 */
bool page_terms_line(struct page_terms *terms, const char *const *word, size_t count);
/* Sorted, each once. */
void page_terms_end(struct page_terms *terms);

struct page_text;
/* All of a page, from begin to end; incoming stamps are not the paper's own. false: out of memory.
 */
bool page_terms_of(const struct page_text *text, struct page_terms *out);

#endif
