#include "daemon/cli/http_reader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void http_reader_init(struct http_reader *reader, const struct http_sink *sink)
{
    memset(reader, 0, sizeof *reader);
    reader->sink = *sink;
}

bool http_reader_is_done(const struct http_reader *reader)
{
    return reader->part == HTTP_DONE;
}

bool http_reader_has_head(const struct http_reader *reader)
{
    return reader->part > HTTP_HEADER;
}

static enum err_code read_status_line(struct http_reader *reader, struct err *err)
{
    const char *line = reader->line;
    bool known = strncmp(line, "HTTP/1.1 ", 9) == 0 || strncmp(line, "HTTP/1.0 ", 9) == 0;
    if (!known || !isdigit((unsigned char)line[9]) || !isdigit((unsigned char)line[10]) ||
        !isdigit((unsigned char)line[11]) || (line[12] != ' ' && line[12] != '\0'))
        return err_set(err, ERR_BAD_MESSAGE, "the answer has no HTTP/1 status line");
    reader->status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (reader->status < 100 || reader->status > 599)
        return err_set(err, ERR_BAD_MESSAGE, "HTTP status %d does not exist", reader->status);
    reader->part = HTTP_HEADER;
    return ERR_OK;
}

static enum err_code read_number(const char *text, int base, uint64_t *out, struct err *err)
{
    uint64_t number = 0;
    size_t digits = 0;
    for (; isxdigit((unsigned char)text[digits]); digits++) {
        int c = tolower((unsigned char)text[digits]);
        int digit = isdigit(c) ? c - '0' : c - 'a' + 10;
        if (digit >= base || number > (UINT64_MAX - (uint64_t)digit) / (uint64_t)base)
            return err_set(err, ERR_BAD_MESSAGE, "a length in the answer is no number");
        number = number * (uint64_t)base + (uint64_t)digit;
    }
    const char *rest = text + digits + strspn(text + digits, " \t");
    bool ends =
        *rest == '\0' || (base == 16 && *rest == ';'); /* chunk extensions are passed over */
    if (digits == 0 || !ends)
        return err_set(err, ERR_BAD_MESSAGE, "a length in the answer is no number");
    *out = number;
    return ERR_OK;
}

static enum err_code read_content_length(struct http_reader *reader, const char *value,
                                         struct err *err)
{
    uint64_t length;
    enum err_code code = read_number(value, 10, &length, err);
    if (code)
        return code;
    if (reader->has_length && reader->left != length)
        return err_set(err, ERR_BAD_MESSAGE, "the answer says two lengths");
    reader->has_length = true;
    reader->left = length;
    return ERR_OK;
}

static void read_content_type(struct http_reader *reader, const char *value)
{
    size_t size = strcspn(value, "; \t");
    if (size >= sizeof reader->content_type)
        size = 0;
    for (size_t i = 0; i < size; i++)
        reader->content_type[i] = (char)tolower((unsigned char)value[i]);
    reader->content_type[size] = '\0';
}

/* All headers are read: what kind of body follows? */
static enum err_code begin_body(struct http_reader *reader, struct err *err)
{
    if (reader->status < 200) {
        if (reader->status == 101)
            return err_set(err, ERR_BAD_MESSAGE, "the answer changes the protocol");
        reader->part = HTTP_STATUS_LINE;
        return ERR_OK;
    }
    if (reader->chunked && reader->has_length)
        return err_set(err, ERR_BAD_MESSAGE, "the answer is chunked and says a length");
    if (reader->has_length && reader->left > reader->sink.max_bytes)
        return err_set(err, ERR_TOO_LARGE, "the answer has %llu bytes",
                       (unsigned long long)reader->left);
    bool no_body =
        reader->status == 204 || reader->status == 304 || (reader->has_length && reader->left == 0);
    if (no_body)
        reader->part = HTTP_DONE;
    else if (reader->chunked)
        reader->part = HTTP_CHUNK_SIZE;
    else
        reader->part = reader->has_length ? HTTP_FIXED_BODY : HTTP_OPEN_BODY;
    return ERR_OK;
}

static enum err_code read_header(struct http_reader *reader, struct err *err)
{
    if (reader->line_size == 0)
        return begin_body(reader, err);
    char *colon = strchr(reader->line, ':');
    if (!colon || colon == reader->line || colon[-1] == ' ' || reader->line[0] == ' ' ||
        reader->line[0] == '\t')
        return err_set(err, ERR_BAD_MESSAGE, "a header line of the answer has no name");
    *colon = '\0';
    const char *value = colon + 1 + strspn(colon + 1, " \t");
    if (strcasecmp(reader->line, "Content-Length") == 0)
        return read_content_length(reader, value, err);
    if (strcasecmp(reader->line, "Content-Type") == 0)
        read_content_type(reader, value);
    if (strcasecmp(reader->line, "Transfer-Encoding") == 0) {
        if (strcasecmp(value, "chunked") != 0)
            return err_set(err, ERR_BAD_MESSAGE, "the answer has an unknown transfer encoding");
        reader->chunked = true;
    }
    return ERR_OK;
}

