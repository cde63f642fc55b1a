/*
 * What the pages of papers mean, from their words: OUT/ID.json for every paper of
 * PAPERS/truth.jsonl.
 *
 *   meaning_understand PAPERS OUT [WORKER]
 *
 * With WORKER the pages (ID/pN.jpg) are first read by it, and what it read is kept as ID/pN.json;
 * without, those files are there. Prints the time classes and fields take, and how surely the
 * papers are told apart in mixed stacks of 40 sheets.
 */
#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "daemon/model/import_papers.h"
#include "ocr/extract/sides.h"
#include "ocr/extract/understand.h"
#include "tests/golden/extract/ocr_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGES_MAX 20
#define STACK_SHEETS 40

struct sheets {
    struct words words[STACK_SHEETS];
    struct page_info info[STACK_SHEETS];
    bool starts[STACK_SHEETS];
    char id[STACK_SHEETS][80];
    size_t count;
};

struct figures {
    double *page_ms;
    size_t papers, room;
    size_t stacks, sheets, starts_right, starts_missed, starts_invented;
    size_t parted_wrongly, asked_wrongly;      /* of the invented: nobody looks, somebody does */
    size_t parted_by_itself, asked, swallowed; /* of the starts: the last told too weakly to ask */
    struct parted {
        size_t sheets, starts_right, starts_invented, separators, separators_missed,
            separators_invented;
    } parted[SEPARATOR_KINDS]; /* the same stacks with a separator before each paper */
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void sheets_done(struct sheets *sheets)
{
    for (size_t i = 0; i < sheets->count; i++) {
        words_done(&sheets->words[i]);
        page_info_done(&sheets->info[i]);
    }
    sheets->count = 0;
}

static enum err_code write_text(const char *path, const struct js *value, struct err *err)
{
    AUTO(mem) char *text = js_dump(value);
    FILE *file = text ? fopen(path, "w") : NULL;
    bool ok = file && fprintf(file, "%s\n", text) > 0;
    if ((file && fclose(file) != 0) || !ok)
        return err_set(err, ERR_IO, "%s", path);
    return ERR_OK;
}

static enum err_code read_image(struct ocr_client *client, const char *image, const char *words,
                                struct err *err)
{
    struct js *page = NULL;
    enum err_code code = ocr_client_read_page(client, image, &page, err);
    if (!code)
        code = write_text(words, page, err);
    js_free(page);
    return code;
}

static enum err_code take_page(const char *path, struct sheets *sheets, const char *id, bool starts,
                               struct err *err)
{
    AUTO(js) struct js *page = NULL;
    size_t at = sheets->count;
    enum err_code code = js_read_file(path, &page, err);
    if (code)
        return code;
    sheets->starts[at] = starts;
    snprintf(sheets->id[at], sizeof sheets->id[at], "%s", id);
    sheets->count++;
    code = words_from_js(js_at(page, "words"), &sheets->words[at], err);
    return code ? code : page_info_from_js(js_at(page, "page"), &sheets->info[at], err);
}

/* A separator sheet as it comes out of the reader: what is written on it is not looked at. */
static void make_separator(enum separator kind, struct page_info *info)
{
    static char patch[] = "T", own[] = SEPARATOR_TEXT;
    *info = (struct page_info){.width_px = 2480,
                               .height_px = 3508,
                               .dpi = 300,
                               .size = {210, 297},
                               .blank = kind == SEPARATOR_BLANK};
    if (kind == SEPARATOR_BLANK)
        return;
    info->code_count = 1;
    snprintf(info->codes[0].kind, sizeof info->codes[0].kind, "%s",
             kind == SEPARATOR_PATCH ? PATCH_KIND : "QR");
    info->codes[0].text = kind == SEPARATOR_PATCH ? patch : own;
}

static void count_parted(const struct js *page, bool is_separator, bool starts,
                         struct parted *parted)
{
    bool told = js_bool_or(page, "starts_document.value", false);
    bool told_separator = js_has(page, "separator");
    parted->separators += is_separator;
    parted->separators_missed += is_separator && !told_separator;
    parted->separators_invented += !is_separator && told_separator;
    parted->sheets += !is_separator;
    parted->starts_right += !is_separator && told == starts;
    parted->starts_invented += told && !starts;
}

static enum err_code judge_parted(const struct templates *templates, const struct sheets *stack,
                                  enum separator kind, struct parted *parted, struct err *err)
{
    static struct side_image image[2 * STACK_SHEETS];
    static struct page_info sheet[STACK_SHEETS];
    static struct words nothing;
    bool starts[2 * STACK_SHEETS];
    struct parting parting = {0};
    AUTO(js) struct js *answer = NULL;
    size_t count = 0, separators = 0;
    parting.takes[kind] = true;
    words_init(&nothing, (struct size_mm){210, 297}, 0);
    for (size_t i = 0; i < stack->count; i++) {
        if (stack->starts[i] && i) {
            make_separator(kind, &sheet[separators]);
            starts[count] = false;
            image[count] = (struct side_image){
                &nothing, &sheet[separators++], (int64_t)count, IMAGE_OWN, {-1, false}};
            count++;
        }
        starts[count] = stack->starts[i];
        image[count] = (struct side_image){
            &stack->words[i], &stack->info[i], (int64_t)count, IMAGE_OWN, {-1, false}};
        count++;
    }
    enum err_code code = understand_sides(templates, image, count, &parting, NULL, &answer, err);
    for (size_t i = 0; !code && i < count; i++)
        count_parted(js_item(js_at(answer, "pages"), i), image[i].words == &nothing, starts[i],
                     parted);
    return code;
}

/* Sheet by sheet the way a person would lay them into the feeder: the pages of several papers. */
static enum err_code judge_stack(const struct templates *templates, struct sheets *stack,
                                 struct figures *figures, struct err *err)
{
    AUTO(js) struct js *answer = NULL;
    enum err_code code =
        understand_document(templates, stack->words, stack->info, stack->count, NULL, &answer, err);
    for (size_t i = 0; !code && i < stack->count; i++) {
        const struct js *page = js_item(js_at(answer, "pages"), i);
        bool told = js_bool_or(page, "starts_document.value", false);
        double sure = js_real_or(page, "starts_document.confidence", 0);
        if (told != stack->starts[i])
            printf("meaning: %s: %s (%s %.2f)\n", stack->id[i],
                   told ? "a sheet inside is called a beginning" : "its beginning is not told",
                   js_text_or(page, "starts_document.why", "none"), sure);
        bool acts = told && sure >= PAPER_START_SURE,
             asks = told && !acts && sure >= PAPER_START_ASKED;
        figures->parted_wrongly += acts && !stack->starts[i];
        figures->asked_wrongly += asks && !stack->starts[i];
        figures->parted_by_itself += acts && stack->starts[i];
        figures->asked += asks && stack->starts[i];
        figures->swallowed += !acts && !asks && stack->starts[i];
        if (stack->starts[i] && !acts)
            printf("meaning: %s: its beginning %s (%s %.2f)\n", stack->id[i],
                   asks ? "asks" : "asks nobody", js_text_or(page, "starts_document.why", "none"),
                   sure);
        figures->starts_right += told == stack->starts[i];
        figures->starts_missed += !told && stack->starts[i];
        figures->starts_invented += told && !stack->starts[i];
    }
    figures->sheets += stack->count;
    figures->stacks++;
    for (int kind = SEPARATOR_PATCH; !code && kind < SEPARATOR_KINDS; kind++)
        code = judge_parted(templates, stack, (enum separator)kind, &figures->parted[kind], err);
    sheets_done(stack);
    return code;
}

static enum err_code one_paper(const struct templates *templates, const struct js *truth,
                               const char *folder, const char *out, struct ocr_client *client,
                               struct sheets *stack, struct figures *figures, struct err *err)
{
    struct sheets sheets = {0};
    const char *id = js_text_or(truth, "id", "");
    size_t pages = (size_t)js_int_or(truth, "pages", 0);
    enum err_code code = ERR_OK;
    if (stack->count + pages > STACK_SHEETS)
        code = judge_stack(templates, stack, figures, err);
    for (size_t i = 0; !code && i < pages && i < PAGES_MAX; i++) {
        AUTO(mem) char *image = mem_printf("%s/%s/p%zu.jpg", folder, id, i + 1);
        AUTO(mem) char *words = mem_printf("%s/%s/p%zu.json", folder, id, i + 1);
        if (client)
            code = read_image(client, image, words, err);
        if (!code)
            code = take_page(words, &sheets, id, i == 0, err);
        if (!code)
            code = take_page(words, stack, id, i == 0, err);
    }
    AUTO(js) struct js *answer = NULL;
    double from = now_ms();
    if (!code)
        code = understand_document(templates, sheets.words, sheets.info, sheets.count, NULL,
                                   &answer, err);
    double took = now_ms() - from;
    AUTO(mem) char *path = mem_printf("%s/%s.json", out, id);
    if (!code)
        code = write_text(path, answer, err);
    if (!code && figures->papers == figures->room) {
        figures->room = figures->room ? 2 * figures->room : 256;
        figures->page_ms = mem_resize(figures->page_ms, figures->room * sizeof(double));
    }
    if (!code)
        figures->page_ms[figures->papers++] = took / (double)(pages ? pages : 1);
    sheets_done(&sheets);
    return code;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print_figures(struct figures *figures)
{
    size_t n = figures->papers;
    if (!n)
        return;
    qsort(figures->page_ms, n, sizeof *figures->page_ms, compare_doubles);
    printf("meaning: classes and fields %.1f ms a page in the middle, %.1f of 95 in 100, %.1f at "
           "most (wanted 20)\n",
           figures->page_ms[n / 2], figures->page_ms[n * 95 / 100], figures->page_ms[n - 1]);
    printf("meaning: start of paper %.2f %% right of %zu sheets in %zu stacks of up to %d (wanted "
           "99); missed %zu, invented %zu (%zu parted at by itself, %zu asked)\n",
           100.0 * (double)figures->starts_right / (double)figures->sheets, figures->sheets,
           figures->stacks, STACK_SHEETS, figures->starts_missed, figures->starts_invented,
           figures->parted_wrongly, figures->asked_wrongly);
    printf("meaning: of the starts %zu part by themselves, %zu ask, %zu ask nobody\n",
           figures->parted_by_itself, figures->asked, figures->swallowed);
    for (int kind = SEPARATOR_PATCH; kind < SEPARATOR_KINDS; kind++) {
        const struct parted *parted = &figures->parted[kind];
        printf("meaning: with %s separators %.2f %% right of %zu sheets, invented %zu; of %zu "
               "separators missed %zu, invented %zu\n",
               separator_name((enum separator)kind),
               100.0 * (double)parted->starts_right / (double)parted->sheets, parted->sheets,
               parted->starts_invented, parted->separators, parted->separators_missed,
               parted->separators_invented);
    }
}

static enum err_code all_papers(FILE *truths, const char *folder, const char *out,
                                struct ocr_client *client, struct figures *figures, struct err *err)
{
    AUTO(templates) struct templates *templates = NULL;
    static struct sheets stack;
    char *line = NULL;
    size_t room = 0;
    enum err_code code = templates_load(NULL, &templates, err);
    for (ssize_t size; !code && (size = getline(&line, &room, truths)) > 0;) {
        AUTO(js) struct js *truth = NULL;
        code = js_parse(line, (size_t)size, &truth, err);
        if (!code)
            code = one_paper(templates, truth, folder, out, client, &stack, figures, err);
    }
    if (!code && stack.count)
        code = judge_stack(templates, &stack, figures, err);
    sheets_done(&stack);
    free(line); /* getline's own */
    return code;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct ocr_client client;
    struct figures figures = {0};
    if (argc < 3) {
        fprintf(stderr, "usage: meaning_understand PAPERS OUT [WORKER]\n");
        return 2;
    }
    AUTO(mem) char *path = mem_printf("%s/truth.jsonl", argv[1]);
    FILE *truths = fopen(path, "r");
    mkdir(argv[2], 0755);
    bool reads = argc > 3;
    if (!truths || (reads && ocr_client_start(argv[3], &client, &err))) {
        fprintf(stderr, "meaning_understand: %s: %s\n", path, err.detail);
        return 1;
    }
    enum err_code code =
        all_papers(truths, argv[1], argv[2], reads ? &client : NULL, &figures, &err);
    if (reads)
        ocr_client_stop(&client);
    fclose(truths);
    if (code)
        fprintf(stderr, "meaning_understand: %s: %s\n", err_name(err.code), err.detail);
    print_figures(&figures);
    mem_free(figures.page_ms);
    return code != ERR_OK;
}
