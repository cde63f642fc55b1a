#include "ocr/recognize/stamps.h"

#include "ocr/clean/bits.h"

#include <math.h>
#include <string.h>

#define INK_THRESHOLD 228 /* a stamp may be pale */
#define ENOUGH_PX_PER_MM 5.0
/* Stamps about how a paper is handled stand in the head; the one of a page in two columns, too. */
#define HEAD_PART 0.42
#define STAMPS_MAX 5
#define PIECES_MAX 400
/* Frames, and letters of a stamp without one. */
#define FRAME_W_MIN 12.0
#define FRAME_W_MAX 75.0
#define FRAME_H_MIN 5.0
#define FRAME_H_MAX 20.0
#define LETTER_H_MIN 2.2
#define LETTER_H_MAX 12.0
#define WORDS_W_MIN 8.0
#define LETTER_GAP_MM 6.0
#define MARGIN_MM 1.2
#define WHITE 255

struct stamp {
    struct rect_mm box;
    bool framed;
};

struct stamps {
    struct stamp item[STAMPS_MAX];
    size_t count;
};

/* `words` NULL: whatever was read does not count. */
static bool is_read(const struct rect_mm *box, const struct words *words)
{
    for (size_t i = 0; words && i < words->count; i++)
        if (rect_overlap_mm2(*box, words->item[i].box) > 0)
            return true;
    return false;
}

static bool is_frame(const struct rect_mm *box)
{
    return box->w >= FRAME_W_MIN && box->w <= FRAME_W_MAX && box->h >= FRAME_H_MIN &&
           box->h <= FRAME_H_MAX && box->w > 1.3 * box->h;
}

static bool is_letter(const struct rect_mm *box)
{
    return box->h >= LETTER_H_MIN && box->h <= LETTER_H_MAX && box->w <= 2.5 * box->h;
}

static void add(struct stamps *stamps, struct rect_mm box, bool framed)
{
    for (size_t i = 0; i < stamps->count; i++)
        if (rect_overlap_mm2(stamps->item[i].box, box) > 0)
            return;
    if (stamps->count < STAMPS_MAX)
        stamps->item[stamps->count++] = (struct stamp){box, framed};
}

static bool is_beside(struct rect_mm a, struct rect_mm b)
{
    double shared = fmin(a.y + a.h, b.y + b.h) - fmax(a.y, b.y);
    double gap = fmax(a.x, b.x) - fmin(a.x + a.w, b.x + b.w);
    return shared > 0 && gap < LETTER_GAP_MM;
}

/* Letters beside each other grow into one box. */
static void add_words(struct stamps *stamps, const struct rect_mm *box, bool *used, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (used[i])
            continue;
        struct rect_mm all = box[i];
        used[i] = true;
        for (size_t k = 0; k < count; k++)
            if (!used[k] && is_beside(all, box[k])) {
                all = rect_union(all, box[k]);
                used[k] = true;
                k = (size_t)-1; /* what was too far away may be near now */
            }
        if (all.w >= WORDS_W_MIN && all.w <= FRAME_W_MAX && all.h <= FRAME_H_MAX)
            add(stamps, all, false);
    }
}

static enum err_code find(const struct recognition_image *image, const struct words *words,
                          double bottom, struct stamps *out, struct err *err)
{
    AUTO(raster) struct raster *small = NULL;
    AUTO(bits) struct Pix *bits = NULL;
    AUTO(pieces) struct pieces pieces = {0};
    struct err why = ERR_INIT;
    int factor = image->px_per_mm >= 2 * ENOUGH_PX_PER_MM ? 2 : 1;
    double mm = factor / image->px_per_mm;
    struct rect_mm letter[PIECES_MAX];
    bool used[PIECES_MAX] = {false};
    size_t letters = 0;
    enum err_code code = raster_reduce(image->grey, factor, &small, err);
    if (!code)
        code = bits_from_grey(small, INK_THRESHOLD, &bits, err);
    if (!code)
        code = bits_find_pieces(bits, (int)(LETTER_H_MIN / 2 / mm), &pieces, &why);
    if (code == ERR_TOO_MANY) /* a halftone: nothing in it stands alone */
        return ERR_OK;
    for (int i = 0; !code && i < pieces.count; i++) {
        const struct piece *piece = &pieces.item[i];
        struct rect_mm box = {image->left_mm + piece->x * mm, image->top_mm + piece->y * mm,
                              piece->w * mm, piece->h * mm};
        if (box.y > bottom)
            continue;
        if (is_frame(&box))
            add(out, box, true);
        else if (letters < PIECES_MAX && is_letter(&box) && !is_read(&box, words))
            letter[letters++] = box;
    }
    if (!code)
        add_words(out, letter, used, letters);
    return code;
}

