#include "daemon/base/file.h"
#include "daemon/base/js.h"
#include "tests/bench/recognition_tokens.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * recognition_score CORPUS [TURN] [-v] < lines: compares the lines of recognition_pages with the
 * corpus's truth and prints "figure value" lines. F1 is order-free, the mean over written sheets of
 * a condition; -v prints each sheet with the words lost and the words too many.
 */

#define LINE_MAX_BYTES (4 << 20)
#define SURE_TURN 0.5
#define SURE_WORD 0.9
#define DOCUMENTS_MAX 2000
#define SHEETS_MAX 10000

enum condition { CLEAN, NORMAL, HARD, ALL, CONDITIONS };
static const char *const condition_names[CONDITIONS] = {"clean", "normal", "hard", "all"};

struct score {
    const char *corpus;
    int turn;
    bool verbose;
    struct js *document[DOCUMENTS_MAX];
    size_t document_count;
    double f1[CONDITIONS];
    int sheets[CONDITIONS];
    double skew[SHEETS_MAX];
    int upright, asked, wrong_turn, wrong_blank;
    int codes_wanted, codes_found, codes_false;
    int words_sure, words_sure_right, words_right, words_right_sure;
};

static enum err_code load_truth(struct score *score, struct err *err)
{
    AUTO(mem) char *path = mem_printf("%s/truth.jsonl", score->corpus);
    AUTO(mem) char *text = NULL;
    size_t size;
    enum err_code code = file_read(AT_FDCWD, path, 64 << 20, &text, &size, err);
    for (char *line = code ? NULL : strtok(text, "\n"); line && !code; line = strtok(NULL, "\n")) {
        if (score->document_count == DOCUMENTS_MAX)
            return err_set(err, ERR_TOO_MANY, "documents");
        code = js_parse(line, strlen(line), &score->document[score->document_count], err);
        score->document_count += !code;
    }
    return code;
}

/* "…/a001-decision/p2.jpg": the document and the number of its sheet. */
static const struct js *find_sheet(const struct score *score, const char *path, char *out_name,
                                   int *out_number, const struct js **out_document)
{
    const char *file = strrchr(path, '/'), *folder = file;
    while (folder && folder > path && folder[-1] != '/')
        folder--;
    if (!folder || sscanf(file, "/p%d.", out_number) != 1)
        return NULL;
    snprintf(out_name, 100, "%.*s", (int)(file - folder), folder);
    for (size_t i = 0; i < score->document_count; i++) {
        char place[40];
        snprintf(place, sizeof place, "sheets[%d]", *out_number - 1);
        *out_document = score->document[i];
        if (strcmp(js_text_or(score->document[i], "id", ""), out_name) == 0)
            return js_at(score->document[i], place);
    }
    return NULL;
}

static void score_codes(const struct js *page, const struct js *document, int number,
                        struct score *score)
{
    const struct js *wanted = number == 1 ? js_at(document, "codes") : NULL;
    const struct js *found = js_at(page, "codes");
    int right = 0;
    for (size_t i = 0; i < js_count(wanted); i++)
        for (size_t k = 0; k < js_count(found); k++)
            if (strcmp(js_text_or(js_item(wanted, i), "text", "?"),
                       js_text_or(js_item(found, k), "text", "")) == 0) {
                right++;
                break;
            }
    score->codes_wanted += (int)js_count(wanted);
    score->codes_found += right;
    score->codes_false += (int)js_count(found) - right;
}

/* Every word of a reading is right when all its tokens stand on the sheet, each as often. */
static enum err_code score_words(const struct js *words, const char *truth, struct score *score,
                                 struct err *err)
{
    AUTO(tokens) struct tokens left = {0};
    enum err_code code = tokens_add(&left, truth, err);
    tokens_sort(&left);
    for (size_t i = 0; i < js_count(words) && !code; i++) {
        AUTO(tokens) struct tokens word = {0};
        code = tokens_add(&word, js_text_or(js_item(words, i), "[0]", ""), err);
        bool sure = js_real_or(js_item(words, i), "[1]", 0) >= SURE_WORD;
        bool right = word.count > 0;
        for (size_t k = 0; k < word.count; k++)
            right = tokens_take(&left, word.item[k]) && right;
        score->words_sure += sure && word.count > 0;
        score->words_sure_right += sure && right;
        score->words_right += right;
        score->words_right_sure += sure && right;
    }
    return code;
}

static void print_rest(const char *sign, const struct tokens *all, const struct tokens *without)
{
    AUTO(tokens) struct tokens rest = {0};
    struct err err = ERR_INIT;
    for (size_t i = 0; i < all->count; i++)
        tokens_add(&rest, all->item[i], &err);
    tokens_sort(&rest);
    for (size_t i = 0; i < without->count; i++)
        tokens_take(&rest, without->item[i]);
    for (size_t i = 0; i < rest.count; i++)
        printf(" %s%s", sign, rest.item[i]);
}

