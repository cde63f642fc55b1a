/*
 * Pages with and without the mark of a secret paper, as a scanner sees them: JPEG, every second of
 * each sort at 200 dpi, the others at 300.
 *
 *   marks_pages OUT-FOLDER COUNT [SEED]
 *
 * OUT/secret/NNNN-DPI-LEVEL.jpg carry one mark: under the number, beside it or above it, framed or
 * not, red or black, turned up to 5 degrees, pale, or with a line of the page under it.
 * OUT/plain/NNNN-DPI-none.jpg say the same words where they are none: in text, in a title that is
 * broken there, as a name, in a table; or carry stamps of another kind. Nobody in them exists.
 */
#include <leptonica/allheaders.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PAGE_W_MM 210
#define PAGE_H_MM 297

static const char *const fonts[] = {"Liberation Serif", "Liberation Sans", "DejaVu Serif",
                                    "DejaVu Sans"};
static const char *const levels[][2] = {
    {"mat", "MẬT"}, {"toi_mat", "TỐI MẬT"}, {"tuyet_mat", "TUYỆT MẬT"}};

struct page {
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout;
    uint64_t seed;
    int dpi, width, height;
};

static double share(struct page *page) /* 0..1, splitmix64 */
{
    uint64_t z = page->seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static int below(struct page *page, int count)
{
    return (int)(share(page) * count);
}

static void begin(struct page *page)
{
    double px_per_mm = page->dpi / 25.4;
    page->width = (int)(PAGE_W_MM * px_per_mm);
    page->height = (int)(PAGE_H_MM * px_per_mm);
    page->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, page->width, page->height);
    page->cairo = cairo_create(page->surface);
    cairo_set_source_rgb(page->cairo, 1, 1, 1);
    cairo_paint(page->cairo);
    cairo_scale(page->cairo, px_per_mm, px_per_mm);
    page->layout = pango_cairo_create_layout(page->cairo);
}

