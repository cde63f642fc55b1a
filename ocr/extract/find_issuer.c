#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_place.h"

#include <math.h>
#include <string.h>

/* Zone 2: the issuing agency, its superior above it. The lines are cut into agencies where one
 * begins; the last is the issuer. */

#define LINES_MAX 8
/* The lines of an agency stand centred, one under the other. */
#define OFF_CENTRE_MM 20
#define NEXT_LINE_MM 9
#define SAME_ROW_MM 1.5
#define SHORT_BYTES 3

struct agency {
    size_t first_line, count;
};

struct issuer_zone {
    const struct page_line *line[LINES_MAX];
    size_t count;
    struct agency agency[LINES_MAX];
    size_t agency_count;
    bool left_out; /* a line of capitals on the left that seems to belong elsewhere */
};

/* A speck may stand in front of it. */
static bool begins_agency(const struct page_text *page, const struct page_line *line)
{
    size_t first = line->first, end = line->first + line->count;
    while (first + 1 < end && !*page->key[first])
        first++;
    return agency_begins(page->key[first], first + 1 < end ? page->key[first + 1] : "");
}

static bool is_counter_desk(const struct page_line *line)
{
    return strncmp(line->key, "bophan", 6) == 0;
}

/* "SỞ TÀI NGUYÊN VÀ MÔI / TRƯỜNG" goes on, though a school would begin like this. */
static bool goes_on(const struct page_line *before, const struct page_line *line)
{
    size_t size = strlen(before->key);
    bool split_word = size > 3 && strcmp(before->key + size - 3, "moi") == 0;
    bool after_and = size > 2 && strcmp(before->key + size - 2, "va") == 0;
    return after_and || (split_word && strncmp(line->key, "truong", 6) == 0);
}

static double zone_bottom(const struct paper *paper)
{
    if (paper->head.number)
        return paper->head.number->baseline_mm - 1;
    if (paper->kind.title)
        return paper->kind.title->baseline_mm - 1;
    return paper->head.bottom_mm;
}

/* Left of the right column; where the head's columns are sure, in the left one. */
static bool is_on_the_left(const struct paper *paper, const struct page_line *line)
{
    const struct head_columns *columns = &paper->head.columns;
    bool sure = columns->found && columns->confidence >= PAGE_ZONE_SURE;
    return page_line_center_mm(line) < paper->head.column_mm &&
           (!sure || columns_hold(columns, line));
}

/* A short line between two of the head's left column, under one of them and over the other, is
 * theirs however alone it stands: "ỦY BAN NHÂN DÂN HUYỆN THỚI / LAI / PHÒNG …". One of two letters
 * or fewer need only stand under one: "THƯỜNG THỚI HẬU / A". */
static bool belongs_between(const struct page_text *page, const struct page_line *line)
{
    bool above = false, below = !line->aside && strlen(line->key) < SHORT_BYTES;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *other = &page->line[i];
        double down_mm = other->baseline_mm - line->baseline_mm;
        bool near = !other->aside && fabs(down_mm) > 2 && fabs(down_mm) < NEXT_LINE_MM &&
                    fabs(page_line_center_mm(other) - page_line_center_mm(line)) < OFF_CENTRE_MM &&
                    page_line_is_caps(page, other);
        above = above || (near && down_mm < 0);
        below = below || (near && down_mm > 0);
    }
    return above && below;
}

/* Right under the last line of a name, but with nothing below: its end, or nothing of it. */
static bool may_end_name(const struct issuer_zone *zone, const struct page_line *line)
{
    const struct page_line *last = zone->count ? zone->line[zone->count - 1] : NULL;
    double down_mm = last ? line->baseline_mm - last->baseline_mm : 0;
    return down_mm > 2 && down_mm < NEXT_LINE_MM && strlen(line->key) >= SHORT_BYTES &&
           fabs(page_line_center_mm(line) - page_line_center_mm(last)) < OFF_CENTRE_MM;
}

