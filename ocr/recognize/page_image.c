#include "ocr/recognize/page_image.h"

#include <arpa/inet.h>
#include <string.h>

#include <leptonica/allheaders.h>

#define LEVELS 256
/* More ink than that is no text on paper. */
#define INK_SHARE_MAX 0.25

/* Most of a page is white: eight pixels at a time. */
static void count_levels(const struct raster *grey, unsigned histogram[LEVELS])
{
    size_t count = (size_t)grey->width * grey->height, i = 0;
    uint64_t eight;
    for (; i + sizeof eight <= count; i += sizeof eight) {
        memcpy(&eight, grey->px + i, sizeof eight);
        if (eight == UINT64_MAX)
            histogram[LEVELS - 1] += sizeof eight;
        else
            for (size_t k = 0; k < sizeof eight; k++)
                histogram[grey->px[i + k]]++;
    }
    for (; i < count; i++)
        histogram[grey->px[i]]++;
}

int page_image_threshold(const struct raster *grey)
{
    unsigned histogram[LEVELS] = {0};
    double all = 0, sum = 0, dark = 0, dark_sum = 0, best = -1, best_dark = 0;
    int level = 0;
    count_levels(grey, histogram);
    for (int i = 0; i < LEVELS; i++) {
        all += histogram[i];
        sum += (double)i * histogram[i];
    }
    for (int i = 0; i < LEVELS - 1 && dark < all; i++) {
        dark += histogram[i];
        dark_sum += (double)i * histogram[i];
        double light = all - dark;
        if (dark <= 0 || light <= 0)
            continue;
        double apart = (sum - dark_sum) / light - dark_sum / dark;
        double between = apart * apart * dark * light;
        if (between > best) {
            best = between;
            best_dark = dark;
            level = i;
        }
    }
    return best_dark > 0 && best_dark < all * INK_SHARE_MAX ? level + 1 : 0;
}

/* Leptonica's rows are words, the first pixel in the highest byte. */
enum err_code page_image_grey(const struct raster *grey, struct Pix **out, struct err *err)
{
    struct Pix *pix = pixCreateNoInit(grey->width, grey->height, 8);
    if (!pix)
        return err_set(err, ERR_NO_MEMORY, "grey image");
    int words = pixGetWpl(pix);
    for (int y = 0; y < grey->height; y++) {
        const uint8_t *row = raster_row(grey, y);
        l_uint32 *line = pixGetData(pix) + (size_t)y * words, four = 0;
        for (int x = 0; x + 4 <= grey->width; x += 4) {
            memcpy(&four, row + x, 4);
            line[x / 4] = ntohl(four);
        }
        four = 0;
        memcpy(&four, row + grey->width / 4 * 4, (size_t)(grey->width % 4));
        if (grey->width % 4)
            line[words - 1] = ntohl(four);
    }
    *out = pix;
    return ERR_OK;
}

/* Takes the place of Leptonica's in all of the program, where only Tesseract calls it: it packs
 * each line as PNG and unpacks it at once. Leptonica's own form holds the same pixels as they are.
 */
l_ok pixWriteMem(l_uint8 **pdata, size_t *psize, PIX *pix, l_int32 format)
{
    (void)format;
    return pixWriteMemSpix(pdata, psize, pix);
}
