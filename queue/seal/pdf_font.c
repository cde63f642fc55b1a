#include "queue/seal/pdf_font.h"

#include "daemon/base/hash.h"
#include "daemon/base/text.h"
#include "queue/seal/pdf_writer.h"

#include <harfbuzz/hb-ot.h>
#include <harfbuzz/hb-subset.h>
#include <harfbuzz/hb.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define CIDS_MAX 65000u
#define CODE_POINTS_A_BLOCK 256
#define CODE_POINT_BLOCKS (0x110000 / CODE_POINTS_A_BLOCK)
/* Ranges of a ToUnicode CMap hold at most 100 entries (ISO 32000-1, 9.10.3 via Adobe TN 5411). */
#define BFCHARS_A_BLOCK 100

struct glyph {
    int32_t code_point;
    hb_codepoint_t gid;
    double width;
};

struct pdf_font {
    hb_face_t *face;
    hb_font_t *scaled;
    double units_per_em;
    hb_codepoint_t blank_gid;
    char name[64];        /* PostScript name */
    struct glyph *glyphs; /* by CID; [0] is .notdef and never used */
    size_t count, capacity;
    uint16_t *cids[CODE_POINT_BLOCKS];
};

enum err_code pdf_font_open(const char *path, struct pdf_font **out, struct err *err)
{
    AUTO(pdf_font)
    struct pdf_font *font = mem_alloc(sizeof *font);
    if (!font)
        return err_set(err, ERR_NO_MEMORY, "font");
    hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
    if (!blob)
        return err_set(err, ERR_BAD_CONFIG, "font %s cannot be read", path);
    font->face = hb_face_create(blob, 0);
    hb_blob_destroy(blob);
    font->scaled = hb_font_create(font->face);
    font->units_per_em = hb_face_get_upem(font->face);
    if (!hb_face_get_glyph_count(font->face) ||
        !hb_font_get_nominal_glyph(font->scaled, ' ', &font->blank_gid))
        return err_set(err, ERR_BAD_CONFIG, "font %s is no TrueType font with a space", path);
    unsigned size = sizeof font->name;
    hb_ot_name_get_utf8(font->face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size,
                        font->name);
    if (!size || strspn(font->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-") != strlen(font->name))
        return err_set(err, ERR_BAD_CONFIG, "font %s has no plain PostScript name", path);
    font->count = 1;
    if (pdf_font_cid(font, ' ') != PDF_FONT_SPACE_CID)
        return err_set(err, ERR_NO_MEMORY, "font");
    *out = TAKE(font);
    return ERR_OK;
}

void pdf_font_free(struct pdf_font *font)
{
    if (!font)
        return;
    for (size_t i = 0; i < CODE_POINT_BLOCKS; i++)
        mem_free(font->cids[i]);
    mem_free(font->glyphs);
    hb_font_destroy(font->scaled);
    hb_face_destroy(font->face);
    mem_free(font);
}

static bool code_point_is_text(int32_t code_point)
{
    if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point > 0x10FFFF)
        return false;
    if (code_point >= 0xD800 && code_point < 0xE000)
        return false;
    return code_point != 0xFEFF && (code_point & 0xFFFE) != 0xFFFE;
}

static uint16_t add_glyph(struct pdf_font *font, int32_t code_point)
{
    if (font->count > CIDS_MAX)
        return 0;
    if (font->count >= font->capacity) {
        size_t capacity = font->capacity ? font->capacity * 2 : 256;
        struct glyph *glyphs = mem_resize(font->glyphs, capacity * sizeof *glyphs);
        if (!glyphs)
            return 0;
        font->glyphs = glyphs;
        font->capacity = capacity;
    }
    hb_codepoint_t gid = 0;
    if (!hb_font_get_nominal_glyph(font->scaled, (hb_codepoint_t)code_point, &gid) || gid == 0)
        gid = font->blank_gid;
    font->glyphs[font->count] = (struct glyph){
        .code_point = code_point,
        .gid = gid,
        .width = hb_font_get_glyph_h_advance(font->scaled, gid) / font->units_per_em,
    };
    return (uint16_t)font->count++;
}

uint16_t pdf_font_cid(struct pdf_font *font, int32_t code_point)
{
    if (!code_point_is_text(code_point))
        return 0;
    uint16_t **block = &font->cids[code_point / CODE_POINTS_A_BLOCK];
    if (!*block && !(*block = mem_array(CODE_POINTS_A_BLOCK, sizeof **block)))
        return 0;
    uint16_t *cid = &(*block)[code_point % CODE_POINTS_A_BLOCK];
    if (!*cid)
        *cid = add_glyph(font, code_point);
    return *cid;
}

double pdf_font_width(const struct pdf_font *font, uint16_t cid)
{
    return cid && cid < font->count ? font->glyphs[cid].width : 0;
}

double pdf_font_text_width(struct pdf_font *font, const char *utf8)
{
    double width = 0;
    for (int32_t point; (point = text_next(&utf8)) != 0;)
        width += pdf_font_width(font, pdf_font_cid(font, point));
    return width;
}

struct pdf_ink pdf_font_ink(const struct pdf_font *font, uint16_t cid)
{
    hb_glyph_extents_t extents;
    if (!cid || cid >= font->count ||
        !hb_font_get_glyph_extents(font->scaled, font->glyphs[cid].gid, &extents) ||
        extents.height == 0)
        return (struct pdf_ink){0};
    return (struct pdf_ink){extents.y_bearing / font->units_per_em,
                            (extents.y_bearing + extents.height) / font->units_per_em};
}

static double metric(const struct pdf_font *font, hb_ot_metrics_tag_t tag, double fallback)
{
    hb_position_t value;
    return hb_ot_metrics_get_position(font->scaled, tag, &value) ? value / font->units_per_em
                                                                 : fallback;
}

double pdf_font_ascent(const struct pdf_font *font)
{
    return metric(font, HB_OT_METRICS_TAG_HORIZONTAL_ASCENDER, 0.9);
}

double pdf_font_descent(const struct pdf_font *font)
{
    return metric(font, HB_OT_METRICS_TAG_HORIZONTAL_DESCENDER, -0.2);
}

/* The new glyph number of each CID's glyph goes to new_gids; the caller destroys *out_face. */
static bool subset(const struct pdf_font *font, uint16_t *new_gids, hb_face_t **out_face)
{
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    if (!input)
        return false;
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING);
    hb_set_t *dropped = hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG);
    static const hb_tag_t layout[] = {HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'),
                                      HB_TAG('G', 'D', 'E', 'F'), HB_TAG('k', 'e', 'r', 'n')};
    for (size_t i = 0; i < sizeof layout / sizeof layout[0]; i++)
        hb_set_add(dropped, layout[i]);
    for (size_t cid = 1; cid < font->count; cid++) {
        hb_set_add(hb_subset_input_glyph_set(input), font->glyphs[cid].gid);
        hb_set_add(hb_subset_input_unicode_set(input),
                   (hb_codepoint_t)font->glyphs[cid].code_point);
    }
    hb_subset_plan_t *plan = hb_subset_plan_create_or_fail(font->face, input);
    hb_subset_input_destroy(input);
    if (!plan)
        return false;
    const hb_map_t *moved = hb_subset_plan_old_to_new_glyph_mapping(plan);
    for (size_t cid = 1; cid < font->count; cid++)
        new_gids[cid] = (uint16_t)hb_map_get(moved, font->glyphs[cid].gid);
    *out_face = hb_subset_plan_execute_or_fail(plan);
    hb_subset_plan_destroy(plan);
    return *out_face != NULL;
}

