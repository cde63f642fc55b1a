#include "tests/bench/handwriting_draw.h"

#include "tests/bench/handwriting_hand.h"
#include "tests/bench/recognition_variant.h"

#include <ctype.h>
#include <leptonica/allheaders.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define DPI 300
#define MM (DPI / 25.4)
#define PAGE_W 2480
#define PAGE_H 3508
#define LEFT_MM 28.0
#define RIGHT_MM 18.0
#define TOP_MM 18.0
#define BOTTOM_MM 22.0
#define WORDS_MAX_DRAWN 2500
#define PIECES_MAX 400

static const char *const fitted[] = {
    "Liberation Serif",
    "Liberation Serif",
    "Liberation Serif",
    "Liberation Sans",
    "FreeSerif",
    "FreeMono",
    "DejaVu Sans",
    "DejaVu Sans Mono",
    "Noto Serif",
    "Noto Sans",
    "Carlito",
    "EB Garamond",
    "Courier Prime",
    "Linux Libertine O",
    "Lato",
    "Nimbus Sans Narrow",
    "URW Bookman",
    "Noto Sans Mono",
    "URW Gothic",
    "Nimbus Mono PS",
    "Nimbus Roman",
    "Nimbus Sans",
    "Courier Prime Sans",
    "Lato Medium",
    "Noto Sans Display",
    "DejaVu Sans Condensed",
    "Open Sans Condensed Light",
};
static const char *const unseen[] = {
    "DejaVu Serif",    "Open Sans", "Caladea",     "GNUTypewriter", "FreeSans",         "Gentium",
    "Liberation Mono", "P052",      "DotGothic16", "C059",          "Liberation Serif",
};
#define COUNT_OF(list) ((int)(sizeof(list) / sizeof *(list)))

/* A run without spaces in one hand. */
struct piece {
    char text[80];
    bool hand, joined; /* no space before it */
};

struct look {
    const char *face;
    double em, broad; /* letters drawn broader or narrower than the face has them */
    bool bold, italic, caps, dots;
};

struct page {
    cairo_t *cairo;
    struct chance *chance;
    struct drawn_page *out;
    struct look body, other;
    struct writer writer[2];
    double digits_by_hand, words_by_hand, stamped, filled_in, leaders;
    double y, left_y, right_y;
    bool full;
};

static void add_word(struct page *page, const double box[4], bool hand, const char *face)
{
    if (page->out->count >= WORDS_MAX_DRAWN || box[2] <= box[0])
        return;
    page->out->word[page->out->count++] = (struct drawn_word){
        {box[0] / MM, box[1] / MM, (box[2] - box[0]) / MM, (box[3] - box[1]) / MM}, hand, face};
}

/* --- print ------------------------------------------------------------------------------------ */

static PangoLayout *layout_of(cairo_t *cairo, const struct look *look, const char *text)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string(look->face);
    pango_font_description_set_absolute_size(font, look->em * PANGO_SCALE);
    pango_font_description_set_weight(font, look->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font, look->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    if (look->caps)
        pango_font_description_set_variant(font, PANGO_VARIANT_SMALL_CAPS);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

static double width_of(cairo_t *cairo, const struct look *look, const char *text)
{
    int width;
    PangoLayout *layout = layout_of(cairo, look, text);
    pango_layout_get_size(layout, &width, NULL);
    g_object_unref(layout);
    return look->broad * width / PANGO_SCALE;
}

/* Needles of a matrix printer: one dot for each pixel of a small picture of the text. */
static void print_dots(cairo_t *cairo, const struct look *look, const char *text, double x,
                       double y)
{
    double pitch = look->em / 11;
    struct look small = *look;
    small.em = 11;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 400, 24);
    cairo_t *to = cairo_create(surface);
    PangoLayout *layout = layout_of(to, &small, text);
    cairo_move_to(to, 0, 16);
    pango_cairo_show_layout_line(to, pango_layout_get_line_readonly(layout, 0));
    cairo_surface_flush(surface);
    const unsigned char *px = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int v = 0; v < 24; v++)
        for (int u = 0; u < 400; u++)
            if (px[v * stride + u] > 110) {
                cairo_arc(cairo, x + u * pitch, y + (v - 16) * pitch, 0.6 * pitch, 0, 6.3);
                cairo_fill(cairo);
            }
    g_object_unref(layout);
    cairo_destroy(to);
    cairo_surface_destroy(surface);
}

