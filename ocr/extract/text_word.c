#include "ocr/extract/text_word.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <ctype.h>
#include <string.h>

enum text_kind text_kind_of(enum field_name field)
{
    switch (field) {
    case FIELD_abstract:
        return TEXT_PROSE;
    case FIELD_issuer:
    case FIELD_issue_place:
    case FIELD_signer:
    case FIELD_owner_name:
        return TEXT_NAME;
    default:
        return TEXT_NONE;
    }
}

/* ASCII punctuation and the quotation marks U+2018 … U+201F. */
static size_t mark_at(const char *text)
{
    if ((unsigned char)*text < 0x80)
        return *text && !isalnum((unsigned char)*text);
    return strncmp(text, "\xE2\x80", 2) == 0 && text[2] ? 3 : 0;
}

char *text_word_bare(const char *text)
{
    size_t size;
    while ((size = mark_at(text)))
        text += size;
    const char *end = text;
    for (const char *c = text; *c;) {
        size = mark_at(c);
        c += size ? size : 1;
        end = size ? end : c;
    }
    return mem_strndup(text, (size_t)(end - text));
}

char *text_word_letters(const char *text)
{
    AUTO(mem) char *bare = text_word_bare(text);
    return bare ? text_lower(bare) : NULL;
}

bool text_word_has_capital(const char *text)
{
    AUTO(mem) char *bare = text_word_bare(text);
    AUTO(mem) char *lower = bare ? text_lower(bare) : NULL;
    const char *a = bare, *b = lower;
    return lower && text_next(&a) != text_next(&b);
}

bool text_word_is_capitals(const char *bare)
{
    AUTO(mem) char *upper = text_upper(bare);
    return upper && strcmp(upper, bare) == 0;
}