/* Text with its left edge, centre or right edge at x; returns its height. */
static double put(struct page *page, const char *font, bool bold, double size_mm, double x,
                  double y, double align, double width_mm, const char *text)
{
    int w, h;
    PangoFontDescription *face = pango_font_description_from_string(font);
    pango_font_description_set_absolute_size(face, size_mm * PANGO_SCALE);
    pango_font_description_set_weight(face, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(page->layout, face);
    pango_layout_set_width(page->layout, width_mm > 0 ? (int)(width_mm * PANGO_SCALE) : -1);
    pango_layout_set_justify(page->layout, width_mm > 0);
    pango_layout_set_text(page->layout, text, -1);
    pango_layout_get_size(page->layout, &w, &h);
    cairo_move_to(page->cairo, x - align * w / PANGO_SCALE, y);
    pango_cairo_show_layout(page->cairo, page->layout);
    pango_font_description_free(face);
    return (double)h / PANGO_SCALE;
}

static void head(struct page *page, const char *font)
{
    char number[64];
    snprintf(number, sizeof number, "Số: %02d/UBND-NC", 1 + below(page, 98));
    put(page, font, false, 4.5, 65, 20, 0.5, 0, "ỦY BAN NHÂN DÂN");
    put(page, font, true, 4.5, 65, 26, 0.5, 0, "XÃ AN THỬ");
    put(page, font, true, 4.5, 140, 20, 0.5, 0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    put(page, font, true, 4.5, 140, 26, 0.5, 0, "Độc lập - Tự do - Hạnh phúc");
    put(page, font, false, 4.5, 65, 36, 0.5, 0, number);
    put(page, font, false, 4.5, 140, 36, 0.5, 0, "An Thử, ngày 12 tháng 3 năm 2024");
}

static void body(struct page *page, const char *font, double y, const char *first)
{
    static const char rest[] =
        "Thực hiện kế hoạch công tác năm, Ủy ban nhân dân xã đề nghị các cơ quan, đơn vị rà soát "
        "nội dung liên quan, bảo đảm bí mật thông tin cá nhân, không để lộ mật khẩu truy cập hệ "
        "thống, và gửi báo cáo trước ngày 30 hằng tháng để tổng hợp theo quy định.";
    y += put(page, font, false, 4.6, 30, y, 0, 165, first) + 3;
    for (int i = 0; i < 4; i++)
        y += put(page, font, false, 4.6, 30, y, 0, 165, rest) + 3;
}

static void stamp(struct page *page, const char *text, double x, double y)
{
    static const double ink[][3] = {{0.8, 0.1, 0.1}, {0.1, 0.1, 0.1}, {0.75, 0.2, 0.25}};
    const char *font = fonts[below(page, 4)];
    const double *colour = ink[below(page, 3)];
    double size = 4.6 + share(page) * 2.4, pale = below(page, 3) ? 1 : 0.45 + share(page) * 0.3;
    int w, h;
    cairo_save(page->cairo);
    cairo_set_operator(page->cairo, CAIRO_OPERATOR_MULTIPLY); /* print under ink shows through */
    cairo_set_source_rgba(page->cairo, colour[0], colour[1], colour[2], pale);
    cairo_translate(page->cairo, x, y);
    cairo_rotate(page->cairo, (share(page) - 0.5) * 10 * M_PI / 180);
    put(page, font, true, size, 0, 0, 0.5, 0, text);
    pango_layout_get_size(page->layout, &w, &h);
    if (below(page, 4)) {
        double wide = (double)w / PANGO_SCALE + 5, high = (double)h / PANGO_SCALE + 2;
        cairo_set_line_width(page->cairo, 0.5);
        cairo_rectangle(page->cairo, -wide / 2, -1, wide, high);
        cairo_stroke(page->cairo);
    }
    cairo_restore(page->cairo);
    cairo_set_source_rgb(page->cairo, 0, 0, 0);
}

static void secret_page(struct page *page, const char *mark)
{
    static const double places[][2] = {{65, 46}, {62, 50}, {36, 44}, {65, 11}, {22, 36}};
    const char *font = fonts[below(page, 3)];
    int place = below(page, 5);
    cairo_set_source_rgb(page->cairo, 0, 0, 0);
    head(page, font);
    if (below(page, 4) == 0) /* a subject line the stamp partly lies on */
        put(page, font, false, 4.2, 65, 43, 0.5, 0, "V/v kiểm tra công tác năm");
    put(page, font, false, 4.6, 60, 68, 0, 0, "Kính gửi: Các cơ quan, đơn vị.");
    body(page, font, 80, "Căn cứ Luật Bảo vệ bí mật nhà nước;");
    stamp(page, mark, places[place][0], places[place][1]);
}

static void plain_page(struct page *page, int kind)
{
    static const char *const others[] = {"ĐẾN", "KHẨN", "HỎA TỐC", "BẢN SAO", "MẪU", "ĐÃ BẢO MẬT"};
    const char *font = fonts[below(page, 3)];
    cairo_set_source_rgb(page->cairo, 0, 0, 0);
    if (kind != 3)
        head(page, font);
    if (kind == 0) { /* a title that is broken there */
        put(page, font, true, 5, 112, 50, 0.5, 0, "KẾ HOẠCH");
        put(page, font, true, 5, 112, 57, 0.5, 0, "THỰC HIỆN CÔNG TÁC BẢO VỆ BÍ");
        put(page, font, true, 5, 112, 64, 0.5, 0, "MẬT");
    } else if (kind == 1) { /* a subject */
        put(page, font, false, 4.2, 65, 44, 0.5, 0, "V/v bảo vệ bí mật nhà nước");
    } else if (kind == 2) { /* a name */
        put(page, font, true, 5, 112, 50, 0.5, 0, "THÔNG BÁO");
        put(page, font, true, 4.6, 112, 57, 0.5, 0, "ÔNG TRẦN VĂN MẬT");
    } else if (kind == 4) { /* other stamps in the same places */
        stamp(page, others[below(page, 6)], 65, 48);
        stamp(page, others[below(page, 6)], 40, 8);
    } else { /* a table of names with the given name in a column of its own */
        static const char *const names[] = {"AN", "BÌNH", "MẬT", "DUNG"};
        put(page, font, true, 5, 112, 15, 0.5, 0, "DANH SÁCH");
        for (int i = 0; i < 4; i++) {
            put(page, font, false, 4.6, 30, 30 + 8 * i, 0, 0, "TRẦN VĂN");
            put(page, font, false, 4.6, 90, 30 + 8 * i, 0, 0, names[i]);
        }
    }
    body(page, font, 80, "Bảo đảm tuyệt đối bí mật, không mang tài liệu mật ra ngoài.");
}

static bool finish(struct page *page, const char *path)
{
    cairo_surface_flush(page->surface);
    const unsigned char *rows = cairo_image_surface_get_data(page->surface);
    int stride = cairo_image_surface_get_stride(page->surface);
    PIX *clean = pixCreate(page->width, page->height, 32);
    for (int y = 0; y < page->height; y++) {
        const uint32_t *from = (const uint32_t *)(rows + (size_t)y * (size_t)stride);
        l_uint32 *to = pixGetData(clean) + (size_t)y * (size_t)pixGetWpl(clean);
        for (int x = 0; x < page->width; x++)
            to[x] = from[x] << 8;
    }
    l_float32 skew = (l_float32)((share(page) - 0.5) * 3 * M_PI / 180);
    PIX *turned = pixRotate(clean, skew, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
    PIX *noisy = pixAddGaussianNoise(turned, 4);
    pixSetResolution(noisy, page->dpi, page->dpi);
    bool ok = pixWriteJpeg(path, noisy, 75, 0) == 0;
    pixDestroy(&clean);
    pixDestroy(&turned);
    pixDestroy(&noisy);
    g_object_unref(page->layout);
    cairo_destroy(page->cairo);
    cairo_surface_destroy(page->surface);
    return ok;
}

int main(int argc, char **argv)
{
    int count = argc > 2 ? atoi(argv[2]) : 0;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    char path[4096];
    if (count < 1) {
        fprintf(stderr, "usage: marks_pages OUT-FOLDER COUNT [SEED]\n");
        return 2;
    }
    bool ok = true;
    for (int i = 0; ok && i < count; i++) {
        bool is_secret = i % 3 != 2;
        int of_its_sort = is_secret ? i - i / 3 : i / 3;
        struct page page = {.seed = seed * 1000003u + (uint64_t)i,
                            .dpi = of_its_sort % 2 ? 200 : 300};
        const char *const *level = levels[(i / 3) % 3], *sort = is_secret ? "secret" : "plain";
        snprintf(path, sizeof path, "%s/%s", argv[1], sort);
        mkdir(argv[1], 0700);
        mkdir(path, 0700);
        snprintf(path, sizeof path, "%s/%s/%04d-%d-%s.jpg", argv[1], sort, i, page.dpi,
                 is_secret ? level[0] : "none");
        begin(&page);
        if (is_secret)
            secret_page(&page, level[1]);
        else
            plain_page(&page, (i / 3) % 5);
        ok = finish(&page, path);
    }
    return ok ? 0 : 1;
}
