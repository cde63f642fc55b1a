#include "daemon/http/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct events *events;
static struct events_reader reader;

static int begin(void **state)
{
    (void)state;
    events = events_new();
    if (!events)
        return -1;
    events_reader_start(events, NULL, NULL, &reader);
    return 0;
}

static int end(void **state)
{
    (void)state;
    events_free(events);
    return 0;
}

static void publish(int from, int to)
{
    for (int n = from; n <= to; n++) {
        AUTO(js) struct js *data = js_pack("{s:i}", "n", n);
        events_publish(events, "changed", data);
    }
}

/* Everything there is now, in pieces of that size. False when lost. */
static bool read_all(size_t piece, char *out, size_t size)
{
    size_t n = 0;
    for (;;) {
        ssize_t got =
            events_read(events, &reader, out + n, piece < size - n - 1 ? piece : size - n - 1);
        if (got < 0)
            return false;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    out[n] = 0;
    return true;
}

static void each_event_comes_once_whatever_the_pieces(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 7, 64, 4096};
    for (size_t i = 0; i < 4; i++) {
        char text[20000];
        publish(1, 100);
        assert_true(read_all(pieces[i], text, sizeof text));
        for (int n = 1; n <= 100; n++) {
            char line[40];
            snprintf(line, sizeof line, "event: changed\ndata: {\"n\":%d}\n\n", n);
            char *first = strstr(text, line);
            assert_non_null(first);
            assert_null(strstr(first + 1, line));
        }
    }
}

static void a_reader_the_ring_overtakes_is_lost(void **state)
{
    (void)state;
    char text[100000];
    publish(1, EVENTS_KEPT);
    assert_false(events_reader_is_lost(events, &reader));
    publish(1, 1);
    assert_true(events_reader_is_lost(events, &reader));
    assert_false(read_all(4096, text, sizeof text));
}

static void a_reader_overtaken_in_the_middle_of_an_event_is_lost(void **state)
{
    (void)state;
    char text[400];
    assert_true(read_all(400, text, sizeof text));
    publish(1, 1);
    assert_true(events_read(events, &reader, text, 5) == 5);
    publish(1, EVENTS_KEPT);
    assert_true(events_read(events, &reader, text, 5) == -1);
}

static void a_returning_reader_gets_what_it_missed_or_is_told(void **state)
{
    (void)state;
    char text[100000], id[64] = "";
    publish(1, 5);
    assert_true(read_all(4096, text, sizeof text));
    char *at = strstr(text, "{\"n\":3}");
    while (strncmp(at, "id: ", 4) != 0)
        at--;
    sscanf(at, "id: %60s", id);

    events_reader_start(events, id, NULL, &reader);
    assert_true(read_all(4096, text, sizeof text));
    assert_non_null(strstr(text, "\"missed\":false"));
    assert_null(strstr(text, "{\"n\":3}"));
    assert_non_null(strstr(text, "{\"n\":4}"));
    assert_non_null(strstr(text, "{\"n\":5}"));

    publish(1, EVENTS_KEPT);
    events_reader_start(events, id, NULL, &reader);
    assert_true(read_all(4096, text, sizeof text));
    assert_non_null(strstr(text, "\"missed\":true"));
    assert_null(strstr(text, "changed"));
}

static void an_id_that_is_none_counts_as_missed(void **state)
{
    (void)state;
    char hello[400], boot[16] = "", id[64];
    assert_true(read_all(400, hello, sizeof hello));
    sscanf(strstr(hello, "id: "), "id: %15[^-]", boot);
    static const char *const tails[] = {
        "", "-", "-x", "-1x", "--1", "-99", "-18446744073709551615", "-99999999999999999999999999"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        snprintf(id, sizeof id, "%s%s", boot, tails[i]);
        events_reader_start(events, id, NULL, &reader);
        assert_true(read_all(400, hello, sizeof hello));
        if (!strstr(hello, "\"missed\":true"))
            fail_msg("%s", id);
    }
    snprintf(id, sizeof id, "%s-0", boot); /* before the first event: nothing missed */
    events_reader_start(events, id, NULL, &reader);
    assert_true(read_all(400, hello, sizeof hello));
    assert_non_null(strstr(hello, "\"missed\":false"));
}

static void an_event_too_large_loses_the_readers_and_not_the_truth(void **state)
{
    (void)state;
    char *huge = calloc(1, EVENTS_ONE_MAX + 1), text[400];
    memset(huge, 'a', EVENTS_ONE_MAX);
    AUTO(js) struct js *data = js_pack("{s:s}", "text", huge);
    events_publish(events, "changed", data);
    free(huge);
    assert_true(events_reader_is_lost(events, &reader));
    events_reader_start(events, NULL, NULL, &reader);
    publish(1, 1);
    assert_true(read_all(400, text, sizeof text));
    assert_non_null(strstr(text, "{\"n\":1}"));
}

static void a_heartbeat_never_cuts_into_an_event(void **state)
{
    (void)state;
    char text[400];
    assert_true(read_all(400, text, sizeof text));
    publish(1, 1);
    assert_true(events_read(events, &reader, text, 5) == 5);
    events_reader_beat(events, &reader);
    assert_true(read_all(400, text, sizeof text));
    assert_null(strstr(text, ":\n\n"));
    events_reader_beat(events, &reader);
    assert_true(read_all(400, text, sizeof text));
    assert_string_equal(text, ":\n\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_event_comes_once_whatever_the_pieces, begin, end),
        cmocka_unit_test_setup_teardown(a_reader_the_ring_overtakes_is_lost, begin, end),
        cmocka_unit_test_setup_teardown(a_reader_overtaken_in_the_middle_of_an_event_is_lost, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_returning_reader_gets_what_it_missed_or_is_told, begin,
                                        end),
        cmocka_unit_test_setup_teardown(an_id_that_is_none_counts_as_missed, begin, end),
        cmocka_unit_test_setup_teardown(an_event_too_large_loses_the_readers_and_not_the_truth,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_heartbeat_never_cuts_into_an_event, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
