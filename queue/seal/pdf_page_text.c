#include "queue/seal/pdf_page_text.h"

#include "daemon/base/text.h"
#include "queue/seal/pdf_font.h"
#include "queue/seal/pdf_writer.h"

#include <math.h>
#include <stdlib.h>

#define FONT_SIZE_MIN_PT 2.0
#define FONT_SIZE_MAX_PT 400.0
/* Words whose letters are lower than this say little about the size of the line: "-", "…", "." */
#define TELLING_INK_EM 0.4
/* Height of a box with nothing telling in it, in em: capitals with marks down to descenders. */
#define USUAL_INK_EM 0.9
#define LINE_SAMPLES_MAX 64
/* Horizontal scaling below this would make a space vanish for some readers. */
#define SCALE_MIN_PERCENT 1.0

struct text_layer {
    struct pdf_writer *writer;
    struct pdf_font *font;
    const struct words *words;
    struct size_mm page;
    double cosine, sine;
};

static double word_ink_em(struct pdf_font *font, const char *text)
{
    double top = 0, bottom = 0;
    for (int32_t point; (point = text_next(&text)) != 0;) {
        struct pdf_ink ink = pdf_font_ink(font, pdf_font_cid(font, point));
        top = fmax(top, ink.top);
        bottom = fmin(bottom, ink.bottom);
    }
    return top - bottom;
}

static bool same_line(const struct word *a, const struct word *b)
{
    return a->block == b->block && a->line == b->line;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Median of what its words' heights say, in points. */
static double line_font_size(const struct text_layer *layer, size_t first, size_t end)
{
    double samples[LINE_SAMPLES_MAX];
    size_t count = 0;
    for (size_t i = first; i < end && count < LINE_SAMPLES_MAX; i++) {
        const struct word *word = &layer->words->item[i];
        double ink = word_ink_em(layer->font, word->text);
        if (ink > TELLING_INK_EM)
            samples[count++] = word->box.h / ink;
    }
    if (!count)
        samples[count++] = layer->words->item[first].box.h / USUAL_INK_EM;
    qsort(samples, count, sizeof samples[0], compare_doubles);
    return fmin(fmax(samples[count / 2] * PDF_POINTS_PER_MM, FONT_SIZE_MIN_PT), FONT_SIZE_MAX_PT);
}

static double baseline_of(const struct word *word)
{
    double bottom = word->box.y + word->box.h;
    if (word->baseline_mm >= word->box.y && word->baseline_mm <= bottom + word->box.h)
        return word->baseline_mm;
    return bottom - word->box.h * 0.2;
}

static void put_matrix(const struct text_layer *layer, const struct word *word)
{
    struct point_mm start = {word->box.x, baseline_of(word)};
    struct point_mm p = point_upright_from_deskewed(start, layer->page, layer->words->skew_deg);
    pdf_printf(layer->writer, "%.6f %.6f %.6f %.6f %.3f %.3f Tm\n", layer->cosine, layer->sine,
               -layer->sine, layer->cosine, p.x * PDF_POINTS_PER_MM,
               (layer->page.h - p.y) * PDF_POINTS_PER_MM);
}

static void put_scale(const struct text_layer *layer, double wanted_mm, double natural_em,
                      double font_size)
{
    double percent = 100;
    if (wanted_mm > 0 && natural_em > 0)
        percent = 100 * wanted_mm * PDF_POINTS_PER_MM / (natural_em * font_size);
    pdf_printf(layer->writer, "%.3f Tz ", fmax(percent, SCALE_MIN_PERCENT));
}

static void put_word(const struct text_layer *layer, const struct word *word, double font_size)
{
    put_matrix(layer, word);
    put_scale(layer, word->box.w, pdf_font_text_width(layer->font, word->text), font_size);
    pdf_text(layer->writer, "<");
    const char *text = word->text;
    for (int32_t point; (point = text_next(&text)) != 0;) {
        uint16_t cid = pdf_font_cid(layer->font, point);
        if (cid)
            pdf_printf(layer->writer, "%04X", cid);
    }
    pdf_text(layer->writer, "> Tj ");
}

/* The gap up to the next word of the line, or a space of usual width at the line's end. */
static void put_space(const struct text_layer *layer, const struct word *word,
                      const struct word *next, double font_size)
{
    double gap = next ? next->box.x - (word->box.x + word->box.w) : 0;
    if (next && gap <= 0)
        pdf_printf(layer->writer, "%.1f Tz ", SCALE_MIN_PERCENT);
    else
        put_scale(layer, gap, pdf_font_width(layer->font, PDF_FONT_SPACE_CID), font_size);
    pdf_printf(layer->writer, "<%04X> Tj\n", PDF_FONT_SPACE_CID);
}

void pdf_page_text_write(struct pdf_writer *writer, struct pdf_font *font,
                         const struct words *words, struct size_mm page)
{
    double angle = words->skew_deg * M_PI / 180;
    struct text_layer layer = {writer, font, words, page, cos(angle), sin(angle)};
    if (!words->count)
        return;
    pdf_text(writer, "BT\n3 Tr\n");
    for (size_t first = 0, end; first < words->count; first = end) {
        for (end = first + 1; end < words->count; end++)
            if (!same_line(&words->item[first], &words->item[end]))
                break;
        double font_size = line_font_size(&layer, first, end);
        pdf_printf(writer, "/F0 %.2f Tf\n", font_size);
        for (size_t i = first; i < end; i++) {
            const struct word *next = i + 1 < end ? &words->item[i + 1] : NULL;
            put_word(&layer, &words->item[i], font_size);
            put_space(&layer, &words->item[i], next, font_size);
        }
    }
    pdf_text(writer, "ET\n");
}