static enum err_code read_line(struct http_reader *reader, struct err *err)
{
    switch (reader->part) {
    case HTTP_STATUS_LINE:
        return read_status_line(reader, err);
    case HTTP_HEADER:
        return read_header(reader, err);
    case HTTP_CHUNK_SIZE: {
        enum err_code code = read_number(reader->line, 16, &reader->left, err);
        if (code)
            return code;
        reader->head_bytes = 0; /* the ceiling is for each run of lines, bodies may be long */
        reader->part = reader->left ? HTTP_CHUNK_DATA : HTTP_TRAILER;
        return ERR_OK;
    }
    case HTTP_CHUNK_END:
        if (reader->line_size > 0)
            return err_set(err, ERR_BAD_MESSAGE, "a chunk of the answer is longer than it says");
        reader->part = HTTP_CHUNK_SIZE;
        return ERR_OK;
    case HTTP_TRAILER:
        if (reader->line_size == 0)
            reader->part = HTTP_DONE;
        return ERR_OK;
    default:
        return err_set(err, ERR_INTERNAL, "a line where the body is");
    }
}

/* Takes bytes up to and with the end of the present line. */
static enum err_code take_line(struct http_reader *reader, const char *bytes, size_t size,
                               size_t *out_used, struct err *err)
{
    const char *newline = memchr(bytes, '\n', size);
    size_t used = newline ? (size_t)(newline - bytes) + 1 : size;
    size_t text = newline ? used - 1 : used;
    reader->head_bytes += used;
    if (reader->line_size + text >= HTTP_LINE_MAX || reader->head_bytes > HTTP_HEAD_MAX)
        return err_set(err, ERR_BAD_MESSAGE, "the head of the answer is too long");
    memcpy(reader->line + reader->line_size, bytes, text);
    reader->line_size += text;
    *out_used = used;
    if (!newline)
        return ERR_OK;

    if (reader->line_size > 0 && reader->line[reader->line_size - 1] == '\r')
        reader->line_size--;
    reader->line[reader->line_size] = '\0';
    if (strlen(reader->line) != reader->line_size)
        return err_set(err, ERR_BAD_MESSAGE, "the head of the answer holds a zero byte");
    enum err_code code = read_line(reader, err);
    reader->line_size = 0;
    return code;
}

static enum err_code take_body(struct http_reader *reader, const char *bytes, size_t size,
                               size_t *out_used, struct err *err)
{
    bool counted = reader->part != HTTP_OPEN_BODY;
    size_t used = counted && reader->left < size ? (size_t)reader->left : size;
    if (used > reader->sink.max_bytes - reader->body_bytes)
        return err_set(err, ERR_TOO_LARGE, "the answer has more than %llu bytes",
                       (unsigned long long)reader->sink.max_bytes);
    enum err_code code = reader->sink.body(reader->sink.context, bytes, used, err);
    if (code)
        return code;
    reader->body_bytes += used;
    *out_used = used;
    if (!counted)
        return ERR_OK;
    reader->left -= used;
    if (reader->left == 0)
        reader->part = reader->part == HTTP_CHUNK_DATA ? HTTP_CHUNK_END : HTTP_DONE;
    return ERR_OK;
}

enum err_code http_reader_feed(struct http_reader *reader, const char *bytes, size_t size,
                               struct err *err)
{
    while (size > 0) {
        size_t used = 0;
        enum err_code code;
        switch (reader->part) {
        case HTTP_DONE:
            return err_set(err, ERR_BAD_MESSAGE, "bytes behind the end of the answer");
        case HTTP_FIXED_BODY:
        case HTTP_CHUNK_DATA:
        case HTTP_OPEN_BODY:
            code = take_body(reader, bytes, size, &used, err);
            break;
        default:
            code = take_line(reader, bytes, size, &used, err);
        }
        if (code)
            return code;
        bytes += used;
        size -= used;
    }
    return ERR_OK;
}

enum err_code http_reader_end(struct http_reader *reader, struct err *err)
{
    if (reader->part == HTTP_OPEN_BODY)
        reader->part = HTTP_DONE;
    if (reader->part == HTTP_DONE)
        return ERR_OK;
    return err_set(err, ERR_BAD_MESSAGE, "the connection ended in the middle of the answer");
}
