#include "daemon/image/pdf_words.h"
#include "ocr/extract/templates.h"
#include "ocr/text/layer_words.h"
#include "tests/harness/test.h"

static struct templates *templates;

static int load(void **state)
{
    (void)state;
    return templates_load(NULL, &templates, NULL);
}

static int unload(void **state)
{
    (void)state;
    templates_free(templates);
    return 0;
}

/* Words side by side, 20 mm each, 10 lines of them. */
static void lay_words(const char *text, struct words *out)
{
    words_init(out, (struct size_mm){210, 297}, 0);
    for (int line = 0; *text; line++) {
        for (int i = 0; *text && *text != '\n'; i++) {
            size_t size = strcspn(text, " \n");
            AUTO(mem) char *word = mem_strndup(text, size);
            struct rect_mm box = {20 + 20 * i, 30 + 8 * line, 18, 6};
            assert_int_equal(words_add(out, word, 1, box, box.y + 5, 0, line, NULL), ERR_OK);
            text += size + (text[size] == ' ');
        }
        text += *text == '\n';
    }
}

static void a_layer_is_judged_and_converted_word_by_word(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *font;
        bool drawn;
        enum text_layer_kind kind;
        size_t word;
        const char *says;
        double confidence;
    } cases[] = {
        {"Unicode", "Ủy ban nhân dân xã An Bình\nSố: 12/QĐ-UBND", NULL, true, TEXT_LAYER_USEFUL, 0,
         "Ủy", 0.99},
        {"a word that is none", "Ủy ban nhân dân xã An Bình\nSố: xqế", NULL, true,
         TEXT_LAYER_USEFUL, 8, "xqế", 0.5},
        {"somebody's recognition", "Ủy ban nhân dân xã An Bình về việc", NULL, false,
         TEXT_LAYER_USEFUL, 0, "Ủy", 0.8},
        {"somebody's poor recognition", "Ủy ban nhàn dần xạ Ạn Blnh vẻ vlệc cổng nhặnn kqt quá bấu",
         NULL, false, TEXT_LAYER_USELESS, 0, NULL, 0},
        {"TCVN3",
         "\u00f1y ban nh\u00a9n d\u00a9n x\u00b7 An B\u00d7nh tr-\u00ebng th\u00abn e-mail",
         ".VnTime", true, TEXT_LAYER_USEFUL, 7, "trưởng", 0.95},
        {"a hyphen that is one",
         "\u00f1y ban nh\u00a9n d\u00a9n x\u00b7 An B\u00d7nh tr-\u00ebng th\u00abn e-mail",
         ".VnTime", true, TEXT_LAYER_USEFUL, 9, "e-mail", 0.95},
        {"no Vietnamese", "Uy ban nhan dan xa An Binh ve viec", NULL, true, TEXT_LAYER_USELESS, 0,
         NULL, 0},
        {"a page number", "Trang 2", NULL, true, TEXT_LAYER_NONE, 0, NULL, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(words) struct words raw = {0};
        AUTO(words) struct words words = {0};
        AUTO(text_layer) struct text_layer judged = {0};
        struct layer_source source = {&cases[i].font, cases[i].font != NULL, cases[i].drawn};
        lay_words(cases[i].text, &raw);
        assert_int_equal(
            layer_words_judge(templates_syllables(templates), &raw, &source, &judged, &words, NULL),
            ERR_OK);
        if (judged.kind != cases[i].kind || (judged.kind == TEXT_LAYER_USEFUL) != !!words.count)
            fail_msg("%s: %s, %zu words", cases[i].name, text_layer_name(judged.kind), words.count);
        if (!cases[i].says)
            continue;
        const struct word *word = &words.item[cases[i].word];
        if (strcmp(word->text, cases[i].says) != 0 ||
            word->confidence < cases[i].confidence - 0.001 ||
            word->confidence > cases[i].confidence + 0.001)
            fail_msg("%s: '%s' %f", cases[i].name, word->text, word->confidence);
        assert_true(word->box.x == raw.item[cases[i].word].box.x);
    }
}

/* A page of 210 x 297 mm at 2 pixels a millimetre with dark bars where `inked` has words. */
static void draw(const struct words *inked, struct recognition_image *out)
{
    *out = (struct recognition_image){.px_per_mm = 2};
    assert_int_equal(raster_new(420, 594, 1, &out->grey, NULL), ERR_OK);
    for (size_t i = 0; i < inked->count; i++) {
        struct rect_mm box = inked->item[i].box;
        for (int y = (int)(2 * box.y); y < (int)(2 * (box.y + box.h)); y++)
            memset(raster_row(out->grey, y) + (int)(2 * box.x), 0, (size_t)(2 * box.w));
    }
}

