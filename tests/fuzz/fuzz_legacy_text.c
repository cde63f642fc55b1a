#include "ocr/extract/templates.h"
#include "ocr/text/text_layer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Text of any bytes: whatever is called useful is UTF-8 and not much longer than what came in. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct templates *templates;
    static const char *const fonts[] = {".VnTime", "VNI-Times"};
    if (!templates && templates_load(NULL, &templates, NULL))
        abort();
    for (size_t count = 0; count <= 2; count++) {
        AUTO(text_layer) struct text_layer layer = {0};
        enum err_code code = text_layer_read(templates_syllables(templates), (const char *)bytes,
                                             size, fonts, count, &layer, NULL);
        if (code || layer.kind != TEXT_LAYER_USEFUL)
            continue;
        if (!layer.text || strlen(layer.text) > 3 * size + 3)
            abort();
    }
    return 0;
}
