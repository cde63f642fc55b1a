#include "ocr/clean/pale.h"
#include "ocr/clean/quality.h"

#include <math.h>
#include <stdlib.h>

#define SPECK_MM 0.5
/* Distances from the paper, of 255. Text of a tenth of full ink has 26, the darkest show-through
 * of the corpus 27 with soft edges, a sharp one of eight in a hundred 22. */
#define TRACE_CONTRAST 13
#define WRITING_CONTRAST 24
#define SURE_CONTRAST 40    /* darker than what shines through, however soft */
#define USUAL_CONTRAST 100  /* the threshold for usual ink finds it */
#define BLURRED_CONTRAST 75 /* so dark with soft edges it is usual ink, out of focus */
/* Paper grain and noise reach that many times their usual spread often enough to join up. */
#define GRAIN_REACH 3.5
#define EDGE_MM 0.169 /* a pixel of 150 dpi */
#define EDGE_SHARE 0.38
#define EDGE_SHARE_MAX 0.6

/* A stamp or a heading beside pale text does not make the text less pale. */
#define DARK_MAX 60
#define DARK_SPECKS 10
#define DARK_SHARE 0.25

struct grain {
    double spread;
    int trace; /* distance from the paper at which a piece begins */
};

/* The value that `share` of the counted lie below or at. */
static int value_at(const unsigned histogram[256], size_t count, double share)
{
    size_t seen = 0;
    int value = 0;
    while (value < 255 && (double)(seen += histogram[value]) < share * (double)count)
        value++;
    return value;
}

/* Ink covers less than half of a page, so the middle level is paper's. Grain shows in the levels
 * below, where text adds to it, and in the steps between neighbours, where blurred text does not.
 */
static struct grain measure_grain(const struct raster *grey)
{
    unsigned levels[256] = {0}, steps[256] = {0};
    size_t count = (size_t)grey->width * grey->height;
    for (size_t i = 0; i < count; i++)
        levels[grey->px[i]]++;
    for (size_t i = 1; i < count; i++)
        steps[abs(grey->px[i] - grey->px[i - 1])]++;
    int paper = value_at(levels, count, 0.5);
    double by_level = paper - value_at(levels, count, 0.16);
    double by_step =
        value_at(steps, count, 0.84) / 1.5; /* 2 sigma, 1.2 where paper is pure white */
    double spread = fmin(by_level, by_step);
    int trace = (int)(255 - paper + GRAIN_REACH * spread);
    return (struct grain){spread, trace > TRACE_CONTRAST ? trace : TRACE_CONTRAST};
}

/* Mean distance from the paper of the darkest quarter of the piece, less what grain alone has
 * there: a Gaussian's highest quarter lies 1.27 sigma above its mean. */
static double piece_contrast(const struct raster *grey, const struct piece *piece,
                             const struct grain *grain)
{
    unsigned histogram[256] = {0}, count = 0;
    for (int y = piece->y; y < piece->y + piece->h; y++)
        for (int x = piece->x; x < piece->x + piece->w; x++) {
            int distance = 255 - raster_row(grey, y)[x];
            histogram[distance]++;
            count += distance > grain->trace;
        }
    unsigned wanted = count / 4 + 1, got = 0;
    double sum = 0;
    for (int distance = 255; distance > 0 && got < wanted; distance--) {
        unsigned more = histogram[distance] < wanted - got ? histogram[distance] : wanted - got;
        sum += (double)more * distance;
        got += more;
    }
    return got ? sum / got - 1.27 * grain->spread : 0;
}

static int steepest_edge(const struct raster *grey, const struct piece *piece)
{
    int steepest = 0;
    int right = piece->x + piece->w < grey->width ? piece->x + piece->w : grey->width - 1;
    int bottom = piece->y + piece->h < grey->height ? piece->y + piece->h : grey->height - 1;
    for (int y = piece->y; y < bottom; y++) {
        const uint8_t *row = raster_row(grey, y), *next = row + grey->width;
        for (int x = piece->x; x < right; x++) {
            int across = abs(row[x + 1] - row[x]), down = abs(next[x] - row[x]);
            steepest = across > steepest ? across : steepest;
            steepest = down > steepest ? down : steepest;
        }
    }
    return steepest;
}

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Moves the pale pieces that are writing to the front. */
static enum err_code sift(const struct raster *grey, double px_per_mm, const struct grain *grain,
                          struct pale *pale, struct err *err)
{
    AUTO(mem) int *contrasts = mem_array((size_t)pale->pieces.count + 1, sizeof *contrasts);
    if (!contrasts)
        return err_set(err, ERR_NO_MEMORY, "pale pieces");
    double least = fmax(WRITING_CONTRAST, grain->trace + 3);
    double share = fmin(EDGE_SHARE / (EDGE_MM * px_per_mm), EDGE_SHARE_MAX);
    int kept = 0, sharp = 0, dark = 0;
    for (int i = 0; i < pale->pieces.count; i++) {
        struct piece piece = pale->pieces.item[i];
        if (!quality_is_writing(&piece, grey->width, grey->height, px_per_mm))
            continue;
        double contrast = piece_contrast(grey, &piece, grain);
        dark += contrast >= USUAL_CONTRAST;
        if (contrast < least || contrast >= USUAL_CONTRAST)
            continue;
        bool hard = steepest_edge(grey, &piece) - 2 * grain->spread >= share * contrast;
        if (contrast < SURE_CONTRAST && !hard)
            continue;
        sharp += hard;
        contrasts[kept] = (int)contrast;
        pale->pieces.item[kept++] = piece;
    }
    pale->pieces.count = kept;
    qsort(contrasts, (size_t)kept, sizeof *contrasts, compare_ints);
    pale->contrast = kept ? contrasts[kept / 2] : 0;
    pale->is_written = quality_has_writing(&pale->pieces, grey->width, grey->height, px_per_mm);
    pale->is_soft = sharp * 2 < kept;
    pale->is_page = pale->is_written && !(pale->is_soft && pale->contrast >= BLURRED_CONTRAST) &&
                    dark <= fmin(DARK_MAX, DARK_SPECKS + DARK_SHARE * pale->pieces.count);
    return ERR_OK;
}

enum err_code pale_find(const struct raster *grey, double px_per_mm, struct pale *out,
                        struct err *err)
{
    AUTO(bits) struct Pix *bits = NULL;
    struct grain grain = measure_grain(grey);
    *out = (struct pale){0};
    enum err_code code = bits_from_grey(grey, 255 - grain.trace, &bits, err);
    if (code)
        return code;
    code = bits_find_pieces(bits, (int)ceil(SPECK_MM * px_per_mm), &out->pieces, NULL);
    if (code == ERR_TOO_MANY)
        return ERR_OK;
    return code ? err_set(err, code, "pale pieces") : sift(grey, px_per_mm, &grain, out, err);
}

void pale_done(struct pale *pale)
{
    pieces_done(&pale->pieces);
}
