#include "daemon/base/text.h"
#include "ocr/clean/clean.h"
#include "ocr/recognize/reading_order.h"
#include "ocr/recognize/tesseract.h"
#include "tests/unit/image/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_missing_model_names_itself_and_the_folder(void **state)
{
    (void)state;
    static const char *const languages[] = {"xyz", "", "vie+xyz", "../vie", "vie+"};
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        struct recognizer *recognizer = NULL;
        struct err err = ERR_INIT;
        if (i == 4) { /* a plus at the end asks for nothing more */
            assert_int_equal(recognizer_new(languages[i], &recognizer, &err), ERR_OK);
            recognizer_free(recognizer);
            continue;
        }
        assert_int_equal(recognizer_new(languages[i], &recognizer, &err), ERR_MODEL_MISSING);
    }
    struct err err = ERR_INIT;
    struct recognizer *recognizer = NULL;
    setenv("TESSDATA_PREFIX", "/nonexistent", 1);
    assert_int_equal(recognizer_new("vie", &recognizer, &err), ERR_MODEL_MISSING);
    assert_non_null(strstr(err.detail, "/nonexistent"));
    unsetenv("TESSDATA_PREFIX");
}

static enum err_code read_text(struct raster *page, struct words *words)
{
    AUTO(recognizer) struct recognizer *recognizer = NULL;
    AUTO(clean_page) struct clean_page cleaned = {0};
    struct image image = {.raster = page, .count = 1, .dpi = 200, .dpi_source = DPI_FILE};
    assert_int_equal(recognizer_new("vie", &recognizer, NULL), ERR_OK);
    assert_int_equal(clean_page(&image, NULL, &cleaned, NULL), ERR_OK);
    words_init(words, cleaned.info.size, cleaned.info.skew_deg);
    return recognizer_read_page(recognizer, &cleaned.recognition, words, NULL);
}

static const struct word *find_word(const struct words *words, const char *text)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->item[i].text, text) == 0)
            return &words->item[i];
    return NULL;
}

/* "office" stands in the first drawn line, "dossier," at its right. */
static void words_lie_where_they_are_on_the_leaning_page(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(1654, 2339, 1);
    AUTO(words) struct words level = {0};
    AUTO(words) struct words leaning = {0};
    struct raster *turned = NULL;
    raster_turn(page, 0, &turned, NULL);
    assert_int_equal(read_text(turned, &level), ERR_OK);
    assert_int_equal(read_text(pages_lean(page, 3), &leaning), ERR_OK);
    const struct word *a = find_word(&level, "scans"), *b = find_word(&leaning, "scans");
    assert_non_null(a);
    assert_non_null(b);
    assert_float_equal(a->box.x, b->box.x, 1.0); /* the deskewed frame is the level page */
    assert_float_equal(a->box.y, b->box.y, 1.0);
    assert_true(a->baseline_mm > a->box.y && a->baseline_mm < a->box.y + a->box.h + 1);
    assert_true(a->confidence > 0.5 && a->confidence <= 1);
    struct rect_mm upright = words_box_upright(&leaning, (size_t)(b - leaning.item));
    assert_true(upright.y > a->box.y + 1); /* left of the middle, so the lean puts it lower */
}

static void add(struct words *words, const char *text, double x, double y, int block, int line)
{
    assert_int_equal(
        words_add(words, text, 0.9, (struct rect_mm){x, y, 10, 3}, y + 3, block, line, NULL),
        ERR_OK);
}

static void a_line_across_the_gutter_is_parted(void **state)
{
    (void)state;
    struct zones zones = {
        .item = {{ZONE_HEAD_LEFT, {0, 10, 90, 30}}, {ZONE_HEAD_RIGHT, {90, 10, 120, 30}}},
        .count = 2};
    AUTO(words) struct words words;
    words_init(&words, (struct size_mm){210, 297}, 0);
    add(&words, "stamp", 30, 3, 0, 0);
    add(&words, "UBND", 30, 12, 1, 1);
    add(&words, "CONG-HOA", 110, 12, 1, 1);
    add(&words, "Doc-lap", 115, 18, 1, 2);
    add(&words, "XA", 30, 19, 2, 3);
    add(&words, "QUYET-DINH", 100, 50, 3, 4);
    add(&words, "Dieu", 30, 60, 4, 5);
    assert_int_equal(reading_order_part_head(&zones, &words, NULL), ERR_OK);
    AUTO(mem) char *text = words_text(&words);
    assert_string_equal(text, "stamp\n\nUBND\nXA\n\nCONG-HOA\nDoc-lap\n\nQUYET-DINH\n\nDieu");
}

