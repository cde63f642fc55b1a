#include "ocr/extract/text_check.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/extract/print_check.h"
#include "ocr/extract/settled.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* Of words in small letters, both looks taken together, two in 2,800 from here to 0.94 are wrong on
 * drawn and on scanned pages, one in two hundred just below, one in twenty under 0.90; bold
 * capitals score lower than small letters at the same rate.
 */
#define SMALL_SURE 0.93
#define CAPITALS_SURE 0.88
#define NUMERAL_SURE 0.95
/* The other place where a word is read alike, and what the word itself then needs. */
#define WITNESS_SURE 0.93
#define WITNESSED_SURE 0.50
/* Of capitals below this one in twenty has lost a mark, of small letters above that one in
 * thousands: they are not put in doubt by such capitals. */
#define CAPITALS_WEAK 0.93
#define SMALL_STRONG 0.95
/* Capitals and small letters lose different marks. */
#define OTHER_SIZE_SURE 0.70
/* Beside the same neighbour two readings of one word are a question already from here on. */
#define VARIANT_HEARD 0.70
/* Acute and hook over a circumflex are nearly one stroke. Of 630 drawn words surer than this none
 * was read with the other one; để and đế, both usual, were on scans. */
#define STACKED_SURE 0.94
#define TWIN_SURE 0.965
/* A usual given name, which its misreadings are not. */
#define USUAL_SURE 0.80
/* A word below this yields to a surer reading that differs in accents only, wherever it stands. */
#define VARIANT_DOUBT 0.93
#define FOREIGN_FACTOR 0.9
/* No line of a text that is looked for has more words. */
#define ROW_WORDS_MAX 60
#define PROVINCE_WORDS_MAX 5
#define NAME_PLACE_MAX 5

enum text_kind { TEXT_NONE, TEXT_PROSE, TEXT_NAME };

struct text_at {
    const struct paper *paper;
    const struct page_text *page;
    size_t page_index, at;
    const char *letters; /* in small letters, punctuation around it gone */
    double confidence;
    enum field_name field;
    size_t row_first, row_count;            /* the words it stands among */
    const char *value;                      /* what was made of them */
    const struct page_line *before, *after; /* lines of the text around that row; NULL: none */
};

static enum text_kind text_kind_of(enum field_name field)
{
    switch (field) {
    case FIELD_abstract:
        return TEXT_PROSE;
    case FIELD_issuer:
    case FIELD_issue_place:
    case FIELD_signer:
    case FIELD_owner_name:
        return TEXT_NAME;
    default:
        return TEXT_NONE;
    }
}

/* ASCII punctuation and the quotation marks U+2018 … U+201F. */
static size_t mark_at(const char *text)
{
    if ((unsigned char)*text < 0x80)
        return *text && !isalnum((unsigned char)*text);
    return strncmp(text, "\xE2\x80", 2) == 0 && text[2] ? 3 : 0;
}

/* Without punctuation around it. Caller's; NULL: no memory. */
static char *bare_word(const char *text)
{
    size_t size;
    while ((size = mark_at(text)))
        text += size;
    const char *end = text;
    for (const char *c = text; *c;) {
        size = mark_at(c);
        c += size ? size : 1;
        end = size ? end : c;
    }
    return mem_strndup(text, (size_t)(end - text));
}

static char *word_letters(const char *text)
{
    AUTO(mem) char *bare = bare_word(text);
    return bare ? text_lower(bare) : NULL;
}

static bool same_key(const struct page_text *a, size_t at, const struct page_text *b, size_t bt)
{
    return at < a->words->count && bt < b->words->count && *a->key[at] &&
           strcmp(a->key[at], b->key[bt]) == 0;
}

static bool same_neighbour(const struct text_at *word, const struct page_text *page, size_t at)
{
    bool before = word->at > 0 && at > 0 && same_key(word->page, word->at - 1, page, at - 1);
    return before || same_key(word->page, word->at + 1, page, at + 1);
}

