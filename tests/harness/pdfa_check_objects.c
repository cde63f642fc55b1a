#include "tests/harness/pdfa_check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Clauses 6.1.12, 6.1.13 and 6.2 to 6.5: what the objects say. */

#define DEPTH_MAX 40

static void check_image(struct check *check, qpdf_oh resources, qpdf_oh image)
{
    static const char *const banned[] = {"/Alternates", "/OPI"};
    for (size_t i = 0; i < 2; i++)
        if (has(check, image, banned[i]))
            fault(check, "6.2.8", "image with %s", banned[i] + 1);
    if (is_true(check, image, "/Interpolate"))
        fault(check, "6.2.8", "image with Interpolate true");
    check_intent_name(check, key(check, image, "/Intent"));
    qpdf_oh bits = key(check, image, "/BitsPerComponent");
    if (qpdf_oh_is_integer(check->qpdf, bits)) {
        int value = qpdf_oh_get_int_value_as_int(check->qpdf, bits);
        bool mask = is_true(check, image, "/ImageMask");
        if ((mask && value != 1) ||
            (value != 1 && value != 2 && value != 4 && value != 8 && value != 16))
            fault(check, "6.2.8", "%d bits a component", value);
    }
    qpdf_oh space = key(check, image, "/ColorSpace");
    if (!qpdf_oh_is_null(check->qpdf, space))
        check_colour_space(check, resources, space, 0);
}

static bool visit(struct check *check, qpdf_oh object)
{
    int number = qpdf_oh_get_object_id(check->qpdf, object);
    if (number <= 0 || (size_t)number >= check->visited_size)
        return true;
    bool fresh = !check->visited[number];
    check->visited[number] = 1;
    return fresh;
}

static void check_form(struct check *check, qpdf_oh form)
{
    if (has(check, form, "/OPI") || has(check, form, "/PS") || has(check, form, "/Ref"))
        fault(check, "6.2.9", "form XObject with OPI, PS or Ref");
    if (is_name(check, key(check, form, "/Subtype2"), "/PS"))
        fault(check, "6.2.9", "form XObject is PostScript");
    size_t size;
    unsigned char *bytes = stream_data(check, form, &size);
    if (bytes)
        check_content(check, key(check, form, "/Resources"), bytes, size);
    free(bytes);
}

void check_xobject(struct check *check, qpdf_oh xobject, qpdf_oh resources)
{
    if (!visit(check, xobject))
        return;
    qpdf_oh subtype = key(check, xobject, "/Subtype");
    if (is_name(check, subtype, "/PS"))
        fault(check, "6.2.9", "PostScript XObject");
    else if (is_name(check, subtype, "/Image"))
        check_image(check, resources, xobject);
    else if (is_name(check, subtype, "/Form"))
        check_form(check, xobject);
}

/* Keys of a dictionary; reading values while iterating would disturb the iteration. */
static size_t read_keys(struct check *check, qpdf_oh dict, char names[][160], size_t max)
{
    size_t count = 0;
    for (qpdf_oh_begin_dict_key_iter(check->qpdf, dict);
         qpdf_oh_dict_more_keys(check->qpdf) && count < max; count++)
        snprintf(names[count], 160, "%s", qpdf_oh_dict_next_key(check->qpdf));
    return count;
}

static void check_appearance(struct check *check, qpdf_oh normal)
{
    if (qpdf_oh_is_stream(check->qpdf, normal)) {
        check_form(check, normal);
        return;
    }
    char names[20][160];
    size_t count = read_keys(check, normal, names, 20);
    for (size_t i = 0; i < count; i++) {
        qpdf_oh state = key(check, normal, names[i]);
        if (qpdf_oh_is_stream(check->qpdf, state))
            check_form(check, state);
    }
}

