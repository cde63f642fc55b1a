#include "ocr/text/layer_words.h"

#include "daemon/base/buf.h"

#include <math.h>
#include <string.h>

#define TEXT_MAX_BYTES (8u << 20)

/* What a program wrote is certain, what was converted depends on one guess for the page, what was
 * recognised by somebody else on an engine nobody knows. */
#define SURE 0.99
#define SURE_CONVERTED 0.95
#define SURE_INVISIBLE 0.8
#define UNLIKELY 0.5 /* a word with accents that is no syllable */
/* Text as written has 0.76 … 1.00 possible words (text_layer.c), so below this it is either full of
 * abbreviations or poorly recognised: then recognising it anew loses nothing. */
#define LEAST_POSSIBLE_INVISIBLE 0.9

/* ---- judging ------------------------------------------------------------------------------------
 */

enum err_code layer_words_text(const struct words *raw, char **out, struct err *err)
{
    AUTO(buf) struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    buf_text(&text, "");
    for (size_t i = 0; i < raw->count; i++) {
        if (i)
            buf_text(&text, raw->item[i].line != raw->item[i - 1].line ? "\n" : " ");
        buf_text(&text, raw->item[i].text);
    }
    char *made = buf_take(&text);
    if (!made)
        return err_set(err, ERR_NO_MEMORY, "text layer");
    *out = made;
    return ERR_OK;
}

static double sureness(const struct syllables *syllables, const char *word,
                       const struct layer_source *source, const struct text_layer *judged)
{
    struct syllable_count count = syllables_in(syllables, word);
    if (count.marked > count.marked_possible)
        return UNLIKELY;
    double sure = judged->guess.encoding ? SURE_CONVERTED : SURE;
    return source->drawn ? sure : fmin(sure, SURE_INVISIBLE);
}

/* Gives the words their converted text. *out_same false: they are no longer as many as they were.
 */
static enum err_code take_text(const struct syllables *syllables, const struct words *raw,
                               const struct layer_source *source, const struct text_layer *judged,
                               struct words *out, bool *out_same, struct err *err)
{
    const char *text = judged->text;
    enum err_code code = ERR_OK;
    *out_same = true;
    for (size_t i = 0; !code && i < raw->count; i++) {
        size_t size = strcspn(text, " \n");
        const struct word *word = &raw->item[i];
        bool last_of_line = i + 1 == raw->count || word[1].line != word->line;
        char behind = i + 1 == raw->count ? 0 : last_of_line ? '\n' : ' ';
        if (!size || text[size] != behind) {
            *out_same = false;
            return ERR_OK;
        }
        AUTO(mem) char *made = mem_strndup(text, size);
        if (!made)
            return err_set(err, ERR_NO_MEMORY, "text layer");
        code = words_add(out, made, sureness(syllables, made, source, judged), word->box,
                         word->baseline_mm, word->block, word->line, err);
        text += size + (text[size] != 0);
    }
    return code;
}

static void refuse(struct text_layer *judged, const char *reason)
{
    mem_free(judged->text);
    judged->text = NULL;
    judged->kind = TEXT_LAYER_USELESS;
    judged->reason = reason;
    judged->guess = (struct legacy_guess){0};
}

enum err_code layer_words_judge(const struct syllables *syllables, const struct words *raw,
                                const struct layer_source *source, struct text_layer *judged,
                                struct words *out, struct err *err)
{
    AUTO(mem) char *text = NULL;
    bool same = true;
    *judged = (struct text_layer){0};
    words_init(out, raw->page, 0);
    enum err_code code = layer_words_text(raw, &text, err);
    if (!code)
        code = text_layer_read(syllables, text, strlen(text), source->fonts, source->font_count,
                               judged, err);
    if (code || judged->kind != TEXT_LAYER_USEFUL)
        return code;
    const struct syllable_count *count = &judged->count;
    if (!source->drawn &&
        (double)count->possible < LEAST_POSSIBLE_INVISIBLE * (double)count->words) {
        refuse(judged, "poorly_recognised");
        return ERR_OK;
    }
    code = take_text(syllables, raw, source, judged, out, &same, err);
    if (same && !code)
        return ERR_OK;
    words_done(out);
    words_init(out, raw->page, 0);
    if (!code)
        refuse(judged, "garbage");
    return code;
}

