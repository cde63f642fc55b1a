#include "drivers/folder/file_open.h"

#include "daemon/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/openat2.h>

#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

enum err_code file_error(int number, enum err_code other, const char *what, struct err *err)
{
    switch (number) {
    case ETIMEDOUT:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case ECONNREFUSED:
    case ECONNRESET:
    case ENOTCONN:
    case ESTALE:
        return err_set_errno(err, ERR_TIMEOUT, number, "%s", what);
    default:
        return err_set_errno(err, other, number, "%s", what);
    }
}

/* Kernels before 5.6 and some containers have no openat2: then part by part, without links. */
static int open_by_parts(int dir_fd, const char *path, int flags)
{
    AUTO(fd) int folder = -1;
    AUTO(mem) char *copy = mem_strdup(path);
    char *part = copy;
    if (!copy) {
        errno = ENOMEM;
        return -1;
    }
    for (char *slash; (slash = strchr(part, '/')); part = slash + 1) {
        *slash = 0;
        int next = openat(folder < 0 ? dir_fd : folder, part,
                          O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0)
            return -1;
        fd_close(folder);
        folder = next;
    }
    return openat(folder < 0 ? dir_fd : folder, part, flags | O_NOFOLLOW);
}

static int open_inside(int dir_fd, const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)flags,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int fd = (int)syscall(SYS_openat2, dir_fd, path, &how, sizeof how);
    if (fd < 0 && errno == ENOSYS)
        return open_by_parts(dir_fd, path, flags);
    return fd;
}

static enum err_code open_problem(int number, struct err *err)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return err_set(err, ERR_NOT_FOUND, "the file is gone");
    case EACCES:
    case EPERM:
        return err_set_errno(err, ERR_FORBIDDEN, number, "opening a file");
    case EXDEV:
    case ELOOP:
        return err_set_errno(err, ERR_FORBIDDEN, number, "a link that leads out of the folder");
    case ENXIO:
        return err_set_errno(err, ERR_FORBIDDEN, number, "no regular file");
    default:
        return file_error(number, ERR_IO, "opening a file", err);
    }
}

enum err_code file_open_below(int dir_fd, const char *path, int *out_fd, struct stat *out_info,
                              struct err *err)
{
    struct stat info;
    AUTO(fd) int fd = open_inside(dir_fd, path, READ_FLAGS | O_NOATIME);
    if (fd < 0 && errno == EPERM) /* only its owner may leave no trace */
        fd = open_inside(dir_fd, path, READ_FLAGS);
    if (fd < 0)
        return open_problem(errno, err);
    if (fstat(fd, &info) != 0)
        return file_error(errno, ERR_IO, "looking at a file", err);
    if (!S_ISREG(info.st_mode))
        return err_set(err, ERR_FORBIDDEN, "no regular file");
    *out_info = info;
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

/* Magic numbers of statfs(2): NFS, SMB (three generations), FUSE, 9P, AFS, Ceph. */
bool file_is_on_network(int fd)
{
    static const uint32_t kinds[] = {0x6969,     0x517b,     0xff534d42, 0xfe534d42,
                                     0x65735546, 0x01021997, 0x5346414f, 0x00c36400};
    struct statfs info;
    if (fstatfs(fd, &info) != 0)
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if ((uint32_t)info.f_type == kinds[i])
            return true;
    return false;
}

/* A read lease is refused while a writer has the file open. It is given back at once; a writer who
 * comes in between makes the kernel send SIGIO, which must not end us. A share refuses leases
 * whenever its server gave no delegation or oplock, so there a refusal says nothing. */
bool file_is_being_written(int fd)
{
    if (file_is_on_network(fd))
        return false;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGIO, &ignore, &before);
    bool refused = fcntl(fd, F_SETLEASE, F_RDLCK) != 0;
    bool writer = refused && errno == EAGAIN;
    if (!refused)
        fcntl(fd, F_SETLEASE, F_UNLCK);
    sigaction(SIGIO, &before, NULL);
    return writer;
}