/* Words with a space between them, as the output has them ("text") or as they were read. */
static enum err_code read_tokens(const struct js *page, struct tokens *out, struct err *err)
{
    const struct js *words = js_at(page, "words.words");
    enum err_code code = tokens_add(out, js_text_or(page, "text", ""), err);
    for (size_t i = 0; i < js_count(words) && !code; i++)
        code = tokens_add(out, js_text_or(js_item(words, i), "[0]", ""), err);
    tokens_sort(out);
    return code;
}

static enum err_code score_text(const struct js *page, const char *name, int number,
                                const char *condition, struct score *score, struct err *err)
{
    AUTO(mem) char *path = mem_printf("%s/%s/p%d.txt", score->corpus, name, number);
    AUTO(mem) char *text = NULL;
    AUTO(tokens) struct tokens truth = {0}, read = {0};
    size_t size;
    enum err_code code = file_read(AT_FDCWD, path, 1 << 20, &text, &size, err);
    if (!code)
        code = tokens_add(&truth, text, err);
    if (!code)
        code = read_tokens(page, &read, err);
    if (code)
        return code;
    tokens_sort(&truth);
    double f1 =
        2.0 * (double)tokens_common(&truth, &read) / (double)(truth.count + read.count + 1e-9);
    for (int i = 0; i < CONDITIONS; i++)
        if (i == ALL || strcmp(condition, condition_names[i]) == 0) {
            score->f1[i] += f1;
            score->sheets[i]++;
        }
    if (score->verbose) {
        printf("%.4f %s %s/p%d:", f1, condition, name, number);
        print_rest("-", &truth, &read);
        print_rest("+", &read, &truth);
        putchar('\n');
    }
    return score_words(js_at(page, "words.words"), text, score, err);
}

static enum err_code score_page(const struct js *page, struct score *score, struct err *err)
{
    char name[100];
    int number;
    const struct js *document, *info = js_at(page, "page");
    const char *path = js_text_or(page, "path", "");
    const struct js *sheet = find_sheet(score, path, name, &number, &document);
    if (!sheet)
        return err_set(err, ERR_NOT_FOUND, "%s is not in the truth", path);
    bool blank = js_bool_or(sheet, "blank", false);
    score_codes(page, document, number, score);
    score->wrong_blank += js_bool_or(info, "blank", false) != blank;
    if (blank)
        return ERR_OK;
    int right = (int)(720 - js_int_or(sheet, "turned_degrees_cw", 0) - score->turn) % 360;
    bool upright = js_int_or(info, "rotation_deg", 0) == right;
    bool asked = js_real_or(info, "rotation_score", 1) < SURE_TURN;
    score->upright += upright && !asked;
    score->asked += asked;
    score->wrong_turn += !upright && !asked;
    score->skew[score->sheets[ALL]] =
        fabs(js_real_or(info, "skew_deg", 0) - js_real_or(sheet, "skew_degrees", 0));
    return score_text(page, name, number, js_text_or(document, "condition", ""), score, err);
}

static int compare_reals(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void print_figures(struct score *score)
{
    int sheets = score->sheets[ALL];
    for (int i = 0; i < CONDITIONS; i++)
        if (score->sheets[i])
            printf("f1_%s %.4f\n", condition_names[i], score->f1[i] / score->sheets[i]);
    qsort(score->skew, (size_t)sheets, sizeof *score->skew, compare_reals);
    printf("sheets %d\nupright %d\nasked %d\nwrong_turn %d\nwrong_blank %d\n", sheets,
           score->upright, score->asked, score->wrong_turn, score->wrong_blank);
    if (sheets)
        printf("skew_p95 %.3f\nskew_worst %.3f\n", score->skew[(int)((sheets - 1) * 0.95)],
               score->skew[sheets - 1]);
    printf("codes_wanted %d\ncodes_found %d\ncodes_false %d\n", score->codes_wanted,
           score->codes_found, score->codes_false);
    if (score->words_sure && score->words_right)
        printf("sure_right %.4f\nright_sure %.4f\n",
               (double)score->words_sure_right / score->words_sure,
               (double)score->words_right_sure / score->words_right);
}

int main(int argc, char **argv)
{
    static struct score score;
    static char line[LINE_MAX_BYTES];
    struct err err = ERR_INIT;
    if (argc < 2) {
        fprintf(stderr, "usage: %s CORPUS [TURN] [-v] < lines of recognition_pages\n", argv[0]);
        return 2;
    }
    score.corpus = argv[1];
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "-v") == 0)
            score.verbose = true;
        else
            score.turn = atoi(argv[i]);
    enum err_code code = load_truth(&score, &err);
    while (!code && score.sheets[ALL] < SHEETS_MAX && fgets(line, sizeof line, stdin)) {
        AUTO(js) struct js *page = NULL;
        code = js_parse(line, strlen(line), &page, &err);
        if (!code)
            code = score_page(page, &score, &err);
    }
    if (code) {
        fprintf(stderr, "%s: %s\n", err_name(code), err.detail);
        return 1;
    }
    print_figures(&score);
    for (size_t i = 0; i < score.document_count; i++)
        js_free(score.document[i]);
    return 0;
}