enum err_code layer_words_of_page(const struct syllables *syllables, const struct pdf_page *page,
                                  struct text_layer *judged, int *out_fd, struct err *err)
{
    struct layer_source source = {page->layer.fonts.name, page->layer.fonts.count, page->drawn};
    AUTO(words) struct words words = {0};
    enum err_code code =
        layer_words_judge(syllables, &page->layer.words, &source, judged, &words, err);
    *out_fd = -1;
    if (code || !words.count)
        return code;
    words.from_layer = true;
    AUTO(js) struct js *list = words_to_js(&words);
    return list ? js_to_memfd(list, "text layer", out_fd, err)
                : err_set(err, ERR_NO_MEMORY, "text layer");
}

/* ---- placing ------------------------------------------------------------------------------------
 */

static struct rect_mm turned(struct rect_mm r, const struct page_info *info)
{
    double mm_per_px = 25.4 / info->dpi;
    double width = info->width_px * mm_per_px, height = info->height_px * mm_per_px;
    switch (info->rotation_deg) {
    case 90:
        return (struct rect_mm){height - r.y - r.h, r.x, r.h, r.w};
    case 180:
        return (struct rect_mm){width - r.x - r.w, height - r.y - r.h, r.w, r.h};
    case 270:
        return (struct rect_mm){r.y, width - r.x - r.w, r.h, r.w};
    default:
        return r;
    }
}

/* Skew is small, so the box keeps its size and goes with its centre. */
static struct rect_mm deskewed(struct rect_mm r, const struct page_info *info)
{
    struct point_mm centre = {r.x + r.w / 2, r.y + r.h / 2};
    centre = point_deskewed_from_upright(centre, info->size, info->skew_deg);
    return (struct rect_mm){centre.x - r.w / 2, centre.y - r.h / 2, r.w, r.h};
}

static enum err_code place_words(const struct words *layer, const struct page_info *info,
                                 struct words *out, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < layer->count; i++) {
        const struct word *word = &layer->item[i];
        struct rect_mm box = deskewed(turned(word->box, info), info);
        double share = (word->baseline_mm - word->box.y) / word->box.h;
        code = words_add(out, word->text, word->confidence, box, box.y + share * box.h, word->block,
                         word->line, err);
    }
    return code;
}

/* ---- whether it is this page's text -------------------------------------------------------------
 */

#define DARK 128
#define CELL_MM 5.0         /* about a line with its spacing: gaps between words are covered */
#define CELL_INK_SHARE 0.02 /* dust and noise are less */
#define LEAST_ON_INK 0.9    /* of the words */
#define LEAST_INK_COVERED                                                                          \
    0.6 /* of the cells with ink: lines, emblems and pictures are the rest                         \
         */

/* Dark pixels above and left of each corner of a pixel, so that any box costs the same: a layer may
 * hold as many boxes of page size as it likes. */
struct ink {
    const struct recognition_image *image;
    uint32_t *sum; /* (width + 1) * (height + 1) */
};

static enum err_code ink_count(const struct recognition_image *image, struct ink *out,
                               struct err *err)
{
    const struct raster *grey = image->grey;
    size_t stride = (size_t)grey->width + 1;
    out->image = image;
    out->sum = mem_array(stride * ((size_t)grey->height + 1), sizeof *out->sum);
    if (!out->sum)
        return err_set(err, ERR_NO_MEMORY, "text layer");
    for (int y = 0; y < grey->height; y++) {
        const uint32_t *above = out->sum + (size_t)y * stride;
        uint32_t *below = out->sum + (size_t)(y + 1) * stride, row = 0;
        for (int x = 0; x < grey->width; x++) {
            row += raster_row(grey, y)[x] < DARK;
            below[x + 1] = above[x + 1] + row;
        }
    }
    return ERR_OK;
}

static void ink_auto(struct ink *ink)
{
    mem_free(ink->sum);
}

static int within(double pixel, int size)
{
    return pixel < 0 ? 0 : pixel > size ? size : (int)pixel;
}

