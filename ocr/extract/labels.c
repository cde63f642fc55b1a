#include "ocr/extract/labels.h"

#include "daemon/base/mem.h"
#include "ocr/classify/fuzzy.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_WORDS_MAX 12
#define LABELS_MAX 1000
/* A label of another template says so little that it must be more than a short word. */
#define FOREIGN_BYTES_MIN 6
/* One word with a misread letter is another word: "Hoàng" is no "Hộ ông". */
#define EXACT_BYTES_MAX 5
/* "(ghi bằng chữ in hoa, có dấu):", "/ Full name:": belongs to the label in front of it. */
#define TAIL_WORDS_MAX 12
/* Room between columns against that between words: in heights of a word, which a space is not. */
#define APART_HEIGHTS 0.75
#define APART_MEDIANS 1.8
#define GAPS_MAX 60

struct known {
    const char *key;
    size_t size;
    unsigned fields;
    bool own, stop;
};

struct dictionary {
    struct known *item;
    size_t count, capacity;
    size_t from[256], until[256]; /* by first letter */
};

/* ---- what is known ---- */

/* Alike ones: those of the template itself first, its fields' before its stops. */
static int compare_known(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : 2 * (y->own - x->own) + x->stop - y->stop;
}

static bool add_all(struct dictionary *known, const char *const *keys, size_t count,
                    unsigned fields, bool own, bool stop)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(keys[i]);
        if (!own && size < FOREIGN_BYTES_MIN)
            continue;
        if (known->count == known->capacity) {
            size_t capacity = known->capacity ? 2 * known->capacity : 512;
            struct known *more = mem_resize(known->item, capacity * sizeof *more);
            if (!more)
                return false;
            known->item = more;
            known->capacity = capacity;
        }
        known->item[known->count++] = (struct known){keys[i], size, fields, own, stop};
    }
    return true;
}

static bool add_template(struct dictionary *known, const struct template *template, bool own)
{
    bool ok = add_all(known, template->stop, template->stop_count, 0, own, true);
    for (size_t i = 0; i < template->rule_count; i++)
        for (const struct field_rule *rule = &template->rule[i]; ok && rule; rule = rule->otherwise)
            ok = add_all(known, rule->label, rule->label_count, 1u << rule->field, own, false) &&
                 add_all(known, rule->before, rule->before_count, 0, own, true);
    return ok;
}

static bool make_dictionary(const struct templates *templates, const struct template *template,
                            struct dictionary *out)
{
    bool ok = add_template(out, template, true);
    for (int type = 0; ok && type < DOC_TYPE_COUNT; type++) {
        const struct template *other = templates_find(templates, (enum doc_type)type);
        if (other != template && other->type == (enum doc_type)type)
            ok = add_template(out, other, false);
    }
    if (!ok)
        return false;
    if (out->count)
        qsort(out->item, out->count, sizeof *out->item, compare_known);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        struct known *before = kept ? &out->item[kept - 1] : NULL;
        if (before && strcmp(out->item[i].key, before->key) == 0) {
            before->fields |= out->item[i].fields;
            before->stop = before->stop || (out->item[i].own && out->item[i].stop);
        } else {
            out->item[kept++] = out->item[i];
        }
    }
    out->count = kept;
    for (size_t i = 0; i < kept; i++) {
        unsigned char letter = (unsigned char)*out->item[i].key;
        if (!i || (unsigned char)*out->item[i - 1].key != letter)
            out->from[letter] = i;
        out->until[letter] = i + 1;
    }
    return true;
}

/* ---- what stands there ---- */

static bool ends_with(const char *text, char c)
{
    size_t size = strlen(text);
    return size && text[size - 1] == c;
}

/* Words from `at` on that are the label; 0: it is not there. */
static size_t label_words(const struct page_text *page, size_t at, size_t line_end,
                          const struct known *known, size_t *out_distance)
{
    char key[LINE_KEY_MAX + 1];
    size_t used = 0, words = 0;
    size_t limit = known->size <= EXACT_BYTES_MAX ? 0 : fuzzy_tolerance(known->size);
    *out_distance = limit + 1;
    for (size_t i = at; i < line_end && i - at < LABEL_WORDS_MAX; i++) {
        size_t more = strlen(page->key[i]);
        if (used + more > known->size + limit || used + more > LINE_KEY_MAX)
            break;
        memcpy(key + used, page->key[i], more);
        used += more;
        bool ends_early = ends_with(page->words->item[i].text, ':') && used + limit < known->size;
        if (ends_early)
            break;
        if (used + limit < known->size)
            continue;
        if (i > at && ends_with(page->words->item[i - 1].text, ':'))
            break;
        size_t distance = fuzzy_distance(key, used, known->key, known->size, limit);
        if (distance < *out_distance) {
            *out_distance = distance;
            words = i - at + 1;
        }
    }
    return words;
}

