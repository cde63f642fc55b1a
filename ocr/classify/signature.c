#include "ocr/classify/signature.h"

#include "ocr/classify/fuzzy.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* From the position down to the name there is room for a signature and a seal. */
#define NAME_BELOW_MIN_MM 8.0
#define NAME_BELOW_MAX_MM 55.0
/* Lines of one block are centred on one line, and so is the name, more or less. */
#define CENTRED_MM 12.0
#define NAME_CENTRED_MM 22.0
#define SAME_ROW_MM 2.0
#define PITCH 2.6 /* in heights of its lines */
#define NAME_WORDS_MAX 7
#define NAME_WIDEST_MM 75.0
#define HEADING_MAX_BYTES 60
/* An entry of the recipients begins where Nơi nhận does, give or take its dash. */
#define ENTRY_INDENT_MM 14.0
#define BLOCK_SURE 0.60
/* What covers the signature: strokes and the seal are read as such. */
#define RUBBISH 0.55

static const char recipients_key[] = "noinhan";

bool signature_is_position(const struct page_line *line)
{
    static const char *const positions[] = {
        "chutich",
        "giamdoc",
        "truongphong",
        "chanhvanphong",
        "botruong",
        "thutruong",
        "cuctruong",
        "hieutruong",
        "truongcongan",
        "vientruong",
        "thutuong",
        "chicuctruong",
        "truongban",
        "tongcuctruong",
        "thutruongdonvi",
        "chanhthanhtra",
        "vutruong",
        "doitruong",
        "congchuctuphaphotich",
        "canbotuphaphotich",
        "chutri",
        "chutoa",
        "nguoiky",
        "truongbanquanly",
        "photruongphong",
    };
    for (size_t i = 0; i < sizeof positions / sizeof *positions; i++)
        if (fuzzy_contains(line->key, positions[i]))
            return true;
    return false;
}

/* TM., KT., TL., TUQ., Q. before an office; NGƯỜI KHAI, ĐẠI DIỆN BÊN A and their like. */
static bool speaks_for_office(const struct page_text *text, const struct page_line *line)
{
    static const char *const before[] = {"tm", "kt", "tl", "tuq", "q", "uq"};
    static const char *const begins[] = {"nguoi",  "daidien", "thutruong", "xacnhan",
                                         "benban", "benmua",  "chuho"};
    const char *word = text->words->item[line->first].text, *key = text->key[line->first];
    for (size_t i = 0; i < sizeof before / sizeof *before && strchr(word, '.'); i++)
        if (strncmp(key, before[i], strlen(before[i])) == 0)
            return true;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(line->key, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

/* ---- names -------------------------------------------------------------------------------------
 */

static bool begins_capital(const char *word)
{
    unsigned char first = (unsigned char)*word;
    return isupper(first) || first >= 0x80;
}

/* A few words, each with a capital, and nothing else: what a name looks like. */
static bool looks_like_name(const struct page_text *text, const struct page_line *line)
{
    size_t words = 0;
    if (line->box.w > NAME_WIDEST_MM || line->confidence < RUBBISH)
        return false;
    for (size_t i = line->first; i < line->first + line->count; i++) {
        const char *word = text->words->item[i].text;
        if (!*text->key[i])
            continue;
        if (word[strcspn(word, "0123456789/(:;,")] || !begins_capital(word))
            return false;
        words++;
    }
    return words >= 2 && words <= NAME_WORDS_MAX;
}

static bool is_hint(const struct page_text *text, const struct page_line *line)
{
    return *text->words->item[line->first].text == '(';
}

static bool overlaps(const struct page_line *a, const struct page_line *b)
{
    return a->box.x < b->box.x + b->box.w && b->box.x < a->box.x + a->box.w;
}

/* The first name below the heading, in its column, with no sentence between; one in capitals, which
 * may be another heading, only where there is no other. */
static const struct page_line *find_name(const struct page_text *text,
                                         const struct page_line *heading)
{
    const struct page_line *caps = NULL;
    double middle_mm = page_line_center_mm(heading);
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        double below_mm = line->baseline_mm - heading->baseline_mm;
        if (below_mm <= 1 || !overlaps(line, heading) || is_hint(text, line))
            continue;
        if (below_mm > NAME_BELOW_MAX_MM)
            break;
        bool name = below_mm >= NAME_BELOW_MIN_MM && looks_like_name(text, line) &&
                    fabs(page_line_center_mm(line) - middle_mm) <= NAME_CENTRED_MM;
        if (name && !page_line_is_caps(text, line))
            return line;
        caps = caps || !name ? caps : line;
        if (line->confidence >= RUBBISH && line->count > NAME_WORDS_MAX)
            break;
    }
    return caps;
}

/* ---- blocks ------------------------------------------------------------------------------------
 */

static bool may_head(const struct page_text *text, const struct page_line *line)
{
    size_t size = strlen(line->key);
    return size >= 4 && size <= HEADING_MAX_BYTES && line->confidence >= RUBBISH &&
           page_line_is_caps(text, line);
}

static bool goes_with(const struct page_line *above, const struct page_line *line)
{
    double step_mm = line->baseline_mm - above->baseline_mm;
    return step_mm > 1 && step_mm < PITCH * line->box.h && overlaps(above, line) &&
           fabs(page_line_center_mm(above) - page_line_center_mm(line)) <= CENTRED_MM;
}

static const struct page_line *heading_below(const struct page_text *text, const bool *taken,
                                             const struct page_line *line)
{
    for (size_t i = 0; i < text->line_count; i++)
        if (!taken[i] && goes_with(line, &text->line[i]) && may_head(text, &text->line[i]))
            return &text->line[i];
    return NULL;
}

static bool has_day_above(const struct page_text *text, const struct page_line *line)
{
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *above = &text->line[i];
        const char *day = strstr(above->key, "ngay");
        if (goes_with(above, line) && day && strstr(day, "thang"))
            return true;
    }
    return false;
}

