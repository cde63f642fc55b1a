#ifndef SOHOA_RECOGNIZE_PAGE_ZONES_H
#define SOHOA_RECOGNIZE_PAGE_ZONES_H

#include "daemon/image/recognition_image.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"
#include "ocr/clean/zones.h"

/* The zones of a page whose words are known: they become those of `info`, and the words are put
 * into the order of reading. prior: where the head seems to part, for a page whose words do not
 * tell. NO_MEMORY. */
enum err_code page_zones_find(const struct recognition_image *image, const struct zones *prior,
                              struct words *words, struct page_info *info, struct err *err);

#endif