struct match {
    const struct known *known;
    size_t words, distance;
};

static bool is_better(const struct match *match, const struct match *best)
{
    size_t size = best->known ? best->known->size : 0;
    return match->known->size > size ||
           (match->known->size == size && match->distance < best->distance);
}

static bool colon_follows(const struct page_text *page, size_t end, size_t line_end)
{
    return ends_with(page->words->item[end - 1].text, ':') ||
           (end < line_end && page->words->item[end].text[0] == ':');
}

/* A longer one of another template outdoes the template's own only with a colon behind it. */
static struct match match_at(const struct page_text *page, const struct dictionary *dictionary,
                             size_t at, size_t line_end)
{
    struct match own = {0}, foreign = {0};
    unsigned char letter = (unsigned char)*page->key[at];
    for (size_t i = dictionary->from[letter]; letter && i < dictionary->until[letter]; i++) {
        struct match match = {.known = &dictionary->item[i]};
        match.words = label_words(page, at, line_end, match.known, &match.distance);
        struct match *best = match.known->own ? &own : &foreign;
        if (match.words && is_better(&match, best))
            *best = match;
    }
    bool outdone =
        foreign.known && (!own.known || (foreign.known->size > own.known->size &&
                                         colon_follows(page, at + foreign.words, line_end)));
    return outdone ? foreign : own;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

bool word_stands_apart(const struct page_text *page, const struct page_line *line, size_t at)
{
    double gaps[GAPS_MAX];
    size_t count = 0, end = line->first + line->count;
    if (at <= line->first || at >= end)
        return at == line->first;
    for (size_t i = line->first + 1; i < end && count < GAPS_MAX; i++) {
        const struct rect_mm *left = &page->words->item[i - 1].box;
        gaps[count++] = page->words->item[i].box.x - left->x - left->w;
    }
    const struct rect_mm *before = &page->words->item[at - 1].box;
    double gap_mm = page->words->item[at].box.x - before->x - before->w;
    qsort(gaps, count, sizeof *gaps, compare_doubles);
    double middle = gaps[(count - 1) / 2];
    return gap_mm > APART_HEIGHTS * before->h && (count < 3 || gap_mm > APART_MEDIANS * middle);
}

/* "1.", "a)", "II.": what numbers the entries of a form. */
static bool is_enumerator(const char *text)
{
    size_t size = strlen(text);
    return size >= 2 && size <= 5 && strchr(".)/", text[size - 1]);
}

/* A label stands at the start of a line or of a clause, or carries a colon: in running text the
 * same words are no label. */
static bool stands_as_label(const struct page_text *page, const struct label *label)
{
    const struct word *item = page->words->item;
    size_t at = label->first;
    bool at_start = true;
    for (size_t i = label->line->first; i < at; i++)
        at_start = at_start && (!*page->key[i] || is_enumerator(item[i].text));
    const char *before = at > label->line->first ? item[at - 1].text : " ";
    bool clause = strchr(",;.(", before[strlen(before) - 1]);
    return label->closed || label->apart || at_start || clause || item[at].text[0] == '(';
}

/* Plain letters only, as English under or behind a Vietnamese label has them. */
static bool is_plain(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

/* "/ Full name:" up to its colon or to the end of the line: one past its last word, or `at`. */
static size_t behind_other_language(const struct page_text *page, size_t at, size_t end)
{
    const struct word *item = page->words->item;
    if (at >= end || item[at].text[0] != '/')
        return at;
    for (size_t i = at; i < end && i - at < TAIL_WORDS_MAX; i++) {
        if (!is_plain(item[i].text) || item[i].text[strspn(item[i].text, "0123456789")] == 0)
            return at;
        if (ends_with(item[i].text, ':') || i + 1 == end)
            return i + 1;
    }
    return at;
}

/* "(ghi bằng chữ in hoa):" */
static size_t behind_bracket(const struct page_text *page, size_t at, size_t end)
{
    const struct word *item = page->words->item;
    if (at >= end || item[at].text[0] != '(')
        return at;
    for (size_t i = at; i < end && i - at < TAIL_WORDS_MAX; i++)
        if (strchr(item[i].text, ')')) {
            bool colon_apart = i + 1 < end && strcmp(item[i + 1].text, ":") == 0;
            return i + 1 + colon_apart;
        }
    return at;
}

static bool starts_small(const char *text)
{
    return (*text >= 'a' && *text <= 'z') || strncmp(text, "đ", 2) == 0;
}

/* Small words up to a colon make another label of it. */
static bool goes_on_to_colon(const struct page_text *page, size_t at, size_t end)
{
    const struct word *item = page->words->item;
    for (size_t i = at; i < end && i - at < TAIL_WORDS_MAX && starts_small(item[i].text); i++)
        if (ends_with(item[i].text, ':'))
            return true;
    return false;
}

static struct label make_label(const struct page_text *page, const struct page_line *line,
                               size_t at, const struct match *match)
{
    const struct word *item = page->words->item;
    size_t end = line->first + line->count;
    struct label label = {.line = line,
                          .first = at,
                          .end = at + match->words,
                          .key = match->known->key,
                          .fields = match->known->fields,
                          .own = match->known->own,
                          .stop = match->known->own && match->known->stop};
    bool colon = colon_follows(page, label.end, end);
    label.value = label.end;
    if (!colon) {
        label.value = behind_bracket(page, label.end, end);
        label.value = behind_other_language(page, label.value, end);
        label.other = label.value == label.end && goes_on_to_colon(page, label.end, end);
    }
    bool tail_colon = label.value > label.end && ends_with(item[label.value - 1].text, ':');
    label.closed = colon || tail_colon;
    label.apart = match->words > 1 && at > line->first && word_stands_apart(page, line, at);
    label.stands = stands_as_label(page, &label);
    return label;
}

/* "Giới tính: Nam   Sinh ngày: …" has no "Năm sinh": a label that begins inside, goes on behind and
 * has the colon is the one that stands there. */
static bool is_outdone(const struct page_text *page, const struct dictionary *dictionary, size_t at,
                       const struct match *match, size_t line_end)
{
    if (colon_follows(page, at + match->words, line_end))
        return false;
    for (size_t i = at + 1; i < at + match->words; i++) {
        struct match inner = match_at(page, dictionary, i, line_end);
        if (inner.known && i + inner.words > at + match->words &&
            colon_follows(page, i + inner.words, line_end))
            return true;
    }
    return false;
}

static enum err_code find_on_line(const struct page_text *page, const struct page_line *line,
                                  const struct dictionary *dictionary, struct labels *out,
                                  size_t *capacity, struct err *err)
{
    size_t end = line->first + line->count;
    for (size_t at = line->first; at < end && out->count < LABELS_MAX; at++) {
        struct match match = match_at(page, dictionary, at, end);
        if (!match.known || is_outdone(page, dictionary, at, &match, end))
            continue;
        if (out->count == *capacity) {
            size_t more = *capacity ? 2 * *capacity : 64;
            struct label *item = mem_resize(out->item, more * sizeof *item);
            if (!item)
                return err_set(err, ERR_NO_MEMORY, "labels of a page");
            out->item = item;
            *capacity = more;
        }
        struct label label = make_label(page, line, at, &match);
        out->item[out->count++] = label;
        at = label.end - 1;
    }
    return ERR_OK;
}

enum err_code labels_find(const struct page_text *page, const struct templates *templates,
                          const struct template *template, struct labels *out, struct err *err)
{
    struct dictionary dictionary = {0};
    size_t capacity = 0;
    enum err_code code = ERR_OK;
    if (!make_dictionary(templates, template, &dictionary))
        code = err_set(err, ERR_NO_MEMORY, "labels of templates");
    for (size_t i = 0; !code && i < page->line_count; i++)
        code = find_on_line(page, &page->line[i], &dictionary, out, &capacity, err);
    mem_free(dictionary.item);
    return code;
}

void labels_done(struct labels *labels)
{
    mem_free(labels->item);
    *labels = (struct labels){0};
}

bool label_is_of(const struct label *label, const struct field_rule *rule)
{
    for (size_t i = 0; label->own && i < rule->label_count; i++)
        if (strcmp(rule->label[i], label->key) == 0)
            return true;
    return false;
}

const struct label *labels_at(const struct labels *labels, size_t word)
{
    for (size_t i = 0; i < labels->count; i++)
        if (labels->item[i].first == word)
            return &labels->item[i];
    return NULL;
}

const struct label *labels_ending(const struct labels *labels, const struct field_rule *rule,
                                  size_t from, size_t end)
{
    const struct label *next = NULL;
    for (size_t i = 0; i < labels->count; i++) {
        const struct label *label = &labels->item[i];
        if (label->first < from || label->first >= end || (next && next->first < label->first))
            continue;
        bool ends = label->closed || (label->stop && !label_is_of(label, rule)) || label->apart;
        if (ends)
            next = label;
    }
    return next;
}
