#include "ocr/clean/quality.h"
#include "ocr/clean/direction.h"

#include <stdlib.h>
#include <string.h>

/* Writing, in millimetres: higher than a speck, lower than a fold across the page. */
#define WRITING_MIN_MM 1.2
#define WRITING_MAX_MM 60.0
#define LINE_MAX_ASPECT 25
#define EDGE_MM 4.0
#define HOLE_MIN_MM 3.5
#define HOLE_MAX_MM 9.0
#define HOLE_REACH_MM 25.0
#define WRITING_MIN_PIECES 4
#define WRITING_MIN_MM2 15.0
/* A letter alone on the page: no hair (thin), no blot (full). */
#define LETTER_MIN_MM 1.8
#define LETTER_MAX_MM 8.0
#define LETTER_MIN_MM2 0.6
#define LETTER_MIN_FILL 0.12
#define LETTER_MAX_FILL 0.68
/* A stroke longer than WRITING_MAX_MM leans or curves more than a fold of a skewed page. */
#define STROKE_MAX_MM 130.0
#define STROKE_MAX_ASPECT 5
/* Nor is a printed bar of that length a fold or a hair: those are thinner, however they lean. */
#define BAR_MIN_MM 2.0

#define DARK_WHITE 120 /* paper as dark as that loses pale ink */
#define BAD_WHITE 70
#define FAINT_INK 165 /* evened level of the darkest of the ink */
/* That is the darkest half percent of the page, but a page with few words has less ink than that:
 * then the darkest fifth of its writing. */
#define INK_SHARE 0.005
#define INK_SHARE_OF_WRITING 0.2
#define LOW_DPI 190 /* the 200 dpi of circular 01/2023 with some rounding */
#define BAD_DPI 120
#define LOW_LETTER_PX 11
/* Share of its contrast an edge gains in one pixel, times the letter height: out of focus by a
 * tenth of the letter height (Gaussian sigma) gives 5 to 6, a usual scan 7 to 11. */
#define SHARP_PER_LETTER 5.0
#define BAD_SHARP_PER_LETTER 3.2
#define LETTER_PER_INCH 0.093 /* of 13 point print */
#define EDGE_SHARE_PERCENT 35 /* of the contrast: the rest is grain and show-through */
#define EDGE_MIN 30
#define EDGE_STEP 3
/* Blur runs letters together: taller than that many usual ones they are words. */
#define LETTER_LARGE 1.4
#define CUT_PIECES 5

static bool is_hole(const struct piece *piece, int width, int height, double px_per_mm)
{
    double w = piece->w / px_per_mm, h = piece->h / px_per_mm;
    double reach = HOLE_REACH_MM * px_per_mm;
    int cx = piece->x + piece->w / 2, cy = piece->y + piece->h / 2;
    bool near_edge = cx < reach || cy < reach || cx > width - reach || cy > height - reach;
    return near_edge && w >= HOLE_MIN_MM && h >= HOLE_MIN_MM && w <= HOLE_MAX_MM &&
           h <= HOLE_MAX_MM && abs(piece->w - piece->h) * 4 <= piece->w &&
           piece->area > 0.6 * piece->w * piece->h;
}

static bool is_at_edge(const struct piece *piece, int width, int height, double px_per_mm)
{
    double edge = EDGE_MM * px_per_mm;
    return piece->x < edge || piece->y < edge || piece->x + piece->w > width - edge ||
           piece->y + piece->h > height - edge;
}

bool quality_is_writing(const struct piece *piece, int width, int height, double px_per_mm)
{
    int longer = piece->w > piece->h ? piece->w : piece->h;
    int shorter = piece->w > piece->h ? piece->h : piece->w;
    return !is_at_edge(piece, width, height, px_per_mm) && longer >= WRITING_MIN_MM * px_per_mm &&
           longer <= WRITING_MAX_MM * px_per_mm && longer <= LINE_MAX_ASPECT * shorter &&
           !is_hole(piece, width, height, px_per_mm);
}

