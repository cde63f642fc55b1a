#include "tests/harness/test.h"

#include "daemon/base/log.h"
#include "daemon/base/mem.h"

#include <fcntl.h>

/* Runs `write_lines` with stderr in a file and returns what it wrote; caller frees. */
static char *captured(void (*write_lines)(void))
{
    char path[] = "/tmp/sohoa-log-XXXXXX";
    int file = mkstemp(path), saved = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    write_lines();
    dup2(saved, STDERR_FILENO);
    close(saved);
    char *text = calloc(1, 8192);
    ssize_t got = pread(file, text, 8191, 0);
    assert_true(got >= 0);
    close(file);
    unlink(path);
    return text;
}

static void lines_with_hostile_fields(void)
{
    unsetenv("JOURNAL_STREAM");
    log_open("sohoad");
    log_line(LOG_LEVEL_WARNING,
             LOG_FIELDS(LOG_FIELD("SOHOA_DOC", "a\"b\nc"),
                        LOG_MASKED("SOHOA_OWNER", "036073521904"), LOG_FIELD("SOHOA_NONE", NULL)),
             "step %s", "x\ny");
    log_line(LOG_LEVEL_DEBUG, NULL, "not wanted");
}

static void a_line_is_one_line_quoted_and_masked(void **state)
{
    (void)state;
    char *text = captured(lines_with_hostile_fields);
    assert_non_null(strstr(text, " sohoad warning msg=\"step x?y\" SOHOA_DOC=\"a\\\"b?c\" "
                                 "SOHOA_OWNER=\"036*****1904\"\n"));
    assert_null(strstr(text, "036073521904"));
    assert_null(strstr(text, "not wanted"));
    assert_null(strstr(text, "SOHOA_NONE"));
    free(text);
}

static void an_error(void)
{
    unsetenv("JOURNAL_STREAM");
    log_open("sohoad");
    struct err err = ERR_INIT;
    err_set(&err, ERR_FEEDER_JAM, "after 3 pages");
    log_err(&err, LOG_FIELDS(LOG_FIELD("SOHOA_REF", "ABCD2345")), "scan ended, continuing");
}

static void an_error_names_code_help_detail_and_reference(void **state)
{
    (void)state;
    char *text = captured(an_error);
    assert_non_null(strstr(text, "SOHOA_CODE=\"FEEDER_JAM\" SOHOA_HELP=\"CLERK\" "
                                 "SOHOA_DETAIL=\"after 3 pages\" SOHOA_REF=\"ABCD2345\""));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_one_line_quoted_and_masked),
        cmocka_unit_test(an_error_names_code_help_detail_and_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
