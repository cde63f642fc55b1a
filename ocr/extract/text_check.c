#include "ocr/extract/text_check.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/extract/print_check.h"
#include "ocr/extract/settled.h"
#include "ocr/extract/text_heard.h"
#include "ocr/recognize/word_pairs_known.h"

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
/* What a word needs that is read alike elsewhere on the paper. */
#define WITNESSED_SURE 0.50
/* Beside the same neighbour two readings of one word are a question already from here on. */
#define VARIANT_HEARD 0.70
/* Acute and hook over a circumflex are nearly one stroke. Of 630 drawn words surer than this none
 * was read with the other one; để and đế, both usual, were on scans. */
#define STACKED_SURE 0.94
#define TWIN_SURE 0.965
/* Of 650 drawn words read less surely than SMALL_SURE, beside a neighbour with which administrative
 * Vietnamese knows them so and not otherwise, none was wrong; of 2,000 others one in twelve. */
#define PAIRED_SURE 0.70
/* A usual given name, which its misreadings are not. */
#define USUAL_SURE 0.80
#define FOREIGN_FACTOR 0.9
/* No line of a text that is looked for has more words. */
#define ROW_WORDS_MAX 60
#define PROVINCE_WORDS_MAX 5
#define NAME_PLACE_MAX 5

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

/* A syllable of whatever language has a vowel; abbreviations are told by their full stop and, but
 * in names of people, by their capitals. */
static bool lacks_vowel(const struct text_at *word, bool capitals, bool person)
{
    AUTO(mem) char *fold = text_fold(word->letters);
    bool short_form = strchr(word->page->words->item[word->at].text, '.') || (capitals && !person);
    return fold && !short_form && strlen(fold) > 1 && !fold[strcspn(fold, "aeiouy")] &&
           fold[strspn(fold, "abcdefghijklmnopqrstuvwxyz")] == 0;
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
static bool is_disputed(const struct text_at *word, const struct text_witnesses *heard,
                        double least)
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
        return text_word_letters(word->page->words->item[at].text);
    const struct page_line *line = step > 0 ? word->after : word->before;
    if (!line)
        return mem_strdup("");
    at = step > 0 ? line->first : line->first + line->count - 1;
    return text_word_letters(word->page->words->item[at].text);
}

/* Nothing stands between the two. */
static bool is_open(const char *text)
{
    return !text[strcspn(text, ",;.:")];
}

/* "hiện trạng": beside that neighbour it has these marks and no others. */
static bool is_paired(const struct text_at *word)
{
    const char *own = word->page->words->item[word->at].text;
    AUTO(mem) char *before = neighbour(word, -1);
    AUTO(mem) char *after = neighbour(word, 1);
    const char *front =
        word->at > word->row_first ? word->page->words->item[word->at - 1].text : "";
    if (text_kind_of(word->field) != TEXT_PROSE || !before || !after)
        return false;
    return (is_open(front) && word_pairs_settles(before, word->letters)) ||
           (is_open(own) && word_pairs_settles(word->letters, after));
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
    AUTO(mem) char *bare = row ? text_word_bare(row) : NULL;
    AUTO(mem) char *letters = bare ? text_lower(bare) : NULL;
    const char *known = letters ? settled_province(letters) : NULL;
    if (!known)
        return SETTLED_NOT;
    if (strcmp(known, letters) == 0 || is_spelled_out(word, known))
        return SETTLED_SO;
    return province ? SETTLED_OTHERWISE : SETTLED_NOT; /* Phù Yên is a place of its own */
}

/* "năm 2013": in small letters nothing else stands there. */
static bool is_before_year(const struct text_at *word)
{
    AUTO(mem) char *after = neighbour(word, 1);
    bool year = after && strlen(after) == 4 && strspn(after, "0123456789") == 4 &&
                (text_starts(after, "19") || text_starts(after, "20"));
    return year && strcmp(word->page->words->item[word->at].text, "năm") == 0;
}

