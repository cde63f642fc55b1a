#include "ocr/recognize/codes.h"

#include "daemon/model/parting.h"
#include "ocr/recognize/codes_crop.h"
#include "ocr/recognize/codes_places.h"
#include "ocr/recognize/codes_text.h"
#include "ocr/recognize/patch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <dmtx.h>
#include <zbar.h>

#define MM_PER_INCH 25.4

/* Processor time a page may cost; what would come later is left out. */
#define PAGE_BUDGET_MS 1500
#define DATAMATRIX_TRY_MS 60
#define DATAMATRIX_STEP 2 /* pixels */
#define QUIET_MM 1.5
#define BARS_END_MM 6.0 /* the outermost bars may be too thin to belong to the place */
#define SQUARE_MAX_MM 75.0
#define FLAT_ROWS 12
#define BARS_SHARPEN 5 /* pixels at 36 a millimetre */

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

static void nowhere(struct code_found *found)
{
    found->left = found->top = INFINITY;
    found->right = found->bottom = -INFINITY;
}

static void include_point(const struct code_crop *crop, double x, double y,
                          struct code_found *found)
{
    double page_x, page_y;
    code_crop_to_page(crop, x, y, &page_x, &page_y);
    found->left = fmin(found->left, page_x);
    found->right = fmax(found->right, page_x);
    found->top = fmin(found->top, page_y);
    found->bottom = fmax(found->bottom, page_y);
}

/* A code that fills its place. */
static void include_place(const struct code_crop *crop, struct code_found *found)
{
    double w = crop->place->w * crop->scale / 2, h = crop->place->h * crop->scale / 2;
    double x = crop->grey->width / 2.0, y = crop->grey->height / 2.0;
    for (int corner = 0; corner < 4; corner++)
        include_point(crop, corner & 1 ? x + w : x - w, corner & 2 ? y + h : y - h, found);
}

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

static enum err_code take_symbol(const zbar_symbol_t *symbol, const struct code_crop *crop,
                                 struct codes *codes, struct err *err)
{
    struct code_found found = {0};
    nowhere(&found);
    name_kind(zbar_symbol_get_type(symbol), found.kind);
    if (crop->place->bars)
        include_place(crop, &found);
    else
        for (unsigned i = 0; i < zbar_symbol_get_loc_size(symbol); i++)
            include_point(crop, zbar_symbol_get_loc_x(symbol, i), zbar_symbol_get_loc_y(symbol, i),
                          &found);
    if (found.right < found.left)
        return ERR_OK;
    enum err_code code = codes_text(zbar_symbol_get_data(symbol),
                                    zbar_symbol_get_data_length(symbol), &found.text, err);
    if (!code)
        add_code(codes, &found);
    return code;
}

static enum err_code scan(zbar_image_scanner_t *scanner, const struct code_crop *crop,
                          struct codes *codes, struct err *err)
{
    const struct raster *grey = crop->grey;
    zbar_image_t *image = zbar_image_create();
    if (!image)
        return err_set(err, ERR_NO_MEMORY, "code scanner");
    zbar_image_set_format(image, *(const unsigned *)"Y800");
    zbar_image_set_size(image, (unsigned)grey->width, (unsigned)grey->height);
    zbar_image_set_data(image, grey->px, (unsigned long)grey->width * grey->height, NULL);
    zbar_scan_image(scanner, image);
    enum err_code code = ERR_OK;
    for (const zbar_symbol_t *symbol = zbar_image_first_symbol(image); symbol && !code;
         symbol = zbar_symbol_next(symbol))
        code = take_symbol(symbol, crop, codes, err);
    zbar_image_destroy(image);
    return code;
}

/* --- DataMatrix ------------------------------------------------------------------------------ */

static enum err_code take_message(const DmtxMessage *message, const struct code_crop *crop,
                                  struct codes *codes, struct err *err)
{
    struct code_found found = {.kind = "DATAMATRIX"};
    nowhere(&found);
    include_place(crop, &found);
    enum err_code code = codes_text(message->output, (size_t)message->outputIdx, &found.text, err);
    if (!code)
        add_code(codes, &found);
    return code;
}

/* Looks for a symbol from one pixel. */
static enum err_code try_pixel(DmtxDecode *decode, int x, int y, const struct code_crop *crop,
                               struct codes *codes, struct err *err)
{
    DmtxRegion *region = dmtxRegionScanPixel(decode, x, y);
    DmtxMessage *message = region ? dmtxDecodeMatrixRegion(decode, region, DmtxUndefined) : NULL;
    enum err_code code = ERR_OK;
    if (message && message->outputIdx > 0)
        code = take_message(message, crop, codes, err);
    dmtxMessageDestroy(&message);
    dmtxRegionDestroy(&region);
    return code;
}

/* The symbol fills most of its crop, so lines inwards from the crop's four sides soon meet its two
 * solid ones. libdmtx's own search begins anywhere and ends by the clock on the wall: on a busy
 * machine it finds less. */
