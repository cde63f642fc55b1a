#include "ocr/classify/starts.h"

#include "ocr/classify/annex.h"
#include "ocr/classify/head.h"

#include <math.h>
#include <string.h>

#define FIRST_PAGE 0.99
#define ANNEX 0.9
#define ANNEX_WITH_MOTTO 0.7 /* a regulation has a head of its own and belongs to its decision */

/* A start that the page numbers speak against, or for. */
#define GOES_ON 0.6
#define TITLE_GOES_ON 0.8 /* sure that it is none */
#define FROM_ONE 0.15
#define FROM_ONE_ALONE 0.6
/* Digits are misread; a longer gap is none. */
#define GAP_MAX 20

static void find_start(const struct page_text *page, struct paper_start *out)
{
    struct head head;
    head_find(page, &head);
    double starts = head_starts_paper(page, &head);
    out->is_annex = page_is_annex(page, &head);
    out->value = starts >= 0.5 && !out->is_annex;
    out->confidence = out->value      ? starts
                      : starts >= 0.5 ? ANNEX_WITH_MOTTO
                      : out->is_annex ? ANNEX
                                      : 1 - starts;
    out->why = out->value ? "motto" : NULL;
}

void starts_find(const struct page_text *pages, size_t count, struct paper_start *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct paper_start){.value = true, .confidence = FIRST_PAGE, .why = "first"};
        if (i)
            find_start(&pages[i], &out[i]);
        page_number_find(&pages[i], &out[i].number);
    }
}

static bool is_by(const struct paper_start *start, const char *why)
{
    return start->value && start->why && strcmp(start->why, why) == 0;
}

/* before: the number of the page before, counted where it bears none; ended: that was "5/5". */
static void weigh(struct paper_start *start, int before, bool ended)
{
    int number = start->number.number;
    bool may_start = start->value && !is_by(start, "separator") && !is_by(start, "first");
    if (number > 1 && number == before + 1 && is_by(start, "title")) {
        *start = (struct paper_start){.confidence = TITLE_GOES_ON, .number = start->number};
    } else if (number > 1 && number == before + 1 && may_start) {
        start->confidence = GOES_ON;
    } else if (may_start && (number == 1 || (ended && !number))) {
        start->confidence = fmin(0.99, start->confidence + FROM_ONE);
    } else if (!start->value && !start->is_annex && number == 1 && before > 1) {
        start->value = true;
        start->confidence = FROM_ONE_ALONE;
        start->why = "number";
    }
}

static void note_gap(struct paper_start *start, int before)
{
    int number = start->number.number;
    if (!start->value && number > before + 1 && number <= before + GAP_MAX)
        start->missing = before + 1;
}

void starts_weigh_numbers(const struct page_text *pages, size_t count, struct paper_start *start)
{
    int before = 0;
    bool ended = false;
    for (size_t i = 0; i < count; i++) {
        const struct page_number number = start[i].number;
        if (!pages[i].line_count && !start[i].value)
            continue; /* blank backs bear no number */
        if (i)
            weigh(&start[i], before, ended);
        if (start[i].value)
            before = 0;
        note_gap(&start[i], before);
        before = number.number ? number.number : before + 1;
        ended = number.of && number.of == number.number;
    }
}
