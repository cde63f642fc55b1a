#include "ocr/clean/clean.h"
#include "tests/unit/image/pages.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DPI 200.0
#define MM (DPI / 25.4)
#define GLASS_W 216.0
#define GLASS_H 297.0

static unsigned noise_seed;

static uint8_t noisy(int value)
{
    noise_seed = noise_seed * 1664525u + 1013904223u;
    value += (int)(noise_seed >> 16) % 9 - 4;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* A paper with its middle there (mm), turned clockwise, with lines of text; `rim` is the brightness
 * of the shadow around it (-1: none). */
struct drawn {
    double x, y, turn_deg, w, h;
    int face, rim;
};

static struct raster *lid(int colour)
{
    struct raster *page = NULL;
    int w = (int)(GLASS_W * MM), h = (int)(GLASS_H * MM);
    assert_int_equal(raster_new(w, h, 1, &page, NULL), ERR_OK);
    noise_seed = 1;
    for (int i = 0; i < w * h; i++)
        page->px[i] = noisy(colour);
    return page;
}

static void lay(struct raster *page, struct drawn paper)
{
    double a = paper.turn_deg * M_PI / 180;
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++) {
            double u = cos(a) * (x / MM - paper.x) + sin(a) * (y / MM - paper.y);
            double v = -sin(a) * (x / MM - paper.x) + cos(a) * (y / MM - paper.y);
            double off = fmax(fabs(u) - paper.w / 2, fabs(v) - paper.h / 2);
            bool print = off < -8 && fmod(v + 500, 8) < 3 && fmod(u + 500, 2.5) < 0.6;
            if (off <= 0)
                raster_row(page, y)[x] = noisy(print ? 50 : paper.face);
            else if (off < 0.7 && paper.rim >= 0)
                raster_row(page, y)[x] = noisy(paper.rim);
        }
}

/* Takes the raster over. */
static void clean(struct raster *page, struct page_info *out)
{
    struct image image = {.raster = page, .count = 1, .dpi = DPI, .dpi_source = DPI_FILE};
    AUTO(clean_page) struct clean_page cleaned = {0};
    struct err err = ERR_INIT;
    if (clean_page(&image, NULL, &cleaned, &err))
        fail_msg("%s %s", err_name(err.code), err.detail);
    *out = cleaned.info;
    out->code_count = 0;
}

static void check(const struct page_info *info, const struct drawn *paper, const char *size)
{
    const struct page_paper *found = &info->papers[0];
    assert_string_equal(paper_size_name(found->sides), size);
    bool sideways = info->rotation_deg % 180 != 0;
    assert_float_equal(sideways ? found->sides.h : found->sides.w, paper->w, 2);
    assert_float_equal(sideways ? found->sides.w : found->sides.h, paper->h, 2);
}