static bool is_beside(const struct rect_mm *box, const struct page_line *line)
{
    return box->w > 0 && line->box.x > box->x + box->w - ENTRY_INDENT_MM &&
           line->box.y < box->y + box->h && line->box.y + line->box.h > box->y - 8;
}

/* Two that sign stand side by side, each over a name: chair and secretary, both parties. */
static bool has_partner(const struct page_text *text, const bool *taken,
                        const struct page_line *heading)
{
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        if (line != heading && !taken[i] && !overlaps(line, heading) &&
            fabs(line->baseline_mm - heading->baseline_mm) < SAME_ROW_MM && may_head(text, line) &&
            find_name(text, line))
            return true;
    }
    return false;
}

static struct signature judge(const struct page_text *text, const struct paper_end *end,
                              const bool *taken, const struct page_line *first)
{
    struct signature made = {.first = first, .last = first, .box = first->box};
    bool office = signature_is_position(first), words = speaks_for_office(text, first);
    for (const struct page_line *next = first; (next = heading_below(text, taken, next));) {
        made.last = next;
        made.box = rect_union(made.box, next->box);
        office = office || signature_is_position(next);
        words = words || speaks_for_office(text, next);
    }
    made.name = find_name(text, made.last);
    if (made.name)
        made.box = rect_union(made.box, made.name->box);
    double middle_mm = page_line_center_mm(first);
    bool beside = is_beside(&end->recipients_box, first);
    bool right = middle_mm > text->frame.x + text->frame.w / 2;
    bool partner = made.name && has_partner(text, taken, first);
    made.confidence = fmin(0.98, 0.10 + 0.25 * office + 0.25 * words + 0.35 * (made.name != NULL) +
                                     0.20 * (beside || partner) + 0.10 * right +
                                     0.10 * has_day_above(text, first));
    return made;
}

static bool is_below_a_heading(const struct paper_end *end, const struct page_line *line)
{
    for (size_t i = 0; i < end->signature_count; i++) {
        const struct signature *block = &end->signature[i];
        if (rect_overlap_mm2(block->box, line->box) > 0 &&
            line->baseline_mm < (block->name ? block->name : block->last)->baseline_mm + 1)
            return true;
    }
    return false;
}

static void find_recipients(const struct page_text *text, const bool *taken, struct paper_end *out)
{
    for (size_t i = 0; i < text->line_count; i++)
        if (!taken[i] && strlen(text->line[i].key) >= strlen(recipients_key) &&
            fuzzy_distance(text->line[i].key, strlen(recipients_key), recipients_key,
                           strlen(recipients_key), 1) <= 1)
            out->recipients = &text->line[i];
    if (!out->recipients)
        return;
    const struct page_line *last = out->recipients;
    out->recipients_box = last->box;
    for (const struct page_line *line = last + 1; line < text->line + text->line_count; line++) {
        double step_mm = line->baseline_mm - last->baseline_mm;
        double indent_mm = line->box.x - out->recipients->box.x;
        if (taken[line - text->line] || fabs(indent_mm) > ENTRY_INDENT_MM || step_mm < 1)
            continue;
        if (step_mm > PITCH * fmax(line->box.h, out->recipients->box.h))
            break;
        out->recipients_box = rect_union(out->recipients_box, line->box);
        last = line;
    }
}

void paper_end_find(const struct page_text *text, double top_mm, const bool *taken,
                    struct paper_end *out)
{
    *out = (struct paper_end){0};
    find_recipients(text, taken, out);
    for (size_t i = 0; i < text->line_count && out->signature_count < SIGNATURES_MAX; i++) {
        const struct page_line *line = &text->line[i];
        if (taken[i] || line->box.y < top_mm || line->in_stamp || !may_head(text, line) ||
            is_below_a_heading(out, line))
            continue;
        struct signature block = judge(text, out, taken, line);
        if (block.confidence >= BLOCK_SURE)
            out->signature[out->signature_count++] = block;
    }
}
