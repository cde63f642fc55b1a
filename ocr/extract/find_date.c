#include "daemon/base/mem.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_date.h"
#include "ocr/extract/parse_place.h"
#include "ocr/extract/read_words.h"

#include <math.h>
#include <string.h>

/* Zone 4 and its like: where a paper says when and at what place it was issued. */

#define SIGNATURE_BELOW_MM 12
#define SIGNER_WORDS_MAX 4
#define SIGNATURE_ASIDE_MM 25
#define CLOSING_PLACE_WORDS 7 /* "thành phố Hồ Chí Minh," and a word of noise */

static bool same_day(const struct date_words *a, const struct date_words *b)
{
    return a->readable && b->readable && a->date.day == b->date.day &&
           a->date.month == b->date.month && a->date.year == b->date.year;
}

/* The head's date line: the topmost line above the title that names a day and a month, one beside
 * or under the motto first; what stands aside comes last. *out_doubt: another line names another
 * day. */
static bool find_date_line(const struct paper *paper, struct date_words *out, bool *out_doubt)
{
    const struct page_text *page = paper->face;
    double below = paper->head.bottom_mm;
    if (paper->kind.title)
        below = paper->kind.title->baseline_mm;
    else if (paper->head.addressee)
        below = paper->head.addressee->baseline_mm;
    const struct layout *layout = &paper->layout[paper->face_index];
    bool found = false, doubt = false;
    int best = 0;
    for (size_t i = 0; i < page->line_count && page->line[i].baseline_mm < below; i++) {
        const struct page_line *line = &page->line[i];
        struct date_words at;
        if (line->in_stamp || !read_date_words(page, line->first, line->count, &at))
            continue;
        doubt = doubt || (found && !same_day(&at, out));
        int rank = 2 * layout_puts(layout, page, line, PAGE_ZONE_HEAD_RIGHT) + !line->aside;
        if (found && rank <= best)
            continue;
        *out = at;
        found = true;
        best = rank;
    }
    *out_doubt = doubt;
    return found;
}

static enum err_code propose_date(struct paper *paper, const struct field_rule *rule,
                                  size_t page_index, const struct date_words *at, bool doubt)
{
    const struct page_text *page = &paper->page[page_index];
    char iso[DATE_ISO_SIZE];
    struct found found = {.page = page_index,
                          .first = at->label,
                          .count = at->end - at->label,
                          .rest_first = at->label_is_below ? at->year_label : at->year,
                          .rest_count = (size_t)at->year_is_below + at->label_is_below,
                          .source = FIELD_FROM_ZONE};
    bool good = !doubt && read_date_is_printed(page, paper->aspect[page_index], at);
    if (at->readable) {
        date_iso(&at->date, iso);
        found.value = iso;
        found.confidence = fmin(paper_words_confidence(page, at->day, 1),
                                fmin(paper_words_confidence(page, at->month, 1),
                                     paper_words_confidence(page, at->year, 1)));
        if (good && found.confidence >= CONFIDENCE_SURE)
            found.confidence = fmax(found.confidence, CONFIDENCE_AGREED);
        else if (good && paper_words_confidence(page, at->year, 1) >= CONFIDENCE_SURE)
            found.confidence = CONFIDENCE_SURE;
        if (!good && found.confidence > CONFIDENCE_DOUBTED)
            found.confidence = CONFIDENCE_DOUBTED;
    }
    found.ask = !good;
    return paper_propose(paper, rule, &found);
}

enum err_code find_date(struct paper *paper, const struct field_rule *rule)
{
    struct date_words at;
    bool doubt;
    if (!paper->face || !find_date_line(paper, &at, &doubt))
        return ERR_OK;
    return propose_date(paper, rule, paper->face_index, &at, doubt);
}

/* Minutes carry their date in the first sentence: "Hôm nay, hồi 16 giờ, ngày 20 tháng 11 năm 2025".
 */
enum err_code find_opening(struct paper *paper, const struct field_rule *rule)
{
    const struct page_text *page = paper->face;
    if (!page || !paper->kind.title)
        return ERR_OK;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        struct date_words at;
        if (line->baseline_mm <= paper->kind.title->baseline_mm)
            continue;
        if (line->baseline_mm > paper->head.bottom_mm + 20)
            break;
        if (read_date_words(page, line->first, line->count, &at))
            return propose_date(paper, rule, paper->face_index, &at, line->aside);
    }
    return ERR_OK;
}

