#include "daemon/model/geometry.h"

#include <math.h>

static struct point_mm turn_about_centre(struct point_mm p, struct size_mm page, double degrees)
{
    double angle = degrees * M_PI / 180;
    double x = p.x - page.w / 2, y = p.y - page.h / 2;
    return (struct point_mm){
        .x = page.w / 2 + x * cos(angle) - y * sin(angle),
        .y = page.h / 2 + x * sin(angle) + y * cos(angle),
    };
}

/* y points down, so a line that rises to the right (positive skew) is level after a clockwise turn,
 * which is a positive angle in this frame. */
struct point_mm point_deskewed_from_upright(struct point_mm p, struct size_mm page, double skew_deg)
{
    return turn_about_centre(p, page, skew_deg);
}

struct point_mm point_upright_from_deskewed(struct point_mm p, struct size_mm page, double skew_deg)
{
    return turn_about_centre(p, page, -skew_deg);
}

struct rect_mm rect_upright_from_stored(struct rect_mm r, struct size_mm stored, int rotation_deg)
{
    switch (rotation_deg) {
    case 90:
        return (struct rect_mm){stored.h - r.y - r.h, r.x, r.h, r.w};
    case 180:
        return (struct rect_mm){stored.w - r.x - r.w, stored.h - r.y - r.h, r.w, r.h};
    case 270:
        return (struct rect_mm){r.y, stored.w - r.x - r.w, r.h, r.w};
    default:
        return r;
    }
}

static double clamp(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

struct rect_mm rect_upright_from_deskewed(struct rect_mm r, struct size_mm page, double skew_deg)
{
    struct point_mm corners[4] = {
        {r.x, r.y}, {r.x + r.w, r.y}, {r.x, r.y + r.h}, {r.x + r.w, r.y + r.h}};
    double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
    for (int i = 0; i < 4; i++) {
        struct point_mm p = point_upright_from_deskewed(corners[i], page, skew_deg);
        left = fmin(left, p.x);
        right = fmax(right, p.x);
        top = fmin(top, p.y);
        bottom = fmax(bottom, p.y);
    }
    left = clamp(left, 0, page.w);
    right = clamp(right, 0, page.w);
    top = clamp(top, 0, page.h);
    bottom = clamp(bottom, 0, page.h);
    return (struct rect_mm){left, top, right - left, bottom - top};
}

struct rect_mm rect_deskewed_from_upright(struct rect_mm r, struct size_mm page, double skew_deg)
{
    double angle = fabs(skew_deg) * M_PI / 180, c = cos(angle), s = sin(angle),
           part = c * c - s * s;
    struct point_mm middle = point_deskewed_from_upright(
        (struct point_mm){r.x + r.w / 2, r.y + r.h / 2}, page, skew_deg);
    double w = fmax(0, (r.w * c - r.h * s) / part), h = fmax(0, (r.h * c - r.w * s) / part);
    return (struct rect_mm){middle.x - w / 2, middle.y - h / 2, w, h};
}

struct rect_mm rect_in_part(struct rect_mm r, struct rect_mm part)
{
    return (struct rect_mm){r.x - part.x, r.y - part.y, r.w, r.h};
}

struct rect_mm rect_union(struct rect_mm a, struct rect_mm b)
{
    if (a.w <= 0 || a.h <= 0)
        return b;
    if (b.w <= 0 || b.h <= 0)
        return a;
    double right = fmax(a.x + a.w, b.x + b.w), bottom = fmax(a.y + a.h, b.y + b.h);
    double x = fmin(a.x, b.x), y = fmin(a.y, b.y);
    return (struct rect_mm){x, y, right - x, bottom - y};
}

double rect_overlap_mm2(struct rect_mm a, struct rect_mm b)
{
    double w = fmin(a.x + a.w, b.x + b.w) - fmax(a.x, b.x);
    double h = fmin(a.y + a.h, b.y + b.h) - fmax(a.y, b.y);
    return w > 0 && h > 0 ? w * h : 0;
}

static double tenths(double mm)
{
    return round(mm * 10) / 10;
}

struct js *rect_to_js(struct rect_mm rect)
{
    return js_pack("[f,f,f,f]", tenths(rect.x), tenths(rect.y), tenths(rect.w), tenths(rect.h));
}

enum err_code rect_from_js(const struct js *root, const char *path, struct rect_mm *out,
                           struct err *err)
{
    const struct js *box;
    enum err_code code = js_get_array(root, path, &box, err);
    struct rect_mm r = {0};
    double *const sides[4] = {&r.x, &r.y, &r.w, &r.h};
    for (size_t i = 0; !code && i < 4; i++) {
        code = js_get_real(js_item(box, i), "", sides[i], err);
        if (code)
            err_context(err, code, "'%s[%zu]'", path, i);
    }
    if (!code)
        *out = r;
    return code;
}
