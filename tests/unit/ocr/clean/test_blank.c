#include "ocr/clean/clean.h"
#include "tests/unit/image/pages.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An A5 sheet at 200 dpi. */
#define WIDTH 1165
#define HEIGHT 1654
#define PX_PER_MM (200 / 25.4)

enum content {
    NOTHING,
    TEXT,
    FIRST_LINE,
    STAMP,
    SIGNATURE,
    LONG_SIGNATURE,
    NUMBER,
    DUST,
    BAR_CODE,
    BARS,
    ONE_BAR,
    FOLDS,
};

struct sheet {
    const char *what;
    enum content content;
    double ink; /* 1: black */
    bool red;
    bool mirrored;
    double behind; /* ink of text that shines through beside the content */
    int blur;      /* box passes; n of them have a sigma of 0.8 sqrt(n) pixels */
    double noise;  /* sigma */
    int paper;     /* 0: 255 */
    double shadow, shadow_mm;
    int lid; /* at the right and at the top; 0: none */
    bool blank;
    const char *reason; /* one of those given; NULL: any */
};

/* The more a place lies within the line of half a width, the blacker. */
static double line_at(double distance_mm, double width_mm)
{
    return fmin(fmax((width_mm / 2 - distance_mm) * PX_PER_MM + 0.5, 0), 1);
}

static double to_segment(double x, double y, double x0, double y0, double x1, double y1)
{
    double dx = x1 - x0, dy = y1 - y0;
    double at = fmin(fmax(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0), 1);
    return hypot(x - x0 - at * dx, y - y0 - at * dy);
}

static double stamp_at(double x, double y)
{
    double radius = hypot(x - 90, y - 150);
    double rings = fmax(line_at(fabs(radius - 17), 0.8), line_at(fabs(radius - 11), 0.4));
    return fmax(rings, line_at(radius, 7));
}

static double signature_at(double x, double y, double width_mm)
{
    double along = (x - 40) / width_mm;
    if (along < -0.01 || along > 1.01)
        return 0;
    double slope = 9 * 14 * cos(along * 14) / width_mm;
    return line_at(fabs(y - 150 - 9 * sin(along * 14)) / hypot(1, slope), 0.5);
}

/* A seven in the middle of the top margin. */
static double number_at(double x, double y)
{
    return fmax(line_at(to_segment(x, y, 73, 12, 74.7, 12), 0.4),
                line_at(to_segment(x, y, 74.7, 12, 73.4, 14.8), 0.4));
}

/* Specks, a blot and a hair. */
static double dust_at(double x, double y)
{
    static const double specks[][3] = {{30, 40, 0.3},  {80, 60, 0.5}, {100, 31, 0.8},
                                       {55, 170, 0.4}, {120, 99, 2},  {61, 87, 0.6},
                                       {77, 140, 0.3}, {20, 120, 0.7}};
    double black = line_at(fabs(hypot(x - 60, y - 120) - 4), x > 58 && y > 119 ? 0.15 : -1);
    for (size_t i = 0; i < sizeof specks / sizeof *specks; i++)
        black = fmax(black, line_at(hypot(x - specks[i][0], y - specks[i][1]), specks[i][2]));
    return black;
}

/* Thin upright bars, 22 mm high, the thinnest 0.4 mm. */
static double bar_code_at(double x, double y)
{
    static const double bars[][2] = {{50, 0.8},   {51.6, 0.4}, {53.2, 0.4}, {55, 0.4},
                                     {56.4, 0.8}, {58.4, 0.4}, {60, 0.4},   {61.6, 0.8},
                                     {63.6, 0.4}, {65, 0.4}};
    double black = 0;
    for (size_t i = 0; i < sizeof bars / sizeof *bars && y > 60 && y < 82; i++)
        black = fmax(black, line_at(fabs(x - bars[i][0]), bars[i][1]));
    return black;
}

