#include "ocr/recognize/beside.h"
#include "ocr/recognize/lone_ink.h"
#include "ocr/recognize/second_look.h"
#include "ocr/recognize/small_marks.h"
#include "ocr/recognize/specks.h"
#include "ocr/recognize/tesseract.h"
#include "ocr/recognize/word_pairs.h"
#include "ocr/recognize/words_packed.h"

/* A line of the first look, and what the second one saw of it where one was due. */
struct looked_line {
    const struct word *word;
    size_t count;
    bool is_due;
    struct words again;
};

struct looked_lines {
    struct looked_line *item;
    size_t count;
    struct recognizer *recognizer; /* who looks again, and at what */
    const struct recognition_image *image;
    const struct words *page;
};

static void looked_lines_auto(struct looked_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        words_done(&lines->item[i].again);
    mem_free(lines->item);
}

static enum err_code find_lines(const struct words *first, struct looked_lines *out,
                                struct err *err)
{
    out->item = mem_array(first->count + 1, sizeof *out->item);
    if (!out->item)
        return err_set(err, ERR_NO_MEMORY, "lines of a page");
    for (size_t from = 0, end; from < first->count; from = end) {
        const struct word *word = &first->item[from];
        for (end = from + 1; end < first->count && first->item[end].line == word->line;)
            end++;
        out->item[out->count++] = (struct looked_line){
            .word = word, .count = end - from, .is_due = second_look_is_due(word, end - from)};
    }
    return ERR_OK;
}

static enum err_code look_again(struct looked_lines *lines, size_t from, size_t end,
                                struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = from; i < end && !code; i++) {
        struct looked_line *line = &lines->item[i];
        struct rect_mm box = second_look_box(line->word, line->count);
        if (line->is_due)
            code = recognizer_read_line(lines->recognizer, lines->image, &box, lines->page,
                                        &line->again, err);
    }
    return code;
}

/* --- the second look, shared with a copy of this process -------------------------------------- */

struct latter_lines {
    struct looked_lines *lines;
    size_t from;
};

static enum err_code look_at_latter(void *payload, struct buf *out, struct err *err)
{
    struct latter_lines *latter = payload;
    struct looked_lines *lines = latter->lines;
    enum err_code code = look_again(lines, latter->from, lines->count, err);
    for (size_t i = latter->from; i < lines->count && !code; i++)
        if (lines->item[i].is_due)
            words_pack(&lines->item[i].again, out);
    return code;
}

static enum err_code take_latter(struct looked_lines *lines, size_t from, struct packed packed,
                                 struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = from; i < lines->count && !code; i++)
        if (lines->item[i].is_due)
            code = words_unpack(&packed, &lines->item[i].again, err);
    return code;
}

static double length_of(const struct looked_line *line)
{
    struct rect_mm box = second_look_box(line->word, line->count);
    return line->is_due ? box.w / box.h : 0;
}

/* The line behind the first half of what there is to look at; the number of lines when one process
 * does it as well. */
static size_t half_way(const struct looked_lines *lines)
{
    double all = 0, seen = 0;
    size_t due = 0, half = lines->count;
    for (size_t i = 0; i < lines->count; i++) {
        all += length_of(&lines->item[i]);
        due += lines->item[i].is_due;
    }
    if (due < 2)
        return lines->count;
    for (size_t i = 0; i < lines->count && half == lines->count; i++) {
        double length = length_of(&lines->item[i]);
        if (seen > 0 && seen + length / 2 > all / 2)
            half = i;
        seen += length;
    }
    return half;
}