static double print_word(struct page *page, const struct look *look, const char *text, double x,
                         double y)
{
    PangoLayout *layout = layout_of(page->cairo, look, text);
    PangoRectangle ink, logical;
    pango_layout_line_get_pixel_extents(pango_layout_get_line_readonly(layout, 0), &ink, &logical);
    if (look->dots) {
        print_dots(page->cairo, look, text, x, y);
    } else {
        cairo_save(page->cairo);
        cairo_translate(page->cairo, x, y);
        cairo_scale(page->cairo, look->broad, 1);
        cairo_move_to(page->cairo, 0, 0);
        pango_cairo_show_layout_line(page->cairo, pango_layout_get_line_readonly(layout, 0));
        cairo_restore(page->cairo);
    }
    double left = x + look->broad * ink.x, right = left + look->broad * ink.width;
    add_word(page, (double[]){left, y + ink.y, right, y + ink.y + ink.height}, false,
             look->dots ? "dots" : look->face);
    g_object_unref(layout);
    return look->broad * logical.width;
}

/* A numbering machine, or a rubber stamp: its own face and ink, a little crooked. */
static double stamp_word(struct page *page, const char *text, double x, double y)
{
    struct look look = page->other;
    double turn = chance_real(page->chance, -0.04, 0.04);
    cairo_save(page->cairo);
    cairo_set_source_rgba(page->cairo, 0.15, 0.12, chance_real(page->chance, 0.15, 0.5),
                          chance_real(page->chance, 0.75, 1));
    cairo_translate(page->cairo, x, y + look.em * chance_real(page->chance, -0.1, 0.1));
    cairo_rotate(page->cairo, turn);
    PangoLayout *layout = layout_of(page->cairo, &look, text);
    PangoRectangle ink, logical;
    pango_layout_line_get_pixel_extents(pango_layout_get_line_readonly(layout, 0), &ink, &logical);
    cairo_move_to(page->cairo, 0, 0);
    pango_cairo_show_layout_line(page->cairo, pango_layout_get_line_readonly(layout, 0));
    cairo_restore(page->cairo);
    add_word(page, (double[]){x + ink.x, y + ink.y, x + ink.x + ink.width, y + ink.y + ink.height},
             false, "stamped");
    g_object_unref(layout);
    return logical.width;
}

/* --- lines ------------------------------------------------------------------------------------ */

static void cut_pieces(const struct paper_line *line, struct piece *out, int *count)
{
    *count = 0;
    bool joined = true;
    for (size_t i = 0; i < line->run_count; i++)
        for (const char *at = line->run[i].text; *at;) {
            size_t size = strcspn(at, " |");
            if (!size) {
                joined = false;
                at++;
                continue;
            }
            if (*count >= PIECES_MAX)
                return;
            struct piece *piece = &out[(*count)++];
            *piece = (struct piece){.hand = line->run[i].hand, .joined = joined && *count > 1};
            snprintf(piece->text, sizeof piece->text, "%.*s", (int)size, at);
            at += size;
            joined = true;
        }
}

static bool is_letter(const char *text)
{
    return isalnum((unsigned char)*text) || (unsigned char)*text >= 0xc3;
}

/* Some of what is printed is written instead: the digits a word begins with, or all of it. */
static int write_some(struct page *page, struct piece *piece, int count)
{
    for (int i = 0; i < count && count < PIECES_MAX; i++) {
        size_t digits = strspn(piece[i].text, "0123456789");
        size_t number = strspn(piece[i].text, "0123456789/.-");
        bool item = number && !piece[i].text[number] && i == 0; /* of a list: "1." */
        if (piece[i].hand || item)
            continue;
        if (digits && chance_of(page->chance, page->digits_by_hand)) {
            size_t cut = piece[i].text[number] ? digits : number;
            piece[i].hand = true;
            if (!piece[i].text[cut])
                continue;
            memmove(piece + i + 1, piece + i, (size_t)(count - i) * sizeof *piece);
            count++;
            memmove(piece[i + 1].text, piece[i].text + cut, strlen(piece[i].text + cut) + 1);
            piece[i].text[cut] = 0;
            piece[i + 1].hand = false;
            piece[++i].joined = true;
        } else if (is_letter(piece[i].text) && chance_of(page->chance, page->words_by_hand)) {
            piece[i].hand = true;
        }
    }
    return count;
}

