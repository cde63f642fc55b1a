#include "tests/peers/peer.h"

#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_US 20000
#define WAIT_TIMES 500

pid_t peer_start(const struct scan_site *site, const char *config, const char *const argv[])
{
    char log[256];
    site_path(site, "peer.log", log, sizeof log);
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setenv("SANE_CONFIG_DIR", config, 1);
        setenv("LD_LIBRARY_PATH", SOHOA_BINARY_DIR "/lib", 1);
        setenv("SOHOASIM_DIR", site->papers, 1);
        if (!freopen(log, "ae", stdout) || dup2(1, 2) < 0)
            _exit(126);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    assert_true(pid > 0);
    return pid;
}

void peer_stop(pid_t pid)
{
    kill(-pid, SIGKILL); /* its children hold what it listened on */
    kill(pid, SIGKILL);  /* when it has not come to setsid yet */
    waitpid(pid, NULL, 0);
}

void peer_wait_file(const struct scan_site *site, const char *name)
{
    for (int i = 0; i < WAIT_TIMES; i++) {
        if (site_has(site, name))
            return;
        usleep(WAIT_US);
    }
    fail_msg("no %s within 10 s", name);
}

void peer_need(const char *pattern, const char *what)
{
    glob_t found;
    int missing = glob(pattern, 0, NULL, &found);
    if (!missing) {
        globfree(&found);
        return;
    }
    if (getenv("CI"))
        fail_msg("%s is missing", what);
    print_message("SKIP: no %s here\n", what);
    skip();
}
