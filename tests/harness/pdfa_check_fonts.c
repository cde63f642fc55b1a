#include "tests/harness/pdfa_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Clause 6.2.11: fonts; TrueType programs and ToUnicode maps are read here. */

#define WIDTH_TOLERANCE 1.0

struct truetype {
    unsigned char *bytes;
    size_t size;
    size_t widths; /* offset of hmtx */
    unsigned units_per_em, metric_count, glyph_count;
};

static unsigned u16(const struct truetype *font, size_t at)
{
    return at + 2 <= font->size ? font->bytes[at] * 256u + font->bytes[at + 1] : 0;
}

static size_t table(const struct truetype *font, const char *tag)
{
    unsigned count = u16(font, 4);
    for (unsigned i = 0; i < count; i++) {
        size_t entry = 12 + 16 * (size_t)i;
        if (entry + 16 <= font->size && memcmp(font->bytes + entry, tag, 4) == 0)
            return (size_t)u16(font, entry + 8) << 16 | u16(font, entry + 10);
    }
    return 0;
}

static bool read_truetype(struct check *check, qpdf_oh stream, struct truetype *out)
{
    out->bytes = stream_data(check, stream, &out->size);
    if (!out->bytes)
        return false;
    size_t head = table(out, "head"), hhea = table(out, "hhea"), maxp = table(out, "maxp");
    out->widths = table(out, "hmtx");
    if (!head || !hhea || !maxp || !out->widths || !table(out, "glyf") || !table(out, "loca"))
        return false;
    out->units_per_em = u16(out, head + 18);
    out->metric_count = u16(out, hhea + 34);
    out->glyph_count = u16(out, maxp + 4);
    return out->units_per_em && out->metric_count && out->glyph_count;
}

static double truetype_width(const struct truetype *font, unsigned glyph)
{
    unsigned row = glyph < font->metric_count ? glyph : font->metric_count - 1;
    return u16(font, font->widths + 4 * (size_t)row) * 1000.0 / font->units_per_em;
}

/* /W and /DW of a CIDFont as widths[65536]. */
static double *read_widths(struct check *check, qpdf_oh font)
{
    double *widths = malloc(65536 * sizeof *widths);
    qpdf_oh fallback = key(check, font, "/DW"), list = key(check, font, "/W");
    double usual = qpdf_oh_is_number(check->qpdf, fallback)
                       ? qpdf_oh_get_numeric_value(check->qpdf, fallback)
                       : 1000;
    for (size_t i = 0; i < 65536; i++)
        widths[i] = usual;
    int count =
        qpdf_oh_is_array(check->qpdf, list) ? qpdf_oh_get_array_n_items(check->qpdf, list) : 0;
    for (int i = 0; i + 1 < count;) {
        int first =
            qpdf_oh_get_int_value_as_int(check->qpdf, qpdf_oh_get_array_item(check->qpdf, list, i));
        qpdf_oh second = qpdf_oh_get_array_item(check->qpdf, list, i + 1);
        if (qpdf_oh_is_array(check->qpdf, second)) {
            int n = qpdf_oh_get_array_n_items(check->qpdf, second);
            for (int k = 0; k < n && first + k < 65536; k++)
                widths[first + k] = qpdf_oh_get_numeric_value(
                    check->qpdf, qpdf_oh_get_array_item(check->qpdf, second, k));
            i += 2;
            continue;
        }
        int last = qpdf_oh_get_int_value_as_int(check->qpdf, second);
        double width = qpdf_oh_get_numeric_value(check->qpdf,
                                                 qpdf_oh_get_array_item(check->qpdf, list, i + 2));
        for (int k = first; k <= last && k >= 0 && k < 65536; k++)
            widths[k] = width;
        i += 3;
    }
    return widths;
}

static void check_used_glyphs(struct check *check, qpdf_oh font, const struct truetype *truetype,
                              const unsigned char *used)
{
    qpdf_oh map = key(check, font, "/CIDToGIDMap");
    size_t map_size = 0;
    unsigned char *gids = stream_data(check, map, &map_size);
    double *widths = read_widths(check, font);
    for (unsigned cid = 0; cid < 65536; cid++) {
        if (!(used[cid / 8] & 1 << cid % 8))
            continue;
        unsigned glyph = cid;
        if (gids)
            glyph = 2 * (size_t)cid + 1 < map_size ? gids[2 * cid] * 256u + gids[2 * cid + 1] : 0;
        if (glyph == 0) {
            fault(check, "6.2.11.8", "CID %u is .notdef", cid);
            continue;
        }
        if (glyph >= truetype->glyph_count) {
            fault(check, "6.2.11.4.1", "glyph %u of CID %u is not in the font", glyph, cid);
            continue;
        }
        double program = truetype_width(truetype, glyph);
        if (widths[cid] - program > WIDTH_TOLERANCE || program - widths[cid] > WIDTH_TOLERANCE)
            fault(check, "6.2.11.5", "CID %u is %.0f wide in the file, %.0f in the font", cid,
                  widths[cid], program);
    }
    free(widths);
    free(gids);
}

static const char *skip_to(const char *p, char c)
{
    while (*p && *p != c)
        p++;
    return p;
}

static void check_target(struct check *check, unsigned code, const char *hex)
{
    if (strncmp(hex, "0000", 4) == 0 || strncasecmp(hex, "FEFF", 4) == 0 ||
        strncasecmp(hex, "FFFE", 4) == 0 || hex[0] == '>')
        fault(check, "6.2.11.7.2", "code %04x maps to U+%.4s", code, hex);
}