static double draw_leader(struct page *page, const struct look *look, double x, double y,
                          double width)
{
    double step = 0.25 * look->em;
    cairo_set_source_rgb(page->cairo, 0.1, 0.1, 0.1);
    for (double at = 0; at < width; at += step) {
        cairo_arc(page->cairo, x + at, y - 0.03 * look->em, 0.05 * look->em, 0, 6.3);
        cairo_fill(page->cairo);
    }
    return width;
}

static double draw_piece(struct page *page, const struct look *look, const struct piece *piece,
                         double x, double y)
{
    if (piece->hand) {
        const struct writer *writer = &page->writer[0];
        double box[4];
        double width =
            writer_write(writer, page->chance, page->cairo, x, y, look->em, piece->text, box);
        add_word(page, box, true, writer_name(writer));
        if (chance_of(page->chance, page->leaders))
            draw_leader(page, look, x - 0.3 * look->em, y, width + 0.6 * look->em);
        return width;
    }
    bool digits = strcspn(piece->text, "0123456789") == 0;
    if (digits && chance_of(page->chance, page->stamped))
        return stamp_word(page, piece->text, x, y);
    cairo_set_source_rgb(page->cairo, 0.08, 0.08, 0.1);
    bool other = chance_of(page->chance, page->filled_in);
    return print_word(page, other ? &page->other : look, piece->text, x, y);
}

static double piece_width(struct page *page, const struct look *look, const struct piece *piece)
{
    double width = width_of(page->cairo, look, piece->text);
    return piece->hand ? width * page->writer[0].size * 1.1 : width;
}

/* Pieces from x on, wrapped at the width. Returns the height taken. */
static double draw_pieces(struct page *page, const struct look *look, const struct piece *piece,
                          int count, double x, double y, double width, enum paper_place place)
{
    double space = 0.27 * look->em, lead = 1.4 * look->em, top = y;
    for (int i = 0; i < count;) {
        double used = 0;
        int end = i;
        for (; end < count; end++) {
            double more = piece_width(page, look, &piece[end]) + (piece[end].joined ? 0 : space);
            if (end > i && used + more > width && !piece[end].joined)
                break;
            used += more;
        }
        bool centred = place != PLACE_BODY && place != PLACE_FLUSH && place != PLACE_NOTE;
        double at = x + (centred ? fmax(0, (width - used) / 2) : 0);
        y += lead;
        for (; i < end; i++) {
            at += piece[i].joined ? 0 : space;
            at += draw_piece(page, look, &piece[i], at, y);
        }
    }
    return y - top;
}

static void draw_line(struct page *page, const struct paper_line *line)
{
    struct piece piece[PIECES_MAX];
    struct look look = page->body;
    double left = LEFT_MM * MM, width = PAGE_W - (LEFT_MM + RIGHT_MM) * MM;
    int count;
    look.bold = line->bold || look.bold;
    look.italic = line->italic;
    look.em *= line->small ? 0.85 : line->large ? 1.15 : 1;
    look.caps = chance_of(page->chance, 0.02);
    cut_pieces(line, piece, &count);
    count = write_some(page, piece, count);
    double *y = &page->y, gap = 0.2 * look.em;
    if (line->place == PLACE_LEFT || line->place == PLACE_RIGHT) {
        bool right = line->place == PLACE_RIGHT;
        y = right ? &page->right_y : &page->left_y;
        left += right ? 0.42 * width : -8 * MM;
        width *= right ? 0.58 : 0.48;
    } else {
        page->y = fmax(page->y, fmax(page->left_y, page->right_y));
        if (line->place == PLACE_SIGN)
            left += width / 2, width /= 2;
    }
    if (line->place == PLACE_GAP)
        *y += 14 * MM;
    if (*y > PAGE_H - BOTTOM_MM * MM)
        page->full = true;
    if (count && !page->full)
        *y += draw_pieces(page, &look, piece, count, left, *y, width, line->place) + gap;
    page->full = page->full || *y > PAGE_H - BOTTOM_MM * MM;
}