static void collect(const struct paper *paper, struct issuer_zone *out)
{
    const struct page_text *page = paper->face;
    double bottom_mm = zone_bottom(paper);
    double top_mm = paper->head.motto ? paper->head.motto->baseline_mm - 12 : 0;
    for (size_t i = 0; i < page->line_count && out->count < LINES_MAX; i++) {
        const struct page_line *line = &page->line[i];
        if (line->baseline_mm >= bottom_mm)
            break;
        bool left = page_line_center_mm(line) < paper->head.column_mm;
        if (!left || line->baseline_mm < top_mm || line == paper->head.motto ||
            !page_line_is_caps(page, line))
            continue;
        /* without a motto the whole head seems to stand aside */
        bool aside =
            line->aside && (paper->head.motto || !layout_puts(&paper->layout[paper->face_index],
                                                              page, line, PAGE_ZONE_HEAD_LEFT));
        if ((aside || strlen(line->key) < SHORT_BYTES) && !belongs_between(page, line)) {
            out->left_out = out->left_out || may_end_name(out, line);
            continue;
        }
        bool taken = line->confidence >= 0.5 && is_on_the_left(paper, line);
        if (taken)
            out->line[out->count++] = line;
        out->left_out = out->left_out || !(taken || is_counter_desk(line));
    }
    for (size_t i = 0; i < out->count; i++) {
        bool begins =
            begins_agency(page, out->line[i]) && !(i && goes_on(out->line[i - 1], out->line[i]));
        if (begins || !out->agency_count)
            out->agency[out->agency_count++] = (struct agency){i, 0};
        out->agency[out->agency_count - 1].count++;
    }
    while (out->agency_count > 1 &&
           is_counter_desk(out->line[out->agency[out->agency_count - 1].first_line]))
        out->agency_count--;
}

static char *agency_text(const struct page_text *page, const struct issuer_zone *zone,
                         const struct agency *agency)
{
    AUTO(buf)
    struct buf text;
    buf_init(&text, 2000);
    for (size_t i = 0; i < agency->count; i++) {
        const struct page_line *line = zone->line[agency->first_line + i];
        AUTO(mem)
        char *part = page_text_join(page, line->first, line->count);
        if (i)
            buf_text(&text, " ");
        buf_text(&text, part ? part : "");
    }
    AUTO(mem)
    char *caps = buf_take(&text);
    return caps ? agency_from_caps(caps) : NULL;
}

/* The place of signing is in small letters, which keep their accents: where it names the same unit,
 * its spelling is the better one. */
static bool take_spelling(char **name, const char *place)
{
    AUTO(mem)
    char *name_fold = text_fold(*name);
    AUTO(mem)
    char *place_fold = place ? text_fold(place) : NULL;
    if (!name_fold || !place_fold)
        return false;
    size_t name_size = strlen(name_fold), place_size = strlen(place_fold);
    if (place_size < 3 || place_size >= name_size ||
        strcmp(name_fold + name_size - place_size, place_fold) != 0 ||
        name_fold[name_size - place_size - 1] != ' ')
        return false;
    size_t blanks = 0, wanted = 0;
    for (const char *c = name_fold; c < name_fold + name_size - place_size; c++)
        wanted += *c == ' ';
    const char *cut = *name;
    for (; *cut && blanks < wanted; cut++)
        blanks += *cut == ' ';
    char *better = mem_printf("%.*s%s", (int)(cut - *name), *name, place);
    if (!better)
        return false;
    mem_free(*name);
    *name = better;
    return true;
}

/* An office of a district or commune (Phòng) goes by the name on its own line. */
static bool is_office(const struct page_line *line)
{
    return strncmp(line->key, "phong", 5) == 0;
}

/* A department is told apart by the unit of its superior: "Sở Xây dựng tỉnh Nam Định". */
static void add_unit(char **name, const char *superior)
{
    const char *unit = superior && !agency_unit(*name) ? agency_unit(superior) : NULL;
    char *longer = unit ? mem_printf("%s %s", *name, unit) : NULL;
    if (!longer)
        return;
    mem_free(*name);
    *name = longer;
}

static double agency_confidence(const struct page_text *page, const struct issuer_zone *zone,
                                const struct agency *agency, size_t lines)
{
    double least = 1;
    for (size_t i = 0; i < agency->count && i < lines; i++) {
        const struct page_line *line = zone->line[agency->first_line + i];
        double confidence = paper_words_confidence(page, line->first, line->count);
        least = confidence < least ? confidence : least;
    }
    return least;
}

