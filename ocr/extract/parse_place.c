#include "ocr/extract/parse_place.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "ocr/extract/settled.h"

#include <stdint.h>
#include <string.h>

#define NAME_MAX_BYTES 1000
#define NAME_WORDS_MIN 2
#define NAME_WORDS_MAX 6
#define WORDS_MAX_IN_NAME 40

/* Units of the state, small in names: "tỉnh Lạng Sơn", as keys without blanks for pairs. */
static const char *const units[] = {"tỉnh",   "thành phố", "huyện",   "quận", "thị xã", "xã",
                                    "phường", "thị trấn",  "đặc khu", "thôn", "khu phố"};
/* What an agency's name begins with: keys of its first word and, where that is not enough, of the
 * second. */
static const char *const agency_heads[][2] = {
    {"uy", "ban"},    {"ubnd", NULL},   {"hoi", "dong"},  {"hdnd", NULL},   {"so", NULL},
    {"phong", NULL},  {"ban", NULL},    {"cuc", NULL},    {"chi", "cuc"},   {"trung", "tam"},
    {"bo", NULL},     {"van", "phong"}, {"cong", "an"},   {"toa", "an"},    {"vien", NULL},
    {"chinh", "phu"}, {"tong", "cuc"},  {"truong", NULL}, {"benh", "vien"}, {"dang", "uy"},
    {"kho", "bac"},   {"chi", "nhanh"}, {"bao", "hiem"},  {"thanh", "tra"}, {"thu", "tuong"},
    {"quoc", "hoi"},  {"cong", "ty"},   {"dai", "hoc"},   {"hoc", "vien"},  {"lien", "doan"},
    {"mat", "tran"},  {"thi", "hanh"},  {"kiem", "lam"},  {"quy", NULL},    {"doan", NULL},
};

static char *capitalised(const char *text)
{
    AUTO(buf)
    struct buf out;
    buf_init(&out, NAME_MAX_BYTES);
    const char *rest = text;
    int32_t first = text_next(&rest);
    char bytes[5] = "";
    if (first <= 0)
        return NULL;
    bytes[text_put(first, bytes)] = 0;
    AUTO(mem)
    char *changed = text_upper(bytes);
    AUTO(mem)
    char *tail = text_lower(rest);
    buf_text(&out, changed ? changed : "");
    buf_text(&out, tail ? tail : "");
    return changed && tail ? buf_take(&out) : NULL;
}

static bool word_is_caps(const char *word)
{
    AUTO(mem)
    char *upper = text_upper(word);
    AUTO(mem)
    char *lower = text_lower(word);
    return upper && lower && strcmp(upper, word) == 0 && strcmp(lower, word) != 0;
}

/* Words of a name, cut at single blanks. */
struct word_list {
    char *text; /* owned */
    char *word[WORDS_MAX_IN_NAME];
    size_t count;
};

static void word_list_done(struct word_list *list)
{
    mem_free(list->text);
}

static bool word_list_make(const char *text, struct word_list *out)
{
    *out = (struct word_list){.text = text_squeeze(text)};
    if (!out->text)
        return false;
    for (char *at = out->text; at && *at && out->count < WORDS_MAX_IN_NAME;) {
        out->word[out->count++] = at;
        at = strchr(at, ' ');
        if (at)
            *at++ = 0;
    }
    return out->count > 0;
}

static bool sounds_like(const char *word, const char *known)
{
    AUTO(mem) char *a = text_fold(word);
    AUTO(mem) char *b = text_fold(known);
    return a && b && strcmp(a, b) == 0;
}

/* "Lao động - Thương binh và Xã hội": no commune. */
static bool is_society(const char *unit, const char *next)
{
    return strcmp(unit, "xã") == 0 && next && sounds_like(next, "hội");
}

/* The unit whose name stands at `at`; NULL: none. */
static const char *unit_at(const struct word_list *list, size_t at)
{
    AUTO(mem)
    char *one = text_lower(list->word[at]);
    AUTO(mem)
    char *next = at + 1 < list->count ? text_lower(list->word[at + 1]) : NULL;
    AUTO(mem)
    char *two = one && next ? mem_printf("%s %s", one, next) : NULL;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (two && strcmp(two, units[i]) == 0)
            return units[i];
        if (one && strcmp(one, units[i]) == 0)
            return is_society(one, next) ? NULL : units[i];
    }
    return NULL;
}

/* How many words from `at` on are a unit's name: 0, 1 or 2. */
static size_t unit_words(const struct word_list *list, size_t at)
{
    const char *unit = unit_at(list, at);
    if (!unit)
        return 0;
    return strchr(unit, ' ') ? 2 : 1;
}

/* Behind "ủy ban nhân dân", where nothing else can stand, a unit whose accents were misread, as
 * those of capitals are ("TÍNH HƯNG YÊN"), and how many words it has; else NULL. */
