#include "tests/bench/handwriting_hand.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

double chance_real(struct chance *chance, double low, double high)
{
    chance->state = chance->state * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * ((double)(chance->state >> 11) / 9007199254740992.0);
}

int chance_below(struct chance *chance, int count)
{
    return (int)chance_real(chance, 0, count);
}

bool chance_of(struct chance *chance, double share)
{
    return chance_real(chance, 0, 1) < share;
}

/* --- writers --------------------------------------------------------------------------------- */

struct hand_font {
    const char *name;
    bool accents;
};

static const struct hand_font fitted[] = {
    {"DkgHandwriting", false},
    {"Breip", false},
    {"femkeklaver", false},
    {"Humor Sans", false},
    {"Because We Learn", false},
    {"Because We Organize", false},
    {"Because We Mentor", false},
    {"Tomson Talks", false},
    {"Kristi", false},
};
static const struct hand_font unseen[] = {
    {"Dancing Script", true},    {"Rufscript", false},          {"Steve", false},
    {"Because We Build", false}, {"Because We Connect", false}, {"Because We Create", false},
};
#define COUNT_OF(list) ((int)(sizeof(list) / sizeof *(list)))

static void choose_ink(struct writer *writer, struct chance *chance)
{
    static const double inks[][3] = {{.10, .16, .48}, {.05, .08, .30}, {.15, .25, .65},
                                     {.08, .08, .10}, {.20, .20, .22}, {.12, .10, .35}};
    const double *ink = inks[chance_below(chance, COUNT_OF(inks))];
    writer->red = ink[0];
    writer->green = ink[1];
    writer->blue = ink[2];
    writer->alpha = chance_real(chance, 0.8, 1);
}

/* Held-out writers bend otherwise than those of the fit: longer waves, other leans. */
struct writer writer_make(struct chance *chance, bool held_out)
{
    const struct hand_font *font = held_out ? &unseen[chance_below(chance, COUNT_OF(unseen))]
                                            : &fitted[chance_below(chance, COUNT_OF(fitted))];
    double wild = chance_real(chance, 0, 1);
    struct writer writer = {
        .font = font->name,
        .accents = font->accents,
        .strokes = chance_of(chance, 0.5),
        .size = held_out ? chance_real(chance, 0.95, 1.45) : chance_real(chance, 0.8, 1.6),
        .slant = held_out ? chance_real(chance, -0.1, 0.3) : chance_real(chance, -0.2, 0.4),
        .lift = wild * chance_real(chance, 0, 0.12),
        .turn = wild * chance_real(chance, 0, 0.14),
        .scale = wild * chance_real(chance, 0, 0.2),
        .track = chance_real(chance, -0.10, 0.12),
        .pen = chance_real(chance, 0, 0.035),
        .bend = wild * (held_out ? chance_real(chance, 0, 0.07) : chance_real(chance, 0, 0.09)),
        .wave = held_out ? chance_real(chance, 0.9, 1.6) : chance_real(chance, 0.5, 1.1),
        .width = chance_real(chance, 0.045, 0.095),
    };
    choose_ink(&writer, chance);
    return writer;
}

const char *writer_name(const struct writer *writer)
{
    return writer->strokes ? "strokes" : writer->font;
}

/* --- digits of strokes ------------------------------------------------------------------------ */

/* Points of a pen's way, a digit 1 high, baseline at 0; NAN ends a stroke, two of them the digit.
 */
#define UP NAN, NAN
static const double zero_a[] = {.5,  .9, .25, .98, .05, .5,  .2, .05, .45,
                                .05, .6, .4,  .5,  .85, .35, 1,  UP,  UP};
static const double one_a[] = {.1, .72, .22, .85, .3, 1, .28, .5, .25, 0, UP, UP};
static const double one_b[] = {.25, 1, .24, .5, .22, 0, UP, UP};
static const double two_a[] = {.05, .8,  .25, 1,  .5,  .85, .45, .55, .2,
                               .2,  .02, 0,   .3, .03, .6,  .02, UP,  UP};
static const double two_b[] = {.05, .8,  .3,  1,   .5, .8,  .4, .45, .1, .08,
                               .02, .06, .12, .18, .3, .05, .6, 0,   UP, UP};
static const double three_a[] = {.08, .9,  .35, 1,   .52, .8,  .25, .55,
                                 .55, .35, .4,  .02, .02, .08, UP,  UP};
static const double three_b[] = {.05, .97, .3, .97, .55, .95, .25, .6,
                                 .55, .4,  .4, .02, .02, .05, UP,  UP};
static const double four_a[] = {.4, 1,   .2, .7,  0,  .35, .3,   .36, .65, .38,
                                UP, .48, .7, .45, .3, .42, -.05, UP,  UP};
static const double four_b[] = {.1, 1,  .08, .7,  .08, .45, .3,   .45, .6, .47,
                                UP, .5, 1,   .48, .5,  .46, -.05, UP,  UP};
