#include "daemon/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

struct seam {
    unsigned long calls, fail_from;
    int error;
};

static struct seam seams[SYS_CALL_COUNT];
static int64_t clock_us;

void sys_fail_from(enum sys_call call, unsigned long nth, int error)
{
    seams[call] = (struct seam){.fail_from = nth, .error = error};
}

unsigned long sys_calls(enum sys_call call)
{
    return seams[call].calls;
}

void sys_clock_set(int64_t utc_us)
{
    clock_us = utc_us;
}

static int must_fail(enum sys_call call)
{
    struct seam *seam = &seams[call];
    seam->calls++;
    if (!seam->fail_from || seam->calls < seam->fail_from)
        return 0;
    errno = seam->error;
    return 1;
}

static int64_t microseconds(clockid_t which)
{
    struct timespec now;
    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t sys_now_us(void)
{
    return clock_us ? clock_us : microseconds(CLOCK_REALTIME);
}

int64_t sys_monotonic_us(void)
{
    return microseconds(CLOCK_MONOTONIC);
}

uint32_t sys_random(void)
{
    uint32_t value = 0;
    ssize_t got = getrandom(&value, sizeof value, GRND_NONBLOCK);
    return got == (ssize_t)sizeof value ? value : (uint32_t)microseconds(CLOCK_MONOTONIC);
}

static void slow_disk(void)
{
    static long delay_ms = -1;
    if (delay_ms < 0) {
        const char *text = getenv("SOHOA_FDATASYNC_DELAY_MS");
        delay_ms = text ? strtol(text, NULL, 10) : 0;
    }
    if (delay_ms > 0)
        nanosleep(&(struct timespec){delay_ms / 1000, delay_ms % 1000 * 1000000}, NULL);
}

ssize_t sys_write(int fd, const void *bytes, size_t size)
{
    return must_fail(SYS_WRITE) ? -1 : write(fd, bytes, size);
}

int sys_fdatasync(int fd)
{
    slow_disk();
    return must_fail(SYS_FSYNC) ? -1 : fdatasync(fd);
}

int sys_fsync(int fd)
{
    slow_disk();
    return must_fail(SYS_FSYNC) ? -1 : fsync(fd);
}

int sys_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    return must_fail(SYS_RENAME) ? -1 : renameat(from_dir, from, to_dir, to);
}

int sys_linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    return must_fail(SYS_LINK) ? -1 : linkat(from_dir, from, to_dir, to, flags);
}
