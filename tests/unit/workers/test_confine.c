#include "tests/harness/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

/* Each worker's profile against each thing a process might try, in a process of its own. */

#define PROBE SOHOA_BINARY_DIR "/tests/sohoa-confined-probe"
#define CANNOT_BE_TRIED ENOTSUP

/* One letter for each of these: + allowed, - denied, L denied where there is Landlock. */
static const char *const programs[] = {
    "sohoa-scan-worker", "sohoa-ocr-worker",  "sohoa-import-worker", "sohoa-store-worker",
    "sohoa-pdf-worker",  "sohoa-seal-worker", "sohoa-upload-worker", "sohoa-learn-worker"};

struct rule {
    const char *attempt, *expected;
};

/*                                                 scan, ocr, import, store, pdf, seal, upload,
 * learn */
static const struct rule files[] = {
    {"read_own", "++++++++"},       {"write_own", "++++++++"},      {"link_own", "++++++++"},
    {"read_outside", "+-+-----"},   {"list_outside", "+-+-----"},   {"write_outside", "--------"},
    {"create_outside", "--------"}, {"remove_outside", "--------"}, {"link_into_own", "--------"},
    {"write_passwd", "--------"},   {"create_temp", "+++-----"},    {"given_outside", "++++++++"},
    {"reopen_given", "+-+-----"},   {"reopen_memory", "++++++++"},  {"read_library", "++++++++"},
    {"write_null", "++++++++"},     {"open_device", "+-------"},
};

static const struct rule calls[] = {
    {"exec_true", "+LL-----"},
    {"exec_pdfinfo", "+++-----"},
    {"socket_inet", "+-----+-"},
    {"socket_inet6", "+-----+-"},
    {"socket_netlink", "+-----+-"},
    {"socket_packet", "+-----+-"},
    {"socket_unix", "++++++++"},
    {"connect_daemon", "+-----+-"},
    {"fork_child", "++++++++"},
    {"own_limits", "++++++++"},
    {"other_limits", "--------"},
    {"trace", "--------"},
    {"never", "--------"},
    {"new_user_namespace", "--------"},
    {"type_into_terminal", "--------"},
    {"truncate_outside", "--------"},
};

struct place {
    char path[64];
    int listener, outside;
};

static void put(const char *name)
{
    FILE *file = fopen(name, "we");
    assert_non_null(file);
    fputs("something", file);
    assert_int_equal(fclose(file), 0);
}

/* Not under /tmp, which some profiles may write. */
static int make_place(void **state)
{
    static struct place place = {.path = "/var/tmp/sohoa-confine-XXXXXX"};
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    *state = &place;
    if (!mkdtemp(place.path) || chdir(place.path) || mkdir("own", 0700) || mkdir("own/sub", 0700) ||
        mkdir("outside", 0700) || mkdir("temp", 0700))
        return -1;
    put("own/file");
    put("outside/file");
    place.outside = open("outside/file", O_RDONLY | O_CLOEXEC);
    place.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setenv("TMPDIR", "temp", 1);
    return bind(place.listener, (struct sockaddr *)&address, sizeof address) ||
           listen(place.listener, 100);
}

static int remove_place(void **state)
{
    struct place *place = *state;
    char command[128];
    close(place->listener);
    close(place->outside);
    snprintf(command, sizeof command, "rm -rf %s", place->path);
    return chdir("/") || system(command);
}

/* The errno with which the attempt ended. A signal is a failed test: nothing is killed. */
static int run_on(const struct place *place, const char *program, const char *attempt,
                  const char *kernel)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (dup2(place->outside, 5) == 5)
            execl(PROBE, PROBE, program, attempt, kernel, (char *)NULL);
        _exit(255);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status))
        fail_msg("%s: %s ended by signal %d", program, attempt, WTERMSIG(status));
    assert_int_not_equal(WEXITSTATUS(status), 255);
    if (access("outside/file", F_OK) != 0)
        put("outside/file");
    return WEXITSTATUS(status);
}