static const double five_a[] = {.15, .95, .12, .75, .1,  .55, .4,  .6, .55, .3, .35, .02,
                                0,   .06, UP,  .15, .95, .4,  .97, .6, .98, UP, UP};
static const double six_a[] = {.5, 1,  .2, .7,  .05, .3,  .2,  .02, .5,
                               .1, .5, .4, .25, .45, .08, .25, UP,  UP};
static const double seven_a[] = {.02, .95, .3, .97, .58, .95, .35, .5, .2, 0, UP, UP};
static const double seven_b[] = {.02, .9, .05, .97, .3, .96, .58, .95, .35, .5, .2,
                                 0,   UP, .12, .5,  .3, .5,  .55, .52, UP,  UP};
static const double eight_a[] = {.5, .85, .3, 1,   .1, .8, .3,  .55, .55, .25, .3,
                                 0,  .05, .2, .25, .5, .5, .75, .48, .9,  UP,  UP};
static const double nine_a[] = {.5, .8,  .3, 1,   .08, .8,  .2, .55, .48,
                                .7, .52, .9, .48, .4,  .35, 0,  UP,  UP};
static const double nine_b[] = {.5,  .8, .3, 1,  .08, .8,   .2,  .55, .48, .7,
                                .52, .9, .5, .3, .3,  -.02, .08, .08, UP,  UP};

static const double *const digits[10][2] = {
    {zero_a, zero_a}, {one_a, one_b}, {two_a, two_b},     {three_a, three_b}, {four_a, four_b},
    {five_a, five_a}, {six_a, six_a}, {seven_a, seven_b}, {eight_a, eight_a}, {nine_a, nine_b},
};
#define POINTS_MAX 32

/* --- writing ---------------------------------------------------------------------------------- */

/* Where a point of a letter comes to lie. */
struct bending {
    const struct writer *writer;
    double x, y, em, turn, scale, phase_x, phase_y;
};

static void bend(const struct bending *b, double u, double v, double *x, double *y)
{
    const struct writer *w = b->writer;
    double p = b->scale * (u - w->slant * v), q = b->scale * v;
    double s = p * cos(b->turn) - q * sin(b->turn), t = p * sin(b->turn) + q * cos(b->turn);
    double wave = 2 * M_PI / (w->wave * b->em);
    s += w->bend * b->em * sin(wave * (b->y + t) + b->phase_x + 0.4 * wave * s);
    t += w->bend * b->em * sin(wave * (b->x + s) + b->phase_y);
    *x = b->x + s;
    *y = b->y + t;
}

static struct bending bending_make(const struct writer *writer, struct chance *chance, double x,
                                   double y, double em)
{
    return (struct bending){writer,
                            x,
                            y + em * writer->lift * chance_real(chance, -1, 1),
                            em,
                            writer->turn * chance_real(chance, -1, 1),
                            1 + writer->scale * chance_real(chance, -1, 1),
                            chance_real(chance, 0, 6.28),
                            chance_real(chance, 0, 6.28)};
}

static void grow(double box[4], double x, double y, double around)
{
    box[0] = fmin(box[0], x - around);
    box[1] = fmin(box[1], y - around);
    box[2] = fmax(box[2], x + around);
    box[3] = fmax(box[3], y + around);
}

static double curve(double a, double b, double c, double d, double t)
{
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t +
                  (3 * b - a - 3 * c + d) * t * t * t);
}

/* Catmull-Rom through the points; the pen presses more or less on its way. */
static void draw_way(const struct bending *b, struct chance *chance, cairo_t *cairo,
                     const double (*point)[2], int count, double box[4])
{
    double width = b->writer->width * b->em * chance_real(chance, 0.85, 1.15);
    double phase = chance_real(chance, 0, 6.28), swing = chance_real(chance, 0.05, 0.35);
    double last_x = 0, last_y = 0;
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    for (int i = 0; i + 1 < count; i++)
        for (int k = 0; k <= 8; k++) {
            const double *p0 = point[i ? i - 1 : 0], *p1 = point[i], *p2 = point[i + 1];
            const double *p3 = point[i + 2 < count ? i + 2 : count - 1];
            double t = k / 8.0, x, y;
            bend(b, curve(p0[0], p1[0], p2[0], p3[0], t), -curve(p0[1], p1[1], p2[1], p3[1], t), &x,
                 &y);
            if (i || k) {
                cairo_set_line_width(cairo, width * (1 + swing * sin(phase + i + t)));
                cairo_move_to(cairo, last_x, last_y);
                cairo_line_to(cairo, x, y);
                cairo_stroke(cairo);
            }
            grow(box, x, y, width / 2);
            last_x = x;
            last_y = y;
        }
}

