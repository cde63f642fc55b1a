/*
 * Papers of ocr/papers as a scanner sees them: 300 dpi JPEG pages and what they say.
 *
 *   meaning_pages WORDING-FOLDER OUT-FOLDER COUNT [SEED] [all|train|held-out] [NOISE]
 *
 * Writes OUT/NNNN-type/pN.jpg and a line of OUT/truth.jsonl for each paper, types in turn. A fifth
 * of the papers is clean, half as an ordinary scanner gives it, the rest skewed, pale and blurred.
 * With NOISE (meaning_noise.tsv) no images are made: OUT/NNNN-type/pN.json has the words as they
 * would have been read. NOISE "drawn": both, the words without any error, to measure them by.
 */
#include "daemon/base/file.h"
#include "daemon/base/messages.h"
#include "meaning_words.h"
#include "ocr/papers/compose.h"

#include <errno.h>
#include <leptonica/allheaders.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DPI 300
#define MM (DPI / 25.4)
#define PAGE_W 2480
#define PAGE_H 3508
#define LEFT_MM 30.0
#define RIGHT_MM 18.0
#define TOP_MM 20.0
#define BOTTOM_MM 20.0

static const char *const fonts[] = {"Liberation Serif", "Liberation Serif", "FreeSerif",
                                    "Noto Serif",       "Liberation Sans",  "DejaVu Serif"};
#define FONT_COUNT (sizeof fonts / sizeof *fonts)
static const char hand_font[] = "Dancing Script"; /* Debian's only hand with Vietnamese letters */

struct drawing {
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout;
    const char *font, *folder;
    double size_pt;
    double y, left_y, right_y, sign_y, note_y; /* mm: where the next line of each column goes */
    int page, block;
    uint64_t look; /* decides how the paper was treated */
    const struct noise *noise;
    bool images, keeps_words;
    struct words words; /* of the page */
};

/* ---- lines ---- */

static void new_page(struct drawing *d)
{
    d->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, PAGE_W, PAGE_H);
    d->cairo = cairo_create(d->surface);
    cairo_set_source_rgb(d->cairo, 1, 1, 1);
    cairo_paint(d->cairo);
    d->layout = pango_cairo_create_layout(d->cairo);
    pango_cairo_context_set_resolution(pango_layout_get_context(d->layout), DPI);
    d->y = d->left_y = d->right_y = TOP_MM;
    d->sign_y = d->note_y = 0;
    d->page++;
    words_init(&d->words, (struct size_mm){210, 297}, 0);
}

/* Text of the line from its cell'th '|' to the next; runs by hand in another font, colour, place.
 */
