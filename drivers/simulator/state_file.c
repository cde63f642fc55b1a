#include "drivers/simulator/state_file.h"

#include "drivers/simulator/sim_text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void path_of(const char *state, const char *name, char out[2 * SIM_PATH_MAX])
{
    snprintf(out, 2 * SIM_PATH_MAX, "%s/%s", state, name);
}

int state_open(const char *state, const char *name, int flags)
{
    char path[2 * SIM_PATH_MAX];
    path_of(state, name, path);
    return open(path, flags | O_CLOEXEC, 0600);
}

bool state_read(const char *state, const char *name, char *out, size_t out_size)
{
    int fd = state_open(state, name, O_RDONLY);
    if (fd < 0)
        return false;
    ssize_t got = read(fd, out, out_size - 1);
    close(fd);
    out[got > 0 ? got : 0] = 0;
    out[strcspn(out, "\r\n")] = 0;
    return true;
}

bool state_has(const char *state, const char *name)
{
    char path[2 * SIM_PATH_MAX];
    path_of(state, name, path);
    return access(path, F_OK) == 0;
}

bool state_write(const char *state, const char *name, const char *text)
{
    int fd = state_open(state, name, O_WRONLY | O_CREAT | O_TRUNC);
    if (fd < 0)
        return false;
    size_t size = strlen(text);
    bool ok = write(fd, text, size) == (ssize_t)size && fdatasync(fd) == 0;
    close(fd);
    return ok;
}

bool state_remove(const char *state, const char *name)
{
    char path[2 * SIM_PATH_MAX];
    path_of(state, name, path);
    return unlink(path) == 0;
}
