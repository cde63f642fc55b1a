#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "ocr/classify/abstract.h"
#include "ocr/extract/paper.h"

#include <math.h>
#include <string.h>

/* A word read worse than this is likely wrong; a tenth of such words spoils the abstract. */
#define WORD_GOOD 0.60

/* Other print on top of it (a stamp) breaks lines in ways their confidence does not tell. */
static bool is_overprinted(const struct page_text *page, const struct abstract *block)
{
    struct rect_mm box = {0};
    for (size_t i = 0; i < block->count; i++)
        box = rect_union(box, block->line[i]->box);
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        bool own = false;
        for (size_t k = 0; k < block->count; k++)
            own = own || line == block->line[k];
        double area = line->box.w * line->box.h;
        if (!own && area > 4 && rect_overlap_mm2(box, line->box) > area * 0.25)
            return true;
    }
    return false;
}

/* "V/v" of which the stroke became a letter. */
static void repair_about(char *text)
{
    static const char *const misread[] = {"VIv ", "Vlv ", "V1v ", "V|v "};
    for (size_t i = 0; i < sizeof misread / sizeof *misread; i++)
        if (text_starts(text, misread[i]))
            text[1] = '/';
}

static bool begins_like_one(const char *text)
{
    AUTO(mem)
    char *lower = text_lower(text);
    const char *a = text, *b = lower;
    return lower && (text_next(&a) != text_next(&b) || text_starts(text, "v/v"));
}

/* A line too few, or the body read on into. */
static bool ends_halfway(const char *text)
{
    static const char *const open[] = {" và",  " của", " về",  " cho", " tại", " theo", " các",
                                       " với", " năm", " quý", " do",  " số",  " ngày", " trên"};
    size_t size = strlen(text);
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        size_t tail = strlen(open[i]);
        if (size > tail && strcmp(text + size - tail, open[i]) == 0)
            return true;
    }
    return size && strchr(",;:-", text[size - 1]);
}

/* Mean of its words, cut down by the share of words that are likely wrong. */
static double block_confidence(const struct page_text *page, const struct abstract *block)
{
    double sum = 0, bad = 0, count = 0;
    for (size_t i = 0; i < block->count; i++)
        for (size_t k = 0; k < block->line[i]->count; k++) {
            double confidence = page->words->item[block->line[i]->first + k].confidence;
            sum += confidence;
            bad += confidence < WORD_GOOD;
            count++;
        }
    double sure = count ? sum / count * (1 - 2.5 * bad / count) : 0;
    return sure > 0 ? sure : 0;
}

static enum err_code propose_block(struct paper *paper, const struct field_rule *rule,
                                   const struct abstract *block)
{
    const struct page_text *page = paper->face;
    AUTO(buf)
    struct buf text;
    buf_init(&text, 8000);
    for (size_t i = 0; i < block->count; i++) {
        AUTO(mem)
        char *part = page_text_join(page, block->line[i]->first, block->line[i]->count);
        if (i)
            buf_text(&text, " ");
        buf_text(&text, part ? part : "");
    }
    if (!block->count)
        return ERR_OK;
    AUTO(mem)
    char *value = buf_take(&text);
    if (!value)
        return err_set(paper->err, ERR_NO_MEMORY, "abstract");
    repair_about(value);
    struct found found = {.value = value,
                          .page = paper->face_index,
                          .line = block->line,
                          .line_count = block->count,
                          .confidence = block_confidence(page, block),
                          .ask = block->torn || is_overprinted(page, block) ||
                                 !begins_like_one(value) || ends_halfway(value),
                          .source = FIELD_FROM_ZONE};
    return paper_propose(paper, rule, &found);
}

enum err_code find_abstract(struct paper *paper, const struct field_rule *rule)
{
    if (!paper->face || !paper->kind.title)
        return ERR_OK;
    struct abstract block = abstract_under_title(paper->face, paper->kind.title);
    return propose_block(paper, rule, &block);
}

enum err_code find_subject(struct paper *paper, const struct field_rule *rule)
{
    if (!paper->face || !paper->head.subject)
        return ERR_OK;
    struct abstract block = abstract_of_subject(paper->face, &paper->head);
    return propose_block(paper, rule, &block);
}
