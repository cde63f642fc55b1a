#include "queue/seal/pdf_compose.h"

#include "daemon/base/sys.h"
#include "queue/seal/colour.h"
#include "queue/seal/pdf_font.h"
#include "queue/seal/pdf_image.h"
#include "queue/seal/pdf_page_text.h"
#include "queue/seal/pdf_writer.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Bounds of a page box (ISO 19005-2, 6.1.13). */
#define PAGE_MIN_PT 3.0
#define PAGE_MAX_PT 14400.0
#define PAGES_MAX 2000

struct pdf_compose {
    int fd;
    struct pdf_writer *writer;
    struct pdf_font *font;
    int font_number; /* 0 until a page has words */
    int pages_number;
    int page_numbers[PAGES_MAX];
    int page_count;
};

enum err_code pdf_compose_start(int fd, struct pdf_compose **out, struct err *err)
{
    AUTO(pdf_compose)
    struct pdf_compose *compose = mem_alloc(sizeof *compose);
    if (!compose)
        return err_set(err, ERR_NO_MEMORY, "PDF");
    compose->fd = fd;
    enum err_code code = pdf_font_open(PDF_FONT_SERIF, &compose->font, err);
    if (!code)
        code = pdf_writer_new(fd, &compose->writer, err);
    if (code)
        return code;
    compose->pages_number = pdf_reserve(compose->writer);
    *out = TAKE(compose);
    return ERR_OK;
}

void pdf_compose_free(struct pdf_compose *compose)
{
    if (!compose)
        return;
    pdf_writer_free(compose->writer);
    pdf_font_free(compose->font);
    mem_free(compose);
}

/* Matrix that maps the unit square of the stored image onto the upright page. */
static void put_image_matrix(struct pdf_writer *writer, int rotation_deg, double w, double h)
{
    switch (rotation_deg) {
    case 90:
        pdf_printf(writer, "0 %.3f %.3f 0 0 %.3f cm", -h, w, h);
        break;
    case 180:
        pdf_printf(writer, "%.3f 0 0 %.3f %.3f %.3f cm", -w, -h, w, h);
        break;
    case 270:
        pdf_printf(writer, "0 %.3f %.3f 0 %.3f 0 cm", h, -w, w);
        break;
    default:
        pdf_printf(writer, "%.3f 0 0 %.3f 0 0 cm", w, h);
    }
}

static int write_contents(struct pdf_compose *compose, const struct page_info *info,
                          const struct words *words, double w, double h)
{
    struct pdf_writer *writer = compose->writer;
    int number = pdf_reserve(writer);
    pdf_begin_stream(writer, number, "", true);
    pdf_text(writer, "q\n");
    put_image_matrix(writer, info->rotation_deg, w, h);
    pdf_text(writer, "\n/Im0 Do\nQ\n");
    pdf_page_text_write(writer, compose->font, words, info->size);
    pdf_end_stream(writer);
    return number;
}

static bool page_size_is_possible(double w, double h)
{
    return w >= PAGE_MIN_PT && w <= PAGE_MAX_PT && h >= PAGE_MIN_PT && h <= PAGE_MAX_PT;
}

/* What of the image a viewer shows and prints. */
static void put_crop(struct pdf_writer *writer, const struct page_info *info, double w, double h)
{
    struct rect_mm cut = info->cut;
    if (cut.w <= 0)
        return;
    double left = fmax(cut.x * PDF_POINTS_PER_MM, 0), top = fmin(h - cut.y * PDF_POINTS_PER_MM, h);
    double right = fmin((cut.x + cut.w) * PDF_POINTS_PER_MM, w);
    double bottom = fmax(h - (cut.y + cut.h) * PDF_POINTS_PER_MM, 0);
    if (page_size_is_possible(right - left, top - bottom))
        pdf_printf(writer, "/CropBox [%.3f %.3f %.3f %.3f]\n", left, bottom, right, top);
}

