#include "tests/harness/pdfa_check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Clauses 6.2.2 and 6.1.13 in content streams; which codes of which fonts are shown. */

#define FONTS_MAX 200
#define NESTING_MAX 28

struct used_font {
    int number;
    qpdf_oh font;
    unsigned char codes[65536 / 8];
};

struct content {
    struct check *check;
    qpdf_oh resources;
    int nesting;
    bool colour_set, invisible; /* text render mode 3 */
    struct used_font *font;     /* current */
};

static struct used_font *fonts;
static size_t font_count;

static struct used_font *use_font(struct check *check, qpdf_oh font)
{
    int number = qpdf_oh_get_object_id(check->qpdf, font);
    for (size_t i = 0; i < font_count; i++)
        if (number && fonts[i].number == number)
            return &fonts[i];
    if (!fonts)
        fonts = calloc(FONTS_MAX, sizeof *fonts);
    if (font_count == FONTS_MAX || !fonts)
        return NULL;
    fonts[font_count] = (struct used_font){.number = number, .font = font};
    return &fonts[font_count++];
}

static void note_codes(struct content *content, const unsigned char *bytes, size_t size)
{
    if (!content->font)
        return;
    bool wide =
        is_name(content->check, key(content->check, content->font->font, "/Subtype"), "/Type0");
    if (wide && size % 2)
        fault(content->check, "6.2.11.4.1", "odd number of bytes shown in a two-byte font");
    for (size_t i = 0; i + wide < size; i += 1 + wide) {
        unsigned code = wide ? bytes[i] << 8 | bytes[i + 1] : bytes[i];
        content->font->codes[code / 8] |= (unsigned char)(1 << code % 8);
    }
}

/* Painting before any colour is set paints in DeviceGray. */
static void check_painting(struct content *content, const char *name, const char *word)
{
    if (strstr(" g G rg RG k K cs CS sc SC scn SCN ", word))
        content->colour_set = true;
    bool shows = strstr(" Tj TJ ' \" ", word) && !content->invisible;
    bool paints = strstr(" f F f* B B* b b* S s ", word) != NULL;
    if ((shows || paints) && !content->colour_set && name)
        check_device_colour(content->check, content->resources, "/DeviceGray");
}

static void check_named_space(struct content *content, const char *name)
{
    struct check *check = content->check;
    if (strncmp(name, "/Device", 7) == 0) {
        check_device_colour(check, content->resources, name);
        return;
    }
    qpdf_oh space = key(check, key(check, content->resources, "/ColorSpace"), name);
    if (strcmp(name, "/Pattern") != 0 && qpdf_oh_is_null(check->qpdf, space))
        fault(check, "6.2.2", "colour space %s is not in the resources", name);
    else if (strcmp(name, "/Pattern") != 0)
        check_colour_space(check, content->resources, space, 0);
}

static void check_operator(struct content *content, const char *name, const char *last_name)
{
    static const char known[] = " b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX "
                                "f F f* G g gs h i ID j J K "
                                "k l m M MP n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf "
                                "Tj TJ TL Tm Tr Ts Tw Tz v w "
                                "W W* y ' \" ";
    char word[40];
    struct check *check = content->check;
    snprintf(word, sizeof word, " %.30s ", name);
    if (!strstr(known, word)) {
        fault(check, "6.2.2", "unknown operator '%s'", name);
        return;
    }
    check_painting(content, name, word);
    if (strcmp(name, "q") == 0 && ++content->nesting > NESTING_MAX)
        fault(check, "6.1.13", "q nested deeper than %d", NESTING_MAX);
    if (strcmp(name, "Q") == 0)
        content->nesting--;
    if (strcmp(name, "g") == 0 || strcmp(name, "G") == 0)
        check_device_colour(check, content->resources, "/DeviceGray");
    if (strcmp(name, "rg") == 0 || strcmp(name, "RG") == 0)
        check_device_colour(check, content->resources, "/DeviceRGB");
    if (strcmp(name, "k") == 0 || strcmp(name, "K") == 0)
        check_device_colour(check, content->resources, "/DeviceCMYK");
    if (strcmp(name, "Tf") == 0) {
        qpdf_oh font = key(check, key(check, content->resources, "/Font"), last_name);
        bool there = qpdf_oh_is_dictionary(check->qpdf, font);
        if (!there)
            fault(check, "6.2.2", "font %s is not in the resources", last_name);
        content->font = there ? use_font(check, font) : NULL;
    }
    if (strcmp(name, "Do") == 0) {
        qpdf_oh xobjects = key(check, content->resources, "/XObject");
        if (has(check, xobjects, last_name))
            check_xobject(check, key(check, xobjects, last_name), content->resources);
        else
            fault(check, "6.2.2", "XObject %s is not in the resources", last_name);
    }
    if (strcmp(name, "cs") == 0 || strcmp(name, "CS") == 0)
        check_named_space(content, last_name);
    if (strcmp(name, "gs") == 0 &&
        !has(check, key(check, content->resources, "/ExtGState"), last_name))
        fault(check, "6.2.2", "graphics state %s is not in the resources", last_name);
    if (strcmp(name, "ri") == 0)
        check_intent_name(check, qpdf_oh_new_name(check->qpdf, last_name));
}

