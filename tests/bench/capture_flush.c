#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * capture_flush FOLDER FILE…: writes the bytes of each file into a new file in FOLDER and flushes
 * it; prints how long that took, in microseconds, a line a file.
 */

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static char *read_whole(const char *path, size_t *out_size)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0)
        err(1, "%s", path);
    char *bytes = malloc((size_t)info.st_size + 1);
    if (!bytes || read(fd, bytes, (size_t)info.st_size) != info.st_size)
        err(1, "%s", path);
    close(fd);
    *out_size = (size_t)info.st_size;
    return bytes;
}

static int64_t write_and_flush(const char *path, const char *bytes, size_t size)
{
    int64_t from_us = now_us();
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || fdatasync(fd) != 0)
        err(1, "%s", path);
    int64_t to_us = now_us();
    close(fd);
    return to_us - from_us;
}

int main(int argc, char **argv)
{
    char path[4096];
    if (argc < 3)
        errx(2, "usage: capture_flush FOLDER FILE...");
    snprintf(path, sizeof path, "%s/flush", argv[1]);
    for (int i = 2; i < argc; i++) {
        size_t size;
        char *bytes = read_whole(argv[i], &size);
        printf("%lld\n", (long long)write_and_flush(path, bytes, size));
        unlink(path);
        free(bytes);
    }
    return 0;
}
