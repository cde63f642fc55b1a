#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/*
 * A network folder whose server is gone, as a library to preload: opening a path that holds "dead"
 * never comes back. So it is with NFS and SMB mounted hard.
 */
int open(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    va_list list;
    va_start(list, flags);
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0;
    va_end(list);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "open");
    while (strstr(path, "dead"))
        pause();
    return real(path, flags, mode);
}
