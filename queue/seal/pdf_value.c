#include "queue/seal/pdf_value.h"

#include "queue/seal/pdf_writer.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Keys are searched one by one. */
#define DICT_KEYS_MAX 2000u

struct pdf_value {
    enum pdf_kind kind;
    int64_t number; /* bool, int, reference */
    int generation; /* reference */
    char *bytes;    /* name, string; text of a real; NUL behind the end */
    size_t size;
    char **keys; /* dictionary */
    struct pdf_value **items;
    size_t count, capacity;
};

struct parser {
    const char *bytes;
    size_t size, at;
    size_t values;
    bool cut;
    struct err *err;
};

static enum err_code parse_value(struct parser *parser, int depth, struct pdf_value **out);

static struct pdf_value *make(enum pdf_kind kind)
{
    struct pdf_value *value = mem_alloc(sizeof *value);
    if (value)
        value->kind = kind;
    return value;
}

void pdf_value_free(struct pdf_value *value)
{
    if (!value)
        return;
    for (size_t i = 0; i < value->count; i++) {
        pdf_value_free(value->items[i]);
        if (value->keys)
            mem_free(value->keys[i]);
    }
    mem_free(value->items);
    mem_free(value->keys);
    mem_free(value->bytes);
    mem_free(value);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

static bool is_delimiter(char c)
{
    return c && strchr("()<>[]{}/%", c);
}

size_t pdf_skip_space(const char *bytes, size_t size, size_t at)
{
    while (at < size && (is_space(bytes[at]) || bytes[at] == '%')) {
        if (bytes[at] == '%')
            while (at < size && bytes[at] != '\n' && bytes[at] != '\r')
                at++;
        else
            at++;
    }
    return at;
}

static enum err_code malformed(struct parser *parser, const char *what)
{
    parser->cut = parser->at >= parser->size;
    return err_set(parser->err, ERR_PDF_UNREADABLE, "PDF object: %s at byte %zu", what, parser->at);
}

static enum err_code no_memory(struct parser *parser)
{
    return err_set(parser->err, ERR_NO_MEMORY, "PDF object");
}

static bool has_room(struct pdf_value *value)
{
    if (value->count < value->capacity)
        return true;
    size_t capacity = value->capacity ? value->capacity * 2 : 8;
    struct pdf_value **items = mem_resize(value->items, capacity * sizeof *items);
    if (!items)
        return false;
    value->items = items;
    if (value->kind == PDF_DICT) {
        char **keys = mem_resize(value->keys, capacity * sizeof *keys);
        if (!keys)
            return false;
        value->keys = keys;
    }
    value->capacity = capacity;
    return true;
}

bool pdf_value_push(struct pdf_value *array, struct pdf_value *item)
{
    if (!item || !array || array->kind != PDF_ARRAY || !has_room(array)) {
        pdf_value_free(item);
        return false;
    }
    array->items[array->count++] = item;
    return true;
}

bool pdf_value_set(struct pdf_value *dict, const char *key, struct pdf_value *item)
{
    AUTO(pdf_value)
    struct pdf_value *owned = item;
    if (!item || !dict || dict->kind != PDF_DICT)
        return false;
    for (size_t i = 0; i < dict->count; i++) {
        if (strcmp(dict->keys[i], key) != 0)
            continue;
        pdf_value_free(dict->items[i]);
        dict->items[i] = TAKE(owned);
        return true;
    }
    char *name = mem_strdup(key);
    if (!name || !has_room(dict)) {
        mem_free(name);
        return false;
    }
    dict->keys[dict->count] = name;
    dict->items[dict->count++] = TAKE(owned);
    return true;
}

struct pdf_value *pdf_value_int(int64_t number)
{
    struct pdf_value *value = make(PDF_INT);
    if (value)
        value->number = number;
    return value;
}

struct pdf_value *pdf_value_ref(int number)
{
    struct pdf_value *value = make(PDF_REF);
    if (value)
        value->number = number;
    return value;
}

struct pdf_value *pdf_value_array(void)
{
    return make(PDF_ARRAY);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A regular token from the present place on: up to white space or a delimiter. */
static size_t token_end(const struct parser *parser)
{
    size_t end = parser->at;
    while (end < parser->size && !is_space(parser->bytes[end]) && !is_delimiter(parser->bytes[end]))
        end++;
    return end;
}

static enum err_code parse_name(struct parser *parser, char **out_name)
{
    parser->at++;
    size_t end = token_end(parser);
    if (end == parser->size) {
        parser->at = end;
        return malformed(parser, "name not ended");
    }
    AUTO(mem)
    char *name = mem_alloc(end - parser->at + 1);
    if (!name)
        return no_memory(parser);
    size_t size = 0;
    for (size_t i = parser->at; i < end; i++) {
        char c = parser->bytes[i];
        if (c == '#' && i + 2 < end && hex_digit(parser->bytes[i + 1]) >= 0 &&
            hex_digit(parser->bytes[i + 2]) >= 0) {
            c = (char)(hex_digit(parser->bytes[i + 1]) << 4 | hex_digit(parser->bytes[i + 2]));
            i += 2;
        }
        if (c == '\0')
            return malformed(parser, "zero byte in a name");
        name[size++] = c;
    }
    parser->at = end;
    *out_name = TAKE(name);
    return ERR_OK;
}

static enum err_code parse_hex_string(struct parser *parser, struct pdf_value *value)
{
    const char *start = parser->bytes + ++parser->at;
    const char *end = memchr(start, '>', parser->size - parser->at);
    if (!end) {
        parser->at = parser->size;
        return malformed(parser, "string not ended");
    }
    value->bytes = mem_alloc((size_t)(end - start) / 2 + 2);
    if (!value->bytes)
        return no_memory(parser);
    int high = -1;
    for (; start < end; start++) {
        int digit = hex_digit(*start);
        if (digit < 0 && !is_space(*start))
            return malformed(parser, "odd digit in a string");
        if (digit < 0)
            continue;
        if (high >= 0)
            value->bytes[value->size++] = (char)(high << 4 | digit);
        high = high >= 0 ? -1 : digit;
    }
    if (high >= 0)
        value->bytes[value->size++] = (char)(high << 4);
    parser->at = (size_t)(end - parser->bytes) + 1;
    return ERR_OK;
}

/* The character after a backslash at parser->at; -1 for none (a line that goes on). */
static int parse_escape(struct parser *parser)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    char c = parser->bytes[parser->at];
    const char *known = c ? strchr(from, c) : NULL;
    if (known)
        return to[known - from];
    if (c == '\n')
        return -1;
    if (c == '\r') {
        if (parser->at + 1 < parser->size && parser->bytes[parser->at + 1] == '\n')
            parser->at++;
        return -1;
    }
    if (c < '0' || c > '7')
        return (unsigned char)c;
    int code = c - '0';
    for (int i = 0; i < 2 && parser->at + 1 < parser->size; i++) {
        char next = parser->bytes[parser->at + 1];
        if (next < '0' || next > '7')
            break;
        code = code * 8 + next - '0';
        parser->at++;
    }
    return code & 255;
}

static enum err_code parse_literal_string(struct parser *parser, struct pdf_value *value)
{
    size_t longest = parser->size - parser->at;
    const char *close = memchr(parser->bytes + parser->at, ')', longest);
    if (!close) {
        parser->at = parser->size;
        return malformed(parser, "string not ended");
    }
    size_t capacity = 0;
    int depth = 1;
    for (parser->at++; parser->at < parser->size; parser->at++) {
        int c = (unsigned char)parser->bytes[parser->at];
        if (c == '\\') {
            if (++parser->at >= parser->size)
                break;
            c = parse_escape(parser);
        } else if (c == '(') {
            depth++;
        } else if (c == ')' && --depth == 0) {
            parser->at++;
            return ERR_OK;
        }
        if (c < 0)
            continue;
        if (value->size + 1 >= capacity) {
            capacity = capacity ? capacity * 2 : 64;
            char *bytes = mem_resize(value->bytes, capacity);
            if (!bytes)
                return no_memory(parser);
            value->bytes = bytes;
        }
        value->bytes[value->size++] = (char)c;
        value->bytes[value->size] = '\0';
    }
    return malformed(parser, "string not ended");
}

static enum err_code parse_array(struct parser *parser, int depth, struct pdf_value *array)
{
    for (parser->at++;;) {
        parser->at = pdf_skip_space(parser->bytes, parser->size, parser->at);
        if (parser->at >= parser->size)
            return malformed(parser, "array not ended");
        if (parser->bytes[parser->at] == ']') {
            parser->at++;
            return ERR_OK;
        }
        struct pdf_value *item = NULL;
        enum err_code code = parse_value(parser, depth + 1, &item);
        if (code)
            return code;
        if (!pdf_value_push(array, item))
            return no_memory(parser);
    }
}

static enum err_code parse_dict(struct parser *parser, int depth, struct pdf_value *dict)
{
    for (parser->at += 2;;) {
        parser->at = pdf_skip_space(parser->bytes, parser->size, parser->at);
        if (parser->at + 1 >= parser->size) {
            parser->at = parser->size;
            return malformed(parser, "dictionary not ended");
        }
        if (memcmp(parser->bytes + parser->at, ">>", 2) == 0) {
            parser->at += 2;
            return ERR_OK;
        }
        if (parser->bytes[parser->at] != '/')
            return malformed(parser, "key is no name");
        AUTO(mem)
        char *key = NULL;
        struct pdf_value *item = NULL;
        enum err_code code = parse_name(parser, &key);
        if (!code)
            code = parse_value(parser, depth + 1, &item);
        if (code)
            return code;
        if (dict->count > DICT_KEYS_MAX) {
            pdf_value_free(item);
            return malformed(parser, "dictionary too large");
        }
        if (!pdf_value_set(dict, key, item))
            return no_memory(parser);
    }
}

/* "12 0 R": how far it reaches from parser->at, 0 when this is none. */
static size_t reference_end(const struct parser *parser, int *out_generation)
{
    size_t at = token_end(parser), start = pdf_skip_space(parser->bytes, parser->size, at);
    int generation = 0;
    for (at = start; at < parser->size && isdigit((unsigned char)parser->bytes[at]); at++) {
        generation = generation * 10 + parser->bytes[at] - '0';
        if (generation > 65535)
            return 0;
    }
    if (at == start)
        return 0;
    at = pdf_skip_space(parser->bytes, parser->size, at);
    if (at >= parser->size || parser->bytes[at] != 'R')
        return 0;
    bool ends = at + 1 >= parser->size || is_space(parser->bytes[at + 1]) ||
                is_delimiter(parser->bytes[at + 1]);
    *out_generation = generation;
    return ends ? at + 1 : 0;
}

static enum err_code parse_number(struct parser *parser, struct pdf_value *value)
{
    size_t end = token_end(parser);
    if (end == parser->size) {
        parser->at = end;
        return malformed(parser, "number not ended");
    }
    size_t size = end - parser->at;
    if (size > 30)
        return malformed(parser, "long number");
    value->bytes = mem_strndup(parser->bytes + parser->at, size);
    if (!value->bytes)
        return no_memory(parser);
    if (strspn(value->bytes, "+-.0123456789") != size ||
        strcspn(value->bytes, "0123456789") == size)
        return malformed(parser, "odd number");
    value->size = size;
    value->kind = strchr(value->bytes, '.') ? PDF_REAL : PDF_INT;
    value->number = value->kind == PDF_INT ? strtoll(value->bytes, NULL, 10) : 0;
    bool all_digits = strspn(value->bytes, "0123456789") == size;
    size_t reference = all_digits ? reference_end(parser, &value->generation) : 0;
    if (reference && value->number > 0 && value->number < INT_MAX)
        value->kind = PDF_REF;
    parser->at = value->kind == PDF_REF ? reference : end;
    return ERR_OK;
}

static enum err_code parse_word(struct parser *parser, struct pdf_value *value)
{
    static const struct {
        const char *word;
        enum pdf_kind kind;
        int number;
    } words[] = {{"true", PDF_BOOL, 1}, {"false", PDF_BOOL, 0}, {"null", PDF_NULL, 0}};
    size_t end = token_end(parser), size = end - parser->at;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (size != strlen(words[i].word) ||
            memcmp(parser->bytes + parser->at, words[i].word, size) != 0)
            continue;
        value->kind = words[i].kind;
        value->number = words[i].number;
        parser->at = end;
        return ERR_OK;
    }
    if (end == parser->size)
        parser->at = end;
    return malformed(parser, "unknown word");
}