static unsigned add_hex(const char *hex, unsigned more)
{
    return (unsigned)strtoul(hex, NULL, 16) + more;
}

/* Codes the map says something about, and faults for targets that are none. */
static void read_to_unicode(struct check *check, const char *text, const unsigned char *used,
                            unsigned char *mapped)
{
    for (const char *p = text; (p = strstr(p, "beginbf"));) {
        bool range = strncmp(p, "beginbfrange", 12) == 0;
        const char *end = strstr(p, "endbf");
        p = skip_to(p, '<');
        while (end && p < end && *p) {
            unsigned first = add_hex(p + 1, 0), last = first;
            p = skip_to(p + 1, '<');
            if (range) {
                last = add_hex(p + 1, 0);
                p += strcspn(p + 1, "<[") + 1;
            }
            bool list = *p == '[';
            for (unsigned code = first; code <= last && code < 65536; code++) {
                if (list)
                    p = skip_to(p + 1, '<');
                char hex[9];
                unsigned more = list ? 0 : code - first;
                snprintf(hex, sizeof hex, "%04X", (add_hex(p + 1, 0) + more) & 0xFFFF);
                bool longer = strcspn(p + 1, ">") > 4;
                mapped[code / 8] |= (unsigned char)(1 << code % 8);
                if (used[code / 8] & 1 << code % 8)
                    check_target(check, code, longer || p[1] == '>' ? p + 1 : hex);
            }
            p = skip_to(p + 1, '<');
        }
    }
}

/* Adobe's character collections say themselves which characters their CIDs are. */
static bool uses_known_collection(struct check *check, qpdf_oh font)
{
    static const char *const known[] = {"GB1", "CNS1", "Japan1", "Korea1"};
    qpdf_oh descendant =
        qpdf_oh_get_array_item(check->qpdf, key(check, font, "/DescendantFonts"), 0);
    qpdf_oh ordering = key(check, key(check, descendant, "/CIDSystemInfo"), "/Ordering");
    if (!qpdf_oh_is_string(check->qpdf, ordering))
        return false;
    const char *name = qpdf_oh_get_string_value(check->qpdf, ordering);
    for (size_t i = 0; i < 4; i++)
        if (strcmp(name, known[i]) == 0)
            return true;
    return false;
}

static void check_to_unicode(struct check *check, qpdf_oh font, const unsigned char *used)
{
    size_t size = 0;
    unsigned char *text = stream_data(check, key(check, font, "/ToUnicode"), &size);
    bool composite = is_name(check, key(check, font, "/Subtype"), "/Type0");
    if (!text) {
        if (composite && !uses_known_collection(check, font))
            fault(check, "6.2.11.7.2", "composite font without ToUnicode");
        return;
    }
    unsigned char *mapped = calloc(1, 65536 / 8);
    read_to_unicode(check, (const char *)text, used, mapped);
    for (unsigned code = 0; composite && code < 65536; code++)
        if ((used[code / 8] & ~mapped[code / 8]) & 1 << code % 8)
            fault(check, "6.2.11.7.2", "code %04x has no Unicode value", code);
    free(mapped);
    free(text);
}

static bool has_program(struct check *check, qpdf_oh font)
{
    qpdf_oh descriptor = key(check, font, "/FontDescriptor");
    static const char *const files[] = {"/FontFile", "/FontFile2", "/FontFile3"};
    for (size_t i = 0; i < 3; i++)
        if (qpdf_oh_is_stream(check->qpdf, key(check, descriptor, files[i])))
            return true;
    return false;
}

static void check_cid_font(struct check *check, qpdf_oh font, qpdf_oh parent,
                           const unsigned char *used)
{
    qpdf_oh encoding = key(check, parent, "/Encoding");
    bool identity =
        is_name(check, encoding, "/Identity-H") || is_name(check, encoding, "/Identity-V");
    bool truetype_font = is_name(check, key(check, font, "/Subtype"), "/CIDFontType2");
    qpdf_oh map = key(check, font, "/CIDToGIDMap");
    if (truetype_font && !qpdf_oh_is_stream(check->qpdf, map) && !is_name(check, map, "/Identity"))
        fault(check, "6.2.11.3.2", "CIDFontType2 without CIDToGIDMap");
    if (!has_program(check, font)) {
        fault(check, "6.2.11.4.1", "font is not embedded");
        return;
    }
    qpdf_oh program = key(check, key(check, font, "/FontDescriptor"), "/FontFile2");
    if (!identity || !truetype_font || !qpdf_oh_is_stream(check->qpdf, program))
        return;
    struct truetype truetype = {0};
    if (read_truetype(check, program, &truetype))
        check_used_glyphs(check, font, &truetype, used);
    else
        fault(check, "6.2.11.4.1", "font program is no TrueType font");
    free(truetype.bytes);
}

void check_font(struct check *check, qpdf_oh font, const unsigned char *used)
{
    qpdf_oh subtype = key(check, font, "/Subtype");
    if (check->level_u)
        check_to_unicode(check, font, used);
    if (is_name(check, subtype, "/Type3"))
        return;
    if (!is_name(check, subtype, "/Type0")) {
        if (!has_program(check, font))
            fault(check, "6.2.11.4.1", "font is not embedded");
        return;
    }
    qpdf_oh descendants = key(check, font, "/DescendantFonts");
    check_cid_font(check, qpdf_oh_get_array_item(check->qpdf, descendants, 0), font, used);
}
