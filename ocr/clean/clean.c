#include "ocr/clean/clean.h"
#include "ocr/clean/bits.h"
#include "ocr/clean/blemish.h"
#include "ocr/clean/cut.h"
#include "ocr/clean/deskew.h"
#include "ocr/clean/ink_colour.h"
#include "ocr/clean/pale.h"
#include "ocr/clean/papers.h"
#include "ocr/clean/photo.h"
#include "ocr/clean/quality.h"
#include "ocr/clean/red_ink.h"
#include "ocr/clean/tone.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_INCH 25.4
#define A4_LONG_MM 297.0
/* Ink is looked at with about that many dots an inch, enough for accents. */
#define INK_DPI 150
#define SPECK_MM 0.5
#define LETTER_MIN_MM 0.8
#define LETTER_MAX_MM 12.0
/* Letter heights Tesseract's model likes; the usual 13 point text at 300 dpi has 27. */
#define LETTER_SMALL_PX 16
#define LETTER_LARGE_PX 44
#define LETTER_GOOD_PX 28
#define RECOGNITION_MAX_PIXELS 40e6
#define MARGIN_MM 5.0
/* Stamps about how a paper is handled stand in the upper part of a page. */
#define STAMPED_PART 0.45

/* The page's ink at low resolution, stored frame. */
struct ink {
    int factor; /* full pixels per pixel */
    double px_per_mm;
    int width, height;
    struct Pix *letters;
    struct pieces pieces;
    struct pieces photos; /* rectangles that hold no text */
    struct pale pale;
    bool folded;      /* a fold runs through letters */
    double letter_px; /* usual height in full pixels, 0 unknown */
};

static void ink_done(struct ink *ink)
{
    bits_free(ink->letters);
    pieces_done(&ink->pieces);
    pieces_done(&ink->photos);
    pale_done(&ink->pale);
}

/* When nothing says how large the paper is, an A4 sheet is the best guess for what is a letter. */
static double working_dpi(const struct page_info *info)
{
    if (info->dpi_source != DPI_ASSUMED)
        return info->dpi;
    double longer = info->width_px > info->height_px ? info->width_px : info->height_px;
    return fmin(fmax(longer * MM_PER_INCH / A4_LONG_MM, 50), 600);
}

/* Between paper and the ink of this page; never so high that shadows of the back become ink. */
static int ink_threshold(const struct raster *grey)
{
    unsigned histogram[256] = {0};
    size_t count = (size_t)grey->width * grey->height, seen = 0;
    for (size_t i = 0; i < count; i++)
        histogram[grey->px[i]]++;
    int level = 0;
    while (level < 255 && (seen += histogram[level]) < count / 100)
        level++;
    int threshold = level + (255 - level) * 11 / 20;
    return threshold < 120 ? 120 : threshold > 190 ? 190 : threshold;
}

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static enum err_code measure_letters(struct ink *ink, struct err *err)
{
    AUTO(mem)
    int *heights = mem_array((size_t)ink->pieces.count + 1, sizeof *heights);
    if (!heights)
        return err_set(err, ERR_NO_MEMORY, "letters of a page");
    int count = 0;
    for (int i = 0; i < ink->pieces.count; i++) {
        const struct piece *piece = &ink->pieces.item[i];
        int longer = piece->w > piece->h ? piece->w : piece->h;
        if (longer >= LETTER_MIN_MM * ink->px_per_mm && longer <= LETTER_MAX_MM * ink->px_per_mm)
            heights[count++] = longer;
    }
    qsort(heights, (size_t)count, sizeof *heights, compare_ints);
    ink->letter_px = count >= 20 ? (double)heights[count / 2] * ink->factor : 0;
    return ERR_OK;
}

