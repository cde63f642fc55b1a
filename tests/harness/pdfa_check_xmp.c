#include "tests/harness/pdfa_check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Clause 6.6: the XMP packet. A small XML scanner: tags, attributes, namespaces. */

#define DEPTH_MAX 64
#define NAMES_MAX 400
#define NAME_MAX 200

struct names {
    char prefix[NAMES_MAX][NAME_MAX];
    char value[NAMES_MAX][NAME_MAX];
    size_t count;
};

struct xmp {
    struct check *check;
    struct names namespaces; /* prefix → URI */
    struct names used;       /* prefix, name of top-level properties */
    struct names described;  /* "" → namespaces and properties of extension schemas */
    struct names container;  /* "" → elements of the extension schemas, "prefix:name" */
    char stack[DEPTH_MAX][NAME_MAX];
    size_t depth;
    char part[NAME_MAX], conformance[NAME_MAX];
};

static const char *const predefined[] = {"http://purl.org/dc/elements/1.1/",
                                         "http://ns.adobe.com/xap/1.0/",
                                         "http://ns.adobe.com/xap/1.0/rights/",
                                         "http://ns.adobe.com/xap/1.0/mm/",
                                         "http://ns.adobe.com/xap/1.0/bj/",
                                         "http://ns.adobe.com/xap/1.0/t/pg/",
                                         "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
                                         "http://ns.adobe.com/pdf/1.3/",
                                         "http://ns.adobe.com/photoshop/1.0/",
                                         "http://ns.adobe.com/camera-raw-settings/1.0/",
                                         "http://ns.adobe.com/tiff/1.0/",
                                         "http://ns.adobe.com/exif/1.0/",
                                         "http://ns.adobe.com/exif/1.0/aux/",
                                         "http://www.aiim.org/pdfa/ns/id/",
                                         "http://www.aiim.org/pdfa/ns/extension/",
                                         "http://www.aiim.org/pdfa/ns/schema#",
                                         "http://www.aiim.org/pdfa/ns/property#",
                                         "http://www.aiim.org/pdfa/ns/type#",
                                         "http://www.aiim.org/pdfa/ns/field#",
                                         "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
                                         "http://www.w3.org/XML/1998/namespace",
                                         "adobe:ns:meta/"};

static void add(struct names *names, const char *prefix, const char *value)
{
    if (names->count == NAMES_MAX)
        return;
    snprintf(names->prefix[names->count], NAME_MAX, "%s", prefix);
    snprintf(names->value[names->count++], NAME_MAX, "%s", value);
}

static const char *find_uri(const struct xmp *xmp, const char *prefix)
{
    for (size_t i = xmp->namespaces.count; i-- > 0;)
        if (strcmp(xmp->namespaces.prefix[i], prefix) == 0)
            return xmp->namespaces.value[i];
    return strcmp(prefix, "xml") == 0 ? "http://www.w3.org/XML/1998/namespace" : NULL;
}

static bool is_predefined(const char *uri)
{
    for (size_t i = 0; i < sizeof predefined / sizeof predefined[0]; i++)
        if (strcmp(predefined[i], uri) == 0)
            return true;
    return false;
}

static bool is_described(const struct xmp *xmp, const char *text)
{
    for (size_t i = 0; i < xmp->described.count; i++)
        if (strcmp(xmp->described.value[i], text) == 0)
            return true;
    return false;
}

static void split(const char *name, char prefix[NAME_MAX], char local[NAME_MAX])
{
    const char *colon = strchr(name, ':');
    int length = colon ? (int)(colon - name) : 0;
    snprintf(prefix, NAME_MAX, "%.*s", length, name);
    snprintf(local, NAME_MAX, "%s", colon ? colon + 1 : name);
}

/* The schemas that describe extensions have fixed prefixes (ISO 19005-2, 6.6.2.3.3). */
static void note_container(struct xmp *xmp, const char *uri, const char *prefix, const char *local)
{
    static const struct {
        const char *uri, *prefix;
    } fixed[] = {{"http://www.aiim.org/pdfa/ns/extension/", "pdfaExtension"},
                 {"http://www.aiim.org/pdfa/ns/schema#", "pdfaSchema"},
                 {"http://www.aiim.org/pdfa/ns/property#", "pdfaProperty"},
                 {"http://www.aiim.org/pdfa/ns/type#", "pdfaType"},
                 {"http://www.aiim.org/pdfa/ns/field#", "pdfaField"}};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (strcmp(uri, fixed[i].uri) == 0 && strcmp(prefix, fixed[i].prefix) != 0)
            fault(xmp->check, "6.6.2.3.3", "prefix '%s' instead of '%s'", prefix, fixed[i].prefix);
    char name[NAME_MAX];
    snprintf(name, sizeof name, "%.90s:%.90s", prefix, local);
    add(&xmp->container, "", name);
}

static size_t count_container(const struct xmp *xmp, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < xmp->container.count; i++)
        count += strcmp(xmp->container.value[i], name) == 0;
    return count;
}

