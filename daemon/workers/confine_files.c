#include "daemon/workers/confine_parts.h"

#include "daemon/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE /* Linux 6.2; Debian 12 has the headers of 6.1 */
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

/* Version 1 forbids every link and rename from one folder to another, which the store lives by. */
#define OLDEST_VERSION 2
#define TRUNCATE_VERSION 3

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RUN (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE)
#define WRITE                                                                                      \
    (READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |                          \
     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |                              \
     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |    \
     LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER)
#define DEVICE_NODES (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
#define OF_A_FILE                                                                                  \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |   \
     LANDLOCK_ACCESS_FS_TRUNCATE)

struct fence {
    int fd;
    uint64_t handled;
    int failed; /* errno of the first rule that did not get in */
};

/* A path that is not there cannot be allowed. */
static void allow_path(struct fence *fence, const char *path, uint64_t rights)
{
    struct stat status;
    AUTO(fd) int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0)
        return;
    struct landlock_path_beneath_attr rule = {
        .allowed_access = rights & fence->handled & (S_ISDIR(status.st_mode) ? ~0ull : OF_A_FILE),
        .parent_fd = fd,
    };
    long added = syscall(SYS_landlock_add_rule, fence->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    if (added != 0 && !fence->failed)
        fence->failed = errno;
}

static void allow_all(struct fence *fence, const char *const paths[], uint64_t rights)
{
    for (; paths && *paths; paths++)
        allow_path(fence, *paths, rights);
}

static void allow_named(struct fence *fence, const char *const variables[], uint64_t rights)
{
    for (; variables && *variables; variables++) {
        const char *value = getenv(*variables);
        AUTO(mem) char *list = value ? mem_strdup(value) : NULL;
        char *rest = list;
        for (char *path; (path = strsep(&rest, ":"));)
            if (*path)
                allow_path(fence, path, rights);
    }
}

static void allow_temp(struct fence *fence)
{
    const char *named = getenv("TMPDIR");
    static const char *const usual[] = {"/dev/shm", "/tmp", NULL};
    if (named && *named)
        allow_path(fence, named, WRITE);
    else
        allow_all(fence, usual, WRITE);
}

static void allow_profile(struct fence *fence, const struct confine_profile *profile,
                          const char *const folders[])
{
    allow_all(fence, confine_common_reads, READ);
    allow_all(fence, confine_common_devices, WRITE);
    allow_all(fence, profile->reads, READ);
    allow_named(fence, profile->named_reads, READ);
    allow_all(fence, profile->writes, WRITE);
    allow_named(fence, profile->named_writes, WRITE);
    allow_all(fence, profile->runs, RUN);
    if (profile->temp)
        allow_temp(fence);
    allow_all(fence, folders, WRITE);
}

/* 0 or errno. */
static int make_fence(int version, struct fence *out)
{
    uint64_t handled = READ | RUN | WRITE | DEVICE_NODES;
    if (version < TRUNCATE_VERSION)
        handled &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
    struct landlock_ruleset_attr attributes = {.handled_access_fs = handled};
    long fd = syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (fd < 0)
        return errno;
    fcntl((int)fd, F_SETFD, FD_CLOEXEC);
    *out = (struct fence){.fd = (int)fd, .handled = handled};
    return 0;
}

int confine_load_files(const struct confine_profile *profile, const char *const folders[])
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < OLDEST_VERSION)
        return ENOSYS;
    struct fence fence = {.fd = -1};
    int failed = make_fence((int)version, &fence);
    if (failed)
        return failed;
    AUTO(fd) int fd = fence.fd;
    allow_profile(&fence, profile, folders);
    if (fence.failed)
        return fence.failed;
    return syscall(SYS_landlock_restrict_self, fd, 0) == 0 ? 0 : errno;
}