/* Ink of the page as black and paper as white, whether the ink is usual or pale. */
static enum err_code stretch(struct raster *grey, struct ink *ink, struct err *err)
{
    AUTO(raster) struct raster *small = NULL;
    enum err_code code = raster_reduce(grey, ink->factor, &small, err);
    if (!code)
        code = pale_find(small, ink->px_per_mm, &ink->pale, err);
    if (code)
        return code;
    tone_stretch(grey, ink->pale.is_page ? tone_range_pale(ink->pale.contrast) : TONE_RANGE_USUAL);
    return ERR_OK;
}

static void paint_white(struct raster *grey, int left, int top, int width, int height)
{
    int right = left + width < grey->width ? left + width : grey->width;
    int bottom = top + height < grey->height ? top + height : grey->height;
    left = left > 0 ? left : 0;
    for (int y = top > 0 ? top : 0; y < bottom && left < right; y++)
        memset(raster_row(grey, y) + left, 255, (size_t)(right - left));
}

static enum err_code find_ink(struct raster *grey, double dpi, struct ink *out, struct err *err)
{
    AUTO(raster)
    struct raster *small = NULL;
    AUTO(bits)
    struct Pix *bits = NULL;
    out->factor = dpi > INK_DPI ? (int)(dpi / INK_DPI + 0.5) : 1;
    out->px_per_mm = dpi / MM_PER_INCH / out->factor;
    enum err_code code = stretch(grey, out, err);
    if (!code)
        code = raster_reduce(grey, out->factor, &small, err);
    if (!code)
        code = photo_find(small, out->px_per_mm, &out->photos, err);
    if (code)
        return code;
    for (int i = 0; i < out->photos.count; i++) {
        const struct piece *part = &out->photos.item[i];
        paint_white(small, part->x, part->y, part->w, part->h);
    }
    if (!code)
        code = bits_from_grey(small, ink_threshold(small), &bits, err);
    if (code)
        return code;
    out->width = small->width;
    out->height = small->height;
    code = blemish_find_fold(bits, out->px_per_mm, &out->folded, err);
    if (code)
        return code;
    int speck = (int)ceil(SPECK_MM * out->px_per_mm);
    code = bits_find_pieces(bits, speck, &out->pieces, err);
    if (!code)
        code = bits_select_by_size(bits, speck, (int)(LETTER_MAX_MM * out->px_per_mm),
                                   &out->letters, err);
    return code ? code : measure_letters(out, err);
}

/* Fine enough for what is shown of the page. */
static enum err_code make_thumbnail(const struct raster *page, const struct tone *tone,
                                    const struct rect_mm *cut, double dpi, struct raster **out,
                                    struct err *err)
{
    int longer = page->width > page->height ? page->width : page->height;
    if (cut->w > 0)
        longer = (int)(fmax(cut->w, cut->h) * dpi / MM_PER_INCH);
    int factor = (longer + CLEAN_THUMBNAIL_MAX - 1) / CLEAN_THUMBNAIL_MAX;
    return factor == TONE_SMALL ? raster_turn(tone->small, 0, out, err)
                                : raster_reduce(page, factor, out, err);
}

static struct rect_mm level_piece(const struct piece *piece, int factor,
                                  const struct page_info *info)
{
    double mm_per_px = MM_PER_INCH / info->dpi;
    bool sideways = info->rotation_deg == 90 || info->rotation_deg == 270;
    double w = (sideways ? piece->h : piece->w) * factor;
    double h = (sideways ? piece->w : piece->h) * factor;
    double x = (piece->x + piece->w / 2.0) * factor;
    double y = (piece->y + piece->h / 2.0) * factor;
    deskew_point(info->width_px, info->height_px, info->rotation_deg, info->skew_deg, &x, &y);
    return (struct rect_mm){(x - w / 2) * mm_per_px, (y - h / 2) * mm_per_px, w * mm_per_px,
                            h * mm_per_px};
}

