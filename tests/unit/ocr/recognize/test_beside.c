#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "ocr/recognize/beside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

#include <cmocka.h>

static enum err_code answer(void *payload, struct buf *out, struct err *err)
{
    (void)err;
    buf_text(out, payload);
    return ERR_OK;
}

static enum err_code give_up(void *payload, struct buf *out, struct err *err)
{
    (void)payload;
    buf_text(out, "half a result");
    return err_set(err, ERR_NO_MEMORY, "as asked");
}

static enum err_code die(void *payload, struct buf *out, struct err *err)
{
    (void)payload;
    (void)out;
    (void)err;
    raise(SIGKILL);
    return ERR_OK;
}

static enum err_code say_too_much(void *payload, struct buf *out, struct err *err)
{
    (void)err;
    for (size_t size = 0; size <= BESIDE_RESULT_MAX; size += 1 << 20)
        buf_append(out, payload, 1 << 20);
    return ERR_OK;
}

static enum err_code hang(void *payload, struct buf *out, struct err *err)
{
    (void)payload;
    (void)out;
    while (!err || pause())
        ;
    return ERR_OK;
}

static bool always(void)
{
    return true;
}

static bool is_gone(pid_t pid)
{
    return kill(pid, 0) != 0 && errno == ESRCH;
}

static void what_was_done_beside_comes_back(void **state)
{
    (void)state;
    char text[] = "words";
    struct beside beside;
    AUTO(mem) char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(beside_begin(answer, text, &beside, NULL), ERR_OK);
    assert_int_equal(beside_take(&beside, NULL, &bytes, &size, NULL), ERR_OK);
    assert_int_equal(size, 5);
    assert_string_equal(bytes, "words");
}

static void a_copy_that_fails_is_told_and_leaves_nothing(void **state)
{
    (void)state;
    static char much[1 << 20];
    static const struct {
        beside_fn *work;
        bool (*is_cancelled)(void);
        enum err_code code;
    } cases[] = {{give_up, NULL, ERR_WORKER_DIED},
                 {die, NULL, ERR_WORKER_DIED},
                 {say_too_much, NULL, ERR_WORKER_DIED},
                 {hang, always, ERR_CANCELLED},
                 {hang, NULL, ERR_WORKER_HUNG}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct beside beside;
        struct err err = ERR_INIT;
        char *bytes = NULL;
        size_t size = 0;
        assert_int_equal(beside_begin(cases[i].work, much, &beside, NULL), ERR_OK);
        pid_t pid = beside.pid;
        assert_int_equal(beside_take(&beside, cases[i].is_cancelled, &bytes, &size, &err),
                         cases[i].code);
        assert_true(err.detail[0]);
        assert_null(bytes);
        assert_true(is_gone(pid));
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    }
}

static int stand_by(void *unused)
{
    (void)unused;
    while (pause())
        ;
    return 0;
}

static void a_process_with_threads_is_not_copied(void **state)
{
    (void)state;
    thrd_t thread;
    char text[] = "x";
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        struct beside beside;
        thrd_create(&thread, stand_by, NULL);
        _exit(beside_begin(answer, text, &beside, NULL) == ERR_INTERNAL ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void a_dropped_copy_is_gone(void **state)
{
    (void)state;
    struct beside none = {0}, beside;
    beside_drop(&none);
    assert_int_equal(beside_begin(hang, NULL, &beside, NULL), ERR_OK);
    pid_t pid = beside.pid;
    beside_drop(&beside);
    assert_true(is_gone(pid));
    beside_drop(&beside);
}

/* The original tells the copy's id and is killed; the copy comes to this process, its subreaper. */
static void a_copy_dies_with_its_original(void **state)
{
    (void)state;
    int told[2], status = 0;
    pid_t copy = 0;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    assert_int_equal(pipe(told), 0);
    pid_t original = fork();
    if (original == 0) {
        struct beside beside;
        bool begun = !beside_begin(hang, NULL, &beside, NULL) &&
                     write(told[1], &beside.pid, sizeof beside.pid) == sizeof beside.pid;
        for (; begun;)
            pause();
        _exit(1);
    }
    assert_int_equal(read(told[0], &copy, sizeof copy), sizeof copy);
    kill(original, SIGKILL);
    assert_int_equal(waitpid(original, &status, 0), original);
    assert_int_equal(waitpid(copy, &status, 0), copy); /* by signal, or before it had begun */
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    close(told[0]);
    close(told[1]);
}

static int count_descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

/* Standard ones, the result, and the folder that is looked at. */
static enum err_code tell_descriptors(void *payload, struct buf *out, struct err *err)
{
    (void)payload;
    (void)err;
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    buf_printf(out, "%d %d %d", count_descriptors() - 2,
               (int)prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), (int)limit.rlim_cur);
    return ERR_OK;
}

static void a_copy_keeps_the_limits_but_no_descriptor(void **state)
{
    (void)state;
    int others[8];
    struct beside beside;
    AUTO(mem) char *bytes = NULL;
    size_t size = 0;
    for (int i = 0; i < 8; i++)
        others[i] = open("/dev/null", O_RDONLY);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    assert_int_equal(beside_begin(tell_descriptors, NULL, &beside, NULL), ERR_OK);
    assert_int_equal(beside_take(&beside, NULL, &bytes, &size, NULL), ERR_OK);
    assert_string_equal(bytes, "5 1 0");
    for (int i = 0; i < 8; i++)
        close(others[i]);
}

static void five_hundred_copies_leave_no_process_and_no_descriptor(void **state)
{
    (void)state;
    char text[] = "x";
    int before = count_descriptors();
    for (int i = 0; i < 500; i++) {
        struct beside beside;
        AUTO(mem) char *bytes = NULL;
        size_t size = 0;
        assert_int_equal(beside_begin(i % 5 ? answer : die, text, &beside, NULL), ERR_OK);
        if (i % 7)
            beside_take(&beside, NULL, &bytes, &size, NULL);
        else
            beside_drop(&beside);
    }
    assert_int_equal(count_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_done_beside_comes_back),
        cmocka_unit_test(a_copy_that_fails_is_told_and_leaves_nothing),
        cmocka_unit_test(a_process_with_threads_is_not_copied),
        cmocka_unit_test(a_dropped_copy_is_gone),
        cmocka_unit_test(a_copy_dies_with_its_original),
        cmocka_unit_test(a_copy_keeps_the_limits_but_no_descriptor),
        cmocka_unit_test(five_hundred_copies_leave_no_process_and_no_descriptor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
