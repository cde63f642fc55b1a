#include "ocr/classify/classify.h"

#include "ocr/classify/fuzzy.h"
#include "ocr/classify/type_model.h"

#include <string.h>

/* Weights of the witnesses: the share of doubt each one removes. Set by hand so that a title, or a
 * symbol with head and wording, passes CLASS_THRESHOLD, and head with wording alone does not. */
#define TITLE_WEIGHT 0.88
#define TITLE_MISREAD_COST 0.05 /* per misread letter */
#define SYMBOL_WEIGHT 0.45
#define MOTTO_WEIGHT 0.20
#define SUBJECT_WEIGHT 0.45
#define ADDRESSEE_WEIGHT 0.25
#define WORDING_WEIGHT 0.10
#define WORDING_MAX 0.30
/* A model that is nearly sure passes alone; one that is not says nothing. On papers of a type it
 * never saw it is sure of another in 4 of 100 (tests/bench/classes). */
#define MODEL_WEIGHT 0.68
/* Another type's symbol under this title, or a model sure of another type: one of them is misread.
 */
#define CONTRADICTION 0.85
#define TITLE_LINES_MAX 3

struct title_match {
    size_t distance, size;
    const struct page_line *line;
    size_t lines;
};

static bool better(const struct title_match *a, const struct title_match *b)
{
    if (!b->line)
        return true;
    if (a->line != b->line)
        return a->line->baseline_mm < b->line->baseline_mm;
    return a->distance != b->distance ? a->distance < b->distance : a->size > b->size;
}

/* Does the line begin with the title, ending at the end of a word? */
static bool match_prefix(const struct page_text *text, const struct page_line *line,
                         const char *wanted, size_t *out_distance)
{
    char key[LINE_KEY_MAX + 1] = "";
    size_t used = 0, size = strlen(wanted), limit = fuzzy_tolerance(size), best = limit + 1;
    for (size_t i = line->first; i < line->first + line->count && used <= size + limit; i++) {
        size_t more = strlen(text->key[i]);
        if (used + more > LINE_KEY_MAX)
            break;
        memcpy(key + used, text->key[i], more + 1);
        used += more;
        size_t distance = fuzzy_distance(key, used, wanted, size, limit);
        best = distance < best ? distance : best;
    }
    *out_distance = best;
    return best <= limit;
}

/* A long title runs over two or three centred lines. */
static bool match_joined(const struct head *head, size_t at, const char *wanted,
                         struct title_match *out)
{
    char key[LINE_KEY_MAX + 1] = "";
    size_t used = 0, size = strlen(wanted), limit = fuzzy_tolerance(size);
    for (size_t lines = 0; lines < TITLE_LINES_MAX && at + lines < head->title_count; lines++) {
        const struct page_line *line = head->title[at + lines];
        size_t more = strlen(line->key);
        if (used + more > LINE_KEY_MAX || used + more > size + limit)
            return false;
        memcpy(key + used, line->key, more + 1);
        used += more;
        size_t distance = fuzzy_distance(key, used, wanted, size, limit);
        if (distance <= limit) {
            *out = (struct title_match){distance, size, head->title[at], lines + 1};
            return true;
        }
    }
    return false;
}

static struct title_match find_title(const struct class_rule *rule, const struct page_text *text,
                                     const struct head *head)
{
    struct title_match best = {0};
    for (size_t t = 0; t < rule->title_count; t++)
        for (size_t i = 0; i < head->title_count; i++) {
            struct title_match found = {.size = strlen(rule->title[t].key), .lines = 1};
            found.line = head->title[i];
            bool matched = match_joined(head, i, rule->title[t].key, &found);
            if (!matched && rule->title[t].prefix)
                matched = match_prefix(text, head->title[i], rule->title[t].key, &found.distance);
            if (matched && better(&found, &best))
                best = found;
        }
    return best;
}

