#ifndef SOHOA_OCR_TEXT_FONT_RUNS_H
#define SOHOA_OCR_TEXT_FONT_RUNS_H

#include "daemon/base/buf.h"
#include "ocr/text/legacy_text.h"

/* Text set in one font after the other, brought to Unicode run by run: what a byte means is the
 * font's to say, and one letter's accent may stand in the next run of the same font. */
struct font_runs {
    struct buf out;     /* Unicode */
    struct buf pending; /* of `font`, as it came */
    char font[100];
};

#define FONT_RUNS_MAX_BYTES (8u << 20)

void font_runs_init(struct font_runs *runs);
void font_runs_done(struct font_runs *runs);
/* font NULL or "": not known. */
void font_runs_add(struct font_runs *runs, const char *font, const char *bytes, size_t size);
/* A separator: no letter goes across it. */
void font_runs_break(struct font_runs *runs, const char *sign);
/* All of it; caller's. NULL: no memory, or more than FONT_RUNS_MAX_BYTES. */
char *font_runs_take(struct font_runs *runs);
/* font_runs_take would give NULL. */
bool font_runs_full(const struct font_runs *runs);

static inline void font_runs_auto(struct font_runs *place)
{
    font_runs_done(place);
}

#endif