static void check_annotation(struct check *check, qpdf_oh annotation)
{
    static const char known[] =
        " /Text /Link /FreeText /Line /Square /Circle /Polygon /PolyLine /Highlight /Underline "
        "/Squiggly /StrikeOut /Stamp /Caret /Ink /Popup /FileAttachment /Widget /PrinterMark "
        "/TrapNet /Watermark /Redact ";
    qpdf_oh subtype = key(check, annotation, "/Subtype");
    char word[60] = "?";
    if (qpdf_oh_is_name(check->qpdf, subtype))
        snprintf(word, sizeof word, " %.50s ", qpdf_oh_get_name(check->qpdf, subtype));
    if (!strstr(known, word))
        fault(check, "6.3.1", "annotation of type%s", word);
    bool popup = is_name(check, subtype, "/Popup");
    qpdf_oh flags = key(check, annotation, "/F");
    long long value =
        qpdf_oh_is_integer(check->qpdf, flags) ? qpdf_oh_get_int_value(check->qpdf, flags) : -1;
    /* Print set; Invisible, Hidden, NoView, ToggleNoView clear */
    if (!popup && (value < 0 || !(value & 4) || (value & (1 | 2 | 32 | 256))))
        fault(check, "6.3.2", "annotation flags %lld", value);
    qpdf_oh appearance = key(check, annotation, "/AP");
    qpdf_oh box = key(check, annotation, "/Rect");
    bool empty = qpdf_oh_is_array(check->qpdf, box);
    for (int i = 0; empty && i < 2; i++)
        empty =
            qpdf_oh_get_numeric_value(check->qpdf, qpdf_oh_get_array_item(check->qpdf, box, i)) ==
            qpdf_oh_get_numeric_value(check->qpdf, qpdf_oh_get_array_item(check->qpdf, box, i + 2));
    bool needs = !empty && !popup && !is_name(check, subtype, "/Link");
    if (qpdf_oh_is_null(check->qpdf, appearance)) {
        if (needs)
            fault(check, "6.3.3", "annotation without appearance");
        return;
    }
    if (!has(check, appearance, "/N") || has(check, appearance, "/D") ||
        has(check, appearance, "/R"))
        fault(check, "6.3.3", "appearance with other than N");
    qpdf_oh normal = key(check, appearance, "/N");
    bool button = is_name(check, key(check, annotation, "/FT"), "/Btn") ||
                  is_name(check, key(check, key(check, annotation, "/Parent"), "/FT"), "/Btn");
    bool widget = is_name(check, subtype, "/Widget");
    if (button && widget && !qpdf_oh_is_dictionary(check->qpdf, normal))
        fault(check, "6.3.3", "button whose appearance is no dictionary");
    if (!(button && widget) && !qpdf_oh_is_stream(check->qpdf, normal))
        fault(check, "6.3.3", "appearance is no stream");
    check_appearance(check, normal);
    if (widget && (has(check, annotation, "/A") || has(check, annotation, "/AA")))
        fault(check, "6.4.1", "widget with an action");
}

/* An entry of a page or of the nodes above it. */
static qpdf_oh inherited(struct check *check, qpdf_oh page, const char *name)
{
    qpdf_oh node = page;
    for (int depth = 0; depth < DEPTH_MAX && !has(check, node, name); depth++)
        node = key(check, node, "/Parent");
    return key(check, node, name);
}

static void check_page_box(struct check *check, qpdf_oh page, const char *name)
{
    qpdf_oh box = inherited(check, page, name);
    if (!qpdf_oh_is_array(check->qpdf, box))
        return;
    double corner[4];
    for (int i = 0; i < 4; i++)
        corner[i] =
            qpdf_oh_get_numeric_value(check->qpdf, qpdf_oh_get_array_item(check->qpdf, box, i));
    for (int i = 0; i < 2; i++) {
        double length = corner[i + 2] - corner[i];
        length = length < 0 ? -length : length;
        if (length < 3 || length > 14400)
            fault(check, "6.1.13", "%s of %.0f units", name + 1, length);
    }
}