static enum err_code try_lines(DmtxDecode *decode, const struct code_crop *crop,
                               struct codes *codes, struct err *err)
{
    static const double lines[] = {0.5, 0.35, 0.65, 0.42, 0.58, 0.28, 0.72};
    int width = crop->grey->width, height = crop->grey->height;
    int shorter = width < height ? width : height;
    size_t before = codes->count;
    clock_t deadline = clock() + DATAMATRIX_TRY_MS * (CLOCKS_PER_SEC / 1000);
    for (size_t line = 0; line < sizeof lines / sizeof *lines; line++)
        for (int at = 0; at < shorter * 2 / 5; at += DATAMATRIX_STEP) {
            int x = (int)(lines[line] * width), y = (int)(lines[line] * height);
            const int probe[4][2] = {{at, y}, {width - 1 - at, y}, {x, at}, {x, height - 1 - at}};
            for (int side = 0; side < 4; side++) {
                enum err_code code =
                    try_pixel(decode, probe[side][0], probe[side][1], crop, codes, err);
                if (code || codes->count > before || clock() > deadline)
                    return code;
            }
        }
    return ERR_OK;
}

static enum err_code scan_datamatrix(const struct code_crop *crop, struct codes *codes,
                                     struct err *err)
{
    const struct raster *grey = crop->grey;
    int shorter = grey->width < grey->height ? grey->width : grey->height;
    DmtxImage *image = dmtxImageCreate(grey->px, grey->width, grey->height, DmtxPack8bppK);
    DmtxDecode *decode = image ? dmtxDecodeCreate(image, 1) : NULL;
    enum err_code code = decode ? ERR_OK : err_set(err, ERR_NO_MEMORY, "code scanner");
    if (!code)
        dmtxDecodeSetProp(decode, DmtxPropEdgeMin, shorter / 3);
    if (!code)
        code = try_lines(decode, crop, codes, err);
    dmtxDecodeDestroy(&decode);
    dmtxImageDestroy(&image);
    return code;
}

/* --- page ------------------------------------------------------------------------------------ */

struct page {
    const struct raster *grey;
    double px_per_mm;
    zbar_image_scanner_t *scanner;
    clock_t deadline; /* processor time */
};

/* The place at that many pixels a millimetre, sharpened and made black and white as asked. */
struct attempt {
    double px_per_mm;
    int sharpen_reach; /* pixels after enlarging, 0 = not */
    bool binarise;
};

static enum err_code take_crop(const struct page *page, const struct code_place *place,
                               const struct attempt *attempt, struct code_crop *out,
                               struct err *err)
{
    double quiet = QUIET_MM * page->px_per_mm, ends = BARS_END_MM * page->px_per_mm;
    enum err_code code =
        code_crop_take(page->grey, place, (struct crop_margin){place->bars ? ends : quiet, quiet},
                       attempt->px_per_mm / page->px_per_mm, out, err);
    if (!code && attempt->sharpen_reach)
        code = code_crop_sharpen(out, attempt->sharpen_reach, err);
    if (!code && attempt->binarise)
        code_crop_binarise(out);
    return code;
}

/* Dense symbols need more pixels and sharpness, pale ones their grey. */
static const struct attempt square_attempts[] = {
    {24, 0, true}, {24, 4, true}, {36, 6, true}, {12, 0, true}, {24, 0, false}, {18, 3, false},
};
#define SQUARE_ATTEMPTS (int)(sizeof square_attempts / sizeof *square_attempts)
#define DATAMATRIX_ATTEMPTS 2

static enum err_code scan_square(const struct page *page, const struct code_place *place, int round,
                                 struct codes *codes, struct err *err)
{
    AUTO(code_crop)
    struct code_crop crop = {0};
    size_t before = codes->count;
    enum err_code code = take_crop(page, place, &square_attempts[round], &crop, err);
    if (!code)
        code = scan(page->scanner, &crop, codes, err);
    if (!code && round < DATAMATRIX_ATTEMPTS && codes->count == before)
        code = scan_datamatrix(&crop, codes, err);
    return code;
}

/* Readings of one bar code: one check sum of a hundred lets a misreading pass now and then, so a
 * text counts when it was read twice and oftener than any other. */
static void take_most_read(struct codes *readings, struct codes *codes)
{
    size_t best = 0, best_votes = 0, second = 0;
    for (size_t i = 0; i < readings->count; i++) {
        size_t votes = 0;
        bool counted = false;
        for (size_t k = 0; k < readings->count; k++) {
            bool same = strcmp(readings->item[k].text, readings->item[i].text) == 0;
            votes += same;
            counted = counted || (same && k < i);
        }
        if (counted)
            continue;
        if (votes > best_votes) {
            second = best_votes;
            best_votes = votes;
            best = i;
        } else if (votes > second) {
            second = votes;
        }
    }
    if (best_votes >= 2 && best_votes > second) {
        struct code_found found = readings->item[best];
        readings->item[best].text = NULL;
        add_code(codes, &found);
    }
}

