#include "drivers/folder/copy_exception.h"

#include "daemon/image/paper.h"

#include <math.h>
#include <stdbool.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define MM_PER_INCH 25.4
#define LEAST_DPI 199.0 /* 200, less what rounding to whole points and pixels takes */
#define UNEVEN 0.05
#define PAPER_TOLERANCE 0.04
#define EXACT_TOLERANCE 0.01
#define CARELESS_DPI 97.0 /* 72 and 96 are what programs write that know nothing */

/* ISO 216, ANSI, ISO/IEC 7810 and 269; F4 is common in Vietnam; short side first */
static const struct size_mm office_papers[] = {
    {297, 420},     {210, 297}, {148, 210}, {105, 148},    {74, 105}, {250, 353}, {176, 250},
    {215.9, 279.4}, {216, 356}, {215, 330}, {53.98, 85.6}, {88, 125}, {110, 220}, {162, 229},
};
static const struct size_mm large_papers[] = {{841, 1189}, {594, 841}, {420, 594}};
static const struct size_mm usual_papers[] = {
    {297, 420}, {210, 297}, {148, 210}, {215.9, 279.4}, {53.98, 85.6},
};
static const int standard_dpi[] = {100, 150, 200, 240, 300, 400, 600};

static bool fits_one(const struct size_mm *papers, size_t count, const struct image_info *info,
                     double dpi, double tolerance)
{
    double shorter = fmin(info->width, info->height) / dpi * MM_PER_INCH;
    double longer = fmax(info->width, info->height) / dpi * MM_PER_INCH;
    for (size_t i = 0; i < count; i++)
        if (fabs(shorter / papers[i].w - 1) <= tolerance &&
            fabs(longer / papers[i].h - 1) <= tolerance)
            return true;
    return false;
}

static bool is_paper(const struct image_info *info, double dpi)
{
    return fits_one(office_papers, COUNT_OF(office_papers), info, dpi, PAPER_TOLERANCE) ||
           (dpi > CARELESS_DPI &&
            fits_one(large_papers, COUNT_OF(large_papers), info, dpi, PAPER_TOLERANCE));
}

static double exact_dpi(const struct image_info *info)
{
    for (size_t i = 0; i < COUNT_OF(standard_dpi); i++)
        if (fits_one(usual_papers, COUNT_OF(usual_papers), info, standard_dpi[i], EXACT_TOLERANCE))
            return standard_dpi[i];
    return 0;
}

static void judge_resolution(const struct image_info *info, struct copy_judgement *out)
{
    double fit = exact_dpi(info);
    out->dpi = info->dpi;
    out->source = DPI_FILE;
    if (!(info->dpi > 0)) {
        out->exceptions |= COPY_RESOLUTION_MISSING;
        out->dpi = paper_guess_dpi(info->width, info->height, &out->source);
        return;
    }
    if (is_paper(info, info->dpi))
        return;
    if (fit > 0) {
        out->exceptions |= COPY_RESOLUTION_LYING;
        out->dpi = fit;
        out->source = DPI_PAPER;
    } else if (!paper_dpi_is_plausible(info->width, info->height, info->dpi)) {
        out->exceptions |= COPY_RESOLUTION_LYING;
        out->dpi = paper_guess_dpi(info->width, info->height, &out->source);
    }
}

struct copy_judgement copy_judge(const struct image_info *info)
{
    struct copy_judgement judgement = {0};
    judge_resolution(info, &judgement);
    if (judgement.source != DPI_ASSUMED && judgement.dpi < LEAST_DPI)
        judgement.exceptions |= COPY_LOW_RESOLUTION;
    if (info->bilevel)
        judgement.exceptions |= COPY_BILEVEL;
    return judgement;
}

struct js *copy_exceptions_to_js(unsigned exceptions)
{
    static const char *const names[] = {"bilevel", "low_resolution", "resolution_missing",
                                        "resolution_lying"};
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if ((exceptions & 1u << i) && !js_push(list, js_text(names[i])))
            return NULL;
    return TAKE(list);
}

struct js *copy_facts_to_js(const struct image_info *info)
{
    struct copy_judgement judgement = copy_judge(info);
    return js_pack("{s:i, s:i, s:i, s:b, s:o, s:f, s:s, s:o}", "width_px", info->width, "height_px",
                   info->height, "channels", info->channels, "bilevel", (int)info->bilevel,
                   "stated_dpi", info->dpi > 0 ? js_real(info->dpi) : js_null(), "dpi",
                   judgement.dpi, "dpi_source", dpi_source_name(judgement.source), "exceptions",
                   copy_exceptions_to_js(judgement.exceptions));
}
