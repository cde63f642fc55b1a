#include "queue/seal/pdf_compose.h"
#include "tests/golden/pdf/pdf_kit.h"
#include "tests/harness/test.h"

#include <fcntl.h>
#include <math.h>
#include <sys/resource.h>
#include <sys/wait.h>

static const char *const lines[] = {
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Quyết định số 12/QĐ-UBND về việc đăng ký đất đai ở Đường Đồng Khởi,",
    "phường Thử Nghiệm; người ưỡn ẹo, bưởi, thưở, Ưởng, Ơi, ướt, ượt, ũ, ỹ, ỵ, ỷ.",
    "Điều 1. Cho phép chuyển mục đích sử dụng đất đối với hộ gia đình, cá nhân.",
    "“Ngoặc kép” – gạch ngang … 100 % ½ §",
    "Người ký: Nguyễn Văn Giả Định"};
#define LINE_COUNT (sizeof lines / sizeof lines[0])

static void render(const char *pdf, double dpi, struct picture *out)
{
    free(kit_ok("pdftoppm -r %g -aa no -aaVector no -singlefile %s %s", dpi, pdf,
                kit_path("render")));
    *out = picture_read_pnm(kit_path("render.ppm"));
}

/* Coding and the renderer's half pixel at edges stay under 4 grey values on average; a picture
 * turned or inverted wrongly is above 40. */
static void check_rendering(enum image_kind kind, int rotation_deg)
{
    struct picture picture = picture_make(425, 325), seen;
    const char *image = kit_path("image"), *pdf = kit_path("page.pdf");
    image_write(kind, &picture, image, &seen);
    struct page_info info = kit_page(425, 325, 100, rotation_deg, 0);
    kit_compose(pdf, image, kind == IMAGE_TIFF_SECOND, &info, NULL);
    struct picture shown, upright = picture_turn(&seen, rotation_deg);
    render(pdf, 100, &shown);
    double difference = picture_difference(&shown, &upright);
    if (difference > 4)
        fail_msg("%s turned by %d: rendering differs by %.2f", image_kind_name(kind), rotation_deg,
                 difference);
    picture_free(&picture);
    picture_free(&seen);
    picture_free(&shown);
    picture_free(&upright);
}

static void every_kind_of_image_is_shown_as_it_is(void **state)
{
    (void)state;
    for (enum image_kind kind = 0; kind < IMAGE_KIND_COUNT; kind++)
        check_rendering(kind, 0);
}

static void a_turned_page_is_shown_upright(void **state)
{
    (void)state;
    static const enum image_kind kinds[] = {IMAGE_JPEG_COLOUR, IMAGE_TIFF_1, IMAGE_TIFF_RGB_8};
    for (size_t i = 0; i < 3; i++)
        for (int turn = 90; turn < 360; turn += 90)
            check_rendering(kinds[i], turn);
}

static void a_jpeg_is_embedded_byte_for_byte(void **state)
{
    (void)state;
    static const enum image_kind kinds[] = {IMAGE_JPEG_COLOUR, IMAGE_JPEG_GREY,
                                            IMAGE_JPEG_PROGRESSIVE};
    struct picture picture = picture_make(300, 200), seen;
    for (size_t i = 0; i < 3; i++) {
        const char *image = kit_path("same.jpg"), *pdf = kit_path("same.pdf");
        image_write(kinds[i], &picture, image, &seen);
        struct page_info info = kit_page(300, 200, 100, 0, 0);
        kit_compose(pdf, image, 0, &info, NULL);
        free(kit_ok("cd %s && pdfimages -all %s same && cmp same-000.jpg same.jpg", kit_folder(),
                    pdf));
        picture_free(&seen);
    }
    picture_free(&picture);
}

