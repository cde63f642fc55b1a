#include "tests/harness/test.h"

#include "daemon/base/text.h"
#include "ocr/clean/clean.h"
#include "ocr/recognize/tesseract.h"
#include "tests/unit/image/pages.h"

#include <math.h>

#define DPI 300.0
#define MM (DPI / 25.4)

static unsigned noise_seed = 1;

static double noise(void)
{
    noise_seed = noise_seed * 1664525u + 1013904223u;
    return (int)(noise_seed >> 16) % 1000 / 500.0 - 1;
}

/* Waves of many lengths: what a picture of things has. */
static double scene(int x, int y)
{
    double tone = 120;
    for (int i = 1; i <= 6; i++)
        tone += 90.0 / i * sin(x * 0.004 * i * i + i) * cos(y * 0.003 * i * i - i);
    return fmin(fmax(tone, 5), 235) + 12 * noise();
}

static void paint(struct raster *page, double x_mm, double y_mm, double w_mm, double h_mm,
                  bool screened)
{
    for (int y = (int)(y_mm * MM); y < (int)((y_mm + h_mm) * MM) && y < page->height; y++)
        for (int x = (int)(x_mm * MM); x < (int)((x_mm + w_mm) * MM) && x < page->width; x++) {
            double tone = scene(x, y);
            if (screened) { /* 85 lines an inch at 45 degrees */
                double dot = sin((x + y) * 2 * M_PI / 5) * sin((x - y) * 2 * M_PI / 5);
                tone = 128 + 127 * dot < 255 - tone ? 25 : 245;
            }
            raster_row(page, y)[x] = (uint8_t)fmin(fmax(tone, 0), 255);
        }
}

static void read_words(struct raster *page, struct clean_page *cleaned, struct words *out)
{
    AUTO(recognizer) struct recognizer *recognizer = NULL;
    struct image image = {.raster = page, .count = 1, .dpi = DPI, .dpi_source = DPI_FILE};
    struct err err = ERR_INIT;
    if (clean_page(&image, NULL, cleaned, &err))
        fail_msg("%s", err.detail);
    assert_int_equal(recognizer_new("vie", &recognizer, NULL), ERR_OK);
    words_init(out, cleaned->info.size, cleaned->info.skew_deg);
    if (recognizer_read_page(recognizer, &cleaned->recognition, out, &err))
        fail_msg("%s", err.detail);
}

static double white_share(const struct raster *grey)
{
    size_t white = 0, count = (size_t)grey->width * (size_t)grey->height;
    for (size_t i = 0; i < count; i++)
        white += grey->px[i] >= 250;
    return (double)white / (double)count;
}

static void a_page_that_is_a_photo_is_not_read(void **state)
{
    (void)state;
    for (int screened = 0; screened < 2; screened++) {
        struct raster *page = NULL;
        AUTO(clean_page) struct clean_page cleaned = {0};
        AUTO(words) struct words words = {0};
        assert_int_equal(raster_new(2480, 3508, 1, &page, NULL), ERR_OK);
        paint(page, 0, 0, 210, 297, screened);
        read_words(page, &cleaned, &words);
        assert_false(cleaned.info.blank);
        if (words.count > 3 || white_share(cleaned.recognition.grey) < 0.4)
            fail_msg("screened %d: %zu words, %.2f white", screened, words.count,
                     white_share(cleaned.recognition.grey));
    }
}

static size_t sure_words(const struct words *words)
{
    size_t sure = 0;
    for (size_t i = 0; i < words->count; i++)
        sure += words->item[i].confidence >= 0.8;
    return sure;
}

/* The upper half of a page of text is covered by photos; what stands below is read as without. */
static void text_beside_a_photo_is_read(void **state)
{
    (void)state;
    size_t without = 0;
    for (int screened = -1; screened < 2; screened++) {
        struct raster *page = pages_draw_text(2480, 3508, 1);
        AUTO(clean_page) struct clean_page cleaned = {0};
        AUTO(words) struct words words = {0};
        for (int y = 0; y < (int)(120 * MM); y++)
            memset(raster_row(page, y), 255, 2480);
        if (screened >= 0)
            paint(page, 30, 20, 120, 90, screened);
        read_words(page, &cleaned, &words);
        if (screened < 0)
            without = sure_words(&words);
        assert_true(without > 100);
        if (sure_words(&words) < without * 0.99)
            fail_msg("screened %d: %zu of %zu", screened, sure_words(&words), without);
        if (words.item[0].box.y < 105)
            fail_msg("%s is read in the photo", words.item[0].text);
    }
}

/* Certificates: text printed on fine wavy lines, on a tint, and inside a dark box. */
static void text_on_the_pattern_of_a_certificate_is_read(void **state)
{
    enum { GUILLOCHE, TINT, COLOURED_BOX, PATTERNS };
    size_t plain = 0;
    (void)state;
    for (int pattern = -1; pattern < PATTERNS; pattern++) {
        struct raster *page = pages_draw_text(2480, 3508, 1);
        AUTO(clean_page) struct clean_page cleaned = {0};
        AUTO(words) struct words words = {0};
        for (int y = 0; y < 3508; y++)
            for (int x = 0; x < 2480; x++) {
                uint8_t *px = raster_row(page, y) + x;
                double wave = sin((y + 14 * sin(x / 40.0)) * 2 * M_PI / 9) *
                              sin((y - 14 * sin(x / 31.0)) * 2 * M_PI / 11);
                int ground = pattern == GUILLOCHE      ? 225 - (int)(40 * fabs(wave))
                             : pattern == TINT         ? 195
                             : pattern == COLOURED_BOX ? (y % 900 < 700 ? 165 : 250)
                                                       : 250;
                ground += (int)(4 * noise());
                *px = (uint8_t)(*px < ground ? *px * ground / 255 : ground);
            }
        read_words(page, &cleaned, &words);
        if (pattern < 0)
            plain = sure_words(&words);
        assert_true(plain > 200);
        if (sure_words(&words) < plain * 0.97)
            fail_msg("pattern %d: %zu of %zu", pattern, sure_words(&words), plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_that_is_a_photo_is_not_read),
        cmocka_unit_test(text_beside_a_photo_is_read),
        cmocka_unit_test(text_on_the_pattern_of_a_certificate_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