/* Names whose small and capital letters the rules know; a school's or a hospital's they do not. */
static bool spelling_is_known(const struct page_line *line)
{
    static const char *const known[] = {"uyban",    "ubnd",    "so",    "phong",
                                        "congan",   "hoidong", "bo",    "thanhtra",
                                        "vanphong", "cuc",     "chicuc"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(line->key, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

/* Lines of something else may have got between: a stamp, a label beside the head. */
static bool is_askew(const struct issuer_zone *zone)
{
    for (size_t i = 1; i < zone->count; i++)
        if (fabs(page_line_center_mm(zone->line[i]) - page_line_center_mm(zone->line[0])) >
            OFF_CENTRE_MM)
            return true;
    return false;
}

/* Two on one row: which comes first is a guess where boxes overlap. */
static bool has_lines_beside(const struct issuer_zone *zone)
{
    for (size_t i = 1; i < zone->count; i++)
        if (zone->line[i]->baseline_mm - zone->line[i - 1]->baseline_mm < SAME_ROW_MM)
            return true;
    return false;
}

/* "/UBND-KT": what is left of the number's line. */
static bool holds_symbol(const struct page_text *page, const struct issuer_zone *zone,
                         const struct agency *agency)
{
    for (size_t i = 0; i < agency->count; i++) {
        const struct page_line *line = zone->line[agency->first_line + i];
        for (size_t k = line->first; k < line->first + line->count; k++)
            if (strchr(page->words->item[k].text, '/'))
                return true;
    }
    return false;
}

/* BỐ HẠ is no ministry. */
static bool looks_like_ministry(const struct page_text *page, const struct page_line *line)
{
    return strcmp(page->key[line->first], "bo") == 0 &&
           strcmp(page->words->item[line->first].text, "BỘ") != 0;
}

/* Only a ministry goes without a unit; else the line above, which names it, was not read. */
static bool lacks_unit(const char *name, const struct page_line *line)
{
    return !agency_unit(name) && strncmp(line->key, "bo", 2) != 0;
}

enum err_code find_issuer(struct paper *paper, const struct field_rule *rule)
{
    const struct page_text *page = paper->face;
    struct issuer_zone zone = {0};
    if (!page)
        return ERR_OK;
    collect(paper, &zone);
    if (!zone.agency_count)
        return ERR_OK;
    const struct agency *issuer = &zone.agency[zone.agency_count - 1];
    const struct agency *above = zone.agency_count > 1 ? issuer - 1 : NULL;
    AUTO(mem)
    char *name = agency_text(page, &zone, issuer);
    AUTO(mem)
    char *superior = above ? agency_text(page, &zone, above) : NULL;
    if (!name)
        return err_set(paper->err, ERR_NO_MEMORY, "issuer");
    double confidence = agency_confidence(page, &zone, issuer, LINES_MAX);
    bool own_unit = agency_unit(name) != NULL;
    AUTO(mem) char *printed = mem_strdup(name);
    if (!printed)
        return err_set(paper->err, ERR_NO_MEMORY, "issuer");
    add_unit(&name, superior);
    bool unit_from_above = !own_unit && agency_unit(name);
    if (unit_from_above)
        confidence = fmin(confidence, agency_confidence(page, &zone, above, LINES_MAX));
    const struct field *place = fields_find(paper->fields, FIELD_issue_place);
    bool certain = place && place->value && !place->needs_person;
    if (certain && take_spelling(&name, place->value) && confidence < place->confidence &&
        own_unit && agency_confidence(page, &zone, issuer, issuer->count - 1) >= CONFIDENCE_SURE)
        confidence = place->confidence;
    const struct page_line *first = zone.line[issuer->first_line];
    const struct agency *top = unit_from_above ? above : issuer;
    struct found found = {.value = unit_from_above && is_office(first) ? printed : name,
                          .page = paper->face_index,
                          .line = &zone.line[top->first_line],
                          .line_count = issuer->first_line + issuer->count - top->first_line,
                          .confidence = confidence,
                          .source = FIELD_FROM_ZONE,
                          .ask = !spelling_is_known(first) || !begins_agency(page, first) ||
                                 lacks_unit(name, first) || is_askew(&zone) || zone.left_out ||
                                 has_lines_beside(&zone) || looks_like_ministry(page, first) ||
                                 holds_symbol(page, &zone, issuer)};
    return paper_propose(paper, rule, &found);
}
