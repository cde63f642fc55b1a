#include "daemon/base/file.h"
#include "daemon/image/image_read.h"
#include "ocr/clean/clean.h"
#include "ocr/recognize/codes.h"
#include "tests/bench/codes_paper.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * How well codes are found: paints QR, Code 128 and DataMatrix of the sizes papers have, at any
 * turn, on the pages of text named on the command line, wears and scans them, and prints what was
 * found, read wrong, or seen where nothing is. SEED in the environment (default 1) is another set;
 * SHARE (0..1) makes fewer pages; KEEP=FOLDER keeps the pages on which something went wrong.
 */

enum row { ROW_QR, ROW_CARD, ROW_CARD_2024, ROW_CODE128, ROW_DATAMATRIX, ROW_COUNT };

static const char *const row_names[ROW_COUNT] = {
    [ROW_QR] = "QR, 16-45 mm, 300 dpi",
    [ROW_CARD] = "QR of a card, 14-16 mm, 300 dpi",
    [ROW_CARD_2024] = "QR of a 2024 card, 11 mm, 600 dpi",
    [ROW_CODE128] = "Code 128, 300 dpi",
    [ROW_DATAMATRIX] = "DataMatrix, 300 dpi",
};

struct tally {
    int painted, found;
};

struct bench {
    struct raster *text[16];
    int text_count;
    struct dice dice;
    struct tally row[ROW_COUNT];
    int wrong, stray, pages;
    double codes_seconds, worst_seconds;
};

struct painted {
    enum row row;
    enum symbol_kind kind;
    char text[512];
    double x_mm, y_mm, reach_mm;
    bool found;
};

#define PER_PAGE_MAX 3

/* --- what codes say -------------------------------------------------------------------------- */

static int digit(struct bench *bench)
{
    return dice_int(&bench->dice, 0, 9);
}

static void dossier_code(struct bench *bench, char *out, size_t size)
{
    snprintf(out, size, "000.%d%d.%d%d.H%d%d-2%d0%d2%d-%d%d%d%d", digit(bench), digit(bench),
             digit(bench), digit(bench), digit(bench), digit(bench), digit(bench), digit(bench),
             digit(bench), digit(bench), digit(bench), digit(bench), digit(bench));
}

static void card_record(struct bench *bench, char *out, size_t size)
{
    static const char *const names[] = {"Nguyễn Thị Hồng Hạnh", "Trần Văn Đức", "H'Hen Niê",
                                        "Đỗ Quỳnh Như", "Lý Ngọc Bửu"};
    static const char *const places[] = {
        "Thôn Đông, Xã Hoàng Đồng, Thành phố Lạng Sơn, Lạng Sơn",
        "Tổ dân phố 4, Phường Nguyễn Thái Bình, Quận 1, TP. Hồ Chí Minh",
        "Buôn Krông, Xã Ea Tiêu, Huyện Cư Kuin, Đắk Lắk"};
    snprintf(out, size, "0%d%d1%d%d%d%d%d%d%d%d|%s|%s|%d%d0%d19%d%d|%s|%s|2%d0%d202%d",
             digit(bench), digit(bench), digit(bench), digit(bench), digit(bench), digit(bench),
             digit(bench), digit(bench), digit(bench), digit(bench),
             digit(bench) % 2 ? "" : "286533942", names[dice_int(&bench->dice, 0, 4)],
             digit(bench) % 3, 1 + digit(bench) % 9, 1 + digit(bench) % 9, digit(bench),
             digit(bench), digit(bench) % 2 ? "Nam" : "Nữ", places[dice_int(&bench->dice, 0, 2)],
             digit(bench) % 9, 1 + digit(bench) % 9, digit(bench) % 6);
}

/* Bytes as printed and the text they mean: offices do not agree on encodings. */
struct content {
    char bytes[1024];
    size_t size;
    char text[512];
    int eci;
};

static size_t as_latin1_twice(const char *text, char *out)
{
    size_t used = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c < 0x80) {
            out[used++] = (char)*c;
            continue;
        }
        out[used++] = (char)(0xc0 | *c >> 6);
        out[used++] = (char)(0x80 | (*c & 0x3f));
    }
    return used;
}

static void office_content(struct bench *bench, struct content *out)
{
    char code[64];
    dossier_code(bench, code, sizeof code);
    int form = dice_int(&bench->dice, 0, 5);
    if (form == 0)
        snprintf(out->text, sizeof out->text, "%s", code);
    else if (form == 1)
        snprintf(out->text, sizeof out->text, "https://dichvucong.gov.vn/tra-cuu?ma=%s", code);
    else if (form == 2)
        snprintf(out->text, sizeof out->text, "%s|1.00%d%d%d%d|HTTT giải quyết TTHC tỉnh Đắk Lắk",
                 code, digit(bench), digit(bench), digit(bench), digit(bench));
    else
        snprintf(out->text, sizeof out->text, "Mã hồ sơ: %s\nChủ hồ sơ: Phạm Thị Ngọc Ánh", code);
    out->size = strlen(out->text);
    memcpy(out->bytes, out->text, out->size + 1);
    if (form == 3)
        out->eci = 26;
    if (form == 4)
        out->eci = 3; /* says Latin-1 and is not */
    if (form == 5)
        out->size = as_latin1_twice(out->text, out->bytes);
}