/* Each description has all its parts: as many of one as of the other. */
static void check_container(struct xmp *xmp)
{
    static const char *const same[][5] = {
        {"pdfaSchema:namespaceURI", "pdfaSchema:schema", "pdfaSchema:prefix", NULL},
        {"pdfaProperty:name", "pdfaProperty:valueType", "pdfaProperty:category",
         "pdfaProperty:description", NULL},
        {"pdfaType:type", "pdfaType:namespaceURI", "pdfaType:prefix", "pdfaType:description", NULL},
        {"pdfaField:name", "pdfaField:valueType", "pdfaField:description", NULL}};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        for (size_t k = 1; k < 5 && same[i][k]; k++)
            if (count_container(xmp, same[i][0]) != count_container(xmp, same[i][k]))
                fault(xmp->check, "6.6.2.3.3", "%s and %s do not go together", same[i][0],
                      same[i][k]);
}

static void note_value(struct xmp *xmp, const char *name, const char *value)
{
    char prefix[NAME_MAX], local[NAME_MAX];
    split(name, prefix, local);
    const char *uri = find_uri(xmp, prefix);
    if (!uri)
        return;
    if (strcmp(uri, "http://www.aiim.org/pdfa/ns/id/") == 0 && strcmp(prefix, "pdfaid") != 0)
        fault(xmp->check, "6.6.4", "identification with prefix '%s'", prefix);
    if (strcmp(uri, "http://www.aiim.org/pdfa/ns/id/") == 0 && strcmp(local, "part") == 0)
        snprintf(xmp->part, NAME_MAX, "%s", value);
    if (strcmp(uri, "http://www.aiim.org/pdfa/ns/id/") == 0 && strcmp(local, "conformance") == 0)
        snprintf(xmp->conformance, NAME_MAX, "%s", value);
    if (strncmp(uri, "http://www.aiim.org/pdfa/ns/", 28) == 0)
        note_container(xmp, uri, prefix, local);
    bool schema_uri = strcmp(uri, "http://www.aiim.org/pdfa/ns/schema#") == 0 &&
                      strcmp(local, "namespaceURI") == 0;
    bool property =
        strcmp(uri, "http://www.aiim.org/pdfa/ns/property#") == 0 && strcmp(local, "name") == 0;
    if (schema_uri || property)
        add(&xmp->described, "", value);
}

static bool in_top_description(const struct xmp *xmp)
{
    return xmp->depth > 0 && strstr(xmp->stack[xmp->depth - 1], ":Description") &&
           (xmp->depth < 2 || strstr(xmp->stack[xmp->depth - 2], ":RDF"));
}

static void note_property(struct xmp *xmp, const char *name)
{
    char prefix[NAME_MAX], local[NAME_MAX];
    split(name, prefix, local);
    add(&xmp->used, prefix, local);
}

/* Attributes of a tag: namespaces first, then values. */
static void read_attributes(struct xmp *xmp, const char *from, const char *end, bool description)
{
    for (int pass = 0; pass < 2; pass++) {
        for (const char *p = from; p < end;) {
            while (p < end && !isalpha((unsigned char)*p))
                p++;
            const char *name_end = p;
            while (name_end < end && *name_end != '=' && !isspace((unsigned char)*name_end))
                name_end++;
            const char *quote = name_end;
            while (quote < end && *quote != '"' && *quote != '\'')
                quote++;
            const char *close =
                quote < end ? memchr(quote + 1, *quote, (size_t)(end - quote - 1)) : NULL;
            if (!close)
                break;
            char name[NAME_MAX], value[NAME_MAX];
            snprintf(name, sizeof name, "%.*s", (int)(name_end - p), p);
            snprintf(value, sizeof value, "%.*s", (int)(close - quote - 1), quote + 1);
            bool is_namespace = strncmp(name, "xmlns:", 6) == 0;
            if (pass == 0 && is_namespace)
                add(&xmp->namespaces, name + 6, value);
            if (pass == 1 && !is_namespace) {
                note_value(xmp, name, value);
                if (description && strncmp(name, "rdf:", 4) != 0 && strncmp(name, "xml:", 4) != 0)
                    note_property(xmp, name);
            }
            p = close + 1;
        }
    }
}

static bool close_tag(struct xmp *xmp, const char *name)
{
    return xmp->depth > 0 && strcmp(xmp->stack[--xmp->depth], name) == 0;
}

/* The tag from '<' to '>'; the text behind it up to the next '<' is its value. */
static bool read_tag(struct xmp *xmp, const char *open, const char *close)
{
    char name[NAME_MAX];
    bool ends = open[1] == '/', single = close[-1] == '/';
    const char *from = open + (ends ? 2 : 1), *end = from;
    while (end < close && !isspace((unsigned char)*end) && *end != '/')
        end++;
    snprintf(name, sizeof name, "%.*s", (int)(end - from), from);
    if (ends)
        return close_tag(xmp, name);
    bool top = in_top_description(xmp);
    bool description = strstr(name, ":Description") && xmp->depth > 0 &&
                       strstr(xmp->stack[xmp->depth - 1], ":RDF");
    read_attributes(xmp, end, close, description);
    if (top)
        note_property(xmp, name);
    char prefix[NAME_MAX], local[NAME_MAX], value[NAME_MAX];
    split(name, prefix, local);
    if (*prefix && !find_uri(xmp, prefix))
        return false;
    const char *text_end = strchr(close, '<');
    snprintf(value, sizeof value, "%.*s", text_end ? (int)(text_end - close - 1) : 0, close + 1);
    note_value(xmp, name, value);
    if (single)
        return true;
    if (xmp->depth == DEPTH_MAX)
        return false;
    snprintf(xmp->stack[xmp->depth++], NAME_MAX, "%s", name);
    return true;
}

