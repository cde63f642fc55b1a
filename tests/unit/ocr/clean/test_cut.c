#include "daemon/model/page_cut.h"
#include "ocr/clean/clean.h"
#include "ocr/clean/cut.h"
#include "tests/unit/image/pages.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DPI 200.0
#define MM (DPI / 25.4)
#define GLASS_W 216.0
#define GLASS_H 297.0

static unsigned noise_seed;

static int noise(void)
{
    noise_seed = noise_seed * 1664525u + 1013904223u;
    return (int)(noise_seed >> 16) % 9 - 4;
}

static uint8_t noisy(int value)
{
    value += noise();
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

struct colour {
    int r, g, b;
};

#define GREY(v) ((struct colour){v, v, v})
#define TINT ((struct colour){198, 222, 212}) /* a card's print */
#define DARK 32
#define LIGHT 244

static void put(struct raster *page, int x, int y, struct colour colour)
{
    if (x < 0 || y < 0 || x >= page->width || y >= page->height)
        return;
    uint8_t *px = raster_row(page, y) + (size_t)x * 3;
    px[0] = noisy(colour.r);
    px[1] = noisy(colour.g);
    px[2] = noisy(colour.b);
}

static void fill(struct raster *page, double x, double y, double w, double h, struct colour colour)
{
    for (int v = (int)(y * MM); v < (int)((y + h) * MM); v++)
        for (int u = (int)(x * MM); u < (int)((x + w) * MM); u++)
            put(page, u, v, colour);
}

static struct raster *lid(int tone)
{
    struct raster *page = NULL;
    assert_int_equal(raster_new((int)(GLASS_W * MM), (int)(GLASS_H * MM), 3, &page, NULL), ERR_OK);
    noise_seed = 1;
    for (size_t i = 0; i < (size_t)page->width * (size_t)page->height * 3; i++)
        page->px[i] = noisy(tone);
    return page;
}

/* Shapes of letters in lines, each a stem and a bar, in an area of the page. */
static void write_lines(struct raster *page, double x, double y, double w, double h,
                        struct colour ink)
{
    for (double line = y; line + 3 < y + h; line += 6)
        for (double at = x; at + 2 < x + w; at += fmod(at, 17) < 2.6 ? 5 : 2.6) {
            fill(page, at, line, 0.5, 2.6, ink);
            fill(page, at, line + 1, 1.6, 0.5, ink);
        }
}

/* The same in pencil, sharp and but a pixel thin. */
static void write_in_pencil(struct raster *page, double x, double y, double w, double h,
                            struct colour ink)
{
    int right = (int)((x + w) * MM), bottom = (int)((y + h) * MM);
    for (int line = (int)(y * MM); line < bottom; line += 56)
        for (int at = (int)(x * MM); at < right; at += 32)
            for (int i = 0; i < 24; i++) {
                put(page, at, line + i, ink);
                put(page, at + 20, line + i, ink);
                put(page, at + i * 20 / 24, line + 12, ink);
            }
}

/* A paper with its middle there (mm), turned clockwise; `shadow` lies around it, broad at
 * its right and lower side (0: none). Print on it as write_lines, at 6 mm from its edges. */
struct drawn {
    double x, y, turn_deg, w, h;
    struct colour face;
    int shadow;
};

static void lay(struct raster *page, struct drawn paper)
{
    double a = paper.turn_deg * M_PI / 180, reach = hypot(paper.w, paper.h) / 2 + 3;
    for (int row = (int)((paper.y - reach) * MM); row < (paper.y + reach) * MM; row++)
        for (int column = (int)((paper.x - reach) * MM); column < (paper.x + reach) * MM;
             column++) {
            double x = column / MM - paper.x, y = row / MM - paper.y;
            double u = cos(a) * x + sin(a) * y, v = -sin(a) * x + cos(a) * y;
            double off = fmax(fabs(u) - paper.w / 2, fabs(v) - paper.h / 2);
            bool print = off < -6 && fmod(v + 500, 6) < 2.4 && fmod(u + 500, 2.5) < 0.6 &&
                         fmod(u + 500, 15) > 3;
            bool lee = fmax(u - paper.w / 2, v - paper.h / 2) > 0;
            if (off <= 0)
                put(page, column, row, print ? GREY(60) : paper.face);
            else if (off < (lee ? 1.2 : 0.5) && paper.shadow)
                put(page, column, row, GREY(lee ? paper.shadow : paper.shadow + 20));
        }
}

/* Takes the page over. */
static struct rect_mm cut_as(struct raster *page, double dpi, enum dpi_source source)
{
    struct image image = {.raster = page, .count = 1, .dpi = dpi, .dpi_source = source};
    AUTO(clean_page) struct clean_page cleaned = {0};
    struct err err = ERR_INIT;
    if (clean_page(&image, NULL, &cleaned, &err))
        fail_msg("%s %s", err_name(err.code), err.detail);
    struct rect_mm cut = cleaned.info.cut;
    int turn = cleaned.info.rotation_deg;
    struct size_mm upright = cleaned.info.size;
    return cut.w > 0 ? rect_upright_from_stored(cut, upright, (360 - turn) % 360) : cut;
}

/* Halftone of a copier on yellowish paper. */
static void copy_in_toner(struct raster *page, struct drawn card)
{
    lay(page, card);
    for (size_t i = 0; i < (size_t)page->width * (size_t)page->height; i++) {
        uint8_t *px = page->px + 3 * i;
        int tone = px[0];
        px[0] = (uint8_t)(tone * 250 / 255);
        px[1] = (uint8_t)(tone * 240 / 255);
        px[2] = (uint8_t)(tone * 205 / 255);
    }
}

static struct rect_mm cut_of(struct raster *page)
{
    return cut_as(page, DPI, DPI_FILE);
}

static struct rect_mm box_of(const struct drawn *paper)
{
    double a = fabs(paper->turn_deg) * M_PI / 180;
    double w = paper->w * cos(a) + paper->h * sin(a), h = paper->w * sin(a) + paper->h * cos(a);
    return (struct rect_mm){paper->x - w / 2, paper->y - h / 2, w, h};
}

/* Holds the box, and no more than a margin and a shadow beside it. */
static void check_cut(const char *name, struct rect_mm cut, struct rect_mm box)
{
    double right = cut.x + cut.w - box.x - box.w, below = cut.y + cut.h - box.y - box.h;
    double left = box.x - cut.x, above = box.y - cut.y;
    double least = fmin(fmin(left, right), fmin(above, below));
    double most = fmax(fmax(left, right), fmax(above, below));
    bool clipped =
        cut.x <= 0 || cut.y <= 0 || cut.x + cut.w > GLASS_W - 0.1 || cut.y + cut.h > GLASS_H - 0.1;
    if (cut.w <= 0 || least < (clipped ? -1.5 : 0.3) || most > 3.5)
        fail_msg("%s: cut %.1f %.1f %.1f x %.1f of %.1f %.1f %.1f x %.1f", name, cut.x, cut.y,
                 cut.w, cut.h, box.x, box.y, box.w, box.h);
}

static void a_small_paper_is_cut_wherever_it_lies_on_the_glass(void **state)
{
    static const struct {
        const char *name;
        double w, h;
        struct colour face;
    } papers[] = {{"card", 85.6, 54, TINT},
                  {"A5 slip", 148, 210, {246, 246, 246}},
                  {"receipt", 80, 170, {240, 240, 240}}};
    static const double turns[] = {0, 7, -7, 0, -3};
    (void)state;
    for (size_t p = 0; p < sizeof papers / sizeof *papers; p++)
        for (int corner = 0; corner < 5; corner++) {
            char name[80];
            struct drawn paper = {.turn_deg = turns[corner],
                                  .w = papers[p].w,
                                  .h = papers[p].h,
                                  .face = papers[p].face};
            struct rect_mm box = box_of(&paper);
            double gap = turns[corner] != 0 ? 4 : 0; /* unturned: in the very corner */
            paper.x = corner == 4       ? GLASS_W / 2
                      : corner % 2 == 0 ? gap + box.w / 2
                                        : GLASS_W - gap - box.w / 2;
            paper.y = corner == 4  ? GLASS_H / 2
                      : corner < 2 ? gap + box.h / 2
                                   : GLASS_H - gap - box.h / 2;
            snprintf(name, sizeof name, "%s in corner %d, turned %.0f", papers[p].name, corner,
                     turns[corner]);
            struct raster *page = lid(DARK);
            lay(page, paper);
            check_cut(name, cut_of(page), box_of(&paper));
        }
}

static void a_light_lid_cuts_what_surely_lies_on_it(void **state)
{
    static const struct {
        const char *name;
        int lid;
        struct drawn paper;
        bool cut;
    } cases[] = {
        {"card with its shadow", LIGHT, {100, 90, 4, 85.6, 54, TINT, 190}, true},
        {"A5 with its shadow", LIGHT, {108, 150, -3, 148, 210, {240, 240, 240}, 200}, true},
        {"A5 whiter than the lid", 222, {108, 150, 7, 148, 208, {248, 248, 248}, 0}, true},
        {"card whiter than the lid", 200, {100, 90, -7, 85.6, 54, {240, 240, 240}, 0}, true},
        {"colour copy of a card", 250, {100, 90, 0, 85.6, 54, TINT, 0}, false},
        {"office copy of a card, with its shadow",
         250,
         {100, 90, 0, 85.6, 54, GREY(225), 190},
         false},
        {"a tinted area of a sheet", 250, {108, 150, 0, 148, 210, GREY(228), 0}, false},
        {"a receipt", LIGHT, {100, 120, 0, 80, 170, {240, 240, 240}, 200}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct raster *page = lid(cases[i].lid);
        lay(page, cases[i].paper);
        struct rect_mm cut = cut_of(page);
        if (cases[i].cut)
            check_cut(cases[i].name, cut, box_of(&cases[i].paper));
        else if (cut.w > 0)
            fail_msg("%s: cut", cases[i].name);
    }
}

static void an_office_copy_on_tinted_paper_is_no_card(void **state)
{
    (void)state;
    struct raster *page = lid(252);
    copy_in_toner(page, (struct drawn){100, 90, 0, 85.6, 54, GREY(170), 130});
    assert_float_equal(cut_of(page).w, 0, 0);
}

static void a_card_on_a_dark_lid_is_not_too_dark(void **state)
{
    (void)state;
    struct raster *page = lid(DARK);
    lay(page, (struct drawn){60, 50, 2, 85.6, 54, TINT, 0});
    struct image image = {.raster = page, .count = 1, .dpi = DPI, .dpi_source = DPI_FILE};
    AUTO(clean_page) struct clean_page cleaned = {0};
    assert_int_equal(clean_page(&image, NULL, &cleaned, NULL), ERR_OK);
    for (size_t i = 0; i < cleaned.info.reason_count; i++)
        assert_string_not_equal(cleaned.info.reasons[i], "dark");
    assert_in_range(cleaned.thumbnail->height, 800, 2400); /* the card is seen well */
}

static void two_cards_on_one_glass_stay_together(void **state)
{
    static const struct drawn cards[] = {{70, 60, 3, 85.6, 54, TINT, 180},
                                         {80, 150, -6, 85.6, 54, TINT, 180}};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct raster *page = lid(i ? LIGHT : DARK);
        lay(page, cards[0]);
        lay(page, cards[1]);
        check_cut(i ? "light" : "dark", cut_of(page),
                  rect_union(box_of(&cards[0]), box_of(&cards[1])));
    }
}

static void dust_and_punch_holes_do_not_matter(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct drawn slip = {90, 130, 2, 148, 210, {244, 244, 244}, i ? 190 : 0};
        struct raster *page = lid(i ? LIGHT : DARK);
        lay(page, slip);
        for (int hole = 0; hole < 2; hole++)
            for (int y = (int)(-3 * MM); y < 3 * MM; y++)
                for (int x = (int)(-3 * MM); x < 3 * MM; x++)
                    if (hypot(x, y) < 3 * MM)
                        put(page, (int)(28 * MM) + x, (int)((90 + 80 * hole) * MM) + y,
                            GREY(i ? LIGHT : DARK));
        for (int speck = 0; speck < 25; speck++)
            fill(page, 170 + fmod(speck * 7.3, 40), 5 + speck * 11.4, 0.5, 0.4,
                 GREY(i ? 120 : 200));
        check_cut(i ? "light" : "dark", cut_of(page), box_of(&slip));
    }
}

