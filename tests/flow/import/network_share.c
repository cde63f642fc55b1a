#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/*
 * A network folder, as a library to preload: what lies below a path that ends in "share" is NFS as
 * long as "share.mounted" lies beside it, and its server gives no leases.
 */

static bool is_below_share(int fd, bool *out_mounted)
{
    char link[40], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 20);
    if (size < 0)
        return false;
    path[size] = 0;
    char *share = strstr(path, "/share");
    if (!share || (share[6] && share[6] != '/'))
        return false;
    strcpy(share + 6, ".mounted");
    *out_mounted = access(path, F_OK) == 0;
    return true;
}

static int tell(const char *name, int fd, struct statfs *out)
{
    int (*real)(int, struct statfs *);
    bool mounted;
    *(void **)&real = dlsym(RTLD_NEXT, name);
    int result = real(fd, out);
    if (result == 0 && is_below_share(fd, &mounted) && mounted)
        out->f_type = 0x6969;
    return result;
}

int fstatfs(int fd, struct statfs *out)
{
    return tell("fstatfs", fd, out);
}

int fstatfs64(int fd, struct statfs64 *out)
{
    return tell("fstatfs64", fd, (struct statfs *)out);
}

static int control(const char *name, int fd, int command, void *argument)
{
    int (*real)(int, int, ...);
    bool mounted;
    if (command == F_SETLEASE && is_below_share(fd, &mounted)) {
        errno = EAGAIN;
        return -1;
    }
    *(void **)&real = dlsym(RTLD_NEXT, name);
    return real(fd, command, argument);
}

int fcntl(int fd, int command, ...)
{
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return control("fcntl", fd, command, argument);
}

int fcntl64(int fd, int command, ...)
{
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return control("fcntl64", fd, command, argument);
}
