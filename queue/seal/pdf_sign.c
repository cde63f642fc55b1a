#include "queue/seal/pdf_sign.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "queue/seal/pades.h"
#include "queue/seal/pdf_font.h"
#include "queue/seal/pdf_metadata.h"
#include "queue/seal/pdf_page_text.h"
#include "queue/seal/pdf_reader.h"
#include "queue/seal/pdf_writer.h"
#include "queue/seal/verify.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "[0 0123456789 0123456789 0123456789]": written as blanks first, patched once the offsets are
 * known. */
#define BYTE_RANGE_SIZE 36

struct update {
    const struct pdf_sign_wish *wish;
    struct pdf_reader *reader;
    struct pdf_first_page page;
    struct pdf_form form;
    struct block_wish block;
    struct rect_mm *avoid; /* the wish's and the annotations that are there */
    struct block_place place;
    struct pdf_font *font;
    struct pdf_writer *writer;
    int signature_number, field_number, appearance_number;
    uint64_t byte_range_at, contents_at, end;
};

static void update_done(struct update *update)
{
    pdf_reader_free(update->reader);
    pdf_value_free(update->page.dict);
    pdf_value_free(update->form.dict);
    mem_free(update->avoid);
    pdf_font_free(update->font);
    pdf_writer_free(update->writer);
}

static void update_auto(struct update *place)
{
    update_done(place);
}

/* A shallow way to add a reference to an array that is an entry of a dictionary. */
static bool append_ref(struct pdf_value *dict, const char *key, const struct pdf_value *old,
                       int number)
{
    struct pdf_value *array = pdf_value_array();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < pdf_value_count(old); i++)
        ok = pdf_value_push(array, pdf_value_ref(pdf_value_ref_number(pdf_value_item(old, i))));
    ok = ok && pdf_value_push(array, pdf_value_ref(number));
    return pdf_value_set(dict, key, array) && ok;
}

static enum err_code check_refs(const struct pdf_value *array, struct err *err)
{
    if (array && pdf_value_kind(array) != PDF_ARRAY)
        return err_set(err, ERR_PDF_UNREADABLE, "PDF: annotations or fields are no plain array");
    for (size_t i = 0; i < pdf_value_count(array); i++)
        if (!pdf_value_ref_number(pdf_value_item(array, i)))
            return err_set(err, ERR_PDF_UNREADABLE, "PDF: annotation or field is no reference");
    return ERR_OK;
}

/* The page grows by whole points, but not beyond its image. */
static bool show_block(struct update *update)
{
    const struct pdf_first_page *page = &update->page;
    struct rect_mm box = update->place.box;
    double left = page->left_pt + box.x * PDF_POINTS_PER_MM,
           right = left + box.w * PDF_POINTS_PER_MM;
    double top = page->top_pt - box.y * PDF_POINTS_PER_MM, bottom = top - box.h * PDF_POINTS_PER_MM;
    const double corner[4] = {floor(fmin(left, page->left_pt)),
                              floor(fmin(bottom, page->bottom_pt)),
                              fmin(ceil(fmax(right, page->right_pt)), floor(page->width_pt)),
                              fmin(ceil(fmax(top, page->top_pt)), floor(page->height_pt))};
    struct pdf_value *crop = pdf_value_array();
    bool ok = crop != NULL;
    for (size_t i = 0; ok && i < 4; i++)
        ok = pdf_value_push(crop, pdf_value_int((int64_t)corner[i]));
    return pdf_value_set(update->page.dict, "CropBox", crop) && ok;
}

static enum err_code write_page(struct update *update, struct err *err)
{
    const struct pdf_value *old = pdf_value_get(update->page.dict, "Annots");
    if (!append_ref(update->page.dict, "Annots", old, update->field_number) ||
        (update->place.beside && !show_block(update)))
        return err_set(err, ERR_NO_MEMORY, "page 1");
    pdf_begin_object(update->writer, update->page.number);
    pdf_value_write(update->writer, update->page.dict);
    pdf_end_object(update->writer);
    return ERR_OK;
}

