#include "ocr/clean/clean.h"
#include "ocr/recognize/handwriting.h"
#include "ocr/recognize/tesseract.h"
#include "tests/unit/image/pages.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SCALE 0.35 /* of the pen's table to millimetres */

struct read_page {
    struct clean_page clean;
    struct words words;
};

static struct read_page printed; /* read once; tests work on copies */

static int read_printed(void **state)
{
    (void)state;
    AUTO(recognizer) struct recognizer *recognizer = NULL;
    struct image image = {
        .raster = pages_draw_text(1654, 2339, 1), .count = 1, .dpi = 200, .dpi_source = DPI_FILE};
    enum err_code code = recognizer_new("vie", &recognizer, NULL);
    if (!code)
        code = clean_page(&image, NULL, &printed.clean, NULL);
    raster_free(image.raster);
    words_init(&printed.words, printed.clean.info.size, printed.clean.info.skew_deg);
    if (!code)
        code = recognizer_read_page(recognizer, &printed.clean.recognition, &printed.words, NULL);
    return code || printed.words.count < 50;
}

static int free_printed(void **state)
{
    (void)state;
    clean_page_done(&printed.clean);
    words_done(&printed.words);
    return 0;
}

static void read_print(struct read_page *page)
{
    const struct raster *grey = printed.clean.recognition.grey;
    AUTO(js) struct js *words = words_to_js(&printed.words);
    *page = (struct read_page){.clean.recognition = printed.clean.recognition};
    assert_int_equal(words_from_js(words, &page->words, NULL), ERR_OK);
    assert_int_equal(
        raster_crop(grey, 0, 0, grey->width, grey->height, &page->clean.recognition.grey, NULL),
        ERR_OK);
}

static void read_page_done(struct read_page *page)
{
    recognition_image_done(&page->clean.recognition);
    words_done(&page->words);
}

static void press_pen(struct raster *grey, double x, double y, double radius)
{
    for (int v = (int)(y - radius); v <= (int)(y + radius); v++)
        for (int u = (int)(x - radius); u <= (int)(x + radius); u++)
            if (u >= 0 && v >= 0 && u < grey->width && v < grey->height &&
                hypot(u - x, v - y) <= radius)
                raster_row(grey, v)[u] = 40;
}

/* A leaning 4, 7 and 3, from the baseline's left end, y up. */
static const double strokes[][2] = {
    {5, 10}, {1, 3},   {7, 4},  {-1, 0}, {6, 8},   {4, -2}, {-1, 0}, {9, 9},  {12, 10}, {15, 9},
    {12, 4}, {11, -1}, {-1, 0}, {17, 9}, {20, 11}, {22, 8}, {19, 5}, {22, 3}, {19, -1}, {16, 1}};

static struct rect_mm write_number(const struct recognition_image *image, double x_mm, double y_mm)
{
    double px = image->px_per_mm;
    for (size_t i = 1; i < sizeof strokes / sizeof *strokes; i++) {
        const double *a = strokes[i - 1], *b = strokes[i];
        for (int k = 0; k <= 40 && a[0] >= 0 && b[0] >= 0; k++) {
            double t = k / 40.0, x = a[0] + t * (b[0] - a[0]), y = a[1] + t * (b[1] - a[1]);
            press_pen(image->grey, (x_mm + SCALE * x - image->left_mm) * px,
                      (y_mm - SCALE * y - image->top_mm) * px, 0.16 * px * (1 + 0.3 * sin(i + t)));
        }
    }
    return (struct rect_mm){x_mm + 0.2, y_mm - 11.5 * SCALE, 22.5 * SCALE, 14 * SCALE};
}

/* Behind the last word of the page's first line. */
static struct word *write_behind_line(struct read_page *page, const char *read_as)
{
    struct words *words = &page->words;
    size_t last = 0;
    while (last + 1 < words->count && words->item[last + 1].line == words->item[0].line)
        last++;
    const struct word before = words->item[last];
    struct rect_mm box =
        write_number(&page->clean.recognition, before.box.x + before.box.w + 3, before.baseline_mm);
    assert_int_equal(
        words_add(words, read_as, 0.95, box, before.baseline_mm, before.block, before.line, NULL),
        ERR_OK);
    return &words->item[words->count - 1];
}

static int count_by_hand(const struct words *words)
{
    int count = 0;
    for (size_t i = 0; i < words->count; i++)
        count += word_is_hand(&words->item[i]);
    return count;
}

static void print_is_not_taken_for_handwriting(void **state)
{
    (void)state;
    struct read_page page;
    read_print(&page);
    double before = words_mean_confidence(&page.words);
    assert_int_equal(handwriting_mark(&page.clean.recognition, &page.words, NULL), ERR_OK);
    assert_int_equal(count_by_hand(&page.words), 0);
    assert_true(words_mean_confidence(&page.words) == before);
    read_page_done(&page);
}

static void a_number_written_beside_print_is_never_sure(void **state)
{
    (void)state;
    struct read_page page;
    read_print(&page);
    struct word *word = write_behind_line(&page, "473");
    assert_int_equal(handwriting_mark(&page.clean.recognition, &page.words, NULL), ERR_OK);
    assert_true(word_is_hand(word));
    assert_true(word->confidence <= HANDWRITING_CONFIDENCE_MAX);
    assert_int_equal(count_by_hand(&page.words), 1);
    read_page_done(&page);
}

static void text_that_came_with_the_file_was_set(void **state)
{
    (void)state;
    struct read_page page;
    read_print(&page);
    struct word *word = write_behind_line(&page, "473");
    page.words.from_layer = true;
    word->confidence = 1;
    assert_int_equal(handwriting_mark(&page.clean.recognition, &page.words, NULL), ERR_OK);
    assert_true(word->hand == 0 && word->confidence == 1);
    word->confidence = 0.8; /* a hidden layer: somebody's reading of a scan */
    assert_int_equal(handwriting_mark(&page.clean.recognition, &page.words, NULL), ERR_OK);
    assert_true(word_is_hand(word));
    read_page_done(&page);
}

static void boxes_outside_the_image_and_empty_ones_are_left_alone(void **state)
{
    (void)state;
    struct read_page page;
    static const struct rect_mm boxes[] = {
        {-500, -500, 10, 10}, {5000, 5000, 10, 10}, {50, 50, 0, 0}, {0, 0, 5000, 5000}};
    read_print(&page);
    size_t first = page.words.count;
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
        assert_int_equal(words_add(&page.words, "Số:12/QĐ", 0.9, boxes[i], 0, 90, 90, NULL),
                         ERR_OK);
    assert_int_equal(handwriting_mark(&page.clean.recognition, &page.words, NULL), ERR_OK);
    for (size_t i = first; i < first + 3; i++)
        assert_true(page.words.item[i].hand == 0);
    read_page_done(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(print_is_not_taken_for_handwriting),
        cmocka_unit_test(a_number_written_beside_print_is_never_sure),
        cmocka_unit_test(text_that_came_with_the_file_was_set),
        cmocka_unit_test(boxes_outside_the_image_and_empty_ones_are_left_alone),
    };
    return cmocka_run_group_tests(tests, read_printed, free_printed);
}
