#include "ocr/extract/read_value.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/extract/parse_code.h"
#include "ocr/extract/parse_date.h"
#include "ocr/extract/parse_id.h"
#include "ocr/extract/parse_place.h"

#include <stdio.h>
#include <string.h>

#define NAME_WORDS_MAX 6

/* Words of one line. */
struct run {
    const struct page_text *page;
    size_t first, end;
};

static bool keep_value(struct reading *out, const char *value)
{
    out->readable = value && *value && strlen(value) < sizeof out->value;
    if (out->readable)
        snprintf(out->value, sizeof out->value, "%s", value);
    return out->readable;
}

/* ---- names ---- */

static bool is_form_of_address(const char *key)
{
    static const char *const words[] = {"ong", "ba", "ongba", "anh", "chi"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(key, words[i]) == 0)
            return true;
    return false;
}

static bool is_small(const char *text)
{
    AUTO(mem) char *lower = text_lower(text);
    return lower && strcmp(lower, text) == 0;
}

static bool is_capitals(const char *text)
{
    AUTO(mem) char *upper = text_upper(text);
    return upper && strcmp(upper, text) == 0;
}

static bool ends_name(const char *text)
{
    return strpbrk(text, ",;.:") != NULL;
}

/* Punctuation alone; what was too unsure to be a word may be part of the value. */
static bool is_mark(const char *text)
{
    return !text[strspn(text, " -.,;:/()\"'|_")];
}

/* A name ends at a comma or at the first word that is not one. */
static size_t name_end(const struct run *run, size_t first, size_t most)
{
    const struct word *item = run->page->words->item;
    size_t end = first;
    while (end < run->end && *run->page->key[end] && end - first < most) {
        if (is_small(item[end].text))
            break;
        end++;
        if (ends_name(item[end - 1].text))
            break;
    }
    return end;
}

static const struct page_line *line_of(const struct page_text *page, size_t word)
{
    for (size_t i = 0; i < page->line_count; i++)
        if (word >= page->line[i].first && word < page->line[i].first + page->line[i].count)
            return &page->line[i];
    return NULL;
}

/* Wide room inside a name: what follows is something else, a label of which too little was read. */
static size_t before_room(const struct page_text *page, size_t first, size_t end)
{
    const struct page_line *line = line_of(page, first);
    for (size_t i = first + 1; line && i < end; i++)
        if (word_stands_apart(page, line, i))
            return i;
    return end;
}

/* The line was full: words like those of the name, at the start of the next, are its rest. Where it
 * was not, capitals under a name in capitals still may be. */
static void go_on_with_name(const struct region *region, struct reading *out)
{
    const struct page_text *page = region->page;
    const struct word *item = page->words->item;
    size_t end = out->first + out->count;
    size_t behind = end; /* a column's rule or a speck may stand there */
    while (behind < region->end && is_mark(item[behind].text))
        behind++;
    if (behind != region->end || strpbrk(item[end - 1].text, ",;:"))
        return;
    struct run next = {page, region->next_first, region->next_end};
    bool capitals = is_capitals(item[end - 1].text);
    size_t rest = name_end(&next, next.first, NAME_WORDS_MAX - out->count);
    while (rest > next.first && is_capitals(item[rest - 1].text) != capitals)
        rest--;
    bool goes_on = region->full && !ends_name(item[end - 1].text);
    if (!goes_on && capitals) {
        out->longer_first = next.first;
        out->longer_count = rest - next.first;
    }
    if (!goes_on)
        return;
    out->rest_first = next.first;
    out->rest_count = rest - next.first;
    out->repaired = out->repaired || out->rest_count > 0;
}

/* Caller's; NULL: no name. */
static char *name_of(const struct page_text *page, size_t first, size_t count, size_t rest_first,
                     size_t rest_count)
{
    AUTO(mem) char *text = page_text_join(page, first, count);
    AUTO(mem) char *rest = page_text_join(page, rest_first, rest_count);
    if (text && rest_count)
        text[strcspn(text, ".")] = 0;
    AUTO(mem) char *whole = text && rest ? mem_printf("%s %s", text, rest) : NULL;
    return whole ? person_name(whole) : NULL;
}