/* Six capitals that depend on what is in the subset (ISO 32000-1, 9.6.4). */
static void make_tag(const char *bytes, size_t size, char out_tag[7])
{
    char hex[HASH_HEX_SIZE];
    hash_bytes(bytes, size, hex);
    for (int i = 0; i < 6; i++)
        out_tag[i] = (char)('A' + (hex[i] >= 'a' ? hex[i] - 'a' + 10 : hex[i] - '0'));
    out_tag[6] = '\0';
}

static void write_widths(const struct pdf_font *font, struct pdf_writer *writer)
{
    pdf_text(writer, "/W [1 [");
    for (size_t cid = 1; cid < font->count; cid++)
        pdf_printf(writer, "%s%.5g", cid % 16 == 1 ? "\n" : " ", font->glyphs[cid].width * 1000);
    pdf_text(writer, "]]");
}

static void write_glyph_map(struct pdf_writer *writer, int number, const uint16_t *new_gids,
                            size_t count)
{
    pdf_begin_stream(writer, number, "", true);
    for (size_t cid = 0; cid < count; cid++) {
        unsigned char pair[2] = {(unsigned char)(new_gids[cid] >> 8), (unsigned char)new_gids[cid]};
        pdf_put(writer, pair, sizeof pair);
    }
    pdf_end_stream(writer);
}

