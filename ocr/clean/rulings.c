#include "ocr/clean/rulings.h"

#include "ocr/clean/bits.h"

/* Enough to part a hairline from what stands beside it. */
#define ENOUGH_PX_PER_MM 5.0
/* The page is evened: what is darker than that is ink, also a hairline after reducing. */
#define INK_BELOW 200
#define GAP_PX 3        /* dust and coding break a line */
#define LEVEL_MM 12.0   /* longer than any stroke of a letter */
#define UPRIGHT_MM 6.0  /* than any letter is tall, shorter than a row of a table */
#define THICKEST_MM 1.5 /* more is a bar or a blot */
#define RULINGS_MAX 2000

void rulings_done(struct rulings *rulings)
{
    mem_free(rulings->item);
    *rulings = (struct rulings){0};
}

static void add(const struct piece *piece, bool upright, double mm_per_px,
                const struct recognition_image *image, struct rulings *out)
{
    double length = upright ? piece->h : piece->w, across = upright ? piece->w : piece->h;
    double thickness = piece->area / length * mm_per_px;
    double start = (upright ? piece->y : piece->x) * mm_per_px;
    double middle = ((upright ? piece->x : piece->y) + across / 2) * mm_per_px;
    if (thickness > THICKEST_MM || out->count == RULINGS_MAX)
        return;
    start += upright ? image->top_mm : image->left_mm;
    middle += upright ? image->left_mm : image->top_mm;
    out->item[out->count++] = (struct ruling){upright, middle, start, start + length * mm_per_px};
}

static enum err_code find_one_way(struct Pix *ink, bool upright, double mm_per_px,
                                  const struct recognition_image *image, struct rulings *out,
                                  struct err *err)
{
    AUTO(bits) struct Pix *closed = NULL;
    AUTO(bits) struct Pix *lines = NULL;
    AUTO(pieces) struct pieces pieces = {0};
    int length = (int)((upright ? UPRIGHT_MM : LEVEL_MM) / mm_per_px);
    enum err_code code = bits_close(ink, upright ? 1 : GAP_PX, upright ? GAP_PX : 1, &closed, err);
    if (!code)
        code = bits_open(closed, upright ? 1 : length, upright ? length : 1, &lines, err);
    if (!code)
        code = bits_find_pieces(lines, length, &pieces, err);
    for (int i = 0; i < pieces.count && !code; i++)
        add(&pieces.item[i], upright, mm_per_px, image, out);
    return code;
}

enum err_code rulings_find(const struct recognition_image *image, struct rulings *out,
                           struct err *err)
{
    AUTO(raster) struct raster *small = NULL;
    AUTO(bits) struct Pix *ink = NULL;
    AUTO(rulings) struct rulings found = {0};
    int factor = (int)(image->px_per_mm / ENOUGH_PX_PER_MM);
    factor = factor < 1 ? 1 : factor;
    double mm_per_px = factor / image->px_per_mm;
    bits_be_silent();
    found.item = mem_array(RULINGS_MAX, sizeof *found.item);
    if (!found.item)
        return err_set(err, ERR_NO_MEMORY, "rulings of a page");
    enum err_code code = raster_reduce(image->grey, factor, &small, err);
    if (!code)
        code = bits_from_grey(small, INK_BELOW, &ink, err);
    for (int upright = 0; upright < 2 && !code; upright++)
        code = find_one_way(ink, upright, mm_per_px, image, &found, err);
    if (code == ERR_TOO_MANY) {
        found.count = 0;
        code = ERR_OK;
    }
    if (code)
        return code;
    *out = found;
    found.item = NULL;
    return ERR_OK;
}
