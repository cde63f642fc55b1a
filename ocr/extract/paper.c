#include "ocr/extract/paper.h"

#include "daemon/base/buf.h"
#include "ocr/extract/text_check.h"

#include <math.h>

#define RAW_MAX_BYTES (1u << 20)

static struct rect_mm found_box(const struct page_text *page, const struct found *found)
{
    struct rect_mm box = found->room;
    for (size_t i = 0; i < found->line_count; i++)
        box = rect_union(box, found->line[i]->box);
    size_t end = found->line_count ? 0 : found->first + found->count;
    for (size_t i = found->first; i < end && i < page->words->count; i++)
        box = rect_union(box, page->words->item[i].box);
    for (size_t i = 0; i < found->rest_count && found->rest_first + i < page->words->count; i++)
        box = rect_union(box, page->words->item[found->rest_first + i].box);
    return rect_upright_from_deskewed(box, page->words->page, page->words->skew_deg);
}

static char *found_raw(const struct page_text *page, const struct found *found)
{
    if (found->rest_count) {
        AUTO(mem) char *first = page_text_join(page, found->first, found->count);
        AUTO(mem) char *rest = page_text_join(page, found->rest_first, found->rest_count);
        return first && rest ? mem_printf("%s %s", first, rest) : NULL;
    }
    if (!found->line_count)
        return page_text_join(page, found->first, found->count);
    AUTO(buf)
    struct buf raw;
    buf_init(&raw, RAW_MAX_BYTES);
    buf_text(&raw, "");
    for (size_t i = 0; i < found->line_count; i++) {
        AUTO(mem)
        char *part = page_text_join(page, found->line[i]->first, found->line[i]->count);
        if (!part)
            return NULL;
        if (i)
            buf_text(&raw, " ");
        buf_text(&raw, part);
    }
    return buf_take(&raw);
}

double paper_words_confidence(const struct page_text *page, size_t first, size_t count)
{
    double least = 2;
    for (size_t i = first; i < first + count && i < page->words->count; i++)
        if (*page->key[i] && page->words->item[i].confidence < least)
            least = page->words->item[i].confidence;
    return least > 1 ? 0 : least;
}

static bool any_by_hand(const struct page_text *page, size_t first, size_t count)
{
    for (size_t i = first; i < first + count && i < page->words->count; i++)
        if (word_is_hand(&page->words->item[i]))
            return true;
    return false;
}

static bool found_by_hand(const struct page_text *page, const struct found *found)
{
    bool hand = any_by_hand(page, found->rest_first, found->rest_count) ||
                (!found->line_count && any_by_hand(page, found->first, found->count));
    for (size_t i = 0; i < found->line_count && !hand; i++)
        hand = any_by_hand(page, found->line[i]->first, found->line[i]->count);
    return hand;
}

/* Without title and motto what looks like a head may be any page's text, whatever its words say. */
static bool asks_always(const struct paper *paper, const struct field_rule *rule,
                        const struct found *found)
{
    bool untitled = paper->template->type == DOC_TYPE_unknown || !paper->kind.title;
    bool motto = paper->head.motto || paper->head.motto_rest; /* a narrow column breaks the first */
    bool headless = untitled && !motto && rule->find != FIND_LABEL;
    return headless || (rule->always_ask && !found->chosen);
}

enum err_code paper_propose(struct paper *paper, const struct field_rule *rule,
                            const struct found *found)
{
    const struct page_text *page = &paper->page[found->page];
    AUTO(mem)
    char *raw = found_raw(page, found);
    if (!raw)
        return err_set(paper->err, ERR_NO_MEMORY, "field '%s'", field_key(rule->field));
    double confidence = text_check(paper, rule->field, found);
    bool hand = found_by_hand(page, found);
    if (hand)
        confidence = fmin(confidence, CONFIDENCE_DOUBTED);
    if (found->chosen)
        paper->chosen |= 1u << rule->field;
    bool sure = found->value && confidence >= CONFIDENCE_SURE && !found->ask;
    struct field field = {
        .name = rule->field,
        .value = (char *)found->value,
        .raw = raw,
        .confidence = found->value ? confidence : 0,
        .page = (int)(paper->first_page + found->page),
        .box = found_box(page, found),
        .source = found->source,
        .needs_person = !sure || asks_always(paper, rule, found),
        .handwritten = hand,
    };
    return fields_put(paper->fields, &field, paper->err);
}

enum err_code paper_propose_missing(struct paper *paper, const struct field_rule *rule)
{
    if (rule->presence == PRESENCE_OPTIONAL || fields_find(paper->fields, rule->field))
        return ERR_OK;
    struct field field = {.name = rule->field, .source = FIELD_FROM_NOTHING, .needs_person = true};
    return fields_put(paper->fields, &field, paper->err);
}