static bool is_letter(const struct piece *piece, double px_per_mm)
{
    double longer = (piece->w > piece->h ? piece->w : piece->h) / px_per_mm;
    double area = piece->area / (px_per_mm * px_per_mm);
    double fill = piece->area / ((double)piece->w * piece->h);
    return longer >= LETTER_MIN_MM && longer <= LETTER_MAX_MM && area >= LETTER_MIN_MM2 &&
           fill >= LETTER_MIN_FILL && fill <= LETTER_MAX_FILL;
}

static bool is_long_stroke(const struct piece *piece, double px_per_mm)
{
    int longer = piece->w > piece->h ? piece->w : piece->h;
    int shorter = piece->w > piece->h ? piece->h : piece->w;
    return longer > WRITING_MAX_MM * px_per_mm && longer <= STROKE_MAX_MM * px_per_mm &&
           longer <= STROKE_MAX_ASPECT * shorter;
}

static bool is_bar(const struct piece *piece, double px_per_mm)
{
    int longer = piece->w > piece->h ? piece->w : piece->h;
    return longer > WRITING_MAX_MM * px_per_mm && piece->area >= BAR_MIN_MM * px_per_mm * longer;
}

bool quality_has_writing(const struct pieces *ink, int width, int height, double px_per_mm)
{
    int count = 0;
    double area = 0;
    for (int i = 0; i < ink->count; i++) {
        if (!quality_is_writing(&ink->item[i], width, height, px_per_mm))
            continue;
        count++;
        area += ink->item[i].area / (px_per_mm * px_per_mm);
    }
    return count >= WRITING_MIN_PIECES || area >= WRITING_MIN_MM2;
}

bool quality_page_is_blank(const struct pieces *ink, int width, int height, double px_per_mm)
{
    for (int i = 0; i < ink->count; i++) {
        const struct piece *piece = &ink->item[i];
        if (!is_at_edge(piece, width, height, px_per_mm) &&
            (is_letter(piece, px_per_mm) || is_long_stroke(piece, px_per_mm) ||
             is_bar(piece, px_per_mm)))
            return false;
    }
    return !quality_has_writing(ink, width, height, px_per_mm);
}

static int level_of_darkest(const unsigned *histogram, unsigned long total, double share)
{
    unsigned long seen = 0;
    int level = 0;
    while (level < 255 && (seen += histogram[level]) < total * share)
        level++;
    return level;
}

static double ink_share(const struct pieces *ink, int width, int height, double px_per_mm)
{
    double area = 0;
    for (int i = 0; i < ink->count; i++)
        if (quality_is_writing(&ink->item[i], width, height, px_per_mm))
            area += ink->item[i].area;
    double share = INK_SHARE_OF_WRITING * area / ((double)width * height);
    return share > 0 && share < INK_SHARE ? share : INK_SHARE;
}

/* One stretch of a row that only falls or only rises. */
struct edge {
    int gained, steepest, flat;
};

static void end_edge(struct edge *edge, int least, unsigned *histogram)
{
    if (abs(edge->gained) >= least)
        histogram[100 * edge->steepest / abs(edge->gained)]++;
    *edge = (struct edge){0};
}

/* The largest part of its own contrast that a usual edge across rows gains in one pixel; 1 when
 * there are none. Of its own, since strokes that are out of focus are pale, too. */