static enum err_code parse_into(struct parser *parser, int depth, struct pdf_value *value)
{
    char c = parser->bytes[parser->at];
    if (c == '<' && parser->at + 1 >= parser->size) {
        parser->at = parser->size;
        return malformed(parser, "ends after <");
    }
    if (c == '<' && parser->bytes[parser->at + 1] == '<') {
        value->kind = PDF_DICT;
        return parse_dict(parser, depth, value);
    }
    if (c == '[') {
        value->kind = PDF_ARRAY;
        return parse_array(parser, depth, value);
    }
    if (c == '/') {
        value->kind = PDF_NAME;
        enum err_code code = parse_name(parser, &value->bytes);
        value->size = code ? 0 : strlen(value->bytes);
        return code;
    }
    if (c == '<' || c == '(') {
        value->kind = PDF_STRING;
        return c == '<' ? parse_hex_string(parser, value) : parse_literal_string(parser, value);
    }
    if (strchr("+-.0123456789", c))
        return parse_number(parser, value);
    return parse_word(parser, value);
}

static enum err_code parse_value(struct parser *parser, int depth, struct pdf_value **out)
{
    parser->at = pdf_skip_space(parser->bytes, parser->size, parser->at);
    if (parser->at >= parser->size)
        return malformed(parser, "nothing there");
    if (depth > PDF_VALUE_MAX_DEPTH || ++parser->values > PDF_VALUE_MAX_ITEMS)
        return err_set(parser->err, ERR_PDF_UNREADABLE, "PDF object: too deep or too many parts");
    AUTO(pdf_value)
    struct pdf_value *value = make(PDF_NULL);
    if (!value)
        return no_memory(parser);
    enum err_code code = parse_into(parser, depth, value);
    if (code)
        return code;
    *out = TAKE(value);
    return ERR_OK;
}