/* Pieces as boxes in millimetres of the deskewed frame; pale writing beside usual ink behind. */
static enum err_code level_pieces(const struct ink *ink, const struct page_info *info,
                                  struct rect_mm **out, int *out_count, struct err *err)
{
    int usual = ink->pieces.count, pale = ink->pale.is_page ? 0 : ink->pale.pieces.count;
    struct rect_mm *boxes = mem_array((size_t)(usual + pale) + 1, sizeof *boxes);
    if (!boxes)
        return err_set(err, ERR_NO_MEMORY, "pieces of a page");
    for (int i = 0; i < usual; i++)
        boxes[i] = level_piece(&ink->pieces.item[i], ink->factor, info);
    for (int i = 0; i < pale; i++)
        boxes[usual + i] = level_piece(&ink->pale.pieces.item[i], ink->factor, info);
    *out = boxes;
    *out_count = usual + pale;
    return ERR_OK;
}

/* The inked part with a margin: inside the page, but beyond it where deskewing moved text out. */
static struct rect_mm inked_part(const struct rect_mm *ink, int count, struct size_mm page,
                                 double margin)
{
    if (!count)
        return (struct rect_mm){0, 0, page.w, page.h};
    double left = page.w, top = page.h, right = 0, bottom = 0;
    for (int i = 0; i < count; i++) {
        left = fmin(left, ink[i].x);
        top = fmin(top, ink[i].y);
        right = fmax(right, ink[i].x + ink[i].w);
        bottom = fmax(bottom, ink[i].y + ink[i].h);
    }
    left = fmin(left - margin / 5, fmax(0, left - margin));
    top = fmin(top - margin / 5, fmax(0, top - margin));
    right = fmax(right + margin / 5, fmin(page.w, right + margin));
    bottom = fmax(bottom + margin / 5, fmin(page.h, bottom + margin));
    return (struct rect_mm){left, top, right - left, bottom - top};
}

/* Out pixels per stored pixel so that letters get a good size: 1/n, 1, 2 or 3. */
static double recognition_scale(double letter_px, double area_px)
{
    if (letter_px >= LETTER_LARGE_PX)
        return 1.0 / floor(letter_px / LETTER_GOOD_PX + 0.5);
    double scale = letter_px > 0 && letter_px < LETTER_SMALL_PX
                       ? fmin(3, floor(LETTER_GOOD_PX / letter_px + 0.5))
                       : 1;
    return fmax(1, fmin(scale, sqrt(RECOGNITION_MAX_PIXELS / area_px)));
}

static void leave_photos_out(const struct ink *ink, const struct page_info *info,
                             struct recognition_image *image)
{
    for (int i = 0; i < ink->photos.count; i++) {
        struct rect_mm part = level_piece(&ink->photos.item[i], ink->factor, info);
        paint_white(image->grey, (int)((part.x - image->left_mm) * image->px_per_mm),
                    (int)((part.y - image->top_mm) * image->px_per_mm),
                    (int)(part.w * image->px_per_mm) + 1, (int)(part.h * image->px_per_mm) + 1);
    }
}

static enum err_code render_recognition(const struct raster *grey, const struct ink *ink,
                                        const struct rect_mm *boxes, int box_count,
                                        const struct page_info *info, struct recognition_image *out,
                                        struct err *err)
{
    double px_per_mm = info->dpi / MM_PER_INCH;
    double margin = MARGIN_MM * working_dpi(info) / info->dpi;
    struct rect_mm part = inked_part(boxes, box_count, info->size, margin);
    if (info->blank)
        part = (struct rect_mm){0, 0, fmin(info->size.w, 10), fmin(info->size.h, 10)};
    double scale = recognition_scale(ink->letter_px, part.w * part.h * px_per_mm * px_per_mm);
    AUTO(raster)
    struct raster *small = NULL;
    const struct raster *source = grey;
    int factor = scale < 1 ? (int)(1 / scale + 0.5) : 1;
    if (factor > 1) {
        enum err_code code = raster_reduce(grey, factor, &small, err);
        if (code)
            return code;
        source = small;
    }
    struct deskew_window window = {
        .left = part.x * px_per_mm / factor,
        .top = part.y * px_per_mm / factor,
        .width = part.w * px_per_mm / factor,
        .height = part.h * px_per_mm / factor,
        .scale = fmax(scale, 1),
    };
    *out = (struct recognition_image){
        .px_per_mm = px_per_mm * scale, .left_mm = part.x, .top_mm = part.y};
    enum err_code code =
        deskew_render(source, info->rotation_deg, info->skew_deg, &window, &out->grey, err);
    if (!code)
        leave_photos_out(ink, info, out);
    return code;
}