/* What the rest of the paper says to a word. */
struct witnesses {
    bool alike;       /* the same letters beside the same neighbour, surely read or in letters of
                         the other size, whose misreadings are others */
    double otherwise; /* how surely other accents are read beside the same neighbour */
    bool surer;       /* they are read more surely, wherever they stand */
};

static bool begins_with_capital(const char *text)
{
    AUTO(mem) char *bare = bare_word(text);
    AUTO(mem) char *lower = bare ? text_lower(bare) : NULL;
    const char *a = bare, *b = lower;
    return lower && text_next(&a) != text_next(&b);
}

static bool is_capitals(const char *bare)
{
    AUTO(mem) char *upper = text_upper(bare);
    return upper && strcmp(upper, bare) == 0;
}

static void hear_word(const struct text_at *word, const struct page_text *page, size_t at,
                      struct witnesses *out)
{
    double confidence = page->words->item[at].confidence;
    AUTO(mem) char *letters = word_letters(page->words->item[at].text);
    if (!letters)
        return;
    bool beside = same_neighbour(word, page, at);
    if (strcmp(letters, word->letters) == 0) {
        const char *own = word->page->words->item[word->at].text;
        bool other_size = is_capitals(own) != is_capitals(page->words->item[at].text);
        double enough = other_size ? OTHER_SIZE_SURE : WITNESS_SURE;
        out->alike = out->alike || (beside && confidence >= enough);
        return;
    }
    /* "văn hóa" says nothing of a person called Hoa */
    bool comparable =
        text_kind_of(word->field) != TEXT_NAME || begins_with_capital(page->words->item[at].text);
    out->surer = out->surer ||
                 (comparable && confidence > word->confidence && word->confidence < VARIANT_DOUBT);
    bool weak = confidence < CAPITALS_WEAK && word->confidence >= SMALL_STRONG &&
                is_capitals(page->words->item[at].text) &&
                !is_capitals(word->page->words->item[word->at].text);
    if (beside && !weak)
        out->otherwise = fmax(out->otherwise, confidence);
}

static struct witnesses hear_paper(const struct text_at *word)
{
    struct witnesses heard = {0};
    for (size_t i = 0; i < word->paper->page_count; i++) {
        const struct page_text *page = &word->paper->page[i];
        for (size_t k = 0; k < page->words->count; k++)
            if ((i != word->page_index || k != word->at) && same_key(word->page, word->at, page, k))
                hear_word(word, page, k, &heard);
    }
    return heard;
}

static bool is_roman(const char *bare)
{
    return *bare && bare[strspn(bare, "IVX")] == 0;
}

/* II and III differ by their width, more surely than by what the recogniser says. */
static bool roman_fits(const struct text_at *word, size_t first, size_t count)
{
    struct print_scale scale = print_scale_of(word->page->words, first, count, NULL, 0);
    return print_fits(word->page->words, word->at, &scale, &print_text);
}

static bool is_one_syllable(const char *bare)
{
    for (const char *c = bare; *c; c++)
        if ((unsigned char)*c < 0x80 && !isalpha((unsigned char)*c))
            return false;
    return true;
}

/* One of the five tones of Vietnamese: words of other languages that names keep (Mlô, Krông) bear
 * none, so with one an impossible syllable is a misread one. */
static bool has_tone(const char *letters)
{
    static const char toned[] = "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ";
    for (int32_t point; (point = text_next(&letters)) > 0;) {
        char bytes[5] = "";
        bytes[text_put(point, bytes)] = 0;
        if (point >= 0x80 && strstr(toned, bytes))
            return true;
    }
    return false;
}

/* Often written with either mark. In names the dot of an i is taken for a hook: Chi, Chỉ. */
static bool has_twin(const char *letters, enum text_kind kind)
{
    if (kind == TEXT_NAME && strstr(letters, "ỉ"))
        return true;
    static const char *const twins[] = {"đế", "để", "số", "sổ", "thế", "thể"};
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (strcmp(letters, twins[i]) == 0)
            return true;
    return false;
}

