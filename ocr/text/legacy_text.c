#include "ocr/text/legacy_text.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "ocr/text/legacy_tables.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX_BYTES (16u << 20)
#define JUDGED_BYTES (64u << 10)
#define WORD_MAX_BYTES 64

#define LEAST_POSSIBLE 0.75
#define LEAST_POSSIBLE_WITH_FONT 0.5
#define LEAST_GAIN 0.2
#define LEAST_MARKED 3
#define LEAST_MARKED_SHARE 0.25 /* Vietnamese prose has 0.7; an English page with names 0.05 */

const char *legacy_encoding_name(enum legacy_encoding encoding)
{
    static const char *const names[] = {"unicode", "tcvn3", "vni", "viqr"};
    return names[encoding];
}

/* --- fonts ----------------------------------------------------------------------------------- */

/* Name without "ABCDEF+" and without the style behind '-' or ','. */
static const char *bare_font(const char *name, size_t *out_size)
{
    const char *plus = strchr(name, '+');
    if (plus && plus - name == 6)
        name = plus + 1;
    *out_size = strcspn(name, ",");
    return name;
}

struct legacy_guess legacy_font_guess(const char *font_name)
{
    struct legacy_guess guess = {0};
    size_t size;
    const char *name = bare_font(font_name, &size);
    if (size > 4 && strncasecmp(name, "VNI", 3) == 0 && strchr("-_ ", name[3]))
        guess.encoding = LEGACY_VNI;
    const char *face = name[0] == '.' ? name + 1 : name;
    bool dotted = name[0] == '.' && strncasecmp(face, "vn", 2) == 0;
    if (dotted || (strncmp(face, "Vn", 2) == 0 && isupper((unsigned char)face[2]))) {
        size_t end = strcspn(face, ",-_ ");
        guess.encoding = LEGACY_TCVN3;
        guess.capitals = end > 3 && face[end - 1] == 'H' && islower((unsigned char)face[end - 2]);
    }
    guess.confidence = guess.encoding ? 0.5 : 0;
    return guess;
}

/* --- conversion ------------------------------------------------------------------------------ */

static void put(struct buf *out, int32_t point)
{
    char bytes[4];
    buf_append(out, bytes, text_put(point, bytes));
}

static void convert_tcvn3(const char *text, struct buf *out)
{
    for (int32_t point; (point = text_next(&text)) > 0;) {
        int32_t letter = tcvn3_letter(point);
        put(out, letter ? letter : point);
    }
}

static bool is_base(const struct vni_byte *means, int32_t before)
{
    int32_t small = (before >= 'A' && before <= 'Z') || (before >= 0xc0 && before <= 0xde)
                        ? before + 0x20
                        : before;
    return small > 0 && small < 0x100 && means->bases && strchr(means->bases, small);
}

static void convert_vni(const char *text, struct buf *out)
{
    int32_t before = 0;
    for (int32_t point; (point = text_next(&text)) > 0; before = point) {
        struct vni_byte means = vni_byte(point);
        if (is_base(&means, before)) {
            put(out, means.accent[0]);
            if (means.accent[1])
                put(out, means.accent[1]);
        } else {
            put(out, means.letter ? means.letter : point);
        }
    }
}

/* RFC 1456: which accents a sign puts on which letters. */
static int32_t viqr_shape(char base, char sign)
{
    base = (char)tolower((unsigned char)base);
    if (sign == '^' && strchr("aeo", base))
        return 0x302;
    if (sign == '(' && base == 'a')
        return 0x306;
    if ((sign == '+' || sign == '*') && strchr("ou", base))
        return 0x31b;
    return 0;
}

static int32_t viqr_tone(char sign)
{
    static const char signs[] = "'`?~.";
    static const int32_t accents[] = {0x301, 0x300, 0x309, 0x303, 0x323};
    const char *place = sign ? strchr(signs, sign) : NULL;
    return place ? accents[place - signs] : 0;
}

/* A full stop or question mark that ends a sentence is no tone, though nobody wrote "\."; between
 * two capitalised words it is one: "Thi. Lan". */
