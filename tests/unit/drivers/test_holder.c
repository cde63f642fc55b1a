#include "tests/harness/test.h"

#include "drivers/holder.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Another process under `name` that has `path` (NULL: nothing) open until it is ended. */
static pid_t start_other(const char *name, const char *path)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_NAME, name);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if ((path && open(path, O_RDONLY) < 0) || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void end_other(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void who_has_the_device_open_is_named(void **state)
{
    (void)state;
    char path[] = "/tmp/sohoa-holder-XXXXXX", holder[64], expected[64];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_false(holder_of_file(path, holder, sizeof holder)); /* we do not count */
    close(fd);
    pid_t other = start_other("otherscan", path);
    assert_true(holder_of_file(path, holder, sizeof holder));
    snprintf(expected, sizeof expected, "otherscan (%d)", (int)other);
    assert_string_equal(holder, expected);
    end_other(other);
    assert_false(holder_of_file(path, holder, sizeof holder));
    unlink(path);
}

static void a_program_that_scans_beside_us_is_named(void **state)
{
    (void)state;
    static const char *const programs[] = {"scanbd", "simple-scan"};
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        struct err err = ERR_INIT;
        char expected[64];
        pid_t other = start_other(programs[i], NULL);
        err_set(&err, ERR_DEVICE_BUSY, "sane_open");
        assert_int_equal(holder_explain("pixma:04A91909_1", ERR_DEVICE_BUSY, &err),
                         ERR_DEVICE_BUSY);
        snprintf(expected, sizeof expected, "%s (%d) runs", programs[i], (int)other);
        assert_non_null(strstr(err.detail, expected));
        end_other(other);
    }
}

static void other_errors_are_left_alone(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    err_set(&err, ERR_FEEDER_JAM, "sane_start");
    assert_int_equal(holder_explain("pixma:04A91909_1", ERR_FEEDER_JAM, &err), ERR_FEEDER_JAM);
    assert_string_equal(err.detail, "sane_start");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_the_device_open_is_named),
        cmocka_unit_test(a_program_that_scans_beside_us_is_named),
        cmocka_unit_test(other_errors_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
