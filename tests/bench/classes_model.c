/*
 * The model of types alone, on papers without images.
 *
 *   classes_model WORDING-FOLDER PAPERS-OF-EACH
 *
 * Prints a table; fails at gross regressions only.
 */
#include "daemon/base/mem.h"
#include "ocr/classify/type_model.h"
#include "ocr/learn/samples.h"
#include "ocr/learn/type_train.h"

#include <stdio.h>
#include <stdlib.h>

#define SURE 0.90
#define MODEL_MAX (64u << 20)
#define TAUGHT_OF_EACH 60

struct tally {
    int papers, most_probable, sure, sure_right;
};

static enum doc_type best_of(const struct type_model *model, const struct type_sample *sample,
                             double *out_probable)
{
    double probable[DOC_TYPE_COUNT];
    size_t best = 0;
    type_model_score(model, sample->term, sample->count, probable);
    for (size_t i = 1; i < DOC_TYPE_COUNT; i++)
        if (probable[i] > probable[best])
            best = i;
    *out_probable = probable[best];
    return (enum doc_type)best;
}

static void count(const struct type_model *model, const struct type_sample *sample,
                  struct tally *tally)
{
    double probable;
    enum doc_type best = best_of(model, sample, &probable);
    tally->papers++;
    tally->most_probable += best == sample->type;
    tally->sure += probable >= SURE;
    tally->sure_right += probable >= SURE && best == sample->type;
}

static double percent(int part, int of)
{
    return of ? 100.0 * part / of : 0;
}

/* Each type's papers, seen by a model that was never taught that type. */
static enum err_code leave_out(const struct samples *taught, const struct samples *unseen,
                               struct tally *out, struct err *err)
{
    AUTO(mem) struct type_sample *rest = mem_array(taught->count + 1, sizeof *rest);
    for (size_t type = 0; type < DOC_TYPE_unknown; type++) {
        struct type_model model;
        struct tally own = {0};
        size_t used = 0;
        AUTO(buf) struct buf bytes;
        buf_init(&bytes, MODEL_MAX);
        for (size_t i = 0; i < taught->count; i++)
            if (taught->item[i].type != type)
                rest[used++] = taught->item[i];
        enum err_code code = type_train(rest, used, 5, NULL, &bytes, err);
        if (!code)
            code = type_model_open(bytes.bytes, bytes.size, &model, err);
        if (code)
            return code;
        for (size_t i = 0; i < unseen->count; i++)
            if (unseen->item[i].type == type)
                count(&model, &unseen->item[i], &own);
        if (own.sure)
            printf("classes: %s, never taught: %d of %d surely called another type\n",
                   doc_type_slug((enum doc_type)type), own.sure, own.papers);
        out->papers += own.papers;
        out->sure += own.sure;
    }
    return ERR_OK;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *wording = NULL;
    AUTO(samples) struct samples unseen = {0};
    AUTO(samples) struct samples taught = {0};
    struct type_model model;
    struct tally known = {0}, unknown = {0}, left_out = {0};
    if (argc != 3)
        return 2;
    if (wording_load(argv[1], &wording, &err) ||
        samples_compose(wording, WORDING_HELD_OUT, 500001, atoi(argv[2]), &unseen, &err) ||
        samples_compose(wording, WORDING_TRAIN, 1, TAUGHT_OF_EACH, &taught, &err) ||
        type_model_open(type_model_shipped, type_model_shipped_size, &model, &err) ||
        leave_out(&taught, &unseen, &left_out, &err)) {
        fprintf(stderr, "classes_model: %s\n", err.detail);
        return 1;
    }
    for (size_t i = 0; i < unseen.count; i++)
        count(&model, &unseen.item[i], unseen.item[i].type == DOC_TYPE_unknown ? &unknown : &known);
    double sure = percent(known.sure, known.papers);
    double right = percent(known.sure_right, known.sure);
    double astray = percent(left_out.sure, left_out.papers);
    printf("| %-58s | %6.2f %% of %5d |\n", "unseen wordings: most probable type is right",
           percent(known.most_probable, known.papers), known.papers);
    printf("| %-58s | %6.2f %% of %5d |\n", "unseen wordings: surely told", sure, known.papers);
    printf("| %-58s | %6.2f %% of %5d |\n", "surely told: right", right, known.sure);
    printf("| %-58s | %6.2f %% of %5d |\n", "papers of no type: surely called one",
           percent(unknown.sure, unknown.papers), unknown.papers);
    printf("| %-58s | %6.2f %% of %5d |\n", "a type never taught: surely called another", astray,
           left_out.papers);
    printf("| %-58s | %6zu bytes |\n", "shipped model", type_model_shipped_size);
    bool gross = sure < 85 || right < 99 || astray > 10;
    if (gross)
        fputs("classes: GROSS\n", stderr);
    return gross;
}
