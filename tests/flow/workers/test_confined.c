#include "tests/harness/test.h"

#include "daemon/ipc/ipc.h"

#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <sys/wait.h>

/* Each worker program as sohoad starts it, before its first request. */

#define LONGEST_START_MS 10000

static pid_t start(const char *program, const char *folder, int *out_socket)
{
    int pair[2];
    assert_int_equal(ipc_pair(pair, NULL), ERR_OK);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        bool with_folder = strstr(program, "-store-") != NULL;
        const char *const argv[] = {program, with_folder ? "--folder" : NULL, folder, NULL};
        if (dup2(pair[1], 3) == 3 && fcntl(3, F_SETFD, 0) == 0)
            execv(program, (char *const *)argv);
        _exit(127);
    }
    close(pair[1]);
    *out_socket = pair[0];
    return pid;
}

static bool is_confined(pid_t pid)
{
    char path[64], line[256];
    bool filtered = false, no_new_rights = false;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) {
        filtered = filtered || strcmp(line, "Seccomp:\t2\n") == 0;
        no_new_rights = no_new_rights || strcmp(line, "NoNewPrivs:\t1\n") == 0;
    }
    if (file)
        fclose(file);
    return filtered && no_new_rights;
}

static void every_worker_program_confines_itself_before_its_first_request(void **state)
{
    (void)state;
    char *folder = test_make_folder();
    glob_t found;
    assert_int_equal(glob(SOHOA_BINARY_DIR "/bin/sohoa-*-worker", 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 6);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        int socket, waited_ms = 0, status;
        pid_t pid = start(found.gl_pathv[i], folder, &socket);
        while (!is_confined(pid) && waited_ms < LONGEST_START_MS) {
            usleep(5000);
            waited_ms += 5;
        }
        close(socket);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (waited_ms >= LONGEST_START_MS)
            fail_msg("%s is not confined", found.gl_pathv[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    globfree(&found);
    test_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_worker_program_confines_itself_before_its_first_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
