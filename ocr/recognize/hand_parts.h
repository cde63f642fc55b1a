#ifndef SOHOA_RECOGNIZE_HAND_PARTS_H
#define SOHOA_RECOGNIZE_HAND_PARTS_H

#include "daemon/image/recognition_image.h"
#include "daemon/model/words.h"
#include "ocr/recognize/hand_ink.h"

/*
 * The words of a page in parts that one hand, or the printer, has made as a whole ("123" and
 * "/QĐ-UBND" of one word), each with its ink and with how alike its pieces are to others of the
 * page.
 */

#define HAND_PART_TEXT_MAX 64

struct hand_part {
    size_t word;
    struct rect_mm box; /* deskewed frame */
    char text[HAND_PART_TEXT_MAX];
    struct hand_ink ink;
    double em_w, em_h;  /* type size in mm by width and by height of the letters read; 0: unknown */
    size_t first_shape; /* its pieces among all of the page, ink.pieces of them */
    double alone, lonest; /* how unlike all others on the page they are: mean, and the worst */
};

/* In the order of the words; words without ink have none. Caller's, mem_free. */
enum err_code hand_parts_look(const struct recognition_image *image, const struct words *words,
                              struct hand_part **out, size_t *out_count, struct err *err);

#endif
