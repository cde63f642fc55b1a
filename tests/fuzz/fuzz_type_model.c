#include "ocr/classify/type_model.h"

#include <stdint.h>
#include <stdlib.h>

/* Models that come from elsewhere: any bytes; what is opened gives probabilities. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct page_terms terms;
    struct type_model model;
    double probable[DOC_TYPE_COUNT];
    if (type_model_open(bytes, size, &model, NULL))
        return 0;
    for (terms.count = 0; terms.count < 200; terms.count++)
        terms.id[terms.count] = (uint16_t)(terms.count * 320);
    type_model_score(&model, &terms, probable);
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++)
        if (!(probable[i] >= 0 && probable[i] <= 1))
            abort();
    return 0;
}
