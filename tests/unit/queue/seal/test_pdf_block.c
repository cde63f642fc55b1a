#include "queue/seal/pdf_block.h"
#include "queue/seal/pdf_font.h"
#include "tests/harness/test.h"

static struct block_place place(struct size_mm page, const struct rect_mm *avoid, size_t count,
                                enum block_anchor anchor)
{
    struct err err = ERR_INIT;
    AUTO(pdf_font) struct pdf_font *font = NULL;
    assert_int_equal(pdf_font_open(PDF_FONT_SERIF, &font, &err), ERR_OK);
    struct block_wish wish = {
        .anchor = anchor,
        .lines = {"Bản điện tử chuyển đổi từ bản giấy", "Người sao chụp: Trần Thị Thử Nghiệm",
                  "Thời gian: 2026-11-21T09:15:30+07:00", "Ký số bằng khóa phần mềm"},
        .line_count = 4,
        .page = page,
        .avoid = avoid,
        .avoid_count = count,
    };
    return block_find_place(&wish, font);
}

static bool lies_on_page(struct rect_mm box, struct size_mm page)
{
    return box.x >= 0 && box.y >= 0 && box.x + box.w <= page.w && box.y + box.h <= page.h;
}

static const struct size_mm a4 = {210, 297}, a5 = {148, 210}, card = {85.6, 53.98};

static void an_empty_corner_is_taken(void **state)
{
    (void)state;
    const struct size_mm pages[] = {a4, a5, card, {297, 210}};
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        struct block_place found = place(pages[i], NULL, 0, BLOCK_TOP_LEFT);
        assert_false(found.moved);
        assert_true(found.covers_mm2 == 0);
        assert_true(found.box.x == 5 && found.box.y == 5);
        assert_true(lies_on_page(found.box, pages[i]));
        found = place(pages[i], NULL, 0, BLOCK_TOP_RIGHT);
        assert_false(found.moved);
        assert_true(found.box.x + found.box.w > pages[i].w - 5.1);
    }
}

static void codes_and_text_are_kept_free(void **state)
{
    (void)state;
    static const struct {
        struct rect_mm avoid[3];
        size_t count;
        bool in_band;
    } cases[] = {
        {{{10, 8, 20, 20}}, 1, true},
        {{{4, 4, 60, 30}}, 1, true},
        {{{30, 20, 70, 5}, {115, 20, 75, 5}}, 2, true},
        {{{5, 5, 90, 4}, {100, 12, 80, 5}}, 2, true},
        {{{0, 0, 210, 30}}, 1, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct block_place found = place(a4, cases[i].avoid, cases[i].count, BLOCK_TOP_LEFT);
        assert_true(lies_on_page(found.box, a4));
        assert_true(found.covers_mm2 == 0);
        for (size_t k = 0; k < cases[i].count; k++)
            assert_true(rect_overlap_mm2(found.box, cases[i].avoid[k]) == 0);
        bool in_band = found.box.y + found.box.h <= 25.01;
        if (in_band != cases[i].in_band)
            fail_msg("case %zu: y %.1f", i, found.box.y);
    }
}

static void a_full_page_is_covered_least_and_says_so(void **state)
{
    (void)state;
    const struct rect_mm avoid[] = {{0, 0, 210, 297}};
    struct block_place found = place(a4, avoid, 1, BLOCK_TOP_LEFT);
    assert_true(found.covers_mm2 > 0);
    assert_true(lies_on_page(found.box, a4));
}

static void a_narrow_paper_gets_smaller_letters(void **state)
{
    (void)state;
    struct size_mm slip = {40, 100};
    struct block_place found = place(slip, NULL, 0, BLOCK_TOP_LEFT);
    assert_true(found.font_pt < 7);
    assert_true(found.box.x + found.box.w <= 40);
}

/* A card that lies there on a glass; what its block comes to stand on. */
static struct block_place place_beside(struct rect_mm card_on_glass, bool wanted,
                                       const struct rect_mm *avoid, size_t count)
{
    struct err err = ERR_INIT;
    AUTO(pdf_font) struct pdf_font *font = NULL;
    assert_int_equal(pdf_font_open(PDF_FONT_SERIF, &font, &err), ERR_OK);
    struct block_wish wish = {
        .lines = {"Bản điện tử chuyển đổi từ bản giấy", "Người sao chụp: Trần Thị Thử Nghiệm"},
        .line_count = 2,
        .page = {card_on_glass.w, card_on_glass.h},
        .image = {-card_on_glass.x, -card_on_glass.y, 216, 297},
        .avoid = avoid,
        .avoid_count = count,
        .beside = wanted,
    };
    return block_find_place(&wish, font);
}

static void a_block_beside_the_paper_takes_the_first_side_with_room(void **state)
{
    (void)state;
    static const struct {
        struct rect_mm card;
        const char *side;
    } cases[] = {{{60, 100, 86, 54}, "above"},
                 {{60, 3, 86, 54}, "below"},
                 {{5, 0, 86, 297}, "right"},
                 {{125, 0, 86, 297}, "left"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct rect_mm card_box = cases[i].card;
        struct rect_mm box = place_beside(card_box, true, NULL, 0).box;
        const char *side = box.y + box.h <= 0    ? "above"
                           : box.y >= card_box.h ? "below"
                           : box.x >= card_box.w ? "right"
                           : box.x + box.w <= 0  ? "left"
                                                 : "on it";
        assert_string_equal(side, cases[i].side);
        assert_true(box.x + card_box.x >= 0 && box.y + card_box.y >= 0);
        assert_true(box.x + card_box.x + box.w <= 216 && box.y + card_box.y + box.h <= 297);
    }
}

static void a_block_leaves_a_full_paper_for_the_lid_but_not_a_free_one(void **state)
{
    (void)state;
    const struct rect_mm slip = {20, 40, 148, 210}, full = {0, 0, 148, 210};
    assert_false(place_beside(slip, false, NULL, 0).beside);
    struct block_place found = place_beside(slip, false, &full, 1);
    assert_true(found.beside && found.covers_mm2 == 0);
    found = place_beside((struct rect_mm){0, 0, 216, 297}, true, NULL, 0); /* no lid */
    assert_false(found.beside);
    assert_true(lies_on_page(found.box, (struct size_mm){216, 297}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_corner_is_taken),
        cmocka_unit_test(codes_and_text_are_kept_free),
        cmocka_unit_test(a_full_page_is_covered_least_and_says_so),
        cmocka_unit_test(a_block_beside_the_paper_takes_the_first_side_with_room),
        cmocka_unit_test(a_block_leaves_a_full_paper_for_the_lid_but_not_a_free_one),
        cmocka_unit_test(a_narrow_paper_gets_smaller_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