static enum err_code write_form(struct update *update, struct err *err)
{
    const struct pdf_value *old = pdf_value_get(update->form.dict, "Fields");
    enum err_code code = check_refs(old, err);
    if (code)
        return code;
    if (!append_ref(update->form.dict, "Fields", old, update->field_number) ||
        !pdf_value_set(update->form.dict, "SigFlags", pdf_value_int(3)))
        return err_set(err, ERR_NO_MEMORY, "form");
    pdf_begin_object(update->writer, update->form.number);
    pdf_value_write(update->writer, update->form.dict);
    pdf_end_object(update->writer);
    return ERR_OK;
}

static void write_field(struct update *update)
{
    struct pdf_writer *writer = update->writer;
    struct rect_mm box = update->place.box;
    double left = update->page.left_pt + box.x * PDF_POINTS_PER_MM, w = box.w * PDF_POINTS_PER_MM;
    double top = update->page.top_pt - box.y * PDF_POINTS_PER_MM;
    size_t ordinal = pdf_value_count(pdf_value_get(update->form.dict, "Fields"));
    pdf_begin_object(writer, update->field_number);
    /* F: print, locked */
    pdf_printf(writer,
               "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature%zu) /F 132\n"
               "/Rect [%.3f %.3f %.3f %.3f] /P %d 0 R /V %d 0 R /AP << /N %d 0 R >> /TU ",
               ordinal, left, top - box.h * PDF_POINTS_PER_MM, left + w, top, update->page.number,
               update->signature_number, update->appearance_number);
    pdf_put_text_string(writer, update->wish->field_about);
    pdf_text(writer, " >>");
    pdf_end_object(writer);
}

static void write_signature(struct update *update)
{
    struct pdf_writer *writer = update->writer;
    char date[PDF_DATE_SIZE];
    pdf_date(update->wish->at_us, date);
    pdf_begin_object(writer, update->signature_number);
    pdf_printf(writer,
               "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (%s)\n"
               "/Name ",
               date);
    pdf_put_text_string(writer, update->wish->name);
    pdf_text(writer, "\n/ByteRange ");
    update->byte_range_at = pdf_offset(writer);
    pdf_printf(writer, "%*s", BYTE_RANGE_SIZE, "");
    pdf_text(writer, "\n/Contents ");
    update->contents_at = pdf_offset(writer);
    pdf_text(writer, "<");
    static const char zeros[] = "00000000000000000000000000000000";
    for (size_t i = 0; i < PDF_SIGN_CONTENTS_BYTES / 16; i++)
        pdf_put(writer, zeros, 32);
    pdf_text(writer, "> >>");
    pdf_end_object(writer);
}

/* First part of the file's /ID as hex. */
static enum err_code first_id(const struct pdf_reader *reader, char out_hex[65], struct err *err)
{
    const struct pdf_value *ids = pdf_value_get(pdf_reader_trailer(reader), "ID");
    size_t size = 0;
    const char *bytes = pdf_value_bytes(pdf_value_item(ids, 0), &size);
    if (!bytes || !size || size > 32)
        return err_set(err, ERR_PDF_UNREADABLE, "PDF: no /ID");
    for (size_t i = 0; i < size; i++)
        snprintf(out_hex + 2 * i, 3, "%02x", (unsigned char)bytes[i]);
    return ERR_OK;
}

static enum err_code end_with_newline(int fd, uint64_t *inout_size, struct err *err)
{
    char last = 0;
    if (pread(fd, &last, 1, (off_t)*inout_size - 1) != 1)
        return err_set_errno(err, ERR_IO, errno, "PDF");
    if (last == '\n' || last == '\r')
        return ERR_OK;
    if (pwrite(fd, "\n", 1, (off_t)*inout_size) != 1)
        return err_set_errno(err, ERR_IO, errno, "PDF");
    ++*inout_size;
    return ERR_OK;
}

