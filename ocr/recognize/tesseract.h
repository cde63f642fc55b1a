#ifndef SOHOA_RECOGNIZE_TESSERACT_H
#define SOHOA_RECOGNIZE_TESSERACT_H

#include "daemon/image/recognition_image.h"
#include "daemon/model/words.h"

/*
 * Text of page images. This pair is the only home of Tesseract. A recognizer holds one language
 * model (about 60 MB with its buffers) for the life of a worker. OMP_THREAD_LIMIT=1 must be in the
 * environment before the process starts: four threads make a page five times slower on two cores.
 */
struct recognizer;

/* language: "vie", "vie+eng". The model is looked for in $TESSDATA_PREFIX, else in Debian's folder.
 * MODEL_MISSING names language and folder. */
enum err_code recognizer_new(const char *language, struct recognizer **out, struct err *err);
void recognizer_free(struct recognizer *recognizer);
AUTO_DEFINE(recognizer, struct recognizer *, recognizer_free);
const char *recognizer_language(const struct recognizer *recognizer);

/* Asked between words; true ends the reading with CANCELLED. NULL: never. */
typedef bool recognizer_cancel_fn(void);
void recognizer_set_cancel(struct recognizer *recognizer, recognizer_cancel_fn *is_asked);

/* How many cores reading a page may keep busy. With two or more a copy of this process (beside.h)
 * reads a part of the page; the words are the same. */
void recognizer_set_cores(struct recognizer *recognizer, int cores);

/* Words in reading order, in millimetres of the deskewed frame, added to `words` (initialised by
 * the caller with the page's size). Unsure lines are looked at twice (second_look.h). Its steps are
 * in page_read.c. */
enum err_code recognizer_read_page(struct recognizer *recognizer,
                                   const struct recognition_image *image, struct words *words,
                                   struct err *err);

/* For finding which way up: reads a strip of lines; *out_sureness is the sum over its letters of
 * the confidence they were read with. */
enum err_code recognizer_read_strip(struct recognizer *recognizer, const struct raster *strip,
                                    double *out_sureness, struct err *err);

/* --- for page_read.c ------------------------------------------------------------------------- */

bool recognizer_may_share(const struct recognizer *recognizer);
recognizer_cancel_fn *recognizer_cancel(const struct recognizer *recognizer);

/* The page's layout and one look at its lines. `words` is empty but for the page's size. */
enum err_code recognizer_read_layout(struct recognizer *recognizer,
                                     const struct recognition_image *image, struct words *words,
                                     struct err *err);

/* What lies in `box`, read alone, as one line, by the larger model; that is loaded by the first
 * call, or by recognizer_ready_lines. `out` is initialised here, with the size of `page`. */
enum err_code recognizer_read_line(struct recognizer *recognizer,
                                   const struct recognition_image *image, const struct rect_mm *box,
                                   const struct words *page, struct words *out, struct err *err);
enum err_code recognizer_ready_lines(struct recognizer *recognizer, struct err *err);

#endif
