#include "ocr/clean/blemish.h"

#include <math.h>
#include <stdlib.h>

/* Glare: what a sensor cannot tell from white, against paper it can. */
#define GLARE_LEVEL 250
#define PAPER_BELOW 245
#define GLARE_MIN_MM 6.0
#define GLARE_MIN_MM2 50.0
#define GLARE_REACH_MM 4.0
#define LETTER_MIN_MM 0.8
#define LETTER_MAX_MM 12.0
#define LETTERS_BESIDE 3

#define FOLD_STROKE_MM 8.0 /* of a line that is level to a pixel */
#define FOLD_GAP_MM 4.0
#define FOLD_MIN_MM 60.0
#define FOLD_MAX_SLOPE 0.1
#define FOLD_MAX_MM 1.5     /* thick on average */
#define CROSSING_MM 0.3     /* ink that goes on above and below */
#define CROSSING_MAX_MM 3.0 /* wide; more is a blot */
#define TOUCHED_MAX 0.6     /* of the line; more is a photo or a blot */
#define CROSSINGS 8

static int brightness(const uint8_t *px, int channels)
{
    return channels == 1 ? px[0] : (77 * px[0] + 150 * px[1] + 29 * px[2]) >> 8;
}

static int usual_paper(const struct tone *tone)
{
    size_t histogram[256] = {0}, paper = 0, seen = 0;
    size_t count = (size_t)tone->small->width * (size_t)tone->small->height;
    for (size_t i = 0; i < count; i++) {
        int level =
            brightness(tone->small->px + i * (size_t)tone->small->channels, tone->small->channels);
        histogram[level]++;
        paper += level > tone->white / 2;
    }
    int level = tone->white / 2;
    while (level < 255 && (seen += histogram[++level]) < paper / 2)
        ;
    return level;
}

/* 0 where it shines, else 255. */
static enum err_code mark_shine(const struct raster *small, struct raster **out, struct err *err)
{
    enum err_code code = raster_new(small->width, small->height, 1, out, err);
    size_t count = (size_t)small->width * (size_t)small->height;
    for (size_t i = 0; i < count && !code; i++)
        (*out)->px[i] =
            brightness(small->px + i * (size_t)small->channels, small->channels) >= GLARE_LEVEL
                ? 0
                : 255;
    return code;
}

/* A piece in millimetres, its x along the lines. */
static struct rect_mm along_lines(const struct piece *piece, double px_per_mm, bool sideways)
{
    struct rect_mm r = {piece->x / px_per_mm, piece->y / px_per_mm, piece->w / px_per_mm,
                        piece->h / px_per_mm};
    return sideways ? (struct rect_mm){r.y, r.x, r.h, r.w} : r;
}

static bool interrupts_text(struct rect_mm patch, const struct pieces *ink, double ink_per_mm,
                            bool sideways)
{
    int before = 0, behind = 0, within = 0;
    for (int i = 0; i < ink->count; i++) {
        struct rect_mm letter = along_lines(&ink->item[i], ink_per_mm, sideways);
        double longer = fmax(letter.w, letter.h), x = letter.x + letter.w / 2,
               y = letter.y + letter.h / 2;
        if (longer < LETTER_MIN_MM || longer > LETTER_MAX_MM || y < patch.y + patch.h * 0.15 ||
            y > patch.y + patch.h * 0.85)
            continue;
        double share = (x - patch.x) / patch.w;
        before += x > patch.x - GLARE_REACH_MM && share < 0.25;
        behind += x < patch.x + patch.w + GLARE_REACH_MM && share > 0.75;
        within += share >= 0.3 && share <= 0.7;
    }
    return before >= LETTERS_BESIDE && behind >= LETTERS_BESIDE && within * 4 <= before + behind;
}