/* ---- one of them alone ---- */

struct point {
    int x, y;
};

/* Takes the ink that hangs together with a point out of the picture; how wide it was. */
static int erase_from(struct raster *grey, struct point *stack, int x, int y)
{
    size_t top = 0;
    int left = x, right = x;
    stack[top++] = (struct point){x, y};
    raster_row(grey, y)[x] = WHITE;
    while (top) {
        struct point at = stack[--top];
        left = at.x < left ? at.x : left;
        right = at.x > right ? at.x : right;
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                int nx = at.x + dx, ny = at.y + dy;
                if (nx < 0 || ny < 0 || nx >= grey->width || ny >= grey->height ||
                    raster_row(grey, ny)[nx] >= INK_THRESHOLD)
                    continue;
                raster_row(grey, ny)[nx] = WHITE;
                stack[top++] = (struct point){nx, ny};
            }
    }
    return right - left + 1;
}

/* How the upper rule runs: pixels down for each pixel across, least squares over its middle. */
static double slope_of(const struct raster *grey)
{
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (int x = grey->width / 6; x < grey->width * 5 / 6; x++)
        for (int y = 0; y < grey->height / 2; y++)
            if (raster_row(grey, y)[x] < INK_THRESHOLD) {
                n++;
                sx += x;
                sy += y;
                sxx += (double)x * x;
                sxy += (double)x * y;
                break;
            }
    double spread = n * sxx - sx * sx;
    return spread > 0 ? (n * sxy - sx * sy) / spread : 0;
}

/* The first ink below that point of the upper edge; -1: none. */
static int first_ink(const struct raster *grey, int x)
{
    for (int y = 0; y < grey->height / 2; y++)
        if (raster_row(grey, y)[x] < INK_THRESHOLD)
            return y;
    return -1;
}

/* A frame is the ink met first from above that runs over most of the stamp; letters are narrow. */
static enum err_code erase_frame(struct raster *grey, struct err *err)
{
    size_t pixels = (size_t)grey->width * (size_t)grey->height;
    AUTO(mem) struct point *stack = mem_array(pixels, sizeof *stack);
    AUTO(raster) struct raster *tried = NULL;
    bool erased = false;
    enum err_code code =
        stack ? raster_turn(grey, 0, &tried, err) : err_set(err, ERR_NO_MEMORY, "stamp");
    for (int part = 1; !code && !erased && part < 8; part++) {
        int x = grey->width * part / 8, y = first_ink(tried, x);
        erased = y >= 0 && erase_from(tried, stack, x, y) > grey->width / 2;
        if (erased)
            (void)erase_from(grey, stack, x, y);
    }
    return code;
}

/* Print around the frame, cut by the edge of the picture. */
static enum err_code erase_around(struct raster *grey, struct err *err)
{
    size_t pixels = (size_t)grey->width * (size_t)grey->height;
    AUTO(mem) struct point *stack = mem_array(pixels, sizeof *stack);
    if (!stack)
        return err_set(err, ERR_NO_MEMORY, "stamp");
    for (int y = 0; y < grey->height; y++) {
        bool whole = y == 0 || y == grey->height - 1;
        for (int x = 0; x < grey->width; x += whole || x == grey->width - 1 ? 1 : grey->width - 1)
            if (raster_row(grey, y)[x] < INK_THRESHOLD)
                (void)erase_from(grey, stack, x, y);
    }
    return ERR_OK;
}

/* Columns moved up or down: for few degrees as good as turning. */
static enum err_code level(const struct raster *grey, double slope, struct raster **out,
                           struct err *err)
{
    AUTO(raster) struct raster *straight = NULL;
    enum err_code code = raster_new(grey->width, grey->height, 1, &straight, err);
    for (int x = 0; !code && x < grey->width; x++) {
        int down = (int)lround(slope * (x - grey->width / 2));
        for (int y = 0; y < grey->height; y++) {
            int from = y + down;
            if (from >= 0 && from < grey->height)
                raster_row(straight, y)[x] = raster_row(grey, from)[x];
        }
    }
    if (!code)
        *out = TAKE(straight);
    return code;
}

