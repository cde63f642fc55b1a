#include "ocr/extract/text_heard.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/recognize/word_pairs_known.h"

#include <math.h>
#include <string.h>

/* Of capitals below this one in twenty has lost a mark, of small letters above that one in
 * thousands: they are not put in doubt by such capitals. */
#define CAPITALS_WEAK 0.93
#define SMALL_STRONG 0.95
/* Capitals and small letters lose different marks. */
#define OTHER_SIZE_SURE 0.70
/* A word below this yields to a surer reading that differs in accents only, wherever it stands. */
#define VARIANT_DOUBT 0.93

static bool same_key(const struct page_text *a, size_t at, const struct page_text *b, size_t bt)
{
    return at < a->words->count && bt < b->words->count && *a->key[at] &&
           strcmp(a->key[at], b->key[bt]) == 0;
}

static bool same_neighbour(const struct text_at *word, const struct page_text *page, size_t at)
{
    bool before = word->at > 0 && at > 0 && same_key(word->page, word->at - 1, page, at - 1);
    return before || same_key(word->page, word->at + 1, page, at + 1);
}

static bool holds(const struct page_line *line, size_t at)
{
    return line && at >= line->first && at < line->first + line->count;
}

/* Motto and title: everybody knows how they are spelled, and a name is none of them: CỘNG HÒA says
 * nothing of a person called Hoa, QUYẾT ĐỊNH nothing of one called Đình. */
static bool is_head_print(const struct paper *paper, const struct page_text *page, size_t at)
{
    const struct page_line *title = paper->kind.title;
    if (page != paper->face)
        return false;
    for (size_t i = 0; title && i < paper->kind.title_lines; i++)
        if (holds(&title[i], at))
            return true;
    return holds(paper->head.motto, at) || holds(paper->head.motto_rest, at);
}

/* "công tác tuyên truyền" says nothing of "công tác tuyển quân": there the word belongs to another
 * neighbour, with which it has no other marks. */
static bool makes_another_pair(const struct text_at *word, const struct page_text *page, size_t at)
{
    bool shares_next = same_key(word->page, word->at + 1, page, at + 1);
    if (text_kind_of(word->field) != TEXT_PROSE || shares_next || at + 1 >= page->words->count)
        return false;
    AUTO(mem) char *own = text_word_letters(page->words->item[at].text);
    AUTO(mem) char *next = text_word_letters(page->words->item[at + 1].text);
    return own && next && word_pairs_settles(own, next);
}

static void hear_word(const struct text_at *word, const struct page_text *page, size_t at,
                      struct text_witnesses *out)
{
    double confidence = page->words->item[at].confidence;
    AUTO(mem) char *letters = text_word_letters(page->words->item[at].text);
    if (!letters)
        return;
    bool beside = same_neighbour(word, page, at);
    if (strcmp(letters, word->letters) == 0) {
        const char *own = word->page->words->item[word->at].text;
        bool other_size =
            text_word_is_capitals(own) != text_word_is_capitals(page->words->item[at].text);
        double enough = other_size ? OTHER_SIZE_SURE : WITNESS_SURE;
        out->alike = out->alike || (beside && confidence >= enough);
        return;
    }
    /* "văn hóa" says nothing of a person called Hoa */
    bool comparable = text_kind_of(word->field) != TEXT_NAME ||
                      (text_word_has_capital(page->words->item[at].text) &&
                       !is_head_print(word->paper, page, at));
    out->surer = out->surer ||
                 (comparable && confidence > word->confidence && word->confidence < VARIANT_DOUBT);
    bool weak = confidence < CAPITALS_WEAK && word->confidence >= SMALL_STRONG &&
                text_word_is_capitals(page->words->item[at].text) &&
                !text_word_is_capitals(word->page->words->item[word->at].text);
    if (beside && !weak && !makes_another_pair(word, page, at))
        out->otherwise = fmax(out->otherwise, confidence);
}

struct text_witnesses text_hear_paper(const struct text_at *word)
{
    struct text_witnesses heard = {0};
    for (size_t i = 0; i < word->paper->page_count; i++) {
        const struct page_text *page = &word->paper->page[i];
        for (size_t k = 0; k < page->words->count; k++)
            if ((i != word->page_index || k != word->at) && same_key(word->page, word->at, page, k))
                hear_word(word, page, k, &heard);
    }
    return heard;
}
