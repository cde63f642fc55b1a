#include "daemon/image/image_read.h"
#include "daemon/model/parting.h"
#include "daemon/model/separator_sheet.h"
#include "ocr/clean/clean.h"
#include "ocr/recognize/codes_beside.h"
#include "ocr/recognize/patch.h"
#include "tests/unit/image/pages.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SHEET_W 210.0
#define SHEET_H 297.0

static const struct {
    const char *name, *bars;
} codes[] = {{"1", "WWNN"}, {"2", "WNNW"}, {"3", "WNWN"},
             {"4", "NWWN"}, {"6", "NNWW"}, {"T", "NWNW"}};

struct sheet {
    const char *bars;  /* from the top edge inwards */
    double dpi, scale; /* of the print */
    double skew_deg;
    bool all_edges; /* as the usual sheet to print: along each edge */
    int ink, paper, noise;
};

/* Is it ink, `depth` mm behind the first bar, `along` mm from the middle of the bars? */
static bool is_bar(const struct sheet *sheet, double depth, double along)
{
    double at = 0;
    if (fabs(along) > 32 * sheet->scale)
        return false;
    for (const char *bar = sheet->bars; *bar; bar++) {
        double thick = (*bar == 'W' ? 5.08 : 2.032) * sheet->scale;
        if (depth >= at && depth < at + thick)
            return true;
        at += thick + 2.032 * sheet->scale;
    }
    return false;
}

static bool is_ink(const struct sheet *sheet, double x, double y)
{
    double cx = x - SHEET_W / 2, cy = y - SHEET_H / 2, margin = 12;
    if (is_bar(sheet, y - margin, cx))
        return true;
    return sheet->all_edges &&
           (is_bar(sheet, SHEET_H - margin - y, cx) || is_bar(sheet, x - margin, cy) ||
            is_bar(sheet, SHEET_W - margin - x, cy));
}

static struct raster *draw(const struct sheet *sheet)
{
    double px_per_mm = sheet->dpi / 25.4, lean = sheet->skew_deg * M_PI / 180;
    struct raster *page = NULL;
    unsigned seed = 7;
    assert_int_equal(
        raster_new((int)(SHEET_W * px_per_mm), (int)(SHEET_H * px_per_mm), 1, &page, NULL), ERR_OK);
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++) {
            double dx = x / px_per_mm - SHEET_W / 2, dy = y / px_per_mm - SHEET_H / 2;
            bool ink = is_ink(sheet, dx * cos(lean) - dy * sin(lean) + SHEET_W / 2,
                              dx * sin(lean) + dy * cos(lean) + SHEET_H / 2);
            seed = seed * 1103515245 + 12345;
            int grain = sheet->noise ? (int)(seed >> 16) % (2 * sheet->noise) - sheet->noise : 0;
            int value = (ink ? sheet->ink : sheet->paper) + grain;
            raster_row(page, y)[x] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
    return page;
}

static void expect(const struct raster *page, double dpi, const char *wanted, const char *why)
{
    struct patches patches;
    assert_int_equal(patches_find(page, dpi, &patches, NULL), ERR_OK);
    bool right = wanted ? patches.count > 0 : patches.count == 0;
    for (size_t i = 0; wanted && i < patches.count; i++)
        right = right && strcmp(patches.item[i].name, wanted) == 0;
    if (!right)
        fail_msg("%s: %zu found, first %s, wanted %s", why, patches.count,
                 patches.count ? patches.item[0].name : "-", wanted ? wanted : "none");
}

static void each_patch_is_told_at_each_turn(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct sheet sheet = {.bars = codes[i].bars, .dpi = 150, .scale = 1, .paper = 255};
        AUTO(raster) struct raster *page = draw(&sheet);
        for (int turn = 0; turn < 360; turn += 90) {
            AUTO(raster) struct raster *turned = NULL;
            raster_turn(page, turn, &turned, NULL);
            expect(turned, sheet.dpi, codes[i].name, codes[i].bars);
        }
    }
}

