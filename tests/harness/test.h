#ifndef SOHOA_TESTS_HARNESS_TEST_H
#define SOHOA_TESTS_HARNESS_TEST_H

/* What every cmocka program includes: cmocka with the headers it wants before it, a private folder,
 * and the one rule about material outside the repository. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* A new empty folder; test_remove_folder ends it. */
static inline char *test_make_folder(void)
{
    const char *base = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    char *path = NULL;
    if (asprintf(&path, "%s/sohoa-test-XXXXXX", base) < 0 || !mkdtemp(path))
        abort();
    return path;
}

static inline void test_remove_folder(char *path)
{
    char *command = NULL;
    if (asprintf(&command, "rm -rf '%s'", path) > 0 && system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", path);
    free(command);
    free(path);
}

/* Material beside the checkout: absent, a test is skipped and says so; in CI that is a failure. */
static inline void test_need_file(const char *path)
{
    if (access(path, R_OK) == 0)
        return;
    const char *ci = getenv("CI");
    if (ci && strcmp(ci, "true") == 0)
        fail_msg("%s is missing", path);
    printf("SKIP: %s is missing\n", path);
    skip();
}

#endif