static void coded_images_keep_every_pixel(void **state)
{
    (void)state;
    struct picture picture = picture_make(425, 325), seen;
    for (enum image_kind kind = 0; kind < IMAGE_KIND_COUNT; kind++) {
        image_write(kind, &picture, kit_path("pixels"), &seen);
        struct page_info info = kit_page(425, 325, 300, 0, 1.5);
        kit_compose(kit_path("pixels.pdf"), kit_path("pixels"), kind == IMAGE_TIFF_SECOND, &info,
                    NULL);
        char *list = kit_ok("pdfimages -list %s | tail -1 | awk '{print $4, $5, $8, $9}'",
                            kit_path("pixels.pdf"));
        assert_string_equal(list,
                            image_kind_is_bilevel(kind) ? "425 325 1 ccitt\n" : "425 325 8 jpeg\n");
        free(list);
        if (image_kind_is_bilevel(kind)) {
            free(kit_ok("cd %s && pdfimages pixels.pdf pixels", kit_folder()));
            struct picture back = picture_read_pnm(kit_path("pixels-000.pbm"));
            if (picture_difference(&back, &seen) != 0)
                fail_msg("%s: pixels differ", image_kind_name(kind));
            picture_free(&back);
        }
        picture_free(&seen);
    }
    picture_free(&picture);
}

static void page_boxes_have_the_size_of_the_paper(void **state)
{
    (void)state;
    static const struct {
        double w_mm, h_mm;
        const char *said;
    } papers[] = {{210, 297, "595.276 x 841.89 pts (A4)"},
                  {297, 420, "841.89 x 1190.55 pts (A3)"},
                  {148, 210, "419.528 x 595.276 pts"},
                  {85.6, 53.98, "242.646 x 153.014 pts"}};
    struct picture picture = picture_make(100, 80), seen;
    image_write(IMAGE_JPEG_COLOUR, &picture, kit_path("size.jpg"), &seen);
    for (size_t i = 0; i < sizeof papers / sizeof papers[0]; i++) {
        struct page_info info = kit_page(100, 80, 100, i % 2 ? 90 : 0, 0);
        info.size = (struct size_mm){papers[i].w_mm, papers[i].h_mm};
        kit_compose(kit_path("size.pdf"), kit_path("size.jpg"), 0, &info, NULL);
        char *said = kit_ok("pdfinfo %s | grep '^Page size'", kit_path("size.pdf"));
        if (!strstr(said, papers[i].said))
            fail_msg("%s is not %s", said, papers[i].said);
        free(said);
    }
    picture_free(&picture);
    picture_free(&seen);
}

/* A viewer shows and prints the part, as it lay; the file has all of the image. */
static void a_page_with_a_cut_is_the_cut_in_its_true_size(void **state)
{
    (void)state;
    struct picture picture = picture_make(500, 400), seen;
    image_write(IMAGE_JPEG_COLOUR, &picture, kit_path("cut.jpg"), &seen);
    for (int turn = 0; turn < 360; turn += 90) {
        struct page_info info = kit_page(500, 400, 100, turn, 0);
        info.cut = (struct rect_mm){12.7, 25.4, 50.8, 38.1}; /* 50 100 200 150 px */
        kit_compose(kit_path("cut.pdf"), kit_path("cut.jpg"), 0, &info, NULL);
        char *said = kit_ok("pdfinfo -box %s | grep -E '^(Page size|MediaBox)' | tr -s ' ' ' '",
                            kit_path("cut.pdf"));
        assert_non_null(strstr(said, "Page size: 144 x 108 pts\n"));
        assert_non_null(strstr(said, turn % 180 ? "MediaBox: 0.00 0.00 288.00 360.00"
                                                : "MediaBox: 0.00 0.00 360.00 288.00"));
        free(said);
        free(kit_ok(
            "cd %s && pdftoppm -cropbox -r 100 -aa no -aaVector no -singlefile cut.pdf shown "
            "&& convert cut.jpg -rotate %d -crop 200x150+50+100 +repage -depth 8 part.ppm",
            kit_folder(), turn));
        struct picture shown = picture_read_pnm(kit_path("shown.ppm"));
        struct picture part = picture_read_pnm(kit_path("part.ppm"));
        double difference = picture_difference(&shown, &part);
        if (difference > 4)
            fail_msg("turned by %d: what is shown differs by %.2f", turn, difference);
        picture_free(&shown);
        picture_free(&part);
        free(
            kit_ok("cd %s && pdfimages -all cut.pdf cut && cmp cut-000.jpg cut.jpg", kit_folder()));
        free(kit_ok("%s/tests/pdfa_check %s", SOHOA_BINARY_DIR, kit_path("cut.pdf")));
    }
    picture_free(&picture);
    picture_free(&seen);
}

