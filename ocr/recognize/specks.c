#include "ocr/recognize/specks.h"

#include "daemon/base/text.h"

#include <ctype.h>
#include <stdlib.h>

#define WORDS_MIN 10
/* Of the page's usual word: small print beside a large title is a half of it, a letter without
 * ascender or accent a half of its line. */
#define HEIGHT_MIN 0.3
/* The small letters of 6 points, which nobody prints for reading, are higher. */
#define LETTER_MIN_MM 0.9

static int compare_reals(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static bool has_letters(const char *text)
{
    for (int32_t point; (point = text_next(&text)) > 0;)
        if (point < 0x80 ? isalnum(point) != 0 : point >= 0xC0 && point < 0x2000)
            return true;
    return false;
}

enum err_code specks_drop(struct words *words, struct err *err)
{
    if (words->count < WORDS_MIN)
        return ERR_OK;
    AUTO(mem) double *heights = mem_array(words->count, sizeof *heights);
    if (!heights)
        return err_set(err, ERR_NO_MEMORY, "heights of words");
    for (size_t i = 0; i < words->count; i++)
        heights[i] = words->item[i].box.h;
    qsort(heights, words->count, sizeof *heights, compare_reals);
    double least = HEIGHT_MIN * heights[words->count / 2];
    if (least > LETTER_MIN_MM)
        least = LETTER_MIN_MM;
    size_t kept = 0;
    for (size_t i = 0; i < words->count; i++) {
        struct word *word = &words->item[i];
        if (word->box.h < least && has_letters(word->text))
            mem_free(word->text);
        else
            words->item[kept++] = *word;
    }
    words->count = kept;
    return ERR_OK;
}
