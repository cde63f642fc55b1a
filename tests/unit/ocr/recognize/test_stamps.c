#include "tests/harness/test.h"

#include "ocr/classify/marks.h"
#include "ocr/clean/clean.h"
#include "ocr/recognize/stamps.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

/* Drawn at 300 dpi: a head, and a stamp in ink that print shows through. */
#define DPI 300
#define MM (DPI / 25.4)
#define PAGE_W 2480
#define PAGE_H 1754

struct stamped {
    const char *name, *text;
    double x, y, turn_deg, pale; /* 1: full ink */
    bool framed;
    const char *want; /* "" none */
};

static void put(cairo_t *cairo, bool bold, double size_mm, double x, double y, const char *text)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *face = pango_font_description_from_string("Liberation Sans");
    pango_font_description_set_absolute_size(face, size_mm * PANGO_SCALE);
    pango_font_description_set_weight(face, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, face);
    pango_layout_set_text(layout, text, -1);
    cairo_move_to(cairo, x, y);
    pango_cairo_show_layout(cairo, layout);
    pango_font_description_free(face);
    g_object_unref(layout);
}

static void stamp(cairo_t *cairo, const struct stamped *stamped)
{
    cairo_save(cairo);
    cairo_set_operator(cairo, CAIRO_OPERATOR_MULTIPLY);
    cairo_set_source_rgba(cairo, 0.8, 0.1, 0.1, stamped->pale);
    cairo_translate(cairo, stamped->x, stamped->y);
    cairo_rotate(cairo, stamped->turn_deg * M_PI / 180);
    put(cairo, true, 6, 0, 0, stamped->text);
    cairo_set_line_width(cairo, 0.5);
    if (stamped->framed) {
        cairo_rectangle(cairo, -2, -0.5, 4.2 * (double)strlen(stamped->text), 8);
        cairo_stroke(cairo);
    }
    cairo_restore(cairo);
}

static struct raster *draw(const struct stamped *stamped)
{
    struct raster *out = NULL;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, PAGE_W, PAGE_H);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, MM, MM);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    put(cairo, false, 4.5, 45, 20, "ỦY BAN NHÂN DÂN");
    put(cairo, true, 4.5, 55, 26, "XÃ AN THỬ");
    put(cairo, true, 4.5, 105, 20, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    put(cairo, false, 4.5, 50, 36, "Số: 16/UBND-NC");
    put(cairo, false, 4.2, 40, 43, "V/v kiểm tra công tác năm");
    for (int i = 0; i < 8; i++)
        put(cairo, false, 4.6, 30, 70 + 8 * i, "Bảo đảm bí mật thông tin, không để lộ mật khẩu.");
    stamp(cairo, stamped);
    cairo_surface_flush(surface);
    assert_int_equal(raster_new(PAGE_W, PAGE_H, 3, &out, NULL), ERR_OK);
    int stride = cairo_image_surface_get_stride(surface);
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    for (int y = 0; y < PAGE_H; y++)
        for (int x = 0; x < PAGE_W; x++)
            for (int c = 0; c < 3; c++)
                raster_row(out, y)[3 * x + c] = rows[(size_t)y * (size_t)stride + 4 * x + 2 - c];
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return out;
}

static void a_red_stamp_is_read_alone_whatever_lies_under_it(void **state)
{
    static const struct stamped cases[] = {
        {"over a line of print", "TỐI MẬT", 45, 41, 2, 1, true, "toi_mat"},
        {"pale, in the margin", "MẬT", 10, 36, -4, 0.45, false, "mat"},
        {"pale and framed, above the head", "TUYỆT MẬT", 50, 9, 3, 0.4, true, "tuyet_mat"},
        {"no mark", "ĐẾN", 50, 9, 3, 1, true, ""},
    };
    struct recognizer *recognizer = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(clean_page) struct clean_page page = {0};
        AUTO(words) struct words words = {0};
        AUTO(words) struct words read = {0};
        struct marks marks;
        struct image image = {
            .raster = draw(&cases[i]), .count = 1, .dpi = DPI, .dpi_source = DPI_FILE};
        image.turn_is_given = true;
        assert_int_equal(clean_page(&image, NULL, &page, NULL), ERR_OK);
        assert_non_null(page.recognition.red);
        words_init(&words, page.info.size, page.info.skew_deg);
        assert_int_equal(recognizer_read_page(recognizer, &page.recognition, &words, NULL), ERR_OK);
        assert_int_equal(stamps_read_red(recognizer, &page.recognition, &words, &read, NULL),
                         ERR_OK);
        assert_int_equal(marks_of_words(&read, &marks, NULL), ERR_OK);
        const struct mark *secret = marks_secret(&marks);
        if (strcmp(secret ? secret->name : "", cases[i].want) != 0)
            fail_msg("%s: '%s'", cases[i].name, secret ? secret->name : "");
    }
}

static void two_readings_of_one_stamp_are_not_one_word(void **state)
{
    (void)state;
    AUTO(words) struct words words = {0};
    AUTO(words) struct words over = {0};
    struct marks marks;
    static const char *const motto[] = {"CỘNG", "HÒA", "XÃ", "HỘI", "CHỦ", "NGHĨA", "VIỆT", "NAM"};
    struct rect_mm box = {50, 10, 15, 6};
    words_init(&words, (struct size_mm){210, 297}, 0);
    for (size_t i = 0; i < COUNT_OF(motto); i++)
        words_add(&words, motto[i], 0.9, (struct rect_mm){100 + 11 * i, 20, 10, 4}, 24, 0, 0, NULL);
    words_add(&words, "MẠT", 0.6, box, 15, 1, 1, NULL);
    words_add(&words, "MẬT", 0.9, box, 15, 2, 2, NULL);
    assert_int_equal(marks_of_words(&words, &marks, NULL), ERR_OK);
    assert_null(marks_secret(&marks));
    assert_int_equal(stamps_over_page(&words, words.count - 1, &over, NULL), ERR_OK);
    assert_int_equal(over.count, words.count - 1);
    assert_int_equal(marks_of_words(&over, &marks, NULL), ERR_OK);
    assert_non_null(marks_secret(&marks));
}

static int setup(void **state)
{
    return recognizer_new("vie", (struct recognizer **)state, NULL) ? -1 : 0;
}

static int teardown(void **state)
{
    recognizer_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_readings_of_one_stamp_are_not_one_word),
        cmocka_unit_test(a_red_stamp_is_read_alone_whatever_lies_under_it),
    };
    return cmocka_run_group_tests_name("stamps", tests, setup, teardown);
}
