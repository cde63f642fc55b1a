#include "ocr/extract/witness.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <string.h>

#define WITNESS_MIN 0.70

/* The words of the line from `at` on say `letters`, all of it: how many they are, else 0. */
static size_t words_that_say(const struct page_text *page, const struct page_line *line, size_t at,
                             const char *letters)
{
    size_t end = line->first + line->count;
    for (size_t i = at; i < end; i++) {
        AUTO(mem) char *lower = text_lower(page->words->item[i].text);
        size_t size = lower ? strcspn(lower, ",.;:") : 0;
        bool said = size && page->words->item[i].confidence >= WITNESS_MIN &&
                    strncmp(letters, lower, size) == 0;
        if (!said || (letters[size] && letters[size] != ' '))
            return 0;
        letters += size;
        if (!*letters)
            return i - at + 1;
        letters++;
    }
    return 0;
}

static bool stands_alone(const struct page_text *page, const struct page_line *line, size_t at,
                         size_t count)
{
    size_t behind = at + count, end = line->first + line->count;
    const char *last = page->words->item[behind - 1].text;
    bool begins = at == line->first || word_stands_apart(page, line, at);
    bool ends = behind == end || word_stands_apart(page, line, behind) || strpbrk(last, ",;.");
    return begins && ends;
}

static bool line_says(const struct page_text *page, const struct page_line *line,
                      const char *letters, size_t not_first, size_t not_count)
{
    for (size_t i = line->first; i < line->first + line->count; i++) {
        size_t count = words_that_say(page, line, i, letters);
        bool same = i < not_first + not_count && i + count > not_first;
        if (count && !same && stands_alone(page, line, i, count))
            return true;
    }
    return false;
}

/* An address parts its units by commas. */
static bool stands_in_address(const struct page_text *page, const struct page_line *line, size_t at,
                              size_t count)
{
    size_t behind = at + count, end = line->first + line->count;
    const char *last = page->words->item[behind - 1].text;
    bool begins = at == line->first || strchr(page->words->item[at - 1].text, ',');
    return begins && (strpbrk(last, ",;.") || (behind == end && !page_line_is_caps(page, line)));
}

bool witness_of_unit(const struct paper *paper, const char *unit)
{
    AUTO(mem) char *letters = text_lower(unit);
    for (size_t at = 0; letters && at < paper->page_count; at++) {
        const struct page_text *page = &paper->page[at];
        for (size_t i = 0; i < page->line_count; i++)
            for (size_t k = 0; k < page->line[i].count; k++) {
                size_t first = page->line[i].first + k;
                size_t count = words_that_say(page, &page->line[i], first, letters);
                if (count && stands_in_address(page, &page->line[i], first, count))
                    return true;
            }
    }
    return false;
}

bool witness_of_name(const struct paper *paper, const char *name, size_t page, size_t first,
                     size_t count)
{
    AUTO(mem) char *letters = text_lower(name);
    for (size_t at = 0; letters && at < paper->page_count; at++) {
        const struct page_text *text = &paper->page[at];
        for (size_t i = 0; i < text->line_count; i++)
            if (line_says(text, &text->line[i], letters, first, at == page ? count : 0))
                return true;
    }
    return false;
}