static enum err_code append_objects(struct update *update, int out_fd, struct err *err)
{
    uint64_t size = pdf_reader_size(update->reader);
    char id[65];
    enum err_code code = first_id(update->reader, id, err);
    if (!code)
        code = end_with_newline(out_fd, &size, err);
    if (!code)
        code = pdf_writer_new_update(out_fd, size, pdf_reader_next_number(update->reader),
                                     &update->writer, err);
    if (code)
        return code;
    struct pdf_writer *writer = update->writer;
    update->signature_number = pdf_reserve(writer);
    update->field_number = pdf_reserve(writer);
    update->appearance_number = pdf_reserve(writer);
    code = write_page(update, err);
    if (!code)
        code = write_form(update, err);
    if (code)
        return code;
    write_field(update);
    block_write(writer, update->appearance_number, &update->block, &update->place, update->font);
    write_signature(update);
    const struct pdf_value *trailer = pdf_reader_trailer(update->reader);
    struct pdf_end end = {
        .root = pdf_value_ref_number(pdf_value_get(trailer, "Root")),
        .info = pdf_value_ref_number(pdf_value_get(trailer, "Info")),
        .previous_xref = pdf_reader_last_xref(update->reader),
        .first_id_hex = id,
    };
    code = pdf_writer_finish(writer, &end, err);
    update->end = pdf_offset(writer);
    return code;
}

