#include "ocr/text/office_text.h"

#include "daemon/base/text.h"
#include "ocr/text/office_xml.h"
#include "ocr/text/word_styles.h"

#include <stdio.h>
#include <string.h>

#define LEVELS_MAX 16 /* paragraphs in text boxes in paragraphs … */

/* A paragraph and the run that is open in it. */
struct level {
    char style[WORD_NAME_SIZE];     /* of the paragraph; "" */
    char run_style[WORD_NAME_SIZE]; /* "" */
    char run_font[WORD_NAME_SIZE];  /* "" */
    bool in_run;
};

struct word_reading {
    const struct word_styles *styles;
    struct font_runs *out;
    struct level level[LEVELS_MAX];
    int depth;     /* levels open; above LEVELS_MAX the last one serves */
    int cells;     /* table cells that are open */
    int fallbacks; /* what is said again for old programs */
    bool in_text;
};

static struct level *level_of(struct word_reading *reading)
{
    int at = reading->depth < 1 ? 0 : reading->depth > LEVELS_MAX ? LEVELS_MAX : reading->depth;
    return &reading->level[at ? at - 1 : 0];
}

/* The run's own font, its style's, the paragraph's style's, the document's. */
static const char *font_now(struct word_reading *reading)
{
    const struct level *level = level_of(reading);
    const char *font = level->run_font[0] ? level->run_font
                                          : word_styles_font_of(reading->styles, level->run_style);
    if (!font)
        font = word_styles_font_of(reading->styles, level->style);
    return font ? font : word_styles_default(reading->styles);
}

static void copy(char out[WORD_NAME_SIZE], const char *text)
{
    snprintf(out, WORD_NAME_SIZE, "%s", text ? text : "");
}

static void put(struct word_reading *reading, const char *text)
{
    font_runs_add(reading->out, font_now(reading), text, strlen(text));
}

static bool is(const char *name, const char *other)
{
    return strcmp(name, other) == 0;
}

static void begin_in_run(struct word_reading *reading, struct level *level, const char *name,
                         const char *const *attributes)
{
    if (is(name, "rStyle"))
        copy(level->run_style, office_xml_attribute(attributes, "val"));
    else if (is(name, "rFonts"))
        copy(level->run_font, word_styles_font(reading->styles, attributes));
    else if (is(name, "t"))
        reading->in_text = true;
    else if (is(name, "tab"))
        font_runs_break(reading->out, "\t");
    else if (is(name, "br") || is(name, "cr"))
        font_runs_break(reading->out, "\n");
    else if (is(name, "noBreakHyphen"))
        put(reading, "-");
    else if (is(name, "softHyphen"))
        put(reading, "\u00ad"); /* a letter in the old fonts */
}

static void begin(void *self, const char *name, const char *const *attributes)
{
    struct word_reading *reading = self;
    struct level *level = level_of(reading);
    reading->fallbacks += is(name, "Fallback");
    if (reading->fallbacks)
        return;
    if (is(name, "p")) {
        reading->depth++;
        *level_of(reading) = (struct level){.style = ""};
    } else if (is(name, "tc")) {
        reading->cells++;
    } else if (is(name, "pStyle")) {
        copy(level->style, office_xml_attribute(attributes, "val"));
    } else if (is(name, "r") && reading->depth) {
        level->in_run = true;
        level->run_style[0] = level->run_font[0] = 0;
    } else if (level->in_run) {
        begin_in_run(reading, level, name, attributes);
    }
}

static void end(void *self, const char *name)
{
    struct word_reading *reading = self;
    if (reading->fallbacks) {
        reading->fallbacks -= is(name, "Fallback");
        return;
    }
    if (is(name, "t"))
        reading->in_text = false;
    else if (is(name, "r"))
        level_of(reading)->in_run = false;
    else if (is(name, "p")) {
        reading->depth -= reading->depth > 0;
        font_runs_break(reading->out, reading->cells ? " " : "\n");
    } else if (is(name, "tc")) {
        reading->cells -= reading->cells > 0;
        font_runs_break(reading->out, "\t");
    } else if (is(name, "tr")) {
        font_runs_break(reading->out, "\n");
    }
}

static void text(void *self, const char *bytes, size_t size)
{
    struct word_reading *reading = self;
    if (reading->in_text && !reading->fallbacks)
        font_runs_add(reading->out, font_now(reading), bytes, size);
}

static enum err_code read_part(const struct office_part *part, const struct word_styles *styles,
                               struct font_runs *out, struct err *err)
{
    struct word_reading reading = {.styles = styles, .out = out};
    struct office_xml reader = {begin, end, text, &reading};
    enum err_code code = office_xml_read(part->bytes, part->size, &reader, err);
    font_runs_break(out, "\n");
    return code;
}

static bool is_beside(const char *name)
{
    return text_starts(name, "word/header") || text_starts(name, "word/footer") ||
           is(name, "word/footnotes.xml") || is(name, "word/endnotes.xml");
}

/* The text, then what stands around it. */
enum err_code word_text_read(const struct office_parts *parts, struct font_runs *out,
                             struct err *err)
{
    AUTO(word_styles) struct word_styles *styles = NULL;
    enum err_code code = word_styles_read(parts, &styles, err);
    if (!code)
        code = read_part(office_parts_find(parts, "word/document.xml"), styles, out, err);
    for (size_t i = 0; !code && i < parts->count; i++)
        if (is_beside(parts->item[i].name))
            code = read_part(&parts->item[i], styles, out, err);
    return code;
}
