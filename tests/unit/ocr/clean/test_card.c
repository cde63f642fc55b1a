#include "ocr/clean/papers.h"
#include "tests/unit/image/pages.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DPI 300.0
#define MM (DPI / 25.4)
#define PAGE_W 2480
#define PAGE_H 3508

/* A card with its middle there (mm), turned clockwise; `face` tints it all over, a frame of `rim`
 * runs around it (-1: none). Round corners. */
struct drawn {
    double x, y, turn_deg, w, h;
    int face, rim;
};

static unsigned noise_seed;

static uint8_t noisy(int value)
{
    noise_seed = noise_seed * 1664525u + 1013904223u;
    value += (int)(noise_seed >> 16) % 9 - 4;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static struct raster *lid(int colour)
{
    struct raster *page = NULL;
    assert_int_equal(raster_new(PAGE_W, PAGE_H, 3, &page, NULL), ERR_OK);
    noise_seed = 1;
    for (size_t i = 0; i < (size_t)PAGE_W * PAGE_H * 3; i++)
        page->px[i] = noisy(colour);
    return page;
}

static enum err_code find_cards(const struct raster *page, struct papers *out)
{
    AUTO(raster) struct raster *small = NULL;
    int factor = 4;
    assert_int_equal(raster_reduce(page, factor, &small, NULL), ERR_OK);
    return papers_find(small, MM / factor, 245, out, NULL);
}

/* Distance outside the card, negative inside; mm. */
static double outside(const struct drawn *card, double x, double y)
{
    double a = card->turn_deg * M_PI / 180, corner = 3.18;
    double u = cos(a) * (x - card->x) + sin(a) * (y - card->y);
    double v = -sin(a) * (x - card->x) + cos(a) * (y - card->y);
    double dx = fabs(u) - card->w / 2 + corner, dy = fabs(v) - card->h / 2 + corner;
    return hypot(fmax(dx, 0), fmax(dy, 0)) + fmin(fmax(dx, dy), 0) - corner;
}

static void draw(struct raster *page, struct drawn card)
{
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++) {
            double off = outside(&card, x / MM, y / MM);
            bool print = off < -6 && (y / 20) % 3 == 0 && (x / 9) % 3 == 0;
            int value = print                                     ? 70
                        : card.rim >= 0 && off > -0.4 && off <= 0 ? card.rim
                        : off <= 0                                ? card.face
                                                                  : -1;
            if (value < 0)
                continue;
            uint8_t *px = raster_row(page, y) + (size_t)x * 3;
            px[0] = noisy(value), px[1] = noisy(value), px[2] = noisy(value + 6);
        }
}

static void check_box(const struct drawn *card, struct rect_mm box)
{
    double a = card->turn_deg * M_PI / 180;
    double w = fabs(cos(a)) * card->w + fabs(sin(a)) * card->h;
    double h = fabs(sin(a)) * card->w + fabs(cos(a)) * card->h;
    assert_true(fabs(box.x - (card->x - w / 2)) < 2 && fabs(box.y - (card->y - h / 2)) < 2);
    assert_true(fabs(box.w - w) < 3.5 && fabs(box.h - h) < 3.5);
}

#define CARD(x, y, turn, face, rim)                                                                \
    {                                                                                              \
        x, y, turn, 85.6, 53.98, face, rim                                                         \
    }

static void a_card_is_found_at_any_angle_on_light_and_dark_lids(void **state)
{
    static const struct {
        int lid;
        struct drawn card;
    } cases[] = {
        {250, CARD(60, 40, 0, 222, -1)},    {250, CARD(100, 150, 90, 228, -1)},
        {250, CARD(105, 140, 37, 215, -1)}, {30, CARD(105, 140, -12, 225, -1)},
        {30, CARD(43.5, 27.5, 0, 225, -1)}, {250, CARD(90, 200, 5, 250, 190)},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(raster) struct raster *page = lid(cases[i].lid);
        struct papers found;
        draw(page, cases[i].card);
        assert_int_equal(find_cards(page, &found), ERR_OK);
        if (found.card_count != 1)
            fail_msg("case %zu: %zu cards", i, found.card_count);
        check_box(&cases[i].card, found.card[0]);
    }
}

static void two_cards_are_two(void **state)
{
    static const struct drawn cards[] = {CARD(60, 60, 2, 220, -1), CARD(70, 140, 95, 232, -1)};
    (void)state;
    AUTO(raster) struct raster *page = lid(248);
    struct papers found;
    draw(page, cards[0]);
    draw(page, cards[1]);
    assert_int_equal(find_cards(page, &found), ERR_OK);
    assert_int_equal(found.card_count, 2);
    check_box(&cards[0], found.card[0]);
    check_box(&cards[1], found.card[1]);
}

static void what_is_no_card_is_not_offered(void **state)
{
    static const struct drawn others[] = {
        {60, 60, 0, 105, 74, 220, -1},    /* A7 */
        {60, 60, 0, 85.6, 48, 220, -1},   /* a ticket */
        {60, 60, 0, 66, 66, 220, -1},     /* a square of its area */
        {105, 148, 0, 150, 200, 220, -1}, /* a sheet */
    };
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        AUTO(raster) struct raster *page = lid(250);
        struct papers found;
        draw(page, others[i]);
        assert_int_equal(find_cards(page, &found), ERR_OK);
        assert_int_equal(found.card_count, 0);
    }
}

/* Lines that fill the size of a card with words, as a paragraph does. */
static void a_paragraph_of_that_size_is_no_card(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = lid(250);
    struct papers found;
    for (double y = 100; y < 100 + 53; y += 5.3)
        for (double x = 50; x < 50 + 85; x += 2.1) {
            if ((int)(x * 7 + y * 13) % 6 == 0)
                continue;
            for (int py = (int)(y * MM); py < (int)((y + 2.2) * MM); py++)
                for (int px = (int)(x * MM); px < (int)((x + 1.6) * MM); px++)
                    memset(raster_row(page, py) + (size_t)px * 3, 40, 3);
        }
    assert_int_equal(find_cards(page, &found), ERR_OK);
    assert_int_equal(found.card_count, 0);
}

static void a_page_of_print_has_no_card(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(PAGE_W, PAGE_H, 3);
    struct papers found;
    assert_int_equal(find_cards(page, &found), ERR_OK);
    assert_int_equal(found.card_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_is_found_at_any_angle_on_light_and_dark_lids),
        cmocka_unit_test(two_cards_are_two),
        cmocka_unit_test(what_is_no_card_is_not_offered),
        cmocka_unit_test(a_paragraph_of_that_size_is_no_card),
        cmocka_unit_test(a_page_of_print_has_no_card),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
