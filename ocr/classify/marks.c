#include "ocr/classify/marks.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/classify/fuzzy.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* A mark stands free: so many heights of its letters without a word on either side. */
#define FREE_SIDE 1.2
/* A heading that was broken goes on so many heights above or below. */
#define HEADING_GAP 1.3
/* Where the head ends on a page without number, motto or title: part of the text's height. */
#define HEAD_PART 0.3
/* Zone 10a: under the number line, or beside it. */
#define UNDER_NUMBER_MM 26
#define BESIDE_NUMBER_MM 6
#define OFF_CENTRE_MM 24

static const struct form {
    enum mark_kind kind;
    const char *name, *key, *exact; /* exact: with the accents that tell it */
    bool sounds_alone;              /* nothing else sounds like it: letters may be misread */
} forms[] = {
    /* the gravest first */
    {MARK_SECRET, "tuyet_mat", "tuyetmat", "TUYỆT MẬT", true},
    {MARK_SECRET, "tuyet_mat", "yetmat", "ẬT", false}, /* the first letters hidden by a frame */
    {MARK_SECRET, "toi_mat", "toimat", "TỐI MẬT", true},
    {MARK_SECRET, "toi_mat", "oimat", "ẬT", false},
    {MARK_SECRET, "mat", "mat", "ẬT", false},
    {MARK_URGENT, "hoa_toc", "hoatoc", "HỎA TỐC", true},
    {MARK_URGENT, "hoa_toc", "hoatochengio", "HỎA TỐC", true},
    {MARK_URGENT, "thuong_khan", "thuongkhan", "THƯỢNG KHẨN", true},
    {MARK_URGENT, "khan", "khan", "KHẨN", false},
    {MARK_CIRCULATION, "return", "xemxongtralai", "XEM XONG TRẢ LẠI", true},
    {MARK_CIRCULATION, "internal", "luuhanhnoibo", "LƯU HÀNH NỘI BỘ", true},
};

/* What goes on over the end of a line: "BÍ / MẬT", "MẬT / NHÀ NƯỚC" are no marks. */
static const char *const leads_to[] = {"bi", "bao", "co", "than", "kin", "do"};
static const char *const goes_on[] = {"nhanuoc", "khau", "ma", "do", "thu", "thiet", "ong"};

/* Words of a row with no more than word spaces between them. */
struct run {
    size_t first, end; /* words, noise between them included */
    struct rect_mm box;
    double baseline_mm;
    char key[24]; /* cut: longer ones are no marks */
    char text[64];
};

static double right_of(struct rect_mm box)
{
    return box.x + box.w;
}

static void run_add(struct run *run, const struct page_text *text, size_t at)
{
    const struct word *word = &text->words->item[at];
    size_t key = strlen(run->key), letters = strlen(run->text);
    double right = fmax(right_of(run->box), right_of(word->box));
    double bottom = fmax(run->box.y + run->box.h, word->box.y + word->box.h);
    run->box.x = fmin(run->box.x, word->box.x);
    run->box.y = fmin(run->box.y, word->box.y);
    run->box.w = right - run->box.x;
    run->box.h = bottom - run->box.y;
    run->end = at + 1;
    strncat(run->key, text->key[at], sizeof run->key - 1 - key);
    strncat(run->text, word->text, sizeof run->text - 1 - letters);
}

/* The run that begins at that word, which is no noise. */
static void run_from(const struct page_text *text, size_t at, struct run *out)
{
    const struct word *word = text->words->item, *last = &word[at];
    *out = (struct run){.first = at, .box = last->box, .baseline_mm = last->baseline_mm};
    run_add(out, text, at);
    for (size_t i = at + 1; i < text->words->count && word[i].line == last->line; i++) {
        if (!*text->key[i])
            continue;
        double height = fmax(out->box.h, word[i].box.h);
        if (word[i].box.x - right_of(out->box) >= FREE_SIDE * height)
            return;
        run_add(out, text, i);
    }
}

static bool in_capitals(const char *text)
{
    AUTO(mem) char *upper = text_upper(text);
    AUTO(mem) char *lower = text_lower(text);
    return upper && lower && strcmp(upper, text) == 0 && strcmp(lower, text) != 0;
}

/* A frame's upright lines are read as letters, and an accented letter twice. */
static void strip_frame(const char *key, char out[24])
{
    size_t size = strlen(key), count = 0;
    while (size && strchr("il1j", key[size - 1]))
        size--;
    for (size_t i = strspn(key, "il1j"); i < size; i++)
        if (!count || out[count - 1] != key[i])
            out[count++] = key[i];
    out[count] = 0;
}

/* A letter or two were misread, but not the first: "HỘI MẶT" and "BÍ MẬT" sound like it, too. */
static bool is_misread(const char *key, const char *wanted)
{
    size_t size = strlen(wanted), limit = fuzzy_tolerance(size);
    return *key == *wanted && fuzzy_distance(key, strlen(key), wanted, size, limit) <= limit;
}

