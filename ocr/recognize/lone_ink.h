#ifndef SOHOA_RECOGNIZE_LONE_INK_H
#define SOHOA_RECOGNIZE_LONE_INK_H

#include "daemon/image/recognition_image.h"
#include "daemon/model/words.h"

#include <stdbool.h>

/*
 * Ink that the reader's layout passed over though it looks like writing: pieces of the height the
 * page's words have, few, side by side, with nothing around them. A page number of one digit is the
 * usual case. Seals, signatures and the rules of a table are larger or lie closer to other ink.
 */
#define LONE_INK_MAX 4

struct lone_ink {
    struct rect_mm item[LONE_INK_MAX]; /* deskewed frame, without margin */
    int count;
};

/* words: what was read of the image. A page with few words, or with much unread ink, has none. */
enum err_code lone_ink_find(const struct recognition_image *image, const struct words *words,
                            struct lone_ink *out, struct err *err);

/* A reading that can stand: one sure word of letters or digits. */
bool lone_ink_is_word(const struct words *reading);

#endif
