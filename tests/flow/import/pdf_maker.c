#include "tests/flow/import/pdf_maker.h"

#include "daemon/base/buf.h"
#include "daemon/base/file.h"
#include "tests/harness/test.h"

static void add_image(struct buf *out, size_t number, const struct made_image *image)
{
    size_t size = ((size_t)image->width * (size_t)image->bits + 7) / 8 * (size_t)image->height;
    AUTO(mem) char *pixels = mem_alloc(size);
    memset(pixels, 0xff, size);
    buf_printf(out,
               "%zu 0 obj\n<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent %d"
               "/ColorSpace/DeviceGray/Length %zu>>stream\n",
               number, image->width, image->height, image->bits, size);
    buf_append(out, pixels, size);
    buf_text(out, "\nendstream\nendobj\n");
}

static void add_content(struct buf *out, const struct made_pdf *pdf)
{
    AUTO(buf) struct buf content;
    buf_init(&content, 1 << 16);
    buf_text(&content, "");
    for (size_t i = 0; i < pdf->images; i++)
        buf_printf(&content, "q %f 0 0 %f %f %f cm /I%zu Do Q\n", pdf->image[i].w, pdf->image[i].h,
                   pdf->image[i].x, pdf->image[i].y, i);
    if (pdf->text)
        buf_printf(&content, "BT 3 Tr /F 12 Tf 50 700 Td (%s) Tj ET\n", pdf->text);
    buf_printf(out, "4 0 obj\n<</Length %zu>>stream\n%s\nendstream\nendobj\n", content.size,
               content.bytes);
}

/* Without a table of offsets: readers rebuild it. */
int pdf_make_fd(const struct made_pdf *pdf)
{
    AUTO(buf) struct buf out;
    int fd = -1;
    buf_init(&out, 64u << 20);
    buf_text(&out, "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
                   "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
                   "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.276 841.89]/Contents 4 0 R"
                   "/Resources<</Font<</F 5 0 R>>/XObject<<");
    for (size_t i = 0; i < pdf->images; i++)
        buf_printf(&out, "/I%zu %zu 0 R", i, 6 + i);
    buf_text(&out, ">>>>>>\nendobj\n");
    buf_printf(
        &out,
        "5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding>>\nendobj\n",
        pdf->font ? pdf->font : "Helvetica");
    add_content(&out, pdf);
    for (size_t i = 0; i < pdf->images; i++)
        add_image(&out, 6 + i, &pdf->image[i]);
    buf_text(&out, pdf->extra ? pdf->extra : "");
    buf_text(&out, "trailer<</Size 9/Root 1 0 R>>\n");
    assert_true(buf_ok(&out));
    assert_int_equal(file_memfd("pdf", out.bytes, out.size, &fd, NULL), ERR_OK);
    return fd;
}