static void compose_text_page(const char *pdf, int rotation_deg, double skew_deg,
                              struct words *words, struct page_info *out_info)
{
    bool lies = rotation_deg % 180 != 0;
    struct picture picture = picture_make(lies ? 1169 : 827, lies ? 827 : 1169), seen;
    image_write(IMAGE_JPEG_GREY, &picture, kit_path("text.jpg"), &seen);
    *out_info = kit_page(picture.width, picture.height, 100, rotation_deg, skew_deg);
    kit_lay_lines(words, out_info, lines, LINE_COUNT);
    kit_compose(pdf, kit_path("text.jpg"), 0, out_info, words);
    picture_free(&picture);
    picture_free(&seen);
}

static const double skews[] = {0, 0.4, -0.7, 1.5, -3};

static void vietnamese_sentences_are_found_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof skews / sizeof skews[0]; i++) {
        AUTO(words)
        struct words words = {0};
        struct page_info info;
        compose_text_page(kit_path("text.pdf"), i % 2 ? 180 : 0, skews[i], &words, &info);
        char *text = kit_ok("pdftotext -raw %s - | tr '\\n' ' '", kit_path("text.pdf"));
        const char *at = text;
        for (size_t line = 0; line < LINE_COUNT; line++) {
            const char *found = strstr(at, lines[line]);
            if (!found)
                fail_msg("skew %g: '%s' is not in '%s'", skews[i], lines[line], text);
            at = found + strlen(lines[line]);
        }
        free(text);
    }
}

/* What a clerk's search box or a script sees: pdftotext's own reading order, small skews. */
static void plain_pdftotext_reads_line_by_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        AUTO(words)
        struct words words = {0};
        struct page_info info;
        compose_text_page(kit_path("plain.pdf"), 0, skews[i], &words, &info);
        char *text = kit_ok("pdftotext %s -", kit_path("plain.pdf"));
        for (size_t line = 0; line < LINE_COUNT; line++)
            if (!strstr(text, lines[line]))
                fail_msg("skew %g: '%s' is not in '%s'", skews[i], lines[line], text);
        free(text);
    }
}

static void check_word_places(const char *pdf, const struct words *words)
{
    char *boxes = kit_ok("pdftotext -cropbox -bbox %s - | grep '<word'", pdf);
    char *at = boxes;
    for (size_t i = 0; i < words->count; i++) {
        double left, top, right, bottom;
        at = strstr(at, "<word ");
        assert_non_null(at);
        assert_int_equal(sscanf(at, "<word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"",
                                &left, &top, &right, &bottom),
                         4);
        at++;
        struct rect_mm box = words_box_upright(words, i);
        double scale = 72 / 25.4, middle = (box.y + box.h / 2) * scale;
        bool fits = fabs(left - box.x * scale) < 2.5 && fabs(right - (box.x + box.w) * scale) < 2.5;
        fits = fits && middle > top && middle < bottom && bottom - top < 20;
        if (!fits)
            fail_msg("'%s' at %.1f %.1f … %.1f %.1f pt, box %.1f %.1f %.1f %.1f mm",
                     words->item[i].text, left, top, right, bottom, box.x, box.y, box.w, box.h);
    }
    free(boxes);
}

static void words_lie_over_their_boxes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof skews / sizeof skews[0]; i++) {
        AUTO(words)
        struct words words = {0};
        struct page_info info;
        compose_text_page(kit_path("place.pdf"), i % 2 ? 270 : 0, skews[i], &words, &info);
        if (fabs(skews[i]) <= 0.7)
            check_word_places(kit_path("place.pdf"), &words);
    }
}

