#include "daemon/workers/confine.h"

#include "daemon/base/log.h"
#include "daemon/workers/confine_parts.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

static const struct confine_profile *begin(const char *program)
{
    const struct confine_profile *profile = confine_profile_find(program);
    assert(profile);
    log_open(program);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return profile;
}

static void report(const char *what, int failed)
{
    if (failed == ENOSYS)
        log_line(LOG_LEVEL_INFO, NULL, "this kernel cannot confine the %s of a worker, continuing",
                 what);
    else if (failed)
        log_line(LOG_LEVEL_WARNING, NULL, "the %s of this worker are not confined (%s), continuing",
                 what, strerror(failed));
}

void confine_calls(const char *program)
{
    report("system calls", confine_load_calls(begin(program)));
}

void confine_files(const char *program, const char *const folders[])
{
    report("files", confine_load_files(begin(program), folders));
}

void confine_worker(const char *program, const char *const folders[])
{
    confine_files(program, folders);
    confine_calls(program);
}