static double sharpness(const struct raster *grey, int ink_level)
{
    unsigned histogram[101] = {0}, edges = 0, seen = 0;
    int least = (255 - ink_level) * EDGE_SHARE_PERCENT / 100;
    least = least < EDGE_MIN ? EDGE_MIN : least;
    for (int y = 0; y < grey->height; y += 4) {
        const uint8_t *row = raster_row(grey, y);
        struct edge edge = {0};
        for (int x = 1; x < grey->width; x++) {
            int step = row[x] - row[x - 1];
            if (abs(step) < EDGE_STEP && ++edge.flat < 3)
                continue;
            if (abs(step) < EDGE_STEP || (edge.gained > 0) != (step > 0))
                end_edge(&edge, least, histogram);
            edge.gained += step;
            edge.flat = 0;
            edge.steepest = abs(step) > edge.steepest ? abs(step) : edge.steepest;
        }
        end_edge(&edge, least, histogram);
    }
    for (int i = 0; i <= 100; i++)
        edges += histogram[i];
    if (edges < 200)
        return 1;
    int share = 0;
    while (share < 100 && (seen += histogram[share]) < edges / 2)
        share++;
    return share / 100.0;
}

static bool letters_are_cut(const struct pieces *ink, int width, int height, double px_per_mm)
{
    int cut = 0;
    for (int i = 0; i < ink->count; i++) {
        const struct piece *p = &ink->item[i];
        bool touches = p->x == 0 || p->y == 0 || p->x + p->w >= width || p->y + p->h >= height;
        double w = p->w / px_per_mm, h = p->h / px_per_mm;
        cut += touches && w >= 0.8 && h >= 0.8 && w <= 12 && h <= 12;
    }
    return cut >= CUT_PIECES;
}

static void add_reason(struct page_info *info, const char *reason, bool bad)
{
    if (info->reason_count < PAGE_REASONS_MAX)
        info->reasons[info->reason_count++] = reason;
    if (bad)
        strcpy(info->verdict, "bad");
    else if (strcmp(info->verdict, "good") == 0)
        strcpy(info->verdict, "poor");
}

void quality_judge(const struct raster *grey, const struct tone *tone, const struct pieces *ink,
                   int ink_width, int ink_height, double letter_px, const struct pale *pale,
                   struct page_info *info)
{
    strcpy(info->verdict, "good");
    info->reason_count = 0;
    if (tone->white < DARK_WHITE)
        add_reason(info, "dark", tone->white < BAD_WHITE);
    if (info->blank) {
        info->reasons[info->reason_count++] = "empty"; /* no fault of a page */
        return;
    }
    unsigned histogram[256] = {0};
    unsigned long total = (unsigned long)grey->width * grey->height;
    for (unsigned long i = 0; i < total; i++)
        histogram[grey->px[i]]++;
    double ink_px_per_mm = ink_width / (info->width_px * 25.4 / info->dpi);
    int ink_level =
        level_of_darkest(histogram, total, ink_share(ink, ink_width, ink_height, ink_px_per_mm));
    double letter = letter_px > 0 ? letter_px : info->dpi * LETTER_PER_INCH;
    double usual = info->dpi * LETTER_PER_INCH * LETTER_LARGE;
    double sharp = sharpness(grey, ink_level) *
                   (info->dpi_source == DPI_ASSUMED || letter < usual ? letter : usual);
    bool low_dpi = info->dpi_source != DPI_ASSUMED && info->dpi < LOW_DPI;
    bool blurred = pale->is_page ? pale->is_soft : sharp < SHARP_PER_LETTER;
    if (blurred)
        add_reason(info, "blurred", sharp < BAD_SHARP_PER_LETTER);
    if (low_dpi || (letter < LOW_LETTER_PX && !blurred)) /* blur tears letters */
        add_reason(info, "low-resolution", low_dpi && info->dpi < BAD_DPI);
    if (pale->is_page || ink_level > FAINT_INK)
        add_reason(info, "faint", false);
    if (letters_are_cut(ink, ink_width, ink_height, ink_px_per_mm))
        add_reason(info, "cut-edge", false);
    if (info->rotation_score < DIRECTION_SURE)
        add_reason(info, "orientation-unsure", false);
}

void quality_add_reason(struct page_info *info, const char *reason)
{
    add_reason(info, reason, false);
}
