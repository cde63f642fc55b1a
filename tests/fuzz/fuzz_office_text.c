#include "ocr/extract/templates.h"
#include "ocr/text/office_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Word and register files of any bytes: what is said is text, and no longer than it may be. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct templates *templates;
    AUTO(mem) char *text = NULL;
    if (!templates && templates_load(NULL, &templates, NULL))
        abort();
    if (!office_text_read(templates_syllables(templates), bytes, size, &text, NULL) &&
        strlen(text) > 4 * FONT_RUNS_MAX_BYTES)
        abort();
    return 0;
}
