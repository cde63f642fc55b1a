#include "ocr/recognize/word_pairs.h"

#include "daemon/base/text.h"
#include "ocr/recognize/word_pairs_known.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Words reported above this are right but for one in a hundred: one neighbour is not enough. */
#define UNSURE 0.9

/* A word as it stands: signs, letters, signs. */
struct plain {
    size_t from, size;                  /* its letters within the text */
    char lower[WORD_PAIRS_LETTERS_MAX]; /* empty: no word of letters only */
    bool ends_open, begins_open;        /* nothing stands between it and its neighbour */
    bool is_small, is_capital;
};

static bool is_letter(int32_t point)
{
    return point < 0x80 ? isalpha(point) != 0 : point >= 0xC0 && point < 0x2000;
}

static enum err_code look_at(const char *text, struct plain *out, struct err *err)
{
    const char *at = text, *first = NULL, *end = NULL;
    *out = (struct plain){0};
    for (const char *here = at; *here; here = at) {
        bool letter = is_letter(text_next(&at));
        if (letter && end && here != end)
            return ERR_OK; /* signs between letters */
        first = letter && !first ? here : first;
        end = letter ? at : end;
        if (isdigit((unsigned char)*here))
            return ERR_OK;
    }
    if (!first || (size_t)(end - first) >= sizeof out->lower)
        return ERR_OK;
    AUTO(mem) char *letters = mem_strndup(first, (size_t)(end - first));
    AUTO(mem) char *lower = letters ? text_lower(letters) : NULL;
    AUTO(mem) char *upper = letters ? text_upper(letters) : NULL;
    if (!lower || !upper)
        return err_set(err, ERR_NO_MEMORY, "letters of a word");
    *out = (struct plain){.from = (size_t)(first - text),
                          .size = (size_t)(end - first),
                          .begins_open = first == text,
                          .ends_open = !*end,
                          .is_small = strcmp(letters, lower) == 0,
                          .is_capital = strcmp(letters, upper) == 0 && strlen(letters) > 1};
    if (strlen(lower) < sizeof out->lower)
        strcpy(out->lower, lower);
    return ERR_OK;
}

/* --- one word between its neighbours ---------------------------------------------------------- */

struct place {
    const struct word_pairs_row *before; /* the row of the word in front; NULL: none */
    const char *behind;                  /* NULL: none */
    const char *skeleton;
};

static int pairs_of(const char *word, const struct place *place)
{
    const struct word_pairs_row *own = word_pairs_row_of(word, place->skeleton);
    return (place->before && word_pairs_has(place->before, word)) +
           (own && place->behind && word_pairs_has(own, place->behind));
}

static void prefer(const char *word, const struct place *place, int *most,
                   char out[WORD_PAIRS_LETTERS_MAX])
{
    int pairs = pairs_of(word, place);
    if (pairs <= *most || strlen(word) >= WORD_PAIRS_LETTERS_MAX)
        return;
    *most = pairs;
    strcpy(out, word);
}

/* The word of the same letters that makes most pairs here; their number. */
static int best_word(const struct place *place, char out[WORD_PAIRS_LETTERS_MAX])
{
    char word[WORD_PAIRS_LETTERS_MAX];
    int most = 0;
    for (const struct word_pairs_row *row = word_pairs_first(place->skeleton); row;
         row = word_pairs_other(row))
        prefer(row->first, place, &most, out);
    for (const char *cursor = place->before ? place->before->seconds : "";
         word_pairs_next(&cursor, word);) {
        AUTO(mem) char *skeleton = text_fold(word);
        if (skeleton && strcmp(skeleton, place->skeleton) == 0)
            prefer(word, place, &most, out);
    }
    return most;
}

static enum err_code write_anew(struct word *word, const struct plain *plain, const char *letters,
                                struct err *err)
{
    AUTO(mem) char *cased = plain->is_capital ? text_upper(letters) : mem_strdup(letters);
    char *text = cased ? mem_printf("%.*s%s%s", (int)plain->from, word->text, cased,
                                    word->text + plain->from + plain->size)
                       : NULL;
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "word");
    mem_free(word->text);
    word->text = text;
    if (word->confidence > WORD_PAIRS_SURE)
        word->confidence = WORD_PAIRS_SURE;
    return ERR_OK;
}

static bool has_marks(const char *word)
{
    for (; *word; word++)
        if ((unsigned char)*word >= 0x80)
            return true;
    return false;
}

static bool may_pair(const struct plain *one, const struct plain *other)
{
    return one->lower[0] && other->lower[0] && one->is_capital == other->is_capital;
}

static enum err_code settle_word(const struct plain plain[3], struct word *word, struct err *err)
{
    const struct plain *before = &plain[0], *own = &plain[1], *behind = &plain[2];
    char better[WORD_PAIRS_LETTERS_MAX];
    if (!has_marks(own->lower) || !(own->is_small || own->is_capital))
        return ERR_OK;
    AUTO(mem) char *skeleton = text_fold(own->lower);
    AUTO(mem) char *front = text_fold(before->lower);
    if (!skeleton || !front)
        return err_set(err, ERR_NO_MEMORY, "letters of a word");
    struct place place = {.skeleton = skeleton};
    if (may_pair(before, own) && before->ends_open && own->begins_open)
        place.before = word_pairs_row_of(before->lower, front);
    if (may_pair(own, behind) && own->ends_open && behind->begins_open)
        place.behind = behind->lower;
    if ((!place.before && !place.behind) || pairs_of(own->lower, &place) > 0)
        return ERR_OK;
    int enough = word->confidence < UNSURE ? 1 : 2;
    return best_word(&place, better) < enough ? ERR_OK : write_anew(word, own, better, err);
}

enum err_code word_pairs_settle(struct words *words, struct err *err)
{
    struct plain plain[3] = {0};
    enum err_code code = words->count ? look_at(words->item[0].text, &plain[2], err) : ERR_OK;
    for (size_t i = 0; i < words->count && !code; i++) {
        bool ends = i + 1 == words->count || words->item[i + 1].block != words->item[i].block;
        bool begins = i > 0 && words->item[i - 1].block != words->item[i].block;
        plain[0] = plain[1];
        plain[1] = plain[2];
        plain[2] = (struct plain){0};
        if (begins)
            plain[0] = (struct plain){0};
        if (i + 1 < words->count)
            code = look_at(words->item[i + 1].text, &plain[2], err);
        struct plain around[3] = {plain[0], plain[1], ends ? (struct plain){0} : plain[2]};
        if (!code)
            code = settle_word(around, &words->item[i], err);
        if (!code) /* what was read anew speaks for the next one */
            code = look_at(words->item[i].text, &plain[1], err);
    }
    return code;
}
