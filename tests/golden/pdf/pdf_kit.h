#ifndef SOHOA_TESTS_PDF_KIT_H
#define SOHOA_TESTS_PDF_KIT_H

#include "daemon/model/page_info.h"
#include "daemon/model/words.h"

#include <stdbool.h>
#include <stddef.h>

/* Page images, words and tools for the tests of PDF files. Failures fail the running cmocka test.
 */

/* A fresh folder for the test program, made at the first call, removed at exit. */
const char *kit_folder(void);
/* "folder/name", static storage for the next 16 calls. */
const char *kit_path(const char *name);
/* Runs a shell command; its output (stdout and stderr) is the caller's (free). */
char *kit_run(int *out_status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same, and fails unless the command succeeds. */
char *kit_ok(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* An RGB picture without any symmetry: colour fields in the corners, a ramp, stripes. */
struct picture {
    int width, height;
    unsigned char *rgb;
};
struct picture picture_make(int width, int height);
struct picture picture_turn(const struct picture *from, int rotation_deg); /* clockwise */
struct picture picture_grey(const struct picture *from);
struct picture picture_bilevel(const struct picture *from);
struct picture picture_read_pnm(const char *path); /* P4, P5, P6 */
void picture_free(struct picture *picture);
/* Mean absolute difference of samples; 255 when the sizes differ. */
double picture_difference(const struct picture *a, const struct picture *b);

enum image_kind {
    IMAGE_JPEG_COLOUR,
    IMAGE_JPEG_GREY,
    IMAGE_JPEG_PROGRESSIVE,
    IMAGE_JPEG_CMYK,
    IMAGE_TIFF_1,
    IMAGE_TIFF_1_WHITE, /* photometric min-is-white */
    IMAGE_TIFF_8,
    IMAGE_TIFF_16,
    IMAGE_TIFF_RGB_8,
    IMAGE_TIFF_RGB_16,
    IMAGE_TIFF_TILED,
    IMAGE_TIFF_SECOND, /* RGB, image 1 of a file whose image 0 is something else */
    IMAGE_PNG_1,
    IMAGE_PNG_8,
    IMAGE_PNG_RGB_8,
    IMAGE_PNG_RGB_16,
    IMAGE_PNG_ALPHA, /* the lower half transparent: white */
    IMAGE_PNG_INTERLACED,
    IMAGE_PNM_1,
    IMAGE_PNM_4,
    IMAGE_PNM_5,
    IMAGE_PNM_6,
    IMAGE_PNM_16, /* P6 with 65535 */
    IMAGE_KIND_COUNT
};
const char *image_kind_name(enum image_kind kind);
bool image_kind_is_bilevel(enum image_kind kind);
/* Writes the picture in that kind; *out_seen is what a viewer must show of it. */
void image_write(enum image_kind kind, const struct picture *picture, const char *path,
                 struct picture *out_seen);

/* page_info of that stored size at dpi, turned and skewed. */
struct page_info kit_page(int width_px, int height_px, double dpi, int rotation_deg,
                          double skew_deg);
/* Lays lines of text on the page, 12 pt, boxes as a recogniser would find the ink (deskewed frame).
 */
void kit_lay_lines(struct words *words, const struct page_info *info, const char *const *lines,
                   size_t count);

/* Composes one page into path; words may be NULL. */
void kit_compose(const char *pdf_path, const char *image_path, int index,
                 const struct page_info *info, const struct words *words);

/* Folder with the invented signers (tests/harness/make-test-signer), made once. */
const char *kit_signers(void);

#endif
