#include "tests/harness/test.h"

#include "daemon/base/mem.h"
#include "daemon/watch/metrics.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What Prometheus reads: a strict reader of ours (exposition format 0.0.4), and promtool where it
 * is installed. */

static struct js *parse(const char *text)
{
    struct js *value = NULL;
    assert_int_equal(js_parse(text, strlen(text), &value, NULL), ERR_OK);
    return value;
}

static char *example(void)
{
    AUTO(js)
    struct js *status =
        parse("{\"version\": \"0.1.0\", \"uptime_s\": 7, \"store_age_ms\": 1500, "
              "\"worker_crashes\": 2, \"store\": {\"free_bytes\": 10, \"size_bytes\": 20, "
              "\"pages\": {\"captured\": 3}, \"documents\": {}, \"deliveries\": {\"queued\": 4, "
              "\"held\": 1}}}");
    AUTO(js)
    struct js *facts =
        parse("{\"accepted_us\": 1795254000500000, \"ages\": [{\"machine\": \"delivery\", "
              "\"state\": \"queued\", \"over\": 4}], \"targets\": [{\"name\": "
              "\"kho \\\"tỉnh\\\"\\\\1\", \"waiting\": 4, \"compared_us\": 1795254000000000}]}");
    AUTO(js) struct js *alarms = parse("[{\"name\": \"delivery.queued\"}]");
    AUTO(js)
    struct js *schedule =
        parse("{\"disk\": {\"days_left\": 9}, \"targets\": [{\"name\": \"kho\", \"state\": "
              "\"down\", \"nights_missed\": 2}]}");
    char *text = metrics_text(status, facts, alarms, schedule);
    assert_non_null(text);
    return text;
}

/* ---- the reader ---- */

static const char *name_end(const char *at)
{
    assert_true(isalpha((unsigned char)*at) || *at == '_' || *at == ':');
    while (isalnum((unsigned char)*at) || *at == '_' || *at == ':')
        at++;
    return at;
}

static const char *labels_end(const char *at)
{
    while (*at != '}') {
        at = name_end(at);
        assert_true(at[0] == '=' && at[1] == '"');
        for (at += 2; *at != '"'; at++) {
            assert_true(*at && *at != '\n');
            if (*at == '\\')
                assert_non_null(strchr("\\\"n", *++at));
        }
        at++;
        assert_true(*at == ',' || *at == '}');
        at += *at == ',';
    }
    return at + 1;
}

struct family {
    char name[100], type[20];
    bool has_help;
};

/* HELP, then TYPE, then samples of that name alone; each family once. */
static void read_line(const char *line, struct family *family, char seen[50][100], size_t *count)
{
    char name[100], rest[300];
    if (sscanf(line, "# HELP %99s %299[^\n]", name, rest) == 2) {
        for (size_t i = 0; i < *count; i++)
            assert_string_not_equal(seen[i], name);
        assert_true(*count < 50);
        strcpy(seen[(*count)++], name);
        *family = (struct family){.has_help = true};
        strcpy(family->name, name);
        return;
    }
    if (sscanf(line, "# TYPE %99s %19s", name, rest) == 2) {
        assert_true(family->has_help);
        assert_string_equal(name, family->name);
        strcpy(family->type, rest);
        bool is_counter = strcmp(family->type, "counter") == 0;
        assert_true(is_counter || strcmp(family->type, "gauge") == 0);
        size_t size = strlen(name);
        assert_int_equal(is_counter, size > 6 && strcmp(name + size - 6, "_total") == 0);
        return;
    }
    const char *at = name_end(line);
    assert_true((size_t)(at - line) == strlen(family->name) && *family->type);
    assert_memory_equal(line, family->name, strlen(family->name));
    at = *at == '{' ? labels_end(at + 1) : at;
    assert_int_equal(*at, ' ');
    char *end;
    strtod(at + 1, &end);
    assert_true(end > at + 1 && *end == '\n');
}

static void a_strict_reader_takes_every_line(void **state)
{
    (void)state;
    AUTO(mem) char *text = example();
    char seen[50][100];
    struct family family = {0};
    size_t count = 0, samples = 0;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        assert_non_null(strchr(line, '\n'));
        read_line(line, &family, seen, &count);
        samples += *line != '#';
    }
    assert_true(count >= 15 && samples >= 15);
}

static void what_stands_is_in_it_and_labels_are_escaped(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "sohoa_build_info{version=\"0.1.0\"} 1\n",
        "sohoa_deliveries{state=\"queued\"} 4\n",
        "sohoa_overdue{machine=\"delivery\",state=\"queued\"} 4\n",
        "sohoa_alarms 1\n",
        "sohoa_alarm{name=\"delivery.queued\",target=\"\"} 1\n",
        "sohoa_target_waiting{target=\"kho \\\"tỉnh\\\"\\\\1\"} 4\n",
        "sohoa_target_up{target=\"kho\"} 0\n",
        "sohoa_target_nights_missed{target=\"kho\"} 2\n",
        "sohoa_last_accepted_timestamp_seconds 1795254000.5\n",
        "sohoa_worker_crashes_total 2\n",
        "sohoa_disk_full_seconds 777600\n",
    };
    AUTO(mem) char *text = example();
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (!strstr(text, lines[i]))
            fail_msg("missing: %s", lines[i]);
}

static void nothing_known_yet_is_still_readable(void **state)
{
    (void)state;
    AUTO(mem) char *text = metrics_text(NULL, NULL, NULL, NULL);
    char seen[50][100];
    struct family family = {0};
    size_t count = 0;
    assert_non_null(text);
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        read_line(line, &family, seen, &count);
}

static void promtool_finds_nothing_where_it_is_installed(void **state)
{
    (void)state;
    AUTO(mem) char *text = example();
    if (system("command -v promtool >/dev/null 2>&1") != 0) {
        print_message("promtool is not installed\n");
        skip();
    }
    FILE *tool = popen("promtool check metrics", "w");
    assert_non_null(tool);
    fputs(text, tool);
    assert_int_equal(pclose(tool), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strict_reader_takes_every_line),
        cmocka_unit_test(what_stands_is_in_it_and_labels_are_escaped),
        cmocka_unit_test(nothing_known_yet_is_still_readable),
        cmocka_unit_test(promtool_finds_nothing_where_it_is_installed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