/* Words in front of "ngày" are the place. */
static enum err_code propose_place(struct paper *paper, const struct field_rule *rule,
                                   size_t page_index, size_t first, const struct date_words *at,
                                   bool doubt)
{
    const struct page_text *page = &paper->page[page_index];
    if (first >= at->label)
        return ERR_OK;
    size_t count = at->label - first;
    AUTO(mem) char *text = page_text_join(page, first, count);
    AUTO(mem) char *place = text ? place_name(text) : NULL;
    struct found found = {.value = place,
                          .page = page_index,
                          .first = first,
                          .count = count,
                          .confidence = paper_words_confidence(page, first, count),
                          .source = FIELD_FROM_ZONE,
                          .ask = doubt};
    return paper_propose(paper, rule, &found);
}

/* On the head's date line, after the number when both share it. */
enum err_code find_place(struct paper *paper, const struct field_rule *rule)
{
    const struct page_text *page = paper->face;
    struct date_words at;
    bool doubt;
    if (!page || !find_date_line(paper, &at, &doubt))
        return ERR_OK;
    size_t number_first, number_count, first = at.line_first;
    if (read_number_words(page, &paper->head, &number_first, &number_count) &&
        number_first >= at.line_first && number_first < at.label)
        first = number_first + number_count;
    return propose_place(paper, rule, paper->face_index, first, &at, doubt);
}

/* Forms carry place and date above the signature: "Nam Định, ngày 31 tháng 01 năm 2016" on a line
 * of its own, right of the middle and below the title. The lowest one of the last page that has
 * one. */
static bool is_closing_line(const struct paper *paper, size_t page_index,
                            const struct page_line *line, struct date_words *out)
{
    const struct page_text *page = &paper->page[page_index];
    bool on_face = page_index == paper->face_index;
    double from_mm = on_face && paper->kind.title ? paper->kind.title->baseline_mm : 0;
    if (line->baseline_mm <= from_mm || line->in_stamp ||
        page_line_center_mm(line) <= page->frame.x + page->frame.w / 2 ||
        !read_date_words(page, line->first, line->count, out))
        return false;
    size_t before = out->label - line->first, behind = line->first + line->count - out->end;
    return before <= CLOSING_PLACE_WORDS && behind <= 1;
}

static bool is_under(const struct page_line *line, double baseline_mm, double middle_mm)
{
    double down_mm = line->baseline_mm - baseline_mm;
    return down_mm > 0 && down_mm < SIGNATURE_BELOW_MM &&
           fabs(page_line_center_mm(line) - middle_mm) < SIGNATURE_ASIDE_MM;
}

/* "Người khai", "Người làm đơn" */
static bool names_a_signer(const struct page_line *line)
{
    return strncmp(line->key, "nguoi", 5) == 0 && line->count <= SIGNER_WORDS_MAX;
}

/* Whoever signs is named under the date: it is the paper's own, however alone it stands. */
static bool stands_over_signature(const struct paper *paper, size_t page_index,
                                  const struct date_words *at)
{
    const struct page_text *page = &paper->page[page_index];
    const struct paper_end *end = &paper->layout[page_index].end;
    const struct word *last = &page->words->item[at->end - 1];
    double middle_mm = (page->words->item[at->line_first].box.x + last->box.x + last->box.w) / 2;
    double baseline_mm = page->words->item[at->year].baseline_mm;
    bool over = false;
    for (size_t i = 0; i < end->signature_count; i++)
        over = over || is_under(end->signature[i].first, baseline_mm, middle_mm);
    for (size_t i = 0; i < page->line_count; i++)
        over = over ||
               (names_a_signer(&page->line[i]) && is_under(&page->line[i], baseline_mm, middle_mm));
    return over;
}

/* A line aside comes last and is a question: it may have been stamped on. */
static bool find_closing_line(const struct paper *paper, size_t *out_page, struct date_words *out,
                              bool *out_aside)
{
    for (int aside = 0; aside <= 1; aside++)
        for (size_t p = paper->page_count; p-- > 0;)
            for (size_t i = paper->page[p].line_count; i-- > 0;) {
                const struct page_line *line = &paper->page[p].line[i];
                if (line->aside != aside || !is_closing_line(paper, p, line, out))
                    continue;
                *out_page = p;
                *out_aside = aside;
                return true;
            }
    return false;
}

enum err_code find_closing(struct paper *paper, const struct field_rule *rule)
{
    struct date_words at;
    size_t page;
    bool aside;
    if (!find_closing_line(paper, &page, &at, &aside))
        return ERR_OK;
    bool doubt = aside && !stands_over_signature(paper, page, &at);
    if (rule->field == FIELD_issue_place)
        return propose_place(paper, rule, page, at.line_first, &at, doubt);
    return propose_date(paper, rule, page, &at, doubt);
}