/* Bars from one side of the print to the other, as separator sheets have them. */
static double bars_at(double x, double y, int count)
{
    double black = 0;
    for (int i = 0; i < count && x > 12 && x < 136; i++)
        black = fmax(black, line_at(fabs(y - 40 - 30 * i), 6));
    return black;
}

/* A sheet that was folded in four and opened again; the lines lean a little. */
static double folds_at(double x, double y)
{
    return line_at(fmin(fabs(y - 105 - x * 0.02), fabs(x - 74 - y * 0.02)), 0.7);
}

static double mark_at(enum content content, double x, double y)
{
    switch (content) {
    case STAMP:
        return stamp_at(x, y);
    case SIGNATURE:
        return signature_at(x, y, 45);
    case LONG_SIGNATURE:
        return signature_at(x, y, 80);
    case NUMBER:
        return number_at(x, y);
    case DUST:
        return dust_at(x, y);
    case BAR_CODE:
        return bar_code_at(x, y);
    case BARS:
    case ONE_BAR:
        return bars_at(x, y, content == BARS ? 3 : 1);
    case FOLDS:
        return folds_at(x, y);
    default:
        return 0;
    }
}

/* Black where the content is: 255, else 0. */
static struct raster *draw(enum content content)
{
    struct raster *black = pages_draw_text(WIDTH, HEIGHT, 1);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            uint8_t *px = raster_row(black, y) + x;
            bool text = content == TEXT || (content == FIRST_LINE && y < 185);
            *px = text ? (uint8_t)(255 - *px)
                       : (uint8_t)lround(
                             255 * mark_at(content, (x + 0.5) / PX_PER_MM, (y + 0.5) / PX_PER_MM));
        }
    return black;
}

static void mirror(struct raster *page)
{
    for (int y = 0; y < page->height; y++) {
        uint8_t *row = raster_row(page, y);
        for (int a = 0, b = page->width - 1; a < b; a++, b--) {
            uint8_t kept = row[a];
            row[a] = row[b];
            row[b] = kept;
        }
    }
}

static void blur(struct raster *page)
{
    AUTO(raster) struct raster *copy = NULL;
    assert_int_equal(raster_turn(page, 0, &copy, NULL), ERR_OK);
    for (int y = 1; y < page->height - 1; y++)
        for (int x = 1; x < page->width - 1; x++) {
            int sum = 0;
            for (int dy = -1; dy <= 1; dy++)
                for (int dx = -1; dx <= 1; dx++)
                    sum += raster_row(copy, y + dy)[x + dx];
            raster_row(page, y)[x] = (uint8_t)(sum / 9);
        }
}

/* The same noise in every run. */
static double noise(void)
{
    static uint32_t seed = 1;
    double sum = 0;
    for (int i = 0; i < 12; i++) {
        seed = seed * 1664525u + 1013904223u;
        sum += (seed >> 8) / (double)(1 << 24);
    }
    return sum - 6;
}

/* What the glass shows: content on paper, shadow, lid beyond the slanting edges, noise. */
static struct raster *scan(const struct sheet *sheet)
{
    AUTO(raster) struct raster *black = draw(sheet->content);
    struct raster *page = NULL;
    int channels = sheet->red ? 3 : 1;
    AUTO(raster) struct raster *behind = draw(sheet->behind > 0 ? TEXT : NOTHING);
    mirror(behind);
    for (int i = 0; i < 4 && sheet->behind > 0; i++)
        blur(behind);
    if (sheet->mirrored)
        mirror(black);
    for (int i = 0; i < sheet->blur; i++)
        blur(black);
    assert_int_equal(raster_new(WIDTH, HEIGHT, channels, &page, NULL), ERR_OK);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            double across_mm = (y - HEIGHT * 0.4) / PX_PER_MM;
            double light = sheet->shadow_mm > 0 && across_mm > 0 && across_mm < sheet->shadow_mm
                               ? 1 - sheet->shadow * (1 - across_mm / sheet->shadow_mm)
                               : 1;
            bool beyond = sheet->lid && (x > WIDTH - 60 - y / 50 || y < 40 + x / 60);
            for (int c = 0; c < channels; c++) {
                double cover = (sheet->ink * raster_row(black, y)[x] +
                                sheet->behind * raster_row(behind, y)[x]) /
                               255 * (c == 0 && sheet->red ? 0.2 : 1);
                double level =
                    beyond ? sheet->lid : (sheet->paper ? sheet->paper : 255) * light * (1 - cover);
                level += sheet->noise > 0 ? sheet->noise * noise() : 0;
                raster_row(page, y)[x * channels + c] = (uint8_t)fmin(fmax(lround(level), 0), 255);
            }
        }
    return page;
}

