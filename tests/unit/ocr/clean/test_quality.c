#include "ocr/clean/clean.h"
#include "tests/unit/image/pages.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 1654
#define HEIGHT 2339
#define DPI 200.0
#define MM (DPI / 25.4)

static bool has_reason(const struct page_info *info, const char *reason)
{
    for (size_t i = 0; i < info->reason_count; i++)
        if (strcmp(info->reasons[i], reason) == 0)
            return true;
    return false;
}

/* Takes the raster over. */
static void clean(struct raster *page, double dpi, struct page_info *out)
{
    struct image image = {.raster = page, .count = 1, .dpi = dpi, .dpi_source = DPI_FILE};
    AUTO(clean_page) struct clean_page cleaned = {0};
    struct err err = ERR_INIT;
    if (clean_page(&image, NULL, &cleaned, &err))
        fail_msg("%s %s", err_name(err.code), err.detail);
    *out = cleaned.info;
    out->code_count = 0;
}

/* ---- what goes wrong with a sheet -------------------------------------------------------------
 */

static uint8_t level(double value)
{
    return (uint8_t)fmin(fmax(value + 0.5, 0), 255);
}

/* Paper of that brightness, ink in proportion. */
static void dim(struct raster *page, double white)
{
    for (int i = 0; i < page->width * page->height * page->channels; i++)
        page->px[i] = level(page->px[i] * white / 255);
}

static void blur_line(uint8_t *px, int count, size_t step, double sigma)
{
    int reach = (int)ceil(3 * sigma);
    double weight[64], copy[4096];
    for (int k = 0; k <= reach; k++)
        weight[k] = exp(-k * k / (2 * sigma * sigma));
    for (int i = 0; i < count; i++)
        copy[i] = px[(size_t)i * step];
    for (int i = 0; i < count; i++) {
        double sum = 0, weights = 0;
        for (int k = -reach; k <= reach; k++) {
            if (i + k < 0 || i + k >= count)
                continue;
            sum += weight[abs(k)] * copy[i + k];
            weights += weight[abs(k)];
        }
        px[(size_t)i * step] = level(sum / weights);
    }
}

static void blur(struct raster *page, double sigma)
{
    size_t row = (size_t)page->width * (size_t)page->channels;
    for (int c = 0; c < page->channels; c++) {
        for (int y = 0; y < page->height; y++)
            blur_line(raster_row(page, y) + c, page->width, (size_t)page->channels, sigma);
        for (int x = 0; x < page->width; x++)
            blur_line(page->px + (size_t)x * (size_t)page->channels + c, page->height, row, sigma);
    }
}

/* Light of a lamp on foil: full white in the middle, fading over the last fifth. */
static void shine(struct raster *page, double x_mm, double y_mm, double radius_mm, double mm)
{
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width * page->channels; x++) {
            int column = x / page->channels;
            double off = hypot(column / mm - x_mm, y / mm - y_mm) / radius_mm;
            double light = fmin(fmax((1 - off) * 5, 0), 1);
            uint8_t *px = raster_row(page, y) + x;
            *px = level(*px + (255 - *px) * light);
        }
}

/* The shadow of a fold from the left edge to the right one, or from top to bottom. */
static void fold(struct raster *page, double at_mm, double slope, bool upright, double mm)
{
    int length = upright ? page->height : page->width,
        across = upright ? page->width : page->height;
    for (int along = 0; along < length; along++)
        for (int k = 0; k < (int)(0.5 * mm); k++) {
            int off = (int)((at_mm * mm) + along * slope) + k;
            if (off < 0 || off >= across)
                continue;
            uint8_t *px = upright ? raster_row(page, along) + off * page->channels
                                  : raster_row(page, off) + along * page->channels;
            for (int c = 0; c < page->channels; c++)
                px[c] = (uint8_t)(px[c] * 3 / 10);
        }
}

static struct raster *text_page(void)
{
    struct raster *page = pages_draw_text(WIDTH, HEIGHT, 1);
    dim(page, 232);
    return page;
}

static struct raster *cut_right(struct raster *page, int pixels)
{
    struct raster *cut = NULL;
    assert_int_equal(raster_crop(page, 0, 0, page->width - pixels, page->height, &cut, NULL),
                     ERR_OK);
    raster_free(page);
    return cut;
}

static void expect(struct raster *page, const char *what, const char *reason)
{
    struct page_info info;
    clean(page, DPI, &info);
    if (reason ? !has_reason(&info, reason) : info.reason_count > 0)
        fail_msg("%s: %s, %s instead of %s", what, info.verdict,
                 info.reason_count ? info.reasons[0] : "nothing", reason ? reason : "nothing");
    assert_string_equal(info.verdict,
                        reason ? strcmp(info.verdict, "bad") ? "poor" : "bad" : "good");
}

static void a_good_page_has_no_reason(void **state)
{
    (void)state;
    expect(text_page(), "as it is", NULL);
    static const double lightly[] = {0.5, 1, 1.5};
    for (size_t i = 0; i < sizeof lightly / sizeof *lightly; i++) {
        struct raster *page = text_page();
        blur(page, lightly[i]);
        expect(page, "hardly blurred", NULL);
    }
}