static double draw_cell(struct drawing *d, const struct paper_line *line, int cell, double x_mm,
                        double y_mm, double width_mm, PangoAlignment align)
{
    g_autoptr(GString) markup = g_string_new(NULL);
    g_autoptr(GString) hand = g_string_new(NULL); /* of each byte of the text */
    int at = 0;
    for (size_t i = 0; i < line->run_count; i++) {
        g_auto(GStrv) parts = g_strsplit(line->run[i].text, "|", -1);
        for (int k = 0; parts[k]; k++) {
            at += k > 0;
            if (at != cell || !*parts[k])
                continue;
            g_autofree char *safe = g_markup_escape_text(parts[k], -1);
            for (const char *c = parts[k]; *c; c++)
                g_string_append_c(hand, (char)line->run[i].hand);
            if (line->run[i].hand)
                g_string_append_printf(markup,
                                       "<span font_family=\"%s\" size=\"125%%\" "
                                       "foreground=\"#1b2a7a\" font_weight=\"normal\">%s</span>",
                                       hand_font, safe);
            else
                g_string_append(markup, safe);
        }
    }
    PangoFontDescription *font = pango_font_description_from_string(d->font);
    double size = d->size_pt * (line->small ? 0.85 : line->large ? 1.15 : 1);
    pango_font_description_set_size(font, (int)(size * PANGO_SCALE));
    pango_font_description_set_weight(font, line->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font, line->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(d->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(d->layout, (int)(width_mm * MM) * PANGO_SCALE);
    pango_layout_set_alignment(d->layout, align);
    bool body = line->place == PLACE_BODY;
    pango_layout_set_justify(d->layout, body);
    pango_layout_set_indent(d->layout, body ? (int)(10 * MM) * PANGO_SCALE : 0);
    pango_layout_set_spacing(d->layout, (int)(0.6 * MM * PANGO_SCALE));
    pango_layout_set_markup(d->layout, markup->str, -1);
    int height;
    pango_layout_get_pixel_size(d->layout, NULL, &height);
    cairo_set_source_rgb(d->cairo, 0.08, 0.08, 0.1);
    cairo_move_to(d->cairo, x_mm * MM, y_mm * MM);
    if (d->images)
        pango_cairo_show_layout(d->cairo, d->layout);
    if (d->keeps_words &&
        !words_of_layout(d->layout, x_mm, y_mm, MM, hand->str, d->block++, &d->words))
        abort();
    return height / MM;
}

/* What stands beside something else waits for both columns. */
static void below_everything(struct drawing *d)
{
    d->y = fmax(d->y, fmax(d->left_y, d->right_y) + 1);
    d->y = fmax(d->y, fmax(d->sign_y, d->note_y));
    d->sign_y = d->note_y = 0;
}

static void draw_line(struct drawing *d, const struct paper_line *line)
{
    double width = 210 - LEFT_MM - RIGHT_MM, half = width / 2;
    double gap = 1.2;
    switch (line->place) {
    case PLACE_LEFT:
        d->left_y += draw_cell(d, line, 0, LEFT_MM - 8, d->left_y, half - 6, PANGO_ALIGN_CENTER);
        return;
    case PLACE_RIGHT:
        d->right_y +=
            draw_cell(d, line, 0, LEFT_MM + half - 14, d->right_y, half + 14, PANGO_ALIGN_CENTER);
        return;
    case PLACE_SIGN:
        if (!d->sign_y)
            d->sign_y = fmax(d->y, fmax(d->left_y, d->right_y)) + 2;
        d->sign_y += draw_cell(d, line, 0, LEFT_MM + half, d->sign_y, half, PANGO_ALIGN_CENTER);
        return;
    case PLACE_NOTE:
        if (!d->note_y)
            d->note_y = d->y + 3;
        d->note_y += draw_cell(d, line, 0, LEFT_MM, d->note_y, half - 5, PANGO_ALIGN_LEFT);
        return;
    case PLACE_GAP:
        if (d->sign_y)
            d->sign_y += 18;
        else
            d->y += 18;
        return;
    case PLACE_TABLE: {
        below_everything(d);
        double a = draw_cell(d, line, 0, LEFT_MM, d->y, half - 3, PANGO_ALIGN_CENTER);
        double b = draw_cell(d, line, 1, LEFT_MM + half, d->y, half, PANGO_ALIGN_CENTER);
        d->y += fmax(a, b) + gap;
        return;
    }
    default: {
        below_everything(d);
        PangoAlignment align = line->place == PLACE_CENTRE ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT;
        d->y += draw_cell(d, line, 0, LEFT_MM, d->y, width, align) + gap;
        d->left_y = d->right_y = d->y - 1;
        return;
    }
    }
}

/* ---- as scanned ---- */

static double share(struct drawing *d)
{
    d->look = d->look * 6364136223846793005u + 1442695040888963407u;
    return (double)(d->look >> 11) / 9007199254740992.0;
}

static PIX *as_scanned(struct drawing *d, PIX *clean, const char *condition)
{
    if (strcmp(condition, "clean") == 0)
        return pixClone(clean);
    bool hard = strcmp(condition, "hard") == 0;
    double skew = (share(d) - 0.5) * (hard ? 9 : 3) * 0.017453;
    PIX *turned = pixRotate(clean, (l_float32)skew, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
    PIX *soft = pixBlockconv(turned, hard ? 1 : 0, hard ? 1 : 0);
    PIX *grey = pixConvertTo8(soft, 0);
    PIX *toned = pixGammaTRC(NULL, grey, 1.0f, hard ? -60 : -10, hard ? 275 : 260);
    PIX *noisy = pixAddGaussianNoise(toned, hard ? 7 : 3);
    pixDestroy(&turned);
    pixDestroy(&soft);
    pixDestroy(&grey);
    pixDestroy(&toned);
    return noisy;
}

static void write_words(struct drawing *d, const char *condition)
{
    struct words read;
    char path[4096];
    snprintf(path, sizeof path, "%s/p%d%s.json", d->folder, d->page, d->images ? "-drawn" : "");
    if (!words_misread(&d->words, d->noise, condition, &d->look, &read) ||
        !words_write(&read, path))
        fprintf(stderr, "meaning_pages: %s cannot be written\n", path);
    words_done(&read);
}

static void write_image(struct drawing *d, const char *condition)
{
    cairo_surface_flush(d->surface);
    const unsigned char *rows = cairo_image_surface_get_data(d->surface);
    int stride = cairo_image_surface_get_stride(d->surface);
    PIX *clean = pixCreate(PAGE_W, PAGE_H, 32);
    for (int y = 0; y < PAGE_H; y++) {
        const uint32_t *from = (const uint32_t *)(rows + (size_t)y * (size_t)stride);
        l_uint32 *to = pixGetData(clean) + (size_t)y * (size_t)pixGetWpl(clean);
        for (int x = 0; x < PAGE_W; x++)
            to[x] = from[x] << 8;
    }
    PIX *page = as_scanned(d, clean, condition);
    pixSetResolution(page, DPI, DPI);
    char path[4096];
    snprintf(path, sizeof path, "%s/p%d.jpg", d->folder, d->page);
    if (pixWriteJpeg(path, page, 80, 0))
        fprintf(stderr, "meaning_pages: %s cannot be written\n", path);
    pixDestroy(&page);
    pixDestroy(&clean);
}

static void end_page(struct drawing *d, const char *condition)
{
    if (d->keeps_words)
        write_words(d, condition);
    if (d->images)
        write_image(d, condition);
    words_done(&d->words);
    g_object_unref(d->layout);
    cairo_destroy(d->cairo);
    cairo_surface_destroy(d->surface);
}

static int draw(const struct paper *paper, const char *folder, uint64_t seed, const char *condition,
                const struct noise *noise, bool drawn_too)
{
    struct drawing d = {.folder = folder,
                        .look = seed * 2654435761u + 1,
                        .noise = noise,
                        .images = !noise,
                        .keeps_words = noise || drawn_too};
    d.font = fonts[(size_t)(share(&d) * FONT_COUNT)];
    d.size_pt = 12 + 2 * share(&d);
    new_page(&d);
    for (size_t i = 0; i < paper->count; i++) {
        bool over = fmax(d.y, d.sign_y) > 297 - BOTTOM_MM - 12;
        if (paper->line[i].place == PLACE_PAGE || over) {
            end_page(&d, condition);
            new_page(&d);
        }
        if (paper->line[i].place != PLACE_PAGE)
            draw_line(&d, &paper->line[i]);
    }
    end_page(&d, condition);
    return d.page;
}

/* ---- all of them ---- */

static bool one_paper(const struct wording *wording, const char *name, uint64_t seed, int number,
                      enum wording_part part, const char *out, FILE *truth,
                      const struct noise *noise, bool drawn_too)
{
    static const char *const conditions[] = {"clean",  "normal", "normal", "normal", "clean",
                                             "normal", "hard",   "normal", "hard",   "hard"};
    struct err err = ERR_INIT;
    AUTO(paper) struct paper paper = {0};
    if (paper_compose(wording, name, seed, part, &paper, &err)) {
        fprintf(stderr, "meaning_pages: %s\n", err.detail);
        return false;
    }
    char type[64], folder[3000];
    snprintf(type, sizeof type, "%.*s", (int)strcspn(name, "/"), name);
    snprintf(folder, sizeof folder, "%s/%05d-%s", out, number, type);
    if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
        perror(folder);
        return false;
    }
    const char *condition = conditions[seed % 10];
    int pages = draw(&paper, folder, seed, condition, noise, drawn_too);
    AUTO(js)
    struct js *line = js_pack("{s:s, s:s, s:s, s:i, s:O}", "id", strrchr(folder, '/') + 1, "type",
                              type, "condition", condition, "pages", pages, "fields", paper.fields);
    AUTO(mem) char *text = line ? js_dump(line) : NULL;
    return text && fprintf(truth, "%s\n", text) > 0;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *wording = NULL;
    if (argc < 4 || wording_load(argv[1], &wording, &err)) {
        fprintf(stderr,
                "usage: meaning_pages WORDING OUT COUNT [SEED] [all|train|held-out] [NOISE]\n%s\n",
                err.detail);
        return 2;
    }
    const char *part_name = argc > 5 ? argv[5] : "all";
    enum wording_part part = strcmp(part_name, "train") == 0      ? WORDING_TRAIN
                             : strcmp(part_name, "held-out") == 0 ? WORDING_HELD_OUT
                                                                  : WORDING_ALL;
    bool drawn_too = argc > 6 && strcmp(argv[6], "drawn") == 0;
    struct noise *noise = argc > 6 && !drawn_too ? noise_load(argv[6]) : NULL;
    if (argc > 6 && !drawn_too && !noise) {
        fprintf(stderr, "meaning_pages: %s: no table of errors\n", argv[6]);
        return 2;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/truth.jsonl", argv[2]);
    FILE *truth = fopen(path, "w");
    if (!truth) {
        perror(path);
        return 1;
    }
    uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
    const char *const *names = wording_papers(wording);
    size_t kinds = 0;
    while (names[kinds])
        kinds++;
    bool ok = kinds > 0;
    for (int i = 0; ok && i < atoi(argv[3]); i++)
        ok = one_paper(wording, names[(size_t)i % kinds], seed + (uint64_t)i, i + 1, part, argv[2],
                       truth, noise, drawn_too);
    noise_free(noise);
    return fclose(truth) == 0 && ok ? 0 : 1;
}