/* --- things beside the text --------------------------------------------------------------------
 */

static void draw_seal(struct page *page)
{
    double x = chance_real(page->chance, 0.2, 0.8) * PAGE_W;
    double y = chance_real(page->chance, 0.2, 0.85) * PAGE_H, radius = 17 * MM;
    cairo_set_source_rgba(page->cairo, 0.85, 0.1, 0.15, 0.75);
    cairo_set_line_width(page->cairo, 0.9 * MM);
    cairo_arc(page->cairo, x, y, radius, 0, 6.3);
    cairo_stroke(page->cairo);
    cairo_arc(page->cairo, x, y, radius * 0.62, 0, 6.3);
    cairo_stroke(page->cairo);
}

static void draw_show_through(struct page *page)
{
    struct look look = page->body;
    cairo_save(page->cairo);
    cairo_translate(page->cairo, PAGE_W, 0);
    cairo_scale(page->cairo, -1, 1);
    cairo_set_source_rgba(page->cairo, 0, 0, 0, chance_real(page->chance, 0.03, 0.08));
    PangoLayout *layout = layout_of(page->cairo, &look,
                                    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 "
                                    "năm 2015; xét đề nghị của Chánh Văn phòng");
    for (double y = 30 * MM; y < PAGE_H - 30 * MM; y += 1.5 * look.em) {
        cairo_move_to(page->cairo, chance_real(page->chance, 20, 35) * MM, y);
        pango_cairo_show_layout(page->cairo, layout);
    }
    g_object_unref(layout);
    cairo_restore(page->cairo);
}

/* --- as scanned ------------------------------------------------------------------------------- */

static PIX *pix_of(cairo_surface_t *surface)
{
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    PIX *pix = pixCreate(PAGE_W, PAGE_H, 32);
    for (int y = 0; y < PAGE_H; y++) {
        const uint32_t *from = (const uint32_t *)(rows + (size_t)y * (size_t)stride);
        l_uint32 *to = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);
        for (int x = 0; x < PAGE_W; x++)
            to[x] = from[x] << 8;
    }
    return pix;
}

/* Replaces *pix. */
static void step(PIX **pix, PIX *next)
{
    if (!next)
        return;
    pixDestroy(pix);
    *pix = next;
}

static void pass_jpeg(PIX **pix, int quality)
{
    l_uint8 *bytes = NULL;
    size_t size = 0;
    if (!pixWriteMemJpeg(&bytes, &size, *pix, quality, 0))
        step(pix, pixReadMemJpeg(bytes, size, 0, 1, NULL, 0));
    lept_free(bytes);
}

static enum err_code take_pixels(PIX *pix, double dpi, struct image *out, struct err *err)
{
    struct raster *raster = NULL;
    enum err_code code = raster_new(pixGetWidth(pix), pixGetHeight(pix), 3, &raster, err);
    for (int y = 0; !code && y < raster->height; y++) {
        const l_uint32 *from = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);
        uint8_t *to = raster_row(raster, y);
        for (int x = 0; x < raster->width; x++)
            for (int k = 0; k < 3; k++)
                to[3 * x + k] = (uint8_t)(from[x] >> (24 - 8 * k));
    }
    if (!code)
        *out = (struct image){.raster = raster, .count = 1, .dpi = dpi, .dpi_source = DPI_FILE};
    return code;
}