/* What is red in the upper part of the page; none is no error. */
static enum err_code render_red(const struct red_ink *red, const struct page_info *info,
                                struct recognition_image *image, struct err *err)
{
    AUTO(raster) struct raster *whole = NULL;
    AUTO(mem) struct recognition_image *out = NULL;
    double bottom = info->size.h * STAMPED_PART;
    struct rect_mm part = {0};
    for (int i = 0; red->grey && i < red->pieces.count; i++) {
        struct rect_mm box = level_piece(&red->pieces.item[i], TONE_SMALL, info);
        if (box.y < bottom)
            part = rect_union(part, box);
    }
    part.h = fmin(part.h, bottom - part.y);
    if (info->blank || part.w <= 0 || part.h <= 0)
        return ERR_OK;
    if (!(out = mem_alloc(sizeof *out)))
        return err_set(err, ERR_NO_MEMORY, "red ink");
    double scale = info->dpi / MM_PER_INCH / red->factor;
    *out =
        (struct recognition_image){.px_per_mm = scale, .left_mm = part.x - 2, .top_mm = part.y - 2};
    struct deskew_window window = {.left = out->left_mm * scale,
                                   .top = out->top_mm * scale,
                                   .width = (part.w + 4) * scale,
                                   .height = (part.h + 4) * scale,
                                   .scale = 1};
    enum err_code code = red_ink_whole(red, &whole, err);
    if (!code)
        code = deskew_render(whole, info->rotation_deg, info->skew_deg, &window, &out->grey, err);
    if (!code)
        image->red = TAKE(out);
    return code;
}

static void describe_image(const struct image *image, struct page_info *info)
{
    *info = (struct page_info){
        .width_px = image->raster->width,
        .height_px = image->raster->height,
        .dpi = image->dpi,
        .dpi_source = image->dpi_source,
        .rotation_deg = image->turn_deg,
    };
}

static void describe_direction(const struct direction *direction, struct page_info *info)
{
    info->rotation_deg = direction->turn_deg;
    info->rotation_score = direction->score;
    info->skew_deg = direction->skew_deg;
    bool sideways = direction->turn_deg == 90 || direction->turn_deg == 270;
    double mm_per_px = MM_PER_INCH / info->dpi;
    info->size.w = (sideways ? info->height_px : info->width_px) * mm_per_px;
    info->size.h = (sideways ? info->width_px : info->height_px) * mm_per_px;
}

/* By a guessed resolution a paper could have any size. */
static enum err_code find_papers(const struct tone *tone, const struct page_info *info,
                                 struct papers *out, struct err *err)
{
    *out = (struct papers){0};
    return info->dpi_source == DPI_FILE
               ? papers_find(tone->small, info->dpi / MM_PER_INCH / TONE_SMALL, tone->white, out,
                             err)
               : ERR_OK;
}

/* Of the stored frame; w 0: the image is the page. Last word: keep_cut. */
static enum err_code find_cut(const struct tone *tone, const struct page_info *info,
                              struct papers *out_papers, struct rect_mm *out, struct err *err)
{
    enum err_code code = find_papers(tone, info, out_papers, err);
    return code ? code
                : cut_find(tone->small, info->dpi / MM_PER_INCH / TONE_SMALL, out_papers, out, err);
}

