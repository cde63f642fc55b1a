#ifndef SOHOA_OCR_TEXT_TEXT_LAYER_H
#define SOHOA_OCR_TEXT_TEXT_LAYER_H

#include "daemon/base/err.h"
#include "ocr/text/legacy_text.h"

/*
 * Whether text that came with a file (layer of a PDF, text file, Word file) may be believed. Many
 * scans carry one made without Vietnamese ("CQNG HOA xA HQI"), or in a font's own encoding. What
 * is not useful is recognised anew from the image.
 */

enum text_layer_kind {
    TEXT_LAYER_NONE,   /* no letters to speak of */
    TEXT_LAYER_USEFUL, /* Vietnamese, as it came or converted */
    TEXT_LAYER_USELESS
};

const char *text_layer_name(enum text_layer_kind kind); /* "none" "useful" "useless" */

struct text_layer {
    enum text_layer_kind kind;
    const char *reason; /* static; of USELESS: "not_text" "no_vietnamese" "garbage"; else NULL */
    struct legacy_guess guess; /* of what it was converted from */
    struct syllable_count count;
    char *text; /* of USEFUL: UTF-8 NFC; owned */
};

/* `bytes`: UTF-8, UTF-16 with its mark, or one byte a letter (then taken as Latin-1). `fonts`:
 * names of the fonts it was set in, where known. Lines that were Unicode among converted ones stay.
 * NO_MEMORY, TOO_LARGE (16 MB). text_layer_done also after an error. */
enum err_code text_layer_read(const struct syllables *syllables, const char *bytes, size_t size,
                              const char *const *fonts, size_t font_count, struct text_layer *out,
                              struct err *err);
void text_layer_done(struct text_layer *layer);

static inline void text_layer_auto(struct text_layer *place)
{
    text_layer_done(place);
}

#endif
