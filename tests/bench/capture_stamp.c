#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/*
 * Preloaded into a program that scans: appends to the file SOHOA_STAMPS, at the end of each page,
 * the time at which its last bytes had come back from sane_read, in microseconds since 1970.
 */

int sane_read(void *handle, unsigned char *bytes, int max, int *out_size);

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void stamp(int64_t time_us)
{
    static int fd = -1;
    const char *path = getenv("SOHOA_STAMPS");
    char line[32];
    if (fd < 0 && path)
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    int size = snprintf(line, sizeof line, "%lld\n", (long long)time_us);
    (void)!write(fd, line, (size_t)size);
}

int sane_read(void *handle, unsigned char *bytes, int max, int *out_size)
{
    static int (*real)(void *, unsigned char *, int, int *);
    static int64_t last_us;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "sane_read");
    int status = real(handle, bytes, max, out_size);
    if (status == 0 && *out_size > 0)
        last_us = now_us();
    else if (status != 0 && last_us) {
        stamp(last_us);
        last_us = 0;
    }
    return status;
}
