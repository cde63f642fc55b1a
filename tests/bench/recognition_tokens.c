#include "tests/bench/recognition_tokens.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void tokens_done(struct tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++)
        mem_free(tokens->item[i]);
    mem_free(tokens->item);
    *tokens = (struct tokens){0};
}

/* Letters and digits; of the others only what stands on papers is told apart: Latin signs, general
 * punctuation up to the arrows and boxes, Asian punctuation. */
static bool is_letter(int32_t point)
{
    if (point < 0x80)
        return isalnum(point);
    return point >= 0xC0 && point != 0xD7 && point != 0xF7 && (point < 0x2000 || point >= 0x2C00) &&
           (point < 0x3000 || point >= 0x3040);
}

static bool is_joint(int32_t point)
{
    return point == '/' || point == '.' || point == '-';
}

static enum err_code add_one(struct tokens *tokens, const char *from, size_t size, struct err *err)
{
    if (tokens->count == tokens->capacity) {
        size_t capacity = tokens->capacity ? 2 * tokens->capacity : 256;
        char **item = mem_resize(tokens->item, capacity * sizeof *item);
        if (!item)
            return err_set(err, ERR_NO_MEMORY, "words");
        tokens->item = item;
        tokens->capacity = capacity;
    }
    char *word = mem_strndup(from, size);
    if (!word)
        return err_set(err, ERR_NO_MEMORY, "words");
    tokens->item[tokens->count++] = word;
    return ERR_OK;
}

enum err_code tokens_add(struct tokens *tokens, const char *text, struct err *err)
{
    AUTO(mem) char *composed = NULL;
    enum err_code code = text_nfc(text, strlen(text), &composed, err);
    const char *first = NULL, *end = NULL, *at = composed;
    while (!code && at) {
        const char *here = at;
        int32_t point = text_next(&at);
        if (is_letter(point)) {
            first = first ? first : here;
            end = at;
        } else if (first && !is_joint(point)) {
            code = add_one(tokens, first, (size_t)(end - first), err);
            first = NULL;
        }
        if (point == 0)
            break;
    }
    return code;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void tokens_sort(struct tokens *tokens)
{
    qsort(tokens->item, tokens->count, sizeof *tokens->item, compare);
}

size_t tokens_common(const struct tokens *a, const struct tokens *b)
{
    size_t common = 0, i = 0, k = 0;
    while (i < a->count && k < b->count) {
        int order = strcmp(a->item[i], b->item[k]);
        common += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    return common;
}

bool tokens_take(struct tokens *tokens, const char *word)
{
    char **found = bsearch(&word, tokens->item, tokens->count, sizeof *tokens->item, compare);
    if (!found)
        return false;
    size_t at = (size_t)(found - tokens->item);
    mem_free(*found);
    memmove(found, found + 1, (tokens->count - at - 1) * sizeof *found);
    tokens->count--;
    return true;
}