/* Seen from the cut, which is what a viewer's search marks. */
static void words_lie_over_their_boxes_of_a_cut_page(void **state)
{
    (void)state;
    for (int turn = 0; turn < 360; turn += 90) {
        bool lies = turn % 180 != 0;
        AUTO(words)
        struct words words = {0};
        struct picture picture = picture_make(lies ? 1169 : 827, lies ? 827 : 1169), seen;
        image_write(IMAGE_JPEG_GREY, &picture, kit_path("part.jpg"), &seen);
        struct page_info info = kit_page(picture.width, picture.height, 100, turn, 0.5);
        kit_lay_lines(&words, &info, lines, LINE_COUNT);
        info.cut = (struct rect_mm){8, 10, 195, 200};
        kit_compose(kit_path("part.pdf"), kit_path("part.jpg"), 0, &info, &words);
        words_cut(&words, info.cut);
        check_word_places(kit_path("part.pdf"), &words);
        picture_free(&picture);
        picture_free(&seen);
    }
}

static void the_file_is_clean_and_its_font_embedded(void **state)
{
    (void)state;
    AUTO(words)
    struct words words = {0};
    struct page_info info;
    compose_text_page(kit_path("clean.pdf"), 0, 0.7, &words, &info);
    char *said = kit_ok("qpdf --check %s", kit_path("clean.pdf"));
    assert_non_null(strstr(said, "No syntax or stream encoding errors"));
    free(said);
    said = kit_ok("pdffonts %s | tail -n +3 | cut -c 38-87", kit_path("clean.pdf"));
    assert_non_null(strstr(said, "CID TrueType      Identity-H       yes yes yes"));
    free(said);
    said = kit_ok("pdffonts %s | tail -n +3 | wc -l", kit_path("clean.pdf"));
    assert_int_equal(atoi(said), 1);
    free(said);
}

static void every_kind_of_page_is_pdfa_2u(void **state)
{
    (void)state;
    static const char *const text[] = {"Đường Đồng Khởi", "ưỡn ẹo \xE2\x98\x90 漢字 😀"};
    struct picture picture = picture_make(425, 325), seen;
    for (enum image_kind kind = 0; kind < IMAGE_KIND_COUNT; kind++) {
        AUTO(words) struct words words = {0};
        image_write(kind, &picture, kit_path("pdfa"), &seen);
        picture_free(&seen);
        struct page_info info = kit_page(425, 325, 50, kind % 4 * 90, 0.8);
        kit_lay_lines(&words, &info, text, kind % 3);
        kit_compose(kit_path("pdfa.pdf"), kit_path("pdfa"), kind == IMAGE_TIFF_SECOND, &info,
                    &words);
        free(kit_ok("%s/tests/pdfa_check %s", SOHOA_BINARY_DIR, kit_path("pdfa.pdf")));
    }
    picture_free(&picture);
}

