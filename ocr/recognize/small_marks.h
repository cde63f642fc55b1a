#ifndef SOHOA_RECOGNIZE_SMALL_MARKS_H
#define SOHOA_RECOGNIZE_SMALL_MARKS_H

#include "daemon/image/recognition_image.h"
#include "daemon/model/words.h"

/*
 * Marks that were read but are not in the ink, as far as it tells beyond doubt: the round dot of an
 * i taken for a hook or an accent ("Chỉ" for "Chi"), a dot below where nothing lies below the
 * line ("Vị" for "Vi"), and the raised 2 of "m²", for which the models have no letter. Only what
 * the ink refutes is changed, whatever word comes of it. Looks at few words, at their pixels alone.
 */
enum err_code small_marks_settle(const struct recognition_image *image, struct words *words,
                                 struct err *err);

#endif
