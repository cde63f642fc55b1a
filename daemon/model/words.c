#include "daemon/model/words.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"

#include <math.h>
#include <string.h>

#define WORDS_SCHEMA "sohoa.words/1"
#define WORD_MAX_BYTES 1000

void words_init(struct words *words, struct size_mm page, double skew_deg)
{
    *words = (struct words){.page = page, .skew_deg = skew_deg};
}

void words_done(struct words *words)
{
    if (!words)
        return;
    for (size_t i = 0; i < words->count; i++)
        mem_free(words->item[i].text);
    mem_free(words->item);
    *words = (struct words){0};
}

static enum err_code make_room(struct words *words, struct err *err)
{
    if (words->count >= WORDS_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %u words on a page", WORDS_MAX);
    if (words->count < words->capacity)
        return ERR_OK;
    size_t capacity = words->capacity ? words->capacity * 2 : 128;
    struct word *item = mem_resize(words->item, capacity * sizeof *item);
    if (!item)
        return err_set(err, ERR_NO_MEMORY, "words");
    words->item = item;
    words->capacity = capacity;
    return ERR_OK;
}

enum err_code words_add(struct words *words, const char *text, double confidence,
                        struct rect_mm box, double baseline_mm, int block, int line,
                        struct err *err)
{
    enum err_code code = make_room(words, err);
    if (code)
        return code;
    char *copy = mem_strndup(text, WORD_MAX_BYTES);
    if (!copy)
        return err_set(err, ERR_NO_MEMORY, "word");
    words->item[words->count++] = (struct word){
        .text = copy,
        .confidence = confidence,
        .box = box,
        .baseline_mm = baseline_mm,
        .block = block,
        .line = line,
    };
    return ERR_OK;
}

char *words_text(const struct words *words)
{
    AUTO(buf) struct buf text;
    buf_init(&text, 4u << 20);
    buf_text(&text, "");
    for (size_t i = 0; i < words->count; i++) {
        const struct word *word = &words->item[i], *before = i ? word - 1 : NULL;
        if (before && before->block != word->block)
            buf_text(&text, "\n\n");
        else if (before && before->line != word->line)
            buf_text(&text, "\n");
        else if (before)
            buf_text(&text, " ");
        buf_text(&text, word->text);
    }
    return buf_take(&text);
}

double words_mean_confidence(const struct words *words)
{
    double sum = 0;
    for (size_t i = 0; i < words->count; i++)
        sum += words->item[i].confidence;
    return words->count ? sum / (double)words->count : 0;
}

/* Turning about another point is turning about the same one and moving. */
void words_cut(struct words *words, struct rect_mm part)
{
    struct size_mm size = {part.w, part.h};
    struct point_mm was = point_deskewed_from_upright((struct point_mm){part.x, part.y},
                                                      words->page, words->skew_deg);
    struct point_mm is =
        point_deskewed_from_upright((struct point_mm){0, 0}, size, words->skew_deg);
    for (size_t i = 0; i < words->count; i++) {
        words->item[i].box.x += is.x - was.x;
        words->item[i].box.y += is.y - was.y;
        words->item[i].baseline_mm += is.y - was.y;
    }
    words->page = size;
}

struct rect_mm words_box_upright(const struct words *words, size_t index)
{
    return rect_upright_from_deskewed(words->item[index].box, words->page, words->skew_deg);
}

static double hundredths(double value)
{
    return round(value * 100) / 100;
}

/* One word is [text, confidence, x, y, w, h, baseline, block, line]: pages have a thousand of them.
 * What may be written by hand has a tenth value. */
static struct js *word_to_js(const struct word *w)
{
    AUTO(js)
    struct js *item = js_pack("[s,f,f,f,f,f,f,i,i]", w->text, hundredths(w->confidence),
                              hundredths(w->box.x), hundredths(w->box.y), hundredths(w->box.w),
                              hundredths(w->box.h), hundredths(w->baseline_mm), w->block, w->line);
    if (hundredths(w->hand) > 0 && !js_push(item, js_real(hundredths(w->hand))))
        return NULL;
    return TAKE(item);
}

struct js *words_to_js(const struct words *words)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < words->count; i++)
        if (!js_push(list, word_to_js(&words->item[i])))
            return NULL;
    return js_pack("{s:s, s:f, s:f, s:f, s:s*, s:O}", "schema", WORDS_SCHEMA, "width_mm",
                   words->page.w, "height_mm", words->page.h, "skew_deg", words->skew_deg, "source",
                   words->from_layer ? WORDS_FROM_LAYER : NULL, "words", list);
}

static enum err_code word_from_js(const struct js *item, struct words *out, struct err *err)
{
    const char *text;
    double number[6];
    int64_t block, line;
    enum err_code code = js_get_text(item, "[0]", &text, err);
    for (int i = 0; !code && i < 6; i++) {
        char path[8] = {'[', (char)('1' + i), ']', 0};
        code = js_get_real(item, path, &number[i], err);
    }
    if (!code)
        code = js_get_int(item, "[7]", &block, err);
    if (!code)
        code = js_get_int(item, "[8]", &line, err);
    if (code)
        return code;
    struct rect_mm box = {number[1], number[2], number[3], number[4]};
    code = words_add(out, text, number[0], box, number[5], (int)block, (int)line, err);
    if (!code)
        out->item[out->count - 1].hand = js_real_or(item, "[9]", 0);
    return code;
}

enum err_code words_from_js(const struct js *value, struct words *out, struct err *err)
{
    struct size_mm page = {0};
    const struct js *list;
    double skew_deg = 0;
    words_init(out, page, 0);
    if (strcmp(js_text_or(value, "schema", ""), WORDS_SCHEMA) != 0)
        return err_set(err, ERR_BAD_JSON, "'schema' is not %s", WORDS_SCHEMA);
    enum err_code code = js_get_real(value, "width_mm", &page.w, err);
    if (!code)
        code = js_get_real(value, "height_mm", &page.h, err);
    if (!code)
        code = js_get_real(value, "skew_deg", &skew_deg, err);
    if (!code)
        code = js_get_array(value, "words", &list, err);
    if (code)
        return code;
    words_init(out, page, skew_deg);
    out->from_layer = strcmp(js_text_or(value, "source", ""), WORDS_FROM_LAYER) == 0;
    for (size_t i = 0; i < js_count(list); i++) {
        code = word_from_js(js_item(list, i), out, err);
        if (code)
            return err_context(err, code, "'words[%zu]'", i);
    }
    return ERR_OK;
}

enum err_code words_read_fd(int fd, struct words *out, struct err *err)
{
    AUTO(js) struct js *value = NULL;
    words_init(out, (struct size_mm){0}, 0);
    enum err_code code = js_read_fd(fd, &value, err);
    return code ? code : words_from_js(value, out, err);
}
