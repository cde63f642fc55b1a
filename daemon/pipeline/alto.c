#include "daemon/pipeline/alto.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "daemon/model/page_cut.h"
#include "daemon/model/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ALTO_MAX_BYTES (512u << 20)
#define HAND_TAG "handwritten"
#define SOFTWARE "<softwareName>Sohoa</softwareName>"

bool alto_is_ours(const char *head)
{
    return strstr(head, "<alto ") && strstr(head, SOFTWARE);
}

/* Characters that XML has no place for are left out; bad bytes become U+FFFD. */
static void put_escaped(struct buf *out, const char *text)
{
    for (const char *cursor = text; *cursor;) {
        char bytes[5] = "";
        int32_t point = text_next(&cursor);
        if (point < 0)
            point = 0xfffd;
        if (point < 0x20 || point == 0xfffe || point == 0xffff)
            continue;
        if (point == '&')
            buf_text(out, "&amp;");
        else if (point == '<')
            buf_text(out, "&lt;");
        else if (point == '>')
            buf_text(out, "&gt;");
        else if (point == '"')
            buf_text(out, "&quot;");
        else
            buf_append(out, bytes, text_put(point, bytes));
    }
}

static void put_text(struct buf *out, const char *text)
{
    AUTO(mem) char *composed = NULL;
    text_nfc(text, strlen(text), &composed, NULL);
    put_escaped(out, composed ? composed : text);
}

/* A length in mm10, to a hundredth of a millimetre. */
static void put_length(struct buf *out, double mm)
{
    long hundredths = lround(fmax(0, mm) * 100);
    buf_printf(out, "%ld.%ld", hundredths / 10, hundredths % 10);
}

static void put_size(struct buf *out, double w, double h)
{
    buf_text(out, " WIDTH=\"");
    put_length(out, w);
    buf_text(out, "\" HEIGHT=\"");
    put_length(out, h);
    buf_text(out, "\"");
}

static void put_box(struct buf *out, struct rect_mm box)
{
    buf_text(out, " HPOS=\"");
    put_length(out, box.x);
    buf_text(out, "\" VPOS=\"");
    put_length(out, box.y);
    buf_text(out, "\"");
    put_size(out, box.w, box.h);
}

static void put_degrees(struct buf *out, const char *name, double degrees)
{
    long hundredths = lround(degrees * 100);
    if (hundredths)
        buf_printf(out, " %s=\"%s%ld.%02ld\"", name, hundredths < 0 ? "-" : "",
                   labs(hundredths) / 100, labs(hundredths) % 100);
}

/* ISO 639-1 of the model's first language; "" when it has none that we know. */
static const char *language_of(const char *lang)
{
    return text_starts(lang, "vie") ? "vi" : text_starts(lang, "eng") ? "en" : "";
}

static struct rect_mm box_of(const struct words *words, size_t first, size_t end)
{
    struct rect_mm box = {0};
    for (size_t i = first; i < end; i++)
        box = rect_union(box, words_box_upright(words, i));
    return box;
}

static void put_point(struct buf *out, const struct words *words, double x, double y)
{
    struct point_mm point =
        point_upright_from_deskewed((struct point_mm){x, y}, words->page, words->skew_deg);
    put_length(out, point.x);
    buf_text(out, ",");
    put_length(out, point.y);
}

static void put_baseline(struct buf *out, const struct words *words, size_t first, size_t end)
{
    const struct word *left = &words->item[first], *right = &words->item[end - 1];
    buf_text(out, " BASELINE=\"");
    put_point(out, words, left->box.x, left->baseline_mm);
    buf_text(out, " ");
    put_point(out, words, right->box.x + right->box.w, right->baseline_mm);
    buf_text(out, "\"");
}

static void put_word(struct buf *out, const struct words *words, size_t at)
{
    const struct word *word = &words->item[at];
    long confidence = lround(fmin(1, fmax(0, word->confidence)) * 100);
    buf_text(out, "<String CONTENT=\"");
    put_text(out, word->text);
    buf_text(out, "\"");
    put_box(out, words_box_upright(words, at));
    buf_printf(out, " WC=\"%ld.%02ld\"%s/>", confidence / 100, confidence % 100,
               word_is_hand(word) ? " TAGREFS=\"" HAND_TAG "\"" : "");
}

static void put_line(struct buf *out, const struct words *words, size_t first, size_t end)
{
    buf_text(out, "<TextLine");
    put_box(out, box_of(words, first, end));
    put_baseline(out, words, first, end);
    buf_text(out, ">\n");
    for (size_t i = first; i < end; i++) {
        if (i > first) {
            struct rect_mm before = words_box_upright(words, i - 1);
            struct rect_mm after = words_box_upright(words, i);
            buf_text(out, "<SP WIDTH=\"");
            put_length(out, after.x - before.x - before.w);
            buf_text(out, "\"/>\n");
        }
        put_word(out, words, i);
    }
    buf_text(out, "\n</TextLine>\n");
}

static size_t end_of_block(const struct words *words, size_t first)
{
    size_t end = first + 1;
    while (end < words->count && words->item[end].block == words->item[first].block)
        end++;
    return end;
}

static size_t end_of_line(const struct words *words, size_t first, size_t block_end)
{
    size_t end = first + 1;
    while (end < block_end && words->item[end].line == words->item[first].line)
        end++;
    return end;
}

