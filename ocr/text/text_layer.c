#include "ocr/text/text_layer.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"

#include <ctype.h>
#include <string.h>

#define TEXT_MAX_BYTES (16u << 20)
#define LEAST_WORDS 5
/* Measured on 75 sheets of 24 kinds of paper: 0.63 … 0.92 of the words have an accent and 0.76
 * … 1.00 are possible syllables (the rest are abbreviations); English technical prose: 0.04 and
 * 0.25. */
#define LEAST_MARKED 0.3
#define LEAST_POSSIBLE 0.7

const char *text_layer_name(enum text_layer_kind kind)
{
    static const char *const names[] = {"none", "useful", "useless"};
    return names[kind];
}

void text_layer_done(struct text_layer *layer)
{
    mem_free(layer->text);
    *layer = (struct text_layer){0};
}

/* --- bytes to UTF-8 -------------------------------------------------------------------------- */

static void put(struct buf *out, int32_t point)
{
    char bytes[4];
    bool odd = point == 0 || (point >= 0xd800 && point <= 0xdfff);
    buf_append(out, bytes, text_put(odd ? ' ' : point, bytes));
}

static void from_utf16(const unsigned char *bytes, size_t size, struct buf *out)
{
    bool little = bytes[0] == 0xff;
    for (size_t i = 2; i + 1 < size; i += 2)
        put(out, bytes[i + little] << 8 | bytes[i + !little]);
}

/* Windows-1252 where it differs from Latin-1 has only quotation marks and dashes: they separate. */
static void from_latin1(const unsigned char *bytes, size_t size, struct buf *out)
{
    for (size_t i = 0; i < size; i++)
        put(out, bytes[i] >= 0x80 && bytes[i] < 0xa0 ? ' ' : bytes[i]);
}

static enum err_code to_utf8(const char *bytes, size_t size, char **out, struct err *err)
{
    AUTO(buf) struct buf made;
    const unsigned char *raw = (const unsigned char *)bytes;
    buf_init(&made, TEXT_MAX_BYTES);
    buf_text(&made, "");
    if (size > TEXT_MAX_BYTES / 2)
        return err_set(err, ERR_TOO_LARGE, "%zu bytes of text", size);
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        size -= 3;
    }
    if (size >= 2 && ((raw[0] == 0xff && raw[1] == 0xfe) || (raw[0] == 0xfe && raw[1] == 0xff)))
        from_utf16(raw, size, &made);
    else if (text_is_utf8(bytes, size))
        buf_append(&made, bytes, size);
    else
        from_latin1(raw, size, &made);
    char *text = buf_take(&made);
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "text");
    *out = text;
    return ERR_OK;
}

/* --- conversion ------------------------------------------------------------------------------ */

static struct legacy_guess best_guess(const struct syllables *syllables, const char *text,
                                      const char *const *fonts, size_t font_count)
{
    struct legacy_guess best = legacy_text_detect(syllables, text, NULL);
    for (size_t i = 0; i < font_count; i++) {
        struct legacy_guess guess = legacy_font_guess(fonts[i]);
        if (!guess.encoding || guess.capitals)
            continue;
        guess = legacy_text_detect(syllables, text, fonts[i]);
        if (guess.confidence > best.confidence)
            best = guess;
    }
    best.capitals = false; /* some of the fonts may be; raised word by word */
    return best;
}

/* The letter ư of TCVN3 is the byte that Windows calls a soft hyphen, and a PDF whose font says no
 * more than that gives "-": where the word is a syllable with ư, that is what was meant. */
static void mend_word(const struct syllables *syllables, const char *word, size_t size,
                      struct buf *out)
{
    const char *hyphen = memchr(word, '-', size);
    size_t before = hyphen ? (size_t)(hyphen - word) : 0;
    if (!before || before + 1 == size) {
        buf_append(out, word, size);
        return;
    }
    bool capital = isupper((unsigned char)hyphen[-1]) && !islower((unsigned char)hyphen[1]);
    AUTO(mem)
    char *mended = mem_printf("%.*s%s%.*s", (int)before, word, capital ? "Ư" : "ư",
                              (int)(size - before - 1), hyphen + 1);
    struct syllable_count count =
        mended ? syllables_in(syllables, mended) : (struct syllable_count){0};
    bool better = count.words == 1 && count.possible == 1;
    buf_append(out, better ? mended : word, better ? strlen(mended) : size);
}

