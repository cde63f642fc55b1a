#ifndef SOHOA_IMAGE_RECOGNITION_IMAGE_H
#define SOHOA_IMAGE_RECOGNITION_IMAGE_H

#include "daemon/base/err.h"
#include "daemon/image/raster.h"

/*
 * What the read request hands to the recognise request: the part of the deskewed frame that has
 * ink, evened and grey, at the scale that suits its letters. It may reach beyond the page where
 * deskewing would otherwise cut text. As a file it is a binary PGM; one comment line says where it
 * lies: "# sohoa.recognition/1 <px_per_mm> <left_mm> <top_mm>". Red ink of the page's upper part,
 * alone and out of no part left, is a second one behind it.
 */
struct recognition_image {
    struct raster *grey;
    double px_per_mm;
    double left_mm, top_mm;        /* its top left corner in the deskewed frame */
    struct recognition_image *red; /* NULL: there is none */
};

/* Sealed memfd. */
enum err_code recognition_image_to_memfd(const struct recognition_image *image, int *out_fd,
                                         struct err *err);
/* IMAGE_UNREADABLE, IMAGE_TOO_LARGE, FORMAT_UNKNOWN; recognition_image_done also after an error. */
enum err_code recognition_image_read_fd(int fd, struct recognition_image *out, struct err *err);
void recognition_image_done(struct recognition_image *image);

static inline void recognition_image_auto(struct recognition_image *place)
{
    recognition_image_done(place);
}

#endif
