#include "queue/seal/pdf_block.h"

#include "daemon/base/text.h"
#include "queue/seal/pdf_font.h"
#include "queue/seal/pdf_page_text.h"
#include "queue/seal/pdf_writer.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#define PAGE_MARGIN_MM 5.0
/* NĐ 30/2020 sets the top margin to 20–25 mm. */
#define TOP_BAND_MM 25.0
#define CLEARANCE_MM 0.8
#define STEP_MM 1.0
#define PADDING_MM 1.0
#define BESIDE_GAP_MM 1.0
#define BESIDE_FONT_PT 6.5
#define LEADING_EM 1.2
#define FONT_PT_MIN 3.0
#define FRAME_PT 0.4

struct attempt {
    double font_pt;
    double floor_mm; /* lowest y the block may reach; INFINITY: the page's end */
};

static const struct attempt attempts[] = {
    {7.5, TOP_BAND_MM}, {6.5, TOP_BAND_MM}, {5.5, TOP_BAND_MM}, {6.5, INFINITY}, {5.5, INFINITY}};
#define ATTEMPT_COUNT (sizeof attempts / sizeof attempts[0])

static struct size_mm block_size(const struct block_wish *wish, struct pdf_font *font,
                                 double font_pt)
{
    double widest_em = 0;
    for (size_t i = 0; i < wish->line_count; i++)
        widest_em = fmax(widest_em, pdf_font_text_width(font, wish->lines[i]));
    double em_mm = font_pt / PDF_POINTS_PER_MM;
    return (struct size_mm){widest_em * em_mm + 2 * PADDING_MM,
                            (double)wish->line_count * LEADING_EM * em_mm + 2 * PADDING_MM};
}

/* Long names on small papers: letters shrink until the block fits between the margins. */
static double fitting_font(const struct block_wish *wish, struct pdf_font *font, double font_pt)
{
    struct size_mm size = block_size(wish, font, font_pt);
    double room = fmax(wish->page.w - 2 * PAGE_MARGIN_MM, 1);
    return size.w <= room ? font_pt : fmax(font_pt * room / size.w, FONT_PT_MIN);
}

static double covered(const struct block_wish *wish, struct rect_mm box)
{
    struct rect_mm wide = {box.x - CLEARANCE_MM, box.y - CLEARANCE_MM, box.w + 2 * CLEARANCE_MM,
                           box.h + 2 * CLEARANCE_MM};
    double area = 0;
    for (size_t i = 0; i < wish->avoid_count; i++)
        area += rect_overlap_mm2(wide, wish->avoid[i]);
    return area;
}

static struct rect_mm anchor_box(const struct block_wish *wish, struct size_mm size)
{
    double left = fmax(wish->page.w - PAGE_MARGIN_MM - size.w, 0);
    double x = wish->anchor == BLOCK_TOP_RIGHT ? left : fmin(PAGE_MARGIN_MM, left);
    double y = fmin(PAGE_MARGIN_MM, fmax(wish->page.h - size.h, 0));
    return (struct rect_mm){x, y, size.w, size.h};
}

struct search {
    struct rect_mm best_free, best_any;
    double free_distance, least_covered;
};

static void consider(const struct block_wish *wish, struct rect_mm anchor, struct rect_mm box,
                     struct search *search)
{
    double distance = hypot(box.x - anchor.x, box.y - anchor.y);
    if (distance >= search->free_distance)
        return;
    double area = covered(wish, box);
    if (area <= 0) {
        search->free_distance = distance;
        search->best_free = box;
    } else if (area < search->least_covered) {
        search->least_covered = area;
        search->best_any = box;
    }
}

static struct search search_band(const struct block_wish *wish, struct rect_mm anchor,
                                 double floor_mm)
{
    struct search search = {.free_distance = DBL_MAX, .least_covered = DBL_MAX};
    double bottom = fmin(floor_mm, wish->page.h - PAGE_MARGIN_MM) - anchor.h;
    double right = wish->page.w - PAGE_MARGIN_MM - anchor.w;
    consider(wish, anchor, anchor, &search);
    for (double y = PAGE_MARGIN_MM; y <= bottom; y += STEP_MM)
        for (double x = PAGE_MARGIN_MM; x <= right; x += STEP_MM)
            consider(wish, anchor, (struct rect_mm){x, y, anchor.w, anchor.h}, &search);
    return search;
}

