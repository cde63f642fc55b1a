#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "ocr/extract/paper.h"

#include <math.h>
#include <string.h>

/* Trích yếu: under the title (zone 5a) or under the number of a letter (zone 5b). It ends where the
 * lines spread: the body stands further off than the lines of the abstract from each other. */

#define LINES_MAX 8
#define SPREAD 1.35
/* First line under the title, in heights of the title's line. */
#define FIRST_LINE_HEIGHTS 3.2
/* A word read worse than this is likely wrong; a tenth of such words spoils the abstract. */
#define WORD_GOOD 0.60
/* What cannot be read is no speck from this width on. */
#define TORN_LINE_MM 8

struct block {
    const struct page_line *line[LINES_MAX];
    size_t count;
    bool torn; /* a line among these was left out, or one more did not fit */
};

static bool begins_body(const struct page_text *page, const struct page_line *line)
{
    static const char *const starts[] = {"cancu", "kinhgui", "homnay", "dieu1", "thuchien", "xet"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(line->key, starts[i], strlen(starts[i])) == 0)
            return true;
    const char *word = page->words->item[line->first].text;
    size_t digits = strspn(word, "0123456789IVX");
    return digits > 0 && (word[digits] == '.' || word[digits] == ')') && !word[digits + 1];
}

static bool is_rubbish(const struct page_line *line)
{
    return line->confidence < 0.5 || strlen(line->key) < 2;
}

static void add_line(struct block *block, const struct page_line *line)
{
    if (block->count < LINES_MAX)
        block->line[block->count++] = line;
    else
        block->torn = true;
}

static struct block block_under_title(const struct paper *paper)
{
    const struct page_text *page = paper->face;
    const struct page_line *title = paper->kind.title;
    struct block block = {0};
    double middle_mm = page_line_center_mm(title), above_mm = title->baseline_mm, pitch_mm = 0;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        double step_mm = line->baseline_mm - above_mm;
        double limit_mm = pitch_mm > 0 ? pitch_mm * SPREAD : title->box.h * FIRST_LINE_HEIGHTS;
        bool in_reach = step_mm > 2 && step_mm <= limit_mm;
        if (line->baseline_mm <= title->baseline_mm + 1)
            continue;
        if (is_rubbish(line)) {
            block.torn = block.torn || (in_reach && line->box.w > TORN_LINE_MM);
            continue;
        }
        if (step_mm > limit_mm || begins_body(page, line))
            break;
        if (fabs(page_line_center_mm(line) - middle_mm) > page->frame.w * 0.13) {
            block.torn = block.torn || in_reach;
            continue;
        }
        if (page_line_is_caps(page, line))
            break;
        bool same_row = block.count && step_mm < 2;
        if (!same_row && step_mm > 2)
            pitch_mm = pitch_mm > 0 && pitch_mm < step_mm ? pitch_mm : step_mm;
        add_line(&block, line);
        above_mm = line->baseline_mm;
    }
    return block;
}

static struct block block_of_subject(const struct paper *paper)
{
    const struct page_text *page = paper->face;
    const struct page_line *first = paper->head.subject;
    struct block block = {0};
    add_line(&block, first);
    double above_mm = first->baseline_mm;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        double step_mm = line->baseline_mm - above_mm;
        if (line == first || line->baseline_mm <= first->baseline_mm + 1 || is_rubbish(line))
            continue;
        if (step_mm > first->box.h * 2.2 || line == paper->head.addressee)
            break;
        if (page_line_center_mm(line) >= paper->head.column_mm || page_line_is_caps(page, line))
            continue;
        add_line(&block, line);
        above_mm = line->baseline_mm;
    }
    return block;
}

/* Other print on top of it (a stamp) breaks lines in ways their confidence does not tell. */
static bool is_overprinted(const struct page_text *page, const struct block *block)
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
static double block_confidence(const struct page_text *page, const struct block *block)
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
                                   const struct block *block)
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
    struct block block = block_under_title(paper);
    return propose_block(paper, rule, &block);
}

enum err_code find_subject(struct paper *paper, const struct field_rule *rule)
{
    if (!paper->face || !paper->head.subject)
        return ERR_OK;
    struct block block = block_of_subject(paper);
    return propose_block(paper, rule, &block);
}