static void put_block(struct buf *out, const struct words *words, size_t first, size_t end,
                      const char *lang)
{
    put_box(out, box_of(words, first, end));
    put_degrees(out, "ROTATION", words->skew_deg);
    if (*lang)
        buf_printf(out, " LANG=\"%s\"", lang);
    buf_text(out, ">\n");
    for (size_t at = first; at < end;) {
        size_t next = end_of_line(words, at, end);
        put_line(out, words, at, next);
        at = next;
    }
    buf_text(out, "</TextBlock>\n");
}

static void put_page(struct buf *out, const struct words *words, size_t number, bool is_cut,
                     const char *lang)
{
    long confidence = lround(fmin(1, fmax(0, words_mean_confidence(words))) * 100);
    buf_printf(out, "<Page ID=\"page%zu\" PHYSICAL_IMG_NR=\"%zu\" PROCESSINGREFS=\"ocr turn%zu",
               number, number, number);
    if (is_cut)
        buf_printf(out, " cut%zu", number);
    buf_text(out, "\"");
    put_size(out, words->page.w, words->page.h);
    if (words->count)
        buf_printf(out, " PC=\"%ld.%02ld\"", confidence / 100, confidence % 100);
    buf_text(out, ">\n<PrintSpace");
    put_box(out, words->count ? box_of(words, 0, words->count)
                              : (struct rect_mm){0, 0, words->page.w, words->page.h});
    buf_text(out, ">\n");
    size_t block = 1;
    for (size_t at = 0; at < words->count; block++) {
        size_t next = end_of_block(words, at);
        buf_printf(out, "<TextBlock ID=\"page%zu-block%zu\"", number, block);
        if (next < words->count)
            buf_printf(out, " IDNEXT=\"page%zu-block%zu\"", number, block + 1);
        put_block(out, words, at, next, lang);
        at = next;
    }
    buf_text(out, "</PrintSpace>\n</Page>\n");
}

/* Where the page lies in its image, which is turned before. */
static void put_cut(struct buf *out, const struct js *info, size_t number)
{
    struct rect_mm cut;
    if (!page_cut_of(info, &cut))
        return;
    buf_printf(out,
               "<Processing ID=\"cut%zu\"><processingCategory>preOperation</processingCategory>"
               "<processingStepDescription>page cut out of its image (mm)"
               "</processingStepDescription><processingStepSettings>",
               number);
    buf_printf(out, PAGE_CUT_KEY "=%.1f,%.1f,%.1f,%.1f", cut.x, cut.y, cut.w, cut.h);
    buf_text(out, "</processingStepSettings></Processing>\n");
}

static void put_description(struct buf *out, const char *source_name, const char *lang,
                            const struct document_page *pages, size_t page_count)
{
    buf_text(out, "<Description>\n<MeasurementUnit>mm10</MeasurementUnit>\n"
                  "<sourceImageInformation><fileName>");
    put_text(out, source_name);
    buf_text(out, "</fileName></sourceImageInformation>\n<Processing ID=\"ocr\">"
                  "<processingCategory>contentGeneration</processingCategory>"
                  "<processingStepSettings>lang=");
    put_text(out, lang);
    buf_text(out, "</processingStepSettings><processingSoftware>" SOFTWARE
                  "</processingSoftware></Processing>\n");
    for (size_t i = 0; i < page_count; i++) {
        buf_printf(out,
                   "<Processing ID=\"turn%zu\"><processingCategory>preOperation"
                   "</processingCategory><processingStepDescription>turned clockwise to be upright"
                   "</processingStepDescription><processingStepSettings>rotation_deg=%d"
                   "</processingStepSettings></Processing>\n",
                   i + 1, (int)js_int_or(pages[i].info, "rotation_deg", 0));
        put_cut(out, pages[i].info, i + 1);
    }
    buf_text(out, "</Description>\n");
}

enum err_code alto_write(const char *source_name, const char *lang,
                         const struct document_page *pages, size_t page_count, char **out,
                         struct err *err)
{
    AUTO(buf) struct buf text;
    buf_init(&text, ALTO_MAX_BYTES);
    buf_text(&text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<alto xmlns=\"http://www.loc.gov/standards/alto/ns-v4#\" "
                    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                    "xsi:schemaLocation=\"http://www.loc.gov/standards/alto/ns-v4# "
                    "http://www.loc.gov/standards/alto/v4/alto-4-2.xsd\" SCHEMAVERSION=\"4.2\">\n");
    put_description(&text, source_name, lang, pages, page_count);
    buf_text(&text, "<Tags><OtherTag ID=\"" HAND_TAG "\" LABEL=\"" HAND_TAG
                    "\" DESCRIPTION=\"written by hand\"/></Tags>\n<Layout>\n");
    for (size_t i = 0; i < page_count; i++) {
        AUTO(words) struct words words = {0};
        struct rect_mm cut;
        enum err_code code = words_read_fd(pages[i].words_fd, &words, err);
        if (code)
            return err_context(err, code, "page %zu", i + 1);
        bool is_cut = page_cut_of(pages[i].info, &cut);
        if (is_cut)
            words_cut(&words, cut);
        put_page(&text, &words, i + 1, is_cut, language_of(lang));
    }
    buf_text(&text, "</Layout>\n</alto>\n");
    char *written = buf_take(&text);
    if (!written)
        return err_set(err, ERR_NO_MEMORY, "ALTO");
    *out = written;
    return ERR_OK;
}