static bool scan(struct xmp *xmp, const char *text)
{
    for (const char *open = strchr(text, '<'); open; open = strchr(open + 1, '<')) {
        if (strncmp(open, "<!--", 4) == 0) {
            open = strstr(open, "-->");
            if (!open)
                return false;
            continue;
        }
        if (open[1] == '?')
            continue;
        const char *close = strchr(open, '>');
        if (!close || !read_tag(xmp, open, close))
            return false;
    }
    return xmp->depth == 0;
}

static void check_identification(struct xmp *xmp)
{
    bool part = strcmp(xmp->part, "2") == 0 || strcmp(xmp->part, "3") == 0;
    if (!part)
        fault(xmp->check, "6.6.4", "pdfaid:part is '%s'", xmp->part);
    const char *level = xmp->conformance;
    bool fits = strcmp(level, "U") == 0 || strcmp(level, "A") == 0 ||
                (!xmp->check->level_u && strcmp(level, "B") == 0);
    if (!fits)
        fault(xmp->check, "6.6.4", "pdfaid:conformance is '%s'", level);
}

static void check_header(struct check *check, const char *text)
{
    const char *header = strstr(text, "<?xpacket begin=");
    const char *end = header ? strstr(header, "?>") : NULL;
    if (!end) {
        fault(check, "6.6.2.1", "no xpacket header");
        return;
    }
    const char *bytes = strstr(header, "bytes="), *encoding = strstr(header, "encoding=");
    if ((bytes && bytes < end) || (encoding && encoding < end))
        fault(check, "6.6.2.1", "bytes or encoding in the xpacket header");
}

/* Value types of the predefined properties this project writes (XMP specification 2005, 4). */
static void check_types(struct check *check, const char *text)
{
    static const struct {
        const char *open, *inside; /* inside NULL: plain text */
        bool date;
    } known[] = {{"<dc:title>", "<rdf:Alt", false},    {"<dc:creator>", "<rdf:Seq", false},
                 {"<dc:language>", "<rdf:Bag", false}, {"<dc:format>", NULL, false},
                 {"<xmp:CreateDate>", NULL, true},     {"<xmp:ModifyDate>", NULL, true},
                 {"<xmp:CreatorTool>", NULL, false},   {"<pdf:Producer>", NULL, false}};
    static const char *const attributes[] = {" dc:title=", " dc:creator=", " dc:language="};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const char *at = strstr(text, known[i].open);
        if (!at)
            continue;
        at += strlen(known[i].open);
        at += known[i].inside ? strspn(at, " \t\r\n") : 0;
        const char *next = strchr(at, '<');
        int year, month, day, used = 0;
        bool fits = known[i].inside ? strncmp(at, known[i].inside, 8) == 0
                                    : next && strncmp(next, "</", 2) == 0;
        if (known[i].date)
            fits = fits && sscanf(at, "%4d-%2d-%2d%n", &year, &month, &day, &used) >= 1;
        if (!fits)
            fault(check, "6.6.2.3.1", "%s has a value of another type", known[i].open);
    }
    const char *title = strstr(text, "<dc:title>"),
               *title_end = title ? strstr(title, "</dc:title>") : NULL;
    for (const char *li = title; li && (li = strstr(li + 1, "<rdf:li")) && li < title_end;)
        if (strncmp(li + 7, " xml:lang=", 10) != 0)
            fault(check, "6.6.2.3.1", "dc:title without languages");
    for (size_t i = 0; i < 3; i++)
        if (strstr(text, attributes[i]))
            fault(check, "6.6.2.3.1", "%s is no array", attributes[i] + 1);
}

void check_xmp(struct check *check, const char *text, size_t size)
{
    if (strlen(text) != size) {
        fault(check, "6.6.2.1", "XMP is not UTF-8");
        return;
    }
    struct xmp *xmp = calloc(1, sizeof *xmp);
    xmp->check = check;
    check_header(check, text);
    if (!scan(xmp, text))
        fault(check, "6.6.2.1", "XMP is not well-formed");
    check_identification(xmp);
    check_container(xmp);
    check_types(check, text);
    for (size_t i = 0; i < xmp->used.count; i++) {
        const char *uri = find_uri(xmp, xmp->used.prefix[i]);
        if (!uri || is_predefined(uri))
            continue;
        if (!is_described(xmp, uri) || !is_described(xmp, xmp->used.value[i]))
            fault(check, "6.6.2.3", "property %s:%s is not described", xmp->used.prefix[i],
                  xmp->used.value[i]);
    }
    free(xmp);
}
