#include "daemon/base/mem.h"
#include "ocr/classify/fuzzy.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_place.h"
#include "ocr/extract/print_check.h"

#include <math.h>
#include <string.h>

/* Zone 7: the position in capitals (CHỦ TỊCH, KT. GIÁM ĐỐC), the signature, the name under it, in
 * the right half of the last written page. */

/* From the position down to the name there is room for a signature and a seal. */
#define NAME_BELOW_MIN_MM 8
#define NAME_BELOW_MAX_MM 55

static bool is_position(const struct page_line *line)
{
    static const char *const positions[] = {
        "chutich",
        "giamdoc",
        "truongphong",
        "chanhvanphong",
        "botruong",
        "thutruong",
        "cuctruong",
        "hieutruong",
        "truongcongan",
        "vientruong",
        "thutuong",
        "chicuctruong",
        "truongban",
        "tongcuctruong",
        "thutruongdonvi",
        "chanhthanhtra",
        "vutruong",
        "doitruong",
        "congchuctuphaphotich",
        "nguoiky",
        "truongbanquanly",
        "photruongphong",
    };
    for (size_t i = 0; i < sizeof positions / sizeof *positions; i++)
        if (fuzzy_contains(line->key, positions[i]))
            return true;
    return false;
}

/* The lowest position line right of the middle. */
static const struct page_line *find_position(const struct page_text *page)
{
    double middle_mm = page->frame.x + page->frame.w / 2;
    for (size_t i = page->line_count; i-- > 0;) {
        const struct page_line *line = &page->line[i];
        if (page_line_center_mm(line) > middle_mm && line->box.y > page->frame.y + 20 &&
            strlen(line->key) < 60 && is_position(line) && page_line_is_caps(page, line))
            return line;
    }
    return NULL;
}

static bool name_is_printed(const struct page_text *page, const struct page_line *position,
                            const struct page_line *name)
{
    struct print_scale scale = print_scale_of(page->words, position->first, position->count, NULL);
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

enum err_code find_signer(struct paper *paper, const struct field_rule *rule)
{
    const struct page_text *page = NULL;
    const struct page_line *position = NULL;
    size_t at = paper->page_count;
    while (at > 0 && !position) {
        page = &paper->page[--at];
        position = find_position(page);
    }
    if (!position)
        return ERR_OK;
    const struct page_line *line = find_name_line(page, position);
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
                          .ask = has_word_in_caps(page, line) ||
                                 !name_is_printed(page, position, line) ||
                                 !name_is_whole(page, line)};
    if (found.ask && confidence > CONFIDENCE_DOUBTED)
        found.confidence = CONFIDENCE_DOUBTED;
    return name ? paper_propose(paper, rule, &found) : ERR_OK;
}