static void papers_are_found_on_dark_and_light_lids(void **state)
{
    static const struct {
        const char *name;
        int lid;
        struct drawn paper;
        const char *size; /* NULL: not found */
    } cases[] = {
        {"A5 in the middle, dark", 30, {108, 150, 0, 148, 210, 245, -1}, "A5"},
        {"A5 in the corner, dark", 30, {74, 105, 0, 148, 210, 245, -1}, "A5"},
        {"A5 on its side and turned, dark", 60, {108, 150, 4, 208, 148, 240, -1}, "A5"},
        {"A4 turned, its corners cut, dark", 40, {108, 148.5, 3.5, 210, 297, 245, -1}, "A4"},
        {"ID-1, dark", 30, {60, 60, 20, 85.6, 54, 225, -1}, "ID-1"},
        {"a slip of no standard size, dark", 30, {100, 100, -3, 100, 170, 245, -1}, "other"},
        {"A5 with a tint, light", 250, {108, 150, 2, 148, 210, 232, -1}, "A5"},
        {"A5 with a shadow, light", 250, {108, 150, -2, 148, 210, 250, 205}, "A5"},
        {"A5 in the corner with a tint, light", 250, {74, 105, 0, 148, 210, 232, -1}, "A5"},
        {"ID-1, light", 250, {90, 100, 33, 85.6, 54, 225, -1}, "ID-1"},
        {"A5 without a shadow, light", 250, {108, 150, 0, 148, 210, 250, -1}, NULL},
        {"a printed frame, light", 250, {108, 148, 0, 180, 267, 250, 90}, NULL},
        {"paper that fills the image", 245, {108, 148.5, 0, 230, 310, 245, -1}, NULL},
        {"paper that fills the image, dark lid", 30, {108, 148.5, 0, 230, 310, 245, -1}, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct raster *page = lid(cases[i].lid);
        struct page_info info;
        lay(page, cases[i].paper);
        clean(page, &info);
        if (info.paper_count != (cases[i].size != NULL))
            fail_msg("%s: %zu papers", cases[i].name, info.paper_count);
        if (!cases[i].size)
            continue;
        if (strcmp(paper_size_name(info.papers[0].sides), cases[i].size) != 0)
            fail_msg("%s: %.1f x %.1f mm", cases[i].name, info.papers[0].sides.w,
                     info.papers[0].sides.h);
        check(&info, &cases[i].paper, cases[i].size);
    }
}

static void two_cards_on_one_glass_are_two_papers_of_one_page(void **state)
{
    static const struct drawn cards[] = {{70, 60, 3, 85.6, 54, 225, -1},
                                         {80, 160, -8, 85.6, 54, 225, -1}};
    (void)state;
    for (int colour = 30; colour <= 250; colour += 220) {
        struct raster *page = lid(colour);
        struct page_info info;
        lay(page, cards[0]);
        lay(page, cards[1]);
        clean(page, &info);
        assert_int_equal(info.paper_count, 2);
        for (int i = 0; i < 2; i++)
            assert_string_equal(paper_size_name(info.papers[i].sides), "ID-1");
        assert_true(info.size.w > 200 && info.size.h > 200); /* the page is not cut */
    }
}

static void writing_beside_a_tint_says_that_the_tint_is_no_paper(void **state)
{
    (void)state;
    struct raster *page = lid(250);
    struct page_info info;
    lay(page, (struct drawn){108, 120, 0, 148, 210, 232, -1});
    lay(page, (struct drawn){108, 265, 0, 150, 30, 250, -1});
    clean(page, &info);
    assert_int_equal(info.paper_count, 0);
}

/* A card on a sheet is offered for a closer look, but the sheet is the paper. */
static void a_card_among_writing_is_a_card_and_no_paper(void **state)
{
    (void)state;
    struct raster *page = lid(250);
    struct page_info info;
    lay(page, (struct drawn){70, 80, 5, 85.6, 54, 225, -1});
    lay(page, (struct drawn){108, 200, 0, 150, 100, 250, -1});
    clean(page, &info);
    assert_int_equal(info.paper_count, 0);
    assert_int_equal(info.card_count, 1);
    assert_float_equal(info.cards[0].x + info.cards[0].w / 2, 70, 1.5);
    assert_float_equal(info.cards[0].y + info.cards[0].h / 2, 80, 1.5);
}

static void the_box_lies_in_the_upright_frame(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = lid(30);
    AUTO(raster) struct raster *text = pages_draw_text((int)(148 * MM), (int)(210 * MM), 1);
    for (int y = 0; y < text->height; y++)
        memcpy(raster_row(page, y + 30) + 20, raster_row(text, y), (size_t)text->width);
    for (int turn = 0; turn < 360; turn += 90) {
        struct raster *turned = NULL;
        struct page_info info;
        raster_turn(page, turn, &turned, NULL);
        clean(turned, &info);
        assert_int_equal(info.rotation_deg, (360 - turn) % 360);
        assert_int_equal(info.paper_count, 1);
        assert_float_equal(info.papers[0].sides.w, 148, 1.5);
        assert_float_equal(info.papers[0].box.x, 20 / MM, 1.5);
        assert_float_equal(info.papers[0].box.y, 30 / MM, 1.5);
        assert_float_equal(info.papers[0].box.h, 210, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_are_found_on_dark_and_light_lids),
        cmocka_unit_test(two_cards_on_one_glass_are_two_papers_of_one_page),
        cmocka_unit_test(writing_beside_a_tint_says_that_the_tint_is_no_paper),
        cmocka_unit_test(a_card_among_writing_is_a_card_and_no_paper),
        cmocka_unit_test(the_box_lies_in_the_upright_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
