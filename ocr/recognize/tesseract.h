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
void recognizer_set_cancel(struct recognizer *recognizer, bool (*is_cancelled)(void));

/* Words in reading order, in millimetres of the deskewed frame, added to `words` (initialised by
 * the caller with the page's size). Unsure lines are looked at twice (second_look.h). */
enum err_code recognizer_read_page(struct recognizer *recognizer,
                                   const struct recognition_image *image, struct words *words,
                                   struct err *err);

/* For finding which way up: reads a strip of lines; *out_sureness is the sum over its letters of
 * the confidence they were read with. */
enum err_code recognizer_read_strip(struct recognizer *recognizer, const struct raster *strip,
                                    double *out_sureness, struct err *err);

#endif
