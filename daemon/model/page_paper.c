#include "daemon/model/page_paper.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* ISO 216, ANSI, ISO/IEC 7810 (ID-3: the page of a passport); short side first */
static const struct {
    const char *name;
    double shorter, longer;
} sizes[] = {
    {"A3", 297, 420},        {"A4", 210, 297},  {"A5", 148, 210},
    {"A6", 105, 148},        {"B5", 176, 250},  {"Letter", 215.9, 279.4},
    {"Legal", 215.9, 355.6}, {"ID-3", 88, 125}, {PAPER_CARD, 53.98, 85.6},
};

static bool fits(double mm, double standard)
{
    return fabs(mm - standard) <=
           fmax(PAPER_SIZE_TOLERANCE_MM, PAPER_SIZE_TOLERANCE_SHARE * standard);
}

const char *paper_size_name(struct size_mm sides)
{
    double shorter = fmin(sides.w, sides.h), longer = fmax(sides.w, sides.h);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (fits(shorter, sizes[i].shorter) && fits(longer, sizes[i].longer))
            return sizes[i].name;
    return PAPER_OTHER;
}

static double rounded(double mm)
{
    return round(mm * 10) / 10;
}

struct js *page_paper_to_js(const struct page_paper *paper)
{
    return js_pack("{s:s, s:f, s:f, s:o}", "size", paper_size_name(paper->sides), "width_mm",
                   rounded(paper->sides.w), "height_mm", rounded(paper->sides.h), "box_mm",
                   rect_to_js(paper->box));
}

enum err_code page_paper_from_js(const struct js *value, struct page_paper *out, struct err *err)
{
    struct page_paper paper;
    enum err_code code = js_get_real(value, "width_mm", &paper.sides.w, err);
    if (!code)
        code = js_get_real(value, "height_mm", &paper.sides.h, err);
    if (!code)
        code = rect_from_js(value, "box_mm", &paper.box, err);
    if (!code)
        *out = paper;
    return code;
}
