#include "ocr/text/office_text.h"

#include "daemon/base/text.h"
#include "ocr/text/office_xml.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FONTS_MAX 512 /* Excel's own limit */
#define FORMATS_MAX 65536
#define STRINGS_MAX 2000000
#define COLUMNS_MAX 1000 /* tabs written before a cell that lies far to the right */
#define NAME_SIZE 100
#define VALUE_SIZE 400 /* numbers, indexes */

/* A shared string. Where its runs name fonts it is Unicode already; else the cell's font decides.
 */
struct shared {
    char *text;
    bool has_fonts;
};

struct sheet_reading {
    struct font_runs *out;
    /* styles: font of each cell format */
    char (*font)[NAME_SIZE];
    size_t font_count;
    uint16_t *format;
    size_t format_count;
    bool in_fonts, in_formats;
    /* shared strings */
    struct shared *shared;
    size_t shared_count, shared_room;
    struct font_runs string;
    bool string_has_fonts;
    char run_font[NAME_SIZE];
    /* the cell */
    char type[16], value[VALUE_SIZE];
    size_t value_size, cell_format;
    int column; /* cells of the row so far */
    bool in_text, in_value, in_phonetic, no_memory;
};

static bool is(const char *name, const char *other)
{
    return strcmp(name, other) == 0;
}

static void reading_auto(struct sheet_reading *reading)
{
    for (size_t i = 0; i < reading->shared_count; i++)
        mem_free(reading->shared[i].text);
    mem_free(reading->shared);
    mem_free(reading->font);
    mem_free(reading->format);
    font_runs_done(&reading->string);
}

static size_t number_of(const char *text)
{
    char *end;
    unsigned long number = text && isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;
    return (size_t)number;
}

/* ---- fonts of cell formats ----------------------------------------------------------------------
 */

static void begin_style(void *self, const char *name, const char *const *attributes)
{
    struct sheet_reading *reading = self;
    reading->in_fonts = reading->in_fonts || is(name, "fonts");
    reading->in_formats = reading->in_formats || is(name, "cellXfs");
    if (is(name, "font") && reading->in_fonts && reading->font_count < FONTS_MAX)
        reading->font_count++;
    else if (is(name, "name") && reading->in_fonts && reading->font_count)
        snprintf(reading->font[reading->font_count - 1], NAME_SIZE, "%s",
                 office_xml_attribute(attributes, "val") ? office_xml_attribute(attributes, "val")
                                                         : "");
    else if (is(name, "xf") && reading->in_formats && reading->format_count < FORMATS_MAX)
        reading->format[reading->format_count++] =
            (uint16_t)number_of(office_xml_attribute(attributes, "fontId"));
}

static void end_style(void *self, const char *name)
{
    struct sheet_reading *reading = self;
    reading->in_fonts = reading->in_fonts && !is(name, "fonts");
    reading->in_formats = reading->in_formats && !is(name, "cellXfs");
}

static void no_text(void *self, const char *bytes, size_t size)
{
    (void)self;
    (void)bytes;
    (void)size;
}

/* NULL: not known. */
static const char *font_of_cell(const struct sheet_reading *reading)
{
    size_t format = reading->cell_format;
    size_t font = format < reading->format_count ? reading->format[format] : 0;
    return font < reading->font_count ? reading->font[font] : NULL;
}

/* ---- strings: shared ones and those in cells
 * -----------------------------------------------------
 */

static void open_string(struct sheet_reading *reading)
{
    font_runs_done(&reading->string);
    font_runs_init(&reading->string);
    reading->string_has_fonts = false;
    reading->run_font[0] = 0;
}

static void begin_in_string(struct sheet_reading *reading, const char *name,
                            const char *const *attributes)
{
    const char *font = office_xml_attribute(attributes, "val");
    if (is(name, "t"))
        reading->in_text = !reading->in_phonetic;
    else if (is(name, "rPh"))
        reading->in_phonetic = true;
    else if (is(name, "r"))
        reading->run_font[0] = 0;
    else if (is(name, "rFont") && font) {
        snprintf(reading->run_font, NAME_SIZE, "%s", font);
        reading->string_has_fonts = true;
    }
}

static void end_in_string(struct sheet_reading *reading, const char *name)
{
    if (is(name, "t"))
        reading->in_text = false;
    else if (is(name, "rPh"))
        reading->in_phonetic = false;
}

static void keep_string(struct sheet_reading *reading)
{
    if (reading->shared_count == reading->shared_room) {
        size_t room = reading->shared_room ? 2 * reading->shared_room : 1024;
        struct shared *shared =
            room <= STRINGS_MAX ? mem_resize(reading->shared, room * sizeof *shared) : NULL;
        reading->no_memory = reading->no_memory || !shared;
        if (!shared)
            return;
        reading->shared = shared;
        reading->shared_room = room;
    }
    struct shared made = {font_runs_take(&reading->string), reading->string_has_fonts};
    reading->no_memory = reading->no_memory || !made.text;
    if (made.text)
        reading->shared[reading->shared_count++] = made;
}

static void begin_shared(void *self, const char *name, const char *const *attributes)
{
    if (is(name, "si"))
        open_string(self);
    else
        begin_in_string(self, name, attributes);
}