/* With either mark it would be a syllable; before a stop there is no hook: quyết, cấp. */
static bool has_stacked_accent(const char *letters)
{
    static const char *const stacked[] = {"ế", "ể", "ố", "ổ", "ấ", "ẩ"};
    size_t size = strlen(letters);
    bool stop = size && strchr("cpt", letters[size - 1]);
    for (size_t i = 0; !stop && i < sizeof stacked / sizeof *stacked; i++)
        if (strstr(letters, stacked[i]))
            return true;
    return false;
}

static double least_confidence(const char *letters, enum text_kind kind, bool capitals,
                               bool numeral)
{
    if (numeral)
        return NUMERAL_SURE;
    if (capitals)
        return CAPITALS_SURE;
    if (has_twin(letters, kind))
        return TWIN_SURE;
    return has_stacked_accent(letters) ? STACKED_SURE : SMALL_SURE;
}

/* A word read twice alike is outvoted only by one read as surely; and that other words of the paper
 * have other accents says nothing of it then. */
static bool is_disputed(const struct text_at *word, const struct witnesses *heard, double least)
{
    bool twice = heard->alike && word->confidence >= least;
    return heard->otherwise >= (twice ? WITNESS_SURE : VARIANT_HEARD) ||
           (heard->surer && !heard->alike);
}

/* Letters of the neighbour in the text; "" where it ends. Caller's; NULL: no memory. */
static char *neighbour(const struct text_at *word, int step)
{
    size_t at = word->at + (size_t)step, end = word->row_first + word->row_count;
    bool inside = (step > 0 || word->at > word->row_first) && at < end;
    if (inside)
        return word_letters(word->page->words->item[at].text);
    const struct page_line *line = step > 0 ? word->after : word->before;
    if (!line)
        return mem_strdup("");
    at = step > 0 ? line->first : line->first + line->count - 1;
    return word_letters(word->page->words->item[at].text);
}

/* How many words of the row that are no form of address stand before it. */
static unsigned place_in_name(const struct text_at *word)
{
    static const char *const address[] = {"ong", "ba", "ongba", "anh", "chi"};
    unsigned place = 0;
    for (size_t i = word->row_first; i < word->at; i++) {
        bool counts = *word->page->key[i];
        for (size_t k = 0; k < sizeof address / sizeof *address; k++)
            counts = counts && strcmp(word->page->key[i], address[k]) != 0;
        place += counts;
    }
    return place;
}

/* Of capitals that lost their accents the name of an agency was made as it is spelled. */
static bool is_spelled_out(const struct text_at *word, const char *known)
{
    const char *text = word->page->words->item[word->at].text;
    AUTO(mem) char *upper = text_upper(text);
    AUTO(mem) char *lower = text_lower(word->value);
    return known && upper && lower && strcmp(upper, text) == 0 && strstr(lower, known);
}

/* The word is part of the province's name that follows the last "tỉnh" or "thành phố" of its row,
 * or that is all of the row, a place. */
static enum settled settled_in_province(const struct text_at *word)
{
    const struct page_text *page = word->page;
    size_t first = word->row_first, end = word->row_first + word->row_count;
    bool place = word->field == FIELD_issue_place, province = false;
    for (size_t i = first; i < end; i++)
        if (strcmp(page->key[i], "tinh") == 0 || (i > first && strcmp(page->key[i], "pho") == 0 &&
                                                  strcmp(page->key[i - 1], "thanh") == 0)) {
            first = i + 1;
            province = true;
        }
    if (!(place || province) || word->at < first || end - first > PROVINCE_WORDS_MAX)
        return SETTLED_NOT;
    AUTO(mem) char *row = page_text_join(page, first, end - first);
    AUTO(mem) char *bare = row ? bare_word(row) : NULL;
    AUTO(mem) char *letters = bare ? text_lower(bare) : NULL;
    const char *known = letters ? settled_province(letters) : NULL;
    if (!known)
        return SETTLED_NOT;
    if (strcmp(known, letters) == 0 || is_spelled_out(word, known))
        return SETTLED_SO;
    return province ? SETTLED_OTHERWISE : SETTLED_NOT; /* Phù Yên is a place of its own */
}