enum err_code pdf_value_parse(const char *bytes, size_t size, size_t *at, struct pdf_value **out,
                              bool *out_cut, struct err *err)
{
    struct parser parser = {.bytes = bytes, .size = size, .at = *at, .err = err};
    enum err_code code = parse_value(&parser, 0, out);
    if (out_cut)
        *out_cut = code && parser.cut;
    if (!code)
        *at = parser.at;
    return code;
}

enum pdf_kind pdf_value_kind(const struct pdf_value *value)
{
    return value ? value->kind : PDF_NULL;
}

const struct pdf_value *pdf_value_get(const struct pdf_value *dict, const char *key)
{
    if (!dict || dict->kind != PDF_DICT)
        return NULL;
    for (size_t i = 0; i < dict->count; i++)
        if (strcmp(dict->keys[i], key) == 0)
            return dict->items[i];
    return NULL;
}

size_t pdf_value_count(const struct pdf_value *value)
{
    return value ? value->count : 0;
}

struct pdf_value *pdf_value_item(const struct pdf_value *array, size_t index)
{
    return array && array->kind == PDF_ARRAY && index < array->count ? array->items[index] : NULL;
}

bool pdf_value_is_name(const struct pdf_value *value, const char *name)
{
    return value && value->kind == PDF_NAME && strcmp(value->bytes, name) == 0;
}

