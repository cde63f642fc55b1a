#ifndef SOHOA_SEAL_PDF_COMPOSE_H
#define SOHOA_SEAL_PDF_COMPOSE_H

#include "daemon/base/hash.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"
#include "queue/seal/pdf_metadata.h"

/*
 * Page images and their words → one searchable PDF/A-2u file. Page by page: memory does not grow
 * with the number of pages.
 *
 *   pdf_compose_start(fd, "vi-VN font", …) → pdf_compose_page × n → pdf_compose_finish
 *
 * Page boxes are the true size of the paper (info.size, upright), and of a page with a cut what is
 * shown of it (CropBox: info.cut), so that it prints in its true size; a page that lay turned on
 * the glass is set upright by the matrix that draws its image, whose pixels stay as captured.
 */
struct pdf_compose;

enum err_code pdf_compose_start(int fd, struct pdf_compose **out, struct err *err);
void pdf_compose_free(struct pdf_compose *compose);
AUTO_DEFINE(pdf_compose, struct pdf_compose *, pdf_compose_free);

/* image_fd: JPEG, TIFF, PNG or PNM, image `index` within it. Errors as pdf_image_write;
 * BAD_ARGUMENT for a size no PDF page can have. */
enum err_code pdf_compose_page(struct pdf_compose *compose, int image_fd, int index,
                               const struct page_info *info, const struct words *words,
                               struct err *err);

struct pdf_file {
    char sha256[HASH_HEX_SIZE];
    uint64_t size_bytes;
};

/* Fonts, metadata, cross-reference; the file is on the disk (fdatasync) when this returns.
 * metadata.pages is filled in here. */
enum err_code pdf_compose_finish(struct pdf_compose *compose, const struct pdf_metadata *metadata,
                                 struct pdf_file *out_file, struct err *err);

#endif
