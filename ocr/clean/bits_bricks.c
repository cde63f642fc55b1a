#include "ocr/clean/bits.h"

#include <allheaders.h>

/* Leptonica takes one pass over the image for each pixel of the brick's sides; doubling what is
 * known takes two for each doubling, and leaves the same bits. */

static void narrow_once(struct Pix *bits, struct Pix *before, int right, int down)
{
    int w = pixGetWidth(bits), h = pixGetHeight(bits);
    pixCopy(before, bits);
    pixRasterop(bits, 0, 0, w - right, h - down, PIX_SRC & PIX_DST, before, right, down);
    pixRasterop(bits, w - right, 0, right, h, PIX_CLR, NULL, 0, 0);
    pixRasterop(bits, 0, h - down, w, down, PIX_CLR, NULL, 0, 0);
}

static void widen_once(struct Pix *bits, struct Pix *before, int right, int down)
{
    int w = pixGetWidth(bits), h = pixGetHeight(bits);
    pixCopy(before, bits);
    pixRasterop(bits, right, down, w - right, h - down, PIX_SRC | PIX_DST, before, 0, 0);
}

typedef void step_fn(struct Pix *bits, struct Pix *before, int right, int down);

/* Makes of every pixel what `step` makes of `length` in a row. */
static void step_by_doubling(struct Pix *bits, struct Pix *before, int length, bool across,
                             step_fn *step)
{
    for (int done = 1; done < length;) {
        int by = done < length - done ? done : length - done;
        step(bits, before, across ? by : 0, across ? 0 : by);
        done += by;
    }
}

/* NULL: no memory. */
static struct Pix *open_brick(struct Pix *bits, int width, int height)
{
    AUTO(bits) struct Pix *opened = pixCopy(NULL, bits);
    AUTO(bits) struct Pix *before = pixCreateTemplateNoInit(bits);
    if (!opened || !before)
        return NULL;
    if (width > pixGetWidth(bits) || height > pixGetHeight(bits)) {
        pixClearAll(opened);
        return TAKE(opened);
    }
    step_by_doubling(opened, before, width, true, narrow_once);
    step_by_doubling(opened, before, height, false, narrow_once);
    step_by_doubling(opened, before, width, true, widen_once);
    step_by_doubling(opened, before, height, false, widen_once);
    return TAKE(opened);
}

/* Takes the place of Leptonica's in all of the program: Tesseract looks for rulings with bricks a
 * quarter of an inch long, which cost it a third of its layout. */
PIX *pixOpenBrick(PIX *pixd, PIX *pixs, l_int32 hsize, l_int32 vsize)
{
    if (!pixs || pixGetDepth(pixs) != 1 || hsize < 1 || vsize < 1)
        return pixd;
    struct Pix *opened = open_brick(pixs, hsize, vsize);
    if (!opened || !pixd)
        return opened;
    pixd = pixCopy(pixd, opened);
    pixDestroy(&opened);
    return pixd;
}

enum err_code bits_open(struct Pix *bits, int width, int height, struct Pix **out, struct err *err)
{
    struct Pix *opened = open_brick(bits, width, height);
    if (!opened)
        return err_set(err, ERR_NO_MEMORY, "black and white image");
    *out = opened;
    return ERR_OK;
}

/* The border at the right and below holds what widening moves out of the image. */
enum err_code bits_close(struct Pix *bits, int width, int height, struct Pix **out, struct err *err)
{
    AUTO(bits) struct Pix *closed = pixAddBorderGeneral(bits, 0, width, 0, height, 0);
    AUTO(bits) struct Pix *before = closed ? pixCreateTemplateNoInit(closed) : NULL;
    if (!before)
        return err_set(err, ERR_NO_MEMORY, "black and white image");
    step_by_doubling(closed, before, width, true, widen_once);
    step_by_doubling(closed, before, height, false, widen_once);
    step_by_doubling(closed, before, width, true, narrow_once);
    step_by_doubling(closed, before, height, false, narrow_once);
    struct Pix *whole = pixRemoveBorderGeneral(closed, 0, width, 0, height);
    if (!whole)
        return err_set(err, ERR_NO_MEMORY, "black and white image");
    *out = whole;
    return ERR_OK;
}