static enum err_code read_band(const struct page *page, const struct code_crop *crop, double from,
                               double to, int sharpen_reach, struct codes *readings,
                               struct err *err)
{
    AUTO(code_crop)
    struct code_crop flat = {0};
    struct codes reading = {0};
    int first = (int)(from * crop->grey->height);
    int count = (int)fmax(1, to * crop->grey->height - first);
    enum err_code code = code_crop_flatten(crop, first, count, FLAT_ROWS, &flat, err);
    if (!code && sharpen_reach)
        code = code_crop_sharpen(&flat, sharpen_reach, err);
    if (!code)
        code = scan(page->scanner, &flat, &reading, err);
    for (size_t i = 0; i < reading.count; i++) {
        if (readings->count < PAGE_CODES_MAX)
            readings->item[readings->count++] = reading.item[i];
        else
            mem_free(reading.item[i].text);
    }
    return code;
}

/* Bars are the same from top to bottom: the mean of their rows has neither grain nor gaps. */
static enum err_code scan_bars(const struct page *page, const struct code_place *place,
                               struct codes *codes, struct err *err)
{
    static const struct {
        double from, to; /* share of the crop's height */
    } bands[] = {{0.35, 0.65}, {0.45, 0.55}, {0.55, 0.75}, {0.25, 0.45}, {0.2, 0.8}};
    static const struct attempt rough = {12, 0, false}, fine = {36, 0, false};
    struct code_place level = *place;
    double lean_deg = 0;
    AUTO(code_crop)
    struct code_crop leaning = {0};
    AUTO(code_crop)
    struct code_crop crop = {0};
    AUTO(codes)
    struct codes readings = {0};
    enum err_code code = take_crop(page, place, &rough, &leaning, err);
    if (!code)
        code = code_crop_measure_lean(&leaning, &lean_deg, err);
    level.turn_deg += lean_deg;
    if (!code)
        code = take_crop(page, &level, &fine, &crop, err);
    for (size_t i = 0; i < sizeof bands / sizeof *bands && !code; i++)
        for (int sharpen_reach = 0; sharpen_reach <= BARS_SHARPEN && !code;
             sharpen_reach += BARS_SHARPEN)
            code =
                read_band(page, &crop, bands[i].from, bands[i].to, sharpen_reach, &readings, err);
    if (!code)
        take_most_read(&readings, codes);
    return code;
}

static enum err_code scan_place(const struct page *page, const struct code_place *place, int round,
                                struct codes *codes, struct err *err)
{
    if (place->bars)
        return round == 0 ? scan_bars(page, place, codes, err) : ERR_OK;
    bool small = fmax(place->w, place->h) < SQUARE_MAX_MM * page->px_per_mm;
    return small ? scan_square(page, place, round, codes, err) : ERR_OK;
}

static bool is_read(const struct codes *codes, const struct code_place *place)
{
    for (size_t i = 0; i < codes->count; i++) {
        const struct code_found *found = &codes->item[i];
        if (place->x > found->left && place->x < found->right && place->y > found->top &&
            place->y < found->bottom)
            return true;
    }
    return false;
}

/* Every place gets its first attempt before one gets its second. */
static enum err_code scan_page(const struct page *page, struct codes *codes, struct err *err)
{
    struct code_places places = {0};
    enum err_code code = code_places_find(page->grey, page->px_per_mm, &places, err);
    for (int round = 0; round < SQUARE_ATTEMPTS && !code; round++)
        for (int i = 0; i < places.count && !code && clock() < page->deadline; i++)
            if (!is_read(codes, &places.item[i]))
                code = scan_place(page, &places.item[i], round, codes, err);
    return code;
}

/* Each kind once: a sheet has the same patch along its four edges. */
static bool has_patch(const struct codes *codes, const char *name)
{
    for (size_t i = 0; i < codes->count; i++)
        if (strcmp(codes->item[i].kind, PATCH_KIND) == 0 && strcmp(codes->item[i].text, name) == 0)
            return true;
    return false;
}

static enum err_code add_patches(const struct page *page, double dpi, struct codes *codes,
                                 struct err *err)
{
    struct patches patches;
    enum err_code code = patches_find(page->grey, dpi, &patches, err);
    for (size_t i = 0; !code && i < patches.count; i++) {
        const struct patch *patch = &patches.item[i];
        struct code_found found = {.kind = PATCH_KIND,
                                   .left = patch->left,
                                   .top = patch->top,
                                   .right = patch->right,
                                   .bottom = patch->bottom};
        if (has_patch(codes, patch->name))
            continue;
        found.text = mem_strdup(patch->name);
        if (!found.text)
            return err_set(err, ERR_NO_MEMORY, "code");
        add_code(codes, &found);
    }
    return code;
}

enum err_code codes_find(const struct raster *grey, double dpi, struct codes *out, struct err *err)
{
    *out = (struct codes){0};
    struct page page = {.grey = grey,
                        .px_per_mm = dpi / MM_PER_INCH,
                        .scanner = new_scanner(),
                        .deadline = clock() + PAGE_BUDGET_MS * (CLOCKS_PER_SEC / 1000)};
    if (!page.scanner)
        return err_set(err, ERR_NO_MEMORY, "code scanner");
    enum err_code code = scan_page(&page, out, err);
    if (!code)
        code = add_patches(&page, dpi, out, err);
    zbar_image_scanner_destroy(page.scanner);
    return code;
}
