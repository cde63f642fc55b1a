#include "ocr/recognize/codes.h"
#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "ocr/clean/bits.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <dmtx.h>
#include <zbar.h>

#define MM_PER_INCH 25.4

/* What a code looks like from afar: modules less than JOIN_MM apart make one solid piece. */
#define JOIN_MM 1.3
#define LOOK_DPI 100
#define CODE_MIN_MM 5.0
#define CODE_MAX_MM 90.0
#define CODE_MIN_FILL 0.2 /* a bar code lying aslant fills little of its box */
/* Share of ink: codes have 0.4 to 0.5, printed lines 0.2 to 0.3. A square on its corner fills half
 * its box. */
#define DENSE_MIN_INK 0.33
#define DENSE_MIN_INK_OF_PIECE 0.36
#define QUIET_MM 2.0
#define CANDIDATES_MAX 24

#define DATAMATRIX_BUDGET_MS 300
#define DATAMATRIX_TRY_MS 100
#define DATAMATRIX_MAX_MM 45.0

/* --- text ------------------------------------------------------------------------------------ */

/* Code points 0x80..0xff written as UTF-8 that, as bytes, are valid UTF-8 again. NULL otherwise. */
static char *undo_double_encoding(const char *text)
{
    AUTO(mem)
    char *bytes = mem_alloc(strlen(text) + 1);
    size_t size = 0;
    bool any = false;
    if (!bytes)
        return NULL;
    for (const char *cursor = text; *cursor;) {
        int32_t point = text_next(&cursor);
        if (point < 0 || point > 255)
            return NULL;
        any = any || point >= 0x80;
        bytes[size++] = (char)point;
    }
    return any && text_is_utf8(bytes, size) ? TAKE(bytes) : NULL;
}

static char *latin1_to_utf8(const unsigned char *bytes, size_t size)
{
    char *text = mem_alloc(2 * size + 1);
    size_t used = 0;
    for (size_t i = 0; text && i < size; i++)
        if (bytes[i])
            used += text_put(bytes[i], text + used);
    return text;
}

static bool all_digits(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    return true;
}

/* number(12)|old number(9 or none)|name|ddmmyyyy|sex|residence|ddmmyyyy and what follows: cut off.
 */
static void drop_relatives(char *text)
{
    const char *field[7];
    size_t size[7];
    char *cursor = text;
    for (int i = 0; i < 7; i++) {
        field[i] = cursor;
        size[i] = strcspn(cursor, "|");
        cursor += size[i];
        if (i < 6 && *cursor++ != '|')
            return;
    }
    bool card = size[0] == 12 && all_digits(field[0], 12) && (size[1] == 0 || size[1] == 9) &&
                all_digits(field[1], size[1]) && size[2] > 0 && size[3] == 8 &&
                all_digits(field[3], 8);
    if (card)
        *cursor = 0;
}

enum err_code codes_text(const void *bytes, size_t size, char **out, struct err *err)
{
    AUTO(mem)
    char *text = text_is_utf8(bytes, size) ? mem_strndup(bytes, size) : latin1_to_utf8(bytes, size);
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "text of a code");
    AUTO(mem)
    char *repaired = undo_double_encoding(text);
    char *plain = repaired ? repaired : text;
    drop_relatives(plain);
    return text_nfc(plain, strlen(plain), out, err);
}

/* --- list ------------------------------------------------------------------------------------ */

void codes_done(struct codes *codes)
{
    for (size_t i = 0; i < codes->count; i++)
        mem_free(codes->item[i].text);
    *codes = (struct codes){0};
}

static bool is_known(const struct codes *codes, const struct code_found *found)
{
    for (size_t i = 0; i < codes->count; i++) {
        const struct code_found *known = &codes->item[i];
        bool apart = known->right < found->left || found->right < known->left ||
                     known->bottom < found->top || found->bottom < known->top;
        if (!apart && strcmp(known->kind, found->kind) == 0 &&
            strcmp(known->text, found->text) == 0)
            return true;
    }
    return false;
}

/* Takes found->text over. */
static void add_code(struct codes *codes, struct code_found *found)
{
    if (codes->count < PAGE_CODES_MAX && found->text[0] && !is_known(codes, found))
        codes->item[codes->count++] = *found;
    else
        mem_free(found->text);
    found->text = NULL;
}

/* Where a crop lies in the page. */
struct place {
    double left, top, scale; /* page = left + crop / scale */
};

/* --- zbar ------------------------------------------------------------------------------------ */

