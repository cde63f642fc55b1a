#include "tests/flow/learn/paper_words.h"

#include "daemon/base/file.h"
#include "ocr/learn/misread.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX 20
#define TOP_MM 20.0
#define LINE_MM 5.0
#define HEIGHT_MM 3.0
#define LETTER_MM 1.8

static void must(enum err_code code, const struct err *err)
{
    if (!code)
        return;
    fprintf(stderr, "%s: %s\n", err_name(code), err->detail);
    exit(1);
}

struct wording *paper_wording(const char *path)
{
    static char *bytes; /* the wording keeps copies, the name apart */
    struct wording_text text[TEXTS_MAX];
    struct wording *wording = NULL;
    struct err err = ERR_INIT;
    size_t size, count = wording_shipped_count;
    must(file_read(AT_FDCWD, path, 1 << 20, &bytes, &size, &err), &err);
    memcpy(text, wording_shipped, count * sizeof *text);
    text[count] = (struct wording_text){"local.paper", (unsigned char *)bytes, size};
    must(wording_read(text, count + 1, &wording, &err), &err);
    mem_free(TAKE(bytes));
    return wording;
}

struct laying {
    struct words *words;
    int line;
};

static bool lay_line(void *payload, const char *const *word, size_t count)
{
    struct laying *laying = payload;
    double x = 25, y = TOP_MM + LINE_MM * laying->line;
    for (size_t i = 0; i < count; i++) {
        double width = LETTER_MM * (double)strlen(word[i]);
        struct rect_mm box = {x, y, width, HEIGHT_MM};
        if (words_add(laying->words, word[i], 0.95, box, y + HEIGHT_MM, 0, laying->line, NULL))
            return false;
        x += width + LETTER_MM;
    }
    laying->line++;
    return true;
}

void paper_words(const struct wording *wording, const char *name, uint64_t seed, struct words *out)
{
    AUTO(paper) struct paper paper = {0};
    struct err err = ERR_INIT;
    struct laying laying = {.words = out};
    words_init(out, (struct size_mm){210, 297}, 0);
    must(paper_compose(wording, name, seed, WORDING_ALL, &paper, &err), &err);
    if (!misread_paper(&paper, seed, lay_line, &laying))
        must(err_set(&err, ERR_NO_MEMORY, "words"), &err);
}

int paper_words_fd(const struct wording *wording, const char *name, uint64_t seed)
{
    AUTO(words) struct words words = {0};
    struct err err = ERR_INIT;
    int fd = -1;
    paper_words(wording, name, seed, &words);
    AUTO(js) struct js *list = words_to_js(&words);
    must(js_to_memfd(list, "words", &fd, &err), &err);
    return fd;
}