static void nothing_that_could_be_writing_is_left_out(void **state)
{
    static const struct drawn card = {60, 50, 2, 85.6, 54, TINT, 185};
    static const struct {
        const char *name;
        int lid;
        double x, y, w, h;
        struct colour ink;
        enum { PRINT, PENCIL, THING } kind;
    } cases[] = {
        {"a line of print, light lid", LIGHT, 40, 200, 90, 6, GREY(60), PRINT},
        {"pale writing, light lid", LIGHT, 40, 200, 90, 6, GREY(205), PRINT},
        {"pencil, light lid", LIGHT, 40, 200, 90, 20, GREY(214), PENCIL},
        {"three letters, light lid", LIGHT, 120, 150, 8, 6, {40, 60, 160}, PRINT},
        {"a stamp's red, light lid", LIGHT, 140, 150, 30, 12, {215, 90, 90}, PRINT},
        {"black on a brown folder", 90, 40, 200, 90, 6, GREY(30), PRINT},
        {"white on a dark folder", DARK, 120, 200, 8, 6, GREY(180), PRINT},
        {"a pen, dark lid", DARK, 120, 120, 9, 140, {30, 60, 170}, THING},
        {"a pen, light lid", LIGHT, 120, 120, 9, 140, {30, 60, 170}, THING},
        {"a stamp-sized photo, dark lid", DARK, 130, 40, 30, 40, {150, 140, 130}, THING},
    };
    void (*const draw[])(struct raster *, double, double, double, double, struct colour) = {
        [PRINT] = write_lines, [PENCIL] = write_in_pencil, [THING] = fill};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int beside = 0; beside < 2; beside++) {
            struct raster *page = lid(cases[i].lid);
            lay(page, card);
            if (beside)
                draw[cases[i].kind](page, cases[i].x, cases[i].y, cases[i].w, cases[i].h,
                                    cases[i].ink);
            struct rect_mm cut = cut_of(page);
            if ((cut.w > 0) != !beside)
                fail_msg("%s: %s", cases[i].name, beside ? "left out" : "no cut without it");
        }
}