/* Only what offices print; each further symbology is a source of false codes. */
static zbar_image_scanner_t *new_scanner(void)
{
    static const zbar_symbol_type_t wanted[] = {ZBAR_QRCODE, ZBAR_CODE128, ZBAR_CODE39, ZBAR_EAN13};
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    if (!scanner)
        return NULL;
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        zbar_image_scanner_set_config(scanner, wanted[i], ZBAR_CFG_ENABLE, 1);
    /* without BINARY zbar guesses at an encoding and mangles Vietnamese */
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
    zbar_image_scanner_set_config(scanner, ZBAR_CODE39, ZBAR_CFG_MIN_LEN, 6);
    zbar_image_scanner_set_config(scanner, ZBAR_CODE128, ZBAR_CFG_MIN_LEN, 4);
    return scanner;
}

static void name_kind(zbar_symbol_type_t type, char out[16])
{
    switch (type) {
    case ZBAR_QRCODE:
        strcpy(out, "QR");
        break;
    case ZBAR_CODE128:
        strcpy(out, "CODE128");
        break;
    case ZBAR_CODE39:
        strcpy(out, "CODE39");
        break;
    default:
        strcpy(out, "EAN13");
        break;
    }
}

static void locate(const zbar_symbol_t *symbol, const struct place *place, struct code_found *found)
{
    found->left = found->top = INFINITY;
    found->right = found->bottom = -INFINITY;
    for (unsigned i = 0; i < zbar_symbol_get_loc_size(symbol); i++) {
        double x = place->left + zbar_symbol_get_loc_x(symbol, i) / place->scale;
        double y = place->top + zbar_symbol_get_loc_y(symbol, i) / place->scale;
        found->left = fmin(found->left, x);
        found->right = fmax(found->right, x);
        found->top = fmin(found->top, y);
        found->bottom = fmax(found->bottom, y);
    }
}

static enum err_code scan(zbar_image_scanner_t *scanner, const struct raster *grey,
                          const struct place *place, struct codes *codes, struct err *err)
{
    zbar_image_t *image = zbar_image_create();
    if (!image)
        return err_set(err, ERR_NO_MEMORY, "code scanner");
    zbar_image_set_format(image, *(const unsigned *)"Y800");
    zbar_image_set_size(image, (unsigned)grey->width, (unsigned)grey->height);
    zbar_image_set_data(image, grey->px, (unsigned long)grey->width * grey->height, NULL);
    zbar_scan_image(scanner, image);
    enum err_code code = ERR_OK;
    for (const zbar_symbol_t *symbol = zbar_image_first_symbol(image); symbol && !code;
         symbol = zbar_symbol_next(symbol)) {
        struct code_found found = {0};
        if (zbar_symbol_get_loc_size(symbol) == 0)
            continue;
        name_kind(zbar_symbol_get_type(symbol), found.kind);
        locate(symbol, place, &found);
        code = codes_text(zbar_symbol_get_data(symbol), zbar_symbol_get_data_length(symbol),
                          &found.text, err);
        if (!code)
            add_code(codes, &found);
    }
    zbar_image_destroy(image);
    return code;
}

/* Darker than halfway between paper and the crop's own ink. */
static void binarise(struct raster *grey)
{
    unsigned histogram[256] = {0};
    size_t count = (size_t)grey->width * grey->height, seen = 0;
    for (size_t i = 0; i < count; i++)
        histogram[grey->px[i]]++;
    int ink = 0;
    while (ink < 200 && (seen += histogram[ink]) < count / 20)
        ink++;
    for (size_t i = 0; i < count; i++)
        grey->px[i] = grey->px[i] < ink + (255 - ink) * 55 / 100 ? 0 : 255;
}