static bool ends_sentence(const char *sign, bool capitalised)
{
    if (*sign != '.' && *sign != '?')
        return false;
    const char *next = sign + 1 + strspn(sign + 1, " \t");
    return !*next || strchr("\r\n.?", *next) ||
           (next > sign + 1 && isupper((unsigned char)*next) && !capitalised);
}

static const char *convert_viqr_vowel(const char *text, bool capitalised, struct buf *out)
{
    char base = *text++;
    put(out, base);
    int32_t shape = *text ? viqr_shape(base, *text) : 0;
    if (shape) {
        put(out, shape);
        text++;
    }
    int32_t tone = viqr_tone(*text);
    if (tone && !ends_sentence(text, capitalised)) {
        put(out, tone);
        text++;
    }
    return text;
}

static void convert_viqr(const char *text, struct buf *out)
{
    bool capitalised = false;
    for (char before = ' '; *text; before = text[-1]) {
        if (isspace((unsigned char)before))
            capitalised = isupper((unsigned char)*text);
        if (*text == '\\' && text[1]) {
            buf_append(out, text + 1, 1);
            text += 2;
        } else if ((text[0] == 'd' || text[0] == 'D') && (text[1] == 'd' || text[1] == 'D')) {
            put(out, text[0] == 'd' ? 0x111 : 0x110);
            text += 2;
        } else if (strchr("aeiouyAEIOUY", *text)) {
            text = convert_viqr_vowel(text, capitalised, out);
        } else {
            buf_append(out, text++, 1);
        }
    }
}

/* Words of a capital font whose ASCII letters were typed as capitals: "CộNG". */
enum word_case { WORD_OTHER, WORD_MAYBE_CAPITALS, WORD_CAPITALS };

static enum word_case case_of(const char *word)
{
    size_t capitals = 0, small_marks = 0;
    AUTO(mem) char *upper = text_upper(word);
    for (size_t i = 0; word[i]; i++) {
        if (islower((unsigned char)word[i]))
            return WORD_OTHER;
        capitals += isupper((unsigned char)word[i]) != 0;
        small_marks += upper && (unsigned char)word[i] >= 0x80;
    }
    if (!small_marks || strcmp(upper, word) == 0)
        return WORD_OTHER;
    return capitals > 1 ? WORD_CAPITALS : WORD_MAYBE_CAPITALS;
}

#define BETWEEN_WORDS " \t.,;:()/-\"'"

/* Appends the line's words, raised where they are of capitals; "Xã" is where another word surely
 * is. out NULL: only looks whether one is. */
static bool raise_words(const char *line, bool beside_capitals, struct buf *out)
{
    bool sure = false;
    while (*line && *line != '\n') {
        size_t gap = strspn(line, BETWEEN_WORDS), length = strcspn(line + gap, BETWEEN_WORDS "\n");
        AUTO(mem) char *word = mem_strndup(line + gap, length);
        enum word_case kind = word ? case_of(word) : WORD_OTHER;
        bool raise = kind == WORD_CAPITALS || (kind == WORD_MAYBE_CAPITALS && beside_capitals);
        AUTO(mem) char *upper = raise ? text_upper(word) : NULL;
        sure = sure || kind == WORD_CAPITALS;
        if (out) {
            buf_append(out, line, gap);
            buf_append(out, upper ? upper : line + gap, upper ? strlen(upper) : length);
        }
        line += gap + length;
    }
    return sure;
}

static char *raise_capitals(const char *text)
{
    AUTO(buf) struct buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    buf_text(&out, "");
    while (*text) {
        raise_words(text, raise_words(text, false, NULL), &out);
        text += strcspn(text, "\n");
        if (*text) {
            buf_text(&out, "\n");
            text++;
        }
    }
    return buf_take(&out);
}

char *legacy_text_to_unicode(const char *text, const struct legacy_guess *guess)
{
    AUTO(buf) struct buf out;
    AUTO(mem) char *normal = NULL;
    buf_init(&out, TEXT_MAX_BYTES);
    buf_text(&out, "");
    if (!text_is_utf8(text, strlen(text)))
        return NULL;
    if (guess->encoding == LEGACY_TCVN3)
        convert_tcvn3(text, &out);
    else if (guess->encoding == LEGACY_VNI)
        convert_vni(text, &out);
    else if (guess->encoding == LEGACY_VIQR)
        convert_viqr(text, &out);
    else
        buf_text(&out, text);
    if (!buf_ok(&out) || text_nfc(out.bytes, out.size, &normal, NULL))
        return NULL;
    if (guess->encoding != LEGACY_TCVN3)
        return TAKE(normal);
    return guess->capitals ? text_upper(normal) : raise_capitals(normal);
}