static const char paper[] = "một hai ba bốn năm sáu bảy tám\nchín mười một hai ba bốn năm sáu\n"
                            "bảy tám chín mười một hai ba bốn";

static void a_layer_counts_where_it_is_the_pages_text(void **state)
{
    (void)state;
    static const struct {
        const char *name, *layer, *ink;
        bool fits;
    } cases[] = {
        {"all of it", paper, paper, true},
        {"a stamp on a scan", "một hai", paper, false},
        {"words that nobody sees", paper, "một hai", false},
        {"nothing to see", paper, "", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(words) struct words layer = {0};
        AUTO(words) struct words inked = {0};
        AUTO(words) struct words placed = {0};
        AUTO(recognition_image) struct recognition_image image = {0};
        struct page_info info = {
            .width_px = 2480, .height_px = 3508, .dpi = 300, .size = {209.97, 297.01}};
        bool fits = !cases[i].fits;
        lay_words(cases[i].layer, &layer);
        lay_words(cases[i].ink, &inked);
        draw(&inked, &image);
        words_init(&placed, info.size, 0);
        assert_int_equal(layer_words_place(&layer, &info, &image, &placed, &fits, NULL), ERR_OK);
        if (fits != cases[i].fits || placed.count != (fits ? layer.count : 0))
            fail_msg("%s: %d, %zu words", cases[i].name, fits, placed.count);
        assert_int_equal(placed.from_layer, fits);
    }
}

static void a_turned_page_turns_its_words(void **state)
{
    (void)state;
    AUTO(words) struct words layer = {0};
    AUTO(words) struct words turned = {0};
    AUTO(words) struct words placed = {0};
    AUTO(recognition_image) struct recognition_image image = {0};
    struct page_info info = {.width_px = 3508,
                             .height_px = 2480,
                             .dpi = 300,
                             .rotation_deg = 90,
                             .size = {209.97, 297.01}};
    bool fits = false;
    words_init(&layer, (struct size_mm){297, 210}, 0);
    words_init(&turned, (struct size_mm){210, 297}, 0);
    /* at the left, 20 mm from the bottom: the upper left corner, 20 mm from the left */
    struct rect_mm stored = {10, 209.97 - 20 - 6, 6, 6}, upright = {20, 10, 6, 6};
    assert_int_equal(words_add(&layer, "một", 1, stored, stored.y + 5, 0, 0, NULL), ERR_OK);
    assert_int_equal(words_add(&turned, "một", 1, upright, 15, 0, 0, NULL), ERR_OK);
    draw(&turned, &image);
    words_init(&placed, info.size, 0);
    assert_int_equal(layer_words_place(&layer, &info, &image, &placed, &fits, NULL), ERR_OK);
    assert_true(fits);
    assert_true(placed.item[0].box.x > 19.9 && placed.item[0].box.x < 20.1);
    assert_true(placed.item[0].box.y > 9.9 && placed.item[0].box.y < 10.1);
}

static void lines_that_are_no_words_are_passed_over(void **state)
{
    (void)state;
    static const char printed[] =
        "<page width=\"595.2\" height=\"841.9\">\n<block xMin=\"1\">\n<line xMin=\"1\">\n"
        "  <word xMin=\"72.0\" yMin=\"72.0\" xMax=\"144.0\" yMax=\"86.4\">A&amp;B&lt;</word>\n"
        "<word xMin=\"nan\" yMin=\"1\" xMax=\"2\" yMax=\"3\">nan</word>\n"
        "<word xMin=\"5\" yMin=\"1\" xMax=\"2\" yMax=\"3\">inside out</word>\n"
        "<word xMin=\"1e300\" yMin=\"1\" xMax=\"1e301\" yMax=\"3\">far</word>\n"
        "<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"3\">without end\n"
        "<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"3\"></word>\n"
        "</line>\n<line xMin=\"1\">\n"
        "<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"3\">\xff\xfe</word>\n"
        "<word xMin=\"72\" yMin=\"100\" xMax=\"80\" yMax=\"110\">hai</word>";
    AUTO(words) struct words words = {0};
    assert_int_equal(pdf_words_parse(printed, &words, NULL), ERR_OK);
    assert_int_equal(words.count, 2);
    assert_string_equal(words.item[0].text, "A&B<");
    assert_true(words.item[0].box.x > 25.39 && words.item[0].box.x < 25.41);
    assert_string_equal(words.item[1].text, "hai");
    assert_int_equal(words.item[0].line, 0);
    assert_int_equal(words.item[1].line, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_layer_is_judged_and_converted_word_by_word),
        cmocka_unit_test(a_layer_counts_where_it_is_the_pages_text),
        cmocka_unit_test(a_turned_page_turns_its_words),
        cmocka_unit_test(lines_that_are_no_words_are_passed_over),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