static enum err_code look_shared(struct looked_lines *lines, size_t half, struct err *err)
{
    AUTO(beside) struct beside beside = {0};
    AUTO(mem) char *bytes = NULL;
    struct latter_lines latter = {lines, half};
    struct err why = ERR_INIT;
    size_t size = 0;
    bool begun = !beside_begin(look_at_latter, &latter, &beside, &why);
    enum err_code code = look_again(lines, 0, half, err);
    if (code)
        return code;
    enum err_code missing =
        begun ? beside_take(&beside, recognizer_cancel(lines->recognizer), &bytes, &size, &why)
              : why.code;
    if (missing == ERR_CANCELLED)
        return err_set(err, missing, "%s", why.detail);
    if (!missing && !take_latter(lines, half, (struct packed){bytes, bytes + size}, &why))
        return ERR_OK;
    for (size_t i = half; i < lines->count; i++)
        words_done(&lines->item[i].again);
    return look_again(lines, half, lines->count, err);
}

static enum err_code look_at_unsure(struct looked_lines *lines, struct err *err)
{
    size_t half = recognizer_may_share(lines->recognizer) ? half_way(lines) : lines->count;
    if (half == lines->count)
        return look_again(lines, 0, lines->count, err);
    enum err_code code = recognizer_ready_lines(lines->recognizer, err);
    return code ? code : look_shared(lines, half, err);
}

/* --- what is kept ----------------------------------------------------------------------------- */

static enum err_code keep_line(const struct word *line, size_t count, struct words *out,
                               struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < count && !code; i++)
        code = words_add(out, line[i].text, line[i].confidence, line[i].box, line[i].baseline_mm,
                         line[i].block, line[i].line, err);
    return code;
}

static enum err_code settle_line(const struct looked_line *line, struct words *out, struct err *err)
{
    AUTO(words) struct words settled;
    words_init(&settled, out->page, out->skew_deg);
    if (!line->is_due)
        return keep_line(line->word, line->count, out, err);
    enum err_code code = second_look_merge(line->word, line->count, &line->again, &settled, err);
    if (code || second_look_is_mark(settled.item, settled.count))
        return code;
    return keep_line(settled.item, settled.count, out, err);
}

static enum err_code settle_lines(struct recognizer *recognizer,
                                  const struct recognition_image *image, const struct words *first,
                                  struct words *out, struct err *err)
{
    AUTO(looked_lines)
    struct looked_lines lines = {.recognizer = recognizer, .image = image, .page = out};
    enum err_code code = find_lines(first, &lines, err);
    if (!code)
        code = look_at_unsure(&lines, err);
    for (size_t i = 0; i < lines.count && !code; i++)
        code = settle_line(&lines.item[i], out, err);
    return code;
}

/* Behind all others, each a line of its own: where in the text they belong nobody knows. */
static enum err_code read_lone_ink(struct recognizer *recognizer,
                                   const struct recognition_image *image, struct words *words,
                                   struct err *err)
{
    struct lone_ink lone = {0};
    enum err_code code = lone_ink_find(image, words, &lone, err);
    for (int i = 0; i < lone.count && !code; i++) {
        AUTO(words) struct words reading = {0};
        struct rect_mm box = second_look_box(&(struct word){.box = lone.item[i]}, 1);
        const struct word *last = &words->item[words->count - 1];
        code = recognizer_read_line(recognizer, image, &box, words, &reading, err);
        if (code || !lone_ink_is_word(&reading))
            continue;
        reading.item[0].block = last->block + 1;
        reading.item[0].line = last->line + 1;
        code = keep_line(reading.item, 1, words, err);
    }
    return code;
}

enum err_code recognizer_read_page(struct recognizer *recognizer,
                                   const struct recognition_image *image, struct words *words,
                                   struct err *err)
{
    AUTO(words) struct words first;
    words_init(&first, words->page, words->skew_deg);
    enum err_code code = recognizer_read_layout(recognizer, image, &first, err);
    if (!code)
        code = specks_drop(&first, err);
    if (!code)
        code = settle_lines(recognizer, image, &first, words, err);
    if (!code) /* a second look may take a hairline for letters, too */
        code = specks_drop(words, err);
    if (!code)
        code = small_marks_settle(image, words, err);
    if (!code)
        code = word_pairs_settle(words, err);
    return code ? code : read_lone_ink(recognizer, image, words, err);
}