enum err_code blemish_find_glare(const struct tone *tone, double small_per_mm,
                                 const struct pieces *ink, double ink_per_mm, bool sideways,
                                 bool *out, struct err *err)
{
    AUTO(raster) struct raster *shine = NULL;
    AUTO(bits) struct Pix *bits = NULL;
    AUTO(bits) struct Pix *patches = NULL;
    AUTO(pieces) struct pieces found = {0};
    int least = (int)(GLARE_MIN_MM * small_per_mm);
    *out = false;
    if (usual_paper(tone) > PAPER_BELOW || least < 2)
        return ERR_OK;
    enum err_code code = mark_shine(tone->small, &shine, err);
    if (!code)
        code = bits_from_grey(shine, 128, &bits, err);
    if (!code)
        code = bits_open(bits, least / 2, least / 2, &patches, err);
    if (!code)
        code = bits_find_pieces(patches, least, &found, err);
    for (int i = 0; i < found.count && !code && !*out; i++) {
        const struct piece *piece = &found.item[i];
        bool at_edge = piece->x == 0 || piece->y == 0 ||
                       piece->x + piece->w >= tone->small->width ||
                       piece->y + piece->h >= tone->small->height;
        if (!at_edge && piece->w >= least && piece->h >= least &&
            piece->area >= GLARE_MIN_MM2 * small_per_mm * small_per_mm)
            *out = interrupts_text(along_lines(piece, small_per_mm, sideways), ink, ink_per_mm,
                                   sideways);
    }
    return code;
}

/* ---- folds ------------------------------------------------------------------------------------
 */

/* Black pixels that follow each other from (x, y) up (-1) or down (1). */
static int ink_run(const struct raster *ink, int x, int y, int step)
{
    int count = 0;
    while (y >= 0 && y < ink->height && raster_row(ink, y)[x]) {
        count++;
        y += step;
    }
    return count;
}

/* How often something runs through the line: ink above and below it. */
static int count_crossings(const struct raster *lines, const struct raster *ink,
                           const struct piece *line, double px_per_mm)
{
    int least = (int)ceil(CROSSING_MM * px_per_mm), most = (int)(LETTER_MAX_MM * px_per_mm);
    int crossings = 0, width = 0, touched = 0;
    for (int x = line->x; x <= line->x + line->w; x++) {
        int top = line->y, bottom = line->y + line->h - 1;
        bool crosses = false;
        if (x < line->x + line->w) {
            while (top <= bottom && !raster_row(lines, top)[x])
                top++;
            while (bottom > top && !raster_row(lines, bottom)[x])
                bottom--;
            int above = ink_run(ink, x, top - 1, -1), below = ink_run(ink, x, bottom + 1, 1);
            touched += above >= least || below >= least;
            crosses =
                top <= bottom && above >= least && above <= most && below >= least && below <= most;
        }
        if (crosses) {
            width++;
            continue;
        }
        crossings += width > 0 && width <= CROSSING_MAX_MM * px_per_mm;
        width = 0;
    }
    return touched <= TOUCHED_MAX * line->w ? crossings : 0;
}

static enum err_code find_level_fold(struct Pix *bits, double px_per_mm, bool *out, struct err *err)
{
    AUTO(bits) struct Pix *strokes = NULL;
    AUTO(bits) struct Pix *joined = NULL;
    AUTO(raster) struct raster *lines = NULL;
    AUTO(raster) struct raster *ink = NULL;
    AUTO(pieces) struct pieces found = {0};
    enum err_code code = bits_open(bits, (int)(FOLD_STROKE_MM * px_per_mm), 1, &strokes, err);
    if (!code)
        code = bits_close(strokes, (int)(FOLD_GAP_MM * px_per_mm), 3, &joined, err);
    if (!code)
        code = bits_find_pieces(joined, (int)(FOLD_MIN_MM * px_per_mm), &found, err);
    for (int i = 0; i < found.count && !code && !*out; i++) {
        const struct piece *line = &found.item[i];
        if (line->w < FOLD_MIN_MM * px_per_mm || line->h > FOLD_MAX_SLOPE * line->w ||
            line->area > FOLD_MAX_MM * px_per_mm * line->w)
            continue;
        if (!lines)
            code = bits_to_raster(joined, &lines, err);
        if (!code && !ink)
            code = bits_to_raster(bits, &ink, err);
        if (!code)
            *out = count_crossings(lines, ink, line, px_per_mm) >= CROSSINGS;
    }
    return code;
}

enum err_code blemish_find_fold(struct Pix *ink, double px_per_mm, bool *out, struct err *err)
{
    AUTO(bits) struct Pix *turned = NULL;
    *out = false;
    enum err_code code = find_level_fold(ink, px_per_mm, out, err);
    if (code || *out)
        return code;
    code = bits_turn(ink, 90, &turned, err);
    return code ? code : find_level_fold(turned, px_per_mm, out, err);
}
