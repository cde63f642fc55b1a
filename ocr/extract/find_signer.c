#include "daemon/base/buf.h"
#include "daemon/base/mem.h"
#include "ocr/classify/signature.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_place.h"
#include "ocr/extract/print_check.h"
#include "ocr/extract/witness.h"

#include <math.h>
#include <string.h>

/* Zone 7: the position in capitals (CHỦ TỊCH, KT. GIÁM ĐỐC), the signature, the name under it: the
 * signature block of the last written page, and where none is sure, the right half of the page. */

/* From the position down to the name there is room for a signature and a seal. */
#define NAME_BELOW_MIN_MM 8
#define NAME_BELOW_MAX_MM 55
#define SENTENCE_WORDS 7
#define SIGNING_LINES_MAX 3

static bool is_office(const struct signature *block)
{
    for (const struct page_line *line = block->first; line <= block->last; line++)
        if (rect_overlap_mm2(line->box, block->box) > 0 && signature_is_position(line))
            return true;
    return false;
}

/* Of the sure blocks with a name the lowest, one on the right before one on the left. */
static const struct signature *find_block(const struct page_text *page, const struct layout *layout,
                                          bool of_office)
{
    const struct signature *best = NULL;
    bool best_right = false;
    for (size_t i = 0; i < layout->end.signature_count; i++) {
        const struct signature *block = &layout->end.signature[i];
        bool right = page_line_center_mm(block->last) > page->frame.x + page->frame.w / 2;
        if (block->confidence < PAGE_ZONE_SURE || !block->name || (best_right && !right) ||
            (of_office && !is_office(block)))
            continue;
        best = block;
        best_right = right;
    }
    return best;
}

/* The lowest position line right of the middle. */
static const struct page_line *find_position(const struct page_text *page)
{
    double middle_mm = page->frame.x + page->frame.w / 2;
    for (size_t i = page->line_count; i-- > 0;) {
        const struct page_line *line = &page->line[i];
        if (page_line_center_mm(line) > middle_mm && line->box.y > page->frame.y + 20 &&
            strlen(line->key) < 60 && signature_is_position(line) && page_line_is_caps(page, line))
            return line;
    }
    return NULL;
}

static bool name_is_printed(const struct page_text *page, double aspect,
                            const struct page_line *position, const struct page_line *name)
{
    struct print_scale scale =
        print_scale_of(page->words, position->first, position->count, NULL, aspect);
    if (print_agrees(page->words, name->first, name->count, aspect) ||
        print_is_clear(page->words, name->first, name->count))
        return true;
    for (size_t i = name->first; i < name->first + name->count; i++)
        if (*page->key[i] && !print_fits(page->words, i, &scale, &print_text))
            return false;
    return true;
}

/* A seal swallows letters at the edge of the name: what is left of it may look whole. Family,
 * middle and given name, with nothing unreadable beside them, are taken as whole. */
static bool name_is_whole(const struct page_text *page, const struct page_line *name)
{
    for (size_t i = name->first; i < name->first + name->count; i++)
        if (!*page->key[i])
            return false;
    return name->count >= 3;
}

/* A stamp beside the name, or instead of it. */
static bool has_word_in_caps(const struct page_text *page, const struct page_line *line)
{
    for (size_t i = line->first; i < line->first + line->count; i++)
        if (strlen(page->key[i]) >= 2 &&
            page_line_is_caps(page, &(struct page_line){.first = i, .count = 1}))
            return true;
    return false;
}

/* Caller's; NULL: no name. */
static char *line_name(const struct page_text *page, const struct page_line *line)
{
    AUTO(mem) char *text = page_text_join(page, line->first, line->count);
    return text ? person_name(text) : NULL;
}

/* Text of the body below the position: what follows is no signature. */
static bool is_sentence_under(const struct page_line *line, const struct page_line *position)
{
    return line->count > SENTENCE_WORDS && line->box.x < position->box.x + position->box.w &&
           position->box.x < line->box.x + line->box.w;
}

/* The first name under the position; one in capitals only where there is no other, since that may
 * be a stamp: BẢN SAO ĐIỆN TỬ. */
static const struct page_line *find_name_line(const struct page_text *page,
                                              const struct page_line *position)
{
    const struct page_line *caps = NULL;
    double middle_mm = page_line_center_mm(position);
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        double below_mm = line->baseline_mm - position->baseline_mm;
        if (below_mm > 1 && below_mm < NAME_BELOW_MAX_MM && is_sentence_under(line, position))
            break;
        if (below_mm < NAME_BELOW_MIN_MM || below_mm > NAME_BELOW_MAX_MM ||
            fabs(page_line_center_mm(line) - middle_mm) > 30)
            continue;
        AUTO(mem) char *name = line_name(page, line);
        if (!name)
            continue;
        if (!page_line_is_caps(page, line))
            return line;
        caps = caps ? caps : line;
    }
    return caps;
}

/* Minutes are signed by several; the paper's own signature is that of who presided (NĐ 30/2020,
 * Mẫu 1.9), where one did. */
static bool presides(const struct page_text *page, const struct page_line *position)
{
    static const char *const words[] = {"chutoa", "chutri"};
    size_t presiding = 0, own = 0;
    for (size_t i = 0; i < page->line_count; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
            bool names = page_line_is_caps(page, &page->line[i]) &&
                         strncmp(page->line[i].key, words[k], strlen(words[k])) == 0;
            presiding += names;
            own += names && &page->line[i] == position;
        }
    return own == 1 && presiding == 1;
}

