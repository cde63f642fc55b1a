#include "ocr/text/office_text.h"

#include "daemon/base/text.h"
#include "ocr/text/text_layer.h"

#include <string.h>

/* It is shown on terminals, too. */
static char *without_controls(const char *text)
{
    AUTO(buf) struct buf out;
    buf_init(&out, 4 * FONT_RUNS_MAX_BYTES);
    buf_text(&out, "");
    for (int32_t point; (point = text_next(&text)) != 0;) {
        char bytes[4];
        bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);
        if (!control || point == '\t' || point == '\n')
            buf_append(&out, bytes, text_put(point, bytes));
    }
    return buf_take(&out);
}

/* Fonts without a telling name: by the words, as in any other text. */
static enum err_code settle(const struct syllables *syllables, const char *text, char **out,
                            struct err *err)
{
    AUTO(text_layer) struct text_layer layer = {0};
    AUTO(mem) char *plain = NULL;
    enum err_code code = text_layer_read(syllables, text, strlen(text), NULL, 0, &layer, err);
    if (code)
        return code;
    plain = without_controls(layer.text ? layer.text : text);
    if (!plain)
        return err_set(err, ERR_NO_MEMORY, "text");
    return text_nfc(plain, strlen(plain), out, err);
}

enum err_code office_text_read(const struct syllables *syllables, const void *bytes, size_t size,
                               char **out, struct err *err)
{
    AUTO(office_parts) struct office_parts parts = {0};
    AUTO(font_runs) struct font_runs runs;
    font_runs_init(&runs);
    enum err_code code = office_parts_read(bytes, size, &parts, err);
    if (code)
        return code;
    code = office_parts_find(&parts, "word/document.xml") ? word_text_read(&parts, &runs, err)
                                                          : sheet_text_read(&parts, &runs, err);
    if (code)
        return code;
    AUTO(mem) char *text = font_runs_take(&runs);
    if (!text)
        return err_set(err, ERR_TOO_LARGE, "more text than any paper has");
    return settle(syllables, text, out, err);
}
