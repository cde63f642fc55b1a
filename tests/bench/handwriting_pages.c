/*
 * Hand and print on made-up pages (handwriting_draw.h).
 *
 *   handwriting_pages draw WORDING COUNT SEED train|held-out FOLDER   draws and reads pages: N.pgm,
 * N.json handwriting_pages read FOLDER IMAGE…   reads images of which nothing is known
 *   handwriting_pages rows FOLDER    a line for each part of a word: 1 by hand or 0, then its
 * features handwriting_pages score FOLDER   a line for each word drawn: hand or print, condition,
 * face, what it was taken for, text; and the microseconds of each page. Of an image that was read:
 * each word, what it was taken for, text
 */
#include "daemon/base/file.h"
#include "daemon/base/js.h"
#include "ocr/clean/clean.h"
#include "ocr/recognize/handwriting.h"
#include "ocr/recognize/tesseract.h"
#include "tests/bench/handwriting_draw.h"

#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double area(struct rect_mm box)
{
    return box.w * box.h;
}

/* Share of `box` that words drawn so cover. */
static double share_of(const struct drawn_page *page, struct rect_mm box, bool hand)
{
    double sum = 0;
    for (size_t i = 0; i < page->count; i++)
        if (page->word[i].hand == hand)
            sum += rect_overlap_mm2(page->word[i].box, box);
    return area(box) > 0 ? sum / area(box) : 0;
}

static enum err_code print_rows(const struct drawn_page *page,
                                const struct recognition_image *image, const struct words *words,
                                struct err *err)
{
    AUTO(mem) struct handwriting_part *part = NULL;
    size_t count = 0;
    enum err_code code = handwriting_measure(image, words, &part, &count, err);
    for (size_t i = 0; !code && i < count; i++) {
        double hand = share_of(page, part[i].box, true), print = share_of(page, part[i].box, false);
        bool is_hand = hand > 0.35 && hand > 4 * print, is_print = print > 0.35 && hand < 0.04;
        if (!is_hand && !is_print)
            continue;
        printf("%d", is_hand);
        for (int k = 0; k < HANDWRITING_FEATURES; k++)
            printf(" %.4g", part[i].feature[k]);
        printf("\n");
    }
    return code;
}

static const char *taken_for(double hand)
{
    return hand >= WORD_HAND_FROM ? "hand" : hand < 0.05 ? "print" : "open";
}

/* Of the words read on a drawn one, the surest to be by hand. */
static const char *fate_of(const struct drawn_word *drawn, const struct words *words,
                           const char **text)
{
    double hand = -1;
    for (size_t i = 0; i < words->count; i++) {
        double shared = rect_overlap_mm2(drawn->box, words->item[i].box);
        double least = fmin(area(drawn->box), area(words->item[i].box));
        if (shared < 0.5 * least || (!drawn->hand && shared < 0.6 * area(words->item[i].box)))
            continue;
        if (words->item[i].hand > hand)
            *text = words->item[i].text;
        hand = fmax(hand, words->item[i].hand);
    }
    return hand < 0 ? "unread" : taken_for(hand);
}

static enum err_code print_score(const struct drawn_page *page,
                                 const struct recognition_image *image, struct words *words,
                                 struct err *err)
{
    clock_t from = clock();
    enum err_code code = handwriting_mark(image, words, err);
    printf("time %.0f\n", (double)(clock() - from) * 1e6 / CLOCKS_PER_SEC);
    for (size_t i = 0; !code && i < page->count; i++) {
        const struct drawn_word *drawn = &page->word[i];
        double beside = 0;
        for (size_t k = 0; k < page->count && !drawn->hand; k++)
            if (page->word[k].hand) {
                struct rect_mm wide = page->word[k].box;
                wide.x -= 1.5, wide.w += 3;
                beside += rect_overlap_mm2(wide, drawn->box);
            }
        const char *text = "";
        const char *fate = fate_of(drawn, words, &text);
        if (beside <= 0)
            printf("%s\t%s\t%s\t%s\t%s\n", drawn->hand ? "hand" : "print", page->condition,
                   drawn->face, fate, text);
    }
    return code;
}

