#include "daemon/base/hash.h"
#include "ocr/classify/model_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Model files of another station: any bytes, and any bytes under a SHA-256 that fits. What is
 * opened gives probabilities, and what it says of itself can be shown. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define HEAD (sizeof MODEL_FILE_MAGIC - 1 + HASH_HEX_SIZE - 1)

static void open_file(const uint8_t *bytes, size_t size)
{
    static const uint16_t term[] = {0, 1, 2, 500, 65535}; /* some that corpus files weigh */
    uint16_t page[TYPE_MODEL_LEAST_TERMS];
    struct model_facts facts;
    struct type_model model;
    double probable[DOC_TYPE_COUNT];
    if (model_file_open(bytes, size, &facts, &model, NULL))
        return;
    for (size_t i = 0; i < TYPE_MODEL_LEAST_TERMS; i++)
        page[i] = term[i % (sizeof term / sizeof *term)];
    type_model_score(&model, page, TYPE_MODEL_LEAST_TERMS, probable);
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++)
        if (!(probable[i] >= 0 && probable[i] <= 1))
            abort();
    for (size_t i = 0; facts.program[i]; i++)
        if (facts.program[i] < ' ' || facts.program[i] > '~')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char sha256[HASH_HEX_SIZE];
    uint8_t *file = malloc(HEAD + size);
    if (!file)
        return 0;
    hash_bytes(bytes, size, sha256);
    memcpy(file, MODEL_FILE_MAGIC, sizeof MODEL_FILE_MAGIC - 1);
    memcpy(file + sizeof MODEL_FILE_MAGIC - 1, sha256, HASH_HEX_SIZE - 1);
    memcpy(file + HEAD, bytes, size);
    open_file(file, HEAD + size);
    free(file);
    open_file(bytes, size);
    return 0;
}