/* Which form it is; *out_exact: with all its accents, or nothing else sounds like it. */
static const struct form *form_of(const struct run *run, bool *out_exact)
{
    char bare[24];
    strip_frame(run->key, bare);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct form *form = &forms[i];
        bool alike =
            form->sounds_alone ? is_misread(run->key, form->key) : strcmp(bare, form->key) == 0;
        if (!alike)
            continue;
        *out_exact = form->sounds_alone || strstr(run->text, form->exact);
        return form;
    }
    return NULL;
}

/* ---- the place ---- */

/* Where its zone is: under the number or beside it (NĐ 30/2020, the rules before it, too). */
static bool in_zone(const struct head *head, const struct run *run)
{
    if (!head->number)
        return false;
    double down = run->baseline_mm - head->number->baseline_mm;
    double off = run->box.x + run->box.w / 2 - page_line_center_mm(head->number);
    bool under = down > 2 && down <= UNDER_NUMBER_MM && fabs(off) <= OFF_CENTRE_MM;
    bool beside = fabs(down) <= BESIDE_NUMBER_MM && right_of(run->box) < head->column_mm;
    return under || beside;
}

/* The head goes on to what is under number and motto. */
static double bottom_of(const struct page_text *text, const struct head *head)
{
    const struct page_line *last = head->number ? head->number : head->motto;
    return last ? last->baseline_mm + UNDER_NUMBER_MM : text->frame.y + text->frame.h * HEAD_PART;
}

static double height_among(const struct page_text *text, const struct run *run)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < text->line_count; i++) {
        sum += text->line[i].box.h;
        count++;
    }
    return count ? run->box.h / (sum / (double)count) : 0;
}

static bool ends_with_any(const char *key, const char *const *words, size_t count)
{
    size_t size = strlen(key);
    for (size_t i = 0; i < count; i++) {
        size_t own = strlen(words[i]);
        if (size >= own && strcmp(key + size - own, words[i]) == 0)
            return true;
    }
    return false;
}

static bool starts_with_any(const char *key, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_starts(key, words[i]))
            return true;
    return false;
}

/* A piece of a heading or sentence that was broken there. */
static bool is_broken_off(const struct page_text *text, const struct run *run)
{
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        bool own = line->first <= run->first && run->first < line->first + line->count;
        bool beside = line->box.x > right_of(run->box) || right_of(line->box) < run->box.x;
        double down = line->baseline_mm - run->baseline_mm;
        double near = (1 + HEADING_GAP) * fmax(run->box.h, line->box.h);
        if (own || beside || fabs(down) > near)
            continue;
        if (down < 0 && ends_with_any(line->key, leads_to, sizeof leads_to / sizeof *leads_to))
            return true;
        if (down > 0 && starts_with_any(line->key, goes_on, sizeof goes_on / sizeof *goes_on))
            return true;
    }
    return false;
}

/* Letters of a stamp are larger than the text; on a page without a head nothing else tells it. */
#define STAMP_SIZE 1.25

static bool is_placed(const struct page_text *text, const struct head *head, const struct run *run,
                      bool exact)
{
    if (run->baseline_mm > bottom_of(text, head) || is_broken_off(text, run))
        return false;
    if (in_zone(head, run))
        return true;
    bool has_head = head->number || head->motto;
    return exact && (has_head || height_among(text, run) >= STAMP_SIZE);
}

/* ---- all ---- */

void marks_find(const struct page_text *text, const struct head *head, struct marks *out)
{
    struct run run;
    *out = (struct marks){0};
    for (size_t i = 0; i < text->words->count && out->count < MARKS_MAX; i = run.end) {
        run = (struct run){.end = i + 1};
        if (!*text->key[i])
            continue;
        bool exact = false;
        run_from(text, i, &run);
        const struct form *form = form_of(&run, &exact);
        if (form && in_capitals(run.text) && is_placed(text, head, &run, exact))
            out->item[out->count++] = (struct mark){form->kind, form->name, run.box};
    }
}

enum err_code marks_of_words(const struct words *words, struct marks *out, struct err *err)
{
    AUTO(page_text) struct page_text text = {0};
    struct head head;
    enum err_code code = page_text_make(words, &text, err);
    if (code)
        return code;
    head_find(&text, &head);
    marks_find(&text, &head, out);
    return ERR_OK;
}

const struct mark *marks_secret(const struct marks *marks)
{
    const struct mark *gravest = NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms && !gravest; i++)
        for (size_t k = 0; k < marks->count && !gravest; k++)
            if (marks->item[k].kind == MARK_SECRET && marks->item[k].name == forms[i].name)
                gravest = &marks->item[k];
    return gravest;
}