static void patches_are_found_however_the_sheet_was_printed_and_scanned(void **state)
{
    static const struct {
        const char *why;
        struct sheet sheet;
    } rows[] = {
        {"150 dpi, leans left", {"NWNW", 150, 1, 5, false, 0, 255, 0}},
        {"200 dpi, leans right", {"NWNW", 200, 1, -5, true, 30, 240, 40}},
        {"300 dpi, all edges", {"WNNW", 300, 1, 2.5, true, 20, 250, 30}},
        {"600 dpi", {"NWNW", 600, 1, -1, false, 0, 255, 0}},
        {"reduced by a copier", {"NWNW", 200, 0.8, 1, true, 0, 255, 20}},
        {"enlarged by a copier", {"NWNW", 200, 1.3, -2, false, 0, 255, 20}},
        {"grey toner", {"WNWN", 300, 1, 0.5, true, 90, 230, 30}},
    };
    static const struct {
        const char *bars, *name;
    } names[] = {{"NWNW", "T"}, {"WNNW", "2"}, {"WNWN", "3"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        AUTO(raster) struct raster *page = draw(&rows[i].sheet);
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (strcmp(names[k].bars, rows[i].sheet.bars) == 0)
                expect(page, rows[i].sheet.dpi, names[k].name, rows[i].why);
    }
}

static void a_jpeg_of_low_quality_still_tells(void **state)
{
    (void)state;
    struct sheet sheet = {"NWNW", 150, 1, 3, true, 20, 235, 60};
    AUTO(raster) struct raster *page = draw(&sheet);
    AUTO(fd) int fd = pages_jpeg_fd(page, sheet.dpi);
    AUTO(image) struct image image = {0};
    assert_int_equal(image_read(fd, 0, &image, NULL), ERR_OK);
    expect(image.raster, sheet.dpi, "T", "JPEG");
}

/* The whole way of a page through cleaning, as the worker does it. */
static void a_cleaned_sheet_carries_its_patch_once(void **state)
{
    (void)state;
    struct sheet sheet = {"NWNW", 200, 1, 1.5, true, 25, 240, 20};
    struct image image = {.raster = draw(&sheet), .count = 1, .dpi = 200, .dpi_source = DPI_FILE};
    AUTO(clean_page) struct clean_page cleaned = {0};
    AUTO(clean_notes) struct clean_notes *notes = NULL;
    AUTO(codes) struct codes found = {0};
    assert_int_equal(clean_page_even(&image, &cleaned, &notes, NULL), ERR_OK);
    assert_false(cleaned.info.blank);
    assert_int_equal(codes_find(cleaned.evened, 200, &found, NULL), ERR_OK);
    image_done(&image);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.item[0].kind, PATCH_KIND);
    assert_string_equal(found.item[0].text, "T");
}

static void fill(struct raster *page, double dpi, double x, double y, double w, double h)
{
    double scale = dpi / 25.4;
    for (int row = (int)(y * scale); row < (int)((y + h) * scale); row++)
        for (int column = (int)(x * scale); column < (int)((x + w) * scale); column++)
            raster_row(page, row)[column] = 0;
}

static void rulings_tables_and_bar_codes_are_no_patch(void **state)
{
    static const double thick[][7] = {
        {0.5, 2, 0.5, 2, 0.5, 2, 0.5},             /* rulings */
        {5, 5, 5, 5, 5, 5, 5},                     /* bars of a chart */
        {2, 2, 2, 2, 2, 2, 2},                     /* all narrow */
        {5, 2, 5, 2, 5, 2, 2},                     /* three wide */
        {2, 6, 5, 2, 2, 2, 5},                     /* a wide space */
        {20, 8, 50, 8, 20, 8, 50},                 /* far too large */
        {0.25, 0.25, 0.62, 0.25, 0.25, 0.25, 0.62} /* a piece of Code 39 */
    };
    (void)state;
    for (size_t i = 0; i < sizeof thick / sizeof *thick; i++) {
        AUTO(raster) struct raster *page = NULL;
        double at = 30;
        raster_new(1240, 1754, 1, &page, NULL);
        for (int k = 0; k < 7; k++) {
            if (k % 2 == 0)
                fill(page, 150, 40, at, 120, thick[i][k]);
            at += thick[i][k];
        }
        expect(page, 150, NULL, "bars");
    }
    /* a fifth bar beside it; bars too short */
    AUTO(raster) struct raster *five = NULL;
    AUTO(raster) struct raster *low = NULL;
    raster_new(1240, 1754, 1, &five, NULL);
    raster_new(1240, 1754, 1, &low, NULL);
    static const double bars[][2] = {{0, 2.032}, {4.064, 5.08}, {11.176, 2.032}, {15.24, 5.08}};
    for (size_t i = 0; i < 4; i++) {
        fill(five, 150, 40, 30 + bars[i][0], 100, bars[i][1]);
        fill(low, 150, 40, 30 + bars[i][0], 25, bars[i][1]);
    }
    expect(five, 150, "T", "four bars");
    fill(five, 150, 40, 30 + 22.3, 100, 2.032);
    expect(five, 150, NULL, "five bars");
    expect(low, 150, NULL, "short bars");
}