static enum err_code scan(struct page *page, cairo_surface_t *surface, struct err *err)
{
    static const char *const conditions[] = {"clean", "normal", "normal", "hard", "bilevel"};
    struct chance *chance = page->chance;
    const char *condition = conditions[chance_below(chance, COUNT_OF(conditions))];
    bool clean = strcmp(condition, "clean") == 0, hard = strcmp(condition, "hard") == 0;
    double dpi = chance_of(chance, 0.2) ? 200 : DPI;
    PIX *pix = pix_of(surface);
    page->out->condition = condition;
    if (!clean) {
        double skew = chance_real(chance, -1, 1) * (hard ? 0.05 : 0.02);
        int soft = hard ? 1 : chance_below(chance, 2);
        step(&pix, pixRotate(pix, (l_float32)skew, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
        step(&pix, pixBlockconv(pix, soft, soft));
        if (hard && chance_of(chance, 0.5))
            step(&pix, pixBlockconv(pix, 1, 1));
        step(&pix, pixGammaTRC(NULL, pix, 1.0f, hard ? -(int)chance_real(chance, 20, 110) : -10,
                               hard ? 275 : 262));
        step(&pix, pixAddGaussianNoise(pix, (l_float32)chance_real(chance, 1, hard ? 8 : 4)));
    }
    if (dpi < DPI)
        step(&pix, pixScale(pix, (l_float32)(dpi / DPI), (l_float32)(dpi / DPI)));
    pass_jpeg(&pix, (int)chance_real(chance, 55, 92));
    enum err_code code = take_pixels(pix, dpi, &page->out->image, err);
    pixDestroy(&pix);
    if (!code && strcmp(condition, "bilevel") == 0 && dpi > 200)
        code = variant_make("bilevel", &page->out->image, err);
    return code;
}

/* --- a page ----------------------------------------------------------------------------------- */

static struct look look_make(struct chance *chance, bool held_out)
{
    struct look look = {.em = chance_real(chance, 11.5, 14.5) / 72 * DPI};
    look.face = held_out ? unseen[chance_below(chance, COUNT_OF(unseen))]
                         : fitted[chance_below(chance, COUNT_OF(fitted))];
    look.dots = chance_of(chance, 0.04);
    look.broad = look.dots || chance_of(chance, 0.5) ? 1 : chance_real(chance, 0.86, 1.14);
    if (look.dots)
        look.face = held_out ? "Liberation Mono" : "FreeMono";
    return look;
}

static void set_up(struct page *page, bool held_out)
{
    struct chance *chance = page->chance;
    page->body = look_make(chance, held_out);
    page->other = look_make(chance, held_out);
    page->other.em = page->body.em * chance_real(chance, 0.8, 1.3);
    page->other.bold = chance_of(chance, 0.4);
    page->other.dots = false;
    page->writer[0] = writer_make(chance, held_out);
    bool form = chance_of(chance, 0.25);
    page->digits_by_hand = chance_of(chance, 0.8) ? chance_real(chance, 0, 0.6) : 0;
    page->words_by_hand = form ? chance_real(chance, 0.05, 0.3) : chance_real(chance, 0, 0.03);
    page->stamped = chance_of(chance, 0.5) ? chance_real(chance, 0, 0.6) : 0;
    page->filled_in = chance_of(chance, 0.4) ? chance_real(chance, 0, 0.15) : 0;
    page->leaders = chance_of(chance, 0.4) ? chance_real(chance, 0, 1) : 0;
    page->y = page->left_y = page->right_y = TOP_MM * MM;
}

enum err_code drawn_page_make(const struct paper *paper, uint64_t seed, bool held_out,
                              struct drawn_page *out, struct err *err)
{
    struct chance chance = {seed * 2654435761u + 99991};
    chance_real(&chance, 0, 1);
    *out = (struct drawn_page){.word = mem_array(WORDS_MAX_DRAWN, sizeof *out->word)};
    if (!out->word)
        return err_set(err, ERR_NO_MEMORY, "page");
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, PAGE_W, PAGE_H);
    struct page page = {.cairo = cairo_create(surface), .chance = &chance, .out = out};
    set_up(&page, held_out);
    cairo_set_source_rgb(page.cairo, 1, 1, 1);
    cairo_paint(page.cairo);
    if (chance_of(&chance, 0.25))
        draw_show_through(&page);
    for (size_t i = 0; i < paper->count && !page.full; i++)
        if (paper->line[i].place != PLACE_PAGE)
            draw_line(&page, &paper->line[i]);
    if (chance_of(&chance, 0.4))
        draw_seal(&page);
    cairo_surface_flush(surface);
    enum err_code code = scan(&page, surface, err);
    cairo_destroy(page.cairo);
    cairo_surface_destroy(surface);
    return code;
}

void drawn_page_done(struct drawn_page *page)
{
    image_done(&page->image);
    mem_free(TAKE(page->word));
}