static void read_name(const struct region *region, const struct run *run, struct reading *out)
{
    const struct page_text *page = run->page;
    size_t first = run->first;
    while (first < run->end && (!*page->key[first] || is_form_of_address(page->key[first])))
        first++;
    size_t end = name_end(run, first, NAME_WORDS_MAX);
    size_t cut = before_room(page, first, end);
    out->first = first;
    out->count = cut - first;
    bool runs_on = end < run->end && !is_mark(page->words->item[end].text) && end > first &&
                   !ends_name(page->words->item[end - 1].text);
    out->repaired = cut < end || runs_on; /* "Phạm Thị Thanh oa": the rest of it may be misread */
    if (!out->count)
        return;
    if (!out->below)
        go_on_with_name(region, out);
    AUTO(mem)
    char *name = name_of(page, first, out->count, out->rest_first, out->rest_count);
    keep_value(out, name);
    if (!out->longer_count)
        return;
    AUTO(mem)
    char *longer = name_of(page, first, out->count, out->longer_first, out->longer_count);
    if (longer && strlen(longer) < sizeof out->longer)
        snprintf(out->longer, sizeof out->longer, "%s", longer);
}

/* ---- dates and numbers ---- */

/* "8 giờ 31 phút, ngày 09/01/2026": an hour may stand in front. */
static size_t behind_hour(const struct run *run)
{
    for (size_t i = run->first + 1; i < run->end; i++)
        if (strcmp(run->page->key[i], "ngay") == 0 && i + 1 < run->end &&
            (strcmp(run->page->key[i - 1], "phut") == 0 ||
             strcmp(run->page->key[i - 1], "gio") == 0))
            return i;
    return run->first;
}

static void read_date(const struct run *run, struct reading *out)
{
    size_t first = behind_hour(run);
    bool hour = first > run->first; /* "ngày 09/01/2026": the date is the next word */
    AUTO(mem) char *text = page_text_join(run->page, first, run->end - first);
    AUTO(mem) char *figures = page_text_join(run->page, first + hour, run->end - first - hour);
    struct date date, spelled;
    out->digits = true;
    if (!text || !figures)
        return;
    bool numeric = parse_date_numeric(figures, &spelled);
    if (numeric)
        first += hour;
    if (!parse_date(numeric ? figures : text, &date))
        return;
    out->readable = true;
    out->repaired = date.repaired;
    date_iso(&date, out->value);
    out->first = first;
    out->count = numeric ? 1 : run->end - first;
}

/* "22/12/2021 ghi bằng chữ: ngày 22 tháng 12 năm 2021": the same date twice. */
static bool date_is_spelled_out(const struct region *region, const char *iso)
{
    const struct page_line *line = region->label->line;
    size_t from = region->label->end;
    AUTO(mem) char *rest = page_text_join(region->page, from, line->first + line->count - from);
    struct date figures, spelled;
    char other[DATE_ISO_SIZE];
    if (!rest || !parse_date_numeric(rest, &figures) || !parse_date_long(rest, &spelled))
        return false;
    date_iso(&spelled, other);
    return strcmp(iso, other) == 0;
}

static void read_id(const struct run *run, struct reading *out)
{
    out->digits = true;
    for (size_t i = run->first; i < run->end; i++) {
        const char *word = run->page->words->item[i].text;
        struct id_number id;
        if (strspn(word, "0123456789OolI") < 3)
            continue;
        AUTO(mem) char *text = page_text_join(run->page, i, run->end - i);
        out->first = i;
        out->count = 1;
        bool alone = strcspn(word, "0123456789") == 0 && parse_id(word, &id);
        if (!alone && (!text || !parse_id(text, &id)))
            return;
        out->repaired = id.repaired || id.odd_prefix;
        out->count = alone ? 1 : run->end - i;
        keep_value(out, id.kind != ID_TAX ? id.value : NULL);
        return;
    }
}

