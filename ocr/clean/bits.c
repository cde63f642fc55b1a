#include "ocr/clean/bits.h"

#include <endian.h>
#include <string.h>

#include <allheaders.h>

#define PIECES_MAX 200000

void bits_be_silent(void)
{
    setMsgSeverity(L_SEVERITY_NONE);
}

void bits_free(struct Pix *bits)
{
    pixDestroy(&bits);
}

static enum err_code made(struct Pix *pix, struct Pix **out, struct err *err)
{
    if (!pix)
        return err_set(err, ERR_NO_MEMORY, "black and white image");
    *out = pix;
    return ERR_OK;
}

#define EACH_BYTE 0x0101010101010101u
#define HIGH_BITS 0x8080808080808080u

/* A bit for each of eight pixels in a row, the first one highest. Eight at a time: the high bit of
 * each byte says whether that byte reaches the threshold, and a product brings the bits together.
 */
static unsigned darker_of_8(const uint8_t *px, uint64_t threshold)
{
    uint64_t eight;
    memcpy(&eight, px, sizeof eight);
    eight = le64toh(eight);
    uint64_t low = (eight | HIGH_BITS) - (threshold & ~HIGH_BITS);
    uint64_t reaches = (eight & ~threshold) | (~(eight ^ threshold) & low);
    return (unsigned)(((~reaches & HIGH_BITS) >> 7) * 0x8040201008040201u >> 56);
}

static l_uint32 darker_of_32(const uint8_t *px, int threshold)
{
    uint64_t each = (uint64_t)threshold * EACH_BYTE;
    return darker_of_8(px, each) << 24 | darker_of_8(px + 8, each) << 16 |
           darker_of_8(px + 16, each) << 8 | darker_of_8(px + 24, each);
}

enum err_code bits_from_grey(const struct raster *grey, int threshold, struct Pix **out,
                             struct err *err)
{
    struct Pix *bits = pixCreate(grey->width, grey->height, 1);
    if (!bits)
        return err_set(err, ERR_NO_MEMORY, "black and white image");
    int words = pixGetWpl(bits), whole = grey->width / 32;
    for (int y = 0; y < grey->height; y++) {
        const uint8_t *row = raster_row(grey, y);
        l_uint32 *line = pixGetData(bits) + (size_t)y * words;
        for (int i = 0; i < whole; i++)
            line[i] = darker_of_32(row + 32 * i, threshold);
        for (int x = 32 * whole; x < grey->width; x++)
            line[whole] |= (l_uint32)(row[x] < threshold) << (31 - x % 32);
    }
    *out = bits;
    return ERR_OK;
}

enum err_code bits_to_raster(struct Pix *bits, struct raster **out, struct err *err)
{
    AUTO(raster)
    struct raster *raster = NULL;
    enum err_code code = raster_new(pixGetWidth(bits), pixGetHeight(bits), 1, &raster, err);
    if (code)
        return code;
    int words = pixGetWpl(bits);
    for (int y = 0; y < raster->height; y++) {
        const l_uint32 *line = pixGetData(bits) + (size_t)y * words;
        uint8_t *row = raster_row(raster, y);
        for (int x = 0; x < raster->width; x++)
            row[x] = line[x / 32] >> (31 - x % 32) & 1 ? 255 : 0;
    }
    *out = TAKE(raster);
    return ERR_OK;
}

void pieces_done(struct pieces *pieces)
{
    mem_free(pieces->item);
    *pieces = (struct pieces){0};
}

static enum err_code fill_pieces(BOXA *boxes, PIXA *images, int min_side, struct pieces *out,
                                 struct err *err)
{
    int count = 0;
    for (int i = 0; i < boxaGetCount(boxes); i++) {
        int w = 0, h = 0;
        boxaGetBoxGeometry(boxes, i, NULL, NULL, &w, &h);
        count += w >= min_side || h >= min_side;
    }
    if (count > PIECES_MAX)
        return err_set(err, ERR_TOO_MANY, "%d pieces in a page", count);
    struct pieces found = {.item = mem_array(count ? count : 1, sizeof *found.item)};
    l_int32 *table = makePixelSumTab8();
    if (!found.item || !table) {
        mem_free(found.item);
        LEPT_FREE(table);
        return err_set(err, ERR_NO_MEMORY, "pieces of a page");
    }
    for (int i = 0; i < boxaGetCount(boxes) && found.count < count; i++) {
        struct piece *piece = &found.item[found.count];
        boxaGetBoxGeometry(boxes, i, &piece->x, &piece->y, &piece->w, &piece->h);
        if (piece->w < min_side && piece->h < min_side)
            continue;
        PIX *image = pixaGetPix(images, i, L_CLONE);
        pixCountPixels(image, &piece->area, table);
        pixDestroy(&image);
        found.count++;
    }
    LEPT_FREE(table);
    *out = found;
    return ERR_OK;
}

enum err_code bits_find_pieces(struct Pix *bits, int min_side, struct pieces *out, struct err *err)
{
    PIXA *images = NULL;
    BOXA *boxes = pixConnComp(bits, &images, 8);
    enum err_code code = boxes && images ? fill_pieces(boxes, images, min_side, out, err)
                                         : err_set(err, ERR_NO_MEMORY, "pieces of a page");
    boxaDestroy(&boxes);
    pixaDestroy(&images);
    return code;
}

enum err_code bits_select_by_size(struct Pix *bits, int min_side, int max_side, struct Pix **out,
                                  struct err *err)
{
    struct Pix *large =
        pixSelectBySize(bits, min_side, min_side, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, NULL);
    struct Pix *fit = large ? pixSelectBySize(large, max_side, max_side, 8, L_SELECT_IF_BOTH,
                                              L_SELECT_IF_LTE, NULL)
                            : NULL;
    pixDestroy(&large);
    return made(fit, out, err);
}

enum err_code bits_turn(struct Pix *bits, int turn_deg, struct Pix **out, struct err *err)
{
    return made(pixRotateOrth(bits, turn_deg / 90), out, err);
}

enum err_code bits_edge_areas(const struct raster *grey, int threshold, struct raster **out,
                              struct err *err)
{
    AUTO(bits)
    struct Pix *dark = NULL;
    enum err_code code = bits_from_grey(grey, threshold, &dark, err);
    if (code)
        return code;
    AUTO(bits)
    struct Pix *framed = pixAddBorder(dark, 3, 1); /* opening must not eat the edge */
    AUTO(bits)
    struct Pix *opened = framed ? pixOpenBrick(NULL, framed, 3, 3) : NULL;
    AUTO(bits)
    struct Pix *broad = opened ? pixRemoveBorder(opened, 3) : NULL;
    AUTO(bits)
    struct Pix *inner = broad ? pixRemoveBorderConnComps(broad, 8) : NULL;
    AUTO(bits)
    struct Pix *edge = inner ? pixXor(NULL, broad, inner) : NULL;
    AUTO(bits)
    struct Pix *rimmed = edge ? pixDilateBrick(NULL, edge, 3, 3) : NULL;
    if (!rimmed)
        return err_set(err, ERR_NO_MEMORY, "black and white image");
    return bits_to_raster(rimmed, out, err);
}