static void end_shared(void *self, const char *name)
{
    if (is(name, "si"))
        keep_string(self);
    else
        end_in_string(self, name);
}

static void text_of_string(void *self, const char *bytes, size_t size)
{
    struct sheet_reading *reading = self;
    if (reading->in_text)
        font_runs_add(&reading->string, reading->run_font, bytes, size);
}

/* ---- cells
 * ---------------------------------------------------------------------------------------
 */

/* "AB12" is column 28; 0: it does not say. */
static int column_of(const char *reference)
{
    int column = 0;
    for (; reference && isupper((unsigned char)*reference) && column < 100000; reference++)
        column = column * 26 + (*reference - 'A' + 1);
    return column;
}

static void open_cell(struct sheet_reading *reading, const char *const *attributes)
{
    const char *type = office_xml_attribute(attributes, "t");
    int column = column_of(office_xml_attribute(attributes, "r"));
    column = column ? column : reading->column + 1;
    snprintf(reading->type, sizeof reading->type, "%s", type ? type : "n");
    reading->cell_format = number_of(office_xml_attribute(attributes, "s"));
    reading->value_size = 0;
    open_string(reading);
    for (int i = reading->column ? reading->column : 1; i < column && i < COLUMNS_MAX; i++)
        font_runs_break(reading->out, "\t");
    reading->column = column;
}

static void close_cell(struct sheet_reading *reading)
{
    const char *font = font_of_cell(reading);
    reading->value[reading->value_size] = 0;
    if (is(reading->type, "s")) {
        size_t index = number_of(reading->value);
        const struct shared *shared =
            index < reading->shared_count ? &reading->shared[index] : NULL;
        if (shared)
            font_runs_add(reading->out, shared->has_fonts ? NULL : font, shared->text,
                          strlen(shared->text));
    } else if (is(reading->type, "inlineStr")) {
        AUTO(mem) char *text = font_runs_take(&reading->string);
        if (text)
            font_runs_add(reading->out, reading->string_has_fonts ? NULL : font, text,
                          strlen(text));
    } else {
        font_runs_add(reading->out, is(reading->type, "str") ? font : NULL, reading->value,
                      reading->value_size);
    }
}

static void begin_sheet(void *self, const char *name, const char *const *attributes)
{
    struct sheet_reading *reading = self;
    if (is(name, "row"))
        reading->column = 0;
    else if (is(name, "c"))
        open_cell(reading, attributes);
    else if (is(name, "v"))
        reading->in_value = true;
    else
        begin_in_string(reading, name, attributes);
}

static void end_sheet(void *self, const char *name)
{
    struct sheet_reading *reading = self;
    if (is(name, "row"))
        font_runs_break(reading->out, "\n");
    else if (is(name, "c"))
        close_cell(reading);
    else if (is(name, "v"))
        reading->in_value = false;
    else
        end_in_string(reading, name);
}

static void text_of_sheet(void *self, const char *bytes, size_t size)
{
    struct sheet_reading *reading = self;
    size_t room = VALUE_SIZE - 1 - reading->value_size;
    if (!reading->in_value) {
        text_of_string(self, bytes, size);
        return;
    }
    size = size < room ? size : room;
    memcpy(reading->value + reading->value_size, bytes, size);
    reading->value_size += size;
}

/* ---- all
 * ------------------------------------------------------------------------------------------
 */

static enum err_code read_part(const struct office_parts *parts, const char *name,
                               const struct office_xml *reader, struct err *err)
{
    const struct office_part *part = office_parts_find(parts, name);
    return part ? office_xml_read(part->bytes, part->size, reader, err) : ERR_OK;
}

enum err_code sheet_text_read(const struct office_parts *parts, struct font_runs *out,
                              struct err *err)
{
    AUTO(reading) struct sheet_reading reading = {.out = out};
    struct office_xml styles = {begin_style, end_style, no_text, &reading};
    struct office_xml shared = {begin_shared, end_shared, text_of_string, &reading};
    struct office_xml sheet = {begin_sheet, end_sheet, text_of_sheet, &reading};
    int sheets = 0;
    reading.font = mem_array(FONTS_MAX, sizeof *reading.font);
    reading.format = mem_array(FORMATS_MAX, sizeof *reading.format);
    if (!reading.font || !reading.format)
        return err_set(err, ERR_NO_MEMORY, "register");
    enum err_code code = read_part(parts, "xl/styles.xml", &styles, err);
    if (!code)
        code = read_part(parts, "xl/sharedStrings.xml", &shared, err);
    for (size_t i = 0; !code && i < parts->count; i++) {
        if (!text_starts(parts->item[i].name, "xl/worksheets/sheet"))
            continue;
        if (sheets++)
            font_runs_break(out, "\n");
        code = read_part(parts, parts->item[i].name, &sheet, err);
        if (!code && font_runs_full(out))
            code = err_set(err, ERR_TOO_LARGE, "more text than any register has");
    }
    if (!code && reading.no_memory)
        code = err_set(err, ERR_NO_MEMORY, "register");
    if (!code && !sheets)
        code = err_set(err, ERR_FORMAT_UNKNOWN, "neither a text nor a register");
    return code;
}