static void metadata_says_what_is_true_at_copying(void **state)
{
    (void)state;
    AUTO(words)
    struct words words = {0};
    struct page_info info;
    compose_text_page(kit_path("meta.pdf"), 0, 0, &words, &info);
    char *xmp = kit_ok("pdfinfo -meta %s | tee %s", kit_path("meta.pdf"), kit_path("meta.xml"));
    static const char *const said[] = {
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>U</pdfaid:conformance>",
        "Quyết định số 12 &amp; &lt;phụ lục&gt;",
        "<sohoa:copier>Trần Thị Thử Nghiệm</sohoa:copier>",
        "<sohoa:copiedAt>2026-11-21T09:15:30+07:00</sohoa:copiedAt>",
        "<sohoa:documentId>01999999-1111-7222-8333-444444444444</sohoa:documentId>",
        "<sohoa:pageCount>1</sohoa:pageCount>",
        "Bản điện tử chuyển đổi từ bản giấy"};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        if (!strstr(xmp, said[i]))
            fail_msg("'%s' is not in the XMP", said[i]);
    free(xmp);
    free(kit_ok("xmllint --noout %s", kit_path("meta.xml")));
    char *dictionary = kit_ok("TZ=Asia/Ho_Chi_Minh pdfinfo -isodates %s", kit_path("meta.pdf"));
    assert_non_null(strstr(dictionary, "Quyết định số 12 & <phụ lục>"));
    assert_non_null(strstr(dictionary, "Trần Thị Thử Nghiệm"));
    assert_non_null(strstr(dictionary, "2026-11-21T09:15:30+07"));
    free(dictionary);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    AUTO(words)
    struct words words = {0};
    AUTO(words)
    struct words again = {0};
    struct page_info info;
    compose_text_page(kit_path("once.pdf"), 0, 0.7, &words, &info);
    sleep(1);
    compose_text_page(kit_path("twice.pdf"), 0, 0.7, &again, &info);
    free(kit_ok("cmp %s %s", kit_path("once.pdf"), kit_path("twice.pdf")));
}

/* Peak memory in kB of a process that composes so many pages of 8.7 megapixels. */
static long peak_of_pages(int pages, const char *image_path)
{
    pid_t child = fork();
    if (child == 0) {
        struct err err = ERR_INIT;
        int out = open(kit_path("pages.pdf"), O_RDWR | O_CREAT | O_TRUNC, 0600);
        int image = open(image_path, O_RDONLY);
        struct pdf_compose *compose = NULL;
        struct page_info info = kit_page(2480, 3508, 300, 0, 0);
        struct words words = {.page = info.size};
        struct pdf_metadata metadata = {.lang = "vi-VN"};
        struct pdf_file file;
        enum err_code code = pdf_compose_start(out, &compose, &err);
        for (int i = 0; i < pages && !code; i++)
            code = pdf_compose_page(compose, image, 0, &info, &words, &err);
        _exit(code || pdf_compose_finish(compose, &metadata, &file, &err));
    }
    int status;
    struct rusage usage;
    assert_int_equal(wait4(child, &status, 0, &usage), child);
    assert_int_equal(status, 0);
    return usage.ru_maxrss;
}

static void memory_does_not_grow_with_the_pages(void **state)
{
    (void)state;
    struct picture picture = picture_make(2480, 3508), seen;
    image_write(IMAGE_TIFF_RGB_8, &picture, kit_path("large.tif"), &seen);
    picture_free(&picture);
    picture_free(&seen);
    long one = peak_of_pages(1, kit_path("large.tif"));
    long twelve = peak_of_pages(12, kit_path("large.tif"));
    print_message("peak: 1 page %ld kB, 12 pages %ld kB\n", one, twelve);
    assert_true(twelve < one + 4096);
    char *said = kit_ok("pdfinfo %s | grep '^Pages'", kit_path("pages.pdf"));
    assert_non_null(strstr(said, "12"));
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_image_is_shown_as_it_is),
        cmocka_unit_test(a_turned_page_is_shown_upright),
        cmocka_unit_test(a_jpeg_is_embedded_byte_for_byte),
        cmocka_unit_test(coded_images_keep_every_pixel),
        cmocka_unit_test(page_boxes_have_the_size_of_the_paper),
        cmocka_unit_test(a_page_with_a_cut_is_the_cut_in_its_true_size),
        cmocka_unit_test(words_lie_over_their_boxes_of_a_cut_page),
        cmocka_unit_test(vietnamese_sentences_are_found_in_order),
        cmocka_unit_test(plain_pdftotext_reads_line_by_line),
        cmocka_unit_test(words_lie_over_their_boxes),
        cmocka_unit_test(the_file_is_clean_and_its_font_embedded),
        cmocka_unit_test(every_kind_of_page_is_pdfa_2u),
        cmocka_unit_test(metadata_says_what_is_true_at_copying),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(memory_does_not_grow_with_the_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