static size_t dark_in(const struct ink *ink, struct rect_mm r, size_t *out_area)
{
    const struct recognition_image *image = ink->image;
    double scale = image->px_per_mm;
    int width = image->grey->width, height = image->grey->height;
    size_t left = (size_t)within(floor((r.x - image->left_mm) * scale), width);
    size_t top = (size_t)within(floor((r.y - image->top_mm) * scale), height);
    size_t right = (size_t)within(ceil((r.x + r.w - image->left_mm) * scale), width);
    size_t bottom = (size_t)within(ceil((r.y + r.h - image->top_mm) * scale), height);
    size_t stride = (size_t)width + 1;
    *out_area = (right - left) * (bottom - top);
    return ink->sum[bottom * stride + right] - ink->sum[bottom * stride + left] -
           ink->sum[top * stride + right] + ink->sum[top * stride + left];
}

static double share_on_ink(const struct words *words, const struct ink *ink)
{
    size_t on_ink = 0, area;
    for (size_t i = 0; i < words->count; i++)
        on_ink += dark_in(ink, words->item[i].box, &area) > 0;
    return words->count ? (double)on_ink / (double)words->count : 0;
}

struct grid {
    int columns, rows;
    bool *covered;
};

static void cover(struct grid *grid, struct rect_mm r, const struct recognition_image *image)
{
    int left = (int)floor((r.x - image->left_mm) / CELL_MM);
    int top = (int)floor((r.y - image->top_mm) / CELL_MM);
    int right = (int)floor((r.x + r.w - image->left_mm) / CELL_MM);
    int bottom = (int)floor((r.y + r.h - image->top_mm) / CELL_MM);
    for (int y = top < 0 ? 0 : top; y <= bottom && y < grid->rows; y++)
        for (int x = left < 0 ? 0 : left; x <= right && x < grid->columns; x++)
            grid->covered[y * grid->columns + x] = true;
}

static double share_covered(const struct grid *grid, const struct ink *ink)
{
    double left = ink->image->left_mm, top = ink->image->top_mm;
    size_t inked = 0, covered = 0;
    for (int y = 0; y < grid->rows; y++)
        for (int x = 0; x < grid->columns; x++) {
            struct rect_mm cell = {left + x * CELL_MM, top + y * CELL_MM, CELL_MM, CELL_MM};
            size_t area, dark = dark_in(ink, cell, &area);
            bool has_ink = area && (double)dark > CELL_INK_SHARE * (double)area;
            inked += has_ink;
            covered += has_ink && grid->covered[y * grid->columns + x];
        }
    return inked ? (double)covered / (double)inked : 0;
}

static enum err_code fits_image(const struct words *words, const struct recognition_image *image,
                                bool *out, struct err *err)
{
    struct grid grid = {.columns = (int)ceil(image->grey->width / image->px_per_mm / CELL_MM),
                        .rows = (int)ceil(image->grey->height / image->px_per_mm / CELL_MM)};
    AUTO(mem) bool *covered = mem_array((size_t)grid.columns * (size_t)grid.rows + 1, 1);
    AUTO(ink) struct ink ink = {0};
    enum err_code code =
        covered ? ink_count(image, &ink, err) : err_set(err, ERR_NO_MEMORY, "text layer");
    if (code)
        return code;
    grid.covered = covered;
    for (size_t i = 0; i < words->count; i++)
        cover(&grid, words->item[i].box, image);
    *out = share_on_ink(words, &ink) >= LEAST_ON_INK &&
           share_covered(&grid, &ink) >= LEAST_INK_COVERED;
    return ERR_OK;
}

enum err_code layer_words_place(const struct words *layer, const struct page_info *info,
                                const struct recognition_image *image, struct words *out,
                                bool *out_fits, struct err *err)
{
    bool fits = false;
    AUTO(words) struct words placed = {0};
    words_init(&placed, info->size, info->skew_deg);
    enum err_code code = place_words(layer, info, &placed, err);
    if (!code)
        code = fits_image(&placed, image, &fits, err);
    if (code)
        return code;
    *out_fits = fits;
    if (!fits)
        return ERR_OK;
    placed.from_layer = true;
    words_done(out);
    *out = placed;
    placed = (struct words){0};
    return ERR_OK;
}