static void read_code(const struct run *run, enum parser parser, struct reading *out)
{
    AUTO(mem) char *text = page_text_join(run->page, run->first, run->end - run->first);
    char code[CODE_SIZE];
    out->digits = true;
    if (!text)
        return;
    bool readable = parser == PARSE_DOSSIER_CODE ? parse_dossier_code(text, code, &out->repaired)
                                                 : parse_procedure_code(text, code);
    if (!readable || !keep_value(out, code))
        return;
    for (size_t i = run->first; i < run->end; i++)
        if (strncmp(run->page->words->item[i].text, code, 5) == 0) {
            out->first = i;
            out->count = 1;
            return;
        }
}

/* ---- texts ---- */

/* Words up to the one that holds any of `marks`, it included. */
static size_t words_until(const struct run *run, const char *marks)
{
    size_t end = run->first;
    while (end < run->end && !strpbrk(run->page->words->item[end].text, marks))
        end++;
    return end < run->end ? end + 1 : end;
}

/* "Ủy ban nhân dân xã Hoàng Đồng, thành phố …": the agency itself ends at the comma, which may
 * stand on the next line. */
static void read_agency(const struct region *region, const struct run *run, struct reading *out)
{
    const struct page_text *page = run->page;
    size_t end = words_until(run, ",;");
    bool whole = end > run->first && strpbrk(page->words->item[end - 1].text, ",;");
    out->count = end - run->first;
    if (!whole && !out->below && region->full) {
        struct run next = {page, region->next_first, region->next_end};
        size_t next_end = words_until(&next, ",;");
        out->rest_first = next.first;
        out->rest_count = next_end - next.first;
        out->repaired = !strpbrk(page->words->item[next_end - 1].text, ",;");
    }
    AUTO(mem) char *text = page_text_join(page, out->first, out->count);
    AUTO(mem) char *rest = page_text_join(page, out->rest_first, out->rest_count);
    AUTO(mem) char *caps = text && rest ? mem_printf("%s %s", text, rest) : NULL;
    if (!caps)
        return;
    caps[strcspn(caps, ",;")] = 0;
    AUTO(mem) char *name = agency_from_caps(caps);
    keep_value(out, name && strchr(name, ' ') ? name : NULL);
}

static void read_text(const struct run *run, struct reading *out)
{
    AUTO(mem) char *text = page_text_join(run->page, run->first, run->end - run->first);
    keep_value(out, text);
}

static void read_run(const struct region *region, const struct run *run, enum parser parser,
                     struct reading *out)
{
    out->first = run->first;
    out->count = run->end - run->first;
    switch (parser) {
    case PARSE_NAME:
        read_name(region, run, out);
        return;
    case PARSE_DATE:
        read_date(run, out);
        out->proved = out->readable && !out->below && date_is_spelled_out(region, out->value);
        return;
    case PARSE_ID:
        read_id(run, out);
        return;
    case PARSE_AGENCY:
        read_agency(region, run, out);
        return;
    case PARSE_DOSSIER_CODE:
    case PARSE_PROCEDURE_CODE:
        read_code(run, parser, out);
        return;
    case PARSE_TEXT:
        read_text(run, out);
        return;
    }
}

static bool has_digit(const struct run *run)
{
    for (size_t i = run->first; i < run->end; i++)
        if (strpbrk(run->page->words->item[i].text, "0123456789"))
            return true;
    return false;
}

void read_value(const struct region *region, enum parser parser, struct reading *out)
{
    struct run own = {region->page, region->first, region->end};
    struct run next = {region->page, region->next_first, region->next_end};
    *out = (struct reading){.below = own.first >= own.end};
    read_run(region, out->below ? &next : &own, parser, out);
    /* "Giấy tờ tùy thân: CCCD số", and the number below */
    bool figures = parser != PARSE_NAME && parser != PARSE_TEXT && parser != PARSE_AGENCY;
    bool elsewhere = figures && !out->readable && !out->below && !has_digit(&own) && region->full &&
                     has_digit(&next);
    if (!elsewhere)
        return;
    struct reading below = {.below = true};
    read_run(region, &next, parser, &below);
    if (below.readable)
        *out = below;
}
