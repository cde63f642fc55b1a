#include "daemon/image/pdf_words.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "daemon/image/pdf_tool.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MM_PER_POINT (25.4 / 72)
#define PAGE_MAX_MM 20000
/* Of a Latin text font's height: ascender 0.9, descender 0.22 of its size. */
#define BASELINE_SHARE 0.8

void pdf_layer_done(struct pdf_layer *layer)
{
    words_done(&layer->words);
    pdf_fonts_done(&layer->fonts);
}

/* ---- what it printed ----------------------------------------------------------------------------
 */

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? end + 1 : line + strlen(line);
}

/* The five names of XML, in place. */
static void decode_entities(char *text)
{
    static const struct {
        const char *name;
        char sign;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    char *to = text;
    while (*text) {
        size_t known = 0;
        for (size_t i = 0; i < sizeof entities / sizeof *entities && !known; i++)
            if (text_starts(text, entities[i].name)) {
                known = strlen(entities[i].name);
                *to++ = entities[i].sign;
            }
        if (!known)
            *to++ = *text;
        text += known ? known : 1;
    }
    *to = 0;
}

struct parsing {
    struct words *words;
    int block, line; /* begun last; -1: none */
};

static bool is_on_page(double left, double top, double right, double bottom)
{
    bool finite = isfinite(left) && isfinite(top) && isfinite(right) && isfinite(bottom);
    return finite && left < right && top < bottom && fabs(left) < PAGE_MAX_MM &&
           fabs(top) < PAGE_MAX_MM && right < PAGE_MAX_MM && bottom < PAGE_MAX_MM;
}

/* `<word xMin="90.1" yMin="56.8" xMax="123.4" yMax="70.1">text</word>` */
static enum err_code parse_word(struct parsing *parsing, const char *line, struct err *err)
{
    double at[4];
    int start = 0;
    if (sscanf(line, "<word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\">%n", &at[0], &at[1],
               &at[2], &at[3], &start) != 4 ||
        !start)
        return ERR_OK;
    const char *text = line + start, *end = strstr(text, "</word>");
    for (int i = 0; i < 4; i++)
        at[i] *= MM_PER_POINT;
    if (!end || end >= next_line(line) || end == text || !is_on_page(at[0], at[1], at[2], at[3]))
        return ERR_OK;
    AUTO(mem) char *word = mem_strndup(text, (size_t)(end - text));
    if (!word)
        return err_set(err, ERR_NO_MEMORY, "text layer");
    decode_entities(word);
    if (!text_is_utf8(word, strlen(word)))
        return ERR_OK;
    struct rect_mm box = {at[0], at[1], at[2] - at[0], at[3] - at[1]};
    return words_add(parsing->words, word, 1, box, box.y + BASELINE_SHARE * box.h,
                     parsing->block < 0 ? 0 : parsing->block, parsing->line < 0 ? 0 : parsing->line,
                     err);
}

enum err_code pdf_words_parse(const char *printed, struct words *out, struct err *err)
{
    struct parsing parsing = {out, -1, -1};
    enum err_code code = ERR_OK;
    words_init(out, (struct size_mm){0, 0}, 0);
    for (const char *line = printed; !code && *line; line = next_line(line)) {
        line += strspn(line, " \t");
        double w, h;
        if (sscanf(line, "<page width=\"%lf\" height=\"%lf\">", &w, &h) == 2 &&
            is_on_page(0, 0, w * MM_PER_POINT, h * MM_PER_POINT))
            out->page = (struct size_mm){w * MM_PER_POINT, h * MM_PER_POINT};
        parsing.block += text_starts(line, "<block ");
        parsing.line += text_starts(line, "<line ");
        code = parse_word(&parsing, line, err);
    }
    return code;
}

/* ---- of a page ----------------------------------------------------------------------------------
 */

enum err_code pdf_layer_read(int fd, const char *folder, int page, struct pdf_layer *out,
                             struct err *err)
{
    char number[16];
    snprintf(number, sizeof number, "%d", page);
    const char *argv[] = {"pdftotext", "-bbox-layout", "-enc",         "UTF-8", "-f", number,
                          "-l",        number,         PDF_TOOL_INPUT, "-",     NULL};
    AUTO(mem) char *text = NULL;
    AUTO(mem) char *errors = NULL;
    *out = (struct pdf_layer){0};
    enum err_code code = pdf_tool_run(argv, fd, folder, &text, &errors, err);
    if (!code)
        code = pdf_words_parse(text, &out->words, err);
    if (!code && out->words.count)
        code = pdf_fonts_list(fd, folder, page, page, &out->fonts, err);
    return code;
}
