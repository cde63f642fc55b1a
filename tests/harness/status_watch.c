#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/*
 * status_watch SOCKET PID FILE PAUSE_MS: asks for the status all the while, until SIGTERM, and
 * writes a line "MS WAITED_MS" for each answer: how long it took, and how much of that the asking
 * process and the process PID stood ready to run without getting a core. What is left is the
 * daemon's own. An answer that does not come within 10 s ends the watch with status 1.
 */

#define PATIENCE_S 10

static volatile sig_atomic_t over;

static void end(int signal_number)
{
    (void)signal_number;
    over = 1;
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Second number of schedstat: nanoseconds in the queue of a core. 0 where the kernel does not say.
 */
static double waited_ms(const char *schedstat)
{
    unsigned long long ran = 0, waited = 0;
    FILE *file = fopen(schedstat, "r");
    if (!file)
        return 0;
    if (fscanf(file, "%llu %llu", &ran, &waited) != 2)
        waited = 0;
    fclose(file);
    return (double)waited / 1e6;
}

static int reach(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || strlen(path) >= sizeof address.sun_path)
        err(1, "%s", path);
    strcpy(address.sun_path, path);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void ask(int fd)
{
    static const char request[] =
        "GET /v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char answer[16384], *at = answer;
    ssize_t got = -1;
    if (write(fd, request, sizeof request - 1) != (ssize_t)sizeof request - 1)
        err(1, "ask");
    while (at < answer + sizeof answer - 1 &&
           (got = read(fd, at, (size_t)(answer + sizeof answer - 1 - at))) > 0)
        at += got;
    *at = 0;
    if (got < 0)
        errx(1, "no status within %d s", PATIENCE_S);
    if (strncmp(answer, "HTTP/1.1 200", 12) != 0)
        errx(1, "refused: %.80s", answer);
}

int main(int argc, char **argv)
{
    char daemon[64];
    struct sigaction action = {.sa_handler = end, .sa_flags = SA_RESTART};
    if (argc != 5)
        errx(2, "usage: status_watch SOCKET PID FILE PAUSE_MS");
    snprintf(daemon, sizeof daemon, "/proc/%s/schedstat", argv[2]);
    FILE *times = fopen(argv[3], "ae");
    if (!times)
        err(1, "%s", argv[3]);
    setvbuf(times, NULL, _IOLBF, 0);
    sigaction(SIGTERM, &action, NULL);
    while (!over) {
        double waited = waited_ms("/proc/self/schedstat") + waited_ms(daemon), from = now_ms();
        int fd = reach(argv[1]);
        if (fd < 0)
            break; /* the daemon is gone */
        ask(fd);
        close(fd);
        double took = now_ms() - from;
        waited = waited_ms("/proc/self/schedstat") + waited_ms(daemon) - waited;
        fprintf(times, "%.1f %.1f\n", took, waited < took ? waited : took);
        usleep((useconds_t)atoi(argv[4]) * 1000);
    }
    fclose(times);
    return 0;
}
