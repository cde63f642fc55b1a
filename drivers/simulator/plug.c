#include "drivers/simulator/plug.h"

#include "drivers/simulator/state_file.h"

#include <stdio.h>
#include <time.h>

#define PORT_MAX 9999

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

bool plug_is_out(const char *state)
{
    char text[64];
    double until;
    if (!state_read(state, "gone", text, sizeof text))
        return false;
    if (sscanf(text, "until %lf", &until) != 1 || now_s() < until)
        return true;
    state_remove(state, "gone");
    return false;
}

int plug_port(const char *state)
{
    char text[16];
    int port;
    if (!state_read(state, "port", text, sizeof text) || sscanf(text, "%d", &port) != 1)
        return 0;
    return port > 0 && port <= PORT_MAX ? port : 0;
}

void plug_pull(const char *state, double seconds, int port)
{
    char text[64] = "";
    if (seconds > 0)
        snprintf(text, sizeof text, "until %.3f\n", now_s() + seconds);
    state_write(state, "gone", text);
    if (!port)
        return;
    snprintf(text, sizeof text, "%d\n", port);
    state_write(state, "port", text);
}
