#include "daemon/base/buf.h"
#include "daemon/cli/sse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void note(void *context, const char *name, const char *data)
{
    buf_printf(context, "[%s|%s]", name, data);
}

static const struct {
    const char *stream, *events;
} cases[] = {
    {"event: job\ndata: {\"id\":1}\n\n", "[job|{\"id\":1}]"},
    {"event: job\r\ndata: 1\r\n\r\n", "[job|1]"},
    {"event: job\rdata: 1\r\r", "[job|1]"},
    {"data:no space\n\n", "[message|no space]"},
    {"data:  one space goes\n\n", "[message| one space goes]"},
    {"data: a\ndata: b\n\n", "[message|a\nb]"},
    {": heartbeat\n\ndata: x\n\n", "[message|x]"},
    {"event: job\n\ndata: x\n\n", "[message|x]"},
    {"id: 7\nretry: 1000\nevent: a\ndata: 1\n\nevent: b\ndata: 2\n\n", "[a|1][b|2]"},
    {"data\n\n", "[message|]"},
    {"data: cut off\n", ""},
};

static void events_are_read_whatever_their_pieces(void **state)
{
    (void)state;
    struct sse_reader *reader = malloc(sizeof *reader);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = strlen(cases[i].stream);
        for (size_t piece = 1; piece <= size; piece++) {
            AUTO(buf)
            struct buf seen;
            buf_init(&seen, 1000);
            buf_text(&seen, "");
            sse_reader_init(reader, note, &seen);
            struct err err = ERR_INIT;
            for (size_t at = 0; at < size; at += piece) {
                size_t count = size - at < piece ? size - at : piece;
                assert_int_equal(sse_reader_feed(reader, cases[i].stream + at, count, &err),
                                 ERR_OK);
            }
            assert_string_equal(seen.bytes, cases[i].events);
        }
    }
    free(reader);
}

static void a_line_or_event_without_end_is_refused(void **state)
{
    (void)state;
    static const char *const pieces[] = {"x",
                                         "data: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n"};
    struct sse_reader *reader = malloc(sizeof *reader);
    for (size_t i = 0; i < 2; i++) {
        AUTO(buf)
        struct buf seen;
        buf_init(&seen, 100);
        sse_reader_init(reader, note, &seen);
        struct err err = ERR_INIT;
        enum err_code code = ERR_OK;
        size_t count = 0;
        for (; !code && count < 1000000; count++)
            code = sse_reader_feed(reader, pieces[i], strlen(pieces[i]), &err);
        assert_int_equal(code, ERR_BAD_MESSAGE);
        assert_true(count <= SSE_EVENT_MAX);
        assert_int_equal(seen.size, 0);
    }
    free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_read_whatever_their_pieces),
        cmocka_unit_test(a_line_or_event_without_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
