#include "drivers/page_area.h"

#include <math.h>
#include <string.h>

#define MM_PER_INCH 25.4
#define CARD_MARGIN_MM 5
#define FIT_MM 3 /* glasses of A4 are 296.9 by 215.9 mm and less */
#define SAME_CORNER_MM 1

static const struct paper_row {
    const char *name;
    struct size_mm size;
} papers[] = {
    [PAPER_UNSET] = {"", {0, 0}},         [PAPER_A3] = {"a3", {297, 420}},
    [PAPER_A4] = {"a4", {210, 297}},      [PAPER_A5] = {"a5", {148, 210}},
    [PAPER_ID1] = {"id1", {85.6, 53.98}}, [PAPER_AUTO] = {"auto", {0, 0}},
};

/* Feeders that measure the sheet when this is on. */
static const char *const measuring_switches[] = {
    "ald",     /* fujitsu: automatic length detection */
    "adf-crp", /* epsonds */
    "adf_crp",
};

/* The area counts only when the paper is one of one's own. */
static const struct own_size {
    const char *option, *text;
} own_sizes[] = {
    {"paper-size", "user_def"}, /* kvs1025, kvs20xx, kvs40xx */
    {"paper-size", "Custom"},
};

const char *paper_name(enum paper paper)
{
    return papers[paper].name;
}

bool paper_from_name(const char *name, enum paper *out)
{
    for (enum paper p = PAPER_A3; p <= PAPER_AUTO; p++)
        if (strcmp(papers[p].name, name) == 0) {
            *out = p;
            return true;
        }
    return false;
}

struct size_mm paper_size(enum paper paper)
{
    return papers[paper].size;
}

static bool is_size(struct size_mm a, double w, double h)
{
    return fabs(a.w - w) <= FIT_MM && fabs(a.h - h) <= FIT_MM;
}

enum paper paper_of_size(struct size_mm size)
{
    for (enum paper p = PAPER_A3; p <= PAPER_ID1; p++)
        if (is_size(size, papers[p].size.w, papers[p].size.h) ||
            is_size(size, papers[p].size.h, papers[p].size.w))
            return p;
    return PAPER_UNSET;
}

/* ---- lengths -----------------------------------------------------------------------------------
 */

/* Millimetres to the option's unit. */
static double unit_scale(const struct option *option, double dpi)
{
    return option->unit == UNIT_PIXEL ? dpi / MM_PER_INCH : 1;
}

static enum err_code set_length(struct setter *setter, const char *name, double mm, double dpi,
                                struct err *err)
{
    const struct option *option = setter_find(setter, name);
    return option ? setter_number(setter, name, mm * unit_scale(option, dpi), NULL, err) : ERR_OK;
}

static bool read_length(struct device *device, const char *name, double dpi, double *out_mm)
{
    const struct option *option = device_find_option(device, name);
    double value;
    if (!option || device_get_number(device, name, &value, NULL))
        return false;
    *out_mm = value / unit_scale(option, dpi);
    return true;
}

/* The largest number of one of the two options; page-width bounds br-x where there is one. */
static double longest_mm(const struct device *device, const char *size, const char *corner,
                         double dpi)
{
    const char *const names[] = {size, corner};
    for (size_t i = 0; i < 2; i++) {
        const struct option *option = names[i] ? device_find_option(device, names[i]) : NULL;
        if (!option || !option->active || !option->settable)
            continue;
        if (option->limit == LIMIT_RANGE)
            return option->max / unit_scale(option, dpi);
        double longest = 0;
        for (size_t n = 0; option->limit == LIMIT_NUMBERS && n < option->limit_count; n++)
            longest = fmax(longest, option->numbers[n]);
        if (longest > 0)
            return longest / unit_scale(option, dpi);
    }
    return 0;
}

struct size_mm page_area_max(const struct device *device, double dpi)
{
    return (struct size_mm){longest_mm(device, "page-width", "br-x", dpi),
                            longest_mm(device, "page-height", "br-y", dpi)};
}

/* ---- the wish as an area -----------------------------------------------------------------------
 */

static double cut(double wanted, double longest)
{
    return longest > 0 ? fmin(wanted, longest) : wanted;
}

static enum err_code fit_paper(enum paper paper, enum scan_source source, struct size_mm most,
                               struct err *err)
{
    struct size_mm size = paper_size(paper);
    bool fits =
        (most.w <= 0 || size.w <= most.w + FIT_MM) && (most.h <= 0 || size.h <= most.h + FIT_MM);
    if (fits)
        return ERR_OK;
    bool feeder = source == SOURCE_ADF || source == SOURCE_DUPLEX;
    return err_set(err, ERR_PAPER_TOO_LARGE,
                   "paper '%s' is %.0f x %.0f mm, the %s of this scanner takes %.0f x %.0f mm",
                   paper_name(paper), size.w, size.h, feeder ? "feeder" : "glass", most.w, most.h);
}