int pdf_value_ref_number(const struct pdf_value *value)
{
    return value && value->kind == PDF_REF && value->generation == 0 ? (int)value->number : 0;
}

bool pdf_value_get_int(const struct pdf_value *value, int64_t *out)
{
    if (!value || value->kind != PDF_INT)
        return false;
    *out = value->number;
    return true;
}

bool pdf_value_get_number(const struct pdf_value *value, double *out)
{
    if (!value || (value->kind != PDF_INT && value->kind != PDF_REAL))
        return false;
    *out = value->kind == PDF_INT ? (double)value->number : strtod(value->bytes, NULL);
    return true;
}

const char *pdf_value_bytes(const struct pdf_value *string, size_t *out_size)
{
    if (!string || string->kind != PDF_STRING)
        return NULL;
    *out_size = string->size;
    return string->bytes ? string->bytes : "";
}

static void write_name(struct pdf_writer *writer, const char *name)
{
    pdf_text(writer, "/");
    for (; *name; name++) {
        bool plain = *name > ' ' && *name < 127 && *name != '#' && !is_delimiter(*name);
        if (plain)
            pdf_put(writer, name, 1);
        else
            pdf_printf(writer, "#%02X", (unsigned char)*name);
    }
}

static void write_string(struct pdf_writer *writer, const struct pdf_value *value)
{
    pdf_text(writer, "<");
    for (size_t i = 0; i < value->size; i++)
        pdf_printf(writer, "%02X", (unsigned char)value->bytes[i]);
    pdf_text(writer, ">");
}

void pdf_value_write(struct pdf_writer *writer, const struct pdf_value *value)
{
    switch (value->kind) {
    case PDF_NULL:
        pdf_text(writer, "null");
        break;
    case PDF_BOOL:
        pdf_text(writer, value->number ? "true" : "false");
        break;
    case PDF_INT:
        pdf_printf(writer, "%lld", (long long)value->number);
        break;
    case PDF_REAL:
        pdf_text(writer, value->bytes);
        break;
    case PDF_NAME:
        write_name(writer, value->bytes);
        break;
    case PDF_STRING:
        write_string(writer, value);
        break;
    case PDF_REF:
        pdf_printf(writer, "%lld %d R", (long long)value->number, value->generation);
        break;
    case PDF_ARRAY:
        pdf_text(writer, "[");
        for (size_t i = 0; i < value->count; i++) {
            pdf_text(writer, i ? " " : "");
            pdf_value_write(writer, value->items[i]);
        }
        pdf_text(writer, "]");
        break;
    case PDF_DICT:
        pdf_text(writer, "<<");
        for (size_t i = 0; i < value->count; i++) {
            pdf_text(writer, " ");
            write_name(writer, value->keys[i]);
            pdf_text(writer, " ");
            pdf_value_write(writer, value->items[i]);
        }
        pdf_text(writer, " >>");
        break;
    }
}
