#include "ocr/classify/abstract.h"

#include <math.h>
#include <string.h>

#define SPREAD 1.35
/* First line under the title, in heights of the title's line. */
#define FIRST_LINE_HEIGHTS 3.2
/* What cannot be read is no speck from this width on. */
#define TORN_LINE_MM 8
#define LAST_WORD_SURE 0.8

static bool begins_body(const struct page_text *text, const struct page_line *line)
{
    static const char *const starts[] = {"cancu", "kinhgui", "homnay", "dieu1", "thuchien", "xet"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(line->key, starts[i], strlen(starts[i])) == 0)
            return true;
    const char *word = text->words->item[line->first].text;
    size_t digits = strspn(word, "0123456789IVX");
    return digits > 0 && (word[digits] == '.' || word[digits] == ')') && !word[digits + 1];
}

static bool is_rubbish(const struct page_line *line)
{
    return line->confidence < 0.5 || strlen(line->key) < 2;
}

/* Of one letter or figure, but surely read: "thường trú tại xóm / 3". */
static bool is_last_word(const struct page_line *line)
{
    return *line->key && line->confidence >= LAST_WORD_SURE;
}

static void add_line(struct abstract *block, const struct page_line *line)
{
    if (block->count < ABSTRACT_LINES_MAX)
        block->line[block->count++] = line;
    else
        block->torn = true;
}

struct abstract abstract_under_title(const struct page_text *text, const struct page_line *title)
{
    struct abstract block = {0};
    double middle_mm = page_line_center_mm(title), above_mm = title->baseline_mm, pitch_mm = 0;
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        double step_mm = line->baseline_mm - above_mm;
        double limit_mm = pitch_mm > 0 ? pitch_mm * SPREAD : title->box.h * FIRST_LINE_HEIGHTS;
        bool in_reach = step_mm > 2 && step_mm <= limit_mm;
        if (line->baseline_mm <= title->baseline_mm + 1)
            continue;
        if (is_rubbish(line)) {
            block.torn =
                block.torn || (in_reach && (line->box.w > TORN_LINE_MM || is_last_word(line)));
            continue;
        }
        if (step_mm > limit_mm || begins_body(text, line))
            break;
        if (fabs(page_line_center_mm(line) - middle_mm) > text->frame.w * 0.13) {
            block.torn = block.torn || in_reach;
            continue;
        }
        if (page_line_is_caps(text, line))
            break;
        bool same_row = block.count && step_mm < 2;
        if (!same_row && step_mm > 2)
            pitch_mm = pitch_mm > 0 && pitch_mm < step_mm ? pitch_mm : step_mm;
        add_line(&block, line);
        above_mm = line->baseline_mm;
    }
    return block;
}

struct abstract abstract_of_subject(const struct page_text *text, const struct head *head)
{
    const struct page_line *first = head->subject;
    struct abstract block = {0};
    add_line(&block, first);
    double above_mm = first->baseline_mm;
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        double step_mm = line->baseline_mm - above_mm;
        if (line == first || line->baseline_mm <= first->baseline_mm + 1 ||
            (is_rubbish(line) && !is_last_word(line)))
            continue;
        if (step_mm > first->box.h * 2.2 || line == head->addressee)
            break;
        if (page_line_center_mm(line) >= head->column_mm)
            continue;
        block.torn = block.torn || is_rubbish(line);
        if (is_rubbish(line) || page_line_is_caps(text, line))
            continue;
        add_line(&block, line);
        above_mm = line->baseline_mm;
    }
    return block;
}
