#include "daemon/image/image_read.h"
#include "ocr/clean/clean.h"
#include "ocr/recognize/tesseract.h"
#include "tests/unit/image/pages.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Real-looking sheets: what truth.jsonl says about their turn and skew. */
struct sheet {
    const char *name;
    int turned_cw;
    double skew_deg;
    bool blank;
};

static const struct sheet sheets[] = {
    {"a001-decision/p1.jpg", 90, -1.27, false},     {"a002-official-letter/p2.jpg", 0, 4.87, true},
    {"a013-citizen-id/p1.jpg", 0, -3.82, false},    {"a024-diploma/p1.jpg", 270, 4.41, false},
    {"a036-marital-status/p2.jpg", 0, -1.59, true}, {"a073-receipt-slip/p1.jpg", 180, 0.89, false},
};

static enum err_code read_strip(void *self, const struct raster *strip, double *out_sureness,
                                struct err *err)
{
    return recognizer_read_strip(self, strip, out_sureness, err);
}

static void sheets_are_turned_and_deskewed_in_all_four_directions(void **state)
{
    (void)state;
    AUTO(recognizer) struct recognizer *recognizer = NULL;
    struct err err = ERR_INIT;
    if (recognizer_new("vie", &recognizer, &err))
        fail_msg("%s", err.detail);
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        AUTO(raster) struct raster *page = pages_read(pages_corpus(sheets[i].name));
        for (int turn = 0; turn < 360; turn += 90) {
            struct image image = {.count = 1, .dpi = 300, .dpi_source = DPI_PAPER};
            AUTO(clean_page) struct clean_page cleaned = {0};
            struct direction_reader reader = {recognizer, read_strip};
            raster_turn(page, turn, &image.raster, NULL);
            assert_int_equal(clean_page(&image, &reader, &cleaned, &err), ERR_OK);
            assert_int_equal(cleaned.info.blank, sheets[i].blank);
            if (sheets[i].blank)
                continue;
            int right = (720 - sheets[i].turned_cw - turn) % 360;
            if (cleaned.info.rotation_deg != right)
                fail_msg("%s turned %d: %d, not %d", sheets[i].name, turn,
                         cleaned.info.rotation_deg, right);
            assert_float_equal(cleaned.info.skew_deg, sheets[i].skew_deg, 0.15);
        }
    }
}

/* With folds, punch holes, specks, and up to a tenth of the other side shining through. */
static void every_blank_back_is_blank(void **state)
{
    static const char *const backs[] = {
        "a002-official-letter/p2.jpg",   "a030-proposal/p2.jpg",
        "a036-marital-status/p2.jpg",    "a039-residence-confirmation/p2.jpg",
        "a055-proposal/p2.jpg",          "a056-plan/p2.jpg",
        "a058-birth-certificate/p2.jpg", "a059-birth-extract/p2.jpg",
        "a062-death-extract/p2.jpg",
    };
    (void)state;
    for (size_t i = 0; i < sizeof backs / sizeof *backs; i++) {
        struct image image = {.raster = pages_read(pages_corpus(backs[i])),
                              .count = 1,
                              .dpi = 300,
                              .dpi_source = DPI_PAPER};
        AUTO(clean_page) struct clean_page cleaned = {0};
        assert_int_equal(clean_page(&image, NULL, &cleaned, NULL), ERR_OK);
        if (!cleaned.info.blank)
            fail_msg("%s is written", backs[i]);
    }
}

static void expect_unspoiled(const char *name)
{
    AUTO(clean_page) struct clean_page cleaned = {0};
    struct err err = ERR_INIT;
    struct image image = {
        .raster = pages_read(name), .count = 1, .dpi = 300, .dpi_source = DPI_PAPER};
    if (clean_page(&image, NULL, &cleaned, &err))
        fail_msg("%s: %s", name, err.detail);
    for (size_t i = 0; i < cleaned.info.reason_count; i++)
        if (strcmp(cleaned.info.reasons[i], "glare") == 0 ||
            strcmp(cleaned.info.reasons[i], "fold") == 0)
            fail_msg("%s: %s", name, cleaned.info.reasons[i]);
}

/* Blurred, faded, folded beside the writing, on any lid: nothing on them shines, and their folds
 * leave the writing whole. */
static void no_sheet_is_said_to_shine_or_to_be_folded_over_its_writing(void **state)
{
    (void)state;
    char folder[400], name[800];
    snprintf(folder, sizeof folder, "%s", pages_corpus("truth.jsonl"));
    *strrchr(folder, '/') = 0;
    DIR *papers = opendir(folder);
    size_t count = 0;
    assert_non_null(papers);
    for (struct dirent *paper; (paper = readdir(papers));)
        for (int page = 1; *paper->d_name != '.' && page < 10; page++) {
            snprintf(name, sizeof name, "%s/%s/p%d.jpg", folder, paper->d_name, page);
            if (access(name, R_OK) != 0)
                break;
            expect_unspoiled(name);
            count++;
        }
    closedir(papers);
    assert_true(count >= 75);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_blank_back_is_blank),
        cmocka_unit_test(sheets_are_turned_and_deskewed_in_all_four_directions),
        cmocka_unit_test(no_sheet_is_said_to_shine_or_to_be_folded_over_its_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
