#include "tests/unit/image/pages.h"
#include "daemon/base/buf.h"
#include "daemon/base/file.h"
#include "daemon/image/image_read.h"
#include "daemon/image/image_write.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <allheaders.h>

static const char *const lines[] = {
    "The office takes every paper of a dossier, counts the sheets",
    "and scans both sides. Each page is kept as it was captured;",
    "what is read from it is a proposal that a person compares",
    "with the paper before anything is signed or sent away.",
    "",
    "Date, number and issuer of the decision are looked for in",
    "the head of the first page. A stamp, a fold or handwriting",
    "may hide them, and then the strip is shown to the clerk.",
    "",
};

struct raster *pages_draw_text(int width, int height, int channels)
{
    PIX *page = pixCreate(width, height, 8);
    pixSetAll(page);
    L_BMF *font = bmfCreate(NULL, 8);
    int margin = width / 16, step = 52, count = (int)(sizeof lines / sizeof *lines);
    for (int y = 2 * margin, i = 0; y < height - margin; y += step, i++)
        if (lines[i % count][0])
            pixSetTextline(page, font, lines[i % count], 0, margin, y, NULL, NULL);
    struct raster *raster = NULL;
    assert_int_equal(raster_new(width, height, channels, &raster, NULL), ERR_OK);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            l_uint32 value = 255;
            pixGetPixel(page, x, y, &value);
            memset(raster_row(raster, y) + (size_t)x * channels, (int)value, (size_t)channels);
        }
    bmfDestroy(&font);
    pixDestroy(&page);
    return raster;
}

struct raster *pages_lean(const struct raster *page, double degrees)
{
    struct raster *leaning = NULL;
    assert_int_equal(raster_new(page->width, page->height, page->channels, &leaning, NULL), ERR_OK);
    double angle = degrees * M_PI / 180, cx = page->width / 2.0, cy = page->height / 2.0;
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++) {
            double dx = x + 0.5 - cx, dy = y + 0.5 - cy;
            int sx = (int)floor(cx + dx * cos(angle) - dy * sin(angle));
            int sy = (int)floor(cy + dx * sin(angle) + dy * cos(angle));
            if (sx >= 0 && sy >= 0 && sx < page->width && sy < page->height)
                memcpy(raster_row(leaning, y) + (size_t)x * page->channels,
                       raster_row(page, sy) + (size_t)sx * page->channels, (size_t)page->channels);
        }
    return leaning;
}

int pages_bytes_fd(const void *bytes, size_t size)
{
    int fd = -1;
    assert_int_equal(file_memfd("page", bytes, size, &fd, NULL), ERR_OK);
    return fd;
}

int pages_jpeg_fd(const struct raster *page, double dpi)
{
    int fd = pages_bytes_fd("", 0);
    assert_int_equal(image_write_jpeg(page, 90, dpi, fd, NULL), ERR_OK);
    return fd;
}

const char *pages_corpus(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s/../shared/corpus/%s", SOHOA_SOURCE_DIR, name);
    if (access(path, R_OK) == 0)
        return path;
    const char *ci = getenv("CI");
    if (ci && strcmp(ci, "true") == 0)
        fail_msg("no corpus at %s", path);
    print_message("SKIP: no corpus at %s\n", path);
    skip();
    return NULL;
}

struct raster *pages_read(const char *path)
{
    struct image image;
    struct err err = ERR_INIT;
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    if (image_read(fd, 0, &image, &err))
        fail_msg("%s: %s", path, err.detail);
    return image.raster;
}

static void add_object(struct buf *pdf, size_t *offsets, int number, const char *head,
                       const void *stream, size_t size)
{
    offsets[number] = pdf->size;
    buf_printf(pdf, "%d 0 obj\n%s", number, head);
    if (stream) {
        buf_text(pdf, "stream\n");
        buf_append(pdf, stream, size);
        buf_text(pdf, "\nendstream");
    }
    buf_text(pdf, "\nendobj\n");
}

int pages_pdf_fd(int jpeg_fd, const char *extra)
{
    static const char content[] = "q 595.276 0 0 841.89 0 0 cm /I Do Q";
    AUTO(buf) struct buf pdf;
    AUTO(mem) char *jpeg = NULL;
    AUTO(image) struct image image = {0};
    size_t jpeg_size = 0, offsets[6] = {0};
    char head[256];
    buf_init(&pdf, 64u << 20);
    assert_int_equal(image_read(jpeg_fd, 0, &image, NULL), ERR_OK);
    assert_int_equal(file_read_fd(jpeg_fd, 64u << 20, &jpeg, &jpeg_size, NULL), ERR_OK);
    buf_text(&pdf, "%PDF-1.4\n");
    add_object(&pdf, offsets, 1, "<</Type/Catalog/Pages 2 0 R>>", NULL, 0);
    add_object(&pdf, offsets, 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>", NULL, 0);
    add_object(&pdf, offsets, 3,
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.276 841.89]/Contents 4 0 R"
               "/Resources<</XObject<</I 5 0 R>>>>>>",
               NULL, 0);
    snprintf(head, sizeof head, "<</Length %zu>>", sizeof content - 1);
    add_object(&pdf, offsets, 4, head, content, sizeof content - 1);
    snprintf(head, sizeof head,
             "<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8"
             "/ColorSpace/%s/Filter/DCTDecode/Length %zu>>",
             image.raster->width, image.raster->height,
             image.raster->channels == 1 ? "DeviceGray" : "DeviceRGB", jpeg_size);
    add_object(&pdf, offsets, 5, head, jpeg, jpeg_size);
    buf_text(&pdf, extra);
    size_t table = pdf.size;
    buf_text(&pdf, "xref\n0 6\n0000000000 65535 f \n");
    for (int i = 1; i < 6; i++)
        buf_printf(&pdf, "%010zu 00000 n \n", offsets[i]);
    buf_printf(&pdf, "trailer<</Size 6/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", table);
    assert_true(buf_ok(&pdf));
    return pages_bytes_fd(pdf.bytes, pdf.size);
}
