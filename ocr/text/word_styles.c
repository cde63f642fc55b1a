#include "ocr/text/word_styles.h"

#include "daemon/base/mem.h"
#include "ocr/text/office_xml.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define STYLES_MAX 2000 /* Word's own limit is 4079; templates have some hundred */
#define BASES_MAX 20

struct style {
    char id[WORD_NAME_SIZE], base[WORD_NAME_SIZE], font[WORD_NAME_SIZE];
};

struct word_styles {
    struct style *style;
    size_t count;
    char major[WORD_NAME_SIZE], minor[WORD_NAME_SIZE]; /* of the theme */
    char fallback[WORD_NAME_SIZE];                     /* docDefaults */
    char normal[WORD_NAME_SIZE];                       /* id of the default paragraph style */
    /* while reading */
    char *theme_font;
    struct style *open;
    bool in_defaults;
    bool no_memory;
};

static void copy(char out[WORD_NAME_SIZE], const char *text)
{
    snprintf(out, WORD_NAME_SIZE, "%s", text ? text : "");
}

void word_styles_free(struct word_styles *styles)
{
    if (!styles)
        return;
    mem_free(styles->style);
    mem_free(styles);
}

/* ---- theme --------------------------------------------------------------------------------------
 */

static void begin_theme(void *self, const char *name, const char *const *attributes)
{
    struct word_styles *styles = self;
    if (strcmp(name, "majorFont") == 0)
        styles->theme_font = styles->major;
    else if (strcmp(name, "minorFont") == 0)
        styles->theme_font = styles->minor;
    else if (strcmp(name, "latin") == 0 && styles->theme_font)
        copy(styles->theme_font, office_xml_attribute(attributes, "typeface"));
}

static void end_theme(void *self, const char *name)
{
    struct word_styles *styles = self;
    if (strcmp(name, "majorFont") == 0 || strcmp(name, "minorFont") == 0)
        styles->theme_font = NULL;
}

static void no_text(void *self, const char *bytes, size_t size)
{
    (void)self;
    (void)bytes;
    (void)size;
}

/* ---- styles -------------------------------------------------------------------------------------
 */

static void open_style(struct word_styles *styles, const char *const *attributes)
{
    const char *id = office_xml_attribute(attributes, "styleId");
    const char *type = office_xml_attribute(attributes, "type");
    const char *is_default = office_xml_attribute(attributes, "default");
    if (!id || styles->count == STYLES_MAX)
        return;
    if (!styles->style)
        styles->style = mem_array(STYLES_MAX, sizeof *styles->style);
    if (!styles->style) {
        styles->no_memory = true;
        return;
    }
    styles->open = &styles->style[styles->count++];
    copy(styles->open->id, id);
    bool truly = is_default && (strcmp(is_default, "1") == 0 || strcmp(is_default, "true") == 0);
    if (truly && type && strcmp(type, "paragraph") == 0)
        copy(styles->normal, id);
}

static void begin_style(void *self, const char *name, const char *const *attributes)
{
    struct word_styles *styles = self;
    if (strcmp(name, "style") == 0)
        open_style(styles, attributes);
    else if (strcmp(name, "rPrDefault") == 0)
        styles->in_defaults = true;
    else if (strcmp(name, "basedOn") == 0 && styles->open)
        copy(styles->open->base, office_xml_attribute(attributes, "val"));
    else if (strcmp(name, "rFonts") == 0 && styles->in_defaults)
        copy(styles->fallback, word_styles_font(styles, attributes));
    else if (strcmp(name, "rFonts") == 0 && styles->open)
        copy(styles->open->font, word_styles_font(styles, attributes));
}

static void end_style(void *self, const char *name)
{
    struct word_styles *styles = self;
    if (strcmp(name, "style") == 0)
        styles->open = NULL;
    else if (strcmp(name, "rPrDefault") == 0)
        styles->in_defaults = false;
}

enum err_code word_styles_read(const struct office_parts *parts, struct word_styles **out,
                               struct err *err)
{
    AUTO(word_styles) struct word_styles *styles = mem_alloc(sizeof *styles);
    if (!styles)
        return err_set(err, ERR_NO_MEMORY, "styles");
    const struct office_part *theme = office_parts_find(parts, "word/theme/theme1.xml");
    const struct office_part *part = office_parts_find(parts, "word/styles.xml");
    struct office_xml theme_reader = {begin_theme, end_theme, no_text, styles};
    struct office_xml style_reader = {begin_style, end_style, no_text, styles};
    enum err_code code =
        theme ? office_xml_read(theme->bytes, theme->size, &theme_reader, err) : ERR_OK;
    if (!code && part)
        code = office_xml_read(part->bytes, part->size, &style_reader, err);
    if (!code && styles->no_memory)
        code = err_set(err, ERR_NO_MEMORY, "styles");
    if (!code)
        *out = TAKE(styles);
    return code;
}

/* ---- fonts --------------------------------------------------------------------------------------
 */

const char *word_styles_font(const struct word_styles *styles, const char *const *attributes)
{
    static const char *const themes[] = {"hAnsiTheme", "asciiTheme"};
    static const char *const plain[] = {"hAnsi", "ascii"};
    for (int i = 0; i < 2; i++) {
        const char *theme = office_xml_attribute(attributes, themes[i]);
        const char *font = office_xml_attribute(attributes, plain[i]);
        if (theme && strncmp(theme, "major", 5) == 0 && styles->major[0])
            return styles->major;
        if (theme && strncmp(theme, "minor", 5) == 0 && styles->minor[0])
            return styles->minor;
        if (font && *font)
            return font;
    }
    return NULL;
}

static const struct style *find(const struct word_styles *styles, const char *id)
{
    for (size_t i = 0; i < styles->count; i++)
        if (strncmp(styles->style[i].id, id, WORD_NAME_SIZE - 1) == 0)
            return &styles->style[i];
    return NULL;
}

const char *word_styles_font_of(const struct word_styles *styles, const char *id)
{
    for (int bases = 0; id && *id && bases < BASES_MAX; bases++) {
        const struct style *style = find(styles, id);
        if (!style)
            return NULL;
        if (style->font[0])
            return style->font;
        id = style->base;
    }
    return NULL;
}

const char *word_styles_default(const struct word_styles *styles)
{
    const char *font = word_styles_font_of(styles, styles->normal);
    return font ? font : styles->fallback[0] ? styles->fallback : NULL;
}