/* The stamp as a picture of its own, level, without its frame. */
static enum err_code cut_out(const struct recognition_image *image, const struct stamp *stamp,
                             struct recognition_image *out, struct err *err)
{
    AUTO(raster) struct raster *crop = NULL;
    double x = stamp->box.x - MARGIN_MM, y = stamp->box.y - MARGIN_MM, px = image->px_per_mm;
    int left = (int)fmax(0, (x - image->left_mm) * px);
    int top = (int)fmax(0, (y - image->top_mm) * px);
    enum err_code code =
        raster_crop(image->grey, left, top, (int)((stamp->box.w + 2 * MARGIN_MM) * px),
                    (int)((stamp->box.h + 2 * MARGIN_MM) * px), &crop, err);
    if (code)
        return code;
    double slope = slope_of(crop);
    if (stamp->framed)
        code = erase_frame(crop, err);
    if (!code && stamp->framed)
        code = erase_around(crop, err);
    if (!code)
        code = level(crop, slope, &out->grey, err);
    out->px_per_mm = px;
    out->left_mm = image->left_mm + left / px;
    out->top_mm = image->top_mm + top / px;
    return code;
}

static enum err_code read_stamp(struct recognizer *recognizer,
                                const struct recognition_image *image, const struct stamp *stamp,
                                struct words *words, struct err *err)
{
    AUTO(recognition_image) struct recognition_image alone = {0};
    AUTO(words) struct words read = {0};
    enum err_code code = cut_out(image, stamp, &alone, err);
    if (code)
        return code;
    struct rect_mm all = {alone.left_mm, alone.top_mm, alone.grey->width / alone.px_per_mm,
                          alone.grey->height / alone.px_per_mm};
    int line = words->count ? words->item[words->count - 1].line + 1 : 0;
    code = recognizer_read_line(recognizer, &alone, &all, words, &read, err);
    for (size_t i = 0; !code && i < read.count; i++)
        code = words_add(words, read.item[i].text, read.item[i].confidence, read.item[i].box,
                         read.item[i].baseline_mm, line, line, err);
    return code;
}

/* One word of the page as it was. */
static enum err_code copy_word(const struct word *word, struct words *out, struct err *err)
{
    return words_add(out, word->text, word->confidence, word->box, word->baseline_mm, word->block,
                     word->line, err);
}

enum err_code stamps_read(struct recognizer *recognizer, const struct recognition_image *image,
                          const struct words *words, struct words *out, struct err *err)
{
    struct stamps stamps = {0};
    words_init(out, words->page, words->skew_deg);
    enum err_code code = find(image, words, words->page.h * HEAD_PART, &stamps, err);
    for (size_t i = 0; !code && i < words->count; i++)
        code = copy_word(&words->item[i], out, err);
    for (size_t i = 0; !code && i < stamps.count; i++)
        code = read_stamp(recognizer, image, &stamps.item[i], out, err);
    return code;
}

static bool lies_under(const struct word *word, struct rect_mm box)
{
    return 2 * rect_overlap_mm2(word->box, box) >= word->box.w * word->box.h;
}

enum err_code stamps_over_page(const struct words *stamped, size_t page_count, struct words *out,
                               struct err *err)
{
    enum err_code code = ERR_OK;
    words_init(out, stamped->page, stamped->skew_deg);
    for (size_t i = 0; !code && i < stamped->count; i++) {
        bool hidden = false;
        for (size_t k = page_count; i < page_count && k < stamped->count; k++)
            hidden = hidden || lies_under(&stamped->item[i], stamped->item[k].box);
        if (!hidden)
            code = copy_word(&stamped->item[i], out, err);
    }
    return code;
}

/* Half of it or more lies under a stamp. */
static bool is_covered(const struct word *word, const struct stamps *stamps)
{
    for (size_t i = 0; i < stamps->count; i++)
        if (lies_under(word, stamps->item[i].box))
            return true;
    return false;
}

enum err_code stamps_read_red(struct recognizer *recognizer, const struct recognition_image *image,
                              const struct words *words, struct words *out, struct err *err)
{
    struct stamps stamps = {0};
    words_init(out, words->page, words->skew_deg);
    enum err_code code =
        image->red ? find(image->red, NULL, words->page.h * HEAD_PART, &stamps, err) : ERR_OK;
    for (size_t i = 0; !code && i < words->count; i++)
        if (!is_covered(&words->item[i], &stamps))
            code = copy_word(&words->item[i], out, err);
    for (size_t i = 0; !code && i < stamps.count; i++)
        code = read_stamp(recognizer, image->red, &stamps.item[i], out, err);
    return code;
}
