#include "ocr/recognize/codes_text.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Code points 0x80..0xff written as UTF-8 that, as bytes, are valid UTF-8 again. NULL otherwise. */
static char *undo_double_encoding(const char *text)
{
    AUTO(mem)
    char *bytes = mem_alloc(strlen(text) + 1);
    size_t size = 0;
    bool any = false;
    if (!bytes)
        return NULL;
    for (const char *cursor = text; *cursor;) {
        int32_t point = text_next(&cursor);
        if (point < 0 || point > 255)
            return NULL;
        any = any || point >= 0x80;
        bytes[size++] = (char)point;
    }
    return any && text_is_utf8(bytes, size) ? TAKE(bytes) : NULL;
}

static char *latin1_to_utf8(const unsigned char *bytes, size_t size)
{
    char *text = mem_alloc(2 * size + 1);
    size_t used = 0;
    for (size_t i = 0; text && i < size; i++)
        if (bytes[i])
            used += text_put(bytes[i], text + used);
    return text;
}

static bool all_digits(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    return true;
}

/* number(12)|old number(9 or none)|name|ddmmyyyy|sex|residence|ddmmyyyy and what follows: cut off.
 */
static void drop_relatives(char *text)
{
    const char *field[7];
    size_t size[7];
    char *cursor = text;
    for (int i = 0; i < 7; i++) {
        field[i] = cursor;
        size[i] = strcspn(cursor, "|");
        cursor += size[i];
        if (i < 6 && *cursor++ != '|')
            return;
    }
    bool card = size[0] == 12 && all_digits(field[0], 12) && (size[1] == 0 || size[1] == 9) &&
                all_digits(field[1], size[1]) && size[2] > 0 && size[3] == 8 &&
                all_digits(field[3], 8);
    if (card)
        *cursor = 0;
}

enum err_code codes_text(const void *bytes, size_t size, char **out, struct err *err)
{
    AUTO(mem)
    char *text = text_is_utf8(bytes, size) ? mem_strndup(bytes, size) : latin1_to_utf8(bytes, size);
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "text of a code");
    AUTO(mem)
    char *repaired = undo_double_encoding(text);
    char *plain = repaired ? repaired : text;
    drop_relatives(plain);
    return text_nfc(plain, strlen(plain), out, err);
}