static void write_to_unicode(const struct pdf_font *font, struct pdf_writer *writer, int number)
{
    pdf_begin_stream(writer, number, "", true);
    pdf_text(writer, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                     "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
                     "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
                     "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
    for (size_t cid = 1; cid < font->count; cid++) {
        size_t left = font->count - cid;
        if ((cid - 1) % BFCHARS_A_BLOCK == 0)
            pdf_printf(writer, "%zu beginbfchar\n",
                       left < BFCHARS_A_BLOCK ? left : BFCHARS_A_BLOCK);
        uint32_t point = (uint32_t)font->glyphs[cid].code_point;
        if (point >= 0x10000)
            pdf_printf(writer, "<%04zX> <%04X%04X>\n", cid, 0xD800u + ((point - 0x10000u) >> 10),
                       0xDC00u + ((point - 0x10000u) & 0x3FFu));
        else
            pdf_printf(writer, "<%04zX> <%04X>\n", cid, point);
        if (cid % BFCHARS_A_BLOCK == 0 || left == 1)
            pdf_text(writer, "endbfchar\n");
    }
    pdf_text(writer, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    pdf_end_stream(writer);
}

static void write_descriptor(const struct pdf_font *font, struct pdf_writer *writer, int number,
                             const char *tag, int file_number)
{
    hb_blob_t *head = hb_face_reference_table(font->face, HB_TAG('h', 'e', 'a', 'd'));
    unsigned size = 0;
    const unsigned char *bytes = (const unsigned char *)hb_blob_get_data(head, &size);
    int box[4] = {0, -250, 1000, 1000};
    for (size_t i = 0; i < 4 && size >= 44; i++) {
        int16_t units = (int16_t)(bytes[36 + 2 * i] << 8 | bytes[37 + 2 * i]);
        box[i] = (int)lround(units * 1000 / font->units_per_em);
    }
    hb_blob_destroy(head);
    pdf_begin_object(writer, number);
    pdf_printf(writer,
               "<< /Type /FontDescriptor /FontName /%s+%s /Flags 4 /FontBBox [%d %d %d %d]\n"
               "/ItalicAngle 0 /Ascent %.0f /Descent %.0f /CapHeight %.0f /StemV 80 "
               "/FontFile2 %d 0 R >>",
               tag, font->name, box[0], box[1], box[2], box[3], pdf_font_ascent(font) * 1000,
               pdf_font_descent(font) * 1000,
               metric(font, HB_OT_METRICS_TAG_CAP_HEIGHT, 0.66) * 1000, file_number);
    pdf_end_object(writer);
}

static void write_file(struct pdf_writer *writer, int number, const char *bytes, size_t size)
{
    char dict[64];
    snprintf(dict, sizeof dict, "/Length1 %zu", size);
    pdf_begin_stream(writer, number, dict, true);
    pdf_put(writer, bytes, size);
    pdf_end_stream(writer);
}

void pdf_font_write(struct pdf_font *font, struct pdf_writer *writer, int number)
{
    struct err err = ERR_INIT;
    AUTO(mem)
    uint16_t *new_gids = mem_array(font->count, sizeof *new_gids);
    hb_face_t *face = NULL;
    if (!new_gids || !subset(font, new_gids, &face)) {
        err_set(&err, ERR_NO_MEMORY, "font subset");
        pdf_fail(writer, &err);
        return;
    }
    hb_blob_t *blob = hb_face_reference_blob(face);
    unsigned size = 0;
    const char *bytes = hb_blob_get_data(blob, &size);
    char tag[7];
    make_tag(bytes, size, tag);

    int descendant = pdf_reserve(writer), descriptor = pdf_reserve(writer);
    int file = pdf_reserve(writer), glyph_map = pdf_reserve(writer);
    int to_unicode = pdf_reserve(writer);
    pdf_begin_object(writer, number);
    pdf_printf(writer,
               "<< /Type /Font /Subtype /Type0 /BaseFont /%s+%s /Encoding /Identity-H\n"
               "/DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>",
               tag, font->name, descendant, to_unicode);
    pdf_end_object(writer);
    pdf_begin_object(writer, descendant);
    pdf_printf(writer,
               "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s+%s\n"
               "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>\n"
               "/FontDescriptor %d 0 R /CIDToGIDMap %d 0 R /DW 500\n",
               tag, font->name, descriptor, glyph_map);
    write_widths(font, writer);
    pdf_text(writer, " >>");
    pdf_end_object(writer);
    write_descriptor(font, writer, descriptor, tag, file);
    write_file(writer, file, bytes, size);
    write_glyph_map(writer, glyph_map, new_gids, font->count);
    write_to_unicode(font, writer, to_unicode);
    hb_blob_destroy(blob);
    hb_face_destroy(face);
}