static double draw_digit(const struct writer *writer, struct chance *chance, cairo_t *cairo,
                         double x, double y, double em, int digit, double box[4])
{
    double height = 0.66 * em, point[POINTS_MAX][2];
    const double *way = digits[digit][writer->width > 0.07];
    struct bending b = bending_make(writer, chance, x, y, em);
    double broad = 0.85 + 2 * writer->track;
    int count = 0;
    for (;; way += 2) {
        if (!isnan(way[0])) {
            double shake = 0.015 + 0.4 * writer->bend;
            point[count][0] = height * broad * (way[0] + shake * chance_real(chance, -1, 1));
            point[count++][1] = height * (way[1] + shake * chance_real(chance, -1, 1));
            continue;
        }
        if (!count)
            break;
        draw_way(&b, chance, cairo, (const double(*)[2])point, count, box);
        count = 0;
    }
    return height * broad * (digit == 1 ? 0.5 : 0.75) + writer->track * em;
}

static double draw_letter(const struct writer *writer, struct chance *chance, cairo_t *cairo,
                          PangoLayout *layout, double x, double y, double em, const char *text,
                          double box[4])
{
    struct bending b = bending_make(writer, chance, x, y, em);
    int width;
    pango_layout_set_text(layout, text, -1);
    pango_layout_get_size(layout, &width, NULL);
    cairo_new_path(cairo);
    cairo_save(cairo);
    cairo_identity_matrix(cairo);
    cairo_move_to(cairo, 0, 0);
    pango_cairo_layout_line_path(cairo, pango_layout_get_line_readonly(layout, 0));
    cairo_path_t *path = cairo_copy_path_flat(cairo);
    cairo_restore(cairo);
    cairo_new_path(cairo);
    for (int i = 0; i < path->num_data; i += path->data[i].header.length) {
        const cairo_path_data_t *item = &path->data[i];
        double px, py;
        if (item->header.type == CAIRO_PATH_CLOSE_PATH) {
            cairo_close_path(cairo);
            continue;
        }
        bend(&b, item[1].point.x, item[1].point.y, &px, &py);
        if (item->header.type == CAIRO_PATH_MOVE_TO)
            cairo_move_to(cairo, px, py);
        else
            cairo_line_to(cairo, px, py);
        grow(box, px, py, 0);
    }
    cairo_path_destroy(path);
    cairo_fill_preserve(cairo);
    cairo_set_line_width(cairo, writer->pen * em);
    cairo_stroke(cairo);
    return (double)width / PANGO_SCALE + writer->track * 0.5 * em;
}

/* A Vietnamese mark over or under a letter: a short stroke. */
static void draw_mark(const struct writer *writer, struct chance *chance, cairo_t *cairo, double x,
                      double y, double em, gunichar mark, double box[4])
{
    struct bending b = bending_make(writer, chance, x, y, em);
    double h = mark == 0x323 ? -0.18 * em : 0.62 * em, w = 0.14 * em;
    double way[3][2] = {{0, h}, {w / 2, h + 0.08 * em}, {w, h}};
    if (mark == 0x301) /* acute */
        way[2][1] = h + 0.16 * em;
    else if (mark == 0x300) /* grave */
        way[0][1] = h + 0.16 * em;
    else if (mark == 0x306) /* breve */
        way[1][1] = h - 0.06 * em;
    else if (mark == 0x323)
        way[2][0] = way[1][0] = 0.03 * em, way[1][1] = way[2][1] = h;
    draw_way(&b, chance, cairo, (const double(*)[2])way, 3, box);
}

static PangoLayout *layout_of(const struct writer *writer, cairo_t *cairo, double em)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string(writer->font);
    pango_font_description_set_absolute_size(font, em * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    return layout;
}

double writer_write(const struct writer *writer, struct chance *chance, cairo_t *cairo, double x,
                    double y, double em, const char *text, double out_box[4])
{
    double size = em * writer->size, start = x, before = x;
    double box[4] = {1e9, 1e9, -1e9, -1e9};
    PangoLayout *layout = layout_of(writer, cairo, size);
    char *form = g_utf8_normalize(text, -1, writer->accents ? G_NORMALIZE_NFC : G_NORMALIZE_NFD);
    cairo_set_source_rgba(cairo, writer->red, writer->green, writer->blue, writer->alpha);
    for (const char *at = form; *at; at = g_utf8_next_char(at)) {
        gunichar point = g_utf8_get_char(at);
        char letter[8] = "";
        if (!writer->accents && point == 0x111)
            point = 'd';
        if (!writer->accents && point == 0x110)
            point = 'D';
        letter[g_unichar_to_utf8(point, letter)] = 0;
        if (g_unichar_ismark(point)) {
            draw_mark(writer, chance, cairo, before + 0.1 * size, y, size, point, box);
            continue;
        }
        before = x;
        if (writer->strokes && point >= '0' && point <= '9')
            x += draw_digit(writer, chance, cairo, x, y, size, (int)point - '0', box);
        else
            x += draw_letter(writer, chance, cairo, layout, x, y, size, letter, box);
    }
    g_free(form);
    g_object_unref(layout);
    memcpy(out_box, box, sizeof box);
    return x - start;
}