static void check_page(struct check *check, qpdf_oh page)
{
    qpdf_oh resources = key(check, page, "/Resources");
    check_page_box(check, page, "/MediaBox");
    check_page_box(check, page, "/CropBox");
    if (has(check, page, "/AA"))
        fault(check, "6.5.2", "page with trigger events");
    if (has(check, page, "/PresSteps"))
        fault(check, "6.10", "page with PresSteps");
    unsigned char *bytes = NULL;
    size_t size = 0;
    QPDF_ERROR_CODE status = qpdf_oh_get_page_content_data(check->qpdf, page, &bytes, &size);
    if (!(status & QPDF_ERRORS) && bytes) {
        unsigned char *ended = realloc(bytes, size + 1);
        ended[size] = 0;
        check_content(check, resources, ended, size);
        bytes = ended;
    }
    free(bytes);
    qpdf_oh annotations = key(check, page, "/Annots");
    int count = qpdf_oh_is_array(check->qpdf, annotations)
                    ? qpdf_oh_get_array_n_items(check->qpdf, annotations)
                    : 0;
    for (int i = 0; i < count; i++)
        check_annotation(check, qpdf_oh_get_array_item(check->qpdf, annotations, i));
}

static void check_number(struct check *check, qpdf_oh value)
{
    if (qpdf_oh_is_integer(check->qpdf, value)) {
        long long number = qpdf_oh_get_int_value(check->qpdf, value);
        if (number > 2147483647LL || number < -2147483648LL)
            fault(check, "6.1.13", "integer %lld", number);
    }
    if (qpdf_oh_is_real(check->qpdf, value)) {
        double number = qpdf_oh_get_numeric_value(check->qpdf, value);
        if (number > 3.403e38 || number < -3.403e38)
            fault(check, "6.1.13", "real number out of range");
    }
}

static void check_stream_keys(struct check *check, qpdf_oh stream)
{
    static const char *const banned[] = {"/F", "/FFilter", "/FDecodeParms"};
    for (size_t i = 0; i < 3; i++)
        if (has(check, stream, banned[i]))
            fault(check, "6.1.7.1", "stream with %s", banned[i] + 1);
    qpdf_oh filter = key(check, stream, "/Filter");
    if (qpdf_oh_is_or_has_name(check->qpdf, filter, "/LZWDecode"))
        fault(check, "6.1.7.2", "LZWDecode");
    if (is_name(check, filter, "/LZWDecode"))
        fault(check, "6.1.7.2", "LZWDecode");
}

/* Everything that can be reached, for limits and what streams may not have. */
static void walk(struct check *check, qpdf_oh value, unsigned char *seen, int depth)
{
    if (depth > DEPTH_MAX)
        return;
    int number = qpdf_oh_get_object_id(check->qpdf, value);
    if (number > 0 && (size_t)number < check->visited_size) {
        if (seen[number])
            return;
        seen[number] = 1;
    }
    check_number(check, value);
    if (qpdf_oh_is_string(check->qpdf, value)) {
        size_t length = 0;
        qpdf_oh_get_binary_string_value(check->qpdf, value, &length);
        if (length > 32767)
            fault(check, "6.1.13", "string of %zu bytes", length);
    }
    if (qpdf_oh_is_name(check->qpdf, value) && strlen(qpdf_oh_get_name(check->qpdf, value)) > 128)
        fault(check, "6.1.13", "name longer than 127 bytes");
    if (qpdf_oh_is_stream(check->qpdf, value))
        check_stream_keys(check, value);
    if (qpdf_oh_is_array(check->qpdf, value)) {
        int count = qpdf_oh_get_array_n_items(check->qpdf, value);
        for (int i = 0; i < count; i++)
            walk(check, qpdf_oh_get_array_item(check->qpdf, value, i), seen, depth + 1);
        return;
    }
    qpdf_oh dict =
        qpdf_oh_is_stream(check->qpdf, value) ? qpdf_oh_get_dict(check->qpdf, value) : value;
    if (!qpdf_oh_is_dictionary(check->qpdf, dict))
        return;
    char(*names)[160] = calloc(2000, sizeof *names);
    size_t count = 0;
    for (qpdf_oh_begin_dict_key_iter(check->qpdf, dict);
         qpdf_oh_dict_more_keys(check->qpdf) && count < 2000; count++)
        snprintf(names[count], sizeof names[0], "%s", qpdf_oh_dict_next_key(check->qpdf));
    for (size_t i = 0; i < count; i++) {
        if (strlen(names[i]) > 128)
            fault(check, "6.1.13", "name longer than 127 bytes");
        if (strcmp(names[i], "/Parent") != 0)
            walk(check, qpdf_oh_get_key(check->qpdf, dict, names[i]), seen, depth + 1);
    }
    free(names);
}