static void make_content(struct bench *bench, enum row row, struct content *out)
{
    *out = (struct content){0};
    if (row == ROW_QR) {
        office_content(bench, out);
        return;
    }
    if (row == ROW_CARD || row == ROW_CARD_2024)
        card_record(bench, out->text, sizeof out->text);
    else
        dossier_code(bench, out->text, sizeof out->text);
    snprintf(out->bytes, sizeof out->bytes, "%s%s", out->text,
             row == ROW_CARD_2024 ? "||Phạm Văn Cha|034160000001|Bùi Thị Mẹ|034162000002|"
                                    "Lê Văn Chồng|034088000003"
                                  : "");
    out->size = strlen(out->bytes);
}

/* --- pages ----------------------------------------------------------------------------------- */

static double any_turn(struct bench *bench)
{
    if (digit(bench) < 4)
        return 90 * dice_int(&bench->dice, 0, 3) + dice_real(&bench->dice, -5, 5);
    return dice_real(&bench->dice, 0, 360);
}

static void set_size(struct bench *bench, enum row row, const struct symbol *symbol,
                     struct spot *spot)
{
    static const double side_mm[ROW_COUNT][2] = {[ROW_QR] = {16, 45},
                                                 [ROW_CARD] = {14, 16},
                                                 [ROW_CARD_2024] = {11, 11},
                                                 [ROW_DATAMATRIX] = {9, 20}};
    if (row == ROW_CODE128) {
        spot->w_mm = fmin(84, symbol->width * dice_real(&bench->dice, 0.25, 0.36));
        spot->h_mm = dice_real(&bench->dice, 8, 15);
        return;
    }
    spot->w_mm = spot->h_mm = dice_real(&bench->dice, side_mm[row][0], side_mm[row][1]);
    if (row == ROW_QR && spot->w_mm < 0.38 * symbol->width)
        spot->w_mm = spot->h_mm = 0.38 * symbol->width;
}

static bool paint_code(struct bench *bench, enum row row, struct paper *paper, double x_mm,
                       double y_mm, struct painted *out)
{
    static const enum symbol_kind kinds[ROW_COUNT] = {SYMBOL_QR, SYMBOL_QR, SYMBOL_QR,
                                                      SYMBOL_CODE128, SYMBOL_DATAMATRIX};
    struct content content;
    struct symbol symbol;
    make_content(bench, row, &content);
    int correction = row == ROW_CARD_2024 ? 1 : row == ROW_CARD ? 2 : dice_int(&bench->dice, 1, 3);
    if (!symbol_make(kinds[row], content.bytes, content.size, correction, content.eci, &symbol))
        return false;
    struct spot spot = {.x_mm = x_mm, .y_mm = y_mm, .turn_deg = any_turn(bench)};
    set_size(bench, row, &symbol, &spot);
    paper_paint_symbol(paper, &spot, &symbol,
                       row == ROW_CODE128      ? 10
                       : row == ROW_DATAMATRIX ? 2
                                               : 4);
    *out =
        (struct painted){row, kinds[row], "", x_mm, y_mm, hypot(spot.w_mm, spot.h_mm) / 2, false};
    strcpy(out->text, content.text);
    symbol_done(&symbol);
    return true;
}

static enum err_code new_paper(struct bench *bench, double dpi, double w_mm, double h_mm,
                               struct paper *out, struct err *err)
{
    const struct raster *text = bench->text[dice_int(&bench->dice, 0, bench->text_count - 1)];
    AUTO(raster) struct raster *part = NULL;
    double scale = dpi / 25.4;
    out->px_per_mm = scale;
    enum err_code code =
        raster_crop(text, 0, 0, (int)(w_mm * 300 / 25.4), (int)(h_mm * 300 / 25.4), &part, err);
    return code ? code
                : raster_resize(part, (int)(part->width * dpi / 300),
                                (int)(part->height * dpi / 300), &out->grey, err);
}

static struct wear any_wear(struct bench *bench)
{
    return (struct wear){dice_real(&bench->dice, 0.3, 1.5), dice_real(&bench->dice, 0.55, 1),
                         dice_real(&bench->dice, 1, 5), dice_int(&bench->dice, 75, 88)};
}