static void what_spoils_a_page_is_named(void **state)
{
    (void)state;
    static const double sigmas[] = {3, 4, 6};
    for (size_t i = 0; i < sizeof sigmas / sizeof *sigmas; i++) {
        struct raster *page = text_page();
        blur(page, sigmas[i]);
        expect(page, "blurred", "blurred");
    }
    struct raster *page = text_page();
    dim(page, 110);
    expect(page, "darkened", "dark");
    expect(cut_right(text_page(), 1050), "cut", "cut-edge");
}

/* A few words on a page: a receipt, a last page, a card on the glass. */
static struct raster *few_words(int ink)
{
    struct raster *page = text_page();
    const int keep = 420, size = WIDTH * HEIGHT;
    for (int i = 0; i < size; i++)
        if (i / WIDTH > keep || i % WIDTH > WIDTH / 2)
            page->px[i] = 232;
        else if (page->px[i] < 200)
            page->px[i] = (uint8_t)ink;
    blur(page, 0.8);
    return page;
}

static void few_words_in_black_are_not_faint_and_pale_ones_are(void **state)
{
    (void)state;
    expect(few_words(20), "few words", NULL);
    expect(few_words(205), "few pale words", "faint");
}

static void glare_over_text_is_told_from_white_paper(void **state)
{
    (void)state;
    for (double radius = 8; radius <= 30; radius += 11) {
        struct raster *page = text_page();
        shine(page, 90, 120, radius, MM);
        expect(page, "glare", "glare");
        page = text_page();
        struct raster *turned = NULL;
        shine(page, 90, 120, radius, MM);
        raster_turn(page, 90, &turned, NULL);
        raster_free(page);
        expect(turned, "glare on a turned page", "glare");
    }
    struct raster *page = text_page();
    shine(page, 190, 120, 12, MM); /* beside the text */
    expect(page, "glare on the margin", NULL);
    page = pages_draw_text(WIDTH, HEIGHT, 1);
    expect(page, "white paper", NULL);
}

static void a_fold_over_text_is_told_from_rules_and_underlines(void **state)
{
    (void)state;
    static const double slopes[] = {0, 0.01, -0.02};
    for (size_t i = 0; i < sizeof slopes / sizeof *slopes; i++)
        for (int upright = 0; upright < 2; upright++) {
            /* level folds run through a line of text only somewhere: try places */
            int found = 0;
            for (int step = 0; step < 6; step++) {
                struct raster *page = text_page();
                struct page_info info;
                fold(page, (upright ? 60 : 100) + step, slopes[i], upright, MM);
                clean(page, DPI, &info);
                found += has_reason(&info, "fold");
            }
            if (!found)
                fail_msg("slope %g, upright %d", slopes[i], upright);
        }
}

static void rules_of_a_table_are_no_folds(void **state)
{
    (void)state;
    struct raster *page = text_page();
    memset(page->px, 232, (size_t)WIDTH * HEIGHT);
    AUTO(raster) struct raster *cell = pages_draw_text(300, 120, 1);
    for (int row = 0; row < 8; row++) {
        for (int column = 0; column < 4; column++)
            for (int y = 0; y < cell->height; y++)
                memcpy(raster_row(page, 200 + row * 160 + y) + 120 + column * 350,
                       raster_row(cell, y), (size_t)cell->width);
        fold(page, (190 + row * 160) / MM, 0, false, MM);
    }
    for (int column = 0; column <= 4; column++)
        fold(page, (110 + column * 350) / MM, 0, true, MM);
    struct page_info info;
    clean(page, DPI, &info);
    assert_false(has_reason(&info, "fold"));
}

static void a_photo_has_no_fold(void **state)
{
    (void)state;
    struct raster *page = text_page();
    struct page_info info;
    for (int y = 900; y < 1860; y++) /* a screen: dense short strokes, a line through each row */
        for (int x = 300; x < 1300; x++) {
            int row = y % 60;
            bool dark = (row >= 28 && row < 31) || (row > 10 && row < 50 && x % 4 < 3);
            raster_row(page, y)[x] = dark ? 30 : 225;
        }
    clean(page, DPI, &info);
    assert_false(has_reason(&info, "fold"));
}

/* Sheets in usual condition, folded, punched, faded a little, out of focus a little: none of them
 * needs a second scan; spoiled, each does. */
static void sheets_of_the_corpus_are_good_until_they_are_spoiled(void **state)
{
    static const char *const sheets[] = {"a001-decision/p1.jpg", "a006-plan/p1.jpg",
                                         "a013-citizen-id/p1.jpg", "a040-land-certificate/p1.jpg",
                                         "a046-contract/p1.jpg"};
    (void)state;
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        struct page_info info;
        clean(pages_read(pages_corpus(sheets[i])), 300, &info);
        if (info.reason_count)
            fail_msg("%s: %s", sheets[i], info.reasons[0]);
        struct raster *page = pages_read(pages_corpus(sheets[i]));
        blur(page, 5);
        clean(page, 300, &info);
        if (!has_reason(&info, "blurred"))
            fail_msg("%s is not called blurred", sheets[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_page_has_no_reason),
        cmocka_unit_test(what_spoils_a_page_is_named),
        cmocka_unit_test(few_words_in_black_are_not_faint_and_pale_ones_are),
        cmocka_unit_test(glare_over_text_is_told_from_white_paper),
        cmocka_unit_test(a_fold_over_text_is_told_from_rules_and_underlines),
        cmocka_unit_test(rules_of_a_table_are_no_folds),
        cmocka_unit_test(a_photo_has_no_fold),
        cmocka_unit_test(sheets_of_the_corpus_are_good_until_they_are_spoiled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