static void large_papers_and_what_fills_the_glass_stay_whole(void **state)
{
    static const struct {
        const char *name;
        int lid;
        struct drawn paper;
    } cases[] = {
        {"A4 askew, lid in its corners", DARK, {108, 148.5, 4, 210, 297, {245, 245, 245}, 0}},
        {"A4 in the corner", DARK, {105, 148.5, 0, 210, 297, {245, 245, 245}, 0}},
        {"B5", DARK, {100, 140, -2, 176, 250, {245, 245, 245}, 0}},
        {"a sheet that fills the image", DARK, {108, 148.5, 0, 240, 320, {245, 245, 245}, 0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct raster *page = lid(cases[i].lid);
        lay(page, cases[i].paper);
        if (cut_of(page).w > 0)
            fail_msg("%s: cut", cases[i].name);
    }
    struct raster *page = lid(DARK), *part = NULL; /* a card scanned by itself */
    lay(page, (struct drawn){60, 50, 2, 85.6, 54, TINT, 0});
    assert_int_equal(raster_crop(page, (int)(12 * MM), (int)(19 * MM), (int)(96 * MM),
                                 (int)(62 * MM), &part, NULL),
                     ERR_OK);
    raster_free(page);
    assert_float_equal(cut_of(part).w, 0, 0);
}

static void without_a_scanner_s_resolution_nothing_is_cut(void **state)
{
    static const struct {
        double dpi;
        enum dpi_source source;
    } cases[] = {{DPI, DPI_ASSUMED}, {DPI, DPI_PAPER}, {72, DPI_FILE}, {96, DPI_FILE}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct raster *page = lid(DARK);
        lay(page, (struct drawn){60, 50, 2, 85.6, 54, TINT, 0});
        assert_float_equal(cut_as(page, cases[i].dpi, cases[i].source).w, 0, 0);
    }
}

static void the_cut_turns_with_the_page(void **state)
{
    static const struct drawn card = {60, 50, 0, 85.6, 54, TINT, 0};
    (void)state;
    AUTO(raster) struct raster *page = lid(DARK);
    lay(page, card);
    for (int turn = 0; turn < 360; turn += 90) {
        struct raster *copy = NULL;
        raster_turn(page, 0, &copy, NULL);
        struct image image = {.raster = copy,
                              .count = 1,
                              .dpi = DPI,
                              .dpi_source = DPI_FILE,
                              .turn_deg = turn,
                              .turn_is_given = true};
        AUTO(clean_page) struct clean_page cleaned = {0};
        assert_int_equal(clean_page(&image, NULL, &cleaned, NULL), ERR_OK);
        struct size_mm stored = {page->width / MM, page->height / MM};
        check_cut("turned", cleaned.info.cut,
                  rect_upright_from_stored(box_of(&card), stored, turn));
    }
}

/* The sheets of the corpus are A4, some with lid around them, two show copies of cards. */
static void no_sheet_of_the_corpus_is_cut(void **state)
{
    static const char *const sheets[] = {"a013-citizen-id/p1.jpg", "a038-citizen-id/p1.jpg",
                                         "a023-receipt-slip/p1.jpg"};
    (void)state;
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        struct raster *page = pages_read(pages_corpus(sheets[i]));
        if (cut_as(page, 300, DPI_FILE).w > 0)
            fail_msg("%s: cut", sheets[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_paper_is_cut_wherever_it_lies_on_the_glass),
        cmocka_unit_test(a_light_lid_cuts_what_surely_lies_on_it),
        cmocka_unit_test(an_office_copy_on_tinted_paper_is_no_card),
        cmocka_unit_test(a_card_on_a_dark_lid_is_not_too_dark),
        cmocka_unit_test(two_cards_on_one_glass_stay_together),
        cmocka_unit_test(dust_and_punch_holes_do_not_matter),
        cmocka_unit_test(nothing_that_could_be_writing_is_left_out),
        cmocka_unit_test(large_papers_and_what_fills_the_glass_stay_whole),
        cmocka_unit_test(without_a_scanner_s_resolution_nothing_is_cut),
        cmocka_unit_test(the_cut_turns_with_the_page),
        cmocka_unit_test(no_sheet_of_the_corpus_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
