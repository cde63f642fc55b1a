#ifndef SOHOA_SEAL_PDF_IMAGE_H
#define SOHOA_SEAL_PDF_IMAGE_H

#include "daemon/base/err.h"

struct pdf_writer;

/* Where we code pixels ourselves: every pixel stays, colour at full resolution (4:4:4). Text of
 * 300 dpi scans shows no ringing at normal zoom from 80 on; A4 in colour is about 1 MB. */
#define PDF_IMAGE_JPEG_QUALITY 85

struct pdf_image_source {
    int fd;            /* JPEG, TIFF, PNG or PNM; stays the caller's */
    int index;         /* image within the file */
    int width, height; /* as the reader of the page found them; other sizes are IMAGE_UNREADABLE */
};

/*
 * Writes one image XObject (and its ICC profile, when the file has a fitting one); *out_number
 * is its object number. A JPEG that PDF viewers can decode is embedded byte for byte; other grey
 * and colour images become JPEG, bilevel ones CCITT G4. Row by row: memory does not grow with the
 * page.
 */
enum err_code pdf_image_write(struct pdf_writer *writer, const struct pdf_image_source *source,
                              int *out_number, struct err *err);

#endif
