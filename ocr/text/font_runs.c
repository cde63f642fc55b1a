#include "ocr/text/font_runs.h"

#include <stdio.h>
#include <string.h>

void font_runs_init(struct font_runs *runs)
{
    *runs = (struct font_runs){0};
    buf_init(&runs->out, FONT_RUNS_MAX_BYTES);
    buf_init(&runs->pending, FONT_RUNS_MAX_BYTES);
    buf_text(&runs->out, "");
}

void font_runs_done(struct font_runs *runs)
{
    buf_done(&runs->out);
    buf_done(&runs->pending);
}

/* Somebody who typed Unicode in an old font saw boxes, and yet it happens. */
static void flush(struct font_runs *runs)
{
    AUTO(buf) struct buf pending = runs->pending;
    buf_init(&runs->pending, FONT_RUNS_MAX_BYTES);
    runs->out.failed = runs->out.failed || !buf_ok(&pending);
    if (!pending.size)
        return;
    struct legacy_guess guess = legacy_font_guess(runs->font);
    bool converts = guess.encoding && !text_has_unicode_letters(pending.bytes);
    AUTO(mem) char *converted = converts ? legacy_text_to_unicode(pending.bytes, &guess) : NULL;
    if (converted)
        buf_text(&runs->out, converted);
    else
        buf_append(&runs->out, pending.bytes, pending.size);
}

void font_runs_add(struct font_runs *runs, const char *font, const char *bytes, size_t size)
{
    font = font ? font : "";
    if (strncmp(runs->font, font, sizeof runs->font - 1) != 0) {
        flush(runs);
        snprintf(runs->font, sizeof runs->font, "%s", font);
    }
    buf_append(&runs->pending, bytes, size);
}

void font_runs_break(struct font_runs *runs, const char *sign)
{
    flush(runs);
    buf_text(&runs->out, sign);
}

bool font_runs_full(const struct font_runs *runs)
{
    return !buf_ok(&runs->out) || !buf_ok(&runs->pending);
}

char *font_runs_take(struct font_runs *runs)
{
    flush(runs);
    return buf_take(&runs->out);
}