static const char *misread_unit(const struct word_list *list, size_t at, size_t *out_words)
{
    if (!at || at + 1 >= list->count ||
        (!sounds_like(list->word[at - 1], "dân") && !sounds_like(list->word[at - 1], "ubnd")))
        return NULL;
    AUTO(mem) char *two = mem_printf("%s %s", list->word[at], list->word[at + 1]);
    for (size_t i = 0; two && i < sizeof units / sizeof *units; i++) {
        *out_words = strchr(units[i], ' ') ? 2 : 1;
        if (sounds_like(*out_words == 2 ? two : list->word[at], units[i]))
            return units[i];
    }
    return NULL;
}

static void append_word(struct buf *out, const char *word)
{
    if (out->size)
        buf_text(out, " ");
    buf_text(out, word);
}

/* "TNHH", "XH": no syllable is without a vowel, so it stays as it is. */
static bool is_abbreviation(const char *word)
{
    AUTO(mem) char *fold = text_fold(word);
    return fold && strlen(fold) > 1 && fold[strspn(fold, "bcdfghjklmnpqrstvwxz")] == 0;
}

static void append_lower(struct buf *out, const char *word)
{
    AUTO(mem)
    char *lower = is_abbreviation(word) ? mem_strdup(word) : text_lower(word);
    if (!lower)
        out->failed = true;
    else
        append_word(out, lower);
}

static void append_capitalised(struct buf *out, const char *word)
{
    AUTO(mem)
    char *name = capitalised(word);
    if (!name)
        out->failed = true;
    else
        append_word(out, name);
}

/* Agencies named after their field, which then starts with a capital: Sở Xây dựng, Phòng Tư pháp.
 */
static bool named_after_field(const char *first_word)
{
    AUTO(mem)
    char *fold = text_fold(first_word);
    return fold &&
           (strcmp(fold, "so") == 0 || strcmp(fold, "phong") == 0 || strcmp(fold, "bo") == 0);
}

/* "-", "và", a comma: what follows is a field of its own. */
static bool joins_fields(const char *word)
{
    AUTO(mem)
    char *fold = text_fold(word);
    size_t size = strlen(word);
    return fold &&
           (strcmp(fold, "-") == 0 || strcmp(fold, "va") == 0 || (size && word[size - 1] == ','));
}

static bool is_short_committee(const char *word)
{
    AUTO(mem)
    char *fold = text_fold(word);
    return fold && strcmp(fold, "ubnd") == 0;
}

static char *lower_at(const struct word_list *list, size_t at)
{
    return at < list->count ? text_lower(list->word[at]) : mem_strdup("");
}

/* How the name that ends an agency's is spelled when its capitals sound like a province's and
 * "tỉnh" or "thành phố" stands before: "TỈNH QUANG NGÃI". NULL: as printed. */
static const char *known_province(const struct word_list *list, size_t at, const char *unit)
{
    if (strcmp(unit, "tỉnh") != 0 && strcmp(unit, "thành phố") != 0)
        return NULL;
    AUTO(buf) struct buf rest;
    buf_init(&rest, NAME_MAX_BYTES);
    for (size_t i = at; i < list->count; i++) {
        if (!word_is_caps(list->word[i]))
            return NULL;
        append_lower(&rest, list->word[i]);
    }
    AUTO(mem) char *letters = buf_take(&rest);
    return letters && *letters ? settled_province(letters) : NULL;
}

static void append_name(struct buf *out, const char *name)
{
    struct word_list words;
    if (word_list_make(name, &words))
        for (size_t i = 0; i < words.count; i++)
            append_capitalised(out, words.word[i]);
    word_list_done(&words);
}

/* A common noun of agencies whose capitals lost their accents: "SƠ XAY DỰNG". NULL: as printed. */
static const char *known_word(const struct word_list *list, size_t at)
{
    AUTO(mem) char *before = at ? lower_at(list, at - 1) : mem_strdup("");
    AUTO(mem) char *own = lower_at(list, at);
    AUTO(mem) char *after = lower_at(list, at + 1);
    return before && own && after ? settled_agency_word(before, own, after) : NULL;
}

/* Common nouns ("ban nhân dân") stay small, what follows a unit is a name, and so does each field
 * in "Sở Thông tin và Truyền thông", "Phòng Tài chính - Kế hoạch" begin with a capital (NĐ 30/2020,
 * Phụ lục II). */