/* Undoes blur: each pixel moves away from the mean of its (2 * reach + 1) square. */
static enum err_code sharpen(struct raster *grey, int reach, struct err *err)
{
    int width = grey->width, height = grey->height;
    size_t stride = (size_t)width + 1;
    AUTO(mem)
    uint32_t *sums = mem_array(stride * ((size_t)height + 1), sizeof *sums);
    if (!sums)
        return err_set(err, ERR_NO_MEMORY, "sharpening");
    for (int y = 0; y < height; y++)
        for (int x = 0, row = 0; x < width; x++) {
            row += raster_row(grey, y)[x];
            sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + (uint32_t)row;
        }
    for (int y = 0; y < height; y++) {
        int y0 = y > reach ? y - reach : 0, y1 = y + reach < height ? y + reach + 1 : height;
        uint8_t *px = raster_row(grey, y);
        for (int x = 0; x < width; x++) {
            int x0 = x > reach ? x - reach : 0, x1 = x + reach < width ? x + reach + 1 : width;
            uint32_t sum = sums[y1 * stride + x1] - sums[y0 * stride + x1] -
                           sums[y1 * stride + x0] + sums[y0 * stride + x0];
            int mean = (int)(sum / (uint32_t)((y1 - y0) * (x1 - x0)));
            int value = px[x] + (px[x] - mean) * 5 / 2;
            px[x] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
    }
    return ERR_OK;
}

/* --- DataMatrix ------------------------------------------------------------------------------ */

static enum err_code scan_datamatrix(const struct raster *grey, const struct place *place,
                                     int64_t budget_ms, struct codes *codes, struct err *err)
{
    DmtxImage *image = dmtxImageCreate(grey->px, grey->width, grey->height, DmtxPack8bppK);
    DmtxDecode *decode = image ? dmtxDecodeCreate(image, 1) : NULL;
    enum err_code code = decode ? ERR_OK : err_set(err, ERR_NO_MEMORY, "code scanner");
    DmtxTime deadline = dmtxTimeAdd(dmtxTimeNow(), (long)budget_ms);
    DmtxRegion *region = decode ? dmtxRegionFindNext(decode, &deadline) : NULL;
    DmtxMessage *message = region ? dmtxDecodeMatrixRegion(decode, region, DmtxUndefined) : NULL;
    if (message && message->outputIdx > 0) {
        struct code_found found = {.kind = "DATAMATRIX",
                                   .left = place->left,
                                   .top = place->top,
                                   .right = place->left + grey->width / place->scale,
                                   .bottom = place->top + grey->height / place->scale};
        code = codes_text(message->output, (size_t)message->outputIdx, &found.text, err);
        if (!code)
            add_code(codes, &found);
    }
    dmtxMessageDestroy(&message);
    dmtxRegionDestroy(&region);
    dmtxDecodeDestroy(&decode);
    dmtxImageDestroy(&image);
    return code;
}

/* --- page ------------------------------------------------------------------------------------ */

struct page {
    const struct raster *grey;
    double px_per_mm;
    zbar_image_scanner_t *scanner;
    struct piece candidate[CANDIDATES_MAX]; /* in pixels of grey, with the quiet zone */
    bool dense[CANDIDATES_MAX];             /* inked like a code, not like text */
    int count;
};

static bool is_top_left(const struct page *page, const struct piece *piece)
{
    return piece->x < page->grey->width / 2 && piece->y < page->grey->height / 2;
}

static double ink_share(const struct raster *small, const struct piece *piece)
{
    unsigned histogram[256] = {0}, count = (unsigned)(piece->w * piece->h), seen = 0;
    for (int y = piece->y; y < piece->y + piece->h; y++)
        for (int x = piece->x; x < piece->x + piece->w; x++)
            histogram[raster_row(small, y)[x]]++;
    int ink = 0;
    while (ink < 240 && (seen += histogram[ink]) < count / 20)
        ink++;
    double sum = 0;
    for (int level = 0; level < 256; level++)
        sum += histogram[level] * (255.0 - level);
    return sum / ((255.0 - ink) * count);
}

static bool is_dense(const struct raster *small, const struct piece *piece)
{
    double share = ink_share(small, piece);
    double fill = piece->area / ((double)piece->w * piece->h);
    bool square = piece->w < 1.3 * piece->h && piece->h < 1.3 * piece->w;
    return share >= DENSE_MIN_INK ||
           (square && fill >= 0.42 && share >= DENSE_MIN_INK_OF_PIECE * fill);
}

static void choose_candidates(struct page *page, const struct pieces *pieces,
                              const struct raster *small, int factor)
{
    double px_per_mm = page->px_per_mm / factor;
    int margin = (int)(QUIET_MM * page->px_per_mm);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < pieces->count && page->count < CANDIDATES_MAX; i++) {
            const struct piece *p = &pieces->item[i];
            struct piece full = {p->x * factor - margin, p->y * factor - margin,
                                 p->w * factor + 2 * margin, p->h * factor + 2 * margin, p->area};
            double shorter = fmin(p->w, p->h) / px_per_mm, longer = fmax(p->w, p->h) / px_per_mm;
            if (shorter < CODE_MIN_MM || longer > CODE_MAX_MM ||
                p->area < CODE_MIN_FILL * p->w * p->h || is_top_left(page, &full) != (round == 0))
                continue;
            page->dense[page->count] = is_dense(small, p);
            page->candidate[page->count++] = full;
        }
    }
}

/* Solid pieces of a code's size, from the top left quarter first. */
static enum err_code find_candidates(struct page *page, struct err *err)
{
    int factor = (int)fmax(1, floor(page->px_per_mm * MM_PER_INCH / LOOK_DPI));
    double px_per_mm = page->px_per_mm / factor;
    AUTO(raster)
    struct raster *small = NULL;
    AUTO(bits)
    struct Pix *bits = NULL;
    AUTO(bits)
    struct Pix *joined = NULL;
    AUTO(pieces)
    struct pieces pieces = {0};
    int join = (int)ceil(JOIN_MM * px_per_mm);
    enum err_code code = raster_reduce(page->grey, factor, &small, err);
    if (!code)
        code = bits_from_grey(small, 180, &bits, err);
    if (!code)
        code = bits_close(bits, join, join, &joined, err);
    if (!code)
        code = bits_find_pieces(joined, (int)(CODE_MIN_MM * px_per_mm), &pieces, err);
    if (!code)
        choose_candidates(page, &pieces, small, factor);
    return code;
}