static bool symbol_agrees(const struct class_rule *rule, const char *kind)
{
    for (size_t i = 0; kind && i < rule->symbol_count; i++)
        if (strcmp(kind, rule->symbol[i]) == 0)
            return true;
    return false;
}

static double wording_weight(const struct class_rule *rule, const struct page_text *text)
{
    double weight = 0;
    for (size_t w = 0; w < rule->wording_count; w++)
        for (size_t i = 0; i < text->line_count; i++)
            if (fuzzy_contains(text->line[i].key, rule->wording[w])) {
                weight += WORDING_WEIGHT;
                break;
            }
    return weight < WORDING_MAX ? weight : WORDING_MAX;
}

/* Kinds of NĐ 30 beyond the types are none of the model's. */
static double model_says(const struct class_rule *rule, const struct class_evidence *e)
{
    return e->probable && !rule->kind_abbr ? e->probable[rule->type] : 0;
}

static bool model_is_sure_of_another(const struct class_rule *rule, const struct class_evidence *e)
{
    for (size_t i = 0; e->probable && i < DOC_TYPE_COUNT; i++)
        if (e->probable[i] >= TYPE_MODEL_SURE && i != rule->type &&
            model_says(rule, e) < 1 - TYPE_MODEL_SURE)
            return true;
    return false;
}

static double score_rule(const struct class_rule *rule, const struct class_evidence *e,
                         const struct title_match *title)
{
    double doubt = 1;
    if (title->line)
        doubt *= 1 - (TITLE_WEIGHT - TITLE_MISREAD_COST * (double)title->distance);
    if (symbol_agrees(rule, e->symbol_kind))
        doubt *= 1 - SYMBOL_WEIGHT;
    if (rule->is_letter) {
        bool addressed = e->head->subject || e->head->addressee;
        bool letter_symbol = addressed && e->symbol_kind && !e->symbol_has_kind;
        doubt *= letter_symbol ? 1 - SYMBOL_WEIGHT : 1;
        doubt *= letter_symbol && e->head->subject ? 1 - SUBJECT_WEIGHT : 1;
        doubt *= letter_symbol && e->head->addressee ? 1 - ADDRESSEE_WEIGHT : 1;
    }
    double probable = model_says(rule, e);
    doubt *= probable >= TYPE_MODEL_SURE ? 1 - MODEL_WEIGHT * probable : 1;
    if (doubt == 1)
        return 0;
    doubt *= e->head->motto ? 1 - MOTTO_WEIGHT : 1;
    doubt *= 1 - wording_weight(rule, e->text);
    bool contradicts =
        title->line && !rule->is_form &&
        ((rule->symbol_count && e->symbol_has_kind && !symbol_agrees(rule, e->symbol_kind)) ||
         model_is_sure_of_another(rule, e));
    return (1 - doubt) * (contradicts ? CONTRADICTION : 1);
}

void classify(const struct class_rule *rules, size_t rule_count,
              const struct class_evidence *evidence, struct classification *out)
{
    *out = (struct classification){0};
    struct title_match topmost = {0};
    for (size_t i = 0; i < rule_count; i++) {
        struct title_match title = find_title(&rules[i], evidence->text, evidence->head);
        if (title.line && better(&title, &topmost))
            topmost = title;
    }
    for (size_t i = 0; i < rule_count; i++) {
        struct title_match title = find_title(&rules[i], evidence->text, evidence->head);
        /* the topmost title is the paper's name; what it orders or carries is named below it */
        if (title.line && (title.line != topmost.line || title.distance > topmost.distance ||
                           title.size < topmost.size))
            title = (struct title_match){0};
        if (topmost.line && !title.line)
            continue;
        double score = score_rule(&rules[i], evidence, &title);
        if (score <= out->score)
            continue;
        *out = (struct classification){&rules[i], score, title.line, title.lines};
    }
    if (out->score < CLASS_THRESHOLD)
        out->rule = NULL;
}