static void without_a_head_nothing_moves(void **state)
{
    (void)state;
    struct zones zones = {.item = {{ZONE_BODY, {0, 10, 210, 280}}}, .count = 1};
    AUTO(words) struct words words;
    words_init(&words, (struct size_mm){210, 297}, 0);
    add(&words, "b", 100, 12, 0, 0);
    add(&words, "a", 20, 12, 0, 0);
    assert_int_equal(reading_order_part_head(&zones, &words, NULL), ERR_OK);
    assert_string_equal(words.item[0].text, "b");
    assert_int_equal(words.item[1].line, 0);
}

/* Two rows of two cells: the reader ran across both, and took the second lines of all for a row. */
static void a_table_reads_cell_by_cell(void **state)
{
    static const struct rect_mm cells[] = {
        {20, 50, 80, 20}, {100, 50, 90, 20}, {20, 70, 80, 20}, {100, 70, 90, 20}};
    (void)state;
    AUTO(words) struct words words;
    words_init(&words, (struct size_mm){210, 297}, 0);
    add(&words, "Bang", 20, 40, 0, 0);
    add(&words, "a", 30, 52, 1, 1);
    add(&words, "b", 110, 52, 1, 1);
    add(&words, "a2", 30, 60, 1, 2);
    add(&words, "b2", 110, 60, 1, 2);
    add(&words, "c", 30, 72, 1, 3);
    add(&words, "d", 110, 72, 1, 3);
    add(&words, "Nguoi", 30, 100, 2, 4);
    struct reading_set set = {cells, 4, true};
    assert_int_equal(reading_order_part(&set, 1, &words, NULL), ERR_OK);
    AUTO(mem) char *text = words_text(&words);
    assert_string_equal(text, "Bang\n\na\na2\nb\nb2\nc\nd\n\nNguoi");
}

static void the_corpus_head_reads_column_by_column(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_read(pages_corpus("a051-decision/p1.jpg"));
    AUTO(recognizer) struct recognizer *recognizer = NULL;
    AUTO(clean_page) struct clean_page cleaned = {0};
    AUTO(words) struct words words = {0};
    struct image image = {.raster = TAKE(page), .count = 1, .dpi = 300, .dpi_source = DPI_PAPER};
    assert_int_equal(recognizer_new("vie", &recognizer, NULL), ERR_OK);
    assert_int_equal(clean_page(&image, NULL, &cleaned, NULL), ERR_OK);
    words_init(&words, cleaned.info.size, cleaned.info.skew_deg);
    assert_int_equal(recognizer_read_page(recognizer, &cleaned.recognition, &words, NULL), ERR_OK);
    assert_int_equal(reading_order_part_head(&cleaned.zones, &words, NULL), ERR_OK);
    AUTO(mem) char *text = words_text(&words);
    AUTO(mem) char *folded = text_fold(text);
    assert_non_null(
        strstr(folded, "cong hoa xa hoi chu nghia viet nam\ndoc lap - tu do - hanh phuc"));
    assert_true(words_mean_confidence(&words) > 0.8);
}

/* Tesseract's layout passes over one digit alone above the text. */
static void a_page_number_of_one_digit_is_read(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_read(pages_corpus("a054-report/p2.jpg"));
    AUTO(recognizer) struct recognizer *recognizer = NULL;
    AUTO(clean_page) struct clean_page cleaned = {0};
    AUTO(words) struct words words = {0};
    struct image image = {.raster = TAKE(page), .count = 1, .dpi = 300, .dpi_source = DPI_PAPER};
    assert_int_equal(recognizer_new("vie", &recognizer, NULL), ERR_OK);
    assert_int_equal(clean_page(&image, NULL, &cleaned, NULL), ERR_OK);
    words_init(&words, cleaned.info.size, cleaned.info.skew_deg);
    assert_int_equal(recognizer_read_page(recognizer, &cleaned.recognition, &words, NULL), ERR_OK);
    const struct word *number = find_word(&words, "2"), *before = &words.item[words.count - 2];
    assert_non_null(number);
    assert_true(number->box.y < 30 && number->box.x > 90 && number->box.x < 120);
    assert_true(number->block > before->block && number->line > before->line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_model_names_itself_and_the_folder),
        cmocka_unit_test(words_lie_where_they_are_on_the_leaning_page),
        cmocka_unit_test(a_line_across_the_gutter_is_parted),
        cmocka_unit_test(without_a_head_nothing_moves),
        cmocka_unit_test(a_table_reads_cell_by_cell),
        cmocka_unit_test(the_corpus_head_reads_column_by_column),
        cmocka_unit_test(a_page_number_of_one_digit_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