static int run(const struct place *place, const char *program, const char *attempt)
{
    return run_on(place, program, attempt, NULL);
}

static bool is_denied(int ended)
{
    return ended == EPERM || ended == EACCES || ended == EXDEV; /* EXDEV: of a link */
}

static bool has_landlock(const struct place *place)
{
    return run(place, "none", "has_landlock") == 0;
}

static int check(const struct place *place, const struct rule *rules, size_t count)
{
    char unless_landlock = has_landlock(place) ? '+' : 'L';
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < COUNT_OF(programs); p++) {
            int ended = run(place, programs[p], rules[i].attempt);
            bool denied = rules[i].expected[p] != '+' && rules[i].expected[p] != unless_landlock;
            if (ended == CANNOT_BE_TRIED || (denied ? is_denied(ended) : ended == 0))
                continue;
            print_message("%s: %s should be %s, ended with %d (%s)\n", programs[p],
                          rules[i].attempt, denied ? "denied" : "allowed", ended, strerror(ended));
            wrong++;
        }
    }
    return wrong;
}

static void each_worker_reaches_its_own_files_and_no_others(void **state)
{
    if (!has_landlock(*state)) {
        printf("SKIP: this kernel has no Landlock, files are not confined\n");
        skip();
    }
    assert_int_equal(check(*state, files, COUNT_OF(files)), 0);
}

static void each_worker_makes_the_system_calls_it_needs_and_no_others(void **state)
{
    assert_int_equal(check(*state, calls, COUNT_OF(calls)), 0);
}

/* What a worker says on its way is in the file "said". */
static int run_and_listen(const struct place *place, const char *attempt, const char *kernel)
{
    int saved = dup(2), said = open("said", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(saved > 2 && said > 2 && dup2(said, 2) == 2);
    int ended = run_on(place, "sohoa-pdf-worker", attempt, kernel);
    dup2(saved, 2);
    close(saved);
    close(said);
    return ended;
}

static void an_old_kernel_is_told_in_one_line_and_the_rest_holds(void **state)
{
    char text[1000] = "";
    unsetenv("JOURNAL_STREAM");
    assert_int_equal(run_and_listen(*state, "read_outside", "old"), 0);
    FILE *said = fopen("said", "re");
    assert_non_null(said);
    assert_true(fread(text, 1, sizeof text - 1, said) > 0);
    fclose(said);
    assert_non_null(strstr(text, "sohoa-pdf-worker info "));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_true(is_denied(run_and_listen(*state, "socket_inet", "old")));
    assert_true(is_denied(run_and_listen(*state, "exec_true", "old")));
}

/* Else the rules above would prove nothing. */
static void without_a_profile_all_of_it_is_possible(void **state)
{
    static const char *const by_root_only[] = {"write_passwd", "socket_packet", "never",
                                               "new_user_namespace", "type_into_terminal"};
    const struct {
        const struct rule *rules;
        size_t count;
    } tables[] = {{files, COUNT_OF(files)}, {calls, COUNT_OF(calls)}};
    int wrong = 0;
    for (size_t t = 0; t < COUNT_OF(tables); t++) {
        for (size_t i = 0; i < tables[t].count; i++) {
            const char *attempt = tables[t].rules[i].attempt;
            bool expected = true;
            for (size_t n = 0; n < COUNT_OF(by_root_only); n++)
                expected = expected && strcmp(by_root_only[n], attempt) != 0;
            int ended = run(*state, "none", attempt);
            if (!expected || ended == 0 || ended == CANNOT_BE_TRIED)
                continue;
            print_message("%s ended with %d (%s)\n", attempt, ended, strerror(ended));
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_profile_all_of_it_is_possible),
        cmocka_unit_test(each_worker_reaches_its_own_files_and_no_others),
        cmocka_unit_test(each_worker_makes_the_system_calls_it_needs_and_no_others),
        cmocka_unit_test(an_old_kernel_is_told_in_one_line_and_the_rest_holds),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
