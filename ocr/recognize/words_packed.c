#include "ocr/recognize/words_packed.h"

#include <string.h>

void words_pack(const struct words *words, struct buf *out)
{
    buf_append(out, &words->count, sizeof words->count);
    for (size_t i = 0; i < words->count; i++) {
        buf_append(out, &words->item[i], sizeof words->item[i]);
        buf_append(out, words->item[i].text, strlen(words->item[i].text) + 1);
    }
}

static bool take(struct packed *from, void *out, size_t size)
{
    if ((size_t)(from->end - from->at) < size)
        return false;
    memcpy(out, from->at, size);
    from->at += size;
    return true;
}

static enum err_code take_word(struct packed *from, struct words *out, struct err *err)
{
    struct word word;
    if (!take(from, &word, sizeof word))
        return err_set(err, ERR_BAD_MESSAGE, "half a word");
    const char *text = from->at, *end = memchr(text, 0, (size_t)(from->end - text));
    if (!end)
        return err_set(err, ERR_BAD_MESSAGE, "half a word");
    from->at = end + 1;
    return words_add(out, text, word.confidence, word.box, word.baseline_mm, word.block, word.line,
                     err);
}

enum err_code words_unpack(struct packed *from, struct words *out, struct err *err)
{
    size_t count = 0;
    enum err_code code = take(from, &count, sizeof count)
                             ? ERR_OK
                             : err_set(err, ERR_BAD_MESSAGE, "no words beside");
    for (size_t i = 0; i < count && !code; i++)
        code = take_word(from, out, err);
    return code;
}