/* An office that signs, on the last page that has one; else whoever signed, and then a person
 * looks: it may be a party. Only with a name under it. */
static const struct page_line *find_heading(const struct paper *paper, size_t *out_page,
                                            bool *out_is_office)
{
    for (int office = 1; office >= 0; office--)
        for (size_t at = paper->page_count; at-- > 0;) {
            const struct page_text *page = &paper->page[at];
            const struct signature *block = find_block(page, &paper->layout[at], office);
            const struct page_line *heading = block    ? block->last
                                              : office ? find_position(page)
                                                       : NULL;
            if (!heading || !find_name_line(page, heading))
                continue;
            *out_page = at;
            *out_is_office = office;
            return heading;
        }
    return NULL;
}

enum err_code find_signer(struct paper *paper, const struct field_rule *rule)
{
    size_t at = 0;
    bool is_office = false;
    const struct page_line *position = find_heading(paper, &at, &is_office);
    const struct page_text *page = &paper->page[at];
    const struct page_line *line = position ? find_name_line(page, position) : NULL;
    if (!line)
        return ERR_OK;
    AUTO(mem) char *name = line_name(page, line);
    double confidence = paper_words_confidence(page, line->first, line->count);
    struct found found = {.value = name,
                          .page = at,
                          .first = line->first,
                          .count = line->count,
                          .confidence = confidence,
                          .source = FIELD_FROM_ZONE,
                          .chosen = presides(page, position),
                          .ask = !is_office || has_word_in_caps(page, line) ||
                                 !name_is_printed(page, paper->aspect[at], position, line) ||
                                 !name_is_whole(page, line)};
    if (found.ask && confidence > CONFIDENCE_DOUBTED)
        found.confidence = CONFIDENCE_DOUBTED;
    return name ? paper_propose(paper, rule, &found) : ERR_OK;
}

/* "TM. ỦY BAN NHÂN DÂN" may go on below, before the position. */
static size_t signing_lines(const struct page_text *page, size_t at)
{
    size_t count = 1;
    const struct page_line *first = &page->line[at];
    while (at + count < page->line_count && count < SIGNING_LINES_MAX) {
        const struct page_line *next = &page->line[at + count];
        bool under = next->baseline_mm - next[-1].baseline_mm < NAME_BELOW_MIN_MM &&
                     fabs(page_line_center_mm(next) - page_line_center_mm(first)) < 30;
        if (!under || signature_is_position(next) || !page_line_is_caps(page, next))
            break;
        count++;
    }
    return count;
}

/* The words behind "TM." as an agency's name; NULL: they name none that can be told apart.
 * Caller's. */
static char *signing_agency(const struct page_text *page, const struct page_line *first,
                            size_t count)
{
    AUTO(buf) struct buf text;
    buf_init(&text, 1000);
    for (size_t i = 0; i < count; i++) {
        size_t from = first[i].first + (i == 0), end = first[i].first + first[i].count;
        AUTO(mem) char *part = page_text_join(page, from, end - from);
        buf_printf(&text, "%s%s", i ? " " : "", part ? part : "");
    }
    AUTO(mem) char *caps = buf_take(&text);
    AUTO(mem) char *name = caps ? agency_from_caps(caps) : NULL;
    return name && agency_unit(name) ? TAKE(name) : NULL;
}

/* Where the name ends is certain where the paper names the same unit elsewhere, as in the address
 * of the land that the certificate is about. */
static void judge_signing(const struct paper *paper, const struct page_line *const *lines,
                          size_t count, struct found *found)
{
    const struct page_text *page = &paper->page[found->page];
    const char *unit = found->value ? agency_unit(found->value) : NULL;
    found->first = lines[0]->first + 1; /* behind "TM." */
    found->count = lines[0]->count - 1;
    if (count == 2) {
        found->rest_first = lines[1]->first;
        found->rest_count = lines[1]->count;
    } else if (count > 2) {
        found->line = lines;
        found->line_count = count;
    }
    found->confidence = paper_words_confidence(page, found->first, found->count);
    if (found->rest_count)
        found->confidence = fmin(
            found->confidence, paper_words_confidence(page, found->rest_first, found->rest_count));
    found->ask = count > 2 || !unit || !witness_of_unit(paper, unit);
}

enum err_code find_signing(struct paper *paper, const struct field_rule *rule)
{
    for (size_t at = paper->page_count; at-- > 0;) {
        const struct page_text *page = &paper->page[at];
        for (size_t i = page->line_count; i-- > 0;) {
            const struct page_line *line = &page->line[i];
            if (strcmp(page->key[line->first], "tm") != 0 || line->count < 2)
                continue;
            size_t count = signing_lines(page, i);
            AUTO(mem) char *name = signing_agency(page, line, count);
            const struct page_line *lines[SIGNING_LINES_MAX];
            for (size_t k = 0; k < count; k++)
                lines[k] = &line[k];
            struct found found = {.value = name, .page = at, .source = FIELD_FROM_ZONE};
            judge_signing(paper, lines, count, &found);
            if (name)
                return paper_propose(paper, rule, &found);
        }
    }
    return ERR_OK;
}
