#include "daemon/workers/list_sheets.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/text/office_xml.h"

#include <stdlib.h>
#include <string.h>

#define SHEETS_MAX 1000
#define FOLDER "xl/worksheets/sheet"

struct workbook {
    struct js *tabs;    /* [{"name", "id"}…] */
    struct js *targets; /* [{"id", "target"}…] */
    bool no_memory;
};

static void no_end(void *self, const char *name)
{
    (void)self;
    (void)name;
}

static void no_text(void *self, const char *bytes, size_t size)
{
    (void)self;
    (void)bytes;
    (void)size;
}

static void keep(struct workbook *book, struct js *list, const char *key, const char *value,
                 const char *id)
{
    if (value && id && js_count(list) < SHEETS_MAX &&
        !js_push(list, js_pack("{s:s, s:s}", key, value, "id", id)))
        book->no_memory = true;
}

static void begin_tab(void *self, const char *name, const char *const *attributes)
{
    struct workbook *book = self;
    if (strcmp(name, "sheet") == 0)
        keep(book, book->tabs, "name", office_xml_attribute(attributes, "name"),
             office_xml_attribute(attributes, "id"));
}

static void begin_relation(void *self, const char *name, const char *const *attributes)
{
    struct workbook *book = self;
    if (strcmp(name, "Relationship") == 0)
        keep(book, book->targets, "target", office_xml_attribute(attributes, "Target"),
             office_xml_attribute(attributes, "Id"));
}

static void read_part(const struct office_parts *parts, const char *name,
                      void (*begin)(void *, const char *, const char *const *),
                      struct workbook *book)
{
    const struct office_part *part = office_parts_find(parts, name);
    struct office_xml reader = {begin, no_end, no_text, book};
    if (part)
        office_xml_read(part->bytes, part->size, &reader, NULL);
}

/* "worksheets/sheet2.xml" or "/xl/worksheets/sheet2.xml": the part's name. */
static const struct office_part *part_of(const struct office_parts *parts,
                                         const struct workbook *book, const char *id)
{
    for (size_t i = 0; i < js_count(book->targets); i++) {
        const struct js *one = js_item(book->targets, i);
        const char *target = js_text_or(one, "target", "");
        if (strcmp(js_text_or(one, "id", ""), id) != 0)
            continue;
        AUTO(mem)
        char *name = *target == '/' ? mem_strdup(target + 1) : mem_printf("xl/%s", target);
        return name && text_starts(name, FOLDER) ? office_parts_find(parts, name) : NULL;
    }
    return NULL;
}

static bool add(struct js *sheets, const char *name, const struct office_part *part)
{
    return js_push(sheets, js_pack("{s:s, s:s}", "name", name, "part", part->name));
}

static bool add_all(const struct office_parts *parts, const struct workbook *book,
                    struct js *sheets)
{
    bool fits = true;
    for (size_t i = 0; fits && i < js_count(book->tabs); i++) {
        const struct js *tab = js_item(book->tabs, i);
        const struct office_part *part = part_of(parts, book, js_text_or(tab, "id", ""));
        AUTO(mem) char *name = part ? text_squeeze(js_text_or(tab, "name", "")) : NULL;
        fits = !part || (name && add(sheets, name, part));
    }
    bool told = js_count(sheets) > 0;
    for (size_t i = 0; fits && !told && i < parts->count; i++)
        if (text_starts(parts->item[i].name, FOLDER))
            fits = add(sheets, parts->item[i].name + strlen("xl/worksheets/"), &parts->item[i]);
    return fits;
}

enum err_code list_sheets(const struct office_parts *parts, struct js **out, struct err *err)
{
    AUTO(js) struct js *tabs = js_array();
    AUTO(js) struct js *targets = js_array();
    AUTO(js) struct js *sheets = js_array();
    struct workbook book = {tabs, targets, !tabs || !targets || !sheets};
    read_part(parts, "xl/workbook.xml", begin_tab, &book);
    read_part(parts, "xl/_rels/workbook.xml.rels", begin_relation, &book);
    if (book.no_memory || !add_all(parts, &book, sheets))
        return err_set(err, ERR_NO_MEMORY, "sheets");
    *out = TAKE(sheets);
    return ERR_OK;
}

const char *list_sheets_find(const struct js *sheets, const char *wanted)
{
    char *end;
    if (!wanted)
        return js_text_or(js_item(sheets, 0), "part", NULL);
    for (size_t i = 0; i < js_count(sheets); i++)
        if (strcmp(js_text_or(js_item(sheets, i), "name", ""), wanted) == 0)
            return js_text_or(js_item(sheets, i), "part", NULL);
    long number = strtol(wanted, &end, 10);
    bool is_number = end != wanted && !*end && number >= 1 && number <= (long)js_count(sheets);
    return is_number ? js_text_or(js_item(sheets, (size_t)number - 1), "part", NULL) : NULL;
}
