#include "drivers/simulator/feeder.h"

#include "drivers/simulator/pile.h"
#include "drivers/simulator/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The position in an open, locked state file; an empty file is a freshly loaded feeder. */
static bool read_position(int fd, size_t *out)
{
    char text[32] = "";
    ssize_t got = pread(fd, text, sizeof text - 1, 0);
    *out = 0;
    return got == 0 || (got > 0 && sscanf(text, "next %zu", out) == 1 && *out <= SIM_SHEETS_MAX);
}

static bool write_position(int fd, size_t position)
{
    char text[32];
    int size = snprintf(text, sizeof text, "next %06zu\n", position); /* always the same length */
    return pwrite(fd, text, (size_t)size, 0) == size && ftruncate(fd, size) == 0 &&
           fdatasync(fd) == 0;
}

enum feeder_result feeder_take(const char *state, size_t pile_count, int sheets, size_t *out_index)
{
    int fd = state_open(state, "feeder", O_RDWR | O_CREAT);
    size_t position;
    enum feeder_result result = FEEDER_BROKEN;
    if (fd >= 0 && flock(fd, LOCK_EX) == 0 && read_position(fd, &position)) {
        size_t after = position + (size_t)sheets;
        if (position >= pile_count)
            result = FEEDER_NO_SHEET;
        else if (write_position(fd, after < pile_count ? after : pile_count))
            result = FEEDER_TAKEN;
    }
    if (fd >= 0)
        close(fd);
    if (result == FEEDER_TAKEN)
        *out_index = position;
    return result;
}

enum feeder_result feeder_peek(const char *state, size_t pile_count, size_t *out_index)
{
    int fd = state_open(state, "feeder", O_RDONLY);
    size_t position = 0;
    if (fd < 0 && errno != ENOENT)
        return FEEDER_BROKEN;
    if (fd >= 0) {
        bool ok = flock(fd, LOCK_SH) == 0 && read_position(fd, &position);
        close(fd);
        if (!ok)
            return FEEDER_BROKEN;
    }
    *out_index = position < pile_count ? position : pile_count;
    return position < pile_count ? FEEDER_TAKEN : FEEDER_NO_SHEET;
}

/* Our own "nothing taken yet" has leading zeros; people write another one or take the file away. */
bool feeder_is_loaded_anew(const char *state)
{
    char text[32] = "";
    int fd = state_open(state, "feeder", O_RDWR | O_CREAT);
    size_t position;
    bool anew = fd >= 0 && flock(fd, LOCK_EX) == 0 && read_position(fd, &position) &&
                position == 0 && pread(fd, text, sizeof text - 1, 0) >= 0 &&
                strcmp(text, "next 000000\n") != 0 && write_position(fd, 0);
    if (fd >= 0)
        close(fd);
    return anew;
}

bool glass_read(const char *state, char *out_name, size_t out_size)
{
    return state_read(state, "glass", out_name, out_size) && out_name[0];
}

enum device_lock device_lock(const char *state, int port, int *out_fd)
{
    char name[32] = "device";
    if (port)
        snprintf(name, sizeof name, "device@%d", port);
    int fd = state_open(state, name, O_RDWR | O_CREAT);
    if (fd < 0)
        return DEVICE_NOT_LOCKABLE;
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        close(fd);
        return errno == EWOULDBLOCK ? DEVICE_LOCKED_BY_OTHER : DEVICE_NOT_LOCKABLE;
    }
    *out_fd = fd;
    return DEVICE_LOCKED_BY_US;
}