/* On a dark lid ink is none of the page's. */
static enum err_code keep_cut(const struct papers *papers, const struct ink *ink,
                              struct rect_mm *cut, struct err *err)
{
    bool hides = false;
    if (cut->w <= 0 || papers->lid_is_dark)
        return ERR_OK;
    enum err_code code =
        cut_hides(cut, &ink->pieces, ink->width, ink->height, ink->px_per_mm, &hides, err);
    if (!code && !hides && !ink->pale.is_page)
        code =
            cut_hides(cut, &ink->pale.pieces, ink->width, ink->height, ink->px_per_mm, &hides, err);
    if (hides)
        *cut = (struct rect_mm){0};
    return code;
}

static void describe_papers(const struct papers *papers, const struct rect_mm *cut,
                            struct page_info *info)
{
    double mm_per_px = MM_PER_INCH / info->dpi;
    struct size_mm stored = {info->width_px * mm_per_px, info->height_px * mm_per_px};
    bool sideways = info->rotation_deg == 90 || info->rotation_deg == 270;
    for (size_t i = 0; i < papers->card_count; i++)
        info->cards[info->card_count++] = papers->card[i];
    for (size_t i = 0; i < papers->count; i++) {
        struct page_paper paper = papers->item[i];
        if (sideways)
            paper.sides = (struct size_mm){paper.sides.h, paper.sides.w};
        paper.box = rect_upright_from_stored(paper.box, stored, info->rotation_deg);
        info->papers[info->paper_count++] = paper;
    }
    if (cut->w > 0)
        info->cut = rect_upright_from_stored(*cut, stored, info->rotation_deg);
}

/* Everything that needs the colours of the page; gives its pixels up. *out_marked: a seal, stamp or
 * signature in colour is left out. */
static enum err_code even_out(struct image *image, struct tone *tone, struct papers *papers,
                              struct rect_mm *cut, struct red_ink *red, struct clean_page *out,
                              bool *out_marked, struct err *err)
{
    AUTO(raster)
    struct raster *drop = NULL;
    enum err_code code = tone_measure(image->raster, tone, err);
    if (!code)
        code = find_cut(tone, &out->info, papers, cut, err);
    if (!code)
        code = make_thumbnail(image->raster, tone, cut, out->info.dpi, &out->thumbnail, err);
    if (!code)
        code = ink_find_drops(tone, working_dpi(&out->info), &drop, err);
    if (!code)
        code = tone_even(image->raster, tone, drop, &out->evened, err);
    if (!code)
        code = red_ink_find(image->raster, tone, working_dpi(&out->info), red, err);
    *out_marked = ink_any_dropped(drop);
    raster_free(TAKE(image->raster));
    return code;
}

/* What hides writing of this page; a turn that is not known leaves glare open. */
static enum err_code add_blemishes(const struct tone *tone, const struct ink *ink,
                                   struct page_info *info, struct err *err)
{
    bool glares = false, sideways = info->rotation_deg % 180 != 0;
    if (info->blank)
        return ERR_OK;
    double small_per_mm = working_dpi(info) / MM_PER_INCH / TONE_SMALL;
    enum err_code code = blemish_find_glare(tone, small_per_mm, &ink->pieces, ink->px_per_mm,
                                            sideways, &glares, err);
    if (!code && glares)
        quality_add_reason(info, "glare");
    if (!code && ink->folded)
        quality_add_reason(info, "fold");
    return code;
}

static enum err_code turn_thumbnail(struct clean_page *page, struct err *err)
{
    struct raster *turned = NULL;
    if (page->info.rotation_deg == 0)
        return ERR_OK;
    enum err_code code = raster_turn(page->thumbnail, page->info.rotation_deg, &turned, err);
    if (code)
        return code;
    raster_free(page->thumbnail);
    page->thumbnail = turned;
    return ERR_OK;
}

