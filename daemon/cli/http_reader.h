#ifndef SOHOA_CLI_HTTP_READER_H
#define SOHOA_CLI_HTTP_READER_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads one HTTP/1.x response (RFC 9112) from bytes as they come, whatever their pieces. Knows
 * Content-Length, chunked bodies, bodies that end with the connection, and interim 1xx answers.
 * The body goes to a sink and is never kept here. No input/output, so it is tested and fuzzed with
 * bytes alone. Whatever breaks the grammar or a ceiling is BAD_MESSAGE (TOO_LARGE for the body).
 */

#define HTTP_LINE_MAX 8192u        /* one header or chunk line */
#define HTTP_HEAD_MAX (64u * 1024) /* all lines of one response together */

struct http_sink {
    /* Gets the body piece by piece; a code other than ERR_OK stops the reading. */
    enum err_code (*body)(void *context, const char *bytes, size_t size, struct err *err);
    void *context;
    uint64_t max_bytes;
};

enum http_part {
    HTTP_STATUS_LINE,
    HTTP_HEADER,
    HTTP_FIXED_BODY,
    HTTP_CHUNK_SIZE,
    HTTP_CHUNK_DATA,
    HTTP_CHUNK_END,
    HTTP_TRAILER,
    HTTP_OPEN_BODY, /* until the connection ends */
    HTTP_DONE
};

struct http_reader {
    struct http_sink sink;
    enum http_part part;
    int status;             /* 0 until the status line is there */
    char content_type[128]; /* lower case, without parameters; "" when not said */
    bool chunked;
    bool has_length;
    uint64_t left;       /* of the fixed body or the present chunk */
    uint64_t body_bytes; /* handed to the sink so far */
    size_t head_bytes;   /* lines read so far */
    char line[HTTP_LINE_MAX];
    size_t line_size;
};

void http_reader_init(struct http_reader *reader, const struct http_sink *sink);
/* Bytes behind the end of the response are BAD_MESSAGE: one request is asked per connection. */
enum err_code http_reader_feed(struct http_reader *reader, const char *bytes, size_t size,
                               struct err *err);
/* The connection ended: fine when the response is whole, BAD_MESSAGE otherwise. */
enum err_code http_reader_end(struct http_reader *reader, struct err *err);
bool http_reader_is_done(const struct http_reader *reader);
/* Status line and headers have been read. */
bool http_reader_has_head(const struct http_reader *reader);

#endif