/* "của bà Võ Thị Sương": capitals behind a form of address, and how many. */
static bool stands_in_name(const struct text_at *word, unsigned *out_place)
{
    const struct word *item = word->page->words->item;
    *out_place = 0;
    for (size_t i = word->at; i > word->row_first && *out_place < NAME_PLACE_MAX; i--) {
        if (!begins_with_capital(item[i].text))
            return false;
        const char *before = item[i - 1].text;
        if (strcmp(before, "ông") == 0 || strcmp(before, "bà") == 0)
            return true;
        ++*out_place;
    }
    return false;
}

/* The unit of an agency is the place where it signs, in small letters and surely read: capitals
 * that sound like it are spelled like it. */
static enum settled settled_by_place(const struct text_at *word)
{
    const struct field *place = fields_find(word->paper->fields, FIELD_issue_place);
    if (!place || !place->value || place->needs_person)
        return SETTLED_NOT;
    AUTO(mem) char *lower = text_lower(place->value);
    AUTO(mem) char *sound = text_fold(word->letters);
    for (char *at = lower, *next; sound && at && *at; at = next) {
        size_t size = strcspn(at, " ");
        next = at + size + (at[size] == ' ');
        AUTO(mem) char *known = mem_strndup(at, size);
        AUTO(mem) char *known_sound = known ? text_fold(known) : NULL;
        if (!known_sound || strcmp(known_sound, sound) != 0)
            continue;
        if (is_spelled_out(word, lower))
            return SETTLED_SO;
        return strcmp(known, word->letters) == 0 ? SETTLED_NOT : SETTLED_OTHERWISE;
    }
    return SETTLED_NOT;
}

static enum settled settled_word(const struct text_at *word)
{
    bool person = word->field == FIELD_signer || word->field == FIELD_owner_name;
    if (person)
        return settled_in_name(word->letters, place_in_name(word));
    if (word->field == FIELD_issuer || word->field == FIELD_issue_place) {
        enum settled province = settled_in_province(word);
        if (province != SETTLED_NOT)
            return province;
    }
    if (word->field == FIELD_issuer) {
        AUTO(mem) char *before = neighbour(word, -1);
        AUTO(mem) char *after = neighbour(word, 1);
        const char *known = NULL;
        enum settled settled =
            before && after ? settled_in_agency(before, word->letters, after, &known) : SETTLED_NOT;
        if (settled == SETTLED_NOT)
            return settled_by_place(word);
        return settled == SETTLED_OTHERWISE && is_spelled_out(word, known) ? SETTLED_SO : settled;
    }
    unsigned place;
    if (word->field == FIELD_abstract && stands_in_name(word, &place))
        return settled_in_name(word->letters, place);
    bool about = word->field == FIELD_abstract && word->at == word->row_first &&
                 text_starts(word->value, "V/v") && strlen(word->letters) == 3 &&
                 word->letters[0] == 'v' && word->letters[2] == 'v';
    return about ? SETTLED_SO : SETTLED_NOT;
}

struct verdict {
    bool ask, foreign;
    double read, worth; /* least confidence of a word as read, and with what speaks for it */
};