static enum err_code find_direction(const struct image *image, const struct ink *ink,
                                    const struct raster *evened,
                                    const struct direction_reader *reader, struct direction *out,
                                    struct err *err)
{
    if (image->turn_is_given)
        return direction_at(ink->letters, image->turn_deg, out, err);
    return (image->turn_is_expected ? direction_expect : direction_find)(
        ink->letters, ink->px_per_mm, evened, image->turn_deg, reader, out, err);
}

struct clean_notes {
    struct tone tone;
    struct ink ink;
    struct papers papers;
    struct rect_mm cut;
    struct red_ink red;
};

void clean_notes_free(struct clean_notes *notes)
{
    if (!notes)
        return;
    tone_done(&notes->tone);
    ink_done(&notes->ink);
    red_ink_done(&notes->red);
    mem_free(notes);
}

enum err_code clean_page_even(struct image *image, struct clean_page *out,
                              struct clean_notes **out_notes, struct err *err)
{
    AUTO(clean_notes) struct clean_notes *notes = mem_alloc(sizeof *notes);
    bool marked = false;
    *out = (struct clean_page){0};
    if (!notes)
        return err_set(err, ERR_NO_MEMORY, "page");
    bits_be_silent();
    describe_image(image, &out->info);
    struct ink *ink = &notes->ink;
    enum err_code code =
        even_out(image, &notes->tone, &notes->papers, &notes->cut, &notes->red, out, &marked, err);
    if (!code)
        code = find_ink(out->evened, working_dpi(&out->info), ink, err);
    if (!code)
        code = keep_cut(&notes->papers, ink, &notes->cut, err);
    if (code)
        return code;
    out->info.blank = !marked && !ink->pale.is_written && !ink->photos.count &&
                      quality_page_is_blank(&ink->pieces, ink->width, ink->height, ink->px_per_mm);
    *out_notes = TAKE(notes);
    return ERR_OK;
}

enum err_code clean_page_level(const struct image *image, const struct direction_reader *reader,
                               const struct clean_notes *notes, struct clean_page *out,
                               struct err *err)
{
    AUTO(mem)
    struct rect_mm *boxes = NULL;
    const struct tone *tone = &notes->tone;
    const struct ink *ink = &notes->ink;
    struct page_info *info = &out->info;
    int box_count = 0;
    struct direction direction = {.turn_deg = image->turn_deg,
                                  .score = image->turn_is_given      ? 1
                                           : image->turn_is_expected ? DIRECTION_SURE
                                                                     : 0};
    enum err_code code =
        info->blank ? ERR_OK : find_direction(image, ink, out->evened, reader, &direction, err);
    if (code)
        return code;
    describe_direction(&direction, info);
    describe_papers(&notes->papers, &notes->cut, info);
    quality_judge(out->evened, tone, &ink->pieces, ink->width, ink->height, ink->letter_px,
                  &ink->pale, info);
    code = add_blemishes(tone, ink, info, err);
    if (!code)
        code = turn_thumbnail(out, err);
    if (!code)
        code = level_pieces(ink, info, &boxes, &box_count, err);
    if (code)
        return code;
    zones_find(boxes, ink->pieces.count, info->size, &out->zones);
    code = render_recognition(out->evened, ink, boxes, box_count, info, &out->recognition, err);
    return code ? code : render_red(&notes->red, info, &out->recognition, err);
}

enum err_code clean_page(struct image *image, const struct direction_reader *reader,
                         struct clean_page *out, struct err *err)
{
    AUTO(clean_notes) struct clean_notes *notes = NULL;
    enum err_code code = clean_page_even(image, out, &notes, err);
    return code ? code : clean_page_level(image, reader, notes, out, err);
}

void clean_page_done(struct clean_page *page)
{
    page_info_done(&page->info);
    raster_free(page->evened);
    raster_free(page->thumbnail);
    recognition_image_done(&page->recognition);
    *page = (struct clean_page){0};
}