enum err_code pdf_compose_page(struct pdf_compose *compose, int image_fd, int index,
                               const struct page_info *info, const struct words *words,
                               struct err *err)
{
    double w = info->size.w * PDF_POINTS_PER_MM, h = info->size.h * PDF_POINTS_PER_MM;
    if (!page_size_is_possible(w, h))
        return err_set(err, ERR_PAGE_SIZE_BAD, "page of %.1f x %.1f mm", info->size.w,
                       info->size.h);
    if (info->rotation_deg % 90 != 0 || info->rotation_deg < 0 || info->rotation_deg > 270)
        return err_set(err, ERR_BAD_ARGUMENT, "rotation of %d degrees", info->rotation_deg);
    if (compose->page_count == PAGES_MAX)
        return err_set(err, ERR_TOO_LARGE, "document of more than %d pages", PAGES_MAX);
    struct pdf_writer *writer = compose->writer;
    struct pdf_image_source source = {image_fd, index, info->width_px, info->height_px};
    int image = 0;
    enum err_code code = pdf_image_write(writer, &source, &image, err);
    if (code)
        return err_context(err, code, "page %d", compose->page_count + 1);
    if (words->count && !compose->font_number)
        compose->font_number = pdf_reserve(writer);
    int contents = write_contents(compose, info, words, w, h);
    int number = pdf_reserve(writer);
    pdf_begin_object(writer, number);
    pdf_printf(writer, "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.3f %.3f]\n",
               compose->pages_number, w, h);
    put_crop(writer, info, w, h);
    pdf_printf(writer, "/Contents %d 0 R /Resources << /XObject << /Im0 %d 0 R >>", contents,
               image);
    if (words->count)
        pdf_printf(writer, " /Font << /F0 %d 0 R >>", compose->font_number);
    pdf_text(writer, " >> >>");
    pdf_end_object(writer);
    compose->page_numbers[compose->page_count++] = number;
    return ERR_OK;
}

static void write_page_tree(struct pdf_compose *compose)
{
    pdf_begin_object(compose->writer, compose->pages_number);
    pdf_printf(compose->writer, "<< /Type /Pages /Count %d /Kids [", compose->page_count);
    for (int i = 0; i < compose->page_count; i++)
        pdf_printf(compose->writer, "%s%d 0 R", i % 10 ? " " : "\n", compose->page_numbers[i]);
    pdf_text(compose->writer, "] >>");
    pdf_end_object(compose->writer);
}

static enum err_code write_output_intent(struct pdf_writer *writer, int *out_number,
                                         struct err *err)
{
    AUTO(mem)
    void *profile = NULL;
    size_t size = 0;
    enum err_code code = colour_make_srgb(&profile, &size, err);
    if (code)
        return code;
    int icc = pdf_reserve(writer), intent = pdf_reserve(writer);
    pdf_begin_stream(writer, icc, "/N 3 /Alternate /DeviceRGB", true);
    pdf_put(writer, profile, size);
    pdf_end_stream(writer);
    pdf_begin_object(writer, intent);
    pdf_printf(writer,
               "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB)\n"
               "/Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R >>",
               icc);
    pdf_end_object(writer);
    *out_number = intent;
    return ERR_OK;
}

/* The form is there from the start, empty, so that a signature need not touch the catalogue. */
static int write_form(struct pdf_writer *writer)
{
    int number = pdf_reserve(writer);
    pdf_begin_object(writer, number);
    pdf_text(writer, "<< /Fields [] >>");
    pdf_end_object(writer);
    return number;
}

static int write_catalogue(struct pdf_compose *compose, const struct pdf_metadata *metadata,
                           int intent)
{
    struct pdf_writer *writer = compose->writer;
    int xmp = pdf_reserve(writer);
    pdf_metadata_write_xmp(writer, xmp, metadata);
    int form = write_form(writer), number = pdf_reserve(writer);
    pdf_begin_object(writer, number);
    pdf_printf(writer,
               "<< /Type /Catalog /Pages %d 0 R /Metadata %d 0 R /OutputIntents [%d 0 R]\n"
               "/AcroForm %d 0 R /Lang ",
               compose->pages_number, xmp, intent, form);
    pdf_put_text_string(writer, metadata->lang);
    pdf_text(writer, " >>");
    pdf_end_object(writer);
    return number;
}

enum err_code pdf_compose_finish(struct pdf_compose *compose, const struct pdf_metadata *metadata,
                                 struct pdf_file *out_file, struct err *err)
{
    if (!compose->page_count)
        return err_set(err, ERR_BAD_ARGUMENT, "document without pages");
    struct pdf_writer *writer = compose->writer;
    struct pdf_metadata facts = *metadata;
    facts.pages = compose->page_count;
    if (!facts.lang)
        facts.lang = "vi-VN";
    int intent = 0;
    enum err_code code = write_output_intent(writer, &intent, err);
    if (code)
        return code;
    if (compose->font_number)
        pdf_font_write(compose->font, writer, compose->font_number);
    write_page_tree(compose);
    struct pdf_end end = {.root = write_catalogue(compose, &facts, intent),
                          .info = pdf_reserve(writer)};
    pdf_metadata_write_info(writer, end.info, &facts);
    code = pdf_writer_finish(writer, &end, err);
    if (code)
        return code;
    if (sys_fdatasync(compose->fd) != 0)
        return err_set_errno(err, ERR_IO, errno, "flush the PDF");
    return hash_fd(compose->fd, out_file->sha256, &out_file->size_bytes, err);
}
