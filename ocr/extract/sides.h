#ifndef SOHOA_OCR_EXTRACT_SIDES_H
#define SOHOA_OCR_EXTRACT_SIDES_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"
#include "ocr/extract/separators.h"
#include "ocr/extract/templates.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A side of a paper may be shown by several images. Each word of it counts once:
 *
 *   own      without a note on it: the paper's whole text (a note hides what lies under it; that is
 *            why the law wants this image, regulations 2.3.7)
 *   overlap  next part of a side larger than the glass: text of the parts together, what two of
 *            them show taken from the one that has it further inside
 *   note     the side with its note on: read when no other image shows the side
 *   detail   a closer look at a part: its words are in the other images already; only a machine
 *            readable zone is read from it, before that of the others
 *
 * Codes are read from all images, each once.
 */
enum image_kind { IMAGE_OWN, IMAGE_OVERLAP, IMAGE_NOTE, IMAGE_DETAIL };

struct side_image {
    const struct words *words;
    const struct page_info *info;
    int64_t side; /* images of one side follow each other and have the same number */
    enum image_kind kind;
    struct pile_page sheet;
};

/* understand_document of the sides; parting: which sheets are separators, NULL: none. Pages and
 * boxes of the answer are those of the images: of a side's images only the first can start a paper.
 */
enum err_code understand_sides(const struct templates *templates, const struct side_image *images,
                               size_t count, const struct parting *parting,
                               const char *dossier_code, struct js **out, struct err *err);

#endif