static void keep_page(const struct bench *bench, const struct raster *grey)
{
    const char *folder = getenv("KEEP");
    char path[512];
    if (!folder)
        return;
    snprintf(path, sizeof path, "%s/page-%03d.pgm", folder, bench->pages);
    AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dprintf(fd, "P5\n%d %d\n255\n", grey->width, grey->height);
    file_write_all(fd, grey->px, (size_t)grey->width * grey->height, NULL);
}

/* --- scoring --------------------------------------------------------------------------------- */

static struct painted *painted_at(struct painted *painted, int count, double x_mm, double y_mm)
{
    for (int i = 0; i < count; i++)
        if (hypot(painted[i].x_mm - x_mm, painted[i].y_mm - y_mm) < painted[i].reach_mm)
            return &painted[i];
    return NULL;
}

static bool score(struct bench *bench, const struct codes *codes, double px_per_mm,
                  struct painted *painted, int count)
{
    bool good = true;
    for (size_t i = 0; i < codes->count; i++) {
        const struct code_found *code = &codes->item[i];
        struct painted *meant =
            painted_at(painted, count, (code->left + code->right) / 2 / px_per_mm,
                       (code->top + code->bottom) / 2 / px_per_mm);
        bool right = meant && strcmp(code->kind, symbol_kind_name(meant->kind)) == 0 &&
                     strcmp(code->text, meant->text) == 0;
        if (right)
            meant->found = true;
        bench->wrong += meant && !right;
        bench->stray += !meant;
        if (!right)
            fprintf(stderr, "page %d: %s \"%s\" where %s\n", bench->pages, code->kind, code->text,
                    meant ? meant->text : "nothing is");
        good = good && right;
    }
    for (int i = 0; i < count; i++) {
        bench->row[painted[i].row].painted++;
        bench->row[painted[i].row].found += painted[i].found;
        if (!painted[i].found)
            fprintf(stderr, "page %d: missed %s at %.0f,%.0f mm\n", bench->pages,
                    row_names[painted[i].row], painted[i].x_mm, painted[i].y_mm);
        good = good && painted[i].found;
    }
    return good;
}

static enum err_code measure(struct bench *bench, struct paper *paper, struct painted *painted,
                             int count, struct err *err)
{
    AUTO(clean_page) struct clean_page page = {0};
    AUTO(codes) struct codes codes = {0};
    AUTO(raster) struct raster *kept = NULL;
    struct image image = {.count = 1, .dpi = paper->px_per_mm * 25.4, .dpi_source = DPI_FILE};
    struct wear wear = any_wear(bench);
    enum err_code code = paper_wear(paper, &wear, &bench->dice, err);
    if (!code)
        code = raster_turn(paper->grey, 0, &kept, err);
    image.raster = TAKE(paper->grey);
    if (!code)
        code = clean_page(&image, NULL, &page, err);
    image_done(&image);
    if (code)
        return code;
    clock_t start = clock();
    code = codes_find(page.evened, page.info.dpi, &codes, err);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (code)
        return code;
    bench->codes_seconds += seconds;
    bench->worst_seconds = fmax(bench->worst_seconds, seconds);
    bench->pages++;
    if (!score(bench, &codes, paper->px_per_mm, painted, count)) {
        fprintf(stderr, "page %d: blur %.2f px, faded %.2f\n", bench->pages, wear.blur_px,
                wear.faded);
        keep_page(bench, kept);
    }
    return ERR_OK;
}

/* Cells of a page that hold one thing each, so that none lies on another. */
struct cells {
    int order[6];
};

static void shuffle(struct bench *bench, struct cells *cells)
{
    for (int i = 0; i < 6; i++)
        cells->order[i] = i;
    for (int i = 5; i > 0; i--) {
        int other = dice_int(&bench->dice, 0, i), kept = cells->order[i];
        cells->order[i] = cells->order[other];
        cells->order[other] = kept;
    }
}

static void cell_centre(struct bench *bench, int cell, double *x_mm, double *y_mm)
{
    *x_mm = 54 + 100 * (cell % 2) + dice_real(&bench->dice, -3, 3);
    *y_mm = 50 + 98 * (cell / 2) + dice_real(&bench->dice, -3, 3);
}

static enum err_code page_of_codes(struct bench *bench, const enum row *rows, int count,
                                   struct err *err)
{
    struct paper paper = {0};
    struct painted painted[PER_PAGE_MAX];
    struct cells cells;
    enum err_code code = new_paper(bench, 300, 210, 297, &paper, err);
    shuffle(bench, &cells);
    for (int i = 0; i < count && !code; i++) {
        double x_mm, y_mm;
        cell_centre(bench, cells.order[i], &x_mm, &y_mm);
        if (!paint_code(bench, rows[i], &paper, x_mm, y_mm, &painted[i]))
            code = err_set(err, ERR_INTERNAL, "zint makes no %s", row_names[rows[i]]);
    }
    if (!code)
        code = measure(bench, &paper, painted, count, err);
    raster_free(paper.grey);
    return code;
}

