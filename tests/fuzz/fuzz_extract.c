#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/extract/understand.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Text a page may carry: each line of the input is a line of words on a synthetic page; a line that
 * begins with '!' is the payload of a code on it, '=' begins the next page. A number after '@' at a
 * word's end is its confidence in percent.
 */

#define PAGES_MAX 4

static struct templates *templates;

static void add_line(struct words *page, char *line, int number)
{
    double x_mm = 20 + (number * 37) % 60, y_mm = 15 + (number * 6) % 270;
    char *rest = NULL;
    for (char *word = strtok_r(line, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        char *at = strrchr(word, '@');
        double confidence = at ? atoi(at + 1) / 100.0 : 0.96;
        if (at)
            *at = 0;
        if (!*word)
            continue;
        double width_mm = (double)strlen(word) * 1.9;
        struct rect_mm box = {x_mm, y_mm - 3, width_mm, 3.2};
        (void)words_add(page, word, confidence, box, y_mm, 0, number, NULL);
        x_mm += width_mm + 1.4;
    }
}

static size_t fill_pages(char *text, struct words *pages, struct page_info *infos)
{
    size_t page = 0;
    int number = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (*line == '=' && page + 1 < PAGES_MAX) {
            page++;
            number = 0;
        } else if (*line == '!' && infos[page].code_count < PAGE_CODES_MAX) {
            infos[page].codes[infos[page].code_count++].text = mem_strdup(line + 1);
        } else {
            add_line(&pages[page], line, number++);
        }
    }
    return page + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct words pages[PAGES_MAX];
    struct page_info infos[PAGES_MAX] = {0};
    struct err err = ERR_INIT;
    if (!templates && templates_load(NULL, &templates, &err))
        abort();
    AUTO(mem) char *text = NULL;
    /* words are UTF-8 NFC from the point of entry */
    if (size > 20000 || text_nfc((const char *)bytes, size, &text, &err))
        return 0;
    for (size_t i = 0; i < PAGES_MAX; i++)
        words_init(&pages[i], (struct size_mm){210, 297}, 0);
    size_t count = fill_pages(text, pages, infos);
    AUTO(js) struct js *answer = NULL;
    if (understand_document(templates, pages, infos, count, NULL, &answer, &err) || !answer)
        abort();
    for (size_t i = 0; i < PAGES_MAX; i++) {
        words_done(&pages[i]);
        page_info_done(&infos[i]);
    }
    return 0;
}
