#include "ocr/classify/model_file.h"

#include "daemon/base/hash.h"

#include <ctype.h>
#include <endian.h>
#include <string.h>

#define MAGIC_SIZE (sizeof MODEL_FILE_MAGIC - 1)
#define HASH_SIZE (HASH_HEX_SIZE - 1)
#define HEAD_SIZE (MAGIC_SIZE + HASH_SIZE)
#define FACTS_SIZE (MODEL_FILE_PROGRAM + 8)
#define ROW_SIZE (TYPE_MODEL_SLUG + 4)

static enum err_code bad(struct err *err, const char *what)
{
    return err_set(err, ERR_MODEL_BAD, "model file: %s", what);
}

static uint32_t u32_at(const unsigned char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return le32toh(value);
}

static bool hash_fits(const unsigned char *bytes, size_t size)
{
    char found[HASH_HEX_SIZE];
    hash_bytes(bytes + HEAD_SIZE, size - HEAD_SIZE, found);
    return memcmp(found, bytes + MAGIC_SIZE, HASH_SIZE) == 0;
}

/* It is shown to people. */
static bool is_version(const unsigned char *text)
{
    size_t size = strnlen((const char *)text, MODEL_FILE_PROGRAM);
    for (size_t i = 0; i < size; i++)
        if (!isalnum(text[i]) && !strchr(".+~-", text[i]))
            return false;
    return size > 0 && size < MODEL_FILE_PROGRAM;
}

enum err_code model_file_open(const void *bytes, size_t size, struct model_facts *out_facts,
                              struct type_model *out, struct err *err)
{
    const unsigned char *at = bytes, *facts = at + HEAD_SIZE, *row = facts + FACTS_SIZE;
    struct model_facts read = {0};
    if (size < HEAD_SIZE + FACTS_SIZE || memcmp(at, MODEL_FILE_MAGIC, MAGIC_SIZE) != 0)
        return bad(err, "no model of this kind");
    if (size > MODEL_FILE_MAX)
        return bad(err, "longer than any model");
    if (!hash_fits(at, size))
        return bad(err, "its SHA-256 does not fit");
    size_t count = u32_at(facts + MODEL_FILE_PROGRAM + 4);
    size_t rest = size - HEAD_SIZE - FACTS_SIZE;
    if (!is_version(facts) || count > DOC_TYPE_COUNT || count * ROW_SIZE > rest)
        return bad(err, "what it says of itself is broken");
    memcpy(read.program, facts, MODEL_FILE_PROGRAM);
    read.day = u32_at(facts + MODEL_FILE_PROGRAM);
    for (size_t i = 0; i < count; i++, row += ROW_SIZE) {
        if (!memchr(row, '\0', TYPE_MODEL_SLUG))
            return bad(err, "a type is broken");
        read.papers[doc_type_from_slug((const char *)row)] = u32_at(row + TYPE_MODEL_SLUG);
    }
    read.papers[DOC_TYPE_unknown] = 0;
    enum err_code code = type_model_open(row, rest - count * ROW_SIZE, out, err);
    if (!code)
        *out_facts = read;
    return code;
}

static void put_u32(struct buf *out, size_t value)
{
    uint32_t bits = htole32((uint32_t)value);
    buf_append(out, &bits, sizeof bits);
}

enum err_code model_file_write(const struct model_facts *facts, const void *model, size_t size,
                               struct buf *out, struct err *err)
{
    AUTO(buf) struct buf body;
    char program[MODEL_FILE_PROGRAM] = {0}, sha256[HASH_HEX_SIZE];
    size_t count = 0;
    buf_init(&body, MODEL_FILE_MAX);
    memcpy(program, facts->program, strnlen(facts->program, sizeof program - 1));
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++)
        count += facts->papers[i] > 0;
    buf_append(&body, program, sizeof program);
    put_u32(&body, facts->day);
    put_u32(&body, count);
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++) {
        char slug[TYPE_MODEL_SLUG] = {0};
        if (!facts->papers[i])
            continue;
        strncpy(slug, doc_type_slug((enum doc_type)i), sizeof slug - 1);
        buf_append(&body, slug, sizeof slug);
        put_u32(&body, facts->papers[i]);
    }
    buf_append(&body, model, size);
    if (!buf_ok(&body))
        return err_set(err, ERR_NO_MEMORY, "a model file");
    hash_bytes(body.bytes, body.size, sha256);
    buf_append(out, MODEL_FILE_MAGIC, MAGIC_SIZE);
    buf_append(out, sha256, HASH_SIZE);
    buf_append(out, body.bytes, body.size);
    return buf_ok(out) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "a model file");
}