static enum err_code patch(int fd, uint64_t at, const char *bytes, size_t size, struct err *err)
{
    while (size) {
        ssize_t put = pwrite(fd, bytes, size, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return err_set_errno(err, ERR_IO, errno, "write signature");
        bytes += put;
        at += (uint64_t)put;
        size -= (size_t)put;
    }
    return ERR_OK;
}

static enum err_code patch_byte_range(const struct update *update, int fd, uint64_t gap_end,
                                      struct err *err)
{
    char range[80];
    int size = snprintf(range, sizeof range, "[0 %010llu %010llu %010llu]",
                        (unsigned long long)update->contents_at, (unsigned long long)gap_end,
                        (unsigned long long)(update->end - gap_end));
    if (size != BYTE_RANGE_SIZE)
        return err_set(err, ERR_TOO_LARGE, "PDF above ten-digit offsets");
    return patch(fd, update->byte_range_at, range, (size_t)size, err);
}

static enum err_code patch_contents(const struct update *update, int fd, struct der cms,
                                    struct err *err)
{
    if (cms.size > PDF_SIGN_CONTENTS_BYTES)
        return err_set(err, ERR_CERTIFICATE_UNFIT, "signature of %zu bytes: chain too long",
                       cms.size);
    AUTO(mem)
    char *hex = mem_alloc(cms.size * 2 + 1);
    if (!hex)
        return err_set(err, ERR_NO_MEMORY, "signature");
    for (size_t i = 0; i < cms.size; i++)
        snprintf(hex + 2 * i, 3, "%02x", cms.bytes[i]);
    return patch(fd, update->contents_at + 1, hex, cms.size * 2, err);
}

static enum err_code fill_in_signature(const struct update *update, int fd, struct signer *signer,
                                       struct err *err)
{
    uint64_t gap_end = update->contents_at + 2 + 2 * PDF_SIGN_CONTENTS_BYTES;
    enum err_code code = patch_byte_range(update, fd, gap_end, err);
    if (code)
        return code;
    unsigned char digest[PADES_DIGEST_BYTES];
    code = seal_digest(fd, update->contents_at, gap_end, update->end, digest, err);
    if (code)
        return code;
    struct der cms = {0};
    code = pades_make(signer, update->wish->scheme, digest, &cms, err);
    if (!code)
        code = patch_contents(update, fd, cms, err);
    mem_free(cms.bytes);
    return code;
}

static enum err_code check_result(int fd, const struct signer *signer, struct err *err)
{
    struct seal_verdict verdict;
    enum err_code code = seal_verify(fd, signer_certificate(signer), &verdict, err);
    if (code)
        return err_context(err, code, "check after signing");
    if (!verdict.covers_file)
        return err_set(err, ERR_SIGNATURE_INVALID, "signature does not cover the whole file");
    return ERR_OK;
}

/* An earlier signature's block must stay readable. False when the annotation has no plain
 * rectangle. */
static bool annotation_box(const struct pdf_value *annotation, const struct pdf_first_page *page,
                           struct rect_mm *out)
{
    double corner[4];
    for (size_t i = 0; i < 4; i++)
        if (!pdf_value_get_number(pdf_value_item(pdf_value_get(annotation, "Rect"), i), &corner[i]))
            return false;
    *out = (struct rect_mm){
        (corner[0] - page->left_pt) / PDF_POINTS_PER_MM,
        (page->top_pt - corner[3]) / PDF_POINTS_PER_MM,
        (corner[2] - corner[0]) / PDF_POINTS_PER_MM,
        (corner[3] - corner[1]) / PDF_POINTS_PER_MM,
    };
    return true;
}

static enum err_code gather_avoid(struct update *update, struct err *err)
{
    const struct block_wish *wish = &update->wish->block;
    const struct pdf_value *annotations = pdf_value_get(update->page.dict, "Annots");
    enum err_code code = check_refs(annotations, err);
    if (code)
        return code;
    size_t count = wish->avoid_count;
    update->avoid = mem_array(count + pdf_value_count(annotations) + 1, sizeof *update->avoid);
    if (!update->avoid)
        return err_set(err, ERR_NO_MEMORY, "places to avoid");
    for (size_t i = 0; i < count; i++)
        update->avoid[i] = wish->avoid[i];
    for (size_t i = 0; i < pdf_value_count(annotations); i++) {
        AUTO(pdf_value)
        struct pdf_value *annotation = NULL;
        int number = pdf_value_ref_number(pdf_value_item(annotations, i));
        code = pdf_reader_object(update->reader, number, &annotation, err);
        if (code)
            return code;
        if (annotation_box(annotation, &update->page, &update->avoid[count]))
            count++;
    }
    update->block.avoid = update->avoid;
    update->block.avoid_count = count;
    return ERR_OK;
}

static void describe_page(const struct pdf_first_page *page, struct block_wish *block)
{
    double mm = 1 / PDF_POINTS_PER_MM;
    block->page = (struct size_mm){(page->right_pt - page->left_pt) * mm,
                                   (page->top_pt - page->bottom_pt) * mm};
    block->image = (struct rect_mm){-page->left_pt * mm, (page->top_pt - page->height_pt) * mm,
                                    page->width_pt * mm, page->height_pt * mm};
}

static enum err_code read_input(struct update *update, int in_fd, struct err *err)
{
    enum err_code code = pdf_reader_open(in_fd, &update->reader, err);
    if (!code)
        code = pdf_reader_first_page(update->reader, &update->page, err);
    if (!code)
        code = pdf_reader_form(update->reader, &update->form, err);
    if (!code)
        code = pdf_font_open(PDF_FONT_SERIF, &update->font, err);
    if (code)
        return code;
    update->block = update->wish->block;
    code = gather_avoid(update, err);
    if (code)
        return code;
    describe_page(&update->page, &update->block);
    update->place = block_find_place(&update->block, update->font);
    return ERR_OK;
}

enum err_code pdf_sign(int in_fd, int out_fd, struct signer *signer,
                       const struct pdf_sign_wish *wish, struct pdf_signed *out, struct err *err)
{
    enum err_code code = signer_check(signer, sys_now_us(), err);
    if (code)
        return code;
    AUTO(update)
    struct update update = {.wish = wish};
    code = read_input(&update, in_fd, err);
    if (!code)
        code = file_copy_fd(in_fd, out_fd, err);
    if (!code)
        code = append_objects(&update, out_fd, err);
    if (!code)
        code = fill_in_signature(&update, out_fd, signer, err);
    if (!code)
        code = check_result(out_fd, signer, err);
    if (code)
        return code;
    if (sys_fdatasync(out_fd) != 0)
        return err_set_errno(err, ERR_IO, errno, "flush the signed PDF");
    struct pdf_signed result = {.block = update.place};
    code = hash_fd(out_fd, result.file.sha256, &result.file.size_bytes, err);
    if (code)
        return code;
    *out = result;
    return ERR_OK;
}