static enum err_code set_measuring(struct setter *setter, bool on, bool *out_measured,
                                   struct err *err)
{
    *out_measured = false;
    for (size_t i = 0; i < sizeof measuring_switches / sizeof *measuring_switches; i++) {
        const struct option *option = setter_find(setter, measuring_switches[i]);
        if (!option || option->type != OPTION_BOOL)
            continue;
        *out_measured = on;
        return setter_bool(setter, measuring_switches[i], on, err);
    }
    return ERR_OK;
}

static enum err_code wished_area(struct setter *setter, const struct area_wish *wish, double dpi,
                                 struct rect_mm *out, struct err *err)
{
    struct size_mm most = page_area_max(setter->device, dpi);
    struct size_mm size = paper_size(PAPER_A4);
    bool measured = false;
    enum err_code code = ERR_OK;
    if (wish->has_area) {
        *out = wish->area;
        return ERR_OK;
    }
    if (wish->paper != PAPER_UNSET)
        code = set_measuring(setter, wish->paper == PAPER_AUTO, &measured, err);
    if (!code && wish->paper != PAPER_UNSET)
        code = fit_paper(wish->paper, wish->source, most, err);
    if (code)
        return code;
    if (wish->paper == PAPER_AUTO && (measured || wish->source == SOURCE_FLATBED) && most.w > 0 &&
        most.h > 0)
        size = most;
    else if (wish->paper != PAPER_UNSET && wish->paper != PAPER_AUTO)
        size = paper_size(wish->paper);
    double margin = wish->paper == PAPER_ID1 ? CARD_MARGIN_MM : 0;
    *out = (struct rect_mm){0, 0, cut(size.w + margin, most.w), cut(size.h + margin, most.h)};
    return ERR_OK;
}

/* ---- setting it --------------------------------------------------------------------------------
 */

static enum err_code set_own_size(struct setter *setter, struct err *err)
{
    for (size_t i = 0; i < sizeof own_sizes / sizeof *own_sizes; i++) {
        const struct option *option = setter_find(setter, own_sizes[i].option);
        const char *own = option && option->limit == LIMIT_TEXTS
                              ? option_find_text(option, own_sizes[i].text)
                              : NULL;
        if (own)
            return setter_text(setter, own_sizes[i].option, own, err);
    }
    return ERR_OK;
}

static enum err_code set_page_size(struct setter *setter, struct rect_mm area, double dpi,
                                   struct err *err)
{
    enum err_code code = set_length(setter, "page-width", area.x + area.w, dpi, err);
    return code ? code : set_length(setter, "page-height", area.y + area.h, dpi, err);
}

static enum err_code set_corners(struct setter *setter, struct rect_mm area, double dpi,
                                 struct err *err)
{
    const struct {
        const char *name;
        double mm;
    } corners[] = {
        {"tl-x", area.x}, {"tl-y", area.y}, {"br-x", area.x + area.w}, {"br-y", area.y + area.h}};
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++) {
        enum err_code code = set_length(setter, corners[i].name, corners[i].mm, dpi, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static bool read_area(struct device *device, double dpi, struct rect_mm *out)
{
    double left, top, right, bottom;
    if (!read_length(device, "tl-x", dpi, &left) || !read_length(device, "tl-y", dpi, &top) ||
        !read_length(device, "br-x", dpi, &right) || !read_length(device, "br-y", dpi, &bottom))
        return false;
    *out = (struct rect_mm){left, top, right - left, bottom - top};
    return true;
}

static bool same_corner(struct rect_mm a, struct rect_mm b)
{
    return fabs(a.x - b.x) <= SAME_CORNER_MM && fabs(a.y - b.y) <= SAME_CORNER_MM;
}

enum err_code page_area_apply(struct setter *setter, const struct area_wish *wish, double dpi,
                              struct rect_mm *out, struct err *err)
{
    struct rect_mm area = {0};
    enum err_code code = set_own_size(setter, err);
    if (!code)
        code = wished_area(setter, wish, dpi, &area, err);
    if (!code && wish->order == SIZE_BEFORE_AREA)
        code = set_page_size(setter, area, dpi, err);
    if (!code)
        code = set_corners(setter, area, dpi, err);
    if (!code && wish->order == SIZE_AFTER_AREA)
        code = set_page_size(setter, area, dpi, err);
    if (code)
        return code;
    *out = area;
    /* A backend that keeps top left before bottom right may have clipped the first corner. */
    if (read_area(setter->device, dpi, out) && !same_corner(*out, area)) {
        code = set_corners(setter, area, dpi, err);
        read_area(setter->device, dpi, out);
    }
    return code;
}