static bool holds(struct rect_mm outer, struct rect_mm inner)
{
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

/* Above the page, below, to its right or left, the first that the image has room for. */
static bool find_beside(const struct block_wish *wish, struct pdf_font *font,
                        struct block_place *out)
{
    double font_pt = fitting_font(wish, font, BESIDE_FONT_PT);
    struct size_mm size = block_size(wish, font, font_pt), page = wish->page;
    double x = wish->anchor == BLOCK_TOP_RIGHT ? page.w - size.w : 0;
    x = fmax(fmin(x, wish->image.x + wish->image.w - size.w), wish->image.x);
    const struct rect_mm places[] = {{x, -BESIDE_GAP_MM - size.h, size.w, size.h},
                                     {x, page.h + BESIDE_GAP_MM, size.w, size.h},
                                     {page.w + BESIDE_GAP_MM, 0, size.w, size.h},
                                     {-BESIDE_GAP_MM - size.w, 0, size.w, size.h}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (holds(wish->image, places[i]) && covered(wish, places[i]) <= 0) {
            *out = (struct block_place){
                .box = places[i], .font_pt = font_pt, .moved = true, .beside = true};
            return true;
        }
    return false;
}

struct block_place block_find_place(const struct block_wish *wish, struct pdf_font *font)
{
    struct block_place beside;
    if (wish->beside && find_beside(wish, font, &beside))
        return beside;
    struct block_place least = {.covers_mm2 = DBL_MAX};
    for (size_t i = 0; i < ATTEMPT_COUNT; i++) {
        double font_pt = fitting_font(wish, font, attempts[i].font_pt);
        struct rect_mm anchor = anchor_box(wish, block_size(wish, font, font_pt));
        struct search search = search_band(wish, anchor, attempts[i].floor_mm);
        if (search.free_distance < DBL_MAX)
            return (struct block_place){
                .box = search.best_free, .font_pt = font_pt, .moved = search.free_distance > 0};
        if (search.least_covered < least.covers_mm2)
            least = (struct block_place){.box = search.best_any,
                                         .font_pt = font_pt,
                                         .moved = search.best_any.x != anchor.x ||
                                                  search.best_any.y != anchor.y,
                                         .covers_mm2 = search.least_covered};
    }
    return find_beside(wish, font, &beside) ? beside : least;
}

static void write_line(struct pdf_writer *writer, struct pdf_font *font, const char *text)
{
    pdf_text(writer, "<");
    for (int32_t point; (point = text_next(&text)) != 0;) {
        uint16_t cid = pdf_font_cid(font, point);
        if (cid)
            pdf_printf(writer, "%04X", cid);
    }
    pdf_text(writer, "> Tj\n");
}

void block_write(struct pdf_writer *writer, int number, const struct block_wish *wish,
                 const struct block_place *place, struct pdf_font *font)
{
    double w = place->box.w * PDF_POINTS_PER_MM, h = place->box.h * PDF_POINTS_PER_MM;
    double padding = PADDING_MM * PDF_POINTS_PER_MM, leading = LEADING_EM * place->font_pt;
    int font_number = pdf_reserve(writer);
    char dict[200];
    snprintf(dict, sizeof dict,
             "/Type /XObject /Subtype /Form /BBox [0 0 %.3f %.3f] "
             "/Resources << /Font << /F0 %d 0 R >> >>",
             w, h, font_number);
    pdf_begin_stream(writer, number, dict, true);
    if (place->beside) /* the lid may be dark */
        pdf_printf(writer, "q\n1 g 0 0 %.3f %.3f re f\nQ\n", w, h);
    pdf_printf(writer, "q\n%.2f w 0 G %.3f %.3f %.3f %.3f re S\nQ\n", FRAME_PT, FRAME_PT / 2,
               FRAME_PT / 2, w - FRAME_PT, h - FRAME_PT);
    pdf_printf(writer, "BT\n0 g /F0 %.2f Tf %.3f TL\n%.3f %.3f Td\n", place->font_pt, leading,
               padding, h - padding - place->font_pt * 0.95);
    for (size_t i = 0; i < wish->line_count; i++) {
        if (i)
            pdf_text(writer, "T*\n");
        write_line(writer, font, wish->lines[i]);
    }
    pdf_text(writer, "ET\n");
    pdf_end_stream(writer);
    pdf_font_write(font, writer, font_number);
}
