/*
 * Does learning help, and does it do no harm? A station with a form of its own: asked before, told
 * after it was taught from few confirmed papers; and sets of wrongly confirmed papers.
 *
 *   classes_learn LOCAL.paper
 *
 * Prints a table; fails at gross regressions only.
 */
#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "ocr/learn/samples.h"
#include "ocr/learn/teaching.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX 20
#define UNSEEN 200
#define UNSEEN_SEED 990001

/* The project's own wording and the file behind it. */
static enum err_code load(const char *path, char **out_bytes, struct wording **out, struct err *err)
{
    struct wording_text text[TEXTS_MAX];
    size_t size, count = wording_shipped_count;
    enum err_code code = file_read(AT_FDCWD, path, 1 << 20, out_bytes, &size, err);
    if (code)
        return code;
    memcpy(text, wording_shipped, count * sizeof *text);
    text[count] = (struct wording_text){"local.paper", (unsigned char *)*out_bytes, size};
    return wording_read(text, count + 1, out, err);
}

static uint64_t key_of(size_t number)
{
    char text[40], hex[HASH_HEX_SIZE];
    snprintf(text, sizeof text, "document %zu", number);
    hash_bytes(text, strlen(text), hex);
    hex[16] = 0;
    return strtoull(hex, NULL, 16);
}

struct lesson {
    const char *what;
    const char *papers; /* as wording_papers has it */
    int count;
    enum doc_type said; /* what was confirmed; DOC_TYPE_COUNT: any type, each another */
};

static enum err_code add_papers(struct teaching *teaching, const struct wording *wording,
                                const struct lesson *lesson, struct err *err)
{
    AUTO(samples) struct samples papers = {0};
    enum err_code code =
        samples_compose_of(wording, lesson->papers, WORDING_ALL, 5001, lesson->count, &papers, err);
    for (size_t i = 0; !code && i < papers.count; i++) {
        struct type_sample paper = papers.item[i];
        paper.type = lesson->said == DOC_TYPE_COUNT ? (enum doc_type)(i * 7 % DOC_TYPE_unknown)
                                                    : lesson->said;
        paper.dossier = paper.owner = i + 1;
        code = teaching_add(teaching, key_of(i), &paper, err);
    }
    return code;
}

static enum err_code try_lesson(const struct wording *own, const struct wording *all,
                                const struct lesson *lesson, const struct type_model *shipped,
                                const struct samples *unseen, enum verdict *out, struct tally *told,
                                struct err *err)
{
    AUTO(teaching) struct teaching *teaching = NULL;
    AUTO(buf) struct buf file;
    struct model_facts facts = {.program = "bench", .day = 20260101};
    struct comparison found = {0};
    struct type_model model;
    size_t taught, held_out;
    buf_init(&file, MODEL_FILE_MAX);
    *told = (struct tally){0};
    enum err_code code = teaching_new(own, &teaching, err);
    if (!code)
        code = add_papers(teaching, all, lesson, err);
    if (!code)
        code = teaching_train(teaching, shipped, &facts, NULL, &file, &found, out, err);
    if (code)
        return code;
    teaching_count(teaching, &taught, &held_out);
    printf("| %-44s | %4zu + %3zu | %2zu/%2zu %2zu/%2zu | %3zu/%2zu %3zu/%2zu of %zu | %-15s |\n",
           lesson->what, taught, held_out, found.station_old.right, found.station_old.wrong,
           found.station_new.right, found.station_new.wrong, found.wording_old.right,
           found.wording_old.wrong, found.wording_new.right, found.wording_new.wrong,
           found.wording_new.papers, verdict_name(*out));
    if (!file.size)
        return ERR_OK;
    code = model_file_open(file.bytes, file.size, &facts, &model, err);
    if (!code)
        *told = verdict_tally(&model, unseen->item, unseen->count);
    return code;
}

int main(int argc, char **argv)
{
    static const struct {
        struct lesson lesson;
        enum verdict wanted;
    } lessons[] = {
        {{"own form, 8 papers", "application/local", 8, DOC_TYPE_application}, VERDICT_TOO_FEW},
        {{"own form, 30 papers", "application/local", 30, DOC_TYPE_application}, VERDICT_USE},
        {{"own form, 100 papers", "application/local", 100, DOC_TYPE_application}, VERDICT_USE},
        {{"what is known already", "notice", 60, DOC_TYPE_notice}, VERDICT_NO_GAIN},
        {{"birth certificates confirmed as contracts", "birth-certificate", 60, DOC_TYPE_contract},
         VERDICT_WORSE_ELSEWHERE},
        {{"decisions confirmed as notices", "decision", 60, DOC_TYPE_notice},
         VERDICT_WORSE_ELSEWHERE},
        {{"own form confirmed at random", "application/local", 100, DOC_TYPE_COUNT},
         VERDICT_NO_GAIN},
    };
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *own = NULL;
    AUTO(wording) struct wording *all = NULL;
    AUTO(samples) struct samples unseen = {0};
    AUTO(mem) char *bytes = NULL;
    struct type_model shipped;
    bool gross = false;
    if (argc != 2)
        return 2;
    if (wording_read(wording_shipped, wording_shipped_count, &own, &err) ||
        load(argv[1], &bytes, &all, &err) ||
        samples_compose_of(all, "application/local", WORDING_ALL, UNSEEN_SEED, UNSEEN, &unseen,
                           &err) ||
        type_model_open(type_model_shipped, type_model_shipped_size, &shipped, &err)) {
        fprintf(stderr, "classes_learn: %s\n", err.detail);
        return 1;
    }
    struct tally before = verdict_tally(&shipped, unseen.item, unseen.count);
    printf("| %-44s | %-10s | %-11s | %-18s | %-15s |\n", "confirmed papers", "taught+out",
           "own old/new", "others' old/new", "verdict");
    for (size_t i = 0; i < sizeof lessons / sizeof *lessons; i++) {
        enum verdict verdict;
        struct tally after;
        if (try_lesson(own, all, &lessons[i].lesson, &shipped, &unseen, &verdict, &after, &err)) {
            fprintf(stderr, "classes_learn: %s\n", err.detail);
            return 1;
        }
        bool used = verdict == VERDICT_USE, may = lessons[i].wanted == VERDICT_USE;
        gross = gross || used != may;
        if (used)
            printf("| %-44s | %zu of %zu surely told before, %zu after; wrong %zu, %zu |\n",
                   "  its papers that nobody saw", before.right, before.papers, after.right,
                   before.wrong, after.wrong);
        gross = gross || (used && after.right < UNSEEN * 3 / 4);
    }
    if (gross)
        fputs("classes_learn: GROSS\n", stderr);
    return gross;
}