static char *mend_hyphens(const struct syllables *syllables, const char *line)
{
    AUTO(buf) struct buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    buf_text(&out, "");
    while (*line) {
        size_t size = strcspn(line, " ");
        mend_word(syllables, line, size, &out);
        line += size;
        size = strspn(line, " ");
        buf_append(&out, line, size);
        line += size;
    }
    return buf_take(&out);
}

static char *convert_line(const struct syllables *syllables, const char *line,
                          const struct legacy_guess *guess)
{
    AUTO(mem) char *converted = line ? legacy_text_to_unicode(line, guess) : NULL;
    if (!converted || guess->encoding != LEGACY_TCVN3)
        return TAKE(converted);
    return mend_hyphens(syllables, converted);
}

/* Lines of other fonts stand among those of the old one. A line without a letter that only Unicode
 * has is converted unless that spoils it; ASCII, where every line could be VIQR, only for gain. */
static bool is_better(const struct syllables *syllables, const char *line, const char *converted,
                      enum legacy_encoding encoding)
{
    struct syllable_count before = syllables_in(syllables, line);
    struct syllable_count after = syllables_in(syllables, converted);
    bool needs_gain = encoding == LEGACY_VIQR || text_has_unicode_letters(line);
    return after.possible >= before.possible + (needs_gain ? 1 : 0);
}

static enum err_code convert_lines(const struct syllables *syllables, const char *text,
                                   const struct legacy_guess *guess, char **out, struct err *err)
{
    AUTO(buf) struct buf made;
    buf_init(&made, TEXT_MAX_BYTES);
    buf_text(&made, "");
    while (*text) {
        size_t size = strcspn(text, "\n");
        AUTO(mem) char *line = mem_strndup(text, size);
        AUTO(mem) char *converted = convert_line(syllables, line, guess);
        if (!converted)
            return err_set(err, ERR_NO_MEMORY, "text");
        bool better = is_better(syllables, line, converted, guess->encoding);
        buf_text(&made, better ? converted : line);
        text += size;
        if (*text) {
            buf_text(&made, "\n");
            text++;
        }
    }
    char *whole = buf_take(&made);
    if (!whole)
        return err_set(err, ERR_NO_MEMORY, "text");
    *out = whole;
    return ERR_OK;
}

static void judge(struct text_layer *layer)
{
    const struct syllable_count *count = &layer->count;
    layer->kind = TEXT_LAYER_USELESS;
    if (count->words < LEAST_WORDS)
        layer->kind = TEXT_LAYER_NONE;
    else if ((double)count->marked < LEAST_MARKED * (double)count->words)
        layer->reason = "no_vietnamese";
    else if ((double)count->possible < LEAST_POSSIBLE * (double)count->words)
        layer->reason = "garbage";
    else
        layer->kind = TEXT_LAYER_USEFUL;
}

enum err_code text_layer_read(const struct syllables *syllables, const char *bytes, size_t size,
                              const char *const *fonts, size_t font_count, struct text_layer *out,
                              struct err *err)
{
    *out = (struct text_layer){0};
    AUTO(mem) char *text = NULL;
    AUTO(mem) char *normal = NULL;
    enum err_code code = to_utf8(bytes, size, &text, err);
    if (code)
        return code;
    out->guess = best_guess(syllables, text, fonts, font_count);
    if (out->guess.encoding) {
        char *converted = NULL;
        code = convert_lines(syllables, text, &out->guess, &converted, err);
        if (code)
            return code;
        mem_free(text);
        text = converted;
    }
    code = text_nfc(text, strlen(text), &normal, err);
    if (code)
        return code;
    out->count = syllables_in(syllables, normal);
    judge(out);
    if (out->kind == TEXT_LAYER_USEFUL)
        out->text = TAKE(normal);
    else
        out->guess = (struct legacy_guess){0};
    return ERR_OK;
}