static void check_word(struct text_at *word, enum text_kind kind, struct verdict *out)
{
    const char *text = word->page->words->item[word->at].text;
    AUTO(mem) char *bare = bare_word(text);
    AUTO(mem) char *letters = bare ? text_lower(bare) : NULL;
    if (!letters) {
        out->ask = true;
        return;
    }
    word->letters = letters;
    word->confidence = word->page->words->item[word->at].confidence;
    struct witnesses heard = hear_paper(word);
    enum settled place = settled_word(word);
    bool settled = place == SETTLED_SO;
    bool capitals = is_capitals(bare), roman = kind == TEXT_PROSE && is_roman(bare);
    bool numeral = roman || strpbrk(bare, "0123456789");
    double alone = least_confidence(letters, kind, capitals, numeral);
    double least = heard.alike || settled ? WITNESSED_SURE : alone;
    if (place == SETTLED_USUAL)
        least = fmin(least, USUAL_SURE);
    bool single = strlen(bare) == 1 && strchr("Il1", *bare);
    bool misfit =
        !heard.alike && (single || (roman && !roman_fits(word, word->row_first, word->row_count)));
    bool possible = numeral || (settled && word->field == FIELD_abstract) ||
                    (kind == TEXT_PROSE && capitals) || !is_one_syllable(bare) ||
                    syllable_is_possible(templates_syllables(word->paper->templates), bare);
    bool disputed = place == SETTLED_OTHERWISE || (!settled && is_disputed(word, &heard, alone));
    out->ask = out->ask || word->confidence < least || disputed || (numeral && misfit) ||
               (!possible && (kind == TEXT_PROSE || has_tone(letters)));
    out->foreign = out->foreign || !possible;
    out->read = fmin(out->read, word->confidence);
    bool backed = heard.alike || settled || place == SETTLED_USUAL;
    double worth = backed ? fmax(word->confidence, WITNESS_SURE) : word->confidence;
    out->worth = fmin(out->worth, worth);
}

/* Something stands there that is no word and no punctuation. */
static bool is_blot(const char *text)
{
    return text[strspn(text, "-.,;:/()\"'")] && strcmp(text, "–") != 0 && strcmp(text, "“") != 0 &&
           strcmp(text, "”") != 0;
}

static void check_row(const struct paper *paper, const struct found *found, enum field_name field,
                      size_t first, size_t count, const struct page_line *before,
                      const struct page_line *after, struct verdict *out)
{
    const struct page_text *page = &paper->page[found->page];
    enum text_kind kind = text_kind_of(field);
    size_t end = first + count < page->words->count ? first + count : page->words->count;
    out->ask = out->ask || count > ROW_WORDS_MAX;
    for (size_t i = first; i < end && i - first < ROW_WORDS_MAX; i++) {
        struct text_at word = {.paper = paper,
                               .page = page,
                               .page_index = found->page,
                               .at = i,
                               .field = field,
                               .row_first = first,
                               .row_count = count,
                               .value = found->value,
                               .before = before,
                               .after = after};
        if (*page->key[i])
            check_word(&word, kind, out);
        else
            out->ask = out->ask || (i > first && i + 1 < end && is_blot(page->words->item[i].text));
    }
}

double text_check(const struct paper *paper, enum field_name field, const struct found *found)
{
    enum text_kind kind = text_kind_of(field);
    struct verdict verdict = {.read = 1, .worth = 1};
    if (kind == TEXT_NONE || !found->value)
        return found->confidence;
    for (size_t i = 0; i < found->line_count; i++)
        check_row(paper, found, field, found->line[i]->first, found->line[i]->count,
                  i ? found->line[i - 1] : NULL,
                  i + 1 < found->line_count ? found->line[i + 1] : NULL, &verdict);
    if (!found->line_count)
        check_row(paper, found, field, found->first, found->count, NULL, NULL, &verdict);
    check_row(paper, found, field, found->rest_first, found->rest_count, NULL, NULL, &verdict);
    double worth = found->confidence;
    if (!found->ask && worth >= verdict.read)
        worth = fmax(worth, verdict.worth);
    worth *= verdict.foreign ? FOREIGN_FACTOR : 1;
    return verdict.ask ? fmin(worth, CONFIDENCE_DOUBTED) : worth;
}