static enum err_code print_words(const char *path, const struct recognition_image *image,
                                 struct words *words, struct err *err)
{
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    enum err_code code = handwriting_mark(image, words, err);
    for (size_t i = 0; !code && i < words->count; i++)
        printf("%.*s\t%.2f\t%s\t%s\n", (int)strcspn(name, "."), name, words->item[i].hand,
               taken_for(words->item[i].hand), words->item[i].text);
    return code;
}

/* --- drawing and reading ---------------------------------------------------------------------- */

static enum err_code read_strip(void *self, const struct raster *strip, double *out_sureness,
                                struct err *err)
{
    return recognizer_read_strip(self, strip, out_sureness, err);
}

static enum err_code write_page(const struct drawn_page *page, const struct clean_page *clean,
                                const struct words *words, const char *folder, const char *name,
                                struct err *err)
{
    AUTO(mem) char *image = mem_printf("%s/%s.pgm", folder, name);
    AUTO(mem) char *json = mem_printf("%s/%s.json", folder, name);
    AUTO(js) struct js *drawn = js_array();
    AUTO(js) struct js *all = NULL;
    AUTO(fd) int fd = -1;
    for (size_t i = 0; i < page->count; i++) {
        const struct drawn_word *word = &page->word[i];
        js_push(drawn, js_pack("{s:[f,f,f,f], s:b, s:s}", "box", word->box.x, word->box.y,
                               word->box.w, word->box.h, "hand", word->hand, "face", word->face));
    }
    all = js_pack("{s:s, s:o, s:O}", "condition", page->condition, "words", words_to_js(words),
                  "drawn", drawn);
    AUTO(mem) char *text = js_dump(all);
    FILE *file = text ? fopen(json, "w") : NULL;
    if (!file || fputs(text, file) < 0 || fclose(file))
        return err_set(err, ERR_IO, "%s", json);
    enum err_code code = recognition_image_to_memfd(&clean->recognition, &fd, err);
    AUTO(fd) int out = open(image, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return code ? code : file_copy_fd(fd, out, err);
}

static enum err_code read_page(struct drawn_page *page, struct recognizer *recognizer,
                               const char *folder, const char *name, struct err *err)
{
    AUTO(clean_page) struct clean_page clean = {0};
    AUTO(words) struct words words = {0};
    struct direction_reader reader = {recognizer, read_strip};
    enum err_code code = clean_page(&page->image, &reader, &clean, err);
    if (code || clean.info.blank || (page->count && clean.info.rotation_deg))
        return code;
    words_init(&words, clean.info.size, clean.info.skew_deg);
    code = recognizer_read_page(recognizer, &clean.recognition, &words, err);
    return code ? code : write_page(page, &clean, &words, folder, name, err);
}

static enum err_code draw_page(const struct paper *paper, uint64_t number, bool held_out,
                               struct recognizer *recognizer, const char *folder, struct err *err)
{
    AUTO(drawn_page) struct drawn_page page = {0};
    AUTO(mem) char *name = mem_printf("%llu", (unsigned long long)number);
    enum err_code code = drawn_page_make(paper, number, held_out, &page, err);
    return code ? code : read_page(&page, recognizer, folder, name, err);
}

static int draw(char **argv)
{
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *wording = NULL;
    AUTO(recognizer) struct recognizer *recognizer = NULL;
    bool held_out = strcmp(argv[3], "held-out") == 0;
    uint64_t seed = strtoull(argv[2], NULL, 10);
    enum err_code code = wording_load(argv[0], &wording, &err);
    if (!code)
        code = recognizer_new("vie", &recognizer, &err);
    const char *const *names = code ? NULL : wording_papers(wording);
    size_t kinds = 0;
    while (names && names[kinds])
        kinds++;
    for (int i = 0; !code && i < atoi(argv[1]); i++) {
        AUTO(paper) struct paper paper = {0};
        uint64_t number = seed + (uint64_t)i;
        code = paper_compose(wording, names[number % kinds], number,
                             held_out ? WORDING_HELD_OUT : WORDING_TRAIN, &paper, &err);
        if (!code)
            code = draw_page(&paper, number, held_out, recognizer, argv[4], &err);
    }
    if (code)
        fprintf(stderr, "handwriting_pages: %s\n", err.detail);
    return code != ERR_OK;
}

/* .../a001-decision/p1.jpg becomes a001-decision-p1. */
static char *name_of(const char *path)
{
    const char *file = strrchr(path, '/');
    const char *folder = file ? file : path;
    while (folder > path && folder[-1] != '/')
        folder--;
    char *name = mem_strndup(folder, strcspn(folder, "."));
    for (char *at = name; at && *at; at++)
        *at = *at == '/' ? '-' : *at;
    return name;
}

static int read_images(const char *folder, char **paths)
{
    struct err err = ERR_INIT;
    AUTO(recognizer) struct recognizer *recognizer = NULL;
    enum err_code code = recognizer_new("vie", &recognizer, &err);
    for (; !code && *paths; paths++) {
        AUTO(drawn_page) struct drawn_page page = {.condition = "read"};
        AUTO(mem) char *name = name_of(*paths);
        AUTO(fd) int fd = open(*paths, O_RDONLY | O_CLOEXEC);
        code = image_read(fd, 0, &page.image, &err);
        if (!code)
            code = read_page(&page, recognizer, folder, name, &err);
    }
    if (code)
        fprintf(stderr, "handwriting_pages: %s\n", err.detail);
    return code != ERR_OK;
}

/* --- what was drawn --------------------------------------------------------------------------- */

static enum err_code load_drawn(const struct js *json, struct drawn_page *out, struct err *err)
{
    const struct js *list = js_at(json, "drawn");
    out->condition = js_text_or(json, "condition", "");
    out->word = mem_array(js_count(list) + 1, sizeof *out->word);
    if (!out->word)
        return err_set(err, ERR_NO_MEMORY, "page");
    for (size_t i = 0; i < js_count(list); i++) {
        const struct js *item = js_item(list, i);
        out->word[out->count++] =
            (struct drawn_word){{js_real_or(item, "box[0]", 0), js_real_or(item, "box[1]", 0),
                                 js_real_or(item, "box[2]", 0), js_real_or(item, "box[3]", 0)},
                                js_bool_or(item, "hand", false),
                                js_text_or(item, "face", "")};
    }
    return ERR_OK;
}

static enum err_code tell_page(const char *path, bool rows, struct err *err)
{
    AUTO(js) struct js *json = NULL;
    AUTO(words) struct words words = {0};
    AUTO(drawn_page) struct drawn_page page = {0};
    AUTO(recognition_image) struct recognition_image image = {0};
    AUTO(mem) char *pgm = mem_printf("%.*s.pgm", (int)(strlen(path) - strlen(".json")), path);
    AUTO(fd) int fd = open(pgm, O_RDONLY | O_CLOEXEC);
    enum err_code code = js_read_file(path, &json, err);
    if (!code)
        code = words_from_js(js_at(json, "words"), &words, err);
    if (!code)
        code = load_drawn(json, &page, err);
    if (!code)
        code = recognition_image_read_fd(fd, &image, err);
    if (code)
        return code;
    if (!rows && !page.count)
        return print_words(path, &image, &words, err);
    return rows ? print_rows(&page, &image, &words, err) : print_score(&page, &image, &words, err);
}

static int tell(const char *folder, bool rows)
{
    struct err err = ERR_INIT;
    glob_t found;
    AUTO(mem) char *pattern = mem_printf("%s/*.json", folder);
    enum err_code code = glob(pattern, 0, NULL, &found) ? ERR_NOT_FOUND : ERR_OK;
    for (size_t i = 0; !code && i < found.gl_pathc; i++)
        code = tell_page(found.gl_pathv[i], rows, &err);
    if (code)
        fprintf(stderr, "handwriting_pages: %s: %s\n", folder, err.detail);
    globfree(&found);
    return code != ERR_OK;
}

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "draw") == 0)
        return draw(argv + 2);
    if (argc > 3 && strcmp(argv[1], "read") == 0)
        return read_images(argv[2], argv + 3);
    if (argc == 3 && (strcmp(argv[1], "rows") == 0 || strcmp(argv[1], "score") == 0))
        return tell(argv[2], strcmp(argv[1], "rows") == 0);
    fprintf(stderr, "usage: handwriting_pages draw WORDING COUNT SEED train|held-out FOLDER\n"
                    "       handwriting_pages rows|score FOLDER\n");
    return 2;
}