/* The crop with a white rim, enlarged, sharpened and made black and white as asked. */
struct attempt {
    double scale;
    int sharpen_reach; /* pixels after enlarging, 0 = not */
    bool binarise;
};

static enum err_code scan_attempt(const struct page *page, const struct piece *piece,
                                  const struct raster *crop, const struct attempt *attempt,
                                  struct codes *codes, struct err *err)
{
    struct place place = {piece->x, piece->y, attempt->scale};
    AUTO(raster)
    struct raster *scaled = NULL;
    enum err_code code = raster_resize(crop, (int)(crop->width * attempt->scale),
                                       (int)(crop->height * attempt->scale), &scaled, err);
    if (!code && attempt->sharpen_reach)
        code = sharpen(scaled, attempt->sharpen_reach, err);
    if (code)
        return code;
    if (attempt->binarise)
        binarise(scaled);
    return scan(page->scanner, scaled, &place, codes, err);
}

/* The piece with its quiet zone; white where that lies outside the page. */
static enum err_code crop_candidate(const struct page *page, const struct piece *piece,
                                    struct raster **out, struct err *err)
{
    AUTO(raster)
    struct raster *crop = NULL;
    enum err_code code = raster_new(piece->w, piece->h, 1, &crop, err);
    if (code)
        return code;
    int x0 = piece->x > 0 ? piece->x : 0;
    int x1 = piece->x + piece->w < page->grey->width ? piece->x + piece->w : page->grey->width;
    for (int y = 0; y < piece->h; y++)
        if (piece->y + y >= 0 && piece->y + y < page->grey->height)
            memcpy(raster_row(crop, y) + x0 - piece->x, raster_row(page->grey, piece->y + y) + x0,
                   (size_t)(x1 - x0));
    *out = TAKE(crop);
    return ERR_OK;
}

/* What is inked like text gets one quick look. */
static enum err_code scan_candidate(const struct page *page, int index, struct codes *codes,
                                    struct err *err)
{
    static const struct attempt attempts[] = {
        {1, 0, true}, {2, 4, true}, {1, 0, false}, {3, 6, true}, {1.5, 3, false}, {1, 2, true},
    };
    AUTO(raster)
    struct raster *crop = NULL;
    const struct piece *piece = &page->candidate[index];
    size_t count = page->dense[index] ? sizeof attempts / sizeof *attempts : 1;
    size_t before = codes->count;
    enum err_code code = crop_candidate(page, piece, &crop, err);
    for (size_t i = 0; i < count && !code && codes->count == before; i++)
        code = scan_attempt(page, piece, crop, &attempts[i], codes, err);
    return code;
}

static enum err_code scan_candidates_for_datamatrix(const struct page *page, const bool *read,
                                                    struct codes *codes, struct err *err)
{
    int64_t end = sys_monotonic_us() + DATAMATRIX_BUDGET_MS * 1000;
    for (int i = 0; i < page->count; i++) {
        const struct piece *piece = &page->candidate[i];
        int64_t left_ms = (end - sys_monotonic_us()) / 1000;
        bool fits = fmax(piece->w, piece->h) < DATAMATRIX_MAX_MM * page->px_per_mm;
        if (read[i] || !page->dense[i] || !fits || left_ms <= 0)
            continue;
        AUTO(raster)
        struct raster *crop = NULL;
        struct place place = {piece->x, piece->y, 1};
        enum err_code code = crop_candidate(page, piece, &crop, err);
        if (!code)
            code = scan_datamatrix(crop, &place,
                                   left_ms < DATAMATRIX_TRY_MS ? left_ms : DATAMATRIX_TRY_MS, codes,
                                   err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static enum err_code scan_page(struct page *page, struct codes *codes, struct err *err)
{
    bool read[CANDIDATES_MAX] = {false};
    enum err_code code = find_candidates(page, err);
    for (int i = 0; i < page->count && !code; i++) {
        size_t before = codes->count;
        code = scan_candidate(page, i, codes, err);
        read[i] = codes->count > before;
    }
    return code ? code : scan_candidates_for_datamatrix(page, read, codes, err);
}

enum err_code codes_find(const struct raster *grey, double dpi, struct codes *out, struct err *err)
{
    *out = (struct codes){0};
    struct page page = {.grey = grey, .px_per_mm = dpi / MM_PER_INCH, .scanner = new_scanner()};
    if (!page.scanner)
        return err_set(err, ERR_NO_MEMORY, "code scanner");
    enum err_code code = scan_page(&page, out, err);
    zbar_image_scanner_destroy(page.scanner);
    return code;
}