static size_t read_hex(const unsigned char *p, size_t size, unsigned char *out, size_t *out_size)
{
    size_t i = 1, digits = 0;
    for (; i < size && p[i] != '>'; i++) {
        if (!isxdigit(p[i]))
            continue;
        int digit = isdigit(p[i]) ? p[i] - '0' : tolower(p[i]) - 'a' + 10;
        if (digits % 2 == 0)
            out[digits / 2] = (unsigned char)(digit << 4);
        else
            out[digits / 2] |= (unsigned char)digit;
        digits++;
    }
    *out_size = (digits + 1) / 2;
    return i + 1;
}

static size_t read_literal(const unsigned char *p, size_t size, unsigned char *out,
                           size_t *out_size)
{
    size_t i = 0, count = 0;
    int depth = 0;
    for (; i < size; i++) {
        unsigned char c = p[i];
        if (c == '\\' && i + 1 < size) {
            c = p[++i];
            if (c >= '0' && c <= '7') {
                int code = c - '0';
                for (int k = 0; k < 2 && i + 1 < size && p[i + 1] >= '0' && p[i + 1] <= '7'; k++)
                    code = code * 8 + p[++i] - '0';
                c = (unsigned char)code;
            } else if (c == '\n') {
                continue;
            }
        } else if (c == '(' && depth++ == 0) {
            continue;
        } else if (c == ')' && --depth == 0) {
            break;
        }
        out[count++] = c;
    }
    *out_size = count;
    return i + 1;
}

static void check_hex_digits(struct check *check, const unsigned char *p, size_t size)
{
    size_t digits = 0;
    for (size_t i = 1; i < size && p[i] != '>'; i++) {
        digits += isxdigit(p[i]) != 0;
        if (!isxdigit(p[i]) && !isspace(p[i]) && p[i])
            fault(check, "6.1.6", "byte %02x in a hexadecimal string", p[i]);
    }
    if (digits % 2)
        fault(check, "6.1.6", "odd number of digits in a hexadecimal string");
}

static void note_text(struct content *content, const unsigned char *text, size_t length)
{
    if (length > 32767)
        fault(content->check, "6.1.13", "string of %zu bytes", length);
    note_codes(content, text, length);
}

static double check_content_number(struct check *check, const char *word)
{
    double number = strtod(word, NULL);
    if (!strchr(word, '.') && (number > 2147483647.0 || number < -2147483648.0))
        fault(check, "6.1.13", "integer %s", word);
    return number;
}

/* Inline image data: from behind ID to its EI. */
static size_t skip_inline(const unsigned char *p, size_t size)
{
    for (size_t i = 1; i + 2 < size; i++)
        if (p[i] == 'E' && p[i + 1] == 'I' && isspace(p[i - 1]) && (isspace(p[i + 2])))
            return i;
    return size;
}

void check_content(struct check *check, qpdf_oh resources, const unsigned char *p, size_t size)
{
    struct content content = {.check = check, .resources = resources};
    unsigned char *text = malloc(size + 1);
    char last_name[200] = "";
    double last_number = 0;
    for (size_t i = 0; i < size;) {
        size_t length = 0;
        if (isspace(p[i]) || p[i] == 0 || strchr("[]{}>", p[i])) {
            i++;
        } else if (p[i] == '%') {
            while (i < size && p[i] != '\n' && p[i] != '\r')
                i++;
        } else if (p[i] == '(') {
            i += read_literal(p + i, size - i, text, &length);
            note_text(&content, text, length);
        } else if (p[i] == '<' && i + 1 < size && p[i + 1] == '<') {
            i += 2;
        } else if (p[i] == '<') {
            check_hex_digits(check, p + i, size - i);
            i += read_hex(p + i, size - i, text, &length);
            note_text(&content, text, length);
        } else {
            size_t start = i++;
            while (i < size && !isspace(p[i]) && p[i] && !strchr("()<>[]{}/%", p[i]))
                i++;
            char word[200];
            snprintf(word, sizeof word, "%.*s", (int)(i - start), (const char *)p + start);
            if (strcmp(word, "Tr") == 0)
                content.invisible = last_number == 3;
            if (*word == '/')
                memcpy(last_name, word, sizeof word);
            else if (strchr("+-.0123456789", *word))
                last_number = check_content_number(check, word);
            else if (strcmp(word, "true") != 0 && strcmp(word, "false") != 0 &&
                     strcmp(word, "null") != 0)
                check_operator(&content, word, last_name);
            if (strcmp(word, "ID") == 0)
                i += skip_inline(p + i, size - i);
        }
    }
    free(text);
}

void check_used_fonts(struct check *check)
{
    for (size_t i = 0; i < font_count; i++)
        check_font(check, fonts[i].font, fonts[i].codes);
    free(fonts);
    fonts = NULL;
    font_count = 0;
}