/* A card scanned closer: the part of the glass it lies on. */
static enum err_code page_of_card(struct bench *bench, struct err *err)
{
    struct paper paper = {0};
    struct painted painted;
    double x_mm = dice_real(&bench->dice, 20, 75), y_mm = dice_real(&bench->dice, 20, 45);
    enum err_code code = new_paper(bench, 600, 95, 64, &paper, err);
    if (!code && !paint_code(bench, ROW_CARD_2024, &paper, x_mm, y_mm, &painted))
        code = err_set(err, ERR_INTERNAL, "zint makes no QR");
    if (!code)
        code = measure(bench, &paper, &painted, 1, err);
    raster_free(paper.grey);
    return code;
}

static enum err_code page_without_codes(struct bench *bench, struct err *err)
{
    struct paper paper = {0};
    struct cells cells;
    enum err_code code = new_paper(bench, 300, 210, 297, &paper, err);
    shuffle(bench, &cells);
    for (int i = 0; i < 4 && !code; i++) {
        struct spot spot = {.w_mm = dice_real(&bench->dice, 12, 60), .turn_deg = any_turn(bench)};
        enum lookalike kind = (enum lookalike)dice_int(&bench->dice, 0, LOOK_COUNT - 1);
        bool square = kind == LOOK_SEAL || kind == LOOK_CORNERS || digit(bench) < 5;
        spot.h_mm = square ? spot.w_mm : dice_real(&bench->dice, 8, 40);
        cell_centre(bench, cells.order[i], &spot.x_mm, &spot.y_mm);
        paper_paint_lookalike(&paper, &spot, kind, &bench->dice);
    }
    if (!code)
        code = measure(bench, &paper, NULL, 0, err);
    raster_free(paper.grey);
    return code;
}

static enum err_code run(struct bench *bench, double share, struct err *err)
{
    static const enum row mixed[PER_PAGE_MAX] = {ROW_QR, ROW_CODE128, ROW_DATAMATRIX};
    static const enum row card[1] = {ROW_CARD};
    enum err_code code = ERR_OK;
    for (int i = 0; i < 40 * share && !code; i++)
        code = page_of_codes(bench, mixed, PER_PAGE_MAX, err);
    for (int i = 0; i < 30 * share && !code; i++)
        code = page_of_codes(bench, card, 1, err);
    for (int i = 0; i < 30 * share && !code; i++)
        code = page_of_card(bench, err);
    for (int i = 0; i < 40 * share && !code; i++)
        code = page_without_codes(bench, err);
    return code;
}

static void print_table(const struct bench *bench)
{
    struct tally all = {0};
    for (int i = 0; i < ROW_COUNT; i++) {
        printf("%-36s %3d of %3d\n", row_names[i], bench->row[i].found, bench->row[i].painted);
        all.painted += bench->row[i].painted;
        all.found += bench->row[i].found;
    }
    printf("%-36s %3d of %3d, %.1f %%; wrong %d, where nothing is %d\n", "codes found", all.found,
           all.painted, 100.0 * all.found / fmax(1, all.painted), bench->wrong, bench->stray);
    printf("%-36s %.0f ms, worst %.0f ms\n", "processor time of a page",
           1000 * bench->codes_seconds / fmax(1, bench->pages), 1000 * bench->worst_seconds);
}

static enum err_code load_text(struct bench *bench, char **paths, int count, struct err *err)
{
    for (int i = 0; i < count && i < 16; i++) {
        AUTO(image) struct image image = {0};
        AUTO(fd) int fd = open(paths[i], O_RDONLY | O_CLOEXEC);
        enum err_code code = image_read(fd, 0, &image, err);
        if (code)
            return code;
        if (image.raster->channels != 1)
            return err_set(err, ERR_BAD_ARGUMENT, "'%s' is not grey", paths[i]);
        bench->text[bench->text_count++] = TAKE(image.raster);
    }
    return bench->text_count ? ERR_OK : err_set(err, ERR_USAGE, "codes_pages TEXT.pgm...");
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct bench bench = {0};
    bench.dice.state = (uint64_t)atoll(getenv("SEED") ? getenv("SEED") : "1");
    double share = getenv("SHARE") ? atof(getenv("SHARE")) : 1;
    enum err_code code = load_text(&bench, argv + 1, argc - 1, &err);
    if (!code)
        code = run(&bench, share, &err);
    if (code)
        fprintf(stderr, "codes_pages: %s: %s\n", err_name(code), err.detail);
    else
        print_table(&bench);
    for (int i = 0; i < bench.text_count; i++)
        raster_free(bench.text[i]);
    return code ? 1 : 0;
}
