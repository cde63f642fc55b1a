#include "ocr/recognize/small_marks.h"

#include "daemon/base/text.h"
#include "ocr/clean/bits.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Paper is white on the evened image. A dot has a dark core; what is nowhere has not even pale ink.
 */
#define DARK 128
#define PALE 190
/* Around the word, in heights of its letters above the line. */
#define MARGIN 0.3
/* Of the same: a mark ends above this, a raised digit too; what lies lower stands on the line. */
#define MARK_END 0.55
#define RAISED_END 0.3
#define RAISED_HEIGHT 0.25
/* A dot below reaches a fifth under the line, a letter that stands on it a fiftieth. */
#define BELOW 0.08
#define LETTER_HEIGHT 0.5
#define LETTERS_MAX 64
/* In smaller print a dot runs into its letter. */
#define PRINT_MIN_PX 28
/* A disc fills 0.79 of its square, a hook about a half, a slanted stroke less. */
#define DOT_FILL 0.7
#define DOT_ASPECT 1.3
#define DOT_MIN_PX 4
#define DOT_MIN 0.13
/* In coarser print a hook is a blot as round as a dot; so it is where soft edges, of a scan that
 * was enlarged, make the pale ink that much more than the dark. */
#define DOT_PRINT_MIN_PX 32
#define DOT_SOFT 1.6
#define CHANGED_SURE 0.9

/* The ink of a word; lengths in pixels from the top left of the cut. */
struct ink {
    struct pieces pieces;
    double left, right; /* of the word */
    double line;        /* its baseline */
    double height;      /* from there to the top of the word */
};

static void ink_auto(struct ink *ink)
{
    pieces_done(&ink->pieces);
}

static enum err_code cut_ink(const struct recognition_image *image, const struct word *word,
                             int threshold, struct ink *out, struct err *err)
{
    AUTO(raster) struct raster *cut = NULL;
    AUTO(bits) struct Pix *bits = NULL;
    double scale = image->px_per_mm, height = word->baseline_mm - word->box.y;
    int left = (int)fmax(0, (word->box.x - image->left_mm) * scale);
    int top = (int)fmax(0, (word->box.y - MARGIN * height - image->top_mm) * scale);
    int bottom = (int)ceil((word->baseline_mm + MARGIN * height - image->top_mm) * scale);
    int width = (int)ceil(word->box.w * scale) + 1;
    enum err_code code = raster_crop(image->grey, left, top, width, bottom - top, &cut, err);
    if (!code)
        code = bits_from_grey(cut, threshold, &bits, err);
    if (!code)
        code = bits_find_pieces(bits, 2, &out->pieces, err);
    out->left = 0;
    out->right = width;
    out->line = (word->baseline_mm - image->top_mm) * scale - top;
    out->height = height * scale;
    return code;
}

static bool is_dot(const struct piece *piece, double height)
{
    double longer = fmax(piece->w, piece->h), shorter = fmin(piece->w, piece->h);
    return shorter >= DOT_MIN_PX && shorter >= DOT_MIN * height && longer <= DOT_ASPECT * shorter &&
           piece->area >= DOT_FILL * piece->w * piece->h;
}

/* --- an i with an accent that is its dot ------------------------------------------------------ */

/* Letters whose upper part stands apart from the rest: all that have a mark, and the i. */
static bool floats_above(int32_t point)
{
    return point == 'i' || point == 'j' || (point >= 0xC0 && point != 0x110 && point != 0x111);
}

static const char *accented_i(const char *text, size_t *out_size)
{
    static const char *const letters[] = {"ì", "í", "ỉ", "ĩ"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof letters / sizeof *letters && !found; i++) {
        found = strstr(text, letters[i]);
        *out_size = strlen(letters[i]);
    }
    int floating = 0;
    for (const char *at = text; *at;)
        floating += floats_above(text_next(&at));
    return floating == 1 ? found : NULL;
}

/* What lies alone above the letters; NULL: nothing, or several pieces. */
static const struct piece *lone_mark(const struct ink *ink)
{
    const struct piece *mark = NULL;
    int marks = 0;
    for (int i = 0; i < ink->pieces.count; i++) {
        const struct piece *piece = &ink->pieces.item[i];
        if (piece->y + piece->h > ink->line - MARK_END * ink->height)
            continue;
        mark = piece;
        marks++;
    }
    return marks == 1 ? mark : NULL;
}

static bool shows_plain_i(const struct ink *dark, const struct ink *pale)
{
    const struct piece *core = lone_mark(dark), *whole = lone_mark(pale);
    return core && whole && dark->height >= DOT_PRINT_MIN_PX && is_dot(core, dark->height) &&
           whole->area <= DOT_SOFT * core->area;
}

/* --- a dot below that is not there ------------------------------------------------------------ */

static const char *const below_letters[][2] = {
    {"ạ", "a"}, {"ặ", "ă"}, {"ậ", "â"}, {"ẹ", "e"}, {"ệ", "ê"}, {"ị", "i"}, {"ọ", "o"}, {"ộ", "ô"},
    {"ợ", "ơ"}, {"ụ", "u"}, {"ự", "ư"}, {"Ạ", "A"}, {"Ặ", "Ă"}, {"Ậ", "Â"}, {"Ẹ", "E"}, {"Ệ", "Ê"},
    {"Ị", "I"}, {"Ọ", "O"}, {"Ộ", "Ô"}, {"Ợ", "Ơ"}, {"Ụ", "U"}, {"Ự", "Ư"},
};

