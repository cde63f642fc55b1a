#include "daemon/cli/http_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BODY_MAX 64

struct body {
    char bytes[BODY_MAX + 1];
    size_t size;
};

static enum err_code keep(void *context, const char *bytes, size_t size, struct err *err)
{
    struct body *body = context;
    (void)err;
    assert_true(body->size + size <= BODY_MAX);
    memcpy(body->bytes + body->size, bytes, size);
    body->size += size;
    return ERR_OK;
}

/* Feeds the text in pieces and ends the connection behind it. */
static enum err_code read_all(const char *text, size_t size, size_t piece,
                              struct http_reader *reader, struct body *body)
{
    *body = (struct body){0};
    http_reader_init(reader, &(struct http_sink){keep, body, BODY_MAX});
    struct err err = ERR_INIT;
    for (size_t at = 0; at < size; at += piece) {
        size_t count = size - at < piece ? size - at : piece;
        /* a copy of its own size, so that reading past the piece is seen by the sanitizer */
        char *copy = malloc(count);
        memcpy(copy, text + at, count);
        enum err_code code = http_reader_feed(reader, copy, count, &err);
        free(copy);
        if (code)
            return code;
    }
    return http_reader_end(reader, &err);
}

static const struct {
    const char *name, *answer, *body;
    int status;
} good[] = {
    {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", 200},
    {"no reason", "HTTP/1.1 404\r\nContent-Length: 2\r\n\r\nno", "no", 404},
    {"bare line feeds", "HTTP/1.0 200 OK\nContent-Length: 2\n\nok", "ok", 200},
    {"names in any case", "HTTP/1.1 200 OK\r\ncOnTeNt-lEnGtH:2\r\n\r\nok", "ok", 200},
    {"the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
     "ok", 200},
    {"until the end", "HTTP/1.1 200 OK\r\n\r\nall there is", "all there is", 200},
    {"empty until the end", "HTTP/1.1 200 OK\r\n\r\n", "", 200},
    {"length zero", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", 200},
    {"no content", "HTTP/1.1 204 No Content\r\n\r\n", "", 204},
    {"chunks",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
     "abcde", 200},
    {"chunk extension and trailer",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=1\r\nabc\r\n0\r\nX: y\r\n\r\n",
     "abc", 200},
    {"no chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "", 200},
    {"interim answer first",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", 200},
    {"zero bytes in the body", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", NULL, 200},
};

static void every_legal_answer_is_read_whatever_its_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        size_t size = strlen(good[i].answer) + (good[i].body ? 0 : 1); /* NULL: a NUL is the body */
        for (size_t piece = 1; piece <= size; piece++) {
            struct http_reader reader;
            struct body body;
            assert_int_equal(read_all(good[i].answer, size, piece, &reader, &body), ERR_OK);
            assert_int_equal(reader.status, good[i].status);
            assert_true(http_reader_is_done(&reader));
            if (good[i].body)
                assert_string_equal(body.bytes, good[i].body);
            else
                assert_int_equal(body.size, 1);
        }
    }
}

static const struct {
    const char *name, *answer;
    enum err_code code;
} bad[] = {
    {"nothing", "", ERR_BAD_MESSAGE},
    {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", ERR_BAD_MESSAGE},
    {"HTTP/2", "HTTP/2 200\r\n\r\n", ERR_BAD_MESSAGE},
    {"status of letters", "HTTP/1.1 2oo OK\r\n\r\n", ERR_BAD_MESSAGE},
    {"status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", ERR_BAD_MESSAGE},
    {"status 000", "HTTP/1.1 000 OK\r\n\r\n", ERR_BAD_MESSAGE},
    {"status 999", "HTTP/1.1 999 OK\r\n\r\n", ERR_BAD_MESSAGE},
    {"other protocol", "HTTP/1.1 101 Switching\r\n\r\n", ERR_BAD_MESSAGE},
    {"cut in the head", "HTTP/1.1 200 OK\r\nContent-Le", ERR_BAD_MESSAGE},
    {"cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", ERR_BAD_MESSAGE},
    {"cut in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
     ERR_BAD_MESSAGE},
    {"cut before the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
     ERR_BAD_MESSAGE},
    {"more than said", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokay", ERR_BAD_MESSAGE},
    {"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", ERR_BAD_MESSAGE},
    {"signed length", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", ERR_BAD_MESSAGE},
    {"length of letters", "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n", ERR_BAD_MESSAGE},
    {"no length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", ERR_BAD_MESSAGE},
    {"length and more", "HTTP/1.1 200 OK\r\nContent-Length: 1 1\r\n\r\n", ERR_BAD_MESSAGE},
    {"length over 64 bits", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
     ERR_BAD_MESSAGE},
    {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
     ERR_BAD_MESSAGE},
    {"length and chunks",
     "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", ERR_BAD_MESSAGE},
    {"gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", ERR_BAD_MESSAGE},
    {"chunk size of letters", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
     ERR_BAD_MESSAGE},
    {"chunk size over 64 bits",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", ERR_BAD_MESSAGE},
    {"chunk longer than said", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
     ERR_BAD_MESSAGE},
    {"header without colon", "HTTP/1.1 200 OK\r\nhello\r\n\r\n", ERR_BAD_MESSAGE},
    {"header without name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n", ERR_BAD_MESSAGE},
    {"space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", ERR_BAD_MESSAGE},
    {"folded header", "HTTP/1.1 200 OK\r\nX: a\r\n b: c\r\n\r\n", ERR_BAD_MESSAGE},
    {"body said too long", "HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n", ERR_TOO_LARGE},
    {"chunk too long",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n41\r\n"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     ERR_TOO_LARGE},
    {"open body too long",
     "HTTP/1.1 200 OK\r\n\r\n"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     ERR_TOO_LARGE},
};

static void every_nasty_answer_is_refused_whatever_its_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t size = strlen(bad[i].answer);
        for (size_t piece = 1; piece <= size + 1; piece++) {
            struct http_reader reader;
            struct body body;
            enum err_code code = read_all(bad[i].answer, size, piece, &reader, &body);
            if (code != bad[i].code)
                print_error("%s, pieces of %zu: %s\n", bad[i].name, piece, err_name(code));
            assert_int_equal(code, bad[i].code);
        }
    }
}

static void a_head_without_end_is_refused_before_it_fills_memory(void **state)
{
    (void)state;
    struct body body = {0};
    struct http_reader reader;
    struct err err = ERR_INIT;
    http_reader_init(&reader, &(struct http_sink){keep, &body, BODY_MAX});
    assert_int_equal(http_reader_feed(&reader, "HTTP/1.1 200 OK\r\n", 17, &err), ERR_OK);
    enum err_code code = ERR_OK;
    size_t lines = 0;
    for (; !code && lines < 100000; lines++)
        code = http_reader_feed(&reader, "X: y\r\n", 6, &err);
    assert_int_equal(code, ERR_BAD_MESSAGE);
    assert_true(lines < HTTP_HEAD_MAX / 6 + 2);

    char line[HTTP_LINE_MAX + 1];
    memset(line, 'x', sizeof line);
    http_reader_init(&reader, &(struct http_sink){keep, &body, BODY_MAX});
    assert_int_equal(http_reader_feed(&reader, line, sizeof line, &err), ERR_BAD_MESSAGE);
}

static void a_zero_byte_in_the_head_is_refused(void **state)
{
    (void)state;
    static const char answer[] = "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n";
    struct http_reader reader;
    struct body body;
    assert_int_equal(read_all(answer, sizeof answer - 1, 5, &reader, &body), ERR_BAD_MESSAGE);
}

static enum err_code refuse(void *context, const char *bytes, size_t size, struct err *err)
{
    (void)context;
    (void)bytes;
    (void)size;
    return err_set(err, ERR_DISK_FULL, "sink");
}

static void the_sinks_error_is_handed_on(void **state)
{
    (void)state;
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    struct http_reader reader;
    struct err err = ERR_INIT;
    http_reader_init(&reader, &(struct http_sink){refuse, NULL, BODY_MAX});
    assert_int_equal(http_reader_feed(&reader, answer, sizeof answer - 1, &err), ERR_DISK_FULL);
}

static void the_content_type_is_read_without_its_parameters(void **state)
{
    (void)state;
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nContent-Type: Application/PDF; a=b\r\nContent-Length: 0\r\n\r\n";
    struct http_reader reader;
    struct body body;
    assert_int_equal(read_all(answer, sizeof answer - 1, 7, &reader, &body), ERR_OK);
    assert_string_equal(reader.content_type, "application/pdf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_legal_answer_is_read_whatever_its_pieces),
        cmocka_unit_test(every_nasty_answer_is_refused_whatever_its_pieces),
        cmocka_unit_test(a_head_without_end_is_refused_before_it_fills_memory),
        cmocka_unit_test(a_zero_byte_in_the_head_is_refused),
        cmocka_unit_test(the_sinks_error_is_handed_on),
        cmocka_unit_test(the_content_type_is_read_without_its_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
