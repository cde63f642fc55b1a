#include "ocr/classify/annex.h"

#include "daemon/base/text.h"
#include "ocr/classify/fuzzy.h"

#include <string.h>

#define HEAD_SHARE 0.35 /* of the height of the text */

/* Papers that have annexes, as keys. */
static const char *const carriers[] = {"quyetdinh", "congvan", "totrinh", "kehoach", "thongbao",
                                       "nghiquyet", "baocao",  "vanban",  "giaymoi", "huongdan"};

/* The line itself begins so: a letter's sentence may say it, too. */
static bool names_carrier(const char *key)
{
    const char *at = text_starts(key, "banhanh") ? key + strlen("banhanh") : key;
    bool with = text_starts(at, "kemtheo");
    for (size_t i = 0; with && i < sizeof carriers / sizeof *carriers; i++)
        if (text_starts(at + strlen("kemtheo"), carriers[i]))
            return true;
    return false;
}

static bool is_annex_word(const char *key)
{
    return text_starts(key, "phuluc") || text_starts(key, "phulyc");
}

bool page_is_annex(const struct page_text *text, const struct head *head)
{
    double bottom_mm = text->frame.y + text->frame.h * HEAD_SHARE;
    bool carried = false, form = false;
    if (head->number || head->subject || head->addressee)
        return false;
    for (size_t i = 0; i < text->line_count; i++) {
        const struct page_line *line = &text->line[i];
        if (line->box.y > bottom_mm)
            continue;
        if (is_annex_word(line->key) && !head->motto)
            return true;
        carried = carried || names_carrier(line->key);
        form = form || text_starts(line->key, "mauso") || text_starts(line->key, "mau0");
    }
    return carried && !form;
}
