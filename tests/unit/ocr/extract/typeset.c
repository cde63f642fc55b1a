#include "typeset.h"

#include "ocr/extract/glyphs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_POINT (25.4 / 72)

void typeset_start(struct typeset *set)
{
    *set = (struct typeset){.confidence = 0.96};
    words_init(&set->words, (struct size_mm){210, 297}, 0);
}

void typeset_done(struct typeset *set)
{
    words_done(&set->words);
}

size_t typeset_more(struct typeset *set, double x_mm, double baseline_mm, double points,
                    const char *text)
{
    size_t first = set->words.count;
    double em_mm = points * MM_PER_POINT;
    char *copy = strdup(text), *rest = NULL;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        struct glyph_extent e;
        if (!glyphs_measure(word, &e))
            e = (struct glyph_extent){.width = 0.5 * (double)strlen(word), .height = 0.7};
        struct rect_mm box = {x_mm + e.left * em_mm, baseline_mm - (e.height + e.bottom) * em_mm,
                              e.width * em_mm, e.height * em_mm};
        if (words_add(&set->words, word, set->confidence, box, baseline_mm, 0, set->line, NULL))
            abort();
        x_mm += (e.left + e.width + e.right + 0.25) * em_mm;
    }
    free(copy);
    return first;
}

size_t typeset_at(struct typeset *set, double x_mm, double baseline_mm, double points,
                  const char *text)
{
    set->line++;
    return typeset_more(set, x_mm, baseline_mm, points, text);
}

size_t typeset_centred(struct typeset *set, double center_mm, double baseline_mm, double points,
                       const char *text)
{
    size_t first = typeset_at(set, 0, baseline_mm, points, text);
    const struct word *last = &set->words.item[set->words.count - 1];
    double shift = center_mm - (last->box.x + last->box.w) / 2;
    for (size_t i = first; i < set->words.count; i++)
        set->words.item[i].box.x += shift;
    return first;
}

void typeset_by_hand(struct typeset *set, size_t at)
{
    struct rect_mm *box = &set->words.item[at].box;
    box->y -= box->h * 0.2;
    box->h *= 1.2;
    box->w *= 1.15;
}

void typeset_head(struct typeset *set, const char *issuer, const char *issuer_rest,
                  const char *number, const char *place_date)
{
    typeset_centred(set, 64, 24, 12, issuer);
    typeset_more(set, 98, 24, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    typeset_centred(set, 64, 30, 12, issuer_rest);
    typeset_more(set, 115, 30, 13, "Độc lập - Tự do - Hạnh phúc");
    if (number)
        typeset_at(set, 47, 38, 13, number);
    if (number && place_date)
        typeset_more(set, 112, 38, 13, place_date);
    else if (place_date)
        typeset_at(set, 112, 38, 13, place_date);
}
