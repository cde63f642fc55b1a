#include "ocr/classify/page_terms.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/classify/lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void page_terms_begin(struct page_terms *terms)
{
    terms->count = terms->lines = 0;
}

/* FNV-1a (Fowler, Noll, Vo), folded to PAGE_TERM_BITS. */
static void add(struct page_terms *terms, char kind, const char *first, const char *second)
{
    uint32_t hash = 2166136261u;
    hash = (hash ^ (unsigned char)kind) * 16777619u;
    for (const char *c = first; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    hash = (hash ^ (second ? ' ' : '\n')) * 16777619u;
    for (const char *c = second; c && *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    if (terms->count < PAGE_TERMS_MAX)
        terms->id[terms->count++] =
            (uint16_t)((hash >> PAGE_TERM_BITS ^ hash) & ((1u << PAGE_TERM_BITS) - 1));
}

/* Letters only, in place; "0" when there is a digit. Bytes of other letters than ASCII stay. */
static void keep_letters(char *word)
{
    size_t used = 0;
    for (const char *c = word; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (isdigit(byte)) {
            strcpy(word, "0");
            return;
        }
        if (byte >= 0x80 || isalpha(byte))
            word[used++] = *c;
    }
    word[used] = '\0';
}

bool page_terms_line(struct page_terms *terms, const char *const *word, size_t count)
{
    AUTO(mem) char *before = NULL;
    bool top = terms->lines < PAGE_TERM_TOP_LINES;
    if (terms->lines++ >= PAGE_TERM_LINES)
        return true;
    for (size_t i = 0; i < count && terms->count < PAGE_TERMS_MAX; i++) {
        AUTO(mem) char *plain = text_fold(word[i]);
        AUTO(mem) char *marked = text_lower(word[i]);
        if (!plain || !marked)
            return false;
        keep_letters(plain);
        keep_letters(marked);
        if (!*plain)
            continue;
        add(terms, 'w', plain, NULL);
        add(terms, 'm', marked, NULL);
        if (top)
            add(terms, 't', plain, NULL);
        if (before)
            add(terms, 'p', before, plain);
        mem_free(before);
        before = TAKE(plain);
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

void page_terms_end(struct page_terms *terms)
{
    size_t used = 0;
    qsort(terms->id, terms->count, sizeof *terms->id, compare);
    for (size_t i = 0; i < terms->count; i++)
        if (!used || terms->id[i] != terms->id[used - 1])
            terms->id[used++] = terms->id[i];
    terms->count = used;
}

bool page_terms_of(const struct page_text *text, struct page_terms *out)
{
    AUTO(mem) const char **word = mem_array(text->words->count + 1, sizeof *word);
    bool ok = word != NULL;
    for (size_t i = 0; ok && i < text->words->count; i++)
        word[i] = text->words->item[i].text;
    page_terms_begin(out);
    for (size_t i = 0; ok && i < text->line_count; i++)
        if (!text->line[i].in_stamp)
            ok = page_terms_line(out, word + text->line[i].first, text->line[i].count);
    page_terms_end(out);
    return ok;
}
