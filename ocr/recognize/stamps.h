#ifndef SOHOA_RECOGNIZE_STAMPS_H
#define SOHOA_RECOGNIZE_STAMPS_H

#include "daemon/model/words.h"
#include "ocr/recognize/tesseract.h"

/*
 * Stamped words in the head of a page that the reader's layout passed over: it takes a frame for a
 * picture, and leaves out what stands askew. Ink there that nothing was read of is looked at alone,
 * without its frame and level. What comes of it is no text of the page: it says only what was
 * stamped on it.
 */

/* All words of the page and, behind them, those of stamps. `out` is initialised here. */
enum err_code stamps_read(struct recognizer *recognizer, const struct recognition_image *image,
                          const struct words *words, struct words *out, struct err *err);
/* Of what that gave, the stamps' reading where the page's first `page_count` words say something of
 * the same place, too: two readings in one row would make one word of both. */
enum err_code stamps_over_page(const struct words *stamped, size_t page_count, struct words *out,
                               struct err *err);
/* As stamps_read, from the page's red ink alone, which shows stamps that are pale or that text runs
 * through; words of the page that lie under one are left out. */
enum err_code stamps_read_red(struct recognizer *recognizer, const struct recognition_image *image,
                              const struct words *words, struct words *out, struct err *err);

#endif
