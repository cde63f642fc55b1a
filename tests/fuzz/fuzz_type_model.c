#include "ocr/classify/type_model.h"

#include <stdint.h>
#include <stdlib.h>

/* Models that come from elsewhere: any bytes; what is opened gives probabilities. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint16_t term[200];
    struct type_model model;
    double probable[DOC_TYPE_COUNT];
    if (type_model_open(bytes, size, &model, NULL))
        return 0;
    for (size_t i = 0; i < sizeof term / sizeof *term; i++)
        term[i] = (uint16_t)(i * 320);
    type_model_score(&model, term, sizeof term / sizeof *term, probable);
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++)
        if (!(probable[i] >= 0 && probable[i] <= 1))
            abort();
    return 0;
}