static size_t look_at_folder(const char *folder)
{
    char path[820];
    size_t pages = 0;
    for (int number = 1; number <= 4; number++) {
        snprintf(path, sizeof path, "%s/p%d.jpg", folder, number);
        AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
        AUTO(image) struct image image = {0};
        AUTO(raster) struct raster *grey = NULL;
        if (fd < 0)
            break;
        assert_int_equal(image_read(fd, 0, &image, NULL), ERR_OK);
        raster_new(image.raster->width, image.raster->height, 1, &grey, NULL);
        for (size_t i = 0; i < (size_t)grey->width * (size_t)grey->height; i++)
            grey->px[i] = image.raster->px[i * (size_t)image.raster->channels];
        expect(grey, image.dpi, NULL, path);
        pages++;
    }
    return pages;
}

static void no_page_of_the_corpus_is_a_patch(void **state)
{
    (void)state;
    char folder[512];
    const char *one = pages_corpus("a001-decision/p1.jpg");
    snprintf(folder, sizeof folder, "%.*s", (int)(strstr(one, "/a001") - one), one);
    DIR *list = opendir(folder);
    size_t pages = 0;
    assert_non_null(list);
    for (struct dirent *entry; (entry = readdir(list));) {
        char path[800];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        pages += entry->d_name[0] == '.' ? 0 : look_at_folder(path);
    }
    closedir(list);
    printf("patch: %zu pages of papers, none is a patch\n", pages);
    assert_true(pages > 50);
}

static void our_own_sheet_says_what_it_is(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = NULL;
    AUTO(codes) struct codes found = {0};
    raster_new(1240, 1754, 1, &page, NULL);
    for (int y = 0; y < SEPARATOR_CODE_MODULES; y++)
        for (int x = 0; x < SEPARATOR_CODE_MODULES; x++)
            if (separator_code_is_dark(x, y))
                fill(page, 150, 75 + 2.4 * x, 95 + 2.4 * y, 2.4, 2.4);
    assert_int_equal(codes_find(page, 150, &found, NULL), ERR_OK);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.item[0].text, SEPARATOR_TEXT);
}

static void a_page_tells_which_separator_it_is(void **state)
{
    static const struct {
        const char *kind, *text;
        enum separator wanted;
        const char *dossier;
    } rows[] = {
        {PATCH_KIND, "T", SEPARATOR_PATCH, NULL},
        {PATCH_KIND, "2", SEPARATOR_PATCH, NULL},
        {PATCH_KIND, "3", SEPARATOR_PATCH, NULL},
        {PATCH_KIND, "1", SEPARATOR_NONE, NULL},
        {PATCH_KIND, "4", SEPARATOR_NONE, NULL},
        {PATCH_KIND, "6", SEPARATOR_NONE, NULL},
        {"CODE39", "PATCHT", SEPARATOR_PATCH, NULL},
        {"QR", SEPARATOR_TEXT, SEPARATOR_CODE, NULL},
        {"QR", SEPARATOR_TEXT ";H42.31-210315-0192", SEPARATOR_CODE, "H42.31-210315-0192"},
        {"QR", SEPARATOR_TEXT "2", SEPARATOR_NONE, NULL},
        {"QR", "H42.31-210315-0192|1.000894", SEPARATOR_NONE, NULL},
        {"QR", "T", SEPARATOR_NONE, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *dossier = "?";
        struct page_info info = {.code_count = 1};
        snprintf(info.codes[0].kind, sizeof info.codes[0].kind, "%s", rows[i].kind);
        info.codes[0].text = (char *)(uintptr_t)rows[i].text;
        assert_int_equal(separator_of_codes(&info, &dossier), rows[i].wanted);
        if (rows[i].dossier)
            assert_string_equal(dossier, rows[i].dossier);
        else
            assert_null(dossier);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_patch_is_told_at_each_turn),
        cmocka_unit_test(patches_are_found_however_the_sheet_was_printed_and_scanned),
        cmocka_unit_test(a_jpeg_of_low_quality_still_tells),
        cmocka_unit_test(a_cleaned_sheet_carries_its_patch_once),
        cmocka_unit_test(rulings_tables_and_bar_codes_are_no_patch),
        cmocka_unit_test(no_page_of_the_corpus_is_a_patch),
        cmocka_unit_test(our_own_sheet_says_what_it_is),
        cmocka_unit_test(a_page_tells_which_separator_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
