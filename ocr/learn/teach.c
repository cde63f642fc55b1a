/*
 * The model that is shipped: made-up papers, misread, taught to it; a part of the build.
 *
 *   sohoa-teach WORDING-FOLDER OUT.c PAPERS-OF-EACH
 */
#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "ocr/classify/page_terms.h"
#include "ocr/learn/misread.h"
#include "ocr/learn/samples.h"
#include "ocr/learn/type_train.h"

#include <stdio.h>
#include <stdlib.h>

#define MODEL_MAX (64u << 20)
/* Each wording comes in many papers here; what is rare is a name. */
#define LEAST_PAPERS 5

static bool write_source(const char *path, const struct buf *model)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    fputs("#include \"ocr/classify/type_model.h\"\n\nconst unsigned char type_model_shipped[] = {",
          file);
    for (size_t i = 0; i < model->size; i++)
        fprintf(file, "%s%u,", i % 24 ? "" : "\n    ", (unsigned char)model->bytes[i]);
    fputs("\n};\nconst size_t type_model_shipped_size = sizeof type_model_shipped;\n", file);
    return fclose(file) == 0;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *wording = NULL;
    AUTO(samples) struct samples samples = {0};
    AUTO(buf) struct buf model;
    buf_init(&model, MODEL_MAX);
    if (argc != 4) {
        fputs("usage: sohoa-teach WORDING OUT.c PAPERS-OF-EACH\n", stderr);
        return 2;
    }
    if (wording_load(argv[1], &wording, &err) ||
        samples_compose(wording, WORDING_TRAIN, 1, atoi(argv[3]), &samples, &err) ||
        type_train(samples.item, samples.count, LEAST_PAPERS, NULL, &model, &err)) {
        fprintf(stderr, "sohoa-teach: %s\n", err.detail);
        return 1;
    }
    if (!write_source(argv[2], &model)) {
        perror(argv[2]);
        return 1;
    }
    return 0;
}
