#ifndef SOHOA_CLEAN_CLEAN_H
#define SOHOA_CLEAN_CLEAN_H

#include "daemon/image/image_read.h"
#include "daemon/image/recognition_image.h"
#include "daemon/model/page_info.h"
#include "ocr/clean/direction.h"
#include "ocr/clean/zones.h"

/*
 * One page image made ready for reading. The stored image is never changed; everything here is
 * about it (turn, skew, quality, zones) or a copy for the recogniser and the screen.
 */
struct clean_page {
    struct page_info info; /* without codes */
    struct raster *evened; /* stored frame, full size, grey; for reading codes */
    struct recognition_image recognition;
    struct raster *thumbnail; /* upright, colour as stored, longer side <= CLEAN_THUMBNAIL_MAX */
    struct zones zones;
};

#define CLEAN_THUMBNAIL_MAX 900

/* Takes image->raster's memory on the way. reader may be NULL (then letters alone decide which side
 * is up). clean_page_done also after an error. */
enum err_code clean_page(struct image *image, const struct direction_reader *reader,
                         struct clean_page *out, struct err *err);
void clean_page_done(struct clean_page *page);

static inline void clean_page_auto(struct clean_page *place)
{
    clean_page_done(place);
}

#endif
