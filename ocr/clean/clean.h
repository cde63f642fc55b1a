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
    struct raster *thumbnail; /* upright, colour as stored; longer side of what is shown of
                                 the page <= CLEAN_THUMBNAIL_MAX */
    struct zones zones;
};

#define CLEAN_THUMBNAIL_MAX 900

/* Takes image->raster's memory on the way. reader may be NULL (then letters alone decide which side
 * is up). clean_page_done also after an error. */
enum err_code clean_page(struct image *image, const struct direction_reader *reader,
                         struct clean_page *out, struct err *err);
void clean_page_done(struct clean_page *page);

/* The two parts of clean_page, for who has something to do with the evened page meanwhile: all that
 * needs the colours, then the rest. After the first `evened` stays as it is and info.blank holds;
 * clean_page_done after either. */
struct clean_notes;
enum err_code clean_page_even(struct image *image, struct clean_page *out,
                              struct clean_notes **out_notes, struct err *err);
enum err_code clean_page_level(const struct image *image, const struct direction_reader *reader,
                               const struct clean_notes *notes, struct clean_page *out,
                               struct err *err);
void clean_notes_free(struct clean_notes *notes);
AUTO_DEFINE(clean_notes, struct clean_notes *, clean_notes_free);

static inline void clean_page_auto(struct clean_page *place)
{
    clean_page_done(place);
}

#endif