static void append_agency(struct buf *out, const struct word_list *list)
{
    bool in_name = false;
    bool of_field = list->count && named_after_field(list->word[0]);
    for (size_t i = 0; i < list->count; i++) {
        bool begins_field = of_field && (i == 1 || (i > 1 && joins_fields(list->word[i - 1]))) &&
                            !joins_fields(list->word[i]);
        size_t unit = unit_words(list, i);
        size_t misread_words = 0;
        const char *misread = unit ? NULL : misread_unit(list, i, &misread_words);
        const char *kind = unit && i ? unit_at(list, i) : misread;
        size_t behind = i + (misread ? misread_words : unit);
        const char *province = kind ? known_province(list, behind, kind) : NULL;
        if (province) {
            append_word(out, kind);
            append_name(out, province);
            return;
        }
        if (misread) {
            append_word(out, misread);
            i += misread_words - 1;
            in_name = true;
        } else if (is_short_committee(list->word[i])) {
            append_word(out, i ? "ủy ban nhân dân" : "Ủy ban nhân dân");
        } else if (!word_is_caps(list->word[i])) {
            append_word(out, list->word[i]);
            in_name = in_name || unit > 0;
        } else if (unit && (i || unit == 2)) {
            for (size_t k = 0; k < unit; k++)
                append_lower(out, list->word[i + k]);
            i += unit - 1;
            in_name = true;
        } else {
            const char *known = in_name ? NULL : known_word(list, i);
            const char *word = known ? known : list->word[i];
            if (i == 0 || in_name || begins_field)
                append_capitalised(out, word);
            else
                append_lower(out, word);
        }
    }
}

char *agency_from_caps(const char *text)
{
    struct word_list list;
    AUTO(buf)
    struct buf out;
    buf_init(&out, NAME_MAX_BYTES);
    if (word_list_make(text, &list))
        append_agency(&out, &list);
    word_list_done(&list);
    char *name = buf_take(&out);
    for (size_t size = name ? strlen(name) : 0; size && strchr(".,;: ", name[size - 1]);)
        name[--size] = 0;
    return name;
}

bool agency_begins(const char *first_key, const char *second_key)
{
    for (size_t i = 0; i < sizeof agency_heads / sizeof *agency_heads; i++) {
        if (strcmp(first_key, agency_heads[i][0]) != 0)
            continue;
        if (!agency_heads[i][1] || strcmp(second_key, agency_heads[i][1]) == 0)
            return true;
    }
    return false;
}

const char *agency_unit(const char *agency)
{
    const char *last = NULL;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const char *found = strstr(agency, units[i]);
        size_t size = strlen(units[i]);
        bool whole = found && (found == agency || found[-1] == ' ') && found[size] == ' ' &&
                     !(strcmp(units[i], "xã") == 0 && text_starts(found + size, " hội"));
        if (whole && (!last || found < last))
            last = found;
    }
    return last;
}

static bool is_letter(int32_t point)
{
    return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') ||
           (point >= 0xc0 && point <= 0x1b0 && point != 0xd7 && point != 0xf7) ||
           (point >= 0x1ea0 && point <= 0x1ef9);
}

static bool is_name_word(const char *word)
{
    AUTO(mem)
    char *lower = text_lower(word);
    const char *next = word, *small = lower;
    int32_t first = text_next(&next);
    if (!lower || !is_letter(first) || text_next(&small) == first)
        return false;
    for (int32_t point; (point = text_next(&next)) != 0;)
        if (!is_letter(point))
            return false;
    return true;
}

static void strip_ends(char *text)
{
    size_t size = strlen(text);
    while (size && strchr(" .,;:-_|", text[size - 1]))
        text[--size] = 0;
    size_t skip = strspn(text, " .,;:-_|");
    memmove(text, text + skip, size - skip + 1);
}

char *person_name(const char *text)
{
    AUTO(mem)
    char *stripped = mem_strdup(text);
    struct word_list list = {0};
    AUTO(buf)
    struct buf out;
    buf_init(&out, NAME_MAX_BYTES);
    if (stripped)
        strip_ends(stripped);
    bool good = stripped && word_list_make(stripped, &list) && list.count >= NAME_WORDS_MIN &&
                list.count <= NAME_WORDS_MAX;
    for (size_t i = 0; good && i < list.count; i++) {
        good = is_name_word(list.word[i]);
        if (good)
            append_capitalised(&out, list.word[i]);
    }
    word_list_done(&list);
    return good ? buf_take(&out) : NULL;
}

char *place_name(const char *text)
{
    AUTO(mem)
    char *stripped = text_squeeze(text);
    if (!stripped || strchr(text, ':')) /* "Đăng ký lần đầu: ngày …" */
        return NULL;
    strip_ends(stripped);
    size_t points = 0;
    const char *next = stripped;
    for (int32_t point; (point = text_next(&next)) != 0; points++)
        if (!is_letter(point) && point != ' ' && point != '.' && point != '-' && point != '\'')
            return NULL;
    if (points < 2 || points > 40)
        return NULL;
    return mem_strdup(stripped);
}