static void check_form_dictionary(struct check *check, qpdf_oh catalogue)
{
    qpdf_oh form = key(check, catalogue, "/AcroForm");
    if (is_true(check, form, "/NeedAppearances"))
        fault(check, "6.4.1", "NeedAppearances is true");
    if (has(check, form, "/XFA") || has(check, catalogue, "/NeedsRendering"))
        fault(check, "6.4.2", "XFA form");
    qpdf_oh fields = key(check, form, "/Fields");
    int count =
        qpdf_oh_is_array(check->qpdf, fields) ? qpdf_oh_get_array_n_items(check->qpdf, fields) : 0;
    for (int i = 0; i < count; i++) {
        qpdf_oh field = qpdf_oh_get_array_item(check->qpdf, fields, i);
        if (has(check, field, "/AA") || has(check, field, "/A"))
            fault(check, "6.4.1", "field with an action");
    }
}

static void check_catalogue(struct check *check, qpdf_oh catalogue)
{
    check_output_intents(check, catalogue);
    check_form_dictionary(check, catalogue);
    if (has(check, catalogue, "/AA"))
        fault(check, "6.5.2", "catalogue with trigger events");
    qpdf_oh permissions = key(check, catalogue, "/Perms");
    if (qpdf_oh_is_dictionary(check->qpdf, permissions))
        for (qpdf_oh_begin_dict_key_iter(check->qpdf, permissions);
             qpdf_oh_dict_more_keys(check->qpdf);) {
            const char *name = qpdf_oh_dict_next_key(check->qpdf);
            if (strcmp(name, "/UR3") != 0 && strcmp(name, "/DocMDP") != 0)
                fault(check, "6.1.12", "permission %s", name);
        }
    size_t size = 0;
    qpdf_oh metadata = key(check, catalogue, "/Metadata");
    unsigned char *xmp = stream_data(check, metadata, &size);
    if (!xmp)
        fault(check, "6.6.2.1", "no metadata stream");
    else
        check_xmp(check, (const char *)xmp, size);
    free(xmp);
}

static bool is_filled_string(struct check *check, qpdf_oh value)
{
    size_t size = 0;
    if (qpdf_oh_is_string(check->qpdf, value))
        qpdf_oh_get_binary_string_value(check->qpdf, value, &size);
    return size > 0;
}

void check_document(struct check *check)
{
    qpdf_data qpdf = check->qpdf;
    qpdf_oh trailer = qpdf_get_trailer(qpdf), ids = key(check, trailer, "/ID");
    if (!qpdf_oh_is_array(qpdf, ids) || qpdf_oh_get_array_n_items(qpdf, ids) != 2 ||
        !is_filled_string(check, qpdf_oh_get_array_item(qpdf, ids, 0)) ||
        !is_filled_string(check, qpdf_oh_get_array_item(qpdf, ids, 1)))
        fault(check, "6.1.3", "no /ID of two strings");
    if (has(check, trailer, "/Encrypt"))
        fault(check, "6.1.3", "encrypted");
    check_catalogue(check, qpdf_get_root(qpdf));
    int pages = qpdf_get_num_pages(qpdf);
    for (int i = 0; i < pages; i++)
        check_page(check, qpdf_get_page_n(qpdf, (size_t)i));
    check_used_fonts(check);
    unsigned char *seen = calloc(1, check->visited_size);
    walk(check, trailer, seen, 0);
    free(seen);
}