static bool has_reason(const struct page_info *info, const char *reason)
{
    for (size_t i = 0; i < info->reason_count; i++)
        if (strcmp(info->reasons[i], reason) == 0)
            return true;
    return false;
}

static void check(const struct sheet *sheet)
{
    AUTO(clean_page) struct clean_page cleaned = {0};
    struct image image = {.raster = scan(sheet), .count = 1, .dpi = 200, .dpi_source = DPI_FILE};
    assert_int_equal(clean_page(&image, NULL, &cleaned, NULL), ERR_OK);
    if (cleaned.info.blank != sheet->blank)
        fail_msg("%s is %s", sheet->what, cleaned.info.blank ? "blank" : "written");
    if (sheet->reason && !has_reason(&cleaned.info, sheet->reason))
        fail_msg("%s is %s without '%s'", sheet->what, cleaned.info.verdict, sheet->reason);
    bool wanted_good = sheet->blank || !sheet->reason;
    if ((strcmp(cleaned.info.verdict, "good") == 0) != wanted_good && sheet->reason)
        fail_msg("%s is %s", sheet->what, cleaned.info.verdict);
}

static void pale_text_is_written_however_pale(void **state)
{
    static const struct sheet sheets[] = {
        {"text at 10 %", TEXT, .ink = 0.10, .reason = "faint"},
        {"text at 12 % on grey, noisy paper", TEXT, .ink = 0.12, .paper = 225, .noise = 4,
         .reason = "faint"},
        {"text at 20 %", TEXT, .ink = 0.20, .reason = "faint"},
        {"text at 20 %, noise of 8", TEXT, .ink = 0.20, .noise = 8, .reason = "faint"},
        {"text at 20 %, out of focus", TEXT, .ink = 0.20, .blur = 2, .reason = "faint"},
        {"text at 20 % under a shadow", TEXT, .ink = 0.20, .shadow = 0.3, .shadow_mm = 60,
         .reason = "faint"},
        {"text at 20 % on a dark lid", TEXT, .ink = 0.20, .lid = 30, .reason = "faint"},
        {"text at 30 %", TEXT, .ink = 0.30, .reason = "faint"},
        {"text at 40 %", TEXT, .ink = 0.40},
        {"text at 60 %", TEXT, .ink = 0.60},
        {"text at 100 %", TEXT, .ink = 1},
        {"a line at 15 %", FIRST_LINE, .ink = 0.15, .reason = "faint"},
        {"a line at 30 %", FIRST_LINE, .ink = 0.30, .reason = "faint"},
        {"a pencil line over the other side", FIRST_LINE, .ink = 0.35, .behind = 0.12,
         .reason = "faint"},
        {"a pencil stroke at 25 %", SIGNATURE, .ink = 0.25, .reason = "faint"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
        check(&sheets[i]);
}

static void a_single_mark_is_written(void **state)
{
    static const struct sheet sheets[] = {
        {"a black stamp", STAMP, .ink = 0.8},
        {"a pale stamp", STAMP, .ink = 0.25, .reason = "faint"},
        {"a grey stamp out of focus", STAMP, .ink = 0.37, .blur = 8},
        {"a red stamp", STAMP, .ink = 0.8, .red = true},
        {"a signature", SIGNATURE, .ink = 0.8},
        {"a broad signature", LONG_SIGNATURE, .ink = 0.8},
        {"a page number", NUMBER, .ink = 0.9, .reason = "orientation-unsure"},
        {"a page number on noisy paper", NUMBER, .ink = 0.9, .noise = 5, .paper = 235,
         .reason = "orientation-unsure"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
        check(&sheets[i]);
}

static void a_sheet_of_bars_is_written(void **state)
{
    static const struct sheet sheets[] = {
        {"a bar code", BAR_CODE, .ink = 0.9},
        {"a bar code on noisy paper", BAR_CODE, .ink = 0.9, .noise = 5, .paper = 235},
        {"a bar code out of focus", BAR_CODE, .ink = 0.9, .blur = 1},
        {"a separator's bars", BARS, .ink = 0.9},
        {"a separator's grey bars", BARS, .ink = 0.5, .noise = 3, .paper = 240},
        {"one bar", ONE_BAR, .ink = 0.9},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
        check(&sheets[i]);
}

static void nothing_but_paper_and_what_shines_through_is_blank(void **state)
{
    static const struct sheet sheets[] = {
        {"clean paper", .blank = true, .reason = "empty"},
        {"grey paper", .paper = 190, .blank = true, .reason = "empty"},
        {"noise of 2", .noise = 2, .paper = 245, .blank = true},
        {"noise of 4", .noise = 4, .paper = 240, .blank = true},
        {"noise of 6", .noise = 6, .paper = 235, .blank = true},
        {"noise of 8", .noise = 8, .paper = 230, .blank = true},
        {"the other side at 5 %", TEXT, .ink = 0.05, .mirrored = true, .blank = true},
        {"the other side at 6 %, noisy", TEXT, .ink = 0.06, .mirrored = true, .noise = 3,
         .blank = true},
        {"the other side at 8 %", TEXT, .ink = 0.08, .mirrored = true, .blank = true},
        {"the other side at 8 %, noisy", TEXT, .ink = 0.08, .mirrored = true, .noise = 4,
         .blank = true},
        {"the other side at 8 %, as paper scatters it", TEXT, .ink = 0.08, .mirrored = true,
         .blur = 5, .noise = 2, .blank = true},
        {"the other side at 16 %, as paper scatters it", TEXT, .ink = 0.16, .mirrored = true,
         .blur = 8, .noise = 2, .blank = true},
        {"the other side through thin paper", TEXT, .ink = 0.19, .mirrored = true, .blur = 8,
         .blank = true},
        {"the other side's stamp at 8 %", STAMP, .ink = 0.08, .red = true, .mirrored = true,
         .blur = 3, .blank = true},
        {"a fold's soft shadow", .shadow = 0.3, .shadow_mm = 25, .blank = true},
        {"a fold's narrow shadow", .shadow = 0.25, .shadow_mm = 4, .noise = 2, .blank = true},
        {"a book's shadow", .shadow = 0.5, .shadow_mm = 70, .blank = true},
        {"a black lid", .lid = 5, .noise = 2, .paper = 240, .blank = true},
        {"a dark lid", .lid = 60, .noise = 2, .paper = 240, .blank = true},
        {"a grey lid", .lid = 120, .noise = 2, .paper = 240, .blank = true},
        {"a lid of a shadow's grey", .lid = 160, .noise = 2, .paper = 240, .blank = true},
        {"a light lid", .lid = 200, .noise = 2, .paper = 240, .blank = true},
        {"a nearly white lid", .lid = 222, .noise = 2, .paper = 248, .blank = true},
        {"folds", FOLDS, .ink = 0.5, .noise = 2, .blank = true},
        {"dust", DUST, .ink = 0.7, .blank = true},
        {"pale dust", DUST, .ink = 0.2, .noise = 3, .blank = true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
        check(&sheets[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pale_text_is_written_however_pale),
        cmocka_unit_test(a_single_mark_is_written),
        cmocka_unit_test(a_sheet_of_bars_is_written),
        cmocka_unit_test(nothing_but_paper_and_what_shines_through_is_blank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