/* --- detection ------------------------------------------------------------------------------- */

/* Signs of Latin-1 that are letters in one of the encodings are kept in words: read as Unicode they
 * make the word impossible, which is the point. */
static bool is_word_point(int32_t point)
{
    return (point < 0x80 && isalpha((int)point)) ||
           (point > 0xa0 && point < 0x2000 && point != 0xab && point != 0xbb);
}

static void count_word(const struct syllables *syllables, const char *word, bool marked,
                       struct syllable_count *out)
{
    bool possible = syllable_is_possible(syllables, word);
    out->words++;
    out->possible += possible;
    out->marked += marked;
    out->marked_possible += possible && marked;
}

struct syllable_count syllables_in(const struct syllables *syllables, const char *text)
{
    struct syllable_count count = {0};
    char word[WORD_MAX_BYTES];
    size_t used = 0;
    bool marked = false;
    for (const char *end = text;;) {
        int32_t point = text_next(&end);
        if (is_word_point(point)) {
            if (used + 5 < sizeof word)
                used += text_put(point, word + used);
            marked = marked || point >= 0x80;
            continue;
        }
        word[used] = 0;
        if (used)
            count_word(syllables, word, marked, &count);
        used = 0;
        marked = false;
        if (point == 0)
            return count;
    }
}

bool text_has_unicode_letters(const char *text)
{
    for (int32_t point; (point = text_next(&text)) != 0;)
        if (point > 0xff && point < 0x2000 && point != 0x3bc)
            return true;
    return false;
}

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

/* How sure it is that `text` is in that encoding; 0: it is not. */
static double weigh(const struct syllables *syllables, const char *text,
                    const struct legacy_guess *guess, const struct syllable_count *as_is,
                    bool font_says)
{
    AUTO(mem) char *converted = legacy_text_to_unicode(text, guess);
    if (!converted)
        return 0;
    struct syllable_count count = syllables_in(syllables, converted);
    double possible = share(count.marked_possible, count.marked);
    double before = share(as_is->marked_possible, as_is->marked);
    if (count.marked < (font_says ? 1 : LEAST_MARKED) ||
        possible < (font_says ? LEAST_POSSIBLE_WITH_FONT : LEAST_POSSIBLE) ||
        (!font_says && share(count.marked, count.words) < LEAST_MARKED_SHARE) ||
        (!font_says && as_is->marked && possible < before + LEAST_GAIN) ||
        (font_says &&
         count.marked_possible < as_is->marked_possible + (text_has_unicode_letters(text) ? 1 : 0)))
        return 0;
    double enough = (double)count.marked / (double)(count.marked + LEAST_MARKED);
    return possible * (font_says ? 1 : enough);
}

struct legacy_guess legacy_text_detect(const struct syllables *syllables, const char *text,
                                       const char *font_name)
{
    struct legacy_guess font = font_name ? legacy_font_guess(font_name) : (struct legacy_guess){0};
    struct legacy_guess best = {0};
    size_t size = strlen(text) < JUDGED_BYTES ? strlen(text) : JUDGED_BYTES;
    while (size < strlen(text) && size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
        size--;
    AUTO(mem) char *part = mem_strndup(text, size);
    if (!part)
        return best;
    struct syllable_count as_is = syllables_in(syllables, part);
    for (int encoding = LEGACY_TCVN3; encoding <= LEGACY_VIQR; encoding++) {
        bool font_says = font.encoding == (enum legacy_encoding)encoding;
        struct legacy_guess guess = {.encoding = (enum legacy_encoding)encoding,
                                     .capitals = font_says && font.capitals};
        guess.confidence = weigh(syllables, part, &guess, &as_is, font_says);
        if (guess.confidence > best.confidence)
            best = guess;
    }
    return best;
}