/* Index into below_letters; -1: none, or something else reaches below the line as well. */
static int letter_below(const char *text, const char **out_place)
{
    if (strpbrk(text, "gjpqyQJ,;()/|[]{}_"))
        return -1;
    for (size_t i = 0; i < sizeof below_letters / sizeof *below_letters; i++)
        if ((*out_place = strstr(text, below_letters[i][0])))
            return (int)i;
    return -1;
}

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static bool lies_on_line(const struct word *word)
{
    double height = word->baseline_mm - word->box.y;
    return word->box.y + word->box.h - word->baseline_mm < BELOW * height;
}

/* The line by the letters themselves: an underline draws the word's own baseline down. */
static bool shows_nothing_below(const struct ink *ink)
{
    int ends[LETTERS_MAX], letters = 0, lowest = 0;
    for (int i = 0; i < ink->pieces.count && letters < LETTERS_MAX; i++) {
        const struct piece *piece = &ink->pieces.item[i];
        if (piece->h >= LETTER_HEIGHT * ink->height)
            ends[letters++] = piece->y + piece->h;
        if (piece->y + piece->h > lowest)
            lowest = piece->y + piece->h;
    }
    qsort(ends, (size_t)letters, sizeof *ends, compare_ints);
    return letters > 0 && letters < LETTERS_MAX && ink->height >= PRINT_MIN_PX &&
           lowest <= ends[letters / 2] + BELOW * ink->height;
}

/* --- a raised digit --------------------------------------------------------------------------- */

/* What the models make of a raised 2 behind a metre. */
static const char *raised_sign(const char *text, size_t *out_size)
{
    static const char *const signs[] = {"2", "3", "?", "°", "*", "\"",
                                        "'", "”", "“", "ˆ", "^", "’"};
    const char *behind = text + strspn(text, "kcd");
    if (behind - text > 1 || *behind != 'm')
        return NULL;
    behind++;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        *out_size = strlen(signs[i]);
        if (text_starts(behind, signs[i]) &&
            !behind[*out_size + strspn(behind + *out_size, ".,;:)")])
            return behind;
    }
    return NULL;
}

static bool ends_in_digit(const char *text)
{
    size_t size = strlen(text);
    return size > 0 && isdigit((unsigned char)text[size - 1]);
}

static bool shows_raised(const struct ink *ink)
{
    double middle = (ink->left + ink->right) / 2;
    for (int i = 0; i < ink->pieces.count; i++) {
        const struct piece *piece = &ink->pieces.item[i];
        if (piece->x + piece->w > middle && piece->h >= RAISED_HEIGHT * ink->height &&
            piece->y + piece->h <= ink->line - RAISED_END * ink->height)
            return true;
    }
    return false;
}

/* --- ------------------------------------------------------------------------------------------ */

static enum err_code write_instead(struct word *word, const char *place, size_t size,
                                   const char *letter, struct err *err)
{
    char *text =
        mem_printf("%.*s%s%s", (int)(place - word->text), word->text, letter, place + size);
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "word");
    mem_free(word->text);
    word->text = text;
    word->confidence = fmin(word->confidence, CHANGED_SURE);
    return ERR_OK;
}

static enum err_code settle_word(const struct recognition_image *image, const struct word *before,
                                 struct word *word, struct err *err)
{
    AUTO(ink) struct ink ink = {0}, dark = {0};
    const char *below = NULL;
    size_t i_size = 0, raised_size = 0;
    const char *accented = accented_i(word->text, &i_size);
    const char *raised =
        before && ends_in_digit(before->text) ? raised_sign(word->text, &raised_size) : NULL;
    int dotted = lies_on_line(word) ? letter_below(word->text, &below) : -1;
    if ((!accented && !raised && dotted < 0) || word->baseline_mm <= word->box.y)
        return ERR_OK;
    enum err_code code = cut_ink(image, word, PALE, &ink, err);
    if (!code && accented)
        code = cut_ink(image, word, DARK, &dark, err);
    if (code)
        return code;
    if (dotted >= 0 && shows_nothing_below(&ink))
        return write_instead(word, below, strlen(below_letters[dotted][0]),
                             below_letters[dotted][1], err);
    if (accented && shows_plain_i(&dark, &ink))
        return write_instead(word, accented, i_size, "i", err);
    if (raised && shows_raised(&ink))
        return write_instead(word, raised, raised_size, *raised == '3' ? "³" : "²", err);
    return ERR_OK;
}

enum err_code small_marks_settle(const struct recognition_image *image, struct words *words,
                                 struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < words->count && !code; i++) {
        const struct word *before = i > 0 ? &words->item[i - 1] : NULL;
        bool same_line = before && before->line == words->item[i].line;
        code = settle_word(image, same_line ? before : NULL, &words->item[i], err);
    }
    return code;
}
