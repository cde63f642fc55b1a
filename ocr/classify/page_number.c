#include "ocr/classify/page_number.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define NUMBER_MAX 500
#define EDGE_SHARE 0.12   /* of the sheet's height, where numbers stand */
#define CENTRE_SHARE 0.12 /* of its width, beside the middle */

static const char *skip_marks(const char *at)
{
    while (*at && (strchr(" -.[](){}", *at) || (unsigned char)*at > 127))
        at++; /* dashes of all kinds */
    return at;
}

static const char *read_digits(const char *at, int *out)
{
    const char *from = at;
    for (*out = 0; isdigit((unsigned char)*at) && at - from < 4; at++)
        *out = *out * 10 + (*at - '0');
    return at;
}

bool page_number_read(const char *text, struct page_number *out)
{
    struct page_number read = {0};
    const char *at = skip_marks(text);
    if ((text_starts(at, "Trang") || text_starts(at, "TRANG") || text_starts(at, "trang")))
        at = skip_marks(at + 5 + (at[5] == ':'));
    at = skip_marks(read_digits(at, &read.number));
    if (*at == '/') {
        at = read_digits(skip_marks(at + 1), &read.of);
        if (read.of < read.number)
            return false;
    }
    if (*skip_marks(at) || read.number < 1 || read.number > NUMBER_MAX || read.of > NUMBER_MAX)
        return false;
    *out = read;
    return true;
}

/* The only line at the edge, and a number alone stands in the middle: else it may be of a list, a
 * stamp or an address. */
static bool is_at_edge(const struct page_text *text, size_t at, bool top)
{
    const struct page_line *line = &text->line[at];
    struct size_mm page = text->words->page;
    bool inside = top ? line->box.y + line->box.h > page.h * EDGE_SHARE
                      : line->box.y < page.h * (1 - EDGE_SHARE);
    if (inside || line->in_stamp)
        return false;
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *other = &text->line[i];
        double gap = top ? other->box.y - line->box.y - line->box.h
                         : line->box.y - other->box.y - other->box.h;
        if (i != at && gap < 0)
            return false;
    }
    return true;
}

static bool read_line(const struct page_text *text, size_t at, bool top, struct page_number *out)
{
    const struct page_line *line = &text->line[at];
    struct page_number read;
    if (line->count > 6 || !is_at_edge(text, at, top))
        return false;
    AUTO(mem) char *joined = page_text_join(text, line->first, line->count);
    if (!joined || !page_number_read(joined, &read))
        return false;
    double middle = text->words->page.w / 2;
    bool said = read.of || strspn(line->key, "0123456789") != strlen(line->key);
    if (!said && fabs(page_line_center_mm(line) - middle) > 2 * middle * CENTRE_SHARE)
        return false;
    *out = read;
    return true;
}

void page_number_find(const struct page_text *text, struct page_number *out)
{
    *out = (struct page_number){0};
    for (size_t i = 0; i < text->line_count; i++)
        if (read_line(text, i, true, out) || read_line(text, i, false, out))
            return;
}
