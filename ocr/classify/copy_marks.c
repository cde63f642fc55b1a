#include "ocr/classify/copy_marks.h"

#include "ocr/classify/fuzzy.h"

#include <string.h>

/* Zone 14: the agency's signature on an electronic copy, at the top right. */
#define ECOPY_TOP_MM 24.0
#define ECOPY_LEFT_PART 0.55

static const struct form {
    const char *name, *key, *form;
} forms[] = {{"sao_y", "saoy", "certified_copy"},
             {"sao_y", "saoybanchinh", "certified_copy"},
             {"sao_luc", "saoluc", "certified_copy"},
             {"trich_sao", "trichsao", "certified_copy"},
             {"ban_sao", "bansao", "register_copy"}};

static const char certified_key[] = "chungthucbansaodungvoibanchinh";

static bool is_of_ecopy(const struct page_text *text, const struct page_line *line)
{
    return line->box.y < ECOPY_TOP_MM && line->box.x > text->words->page.w * ECOPY_LEFT_PART;
}

static bool is_copy_line(const struct page_text *text, const struct page_line *line,
                         struct copy_mark *out)
{
    if (fuzzy_contains(line->key, certified_key)) {
        *out = (struct copy_mark){"chung_thuc", "certified_copy", line->box, line->confidence};
        return true;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(line->key, forms[i].key) != 0 || !page_line_is_caps(text, line))
            continue;
        bool ecopy = is_of_ecopy(text, line) && strcmp(forms[i].name, "ban_sao") != 0;
        *out = (struct copy_mark){forms[i].name, ecopy ? "certified_ecopy" : forms[i].form,
                                  line->box, line->confidence};
        return true;
    }
    return false;
}

bool copy_mark_find(const struct page_text *text, struct copy_mark *out)
{
    for (size_t i = 0; i < text->line_count; i++)
        if (is_copy_line(text, &text->line[i], out))
            return true;
    return false;
}

enum err_code copy_mark_of_words(const struct words *words, bool *out_found, struct copy_mark *out,
                                 struct err *err)
{
    AUTO(page_text) struct page_text text = {0};
    enum err_code code = page_text_make(words, &text, err);
    if (!code)
        *out_found = copy_mark_find(&text, out);
    return code;
}