/* "của bà Võ Thị Sương": capitals behind a form of address, and how many. */
static bool stands_in_name(const struct text_at *word, unsigned *out_place)
{
    const struct word *item = word->page->words->item;
    *out_place = 0;
    for (size_t i = word->at; i > word->row_first && *out_place < NAME_PLACE_MAX; i--) {
        if (!text_word_has_capital(item[i].text))
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

static bool is_person(const struct text_at *word)
{
    return word->field == FIELD_signer || word->field == FIELD_owner_name;
}

/* The family name in front is a Vietnamese one: "Đinh Lhanh" is no foreign name. */
static bool follows_family_name(const struct text_at *word)
{
    for (size_t i = word->row_first; i < word->at; i++) {
        AUTO(mem) char *letters = text_word_letters(word->page->words->item[i].text);
        struct text_at front = *word;
        front.at = i;
        if (letters && *letters && place_in_name(&front) == 0 &&
            settled_in_name(letters, 0) == SETTLED_SO)
            return true;
    }
    return false;
}

/* An impossible syllable of a name is a misread one, but where the name is of another language. */
static bool is_misread(const struct text_at *word, enum text_kind kind, bool capitals)
{
    bool person = is_person(word);
    return kind == TEXT_PROSE || has_tone(word->letters) || lacks_vowel(word, capitals, person) ||
           (person && follows_family_name(word));
}

static enum settled settled_word(const struct text_at *word)
{
    if (is_person(word))
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
        bool begins = word->at == word->row_first && after; /* "SƠ Y TẾ" on a line of its own */
        const char *head = begins ? settled_agency_word("", word->letters, after) : NULL;
        if (head && is_spelled_out(word, head))
            return SETTLED_SO;
        if (settled == SETTLED_NOT)
            return settled_by_place(word);
        return settled == SETTLED_OTHERWISE && is_spelled_out(word, known) ? SETTLED_SO : settled;
    }
    unsigned place;
    if (word->field == FIELD_abstract && stands_in_name(word, &place))
        return settled_in_name(word->letters, place);
    if (word->field == FIELD_abstract && is_before_year(word))
        return SETTLED_SO;
    bool about = word->field == FIELD_abstract && word->at == word->row_first &&
                 text_starts(word->value, "V/v") && strlen(word->letters) == 3 &&
                 word->letters[0] == 'v' && word->letters[2] == 'v';
    return about ? SETTLED_SO : SETTLED_NOT;
}

/* "K' Văn Bình", "H' Nga": of a lone consonant the apostrophe was lost; Y and Ô stand alone. "Ia
 * Le", as communes of the highlands are called, begins like a small l. Names have thụy, thủy, thúy,
 * thùy; the dot below a capital Y is lost more often than any other mark. */
static bool is_cut_short(const char *bare, enum text_kind kind)
{
    bool consonant = strlen(bare) == 1 && isupper((unsigned char)*bare) && !strchr("AEIOUY", *bare);
    bool marks_lost = strcmp(bare, "THUY") == 0 || strcmp(bare, "Thuy") == 0;
    return kind == TEXT_NAME && (consonant || marks_lost || strcmp(bare, "la") == 0);
}

struct verdict {
    bool ask, foreign;
    double read, worth; /* least confidence of a word as read, and with what speaks for it */
};

static void check_word(struct text_at *word, enum text_kind kind, struct verdict *out)
{
    const char *text = word->page->words->item[word->at].text;
    AUTO(mem) char *bare = text_word_bare(text);
    AUTO(mem) char *letters = bare ? text_lower(bare) : NULL;
    if (!letters) {
        out->ask = true;
        return;
    }
    word->letters = letters;
    word->confidence = word->page->words->item[word->at].confidence;
    struct text_witnesses heard = text_hear_paper(word);
    enum settled place = settled_word(word);
    bool settled = place == SETTLED_SO;
    bool capitals = text_word_is_capitals(bare), roman = kind == TEXT_PROSE && is_roman(bare);
    bool numeral = roman || strpbrk(bare, "0123456789");
    double alone = least_confidence(letters, kind, capitals, numeral);
    bool paired = !capitals && !numeral && is_paired(word);
    double least = heard.alike || settled ? WITNESSED_SURE : alone;
    if (paired)
        least = fmin(least, PAIRED_SURE);
    if (place == SETTLED_USUAL)
        least = fmin(least, USUAL_SURE);
    bool single = strlen(bare) == 1 && strchr("Il1", *bare);
    bool misfit =
        !heard.alike && (single || (roman && !roman_fits(word, word->row_first, word->row_count)));
    bool possible = numeral || (settled && word->field == FIELD_abstract) ||
                    (kind == TEXT_PROSE && capitals) || !is_one_syllable(bare) ||
                    syllable_is_possible(templates_syllables(word->paper->templates), bare);
    bool disputed =
        place == SETTLED_OTHERWISE || (!settled && !paired && is_disputed(word, &heard, alone));
    out->ask = out->ask || word->confidence < least || disputed || (numeral && misfit) ||
               is_cut_short(bare, kind) || (!possible && is_misread(word, kind, capitals));
    out->foreign = out->foreign || !possible;
    out->read = fmin(out->read, word->confidence);
    bool backed = heard.alike || settled || paired || place == SETTLED_USUAL;
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
